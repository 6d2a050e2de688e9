//! Moving a caret. Left and right go by what is on screen: the cells of each line in visual order, and from one line's edge to the
//! next line; the other steps go by the text. Leaving the paragraph is the caller's business.

use super::analysis::flag;
use super::layout::{Affinity, Caret, Cell, ParagraphLayout};

/// One movement of the caret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// One place to the left on screen.
    Left,
    Right,
    /// To the left edge of the word on the left, on screen.
    WordLeft,
    WordRight,
    /// The logical start of the line on screen.
    LineStart,
    LineEnd,
    /// The next grapheme of the text.
    Next,
    Previous,
    /// The end of the next word of the text.
    NextWord,
    /// The start of the previous word of the text.
    PreviousWord,
}

impl ParagraphLayout {
    /// The caret after one step; `None` where the step leaves the paragraph.
    pub fn step(&self, caret: Caret, step: Step) -> Option<Caret> {
        match step {
            Step::Left => {
                self.visual_step(self.stop_of(caret), false).map(|(line, stop)| self.caret_at(line, stop))
            }
            Step::Right => {
                self.visual_step(self.stop_of(caret), true).map(|(line, stop)| self.caret_at(line, stop))
            }
            Step::WordLeft => self.visual_word(caret, false),
            Step::WordRight => self.visual_word(caret, true),
            Step::LineStart => Some(Caret::after(self.lines[self.line_of(caret)].range.start)),
            Step::LineEnd => Some(Caret::before(self.text_end(self.line_of(caret)))),
            Step::Next => self.next_boundary(caret.byte).map(|byte| self.logical_caret(byte)),
            Step::Previous => self.previous_boundary(caret.byte).map(|byte| self.logical_caret(byte)),
            Step::NextWord => self.next_word(caret.byte),
            Step::PreviousWord => self.previous_word(caret.byte),
        }
    }

    /// The place from which steps of one kind go through the whole paragraph: the outer edge of its first line, or of its last.
    pub fn entry(&self, step: Step) -> Caret {
        let last = self.lines.len() - 1;
        let rtl = self.direction.is_rtl();
        match step {
            Step::Left | Step::WordLeft => {
                let line = if rtl { 0 } else { last };
                self.caret_at(line, self.cells[line].len())
            }
            Step::Right | Step::WordRight => self.caret_at(if rtl { last } else { 0 }, 0),
            Step::Next | Step::NextWord | Step::LineStart => Caret::after(0),
            Step::Previous | Step::PreviousWord | Step::LineEnd => Caret::before(self.len),
        }
    }

    /// The stop beside a stop. The end of a softly broken line and the start of the next are one place in the text; passing from
    /// one line to the other it is visited once, at the start of the next.
    fn visual_step(&self, (line, stop): (usize, usize), right: bool) -> Option<(usize, usize)> {
        let last = self.cells[line].len();
        let edge = if right { last } else { 0 };
        if stop != edge {
            let next = if right { stop + 1 } else { stop - 1 };
            if next == edge
                && let Some(below) = self.continued_by(line, right)
            {
                return Some(below);
            }
            return Some((line, next));
        }
        // Onwards: to the line below when moving with the paragraph's direction, else to the one above.
        let forward = right != self.direction.is_rtl();
        let to = if forward {
            line.checked_add(1).filter(|to| *to < self.lines.len())?
        } else {
            line.checked_sub(1)?
        };
        let entry = if right { 0 } else { self.cells[to].len() };
        if !forward && self.continued_by(to, !right) == Some((line, stop)) && !self.cells[to].is_empty() {
            let inner = if right { 1 } else { self.cells[to].len() - 1 };
            return Some((to, inner));
        }
        Some((to, entry))
    }

    /// For a line that is left at its right or left edge going forward: the stop that begins the next line, if it is the same
    /// place in the text.
    fn continued_by(&self, line: usize, right: bool) -> Option<(usize, usize)> {
        let forward = right != self.direction.is_rtl();
        let next = line + 1;
        if !forward || next >= self.lines.len() || self.ends_with_break(line) {
            return None;
        }
        let edge = self.caret_at(line, if right { self.cells[line].len() } else { 0 });
        let entry = (next, if right { 0 } else { self.cells[next].len() });
        (edge.byte == self.caret_at(entry.0, entry.1).byte).then_some(entry)
    }

