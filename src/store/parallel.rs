//! Work that is the same for many things, spread over the processors.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Progress, StoreError};

/// The results of some work for the numbers below a count, in order. Each step is told to the progress.
///
/// # Errors
/// When the reader cancels.
pub(super) fn for_each<T: Send>(
    count: usize,
    progress: &Progress,
    work: impl Fn(usize) -> T + Sync,
) -> Result<Vec<T>, StoreError> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count || progress.cancelled() {
                return done;
            }
            done.push((at, work(at)));
            progress.step();
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8).min(count.max(1));
    let mut results: Vec<Option<T>> = (0..count).map(|_| None).collect();
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(worker)).collect();
        let own = worker();
        let others = others.into_iter().flat_map(|other| other.join().expect("the work does not panic"));
        for (at, result) in own.into_iter().chain(others) {
            results[at] = Some(result);
        }
    });
    if progress.cancelled() {
        return Err(StoreError::Cancelled);
    }
    Ok(results.into_iter().flatten().collect())
}
