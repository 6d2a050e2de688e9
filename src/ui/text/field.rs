//! A field to write in: one line or many, right in both directions.
//!
//! The widget over [`crate::text::editing`]: it turns egui's events into commands, shows the text through [`Ink`], and keeps caret,
//! scroll position and undo steps in egui's memory under the field's id. The caller's `String` is the truth; when it changes from
//! outside, the field follows.
//!
//! While it has the keyboard it takes the keys it uses out of egui's events, so that a window's shortcuts do not fire too. Shortcuts that
//! are read before the fields of a frame are shown must ask `Context::egui_wants_keyboard_input` first. Tab and Escape stay egui's: they move
//! the focus on and give it up.

mod keys;
mod menu;
mod paint;
mod spoken;
mod state;
#[cfg(test)]
mod tests;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use egui::{Id, Rect, Response, Sense, Ui, Vec2, pos2, vec2};

use super::ink::{Face, Ink, style};
use super::menu_asked;
use crate::text::editing::{Press, Setting};
use crate::text::{Align, Direction, Point, first_strong_direction};
use crate::ui::look::{self, Look};
use state::State;

/// Points between the frame and the text.
const MARGIN: Vec2 = vec2(8.0, 3.0);
/// Points that stay free beside the text for a caret at its end.
const CARET_ROOM: f32 = 2.0;
/// Points: a field is never narrower.
const NARROWEST: f32 = 32.0;

/// A field to write in.
pub struct Field<'a> {
    id: Id,
    text: &'a mut String,
    name: &'a str,
    /// None for one line.
    rows: Option<usize>,
    hint: &'a str,
    face: Face,
    size: f32,
    width: Option<f32>,
    enabled: bool,
    frame: bool,
    select_all: bool,
    read_only: bool,
    select: Option<Range<usize>>,
    document: Option<Direction>,
}

/// What happened to a field.
pub struct FieldResponse {
    pub response: Response,
    /// The text was changed by the reader.
    pub changed: bool,
    /// The change is no mere continuation of the one before: it began a new word, or was of another kind.
    pub began: bool,
    /// Enter was pressed in a field of one line. The keyboard stays with it.
    pub submitted: bool,
    /// The field lost the keyboard; true in one frame.
    pub left: bool,
    /// What is selected, in bytes of the text.
    pub selection: Range<usize>,
}

impl<'a> Field<'a> {
    /// One line, which scrolls sideways. `name` is what a screen reader calls it.
    pub fn line(id: Id, text: &'a mut String, name: &'a str) -> Self {
        Self::new(id, text, name, None)
    }

    /// Many lines, wrapped, as high as `rows` of them; more scroll.
    pub fn lines(id: Id, text: &'a mut String, name: &'a str, rows: usize) -> Self {
        Self::new(id, text, name, Some(rows.max(1)))
    }

    fn new(id: Id, text: &'a mut String, name: &'a str, rows: Option<usize>) -> Self {
        Self {
            id,
            text,
            name,
            rows,
            hint: "",
            face: Face::Interface,
            size: look::TEXT,
            width: None,
            enabled: true,
            frame: true,
            select_all: false,
            read_only: false,
            select: None,
            document: None,
        }
    }

    /// Shown faintly while the field is empty.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// What the text is set in.
    pub fn face(mut self, face: Face) -> Self {
        self.face = face;
        self
    }

    /// The size of the text, in points.
    pub fn size(mut self, points: f32) -> Self {
        self.size = points;
        self
    }

    /// The width with the frame, in points; else egui's `text_edit_width`, or what is left of the line.
    pub fn width(mut self, points: f32) -> Self {
        self.width = Some(points);
        self
    }

    /// Whether it can be written in.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Whether it has a frame and a ground of its own.
    pub fn frame(mut self, frame: bool) -> Self {
        self.frame = frame;
        self
    }

    /// Selects all of its text, so that what is typed next takes its place.
    pub fn select_all(mut self, select_all: bool) -> Self {
        self.select_all = select_all;
        self
    }

    /// Only to read and to select in; the selection is seen without the keyboard too.
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// A part of a document that runs this way: paragraphs run as they do there.
    pub fn of_document(mut self, direction: Direction) -> Self {
        self.document = Some(direction);
        self
    }

    /// Selects these bytes and brings them into view.
    pub fn select(mut self, range: Option<Range<usize>>) -> Self {
        self.select = range;
        self
    }

    /// Shows it and does what was typed and clicked.
    pub fn show(self, ui: &mut Ui, ink: &Ink, look: &Look) -> FieldResponse {
        if self.enabled {
            self.show_enabled(ui, ink, look)
        } else {
            ui.add_enabled_ui(false, |ui| self.show_enabled(ui, ink, look)).inner
        }
    }

