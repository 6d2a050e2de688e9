//! A document with annotations is about to go.

use egui::Ui;

use super::{First, begin_at_foot, buttons_each, text, title};
use crate::app::{Action, Command};
use crate::model::DocumentId;
use crate::ui::scene::{Scene, in_name};

/// Shows the question.
pub fn show(ui: &mut Ui, scene: &Scene, document: DocumentId) {
    let Some(project) = scene.bench.project() else { return };
    let Some(known) = project.document(document) else {
        scene.wish(Action::CloseDialog);
        return;
    };
    title(ui, scene, &scene.say_with("remove-document-title", &[], &[("title", in_name(&known.title))]));
    let count = project.table(document).len();
    text(ui, scene, &scene.say_with("remove-document-marks", &[("count", count)], &[]));
    let words = [(scene.say(Command::RemoveDocument.message()), true), (scene.say("dialog-cancel"), true)];
    let pressed = buttons_each(ui, scene, &words, First::Grave);
    // Whoever presses Enter without having read takes nothing away.
    begin_at_foot(ui, 1);
    match pressed {
        Some(0) => {
            scene.wish(Action::CloseDialog);
            scene.wish(Action::RemoveDocument(document));
        }
        Some(_) => scene.wish(Action::CloseDialog),
        None => {}
    }
}
