//! The window: the panels around the reading view, put together once a frame.

use std::path::PathBuf;

use egui::{
    Button, CentralPanel, Context, CornerRadius, Frame, Id, Key, Margin, Modifiers, Panel, Popup, Role,
    Stroke, Ui,
};

use super::dialogs::{Dialogs, FileDialogs};
use super::look::Look;
use super::panels::card::Card;
use super::panels::documents::DocumentList;
use super::panels::find::FindBar;
use super::panels::palette::{Palette, take_digit};
use super::panels::table::Table;
use super::panels::{codebook, foot, landmark, notices};
use super::probe::Probe;
use super::reading::Reading;
use super::scene::Scene;
use super::speech::Speech;
use super::text::{Ink, Label, button, named};
use super::{look, menus};
use crate::app::{Action, Command, Pick, Workbench};
use crate::text::FontLibrary;

/// The window and all that it keeps from frame to frame.
pub struct Window {
    bench: Workbench,
    speech: Speech,
    look: Look,
    ink: Ink,
    frame: u64,
    applied: Option<String>,
    titled: String,
    reading: Reading,
    reading_id: Id,
    documents: DocumentList,
    find: FindBar,
    card: Card,
    table: Table,
    palette: Palette,
    dialogs: Dialogs,
    files: FileDialogs,
    probe: Probe,
    tags: Vec<egui::Rect>,
    foot: String,
}

impl Window {
    /// A window on a workbench, in these fonts.
    pub fn new(bench: Workbench, fonts: FontLibrary) -> Self {
        let (speech, ink) = (Speech::default(), Ink::new(fonts));
        ink.set_locale(speech.locale());
        Self {
            bench,
            speech,
            look: Look::named("light"),
            ink,
            frame: 0,
            applied: None,
            titled: String::new(),
            reading: Reading::default(),
            reading_id: Id::unique("reading"),
            documents: DocumentList::default(),
            find: FindBar::default(),
            card: Card::default(),
            table: Table::default(),
            palette: Palette::default(),
            dialogs: Dialogs::default(),
            files: FileDialogs::default(),
            probe: Probe::from_environment(),
            tags: Vec::new(),
            foot: String::new(),
        }
    }

    /// The same window without the machine's file dialogs: every path is typed in the window.
    pub fn with_typed_paths(mut self) -> Self {
        self.files = FileDialogs::typed();
        self
    }

    /// What the window works on.
    pub fn bench(&self) -> &Workbench {
        &self.bench
    }

    /// What the window works on, to be changed from outside; for tests and for the start.
    pub fn bench_mut(&mut self) -> &mut Workbench {
        &mut self.bench
    }

    /// The reading view as it stood in the last frame.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// One frame: takes up what other threads finished, shows everything, fulfils the wishes.
    pub fn show(&mut self, ui: &mut Ui) {
        let context = ui.ctx().clone();
        self.frame += 1;
        if let Some(after) = self.bench.tick() {
            context.request_repaint_after(after);
        }
        self.files.poll(&mut self.bench);
        if context.input(|input| input.events.contains(&egui::Event::WindowFocused(true))) {
            self.bench.act(Action::LookRound);
        }
        self.take_drops(&context);
        self.take_close(&context);
        self.apply_look(&context);
        self.ink.begin_frame(&context);
        let wishes = self.panels(ui);
        self.ink.end_frame(&context);
        let any = !wishes.is_empty();
        for wish in wishes {
            self.bench.act(wish);
        }
        if any {
            context.request_repaint();
        }
        self.serve(&context);
        self.report(&context);
    }

    /// Ends the work: the window is gone.
    pub fn shut(&mut self) {
        self.bench.shut();
    }

