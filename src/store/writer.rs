//! The thread that writes: it takes commands in order, keeps edits in the journal, saves, and tells what came of it.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;

use super::create::copy_to;
use super::disk::{Disk, folder_of, make_folder, replace};
use super::format::{Row, VERSION};
use super::journal::{Journal, Line, Record};
use super::lock::{Attempt, Lock, LockHolder};
use super::names::{coder_file, coder_sign};
use super::notation::line;
use super::place::PROJECT_FILE;
use super::read::{RESCUE_PLACE, journal_name, rescue_folder};
use super::replay::RescuePlace;
use super::rounds::Rounds;
use super::save::{Changes, Known, changes, commit, ensure_ours, new_texts, take_up};
use super::session::{SessionEvent, Shared, Wake, Writing};
use super::snapshots::{self, Plan, Why};
use super::stamps::now;
use super::steps::{StepsFile, history_name};
use super::texts::keep_texts;
use super::watch::Watch;
use super::{StoreError, Surroundings};
use crate::model::{Coder, Document, Edit, History, Project};

/// What the session asks of the thread.
#[derive(Debug)]
pub(super) enum Command {
    Append(Box<Record>),
    KeepText(Arc<Document>),
    Look,
    KeepSnapshot { project: Option<Box<Project>>, why: Why, title: String },
    Save { project: Box<Project>, history: History, through: u64, merged: u64 },
    SaveAs { place: PathBuf, project: Box<Project>, history: History, through: u64 },
}

/// The documents whose texts an edit brings.
fn documents_of(edit: &Edit, documents: &mut Vec<Arc<Document>>) {
    match edit {
        Edit::InsertDocument { document, .. } | Edit::ReplaceDocument { document, .. } => {
            documents.push(Arc::clone(document));
        }
        Edit::Batch(edits) => edits.iter().for_each(|edit| documents_of(edit, documents)),
        Edit::PutAnnotation(_)
        | Edit::RemoveAnnotation { .. }
        | Edit::PutTag { .. }
        | Edit::RemoveTag(_)
        | Edit::RemoveDocument(_)
        | Edit::SetTitle(_) => {}
    }
}

/// The state of the thread.
pub(super) struct Writer {
    pub surroundings: Surroundings,
    pub shared: Arc<Shared>,
    pub coder: Coder,
    /// The coders that the register names.
    pub coders: Vec<Coder>,
    pub known: Known,
    pub aside: HashMap<String, Vec<Row<'static>>>,
    /// The project as the tables, codebook and register have it.
    pub saved: Project,
    pub journal: Journal,
    pub steps: StepsFile,
    pub lock: Option<Lock>,
    /// Texts that could not be written yet.
    pub texts: Vec<Arc<Document>>,
    /// Whether the user's state directory keeps edits of this project.
    pub rescued: bool,
    pub told: Option<(Sender<SessionEvent>, Wake)>,
    /// The last failure that nothing made good since.
    pub failure: Option<StoreError>,
    /// What the thread does by itself from time to time.
    pub rounds: Rounds,
    /// Who has the lock that this session lost.
    pub lost: Option<LockHolder>,
    /// What was noticed of changes by others.
    pub watch: Watch,
    /// The thread that makes a snapshot.
    pub copying: Option<(Why, JoinHandle<()>)>,
}

/// Where a coder's lock is.
pub(super) fn lock_path(place: &Path, coder: &Coder) -> PathBuf {
    place.join("locks").join(coder_file(coder.name()))
}

impl Writer {
    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub fn tell_to(&mut self, events: Sender<SessionEvent>, wake: Wake) {
        self.told = Some((events, wake));
    }

