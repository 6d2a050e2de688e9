//! A line as a screen reader walks through it: its characters in the order of the text, in runs of one direction.
//!
//! The shape is the one that AccessKit asks for its text runs (lengths, offsets, widths, word starts), without its types. Knows
//! layouts only.

use std::ops::Range;

use super::analysis::flag;
use super::direction::Direction;
use super::layout::{Cell, ParagraphLayout};

/// A run holds at most this many characters, so that every index of one fits a byte.
const MOST: usize = 254;

/// What can be selected at the least: a grapheme, or a part of one too long for a byte.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Character {
    /// Bytes of text.
    pub len: u8,
    /// Pixels from the edge of the run where its direction begins.
    pub offset: f32,
    /// Pixels.
    pub width: f32,
}

/// Characters of one direction that follow each other in the text and on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct CharacterRun {
    /// Bytes of the paragraph.
    pub range: Range<usize>,
    pub direction: Direction,
    /// Pixels from the left edge of the column.
    pub left: f32,
    pub right: f32,
    /// In the order of the text.
    pub characters: Vec<Character>,
    /// The characters at which a word begins (UAX #29), ascending.
    pub words: Vec<u8>,
}

impl CharacterRun {
    /// The byte of the paragraph at which a character begins; the run's end for one beyond its last.
    pub fn byte(&self, character: usize) -> usize {
        let lengths = self.characters.iter().take(character).map(|character| usize::from(character.len));
        self.range.start + lengths.sum::<usize>()
    }

    /// The character that begins at or holds a byte of the paragraph; their number for a byte at or beyond the end.
    pub fn character(&self, byte: usize) -> usize {
        let mut end = self.range.start;
        self.characters
            .iter()
            .position(|character| {
                end += usize::from(character.len);
                byte < end
            })
            .unwrap_or(self.characters.len())
    }
}

impl ParagraphLayout {
    /// The characters of a line of this layout of `text`, in the order of the text. A mandatory break has none; an empty line has no run.
    pub fn characters(&self, line: usize, text: &str) -> Vec<CharacterRun> {
        let Some(cells) = self.cells.get(line) else { return Vec::new() };
        let mut cells: Vec<Cell> = cells.clone();
        cells.sort_by_key(|cell| cell.start);
        let mut runs: Vec<CharacterRun> = Vec::new();
        let mut last: Option<(Cell, usize)> = None;
        for cell in cells {
            let run = self.lines[line].runs.iter().position(|run| run.range.contains(&(cell.start as usize)));
            let run = run.unwrap_or(usize::MAX);
            let starts_word = cell.flags & flag::WORD != 0
                && last.is_none_or(|(last, _)| {
                    last.flags & flag::WORD == 0 || cell.flags & flag::WORD_BOUNDARY != 0
                });
            let pieces = lengths(text, cell.start as usize..cell.end as usize);
            let goes_on = last.is_some_and(|(last, of)| of == run && last.end == cell.start)
                && runs.last().is_some_and(|last| last.characters.len() + pieces.len() <= MOST);
            if !goes_on {
                runs.push(CharacterRun {
                    range: cell.start as usize..cell.start as usize,
                    direction: Direction::of_level(cell.level),
                    left: cell.left,
                    right: cell.right,
                    characters: Vec::new(),
                    words: Vec::new(),
                });
            }
            if let Some(open) = runs.last_mut() {
                open.add(&cell, &pieces, starts_word);
            }
            last = Some((cell, run));
        }
        runs
    }
}

impl CharacterRun {
    fn add(&mut self, cell: &Cell, lengths: &[u8], starts_word: bool) {
        if starts_word && let Ok(index) = u8::try_from(self.characters.len()) {
            self.words.push(index);
        }
        self.left = self.left.min(cell.left);
        self.right = self.right.max(cell.right);
        let width = cell.right - cell.left;
        for (part, &len) in lengths.iter().enumerate() {
            let offset =
                if self.direction.is_rtl() { self.right - cell.right } else { cell.left - self.left };
            let (offset, width) = if part == 0 { (offset, width) } else { (offset + width, 0.0) };
            self.characters.push(Character { len, offset, width });
        }
        self.range.end = cell.end as usize;
    }
}

/// The lengths of the characters that a grapheme is told as: one, unless it is longer than a byte can say.
fn lengths(text: &str, range: Range<usize>) -> Vec<u8> {
    match u8::try_from(range.len()) {
        Ok(len) => vec![len],
        Err(_) => text[range].chars().map(|c| c.len_utf8() as u8).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use super::*;

    fn lay_out(text: &str, width: f32) -> ParagraphLayout {
        let style = Style { family: Family::AMIRI, size: 20.0, weight: Weight::Regular, line_height: 40.0 };
        let direction = first_strong_direction(text, Direction::LeftToRight);
        TextEngine::new(FontLibrary::bundled()).lay_out(text, &style, direction, Align::Start, Some(width))
    }

    #[test]
    fn runs_tile_the_text_in_its_order_and_stand_where_its_rectangles_do() {
        let text = "قالَ foo (bar) 2023 لا، كَّ";
        for width in [90.0, 600.0] {
            let layout = lay_out(text, width);
            let mut at = 0;
            for line in 0..layout.lines().len() {
                for run in layout.characters(line, text) {
                    assert_eq!(run.range.start, at);
                    at = run.range.end;
                    assert_eq!(run.byte(run.characters.len()), at);
                    for (index, character) in run.characters.iter().enumerate() {
                        let start = run.byte(index);
                        assert_eq!(run.character(start), index);
                        let rects = layout.rects(start..start + usize::from(character.len));
                        let left = match run.direction {
                            Direction::LeftToRight => run.left + character.offset,
                            Direction::RightToLeft => run.right - character.offset - character.width,
                        };
                        assert!(
                            (rects[0].left - left).abs() < 0.01
                                && (rects[0].width() - character.width).abs() < 0.01
                        );
                    }
                }
            }
            assert_eq!(at, text.len());
        }
    }

    #[test]
    fn words_begin_where_they_begin() {
        let text = "قال نعم، foo";
        let layout = lay_out(text, 600.0);
        let runs = layout.characters(0, text);
        let words: Vec<&str> = runs
            .iter()
            .flat_map(|run| run.words.iter().map(|word| &text[run.byte(usize::from(*word))..]))
            .collect();
        assert_eq!(words, ["قال نعم، foo", "نعم، foo", "foo"]);
    }

    #[test]
    fn long_runs_and_long_graphemes_are_divided() {
        let text = "a".repeat(600);
        let layout = lay_out(&text, 100_000.0);
        assert!(layout.characters(0, &text).iter().all(|run| run.characters.len() <= MOST));
        let text = format!("ب{}", "\u{64e}".repeat(200));
        let layout = lay_out(&text, 600.0);
        let runs = layout.characters(0, &text);
        assert_eq!(runs.iter().map(|run| run.characters.len()).sum::<usize>(), 201);
    }
}
