//! Texts that nobody writes and somebody pastes: every pair and many triples of what steers, joins, combines and breaks, at widths down to
//! half a pixel; and megabytes of one character.
//!
//! The rules are those of every text: a caret stands between graphemes (UAX #29), every walk ends and comes back, what is pointed at is
//! found, lines and rectangles leave nothing out. And what a text costs grows with its length.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use hashiya::text::editing::{Setting, Sheet};
use hashiya::text::walk;
use hashiya::text::*;
use unicode_segmentation::UnicodeSegmentation;

/// One of each kind that some algorithm of Unicode treats in its own way: letters of both directions, a ligature, digits of three sets,
/// brackets, marks, a skin tone, half a flag, what joins, syllables in parts, what embeds, overrides, isolates, ends such, and breaks lines.
const KINDS: &[&str] = &[
    "ب",
    "لا",
    "f",
    "1",
    "٣",
    "۴",
    " ",
    "(",
    "»",
    "\u{64e}",
    "\u{301}",
    "\u{1f3fd}",
    "👩",
    "\u{200d}",
    "\u{200c}",
    "\u{1f1f8}",
    "ᄀ",
    "ᅡ",
    "\u{202a}",
    "\u{202e}",
    "\u{2067}",
    "\u{2068}",
    "\u{202c}",
    "\u{2069}",
    "\u{200f}",
    "\u{61c}",
    "\u{ad}",
    "\t",
    "\u{2028}",
    "\u{2029}",
    "\u{85}",
    "\u{a0}",
    "\u{feff}",
    "\r",
    "\n",
    "\u{600}",
    "\u{d4e}",
    "\u{93e}",
    "क\u{94d}",
    "ـ",
    "\u{fe0f}",
    "\u{20e3}",
    "\u{0}",
    "\u{10ffff}",
    "漢",
];

/// Of these also triples.
const WORST: &[&str] = &[
    "ب",
    "f",
    "1",
    " ",
    "\u{64e}",
    "\u{1f3fd}",
    "\u{200d}",
    "👩",
    "\u{1f1f8}",
    "\u{600}",
    "\u{202b}",
    "\u{2069}",
    "\u{ad}",
    "\n",
];

const WIDTHS: [Option<f32>; 5] = [None, Some(0.5), Some(1.0), Some(20.0), Some(60.0)];

fn engine() -> TextEngine {
    TextEngine::new(FontLibrary::bundled())
}

fn style(size: f32) -> Style {
    Style { family: Family::AMIRI, size, weight: Weight::Regular, line_height: size * 2.0 }
}

fn sheet(engine: &mut TextEngine, text: &str, width: Option<f32>, size: f32) -> Sheet {
    let mut sheet = Sheet::default();
    let setting = Setting {
        one_line: width.is_none(),
        forced: None,
        fallback: Direction::RightToLeft,
        document: None,
        style: 0,
    };
    sheet.set(text, setting, |text, direction| {
        engine.lay_out(text, &style(size), direction, Align::Start, width)
    });
    sheet
}

fn same_place(a: Rect, b: Rect) -> bool {
    (a.left - b.left).abs() < 0.05 && a.top == b.top
}

