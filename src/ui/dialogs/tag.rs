//! A tag to write: its name, colour and definition.

use egui::{CornerRadius, Id, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::{buttons, text, title};
use crate::app::{Action, TAG_COLORS, TagDraft};
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::text::{Face, Field};

/// Shows the form.
pub fn show(ui: &mut Ui, scene: &Scene, draft: &mut TagDraft, is_new: bool) {
    title(ui, scene, &scene.say(if draft.id.is_some() { "tag-title" } else { "tag-title-new" }));
    let width = ui.available_width();
    let name = scene.say("tag-name");
    let field = Field::line(Id::unique("tag-name"), &mut draft.name, &name)
        .hint(&name)
        .face(Face::Document)
        .size(look::LIST_TEXT)
        .width(width);
    let response = field.show(ui, &scene.ink, scene.look);
    if is_new {
        response.response.request_focus();
    }
    ui.horizontal_wrapped(|ui| {
        for (index, color) in TAG_COLORS.into_iter().enumerate() {
            let (rect, response) = ui.allocate_exact_size(vec2(26.0, 26.0), Sense::click());
            let chosen = draft.color == color;
            let spoken = scene.say_with("tag-color", &[("number", index + 1)], &[]);
            response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, &spoken));
            ui.painter().rect_filled(rect.shrink(4.0), CornerRadius::same(4), scene.look.tag(color));
            if chosen || response.hovered() || response.has_focus() {
                let line = if chosen { scene.look.ink } else { scene.look.faint };
                ui.painter().rect_stroke(
                    rect,
                    CornerRadius::same(6),
                    Stroke::new(1.5, line),
                    StrokeKind::Inside,
                );
            }
            if response.clicked() {
                draft.color = color;
            }
        }
    });
    let definition = scene.say("tag-definition");
    Field::lines(Id::unique("tag-definition"), &mut draft.definition, &definition, 3)
        .hint(&definition)
        .face(Face::Document)
        .size(look::LIST_TEXT)
        .width(width)
        .show(ui, &scene.ink, scene.look);
    let wanted = draft.name.trim();
    let taken = scene
        .bench
        .project()
        .and_then(|project| project.codebook().named(wanted))
        .is_some_and(|other| Some(other.id) != draft.id);
    if taken {
        text(ui, scene, &scene.say_with("tag-taken", &[], &[("name", wanted)]));
    }
    let fits = !wanted.is_empty() && !taken;
    match buttons(ui, scene, &[scene.say("dialog-ok"), scene.say("dialog-cancel")], fits) {
        Some(0) => scene.wish(Action::PutTag(draft.clone())),
        Some(_) => scene.wish(Action::CloseDialog),
        None if response.submitted && fits => scene.wish(Action::PutTag(draft.clone())),
        None => {}
    }
}
