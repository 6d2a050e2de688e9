//! What lies between two versions of a project.

use std::sync::Arc;

use crate::model::{Annotation, AnnotationId, AnnotationTable, Document, DocumentId, Project, Tag, TagId};

/// One thing that is not the same in two versions.
#[derive(Clone, Debug, PartialEq)]
pub enum Change<T: ?Sized> {
    /// Only the later version has it.
    Added(Arc<T>),
    /// Both have it, differently: first the earlier.
    Changed(Arc<T>, Arc<T>),
    /// Only the earlier version has it.
    Removed(Arc<T>),
}

impl<T: ?Sized> Change<T> {
    /// As it was in the earlier version.
    pub fn before(&self) -> Option<&Arc<T>> {
        match self {
            Self::Added(_) => None,
            Self::Changed(before, _) | Self::Removed(before) => Some(before),
        }
    }

    /// As it is in the later version.
    pub fn after(&self) -> Option<&Arc<T>> {
        match self {
            Self::Added(after) | Self::Changed(_, after) => Some(after),
            Self::Removed(_) => None,
        }
    }

    /// As it is, or as it was where it is no more.
    pub fn latest(&self) -> &Arc<T> {
        match self {
            Self::Added(one) | Self::Changed(_, one) | Self::Removed(one) => one,
        }
    }
}

/// What lies between two versions of a project. The later version's order comes first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// Documents, without their annotations.
    pub documents: Vec<Change<Document>>,
    /// Annotations, also those of documents that came or went: by document, then by place.
    pub annotations: Vec<Change<Annotation>>,
    /// Tags.
    pub tags: Vec<Change<Tag>>,
    /// Whether the tags that both have stand in another order.
    pub tag_order: bool,
    /// The titles, where they are not the same.
    pub title: Option<(String, String)>,
}

impl Difference {
    /// What was changed from one version to another. Documents and tables that both share cost one look each.
    pub fn between(before: &Project, after: &Project) -> Self {
        let mut difference = Self::default();
        let titles = (before.title() != after.title()).then(|| (before.title().into(), after.title().into()));
        difference.title = titles;
        difference.compare_tags(before, after);
        for document in after.documents() {
            match before.document(document.id) {
                None => difference.documents.push(Change::Added(Arc::clone(document))),
                Some(old) if !is_same_document(old, document) => {
                    difference.documents.push(Change::Changed(Arc::clone(old), Arc::clone(document)));
                }
                Some(_) => {}
            }
            difference.compare_tables(before.table(document.id), after.table(document.id));
        }
        for document in before.documents() {
            if after.document(document.id).is_none() {
                difference.documents.push(Change::Removed(Arc::clone(document)));
                difference.compare_tables(before.table(document.id), after.table(document.id));
            }
        }
        difference
    }

    /// Whether both versions are the same.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The documents in which something is different, each once.
    pub(super) fn touched(&self) -> Vec<DocumentId> {
        let documents = self.documents.iter().map(|change| change.latest().id);
        let mut touched: Vec<DocumentId> =
            documents.chain(self.annotations.iter().map(|change| change.latest().document)).collect();
        touched.sort_unstable();
        touched.dedup();
        touched
    }

    fn compare_tags(&mut self, before: &Project, after: &Project) {
        let (old, new) = (before.codebook(), after.codebook());
        for tag in new.tags() {
            match old.get(tag.id) {
                None => self.tags.push(Change::Added(Arc::new(tag.clone()))),
                Some(one) if one != tag => {
                    self.tags.push(Change::Changed(Arc::new(one.clone()), Arc::new(tag.clone())));
                }
                Some(_) => {}
            }
        }
        let gone = old.tags().iter().filter(|tag| new.get(tag.id).is_none());
        self.tags.extend(gone.map(|tag| Change::Removed(Arc::new(tag.clone()))));
        let common = |tags: &[Tag], other: &crate::model::Codebook| -> Vec<TagId> {
            tags.iter().map(|tag| tag.id).filter(|&id| other.get(id).is_some()).collect()
        };
        self.tag_order = common(old.tags(), new) != common(new.tags(), old);
    }

    fn compare_tables(&mut self, before: &AnnotationTable, after: &AnnotationTable) {
        if std::ptr::eq(before, after) {
            return;
        }
        let mut changes: Vec<Change<Annotation>> = Vec::new();
        for annotation in after.iter() {
            match before.get(annotation.id) {
                None => changes.push(Change::Added(Arc::clone(annotation))),
                Some(old) if !is_same(old, annotation) => {
                    changes.push(Change::Changed(Arc::clone(old), Arc::clone(annotation)));
                }
                Some(_) => {}
            }
        }
        let gone = before.iter().filter(|annotation| after.get(annotation.id).is_none());
        changes.extend(gone.map(|annotation| Change::Removed(Arc::clone(annotation))));
        changes.sort_by_key(|change| place_of(change.latest()));
        self.annotations.append(&mut changes);
    }
}

fn place_of(annotation: &Annotation) -> (crate::model::Span, AnnotationId) {
    (annotation.extent(), annotation.id)
}

/// Whether two annotations say the same.
pub(super) fn is_same(one: &Arc<Annotation>, other: &Arc<Annotation>) -> bool {
    Arc::ptr_eq(one, other) || one == other
}

/// Whether two versions of a document are the same, by the hash of the text.
pub(super) fn is_same_document(one: &Arc<Document>, other: &Arc<Document>) -> bool {
    Arc::ptr_eq(one, other)
        || (one.sha256 == other.sha256
            && one.title == other.title
            && one.file == other.file
            && one.source == other.source
            && one.imported == other.imported)
}
