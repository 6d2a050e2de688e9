//! Paragraphs that are laid out in pieces against layouts of the whole: lines, glyphs, levels, and what is asked of them.

use hashiya::text::*;
use proptest::prelude::*;

fn style(size: f32) -> Style {
    Style { family: Family::AMIRI, size, weight: Weight::Regular, line_height: (size * 1.8).round() }
}

/// The paragraphs of the seeds.
fn paragraphs() -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds"))
        .expect("the seeds are in the tree")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    let texts = files.iter().map(|path| std::fs::read_to_string(path).expect("UTF-8")).collect::<String>();
    texts.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

/// One line of at least so many bytes: the paragraphs of the seeds, beginning anywhere, in strides.
fn prose(bytes: usize, first: usize, stride: usize) -> String {
    let paragraphs = paragraphs();
    let mut text = String::new();
    let mut at = first;
    while text.len() < bytes {
        text.push_str(&paragraphs[at % paragraphs.len()]);
        text.push(' ');
        at += stride;
    }
    text
}

/// What a line is, wherever it stands in its layout: the bytes of the paragraph, the edges, and the glyphs with their places.
type Shown = (std::ops::Range<usize>, [i32; 2], Vec<(u32, usize, i32)>);

fn shown(line: &Line, start: usize) -> Shown {
    let hundredths = |x: f32| (x * 100.0).round() as i32;
    let glyphs = line.runs.iter().flat_map(|run| &run.glyphs);
    (
        start + line.range.start..start + line.range.end,
        [hundredths(line.left), hundredths(line.right)],
        glyphs.map(|glyph| (glyph.id, start + glyph.cluster, hundredths(glyph.x))).collect(),
    )
}

fn same(a: &Shown, b: &Shown) -> bool {
    let near = |a: i32, b: i32| (a - b).abs() <= 2;
    a.0 == b.0
        && near(a.1[0], b.1[0])
        && near(a.1[1], b.1[1])
        && a.2.len() == b.2.len()
        && a.2.iter().zip(&b.2).all(|(a, b)| a.0 == b.0 && a.1 == b.1 && near(a.2, b.2))
}

struct Pieces<'a> {
    engine: &'a mut TextEngine,
    paragraph: LongParagraph,
    text: &'a str,
    style: Style,
    width: f32,
}

impl Pieces<'_> {
    /// The lines of a piece.
    fn lines(&mut self, piece: usize) -> Vec<Shown> {
        let layout = self.engine.lay_out_piece(
            (&mut self.paragraph, self.text),
            piece,
            &self.style,
            Align::Start,
            self.width,
        );
        let start = self.paragraph.piece(piece).start;
        layout.lines().iter().map(|line| shown(line, start)).collect()
    }
}

fn whole(engine: &mut TextEngine, text: &str, style: &Style, width: f32) -> Vec<Shown> {
    let direction = paragraph_direction(text, Direction::RightToLeft);
    let layout = engine.lay_out(text, style, direction, Align::Start, Some(width));
    layout.lines().iter().map(|line| shown(line, 0)).collect()
}

fn assert_same(ours: &[Shown], expected: &[Shown], text: &str) {
    for (at, (ours, expected)) in ours.iter().zip(expected).enumerate() {
        assert!(
            same(ours, expected),
            "line {at} is {:?} {:?}, expected {:?} {:?}",
            ours.0,
            &text[ours.0.clone()],
            expected.0,
            &text[expected.0.clone()]
        );
    }
    assert_eq!(ours.len(), expected.len());
}

#[test]
fn pieces_from_the_first_to_the_last_have_the_lines_of_the_whole() {
    let engine = &mut TextEngine::new(FontLibrary::bundled());
    for (first, size, width) in [(0, 22.0, 660.0), (7, 22.0, 333.3), (31, 40.0, 250.0), (50, 15.0, 1200.0)] {
        let text = &prose(70_000, first, 1);
        let expected = whole(engine, text, &style(size), width);
        let paragraph = LongParagraph::new(text, Direction::RightToLeft);
        let mut pieces = Pieces { engine, paragraph, text, style: style(size), width };
        let count = pieces.paragraph.pieces();
        assert!(count > 12, "{count}");
        let ours: Vec<Shown> = (0..count).flat_map(|piece| pieces.lines(piece)).collect();
        assert_same(&ours, &expected, text);
    }
}

