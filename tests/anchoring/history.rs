//! A text whose every character knows where it came from, so that after any number of edits the truth about every span is known.

use super::texts::{Chance, MARKS, sentence};
use std::collections::HashSet;
use std::ops::Range;

/// A character, and its place in the old text if it stood there.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    pub c: char,
    pub from: Option<usize>,
    /// The place in the old text of which it is a copy, and which copy.
    copy: Option<(usize, usize)>,
}

/// A copy is no longer than this, in characters: of a text that holds itself, nobody can say which of the two it is.
const LONGEST_COPY: usize = 400;

/// The kinds of edits that are measured alone. Copies are not: when half of a text is copies of the other half, and both were cut
/// afterwards, which is the original is a matter of the history and cannot be seen.
pub const EDITS: [&str; 6] = ["insert", "delete", "move", "replace", "white space", "vowel marks"];

/// A stretch of a copy is at least so long, in characters, to be told from words that are the same by accident.
const LEAST_STRETCH: usize = 12;

fn fresh(c: char) -> Cell {
    Cell { c, from: None, copy: None }
}

/// A text with its history.
#[derive(Clone, Debug)]
pub struct Tracked {
    pub cells: Vec<Cell>,
    copies: usize,
}

impl Tracked {
    pub fn new(text: &str) -> Self {
        let cells = text.chars().enumerate().map(|(at, c)| Cell { c, from: Some(at), copy: None }).collect();
        Self { cells, copies: 0 }
    }

    pub fn text(&self) -> String {
        self.cells.iter().map(|cell| cell.c).collect()
    }

    /// Puts other characters in a place. What both have in common at their ends stays as it is: that is the least edit that does this.
    fn replace(&mut self, range: Range<usize>, with: &str) {
        let with: Vec<char> = with.chars().collect();
        let taken = &self.cells[range.clone()];
        let head = taken.iter().zip(&with).take_while(|(cell, c)| cell.c == **c).count();
        let rest = (&taken[head..], &with[head..]);
        let tail = rest.0.iter().rev().zip(rest.1.iter().rev()).take_while(|(cell, c)| cell.c == **c).count();
        let new: Vec<Cell> = with[head..with.len() - tail].iter().map(|&c| fresh(c)).collect();
        self.cells.splice(range.start + head..range.end - tail, new);
    }

    /// A range that means something to whoever edits: letters, a word, some words, a sentence, a paragraph.
    fn range(&self, chance: &mut Chance) -> Range<usize> {
        let len = self.cells.len();
        let at = chance.below(len);
        let is = |at: usize, ends: &[char]| ends.contains(&self.cells[at].c);
        let around = |ends: &[char], with_end: bool| {
            let start = (0..at).rev().find(|&at| is(at, ends)).map_or(0, |at| at + 1);
            let end = (at..len).find(|&at| is(at, ends)).map_or(len, |end| end + usize::from(with_end));
            start..end.max(start)
        };
        match chance.below(10) {
            0 => at..(at + chance.between(1, 3)).min(len),
            1..=3 => around(&[' ', '\n'], chance.once_in(2)),
            4 | 5 => {
                let end = (at + chance.between(5, 80)).min(len);
                at..end
            }
            6..=8 => around(&['.', '؟', '!', '\n', '،'], true),
            _ => around(&['\n'], true),
        }
    }

