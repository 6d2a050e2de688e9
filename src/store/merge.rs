//! Bringing together what was changed here and what somebody else changed meanwhile, three ways: against the version both came from.
//!
//! Owns the rules by which annotations, tags, documents and the title are merged, and what a conflict is. Pure: it reads three
//! projects and gives back edits; it opens no file, and applies nothing itself.
//!
//! **What can be undone.** Other coders' annotations, and documents that somebody added, are taken over as they are and are no part of
//! this reader's history: undoing one's own work must never put back into somebody else's table what was there before, nor take away
//! the document they have just added. Everything else that a merge changes (this coder's own annotations, tags, the
//! title, documents that were removed or replaced) is one edit that can be undone, because it changes what this reader had made
//! or was reading.
//!
//! **What is a conflict.** Two changes of different fields of one annotation or tag go together. Where both sides changed the same
//! field differently, or one side changed what the other removed, nothing is decided: what stood here stays in memory until the reader
//! has chosen, and nothing is saved before that.

mod conflict;
mod difference;
mod documents;
mod fields;
mod order;
mod tags;

pub use conflict::{Conflict, Side};
pub use difference::{Change, Difference};
pub use tags::codebook_edits;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::{Annotation, Coder, Document, Edit, Project};

/// Finds the place of an annotation of one version of a document in another version; `None` where that cannot be done with certainty.
pub type Placer<'a> = &'a dyn Fn(&Document, &Document, &Annotation) -> Option<Annotation>;

/// What was changed elsewhere.
#[derive(Clone, Debug)]
pub struct Foreign {
    /// The project as its files were when they were last read or written here.
    pub base: Project,
    /// The project as its files are now.
    pub theirs: Project,
    /// What lies between the two.
    pub difference: Difference,
}

impl Foreign {
    /// What lies between two versions of the files of a project.
    pub fn new(base: Project, theirs: Project) -> Self {
        let difference = Difference::between(&base, &theirs);
        Self { base, theirs, difference }
    }
}

/// How many there are of each kind of change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// What is new.
    pub added: usize,
    /// What is different.
    pub changed: usize,
    /// What is gone.
    pub removed: usize,
}

impl Counts {
    /// All of them.
    pub fn total(self) -> usize {
        self.added + self.changed + self.removed
    }

    /// How many there are in a list of changes.
    pub fn of<T: ?Sized>(changes: &[Change<T>]) -> Self {
        let mut counts = Self::default();
        changes.iter().for_each(|change| counts.count(change));
        counts
    }

    /// Counts one change.
    pub(super) fn count<T: ?Sized>(&mut self, change: &Change<T>) {
        match change {
            Change::Added(_) => self.added += 1,
            Change::Changed(..) => self.changed += 1,
            Change::Removed(_) => self.removed += 1,
        }
    }
}

/// What a merge took over, for the sentence that tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Annotations of this coder.
    pub own: Counts,
    /// Annotations of other coders.
    pub others: Counts,
    /// Which other coders.
    pub coders: BTreeSet<Coder>,
    /// Tags.
    pub tags: Counts,
    /// Tags that were removed elsewhere and stay, because annotations carry them.
    pub withdrawn: usize,
    /// Documents.
    pub documents: Counts,
    /// Whether the title is another.
    pub title: bool,
}

/// What comes of a merge.
#[derive(Clone, Debug)]
pub struct Merged {
    /// What is taken over as it is and is no part of the history. To be applied first.
    pub adopted: Edit,
    /// What is one undoable edit; `None` where there is nothing of the kind.
    pub own: Option<Edit>,
    /// What the reader has to choose.
    pub conflicts: Vec<Conflict>,
    /// How much of what was changed.
    pub tally: Tally,
}

impl Merged {
    /// Applies both edits to a project, as it was given to [`merge`], without a history.
    ///
    /// # Errors
    /// When they do not fit, which would be a fault of the merge.
    pub fn apply(&self, project: &mut Project) -> Result<(), crate::model::EditError> {
        project.apply(&self.adopted)?;
        self.own.iter().try_for_each(|edit| project.apply(edit).map(|_| ()))
    }
}

/// The merge under construction.
struct Merge<'a> {
    foreign: &'a Foreign,
    mine: &'a Project,
    coder: &'a Coder,
    place: Placer<'a>,
    adopted: Vec<Edit>,
    own: Vec<Edit>,
    conflicts: Vec<Conflict>,
    tally: Tally,
}

/// Merges what was changed elsewhere into the project as it is here.
pub fn merge(foreign: &Foreign, mine: &Project, coder: &Coder, place: Placer<'_>) -> Merged {
    let mut merge = Merge {
        foreign,
        mine,
        coder,
        place,
        adopted: Vec::new(),
        own: Vec::new(),
        conflicts: Vec::new(),
        tally: Tally::default(),
    };
    if !foreign.difference.is_empty() {
        merge.documents();
        merge.codebook();
        merge.title();
    }
    let own = (!merge.own.is_empty()).then_some(Edit::Batch(merge.own));
    Merged { adopted: Edit::Batch(merge.adopted), own, conflicts: merge.conflicts, tally: merge.tally }
}

impl Merge<'_> {
    fn title(&mut self) {
        let Some((before, theirs)) = &self.foreign.difference.title else { return };
        let mine = self.mine.title();
        if mine == before {
            self.own.push(Edit::SetTitle(theirs.clone()));
            self.tally.title = true;
        } else if mine != theirs {
            self.conflicts.push(Conflict::Title { mine: mine.to_owned(), theirs: theirs.clone() });
        }
    }

    /// Whether an annotation is of the coder who works here.
    fn is_own(&self, annotation: &Annotation) -> bool {
        annotation.coder == *self.coder
    }

    /// Puts one annotation as it shall be, or takes it away: into the history where it is this coder's.
    fn put(&mut self, before: Option<&Arc<Annotation>>, after: Option<&Arc<Annotation>>) {
        let change = match (before, after) {
            (None, None) => return,
            (None, Some(after)) => Change::Added(Arc::clone(after)),
            (Some(before), Some(after)) => Change::Changed(Arc::clone(before), Arc::clone(after)),
            (Some(before), None) => Change::Removed(Arc::clone(before)),
        };
        let one = Arc::clone(change.latest());
        let edit = match after {
            Some(after) => Edit::PutAnnotation(Arc::clone(after)),
            None => Edit::RemoveAnnotation { document: one.document, id: one.id },
        };
        if self.is_own(&one) {
            self.tally.own.count(&change);
            self.own.push(edit);
        } else {
            self.tally.others.count(&change);
            self.tally.coders.insert(one.coder.clone());
            self.adopted.push(edit);
        }
    }
}