#[test]
fn no_line_is_short_where_pieces_reached_by_jumps_meet() {
    let engine = &mut TextEngine::new(FontLibrary::bundled());
    let mut met = 0;
    for (first, stride, size, width) in [(0, 1, 22.0, 660.0), (11, 7, 17.0, 700.0), (40, 13, 22.0, 480.0)] {
        let text = &prose(90_000, first, stride);
        let expected = whole(engine, text, &style(size), width);
        let paragraph = LongParagraph::new(text, Direction::RightToLeft);
        let count = paragraph.pieces();
        // The first two pieces, then from the middle down to the end, then from there up.
        let order = (0..2).chain(count / 2..count).chain((2..count / 2).rev());
        let mut pieces = Pieces { engine, paragraph, text, style: style(size), width };
        for piece in order {
            pieces.lines(piece);
        }
        let all: Vec<Vec<Shown>> = (0..count).map(|piece| pieces.lines(piece)).collect();
        let lines: Vec<&Shown> = all.iter().flatten().collect();
        assert!(lines.windows(2).all(|pair| pair[0].0.end == pair[1].0.start), "lines tile the text");
        let filled = |line: &Shown| (line.1[1] - line.1[0]) as f32 / 100.0 / width;
        let least = |lines: &[&Shown]| lines.iter().map(|line| filled(line)).fold(1.0, f32::min);
        let natural = least(&expected[..expected.len() - 1].iter().collect::<Vec<_>>());
        let ours = least(&lines[..lines.len() - 1]);
        assert!(ours > natural - 0.16, "a line is filled to {ours}, of the whole's lines each to {natural}");
        assert!(lines.iter().all(|line| filled(line) < 1.0 + 1.0e-4));
        assert!(lines.len() <= expected.len() + count, "{} lines, {}", lines.len(), expected.len());
        met += count / 2 - 2;
        // Up to the jump, and for some lines about where the two parts meet, nothing tells of it.
        let same_start =
            lines.iter().zip(&expected).take_while(|(ours, expected)| same(ours, expected)).count();
        assert!(same_start >= all[0].len() + all[1].len());
    }
    assert!(met > 20, "{met}");
}

/// What is not prose: with brackets, numbers, breaks and words longer than a line, and with the invisible characters that embed and isolate.
fn odd_texts(embedded: bool) -> impl Strategy<Value = String> {
    let invisible =
        if embedded { "[\u{2066}-\u{2069}\u{202a}-\u{202e}]{1,3}" } else { "[\u{200b}-\u{200f}\u{ad}]{1,3}" };
    let part = prop_oneof![
        4 => "[ابتثجحخدذرزس]{1,12} ",
        1 => "[a-z]{1,9} ",
        1 => "[0-9٠-٩]{1,6}[,.:/%-]",
        1 => "[(){}\\[\\]«»<>\"' ]{1,6}",
        1 => invisible,
        1 => "[\t\r\u{2028}\u{85}]",
        1 => "[ً-ْ]{1,5}",
        1 => "[กขคงจ]{1,8}",
        1 => "👨‍👩‍👧🇪🇬é",
        1 => Just("و".repeat(300)),
    ];
    let lump = prop::collection::vec(part, 20..60).prop_map(|parts| parts.concat());
    (lump, 18_000usize..26_000).prop_map(|(lump, length)| {
        let mut text = lump.repeat(length / lump.len() + 1);
        text.truncate(text.floor_char_boundary(length));
        text
    })
}

fn pieces_of<'a>(engine: &'a mut TextEngine, text: &'a str, rtl: bool, width: f32) -> Pieces<'a> {
    let direction = if rtl { Direction::RightToLeft } else { Direction::LeftToRight };
    Pieces { engine, paragraph: LongParagraph::new(text, direction), text, style: style(20.0), width }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_of_any_text_tile_it_in_any_order(
        text in odd_texts(true),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..8),
        width in 120.0f32..900.0,
        rtl in any::<bool>(),
    ) {
        let engine = &mut TextEngine::new(FontLibrary::bundled());
        let mut pieces = pieces_of(engine, &text, rtl, width);
        let count = pieces.paragraph.pieces();
        for jump in order {
            pieces.lines(jump.index(count));
        }
        let all: Vec<Vec<Shown>> = (0..count).map(|piece| pieces.lines(piece)).collect();
        let mut at = 0;
        for (piece, lines) in all.iter().enumerate() {
            prop_assert_eq!(pieces.paragraph.piece(piece).start, at);
            for (range, [left, right], _) in lines {
                prop_assert_eq!(range.start, at);
                at = range.end;
                let characters = text[range.clone()].chars().count();
                let fits = *left >= -2 && *right <= (width * 100.0) as i32 + 2;
                prop_assert!(fits || characters <= 20, "{left} {right}");
            }
            prop_assert_eq!(pieces.paragraph.piece(piece).end, at);
            // The same again, as when a piece comes back into view.
            prop_assert!(pieces.lines(piece) == *lines, "piece {piece} has other lines the second time");
        }
        prop_assert_eq!(at, text.len());
    }

    #[test]
    fn pieces_of_any_text_have_the_lines_of_the_whole(
        text in odd_texts(false),
        width in 120.0f32..900.0,
        rtl in any::<bool>(),
    ) {
        let engine = &mut TextEngine::new(FontLibrary::bundled());
        let direction = if rtl { Direction::RightToLeft } else { Direction::LeftToRight };
        let layout = engine.lay_out(&text, &style(20.0), direction, Align::Start, Some(width));
        let expected: Vec<_> = layout.lines().iter().map(|line| line.range.clone()).collect();
        let mut pieces = pieces_of(engine, &text, rtl, width);
        let count = pieces.paragraph.pieces();
        let mut ours = Vec::new();
        for piece in 0..count {
            let lines = pieces.lines(piece);
            // A piece with nothing left for it has a line of no height.
            let is_left_out = piece > 0 && pieces.paragraph.piece(piece).is_empty();
            ours.extend(lines.into_iter().map(|line| line.0).filter(|_| !is_left_out));
        }
        let differ = ours.iter().zip(&expected).find(|(ours, expected)| ours != expected);
        let quoted = differ.map(|(ours, expected)| (&text[ours.clone()], &text[expected.clone()]));
        prop_assert!(differ.is_none(), "{differ:?} {quoted:?}");
        prop_assert_eq!(ours.len(), expected.len());
    }
}

