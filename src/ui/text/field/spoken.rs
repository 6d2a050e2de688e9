//! What a screen reader is told of a field: its name, its text with caret and selection, and what can be done to it.

use egui::accesskit::{Action, Role, TextPosition, TextSelection};
use egui::{Id, Response, Ui, WidgetInfo, vec2};

use super::View;
use super::state::State;
use crate::text::Caret;
use crate::text::editing::Sheet;
use crate::ui::text::told::{Told, ToldParagraph};

/// The words about a field, and what stood in it before this frame.
pub(super) struct Words<'a> {
    pub name: &'a str,
    pub hint: &'a str,
    pub before: &'a str,
    pub enabled: bool,
}

/// Tells.
pub(super) fn tell(ui: &mut Ui, response: &Response, state: &State, view: &View, words: &Words<'_>) {
    response.widget_info(|| {
        let mut info = WidgetInfo::text_edit(words.enabled, words.before, state.editor.text(), words.hint);
        info.label = Some(words.name.to_owned());
        info
    });
    let listens = ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(if view.one_line { Role::TextInput } else { Role::MultilineTextInput });
        if words.enabled {
            node.add_action(Action::SetValue);
            node.add_action(Action::ReplaceSelectedText);
            node.add_action(Action::SetTextSelection);
        } else {
            node.set_read_only();
        }
    });
    if listens.is_none() {
        return;
    }
    let told = told(&state.sheet, response.id, view.scale, view.origin(state));
    let anchor = Caret::after(state.editor.anchor());
    let (anchor, focus) = match state.editor.composition() {
        None => (anchor, state.editor.caret()),
        Some(_) => (state.editor.shown_caret(), state.editor.shown_caret()),
    };
    if let (Some(anchor), Some(focus)) = (told.position(anchor), told.position(focus)) {
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_text_selection(TextSelection { anchor, focus });
        });
    }
    told.tell(ui, view.inner);
}

/// The byte of the text that a screen reader means.
pub(super) fn byte_of(sheet: &Sheet, id: Id, at: TextPosition) -> Option<usize> {
    told(sheet, id, 1.0, egui::Pos2::ZERO).byte_of(at)
}

/// The runs of a sheet whose top left corner stands at `origin`, in points.
fn told(sheet: &Sheet, id: Id, scale: f32, origin: egui::Pos2) -> Told<'_> {
    let text = sheet.text();
    let pieces = sheet.pieces();
    let paragraphs = pieces.iter().enumerate().map(move |(index, piece)| {
        let below = pieces.get(index + 1);
        ToldParagraph {
            text: &text[piece.range.clone()],
            end: below.map_or("", |below| &text[piece.range.end..below.range.start]),
            start: piece.range.start,
            layout: &piece.layout,
            lines: 0..piece.layout.lines().len(),
            origin: origin + vec2(0.0, piece.top) / scale,
        }
    });
    Told::new(id, scale, paragraphs)
}