    fn show_enabled(self, ui: &mut Ui, ink: &Ink, look: &Look) -> FieldResponse {
        let Self { id, text, name, rows, hint, face, size, width, frame, .. } = self;
        let Self { select_all, read_only, select, document, .. } = self;
        let scale = ui.ctx().pixels_per_point();
        let style = style(face, size, false, scale);
        let margin = if frame { MARGIN } else { vec2(0.0, MARGIN.y) };
        let width = width
            .unwrap_or_else(|| ui.spacing().text_edit_width.min(ui.available_width()))
            .max(NARROWEST + 2.0 * margin.x);
        let height = rows.unwrap_or(1) as f32 * style.line_height / scale + 2.0 * margin.y;
        let height = if rows.is_none() && frame { height.max(ui.spacing().interact_size.y) } else { height };
        let (_, rect) = ui.allocate_space(vec2(width, height));
        let mut response = ui.interact(rect, id, Sense::click_and_drag());
        // Space and Enter press a button, but here they are typed.
        response.flags -= egui::response::Flags::FAKE_PRIMARY_CLICKED;
        let enabled = ui.is_enabled();

        let mut inner = rect.shrink2(margin);
        if rows.is_none() {
            inner = Rect::from_center_size(inner.center(), vec2(inner.width(), style.line_height / scale));
        }
        // Whole pixels, so that glyphs, selection and caret agree.
        inner.min = (inner.min * scale).round() / scale;
        let shared = State::of(ui, id, text);
        let mut state = shared.lock().expect("nothing panics while it holds a field's state");
        let state = &mut *state;
        let before = text.clone();
        state.editor.adopt(text);
        if select_all {
            state.editor.select_all();
        }
        let placed = select.is_some();
        if let Some(range) = select {
            state.editor.select(range);
        }

        let room = ((inner.width() - CARET_ROOM) * scale).floor().max(1.0);
        let fallback =
            if ui.layout().prefer_right_to_left() { Direction::RightToLeft } else { Direction::LeftToRight };
        let setting = Setting {
            one_line: rows.is_none(),
            forced: state.forced,
            fallback: first_strong_direction(hint, fallback),
            document,
            style: hash((&style, rows.map(|_| room.to_bits()), ink.fonts())),
        };
        let max_width = rows.map(|_| room);
        let view = View { inner, scale, one_line: rows.is_none(), room };
        let lay_out = |state: &mut State, forced: Option<Direction>| {
            let State { editor, sheet, .. } = state;
            sheet.set(&editor.shown(), Setting { forced, ..setting }, |text, direction| {
                ink.with_engine(|engine| engine.lay_out(text, &style, direction, Align::Start, max_width))
            });
        };
        lay_out(state, state.forced);

        let now = ui.input(|input| input.time);
        let pass = ui.ctx().cumulative_pass_nr();
        let had_focus = state.focused && state.pass + 1 >= pass;
        let mut moved = mouse(ui, &response, state, &view, now, enabled);
        let asked = menu_asked(&response, response.has_focus()).then(|| view.caret(state));
        let chosen = menu::show(&response, (ink, look), state, enabled && !read_only, asked);
        let focused = enabled && ui.memory(|memory| memory.has_focus(id));
        if ui.input(keys::tab_pressed) {
            state.tab_pass = Some(pass);
        }
        if focused {
            // While the menu is open, Escape is for the menu.
            let filter = egui::EventFilter { escape: response.context_menu_opened(), ..keys::FILTER };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
            // Who comes with Tab most often writes anew. Going back with Shift and Tab takes egui one pass more.
            if !had_focus && rows.is_none() && state.tab_pass.is_some_and(|tab| tab + 1 >= pass) {
                state.editor.select_all();
            }
        } else {
            state.editor.stop_composing();
            state.chord.clear();
        }

        let mut submitted = false;
        let page = inner.height() * scale;
        let steps = state.editor.steps();
        let mut actions = if enabled {
            let selecting = !state.editor.selection().is_empty();
            keys::take(ui, &response, focused, selecting, rows.is_some(), page, &mut state.chord)
        } else {
            Vec::new()
        };
        actions.extend(chosen);
        actions.retain(|action| !read_only || !action.changes_text());
        moved |= !actions.is_empty();
        for action in actions {
            lay_out(state, state.forced);
            submitted |= state.act(ui, &response, &view, action);
        }
        lay_out(state, state.forced);
        let changed = state.editor.text() != *text;
        if changed {
            state.editor.text().clone_into(text);
            response.mark_changed();
        }
        if moved || changed || (focused && !had_focus) {
            state.last_input = now;
        }
        let follow = placed || (focused && (moved || changed || !had_focus));
        state.scroll(ui, &response, &view, focused, follow);

        if ui.is_rect_visible(rect) {
            let selected = focused || read_only || response.context_menu_opened();
            let shown = paint::Shown { rect, frame, focused, selected, enabled, hovered: response.hovered() };
            paint::frame(ui, look, &shown);
            let hint = text.is_empty().then_some(hint).filter(|hint| !hint.is_empty());
            if let Some(hint) = hint {
                paint::hint(ui, ink, look, state, &view, (hint, &style));
            }
            paint::words(ui, ink, look, state, &view, &shown);
            if focused && !read_only {
                paint::caret(ui, look, state, &view, now);
                tell_input_method(ui, state, &view, rect);
            }
        }
        if follow && focused {
            ui.scroll_to_rect(view.caret(state).expand(2.0), None);
        }
        if placed {
            state.keep_selection();
        }
        state.offer_selection(ui);
        if enabled && response.hovered() {
            ui.set_cursor_icon(egui::CursorIcon::Text);
            ui.output_mut(|output| output.mutable_text_under_cursor = !read_only);
        }
        spoken::tell(ui, &response, state, &view, &spoken::Words { name, hint, before: &before, enabled });

        let left = had_focus && !focused;
        (state.focused, state.pass) = (focused, pass);
        let began = changed && state.editor.steps() != steps;
        let selection = state.editor.selection();
        FieldResponse { response, changed, began, submitted, left, selection }
    }
}

