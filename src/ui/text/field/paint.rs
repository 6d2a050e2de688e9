//! How a field looks: frame, hint, selection, words, caret. Changes nothing but its own cache of the hint.

use std::sync::Arc;

use egui::{Color32, CornerRadius, Painter, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::state::State;
use super::{Ink, Look, View, hash};
use crate::text::{Align, Direction, Style, first_strong_direction};

/// Seconds for which a caret is seen, and not seen.
const BLINK: f64 = 0.5;
/// After so many seconds without input it stands still.
const BLINKS_FOR: f64 = 5.0;

/// What a field's frame shows of its state.
pub(super) struct Shown {
    /// Points, with the frame.
    pub rect: Rect,
    pub frame: bool,
    pub focused: bool,
    /// Whether what is selected is shown.
    pub selected: bool,
    pub enabled: bool,
    pub hovered: bool,
}

/// The ground and the line around it.
pub(super) fn frame(ui: &Ui, look: &Look, shown: &Shown) {
    if !shown.frame {
        return;
    }
    let line = if shown.focused {
        look.accent
    } else if shown.enabled && shown.hovered {
        look.faint
    } else {
        look.hairline
    };
    let ground = if shown.enabled { look.raised } else { look.desk };
    ui.painter().rect(shown.rect, CornerRadius::same(5), ground, Stroke::new(1.0, line), StrokeKind::Inside);
}

/// The hint, as wide as the field and cut off at its end.
pub(super) fn hint(
    ui: &Ui,
    ink: &Ink,
    look: &Look,
    state: &mut State,
    view: &View,
    (hint, style): (&str, &Style),
) {
    let lines = ((view.inner.height() * view.scale / style.line_height).round() as usize).max(1);
    let key = hash((style, view.room.to_bits(), lines));
    let known = state.hint.take().filter(|(text, known, _)| text == hint && *known == key);
    let (text, key, layout) = known.unwrap_or_else(|| {
        let direction = first_strong_direction(hint, Direction::LeftToRight);
        let layout = ink.with_engine(|engine| {
            engine.lay_out_clipped(hint, style, direction, Align::Start, view.room, lines)
        });
        (hint.to_owned(), key, Arc::new(layout))
    });
    ink.paint(&painter(ui, view), &layout, view.inner.min, look.faint);
    state.hint = Some((text, key, layout));
}

/// The selection, the words before it, and what is being composed.
pub(super) fn words(ui: &Ui, ink: &Ink, look: &Look, state: &State, view: &View, shown: &Shown) {
    let painter = painter(ui, view);
    if shown.selected && state.editor.composition().is_none() {
        for rect in state.sheet.rects(state.editor.selection()) {
            painter.rect_filled(view.outside(state, rect), 0.0, look.selection);
        }
    }
    let origin = view.origin(state);
    let clip = painter.clip_rect();
    let color = if shown.enabled { look.ink } else { look.quiet };
    for piece in state.sheet.pieces() {
        let top = origin.y + piece.top / view.scale;
        let bottom = top + piece.layout.height() / view.scale;
        // A line's marks may reach beyond it: its own height is enough.
        let reach = bottom - top;
        if bottom + reach >= clip.top() && top - reach <= clip.bottom() {
            ink.paint(&painter, &piece.layout, pos2(origin.x, top), color);
        }
    }
    if let Some(composition) = state.editor.composition() {
        underline(&painter, state, view, composition.shown(), 1.0, look.quiet);
        if let Some(active) = composition.active_shown() {
            underline(&painter, state, view, active, 2.0, look.accent);
        }
    }
    if !view.one_line {
        scroll_bar(ui, look, state, view, shown);
    }
}

fn underline(
    painter: &Painter,
    state: &State,
    view: &View,
    range: std::ops::Range<usize>,
    thickness: f32,
    color: Color32,
) {
    for rect in state.sheet.rects(range) {
        let rect = view.outside(state, rect);
        let line = Rect::from_min_max(pos2(rect.left(), rect.bottom() - thickness), rect.right_bottom());
        painter.rect_filled(line, 0.0, color);
    }
}

/// A thin mark of what is seen of a text that is higher than its field.
fn scroll_bar(ui: &Ui, look: &Look, state: &State, view: &View, shown: &Shown) {
    let (height, seen) = (state.sheet.height(), view.inner.height() * view.scale);
    if height <= seen + 0.5 || !(shown.focused || shown.hovered) {
        return;
    }
    let part = view.inner.height() / height;
    let (top, length) = (view.inner.top() - state.scroll.y * part, (seen * part).max(8.0));
    let right = shown.rect.right() - 2.0;
    let bar = Rect::from_min_max(pos2(right - 3.0, top), pos2(right, top + length));
    ui.painter().rect_filled(bar, 1.5, look.faint);
}

/// The caret, unless it is the moment when it is not seen. Asks for the next frame only while it blinks. Where two directions meet, a
/// small flag at its top points to where the next letter of the text it belongs to would go.
pub(super) fn caret(ui: &Ui, look: &Look, state: &State, view: &View, now: f64) {
    // A window in the background does not blink and must not be painted for it.
    if !ui.input(|input| input.focused) {
        return;
    }
    let idle = now - state.last_input;
    if idle < BLINKS_FOR {
        let phase = idle.rem_euclid(2.0 * BLINK);
        let next = if phase < BLINK { BLINK - phase } else { 2.0 * BLINK - phase };
        ui.ctx().request_repaint_after_secs(next as f32);
        if phase >= BLINK {
            return;
        }
    }
    let pixel = 1.0 / view.scale;
    let width = (1.25 * view.scale).round().max(1.0) * pixel;
    let caret = view.caret(state);
    let painter = painter(ui, view);
    painter.rect_filled(Rect::from_min_size(caret.min, vec2(width, caret.height())), 0.0, look.ink);
    if let Some(direction) = state.sheet.direction_mark(state.editor.shown_caret()) {
        let (long, high) = ((3.0 * view.scale).round() * pixel, (2.0 * view.scale).round() * pixel);
        let left = if direction.is_rtl() { caret.left() - long } else { caret.left() + width };
        painter.rect_filled(Rect::from_min_size(pos2(left, caret.top()), vec2(long, high)), 0.0, look.ink);
    }
}

fn painter(ui: &Ui, view: &View) -> Painter {
    // A caret at the edge, its flag, and marks above the first line stay whole.
    ui.painter().with_clip_rect(view.inner.expand2(vec2(2.0, 1.0)).intersect(ui.clip_rect()))
}
