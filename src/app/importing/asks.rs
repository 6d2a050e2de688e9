//! How planning tells how far it is, and asks whether to go on.

use std::cell::Cell;

use crate::exchange::{ExchangeError, Progress};

/// It is asked at every so many steps.
const EVERY: usize = 64;

/// The steps of a plan, and whom to ask.
pub(super) struct Asks<'a> {
    progress: Progress<'a>,
    done: Cell<usize>,
    total: Cell<usize>,
}

impl<'a> Asks<'a> {
    /// So many steps are known of.
    pub fn new(progress: Progress<'a>, total: usize) -> Self {
        Self { progress, done: Cell::new(0), total: Cell::new(total) }
    }

    /// There are more steps.
    pub fn more(&self, steps: usize) {
        self.total.set(self.total.get() + steps);
    }

    /// Asks now, as before something that takes long.
    ///
    /// # Errors
    /// With [`ExchangeError::Cancelled`] when the answer is to stop.
    pub fn now(&self) -> Result<(), ExchangeError> {
        match (self.progress)(self.done.get().min(self.total.get()), self.total.get()).is_break() {
            true => Err(ExchangeError::Cancelled),
            false => Ok(()),
        }
    }

    /// One step is done.
    ///
    /// # Errors
    /// As [`Asks::now`].
    pub fn step(&self) -> Result<(), ExchangeError> {
        self.done.set(self.done.get() + 1);
        if self.done.get().is_multiple_of(EVERY) { self.now() } else { Ok(()) }
    }
}
