//! The immutable text of a document, and where it may be cut.

use std::ops::{Deref, Range};
use std::sync::Arc;

use unicode_segmentation::{GraphemeCursor, GraphemeIncomplete};

use super::{Quote, Span};

/// How many code points of context a [`Quote`] keeps on each side, at most.
const CONTEXT_CODE_POINTS: usize = 32;

/// A document's text: UTF-8, lines ended by LF, never normalised, never changed. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(Option<Arc<str>>);

impl Text {
    /// Takes a decoded text as it is.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(Some(text.into()))
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or("")
    }

    /// Whether the other is this very text in memory, so that what was derived from it holds.
    pub fn is_same(&self, other: &Text) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        }
    }

    /// The part of the text in a span, or `None` where the span leaves the text or cuts a code point.
    pub fn slice(&self, span: Span) -> Option<&str> {
        self.as_str().get(span.range())
    }

    /// Whether a cut at this byte leaves every grapheme cluster whole (UAX #29, extended clusters).
    pub fn is_boundary(&self, byte: usize) -> bool {
        let text = self.as_str();
        if byte == 0 || byte == text.len() {
            return true;
        }
        if !text.is_char_boundary(byte) {
            return false;
        }
        // Between halves of flags the number of those before decides (rules GB12 and GB13). The library looks each of them up in its tables,
        // which makes some kilobytes of flags a matter of seconds.
        let (before, after) = text.as_bytes().split_at(byte);
        if after.first_chunk().copied().is_some_and(is_half_of_flag)
            && let halves @ 1.. = halves_of_flags(before)
        {
            return halves % 2 == 0;
        }
        GraphemeCursor::new(byte, text.len(), true).is_boundary(text, 0).unwrap_or_else(|why| match why {
            GraphemeIncomplete::PreContext(_)
            | GraphemeIncomplete::PrevChunk
            | GraphemeIncomplete::NextChunk
            | GraphemeIncomplete::InvalidOffset => true,
        })
    }

    /// The nearest boundary at or before a byte; a byte past the end gives the end.
    pub fn boundary_before(&self, byte: usize) -> usize {
        let mut at = self.as_str().floor_char_boundary(byte);
        while !self.is_boundary(at) {
            at = self.as_str().floor_char_boundary(at - 1);
        }
        at
    }

    /// The nearest boundary at or after a byte; a byte past the end gives the end.
    pub fn boundary_after(&self, byte: usize) -> usize {
        let mut at = self.as_str().ceil_char_boundary(byte);
        while !self.is_boundary(at) {
            at = self.as_str().ceil_char_boundary(at + 1);
        }
        at
    }

    /// The smallest span of whole grapheme clusters that holds a range.
    pub fn widen(&self, range: Range<usize>) -> Span {
        let start = self.boundary_before(range.start);
        Span::new(start..self.boundary_after(range.end).max(start))
    }

    /// Whether a span lies in the text, holds something, and cuts no grapheme cluster.
    pub fn accepts(&self, span: Span) -> bool {
        let Range { start, end } = span.range();
        start < end && end <= self.as_str().len() && self.is_boundary(start) && self.is_boundary(end)
    }

    /// The quotation of spans: their text (parts joined by one space, as brat joins fragments) and up to 32 code points of
    /// whole grapheme clusters before the first and after the last.
    pub fn quote(&self, spans: &[Span]) -> Quote {
        let parts: Vec<&str> = spans.iter().map(|&span| self.slice(span).unwrap_or("")).collect();
        let start = spans.first().map_or(0, |span| span.start.index());
        let end = spans.last().map_or(0, |span| span.end.index());
        Quote {
            exact: parts.join(" ").into(),
            prefix: self.before(start).into(),
            suffix: self.after(end).into(),
        }
    }

    /// Whether a quotation is the one of these spans.
    pub fn is_quoted_by(&self, spans: &[Span], quote: &Quote) -> bool {
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
            return *quote == self.quote(spans);
        };
        let exact = match spans {
            [one] => self.slice(*one) == Some(&*quote.exact),
            _ => self.quote(spans).exact == quote.exact,
        };
        exact
            && self.before(first.start.index()) == &*quote.prefix
            && self.after(last.end.index()) == &*quote.suffix
    }

    /// Up to 32 code points of whole grapheme clusters that end at a byte.
    fn before(&self, end: usize) -> &str {
        let head = self.as_str().get(..end).unwrap_or("");
        let start = head.char_indices().rev().take(CONTEXT_CODE_POINTS).last().map_or(end, |(at, _)| at);
        self.as_str().get(self.boundary_after(start).min(end)..end).unwrap_or("")
    }

    /// Up to 32 code points of whole grapheme clusters that begin at a byte.
    fn after(&self, start: usize) -> &str {
        let tail = self.as_str().get(start..).unwrap_or("");
        let length = tail.char_indices().nth(CONTEXT_CODE_POINTS).map_or(tail.len(), |(at, _)| at);
        self.as_str().get(start..self.boundary_before(start + length).max(start)).unwrap_or("")
    }
}