#[test]
fn another_width_or_size_gives_the_lines_of_the_whole_again() {
    let engine = &mut TextEngine::new(FontLibrary::bundled());
    let text = &prose(40_000, 5, 3);
    let mut paragraph = LongParagraph::new(text, Direction::RightToLeft);
    let shaping = engine.shape(text, &style(22.0), Direction::RightToLeft);
    for (size, width) in [(22.0, 660.0), (22.0, 420.0), (31.0, 420.0), (22.0, 660.0)] {
        let expected = whole(engine, text, &style(size), width);
        let mut pieces = Pieces { engine, paragraph, text, style: style(size), width };
        let ours: Vec<Shown> = (0..pieces.paragraph.pieces()).flat_map(|piece| pieces.lines(piece)).collect();
        assert_same(&ours, &expected, text);
        paragraph = pieces.paragraph;
        let again = engine.lay_out_shaped(text, &shaping, &style(size), Align::Start, width);
        let again: Vec<Shown> = again.lines().iter().map(|line| shown(line, 0)).collect();
        assert_same(&again, &expected, text);
    }
}

#[test]
fn levels_that_come_later_put_right_what_was_guessed() {
    let engine = &mut TextEngine::new(FontLibrary::bundled());
    // Far apart, a bracket and its other half; what stands beside them runs the other way.
    let middle = prose(200_000, 9, 5).replace(['(', ')', '[', ']', '{', '}'], " ");
    let text = &format!("abc (def {middle} xyz) uvw {}", prose(6_000, 2, 1));
    let direction = Direction::RightToLeft;
    let lay_out = |engine: &mut TextEngine, paragraph: &mut LongParagraph, piece: usize| -> Vec<Shown> {
        let layout = engine.lay_out_piece((paragraph, text), piece, &style(22.0), Align::Start, 600.0);
        let start = paragraph.piece(piece).start;
        layout.lines().iter().map(|line| shown(line, start)).collect()
    };
    let mut paragraph = LongParagraph::new(text, direction);
    assert!(paragraph.wants_levels());
    let guessed = lay_out(engine, &mut paragraph, 0);
    let expected = whole(engine, text, &style(22.0), 600.0);
    assert!(!same(&guessed[0], &expected[0]), "the guess was right all the same");
    assert!(paragraph.take_levels(text, Levels::of(text, direction)), "what was guessed is void");
    assert!(!paragraph.wants_levels());
    let lines = lay_out(engine, &mut paragraph, 0);
    assert_same(&lines, &expected[..lines.len()], text);
    // Prose is guessed rightly.
    let text = &prose(200_000, 9, 5);
    let mut paragraph = LongParagraph::new(text, direction);
    let jump = paragraph.pieces() / 2;
    engine.lay_out_piece((&mut paragraph, text), jump, &style(22.0), Align::Start, 600.0);
    assert!(!paragraph.take_levels(text, Levels::of(text, direction)));
}

/// The pieces of one paragraph as a text to walk through.
struct Column {
    ranges: Vec<std::ops::Range<usize>>,
    layouts: Vec<std::sync::Arc<ParagraphLayout>>,
}

