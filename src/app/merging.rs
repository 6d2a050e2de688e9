//! What others changed in the project while it is open here: taken over, told of, and, where both sides changed the same, asked about.
//!
//! What is merged is saved at once. While something has to be chosen nothing is saved: edits go on into the journal.

use std::sync::Arc;

use super::jobs::JobKind;
use super::wishes::{Dialog, Message};
use super::workbench::Workbench;
use crate::model::{Annotation, Coder, Document, Edit, Project};
use crate::search::anchoring::{Certainty, Sought, place_quote};
use crate::store::merge::{Conflict, Counts, Foreign, Side, Tally, merge};
use crate::store::{Fault, StoreError};

/// What is to be chosen, and what was told of.
#[derive(Default)]
pub(super) struct Merging {
    conflicts: Vec<Conflict>,
    /// Whether something could not be taken over, so that this project can only be saved elsewhere.
    unfit: bool,
    /// What the notice that stands tells of.
    told: Tally,
}

impl Merging {
    /// Whether everything is merged, so that the project may be saved where it is.
    pub fn is_settled(&self) -> bool {
        self.conflicts.is_empty() && !self.unfit
    }
}

/// The notice that tells what was taken over.
const TAKEN_OVER: &str = "notice-merged";

/// The notice that something cannot be taken over.
const NOT_MERGED: &str = "notice-not-merged";

/// The notice that something has to be chosen.
const TO_CHOOSE: &str = "notice-conflicts";

