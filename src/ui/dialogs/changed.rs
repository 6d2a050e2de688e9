//! Both sides changed the same: what stands here, what stands there, and which counts.

use egui::{
    CornerRadius, CursorIcon, Frame, Key, Margin, Role, ScrollArea, Sense, Stroke, Ui, UiBuilder, WidgetInfo,
};

use super::{First, buttons_each, text, title};
use crate::app::Action;
use crate::model::{Annotation, Document, Tag, TagId};
use crate::store::merge::{Conflict, Side};
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::text::Label;

/// Points: how wide the dialog is.
pub const WIDTH: f32 = 640.0;

/// Points: how high one side grows before it scrolls.
const HEIGHT: f32 = 250.0;

/// Points: how low one side is at least.
const LOW: f32 = 96.0;

/// One line of a side: its name, and what stands there; a blank name for what needs none.
struct Fact {
    name: String,
    what: String,
    /// Whether a reader wrote it.
    written: bool,
}

/// Shows the question.
pub fn show(ui: &mut Ui, scene: &Scene, chosen: &mut Vec<Option<Side>>, at: &mut usize) {
    let conflicts = scene.bench.conflicts();
    let Some(conflict) = conflicts.get(*at) else {
        scene.wish(Action::CloseDialog);
        return;
    };
    chosen.resize(conflicts.len(), None);
    let numbers = [("count", conflicts.len()), ("at", *at + 1)];
    title(ui, scene, &scene.say_with("changed-title", &numbers, &[]));
    text(ui, scene, &scene.say(explanation(conflict)));
    about(ui, scene, conflict);
    let (mine, theirs) = sides(scene, conflict);
    ui.columns(2, |columns| {
        for (ui, (side, facts)) in columns.iter_mut().zip([(Side::Mine, mine), (Side::Theirs, theirs)]) {
            if card(ui, scene, conflict, side, &facts, chosen[*at] == Some(side)) {
                chosen[*at] = Some(side);
            }
        }
    });
    foot(ui, scene, chosen, at);
}

fn foot(ui: &mut Ui, scene: &Scene, chosen: &mut [Option<Side>], at: &mut usize) {
    let all: Option<Vec<Side>> = chosen.iter().copied().collect();
    let count = chosen.len();
    let is_chosen = chosen[*at].is_some();
    let is_last = chosen.iter().enumerate().all(|(index, side)| index == *at || side.is_some());
    let mut words = vec![(scene.say(if is_last { "changed-done" } else { "changed-next" }), is_chosen)];
    words.push((scene.say("changed-later"), true));
    if count > 1 {
        words.push((scene.say("changed-rest"), is_chosen && all.is_none()));
        words.push((scene.say("changed-back"), *at > 0));
    }
    match buttons_each(ui, scene, &words, First::Main) {
        Some(0) => match all {
            Some(sides) => scene.wish(Action::Choose(sides)),
            None => *at = chosen.iter().position(Option::is_none).unwrap_or(0),
        },
        Some(1) => scene.wish(Action::CloseDialog),
        Some(2) => {
            // What is not chosen yet goes the way of the one that is shown.
            let side = chosen[*at];
            chosen.iter_mut().filter(|one| one.is_none()).for_each(|one| *one = side);
        }
        Some(_) => *at = at.saturating_sub(1),
        None => {}
    }
}

fn explanation(conflict: &Conflict) -> &'static str {
    match conflict {
        Conflict::Annotation { mine: Some(_), theirs: Some(_), .. } => "changed-annotation",
        Conflict::Annotation { .. } => "changed-annotation-removed",
        Conflict::Tag { mine: Some(_), theirs: Some(_), .. } => "changed-tag",
        Conflict::Tag { .. } => "changed-tag-removed",
        Conflict::TagName { .. } => "changed-tag-name",
        Conflict::TagOrder { .. } => "changed-tag-order",
        Conflict::Title { .. } => "changed-project-title",
        Conflict::Document { mine: Some(_), theirs: Some(_), .. } => "changed-document",
        Conflict::Document { .. } => "changed-document-removed",
    }
}