/// What of a laid out text is against the rules.
fn faults(sheet: &Sheet) -> Vec<String> {
    let text = sheet.text();
    let mut faults = Vec::new();
    let bounds: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
    let is_place = |caret: Caret| bounds.binary_search(&caret.byte).is_ok();
    let shown = |byte: &usize| {
        sheet.pieces().iter().any(|piece| (piece.range.start..=piece.range.end).contains(byte))
    };
    for caret in bounds.iter().flat_map(|byte| [Caret::before(*byte), Caret::after(*byte)]) {
        let steps =
            [Step::Left, Step::Right, Step::WordLeft, Step::WordRight, Step::LineStart, Step::LineEnd];
        let logical = [Step::Next, Step::Previous, Step::NextWord, Step::PreviousWord];
        for step in steps.into_iter().chain(logical) {
            if let Some(to) = sheet.step(caret, step).filter(|to| !is_place(*to)) {
                faults.push(format!("{step:?} leads from {caret:?} into a grapheme, to {to:?}"));
            }
        }
        let rect = sheet.caret_rect(caret);
        let hit = sheet.hit(rect.center());
        if !is_place(hit) || shown(&caret.byte) && !same_place(sheet.caret_rect(hit), rect) {
            faults.push(format!("{hit:?} is found where {caret:?} was pointed at"));
        }
        for below in [true, false] {
            if let Some(to) = sheet.line_beside(caret, below, rect.left).filter(|to| !is_place(*to)) {
                faults.push(format!("{to:?}, inside a grapheme, is beside {caret:?}"));
            }
        }
    }
    for (there, back) in [(Step::Right, Step::Left), (Step::Left, Step::Right), (Step::Next, Step::Previous)]
    {
        let Some(mut at) = walk::first(&mut &*sheet, there) else { continue };
        let mut visited = vec![at];
        let mut seen = HashSet::from([at]);
        while let Some(next) = sheet.step(at, there) {
            if !seen.insert(next) {
                faults.push(format!("{there:?} comes to {next:?} again"));
                break;
            }
            let returned = sheet.step(next, back);
            if !returned.is_some_and(|to| same_place(sheet.caret_rect(to), sheet.caret_rect(at))) {
                faults.push(format!(
                    "{there:?} from {at:?} leads to {next:?}, {back:?} from there to {returned:?}"
                ));
            }
            visited.push(next);
            at = next;
        }
        let places: Vec<Rect> = visited.iter().map(|caret| sheet.caret_rect(*caret)).collect();
        let is_visited = |byte: &usize| {
            let rects = [Caret::before(*byte), Caret::after(*byte)].map(|caret| sheet.caret_rect(caret));
            places.iter().any(|place| rects.iter().any(|rect| same_place(*place, *rect)))
        };
        faults.extend(
            bounds
                .iter()
                .filter(|byte| shown(byte) && !is_visited(byte))
                .map(|byte| format!("{there:?} never comes to {byte}")),
        );
    }
    let area = |rects: &[Rect]| rects.iter().map(|rect| rect.width() * rect.height()).sum::<f32>();
    let whole = area(&sheet.rects(0..text.len()));
    let parts: f32 = bounds.windows(2).map(|pair| area(&sheet.rects(pair[0]..pair[1]))).sum();
    if (whole - parts).abs() > whole * 1.0e-3 + 0.5 {
        faults.push(format!("the rectangles of the parts cover {parts}, those of the whole {whole}"));
    }
    for piece in sheet.pieces() {
        let ends = piece.layout.lines().iter().map(|line| line.range.end + piece.range.start);
        faults.extend(
            ends.filter(|end| !bounds.contains(end))
                .map(|end| format!("a line ends inside a grapheme, at {end}")),
        );
        let starts = piece.layout.lines().iter().map(|line| line.range.start);
        let until = piece.layout.lines().iter().map(|line| line.range.end);
        if !starts.chain([piece.range.len()]).eq([0].into_iter().chain(until)) {
            faults.push("lines do not tile the text".to_owned());
        }
    }
    faults
}

fn check(texts: impl Iterator<Item = String>, size: f32) {
    let mut engine = engine();
    let mut wrong = Vec::new();
    for text in texts {
        for width in WIDTHS {
            let sheet = sheet(&mut engine, &text, width, size);
            wrong.extend(faults(&sheet).first().map(|fault| format!("{text:?} at {width:?}: {fault}")));
        }
    }
    assert!(wrong.is_empty(), "{} texts, such as {:#?}", wrong.len(), &wrong[..wrong.len().min(8)]);
}

#[test]
fn every_pair_of_kinds_keeps_the_rules() {
    let pairs = KINDS.iter().flat_map(|a| KINDS.iter().map(move |b| [*a, *b].concat()));
    check(pairs, 20.0);
}

#[test]
fn every_triple_of_the_worst_keeps_the_rules() {
    let pairs = WORST.iter().flat_map(|a| WORST.iter().map(move |b| [*a, *b].concat()));
    check(pairs.flat_map(|pair| WORST.iter().map(move |c| format!("{pair}{c}"))), 20.0);
}

