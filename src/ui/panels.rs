//! The panels around the reading view, one file each. Each reads the scene and leaves wishes.

pub mod card;
pub mod codebook;
pub mod documents;
pub mod find;
pub mod foot;
pub mod notices;
pub mod palette;
pub mod table;
mod walk;

use egui::{Rect, Response, Role, Ui, pos2};

use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::text::Label;

/// The heading of a panel: small, quiet, with a count at its end.
fn heading(ui: &mut Ui, scene: &Scene, words: &str, count: &str) {
    ui.horizontal(|ui| {
        Label::interface(words).size(look::SMALL_TEXT).bold().color(scene.look.quiet).show(ui, &scene.ink);
        if count.is_empty() {
            return;
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            Label::interface(count).size(look::SMALL_TEXT).color(scene.look.quiet).show(ui, &scene.ink);
        });
    });
}

/// Makes a part of the window a place that a screen reader knows by its name. To be said before anything is shown in it.
pub fn landmark(ui: &Ui, role: Role, name: &str) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_role(role);
        node.set_label(name);
    });
    reaches(ui, ui.max_rect());
}

/// Says where a landmark is; needed only where that is known after all was shown in it.
fn reaches(ui: &Ui, rect: Rect) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_bounds(egui::accesskit::Rect {
            x0: rect.left().into(),
            y0: rect.top().into(),
            x1: rect.right().into(),
            y1: rect.bottom().into(),
        });
    });
}

/// Makes what `ui` shows a list of so many items; says of which kind, and its name.
pub(super) fn list(ui: &Ui, role: Role, name: &str, count: usize) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_role(role);
        node.set_label(name);
        node.set_size_of_set(count);
    });
}

/// Says of an item of a list which it is, from 0.
pub(super) fn position_in_list(response: &Response, position: usize) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_position_in_set(position));
}

/// A square of a tag's colour.
fn swatch(ui: &Ui, at: Rect, color: egui::Color32) {
    let square = Rect::from_center_size(pos2(at.left() + 6.0, at.center().y), egui::vec2(11.0, 11.0));
    ui.painter().rect_filled(square, 3.0, color);
}
