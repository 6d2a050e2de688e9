//! The list of shortcuts, made from the table of commands.

use egui::{ScrollArea, Ui};

use super::{begin_at_foot, buttons, title};
use crate::app::{Action, Command};
use crate::ui::menus::keys;
use crate::ui::scene::Scene;
use crate::ui::text::Label;

/// Shows the list.
pub fn show(ui: &mut Ui, scene: &Scene) {
    title(ui, scene, &scene.say("shortcuts-title"));
    ScrollArea::vertical().id_salt("shortcuts").max_height(380.0).show(ui, |ui| {
        let with_keys = Command::ALL.iter().filter_map(|command| Some((command, command.shortcut()?)));
        let rows: Vec<(String, String)> = with_keys
            .map(|(command, shortcut)| (scene.say(command.message()), keys(shortcut)))
            .chain(
                ["1–9", "Ctrl+←→", "Ctrl+↑↓", "Shift+←→↑↓", "Esc"]
                    .into_iter()
                    .zip(["keys-digits", "keys-words", "keys-paragraphs", "keys-extend", "keys-escape"])
                    .map(|(keys, message)| (scene.say(message), keys.to_owned())),
            )
            .collect();
        for (words, keys) in rows {
            ui.horizontal(|ui| {
                Label::interface(&words).within(340.0, 1).show(ui, &scene.ink);
                Label::interface(&keys).color(scene.look.quiet).show(ui, &scene.ink);
            });
        }
    });
    let pressed = buttons(ui, scene, &[scene.say("dialog-close")], true);
    begin_at_foot(ui, 0);
    if pressed.is_some() {
        scene.wish(Action::CloseDialog);
    }
}
