//! What becomes of annotations in the new versions of their documents: those that are sure are counted, about the others the reader
//! decides, one by one, with the old place and the new text before the eyes.

mod place;

use egui::{
    EventFilter, Id, Key, Modifiers, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};

use super::{text, title};
use crate::app::Action;
use crate::app::updating::{Decision, Moved, Update};
use crate::model::Coder;
use crate::search::anchoring::Certainty;
use crate::ui::look;
use crate::ui::scene::{Scene, in_name};
use crate::ui::text::{Label, button, checkbox, frameless_button, tab};

/// Points: the dialog is as wide as that where the window is.
const WIDTH: f32 = 760.0;
/// Points.
const ROW: f32 = 30.0;
const ROWS: f32 = 5.5;
/// Points of a row in which it says what was decided.
const STATE: f32 = 118.0;
/// Points of the window that the dialog leaves free around its middle part: its title, tabs and buttons, and the window's edge.
const AROUND: f32 = 250.0;
/// Points of the line in which the reader agrees that annotations of others go.
const AGREEING: f32 = 36.0;

/// How wide the dialog is, in points.
pub fn width(ui: &Ui) -> f32 {
    WIDTH.min(ui.ctx().content_rect().width() - 80.0)
}

/// Which annotations are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    Open,
    Likely,
    Sure,
}

impl Shown {
    fn holds(self, moved: &Moved) -> bool {
        match moved.found.certainty {
            Certainty::Exact => self == Self::Sure,
            Certainty::Likely => self == Self::Likely,
            Certainty::Unsure | Certainty::Lost => self == Self::Open,
        }
    }
}

/// Where the reader is in the list.
#[derive(Default)]
pub struct Reader {
    shown: Shown,
    /// The annotation that is looked at, by its place among all.
    chosen: Option<usize>,
    /// Where it stands in both texts.
    place: place::Place,
    /// Whether the list takes the keyboard, and scrolls to what is chosen.
    opening: bool,
    follow: bool,
}

/// Shows the dialog.
pub fn show(ui: &mut Ui, scene: &Scene, reader: &mut Reader, is_new: bool) {
    let Some(update) = scene.bench.update() else {
        scene.wish(Action::CloseDialog);
        return;
    };
    let kinds = [Shown::Open, Shown::Likely, Shown::Sure];
    let counts = kinds.map(|kind| update.moved().filter(|(_, moved)| kind.holds(moved)).count());
    if is_new {
        let first = kinds.into_iter().zip(counts).find(|(_, count)| *count > 0);
        *reader =
            Reader { shown: first.map_or(Shown::Open, |(kind, _)| kind), opening: true, ..Reader::default() };
    }
    heading(ui, scene, update);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 22.0;
        let words = ["update-tab-open", "update-tab-likely", "update-tab-sure"];
        for ((kind, count), words) in kinds.into_iter().zip(counts).zip(words) {
            let words = scene.say_with(words, &[("count", count)], &[]);
            if tab(ui, &scene.ink, scene.look, reader.shown == kind, &words).clicked() {
                (reader.shown, reader.chosen) = (kind, None);
            }
        }
    });
    ui.add_space(4.0);
    text(
        ui,
        scene,
        &scene.say(match reader.shown {
            _ if counts == [0; 3] => "update-none",
            Shown::Open if counts[0] == 0 => "update-none-open",
            Shown::Open => "update-open",
            Shown::Likely => "update-likely",
            Shown::Sure => "update-sure",
        }),
    );
    let listed: Vec<usize> = update
        .moved()
        .enumerate()
        .filter(|(_, (_, moved))| reader.shown.holds(moved))
        .map(|(at, _)| at)
        .collect();
    if reader.chosen.is_none_or(|chosen| listed.binary_search(&chosen).is_err()) {
        reader.chosen = listed.first().copied();
    }
    let around = if scene.bench.dropped_of_others().is_empty() { AROUND } else { AROUND + AGREEING };
    let room = (ui.ctx().content_rect().height() - around).max(120.0);
    let area = ScrollArea::vertical().id_salt("update").max_height(room).min_scrolled_height(room);
    let shown = area.show(ui, |ui| {
        if !listed.is_empty() {
            list(ui, scene, update, &listed, reader);
        }
        if let Some(chosen) = reader.chosen {
            let decided = place::show(ui, scene, update, chosen, &mut reader.place);
            if let Some(decision) = decided {
                scene.wish(Action::Decide(chosen, decision));
                go_on(update, &listed, reader, chosen);
            }
        }
    });
    if shown.content_size.y <= shown.inner_rect.height() && shown.state.unclamped_offset().y > 0.0 {
        // It was too long before, and is still scrolled.
        ui.ctx().request_repaint();
    }
    foot(ui, scene, update, counts[0]);
}

