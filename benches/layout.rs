//! Laying out the paragraphs of the seeds, as a ratio to shaping alone.
//!
//! The floor is harfrust, in the version that parley uses, on the same runs of the same text with the same context, with fonts, shape
//! plans and the buffer kept. The two take turns paragraph by paragraph, so that both meet the machine in the same state. Nothing is
//! cached between rounds on either side: a layout is analysed, shaped, broken, reordered and placed anew. Run with
//! `cargo bench --bench layout`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use harfrust::{
    BufferClusterLevel, Direction as HarfDirection, FontRef, ShapeOptions, ShapePlan, ShaperData,
    UnicodeBuffer,
};
use hashiya::text::*;

const AMIRI: &[u8] = include_bytes!("../fonts/Amiri-Regular.ttf");
const ROUNDS: usize = 400;
const WIDTH: f32 = 620.0;

/// A run of a paragraph as the floor shapes it.
struct Job {
    range: std::ops::Range<usize>,
    plan: usize,
}

fn main() {
    let style = Style { family: Family::AMIRI, size: 22.0, weight: Weight::Regular, line_height: 44.0 };
    let mut engine = TextEngine::new(FontLibrary::bundled());
    let font = FontRef::from_index(AMIRI, 0).expect("the bundled font");
    let data = ShaperData::new(&font);
    let shaper = data.shaper(&font).build();
    let mut plans: Vec<((HarfDirection, harfrust::Script), ShapePlan)> = Vec::new();
    let mut buffer = Some(UnicodeBuffer::new());

    let paragraphs = paragraphs();
    let jobs: Vec<Vec<Job>> = paragraphs
        .iter()
        .map(|text| {
            let layout = engine.lay_out(text, &style, Direction::RightToLeft, Align::Start, None);
            let runs = &layout.lines()[0].runs;
            runs.iter()
                .map(|run| {
                    let direction = match run.direction {
                        Direction::RightToLeft => HarfDirection::RightToLeft,
                        Direction::LeftToRight => HarfDirection::LeftToRight,
                    };
                    let script = harfrust::Script::from_iso15924_tag(harfrust::Tag::new(&run.script))
                        .expect("a script");
                    let key = (direction, script);
                    let plan = plans.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
                        plans.push((key, ShapePlan::new(&shaper, direction, Some(script), None, &[])));
                        plans.len() - 1
                    });
                    Job { range: run.range.clone(), plan }
                })
                .collect()
        })
        .collect();

    let mut floors = vec![Vec::with_capacity(ROUNDS); paragraphs.len()];
    let mut layouts = vec![Vec::with_capacity(ROUNDS); paragraphs.len()];
    for round in 0..ROUNDS {
        for (index, text) in paragraphs.iter().enumerate() {
            let mut floor = || {
                let begun = Instant::now();
                for job in &jobs[index] {
                    let ((direction, script), plan) = &plans[job.plan];
                    let mut unicode = buffer.take().expect("put back after each run");
                    unicode.set_cluster_level(BufferClusterLevel::MonotoneGraphemes);
                    for (at, c) in text[job.range.clone()].char_indices() {
                        unicode.add(c, (job.range.start + at) as u32);
                    }
                    unicode.set_pre_context(&text[..job.range.start]);
                    unicode.set_post_context(&text[job.range.end..]);
                    unicode.set_direction(*direction);
                    unicode.set_script(*script);
                    let glyphs = shaper.shape(unicode, ShapeOptions::new().plan(Some(plan)));
                    buffer = Some(black_box(glyphs).clear());
                }
                floors[index].push(begun.elapsed());
            };
            let mut layout = || {
                let begun = Instant::now();
                black_box(engine.lay_out(text, &style, Direction::RightToLeft, Align::Start, Some(WIDTH)));
                layouts[index].push(begun.elapsed());
            };
            if round % 2 == 0 {
                floor();
                layout();
            } else {
                layout();
                floor();
            }
        }
    }

    let sum =
        |times: &mut Vec<Vec<Duration>>| -> Duration { times.iter_mut().map(|of_one| median(of_one)).sum() };
    let (floor, layout) = (sum(&mut floors), sum(&mut layouts));
    let bytes: usize = paragraphs.iter().map(String::len).sum();
    println!(
        "{} paragraphs, {bytes} bytes, {ROUNDS} rounds, width {WIDTH} px; sums of medians",
        paragraphs.len()
    );
    println!("shaping alone  {:8.1} us", floor.as_secs_f64() * 1.0e6);
    println!("whole layout   {:8.1} us", layout.as_secs_f64() * 1.0e6);
    println!("layout / shaping = {:.2}  (aim: at most 2)", layout.as_secs_f64() / floor.as_secs_f64());
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The paragraphs of the seeds that are right-to-left and not empty.
fn paragraphs() -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds"))
        .expect("the seeds are in the tree")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    let texts: Vec<String> = files.iter().map(|path| std::fs::read_to_string(path).expect("UTF-8")).collect();
    let lines = texts.iter().flat_map(|text| text.lines());
    lines
        .filter(|line| {
            paragraph_direction(line, Direction::RightToLeft) == Direction::RightToLeft && !line.is_empty()
        })
        .map(str::to_owned)
        .collect()
}
