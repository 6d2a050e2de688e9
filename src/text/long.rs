//! A paragraph too long to be laid out as a whole: a file of megabytes may be one line.
//!
//! The text is divided at fixed places into *stretches*, which are shaped one by one and know nothing of widths. Lines are made of them in
//! *pieces*: piece `n` is made of the lines that begin in stretch `n`, so that the last line of a piece reaches into the next stretch and
//! no line ends early because a stretch does. From the paragraph's start the lines are those of a layout of the whole.
//!
//! Where a piece far away is wanted first, nobody knows where its first line begins, short of breaking all lines before it: greedy lines
//! remember for hundreds of lines where they came from. So its lines begin where its stretch does, at a word, and go on from there. When the
//! piece above is wanted later, its lines are [fitted](super::fit) so that the last of them ends there and is as full as any.
//!
//! It owns the places where pieces begin, the shaping of the stretches in use and the bidi levels of the whole; it keeps no layouts.

use std::collections::BTreeMap;
use std::ops::Range;

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};
use unicode_segmentation::GraphemeCursor;

use super::analysis::{Extent, Prepared};
use super::bidi::Levels;
use super::direction::Direction;
use super::engine::TextEngine;
use super::layout::ParagraphLayout;
use super::style::{Align, Style};

/// A paragraph of more bytes than these is laid out in pieces.
pub const LONG: usize = 16 * 1024;

/// About as many bytes are shaped together.
const STRETCH: usize = 4 * 1024;

/// A stretch ends after a space that is found within so many bytes behind its length, else between any two graphemes.
const SEARCH: usize = 1024;

/// The levels of a text of at most so many bytes are resolved on the spot.
const RESOLVED_AT_ONCE: usize = 128 * 1024;

/// While the levels of the whole are not known, those of a stretch are resolved from it and so many bytes on both sides.
const LEVELS_AROUND: usize = 2 * 1024;

/// What the lines of a paragraph depend on beside its text.
#[derive(Clone, PartialEq)]
struct Measures {
    style: Style,
    width: f32,
}

/// A paragraph that is laid out in pieces. The text itself is handed to every call and must be the same each time.
pub struct LongParagraph {
    direction: Direction,
    /// Where stretches begin, and the text's end.
    stretches: Vec<u32>,
    /// Where pieces begin, and the text's end; while it is not known, where the stretch begins.
    starts: Vec<u32>,
    known: Vec<bool>,
    /// Whether the lines of a piece were made to end where the next one begins; none before it was laid out.
    fitted: Vec<Option<bool>>,
    shaped: BTreeMap<usize, Prepared>,
    levels: Option<Levels>,
    measures: Option<Measures>,
}

impl LongParagraph {
    /// Divides a paragraph of this direction; nothing is shaped yet.
    pub fn new(text: &str, direction: Direction) -> Self {
        let stretches = stretches(text);
        let mut known = vec![false; stretches.len()];
        known[0] = true;
        known[stretches.len() - 1] = true;
        Self {
            direction,
            starts: stretches.clone(),
            stretches,
            fitted: vec![None; known.len()],
            known,
            shaped: BTreeMap::new(),
            levels: None,
            measures: None,
        }
    }

    /// The base direction.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// How many pieces there are, at least one.
    pub fn pieces(&self) -> usize {
        self.stretches.len() - 1
    }

    /// The bytes of a piece; where it ends is a guess until the piece is laid out, and where it begins until it or the one before is. Pieces
    /// tile the paragraph. One may be empty, where lines are longer than stretches.
    pub fn piece(&self, index: usize) -> Range<usize> {
        let at = |index: usize| self.starts[index.min(self.pieces())] as usize;
        at(index)..at(index + 1)
    }

    /// The piece that holds a byte, as far as is known.
    pub fn piece_at(&self, byte: usize) -> usize {
        let mut piece = self.starts[..self.pieces()].partition_point(|start| *start as usize <= byte) - 1;
        while piece > 0 && self.piece(piece).is_empty() {
            piece -= 1;
        }
        piece
    }

    /// Whether resolving the levels of the whole takes longer than a frame may and is still to be done, by [`Levels::of`] on any thread.
    /// Until [`Self::take_levels`] those of each stretch are guessed from its surroundings, which is wrong only where brackets, isolates
    /// or embeddings reach far.
    pub fn wants_levels(&self) -> bool {
        self.levels.is_none() && self.piece(self.pieces() - 1).end > RESOLVED_AT_ONCE
    }