fn heading(ui: &mut Ui, scene: &Scene, update: &Update) {
    let words = match update.versions.as_slice() {
        [only] => scene.say_with("update-title", &[], &[("title", in_name(&only.before.title))]),
        several => scene.say_with("update-title-many", &[("count", several.len())], &[]),
    };
    title(ui, scene, &words);
}

/// After a decision the next annotation without one is looked at, if there is any.
fn go_on(update: &Update, listed: &[usize], reader: &mut Reader, decided: usize) {
    let is_open = |at: &&usize| {
        **at != decided && update.nth(**at).is_some_and(|(_, moved)| moved.decision == Decision::Open)
    };
    let after = listed.iter().filter(|at| **at > decided).find(is_open);
    if let Some(&next) = after.or_else(|| listed.iter().find(is_open)) {
        reader.chosen = Some(next);
        reader.follow = true;
    }
}

/// The list: one stop of the keyboard, in which Up and Down choose.
fn list(ui: &mut Ui, scene: &Scene, update: &Update, listed: &[usize], reader: &mut Reader) {
    let at = reader.chosen.and_then(|chosen| listed.binary_search(&chosen).ok()).unwrap_or(0);
    let height = ROW * ROWS.min(listed.len() as f32) + 2.0;
    let id = Id::unique("update-list");
    let (frame, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let response = ui.interact(frame, id, Sense::focusable_noninteractive());
    let name = scene.say("update-list");
    response.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, &name));
    // In its first pass a dialog is only measured, and takes no focus.
    if reader.opening && ui.is_enabled() && !ui.is_sizing_pass() {
        reader.opening = false;
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    if response.has_focus() {
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        if let Some(next) = stepped(ui, at, listed.len()) {
            reader.chosen = Some(listed[next]);
            reader.follow = true;
        }
    }
    let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(frame.shrink(1.0)));
    inside.spacing_mut().item_spacing.y = 0.0;
    let mut area = ScrollArea::vertical().id_salt("update-list").auto_shrink(false);
    if std::mem::take(&mut reader.follow) {
        let at = reader.chosen.and_then(|chosen| listed.binary_search(&chosen).ok()).unwrap_or(0);
        area = area.vertical_scroll_offset((at as f32 * ROW - height / 2.0 + ROW / 2.0).max(0.0));
    }
    area.show_rows(&mut inside, ROW, listed.len(), |ui, rows| {
        for &index in &listed[rows] {
            if let Some((_, moved)) = update.nth(index)
                && row(ui, scene, moved, reader.chosen == Some(index))
            {
                reader.chosen = Some(index);
                ui.memory_mut(|memory| memory.request_focus(id));
            }
        }
    });
    let line = if response.has_focus() { scene.look.accent } else { scene.look.hairline };
    ui.painter().rect_stroke(frame, 5.0, Stroke::new(1.0, line), StrokeKind::Inside);
}

/// Where the keys that were pressed in the list lead.
fn stepped(ui: &Ui, at: usize, count: usize) -> Option<usize> {
    let last = count.saturating_sub(1);
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let next = if pressed(Key::ArrowDown) {
        at + 1
    } else if pressed(Key::ArrowUp) {
        at.saturating_sub(1)
    } else if pressed(Key::Home) {
        0
    } else if pressed(Key::End) {
        last
    } else {
        return None;
    };
    Some(next.min(last)).filter(|next| *next != at)
}

