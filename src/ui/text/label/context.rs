//! The menu on a place: opened by the mouse's other button, by the Menu key or Shift and F10, or by a screen reader.
//!
//! A menu that was opened by keys stands below what it speaks of and has the keyboard. Escape, and whatever is chosen, gives the keyboard
//! back; the keys that closed a menu count for nothing else.

use egui::accesskit::Action;
use egui::{
    Event, EventFilter, FocusDirection, Id, Key, Modifiers, Popup, Rect, Response, SetOpenCommand, Ui,
};

/// What is kept of a menu that was opened by keys.
#[derive(Clone, Copy)]
struct ByKeys {
    /// What it speaks of, in points of the window.
    beside: Rect,
    /// Whether the keyboard has gone into it.
    entered: bool,
}

/// Shows the menu on a row of a list, or on another thing that is seen as a whole, while it is open.
pub fn context_menu(response: &Response, contents: impl FnOnce(&mut Ui)) {
    let asked = menu_asked(response, response.has_focus()).then_some(response.interact_rect);
    context_menu_beside(response, asked, contents);
}

/// Whether the menu on something is asked for by the keyboard, if that `has_keyboard`, or by a screen reader. The keys count for nothing
/// else then.
pub fn menu_asked(response: &Response, has_keyboard: bool) -> bool {
    let context = &response.ctx;
    context.accesskit_node_builder(response.id, |node| node.add_action(Action::ShowContextMenu));
    if !response.enabled() || !context.memory(|memory| memory.allows_interaction(response.layer_id)) {
        return false;
    }
    context.input_mut(|input| {
        input.has_accesskit_action_request(response.id, Action::ShowContextMenu)
            || has_keyboard
                && (input.consume_key(Modifiers::NONE, Key::Menu)
                    || input.consume_key(Modifiers::SHIFT, Key::F10))
    })
}

/// Shows the menu on a part of something while it is open. It opens `beside` a rectangle, in points, in the frame in which it is asked for
/// by [`menu_asked`], and at the pointer when the mouse asks for it.
pub fn context_menu_beside(response: &Response, beside: Option<Rect>, contents: impl FnOnce(&mut Ui)) {
    let context = &response.ctx;
    let menu = Popup::context_menu(response);
    let id = menu.get_id();
    if let Some(beside) = beside {
        let to_global = context.layer_transform_to_global(response.layer_id).unwrap_or_default();
        let keys = ByKeys { beside: to_global * beside, entered: false };
        context.data_mut(|data| data.insert_temp(id, keys));
    } else if response.secondary_clicked() {
        context.data_mut(|data| data.remove::<ByKeys>(id));
    } else if !menu.is_open() {
        return;
    }
    let keys: Option<ByKeys> = context.data(|data| data.get_temp(id));
    let menu = match (keys, beside) {
        (Some(keys), Some(_)) => menu.anchor(keys.beside).open_memory(SetOpenCommand::Bool(true)),
        (Some(keys), None) => menu.anchor(keys.beside),
        (None, _) => menu,
    };
    let shown = menu.show(|ui| {
        contents(ui);
        lead(ui, id, response.id, keys);
    });
    if Popup::is_id_open(context, id) {
        return;
    }
    context.input_mut(|input| {
        for key in [Key::Escape, Key::Enter, Key::Space] {
            input.consume_key(Modifiers::NONE, key);
        }
        input.events.retain(|event| !matches!(event, Event::Text(text) if text == " "));
    });
    if keys.is_some() && shown.is_some_and(|shown| !shown.response.clicked_elsewhere()) {
        response.request_focus();
    }
}

/// Leads the keyboard through an open menu, which is what `ui` shows: into it at first, round in it with Tab as with the arrows, and not out
/// of it sideways.
fn lead(ui: &Ui, menu: Id, anchor: Id, keys: Option<ByKeys>) {
    if ui.is_sizing_pass() {
        return;
    }
    if let Some(keys) = keys.filter(|keys| !keys.entered) {
        ui.data_mut(|data| data.insert_temp(menu, ByKeys { entered: true, ..keys }));
        // From the thing that a menu belongs to, egui goes down to its first item.
        ui.memory_mut(|memory| {
            memory.request_focus(anchor);
            memory.move_focus(FocusDirection::Down);
        });
        return;
    }
    let focused = ui.memory(|memory| memory.focused());
    // Egui's own answer for a widget would take the keyboard from it where the mouse is pressed elsewhere.
    let inside = focused.filter(|&id| {
        let layer =
            ui.ctx().viewport(|viewport| viewport.this_pass.widgets.get(id).map(|item| item.layer_id));
        layer == Some(ui.layer_id())
    });
    let Some(item) = inside else { return };
    let filter = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: false, escape: true };
    let step = ui.input_mut(|input| {
        if input.consume_key(Modifiers::SHIFT, Key::Tab) {
            Some(FocusDirection::Up)
        } else {
            input.consume_key(Modifiers::NONE, Key::Tab).then_some(FocusDirection::Down)
        }
    });
    ui.memory_mut(|memory| {
        memory.set_focus_lock_filter(item, filter);
        if let Some(step) = step {
            memory.move_focus(step);
        }
    });
}
