//! Exports and imports of 100,000 annotations, as ratios to moving the same bytes bare.
//!
//! Written is to files through a buffer; bare are the same bytes, line by line, through the same buffer to the same files. Read is from memory; bare are
//! the same bytes split into lines and nothing more, as the standard library does it. Times are those of this thread on a processor. Run with
//! `cargo bench --bench exchange`, or with a part of a name after `--`.

#![allow(
    clippy::disallowed_methods,
    reason = "both sides write to files of the same kind, without the syncs of the atomic writer"
)]

#[allow(dead_code, reason = "it serves several benchmarks, each of which uses a part of it")]
#[path = "window/seat.rs"]
mod seat;

use std::collections::BTreeMap;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, BufRead, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use hashiya::exchange::{self, Format, Memory, Options, Scope, Sink};
use hashiya::model::{AnnotationTable, Codebook, Color, Document, Project, Settings, Stamps, Tag};
use hashiya::store::SystemStamps;

use seat::{Pair, Work, document_of, paragraphs_of_seeds, spread};

/// How many annotations there are, in how many documents.
const ANNOTATIONS: usize = 100_000;
const DOCUMENTS: usize = 20;
const ROUNDS: usize = 15;

/// Files in a folder, each through a buffer.
struct Files {
    folder: PathBuf,
    open: Option<BufWriter<File>>,
}

impl Files {
    fn end(&mut self) -> io::Result<()> {
        self.open.take().map_or(Ok(()), |mut file| file.flush())
    }
}

impl Sink for Files {
    fn file(&mut self, name: &str) -> io::Result<&mut dyn Write> {
        self.end()?;
        let file = File::create(self.folder.join(name))?;
        Ok(self.open.insert(BufWriter::with_capacity(1 << 16, file)))
    }
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let project = project();
    println!("{:<78} {:>5} {:>7}", "", "aim", "ratio");
    #[expect(clippy::type_complexity, reason = "a table is read by its rows")]
    let measures: [(&str, f64, &str, fn(&Project, Format, PathBuf) -> Pair); 3] = [
        ("100,000 annotations written as CSV, against the same bytes bare", 3.0, "csv", written),
        ("100,000 annotations written as XMI, against the same bytes bare", 5.0, "cas-xmi", written),
        ("100,000 annotations read from brat, against a bare line split", 6.0, "brat", read),
    ];
    for (name, aim, format, measure) in measures {
        if wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str())) {
            let format = format.parse().expect("a format of the table");
            let (taken, bare) = measure(&project, format, folder.path().to_owned()).medians();
            let ratio = taken / bare;
            let verdict = if ratio <= aim { "" } else { "  over its aim" };
            println!(
                "{name:<78} {aim:>5.1} {ratio:>7.2}  {:.1} ms, {:.1} ms{verdict}",
                taken * 1.0e3,
                bare * 1.0e3
            );
        }
    }
}

/// Documents of the seeds' paragraphs with annotations spread over them, a third with a note.
fn project() -> Project {
    let paragraphs = paragraphs_of_seeds();
    let tags: Vec<Tag> = ["سلطة", "مكان", "قول", "زمن"]
        .into_iter()
        .map(|name| Tag {
            id: SystemStamps.tag_id(),
            name: name.into(),
            color: Color([15, 107, 102]),
            shortcut: None,
            parent: None,
            definition: String::new(),
            withdrawn: false,
        })
        .collect();
    let documents: Vec<Arc<Document>> = (0..DOCUMENTS)
        .map(|number| {
            let text =
                paragraphs.iter().cycle().skip(number).take(400).cloned().collect::<Vec<_>>().join("\n");
            Arc::new(Document {
                file: format!("{number}.txt"),
                ..document_of(&text, &format!("وثيقة {number}"))
            })
        })
        .collect();
    let tables: Vec<_> = documents
        .iter()
        .map(|document| (document.id, AnnotationTable::new(spread(document, ANNOTATIONS / DOCUMENTS, &tags))))
        .collect();
    Project::from_parts(
        SystemStamps.project_id(),
        "قياس".into(),
        Settings::default(),
        Codebook::new(tags),
        documents,
        tables,
    )
}

fn write(project: &Project, format: Format, sink: &mut dyn Sink) {
    let go_on = |_, _| ControlFlow::Continue(());
    exchange::write(format, project, &Scope::Project, Options::default(), sink, &go_on)
        .expect("a sound project can be written");
}

/// The same export again and again, and the same bytes.
fn written(project: &Project, format: Format, folder: PathBuf) -> Pair {
    let mut memory = Memory::default();
    write(project, format, &mut memory);
    let lines: BTreeMap<&String, Vec<&[u8]>> = memory
        .files
        .iter()
        .map(|(name, content)| (name, content.split_inclusive(|byte| *byte == b'\n').collect()))
        .collect();
    let mut times = Pair::default();
    for round in 0..ROUNDS {
        let export = || {
            let begun = Work::begin();
            let mut files = Files { folder: folder.clone(), open: None };
            write(project, format, &mut files);
            files.end().expect("written");
            begun.done()
        };
        let bare = || {
            let begun = Work::begin();
            let mut files = Files { folder: folder.clone(), open: None };
            bare(&lines, &mut files).expect("written");
            begun.done()
        };
        times.take(round, export, bare);
    }
    times
}

/// The same files, line by line.
fn bare(all: &BTreeMap<&String, Vec<&[u8]>>, files: &mut Files) -> io::Result<()> {
    for (name, lines) in all {
        let out = files.file(name)?;
        for line in lines {
            out.write_all(line)?;
        }
    }
    files.end()
}

/// The same export read again and again, and split into lines.
fn read(project: &Project, format: Format, _folder: PathBuf) -> Pair {
    let mut memory = Memory::default();
    write(project, format, &mut memory);
    let mut times = Pair::default();
    for round in 0..ROUNDS {
        let import = || {
            let mut files = memory.clone();
            let begun = Work::begin();
            let imported = exchange::read(format, &mut files).expect("our own export");
            let taken = begun.done();
            assert_eq!(
                imported.documents.iter().map(|one| one.annotations.len()).sum::<usize>(),
                ANNOTATIONS
            );
            taken
        };
        let split = || {
            let begun = Work::begin();
            let lines: Vec<String> = memory
                .files
                .values()
                .flat_map(|content| content.lines())
                .collect::<Result<_, _>>()
                .expect("UTF-8");
            let taken = begun.done();
            black_box(lines);
            taken
        };
        times.take(round, import, split);
    }
    times
}
