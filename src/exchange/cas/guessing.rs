//! What refers to another structure where no type system says so.
//!
//! In XMI a reference looks like a number. A file that comes without its type system is read all the same; a number is taken for a reference only
//! where it could hardly be anything else.

use std::collections::HashMap;

use super::structure::{Structure, Value};
use super::types::Types;

/// Makes references of the features that must be some: lists of links, which have a target and no place of their own, and the next one of a
/// chain.
pub(super) fn guess(structures: &mut [Structure], by_id: &HashMap<u64, usize>, types: &Types) {
    let mut found: Vec<(usize, usize, Value)> = Vec::new();
    for (at, structure) in structures.iter().enumerate() {
        if types.is_declared(&structure.kind) || structure.get("begin").is_none() {
            continue;
        }
        for (number, (name, value)) in structure.features.iter().enumerate() {
            let Value::Text(text) = value else { continue };
            let ids: Option<Vec<u64>> = text.split_ascii_whitespace().map(|id| id.parse().ok()).collect();
            let Some(ids) = ids.filter(|ids| !ids.is_empty()) else { continue };
            let mut targets = ids.iter().map(|id| by_id.get(id).map(|&at| &structures[at]));
            let is_link =
                |target: &Structure| target.get("begin").is_none() && target.get("target").is_some();
            let is_next = name == "next" && ids.len() == 1;
            if targets.all(|target| {
                target.is_some_and(|target| is_link(target) || is_next && target.kind == structure.kind)
            }) {
                found.push((at, number, Value::References(ids)));
            }
        }
    }
    for (at, number, value) in found {
        structures[at].features[number].1 = value;
    }
}
