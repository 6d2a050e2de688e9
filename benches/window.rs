//! The window with a long, densely marked document, as ratios to the same with a short or an unmarked one.
//!
//! The real window is driven frame by frame without a display: everything up to egui's shapes is timed, nothing is tessellated or
//! painted. The two sides of each ratio take turns, so that both meet the machine in the same state. Where something is opened, both
//! sides start with a window that has drawn no letter of the documents, so that no glyph comes from a cache that a user would not have.
//! Annotations are spread evenly over the document; every fifth reaches over its neighbours. Run with `cargo bench --bench window`, or with a part
//! of a name after `--`.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use egui::{Event, Modifiers, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect, TouchPhase, pos2, vec2};

use hashiya::app::{Action, Command, Selection, Workbench};
use hashiya::model::{
    Annotation, AnnotationTable, Codebook, Coder, Color, Document, DocumentId, Project, Settings, Stamps, Tag,
};
use hashiya::store::window_state::{self, WindowState};
use hashiya::store::{Roots, Surroundings, SystemStamps, create_with, disk::RealDisk, document_from_bytes};
use hashiya::text::FontLibrary;
use hashiya::ui::Window;

/// The long document, in bytes.
const LONG: usize = 1_000_000;
/// The short document, in bytes.
const SHORT: usize = 5_000;
/// The annotations of the long document.
const MARKS: usize = 10_000;

const SCREEN: Rect = Rect { min: Pos2::ZERO, max: pos2(1280.0, 820.0) };
const ALL_PANELS: &[&str] = &["documents", "codebook", "table"];

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = Home { folder: folder.path().to_owned() };
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    println!("{:<62} {:>5} {:>7} {:>12} {:>12}", "median of", "aim", "ratio", "marked ms", "plain ms");
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    for (of, panels) in [("the reading view", &[][..]), ("the whole window", ALL_PANELS)] {
        let (rest, scroll) =
            (format!("a frame of {of} at rest"), format!("a frame of {of} that scrolls one line"));
        if is_wanted(&rest) {
            still_frame(&home, &rest, panels);
        }
        if is_wanted(&scroll) {
            scrolled_frame(&home, &scroll, panels);
        }
    }
    let click = "a click on a document to its first picture";
    if is_wanted(click) {
        click_to_picture(&home, click);
    }
    let path = "a project on disk opened to its first picture";
    if is_wanted(path) {
        path_to_picture(&home, path);
    }
    let more = "one more annotation, to the frame that shows it";
    if is_wanted(more) {
        one_more(&home, more);
    }
}

/// One frame of two windows on the same place of the same text, with all annotations and with none.
fn still_frame(home: &Home, name: &str, panels: &[&str]) {
    let (mut marked, mut plain) = in_the_middle(home, panels);
    let mut times = Pair::default();
    for round in 0..600 {
        times.take(round, || marked.timed(Vec::new()), || plain.timed(Vec::new()));
    }
    times.print(name, 1.3);
    marked.leave();
    plain.leave();
}

/// The same while the wheel turns: each frame brings a new line in.
fn scrolled_frame(home: &Home, name: &str, panels: &[&str]) {
    let (mut marked, mut plain) = in_the_middle(home, panels);
    let mut times = Pair::default();
    let over_the_text = Event::PointerMoved(pos2(700.0, 300.0));
    marked.frame(vec![over_the_text.clone()]);
    plain.frame(vec![over_the_text]);
    for round in 0..600 {
        let wheel = || {
            let (unit, delta) = (MouseWheelUnit::Point, vec2(0.0, -38.0));
            let source = egui::MouseWheelSource::Unknown;
            vec![Event::MouseWheel {
                unit,
                delta,
                phase: TouchPhase::Move,
                source,
                modifiers: Modifiers::NONE,
            }]
        };
        times.take(round, || marked.timed(wheel()), || plain.timed(wheel()));
    }
    times.print(name, 1.3);
    marked.leave();
    plain.leave();
}

/// Two windows on the middle of the long document, with a caret in the text: one with all annotations, one with none.
fn in_the_middle(home: &Home, panels: &[&str]) -> (Seat, Seat) {
    let seat = |count: usize| {
        let project = home.project(vec![document(LONG, "طويل")], &[count]);
        let mut seat = home.sit(panels, Some(&project), 0.5);
        seat.open(&project.place);
        seat.settle();
        seat.click(pos2(700.0, 300.0));
        for _ in 0..30 {
            seat.frame(Vec::new());
        }
        let (first, last) = seat.bytes_in_view();
        let marks = seat.project().table(project.documents[0]).iter();
        let in_view = marks.filter(|mark| {
            let extent = mark.extent();
            extent.start.index() < last && extent.end.index() > first
        });
        assert_eq!(in_view.count() > 10, count > 0, "the place in view has its share of the annotations");
        seat
    };
    (seat(MARKS), seat(0))
}

