//! The card of the selected annotation: its quote, tags, note and times.

use std::time::Duration;

use egui::{CornerRadius, Frame, Id, Margin, Role, ScrollArea, Stroke, Ui, vec2};

use super::heading;
use crate::app::{Action, Command};
use crate::model::{Annotation, AnnotationId, DocumentId};
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::text::{Entry, Face, Field, Label, button, entry, menu_button, named};

/// A note is written down after so long without a key.
const PAUSE: f64 = 1.0;

/// The room of a chip beside its name, in points.
const CROSS: f32 = 40.0;

/// What the card keeps from frame to frame: the note while it is typed.
#[derive(Default)]
pub struct Card {
    note: String,
    /// What the note was after each word that is not yet written down, and whether the word was begun since it last was.
    words: Vec<(bool, String)>,
    of: Option<(DocumentId, AnnotationId)>,
    /// When the note was last changed, in seconds of egui's clock.
    changed: f64,
    /// Where the note's field stood in the last frame, in points.
    pub field: Option<egui::Rect>,
}

impl Card {
    /// Writes down the note that is being typed, each word a step of its own.
    pub fn flush(&mut self, scene: &Scene) {
        let Some((document, id)) = self.of else { return };
        for (begun, note) in self.words.drain(..) {
            scene.wish(if begun {
                Action::SetNote(document, id, note)
            } else {
                Action::ExtendNote(document, id, note)
            });
        }
    }

    /// Whether something was typed that is not yet written down.
    pub fn is_typing(&self) -> bool {
        !self.words.is_empty()
    }

    /// Shows the card.
    pub fn show(&mut self, ui: &mut Ui, scene: &Scene) {
        let now = ui.input(|input| input.time);
        let selected = scene.bench.annotation().cloned();
        let key = selected.as_ref().map(|annotation| (annotation.document, annotation.id));
        if self.of != key {
            self.flush(scene);
            self.of = key;
            self.note = selected.as_ref().map(|annotation| annotation.note.clone()).unwrap_or_default();
        } else if let Some(annotation) = &selected
            && !self.is_typing()
            && self.note != annotation.note
        {
            // Undo, or another view, changed the note.
            self.note.clone_from(&annotation.note);
        }
        self.field = None;
        let Some(annotation) = selected else {
            heading(ui, scene, &scene.say("panel-annotation"), "");
            ui.add_space(4.0);
            let words = scene.say("card-none");
            Label::interface(&words)
                .color(scene.look.quiet)
                .within(ui.available_width(), 4)
                .show(ui, &scene.ink);
            return;
        };
        heading(ui, scene, &scene.say("panel-annotation"), &count(scene, &annotation));
        ui.add_space(6.0);
        ScrollArea::vertical().id_salt("card").auto_shrink(false).show(ui, |ui| {
            quote(ui, scene, &annotation);
            ui.add_space(6.0);
            tags(ui, scene, &annotation);
            ui.add_space(6.0);
            let name = scene.say("card-note");
            Label::interface(&name).size(look::SMALL_TEXT).color(scene.look.quiet).show(ui, &scene.ink);
            let width = ui.available_width();
            let field = Field::lines(Id::unique(("note", annotation.id)), &mut self.note, &name, 3)
                .face(Face::Document)
                .size(look::LIST_TEXT)
                .width(width)
                .enabled(scene.bench.may_change(&annotation))
                .show(ui, &scene.ink, scene.look);
            self.field = Some(field.response.rect);
            if field.changed {
                self.changed = now;
                match self.words.last_mut() {
                    Some((_, word)) if !field.began => word.clone_from(&self.note),
                    _ => self.words.push((field.began, self.note.clone())),
                }
            }
            let rest = PAUSE - (now - self.changed);
            if field.left || rest <= 0.0 {
                self.flush(scene);
            } else if self.is_typing() {
                ui.ctx().request_repaint_after(Duration::from_secs_f64(rest.max(0.02)));
            }
            ui.add_space(8.0);
            facts(ui, scene, &annotation);
            ui.add_space(6.0);
            ui.horizontal_wrapped(|ui| {
                for (command, words) in [
                    (Command::MoveEnds, scene.say("card-move-ends")),
                    (Command::DeleteAnnotation, scene.say("card-delete")),
                ] {
                    ui.add_enabled_ui(scene.bench.can(command), |ui| {
                        if button(ui, &scene.ink, &words).clicked() {
                            scene.wish(Action::Run(command));
                        }
                    });
                }
            });
        });
    }
}

fn count(scene: &Scene, annotation: &Annotation) -> String {
    let Some(project) = scene.bench.project() else { return String::new() };
    let table = project.table(annotation.document);
    let at = table.position(annotation.id).map_or(0, |at| at + 1);
    scene.say_with("card-count", &[("at", at), ("count", table.len())], &[])
}

