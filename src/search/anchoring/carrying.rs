//! Spans of an old text carried over into a new one.

use std::ops::Range;

use super::Certainty;
use super::letters::{Word, letter, words};
use super::matching::{GoOn, Matching, Vocabulary};
use super::pieces::{Piece, Sides, pieces};
use super::quotation::{QuoteFinder, Sought};
use super::rivals::{Line, rivalled};
use super::trust::{Trust, beside, judge};
use crate::model::{Span, Text};

/// Where spans went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Their places in the new text: in order, on grapheme boundaries, not touching one another; none where nothing was found.
    pub spans: Vec<Span>,
    /// How certainly; [`Certainty::Lost`] exactly where there are no spans.
    pub certainty: Certainty,
    /// Where the reader may begin to look: the byte of the new text to which the text before the first span leads.
    pub near: usize,
}

/// Two versions of a text, compared once to carry any number of spans from the old to the new.
#[derive(Debug)]
pub struct Comparison<'t> {
    old: &'t Text,
    new: &'t Text,
    /// Whether both texts are the same.
    is_same: bool,
    words: Vec<Word>,
    vocabulary: Vocabulary,
    /// Which old words might as well be matched to others.
    doubtful: Vec<bool>,
    pieces: Vec<Piece>,
    /// The pieces in the order of the new text, by their places in `pieces`, and how many bytes all before each hold.
    by_new: Vec<(usize, usize)>,
    finder: QuoteFinder<'t>,
}

/// A part of a span that stands in the new text.
#[derive(Clone, Debug)]
struct Fragment {
    old: Range<usize>,
    new: Range<usize>,
    letters: usize,
    /// The place of its piece.
    piece: usize,
}

/// How many characters around a span are compared when it is looked for elsewhere.
const CONTEXT: usize = 64;

/// A fragment is chained to one of so many before it.
const LOOK_BACK: usize = 64;

/// A span of which less than this share is left counts as taken away.
const LEAST_SHARE: f64 = 0.3;

/// So few letters beside a matched word may be the same by accident.
const FEW: usize = 3;

/// Doubt about so few bits at the edge of a span (one frequent word, a full stop) is no doubt about its place.
const SMALL_DOUBT: f64 = 9.0;

impl<'t> Comparison<'t> {
    /// Compares two texts. `go_on` is asked now and then, with how much is done (from 0 to 1); `None` where it said no.
    pub fn new(old: &'t Text, new: &'t Text, go_on: GoOn<'_>) -> Option<Self> {
        let (old_words, new_words) = (words(old), words(new));
        if !go_on(0.1) {
            return None;
        }
        let vocabulary = Vocabulary::new(&old_words, &new_words);
        let mut matching = Matching::of_ends(&vocabulary);
        // What was matched by accident in the first round would hide what was moved from the second.
        for round in 0..2 {
            for least in [8, 4, 3] {
                if !go_on(0.2 + 0.4 * round as f32) {
                    return None;
                }
                matching.join_rows(least);
            }
            if !matching.join_gaps(&|done| go_on(0.3 + 0.4 * round as f32 + 0.1 * done)) {
                return None;
            }
            let runs = matching.runs();
            for (&run, _) in runs.iter().zip(judge(&vocabulary, &runs)).filter(|(_, trust)| trust.is_none()) {
                matching.part(run);
            }
            matching.grow();
        }
        let runs = matching.runs();
        let trusts: Vec<Trust> =
            judge(&vocabulary, &runs).into_iter().map(|trust| trust.unwrap_or(Trust::Weak)).collect();
        if !go_on(0.9) {
            return None;
        }
        let mut doubtful = vec![false; old_words.len()];
        beside(&vocabulary, &matching, &runs, &mut doubtful);
        let lines = (Line::of(old, &old_words), Line::of(new, &new_words));
        rivalled(&lines.0, &lines.1, &matching, (&runs, &trusts), &mut doubtful);
        let sides = Sides { old, new, old_words: &old_words, new_words: &new_words };
        let pieces = pieces(sides, &runs, &trusts);
        let mut order: Vec<usize> = (0..pieces.len()).collect();
        order.sort_unstable_by_key(|&at| pieces[at].new);
        let mut held = 0;
        let by_new = order
            .into_iter()
            .map(|at| {
                let before = held;
                held += pieces[at].len;
                (at, before)
            })
            .collect();
        let finder = QuoteFinder::new(new);
        Some(Self {
            old,
            new,
            is_same: old == new,
            words: old_words,
            vocabulary,
            doubtful,
            pieces,
            by_new,
            finder,
        })
    }

