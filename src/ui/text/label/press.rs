//! What is pressed or switched: buttons, choices, boxes to tick, tabs.

use egui::emath::GuiRounding as _;
use egui::{Button, Checkbox, RadioButton, Rect, Response, Role, Sense, Ui, WidgetInfo};

use super::Label;
use crate::ui::look::Look;
use crate::ui::text::Ink;

/// Points between what is ticked or chosen and its words.
const ICON_GAP: f32 = 7.0;

/// A button with the interface's words.
pub fn button(ui: &mut Ui, ink: &Ink, text: &str) -> Response {
    let atom = Label::interface(text).atom(ui, ink);
    named(ui.add(Button::new(atom)), Role::Button, text)
}

/// A button without a frame.
pub fn frameless_button(ui: &mut Ui, ink: &Ink, text: &str) -> Response {
    let atom = Label::interface(text).atom(ui, ink);
    named(ui.add(Button::new(atom).frame_when_inactive(false)), Role::Button, text)
}

/// A round mark with words, one of several.
pub fn radio(ui: &mut Ui, ink: &Ink, chosen: bool, text: &str) -> Response {
    let atom = Label::interface(text).atom(ui, ink);
    let response = outlined(ui, |ui| ui.add(RadioButton::new(chosen, atom)));
    chosen_or_not(response, Role::RadioButton, chosen, text)
}

/// A box to tick, with words; a click turns `ticked` round.
pub fn checkbox(ui: &mut Ui, ink: &Ink, ticked: &mut bool, text: &str) -> Response {
    let atom = Label::interface(text).atom(ui, ink);
    let response = outlined(ui, |ui| ui.add(Checkbox::new(ticked, atom)));
    chosen_or_not(response, Role::CheckBox, *ticked, text)
}

/// Shows what is known by its outline alone, which therefore stands out: WCAG 2.2, 1.4.11 asks for 3:1.
fn outlined(ui: &mut Ui, show: impl FnOnce(&mut Ui) -> Response) -> Response {
    let line = ui.visuals().weak_text_color();
    let before = std::mem::replace(&mut ui.visuals_mut().widgets.inactive.bg_stroke.color, line);
    let gap = std::mem::replace(&mut ui.spacing_mut().icon_spacing, ICON_GAP);
    let response = show(ui);
    ui.visuals_mut().widgets.inactive.bg_stroke.color = before;
    ui.spacing_mut().icon_spacing = gap;
    response
}

/// The name of one of several views that share a place: the one that is shown stands over a line.
pub fn tab(ui: &mut Ui, ink: &Ink, look: &Look, shown: bool, text: &str) -> Response {
    let label = Label::interface(text).sense(Sense::click());
    let label = if shown { label.bold() } else { label };
    let size = label.room(ui, &label.layout(ui, ink));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let color = if shown || response.hovered() || response.has_focus() { look.ink } else { look.quiet };
    label.color(color).paint_at(ui, ink, rect);
    if shown {
        // On whole pixels: a line between them would be smeared over three rows.
        let line = Rect::from_x_y_ranges(rect.x_range(), rect.bottom() + 2.0..=rect.bottom() + 4.0);
        ui.painter().rect_filled(line.round_to_pixels(ui.pixels_per_point()), 0.0, look.accent);
    }
    chosen_or_not(response, Role::Tab, shown, text)
}

/// Gives a widget the accessible name that its painted words cannot.
pub fn named(response: Response, kind: Role, name: &str) -> Response {
    let enabled = response.enabled();
    response.widget_info(|| WidgetInfo::labeled(kind, enabled, name));
    response
}

/// The same with whether it is chosen.
fn chosen_or_not(response: Response, kind: Role, chosen: bool, name: &str) -> Response {
    let enabled = response.enabled();
    response.widget_info(|| WidgetInfo::selected(kind, enabled, chosen, name));
    response
}
