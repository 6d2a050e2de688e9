//! The walk: a caret's way from one paragraph into the next, for everything that shows several of them.
//!
//! Owns the rules of what lies beyond a paragraph's edge; what lies within is [`steps`](super::steps)' knowledge. It keeps nothing and lays
//! out nothing itself.
//!
//! **Left and right.** Within a paragraph a caret goes by what is on screen. Beyond it the text's own direction decides, not the
//! paragraph's: in a right-to-left text Left leads to the paragraph below and Right to the one above, whichever way the paragraphs themselves
//! run. A paragraph is entered at the edge from which the same key goes through the whole of it. So the way from the first place to the
//! last visits every place once, and the way back is the same.

use std::ops::Range;
use std::sync::Arc;

use super::direction::Direction;
use super::geometry::Point;
use super::layout::{Affinity, Caret, ParagraphLayout};
use super::steps::Step;

/// A text as pieces that are laid out, one below the other: its paragraphs, or the parts in which a long paragraph is laid out.
pub trait Pieces {
    /// Which way the whole text runs.
    fn direction(&self) -> Direction;
    /// At least one.
    fn count(&self) -> usize;
    /// The piece on which a caret stands.
    fn find(&mut self, caret: Caret) -> usize;
    /// The bytes of a piece, without the line end.
    fn range(&self, piece: usize) -> Range<usize>;
    /// Whether a piece goes on with the paragraph of the piece before it: no line end stands between them.
    fn continues(&self, _piece: usize) -> bool {
        false
    }
    /// The space below a piece, in pixels.
    fn gap(&self) -> f32 {
        0.0
    }
    /// The layout of a piece.
    fn layout(&mut self, piece: usize) -> Arc<ParagraphLayout>;
}

/// The caret after one step; `None` at the ends of the text.
pub fn step(text: &mut impl Pieces, from: Caret, step: Step) -> Option<Caret> {
    let piece = text.find(from);
    let layout = text.layout(piece);
    let start = text.range(piece).start;
    let Some(forward) = leads_on(step, layout.direction()) else {
        return layout.step(inside(from, start), step).map(|to| outside(to, start));
    };
    let to = layout.step(inside(from, start), step);
    let goes_on = if forward { is_continued(text, piece) } else { text.continues(piece) };
    // At the edge of a piece nobody knows what its paragraph goes on with: both are seen as one there.
    if goes_on && to.is_none_or(|to| to.byte == if forward { layout.len() } else { 0 }) {
        let (upper, lower) = if forward { (piece, piece + 1) } else { (piece - 1, piece) };
        let above = text.range(upper).start;
        let joined = text.layout(upper).followed_by(&text.layout(lower));
        return joined.step(inside(from, above), step).map(|to| outside(to, above));
    }
    if let Some(to) = to {
        return Some(outside(to, start));
    }
    let paragraph = paragraph_of(text, piece);
    if leads_on(step, text.direction())? {
        (paragraph.end < text.count()).then(|| enter_paragraph(text, paragraph.end, step))
    } else {
        paragraph.start.checked_sub(1).map(|above| enter_paragraph(text, above, step))
    }
}

/// The place from which steps of one kind go through the whole text.
pub fn first(text: &mut impl Pieces, step: Step) -> Option<Caret> {
    let begins_above = leads_on(step, text.direction())?;
    let piece = if begins_above { 0 } else { text.count().checked_sub(1)? };
    Some(enter_paragraph(text, piece, step))
}

/// The caret so many lines further down (up where negative), nearest to `column`: pixels from the left edge, which become those of
/// `from` where there are none. Beyond the first and last line stand the ends of the text.
pub fn lines(text: &mut impl Pieces, from: Caret, lines: i32, column: &mut Option<f32>) -> Caret {
    let mut caret = from;
    for _ in 0..lines.unsigned_abs() {
        match beside(text, caret, lines > 0, column) {
            Some((to, _)) => caret = to,
            None => return end_of_text(text, lines > 0),
        }
    }
    caret
}

/// The caret as many lines further as lie within a distance in pixels, downwards where it is positive, but at least one; and the distance
/// that it went. Beyond the first and last line stand the ends of the text.
pub fn distance(text: &mut impl Pieces, from: Caret, pixels: f32, column: &mut Option<f32>) -> (Caret, f32) {
    let down = pixels > 0.0;
    let Some((mut caret, mut gone)) = beside(text, from, down, column) else {
        return (end_of_text(text, down), 0.0);
    };
    while let Some((to, further)) = beside(text, caret, down, column) {
        if (gone + further).abs() > pixels.abs() {
            break;
        }
        (caret, gone) = (to, gone + further);
    }
    (caret, gone)
}

