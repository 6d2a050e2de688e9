//! Glyphs, clusters and advances of every paragraph of the seeds in Amiri, against hb-shape's.
//!
//! `fixtures/layout/hb.json.gz` is made by `make-hb.py` beside it: levels from FriBidi, lines from Chromium, glyphs from hb-shape, which
//! shapes each run with the text around it as context. What is compared is what is painted: runs and glyphs from left to right,
//! after line breaking and reordering, on one line and wrapped. A run cut by a line break is shaped as hb-shape would shape that
//! part of it, joined to the letters on the other side of the break.

use std::io::Read;

use hashiya::text::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    size: f32,
    width: f32,
    units_per_em: f32,
    paragraphs: Vec<Paragraph>,
}

#[derive(Deserialize)]
struct Paragraph {
    text: String,
    whole: Vec<Expected>,
    lines: Vec<Vec<Expected>>,
}

#[derive(Deserialize)]
struct Expected {
    start: usize,
    end: usize,
    rtl: bool,
    /// Id, cluster, advance, x offset, y offset; font units.
    glyphs: Vec<(u32, usize, f32, f32, f32)>,
}

fn reference() -> Reference {
    let packed = include_bytes!("fixtures/layout/hb.json.gz");
    let mut data = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut data).expect("a gzip file of UTF-8");
    serde_json::from_str(&data).expect("the fixture is what the script writes")
}

/// Pixels by which an advance or a position may differ.
const TOLERANCE: f32 = 1.0 / 64.0;

/// The first difference between a painted line and the reference.
fn difference(line: &Line, expected: &[Expected], scale: f32) -> Option<String> {
    if line.runs.len() != expected.len() {
        return Some(format!("{} runs, expected {}", line.runs.len(), expected.len()));
    }
    let mut pen = line.runs.first().map_or(0.0, |run| run.left);
    for (run, expected) in line.runs.iter().zip(expected) {
        if run.range != (expected.start..expected.end)
            || (run.direction == Direction::RightToLeft) != expected.rtl
        {
            return Some(format!(
                "run {:?} {:?}, expected {}..{}",
                run.range, run.direction, expected.start, expected.end
            ));
        }
        if run.glyphs.len() != expected.glyphs.len() {
            return Some(format!("{} glyphs, expected {}", run.glyphs.len(), expected.glyphs.len()));
        }
        for (glyph, &(id, cluster, advance, x, y)) in run.glyphs.iter().zip(&expected.glyphs) {
            let place = (pen + x * scale, line.baseline - y * scale);
            let near = |a: f32, b: f32| (a - b).abs() <= TOLERANCE;
            let same = glyph.id == id && glyph.cluster == cluster && near(glyph.advance, advance * scale);
            if !same || !near(glyph.x, place.0) || !near(glyph.y, place.1) {
                return Some(format!(
                    "{glyph:?}, expected {id} cluster {cluster} advance {} at {place:?}",
                    advance * scale
                ));
            }
            pen += advance * scale;
        }
    }
    None
}

/// The faults that a comparison must notice: runs in the order of the text, as without bidi, and one advance a pixel wider.
fn faults(line: &Line) -> Vec<Line> {
    let mut without_bidi = line.clone();
    without_bidi.runs.sort_by_key(|run| run.range.start);
    for run in &mut without_bidi.runs {
        run.direction = Direction::LeftToRight;
    }
    let mut faults = vec![without_bidi];
    // A line that is all left-to-right looks the same without bidi.
    faults.retain(|fault| fault != line);
    let mut wider = line.clone();
    let runs = wider.runs.len();
    if let Some(glyph) = wider.runs[runs / 2].glyphs.last_mut() {
        glyph.advance += 1.0;
    }
    faults.push(wider);
    faults
}

#[test]
fn glyphs_are_those_of_hb_shape() {
    let reference = reference();
    let scale = reference.size / reference.units_per_em;
    let mut engine = TextEngine::new(FontLibrary::bundled());
    let style =
        Style { family: Family::AMIRI, size: reference.size, weight: Weight::Regular, line_height: 44.0 };
    let mut wrong = Vec::new();
    let (mut lines, mut glyphs, mut noticed) = (0, 0, 0);
    for paragraph in &reference.paragraphs {
        let direction = paragraph_direction(&paragraph.text, Direction::RightToLeft);
        let whole = engine.lay_out(&paragraph.text, &style, direction, Align::Start, None);
        let wrapped = engine.lay_out(&paragraph.text, &style, direction, Align::Start, Some(reference.width));
        assert_eq!(wrapped.lines().len(), paragraph.lines.len(), "{}", paragraph.text);
        let expected = std::iter::once(&paragraph.whole).chain(&paragraph.lines);
        for (line, expected) in whole.lines().iter().chain(wrapped.lines()).zip(expected) {
            lines += 1;
            glyphs += line.runs.iter().map(|run| run.glyphs.len()).sum::<usize>();
            for fault in faults(line) {
                noticed += 1;
                assert!(difference(&fault, expected, scale).is_some(), "a fault goes unnoticed: {fault:?}");
            }
            if let Some(what) = difference(line, expected, scale) {
                wrong.push(format!("{:?}: {what}", &paragraph.text[line.range.clone()]));
            }
        }
    }
    println!("{lines} lines, {glyphs} glyphs compared");
    assert!(
        wrong.is_empty(),
        "{} of {lines} lines differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    assert!(noticed > lines + 400, "{noticed}");
    assert!(lines > 350 && glyphs > 20_000, "{lines} lines, {glyphs} glyphs");
}
