//! What the store promises of speed and room, as ratios to floors measured in the same run:
//!
//! - an edit until it is acknowledged, against a bare append and fsync of the same bytes;
//! - opening a project of 10,000 documents and 1,000,000 annotations, against a bare read and RON parse of the same files on as many
//!   threads, with the time until the documents are shown; and against the same on one thread;
//! - the peak of memory while it opens, for each annotation, beyond the bytes of its own strings.
//!
//! Both sides of a ratio take turns. The project is made in a temporary folder for each run; the file cache is warm for both sides. Run with
//! `cargo bench --bench store`, or with a part of a name after `--`. `HASHIYA_BENCH_DOCUMENTS` makes the project smaller.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use serde::Deserialize;

use hashiya::app::{Action, Workbench};
use hashiya::model::{
    Annotation, AnnotationTable, Codebook, Coder, Color, Document, DocumentId, Edit, Project, Quote,
    Relation, Settings, Span, Stamps, Step, Tag, TagId, Timestamp,
};
use hashiya::store::disk::RealDisk;
use hashiya::store::{
    OpenMode, Opened, Progress, Roots, SessionEvent, Surroundings, SystemStamps, create_with,
    document_from_bytes, open_with,
};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Annotations of each document of the large project.
const MARKS: usize = 100;

/// Documents of the large project, where the environment does not say another number.
const DOCUMENTS: usize = 10_000;

fn main() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    println!("{:<58} {:>5} {:>7} {:>12} {:>12}", "median of", "aim", "ratio", "ours ms", "floor ms");
    if is_wanted("acknowledgement") {
        acknowledgement();
    }
    if is_wanted("opening") || is_wanted("memory") {
        let large = Large::made();
        if is_wanted("opening") {
            opening(&large);
        }
        if is_wanted("memory") {
            memory(&large);
        }
    }
}

fn coder() -> Coder {
    Coder::new("سارة")
}

fn surroundings(folder: &Path) -> Surroundings {
    let roots = Roots { data: folder.join("data"), state: folder.join("state") };
    Surroundings { disk: Arc::new(RealDisk), roots: Some(roots) }
}

fn print(name: &str, aim: f64, ours: &mut [Duration], floor: &mut [Duration]) {
    let median = |times: &mut [Duration]| {
        times.sort();
        times[times.len() / 2].as_secs_f64() * 1e3
    };
    let (ours, floor) = (median(ours), median(floor));
    println!("{name:<58} {aim:>5.1} {:>7.2} {ours:>12.3} {floor:>12.3}", ours / floor);
}

/// One mark until it is acknowledged, and the bytes that it added to the journal appended to a file and synced.
fn acknowledgement() {
    let folder =
        tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the disk of the project");
    let mut stamps = SystemStamps;
    let document = document(&mut stamps, 0);
    let project = Project::from_parts(
        stamps.project_id(),
        "مشروع".into(),
        Settings::default(),
        Codebook::default(),
        vec![Arc::new(document)],
        [],
    );
    let place = folder.path().join("a.hashiya");
    let told = Arc::new(Mutex::new(None));
    let wake = Arc::clone(&told);
    let wake = Arc::new(move || *wake.lock().expect("not poisoned") = Some(Instant::now()));
    let made = create_with(&surroundings(folder.path()), &place, &project, &coder(), wake);
    let mut opened = made.expect("a new project");
    let journal = place.join("journal/سارة.ron");
    let bare = folder.path().join("bare");
    std::fs::copy(&journal, &bare).expect("a file of the same length");
    let mut bare = OpenOptions::new().append(true).open(bare).expect("a file");
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    let mut length = std::fs::metadata(&journal).expect("a journal").len();
    for round in 0..400 {
        let document = Arc::clone(&opened.project.documents()[0]);
        let edit = Edit::PutAnnotation(Arc::new(mark(&document, round % MARKS, &[], &mut stamps)));
        let began = Instant::now();
        let step = Step { name: "edit-tag".into(), place: None, edit: Arc::new(edit) };
        let act = opened.history.perform(&mut opened.project, step).expect("the edit fits");
        let wanted = opened.session.append(act, stamps.now());
        loop {
            let event = opened.session.wait(Duration::from_secs(10)).expect("an event");
            if matches!(event, SessionEvent::Acknowledged(seq) if seq == wanted) {
                break;
            }
        }
        ours.push(began.elapsed());
        let written = std::fs::read(&journal).expect("a journal");
        let bytes = written[usize::try_from(length).expect("small")..].to_vec();
        length = written.len() as u64;
        let began = Instant::now();
        bare.write_all(&bytes).and_then(|()| bare.sync_all()).expect("appended");
        floor.push(began.elapsed());
    }
    drop(told);
    print("an edit to its acknowledgement", 1.5, &mut ours, &mut floor);
}

