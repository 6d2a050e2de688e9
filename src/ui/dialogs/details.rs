//! Where a document came from, what import changed on the way, and its encoding, which the reader can change.

use egui::{Id, Ui};

use super::{buttons, text, title};
use crate::app::Action;
use crate::model::{DocumentId, LineEnds};
use crate::store::decode::ENCODINGS;
use crate::ui::scene::Scene;
use crate::ui::text::{Label, combo};

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
    let numbers = [("bytes", document.text.len()), ("count", document.text.chars().count())];
    text(ui, scene, &scene.say_with("details-size", &numbers, &[]));
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
    if buttons(ui, scene, &[scene.say("dialog-close")], true).is_some() {
        scene.wish(Action::CloseDialog);
    }
}
