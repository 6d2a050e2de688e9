//! What is imported, and in which format; and then, before anything is done, what it would come to.

use std::path::Path;
use std::sync::Arc;

use egui::{Id, Ui};

use super::export::{columns, heading, warning};
use super::{First, begin_at_foot, buttons, buttons_each, entered, formats, text, title};
use crate::app::importing::{Found, Report, importable};
use crate::app::{Action, Dialog, ImportPlan, Incoming, Pick};
use crate::exchange::{Format, Out, Unit};
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::sentences::{Sentence, sentences};

/// Points: how high the list of cases grows before it scrolls, at most and in the lowest window; and what is below it.
const CASES: f32 = 220.0;
const FEWEST_CASES: f32 = 60.0;
const FOOT: f32 = 48.0;

/// Asks for the format.
pub fn show(ui: &mut Ui, scene: &Scene, plan: &mut ImportPlan) {
    let enter = entered(ui);
    title(ui, scene, &scene.say("import-title"));
    let mut format = plan.format;
    let all: Vec<Format> = importable().collect();
    columns(
        ui,
        |ui| formats::list(ui, scene, &all, &mut format),
        |ui| {
            text(ui, scene, &scene.say(plan.format.info().message));
            text(ui, scene, &scene.say("import-how"));
        },
    );
    plan.format = format;
    // What an export of several files is made of can come alone: other programs give one file for a document, or for all.
    let offered: &[Out] = match plan.format.info().out {
        Out::File => &[Out::File],
        Out::Folder => &[Out::Folder, Out::File],
    };
    let choose = |out: &Out| {
        scene.say(match out {
            Out::File => "export-choose-file",
            Out::Folder => "import-choose-folder",
        })
    };
    let words: Vec<String> = offered.iter().map(choose).chain([scene.say("dialog-cancel")]).collect();
    let pressed = buttons(ui, scene, &words, true).or(enter.then_some(0));
    if let Some(pressed) = pressed {
        scene.wish(Action::CloseDialog);
        if let Some(&out) = offered.get(pressed) {
            scene.wish(Action::Ask(Pick::Import(*plan, out)));
        }
    }
}

/// Shows what an import would come to, and asks whether to do it.
pub fn show_incoming(ui: &mut Ui, scene: &Scene, incoming: &Arc<Incoming>) {
    let name = incoming.path.file_name().unwrap_or(incoming.path.as_os_str()).to_string_lossy();
    let enter = entered(ui);
    title(ui, scene, &scene.say_with("incoming-title", &[], &[("name", &name)]));
    match &incoming.found {
        Found::Ready { report, .. } => ready(ui, scene, incoming, report, enter),
        Found::Ambiguous { declared, other } => {
            ambiguous(ui, scene, incoming.plan, &incoming.path, [*declared, *other]);
        }
        Found::Refused(why) => {
            warning(ui, scene, &scene.say_with("incoming-refused", &[], &[("reason", why)]));
            let words = [scene.say("incoming-choose-again"), scene.say("dialog-close")];
            let pressed = buttons(ui, scene, &words, true).or(enter.then_some(0));
            begin_at_foot(ui, 0);
            match pressed {
                Some(0) => scene.wish(Action::Show(Dialog::Import(incoming.plan))),
                Some(_) => scene.wish(Action::CloseDialog),
                None => {}
            }
        }
    }
}

fn ready(ui: &mut Ui, scene: &Scene, incoming: &Arc<Incoming>, report: &Report, enter: bool) {
    // Isolated (FSI and PDI, UAX #9), so that Arabic names stand in the order of the sentence.
    let names = report.tag_names("“\u{2068}", "\u{2069}”");
    let counts = [
        ("incoming-added", report.added),
        ("incoming-changed", report.changed),
        ("incoming-same", report.same),
        ("incoming-moved", report.moved()),
        ("incoming-left-out", report.left_out()),
        ("incoming-documents", report.documents),
        ("incoming-tags", report.tags.len()),
    ];
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (key, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            text(ui, scene, &scene.say_with(key, &[("count", count)], &[("names", &names)]));
        }
    });
    if report.is_empty() && report.same == 0 {
        warning(ui, scene, &scene.say("incoming-nothing"));
    }
    if !report.cases.is_empty() {
        heading(ui, scene, &scene.say_with("incoming-cases", &[("count", report.cases.len())], &[]));
        let say = |at: usize| Sentence { words: scene.tell(&report.cases[at].message()), leads: false };
        let most = (ui.available_height() - FOOT).clamp(FEWEST_CASES, CASES);
        sentences(ui, scene, Id::unique("cases"), (most, look::TEXT), report.cases.len(), say);
    }
    let words = [scene.say("incoming-do"), scene.say("dialog-cancel")];
    let can = !report.is_empty();
    let pressed = buttons(ui, scene, &words, can).or((enter && can).then_some(0));
    begin_at_foot(ui, usize::from(!can));
    match pressed {
        Some(0) => scene.wish(Action::TakeIn(Arc::clone(incoming))),
        Some(_) => scene.wish(Action::CloseDialog),
        None => {}
    }
}

/// Asks in which unit the positions count.
fn ambiguous(ui: &mut Ui, scene: &Scene, plan: ImportPlan, path: &Path, units: [Unit; 2]) {
    text(ui, scene, &scene.say("incoming-ambiguous"));
    let name = |unit: Unit| {
        scene.say(match unit {
            Unit::CodePoints => "unit-code-points",
            Unit::Utf16 => "unit-utf-16",
            Unit::Bytes => "unit-bytes",
        })
    };
    let words = [name(units[0]), name(units[1]), scene.say("dialog-cancel")].map(|words| (words, true));
    let pressed = buttons_each(ui, scene, &words, First::Equal);
    begin_at_foot(ui, 0);
    match pressed {
        Some(chosen @ 0..2) => {
            scene.wish(Action::CloseDialog);
            let plan = ImportPlan { unit: Some(units[chosen]), ..plan };
            scene.wish(Action::ReadImport(plan, path.to_owned()));
        }
        Some(_) => scene.wish(Action::CloseDialog),
        None => {}
    }
}
