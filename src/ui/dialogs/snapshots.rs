//! Earlier states of the project: which there are, what was changed since one, and going back to it.

use std::ops::Range;

use egui::{CornerRadius, Id, Key, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::export::{heading, warning};
use super::{buttons, text, title};
use crate::app::Action;
use crate::app::snapshots::Compared;
use crate::model::Annotation;
use crate::store::merge::{Change, Counts};
use crate::store::snapshots::{Listed, Snapshot, Why};
use crate::ui::look;
use crate::ui::panels::{self, position_in_list};
use crate::ui::scene::Scene;
use crate::ui::text::{Field, Label, button};

/// Points: how wide the dialog is.
pub const WIDTH: f32 = 640.0;

/// Points: how high the list grows before it scrolls.
const LIST: f32 = 176.0;
const ROW: f32 = 44.0;

/// Points: how high the list of changes grows before it scrolls.
const CHANGES: f32 = 132.0;
const CHANGE: f32 = 24.0;

/// Points: what the kind of a change takes.
const KIND: f32 = 150.0;

/// Shows the form.
pub fn show(ui: &mut Ui, scene: &Scene, name: &mut String, chosen: &mut Option<String>) {
    title(ui, scene, &scene.say("snapshots-title"));
    text(ui, scene, &scene.say("snapshots-text"));
    if !scene.bench.is_read_only() {
        take(ui, scene, name);
    }
    match scene.bench.shelf().listed() {
        None => text(ui, scene, &scene.say("snapshots-reading")),
        Some(listed) => list(ui, scene, listed, chosen),
    }
    let compared = chosen.as_deref().and_then(|name| {
        if !scene.bench.compares(name) {
            scene.wish(Action::CompareWith(name.to_owned()));
        }
        scene.bench.shelf().compared(name)
    });
    match (&chosen, compared) {
        (None, _) => {}
        (Some(_), None) => text(ui, scene, &scene.say("snapshots-comparing")),
        (Some(_), Some(Err(why))) => {
            warning(ui, scene, &scene.say_with("snapshots-unusable", &[], &[("reason", why)]));
        }
        (Some(_), Some(Ok(compared))) => since(ui, scene, compared),
    }
    let can = compared.is_some_and(|compared| compared.as_ref().is_ok_and(Compared::can_be_restored));
    let can = can && !scene.bench.is_read_only();
    match (buttons(ui, scene, &[scene.say("snapshots-restore"), scene.say("dialog-close")], can), &chosen) {
        (Some(0), Some(name)) => scene.wish(Action::Restore(name.clone())),
        (Some(_), _) => scene.wish(Action::CloseDialog),
        (None, _) => {}
    }
}

/// The field for the name of a new one, and the button that makes it.
fn take(ui: &mut Ui, scene: &Scene, name: &mut String) {
    let label = scene.say("snapshots-name");
    let words = scene.say("snapshots-take");
    ui.horizontal(|ui| {
        let room = ui.available_width();
        let layout = Label::interface(&words).layout(ui, &scene.ink);
        let edges = 2.0 * ui.spacing().button_padding.x + ui.spacing().item_spacing.x;
        let taken = (layout.width() / ui.ctx().pixels_per_point()).ceil() + edges;
        let field = Field::line(Id::unique("snapshot-name"), name, &label).hint(&label).width(room - taken);
        let response = field.show(ui, &scene.ink, scene.look);
        if button(ui, &scene.ink, &words).clicked() || response.submitted {
            scene.wish(Action::TakeSnapshot(name.trim().to_owned()));
            name.clear();
        }
    });
}

fn list(ui: &mut Ui, scene: &Scene, listed: &Listed, chosen: &mut Option<String>) {
    let Listed { snapshots, faults } = listed;
    if snapshots.is_empty() {
        text(ui, scene, &scene.say("snapshots-none"));
    } else {
        let area = ScrollArea::vertical().id_salt("snapshots").max_height(LIST).auto_shrink([false, true]);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            area.show_rows(ui, ROW, snapshots.len(), |ui, rows: Range<usize>| {
                panels::list(ui, Role::RadioGroup, &scene.say("snapshots-title"), snapshots.len());
                for at in rows {
                    let snapshot = &snapshots[at];
                    let is_chosen = chosen.as_ref() == Some(&snapshot.name);
                    if row(ui, scene, snapshot, is_chosen, (at, snapshots.len())) {
                        *chosen = Some(snapshot.name.clone());
                    }
                }
            });
        });
    }
    for fault in faults {
        warning(ui, scene, &fault.to_string());
    }
}

