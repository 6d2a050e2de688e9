//! The window with a long, densely marked document, as ratios to the same with a short or an unmarked one.
//!
//! The real window is driven frame by frame without a display: everything up to egui's shapes is timed, nothing is tessellated or
//! painted. The two sides of each ratio take turns, so that both meet the machine in the same state. Where something is opened, both
//! sides start with a window that has drawn no letter of the documents, so that no glyph comes from a cache that a user would not have.
//! Annotations are spread evenly over the document; every fifth reaches over its neighbours. Run with `cargo bench --bench window`, or with a part
//! of a name after `--`.

#[allow(dead_code, reason = "it serves two benchmarks, each of which uses a part of it")]
#[path = "window/seat.rs"]
mod seat;

use std::time::{Duration, Instant};

use egui::{Event, pos2};

use hashiya::app::{Action, Command, Selection};
use hashiya::model::{Document, DocumentId};

use seat::{ALL_PANELS, Home, Made, Pair, Seat, document_of, paragraphs_of_seeds, press, wheel};

/// The long document, in bytes.
const LONG: usize = 1_000_000;
/// The short document, in bytes.
const SHORT: usize = 5_000;
/// The annotations of the long document.
const MARKS: usize = 10_000;

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
    print(name, 1.3, &mut times);
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
        times.take(round, || marked.timed(wheel(38.0)), || plain.timed(wheel(38.0)));
    }
    print(name, 1.3, &mut times);
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
    print(name, 3.0, &mut times);
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
    print(name, 3.0, &mut times);
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
    print(name, 2.0, &mut times);
    long.0.leave();
    short.0.leave();
}

/// A document of at least so many bytes: the paragraphs of the seeds over and over.
fn document(bytes: usize, title: &str) -> Document {
    let mut text = String::with_capacity(bytes + 4_000);
    for paragraph in paragraphs_of_seeds().iter().cycle() {
        if text.len() >= bytes {
            break;
        }
        text.push_str(paragraph);
        text.push('\n');
    }
    document_of(&text, title)
}

fn print(name: &str, aim: f64, times: &mut Pair) {
    let name = format!("{} rounds: {name}", times.marked.len());
    let (marked, plain) = times.medians();
    let (marked, plain) = (marked * 1.0e3, plain * 1.0e3);
    println!("{name:<62} {aim:>5} {:>7.2} {marked:>12.3} {plain:>12.3}", marked / plain);
}