/// From the click on a document in the list to the end of the first frame that shows it.
fn click_to_picture(home: &Home, name: &str) {
    let documents = vec![document_of("\n", "مفتوح"), document(LONG, "طويل"), document(SHORT, "قصير")];
    let project = home.project(documents, &[0, MARKS, 0]);
    let mut times = Pair::default();
    let run = |title: &str, document: DocumentId| {
        let mut seat = home.sit(ALL_PANELS, Some(&project), 0.0);
        seat.open(&project.place);
        seat.settle();
        let at = seat.place_of(title);
        seat.frame(vec![Event::PointerMoved(at)]);
        seat.frame(vec![press(at, true)]);
        let mut taken = seat.timed(vec![press(at, false)]);
        while !seat.shows(document) {
            taken += seat.timed(Vec::new());
        }
        seat.leave();
        taken
    };
    for round in 0..25 {
        times.take(round, || run("طويل", project.documents[1]), || run("قصير", project.documents[2]));
    }
    times.print(name, 3.0);
}

/// From the wish to open a project of one document to the end of the first frame that shows its text, jobs and disk included.
fn path_to_picture(home: &Home, name: &str) {
    let long = home.project(vec![document(LONG, "طويل")], &[MARKS]);
    let short = home.project(vec![document(SHORT, "قصير")], &[0]);
    let mut times = Pair::default();
    let run = |project: &Made| {
        let mut seat = home.sit(ALL_PANELS, Some(project), 0.0);
        seat.frame(Vec::new());
        let begun = Instant::now();
        seat.open(&project.place);
        loop {
            seat.frame(Vec::new());
            if seat.shows(project.documents[0]) {
                break;
            }
            // As in the real window, the next frame comes when a job has something to show.
            seat.woken.recv_timeout(Duration::from_millis(100)).ok();
        }
        let taken = begun.elapsed();
        seat.settle();
        seat.leave();
        taken
    };
    for round in 0..25 {
        times.take(round, || run(&long), || run(&short));
    }
    times.print(name, 3.0);
}

/// From a tag chosen for selected text to the end of the frame that shows the annotation; the journal is written meanwhile.
fn one_more(home: &Home, name: &str) {
    let seat = |bytes: usize, count: usize| {
        let project = home.project(vec![document(bytes, "نص")], &[count]);
        let mut seat = home.sit(ALL_PANELS, Some(&project), 0.0);
        seat.open(&project.place);
        seat.settle();
        (seat, project)
    };
    let (mut long, mut short) = (seat(LONG, MARKS), seat(SHORT, 0));
    let mut times = Pair::default();
    let run = |(seat, project): &mut (Seat, Made), round: usize| {
        // Every round marks other words, which no label has shown before.
        let document = project.documents[0];
        let (first, last) = seat.bytes_in_view();
        let anchor = first + 40 + round * 17 % ((last - first) / 2);
        let focus = anchor + 60 + round % 7 * 8;
        let selection = Selection { document, anchor, focus };
        let before = seat.project().annotation_count();
        seat.window.bench_mut().act(Action::Select(Some(selection)));
        seat.frame(Vec::new());
        let begun = Instant::now();
        seat.window.bench_mut().act(Action::ApplyTag(project.tags[round % project.tags.len()]));
        let taken = begun.elapsed() + seat.timed(Vec::new());
        assert_eq!(seat.project().annotation_count(), before + 1);
        seat.window.bench_mut().act(Action::Run(Command::Undo));
        seat.settle();
        taken
    };
    for round in 0..120 {
        times.take(round, || run(&mut long, round), || run(&mut short, round));
    }
    times.print(name, 2.0);
    long.0.leave();
    short.0.leave();
}

/// What both sides of a ratio took.
#[derive(Default)]
struct Pair {
    marked: Vec<Duration>,
    plain: Vec<Duration>,
}

impl Pair {
    /// Runs both sides, each first in every other round.
    fn take(&mut self, round: usize, marked: impl FnOnce() -> Duration, plain: impl FnOnce() -> Duration) {
        if round.is_multiple_of(2) {
            self.marked.push(marked());
            self.plain.push(plain());
        } else {
            self.plain.push(plain());
            self.marked.push(marked());
        }
    }

