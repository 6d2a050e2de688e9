//! Menus: made from the table of commands.

use egui::{Button, Role, Ui, WidgetInfo};

use crate::app::command::{MENUS, Menu, Shortcut};
use crate::app::{Action, Command};
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::text::{Label, named};

/// The narrowest a menu is, in points.
const WIDTH: f32 = 230.0;

/// The menu bar's menus.
pub fn bar(ui: &mut Ui, scene: &Scene) {
    for menu in MENUS {
        let title = scene.say(menu.message());
        let atom = Label::interface(&title).atom(ui, &scene.ink);
        let (response, _) =
            egui::containers::menu::MenuButton::from_button(Button::new(atom).frame_when_inactive(false))
                .ui(ui, |ui| items(ui, scene, menu));
        named(response, Role::Button, &title);
    }
}

fn items(ui: &mut Ui, scene: &Scene, menu: Menu) {
    ui.set_min_width(WIDTH);
    let mut group = 0;
    for &command in Command::ALL.iter().filter(|command| command.place().0 == menu) {
        if command.place().1 != group {
            group = command.place().1;
            ui.separator();
        }
        item(ui, scene, command);
        if command == Command::OpenFolder {
            recent(ui, scene);
        }
    }
}

fn recent(ui: &mut Ui, scene: &Scene) {
    let title = scene.say("command-open-recent");
    let atom = Label::interface(&title).atom(ui, &scene.ink);
    let paths = &scene.bench.recent().places;
    ui.add_enabled_ui(!paths.is_empty(), |ui| {
        let (response, _) = egui::containers::menu::SubMenuButton::new(atom).ui(ui, |ui| {
            ui.set_min_width(WIDTH);
            for recent in paths {
                let path = &recent.path;
                let shown = path.display().to_string();
                if wish_item(ui, scene, &shown) {
                    scene.wish(Action::OpenPath(path.clone()));
                }
            }
        });
        named(response, Role::Button, &title);
    });
}

/// A command as an item of a menu: its words, its keys, grey when it cannot be run.
pub fn item(ui: &mut Ui, scene: &Scene, command: Command) {
    let words = scene.say(command.message());
    let mut button = Button::new(Label::interface(&words).atom(ui, &scene.ink));
    if let Some(shortcut) = command.shortcut() {
        let keys = keys(shortcut);
        let label = Label::interface(&keys).size(look::SMALL_TEXT).color(scene.look.faint);
        button = button.shortcut_text(label.atom(ui, &scene.ink));
    }
    let is_chosen = is_chosen(scene, command);
    let enabled = scene.bench.can(command);
    let response = ui.add_enabled(enabled, button.selected(is_chosen == Some(true)));
    match is_chosen {
        Some(chosen) => {
            response.widget_info(|| WidgetInfo::selected(Role::MenuItemCheckBox, enabled, chosen, &words));
        }
        None => response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, &words)),
    }
    if response.clicked() {
        scene.wish(Action::Run(command));
        ui.close();
    }
}

/// Whether a command that switches something stands for what is the case now.
fn is_chosen(scene: &Scene, command: Command) -> Option<bool> {
    let view = scene.bench.view();
    match command {
        Command::ThemeLight => Some(view.theme == "light"),
        Command::ThemeSepia => Some(view.theme == "sepia"),
        Command::ThemeDark => Some(view.theme == "dark"),
        Command::ThemeContrast => Some(view.theme == "contrast"),
        Command::ShowDocuments => Some(view.documents),
        Command::ShowCodebook => Some(view.codebook),
        Command::ShowTable => Some(view.table),
        _ => None,
    }
}

/// An item of a menu that is no named command; true when it was chosen.
pub fn wish_item(ui: &mut Ui, scene: &Scene, words: &str) -> bool {
    let button = Button::new(Label::interface(words).atom(ui, &scene.ink));
    let response = named(ui.add(button), Role::Button, words);
    if response.clicked() {
        ui.close();
    }
    response.clicked()
}

/// A shortcut as people write it.
pub fn keys(shortcut: Shortcut) -> String {
    let mut parts = Vec::new();
    if shortcut.control {
        parts.push(if cfg!(target_os = "macos") { "⌘" } else { "Ctrl" });
    }
    if shortcut.shift {
        parts.push("Shift");
    }
    parts.push(match shortcut.key {
        "Plus" => "+",
        "Minus" => "−",
        "PageDown" => "Page Down",
        "PageUp" => "Page Up",
        key => key,
    });
    parts.join("+")
}
