//! The caret's walk through whole documents: every seed, vocalised text, paragraphs of both directions, at three widths.
//!
//! A table says in words where each step leads: `|` is a caret that belongs to the text after it, `¦` one that belongs to the text before it.
//! What a table cannot hold is said as a rule: from the first place to the last, every place on screen is visited once, in the order of the
//! screen, and the way back is the same. (Where a line ends because the next word no longer fits, its end and the start of the line below are
//! one place.)

mod page;
mod pieces;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use hashiya::text::walk;
use hashiya::text::*;
use page::{GAP, LINE, Page};
use unicode_segmentation::UnicodeSegmentation;

const VOCALISED: &str = "مُحَمَّدٌ رَسُولُ اللَّهِ وَالَّذِينَ مَعَهُ أَشِدَّاءُ عَلَى الْكُفَّارِ رُحَمَاءُ بَيْنَهُمْ\n\
    بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ ٱلرَّحِيمِ ۝ ٱلْحَمْدُ لِلَّهِ رَبِّ ٱلْعَٰلَمِينَ\nكَّكَّ لَا لَآ";

const BIDI: &str = "قال John Smith, the editor of The Daily News إن 2023 كانت سنة (صعبة) على the whole press\n\
    The Daily News, London, a newspaper whose name is long enough for several lines\n\
    \n\
    نص عربي (with a bracket) ثم ١٢٣ و456 ثم abc\n\
    GMT\n\
    Another line of Latin follows it at once\n\
    a\u{2067}ابت abc\u{2069}b كتاب\n\
    الاتحاد لا إله الأولى";

const MOSTLY_LATIN: &str = "The word كلمة عربية means 12 things in العربية 34 and English\n\
    كلمة عربية في فقرة من سطرين على الأقل\n\nand a last line of English words, long enough to be wrapped\nنعم";

const WIDTHS: [f32; 3] = [120.0, 300.0, 700.0];

fn documents() -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds"))
        .expect("the seeds are in the tree")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    let seeds = files.iter().map(|path| std::fs::read_to_string(path).expect("UTF-8"));
    let documents: Vec<String> = seeds.chain([VOCALISED, BIDI, MOSTLY_LATIN].map(str::to_owned)).collect();
    assert_eq!(documents.len(), 8);
    documents
}

/// Each document at each width, laid out once for all tests.
static PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| {
    let mut engine = TextEngine::new(FontLibrary::bundled());
    let at_each_width = |text: String| WIDTHS.map(|width| Page::new(&mut engine, &text, width));
    documents().into_iter().flat_map(at_each_width).collect()
});

fn for_each(mut check: impl FnMut(&mut Page)) {
    PAGES.iter().for_each(|page| check(&mut page.clone()));
}

/// Where places stand, by the line that they stand on, in pixels.
fn by_line(page: &Page, places: &[Caret]) -> HashMap<(usize, usize), Vec<f32>> {
    let mut lines: HashMap<(usize, usize), Vec<f32>> = HashMap::new();
    for place in places {
        let spot = page.spot(*place);
        lines.entry(spot.on()).or_default().push(spot.x);
    }
    lines
}

fn nearest(stops: &[f32], x: f32) -> f32 {
    stops.iter().map(|stop| (stop - x).abs()).fold(f32::INFINITY, f32::min)
}