/// What both sides are about: the marked text, the tag's name.
fn about(ui: &mut Ui, scene: &Scene, conflict: &Conflict) {
    let width = ui.available_width();
    match conflict {
        Conflict::Annotation { document, mine, theirs, .. } => {
            if let Some(document) = scene.bench.project().and_then(|project| project.document(*document)) {
                Label::written(&document.title)
                    .size(look::SMALL_TEXT + 1.0)
                    .color(scene.look.quiet)
                    .within(width, 1)
                    .show(ui, &scene.ink);
            }
            if let Some(one) = mine.as_ref().or(theirs.as_ref()) {
                let quote = &one.quote;
                let words = format!("{}{}{}", quote.prefix, quote.exact, quote.suffix).replace('\n', " ");
                let marked = quote.prefix.len()..quote.prefix.len() + quote.exact.len();
                Label::written(&words)
                    .found(std::slice::from_ref(&marked))
                    .within(width, 3)
                    .show(ui, &scene.ink);
            }
        }
        Conflict::Tag { mine, theirs, .. } => {
            if let Some(tag) = mine.as_ref().or(theirs.as_ref()) {
                Label::written(&tag.name).bold().within(width, 2).show(ui, &scene.ink);
            }
        }
        Conflict::TagName { mine, .. } => {
            Label::written(&mine.name).bold().within(width, 2).show(ui, &scene.ink);
        }
        Conflict::Document { mine, theirs, lost, .. } => {
            if let Some(document) = mine.as_ref().or(theirs.as_ref()) {
                Label::written(&document.title).bold().within(width, 2).show(ui, &scene.ink);
            }
            if !lost.is_empty() {
                text(ui, scene, &scene.say_with("changed-lost", &[("count", lost.len())], &[]));
                ScrollArea::vertical().id_salt("lost").max_height(96.0).show(ui, |ui| {
                    for one in lost {
                        Label::written(&one.quote.exact).within(width - 16.0, 1).show(ui, &scene.ink);
                    }
                });
            }
        }
        Conflict::TagOrder { .. } | Conflict::Title { .. } => {}
    }
}

/// One side, which can be chosen by a click, or by Space or Enter when it has the focus. Returns whether it was.
fn card(
    ui: &mut Ui,
    scene: &Scene,
    conflict: &Conflict,
    side: Side,
    facts: &[Fact],
    is_chosen: bool,
) -> bool {
    let name = scene.say(match (conflict, side) {
        (Conflict::TagName { .. }, Side::Mine) => "changed-two-tags",
        (Conflict::TagName { .. }, Side::Theirs) => "changed-one-tag",
        (_, Side::Mine) => "changed-mine",
        (_, Side::Theirs) => "changed-theirs",
    });
    let spoken =
        facts.iter().fold(name.clone(), |spoken, fact| format!("{spoken}, {} {}", fact.name, fact.what));
    let id = ui.scope_id().with(("side", side == Side::Mine));
    let fill = if is_chosen { scene.look.accent_tint } else { scene.look.raised };
    let response = ui
        .scope_builder(UiBuilder::new().scope_id(id).sense(Sense::click()), |ui| {
            let before = ui.response();
            let is_lit = is_chosen || before.hovered() || before.has_focus();
            let line = Stroke::new(1.5, if is_lit { scene.look.accent } else { scene.look.hairline });
            Frame::NONE
                .fill(fill)
                .stroke(line)
                .corner_radius(CornerRadius::same(8))
                .inner_margin(Margin::symmetric(14, 12))
                .show(ui, |ui| {
                    let room = ui.available_width();
                    ui.set_width(room);
                    ui.set_min_height(LOW);
                    Label::interface(&name).bold().within(room, 2).show(ui, &scene.ink);
                    ui.add_space(2.0);
                    ScrollArea::vertical().id_salt("facts").max_height(HEIGHT).show(ui, |ui| {
                        facts.iter().for_each(|fact| show_fact(ui, scene, fact, room));
                    });
                });
        })
        .response
        .on_hover_cursor(CursorIcon::PointingHand);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, &spoken));
    let pressed = response.has_focus()
        && ui.input(|input| input.key_pressed(Key::Space) || input.key_pressed(Key::Enter));
    response.clicked() || pressed
}

fn show_fact(ui: &mut Ui, scene: &Scene, fact: &Fact, width: f32) {
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.add_space(6.0);
    if !fact.name.is_empty() {
        Label::interface(&fact.name)
            .size(look::SMALL_TEXT)
            .color(scene.look.quiet)
            .within(width, 1)
            .show(ui, &scene.ink);
    }
    let label = if fact.written { Label::written(&fact.what) } else { Label::interface(&fact.what) };
    label.within(width, 8).show(ui, &scene.ink);
}

