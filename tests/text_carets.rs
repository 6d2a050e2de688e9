//! Carets and selections as properties: on every seed, on mixed paragraphs at three widths, and on any string at all.

use hashiya::text::*;
use proptest::prelude::*;

fn engine() -> TextEngine {
    TextEngine::new(FontLibrary::bundled())
}

fn amiri(size: f32) -> Style {
    Style { family: Family::AMIRI, size, weight: Weight::Regular, line_height: size * 2.0 }
}

fn seed_paragraphs() -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds"))
        .expect("the seeds are in the tree")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    let texts: Vec<String> = files.iter().map(|path| std::fs::read_to_string(path).expect("UTF-8")).collect();
    texts.iter().flat_map(|text| text.lines().map(str::to_owned)).collect()
}

const MIXED: &[&str] = &[
    "",
    "كلمة",
    "word",
    "قال John Smith, the editor of The Daily News إن 2023 كانت سنة (صعبة) على the whole press",
    "The word كلمة عربية طويلة جدا means 12 things in العربية 34 and English",
    "نص عربي (with a bracket) ثم ١٢٣ و456 ثم abc",
    "سطر\nآخر line\n",
    "مُحَمَّدٌ رَسُولُ ٱللَّهِ",
    "a\u{2067}ابت abc\u{2069}b كتاب",
    "الاتحاد لا إله الأولى",
];

const WIDTHS: [f32; 3] = [90.0, 230.0, 700.0];

/// The left edge of the first place and the right edge of the last place: where a walk to the right begins.
fn walk_start(layout: &ParagraphLayout) -> Caret {
    let line = if layout.direction() == Direction::RightToLeft { layout.lines().len() - 1 } else { 0 };
    let line = &layout.lines()[line];
    layout.hit(Point::new(-1.0e6, (line.top + line.bottom) / 2.0))
}

fn center(layout: &ParagraphLayout, caret: Caret) -> Point {
    layout.caret_rect(caret).center()
}

/// Walks from one end to the other and back, checking every place.
fn check_walk(layout: &ParagraphLayout, text: &str) {
    let mut caret = walk_start(layout);
    assert_eq!(layout.step(caret, Step::Left), None, "the walk begins at the left end of {text:?}");
    let mut places = vec![caret];
    while let Some(next) = layout.step(caret, Step::Right) {
        let (from, to) = (layout.line_of(caret), layout.line_of(next));
        if from == to {
            assert!(
                center(layout, next).x >= center(layout, caret).x - 0.01,
                "{caret:?} {next:?} in {text:?}"
            );
        } else {
            assert_eq!(
                from.abs_diff(to),
                1,
                "a step reaches the neighbouring line: {caret:?} {next:?} in {text:?}"
            );
        }
        assert!(!places.contains(&next), "{next:?} is visited twice in {text:?}");
        places.push(next);
        caret = next;
        assert!(places.len() <= 2 * text.len() + 4);
    }
    // Every grapheme boundary is reached: each byte that begins a cell is some place, or the other side of a change of direction.
    for line in layout.lines() {
        for run in &line.runs {
            for glyph in &run.glyphs {
                let reached = places.iter().any(|place| {
                    place.byte == glyph.cluster
                        || layout.caret_rect(*place) == layout.caret_rect(Caret::after(glyph.cluster))
                });
                assert!(reached, "byte {} of {text:?} is never reached", glyph.cluster);
            }
        }
    }
    let mut back = Vec::new();
    let mut caret = *places.last().expect("there is one");
    while let Some(next) = layout.step(caret, Step::Left) {
        back.push(next);
        caret = next;
    }
    back.reverse();
    assert_eq!(back, places[..places.len() - 1], "the way back is the same in {text:?}");
}

/// A place pointed at is the place found, unless others stand at the same spot.
fn check_hits(layout: &ParagraphLayout, text: &str) {
    let mut caret = walk_start(layout);
    loop {
        let hit = layout.hit(center(layout, caret));
        assert_eq!(layout.caret_rect(hit), layout.caret_rect(caret), "{caret:?} gives {hit:?} in {text:?}");
        match layout.step(caret, Step::Right) {
            Some(next) => {
                let here = layout.caret_rect(caret);
                let alone = layout.caret_rect(next).left - here.left > 0.1
                    || layout.line_of(next) != layout.line_of(caret);
                if alone
                    && layout.step(caret, Step::Left).is_none_or(|left| {
                        here.left - layout.caret_rect(left).left > 0.1
                            || layout.line_of(left) != layout.line_of(caret)
                    })
                {
                    assert_eq!(hit, caret, "in {text:?}");
                }
                caret = next;
            }
            None => break,
        }
    }
}