    fn print(&mut self, name: &str, aim: f64) {
        let median = |times: &mut Vec<Duration>| {
            times.sort_unstable();
            times[times.len() / 2].as_secs_f64() * 1.0e3
        };
        let name = format!("{} rounds: {name}", self.marked.len());
        let (marked, plain) = (median(&mut self.marked), median(&mut self.plain));
        println!("{name:<62} {aim:>5} {:>7.2} {marked:>12.3} {plain:>12.3}", marked / plain);
    }
}

/// Where the projects and the user's folders are.
struct Home {
    folder: PathBuf,
}

/// A project on the disk.
struct Made {
    place: PathBuf,
    id: hashiya::model::ProjectId,
    documents: Vec<DocumentId>,
    /// How many paragraphs the first document has.
    paragraphs: usize,
    tags: Vec<hashiya::model::TagId>,
}

impl Home {
    fn roots(&self) -> Roots {
        Roots { data: self.folder.join("data"), state: self.folder.join("state") }
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { disk: Arc::new(RealDisk), roots: Some(self.roots()) }
    }

    /// Writes a project of these documents, each with so many annotations.
    fn project(&self, documents: Vec<Document>, counts: &[usize]) -> Made {
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
    fn sit(&self, panels: &[&str], project: Option<&Made>, share: f64) -> Seat {
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
struct Seat {
    context: egui::Context,
    window: Window,
    woken: Receiver<()>,
    time: f64,
}

impl Seat {
    /// One frame; what it gives to the painter is dropped unseen.
    fn frame(&mut self, events: Vec<Event>) -> egui::FullOutput {
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

    fn timed(&mut self, events: Vec<Event>) -> Duration {
        let begun = Instant::now();
        let output = self.frame(events);
        let taken = begun.elapsed();
        drop(std::hint::black_box(output));
        taken
    }

    fn open(&mut self, place: &Path) {
        self.window.bench_mut().act(Action::OpenPath(place.to_owned()));
    }

    fn project(&self) -> &Project {
        self.window.bench().project().expect("a project is open")
    }

    /// Goes on until a project is open, no job runs and everything is in the journal.
    fn settle(&mut self) {
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

    fn click(&mut self, at: Pos2) {
        self.frame(vec![Event::PointerMoved(at)]);
        self.frame(vec![press(at, true)]);
        self.frame(vec![press(at, false)]);
    }

    /// Where the thing with this in its accessible name stands.
    fn place_of(&mut self, name: &str) -> Pos2 {
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
    fn shows(&self, document: DocumentId) -> bool {
        let open = self.window.bench().document().filter(|open| open.id == document);
        let lines = self.window.reading().lines(1.0);
        open.is_some_and(|open| {
            lines.last().is_some_and(|line| line.span.end.index() > 1000.min(open.text.len() / 2))
        })
    }

    /// The first byte in view, and the byte after the last.
    fn bytes_in_view(&self) -> (usize, usize) {
        let lines = self.window.reading().lines(1.0);
        let range = lines.first().zip(lines.last());
        range.map(|(first, last)| (first.span.start.index(), last.span.end.index())).expect("lines are shown")
    }

    fn leave(mut self) {
        self.window.shut();
    }
}

fn press(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}

/// A document of at least so many bytes: the paragraphs of the seeds over and over.
fn document(bytes: usize, title: &str) -> Document {
    let mut files: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds"))
        .expect("the seeds are in the tree")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    let texts: Vec<String> = files.iter().map(|path| std::fs::read_to_string(path).expect("UTF-8")).collect();
    let paragraphs: Vec<&str> =
        texts.iter().flat_map(|text| text.lines()).filter(|line| !line.trim().is_empty()).collect();
    let mut text = String::with_capacity(bytes + 4_000);
    for paragraph in paragraphs.into_iter().cycle() {
        if text.len() >= bytes {
            break;
        }
        text.push_str(paragraph);
        text.push('\n');
    }
    document_of(&text, title)
}

fn document_of(text: &str, title: &str) -> Document {
    let document = document_from_bytes(text.as_bytes(), "text.txt", Some("utf-8"), &mut SystemStamps);
    Document { title: title.to_owned(), ..document.expect("it is UTF-8") }
}

/// Annotations spread evenly over a document; a third have a note.
fn spread(document: &Document, count: usize, tags: &[Tag]) -> Vec<Arc<Annotation>> {
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
