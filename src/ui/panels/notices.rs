//! Notices: what the person should know, until they put it away.

use egui::{
    Button, CornerRadius, Direction, Frame, Id, Layout, Margin, Rect, Role, ScrollArea, Stroke, Ui,
    UiBuilder, Vec2, pos2,
};

use super::{landmark, reaches};
use crate::app::{Action, Notice, NoticeKind};
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::sentences::{Sentence, sentences};
use crate::ui::text::{Label, named};

/// All notices together take no more than this share of the height over the text, but at least so many points.
const SHARE: f32 = 0.34;
const LEAST: f32 = 140.0;

/// Points: how high the list in one grows before it scrolls, at most and at least; and what a notice needs around its words.
const DETAILS: f32 = 110.0;
const FEWEST: f32 = 24.0;
const AROUND: f32 = 30.0;

/// Points: what the cross needs.
const CROSS: f32 = 24.0;

/// Shows the notices above the reading view, the latest first.
pub fn show(ui: &mut Ui, scene: &Scene) {
    let notices = scene.bench.notices();
    if notices.is_empty() {
        return;
    }
    let most = (ui.available_height() * SHARE).max(LEAST);
    let each = most / notices.len() as f32;
    ui.scope(|ui| {
        ui.spacing_mut().scroll = look::overlaid_bar();
        let area = ScrollArea::vertical().id_salt("notices").max_height(most).auto_shrink([false, true]);
        area.show(ui, |ui| {
            for (index, notice) in notices.iter().enumerate().rev() {
                show_one(ui, scene, index, notice, each);
            }
        });
    });
}

fn show_one(ui: &mut Ui, scene: &Scene, index: usize, notice: &Notice, most: f32) {
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
            ui.set_width(ui.available_width());
            landmark(ui, Role::Alert, &scene.say("landmark-notices"));
            ui.spacing_mut().item_spacing.y = 6.0;
            let words = scene.tell(&notice.message);
            let whole = ui.available_rect_before_wrap();
            let label = Label::interface(&words).color(scene.look.ink).within(whole.width() - CROSS, 6);
            label.clone().show(ui, &scene.ink);
            if cross(ui, scene, whole, &label) {
                scene.wish(Action::Dismiss(index));
            }
            let (details, said) = (&notice.details, &notice.said);
            let count = details.len() + said.len();
            if count == 0 {
                reaches(ui, ui.min_rect());
                return;
            }
            // What was said of an annotation leads to it, as long as it is there.
            let mark = |at: usize| {
                let (document, id) = said.get(at.checked_sub(details.len())?)?.mark?;
                scene.bench.project()?.annotation(document, id).map(|_| (document, id))
            };
            let say = |at: usize| Sentence {
                words: details.get(at).cloned().unwrap_or_else(|| scene.tell(&said[at - details.len()])),
                leads: mark(at).is_some(),
            };
            let id = Id::unique("notice").with(notice.about);
            if let Some(heading) = &notice.heading {
                let words = scene.tell(heading);
                Label::interface(&words)
                    .size(look::SMALL_TEXT)
                    .bold()
                    .color(scene.look.ink)
                    .within(ui.available_width() - CROSS, 2)
                    .show(ui, &scene.ink);
            }
            let list = (most - ui.min_rect().height() - AROUND).clamp(FEWEST, DETAILS);
            let pressed = sentences(ui, scene, id, (list, look::SMALL_TEXT), count, say);
            if let Some((document, id)) = pressed.and_then(mark) {
                scene.wish(Action::SelectAnnotation { document, id, reveal: true });
            }
            reaches(ui, ui.min_rect());
        });
}

/// The cross that puts a notice away, level with the first line of its words; whether it was pressed.
fn cross(ui: &mut Ui, scene: &Scene, whole: Rect, words: &Label<'_>) -> bool {
    let line = words.clone().within(whole.width(), 1);
    let middle = line.room(ui, &line.layout(ui, &scene.ink)).y / 2.0;
    let is_rtl = scene.ink.locale().direction.is_rtl();
    let x = if is_rtl { whole.left() + CROSS / 4.0 } else { whole.right() - CROSS / 4.0 };
    let place = Rect::from_center_size(pos2(x, whole.top() + middle), Vec2::splat(CROSS));
    let layout = Layout::centered_and_justified(Direction::TopDown);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(place).layout(layout).id_salt("cross"));
    (ui.spacing_mut().button_padding, ui.spacing_mut().interact_size) = (Vec2::ZERO, Vec2::splat(CROSS));
    let cross = Label::interface("×").size(16.0).color(scene.look.quiet).atom(&ui, &scene.ink);
    let button = ui.add(Button::new(cross).frame_when_inactive(false));
    named(button, Role::Button, &scene.say("notice-dismiss")).clicked()
}
