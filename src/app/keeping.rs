//! Keeping: what is journalled and saved, saving by itself, and what happens before a project is left.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::jobs::JobKind;
use super::wishes::{Dialog, Message};
use super::workbench::Workbench;
use crate::model::Timestamp;
use crate::store::{Retry, SessionEvent, Writing, window_state};

/// A project saves itself after so long without a change …
const QUIET: Duration = Duration::from_secs(5);

/// … and at the latest so long after the first change that is not saved.
const LATEST: Duration = Duration::from_secs(60);

/// The view is kept after it has rested so long.
const VIEW_REST: Duration = Duration::from_secs(1);

/// What follows once a project is left.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// Another is opened.
    Open(PathBuf),
    /// An empty one is made.
    New,
    /// The window closes.
    Quit,
}

/// How far the open project is journalled and saved. Sequence numbers are the journal's.
#[derive(Clone, Debug, Default)]
pub struct Keeping {
    last: u64,
    acknowledged: u64,
    saved: u64,
    saving: bool,
    /// When it was last saved in this window.
    pub saved_at: Option<Timestamp>,
    /// Why the last write failed, until one succeeds.
    pub failure: Option<String>,
    /// Whether it was a save that failed, and not only the journal.
    failed_save: bool,
    first_change: Option<Instant>,
    last_change: Option<Instant>,
    retry: Retry,
}

impl Keeping {
    /// How a project stands that was just read: `last` is the last edit of its journal, and `unsaved` whether edits of it are not yet
    /// folded into the tables.
    pub(super) fn opened(last: u64, unsaved: bool) -> Self {
        let now = unsaved.then(Instant::now);
        Self {
            last,
            acknowledged: last,
            saved: if unsaved { 0 } else { last },
            first_change: now,
            last_change: now,
            ..Self::default()
        }
    }

    /// Notes that an edit was handed to the journal.
    pub(super) fn appended(&mut self, sequence: u64) {
        self.last = sequence;
        let now = Instant::now();
        self.first_change.get_or_insert(now);
        self.last_change = Some(now);
    }

    /// Notes that a save was asked for.
    pub(super) fn begin_saving(&mut self) {
        self.saving = true;
    }

    /// Notes that the save that was asked for will not come: others changed the files first.
    pub(super) fn end_saving(&mut self) {
        self.saving = false;
    }

    /// Notes that the project cannot be saved.
    pub(super) fn save_failed(&mut self, reason: &str) {
        self.saving = false;
        self.failed_save = true;
        self.failure = Some(reason.to_owned());
    }

    /// Whether an edit is not yet safe in the journal.
    pub fn is_writing(&self) -> bool {
        self.acknowledged < self.last || self.saving
    }

    /// Whether there are edits that no save has folded into the tables; they are in the journal.
    pub fn is_unsaved(&self) -> bool {
        self.saved < self.last
    }

    /// How long until the project saves itself; none where it need not.
    fn due(&self) -> Option<Duration> {
        if self.saving || !self.is_unsaved() {
            return None;
        }
        let quiet = self.last_change? + QUIET;
        let latest = self.first_change? + LATEST;
        let due = quiet.min(latest).saturating_duration_since(Instant::now());
        Some(self.retry.rest().map_or(due, |rest| due.max(rest)))
    }
}

impl Workbench {
    /// Takes up what other threads have finished, and saves when it is time. Called once a frame; returns after how long it wants to
    /// be called again though nothing happens, if ever.
    pub fn tick(&mut self) -> Option<Duration> {
        while let Some((_, outcome)) = self.jobs.take() {
            self.take_outcome(outcome);
            self.drop_early();
        }
        while let Some(event) = self.open.as_ref().and_then(|open| open.session.poll()) {
            self.take_event(event);
        }
        self.show_waiting();
        self.refresh_rows();
        self.refresh_hits();
        let mut due = self.save_due();
        if due == Some(Duration::ZERO) {
            self.save();
            due = self.save_due();
        }
        let view_due = self.keep_view();
        [due, view_due].into_iter().flatten().min().map(|due| due.max(Duration::from_millis(50)))
    }