fn area(rects: &[Rect]) -> f32 {
    rects.iter().map(|rect| rect.width() * rect.height()).sum()
}

/// The rectangles of neighbouring ranges cover together what the whole range covers, and never each other.
fn check_rects(layout: &ParagraphLayout, text: &str) {
    let mut bounds = vec![0];
    while let Some(next) = layout.step(Caret::after(*bounds.last().expect("never empty")), Step::Next) {
        assert!(next.byte > *bounds.last().expect("never empty"), "forward in {text:?}");
        bounds.push(next.byte);
    }
    assert_eq!(bounds.last(), Some(&text.len()), "the last boundary of {text:?}");
    let all = layout.rects(0..text.len());
    let parts: Vec<Rect> = bounds.windows(2).flat_map(|pair| layout.rects(pair[0]..pair[1])).collect();
    assert!(
        (area(&all) - area(&parts)).abs() <= area(&all) * 1.0e-3 + 0.5,
        "{} {} in {text:?}",
        area(&all),
        area(&parts)
    );
    for part in &parts {
        let inside = |all: &Rect| {
            all.top == part.top && all.left <= part.left + 0.02 && all.right >= part.right - 0.02
        };
        assert!(all.iter().any(inside), "{part:?} lies outside in {text:?}");
    }
    let middle = bounds[bounds.len() / 2];
    let halves = area(&layout.rects(0..middle)) + area(&layout.rects(middle..text.len()));
    assert!((halves - area(&all)).abs() <= area(&all) * 1.0e-3 + 0.5, "halves of {text:?}");
}

fn check(engine: &mut TextEngine, text: &str, direction: Direction, width: Option<f32>) {
    let layout = engine.lay_out(text, &amiri(20.0), direction, Align::Start, width);
    assert_eq!(layout.len(), text.len());
    check_walk(&layout, text);
    check_hits(&layout, text);
    check_rects(&layout, text);
}

#[test]
fn carets_walk_through_mixed_paragraphs() {
    let mut engine = engine();
    for text in MIXED {
        for direction in [Direction::LeftToRight, Direction::RightToLeft] {
            for width in WIDTHS {
                check(&mut engine, text, direction, Some(width));
            }
            if !text.contains('\n') {
                check(&mut engine, text, direction, None);
            }
        }
    }
}

#[test]
fn carets_walk_through_every_seed() {
    let mut engine = engine();
    for text in seed_paragraphs() {
        for width in [200.0, 480.0, 900.0] {
            let direction = paragraph_direction(&text, Direction::RightToLeft);
            check(&mut engine, &text, direction, Some(width));
        }
    }
}

#[test]
fn a_caret_after_a_break_stands_on_the_new_line() {
    let mut engine = engine();
    let text = "سطر\nآخر";
    let layout = engine.lay_out(text, &amiri(20.0), Direction::RightToLeft, Align::Start, Some(300.0));
    let after = text.find('\n').expect("there") + 1;
    assert_eq!(layout.line_of(Caret::before(after)), 1);
    assert_eq!(layout.line_of(Caret::after(after)), 1);
    assert_eq!(layout.line_of(Caret::before(after - 1)), 0);
    let layout = engine.lay_out("abc\n", &amiri(20.0), Direction::LeftToRight, Align::Start, Some(300.0));
    assert_eq!(layout.lines().len(), 2);
    assert_eq!(layout.line_of(Caret::before(4)), 1);
}

#[test]
fn the_ends_of_a_line_are_those_of_its_text() {
    let mut engine = engine();
    let text = "قال John Smith إن 2023 سنة صعبة على the whole press";
    let layout = engine.lay_out(text, &amiri(20.0), Direction::RightToLeft, Align::Start, Some(200.0));
    assert!(layout.lines().len() > 1);
    for (index, line) in layout.lines().iter().enumerate() {
        let inside = Caret::after(line.range.start);
        let start = layout.step(inside, Step::LineStart).expect("a line has a start");
        let end = layout.step(inside, Step::LineEnd).expect("a line has an end");
        assert_eq!((start.byte, end.byte), (line.range.start, line.range.end));
        assert_eq!((layout.line_of(start), layout.line_of(end)), (index, index));
    }
}

