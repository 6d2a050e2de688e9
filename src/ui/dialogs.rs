//! Dialogs over the window, one file each, and the machine's file dialogs.

mod changed;
mod details;
mod earlier;
mod excerpt;
mod export;
mod files;
mod formats;
mod go_to;
mod import;
mod leave;
mod new_version;
mod path;
mod reading;
mod remove_document;
mod remove_tag;
mod rescan;
mod shortcuts;
mod snapshots;
mod tag;
mod update;

use egui::{
    Align2, CornerRadius, Frame, Id, Key, Margin, Modal, Modifiers, Response, Stroke, StrokeKind, Ui, UiKind,
    vec2,
};

use crate::app::{Action, Dialog};
use crate::ui::scene::Scene;
use crate::ui::text::{Label, button};

pub use files::FileDialogs;
pub use reading::stepped;

/// Points: what a dialog needs beside its content, with some of the window left to see.
const EDGES: f32 = 72.0;

/// Under these names egui keeps whether a dialog has just opened, and which buttons stand at its foot.
const OPENING: &str = "dialog-opening";
const FOOT: &str = "dialog-foot";

/// What dialogs keep from frame to frame: the form that is filled in.
#[derive(Default)]
pub struct Dialogs {
    /// The dialog as it was given, and as it stands by now.
    form: Option<(Dialog, Dialog)>,
    /// Where the reader is in the list of an update.
    update: update::Reader,
    /// How large the dialog was, in points.
    size: egui::Vec2,
    /// The part of an earlier text that is shown.
    earlier: excerpt::Excerpt,
}

impl Dialogs {
    /// Shows the dialog that the workbench asks for.
    pub fn show(&mut self, ui: &mut Ui, scene: &Scene) {
        let Some(asked) = scene.bench.dialog() else {
            self.form = None;
            return;
        };
        let is_new = self.form.as_ref().is_none_or(|(given, _)| given != asked);
        if is_new {
            self.form = Some((asked.clone(), asked.clone()));
            ui.data_mut(|data| data.insert_temp(Id::unique(OPENING), true));
        }
        let Some((_, dialog)) = self.form.as_mut() else { return };
        let may_escape = !matches!(dialog, Dialog::Leave { .. });
        let frame =
            Frame::popup(ui.style()).inner_margin(Margin::same(20)).corner_radius(CornerRadius::same(10));
        // Each kind of dialog has an area of its own: an area remembers how high it was.
        let id = Id::unique("dialog").with(std::mem::discriminant(dialog));
        let mut modal = Modal::new(id).frame(frame).backdrop_color(egui::Color32::from_black_alpha(64));
        if matches!(dialog, Dialog::Reading) {
            // What it changes is to be seen beside it: it stands over the list of documents and the margin.
            let area = Modal::default_area(id).anchor(Align2::LEFT_TOP, vec2(8.0, 44.0));
            modal = modal.area(area).backdrop_color(egui::Color32::TRANSPARENT);
        }
        let response = modal.show(ui.ctx(), |ui| {
            ui.set_width(match dialog {
                Dialog::Shortcuts => 520.0,
                Dialog::Changed { .. } => changed::WIDTH,
                Dialog::Snapshots { .. } => snapshots::WIDTH.min(ui.ctx().content_rect().width() - EDGES),
                Dialog::Reading => reading::WIDTH,
                Dialog::GoTo(_) => go_to::WIDTH,
                Dialog::Export(_) | Dialog::Import(_) | Dialog::Incoming(_) => {
                    export::WIDTH.min(ui.ctx().content_rect().width() - EDGES)
                }
                Dialog::Update => update::width(ui),
                Dialog::Rescan => rescan::WIDTH,
                Dialog::Earlier => earlier::WIDTH.min(ui.ctx().content_rect().width() - EDGES),
                _ => 440.0,
            });
            // Not only as much as in the last frame, which is what an area gives: lists could not grow.
            ui.set_max_height((ui.ctx().content_rect().height() - EDGES).max(120.0));
            ui.spacing_mut().item_spacing.y = 8.0;
            match dialog {
                Dialog::Path(pick, path) => path::show(ui, scene, pick, path, is_new),
                Dialog::Export(plan) => export::show(ui, scene, plan),
                Dialog::Import(plan) => import::show(ui, scene, plan),
                Dialog::Incoming(incoming) => import::show_incoming(ui, scene, incoming),
                Dialog::Leave { reason, then } => leave::show(ui, scene, reason, then),
                Dialog::Details(document) => details::show(ui, scene, *document),
                Dialog::Tag(draft) => tag::show(ui, scene, draft, is_new),
                Dialog::RemoveDocument(document) => remove_document::show(ui, scene, *document),
                Dialog::RemoveTag(tag) => remove_tag::show(ui, scene, *tag),
                Dialog::Reading => reading::show(ui, scene, is_new),
                Dialog::GoTo(target) => go_to::show(ui, scene, target, is_new),
                Dialog::Shortcuts => shortcuts::show(ui, scene),
                Dialog::Snapshots { title, chosen } => snapshots::show(ui, scene, title, chosen),
                Dialog::Changed { chosen, at } => changed::show(ui, scene, chosen, at),
                Dialog::Found(files) => files::show_found(ui, scene, files),
                Dialog::Update => update::show(ui, scene, &mut self.update, is_new),
                Dialog::Rescan => rescan::show(ui, scene),
                Dialog::NewVersion(document) => new_version::show(ui, scene, *document),
                Dialog::Earlier => earlier::show(ui, scene, &mut self.earlier, is_new),
            }
        });
        // A dialog that grew or shrank stands in the middle only when it is shown again: at once, so that nobody presses beside a button.
        let size = response.response.rect.size();
        if std::mem::replace(&mut self.size, size) != size {
            ui.ctx().request_discard("a dialog changed its size");
            ui.ctx().request_repaint();
        }
        let escaped = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        if may_escape && (escaped || response.backdrop_response.clicked()) {
            scene.wish(Action::CloseDialog);
        }
    }
}