    fn panels(&mut self, ui: &mut Ui) -> Vec<Action> {
        let scene =
            Scene::new(&self.bench, &self.look, &self.ink, &self.speech, self.frame, self.palette.is_blank());
        let line = Stroke::new(1.0, scene.look.hairline);
        let desk = Frame::NONE.fill(scene.look.desk);
        Panel::top("menus").frame(desk.inner_margin(Margin::symmetric(12, 6))).show(ui, |ui| {
            ui.horizontal(|ui| {
                let name = scene.say("window-name");
                Label::written(&name).size(19.0).bold().color(scene.look.accent).show(ui, &scene.ink);
                ui.add_space(6.0);
                menus::bar(ui, &scene);
            });
        });
        if scene.bench.open().is_none() {
            CentralPanel::default().frame(Frame::NONE.fill(scene.look.paper)).show(ui, |ui| {
                notices::show(ui, &scene);
                start(ui, &scene);
            });
        } else {
            Panel::bottom("foot").exact_size(26.0).frame(desk.inner_margin(Margin::symmetric(12, 0))).show(
                ui,
                |ui| {
                    landmark(ui, Role::Status, &scene.say("landmark-foot"));
                    self.foot = foot::show(ui, &scene, self.card.is_typing());
                },
            );
            let view = scene.bench.view();
            // In a low window the reading view keeps half of the height.
            let most = (ui.available_height() * 0.5).max(60.0);
            if view.table {
                Panel::bottom("table")
                    .resizable(true)
                    .default_size(228.0)
                    .size_range(most.min(90.0)..=most)
                    .frame(Frame::NONE.fill(scene.look.raised).inner_margin(Margin::symmetric(12, 8)))
                    .show(ui, |ui| self.table.show(ui, &scene));
            }
            if view.documents {
                Panel::left("documents")
                    .resizable(true)
                    .default_size(250.0)
                    .size_range(150.0..=420.0)
                    .frame(desk.inner_margin(Margin::same(12)))
                    .show(ui, |ui| self.documents.show(ui, &scene));
            }
            if view.codebook {
                Panel::right("codebook")
                    .resizable(true)
                    .default_size(280.0)
                    .size_range(180.0..=460.0)
                    .frame(desk.inner_margin(Margin::same(12)))
                    .show(ui, |ui| {
                        // In a low window what does not fit is cut off: contents that overflow would stretch the panel over the table.
                        let room = ui.available_rect_before_wrap();
                        ui.allocate_rect(room, egui::Sense::hover());
                        let ui = &mut ui.new_child(egui::UiBuilder::new().max_rect(room));
                        ui.set_clip_rect(room.expand(4.0).intersect(ui.clip_rect()));
                        let half = ui.available_height() * 0.4;
                        self.tags = codebook::show(ui, &scene, half);
                        ui.add_space(6.0);
                        let (rect, _) = ui
                            .allocate_exact_size(egui::vec2(ui.available_width(), 9.0), egui::Sense::hover());
                        ui.painter().hline(rect.x_range(), rect.center().y, line);
                        self.card.show(ui, &scene);
                    });
            }
            self.find.show(ui, &scene, self.reading_id);
            CentralPanel::default().frame(Frame::NONE.fill(scene.look.paper)).show(ui, |ui| {
                ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_role(Role::Main));
                notices::show(ui, &scene);
                self.reading_id = self.reading.show(ui, &scene).id;
            });
            self.palette.show(ui, &scene, self.reading.selection(), self.reading_id);
        }
        self.dialogs.show(ui, &scene);
        // An open menu has the keys.
        if scene.bench.dialog().is_none() && !Popup::is_any_open(ui.ctx()) {
            shortcuts(ui, &scene, self.reading_id);
        }
        // A note that is being typed is written down before anything else happens to the project.
        let mut wishes = Vec::new();
        if scene.has_wish(|wish| matches!(wish, Action::Run(_) | Action::OpenPath(_) | Action::LeaveAgain)) {
            self.card.flush(&scene);
        }
        wishes.extend(scene.into_wishes());
        wishes.sort_by_key(|wish| !matches!(wish, Action::SetNote(..) | Action::ExtendNote(..)));
        wishes
    }

    fn take_drops(&mut self, context: &Context) {
        let dropped = context.input(|input| input.raw.dropped_files.clone());
        if let Some(path) = dropped.into_iter().next().map(|file| file.path().to_owned()) {
            self.bench.act(Action::OpenPath(path));
        }
    }

    fn take_close(&mut self, context: &Context) {
        let asked = context.input(|input| input.viewport().close_requested());
        if asked && !self.bench.closed() {
            context.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            let scene = Scene::new(&self.bench, &self.look, &self.ink, &self.speech, self.frame, true);
            self.card.flush(&scene);
            for wish in scene.into_wishes() {
                self.bench.act(wish);
            }
            self.bench.act(Action::Run(Command::Quit));
        }
    }

    fn apply_look(&mut self, context: &Context) {
        let theme = &self.bench.view().theme;
        if self.applied.as_ref() != Some(theme) {
            self.look = Look::named(theme);
            self.look.apply(context);
            context.options_mut(|options| options.zoom_with_keyboard = false);
            self.applied = Some(theme.clone());
        }
    }

    /// Does what only the window can: the clipboard, file dialogs, the title, closing.
    fn serve(&mut self, context: &Context) {
        if let Some(text) = self.bench.take_copied() {
            context.copy_text(text);
        }
        if let Some(pick) = self.bench.take_pick() {
            let title = self.speech.say(
                match &pick {
                    Pick::OpenFolder => "path-open-folder",
                    Pick::AddDocuments => "path-add-documents",
                    Pick::UpdateDocument(_) => "path-update-document",
                    Pick::SaveAs => "path-save-as",
                    Pick::Export(_) => "path-export",
                    Pick::Import(..) => "path-import",
                },
                &[],
                &[],
            );
            let name = self.bench.proposed_name(&pick);
            let home =
                self.bench.recent().places.first().and_then(|recent| recent.path.parent()).map(PathBuf::from);
            self.files.open(context, pick, title, name, home);
        }
        let title = self.speech.say("window-title", &[], &[]);
        let title = match self.bench.project() {
            Some(project) => format!("{} — {title}", project.title()),
            None => title,
        };
        if title != self.titled {
            context.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.titled = title;
        }
        // What a screen reader says when the window comes to the front.
        context
            .accesskit_node_builder(egui::accesskit_root_id(), |node| node.set_label(self.titled.as_str()));
        if self.bench.closed() {
            context.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    fn report(&mut self, context: &Context) {
        if !self.probe.is_on() {
            return;
        }
        let scale = context.pixels_per_point();
        self.probe.report(
            self.frame,
            scale,
            &super::probe::Seen {
                bench: &self.bench,
                reading: &self.reading,
                documents: &self.documents.rects,
                tags: &self.tags,
                rows: &self.table.rects,
                palette: self.palette.rect,
                note: self.card.field,
                foot: &self.foot,
            },
        );
    }
}

/// What is shown while nothing is open.
fn start(ui: &mut Ui, scene: &Scene) {
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.22).max(20.0));
        let name = scene.say("window-name");
        Label::written(&name).size(64.0).color(scene.look.accent).show(ui, &scene.ink);
        let is_opening = scene.bench.jobs().iter().any(|job| job.kind == crate::app::JobKind::Opening);
        let title = scene.say(if is_opening { "start-opening" } else { "start-title" });
        Label::interface(&title).size(20.0).show(ui, &scene.ink);
        ui.add_space(6.0);
        let width = 520.0_f32.min(ui.available_width() - 40.0);
        let text = scene.say("start-text");
        Label::interface(&text)
            .color(scene.look.quiet)
            .within(width, 4)
            .align(crate::text::Align::Center)
            .show(ui, &scene.ink);
        ui.add_space(14.0);
        let words = scene.say("start-open");
        let atom = Label::interface(&words).color(scene.look.paper).bold().atom(ui, &scene.ink);
        let primary = Button::new(atom)
            .fill(scene.look.accent)
            .stroke(Stroke::NONE)
            .corner_radius(CornerRadius::same(6))
            .min_size(egui::vec2(150.0, 36.0));
        if named(ui.add(primary), Role::Button, &words).clicked() {
            scene.wish(Action::Run(Command::OpenFolder));
        }
        let recent = &scene.bench.recent().places;
        if !recent.is_empty() {
            ui.add_space(24.0);
            let title = scene.say("start-recent");
            Label::interface(&title).size(look::SMALL_TEXT).color(scene.look.quiet).show(ui, &scene.ink);
            for recent in recent.iter().take(6) {
                let path = &recent.path;
                let shown = path.display().to_string();
                if button(ui, &scene.ink, &shown).clicked() {
                    scene.wish(Action::OpenPath(path.clone()));
                }
            }
        }
    });
}