/// Where the text is shown.
struct View {
    /// Points: where text is seen.
    inner: Rect,
    /// Physical pixels in a point.
    scale: f32,
    one_line: bool,
    /// Pixels: the width for text, the caret's own left out.
    room: f32,
}

impl View {
    /// How far the sheet's left edge stands from the left of the view while nothing is scrolled, in pixels.
    fn start(&self, state: &State) -> f32 {
        let rtl = state.sheet.direction_at(0).is_rtl();
        if self.one_line && rtl { self.room - state.sheet.width() } else { 0.0 }
    }

    /// Where the sheet's top left corner stands, in points.
    fn origin(&self, state: &State) -> egui::Pos2 {
        let x = self.start(state) + state.scroll.x;
        let y = state.scroll.y;
        self.inner.min + vec2(x.round(), y.round()) / self.scale
    }

    /// A place on screen, in points, as a place on the sheet, in pixels.
    fn inside(&self, state: &State, at: egui::Pos2) -> Point {
        let from = (at - self.origin(state)) * self.scale;
        Point::new(from.x, from.y)
    }

    fn outside(&self, state: &State, rect: crate::text::Rect) -> Rect {
        let origin = self.origin(state);
        let at = |x: f32, y: f32| origin + vec2(x, y) / self.scale;
        Rect::from_min_max(at(rect.left, rect.top), at(rect.right, rect.bottom))
    }

    /// Where the caret stands, in points: a rectangle without width. White space that hangs beyond the edge does not take it along.
    fn caret(&self, state: &State) -> Rect {
        let rect = self.outside(state, state.sheet.caret_rect(state.editor.shown_caret()));
        let x = if self.one_line {
            rect.left()
        } else {
            rect.left().clamp(self.inner.left(), self.inner.right() - CARET_ROOM)
        };
        Rect::from_x_y_ranges(x..=x, rect.y_range())
    }
}

/// What the mouse does. Whether it moved the caret.
fn mouse(ui: &Ui, response: &Response, state: &mut State, view: &View, now: f64, enabled: bool) -> bool {
    if !enabled {
        return false;
    }
    let Some(at) = ui.input(|input| input.pointer.interact_pos()) else { return false };
    let at = ui.ctx().layer_transform_from_global(ui.layer_id()).map_or(at, |from_global| from_global * at);
    // Above and below the text, its first and last lines are meant.
    let at = if view.one_line { pos2(at.x, view.inner.center().y) } else { at };
    if ui.input(|input| input.pointer.primary_pressed()) && response.hovered() {
        if state.editor.composition().is_some() {
            state.editor.stop_composing();
            ui.memory_mut(|memory| memory.interrupt_ime());
            return false;
        }
        let point = view.inside(state, at);
        let press = match state.count_presses(at, now) {
            1 => Press::Place,
            2 => Press::Word,
            _ => Press::Paragraph,
        };
        let extend = ui.input(|input| input.modifiers.shift) && press == Press::Place;
        state.editor.press(point, press, extend, &state.sheet);
        response.request_focus();
        return true;
    }
    if response.secondary_clicked() {
        // The menu speaks of what is selected where it is pressed on, else of the place.
        let point = view.inside(state, at);
        let selected = state.sheet.rects(state.editor.selection());
        if !selected.iter().any(|rect| rect.contains(point)) {
            state.editor.press(point, Press::Place, false, &state.sheet);
        }
        response.request_focus();
        return true;
    }
    if response.dragged() && ui.input(|input| input.pointer.primary_down()) {
        let point = view.inside(state, at);
        let before = (state.editor.caret(), state.editor.anchor());
        state.editor.drag(point, &state.sheet);
        let beyond = !view.inner.contains(at);
        if beyond {
            // The text goes on scrolling while the mouse is held outside.
            ui.ctx().request_repaint();
        }
        return beyond || before != (state.editor.caret(), state.editor.anchor());
    }
    false
}

fn tell_input_method(ui: &Ui, state: &State, view: &View, rect: Rect) {
    let to_global = ui.ctx().layer_transform_to_global(ui.layer_id()).unwrap_or_default();
    ui.output_mut(|output| {
        output.ime = Some(egui::output::IMEOutput {
            purpose: egui::IMEPurpose::Normal,
            rect: to_global * rect,
            cursor_rect: to_global * view.caret(state),
            should_interrupt_composition: false,
        });
    });
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
