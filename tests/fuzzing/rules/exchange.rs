//! What an import reads: each reader takes any bytes, or refuses them in a sentence; what it takes fits a project, and goes out again as it came.

use std::io::{Cursor, Write};
use std::ops::ControlFlow;

use hashiya::app::importing::{Choices, plan};
use hashiya::exchange::{self, Format, Memory, Options, Scope};
use hashiya::model::{Coder, Project, ProjectId, Stamps, Timestamp};
use zip::write::{SimpleFileOptions, ZipWriter};

/// What stands between the files of an input, each time followed by the name of the next up to the end of the line.
pub const NEXT: &[u8] = b"\n%% ";

/// The format whose files lie in an archive. An input may have them unpacked, since a change inside a packed one is noticed by its checksum and goes no
/// further.
pub const ARCHIVED: &str = "refi-qda";

/// Times and ids that are the same for every run.
struct Counting(u64);

impl Stamps for Counting {
    fn now(&mut self) -> Timestamp {
        self.0 += 1;
        Timestamp::from_milliseconds(1_700_000_000_000)
    }

    fn random(&mut self) -> [u8; 10] {
        self.0 += 1;
        let mut bytes = [7; 10];
        bytes[2..].copy_from_slice(&self.0.to_be_bytes());
        bytes
    }
}

/// An input of several files: the name of the format, and the files behind their names.
pub fn input(format: &str, files: &Memory) -> Vec<u8> {
    let mut bytes = format.as_bytes().to_vec();
    for (name, content) in &files.files {
        bytes.extend_from_slice(NEXT);
        bytes.extend_from_slice(name.as_bytes());
        bytes.push(b'\n');
        bytes.extend_from_slice(content);
    }
    bytes
}

/// The files in an archive; `None` where their names cannot stand in one.
fn packed(files: &Memory) -> Option<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in &files.files {
        archive.start_file(name.as_str(), SimpleFileOptions::default()).ok()?;
        archive.write_all(content).ok()?;
    }
    Some(archive.finish().ok()?.into_inner())
}

/// The first line names a format; where it does not, its first byte chooses one. The files follow, each behind its name, at most eight.
///
/// # Panics
/// Where a rule is broken.
pub fn holds(bytes: &[u8]) {
    let Some(&first) = bytes.first() else { return };
    let mut pieces = pieces(bytes).into_iter();
    let name = pieces.next().unwrap_or_default();
    let readers: Vec<Format> = Format::all().filter(|format| format.info().read.is_some()).collect();
    let named = readers.iter().find(|format| format.info().name.as_bytes() == name);
    let format = *named.unwrap_or(&readers[usize::from(first) % readers.len()]);
    let mut files = Memory::default();
    for (piece, number) in pieces.zip(0..8) {
        let (name, content) = match piece.iter().position(|byte| *byte == b'\n') {
            Some(end) => (String::from_utf8_lossy(&piece[..end]).into_owned(), &piece[end + 1..]),
            None => (format!("{number}.{}", format.info().extension), piece),
        };
        files.files.insert(name, content.to_vec());
    }
    if format.info().name == ARCHIVED && files.files.keys().all(|name| !name.ends_with(".qdpx")) {
        let Some(archive) = packed(&files) else { return };
        files = Memory { files: [("packed.qdpx".to_owned(), archive)].into() };
    }
    let imported = match exchange::read(format, &mut files) {
        Ok(imported) => imported,
        Err(why) => return assert_sentence(&why.to_string()),
    };
    let mut project = Project::new(ProjectId::from_bytes([1; 16]), "تجربة");
    for unit in [None, Some(imported.unit)] {
        let choices = Choices { coder: Coder::new("سارة"), unit };
        match plan(&project, imported.clone(), &choices, &mut Counting(0)) {
            Ok(planned) => {
                project.apply(&planned.edit).expect("what was planned fits");
                break;
            }
            Err(why) => assert_sentence(&why.to_string()),
        }
    }
    for (document, annotation) in project.annotations() {
        assert!(annotation.spans.iter().all(|&span| document.text.accepts(span)), "{annotation:?}");
        assert_eq!(annotation.quote.exact, document.text.quote(&annotation.spans).exact, "{annotation:?}");
    }
    let mut out = Memory::default();
    let go_on = |_, _| ControlFlow::Continue(());
    let losses = exchange::write(format, &project, &Scope::Project, Options::default(), &mut out, &go_on)
        .expect("a sound project can be written");
    if let Err(why) = exchange::verify(format, &project, &Scope::Project, &losses, &mut out) {
        panic!("{format}: what came in does not go out: {why}");
    }
}

fn assert_sentence(text: &str) {
    assert!(!text.trim().is_empty() && !text.contains('\n'), "one line each: {text:?}");
}

/// The bytes between separators.
fn pieces(bytes: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(NEXT.len()).position(|window| window == NEXT) {
        pieces.push(&rest[..at]);
        rest = &rest[at + NEXT.len()..];
    }
    pieces.push(rest);
    pieces
}
