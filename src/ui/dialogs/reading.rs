//! How documents are set: font, size, leading and measure. Everything takes effect at once, in the view beside it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use egui::style::HandleShape;
use egui::{Id, Key, Modifiers, Role, ScrollArea, Sense, Slider, Stroke, Ui, WidgetInfo, vec2};

use super::title;
use crate::app::view::{LEADINGS, MEASURES, TEXT_SIZES};
use crate::app::{Action, View};
use crate::text::{Family, ParagraphLayout};
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::text::{Label, button};

/// Points.
pub const WIDTH: f32 = 272.0;
const ROW: f32 = 34.0;
const ROWS: f32 = 6.5;
/// The sizes of a family's name and of some letters of it.
const NAME: f32 = 14.0;
const SAMPLE: f32 = 19.0;

/// The radius of a slider's knob.
const KNOB: f32 = 7.0;

/// Shows the form.
pub fn show(ui: &mut Ui, scene: &Scene, is_new: bool) {
    let view = scene.bench.view();
    title(ui, scene, &scene.say("reading-title"));
    fonts(ui, scene, view, is_new);
    ui.add_space(4.0);
    let size = scene.say_with("reading-size-value", &[("points", view.text_size.round() as usize)], &[]);
    if let Some(points) = slider(ui, scene, "reading-size", view.text_size, &TEXT_SIZES, 1.0, &size) {
        scene.wish(Action::SetTextSize(points));
    }
    let leading = format!("{:.1}", view.leading);
    if let Some(leading) = slider(ui, scene, "reading-leading", view.leading, &LEADINGS, 0.1, &leading) {
        scene.wish(Action::SetLeading(leading));
    }
    let measure = scene.say_with("reading-measure-value", &[("ems", view.measure.round() as usize)], &[]);
    if let Some(measure) = slider(ui, scene, "reading-measure", view.measure, &MEASURES, 1.0, &measure) {
        scene.wish(Action::SetMeasure(measure));
    }
    ui.add_space(6.0);
    let row = vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(row, egui::Layout::right_to_left(egui::Align::Center), |ui| {
        if button(ui, &scene.ink, &scene.say("dialog-close")).clicked() {
            scene.wish(Action::CloseDialog);
        }
        if button(ui, &scene.ink, &scene.say("reading-reset")).clicked() {
            scene.wish(Action::ResetSetting);
        }
    });
}