    /// Takes the levels of the whole text. True where something had been shaped with others: then all layouts are void.
    pub fn take_levels(&mut self, text: &str, levels: Levels) -> bool {
        let differs = |&stretch: &usize| {
            let range = self.stretch(stretch);
            let (guessed, from) = self.guess_levels(text, stretch);
            let before = guessed.within(range.start - from..range.end - from);
            let before = before.map(|(run, level)| (run.start + from..run.end + from, level));
            !before.eq(levels.within(range))
        };
        let is_void = self.levels.is_none() && self.shaped.keys().any(differs);
        self.levels = Some(levels);
        if is_void {
            self.shaped.clear();
            self.forget_starts();
        }
        is_void
    }

    /// Forgets what was shaped, but for some pieces and what is needed beside them.
    pub fn retain(&mut self, pieces: Range<usize>) {
        if pieces.is_empty() {
            self.shaped.clear();
        }
        self.shaped.retain(|&stretch, _| stretch + 3 >= pieces.start && stretch <= pieces.end + 1);
    }

    /// Forgets everything that was shaped, as when fonts change.
    pub fn forget(&mut self) {
        self.shaped.clear();
        self.forget_starts();
    }

    fn forget_starts(&mut self) {
        self.starts.clone_from(&self.stretches);
        let last = self.pieces();
        self.known[1..last].fill(false);
        self.fitted.fill(None);
    }

    /// From now on a piece begins here.
    fn set_start(&mut self, piece: usize, byte: usize) {
        let byte = byte as u32;
        self.starts[piece] = byte;
        self.known[piece] = true;
        for later in self.starts[piece + 1..].iter_mut().take_while(|start| **start < byte) {
            *later = byte;
        }
    }

    fn stretch(&self, index: usize) -> Range<usize> {
        self.stretches[index] as usize..self.stretches[index + 1] as usize
    }

    fn stretch_at(&self, byte: usize) -> usize {
        self.stretches[..self.pieces()].partition_point(|start| *start as usize <= byte) - 1
    }

    /// The levels of a stretch and what lies around it, and the byte at which they begin.
    fn guess_levels(&self, text: &str, stretch: usize) -> (Levels, usize) {
        let range = self.stretch(stretch);
        let from = text.floor_char_boundary(range.start.saturating_sub(LEVELS_AROUND));
        let until = text.ceil_char_boundary((range.end + LEVELS_AROUND).min(text.len()));
        (Levels::of(&text[from..until], self.direction), from)
    }

    /// Takes up what lines depend on; where it changed, the places of lines are void, and where fonts changed, so is what was shaped.
    fn suit(&mut self, style: &Style, width: f32) {
        let measures = Measures { style: style.clone(), width };
        let Some(old) = self.measures.replace(measures.clone()) else { return };
        if old != measures {
            self.forget_starts();
        }
        if (old.style.family, old.style.weight) != (measures.style.family, measures.style.weight) {
            self.shaped.clear();
        }
    }
}

/// Lays a piece out; see [`TextEngine::lay_out_piece`].
pub(super) fn lay_out(
    engine: &mut TextEngine,
    (paragraph, text): (&mut LongParagraph, &str),
    piece: usize,
    style: &Style,
    align: Align,
    width: f32,
) -> ParagraphLayout {
    paragraph.suit(style, width);
    if paragraph.levels.is_none() && !paragraph.wants_levels() {
        paragraph.levels = Some(Levels::of(text, paragraph.direction));
    }
    let start = paragraph.starts[piece] as usize;
    paragraph.set_start(piece, start);
    let is_fitted = paragraph.known[piece + 1] && paragraph.starts[piece + 1] as usize != text.len();
    paragraph.fitted[piece].get_or_insert(is_fitted);
    let (layout, end) = Work { engine, paragraph, text, style, align, width }.lines_of(piece, start);
    paragraph.set_start(piece + 1, end);
    layout
}

/// All that laying out a piece needs.
struct Work<'a> {
    engine: &'a mut TextEngine,
    paragraph: &'a mut LongParagraph,
    text: &'a str,
    style: &'a Style,
    align: Align,
    width: f32,
}

