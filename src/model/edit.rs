//! The one way to change a project: an [`Edit`], which gives back its inverse when it is applied.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Annotation, AnnotationId, AnnotationTable, Document, DocumentId, Project, Tag, TagId};

/// One undoable change of a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Edit {
    /// Adds an annotation, or replaces the one with its id.
    PutAnnotation(Arc<Annotation>),
    /// Removes an annotation.
    RemoveAnnotation {
        /// Where it lies.
        document: DocumentId,
        /// Which.
        id: AnnotationId,
    },
    /// Adds a tag at a place in the codebook (from 0), or replaces and moves the one with its id.
    PutTag {
        /// The place; past the end is the end.
        at: usize,
        /// The tag.
        tag: Tag,
    },
    /// Takes a tag out of the codebook. Annotations keep its id; to take it off them too, put it in a [`Edit::Batch`].
    RemoveTag(TagId),
    /// Adds a document at a place in the register, with its annotations.
    InsertDocument {
        /// The place; past the end is the end.
        at: usize,
        /// The document; its text is not serialised, and is filled in from its file when an edit is read back.
        document: Arc<Document>,
        /// Its annotations.
        annotations: Vec<Arc<Annotation>>,
    },
    /// Takes a document out of the register, with its annotations. Its text file stays.
    RemoveDocument(DocumentId),
    /// Puts another version of a document in its place (another text, another title), with all its annotations.
    ReplaceDocument {
        /// The new version, under the same id.
        document: Arc<Document>,
        /// All annotations, placed in the new text.
        annotations: Vec<Arc<Annotation>>,
    },
    /// Changes the project's title.
    SetTitle(String),
    /// Several edits as one.
    Batch(Vec<Edit>),
}

/// Why an edit was refused. The project is then as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The document is not in the register.
    #[error("the project has no document {0}")]
    NoDocument(DocumentId),
    /// The annotation is not there.
    #[error("the project has no annotation {0}")]
    NoAnnotation(AnnotationId),
    /// The tag is not in the codebook.
    #[error("the codebook has no tag {0}")]
    NoTag(TagId),
    /// A document of this id is already there.
    #[error("the project already has a document {0}")]
    DocumentExists(DocumentId),
    /// Another tag has this name.
    #[error("the codebook already has a tag «{0}»")]
    NameTaken(String),
    /// A tag without a name.
    #[error("a tag needs a name")]
    NoName,
    /// A span that is empty, leaves the text, cuts a grapheme cluster, or is out of order.
    #[error("a span of annotation {0} does not fit its document's text")]
    BadSpan(AnnotationId),
    /// A tag that would stand under itself.
    #[error("the tag «{0}» cannot stand under itself")]
    Cycle(String),
}

impl Project {
    /// Applies an edit and returns its inverse: applying that gives back exactly the project before.
    ///
    /// # Errors
    /// When the edit does not fit the project, which is then unchanged.
    pub fn apply(&mut self, edit: &Edit) -> Result<Edit, EditError> {
        match edit {
            Edit::PutAnnotation(annotation) => self.put_annotation(annotation),
            Edit::RemoveAnnotation { document, id } => self.remove_annotation(*document, *id),
            Edit::PutTag { at, tag } => self.put_tag(*at, tag),
            Edit::RemoveTag(id) => {
                let (at, tag) = self.codebook.remove(*id).ok_or(EditError::NoTag(*id))?;
                Ok(Edit::PutTag { at, tag })
            }
            Edit::InsertDocument { at, document, annotations } => {
                self.insert_document(*at, document, annotations)
            }
            Edit::RemoveDocument(id) => self.remove_document(*id),
            Edit::ReplaceDocument { document, annotations } => self.replace_document(document, annotations),
            Edit::SetTitle(title) => Ok(Edit::SetTitle(std::mem::replace(&mut self.title, title.clone()))),
            Edit::Batch(edits) => self.apply_batch(edits),
        }
    }

