//! What a screen reader is told of a field: its name, its text, and what can be done to it.

use egui::accesskit::{Action, Role};
use egui::{Response, Ui, WidgetInfo};

use super::View;
use super::state::State;

/// The words about a field, and what stood in it before this frame.
pub(super) struct Words<'a> {
    pub name: &'a str,
    pub hint: &'a str,
    pub before: &'a str,
    pub enabled: bool,
}

/// Tells.
pub(super) fn tell(ui: &Ui, response: &Response, state: &State, view: &View, words: &Words<'_>) {
    response.widget_info(|| {
        let mut info = WidgetInfo::text_edit(words.enabled, words.before, state.editor.text(), words.hint);
        info.label = Some(words.name.to_owned());
        info
    });
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(if view.one_line { Role::TextInput } else { Role::MultilineTextInput });
        if words.enabled {
            node.add_action(Action::SetValue);
            node.add_action(Action::ReplaceSelectedText);
        } else {
            node.set_read_only();
        }
    });
}