/// Where the step to the right leads from the first place on, and the step to the left from the last, in words.
#[test]
fn a_table_of_walks() {
    let table: &[(&str, f32, &[&str])] = &[
        ("", 300.0, &["|"]),
        ("أبت", 300.0, &["أبت¦", "أب|ت", "أ|بت", "|أبت"]),
        ("كَّبَ", 300.0, &["كَّبَ¦", "كَّ|بَ", "|كَّبَ"]),
        // The letters of a ligature are places of their own.
        ("لا", 300.0, &["لا¦", "ل|ا", "|لا"]),
        // Two directions: within each the caret goes by its own way, on screen always to the right.
        ("قال ab", 300.0, &["قال |ab", "قال a|b", "قال ¦ab", "قال| ab", "قا|ل ab", "ق|ال ab", "|قال ab"]),
        ("ab قال", 300.0, &["ab قال¦", "ab قا|ل", "ab ق|ال", "ab |قال", "ab| قال", "a|b قال", "ab¦ قال"]),
        // In a right-to-left text Right leads up, through every paragraph from its left to its right.
        (
            "قال\ncd\nنعم",
            300.0,
            &[
                "قال\ncd\nنعم¦",
                "قال\ncd\nنع|م",
                "قال\ncd\nن|عم",
                "قال\ncd\n|نعم",
                "قال\n|cd\nنعم",
                "قال\nc|d\nنعم",
                "قال\ncd¦\nنعم",
                "قال¦\ncd\nنعم",
                "قا|ل\ncd\nنعم",
                "ق|ال\ncd\nنعم",
                "|قال\ncd\nنعم",
            ],
        ),
        // In a left-to-right one it leads down.
        (
            "abc\nقا\nde f",
            300.0,
            &[
                "|abc\nقا\nde f",
                "a|bc\nقا\nde f",
                "ab|c\nقا\nde f",
                "abc¦\nقا\nde f",
                "abc\nقا¦\nde f",
                "abc\nق|ا\nde f",
                "abc\n|قا\nde f",
                "abc\nقا\n|de f",
                "abc\nقا\nd|e f",
                "abc\nقا\nde| f",
                "abc\nقا\nde |f",
                "abc\nقا\nde f¦",
            ],
        ),
        // Two lines: the end of the first and the start of the second are one place.
        (
            "واحد اثنان",
            60.0,
            &[
                "واحد اثنان¦",
                "واحد اثنا|ن",
                "واحد اثن|ان",
                "واحد اث|نان",
                "واحد ا|ثنان",
                "واحد |اثنان",
                "واحد| اثنان",
                "واح|د اثنان",
                "وا|حد اثنان",
                "و|احد اثنان",
                "|واحد اثنان",
            ],
        ),
        (
            "one two",
            40.0,
            &["|one two", "o|ne two", "on|e two", "one| two", "one |two", "one t|wo", "one tw|o", "one two¦"],
        ),
        // Brackets stand with the paragraph, digits and Latin letters within it.
        (
            "قال (ab) 12",
            300.0,
            &[
                "قال (ab) |12",
                "قال (ab) 1|2",
                "قال (ab) ¦12",
                "قال (ab)| 12",
                "قال (ab|) 12",
                "قال (a|b) 12",
                "قال (¦ab) 12",
                "قال |(ab) 12",
                "قال| (ab) 12",
                "قا|ل (ab) 12",
                "ق|ال (ab) 12",
                "|قال (ab) 12",
            ],
        ),
    ];
    let mut engine = TextEngine::new(FontLibrary::bundled());
    for (text, width, expected) in table {
        let mut page = Page::new(&mut engine, text, *width);
        let right = page.walk(Step::Right);
        let words: Vec<String> = right.iter().map(|place| page.around(*place)).collect();
        assert_eq!(words, *expected, "{text:?}");
        let mut left = page.walk(Step::Left);
        left.reverse();
        assert_eq!(left, right, "{text:?}");
    }
}

#[test]
fn a_walk_visits_every_place_once_in_the_order_of_the_screen_and_back_again() {
    for_each(|page| {
        let rtl = page.direction.is_rtl();
        let right = page.walk(Step::Right);
        assert_eq!(walk::step(page, right[0], Step::Left), None, "it begins at the first place");
        for pair in right.windows(2) {
            let (from, to) = (page.spot(pair[0]), page.spot(pair[1]));
            let said = || format!("{} → {}", page.around(pair[0]), page.around(pair[1]));
            if from.on() == to.on() {
                assert!(to.x >= from.x - 0.01, "to the right: {}", said());
            } else if from.piece == to.piece {
                let down = !page.layouts[from.piece].direction().is_rtl();
                assert_eq!(to.line, if down { from.line + 1 } else { from.line - 1 }, "{}", said());
            } else {
                assert_eq!(to.piece, if rtl { from.piece - 1 } else { from.piece + 1 }, "{}", said());
            }
        }
        let mut seen = right.clone();
        seen.sort_by_key(|place| (place.byte, place.affinity == Affinity::After));
        seen.dedup();
        assert_eq!(seen.len(), right.len(), "no place is visited twice");

        // The edges of every grapheme on screen are places of the walk. A line's end at a soft break is the start of the line below.
        let spots = by_line(page, &right);
        let mut expected = 0;
        for (piece, layout) in page.layouts.iter().enumerate() {
            let paragraph = &page.text[page.ranges[piece].clone()];
            for (index, line) in layout.lines().iter().enumerate() {
                let graphemes: Vec<Range<usize>> = paragraph[line.range.clone()]
                    .grapheme_indices(true)
                    .map(|(at, grapheme)| line.range.start + at..line.range.start + at + grapheme.len())
                    .collect();
                let far = if layout.direction().is_rtl() { -1.0e6 } else { 1.0e6 };
                let edge = layout.hit(Point::new(far, (line.top + line.bottom) / 2.0));
                let below = layout.lines().get(index + 1);
                let entry = below.map(|below| layout.hit(Point::new(-far, (below.top + below.bottom) / 2.0)));
                let joined = entry.is_some_and(|entry| entry.byte == edge.byte);
                expected += graphemes.len() + 1 - usize::from(joined);
                let edge_x = layout.caret_rect(edge).left;
                let stops = spots.get(&(piece, index)).map_or(&[][..], Vec::as_slice);
                for grapheme in graphemes {
                    for rect in layout.rects(grapheme.clone()) {
                        for x in [rect.left, rect.right] {
                            let is_joined = joined && (edge_x - x).abs() < 0.02;
                            assert!(
                                is_joined || nearest(stops, x) < 0.02,
                                "an edge of {:?} in paragraph {piece} is no place",
                                &paragraph[grapheme.clone()]
                            );
                        }
                    }
                }
            }
        }
        assert_eq!(right.len(), expected, "places of {:.40}", page.text);

        let mut left = page.walk(Step::Left);
        left.reverse();
        assert_eq!(left, right, "the way back");
    });
}

