//! Menus: the bar's, those on a place, menus in menus, and the list behind a choice.

use egui::containers::menu::{MenuButton, SubMenuButton};
use egui::style::StyleModifier;
use egui::{
    Button, ComboBox, Id, MenuBar, Response, Role, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

use super::{Label, named};
use crate::ui::look::{self, Look};
use crate::ui::text::{Face, Ink};

/// The narrowest a menu is, in points.
const WIDTH: f32 = 230.0;
/// Points around an item's words.
const PAD: Vec2 = vec2(8.0, 3.0);
/// No item's words are wider, in points.
const WIDEST: f32 = 440.0;

/// An item of a menu.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub words: &'a str,
    /// Whose words they are.
    pub face: Face,
    /// The keys that do the same, as people write them.
    pub keys: &'a str,
    /// Whether what it switches is on, for one that switches something; with the role it then has.
    pub switched: Option<(Role, bool)>,
    pub enabled: bool,
}

impl<'a> Entry<'a> {
    /// An item that does one thing.
    pub fn new(words: &'a str) -> Self {
        Self { words, face: Face::Interface, keys: "", switched: None, enabled: true }
    }
}

/// A bar of menus with these titles. While one is open, pointing at another opens that.
pub fn menu_bar(ui: &mut Ui, ink: &Ink, titles: &[String], mut contents: impl FnMut(&mut Ui, usize)) {
    let labels: Vec<Label> = titles.iter().map(|title| Label::interface(title)).collect();
    // egui's bar takes all the room there is.
    let spacing = ui.spacing();
    let (gap, pad, height) = (spacing.item_spacing.x, spacing.button_padding.x, spacing.interact_size.y);
    let scale = ui.ctx().pixels_per_point();
    let widths = labels.iter().map(|label| label.layout(ui, ink).width() / scale + 2.0 * pad + gap);
    let room = vec2(widths.sum::<f32>() + 1.0, height);
    let (rect, _) = ui.allocate_exact_size(room, Sense::hover());
    // On a whole pixel, as egui rounds a row's own widgets.
    let top = (rect.top() * scale).floor() / scale;
    let rect = egui::Rect::from_min_size(pos2(rect.left(), top), room);
    let ui = &mut ui.new_child(UiBuilder::new().max_rect(rect));
    MenuBar::new().style(StyleModifier::default()).ui(ui, |ui| {
        ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_role(Role::MenuBar));
        for (index, label) in labels.iter().enumerate() {
            menu_button(ui, ink, label, |ui| contents(ui, index));
        }
    });
}

/// A button that opens a menu below it.
pub fn menu_button(ui: &mut Ui, ink: &Ink, label: &Label, contents: impl FnOnce(&mut Ui)) -> Response {
    let button = Button::new(label.atom(ui, ink)).frame_when_inactive(false);
    let (response, shown) = MenuButton::from_button(button).ui(ui, contents);
    let name = label.text.to_owned();
    opens(named(response, Role::MenuItem, &name), shown.is_some())
}

/// An item that opens a menu beside it.
pub fn submenu(ui: &mut Ui, ink: &Ink, words: &str, contents: impl FnOnce(&mut Ui)) -> Response {
    ui.spacing_mut().button_padding = PAD;
    let atom = Label::interface(words).atom(ui, ink);
    let (response, shown) = SubMenuButton::new(atom).ui(ui, |ui| {
        ui.set_min_width(WIDTH);
        contents(ui);
    });
    opens(named(response, Role::MenuItem, words), shown.is_some())
}

fn opens(response: Response, is_open: bool) -> Response {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_has_popup(egui::accesskit::HasPopup::Menu);
        node.set_expanded(is_open);
    });
    response
}

/// Shows an item; true when it was chosen. The menu closes then.
pub fn entry(ui: &mut Ui, ink: &Ink, look: &Look, entry: &Entry) -> bool {
    ui.set_min_width(WIDTH);
    ui.spacing_mut().button_padding = PAD;
    let words = match entry.face {
        Face::Interface => Label::interface(entry.words),
        Face::Document => Label::written(entry.words),
    };
    let mut button = Button::new(words.up_to(ui, ink, WIDEST).atom(ui, ink));
    if !entry.keys.is_empty() {
        let keys = Label::interface(entry.keys).size(look::SMALL_TEXT).color(look.faint);
        button = button.shortcut_text(keys.atom(ui, ink));
    }
    let is_on = entry.switched.is_some_and(|(_, on)| on);
    let response = ui.add_enabled(entry.enabled, button.selected(is_on));
    let info = || match entry.switched {
        Some((role, on)) => WidgetInfo::selected(role, entry.enabled, on, entry.words),
        None => WidgetInfo::labeled(Role::MenuItem, entry.enabled, entry.words),
    };
    response.widget_info(info);
    if response.clicked() {
        ui.close();
    }
    response.clicked()
}

/// A choice whose list opens when it is pressed. Returns the one that was chosen now.
pub fn combo(ui: &mut Ui, ink: &Ink, id: Id, name: &str, chosen: usize, choices: &[&str]) -> Option<usize> {
    let shown = choices.get(chosen).copied().unwrap_or_default();
    let atom = Label::interface(shown).atom(ui, ink);
    let mut picked = None;
    let response = ComboBox::from_id_salt(id).selected_text(atom).width(WIDTH).show_ui(ui, |ui| {
        for (index, words) in choices.iter().enumerate() {
            let atom = Label::interface(words).atom(ui, ink);
            let is_chosen = index == chosen;
            let response = ui.add(Button::selectable(is_chosen, atom));
            response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_chosen, *words));
            if response.clicked() {
                picked = Some(index).filter(|_| !is_chosen);
                ui.close();
            }
        }
    });
    let response = response.response;
    let enabled = response.enabled();
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(shown.to_owned()),
        ..WidgetInfo::labeled(Role::ComboBox, enabled, name)
    });
    picked
}
