//! Where a document came from, what import changed on the way, and its encoding, which the reader can change.

use egui::{Align, Id, Layout, ScrollArea, Ui, vec2};

use super::{begin_at_foot, buttons, text, title};
use crate::app::{Action, Command, Dialog};
use crate::model::{Document, DocumentId, EarlierText, LineEnds};
use crate::store::decode::ENCODINGS;
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::text::{Label, combo, frameless_button};

/// Shows the details.
pub fn show(ui: &mut Ui, scene: &Scene, document: DocumentId) {
    let Some(document) = scene.bench.project().and_then(|project| project.document(document)) else {
        scene.wish(Action::CloseDialog);
        return;
    };
    title(ui, scene, &scene.say("details-title"));
    let width = ui.available_width();
    Label::written(&document.title).within(width, 3).show(ui, &scene.ink);
    let source = &document.source;
    if !source.path.is_empty() {
        text(ui, scene, &scene.say_with("details-source", &[], &[("path", &source.path)]));
    }
    let (count, size) = (document.text.chars().count(), scene.size(document.text.len() as u64));
    text(ui, scene, &scene.say_with("details-size", &[("count", count)], &[("size", &size)]));
    let line_ends = scene.say(match source.line_ends {
        LineEnds::Lf => "details-lines-lf",
        LineEnds::CrLf => "details-lines-crlf",
        LineEnds::Cr => "details-lines-cr",
        LineEnds::Mixed => "details-lines-mixed",
    });
    text(ui, scene, &line_ends);
    if source.byte_order_mark {
        text(ui, scene, &scene.say("details-bom"));
    }
    if source.replaced > 0 {
        text(ui, scene, &scene.say_with("details-replaced", &[("count", source.replaced as usize)], &[]));
    }
    let name = scene.say("details-encoding");
    text(ui, scene, &name);
    // The encoding that was found may be another than those on offer.
    let mut choices = ENCODINGS.to_vec();
    let chosen = choices.iter().position(|name| name.eq_ignore_ascii_case(&source.encoding));
    let chosen = chosen.unwrap_or_else(|| {
        choices.push(&source.encoding);
        choices.len() - 1
    });
    if let Some(other) = combo(ui, &scene.ink, Id::unique("encoding"), &name, chosen, &choices) {
        scene.wish(Action::SetEncoding(document.id, choices[other].to_owned()));
    }
    text(ui, scene, &scene.say("details-encoding-help"));
    earlier(ui, scene, document);
    let mut words = vec![scene.say("dialog-close")];
    if scene.bench.can(Command::UpdateDocument) {
        words.push(scene.say("details-update"));
    }
    let pressed = buttons(ui, scene, &words, true);
    begin_at_foot(ui, 0);
    match pressed {
        Some(0) => scene.wish(Action::CloseDialog),
        Some(_) => {
            scene.wish(Action::Show(Dialog::NewVersion(document.id)));
        }
        None => {}
    }
}

/// Points.
const ROW: f32 = 26.0;
/// Rows of earlier texts that are seen at once.
const ROWS: f32 = 4.5;

/// The texts that the document had before, the latest first.
fn earlier(ui: &mut Ui, scene: &Scene, document: &Document) {
    let count = document.earlier.len();
    if count == 0 {
        return;
    }
    ui.add_space(4.0);
    Label::interface(&scene.say_with("details-earlier", &[("count", count)], &[])).show(ui, &scene.ink);
    let height = ROW * ROWS.min(count as f32);
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical()
        .id_salt("earlier")
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink([false, true]);
    area.show_rows(ui, ROW, count, |ui, rows| {
        for entry in document.earlier.iter().rev().skip(rows.start).take(rows.len()) {
            let row = vec2(ui.available_width(), ROW);
            ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
                let words = of_earlier(scene, entry);
                let look_at = scene.say("details-earlier-show");
                if frameless_button(ui, &scene.ink, &look_at).clicked() {
                    scene.wish(Action::ShowEarlier(document.id, entry.sha256.clone()));
                }
                let room = ui.available_width();
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let label = Label::interface(&words).size(look::SMALL_TEXT).color(scene.look.quiet);
                    label.at_start().within(room, 1).show(ui, &scene.ink);
                });
            });
        }
    });
    ui.spacing_mut().item_spacing.y = 8.0;
}

/// When and from where an earlier text came, in a line.
pub fn of_earlier(scene: &Scene, entry: &EarlierText) -> String {
    let written = entry.imported.to_string();
    let when = written.get(..16).unwrap_or(&written).replace('T', " ");
    let words = [
        ("when", when.as_str()),
        ("path", entry.source.path.as_str()),
        ("encoding", entry.source.encoding.as_str()),
    ];
    scene.say_with("details-earlier-entry", &[], &words)
}
