//! The annotations of one document, in order, and quick to ask by place.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Annotation, AnnotationId, ByteOffset, Span};

/// How many entries share one summary of how far they reach.
const BLOCK: usize = 64;

/// One row: where the annotation lies beside it, so that a search by place touches no annotation.
#[derive(Clone, Debug)]
struct Entry {
    start: ByteOffset,
    end: ByteOffset,
    annotation: Arc<Annotation>,
}

impl Entry {
    fn id(&self) -> AnnotationId {
        self.annotation.id
    }

    /// By start, end and id, which only ties ask for.
    fn order(&self, other: &Self) -> Ordering {
        (self.start, self.end).cmp(&(other.start, other.end)).then_with(|| self.id().cmp(&other.id()))
    }
}

/// All annotations of one document, of all coders, sorted by start, end and id. Cheap to snapshot behind an `Arc`.
#[derive(Clone, Debug, Default)]
pub struct AnnotationTable {
    entries: Vec<Entry>,
    /// Where each entry stands, in the order of the ids. A million annotations are kept in few bytes each, so it holds no id itself.
    by_id: Vec<u32>,
    /// For each block of entries, the largest end in it: a query for a place passes over the blocks that end before it.
    reach: Vec<ByteOffset>,
}

impl AnnotationTable {
    /// A table of these annotations, in any order; of two with one id the later is kept.
    pub fn new(annotations: impl IntoIterator<Item = Arc<Annotation>>) -> Self {
        let mut entries: Vec<Entry> = annotations.into_iter().map(entry).collect();
        entries.reverse();
        entries.sort_by_key(Entry::id);
        entries.dedup_by_key(|entry| entry.id());
        entries.sort_by(Entry::order);
        let mut by_id: Vec<u32> = (0..entries.len()).map(place).collect();
        by_id.sort_by_key(|&at| entries[at as usize].id());
        let mut table = Self { entries, by_id, reach: Vec::new() };
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
        Some(self.by_id[self.rank(id).ok()?] as usize)
    }

    /// Where in the order of the ids an id stands, or would stand.
    fn rank(&self, id: AnnotationId) -> Result<usize, usize> {
        self.by_id.binary_search_by_key(&id, |&at| self.entries[at as usize].id())
    }

    /// The annotations whose extent shares a byte with a span, in order. However long some are, blocks of others that end before the
    /// span cost one look each.
    pub fn overlapping(&self, span: Span) -> impl Iterator<Item = &Arc<Annotation>> {
        let past = self.entries.partition_point(|entry| entry.start < span.end);
        let blocks = self.entries[..past].chunks(BLOCK).zip(&self.reach);
        blocks
            .filter(move |(_, reach)| **reach > span.start)
            .flat_map(|(block, _)| block)
            .filter(move |entry| entry.end > span.start)
            .map(|entry| &entry.annotation)
    }

    /// Puts an annotation in, in place of the one with its id, which is returned.
    pub(super) fn put(&mut self, annotation: Arc<Annotation>) -> Option<Arc<Annotation>> {
        let before = self.take(annotation.id);
        let new = entry(annotation);
        let at = self.entries.partition_point(|entry| entry.order(&new) == Ordering::Less);
        let rank = self.rank(new.id()).unwrap_or_else(|rank| rank);
        // Many are often put in one after the other in the order of the text: behind the last nothing moves.
        if at < self.entries.len() {
            self.by_id.iter_mut().filter(|other| **other as usize >= at).for_each(|other| *other += 1);
        }
        self.by_id.insert(rank, place(at));
        self.entries.insert(at, new);
        self.refresh_reach(at / BLOCK);
        before
    }

    /// Takes the annotation of this id out.
    pub(super) fn take(&mut self, id: AnnotationId) -> Option<Arc<Annotation>> {
        let at = self.by_id.remove(self.rank(id).ok()?) as usize;
        let taken = self.entries.remove(at);
        if at < self.entries.len() {
            self.by_id.iter_mut().filter(|other| **other as usize > at).for_each(|other| *other -= 1);
        }
        self.refresh_reach(at / BLOCK);
        Some(taken.annotation)
    }

    fn refresh_reach(&mut self, from_block: usize) {
        self.reach.truncate(from_block);
        let blocks = self.entries.chunks(BLOCK).skip(from_block);
        self.reach.extend(blocks.map(|block| block.iter().map(|entry| entry.end).max().unwrap_or_default()));
    }
}

impl PartialEq for AnnotationTable {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

fn entry(annotation: Arc<Annotation>) -> Entry {
    let extent = annotation.extent();
    Entry { start: extent.start, end: extent.end, annotation }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).expect("so many annotations of one document fit into no memory")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Coder, DocumentId, Quote, Timestamp};

    fn annotation(id: u32, start: u32, end: u32) -> Arc<Annotation> {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&id.to_be_bytes());
        Arc::new(Annotation {
            id: AnnotationId::from_bytes(bytes),
            document: DocumentId::from_bytes([0; 16]),
            spans: vec![Span::from((start, end))],
            tags: Vec::new(),
            note: String::new(),
            attributes: Vec::new(),
            relations: Vec::new(),
            coder: Coder::new("A."),
            created: Timestamp::default(),
            modified: Timestamp::default(),
            quote: Quote::default(),
        })
    }

    /// Puts and takes by a fixed rule, some annotations very long, some ids put again elsewhere; after each step every question has the
    /// answer of a plain list.
    #[test]
    fn every_question_is_answered_as_by_a_plain_list() {
        let mut table = AnnotationTable::default();
        let mut plain: Vec<Arc<Annotation>> = Vec::new();
        let mut state = 7u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        for step in 0..700 {
            let id = next(400);
            let start = next(5000);
            let length = if next(40) == 0 { 3000 } else { 1 + next(30) };
            let one = annotation(id, start, start + length);
            plain.retain(|other| other.id != one.id);
            if step % 5 == 4 {
                table.take(one.id);
            } else {
                plain.push(Arc::clone(&one));
                table.put(one);
            }
            plain.sort_by_key(|one| (one.extent().start, one.extent().end, one.id));
            assert!(table.iter().eq(&plain));
            let asked = Span::from((start + 10, start + 60));
            let overlapping = plain.iter().filter(|one| one.extent().overlaps(asked));
            assert!(table.overlapping(asked).eq(overlapping), "step {step}");
            if step % 50 == 0 {
                assert_eq!(AnnotationTable::new(plain.iter().cloned()), table);
                for (at, one) in plain.iter().enumerate() {
                    assert_eq!(table.position(one.id), Some(at));
                }
                assert_eq!(table.position(annotation(9999, 0, 1).id), None);
            }
        }
        assert!(table.len() > 3 * BLOCK, "the table has several blocks");
    }
}
