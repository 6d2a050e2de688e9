//! The keyboard in a list of rows: the row that is pressed has it, and the arrows lead it on.
//!
//! Owns to which row the keyboard goes next. Whoever shows a list brings that row into view; nothing else is changed here.

use egui::{
    CornerRadius, EventFilter, Id, PointerButton, Rect, Response, Stroke, StrokeKind, Ui,
    style::ScrollAnimation,
};

use crate::ui::dialogs::stepped;
use crate::ui::look::Look;

/// So many passes a row that is to have the keyboard is waited for.
const PATIENCE: u64 = 8;

/// What is kept of a list from frame to frame.
#[derive(Clone, Copy, Default)]
struct Walk {
    /// The row that is to have the keyboard, from 0, and since which pass.
    wanted: Option<(usize, u64)>,
    /// The row that has the keyboard because it was pressed with the mouse: nobody needs to be shown that.
    pressed: Option<Id>,
}

/// Has the row of this place in a list have the keyboard, as soon as it is shown: not before the next pass, in which it stands where it then is.
pub(super) fn lead_to(ui: &Ui, list: Id, row: usize) {
    let pass = ui.ctx().cumulative_pass_nr();
    ui.data_mut(|data| {
        let walk: &mut Walk = data.get_temp_mut_or_default(list);
        *walk = Walk { wanted: Some((row, pass)), pressed: None };
    });
    ui.ctx().request_repaint();
}

/// Takes what the keyboard and the mouse do to a row: it is at this place, from 0, of so many, of which so many are in view. Returns the row to
/// which the keyboard goes on.
pub(super) fn walk(
    ui: &Ui,
    list: Id,
    row: &Response,
    (at, count, in_view): (usize, usize, usize),
) -> Option<usize> {
    let pass = ui.ctx().cumulative_pass_nr();
    let mut walk: Walk = ui.data(|data| data.get_temp(list)).unwrap_or_default();
    walk.wanted = walk.wanted.filter(|&(wanted, since)| wanted < count && pass <= since + PATIENCE);
    if row.clicked() {
        row.request_focus();
        walk.wanted = None;
        walk.pressed = row.clicked_by(PointerButton::Primary).then_some(row.id);
    } else if walk.wanted.is_some_and(|(wanted, since)| wanted == at && since < pass) {
        row.request_focus();
        walk.wanted = None;
    }
    let mut next = None;
    if row.has_focus() {
        walk.pressed = walk.pressed.filter(|&pressed| pressed == row.id);
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(row.id, filter));
        if walk.wanted.is_none() {
            next = stepped(ui, at, count, in_view.max(1));
        }
    }
    ui.data_mut(|data| data.insert_temp(list, walk));
    if let Some(next) = next {
        lead_to(ui, list, next);
    }
    next
}

/// Shows that a row has the keyboard, where keys brought it there.
pub(super) fn ring(ui: &Ui, list: Id, row: &Response, rect: Rect, look: &Look) {
    let walk: Walk = ui.data(|data| data.get_temp(list)).unwrap_or_default();
    if row.has_focus() && walk.pressed != Some(row.id) {
        let line = Stroke::new(1.5, look.accent);
        ui.painter().rect_stroke(rect, CornerRadius::same(5), line, StrokeKind::Inside);
    }
}

/// Brings a part of what a scroll area shows into view, at once.
pub(super) fn bring_into_view(ui: &Ui, rect: Rect) {
    ui.scroll_to_rect_animation(rect, None, ScrollAnimation::none());
}