/// The title of a dialog.
fn title(ui: &mut Ui, scene: &Scene, words: &str) {
    let width = ui.available_width();
    let label = Label::interface(words).size(17.0).bold().within(width, 2).show(ui, &scene.ink);
    let modal = ui.stack().iter().find(|above| above.kind() == Some(UiKind::Modal));
    if let Some(modal) = modal {
        ui.ctx().accesskit_node_builder(modal.unique_id, |node| {
            node.push_labelled_by(label.id.accesskit_id());
            node.set_modal();
        });
    }
}

/// A time to the minute, in UTC.
fn minute(time: crate::model::Timestamp) -> String {
    let written = time.to_string();
    format!("{} UTC", written.get(..16).unwrap_or(&written).replace('T', " "))
}

/// A paragraph of a dialog.
fn text(ui: &mut Ui, scene: &Scene, words: &str) {
    let width = ui.available_width();
    Label::interface(words).color(scene.look.quiet).within(width, 12).show(ui, &scene.ink);
}

/// Whether the keyboard begins with the part of a dialog that asks; the first one that does gets it. In its first pass a dialog is only
/// measured, and takes no focus.
fn begins_here(ui: &Ui) -> bool {
    let may = ui.is_enabled() && !ui.is_sizing_pass();
    may && ui.data_mut(|data| data.remove_temp::<bool>(Id::unique(OPENING))) == Some(true)
}

/// The keyboard begins with a button at the foot, which is shown already, counted from the first.
fn begin_at_foot(ui: &Ui, at: usize) {
    let foot: Vec<Id> = ui.data(|data| data.get_temp(Id::unique(FOOT))).unwrap_or_default();
    if let Some(&button) = foot.get(at)
        && begins_here(ui)
    {
        ui.memory_mut(|memory| memory.request_focus(button));
    }
}

/// Whether Enter was pressed where it means the first button at the foot: everywhere but on a button there. To be asked before anything
/// that could take it is shown.
fn entered(ui: &Ui) -> bool {
    let focused = ui.memory(egui::Memory::focused);
    let foot: Vec<Id> = ui.data(|data| data.get_temp(Id::unique(FOOT))).unwrap_or_default();
    let is_on_button = focused.is_some_and(|id| foot.contains(&id));
    !is_on_button && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter))
}

/// What the first button at the foot of a dialog is, and so how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    /// What the dialog is for; with nothing beside it, only the way out.
    Main,
    /// It takes something away that somebody made. The keyboard begins with another one.
    Grave,
    /// One of several that are as good.
    Equal,
}

/// The buttons at the foot of a dialog; the first is the one that Enter means. Returns which was chosen.
fn buttons(ui: &mut Ui, scene: &Scene, words: &[String], enabled: bool) -> Option<usize> {
    let each = words.iter().enumerate().map(|(index, words)| (words.clone(), enabled || index > 0));
    buttons_each(ui, scene, &each.collect::<Vec<_>>(), First::Main)
}

/// The same with whether each can be pressed, and what the first one is.
fn buttons_each(ui: &mut Ui, scene: &Scene, words: &[(String, bool)], first: First) -> Option<usize> {
    let mut chosen = None;
    let mut foot: Vec<Id> = Vec::new();
    let count = words.len();
    ui.add_space(6.0);
    let row = vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(row, egui::Layout::right_to_left(egui::Align::Center), |ui| {
        for (index, (words, enabled)) in words.iter().enumerate() {
            ui.add_enabled_ui(*enabled, |ui| {
                let first = if index == 0 && *enabled && count > 1 { first } else { First::Equal };
                let response = foot_button(ui, scene, words, first);
                if response.clicked() {
                    chosen = Some(index);
                }
                foot.push(response.id);
            });
        }
    });
    ui.data_mut(|data| data.insert_temp(Id::unique(FOOT), foot));
    chosen
}

/// One of them; around the one that has the keyboard runs a ring.
fn foot_button(ui: &mut Ui, scene: &Scene, words: &str, first: First) -> Response {
    let look = scene.look;
    let shown = ui.scope(|ui| {
        let widgets = &mut ui.visuals_mut().widgets;
        let states = [(&mut widgets.inactive, 0.0), (&mut widgets.hovered, 0.14), (&mut widgets.active, 0.0)];
        for (state, nearer_to_ink) in states {
            match first {
                First::Main => {
                    let fill = look.accent.lerp_to_gamma(look.ink, nearer_to_ink);
                    (state.bg_fill, state.weak_bg_fill) = (fill, fill);
                    state.bg_stroke.color = fill;
                    state.fg_stroke.color = look.paper;
                }
                First::Grave => {
                    state.bg_stroke.color = look.danger;
                    state.fg_stroke.color = look.danger;
                    state.weak_bg_fill = look.raised.lerp_to_gamma(look.danger, nearer_to_ink);
                }
                First::Equal => {}
            }
        }
        button(ui, &scene.ink, words)
    });
    let response = shown.inner;
    if response.has_focus() {
        let color = if first == First::Grave { look.danger } else { look.accent };
        let ring = response.rect.expand(2.0);
        ui.painter().rect_stroke(ring, CornerRadius::same(7), Stroke::new(1.5, color), StrokeKind::Outside);
    }
    response
}