/// Runs the commands whose keys were pressed and that no field has taken.
fn shortcuts(ui: &Ui, scene: &Scene, reading: Id) {
    // Those with Shift come first: egui takes a combination without it for one with it too.
    let mut commands: Vec<_> =
        Command::ALL.iter().filter_map(|&command| Some((command, command.shortcut()?))).collect();
    commands.sort_by_key(|(_, shortcut)| !shortcut.shift);
    for (command, shortcut) in commands {
        let Some(key) = Key::from_name(shortcut.key) else { continue };
        let modifiers = Modifiers {
            shift: shortcut.shift,
            command: shortcut.control,
            ctrl: shortcut.control,
            ..Modifiers::NONE
        };
        if pressed(ui, modifiers, key) {
            scene.wish(Action::Run(command));
        }
    }
    // The system's copy keys come as an event of their own.
    let copies = ui.input(|input| input.events.iter().any(|event| matches!(event, egui::Event::Copy)));
    let on_text =
        ui.memory(|memory| memory.focused().is_none_or(|id| id == reading || id == Palette::field()));
    if copies && on_text {
        scene.wish(Action::Run(Command::Copy));
    }
    if on_text
        && scene.bench.selected_span().is_some()
        && !scene.bench.offering()
        && let Some(project) = scene.bench.project()
        && let Some(number) = take_digit(ui)
        && let Some(tag) = project.codebook().tags().get(number - 1)
    {
        scene.wish(Action::ApplyTag(tag.id));
    }
}

/// Whether a key combination was pressed; it counts for nothing else then. `+` and `=` are one key.
fn pressed(ui: &Ui, modifiers: Modifiers, key: Key) -> bool {
    ui.input_mut(|input| {
        let mut hit = input.consume_key(modifiers, key);
        if key == Key::Plus {
            let shifted = Modifiers { shift: true, ..modifiers };
            hit |= input.consume_key(modifiers, Key::Equals)
                | input.consume_key(shifted, Key::Equals)
                | input.consume_key(shifted, Key::Plus);
        }
        hit
    })
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.shut();
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        self.look.desk.to_normalized_gamma_f32()
    }
}
