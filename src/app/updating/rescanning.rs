//! Looking through the source folder: which files changed since they were imported, which are new, which are gone.

use std::path::{Path, PathBuf};

use super::version::{Unread, read_one, source_path};
use crate::app::documents::taken_in;
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

/// What the source files are now.
#[derive(Debug, Default)]
pub struct Changes {
    /// How many files were looked at.
    pub looked_at: usize,
    /// Those that hold another text now.
    pub changed: Vec<Changed>,
    /// Those that are not in the project.
    pub new: Vec<Document>,
    /// The source paths of documents whose files are gone. The documents stay.
    pub vanished: Vec<String>,
    /// Files that could not be read.
    pub refused: Vec<Unread>,
}

impl Changes {
    /// Whether no file changed or vanished.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.vanished.is_empty()
    }
}

/// Compares the file of every document with what was imported from it (decoded the same way, by SHA-256), and looks for new files in
/// the source folder.
///
/// # Errors
/// When the source folder cannot be read, or the reader cancels.
pub fn look_for_changes(project: &Project, progress: &Progress) -> Result<Changes, StoreError> {
    let mut changes = Changes::default();
    let folder = project.settings.source_folder.as_ref().map(Path::new);
    if let Some(folder) = folder {
        let options = ImportOptions { already: taken_in(project), ..ImportOptions::default() };
        let imported = store::read_documents(folder, &options, &mut SystemStamps, progress)?;
        changes.new = imported.documents;
        let unread = imported.refused.into_iter().map(|one| Unread { path: one.path, reason: one.reason });
        changes.refused.extend(unread);
    }
    progress.set(0, project.documents().len() as u64);
    for document in project.documents() {
        if progress.cancelled() {
            return Err(StoreError::Cancelled);
        }
        if let Some(path) = source_path(project, document) {
            changes.looked_at += 1;
            look_at(document, path, &mut changes);
        }
        progress.step();
    }
    Ok(changes)
}

fn look_at(document: &Document, path: PathBuf, changes: &mut Changes) {
    if std::fs::symlink_metadata(&path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        changes.vanished.push(document.source.path.clone());
        return;
    }
    match read_one(&path, Some(&document.source.encoding)) {
        Ok(now) if now.sha256 == document.sha256 => {}
        Ok(_) => changes.changed.push(Changed { document: document.id, path }),
        Err(fault) => {
            // What the folder's own search refused is told once.
            if !changes.refused.iter().any(|one| one.path == fault.path) {
                changes.refused.push(fault);
            }
        }
    }
}
