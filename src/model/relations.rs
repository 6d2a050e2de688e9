//! What can be wrong with the arrows between annotations: one that points to nothing, and several that go round in a circle.
//!
//! Neither stops an edit: an annotation may be removed while another still points to it, and undo brings both back. So these are
//! questions, for whoever checks a project or takes one in.

use std::collections::{BTreeMap, BTreeSet};

use super::{Annotation, AnnotationId, AnnotationTable, Relation};

/// The arrows of a document that point to no annotation of it, each with the annotation that holds it.
pub fn dangling(table: &AnnotationTable) -> impl Iterator<Item = (&Annotation, &Relation)> {
    table.iter().flat_map(move |annotation| {
        let lost = annotation.relations.iter().filter(move |relation| table.get(relation.target).is_none());
        lost.map(move |relation| (&**annotation, relation))
    })
}

/// Annotations from which arrows of one kind lead back to themselves, for each kind that has such: the kind, and what lies on its circles or
/// between two of them, in the order of the ids. Arrows are given as source, kind and target.
pub fn circles<'a, Id: Copy + Ord>(
    arrows: impl IntoIterator<Item = (Id, &'a str, Id)>,
) -> Vec<(&'a str, Vec<Id>)> {
    let mut kinds: BTreeMap<&str, Vec<(Id, Id)>> = BTreeMap::new();
    for (source, kind, target) in arrows {
        kinds.entry(kind).or_default().push((source, target));
    }
    let round = |(kind, arrows): (&'a str, Vec<(Id, Id)>)| {
        let backwards: Vec<(Id, Id)> = arrows.iter().map(|&(source, target)| (target, source)).collect();
        let left = &unpeeled(&arrows) & &unpeeled(&backwards);
        (!left.is_empty()).then(|| (kind, left.into_iter().collect()))
    };
    kinds.into_iter().filter_map(round).collect()
}

/// What is left when everything that no arrow reaches is taken away, again and again, with the arrows from it.
fn unpeeled<Id: Copy + Ord>(arrows: &[(Id, Id)]) -> BTreeSet<Id> {
    let mut targets: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    let mut reached: BTreeMap<Id, usize> = BTreeMap::new();
    for &(source, target) in arrows {
        targets.entry(source).or_default().push(target);
        reached.entry(source).or_default();
        *reached.entry(target).or_default() += 1;
    }
    let mut free: Vec<Id> = reached.iter().filter(|(_, times)| **times == 0).map(|(&id, _)| id).collect();
    while let Some(id) = free.pop() {
        reached.remove(&id);
        for target in targets.remove(&id).unwrap_or_default() {
            if let Some(times) = reached.get_mut(&target) {
                *times -= 1;
                if *times == 0 {
                    free.push(target);
                }
            }
        }
    }
    reached.into_keys().collect()
}

/// The arrows of one document, as [`circles`] asks for them.
pub fn arrows(table: &AnnotationTable) -> impl Iterator<Item = (AnnotationId, &str, AnnotationId)> {
    table.iter().flat_map(|annotation| {
        let relations = annotation.relations.iter();
        relations.map(move |relation| (annotation.id, relation.kind.as_str(), relation.target))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_arrows_of_one_kind_that_come_back_are_a_circle() {
        for (arrows, expected) in [
            (vec![], vec![]),
            (vec![(1, "a", 2), (2, "a", 3), (1, "a", 3)], vec![]),
            (vec![(1, "a", 2), (2, "b", 1)], vec![]),
            (vec![(1, "a", 1)], vec![("a", vec![1])]),
            (vec![(0, "a", 1), (1, "a", 2), (2, "a", 1), (2, "a", 3)], vec![("a", vec![1, 2])]),
            (
                vec![(1, "b", 2), (2, "b", 1), (5, "a", 6), (6, "a", 5)],
                vec![("a", vec![5, 6]), ("b", vec![1, 2])],
            ),
        ] {
            assert_eq!(circles(arrows), expected);
        }
    }

    #[test]
    fn a_long_chain_exhausts_no_stack() {
        let chain = (0..200_000).map(|at| (at, "next", at + 1));
        assert_eq!(circles(chain.chain([(200_000, "next", 0)]))[0].1.len(), 200_001);
    }
}