#[test]
fn a_walk_by_words_stops_once_behind_every_word_and_at_the_edges_of_paragraphs() {
    for_each(|page| {
        let right = page.walk(Step::Right);
        for (step, places) in [
            (Step::WordRight, right.clone()),
            (Step::WordLeft, right.iter().rev().copied().collect::<Vec<Caret>>()),
        ] {
            let stops = page.walk(step);
            // Onwards on the way that single steps go, so that none is visited twice.
            let order: HashMap<Caret, usize> = places.iter().copied().zip(0..).collect();
            let number = |stop: &Caret| match order.get(stop) {
                Some(number) => *number,
                None => panic!("{} is no place", page.around(*stop)),
            };
            let on_way: Vec<usize> = stops.iter().map(number).collect();
            assert!(on_way.windows(2).all(|pair| pair[0] < pair[1]), "{step:?} goes on");
            assert_eq!(
                (on_way[0], on_way.last()),
                (0, Some(&(places.len() - 1))),
                "from the first to the last"
            );
            // Behind every word that stands on one line, as the eye goes.
            let mut words = 0;
            let spots = by_line(page, &stops);
            for (piece, layout) in page.layouts.iter().enumerate() {
                let start = page.ranges[piece].start;
                for (at, word) in page.text[page.ranges[piece].clone()].unicode_word_indices() {
                    let rects = layout.rects(at..at + word.len());
                    let [rect] = rects[..] else { continue };
                    let x = if step == Step::WordRight { rect.right } else { rect.left };
                    let line = layout.line_of(Caret::after(at));
                    let here = spots.get(&(piece, line)).map_or(&[][..], Vec::as_slice);
                    let behind = here.iter().filter(|stop| (*stop - x).abs() < 0.02).count();
                    let at_line_end = layout.lines()[line].range.end == at + word.len();
                    assert!(
                        behind == 1 || at_line_end && behind == 0,
                        "{step:?} stops {behind} times behind {word:?} at {}",
                        start + at
                    );
                    words += behind;
                }
            }
            let inner = stops.len() - words;
            assert!(inner <= 3 * page.lines().len(), "{inner} stops of {} are behind no word", stops.len());
        }
    });
}

#[test]
fn lines_are_gone_through_one_by_one_and_the_column_is_kept() {
    for_each(|page| {
        let places = page.walk(Step::Right);
        let stops = by_line(page, &places);
        let lines = page.lines();
        let widest =
            page.layouts.iter().flat_map(|layout| layout.lines()).map(|line| line.right).fold(0.0, f32::max);
        for x in [0.0, widest * 0.37, widest] {
            for (down, mut order) in [(true, lines.clone()), (false, lines.iter().rev().copied().collect())] {
                let (piece, line) = order[0];
                let first = &page.layouts[piece].lines()[line];
                let within = page.layouts[piece].hit(Point::new(x, (first.top + first.bottom) / 2.0));
                let mut caret = Caret { byte: within.byte + page.ranges[piece].start, ..within };
                let mut column = Some(x);
                for (piece, line) in order.split_off(1) {
                    caret = walk::lines(page, caret, if down { 1 } else { -1 }, &mut column);
                    let spot = page.spot(caret);
                    assert_eq!(spot.on(), (piece, line), "the next line: {}", page.around(caret));
                    let nearest = nearest(&stops[&(piece, line)], x);
                    assert!((spot.x - x).abs() <= nearest + 0.02, "nearest to {x}: {}", page.around(caret));
                }
                // Beyond the last line stands the end of the text, and it stays there.
                let end = if down { page.text.len() } else { 0 };
                for _ in 0..2 {
                    caret = walk::lines(page, caret, if down { 1 } else { -1 }, &mut column);
                    assert_eq!(caret.byte, end);
                }
                assert_eq!(column, Some(x), "the column is kept to the end");
            }
        }
    });
}

