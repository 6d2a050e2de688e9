//! A text that a document had before, to be read.

use egui::Ui;

use super::excerpt::Excerpt;
use super::{begin_at_foot, buttons, title};
use crate::app::Action;
use crate::ui::scene::{Scene, in_name};

/// Points.
pub const WIDTH: f32 = 640.0;
/// Code points that are shown at once, before and after where one is.
const AROUND: usize = 1_500;
/// Lines.
const LINES: usize = 14;

/// Shows the text.
pub fn show(ui: &mut Ui, scene: &Scene, excerpt: &mut Excerpt, is_new: bool) {
    let Some(earlier) = scene.bench.earlier() else {
        scene.wish(Action::CloseDialog);
        return;
    };
    if is_new {
        *excerpt = Excerpt::default();
        excerpt.turn_to(&earlier.text, &(0..0), AROUND);
    }
    title(ui, scene, &scene.say_with("earlier-title", &[], &[("title", in_name(&earlier.title))]));
    let caption = super::details::of_earlier(scene, &earlier.entry);
    excerpt.show(ui, scene, &earlier.text, &caption, (LINES, AROUND));
    let pressed = buttons(ui, scene, &[scene.say("dialog-close")], true);
    begin_at_foot(ui, 0);
    if pressed.is_some() {
        scene.wish(Action::CloseDialog);
    }
}
