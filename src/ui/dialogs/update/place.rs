//! One annotation of an update: where it stands now, where it would stand in the new text, and what to do with it.

use std::ops::Range;

use egui::Ui;

use crate::app::updating::{Decision, Moved, Update};
use crate::model::{Span, Text};
use crate::search::anchoring::Certainty;
use crate::ui::dialogs::excerpt::{Excerpt, back, forth};
use crate::ui::look;
use crate::ui::scene::{Scene, in_name};
use crate::ui::text::{Label, button};

/// Code points of the old text before and after a quote.
const CONTEXT: usize = 70;
/// Code points of the new text before and after a place; and by how many one goes on.
const AROUND: usize = 300;
/// Lines.
const LINES: usize = 6;
/// A quote is shown up to so many bytes.
const LONGEST: usize = 1_200;

/// The part of the new text in which a place can be selected.
#[derive(Default)]
pub struct Place {
    /// Of which annotation it is, by its place among all, and what was decided about that.
    of: Option<(usize, Decision)>,
    excerpt: Excerpt,
}

/// Shows an annotation, and returns what was decided about it.
pub fn show(
    ui: &mut Ui,
    scene: &Scene,
    update: &Update,
    index: usize,
    place: &mut Place,
) -> Option<Decision> {
    let (version, moved) = update.nth(index)?;
    let width = ui.available_width();
    ui.add_space(4.0);
    let mut caption = scene.say("update-before");
    if update.versions.len() > 1 {
        caption = format!("{caption} — {}", version.before.title);
    }
    if !scene.bench.may_change(&moved.before) {
        let coder = scene.say_with("update-marked-by", &[], &[("coder", in_name(moved.before.coder.name()))]);
        caption = format!("{caption} — {coder}");
    }
    Label::interface(&caption).size(look::SMALL_TEXT).color(scene.look.quiet).show(ui, &scene.ink);
    let (context, quotes) = in_context(&version.before.text, &moved.before.spans);
    Label::written(&context).found(&quotes).within(width, 3).show(ui, &scene.ink);

    let new = &version.after.text;
    let spans = match &moved.decision {
        Decision::Placed(spans) => spans,
        Decision::Open | Decision::Dropped => &moved.found.spans,
    };
    let of = Some((index, moved.decision.clone()));
    if place.of != of {
        let whole =
            spans.first().zip(spans.last()).map(|(first, last)| first.start.index()..last.end.index());
        let whole = whole.unwrap_or(moved.found.near..moved.found.near);
        place.excerpt.turn_to(new, &whole, AROUND);
        place.of = of;
    }
    let caption = format!("{} — {}", scene.say("update-after"), scene.say(how(moved)));
    let selection = place.excerpt.show(ui, scene, new, &caption, (LINES, AROUND));

    let mut decision = None;
    ui.horizontal(|ui| {
        let is_proposed = !moved.found.spans.is_empty();
        let accepted = Decision::Placed(moved.found.spans.clone());
        ui.add_enabled_ui(is_proposed && moved.decision != accepted, |ui| {
            if button(ui, &scene.ink, &scene.say("update-accept")).clicked() {
                decision = Some(accepted);
            }
        });
        let is_empty = selection.is_empty();
        let chosen = new.widen(selection);
        let stands_there = spans == &[chosen] && moved.decision != Decision::Open;
        ui.add_enabled_ui(!is_empty && !stands_there, |ui| {
            if button(ui, &scene.ink, &scene.say("update-place")).clicked() {
                decision = Some(Decision::Placed(vec![chosen]));
            }
        });
        ui.add_enabled_ui(moved.decision != Decision::Dropped, |ui| {
            if button(ui, &scene.ink, &scene.say("update-drop")).clicked() {
                decision = Some(Decision::Dropped);
            }
        });
    });
    decision
}

/// How certainly the place is the right one, in words.
fn how(moved: &Moved) -> &'static str {
    match (&moved.decision, moved.found.certainty) {
        (Decision::Placed(spans), _) if *spans != moved.found.spans => "update-how-by-hand",
        (_, Certainty::Exact) => "update-how-sure",
        (_, Certainty::Likely) => "update-how-likely",
        (_, Certainty::Unsure) => "update-how-unsure",
        (_, Certainty::Lost) => "update-how-lost",
    }
}

/// Marked text with some of what stands around it, in one line, and where the marked parts are in that.
fn in_context(text: &Text, spans: &[Span]) -> (String, Vec<Range<usize>>) {
    let Some((first, last)) = spans.first().zip(spans.last()) else { return Default::default() };
    let start = back(text, first.range().start, CONTEXT);
    let end = forth(text, last.range().end, CONTEXT);
    let end = end.min(text.boundary_before(first.range().start + LONGEST)).max(start);
    let mut shown = String::from(if start > 0 { "… " } else { "" });
    let mut quotes = Vec::new();
    let mut at = start;
    for span in spans {
        let range = span.range();
        if range.start >= end {
            break;
        }
        shown.push_str(&text[at..range.start]);
        let from = shown.len();
        at = range.end.min(end);
        shown.push_str(&text[range.start..at]);
        quotes.push(from..shown.len());
    }
    shown.push_str(&text[at..end.max(at)]);
    // Line breaks would leave no room for the words; a space is as long.
    let shown = shown.replace('\n', " ");
    (if end < text.len() { shown + " …" } else { shown }, quotes)
}
