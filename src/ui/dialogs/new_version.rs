//! Where the new text of a document is to come from.

use egui::Ui;

use super::{begin_at_foot, buttons, text, title};
use crate::app::{Action, Pick};
use crate::model::DocumentId;
use crate::ui::scene::{Scene, in_name};

/// Shows the question.
pub fn show(ui: &mut Ui, scene: &Scene, document: DocumentId) {
    let Some(document) = scene.bench.project().and_then(|project| project.document(document)) else {
        scene.wish(Action::CloseDialog);
        return;
    };
    title(ui, scene, &scene.say_with("update-title", &[], &[("title", in_name(&document.title))]));
    text(ui, scene, &scene.say("new-version-help"));
    let source = scene.bench.source_path(document.id);
    if let Some(path) = &source {
        let path = path.display().to_string();
        text(ui, scene, &scene.say_with("new-version-source", &[], &[("path", &path)]));
    }
    let mut words = vec![scene.say("new-version-choose"), scene.say("dialog-cancel")];
    if source.is_some() {
        words.insert(1, scene.say("new-version-again"));
    }
    let last = words.len() - 1;
    let pressed = buttons(ui, scene, &words, true);
    begin_at_foot(ui, 0);
    match pressed {
        Some(0) => {
            scene.wish(Action::CloseDialog);
            scene.wish(Action::Ask(Pick::UpdateDocument(document.id)));
        }
        Some(chosen) if chosen < last => scene.wish(Action::UpdateFromSource(document.id)),
        Some(_) => scene.wish(Action::CloseDialog),
        None => {}
    }
}
