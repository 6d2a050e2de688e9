//! A desk to test at: the real window over temporary folders, driven through accessible names.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, UiBuilder, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use hashiya::app::{Action, Workbench};
use hashiya::model::{Annotation, Coder, Project, Stamps, Timestamp};
use hashiya::store::{Roots, Surroundings, disk::RealDisk, write_atomically};
use hashiya::text::FontLibrary;
use hashiya::ui::{ShownLine, Window};

use crate::raster::CpuRenderer;

/// Times a minute apart and random bytes that count, so that pictures are always the same.
struct CountingStamps(u64);

impl CountingStamps {
    /// Stamps of a coder: those of two who work on one project differ.
    fn of(coder: &str) -> Self {
        Self(if coder == "A." { 0 } else { coder.bytes().map(u64::from).sum::<u64>() * 1_000 })
    }
}

impl Stamps for CountingStamps {
    fn now(&mut self) -> Timestamp {
        self.0 += 1;
        Timestamp::from_milliseconds(1_695_384_000_000 + self.0 as i64 * 60_000)
    }

    fn random(&mut self) -> [u8; 10] {
        self.0 += 1;
        let [a, b, c, d, e, f, g, h] = self.0.to_be_bytes();
        [0, 0, a, b, c, d, e, f, g, h]
    }
}

/// The window of one sitting. The folders outlive it, so that a second sitting finds what the first left.
pub struct Desk {
    pub harness: Harness<'static, Window>,
}

/// The user's own folders during a test.
pub struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder can be made") }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn surroundings(&self) -> Surroundings {
        let roots = Roots { data: self.path("data"), state: self.path("state") };
        Surroundings { disk: Arc::new(RealDisk), roots: Some(roots) }
    }

    /// Sits down at a window on nothing.
    pub fn sit(&self) -> Desk {
        self.sit_at(1.0)
    }

    /// The same on a screen of so many pixels a point.
    pub fn sit_at(&self, scale: f32) -> Desk {
        self.seat("A.", scale, FontLibrary::bundled())
    }

    /// The same with the fonts of a folder beside the bundled ones.
    pub fn sit_among_fonts(&self, folder: &Path) -> Desk {
        self.seat("A.", 1.0, FontLibrary::with_fonts_in(folder, || {}))
    }

    /// The same as somebody else.
    pub fn sit_as(&self, coder: &str) -> Desk {
        self.seat(coder, 1.0, FontLibrary::bundled())
    }

    fn seat(&self, coder: &str, scale: f32, fonts: FontLibrary) -> Desk {
        let bench = Workbench::new(
            self.surroundings(),
            Coder::new(coder),
            Box::new(CountingStamps::of(coder)),
            Arc::new(|| {}),
        );
        let window = Window::new(bench, fonts).with_typed_paths();
        let harness = Harness::builder()
            .with_size(vec2(1280.0, 820.0))
            .with_pixels_per_point(scale)
            .with_step_dt(1.0 / 60.0)
            .with_max_steps(64)
            .with_render_cursor(false)
            .renderer(CpuRenderer::default())
            .build_ui_state(
                |ui, window: &mut Window| {
                    // The harness leaves a margin around what it shows; a window has none.
                    let screen = ui.ctx().content_rect();
                    let mut ui = ui.new_child(UiBuilder::new().max_rect(screen));
                    ui.set_clip_rect(screen);
                    window.show(&mut ui);
                },
                window,
            );
        Desk { harness }
    }

    /// Sits down and opens a folder of documents or a project, as a path on the command line does.
    pub fn sit_with(&self, path: &Path) -> Desk {
        let mut desk = self.sit();
        desk.open(path);
        desk
    }
}

/// A folder as the system drops it.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("a folder has no bytes".to_owned())
    }
}

/// The five articles.
pub fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds")
}

impl Desk {
    pub fn open(&mut self, path: &Path) {
        self.harness.state_mut().bench_mut().act(Action::OpenPath(path.to_owned()));
        self.settle();
    }

