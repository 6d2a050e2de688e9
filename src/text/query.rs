//! Pointing at a paragraph: rectangles of ranges, the caret under a point, the place of a caret.
//!
//! Works on cells (graphemes on screen) alone; makes no layout and remembers nothing.

use std::ops::Range;

use super::direction::Direction;
use super::geometry::{Point, Rect};
use super::layout::{Affinity, Caret, Cell, Line, ParagraphLayout};

/// Edges nearer than this many pixels are one place.
const TOUCHING: f32 = 1.0 / 64.0;

impl ParagraphLayout {
    /// The rectangles that cover a range of bytes: per line from left to right, touching ones joined, each as high as its line. The
    /// ends of the range are widened to graphemes. In a ligature each letter has its own share.
    pub fn rects(&self, range: Range<usize>) -> Vec<Rect> {
        let mut rects = Vec::new();
        let first = self.lines.partition_point(|line| line.range.end <= range.start);
        for (line, cells) in self.lines.iter().zip(&self.cells).skip(first) {
            if line.range.start >= range.end {
                break;
            }
            let mut open: Option<Rect> = None;
            for cell in cells {
                if cell.start as usize >= range.end || cell.end as usize <= range.start {
                    continue;
                }
                match &mut open {
                    Some(rect) if (cell.left - rect.right).abs() <= TOUCHING => rect.right = cell.right,
                    _ => {
                        rects.extend(open.take());
                        open = Some(line_rect(line, cell.left, cell.right));
                    }
                }
            }
            rects.extend(open);
        }
        rects.retain(|rect| rect.right > rect.left);
        rects
    }

    /// The caret nearest to a point: on the line at its height (the first or last one beyond the paragraph's ends), at the nearer
    /// edge of the grapheme there.
    pub fn hit(&self, point: Point) -> Caret {
        let index = self.line_at(point.y);
        let cells = &self.cells[index];
        let Some(cell) = cells.iter().position(|cell| point.x < cell.right) else {
            return self.caret_at(index, cells.len());
        };
        let Cell { left, right, .. } = cells[cell];
        if point.x - left <= TOUCHING {
            return self.caret_at(index, cell);
        }
        if right - point.x <= TOUCHING {
            return self.caret_at(index, cell + 1);
        }
        let on_left = point.x < (left + right) / 2.0;
        let stop = if on_left { cell } else { cell + 1 };
        let neighbour =
            if on_left { cell.checked_sub(1).and_then(|n| cells.get(n)) } else { cells.get(cell + 1) };
        match neighbour {
            // Between two directions the place belongs to the grapheme that was pointed at.
            Some(other) if other.is_rtl() != cells[cell].is_rtl() => edge_caret(&cells[cell], !on_left),
            _ => self.caret_at(index, stop),
        }
    }

    /// The bytes of the grapheme under a point; `None` outside the text.
    pub fn cluster_at(&self, point: Point) -> Option<Range<usize>> {
        let index = self.lines.iter().position(|line| point.y >= line.top && point.y < line.bottom)?;
        let cell = self.cells[index].iter().find(|cell| point.x >= cell.left && point.x < cell.right)?;
        Some(cell.start as usize..cell.end as usize)
    }

    /// Where a caret stands: a rectangle without width, as high as the line. A caret that is inside a grapheme or beyond the text
    /// stands at the nearest place before it.
    pub fn caret_rect(&self, caret: Caret) -> Rect {
        let (line, stop) = self.stop_of(caret);
        let x = self.stop_x(line, stop);
        line_rect(&self.lines[line], x, x)
    }

    /// The index of the line on which a caret stands.
    pub fn line_of(&self, caret: Caret) -> usize {
        self.stop_of(caret).0
    }

    /// Where two directions meet at a caret, or one meets the edge of a paragraph of the other: the direction of the text to which the
    /// caret belongs, in which the next letter would go on. `None` inside one direction.
    pub fn direction_mark(&self, caret: Caret) -> Option<Direction> {
        let line = self.lines.get(self.line_of(caret))?;
        let of =
            |byte: usize| line.runs.iter().find(|run| run.range.contains(&byte)).map(|run| run.direction);
        let before = caret.byte.checked_sub(1).and_then(of).unwrap_or(self.direction);
        let after = of(caret.byte).unwrap_or(self.direction);
        (before != after).then_some(match caret.affinity {
            Affinity::Before => before,
            Affinity::After => after,
        })
    }

