//! Places in a document's text, counted in UTF-8 bytes and in nothing else.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A distance from the start of a document's text, in UTF-8 bytes. A document is smaller than 4 GiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ByteOffset(pub u32);

impl ByteOffset {
    /// The offset as an index into the text.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The offset for an index into a text.
    ///
    /// # Panics
    /// When the index is 4 GiB or more: import refuses such texts.
    pub fn at(index: usize) -> Self {
        Self(u32::try_from(index).expect("texts of 4 GiB and more are refused at import"))
    }
}

/// A half-open range of a document's text, in UTF-8 bytes; `start` is part of it and `end` is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(u32, u32)", into = "(u32, u32)")]
pub struct Span {
    /// The first byte.
    pub start: ByteOffset,
    /// The byte after the last.
    pub end: ByteOffset,
}

impl Span {
    /// The span over a range of indices.
    pub fn new(range: Range<usize>) -> Self {
        Self { start: ByteOffset::at(range.start), end: ByteOffset::at(range.end) }
    }

    /// The same range as indices into the text.
    pub fn range(self) -> Range<usize> {
        self.start.index()..self.end.index()
    }

    /// Its length in bytes.
    pub fn len(self) -> usize {
        self.end.index().saturating_sub(self.start.index())
    }

    /// Whether nothing lies in it.
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Whether both share at least one byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }
}

impl From<(u32, u32)> for Span {
    fn from((start, end): (u32, u32)) -> Self {
        Self { start: ByteOffset(start), end: ByteOffset(end) }
    }
}

impl From<Span> for (u32, u32) {
    fn from(span: Span) -> Self {
        (span.start.0, span.end.0)
    }
}
