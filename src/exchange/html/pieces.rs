//! Cutting a text into pieces on which the same annotations lie, none longer than a line.

use std::collections::BTreeSet;

use crate::model::Annotation;

/// A part of the text.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece {
    /// Bytes.
    pub start: usize,
    pub end: usize,
    /// The annotations on it, by their places in the list, in its order.
    pub on: Vec<usize>,
}

/// The pieces of each line, in order; a line end belongs to no piece.
pub fn lines(text: &str, annotations: &[&Annotation]) -> Vec<Vec<Piece>> {
    // Where annotations begin or end, in the order of the text.
    let mut events: Vec<(usize, bool, usize)> = Vec::new();
    for (at, annotation) in annotations.iter().enumerate() {
        for span in &annotation.spans {
            events.push((span.start.index(), true, at));
            events.push((span.end.index(), false, at));
        }
    }
    events.sort_unstable();
    let mut events = events.into_iter().peekable();
    let mut on: BTreeSet<usize> = BTreeSet::new();
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.len();
        let mut pieces = Vec::new();
        let mut from = start;
        let mut push = |from: usize, to: usize, on: &BTreeSet<usize>| {
            if from < to {
                pieces.push(Piece { start: from, end: to, on: on.iter().copied().collect() });
            }
        };
        // Up to the line end, and what happens at it: it is a character as well.
        while let Some((at, begins, which)) = events.next_if(|event| event.0 <= end) {
            push(from, at, &on);
            from = from.max(at);
            if begins {
                on.insert(which);
            } else {
                on.remove(&which);
            }
        }
        push(from, end, &on);
        lines.push(pieces);
        start = end + 1;
    }
    lines
}

/// The lane of each annotation, from 0: those that lie over one another have different ones, as far as there are lanes.
pub fn lanes(annotations: &[&Annotation], most: usize) -> Vec<usize> {
    let mut ends: Vec<usize> = Vec::new();
    let mut lanes = Vec::with_capacity(annotations.len());
    for annotation in annotations {
        let extent = annotation.extent();
        let free = ends.iter().position(|end| *end <= extent.start.index());
        let lane = free.unwrap_or(ends.len());
        if lane == ends.len() {
            ends.push(0);
        }
        ends[lane] = extent.end.index();
        lanes.push(lane.min(most));
    }
    lanes
}
