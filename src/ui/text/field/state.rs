//! What a field remembers from one frame to the next.

use std::sync::{Arc, Mutex};

use egui::{Id, Pos2, Response, Ui, Vec2, vec2};

use super::keys::{Action, Chord};
use super::{View, spoken};
use crate::text::editing::{Editor, Press, Sheet, fit};
use crate::text::{Caret, Direction, ParagraphLayout};

/// Presses of the mouse that follow each other within so many seconds and points count as a double or triple click.
const NEXT_PRESS: f64 = 0.4;
const NEAR: f32 = 6.0;

/// A field's memory.
pub(super) struct State {
    pub editor: Editor,
    pub sheet: Sheet,
    /// Pixels by which the text is moved from its place at rest; y is never above 0.
    pub scroll: Vec2,
    /// The direction that the reader forced.
    pub forced: Option<Direction>,
    pub chord: Chord,
    /// Seconds of egui's clock: when a key or the mouse last did something here.
    pub last_input: f64,
    /// When, where and how often in a row the mouse was last pressed.
    pub pressed_at: Option<f64>,
    pressed: (Pos2, u32),
    pub focused: bool,
    /// The pass in which it was last shown.
    pub pass: u64,
    /// The pass in which Tab was last pressed.
    pub tab_pass: Option<u64>,
    /// The hint and what its layout depends on.
    pub hint: Option<(String, u64, Arc<ParagraphLayout>)>,
    /// What was selected when it was last offered to the primary selection.
    offered: String,
}

impl State {
    /// The memory of a field; a new one begins with the caret at the end of the text.
    pub fn of(ui: &Ui, id: Id, text: &str) -> Arc<Mutex<Self>> {
        ui.data_mut(|data| {
            data.get_temp_mut_or_insert_with(id, || Arc::new(Mutex::new(Self::new(text)))).clone()
        })
    }

    fn new(text: &str) -> Self {
        Self {
            editor: Editor::new(text),
            sheet: Sheet::default(),
            scroll: Vec2::ZERO,
            forced: None,
            chord: Chord::default(),
            last_input: 0.0,
            pressed_at: None,
            pressed: (Pos2::ZERO, 0),
            focused: false,
            pass: 0,
            tab_pass: None,
            hint: None,
            offered: String::new(),
        }
    }

    /// Which press of the mouse in a row this is: 1, 2 or 3.
    pub fn count_presses(&mut self, at: Pos2, now: f64) -> u32 {
        let (last_at, count) = self.pressed;
        let follows =
            self.pressed_at.is_some_and(|last| now - last <= NEXT_PRESS) && last_at.distance(at) <= NEAR;
        self.pressed = (at, if follows { count % 3 + 1 } else { 1 });
        self.pressed_at = Some(now);
        self.pressed.1
    }

    /// Does one thing. Whether the field was submitted by it.
    pub fn act(&mut self, ui: &Ui, response: &Response, view: &View, action: Action) -> bool {
        let one_line = view.one_line;
        let editor = &mut self.editor;
        match action {
            Action::Type(text) => editor.insert(&fit(&text, one_line)),
            Action::NewLine => editor.insert("\n"),
            Action::Submit => return true,
            Action::Paste(text) => editor.paste(&fit(&text, one_line)),
            Action::Copy => {
                if !editor.selection().is_empty() {
                    ui.copy_text(editor.selected().to_owned());
                }
            }
            Action::Cut => {
                if let Some(text) = editor.cut() {
                    ui.copy_text(text);
                }
            }
            Action::Backspace { word: false } => editor.backspace(),
            Action::Backspace { word: true } => editor.erase_word_before(&self.sheet),
            Action::Delete { word: false } => editor.delete(),
            Action::Delete { word: true } => editor.erase_word_after(&self.sheet),
            Action::Go { movement, extend } => editor.go(movement, extend, &self.sheet),
            Action::SelectAll => editor.select_all(),
            Action::Undo => {
                editor.undo();
            }
            Action::Redo => {
                editor.redo();
            }
            Action::Force(direction) => self.forced = Some(direction),
            Action::Compose(text, active) => editor.compose(&fit(&text, one_line), active),
            Action::Commit(text) => editor.commit(&fit(&text, one_line)),
            Action::EraseAround(before, after) => editor.erase_around(before, after),
            Action::SetAll(text) => {
                editor.select_all();
                editor.paste(&fit(&text, one_line));
            }
            Action::Select(anchor, focus) => {
                let byte = |at| spoken::byte_of(&self.sheet, response.id, at);
                if let (Some(anchor), Some(focus)) = (byte(anchor), byte(focus)) {
                    editor.place(Caret::before(anchor), false);
                    editor.place(Caret::before(focus), true);
                }
            }
            Action::PasteAt(at, text) => {
                let at = ui.ctx().layer_transform_from_global(ui.layer_id()).map_or(at, |inside| inside * at);
                let point = view.inside(self, at);
                self.editor.press(point, Press::Place, false, &self.sheet);
                self.editor.paste(&fit(&text, one_line));
                response.request_focus();
            }
        }
        false
    }

    /// Scrolls by the wheel, and so that the caret is seen where `follow` asks for it; then back to what there is to see.
    pub fn scroll(&mut self, ui: &Ui, response: &Response, view: &View, focused: bool, follow: bool) {
        let (width, height) = (self.sheet.width(), self.sheet.height());
        let seen = view.inner.height() * view.scale;
        if view.one_line {
            if !focused {
                self.scroll.x = 0.0;
            }
            if follow {
                let caret = self.sheet.caret_rect(self.editor.shown_caret()).left;
                let x = view.start(self) + self.scroll.x + caret;
                self.scroll.x += x.clamp(0.0, view.room) - x;
            }
            // The start may be scrolled out, but no empty room in.
            let most = (width - view.room).max(0.0);
            let rtl = self.sheet.direction_at(0).is_rtl();
            self.scroll =
                vec2(if rtl { self.scroll.x.clamp(0.0, most) } else { self.scroll.x.clamp(-most, 0.0) }, 0.0);
            return;
        }
        let most = (height - seen).max(0.0);
        if response.contains_pointer() {
            let wheel = ui.input(|input| input.smooth_scroll_delta.y) * view.scale;
            let scrolled = (self.scroll.y + wheel).clamp(-most, 0.0);
            // At its ends the field leaves the wheel to what it stands in.
            if scrolled != self.scroll.y {
                self.scroll.y = scrolled;
                ui.input_mut(|input| input.smooth_scroll_delta.y = 0.0);
            }
        }
        if follow {
            let caret = self.sheet.caret_rect(self.editor.shown_caret());
            if caret.bottom + self.scroll.y > seen {
                self.scroll.y = seen - caret.bottom;
            }
            if caret.top + self.scroll.y < 0.0 {
                self.scroll.y = -caret.top;
            }
        }
        self.scroll = vec2(0.0, self.scroll.y.clamp(-most, 0.0));
    }

    /// What is selected was not selected by the person, and is not offered for pasting.
    pub fn keep_selection(&mut self) {
        self.editor.selected().clone_into(&mut self.offered);
    }

    /// Offers what is selected for pasting with the middle button, once the selection rests.
    pub fn offer_selection(&mut self, ui: &Ui) {
        if ui.input(|input| input.pointer.any_down()) || self.offered == self.editor.selected() {
            return;
        }
        self.editor.selected().clone_into(&mut self.offered);
        if !self.offered.is_empty() {
            ui.ctx().send_cmd(egui::OutputCommand::TextSelectionSettled(self.offered.clone()));
        }
    }
}
