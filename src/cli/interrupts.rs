//! Ctrl-C, a closed terminal and a shutdown while a verb writes: the work is told to end, so that nothing half done is left behind.
//!
//! It only watches: the verb polls [`Interrupts::progress`], cleans up by itself, and ends with the code that a shell gives for the signal. Signals
//! that whoever started the program had ignored (`nohup`, a job in the background of a script) stay ignored.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use super::failure::Failure;
use crate::store::Progress;

/// From here on signals end the work and no longer the program.
pub(super) struct Interrupts {
    progress: Progress,
    signal: Arc<AtomicI32>,
}

impl Interrupts {
    /// Begins to watch. Where the system has no such signals, none comes.
    pub fn watch() -> Self {
        let watched = Self { progress: Progress::new(), signal: Arc::default() };
        #[cfg(unix)]
        watched.listen();
        watched
    }

    #[cfg(unix)]
    fn listen(&self) {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        use signal_hook::iterator::Signals;

        let ignored = ignored();
        let wanted = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
        // Without a pipe to hear them by, signals go on to end the program.
        let Ok(mut signals) = Signals::new(wanted) else { return };
        let (progress, signal) = (self.progress.clone(), Arc::clone(&self.signal));
        std::thread::spawn(move || {
            if let Some(first) = signals.forever().next() {
                signal.store(first, Ordering::SeqCst);
                progress.cancel();
            }
        });
    }

    /// The progress that a signal cancels.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// How a verb ends that a signal has ended.
    pub fn failure(&self, sentence: String) -> Failure {
        Failure::Interrupted(self.signal.load(Ordering::SeqCst), sentence)
    }
}

/// The signals that are ignored from the start, a bit for each; none where the system does not tell.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}
