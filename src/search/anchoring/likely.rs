//! Which parts of a text may hold most words of a quotation, and by how much two rows differ.
//!
//! Both cost what is sought, and not how often its words stand in the text: of the words only the rarest vote, only the parts with the most
//! votes are looked at, and rows that differ by more than a limit are not followed to their ends (Myers, An O(ND) Difference Algorithm and Its
//! Variations, 1986). What lies past a limit counts as not found.

use std::cmp::Reverse;

/// A word that stands more often tells nothing.
const MANY_PLACES: usize = 2_000;

/// So many places of words vote at most for where a quotation begins.
const VOTES: usize = 20_000;

/// So many pairs of words may be compared at most, one of the quotation and one of a part of the text.
const PAIRS: usize = 4_000_000;

/// So many parts of a text are looked at, however many pairs they are.
const PARTS: std::ops::RangeInclusive<usize> = 4..=256;

/// By so much the words of a quotation may be shifted against one another: a quarter of their number.
pub(super) fn slack(words: usize) -> usize {
    words / 4 + 1
}

/// About where in a text a row of words may begin of which at least half stand there in order, by the index of a word; the likeliest first.
/// `places` gives the places of a word in the text, in order.
pub(super) fn starts<'p>(wanted: &[u64], places: impl Fn(u64) -> &'p [(u64, usize)]) -> Vec<usize> {
    let half = wanted.len().div_ceil(2);
    let mut by_rarity: Vec<(&[(u64, usize)], usize)> =
        wanted.iter().zip(0..).map(|(&key, index)| (places(key), index)).collect();
    by_rarity.retain(|(places, _)| !places.is_empty());
    if by_rarity.len() < half {
        return Vec::new();
    }
    let there = by_rarity.len();
    by_rarity.retain(|(places, _)| places.len() <= MANY_PLACES);
    by_rarity.sort_unstable_by_key(|(places, index)| (places.len(), *index));
    let mut votes: Vec<usize> = Vec::new();
    let mut voting = 0;
    for (places, index) in by_rarity {
        if votes.len() + places.len() > VOTES {
            break;
        }
        voting += 1;
        votes.extend(places.iter().map(|(_, at)| at.saturating_sub(index)));
    }
    votes.sort_unstable();
    // Those that do not vote may all stand there; of those that do, more than a few must.
    let least = half.saturating_sub(there - voting).max(voting.div_ceil(3)).max(1);
    let slack = slack(wanted.len());
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let mut until = 0;
    for (at, &start) in votes.iter().enumerate() {
        until += votes[until..].iter().take_while(|&&later| later <= start + slack).count();
        let count = until - at;
        if count < least {
            continue;
        }
        match parts.last_mut() {
            Some((last, most)) if start <= *last + wanted.len() => {
                if count > *most {
                    (*last, *most) = (start, count);
                }
            }
            _ => parts.push((start, count)),
        }
    }
    parts.sort_by_key(|(_, count)| Reverse(*count));
    let pairs = wanted.len() * (wanted.len() + 2 * slack);
    parts.truncate((PAIRS / pairs.max(1)).clamp(*PARTS.start(), *PARTS.end()));
    parts.into_iter().map(|(start, _)| start).collect()
}

/// So many differences are followed at most.
const DIFFERENCES: usize = 2_000;

/// And in long rows fewer, so that no more steps are made than this.
const STEPS: usize = 16_000_000;

/// How many items two rows have in common in the same order (the longest common subsequence); `None` where that is less than `least`, or where
/// there are too many differences to know it.
pub(super) fn in_common<T: Eq>(one: &[T], other: &[T], least: usize) -> Option<usize> {
    if one.len().min(other.len()) < least {
        return None;
    }
    let all = one.len() + other.len();
    let most = (all - 2 * least).min(DIFFERENCES).min((STEPS / all.max(1)).max(64));
    Some((all - differences(one, other, most)?) / 2)
}

/// How many items have to be taken away or put in to make one row of the other; `None` where that is more than `most`.
fn differences<T: Eq>(one: &[T], other: &[T], most: usize) -> Option<usize> {
    // For each diagonal (the index in the one row less that in the other), how far in the one row its furthest path leads.
    let middle = most + 1;
    let mut furthest = vec![0_usize; 2 * middle + 1];
    for count in 0..=most {
        for at in (middle - count..=middle + count).step_by(2) {
            let is_put_in =
                at == middle - count || (at < middle + count && furthest[at - 1] < furthest[at + 1]);
            let mut x = if is_put_in { furthest[at + 1] } else { furthest[at - 1] + 1 };
            let y = x + middle - at;
            let (rest, other_rest) = (one.get(x..).unwrap_or(&[]), other.get(y..).unwrap_or(&[]));
            x += rest.iter().zip(other_rest).take_while(|(one, other)| one == other).count();
            if x >= one.len() && x + middle - at >= other.len() {
                return Some(count);
            }
            furthest[at] = x;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same by the table of all pairs.
    fn by_table(one: &[u8], other: &[u8]) -> usize {
        let mut row = vec![0; other.len() + 1];
        for a in one {
            let mut before = 0;
            for (at, b) in other.iter().enumerate() {
                let above = row[at + 1];
                row[at + 1] = if a == b { before + 1 } else { above.max(row[at]) };
                before = above;
            }
        }
        row[other.len()]
    }

    proptest! {
        #[test]
        fn what_two_rows_have_in_common_is_what_the_table_of_all_pairs_says(
            one in proptest::collection::vec(0..4_u8, 0..40),
            other in proptest::collection::vec(0..4_u8, 0..40),
            least in 0..40_usize,
        ) {
            let expected = by_table(&one, &other);
            prop_assert_eq!(in_common(&one, &other, least), Some(expected).filter(|&common| common >= least));
        }

        /// Whatever the text, a row with some words changed, put in and taken away begins about where a part of it is said to.
        #[test]
        fn a_row_of_which_most_is_left_begins_in_one_of_the_parts(
            text in proptest::collection::vec(0..400_u64, 60..300),
            at in 0..40_usize,
            length in 4..20_usize,
            changed in 0..20_usize,
        ) {
            let mut wanted = text[at..at + length].to_vec();
            wanted[changed % length] = 1_000;
            let mut places: Vec<(u64, usize)> = text.iter().zip(0..).map(|(&word, at)| (word, at)).collect();
            places.sort_unstable();
            let of = |word: u64| {
                let from = places.partition_point(|(other, _)| *other < word);
                &places[from..from + places[from..].partition_point(|(other, _)| *other == word)]
            };
            let near = |start: &usize| start.abs_diff(at) <= length + slack(length);
            prop_assert!(starts(&wanted, of).iter().any(near));
        }
    }

    #[test]
    fn rows_that_differ_by_too_much_are_not_followed() {
        let (one, other): (Vec<u32>, Vec<u32>) = ((0..9_000).collect(), (0..9_000).rev().collect());
        assert_eq!(in_common(&one, &other, 0), None);
        let changed: Vec<u32> = one.iter().map(|&word| if word % 50 == 0 { 90_000 } else { word }).collect();
        assert_eq!(in_common(&one, &changed, 4_500), Some(9_000 - 9_000 / 50));
    }
}
