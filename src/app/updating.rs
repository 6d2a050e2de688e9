//! New versions of documents: from another file, from the source folder, or from another decoding of the same file.
//!
//! The new text is read and compared in a job. What becomes of each annotation is then before the reader, who decides about those that are
//! not sure; nothing moves before that, and everything moves by one edit. The text that a document had stays among its earlier ones, and
//! can be looked at.

mod earlier;
mod renaming;
mod rescanning;
mod version;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::jobs::JobKind;
use super::opening::Outcome;
use super::wishes::{Dialog, Message};
use super::workbench::Workbench;
use crate::model::{Coder, Document, DocumentId, Edit, Project, Span};
use crate::store::{Progress, StoreError};

pub use earlier::Earlier;
pub use renaming::Renamed;
pub use rescanning::{Changed, Changes, know_again, look_for_changes};
pub use version::{Decision, Moved, NewVersion, Unread, Update, read_version, source_path};

/// What waits for the reader.
#[derive(Default)]
pub struct Updating {
    /// Documents compared with their new versions.
    update: Option<Update>,
    /// What the source folder held when it was last looked at.
    changes: Option<Changes>,
    /// A text that a document had before, to look at.
    earlier: Option<Earlier>,
    /// The dialog that shows one of these, until no other is open.
    waiting: Option<Dialog>,
    /// The number of the last comparison asked for; what an earlier one brings is no longer wanted.
    asked: u64,
}

/// A document to compare, and where its new text comes from.
enum Errand {
    /// A file to read.
    File(DocumentId, PathBuf),
    /// A text that was read already.
    Read(Box<Document>),
}

/// What a comparison brings back.
pub struct Compared {
    /// Which one it is.
    number: u64,
    /// New versions, for the reader to decide upon; none where the reader stopped it.
    update: Option<Box<Update>>,
    /// The files that could not be read.
    unread: Vec<Unread>,
}

/// Comparing is told in so many steps a document.
const STEPS: u64 = 100;

impl Workbench {
    /// What becomes of documents and annotations, while the reader decides.
    pub fn update(&self) -> Option<&Update> {
        self.updating.update.as_ref()
    }

    /// What the source folder held when it was last looked at.
    pub fn changes(&self) -> Option<&Changes> {
        self.updating.changes.as_ref()
    }

    /// Opens the dialog that waits, once no other is open.
    pub(super) fn show_waiting(&mut self) {
        if self.dialog.is_none() {
            self.dialog = self.updating.waiting.take();
        }
    }

    /// Lets everything go that waited for the reader of a project.
    pub(super) fn forget_updates(&mut self) {
        self.updating = Updating { asked: self.updating.asked + 1, ..Updating::default() };
    }

    /// Compares a document with a file.
    pub(super) fn update_from(&mut self, document: DocumentId, path: PathBuf) {
        self.compare("edit-update-document", vec![Errand::File(document, path)], None);
    }

    /// Where the source file of a document is, where that is known.
    pub fn source_path(&self, document: DocumentId) -> Option<PathBuf> {
        let project = self.project()?;
        source_path(project, project.document(document)?)
    }

    /// Compares a document with its source file.
    pub(super) fn update_from_source(&mut self, document: DocumentId) {
        self.close_dialog();
        if let Some(path) = self.source_path(document) {
            self.update_from(document, path);
        }
    }

    /// Compares a document with the same file decoded otherwise.
    pub(super) fn compare_decoded(&mut self, document: Document) {
        self.compare("edit-encoding", vec![Errand::Read(Box::new(document))], None);
    }

    /// Starts a comparison. `decided` is one with the same texts, in which the reader has decided already.
    fn compare(&mut self, name: &'static str, errands: Vec<Errand>, decided: Option<Update>) {
        let Some(open) = self.open.as_ref() else { return };
        let project = open.project.clone();
        for job in self.jobs.running().iter().filter(|job| job.kind == JobKind::Comparing) {
            job.progress.cancel();
        }
        self.updating.asked += 1;
        let number = self.updating.asked;
        self.jobs.start(JobKind::Comparing, move |progress| {
            let (update, unread) = compare_all(&project, name, errands, progress);
            let update = update.map(|mut update| {
                decided.iter().for_each(|decided| update.decide_as(decided));
                Box::new(update)
            });
            Outcome::Versions(Compared { number, update, unread })
        });
    }

    pub(super) fn take_versions(&mut self, compared: Compared) {
        let Compared { number, update, unread } = compared;
        let (Some(mut update), true) = (update, number == self.updating.asked) else { return };
        let Some(open) = self.open.as_ref() else { return };
        let fits = update.fits(&open.project);
        if !unread.is_empty() {
            let lines = unread.iter().map(ToString::to_string).collect();
            self.problem(Message::new("notice-not-updated").number("count", unread.len()), lines);
        }
        if !fits {
            // Annotations changed while it was compared.
            self.compare_again(*update);
            return;
        }
        let same = update.forget_unchanged();
        if update.versions.is_empty() {
            if same > 0 {
                self.inform(Message::new("notice-same-text").number("count", same), Vec::new());
            }
            return;
        }
        let is_plain = update.name == "edit-encoding" && update.moved().all(|(_, moved)| moved.is_exact());
        self.updating.update = Some(*update);
        if is_plain {
            self.apply_update();
        } else {
            self.updating.waiting = Some(Dialog::Update);
            self.show_waiting();
        }
    }

