//! A tag in use is about to go.

use egui::Ui;

use super::{First, begin_at_foot, buttons_each, text, title};
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
    let words = [(scene.say("codebook-remove"), true), (scene.say("dialog-cancel"), true)];
    let pressed = buttons_each(ui, scene, &words, First::Grave);
    // Whoever presses Enter without having read takes nothing away.
    begin_at_foot(ui, 1);
    match pressed {
        Some(0) => scene.wish(Action::RemoveTag(tag)),
        Some(_) => scene.wish(Action::CloseDialog),
        None => {}
    }
}
