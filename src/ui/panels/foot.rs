//! The foot: where the reader stands, whether all is saved, and the jobs that run.

use std::time::Duration;

use egui::{Rect, Sense, Ui, vec2};

use crate::app::view::FONT;
use crate::app::{Action, Job};
use crate::model::ByteOffset;
use crate::ui::look;
use crate::ui::reading;
use crate::ui::scene::Scene;
use crate::ui::text::{Label, frameless_button};

/// A job is shown once it has taken so long.
const PATIENCE: Duration = Duration::from_millis(300);

/// Shows the foot, and returns what it says of the saved state. `typing` says that a note is being typed that is not yet written down.
pub fn show(ui: &mut Ui, scene: &Scene, typing: bool) -> String {
    let mut state = String::new();
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 18.0;
        let quiet = |words: &str, ui: &mut Ui| {
            Label::interface(words).size(look::SMALL_TEXT).color(scene.look.quiet).show(ui, &scene.ink);
        };
        if let Some(words) = position(scene) {
            quiet(&words, ui);
        }
        state = saved(scene, typing);
        let is_failure = scene.bench.open().is_some_and(|open| open.keeping.failure.is_some());
        let color = if is_failure { scene.look.danger } else { scene.look.quiet };
        Label::interface(&state).size(look::SMALL_TEXT).color(color).show(ui, &scene.ink);
        for job in scene.bench.jobs().iter().filter(|job| !job.is_given_up()) {
            // What is done in a moment is not worth a flicker.
            match PATIENCE.checked_sub(job.since.elapsed()) {
                Some(rest) => ui.ctx().request_repaint_after(rest),
                None => show_job(ui, scene, job),
            }
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let size = scene.bench.view().text_size.round() as usize;
            let chosen = scene.bench.view().font.as_str();
            let family = if scene.ink.has_family(chosen) == Some(false) { FONT } else { chosen };
            quiet(&scene.say_with("foot-text-size", &[("size", size)], &[("family", family)]), ui);
        });
    });
    state
}

fn position(scene: &Scene) -> Option<String> {
    let document = scene.bench.document()?;
    let selection = scene.bench.selection()?;
    let units = scene.bench.units(document);
    let place = |byte: usize| units.place(ByteOffset::at(document.text.floor_char_boundary(byte)));
    let count = |byte: usize| place(byte).map(|place| place.code_points.0 as usize);
    let numbers = [
        ("paragraph", place(selection.focus)?.line.0 as usize),
        ("at", count(selection.focus)?),
        ("all", count(document.text.len())?),
    ];
    let mut words = scene.say_with("foot-position", &numbers, &[]);
    if let Some(span) = scene.bench.selected_span() {
        let count = count(span.end.index())? - count(span.start.index())?;
        words.push_str(&scene.say_with("foot-selected", &[("count", count)], &[]));
    } else if scene.bench.view().invisibles
        && let Some(names) = reading::beside(scene, &document.text, selection.focus)
    {
        words.push_str(" · ");
        words.push_str(&names);
    }
    Some(words)
}

fn saved(scene: &Scene, typing: bool) -> String {
    let Some(open) = scene.bench.open() else { return String::new() };
    let keeping = &open.keeping;
    if scene.bench.is_early() {
        return scene.say("foot-opening");
    }
    if scene.bench.is_read_only() {
        return scene.say("foot-read-only");
    }
    if !scene.bench.conflicts().is_empty() {
        return scene.say("foot-conflicts");
    }
    if keeping.failure.is_some() {
        return scene.say("foot-not-saved");
    }
    if keeping.is_writing() || typing {
        return scene.say("foot-saving");
    }
    if keeping.is_unsaved() {
        return scene.say("foot-journalled");
    }
    scene.say("foot-saved")
}

fn show_job(ui: &mut Ui, scene: &Scene, job: &Job) {
    let mut words = scene.say(job.message());
    if job.progress.cancelled() {
        words = scene.say_with("job-stopping", &[], &[("job", &words)]);
        Label::interface(&words).size(look::SMALL_TEXT).color(scene.look.quiet).show(ui, &scene.ink);
        return;
    }
    Label::interface(&words).size(look::SMALL_TEXT).color(scene.look.quiet).show(ui, &scene.ink);
    let (done, total) = (job.progress.done(), job.progress.total());
    let (bar, _) = ui.allocate_exact_size(vec2(100.0, 5.0), Sense::hover());
    ui.painter().rect_filled(bar, 2.0, scene.look.hairline);
    if total > 0 {
        let share = (done as f32 / total as f32).clamp(0.0, 1.0);
        let filled = Rect::from_min_size(bar.min, vec2(bar.width() * share, bar.height()));
        ui.painter().rect_filled(filled, 2.0, scene.look.accent);
    }
    if frameless_button(ui, &scene.ink, &scene.say("job-cancel")).clicked() {
        scene.wish(Action::Cancel(job.id));
    }
    ui.ctx().request_repaint_after(Duration::from_millis(100));
}
