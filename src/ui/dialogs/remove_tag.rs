//! A tag in use is about to go.

use egui::Ui;

use super::{buttons, text, title};
use crate::app::Action;
use crate::model::TagId;
use crate::ui::scene::Scene;

/// Shows the question.
pub fn show(ui: &mut Ui, scene: &Scene, tag: TagId) {
    let Some(project) = scene.bench.project() else { return };
    let name = project.codebook().get(tag).map_or("", |tag| tag.name.as_str());
    title(ui, scene, &scene.say_with("remove-tag-title", &[], &[("name", name)]));
    let (own, others) = scene.bench.uses(tag);
    text(ui, scene, &scene.say_with("remove-tag-uses", &[("count", own)], &[]));
    if others > 0 {
        text(ui, scene, &scene.say_with("remove-tag-others", &[("count", others)], &[]));
    }
    match buttons(ui, scene, &[scene.say("codebook-remove"), scene.say("dialog-cancel")], true) {
        Some(0) => scene.wish(Action::RemoveTag(tag)),
        Some(_) => scene.wish(Action::CloseDialog),
        None => {}
    }
}
