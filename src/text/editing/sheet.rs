//! The sheet: the paragraphs of a text laid out, one below the other, and everything that can be asked of their places.
//!
//! Keeps the layouts that an edit left alone. Translates between offsets in the text and in a paragraph, and carries carets from
//! one paragraph into the next; the rest is the paragraphs' own knowledge.

use std::ops::Range;
use std::sync::Arc;

use crate::text::direction::{Direction, first_strong_direction, paragraph_direction};
use crate::text::geometry::{Point, Rect};
use crate::text::layout::{Caret, ParagraphLayout};
use crate::text::steps::Step;
use crate::text::walk;

/// A paragraph of a sheet.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Bytes of the text, without the line end.
    pub range: Range<usize>,
    /// Pixels from the top of the sheet.
    pub top: f32,
    pub layout: Arc<ParagraphLayout>,
}

/// How the paragraphs of a text are divided and which way they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// One paragraph whatever line ends the text holds; else a paragraph for each line.
    pub one_line: bool,
    /// The direction of every paragraph; else its first strong character decides.
    pub forced: Option<Direction>,
    /// The direction of a text without strong characters.
    pub fallback: Direction,
    /// The direction of the document that the text is a part of, so that its paragraphs run as they do there.
    pub document: Option<Direction>,
    /// Stands for all else that a layout depends on: when it changes, everything is laid out anew.
    pub style: u64,
}

/// A text laid out.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    text: String,
    setting: Option<Setting>,
    pieces: Vec<Piece>,
}

/// How wide a selected line end of an empty paragraph is, as a part of the line's height.
const EMPTY_LINE: f32 = 0.25;

impl Sheet {
    /// Lays a text out, calling `lay_out` for those paragraphs whose words or direction changed since the last time. A paragraph without
    /// strong characters runs as the one before it, so that an empty line after Arabic begins at the right.
    pub fn set(
        &mut self,
        text: &str,
        setting: Setting,
        mut lay_out: impl FnMut(&str, Direction) -> ParagraphLayout,
    ) {
        if self.setting == Some(setting) && self.text == text {
            return;
        }
        if self.setting.is_none_or(|old| old.style != setting.style || old.one_line != setting.one_line) {
            self.pieces.clear();
        }
        let ranges =
            if setting.one_line { std::iter::once(0..text.len()).collect() } else { paragraphs(text) };
        let mut inherited = first_strong_direction(text, setting.fallback);
        let directions = ranges.iter().map(|range| {
            let own = first_strong_direction(&text[range.clone()], inherited);
            inherited = own;
            let of_document = |direction| paragraph_direction(&text[range.clone()], direction);
            setting.forced.or(setting.document.map(of_document)).unwrap_or(own)
        });
        let wanted: Vec<(Range<usize>, Direction)> = ranges.iter().cloned().zip(directions).collect();
        let same = |old: &Piece, (range, direction): &(Range<usize>, Direction)| {
            old.layout.direction() == *direction && self.text[old.range.clone()] == text[range.clone()]
        };
        let old = &self.pieces;
        let head = old.iter().zip(&wanted).take_while(|(old, new)| same(old, new)).count();
        let tail = old[head..]
            .iter()
            .rev()
            .zip(wanted[head..].iter().rev())
            .take_while(|(old, new)| same(old, new))
            .count();
        let mut top = 0.0;
        let mut pieces = Vec::with_capacity(wanted.len());
        for (index, (range, direction)) in wanted.iter().enumerate() {
            let kept = if index < head {
                old.get(index)
            } else if index >= wanted.len() - tail {
                old.get(index + old.len() - wanted.len())
            } else {
                None
            };
            let layout = match kept {
                Some(kept) => Arc::clone(&kept.layout),
                None => Arc::new(lay_out(&text[range.clone()], *direction)),
            };
            let height = layout.height();
            pieces.push(Piece { range: range.clone(), top, layout });
            top += height;
        }
        self.pieces = pieces;
        text.clone_into(&mut self.text);
        self.setting = Some(setting);
    }

    /// The text that was laid out.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The paragraphs from the top; none before the first [`Sheet::set`], at least one after it.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Pixels.
    pub fn height(&self) -> f32 {
        self.pieces.last().map_or(0.0, |last| last.top + last.layout.height())
    }

    /// The width in pixels of the widest paragraph, without white space that hangs.
    pub fn width(&self) -> f32 {
        self.pieces.iter().map(|piece| piece.layout.width()).fold(0.0, f32::max)
    }

    /// The direction of the paragraph that holds a byte.
    pub fn direction_at(&self, byte: usize) -> Direction {
        self.piece_at(byte).map_or(Direction::LeftToRight, |piece| piece.layout.direction())
    }

    /// The range of the paragraph that holds a byte, without its line end.
    pub fn paragraph_at(&self, byte: usize) -> Range<usize> {
        self.piece_at(byte).map_or(0..0, |piece| piece.range.clone())
    }

    /// Where a caret stands: a rectangle without width, as high as its line.
    pub fn caret_rect(&self, caret: Caret) -> Rect {
        let Some(piece) = self.piece_at(caret.byte) else { return Rect::default() };
        piece.down(piece.layout.caret_rect(piece.inside(caret)))
    }

