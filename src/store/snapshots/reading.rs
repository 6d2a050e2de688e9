//! A project as a snapshot holds it.
//!
//! What of it cannot be read is told, and stands there as it is now: going back never takes away what is merely unreadable.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{ABOUT, About, SNAPSHOTS};
use crate::model::{
    Annotation, AnnotationId, AnnotationTable, Codebook, Document, DocumentId, Project, Text,
};
use crate::store::disk::Disk;
use crate::store::format::{CODEBOOK_FILE, CodebookFile, ProjectFile, TablesFile};
use crate::store::pages::{read_page, read_table};
use crate::store::place::PROJECT_FILE;
use crate::store::read::misfit;
use crate::store::tables::{LIST, table_name};
use crate::store::texts::{DOCUMENTS, read_text};
use crate::store::{Fault, Progress, StoreError, Surroundings};

/// A project as it was then.
#[derive(Clone, Debug)]
pub struct Then {
    /// The project. Documents that could not be read are in it as they are now, with their annotations.
    pub project: Project,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

/// Reads a snapshot, by the name of its folder. Texts are taken from the project as it is now where it has them, or else from its folder.
///
/// # Errors
/// When there is no such snapshot, it is of another project, its register, its codebook or its lists of tables are damaged or newer than
/// this program, tables of it are missing altogether, or the reader cancels.
pub fn read(
    surroundings: &Surroundings,
    place: &Path,
    name: &str,
    now: &Project,
    progress: &Progress,
) -> Result<Then, StoreError> {
    let disk = &*surroundings.disk;
    let folder = place.join(SNAPSHOTS).join(name);
    if name.is_empty() || name.contains(['/', '\\']) || name.starts_with('.') {
        return Err(StoreError::Missing(folder));
    }
    let (_, about): (_, About) = page(disk, &folder, ABOUT)?;
    let (path, register): (_, ProjectFile) = page(disk, &folder, PROJECT_FILE)?;
    let damaged = |path: PathBuf, what: String| StoreError::Damaged { path, line: None, what };
    if register.id != now.id() {
        return Err(damaged(path, "it is of another project".into()));
    }
    let mut ids = HashSet::new();
    if let Some(twice) = register.documents.iter().find(|document| !ids.insert(document.id)) {
        return Err(damaged(path, format!("the document {} stands there twice", twice.id)));
    }
    let (_, codebook): (_, CodebookFile) = page(disk, &folder, CODEBOOK_FILE)?;
    let mut reading = Reading {
        disk,
        folder: &folder,
        tables: table_names(disk, &folder)?,
        ids: HashSet::new(),
        read: 0,
        faults: Vec::new(),
    };
    let known: HashMap<&str, &Text> =
        now.documents().iter().map(|document| (document.sha256.as_str(), &document.text)).collect();
    progress.set(0, register.documents.len() as u64);
    let mut documents = Vec::new();
    let mut tables: Vec<(DocumentId, AnnotationTable)> = Vec::new();
    for entry in register.documents {
        if progress.cancelled() {
            return Err(StoreError::Cancelled);
        }
        progress.step();
        let text = match known.get(entry.sha256.as_str()) {
            Some(text) => Some((*text).clone()),
            None => read_text(disk, place, &entry.file, &entry.sha256).ok(),
        };
        let present = now.document(entry.id);
        let read = match text {
            Some(text) => {
                let document = Document { text, ..entry };
                reading.table(&document).map(|table| (document, table))
            }
            None => {
                let what = "the text that the snapshot means is not there; the document stays as it is now";
                reading.faults.push(Fault::noted(format!("{DOCUMENTS}/{}", entry.file), None, what));
                None
            }
        };
        match (read, present) {
            // A document that is as it is now is the same in memory, so that comparing the two costs nothing.
            (Some((document, table)), Some(present)) if **present == document => {
                tables.push((document.id, table));
                documents.push(Arc::clone(present));
            }
            (Some((document, table)), _) => {
                tables.push((document.id, table));
                documents.push(Arc::new(document));
            }
            (None, Some(present)) => {
                tables.push((present.id, now.table(present.id).clone()));
                documents.push(Arc::clone(present));
            }
            (None, None) => {}
        }
    }
    let Reading { read, faults, .. } = reading;
    if faults.is_empty() && read != about.annotations {
        let what = format!("it says that it holds {} annotations, and there are {read}", about.annotations);
        return Err(damaged(folder, what));
    }
    let codebook = Codebook::new(codebook.tags);
    let project =
        Project::from_parts(register.id, register.title, register.settings, codebook, documents, tables);
    Ok(Then { project, faults })
}

/// Reads one file of a snapshot.
fn page<T: serde::de::DeserializeOwned>(
    disk: &dyn Disk,
    folder: &Path,
    name: &str,
) -> Result<(PathBuf, T), StoreError> {
    let path = folder.join(name);
    let bytes = disk.read(&path).map_err(StoreError::io("read", &path))?;
    let page = read_page(&path, &bytes)?;
    Ok((path, page))
}

/// The names of the tables of a snapshot, as its lists have them, by what they are called without their ending.
fn table_names(disk: &dyn Disk, folder: &Path) -> Result<HashMap<String, Vec<String>>, StoreError> {
    let mut names: HashMap<String, Vec<String>> = HashMap::new();
    for coder in disk.list(&folder.join("annotations")).unwrap_or_default() {
        let (_, list): (_, TablesFile) = page(disk, folder, &format!("annotations/{coder}/{LIST}"))?;
        for stem in list.tables {
            let name = format!("annotations/{coder}/{stem}.ron");
            names.entry(stem).or_default().push(name);
        }
    }
    Ok(names)
}

struct Reading<'a> {
    disk: &'a dyn Disk,
    folder: &'a Path,
    /// The names of the tables, by what they are called without their ending.
    tables: HashMap<String, Vec<String>>,
    /// The annotations that were read.
    ids: HashSet<AnnotationId>,
    /// How many.
    read: usize,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    /// The annotations of a document; `None` where not all of them could be read.
    fn table(&mut self, document: &Document) -> Option<AnnotationTable> {
        let stem = document.file.strip_suffix(".txt").unwrap_or(&document.file);
        let mut annotations = Vec::new();
        let mut is_whole = true;
        for name in self.tables.remove(stem).unwrap_or_default() {
            match self.rows(&name, document) {
                Ok(rows) => annotations.extend(rows),
                Err((line, what)) => {
                    let what = format!("{what}; the document stays as it is now");
                    self.faults.push(Fault::noted(self.named(&name), line, what));
                    is_whole = false;
                }
            }
        }
        self.read += annotations.len();
        is_whole.then(|| AnnotationTable::new(annotations))
    }

