//! All of it: documents, codebook, annotations of every coder.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

use super::{Annotation, AnnotationId, AnnotationTable, Codebook, Document, DocumentId, ProjectId, TagId};

/// Choices that belong to the project and travel with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The folder from which the documents came, where there is one.
    pub source_folder: Option<String>,
}

/// A project in memory. Cloning it makes a snapshot: it copies one pointer a document, and no text and no annotation.
#[derive(Clone, Debug)]
pub struct Project {
    id: ProjectId,
    pub(super) title: String,
    /// Choices that travel with the project.
    pub settings: Settings,
    pub(super) codebook: Codebook,
    pub(super) documents: Vec<Arc<Document>>,
    pub(super) places: HashMap<DocumentId, usize>,
    pub(super) tables: HashMap<DocumentId, Arc<AnnotationTable>>,
    pub(super) uses: HashMap<TagId, usize>,
    pub(super) annotations: usize,
}

impl Project {
    /// An empty project.
    pub fn new(id: ProjectId, title: impl Into<String>) -> Self {
        Self {
            id,
            title: title.into(),
            settings: Settings::default(),
            codebook: Codebook::default(),
            documents: Vec::new(),
            places: HashMap::new(),
            tables: HashMap::new(),
            uses: HashMap::new(),
            annotations: 0,
        }
    }

    /// A project of parts that were read from a disk. Tables of documents that are not in the register are left out: the caller
    /// reports them. Nothing is checked here; `check` does that.
    pub fn from_parts(
        id: ProjectId,
        title: String,
        settings: Settings,
        codebook: Codebook,
        documents: Vec<Arc<Document>>,
        annotations: impl IntoIterator<Item = (DocumentId, AnnotationTable)>,
    ) -> Self {
        let mut project = Self { settings, codebook, documents, ..Self::new(id, title) };
        project.index_documents();
        for (document, table) in annotations {
            if project.places.contains_key(&document) {
                project.replace_table(document, table);
            }
        }
        project
    }

    /// Its name for ever.
    pub fn id(&self) -> ProjectId {
        self.id
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Its tags.
    pub fn codebook(&self) -> &Codebook {
        &self.codebook
    }

    /// Its documents in the order of the register.
    pub fn documents(&self) -> &[Arc<Document>] {
        &self.documents
    }

    /// The document of this id.
    pub fn document(&self, id: DocumentId) -> Option<&Arc<Document>> {
        self.places.get(&id).map(|&at| &self.documents[at])
    }

    /// Where in the register a document stands, from 0.
    pub fn position(&self, id: DocumentId) -> Option<usize> {
        self.places.get(&id).copied()
    }

    /// The annotations of a document; empty where there are none.
    pub fn table(&self, document: DocumentId) -> &AnnotationTable {
        static NONE: std::sync::LazyLock<AnnotationTable> =
            std::sync::LazyLock::new(AnnotationTable::default);
        self.tables.get(&document).map_or(&*NONE, |table| table)
    }

    /// The same table to keep as a snapshot.
    pub fn table_snapshot(&self, document: DocumentId) -> Arc<AnnotationTable> {
        self.tables.get(&document).cloned().unwrap_or_default()
    }

    /// An annotation, by the document it lies in and its id.
    pub fn annotation(&self, document: DocumentId, id: AnnotationId) -> Option<&Arc<Annotation>> {
        self.tables.get(&document)?.get(id)
    }

    /// All annotations: by the register, then by start, end and id.
    pub fn annotations(&self) -> impl Iterator<Item = (&Arc<Document>, &Arc<Annotation>)> {
        self.documents
            .iter()
            .flat_map(|document| self.table(document.id).iter().map(move |annotation| (document, annotation)))
    }

    /// How many annotations there are in all.
    pub fn annotation_count(&self) -> usize {
        self.annotations
    }

    /// How many annotations carry a tag.
    pub fn uses(&self, tag: TagId) -> usize {
        self.uses.get(&tag).copied().unwrap_or(0)
    }

    pub(super) fn index_documents(&mut self) {
        self.places = self.documents.iter().enumerate().map(|(at, document)| (document.id, at)).collect();
    }

    /// Puts a whole table in place of a document's table, which is returned.
    pub(super) fn replace_table(
        &mut self,
        document: DocumentId,
        table: AnnotationTable,
    ) -> Arc<AnnotationTable> {
        let before = self.tables.remove(&document).unwrap_or_default();
        for annotation in before.iter() {
            self.count(annotation, false);
        }
        for annotation in table.iter() {
            self.count(annotation, true);
        }
        if !table.is_empty() {
            self.tables.insert(document, Arc::new(table));
        }
        before
    }

    /// Keeps the derived counts right when an annotation comes or goes.
    pub(super) fn count(&mut self, annotation: &Annotation, comes: bool) {
        let step = |number: &mut usize| *number = if comes { *number + 1 } else { number.saturating_sub(1) };
        step(&mut self.annotations);
        for (at, tag) in annotation.tags.iter().enumerate() {
            if !annotation.tags[..at].contains(tag) {
                step(self.uses.entry(*tag).or_default());
            }
        }
    }
}

/// Two projects are equal when everything that is saved is equal.
impl PartialEq for Project {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.title == other.title
            && self.settings == other.settings
            && self.codebook == other.codebook
            && self.documents == other.documents
            && self.documents.iter().all(|document| self.table(document.id) == other.table(document.id))
    }
}
