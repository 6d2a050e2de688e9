//! Snapshots: which there are, what was changed since one, and going back to one, which is an edit like any other.
//!
//! One is kept by itself at the first save of a day and before what changes much at once; the store thins those out.

use super::jobs::JobKind;
use super::merging::carried;
use super::opening::Outcome;
use super::wishes::{Dialog, Message};
use super::workbench::Workbench;
use crate::store::merge::{Counts, Difference};
use crate::store::snapshots::{Listed, Restoring, Snapshot, Why, read, restoring, snapshots};
use crate::store::{Fault, StoreError};

/// What is known of the open project's snapshots.
#[derive(Default)]
pub struct Shelf {
    listed: Option<Listed>,
    /// The one that is compared, and the state of the project that it is compared with.
    wanted: Option<(String, u64)>,
    job: Option<u64>,
    compared: Option<Result<Compared, String>>,
    /// The day, counted from 1970, for which one was asked for already.
    day: Option<i64>,
}

impl Shelf {
    /// The snapshots; none before they were read.
    pub fn listed(&self) -> Option<&Listed> {
        self.listed.as_ref()
    }

    /// What was changed since a snapshot, once that is known; or why it cannot be.
    pub fn compared(&self, name: &str) -> Option<&Result<Compared, String>> {
        let (wanted, _) = self.wanted.as_ref()?;
        self.compared.as_ref().filter(|_| wanted == name)
    }
}

/// A snapshot beside the project as it is now.
#[derive(Debug)]
pub struct Compared {
    /// What was changed since.
    pub since: Difference,
    /// What could not be read; there everything stays as it is.
    pub faults: Vec<Fault>,
    restoring: Restoring,
}

impl Compared {
    /// Whether going back to it would change anything.
    pub fn can_be_restored(&self) -> bool {
        !self.restoring.is_empty()
    }

    /// How many annotations, tags and documents were changed since, in this order.
    pub fn counts(&self) -> [Counts; 3] {
        let Difference { annotations, tags, documents, .. } = &self.since;
        [Counts::of(annotations), Counts::of(tags), Counts::of(documents)]
    }
}

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

impl Workbench {
    /// What is known of the snapshots.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// Shows the snapshots.
    pub(super) fn show_snapshots(&mut self) {
        self.shelf.wanted = None;
        self.shelf.compared = None;
        self.list_snapshots();
        self.dialog = Some(Dialog::Snapshots { title: String::new(), chosen: None });
    }

    fn list_snapshots(&mut self) {
        let Some(open) = self.open.as_ref() else { return };
        let (surroundings, place) = (self.surroundings.clone(), open.place.clone());
        self.jobs.start(JobKind::Snapshots, move |_| {
            let listed = snapshots(&surroundings, &place);
            Outcome::Shelved { place, listed }
        });
    }

    pub(super) fn take_shelf(&mut self, place: &std::path::Path, listed: Listed) {
        if self.open.as_ref().is_some_and(|open| open.place == place) {
            self.shelf.listed = Some(listed);
        }
    }

    /// Compares a snapshot with the project as it is now, in a job, unless that is known or on its way.
    pub(super) fn compare_with(&mut self, name: &str) {
        let Some(open) = self.open.as_ref() else { return };
        let of = (name.to_owned(), open.revision);
        if self.shelf.wanted.as_ref() == Some(&of) {
            return;
        }
        if let Some(job) = self.shelf.job.take() {
            self.jobs.cancel(job);
        }
        self.shelf.wanted = Some(of.clone());
        self.shelf.compared = None;
        let (surroundings, place, coder) =
            (self.surroundings.clone(), open.place.clone(), self.coder.clone());
        let now = open.project.clone();
        let job = self.jobs.start(JobKind::Snapshots, move |progress| {
            let result = match read(&surroundings, &place, &of.0, &now, progress) {
                Ok(then) => Some(Ok(Compared {
                    since: Difference::between(&then.project, &now),
                    restoring: restoring(&then.project, &now, &coder, &carried),
                    faults: then.faults,
                })),
                Err(StoreError::Cancelled) => None,
                Err(error) => Some(Err(error.to_string())),
            };
            Outcome::Compared { of, result: result.map(Box::new) }
        });
        self.shelf.job = Some(job);
    }

