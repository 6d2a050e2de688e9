//! The annotations of one document, in order, and quick to ask by place.

use std::sync::Arc;

use super::{Annotation, AnnotationId, ByteOffset, Span};

/// How many entries share one summary of how far they reach.
const BLOCK: usize = 64;

/// One row: the keys of the order beside the annotation, so that a search touches no annotation.
#[derive(Clone, Debug)]
struct Entry {
    start: ByteOffset,
    end: ByteOffset,
    id: AnnotationId,
    annotation: Arc<Annotation>,
}

impl Entry {
    fn key(&self) -> (ByteOffset, ByteOffset, AnnotationId) {
        (self.start, self.end, self.id)
    }
}

/// All annotations of one document, of all coders, sorted by start, end and id. Cheap to snapshot behind an `Arc`.
#[derive(Clone, Debug, Default)]
pub struct AnnotationTable {
    entries: Vec<Entry>,
    /// For each block of entries, the largest end in it and in all blocks before it: where a query for a place may stop looking
    /// backwards.
    reach: Vec<ByteOffset>,
}

impl AnnotationTable {
    /// A table of these annotations, in any order; of two with one id the later is kept.
    pub fn new(annotations: impl IntoIterator<Item = Arc<Annotation>>) -> Self {
        let mut entries: Vec<Entry> = annotations.into_iter().map(entry).collect();
        entries.reverse();
        entries.sort_by_key(|entry| entry.id);
        entries.dedup_by_key(|entry| entry.id);
        entries.sort_by_key(Entry::key);
        let mut table = Self { entries, reach: Vec::new() };
        table.refresh_reach(0);
        table
    }

    /// How many annotations there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All annotations by start, end and id.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Annotation>> + ExactSizeIterator {
        self.entries.iter().map(|entry| &entry.annotation)
    }

    /// The annotation at a place in the order.
    pub fn nth(&self, index: usize) -> Option<&Arc<Annotation>> {
        self.entries.get(index).map(|entry| &entry.annotation)
    }

    /// The annotation of this id.
    pub fn get(&self, id: AnnotationId) -> Option<&Arc<Annotation>> {
        self.position(id).and_then(|at| self.nth(at))
    }

    /// Where in the order an annotation stands.
    pub fn position(&self, id: AnnotationId) -> Option<usize> {
        self.entries.iter().position(|entry| entry.id == id)
    }

    /// The annotations whose extent shares a byte with a span, in order. Takes time by the number found, and by how many long ones
    /// begin before it.
    pub fn overlapping(&self, span: Span) -> impl Iterator<Item = &Arc<Annotation>> {
        let past = self.entries.partition_point(|entry| entry.start < span.end);
        let first_block = self.reach.partition_point(|&reach| reach <= span.start);
        let from = (first_block * BLOCK).min(past);
        self.entries[from..past]
            .iter()
            .filter(move |entry| entry.end > span.start)
            .map(|entry| &entry.annotation)
    }

    /// Puts an annotation in, in place of the one with its id, which is returned.
    pub(super) fn put(&mut self, annotation: Arc<Annotation>) -> Option<Arc<Annotation>> {
        let before = self.take(annotation.id);
        let new = entry(annotation);
        let at = self.entries.partition_point(|entry| entry.key() < new.key());
        self.entries.insert(at, new);
        self.refresh_reach(at / BLOCK);
        before
    }

    /// Takes the annotation of this id out.
    pub(super) fn take(&mut self, id: AnnotationId) -> Option<Arc<Annotation>> {
        let at = self.position(id)?;
        let taken = self.entries.remove(at);
        self.refresh_reach(at / BLOCK);
        Some(taken.annotation)
    }

    fn refresh_reach(&mut self, from_block: usize) {
        self.reach.truncate(from_block);
        let mut reach = self.reach.last().copied().unwrap_or_default();
        for block in self.entries.chunks(BLOCK).skip(from_block) {
            reach = block.iter().map(|entry| entry.end).fold(reach, ByteOffset::max);
            self.reach.push(reach);
        }
    }
}

impl PartialEq for AnnotationTable {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

fn entry(annotation: Arc<Annotation>) -> Entry {
    let extent = annotation.extent();
    Entry { start: extent.start, end: extent.end, id: annotation.id, annotation }
}