    /// Goes on until no job runs and everything is in the journal.
    pub fn settle(&mut self) {
        let began = Instant::now();
        let mut quiet = 0;
        while quiet < 3 {
            assert!(began.elapsed() < Duration::from_secs(30), "the window does not come to rest");
            self.harness.step();
            let bench = self.harness.state().bench();
            let keeping = bench.open().map(|open| &open.keeping);
            let is_writing = keeping.is_some_and(|keeping| keeping.is_writing() && keeping.failure.is_none());
            let is_busy = !bench.jobs().is_empty() || is_writing;
            quiet = if is_busy { 0 } else { quiet + 1 };
            if is_busy {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }

    /// Goes on until something whose accessible name holds this is there.
    pub fn wait_for(&mut self, part: &str) {
        let began = Instant::now();
        while self.harness.query_by_label_contains(part).is_none() {
            assert!(began.elapsed() < Duration::from_secs(30), "«{part}» does not come");
            self.harness.step();
            std::thread::sleep(Duration::from_millis(2));
        }
        // What has just come may still find its place.
        self.harness.step();
    }

    pub fn project(&self) -> &Project {
        self.harness.state().bench().project().expect("a project is open")
    }

    pub fn annotations(&self) -> Vec<Annotation> {
        self.project().annotations().map(|(_, annotation)| (**annotation).clone()).collect()
    }

    pub fn titles(&self) -> Vec<String> {
        self.project().documents().iter().map(|document| document.title.clone()).collect()
    }

    /// Clicks what has this accessible name.
    pub fn click(&mut self, name: &str) {
        self.harness.get_by_label(name).click();
        self.settle();
    }

    /// Clicks into the field of this name.
    pub fn click_field(&mut self, name: &str) {
        let is_field = |role| matches!(role, Role::TextInput | Role::MultilineTextInput);
        self.harness.get_by(|node| is_field(node.role()) && node.label().as_deref() == Some(name)).click();
        self.settle();
    }

    /// Clicks the only thing whose accessible name holds this.
    pub fn click_on(&mut self, part: &str) {
        self.harness.get_by_label_contains(part).click();
        self.settle();
    }

    /// Chooses an item of a menu.
    pub fn menu(&mut self, menu: &str, item: &str) {
        self.click(menu);
        self.click(item);
    }

    /// Chooses from the list behind a choice.
    pub fn choose(&mut self, name: &str, choice: &str) {
        self.harness.get_by_role_and_label(Role::ComboBox, name).click();
        self.settle();
        self.harness.get_by_role_and_label(Role::ListBoxOption, choice).click();
        self.settle();
    }

    pub fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// Types into what has the keyboard.
    pub fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.settle();
    }

    pub fn lines(&self) -> Vec<ShownLine> {
        self.harness.state().reading().lines(self.harness.ctx.pixels_per_point())
    }

    fn press(&mut self, at: Pos2, pressed: bool) {
        let button = PointerButton::Primary;
        self.harness.event(Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
        self.harness.step();
    }

    /// Presses the mouse button and holds it.
    pub fn hold_at(&mut self, at: Pos2) {
        self.move_to(at);
        self.press(at, true);
    }

    /// Lets it go.
    pub fn release_at(&mut self, at: Pos2) {
        self.press(at, false);
        self.settle();
    }

    /// Drops a folder on the window.
    pub fn drop_path(&mut self, path: &Path) {
        self.harness.input_mut().dropped_files = vec![Arc::new(Dropped(path.to_owned()))];
        self.harness.step();
        self.settle();
    }

    pub fn move_to(&mut self, at: Pos2) {
        self.harness.event(Event::PointerMoved(at));
        self.harness.step();
    }

    /// Drags with the mouse from one point to another, by way of the middle.
    pub fn drag(&mut self, from: Pos2, to: Pos2) {
        self.move_to(from);
        self.press(from, true);
        self.move_to(from + (to - from) / 2.0);
        self.move_to(to);
        self.press(to, false);
        self.settle();
    }

    /// Clicks so many times at a point of the window.
    pub fn click_at(&mut self, at: Pos2, times: usize) {
        self.move_to(at);
        for _ in 0..times {
            self.press(at, true);
            self.press(at, false);
        }
        self.settle();
    }

    /// Selects the line of a paragraph by a drag along it, in the direction in which it is read, and returns its bytes.
    pub fn drag_over_line(&mut self, paragraph: usize, line: usize) -> std::ops::Range<usize> {
        let lines = self.lines();
        let shown = lines
            .iter()
            .filter(|shown| shown.paragraph == paragraph)
            .nth(line)
            .unwrap_or_else(|| panic!("line {line} of paragraph {paragraph} is in view"));
        let (right, left) =
            (shown.rect.right_center() - vec2(1.0, 0.0), shown.rect.left_center() + vec2(1.0, 0.0));
        let range = shown.span.range();
        self.drag(right, left);
        range
    }

    pub fn selected(&self) -> Option<String> {
        let bench = self.harness.state().bench();
        let span = bench.selected_span()?;
        bench.document()?.text.slice(span).map(str::to_owned)
    }

    /// What the next frames put on the clipboard.
    pub fn copied(&mut self) -> Option<String> {
        for _ in 0..4 {
            self.harness.step();
            let commands = &self.harness.output().platform_output.commands;
            let copied = commands.iter().find_map(|command| match command {
                egui::OutputCommand::CopyText(text) => Some(text.clone()),
                _ => None,
            });
            if copied.is_some() {
                return copied;
            }
        }
        None
    }

    /// Changes the files in a folder of a project as another program or a sync does, and has the window look.
    pub fn sync(&mut self, place: &Path, folder: &str, change: impl Fn(&str) -> String) {
        let entries = walkdir::WalkDir::new(place.join(folder)).into_iter().filter_map(Result::ok);
        let mut any = false;
        for file in entries.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "ron")) {
            let before = std::fs::read_to_string(file.path()).expect("a file of the project");
            let after = change(&before);
            any |= after != before;
            write_atomically(file.path(), after.as_bytes()).expect("it can be written");
        }
        assert!(any, "something is changed");
        self.harness.state_mut().bench_mut().act(Action::LookRound);
        self.settle();
    }

    /// Gets up: the window closes and gives everything up.
    pub fn leave(mut self) {
        self.harness.state_mut().bench_mut().act(Action::Run(hashiya::app::Command::Quit));
        let began = Instant::now();
        while !self.harness.state().bench().closed() {
            assert!(began.elapsed() < Duration::from_secs(30), "the window does not close");
            self.harness.step();
            std::thread::sleep(Duration::from_millis(2));
        }
        self.harness.state_mut().shut();
    }
}