#[test]
fn words_are_stepped_over_whole() {
    let mut engine = engine();
    let text = "أهلا بكم، يا John!";
    let layout = engine.lay_out(text, &amiri(20.0), Direction::RightToLeft, Align::Start, Some(700.0));
    let walk = |from: Caret, step: Step| -> Vec<&str> {
        let mut stops = Vec::new();
        let mut caret = from;
        while let Some(next) = layout.step(caret, step) {
            assert_ne!(next, caret);
            stops.push(&text[next.byte..]);
            caret = next;
        }
        stops
    };
    assert_eq!(walk(Caret::after(0), Step::NextWord), [" بكم، يا John!", "، يا John!", " John!", "!", ""]);
    let before = walk(Caret::before(text.len()), Step::PreviousWord);
    assert_eq!(before, ["John!", "يا John!", "بكم، يا John!", text]);
    // On screen, from the right end to the left: past each word, the Latin one from its right to its left edge.
    let left = walk(Caret::after(0), Step::WordLeft);
    assert_eq!(left.len(), 5);
    assert_eq!(left[..3], [" بكم، يا John!", "، يا John!", " John!"]);
}

#[test]
fn letters_of_a_joined_word_have_their_own_places() {
    let mut engine = engine();
    let text = "المتحدث";
    let layout = engine.lay_out(text, &amiri(40.0), Direction::RightToLeft, Align::Start, Some(300.0));
    // Letters 3 to 5 are bytes 4 to 10; the word stays one run of the same glyphs whatever is asked of it.
    let middle = layout.rects(4..10);
    let (first, last) = (layout.rects(0..4), layout.rects(10..14));
    assert_eq!((first.len(), middle.len(), last.len()), (1, 1, 1));
    assert!((first[0].left - middle[0].right).abs() < 0.01);
    assert!((middle[0].left - last[0].right).abs() < 0.01);
    assert_eq!(layout.lines()[0].runs.len(), 1);
    // An end inside a letter with its vowel takes the whole letter.
    let marked = engine.lay_out("كَتَبَ", &amiri(40.0), Direction::RightToLeft, Align::Start, Some(300.0));
    assert_eq!(marked.rects(0..2), marked.rects(0..4));
    assert_eq!(marked.rects(3..4), marked.rects(0..4));
}

#[test]
fn a_ligature_is_shared_by_its_letters() {
    let mut engine = engine();
    let style = Style { family: Family::NOTO_NASKH, size: 40.0, weight: Weight::Regular, line_height: 80.0 };
    for text in ["لا", "الله"] {
        let layout = engine.lay_out(text, &style, Direction::RightToLeft, Align::Start, Some(300.0));
        let letters: Vec<Rect> = (0..text.len() / 2).flat_map(|n| layout.rects(2 * n..2 * n + 2)).collect();
        assert_eq!(letters.len(), text.len() / 2, "{text}");
        assert!(letters.iter().all(|rect| rect.width() > 1.0), "{letters:?}");
        assert!(letters.windows(2).all(|pair| (pair[0].left - pair[1].right).abs() < 0.01), "{letters:?}");
    }
}

#[test]
fn white_space_at_a_soft_break_takes_the_paragraphs_level() {
    let mut engine = engine();
    let text = "قال the quick brown fox jumps over the lazy dog إن";
    let width = 150.0;
    let layout = engine.lay_out(text, &amiri(20.0), Direction::RightToLeft, Align::Start, Some(width));
    let mut checked = 0;
    for line in &layout.lines()[..layout.lines().len() - 1] {
        let space = layout.rects(line.range.end - 1..line.range.end);
        assert!((space[0].right - line.left).abs() < 0.01, "the space hangs at the left: {space:?} {line:?}");
        checked += 1;
    }
    assert!(checked > 2);
}

#[test]
fn lines_are_equally_high_whatever_they_hold() {
    let mut engine = engine();
    let text = "abc مُحَمَّدٌ ہے 漢字 🎉 ".repeat(10);
    let layout = engine.lay_out(&text, &amiri(20.0), Direction::RightToLeft, Align::Start, Some(200.0));
    for (index, line) in layout.lines().iter().enumerate() {
        assert_eq!(line.top, index as f32 * 40.0);
        assert_eq!(line.bottom - line.top, 40.0);
        assert_eq!(line.baseline - line.top, layout.lines()[0].baseline);
    }
}