impl Workbench {
    /// What both sides changed, and nobody has chosen between yet.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.merging.conflicts
    }

    /// Takes up what others changed.
    pub(super) fn take_changed(&mut self, foreign: &Foreign) {
        let Some(open) = self.open.as_mut() else { return };
        open.keeping.end_saving();
        let merged = merge(foreign, &open.project, &self.coder, &carried);
        // What others made is no edit of this reader: it is neither journalled nor part of the history.
        let adopted = open.project.apply(&merged.adopted);
        open.revision += 1;
        let own = merged.own.is_some();
        let mut fits = adopted.is_ok();
        if let Some(edit) = merged.own {
            fits &= self.perform("edit-merge", None, edit);
        }
        if !fits {
            self.merging.unfit = true;
            self.tell_unmerged();
            return;
        }
        self.after_change();
        for conflict in merged.conflicts {
            self.merging.conflicts.retain(|before| !before.is_about_the_same(&conflict));
            self.merging.conflicts.push(conflict);
        }
        self.tell_of_merge(&merged.tally);
        if self.merging.conflicts.is_empty() {
            self.end_merge(own);
        } else {
            self.problem(Message::new(TO_CHOOSE).number("count", self.merging.conflicts.len()), Vec::new());
            self.ask_to_choose();
        }
    }

    /// Says what stands in the way of saving, and asks what has to be chosen.
    pub(super) fn ask_to_merge(&mut self) {
        if self.merging.unfit {
            self.tell_unmerged();
        } else {
            self.ask_to_choose();
        }
    }

    fn tell_unmerged(&mut self) {
        let Some(open) = self.open.as_mut() else { return };
        let reason = StoreError::Unmerged(open.place.clone()).to_string();
        open.keeping.save_failed(&reason);
        match self.leaving.take() {
            Some(then) => self.dialog = Some(Dialog::Leave { reason, then }),
            None => self.problem(Message::new(NOT_MERGED), Vec::new()),
        }
    }

    /// Asks which side counts, unless something else is being asked.
    fn ask_to_choose(&mut self) {
        if matches!(self.dialog, None | Some(Dialog::Changed { .. })) {
            self.dialog = Some(Dialog::Changed { chosen: vec![None; self.merging.conflicts.len()], at: 0 });
        }
    }

    /// Does what was chosen, one side for each conflict: one undoable edit.
    pub(super) fn choose(&mut self, sides: &[Side]) {
        let Some(open) = self.open.as_ref() else { return };
        if sides.len() != self.merging.conflicts.len() {
            self.ask_to_choose();
            return;
        }
        let mut after = open.project.clone();
        let mut edits = Vec::new();
        for (conflict, &side) in self.merging.conflicts.iter().zip(sides) {
            let more = conflict.edits(side, &after, &self.coder);
            if let Err(error) = after.apply(&Edit::Batch(more.clone())) {
                self.problem(Message::new("notice-refused").text("reason", error.to_string()), Vec::new());
                return;
            }
            edits.extend(more);
        }
        if edits.is_empty() || self.perform("edit-merge-choice", None, Edit::Batch(edits)) {
            self.merging.conflicts.clear();
            self.notices.retain(|notice| notice.about != TO_CHOOSE);
            self.dialog = None;
            self.end_merge(true);
        }
    }

    fn end_merge(&mut self, save: bool) {
        let Some(open) = self.open.as_mut() else { return };
        open.session.merged();
        if save || open.keeping.is_unsaved() {
            self.save();
        }
    }

    /// What is merged belongs to the project that is open.
    pub(super) fn forget_merging(&mut self) {
        self.merging = Merging::default();
        self.notices.retain(|notice| !matches!(notice.about, TO_CHOOSE | NOT_MERGED));
    }

    /// Tells of files that cannot be taken over.
    pub(super) fn tell_unsettled(&mut self, faults: &[Fault]) {
        let (grave, mended): (Vec<&Fault>, Vec<&Fault>) = faults.iter().partition(|fault| fault.fatal);
        let lines = |faults: &[&Fault]| faults.iter().map(ToString::to_string).collect();
        if !grave.is_empty() {
            self.problem(Message::new("notice-unsettled"), lines(&grave));
        }
        if !mended.is_empty() {
            self.inform(Message::new("notice-written-again"), lines(&mended));
            self.save();
        }
    }

    /// Asks for a look at the files, because the reader has come back to the window.
    pub fn look_round(&self) {
        if let Some(open) = self.open.as_ref() {
            open.session.look();
        }
    }

    /// Opens the project anew that is open for reading only, because its files are others by now.
    pub(super) fn follow(&mut self) {
        if self.jobs.running().iter().all(|job| job.kind != JobKind::Opening) {
            self.reopen();
        }
    }

    fn tell_of_merge(&mut self, tally: &Tally) {
        if *tally == Tally::default() {
            return;
        }
        // One notice tells of everything since it was last put away.
        if !self.notices.iter().any(|notice| notice.about == TAKEN_OVER) {
            self.merging.told = Tally::default();
        }
        add(&mut self.merging.told, tally);
        let mut lines = lines_of(&self.merging.told, self.project().map_or("", Project::title));
        let message = if lines.len() == 1 { lines.remove(0) } else { Message::new(TAKEN_OVER) };
        self.inform_about(TAKEN_OVER, message, lines);
    }

    /// An edit of the history as it may be applied now: where it puts a document back, other coders' annotations are left as those coders have
    /// them by now. `None` where it may be applied as it is.
    ///
    /// # Errors
    /// The first annotation of another coder that has no place in the document's earlier text.
    pub(super) fn with_others_as_they_are(&self, edit: &Edit) -> Result<Option<Edit>, Arc<Annotation>> {
        let Some(project) = self.project() else { return Ok(None) };
        as_they_are(edit, project, &self.coder)
    }
}

