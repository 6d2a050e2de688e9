//! An open project as the rest of the program holds it: edits go in, events come out, and nobody waits for the disk.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::journal::Record;
use super::lock::LockHolder;
use super::merge::Foreign;
use super::snapshots::{Snapshot, Why};
use super::writer::{Command, Writer};
use super::{Fault, StoreError};
use crate::model::{Act, Document, History, Project, Timestamp};

/// Called from the writing thread when an event waits, so that a window wakes up.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// What the writing thread has to tell.
#[derive(Debug)]
pub enum SessionEvent {
    /// Every edit up to this sequence number is on the disk, in the journal.
    Acknowledged(u64),
    /// The project is saved with every edit up to this sequence number.
    Saved {
        /// The last edit in it.
        through: u64,
        /// When it was done.
        at: Timestamp,
    },
    /// The project is saved in a new place, and the session goes on there.
    Moved {
        /// Where it is now.
        place: PathBuf,
        /// The last edit in it.
        through: u64,
        /// When it was done.
        at: Timestamp,
    },
    /// Something could not be written. Edits stay in memory and are tried again, by themselves and with the next edit or
    /// save.
    Failed {
        /// What was being done.
        during: Writing,
        /// Why it failed, as a sentence.
        error: StoreError,
        /// Where the edits are kept meanwhile, when they could be written there.
        kept_in: Option<PathBuf>,
    },
    /// Somebody else has taken the lock, as may happen while the machine sleeps. The project is read-only from now on; nothing was
    /// written since.
    LockLost(LockHolder),
    /// Whoever had the project open has let it go: opened anew, it can be changed.
    LockFree,
    /// The project is open for reading only, and its files are others by now: opened anew, it shows them.
    Outdated,
    /// Another program or a sync has changed the project's files. Nothing is saved until this is merged: see [`Session::merged`].
    Changed(Box<Foreign>),
    /// A snapshot was made.
    SnapshotMade(Box<Snapshot>),
    /// A snapshot could not be made. Nothing else depends on it, and nothing was lost.
    SnapshotFailed(Why, StoreError),
    /// Files that were changed elsewhere cannot be taken over as they are. They are not overwritten.
    Unsettled(Vec<Fault>),
}

/// What the writing thread was doing when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// Keeping edits in the journal.
    Journal,
    /// Writing the text of a document.
    Text,
    /// Saving.
    Save,
    /// Saving in a new place.
    SaveAs,
    /// Renewing the lock.
    Lock,
}

/// What session and writing thread share.
#[derive(Debug)]
pub(super) struct Shared {
    pub place: Mutex<PathBuf>,
    pub read_only: AtomicBool,
    /// How many changes of others were handed out.
    pub handed: AtomicU64,
    /// How many of them are merged.
    pub merged: AtomicU64,
}

impl Shared {
    pub fn new(place: PathBuf, read_only: bool) -> Self {
        Self {
            place: Mutex::new(place),
            read_only: AtomicBool::new(read_only),
            handed: AtomicU64::new(0),
            merged: AtomicU64::new(0),
        }
    }

    pub fn place(&self) -> MutexGuard<'_, PathBuf> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An open project. It owns the thread that writes. Dropped without [`Session::close`], it still writes what waits.
#[derive(Debug)]
pub struct Session {
    shared: Arc<Shared>,
    /// The last sequence number given out, and where commands go; one lock, so that numbers and commands have one order.
    commands: Mutex<Commands>,
    events: Mutex<Receiver<SessionEvent>>,
    thread: Option<JoinHandle<Result<(), StoreError>>>,
}

#[derive(Debug)]
struct Commands {
    last: u64,
    sender: Option<Sender<Command>>,
}

impl Session {
    /// The session of a project that is still being read: nothing can be written, and nothing happens.
    pub fn of_nothing(place: PathBuf) -> Self {
        Self {
            shared: Arc::new(Shared::new(place, true)),
            commands: Mutex::new(Commands { last: 0, sender: None }),
            events: Mutex::new(channel().1),
            thread: None,
        }
    }

    /// Starts the writing thread.
    pub(super) fn start(mut writer: Writer, last: u64, wake: Wake) -> Result<Self, StoreError> {
        let (commands, queue) = channel();
        let (sender, events) = channel();
        let shared = Arc::clone(writer.shared());
        let place = shared.place().clone();
        writer.tell_to(sender, wake);
        let thread = std::thread::Builder::new()
            .name("hashiya-writer".into())
            .spawn(move || writer.run(&queue))
            .map_err(StoreError::io("write", &place))?;
        Ok(Self {
            shared,
            commands: Mutex::new(Commands { last, sender: Some(commands) }),
            events: Mutex::new(events),
            thread: Some(thread),
        })
    }