/// An annotation as a row: what was decided about it, and its quote; whether it was pressed.
fn row(ui: &mut Ui, scene: &Scene, moved: &Moved, chosen: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::CLICK);
    let (words, color) = state(scene, moved);
    let spoken = format!("{}: {words}", in_name(&moved.before.quote.exact));
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &spoken));
    if chosen || response.hovered() {
        let ground = if chosen { scene.look.accent_tint } else { scene.look.desk };
        ui.painter().rect_filled(rect, 0.0, ground);
    }
    let inner = rect.shrink2(vec2(10.0, 0.0));
    let rtl = scene.ink.locale().direction.is_rtl();
    let (start, rest) = if rtl {
        let (rest, start) = inner.split_left_right_at_x(inner.right() - STATE);
        (start, rest.with_max_x(rest.right() - 8.0))
    } else {
        let (start, rest) = inner.split_left_right_at_x(inner.left() + STATE);
        (start, rest.with_min_x(rest.left() + 8.0))
    };
    let label = Label::interface(&words).size(look::SMALL_TEXT).color(color);
    label.at_start().within(start.width(), 1).paint_at(ui, &scene.ink, start);
    let quote = in_name(&moved.before.quote.exact);
    Label::written(quote).within(rest.width(), 1).paint_at(ui, &scene.ink, rest);
    response.clicked()
}

/// What was decided, in a word, and its colour.
fn state(scene: &Scene, moved: &Moved) -> (String, egui::Color32) {
    let look = scene.look;
    let (words, color) = match &moved.decision {
        Decision::Placed(spans) if *spans == moved.found.spans => ("update-state-placed", look.quiet),
        Decision::Placed(_) => ("update-state-by-hand", look.quiet),
        Decision::Dropped => ("update-state-dropped", look.faint),
        Decision::Open if moved.found.spans.is_empty() => ("update-state-lost", look.danger),
        Decision::Open => ("update-state-proposed", look.accent),
    };
    (scene.say(words), color)
}

/// That annotations of other coders will go: how many, and whose.
fn drops_others(scene: &Scene, others: &[(Coder, usize)]) -> String {
    let count = others.iter().map(|(_, count)| count).sum();
    if let [(coder, _)] = others {
        return scene.say_with(
            "update-drops-other",
            &[("count", count)],
            &[("coder", in_name(coder.name()))],
        );
    }
    let each = others.iter().map(|(coder, count)| {
        scene.say_with("update-drops-each", &[("count", *count)], &[("coder", in_name(coder.name()))])
    });
    let list = each.collect::<Vec<_>>().join(&scene.say("list-separator"));
    scene.say_with("update-drops-others", &[("count", count)], &[("list", &list)])
}

/// What decides about many at once, and the end of the dialog.
fn foot(ui: &mut Ui, scene: &Scene, update: &Update, unsure: usize) {
    let is_lost = |moved: &Moved| moved.decision == Decision::Open && moved.found.spans.is_empty();
    let open = update.open();
    let others = scene.bench.dropped_of_others();
    ui.add_space(6.0);
    if !others.is_empty() {
        let mut agreed = update.agreed;
        if checkbox(ui, &scene.ink, &mut agreed, &drops_others(scene, &others)).changed() {
            scene.wish(Action::AgreeToDrop(agreed));
        }
    }
    ui.horizontal(|ui| {
        if unsure > 0 {
            ui.add_enabled_ui(update.moved().any(|(_, moved)| is_lost(moved)), |ui| {
                if frameless_button(ui, &scene.ink, &scene.say("update-drop-lost")).clicked() {
                    scene.wish(Action::DropLost);
                }
            });
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add_enabled_ui(scene.bench.can_update(), |ui| {
                if button(ui, &scene.ink, &scene.say("update-apply")).clicked() {
                    scene.wish(Action::ApplyUpdate);
                }
            });
            if button(ui, &scene.ink, &scene.say("dialog-cancel")).clicked() {
                scene.wish(Action::CloseDialog);
            }
            if open > 0 {
                let words = scene.say_with("update-left", &[("count", open)], &[]);
                Label::interface(&words).size(look::SMALL_TEXT).color(scene.look.quiet).show(ui, &scene.ink);
            }
        });
    });
}
