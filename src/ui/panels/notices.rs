//! Notices: what the person should know, until they put it away.

use egui::{CornerRadius, Frame, Margin, Role, ScrollArea, Stroke, Ui};

use super::landmark;
use crate::app::{Action, NoticeKind};
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::text::{Label, named};

/// Points: how high the list of details grows before it scrolls.
const DETAILS: f32 = 110.0;

/// Shows the notices above the reading view.
pub fn show(ui: &mut Ui, scene: &Scene) {
    for (index, notice) in scene.bench.notices().iter().enumerate() {
        let (color, fill) = match notice.kind {
            NoticeKind::Info => (scene.look.accent, scene.look.accent_tint),
            NoticeKind::Problem => (scene.look.danger, scene.look.raised),
        };
        Frame::NONE
            .fill(fill)
            .stroke(Stroke::new(1.0, color.gamma_multiply(0.5)))
            .corner_radius(CornerRadius::same(6))
            .inner_margin(Margin::symmetric(12, 8))
            .outer_margin(Margin::symmetric(10, 4))
            .show(ui, |ui| {
                landmark(ui, Role::Alert, &scene.say("landmark-notices"));
                ui.horizontal_top(|ui| {
                    let words = scene.tell(&notice.message);
                    let width = ui.available_width() - 44.0;
                    Label::interface(&words).color(scene.look.ink).within(width, 6).show(ui, &scene.ink);
                    let cross = Label::interface("×").size(16.0).color(scene.look.quiet).atom(ui, &scene.ink);
                    let button = ui.add(egui::Button::new(cross).frame_when_inactive(false));
                    if named(button, Role::Button, &scene.say("notice-dismiss")).clicked() {
                        scene.wish(Action::Dismiss(index));
                    }
                });
                let said = notice.said.iter().map(|message| scene.tell(message));
                let details: Vec<String> = notice.details.iter().cloned().chain(said).collect();
                if !details.is_empty() {
                    let width = ui.available_width();
                    let row = look::TEXT * 1.6;
                    ScrollArea::vertical().id_salt(("notice", index)).max_height(DETAILS).show_rows(
                        ui,
                        row,
                        details.len(),
                        |ui, rows| {
                            for detail in &details[rows] {
                                Label::interface(detail)
                                    .size(look::SMALL_TEXT)
                                    .color(scene.look.quiet)
                                    .within(width, 1)
                                    .show(ui, &scene.ink);
                            }
                        },
                    );
                }
            });
    }
}