    /// Compares with the annotations as they are now; what was decided stays decided.
    fn compare_again(&mut self, update: Update) {
        let (name, errands) = (update.name, update.errands());
        self.compare(name, errands, Some(update));
    }

    /// Notes what the reader decided about an annotation, by its place in the list of all.
    pub(super) fn decide(&mut self, index: usize, decision: Decision) {
        if let Some(update) = &mut self.updating.update {
            update.decide(index, decision);
        }
    }

    /// Drops every annotation that was not found and is not decided upon.
    pub(super) fn drop_lost(&mut self) {
        if let Some(update) = &mut self.updating.update {
            update.drop_lost();
        }
    }

    /// Notes whether the reader agreed that what is dropped of other coders' annotations goes.
    pub(super) fn agree_to_drop(&mut self, agreed: bool) {
        if let Some(update) = &mut self.updating.update {
            update.agreed = agreed;
        }
    }

    /// How many annotations of each other coder the update that waits would drop.
    pub fn dropped_of_others(&self) -> Vec<(Coder, usize)> {
        self.update().map(|update| update.dropped_of_others(&self.coder)).unwrap_or_default()
    }

    /// Whether everything about the update that waits is decided.
    pub fn can_update(&self) -> bool {
        self.update().is_some_and(|update| update.is_decided(&self.coder))
    }

    /// Puts the new versions in their places, with all that was decided, as one edit.
    pub(super) fn apply_update(&mut self) {
        let now = self.stamps.now();
        let Some(open) = self.open.as_ref() else { return };
        let Some(update) = self.updating.update.take() else { return };
        let fits = update.fits(&open.project);
        let edit = update.edit(&self.coder, now);
        if fits && edit.is_none() {
            self.updating.update = Some(update);
            return;
        }
        if self.dialog == Some(Dialog::Update) {
            self.dialog = None;
        }
        let Some(edit) = edit.filter(|_| fits) else {
            self.compare_again(update);
            return;
        };
        let documents: Vec<DocumentId> = update.versions.iter().map(|version| version.after.id).collect();
        let Some(&first) = documents.first() else { return };
        if self.selection.is_some_and(|selection| documents.contains(&selection.document)) {
            self.selection = None;
            self.offering = false;
        }
        if !self.perform(update.name, Some((first, Span::new(0..0))), edit) {
            return;
        }
        self.tell_of_update(&update);
        if let Some(changes) = &mut self.updating.changes {
            changes.changed.retain(|changed| !documents.contains(&changed.document));
            changes.altered.retain(|altered| !documents.contains(&altered.document));
        }
        self.show_changes();
    }

    fn tell_of_update(&mut self, update: &Update) {
        let replaced: u32 = update.versions.iter().map(|version| version.after.source.replaced).sum();
        if replaced > 0 {
            let message = Message::new("notice-replaced-characters").number("count", replaced as usize);
            self.problem(message, Vec::new());
            self.tells_of_last_step();
        }
        let count = update.moved().count();
        if update.name == "edit-encoding" && count == 0 {
            return;
        }
        let dropped = update.moved().filter(|(_, moved)| moved.decision == Decision::Dropped).count();
        let message = Message::new("notice-updated")
            .number("count", update.versions.len())
            .number("annotations", count - dropped)
            .number("dropped", dropped);
        let others = update.dropped_of_others(&self.coder).into_iter().map(|(coder, count)| {
            Message::new("updated-dropped-of-other").number("count", count).text("coder", coder.name())
        });
        self.inform_at_length(message, others.collect());
        self.tells_of_last_step();
    }

    /// Lets a comparison go: the documents stay as they are.
    pub(super) fn forget_update(&mut self) {
        self.updating.update = None;
        self.show_changes();
    }

    /// Looks in the source folder for files that are new, changed or gone.
    pub(super) fn look_for_changes(&mut self) {
        let Some(open) = self.open.as_ref() else { return };
        if self.jobs.running().iter().any(|job| job.kind == JobKind::Looking) {
            return;
        }
        let (project, place) = (open.project.clone(), open.place.clone());
        self.jobs.start(JobKind::Looking, move |progress| {
            let changes = look_for_changes(&project, progress);
            Outcome::Rescanned { place, changes }
        });
    }

    pub(super) fn take_changes(&mut self, place: &Path, changes: Result<Changes, StoreError>) {
        let Some(open) = self.open.as_mut().filter(|open| open.place == place) else { return };
        let mut changes = match changes {
            Ok(changes) => changes,
            Err(StoreError::Cancelled) => return,
            Err(error) => {
                self.problem(Message::new("notice-not-looked").text("reason", error.to_string()), Vec::new());
                return;
            }
        };
        open.found = std::mem::take(&mut changes.new);
        let is_quiet = changes.is_empty() && open.found.is_empty();
        if !changes.refused.is_empty() {
            let lines = changes.refused.iter().map(ToString::to_string).collect();
            let message = Message::new("notice-not-looked-at").number("count", changes.refused.len());
            self.problem(message, lines);
        } else if is_quiet {
            let message = if changes.looked_at == 0 { "notice-no-sources" } else { "notice-no-changes" };
            self.inform(Message::new(message), Vec::new());
        }
        self.updating.changes = Some(changes);
        self.show_changes();
    }