impl Column {
    fn of_pieces(engine: &mut TextEngine, text: &str, width: f32) -> Self {
        let mut paragraph = LongParagraph::new(text, Direction::RightToLeft);
        let mut column = Self { ranges: Vec::new(), layouts: Vec::new() };
        for piece in 0..paragraph.pieces() {
            let layout =
                engine.lay_out_piece((&mut paragraph, text), piece, &style(22.0), Align::Start, width);
            column.ranges.push(paragraph.piece(piece));
            column.layouts.push(std::sync::Arc::new(layout));
        }
        column
    }

    fn of_whole(engine: &mut TextEngine, text: &str, width: f32) -> Self {
        let layout = engine.lay_out(text, &style(22.0), Direction::RightToLeft, Align::Start, Some(width));
        Self { ranges: std::iter::once(0..text.len()).collect(), layouts: vec![layout.into()] }
    }

    /// The rectangles of a range, from the top of all.
    fn rects(&self, range: std::ops::Range<usize>) -> Vec<Rect> {
        let mut top = 0.0;
        let mut rects = Vec::new();
        for (piece, layout) in self.ranges.iter().zip(&self.layouts) {
            let within = range.start.max(piece.start)..range.end.min(piece.end);
            if within.start < within.end {
                let found = layout.rects(within.start - piece.start..within.end - piece.start);
                rects.extend(found.into_iter().map(|rect| Rect {
                    top: rect.top + top,
                    bottom: rect.bottom + top,
                    ..rect
                }));
            }
            top += layout.height();
        }
        rects
    }
}

impl walk::Pieces for Column {
    fn direction(&self) -> Direction {
        Direction::RightToLeft
    }

    fn count(&self) -> usize {
        self.ranges.len()
    }

    fn find(&mut self, caret: Caret) -> usize {
        let at = self.ranges.partition_point(|piece| piece.start <= caret.byte) - 1;
        let is_before = caret.affinity == Affinity::Before && caret.byte == self.ranges[at].start;
        at - usize::from(is_before && at > 0)
    }

    fn range(&self, piece: usize) -> std::ops::Range<usize> {
        self.ranges[piece].clone()
    }

    fn continues(&self, piece: usize) -> bool {
        piece > 0
    }

    fn layout(&mut self, piece: usize) -> std::sync::Arc<ParagraphLayout> {
        self.layouts[piece].clone()
    }
}

#[test]
fn carets_and_selections_cross_from_piece_to_piece_as_within_one_layout() {
    let engine = &mut TextEngine::new(FontLibrary::bundled());
    for (first, width) in [(0, 600.0), (20, 380.0)] {
        let text = &prose(20_000, first, 1);
        let (mut pieces, mut whole) =
            (Column::of_pieces(engine, text, width), Column::of_whole(engine, text, width));
        assert!(pieces.ranges.len() > 3);
        for border in pieces.ranges.clone().into_iter().skip(1).map(|piece| piece.start) {
            for (from, to) in [(border - 300, border + 300), (border - 1, border + 2), (border, border + 400)]
            {
                let range = text.floor_char_boundary(from)..text.floor_char_boundary(to);
                let (ours, expected) = (pieces.rects(range.clone()), whole.rects(range));
                assert_eq!(ours.len(), expected.len());
                for (a, b) in ours.iter().zip(&expected) {
                    let near = |a: f32, b: f32| (a - b).abs() < 0.05;
                    assert!(near(a.left, b.left) && near(a.right, b.right) && near(a.top, b.top));
                }
            }
            for (step, back) in [
                (Step::Left, Step::Right),
                (Step::WordLeft, Step::WordRight),
                (Step::Next, Step::Previous),
                (Step::NextWord, Step::PreviousWord),
            ] {
                for (step, from) in [(step, border - 200), (back, border + 200)] {
                    let begin = Caret::after(text.floor_char_boundary(from));
                    let (mut ours, mut expected) = (begin, begin);
                    for _ in 0..150 {
                        let next =
                            |column: &mut Column, from| walk::step(column, from, step).expect("inside");
                        (ours, expected) = (next(&mut pieces, ours), next(&mut whole, expected));
                        assert_eq!(ours, expected, "{step:?} at {border}");
                    }
                }
            }
            for lines in [-6, -1, 1, 6] {
                let begin = Caret::after(text.floor_char_boundary(border + 40));
                let ours = walk::lines(&mut pieces, begin, lines, &mut None);
                assert_eq!(ours, walk::lines(&mut whole, begin, lines, &mut None), "{lines} lines");
            }
            for caret in [Caret::before(border), Caret::after(border)] {
                for step in [Step::LineStart, Step::LineEnd] {
                    assert_eq!(walk::step(&mut pieces, caret, step), walk::step(&mut whole, caret, step));
                }
            }
        }
    }
}