fn sides(scene: &Scene, conflict: &Conflict) -> (Vec<Fact>, Vec<Fact>) {
    match conflict {
        Conflict::Annotation { mine, theirs, .. } => {
            let (mine, theirs) = (mine.as_deref(), theirs.as_deref());
            (annotation_facts(scene, mine, theirs), annotation_facts(scene, theirs, mine))
        }
        Conflict::Tag { mine, theirs, .. } => {
            let (mine, theirs) = (mine.as_ref(), theirs.as_ref());
            (tag_facts(scene, mine, theirs), tag_facts(scene, theirs, mine))
        }
        Conflict::TagName { theirs, .. } => {
            let number = format!("{} 2", theirs.name);
            let both = scene.say_with("changed-two-tags-text", &[], &[("name", &number)]);
            (vec![said(both)], vec![said(scene.say("changed-one-tag-text"))])
        }
        Conflict::TagOrder { mine, theirs } => (vec![names(scene, mine)], vec![names(scene, theirs)]),
        Conflict::Title { mine, theirs } => (vec![written("", mine)], vec![written("", theirs)]),
        Conflict::Document { mine, theirs, .. } => {
            let (mine, theirs) = (mine.as_deref(), theirs.as_deref());
            (document_facts(scene, mine), document_facts(scene, theirs))
        }
    }
}

fn said(what: String) -> Fact {
    Fact { name: String::new(), what, written: false }
}

fn written(name: &str, what: &str) -> Fact {
    Fact { name: name.to_owned(), what: what.to_owned(), written: true }
}

fn names(scene: &Scene, tags: &[TagId]) -> Fact {
    let names: Vec<String> = tags.iter().map(|&tag| scene.tag_name(tag)).collect();
    written("", &names.join(&scene.say("list-separator")))
}

/// What one side says of an annotation where the other says something else.
fn annotation_facts(scene: &Scene, one: Option<&Annotation>, other: Option<&Annotation>) -> Vec<Fact> {
    let Some(one) = one else { return vec![said(scene.say("changed-is-removed"))] };
    let differs = |is: &dyn Fn(&Annotation) -> bool| other.is_none_or(is);
    let mut facts = Vec::new();
    let or_none = |what: String| if what.is_empty() { scene.say("changed-nothing") } else { what };
    let mut say = |key: &str, what: String, by_reader: bool| {
        let is_blank = what.is_empty();
        facts.push(Fact { name: scene.say(key), what: or_none(what), written: by_reader && !is_blank });
    };
    if differs(&|other| other.spans != one.spans) {
        say("changed-place", one.quote.exact.to_string(), true);
    }
    if differs(&|other| other.tags != one.tags) {
        let names: Vec<String> = one.tags.iter().map(|&tag| scene.tag_name(tag)).collect();
        say("column-tags", names.join(&scene.say("list-separator")), true);
    }
    if differs(&|other| other.note != one.note) {
        say("card-note", one.note.clone(), true);
    }
    if differs(&|other| other.attributes != one.attributes) {
        let lines: Vec<String> =
            one.attributes.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        say("changed-attributes", lines.join("\n"), true);
    }
    if differs(&|other| other.relations != one.relations) {
        let lines: Vec<&str> = one.relations.iter().map(|relation| relation.kind.as_str()).collect();
        say("changed-relations", lines.join(&scene.say("list-separator")), true);
    }
    say("changed-when", super::minute(one.modified), false);
    facts
}

/// What one side says of a tag where the other says something else.
fn tag_facts(scene: &Scene, one: Option<&Tag>, other: Option<&Tag>) -> Vec<Fact> {
    let Some(one) = one else { return vec![said(scene.say("changed-is-removed"))] };
    let differs = |is: &dyn Fn(&Tag) -> bool| other.is_none_or(is);
    let mut facts = Vec::new();
    if differs(&|other| other.name != one.name) {
        facts.push(written(&scene.say("tag-name"), &one.name));
    }
    if differs(&|other| other.color != one.color) {
        facts.push(Fact { name: scene.say("changed-color"), what: one.color.to_string(), written: false });
    }
    if differs(&|other| other.parent != one.parent) {
        let above = one.parent.map_or_else(|| scene.say("changed-top"), |parent| scene.tag_name(parent));
        facts.push(Fact { name: scene.say("changed-parent"), what: above, written: one.parent.is_some() });
    }
    if differs(&|other| other.definition != one.definition) {
        facts.push(written(&scene.say("tag-definition"), &one.definition));
    }
    if differs(&|other| other.shortcut != one.shortcut) {
        let key = one.shortcut.map(String::from).unwrap_or_default();
        facts.push(written(&scene.say("changed-shortcut"), &key));
    }
    if facts.is_empty() {
        facts.push(said(scene.say("changed-stays")));
    }
    facts
}

fn document_facts(scene: &Scene, one: Option<&Document>) -> Vec<Fact> {
    let Some(one) = one else { return vec![said(scene.say("changed-is-removed"))] };
    let (count, size) = (one.text.chars().count(), scene.size(one.text.len() as u64));
    let size = scene.say_with("details-size", &[("count", count)], &[("size", &size)]);
    vec![said(scene.say("changed-stays")), said(size)]
}
