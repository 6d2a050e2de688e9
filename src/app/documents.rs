//! The documents of the open project: added from files, removed, and decoded anew from their source files.
//!
//! Each becomes one edit, or a comparison for the reader to decide upon. Files are read in jobs.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::jobs::JobKind;
use super::opening::{Outcome, not_opened};
use super::wishes::Message;
use super::workbench::Workbench;
use crate::model::{Document, DocumentId, Edit, Project, Span};
use crate::store::{self, ImportOptions, Progress, Refused, StoreError, SystemStamps};

impl Workbench {
    /// Reads files and folders, to add them.
    pub(super) fn import(&mut self, paths: Vec<PathBuf>) {
        let Some(open) = self.open.as_ref() else { return };
        let place = open.place.clone();
        self.jobs.start(JobKind::Importing, move |progress| {
            let options = ImportOptions::default();
            match read_all(&paths, &options, progress) {
                Ok((documents, refused)) => Outcome::Imported { place, documents, refused },
                Err(error) => Outcome::NotOpened(not_opened(&error), Vec::new()),
            }
        });
    }

    /// Adds the files that are new in the source folder.
    pub(super) fn add_found(&mut self) {
        self.dialog = None;
        let found = self.open.as_mut().map(|open| std::mem::take(&mut open.found)).unwrap_or_default();
        self.add_documents(found, Vec::new());
    }

    /// Adds documents at the end, as one edit, and tells which files were refused.
    pub(super) fn add_documents(&mut self, documents: Vec<Document>, refused: Vec<Refused>) {
        if !refused.is_empty() {
            self.problem(
                Message::new("notice-refused-files").number("count", refused.len()),
                reasons(&refused),
            );
        }
        if documents.is_empty() {
            self.inform(Message::new("notice-nothing-added"), Vec::new());
            return;
        }
        let count = documents.len();
        let first = documents.first().map(|document| document.id);
        let Some(open) = self.open.as_ref() else { return };
        let at = open.project.documents().len();
        let documents: Vec<Arc<Document>> = documents.into_iter().map(Arc::new).collect();
        let inserts = documents
            .into_iter()
            .enumerate()
            .map(|(index, document)| Edit::InsertDocument {
                at: at + index,
                document,
                annotations: Vec::new(),
            })
            .collect();
        if self.perform("edit-add-documents", None, Edit::Batch(inserts)) {
            self.inform(Message::new("notice-added").number("count", count), Vec::new());
            self.tells_of_last_step();
            if let Some(first) = first {
                self.show_document(first);
            }
        }
    }

    /// Takes a document out of the project, undoably; the next one is shown.
    pub(super) fn remove_document(&mut self, document: DocumentId) {
        let Some(project) = self.project() else { return };
        let Some(at) = project.position(document) else { return };
        let was_open = self.view.document == Some(document);
        let next = project
            .documents()
            .get(at + 1)
            .or_else(|| at.checked_sub(1).and_then(|before| project.documents().get(before)))
            .map(|neighbour| neighbour.id);
        let place = (document, Span::new(0..0));
        if self.perform("edit-remove-document", Some(place), Edit::RemoveDocument(document))
            && was_open
            && let Some(next) = next
        {
            self.show_document(next);
        }
    }

    /// Decodes the source file of a document anew.
    pub(super) fn set_encoding(&mut self, document: DocumentId, encoding: &str) {
        let Some(project) = self.project() else { return };
        let Some(document) = project.document(document).cloned() else { return };
        let folder = project.settings.source_folder.clone();
        let encoding = encoding.to_owned();
        self.jobs.start(JobKind::Importing, move |_| decode_anew(&document, folder, &encoding));
    }
}

/// The source files that a project has taken in, be their texts earlier ones by now, as a look through its source folder names them.
pub(super) fn taken_in(project: &Project) -> HashSet<String> {
    named(project, project.documents().iter().flat_map(|document| document.source_paths()))
}

/// Source paths as a look through the source folder names them: what lies in it, without the folder.
pub(super) fn named<'p>(project: &Project, paths: impl Iterator<Item = &'p str>) -> HashSet<String> {
    let folder = project.settings.source_folder.as_ref().map(Path::new);
    paths
        .map(|path| match folder.and_then(|folder| Path::new(path).strip_prefix(folder).ok()) {
            Some(inside) => with_slashes(inside),
            None => path.to_owned(),
        })
        .collect()
}

/// A path with `/` between its names.
pub(super) fn with_slashes(path: &Path) -> String {
    path.components().map(|name| name.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Reads files and folders of documents.
fn read_all(
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: &Progress,
) -> Result<(Vec<Document>, Vec<Refused>), StoreError> {
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.iter().cloned().partition(|path| path.is_dir());
    let mut imported = store::read_files(&files, options, &mut SystemStamps, progress)?;
    for folder in folders {
        let more = store::read_documents(&folder, options, &mut SystemStamps, progress)?;
        imported.documents.extend(more.documents);
        imported.refused.extend(more.refused);
    }
    Ok((imported.documents, imported.refused))
}

fn decode_anew(document: &Document, folder: Option<String>, encoding: &str) -> Outcome {
    let source = Path::new(&document.source.path);
    let path = match folder {
        Some(folder) if source.is_relative() => Path::new(&folder).join(source),
        _ => source.to_owned(),
    };
    if document.source.path.is_empty() {
        return Outcome::NotDecoded(Message::new("notice-no-source"));
    }
    let refuse =
        |reason: String| Outcome::NotDecoded(Message::new("notice-not-decoded").text("reason", reason));
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => return refuse(format!("{}: {error}", path.display())),
    };
    match store::document_from_bytes(&bytes, &document.source.path, Some(encoding), &mut SystemStamps) {
        Ok(fresh) => Outcome::Decoded(Box::new(fresh.in_place_of(document))),
        Err(error) => refuse(error.to_string()),
    }
}

/// A line for each file that was refused.
pub(super) fn reasons(refused: &[Refused]) -> Vec<String> {
    refused.iter().map(|one| format!("{}: {}", one.path.display(), one.reason)).collect()
}
