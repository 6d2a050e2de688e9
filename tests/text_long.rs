//! Paragraphs that are laid out in pieces against layouts of the whole: lines, glyphs, levels, and what is asked of them.

use hashiya::text::*;

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
