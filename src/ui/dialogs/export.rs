//! Which format an export has, and how: who reads it, what goes in, how it begins, and what it loses, all before anything is written.

use egui::{CornerRadius, Frame, Margin, ScrollArea, Stroke, Ui, vec2};

use super::{buttons, entered, formats, text, title};
use crate::app::{Action, ExportPlan, Extent, Glance, Pick, losses_message, lost_message};
use crate::exchange::{Format, Out};
use crate::text::Direction;
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::sentences::sentence;
use crate::ui::text::{Label, checkbox, radio};

/// Points.
pub const WIDTH: f32 = 640.0;
/// Points: how wide the list of formats is.
pub const FORMATS: f32 = 150.0;

/// What a scroll bar needs.
const BAR: f32 = 12.0;

/// What is left of the window's height for title, buttons and edges.
const AROUND: f32 = 190.0;

/// So many lines of an export are shown.
const LINES: usize = 5;

/// Shows the form.
pub fn show(ui: &mut Ui, scene: &Scene, plan: &mut ExportPlan) {
    let enter = entered(ui);
    title(ui, scene, &scene.say("export-title"));
    let mut format = plan.format;
    let all: Vec<Format> = Format::all().collect();
    columns(
        ui,
        |ui| formats::list(ui, scene, &all, &mut format),
        |ui| {
            text(ui, scene, &scene.say(plan.format.info().message));
            extent(ui, scene, plan);
            options(ui, scene, plan);
            if !scene.bench.looks_ahead_at(*plan) {
                scene.wish(Action::LookAhead(*plan));
            }
            match scene.bench.glance(*plan) {
                Some(Ok(glance)) => ahead(ui, scene, *plan, glance),
                Some(Err(why)) => warning(ui, scene, why),
                None => text(ui, scene, &scene.say("export-looking")),
            }
        },
    );
    plan.format = format;
    let is_folder = plan.format.info().out == Out::Folder;
    let choose = scene.say(if is_folder { "export-choose-folder" } else { "export-choose-file" });
    // A project without annotations has texts and tags all the same; a filter that leaves nothing is a slip.
    let is_slip = plan.extent == Extent::Rows
        && scene
            .bench
            .glance(*plan)
            .is_some_and(|glance| glance.as_ref().is_ok_and(|glance| glance.count == 0));
    let pressed = buttons(ui, scene, &[choose, scene.say("dialog-cancel")], !is_slip);
    match pressed.or((enter && !is_slip).then_some(0)) {
        Some(0) => {
            scene.wish(Action::CloseDialog);
            scene.wish(Action::Ask(Pick::Export(*plan)));
        }
        Some(_) => scene.wish(Action::CloseDialog),
        None => {}
    }
}

/// A narrow column at the start, and beside it the wide one, each as high as what it shows; both scroll where the window is low.
pub fn columns(ui: &mut Ui, narrow: impl FnOnce(&mut Ui), wide: impl FnOnce(&mut Ui)) {
    let height = (ui.ctx().content_rect().height() - AROUND).max(120.0);
    ui.allocate_ui_with_layout(
        vec2(ui.available_width(), height),
        egui::Layout::left_to_right(egui::Align::Min),
        |ui| {
            ui.vertical(|ui| {
                ui.set_width(FORMATS);
                narrow(ui);
            });
            ui.add_space(14.0);
            ui.vertical(|ui| {
                // The room for the bar is kept free whether there is one or not.
                ui.spacing_mut().scroll = look::overlaid_bar();
                ScrollArea::vertical().id_salt("details").auto_shrink([false, true]).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 7.0;
                    ui.set_width(ui.available_width() - BAR);
                    wide(ui);
                });
            });
        },
    );
}

fn extent(ui: &mut Ui, scene: &Scene, plan: &mut ExportPlan) {
    let mut offered = vec![(Extent::Project, "export-whole")];
    if scene.bench.document().is_some() {
        offered.push((Extent::Document, "export-document"));
    }
    if !scene.bench.table().filter.is_empty() {
        offered.push((Extent::Rows, "export-rows"));
    }
    // One below the other: beside each other, what does not fit would look like another question.
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for (extent, key) in offered {
            if radio(ui, &scene.ink, plan.extent == extent, &scene.say(key)).clicked() {
                plan.extent = extent;
            }
        }
    });
}

fn options(ui: &mut Ui, scene: &Scene, plan: &mut ExportPlan) {
    let info = plan.format.info();
    if info.read.is_none() && !info.byte_order_mark {
        return;
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        if info.read.is_some() {
            checkbox(ui, &scene.ink, &mut plan.verify, &scene.say("export-verify"));
        }
        if info.byte_order_mark {
            checkbox(ui, &scene.ink, &mut plan.byte_order_mark, &scene.say("export-bom"));
        }
    });
}

/// What the export would come to.
fn ahead(ui: &mut Ui, scene: &Scene, plan: ExportPlan, glance: &Glance) {
    if glance.count == 0 {
        let why = match plan.extent {
            Extent::Project => scene.say("export-nothing"),
            Extent::Document => scene.say("export-nothing-in-document"),
            Extent::Rows => scene.say("export-nothing-in-rows"),
        };
        warning(ui, scene, &why);
    } else {
        let size = scene.size(glance.bytes);
        text(ui, scene, &scene.say_with("export-count", &[("count", glance.count)], &[("size", &size)]));
    }
    heading(ui, scene, &scene.tell(&losses_message(plan.format)));
    if glance.losses.is_empty() {
        text(ui, scene, &scene.say("export-loses-nothing"));
    } else {
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for &(lost, count) in &glance.losses {
                sentence(ui, scene, &scene.tell(&lost_message(lost, count)), look::TEXT);
            }
        });
    }
    heading(ui, scene, &scene.say("export-beginning"));
    if glance.lines.is_empty() {
        text(ui, scene, &scene.say("export-no-text"));
    } else {
        lines(ui, scene, &glance.lines);
    }
}

fn lines(ui: &mut Ui, scene: &Scene, lines: &[String]) {
    Frame::NONE
        .fill(scene.look.paper)
        .stroke(Stroke::new(1.0, scene.look.hairline))
        .corner_radius(CornerRadius::same(5))
        .inner_margin(Margin::symmetric(8, 6))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let width = ui.available_width();
            for line in lines.iter().take(LINES) {
                let shown = if line.is_empty() { " " } else { line };
                // Lines of a file are columns, or marks around words: they run as editors of code have them.
                let label = Label::written(shown).size(look::TEXT).direction(Direction::LeftToRight);
                label.within(width, 1).show(ui, &scene.ink);
            }
        });
}

/// The title of a part of the form.
pub fn heading(ui: &mut Ui, scene: &Scene, words: &str) {
    ui.add_space(3.0);
    Label::interface(words).size(look::SMALL_TEXT).bold().color(scene.look.quiet).show(ui, &scene.ink);
}

/// A paragraph that something is wrong.
pub fn warning(ui: &mut Ui, scene: &Scene, words: &str) {
    let width = ui.available_width();
    Label::interface(words).color(scene.look.danger).within(width, 12).show(ui, &scene.ink);
}
