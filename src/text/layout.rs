//! A paragraph laid out: its lines, runs and glyphs as they are painted, and its cells as they are pointed at.
//!
//! Plain owned data that outlives the engine and crosses threads. What can be asked of it stands in [`query`](super::query),
//! [`steps`](super::steps) and [`ink`](super::ink). It never changes after it was made.

use std::ops::Range;

use serde::Serialize;

use super::atlas::GlyphKey;
use super::direction::Direction;
use super::fonts::FontId;
use super::geometry::Point;

/// A positioned glyph.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Glyph {
    /// The glyph's number in its font.
    pub id: u32,
    /// The byte at which its cluster begins.
    pub cluster: usize,
    /// From the left edge of the column to the glyph's origin, offsets of marks included.
    pub x: f32,
    /// From the paragraph's top down to the glyph's origin (its baseline, offsets of marks included).
    pub y: f32,
    /// How far the pen moves.
    pub advance: f32,
}

/// A stretch of a line with one direction, font and script.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// Bytes.
    pub range: Range<usize>,
    pub direction: Direction,
    /// The embedding level (UAX #9); odd is right-to-left.
    pub level: u8,
    pub font: FontId,
    /// The ISO 15924 code of the script it was shaped as.
    pub script: [u8; 4],
    /// Pixels per em.
    pub size: f32,
    /// Pixels from the left edge of the column.
    pub left: f32,
    pub advance: f32,
    /// Left to right as on screen.
    pub glyphs: Vec<Glyph>,
}

impl Run {
    /// What to paint for a glyph when the column's top left corner stands at `origin` (physical pixels): the key of its picture and
    /// the whole pixel where the pen stands. The picture goes to (`x + left`, `y - top`) of the [`AtlasGlyph`](super::AtlasGlyph).
    pub fn place(&self, glyph: &Glyph, origin: Point) -> (GlyphKey, i32, i32) {
        let quarters = ((origin.x + glyph.x) * 4.0).round();
        let whole = (quarters / 4.0).floor();
        let key = GlyphKey {
            font: self.font,
            glyph: glyph.id,
            size_bits: self.size.to_bits(),
            subpixel: (quarters - whole * 4.0) as u8,
        };
        (key, whole as i32, (origin.y + glyph.y).round() as i32)
    }
}

/// A line of a paragraph.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Bytes; the lines of a paragraph tile it. White space at the end, and a mandatory break, belong to the line that they end.
    pub range: Range<usize>,
    /// Pixels from the paragraph's top.
    pub top: f32,
    pub bottom: f32,
    pub baseline: f32,
    /// The edges of the text, without white space that hangs beyond the end of a wrapped line.
    pub left: f32,
    pub right: f32,
    /// Left to right as on screen.
    pub runs: Vec<Run>,
}

/// Which of the two places a byte offset has on screen, where it has two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Affinity {
    /// With the text before it: at the end of the line above at a soft break.
    Before,
    /// With the text after it.
    After,
}

/// A place between graphemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Caret {
    pub byte: usize,
    pub affinity: Affinity,
}

impl Caret {
    pub const fn before(byte: usize) -> Self {
        Self { byte, affinity: Affinity::Before }
    }

    pub const fn after(byte: usize) -> Self {
        Self { byte, affinity: Affinity::After }
    }
}

/// A grapheme on a line: what can be pointed at and selected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell {
    /// Bytes.
    pub start: u32,
    pub end: u32,
    /// Pixels.
    pub left: f32,
    pub right: f32,
    pub level: u8,
    /// The word flags of [`analysis::flag`](super::analysis::flag) at its first byte.
    pub flags: u8,
}

impl Cell {
    pub fn is_rtl(&self) -> bool {
        self.level % 2 == 1
    }
}

/// A paragraph laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct ParagraphLayout {
    pub(super) direction: Direction,
    pub(super) width: f32,
    pub(super) len: usize,
    /// What is shown of a clipped text, in bytes from its start.
    pub(super) clipped: Option<usize>,
    pub(super) lines: Vec<Line>,
    /// The cells of each line, left to right. A mandatory break has none.
    pub(super) cells: Vec<Vec<Cell>>,
}

impl ParagraphLayout {
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The width in pixels of the widest line, without white space that hangs.
    pub fn width(&self) -> f32 {
        self.width
    }

    /// Pixels from the top of the first line to the bottom of the last.
    pub fn height(&self) -> f32 {
        self.lines.last().map_or(0.0, |line| line.bottom)
    }

    /// The length of the text in bytes, what a clipped layout does not show included.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the text is empty; the layout has a line all the same.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// At least one.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Whether text was left out and an ellipsis put in its place.
    pub fn clipped(&self) -> bool {
        self.clipped.is_some()
    }

    /// How much of the text is shown, in bytes from its start: all of it where nothing was left out.
    pub fn shown(&self) -> usize {
        self.clipped.unwrap_or(self.len)
    }

    /// The lines of this layout and below them those of another, whose text goes on where this ends, without what is painted.
    pub(super) fn followed_by(&self, next: &Self) -> Self {
        let mut both = Self { lines: Vec::new(), cells: Vec::new(), ..*self };
        for (layout, bytes, top) in [(self, 0, 0.0), (next, self.len, self.height())] {
            both.lines.extend(layout.lines.iter().map(|line| Line {
                range: line.range.start + bytes..line.range.end + bytes,
                top: line.top + top,
                bottom: line.bottom + top,
                baseline: line.baseline + top,
                left: line.left,
                right: line.right,
                runs: Vec::new(),
            }));
            let move_down = |cell: &Cell| Cell {
                start: cell.start + bytes as u32,
                end: cell.end + bytes as u32,
                ..*cell
            };
            both.cells.extend(layout.cells.iter().map(|cells| cells.iter().map(move_down).collect()));
        }
        both.len += next.len;
        both.width = self.width.max(next.width);
        both
    }
}
