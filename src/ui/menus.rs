//! Menus: made from the table of commands.

use egui::{Role, Ui};

use crate::app::command::{MENUS, Menu, Shortcut};
use crate::app::{Action, Command};
use crate::ui::scene::Scene;
use crate::ui::text::{Entry, entry, menu_bar, submenu};

/// The menu bar's menus.
pub fn bar(ui: &mut Ui, scene: &Scene) {
    let titles = MENUS.map(|menu| scene.say(menu.message()));
    menu_bar(ui, &scene.ink, &titles, |ui, index| items(ui, scene, MENUS[index]));
}

fn items(ui: &mut Ui, scene: &Scene, menu: Menu) {
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
    let paths = &scene.bench.recent().places;
    ui.add_enabled_ui(!paths.is_empty(), |ui| {
        submenu(ui, &scene.ink, &title, |ui| {
            for recent in paths {
                let path = &recent.path;
                let shown = path.display().to_string();
                if wish_item(ui, scene, &shown) {
                    scene.wish(Action::OpenPath(path.clone()));
                }
            }
        });
    });
}

/// A command as an item of a menu: its words, its keys, grey when it cannot be run.
pub fn item(ui: &mut Ui, scene: &Scene, command: Command) {
    let words = scene.say(command.message());
    let keys = command.shortcut().map(keys).unwrap_or_default();
    let item = Entry {
        keys: &keys,
        switched: is_chosen(scene, command),
        enabled: scene.bench.can(command),
        ..Entry::new(&words)
    };
    if entry(ui, &scene.ink, scene.look, &item) {
        scene.wish(Action::Run(command));
    }
}

/// Whether a command that switches something stands for what is the case now, and whether it is one of several.
fn is_chosen(scene: &Scene, command: Command) -> Option<(Role, bool)> {
    let view = scene.bench.view();
    let (role, chosen) = match command {
        Command::ThemeLight => (Role::MenuItemRadio, view.theme == "light"),
        Command::ThemeSepia => (Role::MenuItemRadio, view.theme == "sepia"),
        Command::ThemeDark => (Role::MenuItemRadio, view.theme == "dark"),
        Command::ThemeContrast => (Role::MenuItemRadio, view.theme == "contrast"),
        Command::ShowDocuments => (Role::MenuItemCheckBox, view.documents),
        Command::ShowCodebook => (Role::MenuItemCheckBox, view.codebook),
        Command::ShowTable => (Role::MenuItemCheckBox, view.table),
        Command::ShowNumbers => (Role::MenuItemCheckBox, view.numbers),
        Command::ShowInvisibles => (Role::MenuItemCheckBox, view.invisibles),
        _ => return None,
    };
    Some((role, chosen))
}

/// An item of a menu that is no named command; true when it was chosen.
pub fn wish_item(ui: &mut Ui, scene: &Scene, words: &str) -> bool {
    entry(ui, &scene.ink, scene.look, &Entry::new(words))
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
