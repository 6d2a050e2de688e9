//! Looking through the source folder: which files changed since they were imported, which are new, which are gone, and which only have
//! another name.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::renaming::{self, Displaced, Renamed};
use super::version::{Unread, read_one, source_path};
use crate::app::documents::{named, taken_in};
use crate::model::{Document, DocumentId, Project};
use crate::store::{self, ImportOptions, Progress, StoreError, SystemStamps};

/// A document whose file holds another text than was imported from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The document.
    pub document: DocumentId,
    /// Its file.
    pub path: PathBuf,
}

/// What the source files are now. A file and a document each stand in one of the lists.
#[derive(Debug, Default)]
pub struct Changes {
    /// How many files were looked at.
    pub looked_at: usize,
    /// Those that hold another text now.
    pub changed: Vec<Changed>,
    /// Documents whose files have another name or folder and the same text.
    pub renamed: Vec<Renamed>,
    /// Documents whose files are gone, each with the one new file that is much like it.
    pub altered: Vec<Renamed>,
    /// Those that are not in the project.
    pub new: Vec<Document>,
    /// The source paths of documents whose files are gone. The documents stay.
    pub vanished: Vec<String>,
    /// Files that could not be read.
    pub refused: Vec<Unread>,
}

impl Changes {
    /// Whether no file changed, vanished, or got another name.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.vanished.is_empty() && !self.knows_again()
    }

    /// Whether a file was known again under another name.
    pub fn knows_again(&self) -> bool {
        !self.renamed.is_empty() || !self.altered.is_empty()
    }

    /// Whether a document can go without the file it was known by: where one file has the name that another had, either both go on or
    /// neither.
    pub fn may_part(&self, document: DocumentId) -> bool {
        let Some(one) = self.renamed.iter().chain(&self.altered).find(|one| one.document == document) else {
            return false;
        };
        let others = || self.renamed.iter().filter(|other| other.document != document);
        others().all(|other| other.now.source.path != one.from && other.from != one.now.source.path)
    }

    /// Lets a document go without the file it was known by: the one is gone, and the other is new.
    pub(super) fn part(&mut self, document: DocumentId) {
        if !self.may_part(document) {
            return;
        }
        for list in [&mut self.renamed, &mut self.altered] {
            if let Some(at) = list.iter().position(|one| one.document == document) {
                let one = list.remove(at);
                self.vanished.push(one.from);
                self.new.push(one.now);
            }
        }
    }
}

/// Compares the file of every document with what was imported from it (decoded the same way, by SHA-256), looks for new files in
/// the source folder, and for documents among them whose own files are gone.
///
/// # Errors
/// When the source folder cannot be read, or the reader cancels.
pub fn look_for_changes(project: &Project, progress: &Progress) -> Result<Changes, StoreError> {
    let mut changes = Changes::default();
    let mut files = Vec::new();
    if let Some(folder) = project.settings.source_folder.as_ref().map(Path::new) {
        // The files of earlier texts are read as well: one of them may be that of a document by now.
        let own = project.documents().iter().map(|document| document.source.path.as_str());
        let options = ImportOptions { already: named(project, own), ..ImportOptions::default() };
        let imported = store::read_documents(folder, &options, &mut SystemStamps, progress)?;
        files = imported.documents;
        let unread = imported.refused.into_iter().map(|one| Unread { path: one.path, reason: one.reason });
        changes.refused.extend(unread);
    }
    let mut displaced = Vec::new();
    progress.set(0, project.documents().len() as u64);
    for document in project.documents() {
        if progress.cancelled() {
            return Err(StoreError::Cancelled);
        }
        if let Some(path) = source_path(project, document) {
            changes.looked_at += 1;
            displaced.extend(look_at(document, &path, &mut changes.refused));
        }
        progress.step();
    }
    assign(project, displaced, files, &mut changes, progress)?;
    Ok(changes)
}

/// Knows documents again whose files are gone, among files that were found to be new.
///
/// # Errors
/// When the reader cancels.
pub fn know_again(
    project: &Project,
    files: Vec<Document>,
    progress: &Progress,
) -> Result<Changes, StoreError> {
    let mut changes = Changes::default();
    let is_gone =
        |document: &&Arc<Document>| source_path(project, document).is_some_and(|path| is_gone(&path));
    let gone = project.documents().iter().filter(|_| !files.is_empty()).filter(is_gone);
    let displaced = gone.map(|document| Displaced { document: Arc::clone(document), now: None }).collect();
    assign(project, displaced, files, &mut changes, progress)?;
    Ok(changes)
}

/// Puts every document whose file is not as it was, and every file that is no document's, into one of the lists.
fn assign(
    project: &Project,
    displaced: Vec<Displaced>,
    files: Vec<Document>,
    changes: &mut Changes,
    progress: &Progress,
) -> Result<(), StoreError> {
    let known = taken_in(project);
    let found = renaming::find(project, &displaced, files, &known, progress)?;
    let again: HashSet<DocumentId> =
        found.renamed.iter().chain(&found.altered).map(|one| one.document).collect();
    for Displaced { document, now } in displaced {
        if again.contains(&document.id) {
            continue;
        }
        match now.and_then(|_| source_path(project, &document)) {
            Some(path) => changes.changed.push(Changed { document: document.id, path }),
            None => changes.vanished.push(document.source.path.clone()),
        }
    }
    changes.renamed = found.renamed;
    changes.altered = found.altered;
    changes.new = found.rest.into_iter().filter(|file| !known.contains(&file.source.path)).collect();
    Ok(())
}

fn is_gone(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

fn look_at(document: &Arc<Document>, path: &Path, refused: &mut Vec<Unread>) -> Option<Displaced> {
    let document = Arc::clone(document);
    if is_gone(path) {
        return Some(Displaced { document, now: None });
    }
    match read_one(path, Some(&document.source.encoding)) {
        Ok(now) => (now.sha256 != document.sha256).then_some(Displaced { document, now: Some(now) }),
        Err(fault) => {
            // What the folder's own search refused is told once.
            if !refused.iter().any(|one| one.path == fault.path) {
                refused.push(fault);
            }
            None
        }
    }
}
