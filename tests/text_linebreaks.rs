//! Line breaks and selection rectangles of every paragraph of the seeds, in the three bundled families at five widths, against Chromium's.
//!
//! `fixtures/layout/chromium.json.gz` is made by `make-chromium.py` beside it. Chromium sets `pre-wrap` text, where white space at a
//! line's end hangs as it does here. It measures in 1/64 of a pixel; rectangles may differ by half a pixel.

use hashiya::text::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    size: f32,
    line_height: f32,
    paragraphs: Vec<Paragraph>,
}

#[derive(Deserialize)]
struct Paragraph {
    family: String,
    seed: String,
    paragraph: usize,
    direction: String,
    text: String,
    widths: Vec<Width>,
}

#[derive(Deserialize)]
struct Width {
    width: f32,
    starts: Vec<usize>,
    selections: Vec<Selection>,
}

#[derive(Deserialize)]
struct Selection {
    range: [usize; 2],
    rects: Vec<[f32; 4]>,
}

fn reference() -> Reference {
    let packed = include_bytes!("fixtures/layout/chromium.json.gz");
    serde_json::from_reader(flate2::read::GzDecoder::new(&packed[..]))
        .expect("the fixture is what the script writes")
}

const FAMILIES: [Family; 3] = [Family::AMIRI, Family::NOTO_NASKH, Family::NOTO_SANS];

/// Lays out every paragraph in every family at every width and hands each to `check`.
fn for_each(check: &mut dyn FnMut(&Paragraph, &Width, &ParagraphLayout)) {
    let reference = reference();
    let mut engine = TextEngine::new(FontLibrary::bundled());
    let mut seen = [0; 3];
    for paragraph in &reference.paragraphs {
        let at = FAMILIES.iter().position(|family| family.name() == paragraph.family).expect("it is bundled");
        seen[at] += 1;
        let style = Style {
            family: FAMILIES[at].clone(),
            size: reference.size,
            weight: Weight::Regular,
            line_height: reference.line_height,
        };
        let direction = paragraph_direction(&paragraph.text, Direction::RightToLeft);
        let expected = if direction == Direction::RightToLeft { "rtl" } else { "ltr" };
        assert_eq!(paragraph.direction, expected, "{}", paragraph.text);
        for width in &paragraph.widths {
            let layout = engine.lay_out(&paragraph.text, &style, direction, Align::Start, Some(width.width));
            check(paragraph, width, &layout);
        }
    }
    assert!(seen[0] >= 110 && seen == [seen[0]; 3], "{seen:?}");
}

/// The bytes at which lines begin.
fn starts(layout: &ParagraphLayout) -> Vec<usize> {
    layout.lines().iter().map(|line| line.range.start).collect()
}

/// Line breaks that may differ from Chromium's: in these lines the next word fills the column to less than 1/64 of a pixel, the unit in
/// which Chromium measures; it rounds each word, the text layer adds up unrounded advances. Family, seed, paragraph, width, and by how much
/// the words are wider than the column, in pixels.
const FILLED_TO_THE_UNIT: &[(&str, &str, usize, f32, f32)] = &[
    ("Noto Sans Arabic", "003_6b8c67d8d7974d23.txt", 3, 320.0, 0.0120),
    ("Noto Sans Arabic", "004_57c0ae44c740a938.txt", 49, 640.0, 0.0018),
];

#[test]
fn lines_break_where_chromium_breaks_them() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    let mut engine = TextEngine::new(FontLibrary::bundled());
    let mut filled = Vec::new();
    for_each(&mut |paragraph, width, layout| {
        compared += 1;
        let ours = starts(layout);
        let known = FILLED_TO_THE_UNIT.iter().find(|(family, seed, number, column, _)| {
            (*family, *seed, *number, *column)
                == (paragraph.family.as_str(), paragraph.seed.as_str(), paragraph.paragraph, width.width)
        });
        if let (Some(known), true) = (known, ours != width.starts) {
            // With a column wider or narrower by the unit, the lines are Chromium's.
            let style = Style {
                family: Family::NOTO_SANS,
                size: 22.0,
                weight: Weight::Regular,
                line_height: layout.lines()[0].bottom,
            };
            let as_there = [-1.0, 1.0].into_iter().any(|sign| {
                let column = width.width + sign / 64.0;
                let direction = layout.direction();
                starts(&engine.lay_out(&paragraph.text, &style, direction, Align::Start, Some(column)))
                    == width.starts
            });
            assert!(as_there && known.4 < 1.0 / 64.0, "{known:?}");
            filled.push(known.3);
            return;
        }
        if ours != width.starts {
            let at = ours.iter().zip(&width.starts).take_while(|(a, b)| a == b).count();
            let around = |byte: Option<&usize>| {
                byte.map(|b| paragraph.text[*b..].chars().take(20).collect::<String>())
            };
            wrong.push(format!(
                "{}: {} paragraph {} width {}: line {at} begins {:?} here, {:?} there",
                paragraph.family,
                paragraph.seed,
                paragraph.paragraph,
                width.width,
                around(ours.get(at)),
                around(width.starts.get(at))
            ));
        }
    });
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared >= 3 * 545, "{compared} compared");
    assert_eq!(filled.len(), FILLED_TO_THE_UNIT.len(), "each exception is needed");
}

