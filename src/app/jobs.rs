//! Long work: a thread over a snapshot, with progress and a way to stop it, whose result comes back as a message.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use super::outside::READING_BACK;
use crate::store::{Progress, Wake};

/// What a job does, for the foot of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// A project is read or made.
    Opening,
    /// Documents are imported.
    Importing,
    /// An export is written.
    Exporting,
    /// What an export would come to is looked at.
    Glancing,
    /// Rows are sorted and filtered.
    Sorting,
    /// Snapshots are listed or compared.
    Snapshots,
    /// Words are looked for in a document.
    Finding,
    /// Documents are compared with new versions.
    Comparing,
    /// The source folder is looked through.
    Looking,
    /// A text is read.
    Reading,
}

impl JobKind {
    /// The key of its name in the interface's messages.
    fn message(self) -> &'static str {
        match self {
            Self::Opening => "job-opening",
            Self::Importing => "job-importing",
            Self::Exporting => "job-exporting",
            Self::Glancing => "job-glancing",
            Self::Sorting => "job-sorting",
            Self::Snapshots => "job-snapshots",
            Self::Finding => "job-finding",
            Self::Comparing => "job-comparing",
            Self::Looking => "job-looking",
            Self::Reading => "job-reading",
        }
    }
}

/// So long is waited for jobs when nothing is shown any more.
const LEAVING: Duration = Duration::from_secs(2);

/// A job that runs.
pub struct Job {
    /// Its number, for [`super::Action::Cancel`].
    pub id: u64,
    /// What it does.
    pub kind: JobKind,
    /// How far it is, and the way to stop it.
    pub progress: Progress,
    /// When it began.
    pub since: Instant,
}

impl Job {
    /// Whether nobody waits any more for what it was only to show; what is left of it changes nothing.
    pub fn is_given_up(&self) -> bool {
        let shows = matches!(self.kind, JobKind::Glancing | JobKind::Finding | JobKind::Sorting);
        shows && self.progress.cancelled()
    }

    /// The key of what it does at the moment, in the interface's messages.
    pub fn message(&self) -> &'static str {
        match (self.kind, self.progress.stage()) {
            (JobKind::Exporting, READING_BACK) => "job-reading-back",
            (kind, _) => kind.message(),
        }
    }
}

/// By which a job tells what it has before it ends.
pub struct Teller<T> {
    id: u64,
    sender: Sender<(u64, T, bool)>,
    wake: Wake,
}

impl<T> Teller<T> {
    /// The number of the job.
    pub fn job(&self) -> u64 {
        self.id
    }

    /// Tells something that comes before the result.
    pub fn tell(&self, what: T) {
        self.send(what, false);
    }

    fn send(&self, what: T, ended: bool) {
        if self.sender.send((self.id, what, ended)).is_ok() {
            (self.wake)();
        }
    }
}

/// The running jobs, and the channel on which their results come.
pub struct Jobs<T> {
    running: Vec<Job>,
    next: u64,
    sender: Sender<(u64, T, bool)>,
    receiver: Receiver<(u64, T, bool)>,
    wake: Wake,
}

impl<T: Send + 'static> Jobs<T> {
    /// No jobs yet; `wake` is called from a job's thread when its result waits.
    pub fn new(wake: Wake) -> Self {
        let (sender, receiver) = channel();
        Self { running: Vec::new(), next: 1, sender, receiver, wake }
    }

    /// Starts a job and returns its number.
    pub fn start(&mut self, kind: JobKind, work: impl FnOnce(&Progress) -> T + Send + 'static) -> u64 {
        self.start_telling(kind, |progress, _| work(progress))
    }

    /// Starts a job that has something to tell before it ends.
    pub fn start_telling(
        &mut self,
        kind: JobKind,
        work: impl FnOnce(&Progress, &Teller<T>) -> T + Send + 'static,
    ) -> u64 {
        let id = self.next;
        self.next += 1;
        let progress = Progress::default();
        self.running.push(Job { id, kind, progress: progress.clone(), since: Instant::now() });
        let teller = Teller { id, sender: self.sender.clone(), wake: self.wake.clone() };
        std::thread::spawn(move || {
            let result = work(&progress, &teller);
            teller.send(result, true);
        });
        id
    }

    /// What a job has told, or the result of one that has ended, if one waits.
    pub fn take(&mut self) -> Option<(u64, T)> {
        let (id, result, ended) = self.receiver.try_recv().ok()?;
        if ended {
            self.running.retain(|job| job.id != id);
        }
        Some((id, result))
    }

    /// The jobs that run.
    pub fn running(&self) -> &[Job] {
        &self.running
    }

    /// Asks a job to stop.
    pub fn cancel(&self, id: u64) {
        for job in self.running.iter().filter(|job| job.id == id) {
            job.progress.cancel();
        }
    }

    /// Asks all jobs to stop, and waits a moment for those of one kind, so that they take away what they have begun on a disk.
    pub fn leave(&mut self, kind: JobKind) {
        self.running.iter().for_each(|job| job.progress.cancel());
        let until = Instant::now() + LEAVING;
        while self.running.iter().any(|job| job.kind == kind) {
            match self.receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok((id, _, true)) => self.running.retain(|job| job.id != id),
                Ok(_) => {}
                Err(_) => break,
            }
        }
    }

    /// The callback that wakes the window.
    pub fn wake(&self) -> Wake {
        self.wake.clone()
    }
}