    /// How long until the project saves itself; none where it need not, or cannot.
    fn save_due(&self) -> Option<Duration> {
        let open = self.open.as_ref()?;
        let may_save = !open.session.is_read_only() && self.merging.is_settled();
        open.keeping.due().filter(|_| may_save)
    }

    /// Keeps the view on this machine once it has rested for a while; returns how long that still is.
    fn keep_view(&mut self) -> Option<Duration> {
        let since = self.view_changed?;
        let rest = (since + VIEW_REST).saturating_duration_since(Instant::now());
        if rest > Duration::ZERO {
            return Some(rest);
        }
        self.view_changed = None;
        let roots = self.surroundings.roots.clone()?;
        let of_project =
            self.project().filter(|_| !self.is_early()).map(|project| (project.id(), self.window_state()));
        let setting = std::mem::take(&mut self.setting_changed).then(|| self.text_setting());
        // The view is a convenience: that it cannot be kept is nothing to bother anybody with.
        std::thread::spawn(move || {
            if let Some((id, state)) = of_project {
                window_state::save(&roots, id, &state).ok();
            }
            if let Some(setting) = setting {
                window_state::save_text_setting(&roots, &setting).ok();
            }
        });
        None
    }

    /// Ends the work on the open project: keeps the view, lets what waits be written, gives up the lock. It waits for the disk, so it
    /// is for when nothing is shown any more.
    pub fn shut(&mut self) {
        // An export that is being written would stay behind as a hidden file.
        self.jobs.leave(JobKind::Exporting);
        let setting = std::mem::take(&mut self.setting_changed).then(|| self.text_setting());
        if let (Some(setting), Some(roots)) = (setting, &self.surroundings.roots) {
            window_state::save_text_setting(roots, &setting).ok();
        }
        if let Some(open) = self.open.take_if(|open| open.rest.is_none()) {
            if let Some(roots) = &self.surroundings.roots {
                window_state::save(roots, open.project.id(), &self.window_state()).ok();
            }
            // What could not be written is in the recovery folder, and the person was asked before.
            open.session.close().ok();
        }
    }

    /// The same for a project that gives way to another: on a thread, because the window stays.
    pub(super) fn close_session(&mut self) {
        if let Some(open) = self.open.take().filter(|open| open.rest.is_none()) {
            let state = self.window_state();
            let roots = self.surroundings.roots.clone();
            std::thread::spawn(move || {
                if let Some(roots) = roots {
                    window_state::save(&roots, open.project.id(), &state).ok();
                }
                open.session.close().ok();
            });
        }
    }

    /// Writes the tables now.
    pub(super) fn save(&mut self) {
        let Some(open) = self.open.as_mut() else { return };
        if open.session.is_read_only() {
            self.problem(Message::new("notice-read-only"), Vec::new());
            return;
        }
        if !self.merging.is_settled() {
            self.ask_to_merge();
            return;
        }
        self.keep_daily();
        let Some(open) = self.open.as_mut() else { return };
        open.session.save(open.project.clone(), open.history.clone());
        open.keeping.begin_saving();
    }

