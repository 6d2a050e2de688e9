//! The menu on a field: cut, copy, paste, select all.

use egui::{Rect, Response, Ui, ViewportCommand};

use super::keys::Action;
use super::state::State;
use crate::ui::look::Look;
use crate::ui::text::{Entry, Ink, context_menu_beside, entry};

/// Shows the menu while it is open, or `beside` a rectangle where keys ask for it; what was chosen in it. Pasting is asked of the system, which answers with an event.
pub(super) fn show(
    response: &Response,
    (ink, look): (&Ink, &Look),
    state: &State,
    enabled: bool,
    beside: Option<Rect>,
) -> Option<Action> {
    let has_selection = !state.editor.selection().is_empty();
    let has_text = !state.editor.text().is_empty();
    let mut chosen = None;
    context_menu_beside(response, beside, |ui| {
        let locale = ink.locale();
        let item = |ui: &mut Ui, words: &str, keys: &str, enabled: bool| {
            entry(ui, ink, look, &Entry { keys, enabled, ..Entry::new(words) })
        };
        if item(ui, &locale.cut, "Ctrl+X", enabled && has_selection) {
            chosen = Some(Action::Cut);
        }
        if item(ui, &locale.copy, "Ctrl+C", has_selection) {
            chosen = Some(Action::Copy);
        }
        if item(ui, &locale.paste, "Ctrl+V", enabled) {
            ui.ctx().send_viewport_cmd(ViewportCommand::RequestPaste);
            response.request_focus();
        }
        ui.separator();
        if item(ui, &locale.select_all, "Ctrl+A", has_text) {
            chosen = Some(Action::SelectAll);
        }
    });
    if chosen.is_some() {
        // The press on the menu took the keyboard from the field.
        response.request_focus();
    }
    chosen
}
