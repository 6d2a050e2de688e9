//! A place in the open document to go to, by its number.

use egui::{Id, Ui};

use super::{buttons, text, title};
use crate::app::{Action, Counted, Target};
use crate::ui::scene::Scene;
use crate::ui::text::{Field, radio};

/// Points: the dialog asks for little.
pub const WIDTH: f32 = 300.0;

/// Shows the form.
pub fn show(ui: &mut Ui, scene: &Scene, target: &mut Target, is_new: bool) {
    title(ui, scene, &scene.say("go-to-title"));
    ui.horizontal(|ui| {
        for (counted, message) in
            [(Counted::Paragraphs, "go-to-paragraph"), (Counted::Characters, "go-to-character")]
        {
            if radio(ui, &scene.ink, target.counted == counted, &scene.say(message)).clicked() {
                target.counted = counted;
            }
        }
    });
    let name = scene.say("go-to-number");
    let width = ui.available_width();
    let field = Field::line(Id::unique("go-to-number"), &mut target.number, &name).width(width);
    let response = field.show(ui, &scene.ink, scene.look);
    if is_new {
        response.response.request_focus();
    }
    if let Some((first, last)) = scene.bench.numbers(target.counted) {
        text(ui, scene, &scene.say_with("go-to-range", &[("first", first), ("last", last)], &[]));
    }
    let filled = target.value().is_some();
    match buttons(ui, scene, &[scene.say("go-to-go"), scene.say("dialog-cancel")], filled) {
        Some(0) => scene.wish(Action::GoTo(target.clone())),
        Some(_) => scene.wish(Action::CloseDialog),
        None if response.submitted && filled => scene.wish(Action::GoTo(target.clone())),
        None => {}
    }
}
