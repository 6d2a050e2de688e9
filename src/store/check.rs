//! Looking a project over without touching it.

use std::collections::HashSet;
use std::path::Path;

use super::disk::Disk;
use super::format::CODEBOOK_FILE;
use super::place::PROJECT_FILE;
use super::read::{Reading, load};
use super::texts::{DOCUMENTS, earlier_faults};
use super::{Fault, Progress, Remedy, StoreError, Surroundings, snapshots};
use crate::model::{Coder, Document, Project, relations};

/// Reads everything of a project and tells what is not as it should be: missing, altered, truncated and unreadable files, texts and earlier
/// texts whose hash differs, annotations whose spans or quotes do not fit, doubles, unknown tags, relations that lead nowhere or round in a
/// circle, torn journals, snapshots that cannot be used, files that are no part of it.
///
/// # Errors
/// When the place is no project, or its `project.ron` cannot be read at all.
pub fn check(place: &Path) -> Result<Vec<Fault>, StoreError> {
    check_in(&Surroundings::of_user(), place)
}

/// [`check`] in other surroundings.
pub(super) fn check_in(surroundings: &Surroundings, place: &Path) -> Result<Vec<Fault>, StoreError> {
    let progress = Progress::new();
    let reading =
        Reading { surroundings, place, coder: None, others: true, early: None, progress: &progress };
    let loaded = load(&reading)?;
    let mut faults = loaded.faults;
    faults.extend(snapshots::list(&*surroundings.disk, place).faults);
    faults.extend(strays(&*surroundings.disk, place, &loaded.project, &loaded.needed));
    let documents = loaded.project.documents();
    let disk = &*surroundings.disk;
    faults.extend(documents.iter().flat_map(|document| earlier_faults(disk, place, document)));
    faults.extend(
        loaded.project.documents().iter().flat_map(|document| relation_faults(&loaded.project, document)),
    );
    faults.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    Ok(faults)
}

/// Files that lie where the project keeps its own and are none of them, as the copies that syncing programs make. Nothing reads them.
fn strays(disk: &dyn Disk, place: &Path, project: &Project, needed: &HashSet<String>) -> Vec<Fault> {
    let documents = project.documents();
    let stems: HashSet<&str> =
        documents.iter().map(|document| document.file.trim_end_matches(".txt")).collect();
    let named: HashSet<&str> = documents.iter().map(|document| document.file.as_str()).collect();
    let mut strays = Vec::new();
    let mut tell = |folder: &str, what: &str, is_own: &dyn Fn(&str) -> bool| {
        for name in disk.list(&place.join(folder)).unwrap_or_default() {
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let is_file = disk.look(&place.join(&path)).is_ok_and(|looks| !looks.is_folder);
            if is_file && !name.starts_with('.') && !is_own(&name) {
                strays.push(Fault::noted(path, None, what).with(Remedy::Stray));
            }
        }
    };
    let is_page = |name: &str| !name.ends_with(".ron") || name == PROJECT_FILE || name == CODEBOOK_FILE;
    tell("", "the file is no part of a project, and nothing reads it", &is_page);
    let kept = snapshots::texts(disk, place);
    let is_text = |name: &str| named.contains(name) || needed.contains(name) || kept.contains(name);
    tell(DOCUMENTS, "the text belongs to no document of the register", &is_text);
    tell("annotations", "the file is no part of a project, and nothing reads it", &|_| false);
    for coder in disk.list(&place.join("annotations")).unwrap_or_default() {
        let is_table = |name: &str| {
            name == "tables" || name.strip_suffix(".ron").is_some_and(|stem| stems.contains(stem))
        };
        let what = "the table belongs to no document of the register";
        tell(&format!("annotations/{coder}"), what, &is_table);
    }
    strays
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
