//! Long work: a thread over a snapshot, with progress and a way to stop it, whose result comes back as a message.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

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
}

impl JobKind {
    /// The key of its name in the interface's messages.
    pub fn message(self) -> &'static str {
        match self {
            Self::Opening => "job-opening",
            Self::Importing => "job-importing",
            Self::Exporting => "job-exporting",
            Self::Glancing => "job-glancing",
            Self::Sorting => "job-sorting",
            Self::Snapshots => "job-snapshots",
            Self::Finding => "job-finding",
        }
    }
}

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

/// The running jobs, and the channel on which their results come.
pub struct Jobs<T> {
    running: Vec<Job>,
    next: u64,
    sender: Sender<(u64, T)>,
    receiver: Receiver<(u64, T)>,
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
        let id = self.next;
        self.next += 1;
        let progress = Progress::default();
        self.running.push(Job { id, kind, progress: progress.clone(), since: Instant::now() });
        let (sender, wake) = (self.sender.clone(), self.wake.clone());
        std::thread::spawn(move || {
            let result = work(&progress);
            if sender.send((id, result)).is_ok() {
                wake();
            }
        });
        id
    }

    /// The result of a job that has ended, if one waits.
    pub fn take(&mut self) -> Option<(u64, T)> {
        let (id, result) = self.receiver.try_recv().ok()?;
        self.running.retain(|job| job.id != id);
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

    /// The callback that wakes the window.
    pub fn wake(&self) -> Wake {
        self.wake.clone()
    }
}