    /// Carries the spans of one annotation over. Spans must lie in the old text on character boundaries.
    ///
    /// A span keeps what is left of it, from its first character to its last with all that came between; what was put in the place of
    /// its first or last words belongs to it too. What was moved is found where it is now.
    pub fn carry(&self, spans: &[Span]) -> Carried {
        if self.is_same {
            let certainty = if spans.is_empty() { Certainty::Lost } else { Certainty::Exact };
            let near = spans.first().map_or(0, |span| span.range().start);
            return Carried { spans: spans.to_vec(), certainty, near };
        }
        let placed: Vec<(Range<usize>, Certainty)> =
            spans.iter().filter_map(|span| self.carry_one(span.range())).collect();
        let near = spans.first().map_or(0, |span| self.near(span.range().start));
        let Some(least) = placed.iter().map(|(_, certainty)| *certainty).min() else {
            return Carried { spans: Vec::new(), certainty: Certainty::Lost, near };
        };
        let in_order = placed.windows(2).all(|pair| pair[0].0.end <= pair[1].0.start);
        let whole = placed.len() == spans.len() && in_order;
        let mut ranges: Vec<Range<usize>> = placed.into_iter().map(|(range, _)| range).collect();
        ranges.sort_unstable_by_key(|range| (range.start, range.end));
        let mut joined: Vec<Range<usize>> = Vec::new();
        for range in ranges {
            match joined.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        let is_same = whole && joined.len() == spans.len();
        let certainty = match (whole, is_same) {
            (true, true) => least,
            (true, false) => least.min(Certainty::Likely),
            (false, _) => Certainty::Unsure,
        };
        Carried { spans: joined.into_iter().map(Span::new).collect(), certainty, near }
    }

    fn carry_one(&self, span: Range<usize>) -> Option<(Range<usize>, Certainty)> {
        let fragments = self.fragments(&span);
        if let [only] = fragments.as_slice()
            && only.old == span
            && self.new.is_boundary(only.new.start)
            && self.new.is_boundary(only.new.end)
        {
            return Some((only.new.clone(), self.unchanged(&span, &self.pieces[only.piece])));
        }
        self.changed(&span, &fragments).or_else(|| self.elsewhere(&span))
    }

    /// The parts of a span that stand in the new text, in the old order.
    fn fragments(&self, span: &Range<usize>) -> Vec<Fragment> {
        let first = self.pieces.partition_point(|piece| piece.old_end() <= span.start);
        let within = self.pieces[first..].iter().take_while(|piece| piece.old < span.end);
        within
            .enumerate()
            .map(|(at, piece)| {
                let old = piece.old.max(span.start)..piece.old_end().min(span.end);
                let start = piece.new + (old.start - piece.old);
                let letters = count(&self.old[old.clone()]);
                Fragment { new: start..start + old.len(), old, letters, piece: first + at }
            })
            .collect()
    }

    /// The words that a range of the old text touches.
    fn words_of(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.words.partition_point(|word| word.end as usize <= range.start);
        first..self.words.partition_point(|word| (word.start as usize) < range.end).max(first)
    }

    /// How much the words of a range tell: in all, and those about which there is doubt.
    fn doubt(&self, range: &Range<usize>) -> (f64, f64) {
        let words = self.words_of(range);
        let all = self.vocabulary.bits(words.clone());
        let doubted = words.filter(|&at| self.doubtful[at]).map(|at| self.vocabulary.bits(at..at + 1)).sum();
        (all, doubted)
    }

    /// How certain the place of a span is of which every character stands there.
    fn unchanged(&self, span: &Range<usize>, piece: &Piece) -> Certainty {
        let core = piece.core();
        let only_beside = span.end <= core.start || core.end <= span.start;
        let by_trust = match piece.trust {
            Trust::Sure if !only_beside => Certainty::Exact,
            Trust::Sure if count(&self.old[span.clone()]) > FEW => Certainty::Likely,
            Trust::Fair if !only_beside => Certainty::Likely,
            Trust::Sure | Trust::Fair | Trust::Weak => Certainty::Unsure,
        };
        let (all, doubted) = self.doubt(span);
        let rest = all - doubted;
        let by_doubt = if doubted == 0.0 || (doubted <= SMALL_DOUBT && rest >= doubted) {
            Certainty::Exact
        } else if rest >= doubted && rest > SMALL_DOUBT {
            Certainty::Likely
        } else {
            Certainty::Unsure
        };
        by_trust.min(by_doubt)
    }

    /// How many bytes of the new text in a range belong to pieces.
    fn held(&self, new: Range<usize>) -> usize {
        let before = |byte: usize| {
            let at = self.by_new.partition_point(|(piece, _)| self.pieces[*piece].new < byte);
            let Some(&(last, held)) = at.checked_sub(1).and_then(|last| self.by_new.get(last)) else {
                return 0;
            };
            held + self.pieces[last].len.min(byte - self.pieces[last].new)
        };
        before(new.end).saturating_sub(before(new.start))
    }

    /// The fragments that belong together: in order in the new text too, and with little between them that came from elsewhere.
    fn chain(&self, fragments: &[Fragment]) -> Vec<usize> {
        let weight = |fragment: &Fragment| {
            let letters = fragment.letters as f64;
            if self.pieces[fragment.piece].trust == Trust::Weak { letters / 2.0 } else { letters }
        };
        let mut best: Vec<(f64, Option<usize>)> = Vec::with_capacity(fragments.len());
        for (at, fragment) in fragments.iter().enumerate() {
            let mut mine = (0.0, None);
            for (last, before) in fragments.iter().enumerate().take(at).skip(at.saturating_sub(LOOK_BACK)) {
                if fragment.new.start < before.new.end {
                    continue;
                }
                let between = before.new.end..fragment.new.start;
                let old_gap = fragment.old.start - before.old.end;
                let foreign = self.held(between.clone());
                let more = between.len().saturating_sub(old_gap + foreign);
                let score = best[last].0 - foreign as f64 / 2.0 - more as f64 / 40.0;
                if score > mine.0 {
                    mine = (score, Some(last));
                }
            }
            best.push((mine.0 + weight(fragment), mine.1));
        }
        let mut at = (0..best.len()).max_by(|&one, &other| best[one].0.total_cmp(&best[other].0));
        let mut chain = Vec::new();
        while let Some(here) = at {
            chain.push(here);
            at = best[here].1;
        }
        chain.reverse();
        chain
    }

    /// The place of a span that is not there as it was.
    fn changed(&self, span: &Range<usize>, fragments: &[Fragment]) -> Option<(Range<usize>, Certainty)> {
        let chain: Vec<&Fragment> = self.chain(fragments).into_iter().map(|at| &fragments[at]).collect();
        let (first, last) = (chain.first()?, chain.last()?);
        let all = count(&self.old[span.clone()]).max(1);
        let left: usize = chain.iter().map(|fragment| fragment.letters).sum();
        if (left as f64) < LEAST_SHARE * all as f64 {
            return None;
        }
        let start = self.start_of(span, first);
        let end = self.end_of(span, last);
        let range = self.new.widen(start..end).range();
        let trusted: usize = chain
            .iter()
            .filter(|fragment| self.pieces[fragment.piece].trust > Trust::Weak)
            .filter(|fragment| {
                let core = self.pieces[fragment.piece].core();
                fragment.old.start < core.end && core.start < fragment.old.end
            })
            .map(|fragment| fragment.letters)
            .sum();
        let moved = fragments.iter().map(|fragment| fragment.letters).sum::<usize>() - left;
        let grown = count(&self.new[range.clone()]).saturating_sub(left);
        let (bits, doubted) = chain
            .iter()
            .map(|fragment| self.doubt(&fragment.old))
            .fold((0.0, 0.0), |(bits, doubted), (more, more_doubted)| (bits + more, doubted + more_doubted));
        let is_likely =
            5 * trusted >= 3 * all && 4 * moved <= all && grown <= 2 * all + 40 && 2.0 * doubted <= bits;
        Some((range, if is_likely { Certainty::Likely } else { Certainty::Unsure }))
    }

    /// Where a span begins whose first fragment this is: there, or where that begins which was put in the place of its first words.
    fn start_of(&self, span: &Range<usize>, first: &Fragment) -> usize {
        let start = first.new.start;
        if first.old.start == span.start {
            return start;
        }
        let Some(before) = first.piece.checked_sub(1).map(|at| &self.pieces[at]) else {
            return if span.start == 0 { self.trim_start(0..start) } else { start };
        };
        let follows = before.old_end() >= span.start
            && before.new_end() <= start
            && self.held(before.new_end()..start) == 0;
        if follows { self.trim_start(before.new_end()..start) } else { start }
    }

    /// The same for its end.
    fn end_of(&self, span: &Range<usize>, last: &Fragment) -> usize {
        let end = last.new.end;
        if last.old.end == span.end {
            return end;
        }
        let Some(after) = self.pieces.get(last.piece + 1) else {
            return if span.end == self.old.len() { self.trim_end(end..self.new.len()) } else { end };
        };
        let follows = after.old <= span.end && after.new >= end && self.held(end..after.new) == 0;
        if follows { self.trim_end(end..after.new) } else { end }
    }

    /// The start of a range without the white space that it begins with.
    fn trim_start(&self, range: Range<usize>) -> usize {
        range.end - self.new[range].trim_start().len()
    }

    fn trim_end(&self, range: Range<usize>) -> usize {
        range.start + self.new[range].trim_end().len()
    }

    /// Where the text before a byte of the old text leads to: a grapheme boundary of the new one.
    fn near(&self, old: usize) -> usize {
        let before = self.pieces.partition_point(|piece| piece.old_end() <= old);
        let near = match self.pieces.get(before).filter(|piece| piece.old < old) {
            Some(piece) => piece.new + (old - piece.old),
            None => before.checked_sub(1).map_or(0, |last| self.pieces[last].new_end()),
        };
        self.new.boundary_before(near)
    }

    /// A place elsewhere for a span that was taken away: where its words stand and are nobody else's.
    fn elsewhere(&self, span: &Range<usize>) -> Option<(Range<usize>, Certainty)> {
        let exact = &self.old[span.clone()];
        if count(exact) < 2 {
            return None;
        }
        let before = self.old[..span.start].char_indices().rev().take(CONTEXT).last();
        let prefix = before.map_or("", |(at, _)| &self.old[at..span.start]);
        let rest = &self.old[span.end..];
        let suffix = rest.char_indices().nth(CONTEXT).map_or(rest, |(at, _)| &rest[..at]);
        let near = self.near(span.start);
        let sought = Sought { exact, prefix, suffix, near: Some(near) };
        let found = self.finder.find_where(&sought, &|range| self.is_to_be_had(range))?;
        Some((found.span.range(), Certainty::Unsure))
    }

    /// Whether at least half of a range of the new text is new, or came there in a way that leaves doubt.
    fn is_to_be_had(&self, range: &Range<usize>) -> bool {
        let first = self.by_new.partition_point(|(piece, _)| self.pieces[*piece].new_end() <= range.start);
        let taken: usize = self.by_new[first..]
            .iter()
            .map(|(piece, _)| &self.pieces[*piece])
            .take_while(|piece| piece.new < range.end)
            .filter(|piece| piece.trust > Trust::Weak)
            .map(|piece| {
                let new = piece.new.max(range.start)..piece.new_end().min(range.end);
                let old = piece.old + (new.start - piece.new)..piece.old + (new.end - piece.new);
                let (bits, doubted) = self.doubt(&old);
                if bits > 0.0 { (new.len() as f64 * (1.0 - doubted / bits)) as usize } else { 0 }
            })
            .sum();
        2 * taken <= range.len()
    }
}

fn count(text: &str) -> usize {
    text.chars().filter_map(letter).count()
}