/// The caret at the start of the paragraph, or of the one before where it stands there already; and down, at the start of the next one or at
/// the end of the text.
pub fn paragraph(text: &mut impl Pieces, from: Caret, down: bool) -> Caret {
    let here = text.find(from);
    let paragraph = paragraph_of(text, here);
    if down {
        if paragraph.end < text.count() {
            return Caret::after(text.range(paragraph.end).start);
        }
        return end_of_text(text, true);
    }
    let start = text.range(paragraph.start).start;
    match paragraph.start.checked_sub(1).filter(|_| from.byte == start) {
        Some(above) => {
            let above = paragraph_of(text, above).start;
            Caret::after(text.range(above).start)
        }
        None => Caret::after(start),
    }
}

/// The caret nearest to the column on the line below or above, and how far down that line is.
fn beside(text: &mut impl Pieces, from: Caret, down: bool, column: &mut Option<f32>) -> Option<(Caret, f32)> {
    let piece = text.find(from);
    let layout = text.layout(piece);
    let here = inside(from, text.range(piece).start);
    let place = layout.caret_rect(here);
    let x = *column.get_or_insert(place.left);
    let line = layout.line_of(here);
    let next = if down { Some(line + 1) } else { line.checked_sub(1) };
    if let Some(line) = next.and_then(|next| layout.lines().get(next)) {
        let to = layout.hit(Point::new(x, (line.top + line.bottom) / 2.0));
        return Some((outside(to, text.range(piece).start), line.top - place.top));
    }
    let other = if down { piece + 1 } else { piece.checked_sub(1)? };
    if other >= text.count() {
        return None;
    }
    let gap = if text.continues(piece.max(other)) { 0.0 } else { text.gap() };
    let beyond = text.layout(other);
    let line = if down { beyond.lines().first()? } else { beyond.lines().last()? };
    let to = beyond.hit(Point::new(x, (line.top + line.bottom) / 2.0));
    let further = if down {
        layout.height() - place.top + gap + line.top
    } else {
        line.top - beyond.height() - gap - place.top
    };
    Some((outside(to, text.range(other).start), further))
}

/// Whether a step goes with the text in one direction, on to what follows; `None` for a step that stays on its line.
fn leads_on(step: Step, direction: Direction) -> Option<bool> {
    match step {
        Step::Left | Step::WordLeft => Some(direction.is_rtl()),
        Step::Right | Step::WordRight => Some(!direction.is_rtl()),
        Step::Next | Step::NextWord => Some(true),
        Step::Previous | Step::PreviousWord => Some(false),
        Step::LineStart | Step::LineEnd => None,
    }
}

/// The pieces of the paragraph that holds a piece.
fn paragraph_of(text: &impl Pieces, piece: usize) -> Range<usize> {
    let mut start = piece;
    while start > 0 && text.continues(start) {
        start -= 1;
    }
    let mut end = piece + 1;
    while end < text.count() && text.continues(end) {
        end += 1;
    }
    start..end
}

fn is_continued(text: &impl Pieces, piece: usize) -> bool {
    piece + 1 < text.count() && text.continues(piece + 1)
}

/// The place from which steps of one kind go through the paragraph that holds a piece.
fn enter_paragraph(text: &mut impl Pieces, piece: usize, step: Step) -> Caret {
    let paragraph = paragraph_of(text, piece);
    let direction = text.layout(piece).direction();
    let forward = leads_on(step, direction).unwrap_or(true);
    enter(text, if forward { paragraph.start } else { paragraph.end - 1 }, step)
}

/// The place from which steps of one kind go through a piece.
fn enter(text: &mut impl Pieces, piece: usize, step: Step) -> Caret {
    let entry = text.layout(piece).entry(step);
    outside(entry, text.range(piece).start)
}

fn end_of_text(text: &impl Pieces, down: bool) -> Caret {
    let end = text.range(text.count().saturating_sub(1)).end;
    Caret {
        byte: if down { end } else { 0 },
        affinity: if down { Affinity::Before } else { Affinity::After },
    }
}

fn inside(caret: Caret, start: usize) -> Caret {
    Caret { byte: caret.byte.saturating_sub(start), ..caret }
}

fn outside(caret: Caret, start: usize) -> Caret {
    Caret { byte: caret.byte + start, ..caret }
}