/// The large project on the disk, and what is known of it.
struct Large {
    folder: tempfile::TempDir,
    place: PathBuf,
    annotations: usize,
    /// Bytes of the strings of all annotations.
    strings: usize,
}

impl Large {
    fn made() -> Self {
        let asked = std::env::var("HASHIYA_BENCH_DOCUMENTS").ok().and_then(|count| count.parse().ok());
        let documents: usize = asked.unwrap_or(DOCUMENTS);
        let folder =
            tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the disk of the project");
        let place = folder.path().join("large.hashiya");
        let project = project(documents, &mut SystemStamps);
        let made = create_with(&surroundings(folder.path()), &place, &project, &coder(), Arc::new(|| {}));
        made.expect("a new project").session.close().expect("closed");
        drop(project);
        let opened = open(folder.path(), &place);
        let strings = opened.project.annotations().map(|(_, annotation)| string_bytes(annotation)).sum();
        Self { folder, place, annotations: opened.project.annotation_count(), strings }
    }
}

fn string_bytes(annotation: &Annotation) -> usize {
    let quote = &annotation.quote;
    let attributes: usize = annotation.attributes.iter().map(|(key, value)| key.len() + value.len()).sum();
    annotation.note.len() + attributes + quote.exact.len() + quote.prefix.len() + quote.suffix.len()
}

fn open(folder: &Path, place: &Path) -> Opened {
    let surroundings = surroundings(folder);
    let wake: hashiya::store::Wake = Arc::new(|| {});
    let opened = open_with(&surroundings, place, &coder(), OpenMode::ReadOnly, wake, &Progress::new());
    let opened = opened.expect("opens");
    assert!(opened.report.faults.is_empty(), "{:?}", opened.report.faults.first());
    opened
}

/// The whole project opened, and all of its files read and parsed and nothing else.
fn opening(large: &Large) {
    let (mut ours, mut floor, mut single, mut shown) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..5 {
        let mut turns: Vec<Box<dyn FnMut() + '_>> = vec![
            Box::new(|| {
                let began = Instant::now();
                let opened = open(large.folder.path(), &large.place);
                ours.push(began.elapsed());
                assert_eq!(opened.project.annotation_count(), large.annotations);
                drop(opened);
            }),
            Box::new(|| floor.push(bare_parse(&large.place, threads()))),
            Box::new(|| single.push(bare_parse(&large.place, 1))),
            Box::new(|| shown.push(first_documents(large))),
        ];
        let count = turns.len();
        turns.rotate_left(round % count);
        turns.iter_mut().for_each(|turn| turn());
    }
    let name = format!("opening {} annotations, to a parse on {} threads", large.annotations, threads());
    print(&name, 1.2, &mut ours, &mut floor);
    print("the same, to a parse on one thread", 1.2, &mut ours, &mut single);
    print("its documents in the window, to opening the whole", 1.0, &mut shown, &mut ours);
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// How long it takes until a workbench shows the documents, with progress, while the rest is read; then it is let go on to the end.
fn first_documents(large: &Large) -> Duration {
    let mut bench =
        Workbench::new(surroundings(large.folder.path()), coder(), Box::new(SystemStamps), Arc::new(|| {}));
    let began = Instant::now();
    bench.act(Action::OpenPath(large.place.clone()));
    let mut shown = None;
    loop {
        bench.tick();
        if shown.is_none() && bench.document().is_some_and(|document| !document.text.is_empty()) {
            shown = Some(began.elapsed());
            assert!(bench.jobs().iter().any(|job| job.progress.total() > 0), "progress is shown");
        }
        if bench.project().is_some_and(|project| project.annotation_count() == large.annotations) {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    bench.shut();
    shown.expect("the documents came first")
}

/// A table as the RON crate reads it.
#[derive(Deserialize)]
#[expect(dead_code, reason = "what is parsed is dropped")]
struct Table {
    version: u32,
    document: DocumentId,
    coder: Coder,
    annotations: Vec<Row>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    id: String,
    spans: Vec<Span>,
    tags: Vec<TagId>,
    note: String,
    attributes: Vec<(String, String)>,
    relations: Vec<Relation>,
    created: Timestamp,
    modified: Timestamp,
    quote: Quote,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what is parsed is dropped")]
struct Register {
    version: u32,
    documents: Vec<Document>,
}

/// Reads and parses every file of a project and keeps all of it until the end; how long that took.
fn bare_parse(place: &Path, threads: usize) -> Duration {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(place)
        .into_iter()
        .map(|entry| entry.expect("readable"))
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    files.sort();
    let began = Instant::now();
    let next = AtomicUsize::new(0);
    let worker = || {
        let (mut tables, mut texts, mut registers) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let text = std::fs::read_to_string(path).expect("readable");
            let is_table = path.extension().is_some_and(|ending| ending == "ron")
                && path.ancestors().any(|above| above.ends_with("annotations"));
            if is_table {
                tables.push(ron::from_str::<Table>(&text).expect("a table"));
            } else if path.ends_with("project.ron") {
                registers.push(ron::from_str::<Register>(&text).expect("a register"));
            } else {
                texts.push(text);
            }
        }
        (tables, texts, registers)
    };
    let read = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().map(|worker| worker.join().expect("parsed")).collect::<Vec<_>>()
    });
    let took = began.elapsed();
    assert!(read.iter().map(|(tables, ..)| tables.len()).sum::<usize>() > 0);
    drop(read);
    took
}