/// The list of families, each in its own face: one stop of the keyboard, in which Up and Down choose.
fn fonts(ui: &mut Ui, scene: &Scene, view: &View, is_new: bool) {
    let (mut families, complete) = scene.ink.families();
    if !families.contains(&view.font) {
        // The choice is kept where the family is missing, or not found yet.
        families.push(view.font.clone());
    }
    let chosen = families.iter().position(|name| *name == view.font).unwrap_or(0);
    let width = ui.available_width();
    let height = ROW * ROWS.min(families.len() as f32);
    let id = Id::unique("reading-fonts");
    let mut scroll_to = None;
    // The keyboard begins in the list; in its first pass a dialog is only measured, and takes no focus.
    let opening = id.with("opening");
    if is_new {
        ui.data_mut(|data| data.insert_temp(opening, true));
    }
    if ui.is_enabled() && ui.data_mut(|data| data.remove_temp::<bool>(opening)) == Some(true) {
        ui.memory_mut(|memory| memory.request_focus(id));
        scroll_to = Some(chosen);
    }
    let (frame, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let list = ui.interact(frame, id, Sense::focusable_noninteractive());
    let name = scene.say("reading-font");
    list.widget_info(|| WidgetInfo {
        current_text_value: Some(view.font.clone()),
        ..WidgetInfo::labeled(Role::ListBox, true, &name)
    });
    if list.has_focus() {
        let filter = egui::EventFilter { vertical_arrows: true, ..Default::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        if let Some(next) = stepped(ui, chosen, families.len(), ROWS as usize) {
            scene.wish(Action::SetFont(families[next].clone()));
            scroll_to = Some(next);
        }
    }
    let line = if list.has_focus() { scene.look.accent } else { scene.look.hairline };
    let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(frame.shrink(1.0)));
    inside.spacing_mut().item_spacing.y = 0.0;
    let mut area = ScrollArea::vertical().id_salt("reading-fonts").auto_shrink(false);
    if let Some(row) = scroll_to {
        area = area.vertical_scroll_offset((row as f32 * ROW - height / 2.0 + ROW / 2.0).max(0.0));
    }
    area.show_rows(&mut inside, ROW, families.len(), |ui, rows| {
        for index in rows {
            family(ui, scene, &families[index], index == chosen);
        }
    });
    ui.painter().rect_stroke(frame, 5.0, egui::Stroke::new(1.0, line), egui::StrokeKind::Inside);
    if !complete {
        let words = scene.say("reading-fonts-searching");
        Label::interface(&words).size(look::SMALL_TEXT).color(scene.look.quiet).show(ui, &scene.ink);
    }
}

/// Where the keys that were pressed in a list of so many rows move the choice, if they do; `page` rows are in view.
pub fn stepped(ui: &Ui, chosen: usize, count: usize, page: usize) -> Option<usize> {
    let last = count.saturating_sub(1);
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let next = if pressed(Key::ArrowDown) {
        chosen + 1
    } else if pressed(Key::ArrowUp) {
        chosen.saturating_sub(1)
    } else if pressed(Key::PageDown) {
        chosen + page
    } else if pressed(Key::PageUp) {
        chosen.saturating_sub(page)
    } else if pressed(Key::Home) {
        0
    } else if pressed(Key::End) {
        last
    } else {
        return None;
    };
    Some(next.min(last)).filter(|next| *next != chosen)
}

/// A family as a row of the list.
fn family(ui: &mut Ui, scene: &Scene, name: &str, chosen: bool) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::CLICK);
    let is_missing = scene.ink.has_family(name) == Some(false);
    let spoken = if is_missing {
        scene.say_with("reading-font-missing", &[], &[("font", name)])
    } else {
        name.to_owned()
    };
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, &spoken));
    if chosen || response.hovered() {
        let fill = if chosen { scene.look.accent_tint } else { scene.look.desk };
        ui.painter().rect_filled(rect.shrink2(vec2(4.0, 1.0)), 4.0, fill);
    }
    let scale = ui.ctx().pixels_per_point();
    let inside = rect.shrink2(vec2(12.0, 0.0));
    let painter = ui.painter_at(inside);
    let family = Family::named(name);
    let sample =
        |text: &str, size: f32| (!is_missing).then(|| scene.ink.sample(scale, text, &family, size)).flatten();
    let paint = |layout: &Arc<ParagraphLayout>, left: f32| {
        let top = rect.center().y - layout.height() / scale / 2.0;
        scene.ink.paint(&painter, layout, egui::pos2(left, top), scene.look.ink);
    };
    match (sample(name, NAME), sample(&scene.say("reading-sample"), SAMPLE)) {
        (Some(name), Some(letters)) => {
            paint(&name, inside.left());
            let (width, room) = (letters.width() / scale, inside.width() - name.width() / scale);
            // A long name leaves no room for the letters.
            if width + 12.0 <= room {
                paint(&letters, inside.right() - width);
            }
        }
        _ => {
            let label = Label::interface(&spoken).color(scene.look.quiet).within(inside.width(), 1);
            label.paint_at(ui, &scene.ink, inside);
        }
    }
    if response.clicked() {
        scene.wish(Action::SetFont(name.to_owned()));
    }
}

/// A number to slide, with its name before and its value after; the new value where it was moved.
fn slider(
    ui: &mut Ui,
    scene: &Scene,
    key: &str,
    value: f32,
    range: &RangeInclusive<f32>,
    step: f64,
    shown: &str,
) -> Option<f32> {
    let name = scene.say(key);
    let mut moved = value;
    ui.horizontal(|ui| {
        let column = 64.0;
        let label = Label::interface(&name).color(scene.look.quiet).within(column, 1);
        label.show(ui, &scene.ink);
        ui.spacing_mut().slider_width = ui.available_width() - column;
        ui.spacing_mut().interact_size.y = 2.0 * KNOB;
        ui.spacing_mut().slider_rail_height = 3.0;
        let widgets = &mut ui.visuals_mut().widgets;
        for state in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
            state.bg_fill = scene.look.faint.gamma_multiply(0.5);
            state.fg_stroke = Stroke::NONE;
        }
        let slider = Slider::new(&mut moved, range.clone()).step_by(step).show_value(false);
        let response = ui.add(slider.handle_shape(HandleShape::Circle));
        response.widget_info(|| WidgetInfo::slider(true, f64::from(value), &name));
        let share = (moved - range.start()) / (range.end() - range.start());
        let run = response.rect.x_range().shrink(KNOB * 0.8);
        let knob = egui::pos2(run.min + share * run.span(), response.rect.center().y);
        ui.painter().circle_filled(knob, KNOB, scene.look.accent);
        if response.has_focus() {
            ui.painter().circle_stroke(knob, KNOB + 3.0, Stroke::new(1.5, scene.look.accent));
        }
        let label = Label::interface(shown).within(column - 12.0, 1).align(crate::text::Align::Right);
        label.show(ui, &scene.ink);
    });
    // What the slider makes of a number that was not moved is the same number, rounded.
    let is_moved = f64::from(moved - value).abs() > step / 2.0;
    is_moved.then(|| ((f64::from(moved) / step).round() * step) as f32)
}
