//! The find bar: below the text, so that nothing of it is covered and nothing moves; words to look for, and how many hits there are.

use egui::{
    Button, Color32, Frame, Id, Key, Margin, Modifiers, Panel, Popup, Role, Sense, Shape, Stroke, Ui, vec2,
};

use crate::app::{Action, Find};
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::text::{Field, Label, named};

/// Points.
const HEIGHT: f32 = 40.0;
/// Points: the field is never wider.
const WIDEST: f32 = 340.0;

/// What the bar keeps from frame to frame.
#[derive(Default)]
pub struct FindBar {
    /// How often the bar had been asked for when its field last took the keyboard.
    asked: u64,
    was_open: bool,
    /// Who had the keyboard in the last frame; egui takes it away at the press of Escape.
    focused: Option<Id>,
}

impl FindBar {
    /// The field for the words.
    pub fn field() -> Id {
        Id::unique("find-words")
    }

    /// Shows the bar at the bottom of what `ui` has left, while the reader looks for something. `reading` gets the keyboard afterwards.
    pub fn show(&mut self, ui: &mut Ui, scene: &Scene, reading: Id) {
        let finding = scene.bench.finding();
        if !finding.is_open() || scene.bench.document().is_none() {
            if self.was_open {
                ui.memory_mut(|memory| memory.request_focus(reading));
            }
            self.was_open = false;
            return;
        }
        self.was_open = true;
        let asked = finding.asked() != self.asked;
        self.asked = finding.asked();
        take_keys(ui, scene, self.focused.is_none_or(|id| id == reading || id == Self::field()));
        self.focused = ui.memory(|memory| memory.focused());
        let line = Stroke::new(1.0, scene.look.hairline);
        Panel::bottom("find")
            .exact_size(HEIGHT)
            .show_separator_line(false)
            .frame(Frame::NONE.fill(scene.look.desk).inner_margin(Margin::symmetric(12, 0)))
            .show(ui, |ui| {
                let edge = ui.max_rect().expand2(vec2(12.0, 0.0));
                ui.painter().hline(edge.x_range(), edge.top(), line);
                ui.horizontal_centered(|ui| contents(ui, scene, asked));
            });
    }
}

/// Escape ends the search, unless another field has the keyboard, and Shift and Enter in the field go back.
fn take_keys(ui: &Ui, scene: &Scene, may_end: bool) {
    if scene.bench.dialog().is_some() || scene.bench.offering() || Popup::is_any_open(ui.ctx()) {
        return;
    }
    if may_end && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        scene.wish(Action::Find(Find::Close));
    }
    let in_field = ui.memory(|memory| memory.has_focus(FindBar::field()));
    if in_field && ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::Enter)) {
        scene.wish(Action::Find(Find::Step(false)));
    }
}

fn contents(ui: &mut Ui, scene: &Scene, asked: bool) {
    let finding = scene.bench.finding();
    let mut words = finding.words().to_owned();
    let name = scene.say("find-words");
    // In a narrow window the count stays, and the cross goes: Escape does the same.
    let room = ui.available_width();
    let is_narrow = room < 300.0;
    let width = (room - if is_narrow { 160.0 } else { 190.0 }).clamp(70.0, WIDEST);
    let field = Field::line(FindBar::field(), &mut words, &name).hint(&name).width(width).select_all(asked);
    let response = field.show(ui, &scene.ink, scene.look);
    if asked {
        response.response.request_focus();
    }
    if response.changed {
        scene.wish(Action::Find(Find::Words(words.clone())));
    }
    if response.submitted {
        scene.wish(Action::Find(Find::Step(true)));
    }
    let any = finding.count() > 0;
    for (points_up, message, onward) in [(true, "find-previous", false), (false, "find-next", true)] {
        if chevron(ui, scene, points_up, message, any) {
            scene.wish(Action::Find(Find::Step(onward)));
        }
    }
    let (said, color) = count(scene, !words.is_empty());
    Label::interface(&said).size(look::SMALL_TEXT + 0.5).color(color).show(ui, &scene.ink);
    if is_narrow {
        return;
    }
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        let cross = Label::interface("×").size(16.0).color(scene.look.quiet).atom(ui, &scene.ink);
        let button = ui.add(Button::new(cross).frame_when_inactive(false));
        if named(button, Role::Button, &scene.say("find-close")).clicked() {
            scene.wish(Action::Find(Find::Close));
        }
    });
}

/// What is said of the hits, and in which colour.
fn count(scene: &Scene, has_words: bool) -> (String, Color32) {
    let finding = scene.bench.finding();
    let count = finding.count();
    if !has_words {
        return (String::new(), scene.look.quiet);
    }
    if finding.is_searching() {
        return (scene.say("find-searching"), scene.look.quiet);
    }
    match scene.bench.current_hit() {
        _ if count == 0 => (scene.say("find-none"), scene.look.danger),
        Some(at) => {
            (scene.say_with("find-count", &[("at", at + 1), ("count", count)], &[]), scene.look.quiet)
        }
        None => (scene.say_with("find-found", &[("count", count)], &[]), scene.look.quiet),
    }
}

/// A button with an angle that points up or down; true when it was clicked.
fn chevron(ui: &mut Ui, scene: &Scene, points_up: bool, message: &str, enabled: bool) -> bool {
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(26.0, 26.0), sense);
    let name = scene.say(message);
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Button, enabled, &name));
    if enabled && (response.hovered() || response.has_focus()) {
        ui.painter().rect_filled(rect, 5.0, scene.look.accent_tint);
    }
    let color = if enabled { scene.look.ink } else { scene.look.faint };
    let up = if points_up { -1.0 } else { 1.0 };
    let at = |x: f32, y: f32| rect.center() + vec2(x, y * up);
    let angle = vec![at(-4.5, -2.0), at(0.0, 2.5), at(4.5, -2.0)];
    ui.painter().add(Shape::line(angle, Stroke::new(1.5, color)));
    response.clicked()
}