    fn commands(&self) -> MutexGuard<'_, Commands> {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps an act in the journal, and before it the texts of documents that it adds or replaces; returns its sequence number at
    /// once. [`SessionEvent::Acknowledged`] tells when it is on the disk.
    pub fn append(&self, act: Act, at: Timestamp) -> u64 {
        let mut commands = self.commands();
        commands.last += 1;
        let seq = commands.last;
        commands.send(Command::Append(Box::new(Record { seq, at, act })));
        seq
    }

    /// Writes the text of a document ahead of the act that brings it, which would do so too. Another text that stands in its file is
    /// kept among the earlier ones.
    pub fn keep_text(&self, document: Arc<Document>) {
        self.commands().send(Command::KeepText(document));
    }

    /// Saves a snapshot, which holds every act appended so far. [`SessionEvent::Saved`] tells when it is done; of several that wait
    /// only the last is written.
    pub fn save(&self, project: Project, history: History) {
        let mut commands = self.commands();
        let through = commands.last;
        let merged = self.shared.merged.load(Ordering::Acquire);
        commands.send(Command::Save { project: Box::new(project), history, through, merged });
    }

    /// Saves a snapshot in a new place, which must not exist; the session goes on there. What was an unnamed project is removed
    /// from the user's data directory. [`SessionEvent::Moved`] or [`SessionEvent::Failed`] tells.
    pub fn save_as(&self, new_place: &Path, project: Project, history: History) {
        let mut commands = self.commands();
        let through = commands.last;
        let place = new_place.to_owned();
        commands.send(Command::SaveAs { place, project: Box::new(project), history, through });
    }

    /// Keeps a snapshot of a project, or of the project as its files have it, on a thread of its own. [`SessionEvent::SnapshotMade`] or
    /// [`SessionEvent::SnapshotFailed`] tells; of a daily one that is not due nothing does.
    pub fn keep_snapshot(&self, project: Option<Project>, why: Why, title: &str) {
        let project = project.map(Box::new);
        self.commands().send(Command::KeepSnapshot { project, why, title: title.to_owned() });
    }

    /// What the writing thread has told since, oldest first; `None` when there is nothing more for now.
    pub fn poll(&self) -> Option<SessionEvent> {
        let event = self.events.lock().unwrap_or_else(PoisonError::into_inner).try_recv().ok();
        self.hand(event)
    }

    fn hand(&self, event: Option<SessionEvent>) -> Option<SessionEvent> {
        if let Some(SessionEvent::Changed(_)) = &event {
            self.shared.handed.fetch_add(1, Ordering::AcqRel);
        }
        event
    }

    /// Says that every change of others that was handed out is merged into the project, and that nothing has to be chosen any more: what
    /// is saved from now on holds it.
    pub fn merged(&self) {
        self.shared.merged.store(self.shared.handed.load(Ordering::Acquire), Ordering::Release);
    }

    /// Asks for a thorough look at the files, such as when the reader comes back to the window.
    pub fn look(&self) {
        self.commands().send(Command::Look);
    }

    /// Waits for the next event, at most this long; for verbs and tests, never for a window.
    pub fn wait(&self, at_most: std::time::Duration) -> Option<SessionEvent> {
        let event = self.events.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(at_most).ok();
        self.hand(event)
    }

    /// The last sequence number given out.
    pub fn last(&self) -> u64 {
        self.commands().last
    }

    /// Whether nothing can be written in this place.
    pub fn is_read_only(&self) -> bool {
        self.shared.read_only.load(Ordering::Acquire)
    }

    /// The project folder; it changes when [`SessionEvent::Moved`] tells so.
    pub fn place(&self) -> PathBuf {
        self.shared.place().clone()
    }

    /// Writes what waits, releases the lock and ends the thread.
    ///
    /// # Errors
    /// When edits or a save asked for could not be written.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), StoreError> {
        self.commands().sender = None;
        match self.thread.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(StoreError::WriterGone(self.place())),
        }
    }
}

impl Commands {
    fn send(&mut self, command: Command) {
        if let Some(sender) = &self.sender {
            // A thread that ended is told of by `close`.
            sender.send(command).ok();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.end().ok();
    }
}
