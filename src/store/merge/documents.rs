//! Documents and their annotations, three ways.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::conflict::Conflict;
use super::difference::{is_same, is_same_document};
use super::fields::{Fate, fate};
use super::order::merge_order;
use super::{Change, Merge};
use crate::model::{Annotation, AnnotationId, AnnotationTable, Document, DocumentId, Edit};

impl Merge<'_> {
    /// Merges every document in which something was changed elsewhere.
    pub(super) fn documents(&mut self) {
        let mut added = Vec::new();
        for id in self.foreign.difference.touched() {
            let base = self.foreign.base.document(id);
            let mine = self.mine.document(id);
            let theirs = self.foreign.theirs.document(id);
            match (base, mine, theirs) {
                (_, None, None) | (None, Some(_), None) => {}
                (None, None, Some(theirs)) => added.push(theirs),
                (Some(base), Some(mine), None) => self.removed_there(base, mine),
                (Some(_), None, Some(theirs)) => self.conflicts.push(Conflict::Document {
                    mine: None,
                    theirs: Some(Arc::clone(theirs)),
                    lost: Vec::new(),
                    edit: self.insert(theirs),
                }),
                (base, Some(mine), Some(theirs)) => self.in_both(base, mine, theirs),
            }
        }
        self.add(&added);
    }

    fn insert(&self, document: &Arc<Document>) -> Edit {
        let annotations = self.foreign.theirs.table(document.id).iter().cloned().collect();
        let at = self.foreign.theirs.position(document.id).unwrap_or(usize::MAX);
        Edit::InsertDocument { at, document: Arc::clone(document), annotations }
    }

    /// Takes over documents that somebody added, each where it stands there.
    fn add(&mut self, added: &[&Arc<Document>]) {
        if added.is_empty() {
            return;
        }
        let ids = |documents: &[Arc<Document>]| -> Vec<DocumentId> {
            documents.iter().map(|document| document.id).collect()
        };
        let (mut mine, theirs) = (ids(self.mine.documents()), ids(self.foreign.theirs.documents()));
        let news: HashSet<DocumentId> = added.iter().map(|document| document.id).collect();
        // What goes with this merge has no part in the order.
        let goes = |id: &DocumentId| self.own.contains(&Edit::RemoveDocument(*id));
        let keep = mine.iter().filter(|id| !goes(id)).chain(&news).copied().collect();
        let (order, _) = merge_order(&mine, &mine, &theirs, &keep);
        let mut before = None;
        for id in order {
            if let (true, Some(document)) = (news.contains(&id), self.foreign.theirs.document(id)) {
                let place = before.and_then(|before| mine.iter().position(|&id| id == before));
                let at = place.map_or(0, |place| place + 1);
                mine.insert(at, id);
                self.tally.documents.added += 1;
                self.adopted.push(Edit::InsertDocument {
                    at,
                    document: Arc::clone(document),
                    annotations: self.foreign.theirs.table(id).iter().cloned().collect(),
                });
            }
            before = Some(id);
        }
    }

    fn removed_there(&mut self, base: &Arc<Document>, mine: &Arc<Document>) {
        let (old, now) = (self.foreign.base.table(mine.id), self.mine.table(mine.id));
        let own = |table: &AnnotationTable| -> Vec<Arc<Annotation>> {
            table.iter().filter(|annotation| self.is_own(annotation)).cloned().collect()
        };
        if is_same_document(base, mine) && own(old) == own(now) {
            self.own.push(Edit::RemoveDocument(mine.id));
            self.tally.documents.removed += 1;
        } else {
            self.conflicts.push(Conflict::Document {
                mine: Some(Arc::clone(mine)),
                theirs: None,
                lost: own(now),
                edit: Edit::RemoveDocument(mine.id),
            });
        }
    }

    fn in_both(&mut self, base: Option<&Arc<Document>>, mine: &Arc<Document>, theirs: &Arc<Document>) {
        let is_base = |one: &Arc<Document>| base.is_some_and(|base| is_same_document(base, one));
        let is_ours = is_same_document(mine, theirs) || is_base(theirs);
        if is_ours && mine.sha256 == theirs.sha256 {
            for id in self.changed_in(mine.id) {
                self.annotation(mine.id, id);
            }
            return;
        }
        let (document, other) = if is_ours { (mine, theirs) } else { (theirs, mine) };
        let tables = self.translated(document, other, is_ours);
        if !(is_ours || is_base(mine)) || !tables.lost.is_empty() {
            self.conflicts.push(Conflict::Document {
                mine: Some(Arc::clone(mine)),
                theirs: Some(Arc::clone(theirs)),
                lost: tables.lost,
                edit: if is_ours {
                    let annotations = self.foreign.theirs.table(mine.id).iter().cloned().collect();
                    Edit::ReplaceDocument { document: Arc::clone(theirs), annotations }
                } else {
                    Edit::ReplaceDocument { document: Arc::clone(theirs), annotations: tables.annotations }
                },
            });
            return;
        }
        self.conflicts.extend(tables.conflicts);
        if is_ours {
            let merged = AnnotationTable::new(tables.annotations);
            for id in self.changed_in(mine.id) {
                self.put(self.mine.annotation(mine.id, id), merged.get(id));
            }
        } else {
            self.tally.documents.changed += 1;
            let annotations = tables.annotations;
            self.own.push(Edit::ReplaceDocument { document: Arc::clone(theirs), annotations });
        }
    }

    /// The annotations of a document that were changed elsewhere.
    fn changed_in(&self, document: DocumentId) -> Vec<AnnotationId> {
        let changes = &self.foreign.difference.annotations;
        let within = changes.iter().map(Change::latest).filter(|one| one.document == document);
        within.map(|one| one.id).collect()
    }

    /// Merges one annotation of a document whose text nobody changed.
    fn annotation(&mut self, document: DocumentId, id: AnnotationId) {
        let base = self.foreign.base.annotation(document, id);
        let mine = self.mine.annotation(document, id);
        let theirs = self.foreign.theirs.annotation(document, id);
        match self.decide(base, mine, theirs) {
            Fate::Stays => {}
            Fate::Becomes(after) => self.put(mine, after.as_ref()),
            Fate::Conflict(pending, other) => {
                self.conflicts.push(Conflict::annotation(document, id, mine, theirs, other));
                if pending.as_ref() != mine {
                    // It is told as a conflict, and not counted as a change as well.
                    let told = self.tally.clone();
                    self.put(mine, pending.as_ref());
                    self.tally = told;
                }
            }
        }
    }

    /// What becomes of an annotation. About somebody else's annotation nobody has to choose: it is as they have it.
    fn decide(
        &self,
        base: Option<&Arc<Annotation>>,
        mine: Option<&Arc<Annotation>>,
        theirs: Option<&Arc<Annotation>>,
    ) -> Fate {
        match fate(base, mine, theirs) {
            Fate::Conflict(_, other) if !mine.or(theirs).is_some_and(|one| self.is_own(one)) => {
                Fate::Becomes(other)
            }
            fate => fate,
        }
    }

    /// The merged annotations of a document of which one side has another text than the other: those of the other side are carried over.
    fn translated(&self, document: &Arc<Document>, other: &Arc<Document>, is_ours: bool) -> Translated {
        let id = document.id;
        let (mine, theirs) = (self.mine.table(id), self.foreign.theirs.table(id));
        let base = self.foreign.base.table(id);
        let ids: BTreeSet<AnnotationId> = mine.iter().chain(theirs.iter()).map(|one| one.id).collect();
        let mut translated = Translated::default();
        for id in ids {
            let (here, there) =
                if is_ours { (mine.get(id), theirs.get(id)) } else { (theirs.get(id), mine.get(id)) };
            let before = base.get(id);
            let moved = there.map(|there| self.carry(before, here, there, document, other));
            if let Some(None) = moved {
                translated.lost.extend(there.cloned());
            }
            let moved = moved.flatten();
            // Where the text itself was changed the place of what nobody moved is the one in the new text.
            let before = match (before, here) {
                (Some(before), Some(here)) => Some(Arc::new(placed_as(before, here))),
                (before, _) => before.cloned(),
            };
            let (ours, others) = if is_ours { (here.cloned(), moved) } else { (moved, here.cloned()) };
            match self.decide(before.as_ref(), ours.as_ref(), others.as_ref()) {
                Fate::Stays => translated.annotations.extend(ours),
                Fate::Becomes(after) => translated.annotations.extend(after),
                Fate::Conflict(pending, other) => {
                    let conflict =
                        Conflict::annotation(document.id, id, ours.as_ref(), others.as_ref(), other);
                    translated.conflicts.push(conflict);
                    translated.annotations.extend(pending);
                }
            }
        }
        translated
    }

    /// An annotation of one version of a document in the other version.
    fn carry(
        &self,
        before: Option<&Arc<Annotation>>,
        here: Option<&Arc<Annotation>>,
        there: &Arc<Annotation>,
        document: &Document,
        other: &Document,
    ) -> Option<Arc<Annotation>> {
        let is_unmoved = before.is_some_and(|before| before.spans == there.spans);
        match here {
            Some(here) if is_unmoved => Some(Arc::new(placed_as(there, here))),
            // It was removed where the text is new, and not changed where it is old.
            None if before.is_some_and(|before| is_same(before, there)) => Some(Arc::clone(there)),
            _ if document.sha256 == other.sha256 => Some(Arc::clone(there)),
            _ => (self.place)(other, document, there).map(Arc::new),
        }
    }
}

/// An annotation at the place of another version of it.
fn placed_as(annotation: &Annotation, other: &Annotation) -> Annotation {
    Annotation { spans: other.spans.clone(), quote: other.quote.clone(), ..annotation.clone() }
}

/// What comes of carrying annotations over.
#[derive(Default)]
struct Translated {
    annotations: Vec<Arc<Annotation>>,
    conflicts: Vec<Conflict>,
    /// Those for which no place was found.
    lost: Vec<Arc<Annotation>>,
}
