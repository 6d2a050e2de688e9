//! Which format an export has, and how.

use egui::Ui;

use super::{buttons, text, title};
use crate::app::{Action, ExportPlan, Pick};
use crate::exchange::Format;
use crate::ui::scene::Scene;
use crate::ui::text::{checkbox, radio, selectable};

/// Shows the form.
pub fn show(ui: &mut Ui, scene: &Scene, plan: &mut ExportPlan) {
    title(ui, scene, &scene.say("export-title"));
    ui.horizontal_wrapped(|ui| {
        for format in Format::all() {
            if selectable(ui, &scene.ink, plan.format == format, format.info().name).clicked() {
                plan.format = format;
            }
        }
    });
    text(ui, scene, &scene.say(plan.format.info().message));
    if plan.format.info().byte_order_mark {
        checkbox(ui, &scene.ink, &mut plan.byte_order_mark, &scene.say("export-bom"));
    }
    ui.horizontal_wrapped(|ui| {
        if radio(ui, &scene.ink, !plan.only_document, &scene.say("export-whole")).clicked() {
            plan.only_document = false;
        }
        if scene.bench.document().is_some()
            && radio(ui, &scene.ink, plan.only_document, &scene.say("export-document")).clicked()
        {
            plan.only_document = true;
        }
    });
    let count = plan.count(scene.bench);
    text(ui, scene, &scene.say_with("export-count", &[("count", count)], &[]));
    match buttons(ui, scene, &[scene.say("export-choose-file"), scene.say("dialog-cancel")], true) {
        Some(0) => {
            scene.wish(Action::CloseDialog);
            scene.wish(Action::Ask(Pick::Export(*plan)));
        }
        Some(_) => scene.wish(Action::CloseDialog),
        None => {}
    }
}
