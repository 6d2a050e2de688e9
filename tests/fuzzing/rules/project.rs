//! A project one of whose files holds anything: it opens or is refused in a sentence, nothing on the disk changes, and where nothing is
//! said to be wrong nothing is.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use hashiya::model::{Coder, Project};
use hashiya::store::{OpenMode, Progress, Surroundings, open_with};

use super::memory::MemoryDisk;

const PLACE: &str = "/fuzzed.hashiya";

static WHOLE: LazyLock<MemoryDisk> = LazyLock::new(|| {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The manifest of the fuzz targets stands one folder further in.
    let fixture =
        fixture.ancestors().map(|above| above.join("tests/fixtures/projects/v2")).find(|path| path.exists());
    MemoryDisk::copy_of(&fixture.expect("the fixture of format version 2"), Path::new(PLACE))
});

/// The first byte says which of the project's files but the journals and texts has the rest for its contents.
///
/// # Panics
/// Where a rule is broken.
pub fn holds(bytes: &[u8]) {
    one_file_is(bytes, is_table);
}

/// The same with the journals.
///
/// # Panics
/// Where a rule is broken.
pub fn journal_holds(bytes: &[u8]) {
    one_file_is(bytes, is_journal);
}

/// What the files hold that can be replaced, in the order in which the first byte counts them.
pub fn whole(of: fn(&Path) -> bool) -> impl Iterator<Item = &'static [u8]> {
    WHOLE.0.iter().filter(move |(path, _)| of(path)).map(|(_, bytes)| bytes.as_slice())
}

/// Whether a file is one of the project's tables: register, codebook, annotations, histories, lists.
pub fn is_table(path: &Path) -> bool {
    !is_journal(path) && !path.starts_with(Path::new(PLACE).join("documents"))
}

/// Whether a file is a journal.
pub fn is_journal(path: &Path) -> bool {
    path.starts_with(Path::new(PLACE).join("journal"))
}

fn one_file_is(bytes: &[u8], of: fn(&Path) -> bool) {
    let Some((&first, bytes)) = bytes.split_first() else { return };
    let mut disk = WHOLE.clone();
    let paths: Vec<PathBuf> = disk.0.keys().filter(|path| of(path)).cloned().collect();
    disk.0.insert(paths[usize::from(first) % paths.len()].clone(), bytes.to_vec());
    let surroundings = Surroundings { disk: Arc::new(disk), roots: None };
    let coder = Coder::new("سارة");
    let progress = Progress::new();
    let opened =
        open_with(&surroundings, Path::new(PLACE), &coder, OpenMode::ReadOnly, Arc::new(|| {}), &progress);
    match opened {
        Ok(mut opened) => {
            for fault in &opened.report.faults {
                assert_sentence(&fault.to_string());
            }
            if opened.report.faults.is_empty() {
                assert_sound(&opened.project);
            }
            while let Ok(Some(_)) = opened.history.undo(&mut opened.project) {}
        }
        Err(error) => assert_sentence(&error.to_string()),
    }
}

fn assert_sentence(text: &str) {
    assert!(!text.trim().is_empty() && !text.contains('\n'), "one line each: {text:?}");
}

/// Every annotation lies in its text, on whole letters, and quotes what stands there.
fn assert_sound(project: &Project) {
    for (document, annotation) in project.annotations() {
        assert!(annotation.spans.iter().all(|&span| document.text.accepts(span)), "{annotation:?}");
        assert_eq!(annotation.quote.exact, document.text.quote(&annotation.spans).exact, "{annotation:?}");
    }
    assert_eq!(project.annotation_count(), project.annotations().count());
}
