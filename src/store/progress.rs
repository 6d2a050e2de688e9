//! How far a long job is, and the wish to stop it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Shared between a job and whoever watches it; a clone is the same progress.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<State>);

#[derive(Debug, Default)]
struct State {
    done: AtomicU64,
    total: AtomicU64,
    stage: AtomicUsize,
    cancelled: AtomicBool,
}

impl Progress {
    /// Nothing done of nothing, not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells how much is done, of how much.
    pub fn set(&self, done: u64, total: u64) {
        self.0.total.store(total, Ordering::Relaxed);
        self.0.done.store(done, Ordering::Relaxed);
    }

    /// Goes on to a stage of a job that has several, from 0; nothing of it is done yet.
    pub fn enter(&self, stage: usize) {
        self.set(0, 0);
        self.0.stage.store(stage, Ordering::Relaxed);
    }

    /// In which stage the job is.
    pub fn stage(&self) -> usize {
        self.0.stage.load(Ordering::Relaxed)
    }

    /// One more is done.
    pub fn step(&self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }

    /// How much is done.
    pub fn done(&self) -> u64 {
        self.0.done.load(Ordering::Relaxed)
    }

    /// Of how much; 0 while that is not known.
    pub fn total(&self) -> u64 {
        self.0.total.load(Ordering::Relaxed)
    }

    /// Asks the job to stop at its next step.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    pub fn cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Relaxed)
    }
}
