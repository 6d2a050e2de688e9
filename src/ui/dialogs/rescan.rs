//! What changed in the source folder since its files were imported: changed, new, and gone.

use egui::{ScrollArea, Ui, vec2};

use super::title;
use crate::app::Action;
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::text::{Label, button};

/// Points.
pub const WIDTH: f32 = 520.0;
/// Points.
const ROW: f32 = 22.0;

/// A line of the list.
enum Line<'a> {
    Heading(String),
    File(&'a str),
}

/// Shows the lists.
pub fn show(ui: &mut Ui, scene: &Scene) {
    let (Some(changes), Some(project)) = (scene.bench.changes(), scene.bench.project()) else {
        scene.wish(Action::CloseDialog);
        return;
    };
    title(ui, scene, &scene.say("rescan-title"));
    let changed: Vec<&str> = changes
        .changed
        .iter()
        .filter_map(|changed| project.document(changed.document))
        .map(|document| document.source.path.as_str())
        .collect();
    let new: Vec<&str> = scene.bench.found().iter().map(|document| document.source.path.as_str()).collect();
    let vanished: Vec<&str> = changes.vanished.iter().map(String::as_str).collect();
    let mut lines = Vec::new();
    for (heading, files) in
        [("rescan-changed", &changed), ("rescan-new", &new), ("rescan-vanished", &vanished)]
    {
        if !files.is_empty() {
            lines.push(Line::Heading(scene.say_with(heading, &[("count", files.len())], &[])));
            lines.extend(files.iter().copied().map(Line::File));
        }
    }
    ScrollArea::vertical()
        .id_salt("rescan")
        .max_height(320.0)
        .min_scrolled_height(320.0)
        .auto_shrink([false, true])
        .show_rows(ui, ROW, lines.len(), |ui, rows| {
            for line in &lines[rows] {
                let label = match line {
                    Line::Heading(words) => {
                        Label::interface(words).size(look::SMALL_TEXT).color(scene.look.quiet)
                    }
                    Line::File(path) => Label::interface(path),
                };
                let row = vec2(ui.available_width(), ROW);
                ui.allocate_ui_with_layout(row, egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    label.at_start().within(row.x, 1).show(ui, &scene.ink);
                });
            }
        });
    ui.add_space(6.0);
    let row = vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(row, egui::Layout::right_to_left(egui::Align::Center), |ui| {
        let choices = [
            (!changed.is_empty(), "rescan-update", Action::UpdateChanged),
            (!new.is_empty(), "rescan-add", Action::AddFoundFiles),
            (true, "dialog-close", Action::CloseDialog),
        ];
        for (is_there, words, action) in choices {
            if is_there && button(ui, &scene.ink, &scene.say(words)).clicked() {
                scene.wish(action);
            }
        }
    });
}