/// The peak of memory while the project opens, less what the same project needs without its annotations, and less their strings.
fn memory(large: &Large) {
    let bare = large.folder.path().join("bare.hashiya");
    {
        let opened = open(large.folder.path(), &large.place);
        let documents = opened.project.documents().to_vec();
        let (id, title) = (opened.project.id(), opened.project.title().to_owned());
        let codebook = Codebook::new(opened.project.codebook().tags().to_vec());
        let project = Project::from_parts(id, title, Settings::default(), codebook, documents, []);
        let made =
            create_with(&surroundings(large.folder.path()), &bare, &project, &coder(), Arc::new(|| {}));
        made.expect("a new project").session.close().expect("closed");
    }
    let peak = |place: &Path| {
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let opened = open(large.folder.path(), place);
        let (peak, after) = (MEMORY.peak_usage(), MEMORY.current_usage());
        drop(opened);
        (peak.saturating_sub(before), after.saturating_sub(before))
    };
    let (with, without) = (peak(&large.place), peak(&bare));
    let each = |with: usize, without: usize| {
        (with.saturating_sub(without).saturating_sub(large.strings)) as f64 / large.annotations as f64
    };
    println!(
        "{:<58} {:>5} {:>7.0} {:>9.0} MB {:>9.0} MB",
        "peak bytes for each annotation beyond its strings (total)",
        300,
        each(with.0, without.0),
        with.0 as f64 / 1e6,
        large.strings as f64 / 1e6,
    );
    println!("{:<58} {:>5} {:>7.0}", "the same once it is open", "", each(with.1, without.1));
}

const WORDS: [&str; 12] = [
    "قال",
    "المتحدث",
    "باسم",
    "الرئاسة",
    "الروسية",
    "إن",
    "سانت",
    "بطرسبورغ",
    "تستضيف",
    "المنتدى",
    "في",
    "حزيران",
];

fn document(stamps: &mut dyn Stamps, number: usize) -> Document {
    let mut text = format!("عنوان المقال رقم {number}\n");
    for at in 0..600 {
        text.push_str(WORDS[(at * 7 + number) % WORDS.len()]);
        text.push_str(if at % 40 == 39 { "\n" } else { " " });
    }
    document_from_bytes(text.as_bytes(), &format!("مقال {number}.txt"), Some("UTF-8"), stamps).expect("text")
}

/// A mark of a word or a few, evenly spread, with a note for every fifth.
fn mark(document: &Document, at: usize, tags: &[TagId], stamps: &mut dyn Stamps) -> Annotation {
    let length = document.text.len();
    let start = document.text.boundary_before(at * (length - 80) / MARKS);
    let spans = vec![document.text.widen(start..start + 12 + at % 40)];
    let now = stamps.now();
    Annotation {
        id: stamps.annotation_id(),
        document: document.id,
        quote: document.text.quote(&spans),
        spans,
        tags: tags.get(at % tags.len().max(1)).copied().into_iter().collect(),
        note: if at.is_multiple_of(5) {
            "ملاحظة عن هذا الموضع".into()
        } else {
            String::new()
        },
        attributes: Vec::new(),
        relations: Vec::new(),
        coder: coder(),
        created: now,
        modified: now,
    }
}

fn project(count: usize, stamps: &mut dyn Stamps) -> Project {
    let tags: Vec<Tag> = (0..20)
        .map(|at| Tag {
            id: stamps.tag_id(),
            name: format!("وسم {at}"),
            color: Color([15, 107, 102]),
            shortcut: None,
            parent: None,
            definition: String::new(),
            withdrawn: false,
        })
        .collect();
    let ids: Vec<TagId> = tags.iter().map(|tag| tag.id).collect();
    let documents: Vec<Arc<Document>> = (0..count).map(|number| Arc::new(document(stamps, number))).collect();
    let mut tables = Vec::with_capacity(count);
    for document in &documents {
        let marks = (0..MARKS).map(|at| Arc::new(mark(document, at, &ids, stamps)));
        tables.push((document.id, AnnotationTable::new(marks)));
    }
    let codebook = Codebook::new(tags);
    Project::from_parts(stamps.project_id(), "كبير".into(), Settings::default(), codebook, documents, tables)
}