    fn line_at(&self, y: f32) -> usize {
        self.lines.partition_point(|line| line.bottom <= y).min(self.lines.len() - 1)
    }

    /// The x of a stop; stops are the places between cells, numbered from the left.
    pub(super) fn stop_x(&self, line: usize, stop: usize) -> f32 {
        let cells = &self.cells[line];
        match (cells.get(stop), cells.last()) {
            (Some(cell), _) => cell.left,
            (None, Some(last)) => last.right,
            (None, None) => self.lines[line].left,
        }
    }

    /// The line and stop at which a caret stands.
    pub(super) fn stop_of(&self, caret: Caret) -> (usize, usize) {
        let byte = caret.byte.min(self.len) as u32;
        // The line whose text holds the byte; at a soft break the affinity decides between two.
        let mut line =
            self.lines.partition_point(|line| line.range.end as u32 <= byte).min(self.lines.len() - 1);
        if caret.affinity == Affinity::Before
            && line > 0
            && byte as usize == self.lines[line].range.start
            && !self.ends_with_break(line - 1)
        {
            line -= 1;
        }
        let cells = &self.cells[line];
        let leading = || {
            cells.iter().position(|cell| cell.start == byte).map(|at| at + usize::from(cells[at].is_rtl()))
        };
        let trailing =
            || cells.iter().position(|cell| cell.end == byte).map(|at| at + usize::from(!cells[at].is_rtl()));
        let stop = match caret.affinity {
            Affinity::After => leading().or_else(trailing),
            Affinity::Before => trailing().or_else(leading),
        };
        let stop = stop.or_else(|| {
            let inside = cells.iter().position(|cell| cell.start < byte && byte < cell.end)?;
            Some(inside + usize::from(cells[inside].is_rtl()))
        });
        (line, stop.unwrap_or_else(|| self.line_end_stop(line)))
    }

    /// Whether a line ends with a mandatory break, which has no cell.
    pub(super) fn ends_with_break(&self, line: usize) -> bool {
        self.text_end(line) < self.lines[line].range.end
    }

    /// Where a line's text ends, its mandatory break left out.
    pub(super) fn text_end(&self, line: usize) -> usize {
        self.cells[line].iter().map(|cell| cell.end as usize).max().unwrap_or(self.lines[line].range.start)
    }

    /// The stop after the logically last grapheme of a line.
    fn line_end_stop(&self, line: usize) -> usize {
        let cells = &self.cells[line];
        let last = cells.iter().enumerate().max_by_key(|(_, cell)| cell.end);
        last.map_or(0, |(at, cell)| at + usize::from(!cell.is_rtl()))
    }

    /// The one caret that stands for a stop: where two directions meet, that of the grapheme in the paragraph's direction.
    pub(super) fn caret_at(&self, line: usize, stop: usize) -> Caret {
        let cells = &self.cells[line];
        let left = stop.checked_sub(1).and_then(|at| cells.get(at));
        let right = cells.get(stop);
        let base = self.direction.is_rtl();
        match (left, right) {
            (None, None) => {
                let byte = self.lines[line].range.start;
                if byte == self.len && byte > 0 && line == 0 {
                    Caret::before(byte)
                } else {
                    Caret::after(byte)
                }
            }
            (Some(cell), None) => edge_caret(cell, true),
            (None, Some(cell)) => edge_caret(cell, false),
            (Some(left), Some(right)) if left.is_rtl() == right.is_rtl() => {
                if left.is_rtl() {
                    edge_caret(left, true)
                } else {
                    edge_caret(right, false)
                }
            }
            (Some(left), Some(right)) => {
                if left.is_rtl() == base {
                    edge_caret(left, true)
                } else {
                    edge_caret(right, false)
                }
            }
        }
    }
}

/// The caret at the left or right edge of a cell.
fn edge_caret(cell: &Cell, right_edge: bool) -> Caret {
    if cell.is_rtl() == right_edge {
        Caret::after(cell.start as usize)
    } else {
        Caret::before(cell.end as usize)
    }
}

fn line_rect(line: &Line, left: f32, right: f32) -> Rect {
    Rect { left, top: line.top, right, bottom: line.bottom }
}