/// A snapshot as a row of the list. Returns whether it was chosen.
fn row(ui: &mut Ui, scene: &Scene, snapshot: &Snapshot, is_chosen: bool, at: (usize, usize)) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let date = super::minute(snapshot.made);
    let why = match snapshot.why {
        Why::Asked if !snapshot.title.is_empty() => snapshot.title.clone(),
        Why::Asked => scene.say("snapshot-asked"),
        Why::Daily => scene.say("snapshot-daily"),
        Why::Restore => scene.say("snapshot-restore"),
        Why::Import => scene.say("snapshot-import"),
    };
    let numbers =
        [("annotations", snapshot.annotations), ("tags", snapshot.tags), ("documents", snapshot.documents)];
    let counts = scene.say_with("snapshot-counts", &numbers, &[]);
    response.widget_info(|| {
        let coder = snapshot.coder.name();
        let texts = [("date", &*date), ("why", &*why), ("counts", &*counts), ("coder", coder)];
        WidgetInfo::selected(Role::RadioButton, true, is_chosen, scene.say_with("snapshot-row", &[], &texts))
    });
    position_in_list(&response, at.0);
    if is_chosen || response.hovered() || response.has_focus() {
        let tint =
            if is_chosen { scene.look.accent_tint } else { scene.look.accent_tint.gamma_multiply(0.5) };
        ui.painter().rect_filled(rect, CornerRadius::same(5), tint);
    }
    let inner = rect.shrink2(vec2(12.0, 4.0));
    let upper = Rect::from_min_max(inner.min, pos2(inner.right(), inner.center().y));
    let lower = Rect::from_min_max(pos2(inner.left(), inner.center().y), inner.max);
    let (first, second) = split(scene, upper, KIND);
    Label::interface(&date).bold().within(first.width(), 1).at_start().paint_at(ui, &scene.ink, first);
    let why = if snapshot.why == Why::Asked && !snapshot.title.is_empty() {
        Label::written(&why)
    } else {
        Label::interface(&why)
    };
    why.within(second.width(), 1).at_start().paint_at(ui, &scene.ink, second);
    Label::interface(&counts)
        .size(look::SMALL_TEXT)
        .color(scene.look.quiet)
        .within(lower.width(), 1)
        .at_start()
        .paint_at(ui, &scene.ink, lower);
    let pressed = response.has_focus() && ui.input(|input| input.key_pressed(Key::Space));
    response.clicked() || pressed
}

/// A rectangle in two: first so much where the interface's lines begin, then the rest.
fn split(scene: &Scene, rect: Rect, first: f32) -> (Rect, Rect) {
    if scene.ink.locale().direction.is_rtl() {
        let (rest, begin) = rect.split_left_right_at_x(rect.right() - first);
        (begin, rest)
    } else {
        rect.split_left_right_at_x(rect.left() + first)
    }
}

/// What was changed since the chosen one.
fn since(ui: &mut Ui, scene: &Scene, compared: &Compared) {
    for fault in &compared.faults {
        warning(ui, scene, &fault.to_string());
    }
    let difference = &compared.since;
    if difference.is_empty() {
        text(ui, scene, &scene.say("since-nothing"));
        return;
    }
    heading(ui, scene, &scene.say("since-title"));
    let keys = ["since-annotations", "since-tags", "since-documents"];
    let counts = compared.counts();
    let said = keys.into_iter().zip(counts).filter(|(_, counts)| counts.total() > 0).map(|(key, counts)| {
        let Counts { added, changed, removed } = counts;
        scene.say_with(key, &[("added", added), ("changed", changed), ("removed", removed)], &[])
    });
    let said: Vec<String> = said.collect();
    if !said.is_empty() {
        let width = ui.available_width();
        Label::interface(&said.join(" ")).within(width, 4).show(ui, &scene.ink);
    }
    let count = usize::from(difference.title.is_some())
        + difference.documents.len()
        + difference.tags.len()
        + difference.annotations.len();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let area = ScrollArea::vertical().id_salt("since").max_height(CHANGES).auto_shrink([false, true]);
        area.show_rows(ui, CHANGE, count, |ui, rows: Range<usize>| {
            for at in rows {
                change(ui, scene, compared, at);
            }
        });
    });
}