    fn apply_batch(&mut self, edits: &[Edit]) -> Result<Edit, EditError> {
        let mut inverses = Vec::with_capacity(edits.len());
        let mut rest = edits;
        while let Some(first) = rest.first() {
            let many = of_one_table(rest);
            let (done, inverse) = match many.len() >= MANY {
                true => (many.len(), self.change_table(many)),
                false => (1, self.apply(first).map(|inverse| vec![inverse])),
            };
            rest = &rest[done..];
            match inverse {
                Ok(inverse) => inverses.extend(inverse),
                Err(error) => {
                    for inverse in inverses.iter().rev() {
                        self.apply(inverse).expect("the inverse of an edit that was just applied fits");
                    }
                    return Err(error);
                }
            }
        }
        inverses.reverse();
        Ok(Edit::Batch(inverses))
    }

    /// Puts and removes many annotations of one document at once, and gives back the inverse of each edit in their order: the table is made anew,
    /// where one by one each would move those behind it. On an error nothing is changed.
    fn change_table(&mut self, edits: &[Edit]) -> Result<Vec<Edit>, EditError> {
        let Some((document, _)) = edits.first().and_then(in_table) else { return Ok(Vec::new()) };
        let table = self.tables.get(&document);
        let mut changed: HashMap<AnnotationId, Option<&Arc<Annotation>>> =
            HashMap::with_capacity(edits.len());
        let mut inverses = Vec::with_capacity(edits.len());
        for edit in edits {
            let Some((_, id)) = in_table(edit) else { continue };
            let after = match edit {
                Edit::PutAnnotation(annotation) => {
                    let document = self.document(document).ok_or(EditError::NoDocument(document))?;
                    check_spans(document, annotation)?;
                    Some(annotation)
                }
                _ => None,
            };
            let before = match changed.insert(id, after) {
                Some(before) => before,
                None => table.and_then(|table| table.get(id)),
            };
            inverses.push(match (before, after) {
                (Some(before), _) => Edit::PutAnnotation(Arc::clone(before)),
                (None, Some(_)) => Edit::RemoveAnnotation { document, id },
                (None, None) => return Err(EditError::NoAnnotation(id)),
            });
        }
        let kept = table.into_iter().flat_map(|table| table.iter());
        let kept = kept.filter(|annotation| !changed.contains_key(&annotation.id)).cloned();
        let table = AnnotationTable::new(kept.chain(changed.values().copied().flatten().cloned()));
        if table.is_empty() {
            self.tables.remove(&document);
        } else {
            self.tables.insert(document, Arc::new(table));
        }
        for (edits, comes) in [(edits, true), (&inverses[..], false)] {
            for edit in edits {
                if let Edit::PutAnnotation(annotation) = edit {
                    self.count(annotation, comes);
                }
            }
        }
        Ok(inverses)
    }

    fn put_annotation(&mut self, annotation: &Arc<Annotation>) -> Result<Edit, EditError> {
        let document =
            self.document(annotation.document).ok_or(EditError::NoDocument(annotation.document))?;
        check_spans(document, annotation)?;
        let table = Arc::make_mut(self.tables.entry(annotation.document).or_default());
        let before = table.put(Arc::clone(annotation));
        self.count(annotation, true);
        Ok(match before {
            Some(before) => {
                self.count(&before, false);
                Edit::PutAnnotation(before)
            }
            None => Edit::RemoveAnnotation { document: annotation.document, id: annotation.id },
        })
    }

    fn remove_annotation(&mut self, document: DocumentId, id: AnnotationId) -> Result<Edit, EditError> {
        let table = self.tables.get_mut(&document).ok_or(EditError::NoAnnotation(id))?;
        let before = Arc::make_mut(table).take(id).ok_or(EditError::NoAnnotation(id))?;
        if table.is_empty() {
            self.tables.remove(&document);
        }
        self.count(&before, false);
        Ok(Edit::PutAnnotation(before))
    }