    /// Shows what changed in the source folder while something of it is left.
    pub(super) fn show_changes(&mut self) {
        let found = self.open.as_ref().map_or(0, |open| open.found.len());
        let is_left = self.updating.changes.as_ref().is_some_and(|changes| !changes.is_empty() || found > 0);
        if is_left {
            self.updating.waiting = Some(Dialog::Rescan);
            self.show_waiting();
        } else {
            self.updating.changes = None;
        }
    }

    /// The files that are new in the source folder and wait to be added.
    pub fn found(&self) -> &[Document] {
        self.open.as_ref().map_or(&[], |open| &open.found)
    }

    /// Compares every document whose file changed.
    pub(super) fn update_changed(&mut self) {
        let Some(changes) = &self.updating.changes else { return };
        let errands = changes
            .changed
            .iter()
            .map(|changed| Errand::File(changed.document, changed.path.clone()))
            .collect();
        self.dialog = None;
        self.compare("edit-update-document", errands, None);
    }

    /// Compares a document with the file that is by far most like it.
    pub(super) fn compare_altered(&mut self, document: DocumentId) {
        let altered = self.updating.changes.iter().flat_map(|changes| &changes.altered);
        let path = altered.into_iter().find(|one| one.document == document).map(|one| &one.now.source.path);
        let folder = self.project().and_then(|project| project.settings.source_folder.as_ref());
        let (Some(path), Some(folder)) = (path, folder) else { return };
        let path = Path::new(folder).join(path);
        self.dialog = None;
        self.update_from(document, path);
    }

    /// Lets documents have their sources under the new names, as one edit; nothing else of them changes.
    pub(super) fn follow_renamed(&mut self) {
        let (Some(changes), Some(open)) = (&self.updating.changes, &self.open) else { return };
        let mut edits = Vec::new();
        for renamed in &changes.renamed {
            let Some(document) = open.project.document(renamed.document) else { continue };
            if let Some(after) = renamed.followed(document) {
                let annotations = open.project.table(document.id).iter().cloned().collect();
                edits.push(Edit::ReplaceDocument { document: Arc::new(after), annotations });
            }
        }
        let count = edits.len();
        if count == 0 || self.perform("edit-follow-renamed", None, Edit::Batch(edits)) {
            self.inform(Message::new("notice-renamed").number("count", count), Vec::new());
            if count > 0 {
                self.tells_of_last_step();
            }
            if let Some(changes) = &mut self.updating.changes {
                changes.renamed.clear();
            }
        }
        self.dialog = None;
        self.show_changes();
    }

    /// Takes a file that was known again for a new one after all.
    pub(super) fn part_renamed(&mut self, document: DocumentId) {
        let (Some(changes), Some(open)) = (&mut self.updating.changes, &mut self.open) else { return };
        changes.part(document);
        open.found.append(&mut changes.new);
    }

    /// Takes up what was known again of the files that are new when a project is opened.
    pub(super) fn take_known_again(&mut self, changes: Changes) {
        self.updating.changes = Some(changes);
        self.show_changes();
    }

    /// Adds the files that are new, and goes back to what else changed.
    pub(super) fn add_found_files(&mut self) {
        self.add_found();
        self.show_changes();
    }

    /// Lets what changed in the source folder be.
    pub(super) fn forget_changes(&mut self) {
        self.updating.changes = None;
    }
}

/// Compares all; no update where the reader stopped it.
fn compare_all(
    project: &Project,
    name: &'static str,
    errands: Vec<Errand>,
    progress: &Progress,
) -> (Option<Update>, Vec<Unread>) {
    let all = errands.len() as u64 * STEPS;
    let (mut versions, mut unread) = (Vec::new(), Vec::new());
    for (at, errand) in errands.into_iter().enumerate() {
        let done = at as u64 * STEPS;
        progress.set(done, all);
        let id = match &errand {
            Errand::File(id, _) => *id,
            Errand::Read(document) => document.id,
        };
        let Some(before) = project.document(id) else { continue };
        let after = match errand {
            // The document may have got another text since this one was read.
            Errand::Read(document) => document.in_place_of(before),
            Errand::File(_, path) => match read_version(project, before, &path) {
                Ok(document) => document,
                Err(fault) => {
                    unread.push(fault);
                    continue;
                }
            },
        };
        let go_on = |share: f32| {
            progress.set(done + (share * STEPS as f32) as u64, all);
            !progress.cancelled()
        };
        let table = project.table_snapshot(id);
        match NewVersion::compare(Arc::clone(before), Arc::new(after), table, &go_on) {
            Some(version) => versions.push(version),
            None => return (None, unread),
        }
    }
    (Some(Update { name, versions, agreed: false }), unread)
}