/// Pixels by which an edge may differ from Chromium's.
const TOLERANCE: f32 = 0.5;

fn agree(ours: &[(usize, f32, f32)], theirs: &[(usize, f32, f32)]) -> bool {
    let near = |a: &(usize, f32, f32), b: &(usize, f32, f32)| {
        a.0 == b.0 && (a.1 - b.1).abs() <= TOLERANCE && (a.2 - b.2).abs() <= TOLERANCE
    };
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| near(a, b))
}

/// Selections that may differ from Chromium's, and why.
const JUSTIFIED: &[(&str, &str)] = &[(
    ") ثم (GMT+3).",
    "the bracket closes `(A (B) C)`; Chromium keeps matched brackets open, takes it for the inner pair's and gives it the Latin form",
)];

/// What a selection covers on each line: sorted intervals, touching ones joined. Chromium gives a rectangle for each of its runs.
fn intervals(rects: &[[f32; 4]], line_height: f32) -> Vec<(usize, f32, f32)> {
    let mut all: Vec<(usize, f32, f32)> = rects
        .iter()
        .map(|[left, top, right, bottom]| (((top + bottom) / 2.0 / line_height) as usize, *left, *right))
        .filter(|(_, left, right)| right - left > 0.05)
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut joined: Vec<(usize, f32, f32)> = Vec::new();
    for (line, left, right) in all {
        match joined.last_mut() {
            Some(last) if last.0 == line && left - last.2 < 0.1 => last.2 = last.2.max(right),
            _ => joined.push((line, left, right)),
        }
    }
    joined
}

#[test]
fn faults_change_lines_and_selections() {
    let mut engine = TextEngine::new(FontLibrary::bundled());
    let (mut breaks, mut covered) = (0, 0);
    for_each(&mut |paragraph, width, layout| {
        let of_amiri = paragraph.family == Family::AMIRI.name();
        if !of_amiri || layout.direction() == Direction::LeftToRight || layout.lines().len() < 3 {
            return;
        }
        let line_height = layout.lines()[0].bottom;
        let style = Style { family: Family::AMIRI, size: 22.0, weight: Weight::Regular, line_height };
        // A pixel more in some words of each line, as if the column were narrower by it.
        let wider = engine.lay_out(
            &paragraph.text,
            &style,
            Direction::RightToLeft,
            Align::Start,
            Some(width.width - 4.0),
        );
        breaks += usize::from(starts(&wider) != width.starts);
        // The paragraph's direction lost: what is selected stands elsewhere.
        let turned =
            engine.lay_out(&paragraph.text, &style, Direction::LeftToRight, Align::Start, Some(width.width));
        covered += usize::from(width.selections.iter().any(|selection| {
            let rects = turned.rects(selection.range[0]..selection.range[1]);
            let ours: Vec<[f32; 4]> = rects.iter().map(|r| [r.left, r.top, r.right, r.bottom]).collect();
            !agree(&intervals(&ours, line_height), &intervals(&selection.rects, line_height))
        }));
    });
    assert!(breaks > 20 && covered > 200, "{breaks} {covered}");
}

#[test]
fn selections_cover_what_chromium_covers() {
    let line_height = reference().line_height;
    let (mut compared, mut excepted) = (0, 0);
    let mut wrong = Vec::new();
    for_each(&mut |paragraph, width, layout| {
        if starts(layout) != width.starts {
            return;
        }
        for selection in &width.selections {
            compared += 1;
            let [from, to] = selection.range;
            let ours: Vec<[f32; 4]> =
                layout.rects(from..to).iter().map(|r| [r.left, r.top, r.right, r.bottom]).collect();
            let (ours, theirs) = (intervals(&ours, line_height), intervals(&selection.rects, line_height));
            // One advance a pixel wider, inside the selection or on the side where the line begins.
            let wider: Vec<_> = ours.iter().map(|(line, left, right)| (*line, left - 1.0, *right)).collect();
            assert!(!agree(&wider, &theirs) || theirs.is_empty());
            let text = &paragraph.text[from..to];
            if !agree(&ours, &theirs) && JUSTIFIED.iter().any(|(known, _)| *known == text) {
                excepted += 1;
                continue;
            }
            if !agree(&ours, &theirs) {
                wrong.push(format!(
                    "{}: {} paragraph {} width {} {:?}: {ours:?}, Chromium {theirs:?}",
                    paragraph.family,
                    paragraph.seed,
                    paragraph.paragraph,
                    width.width,
                    &paragraph.text[from..to]
                ));
            }
        }
    });
    assert!(
        wrong.is_empty(),
        "{} of {compared} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(30)].join("\n")
    );
    assert!(compared >= 3 * 3_700 && excepted <= 15, "{compared} compared, {excepted} excepted");
}