/// One line of the list of changes.
fn change(ui: &mut Ui, scene: &Scene, compared: &Compared, mut at: usize) {
    let since = &compared.since;
    if let Some((before, after)) = &since.title {
        if at == 0 {
            return line(ui, scene, "since-title-changed", before, Label::written(after), after);
        }
        at -= 1;
    }
    if let Some(change) = since.documents.get(at) {
        let key = kind(change, ["since-document-added", "since-document-changed", "since-document-removed"]);
        return line(ui, scene, key, &change.latest().title, Label::written(""), "");
    }
    at -= since.documents.len();
    if let Some(change) = since.tags.get(at) {
        let key = kind(change, ["since-tag-added", "since-tag-changed", "since-tag-removed"]);
        let before = change.before().map_or("", |tag| tag.name.as_str());
        let after = change.after().map_or("", |tag| tag.name.as_str());
        let (name, other) = if before == after || before.is_empty() { (after, "") } else { (before, after) };
        return line(ui, scene, key, name, Label::written(other), other);
    }
    at -= since.tags.len();
    let Some(change) = since.annotations.get(at) else { return };
    let key =
        kind(change, ["since-annotation-added", "since-annotation-changed", "since-annotation-removed"]);
    let one = change.latest();
    let quote = one.quote.exact.replace('\n', " ");
    match change {
        Change::Changed(before, after) => {
            let differs = what_differs(scene, before, after);
            line(ui, scene, key, &quote, Label::interface(&differs), &differs);
        }
        _ => {
            let tags = scene.tag_names(one).join(&scene.say("list-separator"));
            line(ui, scene, key, &quote, Label::written(&tags), &tags);
        }
    }
}

fn kind<T: ?Sized>(change: &Change<T>, keys: [&'static str; 3]) -> &'static str {
    match change {
        Change::Added(_) => keys[0],
        Change::Changed(..) => keys[1],
        Change::Removed(_) => keys[2],
    }
}

/// The names of what is not the same in two versions of an annotation.
fn what_differs(scene: &Scene, before: &Annotation, after: &Annotation) -> String {
    let fields = [
        ("changed-place", before.spans != after.spans),
        ("column-tags", before.tags != after.tags),
        ("card-note", before.note != after.note),
        ("changed-attributes", before.attributes != after.attributes),
        ("changed-relations", before.relations != after.relations),
    ];
    let names: Vec<String> =
        fields.into_iter().filter(|(_, differs)| *differs).map(|(key, _)| scene.say(key)).collect();
    names.join(&scene.say("list-separator"))
}

/// A line: its kind, what it is about, and what else there is to say.
fn line(ui: &mut Ui, scene: &Scene, key: &str, what: &str, label: Label, more: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CHANGE), Sense::hover());
    let kind = scene.say(key);
    response.widget_info(|| {
        let spoken = [&kind, what, more].into_iter().filter(|part| !part.is_empty());
        WidgetInfo::labeled(Role::ListItem, true, spoken.collect::<Vec<_>>().join(": "))
    });
    let (first, rest) = split(scene, rect, KIND);
    let (second, third) = split(scene, rest, rest.width() * if more.is_empty() { 1.0 } else { 0.6 });
    Label::interface(&kind)
        .size(look::SMALL_TEXT)
        .color(scene.look.quiet)
        .within(first.width() - 10.0, 1)
        .at_start()
        .paint_at(ui, &scene.ink, first);
    Label::written(what).size(look::LIST_TEXT - 1.0).within(second.width() - 10.0, 1).at_start().paint_at(
        ui,
        &scene.ink,
        second.with_max_x(second.right() - 10.0),
    );
    label.color(scene.look.quiet).within(third.width(), 1).at_start().paint_at(ui, &scene.ink, third);
}