    fn visual_word(&self, caret: Caret, right: bool) -> Option<Caret> {
        let mut at = self.visual_step(self.stop_of(caret), right)?;
        loop {
            if self.is_word_edge(at, right) {
                break;
            }
            match self.visual_step(at, right) {
                Some(next) => at = next,
                None => break,
            }
        }
        Some(self.caret_at(at.0, at.1))
    }

    /// Whether a word has just been passed at a stop, moving right or left.
    fn is_word_edge(&self, (line, stop): (usize, usize), right: bool) -> bool {
        let cells = &self.cells[line];
        let left_cell = stop.checked_sub(1).and_then(|at| cells.get(at));
        let right_cell = cells.get(stop);
        let (passed, ahead) = if right { (left_cell, right_cell) } else { (right_cell, left_cell) };
        let Some(passed) = passed.filter(|cell| in_word(cell)) else { return false };
        ahead.is_none_or(|ahead| !in_word(ahead) || !same_word(passed, ahead))
    }

    fn logical_caret(&self, byte: usize) -> Caret {
        Caret {
            byte,
            affinity: if byte == self.len && byte > 0 { Affinity::Before } else { Affinity::After },
        }
    }

    /// The cells of the whole paragraph in the order of the text.
    fn logical_cells(&self, line: usize) -> Vec<Cell> {
        let mut cells = self.cells[line].clone();
        cells.sort_by_key(|cell| cell.start);
        cells
    }

    fn next_boundary(&self, byte: usize) -> Option<usize> {
        let line = self.line_of(Caret::after(byte));
        let next = self.cells[line].iter().map(|cell| cell.end as usize).filter(|end| *end > byte).min();
        next.or_else(|| Some(self.lines[line].range.end).filter(|end| *end > byte))
    }

    fn previous_boundary(&self, byte: usize) -> Option<usize> {
        let line = self.line_of(Caret::after(byte));
        let starts = |line: usize| self.cells[line].iter().map(|cell| cell.start as usize);
        if let Some(start) = starts(line).filter(|start| *start < byte).max() {
            return Some(start);
        }
        let above = line.checked_sub(1)?;
        if self.ends_with_break(above) { Some(self.text_end(above)) } else { starts(above).max() }
    }

    fn next_word(&self, byte: usize) -> Option<Caret> {
        let first = self.line_of(Caret::after(byte));
        let mut inside: Option<Cell> = None;
        for line in first..self.lines.len() {
            for cell in self.logical_cells(line) {
                if (cell.end as usize) <= byte {
                    continue;
                }
                match inside {
                    Some(word) if !in_word(&cell) || !same_word(&word, &cell) => {
                        return Some(Caret::before(word.end as usize));
                    }
                    _ => inside = Some(cell).filter(in_word).or(inside),
                }
            }
            if self.ends_with_break(line)
                && let Some(word) = inside
            {
                return Some(Caret::before(word.end as usize));
            }
        }
        (byte < self.len).then(|| self.logical_caret(self.len))
    }

    fn previous_word(&self, byte: usize) -> Option<Caret> {
        let first = self.line_of(Caret::after(byte));
        let mut inside: Option<Cell> = None;
        for line in (0..=first).rev() {
            if let Some(word) = inside
                && self.ends_with_break(line)
            {
                return Some(Caret::after(word.start as usize));
            }
            for cell in self.logical_cells(line).into_iter().rev() {
                if cell.start as usize >= byte {
                    continue;
                }
                match inside {
                    Some(word) if !in_word(&cell) || !same_word(&word, &cell) => {
                        return Some(Caret::after(word.start as usize));
                    }
                    _ => inside = Some(cell).filter(in_word).or(inside),
                }
            }
        }
        (byte > 0).then_some(Caret::after(0))
    }
}

fn in_word(cell: &Cell) -> bool {
    cell.flags & flag::WORD != 0
}

/// Whether two cells that follow each other in the text are of one word.
fn same_word(a: &Cell, b: &Cell) -> bool {
    let (first, second) = if a.start < b.start { (a, b) } else { (b, a) };
    first.end == second.start && second.flags & flag::WORD_BOUNDARY == 0
}
