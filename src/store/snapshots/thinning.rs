//! Which snapshots go as they grow old: never one that somebody asked for.

use super::{Snapshot, Why};
use crate::model::Timestamp;

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Of the last days every snapshot stays …
const ALL: i64 = 2;

/// … then one a day up to this age, in days …
const DAILY: i64 = 14;

/// … then one a week up to this age, then one a month for ever.
const WEEKLY: i64 = 70;

/// The names of the snapshots that go, given all of them in any order: of those that share a day, a week or a month the latest stays.
pub(super) fn to_thin_out<'a>(snapshots: impl Iterator<Item = &'a Snapshot>, now: Timestamp) -> Vec<String> {
    let mut own: Vec<&Snapshot> = snapshots.filter(|snapshot| snapshot.why != Why::Asked).collect();
    own.sort_by_key(|snapshot| std::cmp::Reverse(snapshot.made));
    let mut taken = Vec::new();
    let mut goes = Vec::new();
    for snapshot in own {
        let made = snapshot.made.milliseconds();
        let age = (now.milliseconds() - made) / DAY;
        let written = snapshot.made.to_string();
        let period = match age {
            ..ALL => continue,
            ALL..DAILY => ("day", written.get(..10).unwrap_or_default().to_owned()),
            DAILY..WEEKLY => ("week", made.div_euclid(7 * DAY).to_string()),
            _ => ("month", written.get(..7).unwrap_or_default().to_owned()),
        };
        if taken.contains(&period) {
            goes.push(snapshot.name.clone());
        } else {
            taken.push(period);
        }
    }
    goes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Coder;

    fn snapshot(hours_ago: i64, why: Why) -> Snapshot {
        Snapshot {
            name: hours_ago.to_string(),
            made: Timestamp::from_milliseconds(NOW - hours_ago * DAY / 24),
            coder: Coder::new("سارة"),
            why,
            title: String::new(),
            documents: 0,
            annotations: 0,
            tags: 0,
        }
    }

    const NOW: i64 = 1_700_000_000_000;

    #[test]
    fn what_grows_old_becomes_rare_and_what_was_asked_for_stays() {
        // Three years, three a day, every tenth asked for.
        let all: Vec<Snapshot> = (0..3 * 365 * 3)
            .map(|at| snapshot(at * 8, if at % 10 == 0 { Why::Asked } else { Why::Daily }))
            .collect();
        let now = Timestamp::from_milliseconds(NOW);
        let goes = to_thin_out(all.iter(), now);
        let stays: Vec<&Snapshot> = all.iter().filter(|one| !goes.contains(&one.name)).collect();
        let age = |one: &&&Snapshot| (NOW - one.made.milliseconds()) / DAY;
        let is_own = |one: &&&Snapshot| one.why != Why::Asked;
        assert!(all.iter().filter(|one| one.why == Why::Asked).all(|one| !goes.contains(&one.name)));
        let own = |from: i64, to: i64| {
            stays.iter().filter(is_own).filter(|one| (from..to).contains(&age(one))).count()
        };
        assert_eq!(own(0, 2), 5, "all of two days, but the one that was asked for");
        assert!((12..=13).contains(&own(2, 14)), "{}", own(2, 14));
        assert!((8..=9).contains(&own(14, 70)), "{}", own(14, 70));
        assert!((34..=36).contains(&own(70, 10_000)), "{}", own(70, 10_000));
        // Thinned out again the day after, little more goes, and in the end nothing.
        let left: Vec<Snapshot> = stays.into_iter().cloned().collect();
        assert_eq!(to_thin_out(left.iter(), now), Vec::<String>::new());
    }

    #[test]
    fn a_clock_that_was_set_back_costs_nothing() {
        let all = [snapshot(-5000, Why::Daily), snapshot(-3, Why::Daily), snapshot(1, Why::Import)];
        assert!(to_thin_out(all.iter(), Timestamp::from_milliseconds(NOW)).is_empty());
    }
}
