//! A window without a display, and who sits at it: projects on a disk, frames one by one, events as a hand makes them.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use egui::{Event, Modifiers, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect, TouchPhase, pos2, vec2};

use hashiya::app::{Action, Workbench};
use hashiya::model::{
    Annotation, AnnotationTable, Codebook, Coder, Color, Document, DocumentId, Project, Settings, Stamps, Tag,
};
use hashiya::store::window_state::{self, WindowState};
use hashiya::store::{Roots, Surroundings, SystemStamps, create_with, disk::RealDisk, document_from_bytes};
use hashiya::text::FontLibrary;
use hashiya::ui::Window;

pub const SCREEN: Rect = Rect { min: Pos2::ZERO, max: pos2(1280.0, 820.0) };
pub const ALL_PANELS: &[&str] = &["documents", "codebook", "table"];

/// What this thread has worked since: its time on a processor, where the system tells (Linux), so that other programs do not count; else the
/// time that has passed.
pub struct Work(Result<Duration, Instant>);

impl Work {
    pub fn begin() -> Self {
        Self(on_processor().ok_or_else(Instant::now))
    }

    pub fn done(self) -> Duration {
        match self.0 {
            Ok(begun) => on_processor().unwrap_or(begun).saturating_sub(begun),
            Err(begun) => begun.elapsed(),
        }
    }
}

fn on_processor() -> Option<Duration> {
    // The count is brought up to date when a thread gives way.
    std::thread::yield_now();
    let counts = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(counts.split(' ').next()?.parse().ok()?))
}

/// What both sides of a ratio took.
#[derive(Default)]
pub struct Pair {
    pub marked: Vec<Duration>,
    pub plain: Vec<Duration>,
}

impl Pair {
    /// Runs both sides, each first in every other round.
    pub fn take(
        &mut self,
        round: usize,
        marked: impl FnOnce() -> Duration,
        plain: impl FnOnce() -> Duration,
    ) {
        if round.is_multiple_of(2) {
            self.marked.push(marked());
            self.plain.push(plain());
        } else {
            self.plain.push(plain());
            self.marked.push(marked());
        }
    }

    /// The medians of both in seconds.
    pub fn medians(&mut self) -> (f64, f64) {
        let median = |times: &mut Vec<Duration>| {
            times.sort_unstable();
            times[times.len() / 2].as_secs_f64()
        };
        (median(&mut self.marked), median(&mut self.plain))
    }
}

/// Where the projects and the user's folders are.
pub struct Home {
    pub folder: PathBuf,
}

/// A project on the disk.
pub struct Made {
    pub place: PathBuf,
    pub id: hashiya::model::ProjectId,
    pub documents: Vec<DocumentId>,
    /// How many paragraphs the first document has.
    pub paragraphs: usize,
    pub tags: Vec<hashiya::model::TagId>,
}

impl Home {
    pub fn roots(&self) -> Roots {
        Roots { data: self.folder.join("data"), state: self.folder.join("state") }
    }

    pub fn surroundings(&self) -> Surroundings {
        Surroundings { disk: Arc::new(RealDisk), roots: Some(self.roots()) }
    }

    /// Writes a project of these documents, each with so many annotations.
    pub fn project(&self, documents: Vec<Document>, counts: &[usize]) -> Made {
        let stamps = &mut SystemStamps;
        let names = ["نسبة القول", "تسمية", "تصعيد", "مصدر مجهول", "استعارة", "رقم", "سياق", "نفي"];
        let tags: Vec<Tag> = names
            .iter()
            .enumerate()
            .map(|(at, name)| Tag {
                id: stamps.tag_id(),
                name: (*name).to_owned(),
                color: Color([40 + 25 * at as u8, 150 - 12 * at as u8, 90 + 10 * at as u8]),
                shortcut: None,
                parent: None,
                definition: String::new(),
                withdrawn: false,
            })
            .collect();
        let tables: Vec<_> = documents
            .iter()
            .zip(counts)
            .map(|(document, &count)| (document.id, AnnotationTable::new(spread(document, count, &tags))))
            .collect();
        let made = Made {
            place: self.folder.join(format!("{}.hashiya", stamps.project_id())),
            id: stamps.project_id(),
            documents: documents.iter().map(|document| document.id).collect(),
            paragraphs: documents[0].text.matches('\n').count() + 1,
            tags: tags.iter().map(|tag| tag.id).collect(),
        };
        let project = Project::from_parts(
            made.id,
            "مشروع".to_owned(),
            Settings::default(),
            Codebook::new(tags),
            documents.into_iter().map(Arc::new).collect(),
            tables,
        );
        let opened =
            create_with(&self.surroundings(), &made.place, &project, &Coder::new("A."), Arc::new(|| {}));
        opened.expect("the project is made").session.close().expect("the project is closed");
        made
    }

    /// A new window with these panels, to stand at a share of the way through the first document of a project.
    pub fn sit(&self, panels: &[&str], project: Option<&Made>, share: f64) -> Seat {
        if let Some(project) = project {
            let state = WindowState {
                document: project.documents.first().copied(),
                paragraph: (project.paragraphs as f64 * share) as usize,
                shown: ALL_PANELS.iter().map(|&name| (name.to_owned(), panels.contains(&name))).collect(),
                ..WindowState::default()
            };
            window_state::save(&self.roots(), project.id, &state).expect("the state is kept");
        }
        let (sender, woken) = channel();
        let sender = Mutex::new(sender);
        let wake = Arc::new(move || {
            sender.lock().expect("nothing panics here").send(()).ok();
        });
        let bench = Workbench::new(self.surroundings(), Coder::new("A."), Box::new(SystemStamps), wake);
        let window = Window::new(bench, FontLibrary::bundled()).with_typed_paths();
        Seat { context: egui::Context::default(), window, woken, time: 0.0 }
    }
}

