//! The editor: a text with a caret and a selection, and what keys and the mouse do to them.
//!
//! Owns the text while it is edited. Caret and anchor stand between grapheme clusters after every call. What depends on the screen
//! is asked of a [`Sheet`] of [`Editor::shown`], which the caller lays out anew after every change.

use std::borrow::Cow;
use std::ops::Range;

use super::clusters::{boundary_from, boundary_until, erased_before, next_cluster};
use super::composition::Composition;
use super::history::{History, Kind, Selection};
use super::sheet::Sheet;
use crate::text::geometry::Point;
use crate::text::layout::Caret;
use crate::text::steps::Step;
use crate::text::words::word_at;

/// A movement of the caret.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Move {
    /// One place to the left on screen.
    Left,
    Right,
    /// To the far edge of the word on the left, on screen.
    WordLeft,
    WordRight,
    /// To the logical start of the line on screen.
    LineStart,
    LineEnd,
    /// One line up, in the same column as far as there is one; on the first line, to the start of the text.
    Up,
    Down,
    /// As far up as this many pixels.
    PageUp(f32),
    PageDown(f32),
    TextStart,
    TextEnd,
}

/// What a press of the mouse takes hold of; dragging then selects by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Press {
    /// A place between two graphemes.
    #[default]
    Place,
    /// A word (UAX #29).
    Word,
    /// A line of the text, without its end.
    Paragraph,
}

/// A text being edited.
#[derive(Clone, Debug)]
pub struct Editor {
    text: String,
    caret: Caret,
    anchor: usize,
    /// The column that Up and Down keep.
    column: Option<f32>,
    history: History,
    composition: Option<Composition>,
    /// What the mouse took hold of, and its range.
    held: (Press, Range<usize>),
}