    /// Makes one random edit, of a kind where one is given, and says of what kind.
    pub fn edit(&mut self, words: &[String], only: Option<&str>, chance: &mut Chance) -> &'static str {
        if self.cells.is_empty() {
            self.replace(0..0, &sentence(words, chance));
            return "insert";
        }
        let range = self.range(chance);
        let kind = only.unwrap_or_else(|| match chance.below(14) {
            0..=2 => "insert",
            3..=5 => "delete",
            6 | 7 => "move",
            8 | 9 => "replace",
            10 | 11 => "white space",
            _ => "vowel marks",
        });
        match kind {
            "insert" => {
                let at = chance.below(self.cells.len() + 1);
                if only.is_none() && chance.once_in(5) {
                    // A copy of what stands elsewhere already.
                    self.copies += 1;
                    let place = |cell: &Cell| cell.from.or(cell.copy.map(|(place, _)| place));
                    let number = self.copies;
                    let copy = |cell: &Cell| Cell {
                        c: cell.c,
                        from: None,
                        copy: place(cell).map(|place| (place, number)),
                    };
                    let copied: Vec<Cell> = self.cells[range].iter().take(LONGEST_COPY).map(copy).collect();
                    self.cells.splice(at..at, copied);
                    return "copy";
                }
                let new = match chance.below(4) {
                    0 => format!(" {}", chance.of(words)),
                    1 => format!("{} ", chance.of(words)),
                    2 => sentence(words, chance),
                    _ => format!("{}\n", sentence(words, chance)),
                };
                self.replace(at..at, &new);
                "insert"
            }
            "delete" => {
                self.replace(range, "");
                "delete"
            }
            "move" => {
                let moved: Vec<Cell> = self.cells.drain(range).collect();
                let at = chance.below(self.cells.len() + 1);
                self.cells.splice(at..at, moved);
                "move"
            }
            "replace" => {
                let new = if range.len() < 12 || chance.once_in(2) {
                    chance.of(words).clone()
                } else {
                    sentence(words, chance)
                };
                self.replace(range, &new);
                "replace"
            }
            "white space" => {
                let spaces: Vec<usize> =
                    range.filter(|&at| self.cells[at].c == ' ' || self.cells[at].c == '\n').collect();
                for at in spaces.into_iter().rev() {
                    let new = *chance.of(&["  ", "\u{a0}", "\n", " ", "", "\t"]);
                    self.replace(at..at + 1, new);
                }
                "white space"
            }
            "vowel marks" => {
                let every = chance.between(1, 3);
                for at in range.rev() {
                    if ('\u{621}'..='\u{64a}').contains(&self.cells[at].c) && chance.once_in(every) {
                        let mark = if chance.once_in(8) { '\u{640}' } else { *chance.of(&MARKS) };
                        self.cells.insert(at + 1, fresh(mark));
                    }
                }
                "vowel marks"
            }
            other => panic!("no kind of edit is called {other}"),
        }
    }

    /// Of all histories with the same outcome the one that changes least is the true one, as it is for one edit: characters that were
    /// taken away and put in again at the very same place are those that were there, and what was copied and then taken away was moved.
    pub fn settle(&mut self, old: &str) {
        let old: Vec<char> = old.chars().collect();
        let mut is_there = vec![false; old.len()];
        for from in self.cells.iter().filter_map(|cell| cell.from) {
            is_there[from] = true;
        }
        for number in 1..=self.copies {
            let of_copy = |cell: &Cell| cell.copy.filter(|(_, copy)| *copy == number).map(|(place, _)| place);
            let copied: Vec<usize> = self.cells.iter().filter_map(of_copy).collect();
            let gone = copied.iter().filter(|&&place| !is_there[place]).count();
            if 2 * gone <= copied.len() {
                self.restore_stretches(number, &mut is_there);
                continue;
            }
            for &place in &copied {
                is_there[place] = true;
            }
            let is_copied: HashSet<usize> = copied.into_iter().collect();
            for cell in &mut self.cells {
                cell.from = of_copy(cell).or(cell.from.filter(|from| !is_copied.contains(from)));
            }
        }
        let mut restore = |cells: &mut [Cell], at: usize, from: Option<usize>| {
            let Some(from) = from.filter(|&from| from < old.len() && !is_there[from]) else { return };
            if cells[at].from.is_none() && cells[at].c == old[from] {
                cells[at].from = Some(from);
                is_there[from] = true;
            }
        };
        for at in 0..self.cells.len() {
            let from = if at == 0 { Some(0) } else { self.cells[at - 1].from.map(|from| from + 1) };
            restore(&mut self.cells, at, from);
        }
        for at in (0..self.cells.len()).rev() {
            let after = self.cells.get(at + 1).map_or(Some(old.len()), |cell| cell.from);
            restore(&mut self.cells, at, after.and_then(|after| after.checked_sub(1)));
        }
    }

    /// Counts those stretches of a copy as moved of which the original was taken away, be the rest of it still there.
    fn restore_stretches(&mut self, number: usize, is_there: &mut [bool]) {
        let mut stretch: Vec<(usize, usize)> = Vec::new();
        for at in 0..=self.cells.len() {
            let copy = self.cells.get(at).and_then(|cell| cell.copy).filter(|(_, copy)| *copy == number);
            let place = copy.map(|(place, _)| place).filter(|&place| !is_there[place]);
            let goes_on = place.is_some_and(|place| stretch.last().is_none_or(|last| last.1 + 1 == place));
            if !goes_on {
                if stretch.len() >= LEAST_STRETCH {
                    for &(cell, place) in &stretch {
                        self.cells[cell].from = Some(place);
                        is_there[place] = true;
                    }
                }
                stretch.clear();
            }
            stretch.extend(place.map(|place| (at, place)));
        }
    }

    /// Where the characters of an old range stand now, in the old order; those that are gone are left out.
    #[expect(clippy::unused_self, reason = "asked of a history as the others are")]
    pub fn places(&self, index: &[Option<usize>], old: Range<usize>) -> Vec<usize> {
        old.filter_map(|at| index[at]).collect()
    }

    /// The place now of each old character.
    pub fn index(&self, old_len: usize) -> Vec<Option<usize>> {
        let mut index = vec![None; old_len];
        for (now, cell) in self.cells.iter().enumerate() {
            if let Some(from) = cell.from {
                index[from] = Some(now);
            }
        }
        index
    }
}