/// Whether four bytes are a regional indicator, two of which make a flag.
fn is_half_of_flag(bytes: [u8; 4]) -> bool {
    matches!(bytes, [0xf0, 0x9f, 0x87, 0xa6..=0xbf])
}

/// How many regional indicators stand at the end.
fn halves_of_flags(bytes: &[u8]) -> usize {
    let (_, characters) = bytes.as_rchunks();
    characters.iter().rev().take_while(|bytes| is_half_of_flag(**bytes)).count()
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_segmentation::UnicodeSegmentation;

    /// A letter with two marks, a family emoji (seven code points), a flag, and a letter.
    const CLUSTERS: &str = "بَّ👨‍👩‍👧🇪🇬ج";

    #[test]
    fn every_range_widens_to_whole_clusters_and_only_as_far_as_needed() {
        let text = Text::new(CLUSTERS);
        let cuts: Vec<usize> = (0..=CLUSTERS.len()).filter(|&byte| text.is_boundary(byte)).collect();
        assert_eq!(cuts.len(), 5);
        for start in 0..=CLUSTERS.len() {
            for end in start..=CLUSTERS.len() {
                let span = text.widen(start..end);
                assert_eq!(span.start.index(), *cuts.iter().rfind(|&&cut| cut <= start).expect("0 is a cut"));
                assert_eq!(
                    span.end.index(),
                    *cuts.iter().find(|&&cut| cut >= end).expect("the end is a cut")
                );
            }
        }
    }

    #[test]
    fn flags_are_cut_between_pairs() {
        for before in ["", "a", "\u{301}", "\u{200d}", "\u{600}"] {
            for halves in 0..7 {
                let string = format!("{before}{}\u{301}🇸", "🇸".repeat(halves));
                let text = Text::new(string.as_str());
                let cuts: Vec<usize> = (0..string.len()).filter(|&byte| text.is_boundary(byte)).collect();
                let expected: Vec<usize> = string.grapheme_indices(true).map(|(at, _)| at).collect();
                assert_eq!(cuts, expected, "{string:?}");
            }
        }
    }

    #[test]
    fn a_quote_carries_whole_clusters_of_context() {
        let long = format!("{}ه{}", CLUSTERS.repeat(9), CLUSTERS.repeat(9));
        let text = Text::new(long.as_str());
        let at = CLUSTERS.len() * 9;
        let quote = text.quote(&[Span::new(at..at + 2)]);
        assert_eq!(&*quote.exact, "ه");
        assert!(long[..at].ends_with(&*quote.prefix) && long[at + 2..].starts_with(&*quote.suffix));
        for context in [&quote.prefix, &quote.suffix] {
            assert!((24..=32).contains(&context.chars().count()), "{context:?}");
        }
        assert!(text.is_boundary(at - quote.prefix.len()) && text.is_boundary(at + 2 + quote.suffix.len()));
    }
}