impl Editor {
    /// An editor with the caret at the end of the text.
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            caret: Caret::before(text.len()),
            anchor: text.len(),
            column: None,
            history: History::default(),
            composition: None,
            held: (Press::Place, text.len()..text.len()),
        }
    }

    /// The text, without what is being composed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text as it is shown: with what is being composed in its place.
    pub fn shown(&self) -> Cow<'_, str> {
        match &self.composition {
            None => Cow::Borrowed(&self.text),
            Some(composition) => {
                let (before, after) = self.text.split_at(composition.at);
                Cow::Owned([before, &composition.text, after].concat())
            }
        }
    }

    /// The caret in the text that is shown.
    pub fn shown_caret(&self) -> Caret {
        match &self.composition {
            None => self.caret,
            Some(composition) => Caret::before(composition.caret()),
        }
    }

    pub fn composition(&self) -> Option<&Composition> {
        self.composition.as_ref()
    }

    pub fn caret(&self) -> Caret {
        self.caret
    }

    /// Where the selection began, in bytes.
    pub fn anchor(&self) -> usize {
        self.anchor
    }

    /// What is selected, in bytes; empty where nothing is.
    pub fn selection(&self) -> Range<usize> {
        self.anchor.min(self.caret.byte)..self.anchor.max(self.caret.byte)
    }

    pub fn selected(&self) -> &str {
        &self.text[self.selection()]
    }

    /// Takes over a text that changed elsewhere. The caret stays as near as it can; the undo steps, which fit another text, go.
    /// Whether it was another text.
    pub fn adopt(&mut self, text: &str) -> bool {
        if self.text == text {
            return false;
        }
        let at_end = self.caret.byte == self.text.len();
        text.clone_into(&mut self.text);
        self.composition = None;
        self.history.clear();
        let byte = if at_end { text.len() } else { boundary_until(text, self.caret.byte) };
        self.stand(Caret { byte, ..self.caret }, false);
        true
    }

    /// Puts the caret somewhere; `extend` keeps the other end of the selection. A place inside a grapheme becomes its start.
    pub fn place(&mut self, caret: Caret, extend: bool) {
        self.history.close();
        self.stand(Caret { byte: boundary_until(&self.text, caret.byte), ..caret }, extend);
    }

    /// Selects a range of bytes, widened to graphemes, with the caret at its end.
    pub fn select(&mut self, range: Range<usize>) {
        self.history.close();
        self.anchor = boundary_until(&self.text, range.start);
        self.stand(Caret::before(boundary_from(&self.text, range.end)), true);
    }

    pub fn select_all(&mut self) {
        self.select(0..self.text.len());
    }

    /// Moves the caret; `extend` selects. Without it, Left and Right leave a selection at its left or right end.
    pub fn go(&mut self, movement: Move, extend: bool, sheet: &Sheet) {
        if !self.is_on(sheet) {
            return;
        }
        self.history.close();
        let (caret, keeps_column) = match movement {
            Move::Left if !extend && self.anchor != self.caret.byte => {
                (self.end_of_selection(false, sheet), false)
            }
            Move::Right if !extend && self.anchor != self.caret.byte => {
                (self.end_of_selection(true, sheet), false)
            }
            Move::Left => (self.stepped(Step::Left, sheet), false),
            Move::Right => (self.stepped(Step::Right, sheet), false),
            Move::WordLeft => (self.stepped(Step::WordLeft, sheet), false),
            Move::WordRight => (self.stepped(Step::WordRight, sheet), false),
            Move::LineStart => (self.stepped(Step::LineStart, sheet), false),
            Move::LineEnd => (self.stepped(Step::LineEnd, sheet), false),
            Move::TextStart => (Caret::after(0), false),
            Move::TextEnd => (Caret::before(self.text.len()), false),
            Move::Up | Move::Down | Move::PageUp(_) | Move::PageDown(_) => {
                (self.vertical(movement, sheet), true)
            }
        };
        let column = self.column.filter(|_| keeps_column);
        self.stand(Caret { byte: boundary_until(&self.text, caret.byte), ..caret }, extend);
        self.column = column;
    }

    /// Whether a sheet shows this text and nothing else; what asks for places on screen does nothing with another sheet.
    fn is_on(&self, sheet: &Sheet) -> bool {
        self.composition.is_none() && sheet.text() == self.text
    }

    fn vertical(&mut self, movement: Move, sheet: &Sheet) -> Caret {
        let place = sheet.caret_rect(self.caret);
        let x = *self.column.get_or_insert(place.left);
        let (found, down) = match movement {
            Move::Down => (sheet.line_beside(self.caret, true, x), true),
            Move::PageUp(pixels) => (
                sheet.line_beside(self.caret, false, x).map(|_| far(sheet, x, place.center().y - pixels)),
                false,
            ),
            Move::PageDown(pixels) => (
                sheet.line_beside(self.caret, true, x).map(|_| far(sheet, x, place.center().y + pixels)),
                true,
            ),
            _ => (sheet.line_beside(self.caret, false, x), false),
        };
        found.unwrap_or(if down { Caret::before(self.text.len()) } else { Caret::after(0) })
    }

    fn stepped(&self, step: Step, sheet: &Sheet) -> Caret {
        sheet.step(self.caret, step).unwrap_or(self.caret)
    }

    /// The end of the selection that stands further to the right, or to the left, on screen.
    fn end_of_selection(&self, right: bool, sheet: &Sheet) -> Caret {
        let Range { start, end } = self.selection();
        let (start, end) = (Caret::after(start), Caret::before(end));
        let (first, last) = (sheet.caret_rect(start), sheet.caret_rect(end));
        let start_is_right = if first.top == last.top {
            first.left > last.left
        } else {
            sheet.direction_at(self.caret.byte).is_rtl()
        };
        if start_is_right == right { start } else { end }
    }

    /// A press of the mouse at a point of the sheet. With `extend`, the selection is drawn out to there.
    pub fn press(&mut self, point: Point, press: Press, extend: bool, sheet: &Sheet) {
        if !self.is_on(sheet) {
            return;
        }
        self.history.close();
        if extend {
            let start = self.anchor;
            self.held = (press, start..start);
            self.drag(point, sheet);
            return;
        }
        let range = self.range_at(point, press, sheet);
        self.held = (press, range.clone());
        if press == Press::Place {
            self.place(sheet.hit(point), false);
        } else {
            self.select(range);
        }
    }

    /// The mouse moved on with its button down.
    pub fn drag(&mut self, point: Point, sheet: &Sheet) {
        if !self.is_on(sheet) {
            return;
        }
        let (press, held) = self.held.clone();
        if press == Press::Place {
            self.anchor = boundary_until(&self.text, held.start);
            self.place(sheet.hit(point), true);
            return;
        }
        let range = self.range_at(point, press, sheet);
        if range.start < held.start {
            self.anchor = boundary_from(&self.text, held.end);
            self.place(Caret::after(range.start), true);
        } else {
            self.anchor = boundary_until(&self.text, held.start);
            self.place(Caret::before(range.end.max(held.end)), true);
        }
    }

    fn range_at(&self, point: Point, press: Press, sheet: &Sheet) -> Range<usize> {
        let caret = sheet.hit(point).byte;
        match press {
            Press::Place => caret..caret,
            Press::Word => {
                let paragraph = sheet.paragraph_at(caret);
                let byte = sheet.cluster_at(point).map_or(caret, |cluster| cluster.start);
                let word = word_at(&self.text[paragraph.clone()], byte.saturating_sub(paragraph.start));
                paragraph.start + word.start..paragraph.start + word.end
            }
            Press::Paragraph => sheet.paragraph_at(caret),
        }
    }

    /// Types: what is selected gives way. Letters typed one after the other are undone a word at a time.
    pub fn insert(&mut self, text: &str) {
        if !text.is_empty() {
            self.change(self.selection(), text, Kind::Typed);
        }
    }

    /// Puts a text in the place of the selection, as a step of its own.
    pub fn paste(&mut self, text: &str) {
        if !(text.is_empty() && self.selection().is_empty()) {
            self.change(self.selection(), text, Kind::Whole);
        }
    }

    /// Erases the selection, or what [`erased_before`] the caret says.
    pub fn backspace(&mut self) {
        self.erase(erased_before, Kind::ErasedBefore);
    }

    /// Erases the selection, or the whole grapheme after the caret.
    pub fn delete(&mut self) {
        self.erase(next_cluster, Kind::ErasedAfter);
    }

    /// Erases the selection, or the text back to the start of a word.
    pub fn erase_word_before(&mut self, sheet: &Sheet) {
        if !self.is_on(sheet) {
            return;
        }
        let until = self.stepped(Step::PreviousWord, sheet).byte;
        self.erase(|_, caret| until.min(caret)..caret, Kind::Whole);
    }

    /// Erases the selection, or the text on to the end of a word.
    pub fn erase_word_after(&mut self, sheet: &Sheet) {
        if !self.is_on(sheet) {
            return;
        }
        let until = self.stepped(Step::NextWord, sheet).byte;
        self.erase(|_, caret| caret..until.max(caret), Kind::Whole);
    }

    fn erase(&mut self, range: impl FnOnce(&str, usize) -> Range<usize>, kind: Kind) {
        let selection = self.selection();
        if !selection.is_empty() {
            self.change(selection, "", Kind::Whole);
            return;
        }
        let range = range(&self.text, self.caret.byte);
        if !range.is_empty() {
            self.change(range, "", kind);
        }
    }

    /// Erases the selection and returns it; `None` where nothing is selected.
    pub fn cut(&mut self) -> Option<String> {
        let cut = self.selected().to_owned();
        if cut.is_empty() {
            return None;
        }
        self.change(self.selection(), "", Kind::Whole);
        Some(cut)
    }

    /// How many steps can be taken back: a change that adds none went on with the last one.
    pub fn steps(&self) -> usize {
        self.history.len()
    }

    /// Takes back the last step. Whether there was one.
    pub fn undo(&mut self) -> bool {
        self.composition = None;
        let selection = self.history.undo(&mut self.text);
        self.restore(selection)
    }

    /// Does the last undone step again. Whether there was one.
    pub fn redo(&mut self) -> bool {
        self.composition = None;
        let selection = self.history.redo(&mut self.text);
        self.restore(selection)
    }

    fn restore(&mut self, selection: Option<Selection>) -> bool {
        let Some(selection) = selection else { return false };
        self.stand(selection.caret, false);
        self.anchor = selection.anchor;
        true
    }

    /// An input method composes: what is selected gives way, and `text` is shown in its place without being part of the text. `active`
    /// are the code points of `text` that it works on. Empty text ends the composition.
    pub fn compose(&mut self, text: &str, active: Option<Range<usize>>) {
        if text.is_empty() {
            self.composition = None;
            return;
        }
        if self.composition.is_none() && !self.selection().is_empty() {
            self.change(self.selection(), "", Kind::Whole);
        }
        self.composition = Some(Composition::new(self.caret.byte, text, active));
    }

    /// An input method is done: `text` becomes part of the text.
    pub fn commit(&mut self, text: &str) {
        self.composition = None;
        self.insert(text);
    }

    /// Ends a composition without a result.
    pub fn stop_composing(&mut self) {
        self.composition = None;
    }

    /// Erases so many code points before and after the selection, as input methods ask.
    pub fn erase_around(&mut self, before: usize, after: usize) {
        let Range { start, end } = self.selection();
        let from = self.text[..start].char_indices().rev().take(before).last().map_or(start, |(at, _)| at);
        let to = self.text[end..].chars().take(after).map(char::len_utf8).sum::<usize>() + end;
        for range in [end..to, from..start] {
            if !range.is_empty() {
                self.change(range, "", Kind::Whole);
            }
        }
        self.select(from..from + (end - start));
    }

    /// The one way in which the text changes, undo aside.
    fn change(&mut self, range: Range<usize>, inserted: &str, kind: Kind) {
        self.composition = None;
        let before = Selection { caret: self.caret, anchor: self.anchor };
        let kind = if kind == Kind::Typed && !range.is_empty() {
            // A letter in the place of a selection begins a step that the next letters may join.
            self.history.close();
            kind
        } else {
            kind
        };
        let end = range.start + inserted.len();
        self.history.replace(&mut self.text, range, inserted, kind, before);
        // What was typed may join what follows it, as a letter typed before a lone mark does.
        let byte = boundary_from(&self.text, end);
        let affinity =
            if kind == Kind::ErasedAfter { self.caret.affinity } else { Caret::before(byte).affinity };
        self.stand(Caret { byte, affinity }, false);
        self.history.end_at(Selection { caret: self.caret, anchor: self.anchor });
    }

    fn stand(&mut self, caret: Caret, extend: bool) {
        self.caret = caret;
        self.column = None;
        if !extend {
            self.anchor = caret.byte;
        }
    }
}

/// The caret nearest to a point that may lie above or below the sheet.
fn far(sheet: &Sheet, x: f32, y: f32) -> Caret {
    sheet.hit(Point::new(x, y.clamp(0.0, (sheet.height() - 1.0).max(0.0))))
}