    /// Whether what was changed since a snapshot is known, or on its way.
    pub fn compares(&self, name: &str) -> bool {
        let of = self.shelf.wanted.as_ref();
        of.zip(self.open.as_ref()).is_some_and(|((wanted, at), open)| wanted == name && *at == open.revision)
    }

    pub(super) fn take_compared(&mut self, of: &(String, u64), result: Option<Result<Compared, String>>) {
        if self.shelf.wanted.as_ref() == Some(of) {
            self.shelf.job = None;
            self.shelf.compared = result;
        }
    }

    /// Goes back to the snapshot that is compared: one edit, before which the present is kept as a snapshot too. If anything has changed
    /// since they were compared, they are compared anew first.
    pub(super) fn restore_snapshot(&mut self, name: &str) {
        let Some(open) = self.open.as_ref() else { return };
        let is_current = self.shelf.wanted.as_ref().is_some_and(|of| of.0 == name && of.1 == open.revision);
        let Some(Ok(compared)) = self.shelf.compared.as_ref().filter(|_| is_current) else {
            self.compare_with(name);
            return;
        };
        let snapshot = self.shelf.listed.iter().flat_map(|listed| &listed.snapshots);
        let Some(made) = snapshot.filter(|one| one.name == name).map(|one| one.made).next() else { return };
        let Restoring { edit, kept } = compared.restoring.clone();
        if compared.restoring.is_empty() || open.session.is_read_only() {
            return;
        }
        let mut said: Vec<Message> = Vec::new();
        if !compared.faults.is_empty() {
            said.push(Message::new("restored-unread").number("count", compared.faults.len()));
        }
        for document in &kept {
            said.push(Message::new("restored-kept").text("title", document.title.clone()));
        }
        open.session.keep_snapshot(Some(open.project.clone()), Why::Restore, "");
        if self.perform("edit-restore", None, edit) {
            self.dialog = None;
            let message = Message::new("notice-restored").text("date", minute(made));
            self.inform_at_length(message, said);
            self.tells_of_last_step();
        }
    }

    /// Keeps the project as it is now as a snapshot, because somebody asks for it.
    pub(super) fn take_snapshot(&mut self, title: &str) {
        if let Some(open) = self.open.as_ref() {
            open.session.keep_snapshot(Some(open.project.clone()), Why::Asked, title.trim());
        }
    }

    /// Keeps the project as it is now as a snapshot, because much is about to change.
    pub(super) fn keep_before(&self, why: Why) {
        if let Some(open) = self.open.as_ref() {
            open.session.keep_snapshot(Some(open.project.clone()), why, "");
        }
    }

    /// Keeps the project as its files have it as the snapshot of the day, unless there is one. To be called before each save.
    pub(super) fn keep_daily(&mut self) {
        let day = self.stamps.now().milliseconds().div_euclid(DAY);
        if let Some(open) = self.open.as_ref().filter(|_| self.shelf.day != Some(day)) {
            open.session.keep_snapshot(None, Why::Daily, "");
            self.shelf.day = Some(day);
        }
    }

    /// What is known of snapshots belongs to the project that is open.
    pub(super) fn forget_snapshots(&mut self) {
        self.shelf = Shelf::default();
    }

    pub(super) fn snapshot_made(&mut self, snapshot: &Snapshot) {
        if snapshot.why == Why::Asked {
            let key = if snapshot.title.is_empty() { "notice-snapshot" } else { "notice-snapshot-named" };
            let message = Message::new(key).number("count", snapshot.annotations);
            self.inform(message.text("title", snapshot.title.clone()), Vec::new());
        }
        self.refresh_snapshots();
    }

    /// Lists the snapshots anew where they are shown.
    pub(super) fn refresh_snapshots(&mut self) {
        if matches!(self.dialog, Some(Dialog::Snapshots { .. })) {
            self.list_snapshots();
        }
    }

    pub(super) fn snapshot_failed(&mut self, why: Why, error: &StoreError) {
        if why == Why::Daily {
            // The next save tries again.
            self.shelf.day = None;
        }
        self.problem(Message::new("notice-no-snapshot").text("reason", error.to_string()), Vec::new());
    }
}

/// A time to the minute, in UTC.
fn minute(time: crate::model::Timestamp) -> String {
    let written = time.to_string();
    format!("{} UTC", written.get(..16).unwrap_or(&written).replace('T', " "))
}