    /// The rows of one table; or in which line what is the matter.
    fn rows(
        &mut self,
        name: &str,
        document: &Document,
    ) -> Result<Vec<Arc<Annotation>>, (Option<usize>, String)> {
        let path = self.folder.join(name);
        let bytes = self.disk.read(&path).map_err(StoreError::io("read", &path));
        let table = bytes.and_then(|bytes| read_table(&path, name, &bytes));
        let table = table.map_err(|error| (None, error.to_string()))?;
        if let Some(fault) = table.faults.into_iter().next() {
            return Err((fault.line, fault.what));
        }
        if table.document != document.id || table_name(document, &table.coder) != name {
            return Err((None, "the table names another document or coder than its place says".into()));
        }
        let mut annotations = Vec::new();
        for (line, row) in table.rows {
            if let Some(what) = misfit(document, &row) {
                return Err((line, format!("annotation {}: {what}", row.id)));
            }
            if !self.ids.insert(row.id) {
                return Err((line, format!("annotation {} stands there twice", row.id)));
            }
            annotations.push(Arc::new(row.into_annotation(document.id, table.coder.clone())));
        }
        Ok(annotations)
    }

    /// The name of a file of the snapshot in the project.
    fn named(&self, name: &str) -> String {
        let snapshot = self.folder.file_name().unwrap_or_default().to_string_lossy();
        format!("{SNAPSHOTS}/{snapshot}/{name}")
    }
}