fn as_they_are(edit: &Edit, project: &Project, coder: &Coder) -> Result<Option<Edit>, Arc<Annotation>> {
    match edit {
        Edit::Batch(edits) => {
            let mut any = false;
            let mut after = Vec::with_capacity(edits.len());
            for edit in edits {
                let other = as_they_are(edit, project, coder)?;
                any |= other.is_some();
                after.push(other.unwrap_or_else(|| edit.clone()));
            }
            Ok(any.then_some(Edit::Batch(after)))
        }
        Edit::ReplaceDocument { document, annotations } => {
            let Some(now) = project.document(document.id) else { return Ok(None) };
            let is_others = |one: &&Arc<Annotation>| one.coder != *coder;
            let then: Vec<_> = annotations.iter().filter(is_others).collect();
            let present: Vec<_> = project.table(document.id).iter().filter(is_others).collect();
            if then.is_empty() && present.is_empty() {
                return Ok(None);
            }
            // What the other coder changed since, at the place it had; what they added since, where its words stand.
            let mut after: Vec<Arc<Annotation>> =
                annotations.iter().filter(|one| one.coder == *coder).cloned().collect();
            for one in present {
                let before = then.iter().find(|before| before.id == one.id);
                let placed = match before {
                    Some(before) => {
                        let (spans, quote) = (before.spans.clone(), before.quote.clone());
                        let placed = Annotation { spans, quote, ..(**one).clone() };
                        // Where nothing but its place is another, the other coder changed nothing.
                        let is_same = Annotation { modified: before.modified, ..placed.clone() } == ***before;
                        Some(if is_same { (***before).clone() } else { placed })
                    }
                    None if now.sha256 == document.sha256 => Some((**one).clone()),
                    None => carried(now, document, one),
                };
                after.push(Arc::new(placed.ok_or_else(|| Arc::clone(one))?));
            }
            // What the document's replacement had no place for comes back.
            let ids: Vec<_> = after.iter().map(|one| one.id).collect();
            after.extend(then.into_iter().filter(|one| !ids.contains(&one.id)).cloned());
            Ok(Some(Edit::ReplaceDocument { document: Arc::clone(document), annotations: after }))
        }
        _ => Ok(None),
    }
}

/// An annotation of one version of a document in another version, where it can only be meant in one place.
pub(super) fn carried(from: &Document, to: &Document, annotation: &Annotation) -> Option<Annotation> {
    let mut spans = Vec::with_capacity(annotation.spans.len());
    for &span in &annotation.spans {
        let quote = from.text.quote(&[span]);
        let sought = Sought {
            exact: &quote.exact,
            prefix: &quote.prefix,
            suffix: &quote.suffix,
            near: Some(span.start.index()),
        };
        let found = place_quote(&to.text, &sought)?;
        (found.certainty >= Certainty::Likely).then(|| spans.push(found.span))?;
    }
    let in_order = spans.windows(2).all(|pair| pair[0].end < pair[1].start);
    in_order.then(|| Annotation { quote: to.text.quote(&spans), spans, ..annotation.clone() })
}

fn add(told: &mut Tally, more: &Tally) {
    let sum = |one: Counts, two: Counts| Counts {
        added: one.added + two.added,
        changed: one.changed + two.changed,
        removed: one.removed + two.removed,
    };
    told.own = sum(told.own, more.own);
    told.others = sum(told.others, more.others);
    told.coders.extend(more.coders.iter().cloned());
    told.tags = sum(told.tags, more.tags);
    told.withdrawn += more.withdrawn;
    told.documents = sum(told.documents, more.documents);
    told.title |= more.title;
}

/// One sentence for each kind of thing that was taken over.
fn lines_of(tally: &Tally, title: &str) -> Vec<Message> {
    let coders: Vec<&str> = tally.coders.iter().map(Coder::name).collect();
    let mut lines = Vec::new();
    let mut say = |counts: Counts, keys: [&'static str; 3]| {
        for (count, key) in [counts.added, counts.changed, counts.removed].into_iter().zip(keys) {
            if count > 0 {
                lines.push(Message::new(key).number("count", count).text("coders", coders.join(" · ")));
            }
        }
    };
    say(tally.others, ["merged-others-added", "merged-others-changed", "merged-others-removed"]);
    say(tally.own, ["merged-own-added", "merged-own-changed", "merged-own-removed"]);
    say(tally.tags, ["merged-tags-added", "merged-tags-changed", "merged-tags-removed"]);
    say(Counts { changed: tally.withdrawn, ..Counts::default() }, ["", "merged-tags-withdrawn", ""]);
    say(tally.documents, ["merged-documents-added", "merged-documents-changed", "merged-documents-removed"]);
    if tally.title {
        lines.push(Message::new("merged-title").text("title", title));
    }
    lines
}
