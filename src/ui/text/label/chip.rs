//! Tags as chips: each name on its own tint, side by side as far as there is room.

use std::ops::Range;

use egui::{Color32, CornerRadius, Rect, Ui, pos2, vec2};

use super::Label;
use crate::ui::look;
use crate::ui::text::Ink;

/// Points between a chip's edge and its name.
const PAD: f32 = 7.0;
/// Points between two chips.
const GAP: f32 = 5.0;
/// A chip that has less room, in points, is left out.
const NARROWEST: f32 = 34.0;

/// A tag as it is shown.
#[derive(Clone, Debug)]
pub struct Chip {
    pub name: String,
    /// The bytes of the name where something was found.
    pub found: Vec<Range<usize>>,
    /// What lies behind it.
    pub fill: Color32,
    pub ink: Color32,
}

/// Paints chips in one row from where the interface's lines begin. Where not all fit, the number of the others ends the row.
pub fn chips(ui: &Ui, ink: &Ink, rect: Rect, chips: &[Chip], quiet: Color32) {
    let rtl = ink.locale().direction.is_rtl();
    let scale = ui.ctx().pixels_per_point();
    let mut used = 0.0;
    for (at, chip) in chips.iter().enumerate() {
        let others = chips.len() - at - 1;
        let kept = if others > 0 { 24.0 } else { 0.0 };
        let room = rect.width() - used - kept;
        let label = Label::written(&chip.name).found(&chip.found).size(look::LIST_TEXT - 1.5).color(chip.ink);
        let natural = label.layout(ui, ink).width() / scale + 2.0 * PAD;
        if room < natural.min(NARROWEST) || (at > 0 && room < natural) {
            let rest = format!("+{}", others + 1);
            let place = at_start(rect, used, rect.width() - used, rtl);
            let label = Label::interface(&rest).size(look::SMALL_TEXT).color(quiet);
            label.within(place.width(), 1).at_start().paint_at(ui, ink, place);
            return;
        }
        // Whole points, so that the name is never cut off by a rounding.
        let width = natural.ceil().min(room);
        let place = at_start(rect, used, width, rtl).shrink2(vec2(0.0, 3.0));
        ui.painter().rect_filled(place, CornerRadius::same(10), chip.fill);
        let inner = place.shrink2(vec2(PAD, 0.0));
        label.within(inner.width() + 0.5, 1).at_start().paint_at(ui, ink, inner);
        used += width + GAP;
    }
}

/// A part of a rectangle, so far from the edge where lines begin. Points.
fn at_start(rect: Rect, from: f32, width: f32, rtl: bool) -> Rect {
    let left = if rtl { rect.right() - from - width } else { rect.left() + from };
    Rect::from_min_max(pos2(left, rect.top()), pos2(left + width, rect.bottom()))
}
