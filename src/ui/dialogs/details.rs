//! Where a document came from, what import changed on the way, and its encoding, which the reader can change.

use egui::{Button, Role, Ui, WidgetInfo};

use super::{buttons, text, title};
use crate::app::Action;
use crate::model::{DocumentId, LineEnds};
use crate::store::decode::ENCODINGS;
use crate::ui::scene::Scene;
use crate::ui::text::Label;

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
    text(ui, scene, &scene.say("details-encoding"));
    ui.horizontal_wrapped(|ui| {
        for &encoding in ENCODINGS {
            let chosen = encoding.eq_ignore_ascii_case(&source.encoding);
            let atom = Label::interface(encoding).atom(ui, &scene.ink);
            let response = ui.add(Button::selectable(chosen, atom));
            response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, encoding));
            if response.clicked() && !chosen {
                scene.wish(Action::SetEncoding(document.id, encoding.to_owned()));
            }
        }
    });
    text(ui, scene, &scene.say("details-encoding-help"));
    if buttons(ui, scene, &[scene.say("dialog-close")], true).is_some() {
        scene.wish(Action::CloseDialog);
    }
}