    /// Works until the session ends, then writes what is left.
    pub fn run(mut self, queue: &Receiver<Command>) -> Result<(), StoreError> {
        let mut waiting = VecDeque::new();
        loop {
            match queue.recv_timeout(self.rounds.rest()) {
                Ok(command) => {
                    waiting.push_back(command);
                    waiting.extend(queue.try_iter());
                    self.work(&mut waiting);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.go_round();
        }
        self.keep_lock();
        if self.is_behind() {
            self.flush();
        }
        self.await_snapshot();
        match self.failure.take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    fn work(&mut self, waiting: &mut VecDeque<Command>) {
        while let Some(command) = waiting.pop_front() {
            self.keep_lock();
            match command {
                Command::Append(record) => {
                    self.take(&record);
                    while let Some(Command::Append(_)) = waiting.front() {
                        if let Some(Command::Append(record)) = waiting.pop_front() {
                            self.take(&record);
                        }
                    }
                    self.flush();
                }
                Command::KeepText(document) => {
                    self.texts.push(document);
                    if !self.is_read_only() {
                        self.keep_texts();
                    }
                }
                Command::Look => {
                    self.look_round(true);
                }
                Command::KeepSnapshot { project, why, title } => {
                    let project = project.map_or_else(|| self.saved.clone(), |project| *project);
                    self.keep_snapshot(project, why, title);
                }
                Command::Save { project, history, through, merged } => {
                    let later = waiting.iter().any(|command| matches!(command, Command::Save { .. }));
                    if !later {
                        self.save(*project, &history, through, merged);
                    }
                }
                Command::SaveAs { place, project, history, through } => {
                    self.save_as(&place, *project, &history, through);
                }
            }
        }
    }

    pub fn disk(&self) -> Arc<dyn Disk> {
        Arc::clone(&self.surroundings.disk)
    }

    pub fn place(&self) -> PathBuf {
        self.shared.place().clone()
    }

    pub fn is_read_only(&self) -> bool {
        self.shared.read_only.load(Ordering::Acquire)
    }

    pub fn is_behind(&self) -> bool {
        !self.is_read_only() && (self.journal.is_behind() || !self.texts.is_empty())
    }

    pub fn tell(&self, event: SessionEvent) {
        if let Some((events, wake)) = &self.told {
            events.send(event).ok();
            wake();
        }
    }

    fn fail(&mut self, during: Writing, error: StoreError, kept_in: Option<PathBuf>) {
        let again = match &error {
            StoreError::Io { act, path, source } => {
                StoreError::Io { act, path: path.clone(), source: source.kind().into() }
            }
            _ => StoreError::WriterGone(self.place()),
        };
        self.failure = Some(again);
        self.tell(SessionEvent::Failed { during, error, kept_in });
    }

    /// Takes a record, with the texts of the documents that it adds or replaces.
    fn take(&mut self, record: &Record) {
        documents_of(record.act.edit(), &mut self.texts);
        match Line::of(record, self.journal.last_kept()) {
            Ok(line) => self.journal.push(line),
            Err(error) => {
                let path = self.journal.path().to_owned();
                self.fail(Writing::Journal, StoreError::Unwritable { path, what: error.to_string() }, None);
            }
        }
    }

    /// Makes waiting texts and edits durable, in that order: an edit never comes before the text it needs.
    pub fn flush(&mut self) {
        if self.is_read_only() {
            let kept_in = self.lost.is_some().then(|| self.keep_apart()).flatten();
            let error = self.refusal();
            return self.fail(Writing::Journal, error, kept_in);
        }
        if !self.keep_texts() {
            self.rescue();
            self.rounds.again.failed();
            return;
        }
        let disk = self.disk();
        match self.journal.flush(&*disk) {
            Ok(()) => {
                self.failure = None;
                self.rounds.again.succeeded();
                self.tell(SessionEvent::Acknowledged(self.journal.last_kept()));
            }
            Err(error) => {
                self.rounds.again.failed();
                let kept_in = self.rescue();
                let place = self.place();
                let error = if disk.look(&place.join(PROJECT_FILE)).is_err() {
                    StoreError::Gone(place)
                } else {
                    StoreError::io("write", self.journal.path())(error)
                };
                self.fail(Writing::Journal, error, kept_in);
            }
        }
    }

    fn keep_texts(&mut self) -> bool {
        let sign = coder_sign(self.coder.name());
        match keep_texts(&*self.disk(), &self.place(), &sign, &self.texts) {
            Ok(()) => {
                self.texts.clear();
                true
            }
            Err(error) => {
                let kept_in = self.rescue();
                self.fail(Writing::Text, error, kept_in);
                false
            }
        }
    }

    /// Keeps edits and texts that the project cannot take in the user's state directory.
    fn rescue(&mut self) -> Option<PathBuf> {
        let folder = rescue_folder(&self.surroundings, &self.saved, &self.coder)?;
        let disk = self.disk();
        make_folder(&*disk, &folder).ok()?;
        let sign = coder_sign(self.coder.name());
        keep_texts(&*disk, &folder, &sign, &self.texts).ok()?;
        let place = RescuePlace { version: VERSION, place: self.place() };
        replace(&*disk, &folder.join(RESCUE_PLACE), &sign, line(&place).ok()?.as_bytes()).ok()?;
        replace(&*disk, &folder.join("journal.ron"), &sign, &self.journal.bytes()).ok()?;
        self.rescued = true;
        Some(folder)
    }

    fn save(&mut self, project: Project, history: &History, through: u64, merged: u64) {
        self.look_round(false);
        if merged < self.watch.serial {
            // What was told has to be merged first; then whoever holds the project saves again.
            self.failure = Some(StoreError::Unmerged(self.place()));
            return;
        }
        match self.try_save(&project, history, through) {
            Ok(()) => {
                self.saved = project;
                self.failure = None;
                self.forget_rescued();
                self.tell(SessionEvent::Saved { through, at: now() });
            }
            Err(StoreError::Changed(_)) if self.look_round(true) => {
                self.failure = Some(StoreError::Unmerged(self.place()));
            }
            Err(error) => {
                let kept_in = if self.journal.is_behind() { self.rescue() } else { None };
                self.fail(Writing::Save, error, kept_in);
            }
        }
    }

    fn try_save(&mut self, project: &Project, history: &History, through: u64) -> Result<(), StoreError> {
        let place = self.place();
        let disk = self.disk();
        if self.is_read_only() {
            return Err(self.refusal());
        }
        if disk.look(&place.join(PROJECT_FILE)).is_err() {
            return Err(StoreError::Gone(place));
        }
        self.texts.extend(new_texts(project, &self.saved).cloned());
        keep_texts(&*disk, &place, &coder_sign(self.coder.name()), &self.texts)?;
        self.texts.clear();
        let unwritable =
            |error: ron::Error| StoreError::Unwritable { path: place.clone(), what: error.to_string() };
        take_up(&*disk, &place, &self.coder, &mut self.known)?;
        let (saved, coder, known) = (Some(&self.saved), &self.coder, Some(&self.known));
        let Changes { mut changes, tables } =
            changes(project, saved, coder, &self.coders, &self.aside, known).map_err(unwritable)?;
        let mut steps = self.steps.changes(coder, through, tables, history).map_err(unwritable)?;
        ensure_ours(&*disk, &place, &history_name(coder), &self.known)?;
        self.steps.append(&*disk, &place, &mut self.known, &steps, history)?;
        changes.append(&mut steps.changes);
        commit(&*disk, &place, &self.coder, &mut self.known, changes)?;
        self.steps.saved(&steps, history);
        self.journal.fold(&*disk, through).map_err(StoreError::io("write", self.journal.path()))
    }

    /// Removes what the state directory keeps, now that the project has it.
    fn forget_rescued(&mut self) {
        if !std::mem::take(&mut self.rescued) {
            return;
        }
        if let Some(folder) = rescue_folder(&self.surroundings, &self.saved, &self.coder) {
            self.disk().remove_folder(&folder).ok();
        }
    }

    /// Makes a snapshot on a thread of its own, so that edits do not wait for it.
    fn keep_snapshot(&mut self, project: Project, why: Why, title: String) {
        self.await_snapshot();
        if self.is_read_only() {
            return self.tell(SessionEvent::SnapshotFailed(why, self.refusal()));
        }
        let plan = Plan { project, coder: self.coder.clone(), coders: self.coders.clone(), why, title };
        let (disk, place, told) = (self.disk(), self.place(), self.told.clone());
        let path = place.clone();
        let copying = std::thread::Builder::new().name("hashiya-snapshot".into()).spawn(move || {
            let event = match snapshots::make(&*disk, &place, &plan, now()) {
                Ok(Some(snapshot)) => SessionEvent::SnapshotMade(Box::new(snapshot)),
                Ok(None) => return,
                Err(error) => SessionEvent::SnapshotFailed(plan.why, error),
            };
            if let Some((events, wake)) = told {
                events.send(event).ok();
                wake();
            }
        });
        match copying {
            Ok(copying) => self.copying = Some((why, copying)),
            Err(error) => self.tell(SessionEvent::SnapshotFailed(why, StoreError::io("write", &path)(error))),
        }
    }

    /// Waits until the snapshot that is being made is there: one at a time, and none while the project moves.
    fn await_snapshot(&mut self) {
        if let Some((why, copying)) = self.copying.take()
            && copying.join().is_err()
        {
            self.tell(SessionEvent::SnapshotFailed(why, StoreError::WriterGone(self.place())));
        }
    }

    fn save_as(&mut self, place: &Path, project: Project, history: &History, through: u64) {
        match self.try_save_as(place, &project, history, through) {
            Ok(()) => {
                self.saved = project;
                self.failure = None;
                self.forget_rescued();
                self.tell(SessionEvent::Moved { place: place.to_owned(), through, at: now() });
            }
            Err(error) => self.fail(Writing::SaveAs, error, None),
        }
    }

    fn try_save_as(
        &mut self,
        place: &Path,
        project: &Project,
        history: &History,
        through: u64,
    ) -> Result<(), StoreError> {
        self.await_snapshot();
        let disk = self.disk();
        let old = self.place();
        let history = (&self.coder, through, history);
        let texts = (project, self.texts.as_slice());
        let (known, steps) = copy_to(&*disk, place, &old, texts, history, &self.coders, &self.aside)?;
        let lock = match Lock::take(&lock_path(place, &self.coder), &self.coder)? {
            Attempt::Held(lock, _) => lock,
            Attempt::Taken(holder) => {
                return Err(StoreError::Locked { path: place.to_owned(), holder: holder.to_string() });
            }
        };
        self.known = known;
        self.steps = steps;
        self.watch.start_anew();
        self.texts.clear();
        self.lock = Some(lock);
        self.lost = None;
        let path = place.join(journal_name(&self.coder));
        self.journal = Journal::new(path, project.id(), &self.coder, through, Vec::new());
        *self.shared.place() = place.to_owned();
        let was_writable = !self.shared.read_only.swap(false, Ordering::AcqRel);
        let unnamed = self.surroundings.roots.as_ref().map(super::Roots::unnamed);
        if was_writable && unnamed.is_some_and(|unnamed| folder_of(&old) == unnamed) {
            disk.remove_folder(&old).ok();
        }
        Ok(())
    }
}
