//! Looking a project over without touching it.

use std::path::Path;

use super::read::{Reading, load};
use super::{Fault, Progress, StoreError, Surroundings};
use crate::model::{Coder, Project};

/// Reads everything of a project and tells what is not as it should be: missing, altered, truncated and unreadable files, texts whose hash
/// differs, annotations whose spans or quotes do not fit, doubles, unknown tags, torn journals.
///
/// # Errors
/// When the place is no project, or its `project.ron` cannot be read at all.
pub fn check(place: &Path) -> Result<Vec<Fault>, StoreError> {
    let surroundings = Surroundings::of_user();
    let progress = Progress::new();
    let reading =
        Reading { surroundings: &surroundings, place, coder: None, others: true, progress: &progress };
    let loaded = load(&reading)?;
    let mut faults = loaded.faults;
    let disk = &*surroundings.disk;
    let tables = disk.list(&place.join("annotations")).unwrap_or_default();
    let stems: std::collections::HashSet<&str> =
        loaded.project.documents().iter().map(|document| document.file.trim_end_matches(".txt")).collect();
    for coder in tables {
        for table in disk.list(&place.join("annotations").join(&coder)).unwrap_or_default() {
            let stem = table.trim_end_matches(".ron");
            if table.ends_with(".ron") && !table.starts_with('.') && !stems.contains(stem) {
                let what = "the table belongs to no document of the register";
                faults.push(Fault::noted(format!("annotations/{coder}/{table}"), None, what));
            }
        }
    }
    faults.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    Ok(faults)
}

/// What can be said of a project beyond what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Everybody who works on it.
    pub coders: Vec<Coder>,
    /// The length of all its texts, in bytes.
    pub text_bytes: u64,
    /// The length of all files in its folder, in bytes.
    pub disk_bytes: u64,
}

/// Sums up a project that was opened from a place; `coders` are those of [`super::OpenReport::coders`].
pub fn summary(place: &Path, project: &Project, coders: &[Coder]) -> Summary {
    let entries = walkdir::WalkDir::new(place).into_iter().filter_map(Result::ok);
    let files = entries.filter_map(|entry| entry.metadata().ok()).filter(std::fs::Metadata::is_file);
    Summary {
        coders: coders.to_vec(),
        text_bytes: project.documents().iter().map(|document| document.text.len() as u64).sum(),
        disk_bytes: files.map(|metadata| metadata.len()).sum(),
    }
}