/// A window and who sits at it.
pub struct Seat {
    pub context: egui::Context,
    pub window: Window,
    pub woken: Receiver<()>,
    pub time: f64,
}

impl Seat {
    /// One frame; what it gives to the painter is dropped unseen.
    pub fn frame(&mut self, events: Vec<Event>) -> egui::FullOutput {
        self.time += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(SCREEN),
            time: Some(self.time),
            focused: true,
            events,
            ..RawInput::default()
        };
        self.context.run_ui(input, |ui| self.window.show(ui))
    }

    pub fn timed(&mut self, events: Vec<Event>) -> Duration {
        let begun = Work::begin();
        let output = self.frame(events);
        let taken = begun.done();
        drop(std::hint::black_box(output));
        taken
    }

    pub fn open(&mut self, place: &Path) {
        self.window.bench_mut().act(Action::OpenPath(place.to_owned()));
    }

    pub fn project(&self) -> &Project {
        self.window.bench().project().expect("a project is open")
    }

    /// Goes on until a project is open, no job runs and everything is in the journal.
    pub fn settle(&mut self) {
        let mut quiet = 0;
        while quiet < 3 {
            self.frame(Vec::new());
            let bench = self.window.bench();
            let is_busy =
                !bench.jobs().is_empty() || bench.open().is_none_or(|open| open.keeping.is_writing());
            quiet = if is_busy { 0 } else { quiet + 1 };
            if is_busy {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }

    pub fn click(&mut self, at: Pos2) {
        self.frame(vec![Event::PointerMoved(at)]);
        self.frame(vec![press(at, true)]);
        self.frame(vec![press(at, false)]);
    }

    /// Where the thing with this in its accessible name stands.
    pub fn place_of(&mut self, name: &str) -> Pos2 {
        self.context.enable_accesskit();
        let output = self.frame(Vec::new());
        self.context.disable_accesskit();
        let tree = output.platform_output.accesskit_update.expect("asked for");
        let found =
            tree.nodes.iter().find(|(_, node)| node.label().is_some_and(|label| label.contains(name)));
        let bounds = found.and_then(|(_, node)| node.bounds()).expect("it is shown");
        pos2((bounds.x0 + bounds.x1) as f32 / 2.0, (bounds.y0 + bounds.y1) as f32 / 2.0)
    }

    /// Whether the last frame showed lines of this document.
    pub fn shows(&self, document: DocumentId) -> bool {
        let open = self.window.bench().document().filter(|open| open.id == document);
        let lines = self.window.reading().lines(1.0);
        open.is_some_and(|open| {
            lines.last().is_some_and(|line| line.span.end.index() > 1000.min(open.text.len() / 2))
        })
    }

    /// The first byte in view, and the byte after the last.
    pub fn bytes_in_view(&self) -> (usize, usize) {
        let mut lines = self.window.reading().lines(1.0);
        lines.retain(|line| line.rect.intersects(SCREEN));
        let range = lines.first().zip(lines.last());
        range.map(|(first, last)| (first.span.start.index(), last.span.end.index())).expect("lines are shown")
    }

    pub fn leave(mut self) {
        self.window.shut();
    }
}

pub fn press(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}

/// The wheel turned by so many points, down the page.
pub fn wheel(points: f32) -> Vec<Event> {
    let (unit, delta) = (MouseWheelUnit::Point, vec2(0.0, -points));
    let source = egui::MouseWheelSource::Unknown;
    vec![Event::MouseWheel { unit, delta, phase: TouchPhase::Move, source, modifiers: Modifiers::NONE }]
}

/// The paragraphs of the seeds that are not empty.
pub fn paragraphs_of_seeds() -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds"))
        .expect("the seeds are in the tree")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    let texts: Vec<String> = files.iter().map(|path| std::fs::read_to_string(path).expect("UTF-8")).collect();
    let lines = texts.iter().flat_map(|text| text.lines()).filter(|line| !line.trim().is_empty());
    lines.map(str::to_owned).collect()
}

pub fn document_of(text: &str, title: &str) -> Document {
    let document = document_from_bytes(text.as_bytes(), "text.txt", Some("utf-8"), &mut SystemStamps);
    Document { title: title.to_owned(), ..document.expect("it is UTF-8") }
}

/// Annotations spread evenly over a document; a third have a note.
pub fn spread(document: &Document, count: usize, tags: &[Tag]) -> Vec<Arc<Annotation>> {
    let text = &document.text;
    let lengths = [24, 60, 86, 40, 260];
    (0..count)
        .map(|at| {
            let start = (text.len() / count * at).min(text.len() - 1);
            let end = (start + lengths[at % lengths.len()]).min(text.len());
            let span = text.widen(start..end);
            let now = SystemStamps.now();
            Arc::new(Annotation {
                id: SystemStamps.annotation_id(),
                document: document.id,
                spans: vec![span],
                tags: vec![tags[at % tags.len()].id],
                note: if at % 3 == 0 {
                    format!("ملاحظة {at}: يقارن بما قيل قبله")
                } else {
                    String::new()
                },
                attributes: Vec::new(),
                relations: Vec::new(),
                coder: Coder::new("A."),
                created: now,
                modified: now,
                quote: text.quote(&[span]),
            })
        })
        .collect()
}