#[test]
fn a_line_of_a_megabyte_is_laid_out() {
    let mut engine = engine();
    let text = "كلمة عربية و word 123 ".repeat(1_000_000 / 30);
    let layout = engine.lay_out(&text, &amiri(20.0), Direction::RightToLeft, Align::Start, Some(500.0));
    assert!(layout.lines().len() > 5_000);
    assert_eq!(layout.lines().last().expect("lines").range.end, text.len());
    let word = "ا".repeat(200_000);
    let layout = engine.lay_out(&word, &amiri(20.0), Direction::RightToLeft, Align::Start, Some(500.0));
    assert!(layout.lines().iter().all(|line| line.right - line.left <= 500.01));
}

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ابتلمهكن]{1,6}",
        2 => "[a-z]{1,6}",
        2 => prop::sample::select(vec![
            " ", "  ", "\u{a0}", "\t", "\n", "\r\n", "\u{200d}", "\u{200c}", "\u{200f}", "\u{202b}", "\u{202c}", "\u{2067}",
            "\u{2069}", "\u{64b}", "\u{651}\u{64e}", "\u{301}", "\u{fffd}", "\u{0}", "\u{1b}", "\u{ad}", "\u{600}12", "🎉",
            "👨\u{200d}👩\u{200d}👧", "🇪🇬", "\u{2028}", "12", "٣٤", "لا", "الله", "(", ")", "«", "»", "ﷺ", "漢", "\u{feff}",
            "\u{e0001}", "\u{10ffff}", "नि", "한", "\u{1f3fd}", "\u{1f1f8}", "ᄀ", "ᅡ", "\u{61c}", "\u{202a}", "\u{202e}", "\u{2068}",
            "\u{2029}", "\u{85}", "\r", "\u{600}", "\u{d4e}", "\u{93e}", "1\u{fe0f}\u{20e3}", "\u{200e}",
        ])
        .prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string_can_be_laid_out_walked_and_clipped(
        text in any_text(),
        rtl in any::<bool>(),
        width in 0.0f32..300.0,
        bold in any::<bool>(),
        point in (-50.0f32..350.0, -50.0f32..500.0),
    ) {
        let mut engine = engine();
        let direction = if rtl { Direction::RightToLeft } else { Direction::LeftToRight };
        let family = if bold { Family::NOTO_SANS } else { Family::AMIRI };
        let weight = if bold { Weight::Bold } else { Weight::Regular };
        let style = Style { family, size: 17.5, weight, line_height: 30.0 };
        for max_width in [Some(width), None] {
            let layout = engine.lay_out(&text, &style, direction, Align::Start, max_width);
            let mut at = 0;
            for line in layout.lines() {
                prop_assert_eq!(line.range.start, at);
                at = line.range.end;
                let mut pen = line.runs.first().map_or(0.0, |run| run.left);
                for run in &line.runs {
                    prop_assert!((run.left - pen).abs() < 0.05);
                    pen = run.left + run.advance;
                    for glyph in &run.glyphs {
                        prop_assert!(run.range.contains(&glyph.cluster));
                        engine.glyph_image(run.place(glyph, Point::new(0.3, 0.0)).0);
                    }
                }
            }
            prop_assert_eq!(at, text.len());
            let point = Point::new(point.0, point.1);
            let hit = layout.hit(point);
            prop_assert!(text.is_char_boundary(hit.byte));
            layout.cluster_at(point);
            let mut boundary = Caret::after(0);
            for _ in 0..text.len() + 1 {
                for step in [Step::Left, Step::Right, Step::WordLeft, Step::WordRight, Step::NextWord, Step::PreviousWord,
                    Step::LineStart, Step::LineEnd] {
                    if let Some(next) = layout.step(boundary, step) {
                        prop_assert!(text.is_char_boundary(next.byte));
                        prop_assert!(next != boundary || matches!(step, Step::LineStart | Step::LineEnd));
                    }
                }
                match layout.step(boundary, Step::Next) {
                    Some(next) => boundary = next,
                    None => break,
                }
            }
            prop_assert_eq!(boundary.byte, text.len());
            layout.rects(0..text.len());
            layout.rects(1..text.len().saturating_sub(1));
            check_walk(&layout, &text);
        }
        for lines in [1, 2] {
            let clipped = engine.lay_out_clipped(&text, &style, direction, Align::Start, width, lines);
            prop_assert_eq!(clipped.len(), text.len());
            prop_assert!(clipped.lines().len() <= lines || width < 20.0);
        }
    }
}

#[test]
fn every_letter_of_the_seeds_can_be_pointed_at() {
    let mut engine = engine();
    let mut letters = 0;
    for text in seed_paragraphs() {
        let layout = engine.lay_out(&text, &amiri(22.0), Direction::RightToLeft, Align::Start, Some(480.0));
        for (at, letter) in text.char_indices().filter(|(_, c)| c.is_alphabetic()) {
            let rects = layout.rects(at..at + letter.len_utf8());
            assert!(rects.len() == 1 && rects[0].width() > 0.6, "{letter} at {at} of {text:?}: {rects:?}");
            let found = layout.cluster_at(rects[0].center());
            assert!(found.as_ref().is_some_and(|range| range.contains(&at)), "{found:?} at {at} of {text:?}");
            letters += 1;
        }
    }
    assert!(letters > 9_000, "{letters}");
}
