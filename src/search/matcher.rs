//! A query made ready, and its hits in a text.

use memchr::memmem::Finder;

use super::{Folding, Query};
use crate::model::{Span, Text};

/// A query made ready to be asked of many texts.
#[derive(Clone, Debug)]
pub struct Matcher<'q> {
    needle: Needle<'q>,
}

/// One way of matching for each folding.
#[derive(Clone, Debug)]
enum Needle<'q> {
    Exact(Finder<'q>),
}

impl<'q> Matcher<'q> {
    /// Prepares a query.
    pub fn new(query: &'q Query) -> Self {
        let needle = match query.folding() {
            Folding::None => Needle::Exact(Finder::new(query.text())),
        };
        Self { needle }
    }

    /// The hits in a text, in order. Each is widened to whole grapheme clusters (UAX #29), and none shares a byte with the next: the
    /// search goes on where the widened hit ends.
    pub fn hits<'t>(&'t self, text: &'t Text) -> impl Iterator<Item = Span> + 't {
        let mut from = 0;
        std::iter::from_fn(move || {
            let (start, end) = self.next(text, from)?;
            // `from` is a boundary, so widening does not reach back over it.
            let span = text.widen(start..end);
            from = span.end.index();
            Some(span)
        })
    }

    /// The first match at or after a byte, as it stands in the text.
    fn next(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        match &self.needle {
            Needle::Exact(finder) => {
                let start = from + finder.find(text.as_bytes().get(from..)?)?;
                Some((start, start + finder.needle().len()))
            }
        }
    }
}

/// The hits of a query in one text; see [`Matcher::hits`].
pub fn find(text: &Text, query: &Query) -> Vec<Span> {
    Matcher::new(query).hits(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hits(text: &str, query: &str) -> Vec<(usize, usize)> {
        let query = Query::new(query, Folding::None).expect("tests ask for something");
        find(&text.into(), &query).into_iter().map(|span| (span.range().start, span.range().end)).collect()
    }

    #[test]
    fn a_hit_is_exactly_what_was_asked_for() {
        assert_eq!(hits("قال الكرملين والكرملين", "الكرملين"), [(7, 23), (26, 42)]);
        assert_eq!(hits("بيلاروسيا", "بيلاروسيه"), []);
        assert_eq!(hits("", "ب"), []);
    }

    #[test]
    fn hits_do_not_overlap() {
        assert_eq!(hits("aaaaa", "aa"), [(0, 2), (2, 4)]);
    }

    #[test]
    fn a_hit_takes_in_the_marks_of_its_last_letter() {
        // beh with fatha, twice: the letter alone is found, and the mark comes with it.
        assert_eq!(hits("بَبَ", "ب"), [(0, 4), (4, 8)]);
        // A mark alone is found with its letter, and two in one cluster are one hit.
        assert_eq!(hits("ب\u{64e}\u{64e}ب", "\u{64e}"), [(0, 6)]);
        // Matches that share a cluster once widened are not both hits.
        assert_eq!(hits("بَبَبَ", "\u{64e}ب"), [(0, 8)]);
    }

    #[test]
    fn an_empty_query_is_refused() {
        assert_eq!(Query::new("", Folding::None), Err(crate::search::EmptyQuery));
    }

    proptest! {
        #[test]
        fn hits_hold_the_query_lie_in_order_and_cut_no_cluster(
            text in "[بتَّ👨\u{200d}\n a]{0,60}",
            query in "[بتَّ👨\u{200d}\n a]{1,3}",
        ) {
            let whole = Text::new(text.as_str());
            let mut last = 0;
            let found = hits(&text, &query);
            for &(start, end) in &found {
                prop_assert!(start >= last && whole.accepts(Span::new(start..end)));
                prop_assert!(text[start..end].contains(&query));
                last = end;
            }
            prop_assert_eq!(found.is_empty(), !text.contains(&query));
        }
    }
}
