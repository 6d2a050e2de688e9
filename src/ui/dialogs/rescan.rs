//! What changed in the source folder since its files were imported: renamed, changed, new, and gone.

use egui::{Align, Layout, Role, ScrollArea, Ui, vec2};

use super::title;
use crate::app::Action;
use crate::app::updating::{Changes, Renamed};
use crate::model::{Document, Project};
use crate::ui::look;
use crate::ui::scene::{Scene, in_name};
use crate::ui::text::{Label, button, frameless_button, named, tip_of};

/// Points.
pub const WIDTH: f32 = 640.0;
/// Points.
const ROW: f32 = 28.0;
/// Points between a row's words and its buttons.
const GAP: f32 = 8.0;

/// A line of the list.
enum Line<'a> {
    Heading(String),
    File(&'a str),
    Renamed(Row<'a>),
}

/// A document whose file has another name.
struct Row<'a> {
    renamed: &'a Renamed,
    /// Whether its text changed too, so that the person has to look.
    altered: bool,
    /// Whether the person may say that the file is another document.
    may_part: bool,
}

/// Shows the lists.
pub fn show(ui: &mut Ui, scene: &Scene) {
    let (Some(changes), Some(project)) = (scene.bench.changes(), scene.bench.project()) else {
        scene.wish(Action::CloseDialog);
        return;
    };
    title(ui, scene, &scene.say("rescan-title"));
    let lines = lines(scene, changes, project);
    let is_new = !scene.bench.found().is_empty();
    let choices = [
        (!changes.changed.is_empty(), scene.say("rescan-update"), Action::UpdateChanged),
        (is_new, scene.say("rescan-add"), Action::AddFoundFiles),
        (
            !changes.renamed.is_empty(),
            scene.say_with("rescan-follow", &[("count", changes.renamed.len())], &[]),
            Action::FollowRenamed,
        ),
        (true, scene.say("dialog-close"), Action::CloseDialog),
    ];
    ScrollArea::vertical()
        .id_salt("rescan")
        .max_height(320.0)
        .min_scrolled_height(320.0)
        .auto_shrink([false, true])
        .show_rows(ui, ROW, lines.len(), |ui, range| {
            for line in &lines[range] {
                show_line(ui, scene, line);
            }
        });
    ui.add_space(6.0);
    let row = vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        for (is_there, words, action) in choices {
            if is_there && button(ui, &scene.ink, &words).clicked() {
                scene.wish(action);
            }
        }
    });
}

/// Everything that changed, by kinds.
fn lines<'a>(scene: &'a Scene, changes: &'a Changes, project: &'a Project) -> Vec<Line<'a>> {
    let renamed = |renamed: &'a Renamed, altered: bool| {
        Line::Renamed(Row { renamed, altered, may_part: changes.may_part(renamed.document) })
    };
    let changed = changes.changed.iter().filter_map(|changed| project.document(changed.document));
    let path = |document: &'a Document| Line::File(&document.source.path);
    let mut lines = Vec::new();
    for (heading, files) in [
        ("rescan-renamed", changes.renamed.iter().map(|one| renamed(one, false)).collect::<Vec<_>>()),
        ("rescan-altered", changes.altered.iter().map(|one| renamed(one, true)).collect()),
        ("rescan-changed", changed.map(|document| path(document)).collect()),
        ("rescan-new", scene.bench.found().iter().map(path).collect()),
        ("rescan-vanished", changes.vanished.iter().map(|path| Line::File(path)).collect()),
    ] {
        if !files.is_empty() {
            lines.push(Line::Heading(scene.say_with(heading, &[("count", files.len())], &[])));
            lines.extend(files);
        }
    }
    lines
}

fn show_line(ui: &mut Ui, scene: &Scene, line: &Line) {
    let row = vec2(ui.available_width(), ROW);
    match line {
        Line::Renamed(renamed) => {
            ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = GAP;
                show_renamed(ui, scene, renamed);
            });
        }
        Line::Heading(words) => {
            let label = Label::interface(words).size(look::SMALL_TEXT).color(scene.look.quiet);
            show_words(ui, scene, &label, row);
        }
        Line::File(path) => show_words(ui, scene, &Label::interface(path), row),
    }
}

/// Words from the start of a row, on one line; a tip has all where some were cut off.
fn show_words(ui: &mut Ui, scene: &Scene, label: &Label, row: egui::Vec2) {
    ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
        let shown = label.clone().at_start().within(row.x, 1);
        let layout = shown.layout(ui, &scene.ink);
        tip_of(&shown.show(ui, &scene.ink), &scene.ink, &layout, label);
    });
}

/// What was renamed, and at the end of the row what can be done about it.
fn show_renamed(ui: &mut Ui, scene: &Scene, row: &Row) {
    let renamed = row.renamed;
    let words = words_of(scene, renamed);
    let choice = |ui: &mut Ui, key: &str, action: Action| {
        let what = scene.say(key);
        let response = frameless_button(ui, &scene.ink, &what);
        if named(response, Role::Button, &format!("{what}: {}", in_name(&renamed.now.source.path))).clicked()
        {
            scene.wish(action);
        }
    };
    if row.may_part {
        choice(ui, "rescan-part", Action::PartRenamed(renamed.document));
    }
    if row.altered {
        choice(ui, "rescan-compare", Action::CompareAltered(renamed.document));
        let percent = scene.say_with("rescan-percent", &[("percent", renamed.percent.into())], &[]);
        let label = Label::interface(&percent).size(look::SMALL_TEXT).color(scene.look.quiet);
        label.show(ui, &scene.ink);
    }
    let rest = vec2(ui.available_width(), ROW);
    show_words(ui, scene, &Label::interface(&words), rest);
}

/// «Renamed from … to …», the new folder left out where it is the old one.
fn words_of(scene: &Scene, renamed: &Renamed) -> String {
    let parts = |path: &str| path.rfind('/').map_or(0, |at| at + 1);
    let (from, to) = (renamed.from.as_str(), renamed.now.source.path.as_str());
    let ((old_folder, old_name), (folder, name)) = (from.split_at(parts(from)), to.split_at(parts(to)));
    let key = if old_name == name { "rescan-row-moved" } else { "rescan-row-renamed" };
    let to = if old_folder == folder { name } else { to };
    scene.say_with(key, &[], &[("from", from), ("to", to)])
}
