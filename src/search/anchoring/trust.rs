//! How far a match of words can be trusted: whether it may be an accident, and whether another would do as well.

use super::matching::{Matching, Run, SIGN_BITS, Vocabulary};

/// How far a run can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    /// It may well be an accident.
    Weak,
    /// It is more likely true than not.
    Fair,
    /// It stands once, and tells so much that it can hardly be an accident.
    Sure,
}

/// So many bits beyond its choice of places make a run sure: one accident in 262,144.
const SURE_BITS: f64 = 18.0;

/// So many make it fair.
const FAIR_BITS: f64 = 12.0;

/// With fewer, it is no match at all; …
const SOME_BITS: f64 = 1.0;

/// … nor is one of nothing but signs with fewer than these.
const SIGNS_BITS: f64 = 4.0;

/// Trust spreads from sure runs to their neighbours so often at most.
const ROUNDS: usize = 12;

/// The sure runs nearest to each run, before and after it; `None` is the edge of the text.
struct Neighbours {
    before: Vec<Option<usize>>,
    after: Vec<Option<usize>>,
}

impl Neighbours {
    /// In the order in which runs are listed.
    fn of(order: &[usize], is_sure: &[bool]) -> Self {
        let mut near = Self { before: vec![None; order.len()], after: vec![None; order.len()] };
        let mut last = None;
        for &at in order {
            near.before[at] = last;
            if is_sure[at] {
                last = Some(at);
            }
        }
        last = None;
        for &at in order.iter().rev() {
            near.after[at] = last;
            if is_sure[at] {
                last = Some(at);
            }
        }
        near
    }
}

/// The order of runs in the new text.
pub(super) fn order_in_new(runs: &[Run]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_unstable_by_key(|&at| (runs[at].new, at));
    order
}

/// How far each run can be trusted; `None` where it is no match at all. The runs are in the order of the old text.
pub(super) fn judge(vocabulary: &Vocabulary, runs: &[Run]) -> Vec<Option<Trust>> {
    let (old, new) = (vocabulary.old.len(), vocabulary.new.len());
    let bits: Vec<f64> = runs.iter().map(|run| vocabulary.bits(run.old..run.old_end())).collect();
    let choice = (old.max(1) as f64).log2() + (new.max(1) as f64).log2();
    let mut evidence: Vec<f64> = bits.iter().map(|bits| bits - choice).collect();
    let alone: Vec<bool> = runs.iter().map(|&run| vocabulary.is_alone(run, 0..old, 0..new)).collect();
    let mut is_sure: Vec<bool> =
        evidence.iter().zip(&alone).map(|(evidence, alone)| *alone && *evidence >= SURE_BITS).collect();
    let by_old: Vec<usize> = (0..runs.len()).collect();
    let by_new = order_in_new(runs);
    let mut is_single = alone.clone();
    for _ in 0..ROUNDS {
        let in_old = Neighbours::of(&by_old, &is_sure);
        let in_new = Neighbours::of(&by_new, &is_sure);
        let mut spread = false;
        for (at, &run) in runs.iter().enumerate() {
            if is_sure[at] {
                continue;
            }
            // A neighbour counts only where it is the neighbour in both texts: then the run lies in its place in their order.
            let before = (in_old.before[at] == in_new.before[at]).then(|| {
                let end =
                    in_old.before[at].map_or((0, 0), |near| (runs[near].old_end(), runs[near].new_end()));
                (end, (run.old - end.0, run.new - end.1))
            });
            let after = (in_old.after[at] == in_new.after[at]).then(|| {
                let start = in_old.after[at].map_or((old, new), |near| (runs[near].old, runs[near].new));
                (start, (start.0 - run.old_end(), start.1 - run.new_end()))
            });
            // The nearer the neighbour, the fewer places there were to choose from.
            let choice = [before, after]
                .into_iter()
                .flatten()
                .map(|(_, (old, new))| ((old + 1) as f64).log2() + ((new + 1) as f64).log2())
                .fold(f64::INFINITY, f64::min);
            if bits[at] - choice > evidence[at] {
                evidence[at] = bits[at] - choice;
            }
            if let (Some((from, _)), Some((until, _))) = (before, after) {
                is_single[at] |= vocabulary.is_alone(run, from.0..until.0, from.1..until.1);
            }
            if is_single[at] && evidence[at] >= SURE_BITS {
                is_sure[at] = true;
                spread = true;
            }
        }
        if !spread {
            break;
        }
    }
    (0..runs.len())
        .map(|at| {
            if is_sure[at] {
                Some(Trust::Sure)
            } else if is_single[at] && evidence[at] >= FAIR_BITS {
                Some(Trust::Fair)
            } else {
                let only_signs = bits[at] <= f64::from(SIGN_BITS) * runs[at].len as f64;
                let least = if only_signs { SIGNS_BITS } else { SOME_BITS };
                (evidence[at] >= least).then_some(Trust::Weak)
            }
        })
        .collect()
}

/// Marks old words that could as well be matched to others: the end of a run that stands the same, unmatched, before the run that follows it, or the beginning of one that stands the same
/// after the run before it: the border between them might as well lie elsewhere.
pub(super) fn beside(vocabulary: &Vocabulary, matching: &Matching<'_>, runs: &[Run], doubtful: &mut [bool]) {
    let (old, new) = (&vocabulary.old, &vocabulary.new);
    let edges = (Run { old: 0, new: 0, len: 0 }, Run { old: old.len(), new: new.len(), len: 0 });
    let mut mark = |one: Run, other: Run| {
        let tail = |row: &[u32], end: usize, rival: usize, is_free: &dyn Fn(usize) -> bool| {
            (1..=one.len.min(rival))
                .take_while(|&back| is_free(rival - back) && row[rival - back] == row[end - back])
                .count()
        };
        let head = |row: &[u32], start: usize, rival: usize, is_free: &dyn Fn(usize) -> bool| {
            (0..other.len.min(row.len() - rival))
                .take_while(|&on| is_free(rival + on) && row[rival + on] == row[start + on])
                .count()
        };
        let free_old = |at: usize| matching.is_free_old(at);
        let free_new = |at: usize| matching.is_free_new(at);
        let tails = tail(old, one.old_end(), other.old, &free_old).max(tail(
            new,
            one.new_end(),
            other.new,
            &free_new,
        ));
        let heads = head(old, other.old, one.old_end(), &free_old).max(head(
            new,
            other.new,
            one.new_end(),
            &free_new,
        ));
        doubtful[one.old_end() - tails..one.old_end()].fill(true);
        doubtful[other.old..other.old + heads].fill(true);
    };
    let by_new = order_in_new(runs).into_iter().map(|at| runs[at]).collect::<Vec<_>>();
    for order in [runs, &by_new] {
        let row: Vec<Run> = std::iter::once(edges.0).chain(order.iter().copied()).chain([edges.1]).collect();
        for pair in row.windows(2) {
            mark(pair[0], pair[1]);
        }
    }
}
