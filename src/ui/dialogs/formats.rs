//! The formats to choose from: one stop of the keyboard, in which the arrows choose, and which always shows what is chosen.

use egui::{
    CornerRadius, EventFilter, Id, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};

use super::reading::stepped;
use super::{begins_here, export};
use crate::exchange::Format;
use crate::ui::look;
use crate::ui::panels::position_in_list;
use crate::ui::scene::Scene;
use crate::ui::text::Label;

/// Points: how high a format is in the list, and the room above the first and below the last.
const ROW: f32 = 26.0;
const EDGE: f32 = 4.0;

/// Shows the list, as high as its rows or as there is room; the keyboard begins in it.
pub fn list(ui: &mut Ui, scene: &Scene, formats: &[Format], chosen: &mut Format) {
    let at = formats.iter().position(|format| format == chosen).unwrap_or(0);
    let high = ROW * formats.len() as f32 + 2.0 * EDGE;
    let height = high.min(ui.available_height());
    let id = Id::unique("formats");
    let (frame, _) = ui.allocate_exact_size(vec2(export::FORMATS, height), Sense::hover());
    let response = ui.interact(frame, id, Sense::focusable_noninteractive());
    let name = scene.say("formats");
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(chosen.info().name.to_owned()),
        ..WidgetInfo::labeled(Role::ListBox, true, &name)
    });
    let mut scroll_to = None;
    if begins_here(ui) {
        ui.memory_mut(|memory| memory.request_focus(id));
        scroll_to = Some(at);
    }
    if response.has_focus() {
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let page = (height / ROW) as usize;
        if let Some(next) = stepped(ui, at, formats.len(), page) {
            *chosen = formats[next];
            scroll_to = Some(next);
        }
    }
    let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(frame.shrink2(vec2(EDGE, EDGE))));
    inside.spacing_mut().item_spacing.y = 0.0;
    inside.spacing_mut().scroll = look::lasting_bar();
    let mut area = ScrollArea::vertical().id_salt("formats").auto_shrink(false);
    if let Some(row) = scroll_to {
        let above = row as f32 * ROW - (height - 2.0 * EDGE - ROW) / 2.0;
        area = area.vertical_scroll_offset(above.clamp(0.0, high - height));
    }
    area.show(&mut inside, |ui| {
        for (index, format) in formats.iter().enumerate() {
            if row(ui, scene, *format, index, format == chosen) {
                *chosen = *format;
                ui.memory_mut(|memory| memory.request_focus(id));
            }
        }
    });
    let line = if response.has_focus() { scene.look.accent } else { scene.look.hairline };
    ui.painter().rect_stroke(frame, 5.0, Stroke::new(1.0, line), StrokeKind::Inside);
}

/// A format as a row; whether it was pressed.
fn row(ui: &mut Ui, scene: &Scene, format: Format, at: usize, chosen: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::CLICK);
    let name = format.info().name;
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, name));
    position_in_list(&response, at);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_selected(chosen));
    if chosen || response.hovered() {
        let fill = if chosen { scene.look.accent_tint } else { scene.look.desk };
        ui.painter().rect_filled(rect, CornerRadius::same(4), fill);
    }
    let inner: Rect = rect.shrink2(vec2(8.0, 0.0));
    Label::interface(name).within(inner.width(), 1).at_start().paint_at(ui, &scene.ink, inner);
    response.clicked()
}