fn quote(ui: &mut Ui, scene: &Scene, annotation: &Annotation) {
    Frame::NONE
        .fill(scene.look.raised)
        .stroke(Stroke::new(1.0, scene.look.hairline))
        .corner_radius(CornerRadius::same(6))
        .inner_margin(Margin::symmetric(10, 8))
        .show(ui, |ui| {
            let width = ui.available_width();
            let response = Label::written(&annotation.quote.exact)
                .within(width, 3)
                .sense(egui::Sense::click())
                .show(ui, &scene.ink)
                .on_hover_cursor(egui::CursorIcon::PointingHand);
            if response.clicked() {
                scene.wish(Action::SelectAnnotation {
                    document: annotation.document,
                    id: annotation.id,
                    reveal: true,
                });
            }
        });
}

fn tags(ui: &mut Ui, scene: &Scene, annotation: &Annotation) {
    let Some(project) = scene.bench.project() else { return };
    let may_change = scene.bench.may_change(annotation);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        for &id in &annotation.tags {
            let tag = project.codebook().get(id);
            let name = scene.tag_name(id);
            let fill = tag.map_or(scene.look.desk, |tag| scene.look.tint(tag.color));
            // A tag that the codebook does not have, or that somebody removed, is shown as such.
            let is_known = tag.is_some_and(|tag| !tag.withdrawn);
            let (ink, line) = if is_known {
                (scene.look.ink, Stroke::NONE)
            } else {
                (scene.look.quiet, Stroke::new(1.0, scene.look.faint))
            };
            let words = Label::written(&name).size(look::LIST_TEXT - 1.0).color(ink);
            let words = words.up_to(ui, &scene.ink, ui.available_width() - CROSS);
            let chip = |atoms: egui::Atoms<'static>| {
                egui::Button::new(atoms).fill(fill).stroke(line).corner_radius(CornerRadius::same(12))
            };
            if !may_change {
                let atoms = vec![words.atom(ui, &scene.ink)];
                named(ui.add(chip(atoms.into()).sense(egui::Sense::hover())), Role::Label, &name);
                continue;
            }
            let cross = Label::interface("×").color(scene.look.quiet);
            let chip = chip(vec![words.atom(ui, &scene.ink), cross.atom(ui, &scene.ink)].into());
            let spoken = scene.say_with("card-remove-tag", &[], &[("name", &name)]);
            if named(ui.add(chip), Role::Button, &spoken).clicked() {
                scene.wish(Action::ToggleTag(annotation.document, annotation.id, id));
            }
        }
        if !may_change {
            return;
        }
        let add = scene.say("card-add-tag");
        let label = Label::interface(&add).color(scene.look.accent);
        menu_button(ui, &scene.ink, &label, |ui| {
            for tag in project.codebook().tags().iter().filter(|tag| !annotation.tags.contains(&tag.id)) {
                let item = Entry { face: Face::Document, ..Entry::new(&tag.name) };
                if entry(ui, &scene.ink, scene.look, &item) {
                    scene.wish(Action::ToggleTag(annotation.document, annotation.id, tag.id));
                }
            }
        });
    });
}

fn facts(ui: &mut Ui, scene: &Scene, annotation: &Annotation) {
    let made = annotation.created.to_string();
    let changed = annotation.modified.to_string();
    let mut lines = vec![scene.say_with("card-coder", &[], &[("coder", annotation.coder.name())])];
    lines.push(scene.say_with("card-made", &[], &[("time", &short_time(&made))]));
    if made != changed {
        lines.push(scene.say_with("card-changed", &[], &[("time", &short_time(&changed))]));
    }
    for line in lines {
        let width = ui.available_width();
        Label::interface(&line)
            .size(look::SMALL_TEXT)
            .color(scene.look.quiet)
            .within(width, 1)
            .show(ui, &scene.ink);
    }
    for (key, value) in &annotation.attributes {
        let line = scene.say_with("card-attribute", &[], &[("key", key), ("value", value)]);
        let width = ui.available_width();
        Label::interface(&line).color(scene.look.quiet).within(width, 2).show(ui, &scene.ink);
    }
    relations(ui, scene, annotation);
}

/// The arrows from the annotation, one line each; a click goes to the other end.
fn relations(ui: &mut Ui, scene: &Scene, annotation: &Annotation) {
    let Some(project) = scene.bench.project() else { return };
    for relation in &annotation.relations {
        let target = project.annotation(annotation.document, relation.target);
        let quote = match target {
            Some(target) => target.quote.exact.to_string(),
            None => scene.say("card-relation-nothing"),
        };
        let line = scene.say_with("card-relation", &[], &[("kind", &relation.kind), ("quote", &quote)]);
        let width = ui.available_width();
        let label = Label::interface(&line).color(scene.look.quiet).within(width, 2);
        if label.sense(egui::Sense::click()).show(ui, &scene.ink).clicked() {
            let (document, id) = (annotation.document, relation.target);
            scene.wish(Action::SelectAnnotation { document, id, reveal: true });
        }
    }
}

/// Date and time to the minute of an RFC 3339 time.
fn short_time(time: &str) -> String {
    time.get(..16).unwrap_or(time).replace('T', " ")
}