#[test]
fn pages_leave_no_line_out() {
    for_each(|page| {
        // From the top of the document to the top of each line.
        let mut tops = Vec::new();
        let mut top = 0.0;
        for layout in &page.layouts {
            tops.extend(layout.lines().iter().map(|line| top + line.top));
            top += layout.height() + GAP;
        }
        let lines = page.lines();
        let at = |page: &Page, caret: Caret| {
            lines.iter().position(|line| *line == page.spot(caret).on()).expect("a line")
        };
        for height in [LINE / 2.0, 3.0 * LINE, 400.0] {
            for sign in [1.0, -1.0] {
                let (mut column, mut pages) = (None, 0);
                let mut caret = if sign > 0.0 { Caret::after(0) } else { Caret::before(page.text.len()) };
                let last = if sign > 0.0 { lines.len() - 1 } else { 0 };
                while at(page, caret) != last {
                    let from = at(page, caret);
                    let (to, gone) = walk::distance(page, caret, sign * height, &mut column);
                    let line = at(page, to);
                    assert!((tops[line] - tops[from] - gone).abs() < 0.01, "it went as far as it says");
                    assert!(gone * sign > 0.0 && (gone.abs() <= height || line.abs_diff(from) == 1));
                    // As far as it can: one line more would be too far.
                    let beyond = if sign > 0.0 { line + 1 } else { line.wrapping_sub(1) };
                    assert!(line == last || (tops[beyond] - tops[from]).abs() > height);
                    caret = to;
                    pages += 1;
                }
                assert!(pages <= lines.len());
                let (end, gone) = walk::distance(page, caret, sign * height, &mut column);
                assert_eq!((end.byte, gone), (if sign > 0.0 { page.text.len() } else { 0 }, 0.0));
            }
        }
    });
}

#[test]
fn pointing_finds_the_place_nearest_on_screen() {
    let mut pointed = 0;
    for_each(|page| {
        let places = page.walk(Step::Right);
        let stops = by_line(page, &places);
        for (piece, layout) in page.layouts.iter().enumerate() {
            let paragraph = &page.text[page.ranges[piece].clone()];
            for (at, grapheme) in paragraph.grapheme_indices(true) {
                for rect in layout.rects(at..at + grapheme.len()) {
                    for share in [0.05, 0.3, 0.7, 0.95] {
                        let point = Point::new(rect.left + rect.width() * share, rect.center().y);
                        let hit = layout.hit(point);
                        let line = layout.line_of(hit);
                        assert_eq!(
                            line,
                            layout.line_of(Caret::after(at)),
                            "on the line of {grapheme:?} at {at}"
                        );
                        let stands = layout.caret_rect(hit).left;
                        // The end of a softly broken line is a place to point at, too.
                        let shown = &layout.lines()[line];
                        let edge = layout.caret_rect(Caret::before(shown.range.end)).left;
                        let known = stops.get(&(piece, line)).map_or(&[][..], Vec::as_slice);
                        let nearest = nearest(known, point.x).min((edge - point.x).abs());
                        assert!((stands - point.x).abs() <= nearest + 0.02, "{grapheme:?} at {at}: {hit:?}");
                        pointed += 1;
                    }
                }
            }
        }
    });
    assert!(pointed > 100_000, "{pointed}");
}

#[test]
fn paragraphs_are_gone_through_by_their_starts() {
    for_each(|page| {
        let mut caret = Caret::after(0);
        let mut starts = vec![0];
        while caret.byte < page.text.len() {
            caret = walk::paragraph(page, caret, true);
            starts.push(caret.byte);
        }
        let mut expected: Vec<usize> = page.ranges.iter().map(|range| range.start).collect();
        expected.push(page.text.len());
        expected.dedup();
        assert_eq!(starts, expected);
        let mut back = vec![caret.byte];
        while caret.byte > 0 {
            caret = walk::paragraph(page, caret, false);
            back.push(caret.byte);
        }
        back.reverse();
        assert_eq!(back, expected);
    });
}
