//! Documents of megabytes, each twice: with ordinary paragraphs, and as one single line. All figures are ratios within one run.
//!
//! The window is driven frame by frame without a display, as in the benchmark `window`; nothing is tessellated or painted. The text is that of
//! the seeds: their paragraphs one after the other, from another one in each round of the text, so that no paragraph follows the same one
//! everywhere. Windows are new for every pass, so that no glyph and no layout comes from a cache that a user would not have. Times are those
//! of the interface's thread on a processor. Memory is what the allocator has handed out. Run with `cargo bench --bench long`, or with a part
//! of a name after `--`.

#[allow(dead_code, reason = "it serves two benchmarks, each of which uses a part of it")]
#[path = "window/seat.rs"]
mod seat;

use std::time::Duration;

use egui::{Event, Key, Modifiers, pos2, vec2};
use peak_alloc::PeakAlloc;

use hashiya::model::Document;
use hashiya::text::{
    Align, Direction, Family, FontLibrary, Levels, LongParagraph, Shaping, Style, TextEngine, Weight,
    paragraph_direction,
};

use seat::{
    ALL_PANELS, Home, Made, Pair, SCREEN, Seat, Work, document_of, paragraphs_of_seeds, press, wheel,
};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The long document, in bytes.
const LONG: usize = 10_000_000;
/// The short document, in bytes.
const SHORT: usize = 10_000;
/// What is shaped and broken anew, in bytes.
const SHAPED: usize = 1_000_000;

/// How the paragraphs of a document are divided.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Paragraphs,
    SingleLine,
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Self::Paragraphs => "with ordinary paragraphs",
            Self::SingleLine => "as one single line",
        }
    }
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = Home { folder: folder.path().to_owned() };
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    println!("{:<78} {:>5} {:>7}", "", "aim", "ratio");
    for form in [Form::Paragraphs, Form::SingleLine] {
        #[expect(clippy::type_complexity, reason = "a table is read by its rows")]
        let measures: [(&str, &dyn Fn(&Home, &str, Form)); 6] = [
            ("10 MB opened to its first picture, against 10 KB", &opened),
            ("10 MB scrolled from page to page, 95th percentile against median", &by_pages),
            ("10 MB scrolled by the wheel, 95th percentile against median", &by_lines),
            ("10 MB jumped through, 95th percentile against median", &by_jumps),
            ("memory with 10 MB open, against the text", &memory),
            ("1 MB broken at another width, against laid out from nothing", &another_width),
        ];
        for (name, measure) in measures {
            let name = format!("{name}, {}", form.name());
            if wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str())) {
                measure(&home, &name, form);
            }
        }
    }
}