#[test]
fn sizes_from_a_hundredth_of_a_pixel_to_a_thousand_keep_the_rules() {
    for size in [0.01, 1.0, 1000.0] {
        check(WORST.iter().flat_map(|a| WORST.iter().map(move |b| [*a, *b].concat())), size);
    }
}

/// A layout divides a text where the model does, whatever characters meet: what two libraries knew of graphemes would differ one day.
#[test]
fn a_layout_has_the_graphemes_of_the_model() {
    let before = ["a", "ب", "👩\u{200d}", "क\u{94d}", "ᄀ", "ᅡ", "\u{1f1f8}", "\u{600}", "\u{301}"];
    let mut engine = engine();
    for start in (0..0x1_1000_u32).step_by(0x40).filter(|start| !(0x4e40..0x9fc0).contains(start)) {
        let chars = (start..start + 0x40).filter_map(char::from_u32);
        let text: String =
            chars.enumerate().map(|(n, c)| format!("{}{c}त ", before[n % before.len()])).collect();
        let layout = engine.lay_out(&text, &style(20.0), Direction::LeftToRight, Align::Start, None);
        let mut at = Caret::after(0);
        let mut found = vec![0];
        while let Some(next) = layout.step(at, Step::Next) {
            at = next;
            found.push(at.byte);
        }
        let expected: Vec<usize> =
            text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
        assert_eq!(found, expected, "{text:?}");
    }
}

/// How long a piece of work takes, at best of three: the processor's time where the system tells it, so that others may be busy meanwhile.
fn time(mut work: impl FnMut()) -> Duration {
    let used = || {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
        let nanoseconds = told.as_ref().and_then(|told| told.split(' ').next()?.parse().ok());
        nanoseconds.map(Duration::from_nanos)
    };
    let mut measure = |_: u32| {
        let (begun, before) = (Instant::now(), used());
        work();
        match (before, used()) {
            (Some(before), Some(after)) => after.saturating_sub(before),
            _ => begun.elapsed(),
        }
    };
    (0..3).map(&mut measure).min().unwrap_or_default()
}

/// Eight times the text takes some eight times as long; what grows with the square takes sixty-four times as long.
#[test]
fn a_text_of_one_kind_costs_what_its_length_says() {
    let mut engine = engine();
    let more = [
        "\u{2068}",
        "\u{2067}\u{2069}",
        "\u{202b}",
        "()",
        "«",
        "\u{200b}",
        "\u{1f1f8}\u{1f1fe}",
        "👩\u{200d}",
    ];
    for unit in KINDS.iter().copied().chain(more) {
        let mut lay_out = |length: usize| {
            let text = unit.repeat(length / unit.len());
            time(|| {
                drop(engine.lay_out(&text, &style(20.0), Direction::RightToLeft, Align::Start, Some(600.0)));
            })
        };
        let (short, long) = (lay_out(8_000), lay_out(64_000));
        assert!(long < short * 24 + Duration::from_millis(100), "{unit:?}: {short:?}, then {long:?}");
    }
}

/// A line that nothing ends, as of a million spaces: it ends all the same, and each of its pieces is laid out in no time.
#[test]
fn a_line_holds_only_so_much() {
    let mut engine = engine();
    for unit in [" ", "\u{200b}", "\u{200f}", "\u{2060}"] {
        let text = format!("قال {}", unit.repeat(200_000));
        let layout = engine.lay_out(&text, &style(20.0), Direction::RightToLeft, Align::Start, Some(600.0));
        let longest = layout.lines().iter().map(|line| text[line.range.clone()].chars().count()).max();
        assert!(longest.is_some_and(|longest| longest <= 20_000), "{unit:?}: {longest:?}");
        let mut paragraph = LongParagraph::new(&text, Direction::RightToLeft);
        let mut lines = Vec::new();
        for piece in 0..paragraph.pieces() {
            let of = (&mut paragraph, text.as_str());
            let layout = engine.lay_out_piece(of, piece, &style(20.0), Align::Start, 600.0);
            let start = paragraph.piece(piece).start;
            let own = layout.lines().iter().map(|line| line.range.start + start..line.range.end + start);
            lines.extend(own.filter(|line| !line.is_empty()));
        }
        assert!(lines.iter().eq(layout.lines().iter().map(|line| &line.range)), "{unit:?}");
    }
}
