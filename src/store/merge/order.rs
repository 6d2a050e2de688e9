//! Two orders of one list, against the one both came from.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// The order of the things to keep, and whether both sides ordered what they share differently: then the order is that of `mine`.
///
/// What only one side has goes after what it stood behind there. Where both put something in one place, what has the smaller id at its
/// head goes first, so that it does not matter who merges.
pub(super) fn merge_order<Id: Copy + Eq + Ord + Hash>(
    base: &[Id],
    mine: &[Id],
    theirs: &[Id],
    keep: &HashSet<Id>,
) -> (Vec<Id>, bool) {
    let in_mine: HashSet<Id> = mine.iter().copied().collect();
    let in_theirs: HashSet<Id> = theirs.iter().copied().collect();
    let is_shared = |id: &Id| keep.contains(id) && in_mine.contains(id) && in_theirs.contains(id);
    let shared = |list: &[Id]| -> Vec<Id> { list.iter().copied().filter(is_shared).collect() };
    let (old, ours, others) = (shared(base), shared(mine), shared(theirs));
    let known: HashSet<Id> = old.iter().copied().collect();
    let of_old = |list: &[Id]| -> Vec<Id> { list.iter().copied().filter(|id| known.contains(id)).collect() };
    let (is_ours_old, is_others_old) = (of_old(&ours) == old, of_old(&others) == old);
    let is_conflict = ours != others && !is_ours_old && !is_others_old;
    let spine = match (is_ours_old, is_others_old) {
        (true, true) => ours.min(others),
        (true, false) => others,
        (false, _) => ours,
    };
    let mut after: HashMap<Option<Id>, Vec<Vec<Id>>> = HashMap::new();
    for list in [mine, theirs] {
        let mut anchor = None;
        let mut waiting: HashMap<Option<Id>, Vec<Id>> = HashMap::new();
        let mut anchors = Vec::new();
        for &id in list {
            if is_shared(&id) {
                anchor = Some(id);
            } else if keep.contains(&id) {
                let group = waiting.entry(anchor).or_default();
                if group.is_empty() {
                    anchors.push(anchor);
                }
                group.push(id);
            }
        }
        for anchor in anchors {
            after.entry(anchor).or_default().extend(waiting.remove(&anchor));
        }
    }
    let mut order = Vec::with_capacity(keep.len());
    for anchor in std::iter::once(None).chain(spine.into_iter().map(Some)) {
        order.extend(anchor);
        let mut groups = after.remove(&anchor).unwrap_or_default();
        groups.sort_by_key(|group| group.first().copied());
        order.extend(groups.into_iter().flatten());
    }
    (order, is_conflict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_side_adds_or_moves_keeps_its_place() {
        for (base, mine, theirs, keep, merged, is_conflict) in [
            ("abc", "abc", "abc", "abc", "abc", false),
            ("abc", "abxc", "abc", "abxc", "abxc", false),
            ("abc", "abc", "abxc", "abxc", "abxc", false),
            ("abc", "abcx", "abcy", "abcxy", "abcxy", false),
            ("abc", "abcy", "abcx", "abcxy", "abcxy", false),
            ("abc", "cab", "abcx", "abcx", "cxab", false),
            ("abc", "cab", "abc", "abc", "cab", false),
            ("abc", "abc", "bca", "abc", "bca", false),
            ("abc", "bca", "cab", "abc", "bca", true),
            ("abc", "ac", "abc", "ac", "ac", false),
            ("abc", "ac", "abc", "abc", "abc", false),
            ("", "xy", "ab", "abxy", "abxy", false),
            ("", "ab", "ab", "ab", "ab", false),
        ] {
            let list = |text: &str| -> Vec<char> { text.chars().collect() };
            let keep: HashSet<char> = keep.chars().collect();
            let found = merge_order(&list(base), &list(mine), &list(theirs), &keep);
            let found = (found.0.into_iter().collect::<String>(), found.1);
            assert_eq!(found, (merged.to_owned(), is_conflict), "{base} {mine} {theirs}");
        }
    }
}