    fn put_tag(&mut self, at: usize, tag: &Tag) -> Result<Edit, EditError> {
        if tag.name.trim().is_empty() {
            return Err(EditError::NoName);
        }
        if self.codebook.named(&tag.name).is_some_and(|other| other.id != tag.id) {
            return Err(EditError::NameTaken(tag.name.clone()));
        }
        let mut above = tag.parent;
        for _ in 0..=self.codebook.tags().len() {
            match above {
                Some(id) if id == tag.id => return Err(EditError::Cycle(tag.name.clone())),
                Some(id) => above = self.codebook.get(id).and_then(|parent| parent.parent),
                None => break,
            }
        }
        let before = self.codebook.remove(tag.id);
        self.codebook.insert(at, tag.clone());
        Ok(match before {
            Some((at, tag)) => Edit::PutTag { at, tag },
            None => Edit::RemoveTag(tag.id),
        })
    }

    fn insert_document(
        &mut self,
        at: usize,
        document: &Arc<Document>,
        annotations: &[Arc<Annotation>],
    ) -> Result<Edit, EditError> {
        if self.position(document.id).is_some() {
            return Err(EditError::DocumentExists(document.id));
        }
        check_all(document, annotations)?;
        let at = at.min(self.documents.len());
        self.documents.insert(at, Arc::clone(document));
        if at + 1 == self.documents.len() {
            // Of many that are added, each goes to the end.
            self.places.insert(document.id, at);
        } else {
            self.index_documents();
        }
        self.replace_table(document.id, AnnotationTable::new(annotations.iter().cloned()));
        Ok(Edit::RemoveDocument(document.id))
    }

    fn remove_document(&mut self, id: DocumentId) -> Result<Edit, EditError> {
        let at = self.position(id).ok_or(EditError::NoDocument(id))?;
        let table = self.replace_table(id, AnnotationTable::default());
        let document = self.documents.remove(at);
        if at == self.documents.len() {
            self.places.remove(&id);
        } else {
            self.index_documents();
        }
        Ok(Edit::InsertDocument { at, document, annotations: table.iter().cloned().collect() })
    }

    fn replace_document(
        &mut self,
        document: &Arc<Document>,
        annotations: &[Arc<Annotation>],
    ) -> Result<Edit, EditError> {
        let at = self.position(document.id).ok_or(EditError::NoDocument(document.id))?;
        check_all(document, annotations)?;
        let before = std::mem::replace(&mut self.documents[at], Arc::clone(document));
        let table = self.replace_table(document.id, AnnotationTable::new(annotations.iter().cloned()));
        Ok(Edit::ReplaceDocument { document: before, annotations: table.iter().cloned().collect() })
    }
}

/// From so many edits on a table is made anew.
const MANY: usize = 64;

/// The annotation that an edit puts or removes, and where it lies.
fn in_table(edit: &Edit) -> Option<(DocumentId, AnnotationId)> {
    match edit {
        Edit::PutAnnotation(annotation) => Some((annotation.document, annotation.id)),
        Edit::RemoveAnnotation { document, id } => Some((*document, *id)),
        _ => None,
    }
}

/// Those of the first edits that put or remove annotations of one document.
fn of_one_table(edits: &[Edit]) -> &[Edit] {
    let Some((document, _)) = edits.first().and_then(in_table) else { return &[] };
    let count =
        edits.iter().take_while(|edit| in_table(edit).is_some_and(|(other, _)| other == document)).count();
    &edits[..count]
}

fn check_all(document: &Document, annotations: &[Arc<Annotation>]) -> Result<(), EditError> {
    annotations.iter().try_for_each(|annotation| {
        if annotation.document != document.id {
            return Err(EditError::NoDocument(annotation.document));
        }
        check_spans(document, annotation)
    })
}

fn check_spans(document: &Document, annotation: &Annotation) -> Result<(), EditError> {
    let in_order = annotation.spans.windows(2).all(|pair| pair[0].end < pair[1].start);
    let fit =
        !annotation.spans.is_empty() && annotation.spans.iter().all(|&span| document.text.accepts(span));
    if in_order && fit { Ok(()) } else { Err(EditError::BadSpan(annotation.id)) }
}