impl Work<'_> {
    /// The lines of a piece that begins here, and where they end.
    fn lines_of(&mut self, piece: usize, start: usize) -> (ParagraphLayout, usize) {
        let bound = self.bound(piece);
        let (mut layout, end) = if self.paragraph.known[piece + 1] {
            let is_fitted = self.paragraph.fitted[piece] == Some(true);
            let layout = self.with_lines(start, bound, bound, |breaker| {
                Some(if is_fitted { breaker.break_to_end() } else { breaker.break_lines() })
            });
            (layout, bound)
        } else if start >= self.paragraph.stretches[piece + 1] as usize {
            // The last line of the piece above reaches beyond all of this one's stretch.
            (self.with_lines(start, start, start, |breaker| Some(breaker.break_lines())), start)
        } else {
            let until = self.paragraph.stretches[piece + 1] as usize;
            self.with_lines(start, until.min(bound), bound, |breaker| breaker.break_until(until))
        };
        if start == end && start > 0 {
            // Nothing is left for this piece: it takes no room.
            for line in &mut layout.lines {
                line.bottom = line.top;
            }
        }
        (layout, end)
    }

    /// Where lines after the start of a piece end at the latest: where the next piece begins whose start is known.
    fn bound(&self, piece: usize) -> usize {
        let known = &self.paragraph.known;
        let next = (piece + 1..known.len()).find(|&next| known[next]).unwrap_or(known.len() - 1);
        self.paragraph.starts[next] as usize
    }

    /// Breaks lines that begin at `start`, with as much prepared as is needed to know the first line behind `until`.
    fn with_lines<R>(
        &mut self,
        start: usize,
        until: usize,
        bound: usize,
        run: impl Fn(super::lines::Breaker) -> Option<R>,
    ) -> R {
        let first = self.paragraph.stretch_at(start.min(bound.saturating_sub(1)));
        let mut last = self.paragraph.stretch_at(until.min(bound.saturating_sub(1)));
        let mut prepared = self.engine.take_scratch();
        prepared.clear(self.paragraph.stretch(first).start);
        let mut next = first;
        loop {
            while next <= last {
                self.shape(next);
                prepared.append(&self.paragraph.shaped[&next]);
                next += 1;
            }
            let end = prepared.end().min(bound);
            let is_end = end == bound;
            let (direction, align, width) = (self.paragraph.direction, self.align, Some(self.width));
            let lines = self.engine.breaker(
                (self.text, &prepared),
                self.style,
                direction,
                align,
                width,
                (start..end, is_end),
            );
            if let Some(result) = run(lines) {
                self.engine.give_scratch(prepared);
                return result;
            }
            last += 1;
        }
    }

    fn shape(&mut self, stretch: usize) {
        if self.paragraph.shaped.contains_key(&stretch) {
            return;
        }
        let Range { start, end } = self.paragraph.stretch(stretch);
        let guessed;
        let (levels, levels_from) = match &self.paragraph.levels {
            Some(levels) => (levels, 0),
            None => {
                guessed = self.paragraph.guess_levels(self.text, stretch);
                (&guessed.0, guessed.1)
            }
        };
        let extent = Extent::Piece { start, end, levels, levels_from };
        let prepared = self.engine.prepare(self.text, self.style, self.paragraph.direction, extent);
        self.paragraph.shaped.insert(stretch, prepared);
    }
}

/// Where stretches begin, and the text's end.
fn stretches(text: &str) -> Vec<u32> {
    let mut stretches = vec![0];
    let mut at = 0;
    while text.len() - at > STRETCH + SEARCH {
        // What stands before a cut is of no account to what comes after it.
        at += cut_near(&text[at..], STRETCH);
        if at == text.len() {
            break;
        }
        stretches.push(at as u32);
    }
    stretches.push(text.len() as u32);
    stretches
}

/// A place for a cut at or after a byte: behind a space and before a letter, where neither shaping nor any of the Unicode algorithms looks
/// far across. Where [`SEARCH`] bytes offer none, between a letter that does not join and another; else before a letter, where what a font
/// would do across the cut is lost.
fn cut_near(text: &str, byte: usize) -> usize {
    let end = text.len().min(byte + SEARCH);
    let spaces = memchr::memchr_iter(b' ', &text.as_bytes()[byte..end]).map(|space| byte + space + 1);
    if let Some(at) = spaces.into_iter().find(|at| starts_with_letter(&text[*at..])) {
        return at;
    }
    let byte = text.ceil_char_boundary(byte);
    // A cursor over the whole text is never in want of context.
    let mut cursor = GraphemeCursor::new(byte, text.len(), true);
    let boundaries = std::iter::from_fn(|| cursor.next_boundary(text, 0).ok().flatten());
    let near: Vec<usize> = boundaries.take_while(|at| *at < end).collect();
    let lone = ['ا', 'د', 'ذ', 'ر', 'ز', 'و'];
    let is_letter = |at: &&usize| starts_with_letter(&text[**at..]);
    let apart = |at: &&usize| is_letter(at) && text[..**at].ends_with(lone);
    let found = near.iter().find(apart).or_else(|| near.iter().find(is_letter)).or(near.first());
    found.copied().unwrap_or(text.len())
}

/// A letter or a digit; not a mark, which may stand on a space or behind an invisible character.
fn starts_with_letter(text: &str) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new();
    let is_letter = |c| {
        GeneralCategoryGroup::Letter.contains(category.get(c))
            || category.get(c) == GeneralCategory::DecimalNumber
    };
    text.starts_with(is_letter)
}

#[cfg(test)]
mod tests;
