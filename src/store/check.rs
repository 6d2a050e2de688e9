//! Looking a project over without touching it.

use std::path::Path;

use super::read::{Reading, load};
use super::{Fault, Progress, StoreError, Surroundings};
use crate::model::{Coder, Document, Project, relations};

/// Reads everything of a project and tells what is not as it should be: missing, altered, truncated and unreadable files, texts whose hash
/// differs, annotations whose spans or quotes do not fit, doubles, unknown tags, relations that lead nowhere or round in a circle, torn
/// journals.
///
/// # Errors
/// When the place is no project, or its `project.ron` cannot be read at all.
pub fn check(place: &Path) -> Result<Vec<Fault>, StoreError> {
    let surroundings = Surroundings::of_user();
    let progress = Progress::new();
    let reading = Reading {
        surroundings: &surroundings,
        place,
        coder: None,
        others: true,
        early: None,
        progress: &progress,
    };
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
    faults.extend(
        loaded.project.documents().iter().flat_map(|document| relation_faults(&loaded.project, document)),
    );
    faults.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    Ok(faults)
}

/// Arrows that point to nothing, as after their target was removed by somebody else, and arrows that go round in a circle.
fn relation_faults(project: &Project, document: &Document) -> Vec<Fault> {
    let table = project.table(document.id);
    let file = format!("documents/{}", document.file);
    let dangling = relations::dangling(table).map(|(annotation, relation)| {
        let (from, kind, to) = (annotation.id, &relation.kind, relation.target);
        format!("the relation «{kind}» of annotation {from} leads to {to}, which is not there")
    });
    let circles = relations::circles(relations::arrows(table)).into_iter().map(|(kind, round)| {
        let ids: Vec<String> = round.iter().map(ToString::to_string).collect();
        format!("the relations «{kind}» of these annotations go round in a circle: {}", ids.join(", "))
    });
    dangling.chain(circles).map(|what| Fault::noted(&file, None, what)).collect()
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
