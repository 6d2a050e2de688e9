//! Sentences one below the other, each on as many lines as it needs, in a list of any length: only those in view are laid out.

use std::sync::Arc;

use egui::{CursorIcon, Id, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

use super::look;
use super::scene::Scene;
use super::text::{Label, named};

/// Points that a sentence stands in from the mark before it.
const INDENT: f32 = 13.0;

/// Points between two sentences, and between them and the scroll bar.
const GAP: f32 = 3.0;

/// Up to so many all are laid out at once, so that a short list has its height from the beginning.
const FEW: usize = 24;

/// No sentence has more lines than this.
const LINES: usize = 12;

/// How high the sentences of a list were when they were last in view, in points; the others are taken for one line.
#[derive(Clone, Default)]
struct Heights {
    width: f32,
    heights: Arc<Vec<f32>>,
}

/// One of them.
pub struct Sentence {
    /// What it says.
    pub words: String,
    /// Whether it leads somewhere when it is pressed.
    pub leads: bool,
}

/// Shows one of a list, with the mark that says so.
pub fn sentence(ui: &mut Ui, scene: &Scene, words: &str, size: f32) {
    let label = label(words, size, ui.available_width());
    let place = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), height(ui, scene, &label)));
    show(ui, scene, &Sentence { words: words.to_owned(), leads: false }, label, place);
    ui.advance_cursor_after_rect(place);
}

/// Shows so many sentences of this size, in points, no higher than `most` points together; what does not fit is scrolled to. Returns the one
/// that was pressed.
pub fn sentences(
    ui: &mut Ui,
    scene: &Scene,
    id: Id,
    (most, size): (f32, f32),
    count: usize,
    say: impl Fn(usize) -> Sentence,
) -> Option<usize> {
    let width = ui.available_width() - look::overlaid_bar().bar_width - GAP;
    let known: Heights = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let is_known = known.width == width && known.heights.len() == count;
    let mut heights = if count <= FEW {
        (0..count).map(|at| height(ui, scene, &label(&say(at).words, size, width))).collect()
    } else if is_known {
        (*known.heights).clone()
    } else {
        vec![height(ui, scene, &label(" ", size, width)); count]
    };
    let mut pressed = None;
    ui.scope(|ui| {
        ui.spacing_mut().scroll = look::overlaid_bar();
        let area = ScrollArea::vertical().id_salt(id).max_height(most).auto_shrink([false, true]);
        area.show_viewport(ui, |ui, view| {
            let corner = ui.max_rect().min;
            let mut top = 0.0;
            for (at, room) in heights.iter_mut().enumerate() {
                if top <= view.bottom() && top + *room >= view.top() {
                    let sentence = say(at);
                    let label = label(&sentence.words, size, width);
                    *room = height(ui, scene, &label);
                    let place = Rect::from_min_size(corner + vec2(0.0, top), vec2(width, *room));
                    // It takes no room by itself: all of them together do.
                    let mut ui = ui.new_child(UiBuilder::new().max_rect(place).id_salt(at));
                    if show(&mut ui, scene, &sentence, label, place) {
                        pressed = Some(at);
                    }
                }
                top += *room;
            }
            ui.set_height(top);
        });
    });
    if !is_known || *known.heights != heights {
        ui.ctx().request_repaint();
    }
    ui.data_mut(|data| data.insert_temp(id, Heights { width, heights: Arc::new(heights) }));
    pressed
}

fn label<'a>(words: &'a str, size: f32, width: f32) -> Label<'a> {
    Label::interface(words).size(size).at_start().within((width - INDENT).max(1.0), LINES)
}

/// The height of a sentence with the gap below it, in points.
fn height(ui: &Ui, scene: &Scene, label: &Label<'_>) -> f32 {
    (label.room(ui, &label.layout(ui, &scene.ink)).y + GAP).ceil()
}

/// Shows one at a place; whether it was pressed.
fn show(ui: &mut Ui, scene: &Scene, sentence: &Sentence, label: Label<'_>, place: Rect) -> bool {
    let is_rtl = scene.ink.locale().direction.is_rtl();
    let mut words = place;
    let mark = if is_rtl {
        words.max.x -= INDENT;
        place.right() - 3.0
    } else {
        words.min.x += INDENT;
        place.left() + 3.0
    };
    let line = label.clone().within(words.width(), 1);
    let middle = line.room(ui, &line.layout(ui, &scene.ink)).y / 2.0;
    ui.painter().circle_filled(pos2(mark, place.top() + middle), 1.75, scene.look.quiet);
    let builder = UiBuilder::new().max_rect(words);
    ui.scope_builder(builder, |ui| {
        if !sentence.leads {
            label.color(scene.look.ink).show(ui, &scene.ink);
            return false;
        }
        let label = label.color(scene.look.accent).sense(Sense::click());
        let response = named(label.show(ui, &scene.ink), Role::Link, &sentence.words);
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        if response.hovered() || response.has_focus() {
            let line = egui::Stroke::new(1.0, scene.look.accent);
            ui.painter().hline(response.rect.x_range(), response.rect.bottom() + 0.5, line);
        }
        response.clicked()
    })
    .inner
}