    fn take_event(&mut self, event: SessionEvent) {
        let Some(open) = self.open.as_mut() else { return };
        let keeping = &mut open.keeping;
        match event {
            SessionEvent::Acknowledged(sequence) => {
                keeping.acknowledged = keeping.acknowledged.max(sequence);
                if !keeping.failed_save && keeping.failure.take().is_some() {
                    keeping.retry.succeeded();
                    self.forget_failure();
                }
            }
            SessionEvent::Saved { through, at } => {
                keeping.saved = keeping.saved.max(through);
                keeping.acknowledged = keeping.acknowledged.max(through);
                keeping.saving = false;
                keeping.saved_at = Some(at);
                keeping.failure = None;
                keeping.failed_save = false;
                keeping.retry.succeeded();
                if !keeping.is_unsaved() {
                    keeping.first_change = None;
                    keeping.last_change = None;
                }
                self.forget_failure();
                if self.leaving.is_some() {
                    self.leave_now();
                }
            }
            SessionEvent::Moved { place, through, at } => {
                keeping.saved = keeping.saved.max(through);
                keeping.acknowledged = keeping.acknowledged.max(through);
                keeping.saved_at = Some(at);
                keeping.saving = false;
                keeping.failure = None;
                keeping.failed_save = false;
                // What others changed in the old place has nothing to do with the new one.
                open.session.merged();
                let shown = place.display().to_string();
                let (roots, mut recent) = (self.surroundings.roots.clone(), self.recent.clone());
                recent.note(&place, open.project.title(), at);
                self.recent = recent.clone();
                if let Some(roots) = roots {
                    std::thread::spawn(move || window_state::save_recent(&roots, &recent).ok());
                }
                open.place = place;
                open.named = true;
                self.forget_merging();
                self.forget_snapshots();
                self.forget_failure();
                self.inform(Message::new("notice-moved").text("path", shown), Vec::new());
            }
            SessionEvent::LockLost(holder) => self.lock_lost(&holder),
            SessionEvent::LockFree => self.reopen(),
            SessionEvent::Outdated => self.follow(),
            SessionEvent::Changed(foreign) => self.take_changed(&foreign),
            SessionEvent::SnapshotMade(snapshot) => self.snapshot_made(&snapshot),
            SessionEvent::SnapshotFailed(why, error) => self.snapshot_failed(why, &error),
            SessionEvent::Unsettled(faults) => self.tell_unsettled(&faults),
            SessionEvent::Failed { during: Writing::SaveAs, error, .. } => {
                keeping.saving = false;
                self.problem(Message::new("notice-not-moved").text("reason", error.to_string()), Vec::new());
            }
            SessionEvent::Failed { during, error, kept_in } => {
                let reason = error.to_string();
                keeping.saving = false;
                keeping.failed_save |= during == Writing::Save;
                keeping.retry.failed();
                let is_news = keeping.failure.as_ref() != Some(&reason);
                keeping.failure = Some(reason.clone());
                if let Some(then) = self.leaving.take() {
                    self.dialog = Some(Dialog::Leave { reason, then });
                } else if is_news {
                    let message = match kept_in {
                        Some(folder) => {
                            Message::new("notice-not-saved-kept").text("folder", folder.display().to_string())
                        }
                        None => Message::new("notice-not-saved"),
                    };
                    self.problem(message.text("reason", reason), Vec::new());
                }
            }
        }
    }

    /// What could not be written is written now: no notice says otherwise any more.
    fn forget_failure(&mut self) {
        self.notices.retain(|notice| !matches!(notice.about, "notice-not-saved" | "notice-not-saved-kept"));
    }

    /// Leaves the open project for something else, once it is saved. If it cannot be saved, the person is asked.
    pub(super) fn leave(&mut self, then: Then) {
        self.leaving = Some(then);
        self.leave_now();
    }

    fn leave_now(&mut self) {
        let Some(open) = self.open.as_ref() else {
            self.go_on();
            return;
        };
        if open.session.is_read_only() || !open.keeping.is_unsaved() {
            self.go_on();
        } else if !open.keeping.saving {
            self.save();
        }
    }

    fn go_on(&mut self) {
        match self.leaving.take() {
            Some(Then::Open(path)) => self.start_opening(path),
            Some(Then::New) => self.start_new(),
            Some(Then::Quit) => self.closed = true,
            None => {}
        }
    }

    pub(super) fn leave_again(&mut self) {
        if let Some(Dialog::Leave { then, .. }) = self.dialog.take() {
            self.leave(then);
        }
    }

    pub(super) fn leave_anyway(&mut self) {
        if let Some(Dialog::Leave { then, .. }) = self.dialog.take() {
            self.leaving = Some(then);
            self.go_on();
        }
    }

    pub(super) fn close_dialog(&mut self) {
        match self.dialog.take() {
            // Whoever does not choose now stays.
            Some(Dialog::Changed { .. }) => self.leaving = None,
            Some(Dialog::Update) => self.forget_update(),
            Some(Dialog::Rescan) => self.forget_changes(),
            Some(Dialog::Export(_)) => self.forget_glance(),
            Some(Dialog::Incoming(_)) => self.prepared = None,
            Some(Dialog::Earlier) => self.forget_earlier(),
            _ => {}
        }
    }
}
