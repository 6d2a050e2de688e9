//! What appears beside the pointer when it rests on something.

use egui::{Response, Sense, Ui};

use super::Label;
use crate::text::ParagraphLayout;
use crate::ui::text::Ink;

/// The widest a tip is, in points.
const WIDTH: f32 = 340.0;
/// The most lines it has.
const LINES: usize = 8;

/// Shows words while the pointer rests on something.
pub fn tip(response: &Response, ink: &Ink, label: &Label) {
    response.clone().on_hover_ui(|ui: &mut Ui| {
        // As wide as its words, up to where they must be wrapped.
        let natural = label.layout(ui, ink).width() / ui.ctx().pixels_per_point();
        let width = (natural + 1.0).ceil().min(WIDTH);
        label.clone().within(width, LINES).sense(Sense::hover()).show(ui, ink);
    });
}

/// Shows all of a label's words where some were cut off.
pub fn tip_of(response: &Response, ink: &Ink, shown: &ParagraphLayout, whole: &Label) {
    if shown.clipped() {
        tip(response, ink, whole);
    }
}
