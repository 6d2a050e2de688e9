//! Going back to a snapshot, as one edit that can be undone.
//!
//! This coder's annotations, the tags, the title and the documents become what they were. Other coders' annotations stay as those
//! coders have them: nobody's table is put back but one's own. So a document that came since stays where another coder has marked
//! it, and a tag that another coder's annotation carries stays, marked as withdrawn.

use std::collections::HashSet;
use std::sync::Arc;

use crate::model::{Annotation, AnnotationTable, Coder, Document, DocumentId, Edit, Project, Tag, TagId};
use crate::store::merge::{Placer, codebook_edits};

/// What going back to a snapshot does.
#[derive(Clone, Debug)]
pub struct Restoring {
    /// The edit; an empty batch where everything is as it was then.
    pub edit: Edit,
    /// Documents that stay as they are, because another coder has marked what has no place in their text of then.
    pub kept: Vec<Arc<Document>>,
}

impl Restoring {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        matches!(&self.edit, Edit::Batch(edits) if edits.is_empty())
    }
}

/// What leads from a project as it is now to how it was then.
pub fn restoring(then: &Project, now: &Project, coder: &Coder, place: Placer<'_>) -> Restoring {
    let mut way = Way { then, now, coder, place, edits: Vec::new(), order: Vec::new(), kept: Vec::new() };
    way.order = now.documents().iter().map(|document| document.id).collect();
    way.take_out();
    way.put_in();
    // The tags last: what others carry by then is not taken out of the codebook.
    let mut after = now.clone();
    for edit in &way.edits {
        // What does not fit is told when the edit is performed.
        after.apply(edit).ok();
    }
    let tags = tags_of(then, &after, coder);
    way.edits.extend(codebook_edits(now.codebook().tags(), &tags));
    if then.title() != now.title() {
        way.edits.push(Edit::SetTitle(then.title().to_owned()));
    }
    Restoring { edit: Edit::Batch(way.edits), kept: way.kept }
}

struct Way<'a> {
    then: &'a Project,
    now: &'a Project,
    coder: &'a Coder,
    place: Placer<'a>,
    edits: Vec<Edit>,
    /// The documents as they stand after the edits so far.
    order: Vec<DocumentId>,
    kept: Vec<Arc<Document>>,
}

impl Way<'_> {
    fn is_own(&self, annotation: &Annotation) -> bool {
        annotation.coder == *self.coder
    }

    fn others(&self, table: &AnnotationTable) -> Vec<Arc<Annotation>> {
        table.iter().filter(|one| !self.is_own(one)).cloned().collect()
    }

    /// Takes out the documents that came since, and those that stand in another order by now, to be put in anew.
    fn take_out(&mut self) {
        for document in self.now.documents().iter().filter(|one| self.then.document(one.id).is_none()) {
            let table = self.now.table(document.id);
            if self.others(table).is_empty() {
                self.remove(document.id);
            } else {
                let own = table.iter().filter(|one| one.coder == *self.coder);
                self.edits
                    .extend(own.map(|one| Edit::RemoveAnnotation { document: one.document, id: one.id }));
            }
        }
        let both = |one: &Project, other: &Project| -> Vec<DocumentId> {
            let ids = one.documents().iter().map(|document| document.id);
            ids.filter(|&id| other.document(id).is_some()).collect()
        };
        let (then, now) = (both(self.then, self.now), both(self.now, self.then));
        if then != now {
            then.into_iter().for_each(|document| self.remove(document));
        }
    }

    fn remove(&mut self, document: DocumentId) {
        self.edits.push(Edit::RemoveDocument(document));
        self.order.retain(|id| *id != document);
    }

    /// Makes each document of then what it was.
    fn put_in(&mut self) {
        let mut before = None;
        for document in self.then.documents() {
            let (document, annotations) = self.target(document);
            let is_there = self.order.contains(&document.id);
            match self.now.document(document.id).filter(|_| is_there) {
                Some(present) if *present == document => self.put_annotations(&document, &annotations),
                Some(_) => {
                    self.edits.push(Edit::ReplaceDocument { document: Arc::clone(&document), annotations });
                }
                None => {
                    let after = before.and_then(|id| self.order.iter().position(|one| *one == id));
                    let at = after.map_or(0, |after| after + 1);
                    self.order.insert(at, document.id);
                    self.edits.push(Edit::InsertDocument {
                        at,
                        document: Arc::clone(&document),
                        annotations,
                    });
                }
            }
            before = Some(document.id);
        }
    }

    /// A document as it shall be: that of then with this coder's annotations of then, and with what others have said of it by now. Where that
    /// has no place in the text of then, it stays as it is.
    fn target(&mut self, document: &Arc<Document>) -> (Arc<Document>, Vec<Arc<Annotation>>) {
        let table = self.then.table(document.id);
        let Some(present) = self.now.document(document.id) else {
            return (Arc::clone(document), table.iter().cloned().collect());
        };
        let mut annotations: Vec<Arc<Annotation>> =
            table.iter().filter(|one| self.is_own(one)).cloned().collect();
        for one in self.others(self.now.table(document.id)) {
            let placed = if present.sha256 == document.sha256 {
                Some(one)
            } else {
                (self.place)(present, document, &one).map(Arc::new)
            };
            match placed {
                Some(placed) => annotations.push(placed),
                None => {
                    self.kept.push(Arc::clone(present));
                    return (Arc::clone(present), self.now.table(document.id).iter().cloned().collect());
                }
            }
        }
        (Arc::clone(document), annotations)
    }

    /// Makes the annotations of a document whose text is that of then what they shall be.
    fn put_annotations(&mut self, document: &Document, annotations: &[Arc<Annotation>]) {
        let now = self.now.table(document.id);
        let stay: HashSet<_> = annotations.iter().map(|one| one.id).collect();
        let gone = now.iter().filter(|one| !stay.contains(&one.id));
        self.edits.extend(gone.map(|one| Edit::RemoveAnnotation { document: one.document, id: one.id }));
        let others = annotations.iter().filter(|one| now.get(one.id) != Some(*one));
        self.edits.extend(others.map(|one| Edit::PutAnnotation(Arc::clone(one))));
    }
}

/// The tags of then, and those of now that other coders' annotations carry.
fn tags_of(then: &Project, after: &Project, coder: &Coder) -> Vec<Tag> {
    let others = after.annotations().filter(|(_, annotation)| annotation.coder != *coder);
    let carried: HashSet<TagId> = others.flat_map(|(_, annotation)| &annotation.tags).copied().collect();
    let mut tags = then.codebook().tags().to_vec();
    let known: HashSet<TagId> = tags.iter().map(|tag| tag.id).collect();
    for tag in after.codebook().tags() {
        if known.contains(&tag.id) || !carried.contains(&tag.id) {
            continue;
        }
        let is_taken = |name: &str| tags.iter().any(|other| other.name == name);
        let mut name = tag.name.clone();
        if is_taken(&name) {
            let numbered = (2..).map(|number: u32| format!("{} {number}", tag.name));
            name = numbered.into_iter().find(|name| !is_taken(name)).unwrap_or(name);
        }
        let parent = tag.parent.filter(|parent| known.contains(parent));
        tags.push(Tag { name, parent, withdrawn: true, ..tag.clone() });
    }
    tags
}