/// A document of so many bytes.
fn document(bytes: usize, title: &str, form: Form) -> Document {
    let paragraphs = paragraphs_of_seeds();
    let between = if form == Form::SingleLine { ' ' } else { '\n' };
    let mut text = String::with_capacity(bytes + 8_000);
    let mut round = 0;
    while text.len() < bytes {
        // Another stride in every round: each paragraph once, each time with other neighbours.
        let strides = (1..paragraphs.len()).filter(|stride| gcd(*stride, paragraphs.len()) == 1);
        let strides: Vec<usize> = strides.collect();
        let stride = strides[round % strides.len()];
        for at in 0..paragraphs.len() {
            text.push_str(&paragraphs[(at * stride + round) % paragraphs.len()]);
            text.push(between);
            if text.len() >= bytes {
                break;
            }
        }
        round += 1;
    }
    text.pop();
    document_of(&text, title)
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// From the click on a document in the list to the end of the first frame that shows it. Both lie in one project.
fn opened(home: &Home, name: &str, form: Form) {
    let documents =
        vec![document_of("\n", "مفتوح"), document(LONG, "طويل", form), document(SHORT, "قصير", form)];
    let project = home.project(documents, &[0, 0, 0]);
    let mut times = Pair::default();
    let run = |title: &str, at: usize| {
        let mut seat = home.sit(ALL_PANELS, Some(&project), 0.0);
        seat.open(&project.place);
        seat.settle();
        let place = seat.place_of(title);
        seat.frame(vec![Event::PointerMoved(place)]);
        seat.frame(vec![press(place, true)]);
        let mut taken = seat.timed(vec![press(place, false)]);
        while !seat.shows(project.documents[at]) {
            taken += seat.timed(Vec::new());
        }
        seat.leave();
        taken
    };
    for round in 0..15 {
        times.take(round, || run("طويل", 1), || run("قصير", 2));
    }
    let (long, short) = times.medians();
    print(name, 3.0, long / short, &format!("{:.2} ms, {:.2} ms", long * 1.0e3, short * 1.0e3));
}

/// A window on the start of a long document, with the keyboard in its text.
fn reader(home: &Home, project: &Made) -> Seat {
    let mut seat = home.sit(&[], Some(project), 0.0);
    seat.open(&project.place);
    seat.settle();
    seat.click(pos2(700.0, 300.0));
    for _ in 0..5 {
        seat.frame(Vec::new());
    }
    seat
}

/// The times of the frames of one pass through the long document.
fn pass(home: &Home, form: Form, pass: impl Fn(&mut Seat) -> Vec<Duration>) -> Vec<Duration> {
    let project = home.project(vec![document(LONG, "طويل", form)], &[0]);
    let mut seat = reader(home, &project);
    let times = pass(&mut seat);
    assert!(times.len() > 100, "{} frames", times.len());
    seat.leave();
    times
}

fn print_spread(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1.0e3;
    let (median, high, most) = (at(0.5), at(0.95), at(1.0));
    let figures = format!("{median:.2} ms, {high:.2} ms, at most {most:.2} ms in {} frames", times.len());
    print(name, 3.0, high / median, &figures);
}

/// One frame a page, from the first to the last.
fn by_pages(home: &Home, name: &str, form: Form) {
    let key = |pressed: bool| Event::Key {
        key: Key::Space,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    let times = pass(home, form, |seat| {
        let mut times = Vec::new();
        let mut before = None;
        while before != Some(seat.bytes_in_view()) {
            before = Some(seat.bytes_in_view());
            times.push(seat.timed(vec![key(true), key(false)]));
        }
        let end = seat.project().documents()[0].text.len();
        assert_eq!(before.map(|(_, last)| last), Some(end), "the last page shows the end");
        times
    });
    print_spread(name, times);
}

/// One frame a turn of the wheel by a line and a half.
fn by_lines(home: &Home, name: &str, form: Form) {
    let times = pass(home, form, |seat| {
        seat.frame(vec![Event::PointerMoved(pos2(700.0, 300.0))]);
        (0..1500).map(|_| seat.timed(wheel(57.0))).collect()
    });
    print_spread(name, times);
}

/// Each frame somewhere else, by the scroll bar.
fn by_jumps(home: &Home, name: &str, form: Form) {
    let times = pass(home, form, |seat| {
        let bar = pos2(SCREEN.left() + 5.0, 0.0);
        let shares = (0..400).map(|at| (at as f32 * 0.618_034).fract());
        let (top, bottom) = (120.0, SCREEN.bottom() - 60.0);
        let mut times = Vec::new();
        seat.frame(vec![Event::PointerMoved(bar + vec2(0.0, top))]);
        seat.frame(vec![press(bar + vec2(0.0, top), true)]);
        let mut seen = std::collections::BTreeSet::new();
        for share in shares {
            let to = bar + vec2(0.0, top + share * (bottom - top));
            times.push(seat.timed(vec![Event::PointerMoved(to)]));
            seen.insert(seat.bytes_in_view().0);
        }
        seat.frame(vec![press(bar + vec2(0.0, top), false)]);
        assert!(seen.len() > 350, "{} places were seen", seen.len());
        times
    });
    print_spread(name, times);
}

/// What a window with the long document holds beyond what it holds with the short one, while pages are turned and after jumps.
fn memory(home: &Home, name: &str, form: Form) {
    let held = |bytes: usize| {
        let project = home.project(vec![document(bytes, "نص", form)], &[0]);
        let mut seat = home.sit(&[], Some(&project), 0.0);
        MEMORY.reset_peak_usage();
        seat.open(&project.place);
        seat.settle();
        let length = seat.project().documents()[0].text.len();
        let opening = MEMORY.peak_usage();
        MEMORY.reset_peak_usage();
        seat.click(pos2(700.0, 300.0));
        for _ in 0..600 {
            let key = Event::Key {
                key: Key::Space,
                physical_key: None,
                pressed: true,
                repeat: false,
                modifiers: Modifiers::NONE,
            };
            seat.frame(vec![key]);
        }
        let reading = MEMORY.peak_usage();
        let now = MEMORY.current_usage();
        seat.leave();
        (length as f64, opening as f64, reading as f64, now as f64)
    };
    let (_, short_opening, short_reading, short_now) = held(SHORT);
    let (length, opening, reading, now) = held(LONG);
    let share = |long: f64, short: f64| (long - short) / length;
    let figures = format!(
        "while reading at most; at rest {:.2}, while opening {:.2}",
        share(now, short_now),
        share(opening, short_opening)
    );
    print(name, 4.0, share(reading, short_reading), &figures);
}

/// All paragraphs of a text broken at widths that change by turns, against shaped and broken.
fn another_width(_home: &Home, name: &str, form: Form) {
    let document = document(SHAPED, "نص", form);
    let text = document.text.as_str();
    let style = Style { family: Family::AMIRI, size: 22.0, weight: Weight::Regular, line_height: 40.0 };
    let widths = [660.0, 520.0, 590.0, 700.0];
    let engine = &mut TextEngine::new(FontLibrary::bundled());
    let (mut whole, mut again) = (Vec::new(), Vec::new());
    let mut lines = 0;
    match form {
        Form::Paragraphs => {
            let paragraphs: Vec<(&str, Direction)> =
                text.lines().map(|line| (line, paragraph_direction(line, Direction::RightToLeft))).collect();
            let shaped: Vec<Shaping> =
                paragraphs.iter().map(|(text, direction)| engine.shape(text, &style, *direction)).collect();
            for round in 0..12 {
                let width = widths[round % widths.len()];
                let begun = Work::begin();
                for (text, direction) in &paragraphs {
                    let layout = engine.lay_out(text, &style, *direction, Align::Start, Some(width));
                    lines += layout.lines().len();
                }
                whole.push(begun.done());
                let begun = Work::begin();
                for ((text, _), shaping) in paragraphs.iter().zip(&shaped) {
                    let layout = engine.lay_out_shaped(text, shaping, &style, Align::Start, width);
                    lines += layout.lines().len();
                }
                again.push(begun.done());
            }
        }
        Form::SingleLine => {
            let direction = paragraph_direction(text, Direction::RightToLeft);
            let mut lay_out = |long: &mut LongParagraph, width: f32| {
                for piece in 0..long.pieces() {
                    let layout = engine.lay_out_piece((long, text), piece, &style, Align::Start, width);
                    lines += layout.lines().len();
                }
            };
            let make = || {
                let mut long = LongParagraph::new(text, direction);
                long.take_levels(text, Levels::of(text, direction));
                long
            };
            let mut kept = make();
            lay_out(&mut kept, 333.0);
            for round in 0..12 {
                let width = widths[round % widths.len()];
                let begun = Work::begin();
                lay_out(&mut make(), width);
                whole.push(begun.done());
                let begun = Work::begin();
                lay_out(&mut kept, width);
                again.push(begun.done());
            }
        }
    }
    assert!(lines > 24 * 5_000, "{lines} lines");
    let (again, whole) = (median(&mut again), median(&mut whole));
    print(name, 0.3, again / whole, &format!("{:.1} ms, {:.1} ms", again * 1.0e3, whole * 1.0e3));
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

fn print(name: &str, aim: f64, ratio: f64, figures: &str) {
    println!("{name:<92} {aim:>5} {ratio:>7.2}   {figures}");
}