    /// The caret nearest to a point.
    pub fn hit(&self, point: Point) -> Caret {
        let index = self.pieces.partition_point(|piece| piece.top + piece.layout.height() <= point.y);
        let Some(piece) = self.pieces.get(index).or(self.pieces.last()) else { return Caret::after(0) };
        piece.outside(piece.layout.hit(Point::new(point.x, point.y - piece.top)))
    }

    /// The bytes of the grapheme under a point; `None` outside the text.
    pub fn cluster_at(&self, point: Point) -> Option<Range<usize>> {
        let index = self.pieces.partition_point(|piece| piece.top + piece.layout.height() <= point.y);
        let piece = self.pieces.get(index)?;
        let cluster = piece.layout.cluster_at(Point::new(point.x, point.y - piece.top))?;
        Some(cluster.start + piece.range.start..cluster.end + piece.range.start)
    }

    /// The rectangles that cover a range of bytes. An empty paragraph whose line end is in the range shows a little of it.
    pub fn rects(&self, range: Range<usize>) -> Vec<Rect> {
        let mut rects = Vec::new();
        let first = self.pieces.partition_point(|piece| piece.range.end < range.start);
        for piece in &self.pieces[first..] {
            let start = piece.range.start;
            if start >= range.end {
                break;
            }
            if piece.range.is_empty() {
                let caret = piece.layout.caret_rect(Caret::after(0));
                let width = caret.height() * EMPTY_LINE;
                let left = if piece.layout.direction().is_rtl() { caret.left - width } else { caret.left };
                rects.push(piece.down(Rect { left, right: left + width, ..caret }));
                continue;
            }
            let inside =
                range.start.saturating_sub(start)..range.end.saturating_sub(start).min(piece.range.len());
            rects.extend(piece.layout.rects(inside).into_iter().map(|rect| piece.down(rect)));
        }
        rects
    }

    /// The caret after one step, in this paragraph or beyond it; `None` at the ends of the text. The rules are those of
    /// [`walk`](crate::text::walk).
    pub fn step(&self, caret: Caret, step: Step) -> Option<Caret> {
        if self.pieces.is_empty() { None } else { walk::step(&mut &*self, caret, step) }
    }

    /// The caret nearest to `x` on the line below or above that of a caret; `None` on the last or first line.
    pub fn line_beside(&self, caret: Caret, below: bool, x: f32) -> Option<Caret> {
        let index = self.index_at(caret.byte)?;
        let piece = &self.pieces[index];
        let line = piece.layout.line_of(piece.inside(caret));
        let (piece, line) = if below {
            if line + 1 < piece.layout.lines().len() {
                (piece, line + 1)
            } else {
                (self.pieces.get(index + 1)?, 0)
            }
        } else if line > 0 {
            (piece, line - 1)
        } else {
            let above = self.pieces.get(index.checked_sub(1)?)?;
            (above, above.layout.lines().len() - 1)
        };
        Some(piece.on_line(line, x))
    }

    /// Where two directions meet at a caret, or one meets the edge of a paragraph of the other: the direction of the text to which the
    /// caret belongs, in which the next letter would go on. `None` inside one direction.
    pub fn direction_mark(&self, caret: Caret) -> Option<Direction> {
        let piece = self.piece_at(caret.byte)?;
        piece.layout.direction_mark(piece.inside(caret))
    }

    fn index_at(&self, byte: usize) -> Option<usize> {
        let last = self.pieces.len().checked_sub(1)?;
        Some(self.pieces.partition_point(|piece| piece.range.end < byte).min(last))
    }

    fn piece_at(&self, byte: usize) -> Option<&Piece> {
        self.index_at(byte).map(|index| &self.pieces[index])
    }
}

impl Piece {
    fn inside(&self, caret: Caret) -> Caret {
        Caret { byte: caret.byte.saturating_sub(self.range.start).min(self.range.len()), ..caret }
    }

    fn outside(&self, caret: Caret) -> Caret {
        Caret { byte: caret.byte + self.range.start, ..caret }
    }

    fn down(&self, rect: Rect) -> Rect {
        Rect { top: rect.top + self.top, bottom: rect.bottom + self.top, ..rect }
    }

    fn on_line(&self, line: usize, x: f32) -> Caret {
        let line = &self.layout.lines()[line];
        self.outside(self.layout.hit(Point::new(x, (line.top + line.bottom) / 2.0)))
    }
}

impl walk::Pieces for &Sheet {
    fn direction(&self) -> Direction {
        self.direction_at(0)
    }

    fn count(&self) -> usize {
        self.pieces.len()
    }

    fn find(&mut self, caret: Caret) -> usize {
        self.index_at(caret.byte).unwrap_or(0)
    }

    fn range(&self, piece: usize) -> Range<usize> {
        self.pieces[piece].range.clone()
    }

    fn layout(&mut self, piece: usize) -> Arc<ParagraphLayout> {
        Arc::clone(&self.pieces[piece].layout)
    }
}

/// The lines of a text without their ends, at least one. LF and CR LF end a line.
fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('\n') {
        let end = if text[start..at].ends_with('\r') { at - 1 } else { at };
        ranges.push(start..end);
        start = at + 1;
    }
    ranges.push(start..text.len());
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_belong_to_no_paragraph() {
        assert_eq!(paragraphs("").len(), 1);
        assert_eq!(paragraphs("a\nb"), [0..1, 2..3]);
        assert_eq!(paragraphs("\r\n\n"), [0..0, 2..2, 3..3]);
    }
}
