//! Every case of Unicode's BidiCharacterTest against the order in which the text layer hands clusters to the painter.
//!
//! The data is the file of Unicode 15.0, unchanged, see `fixtures/unicode/ORIGIN.md`. Each case is laid out as one wide line with its
//! paragraph direction, and the clusters of the line's runs are read from left to right.

use std::io::Read;

use hashiya::text::*;

struct Case {
    text: String,
    direction: Direction,
    /// The level of each character; none for those that rule X9 removes.
    levels: Vec<Option<u8>>,
    /// Character indices from left to right; characters that rule X9 removes are absent.
    order: Vec<usize>,
}

fn cases() -> Vec<Case> {
    let packed = include_bytes!("fixtures/unicode/BidiCharacterTest.txt.gz");
    let mut data = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut data).expect("a gzip file of UTF-8");
    let lines = data.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split(';').collect();
            let code =
                |hex: &str| u32::from_str_radix(hex, 16).ok().and_then(char::from_u32).expect("a code point");
            let text: String = fields[0].split(' ').map(code).collect();
            let direction = match fields[1] {
                "0" => Direction::LeftToRight,
                "1" => Direction::RightToLeft,
                _ => first_strong_direction(&text, Direction::LeftToRight),
            };
            assert_eq!(fields[2] == "1", direction == Direction::RightToLeft, "paragraph level of {line}");
            let order =
                fields[4].split_ascii_whitespace().map(|index| index.parse().expect("an index")).collect();
            let levels = fields[3].split(' ').map(|level| level.parse().ok()).collect();
            Case { text, direction, levels, order }
        })
        .collect()
}

/// The clusters of a line from left to right, each as the indices of its characters.
fn painted_clusters(line: &Line, text: &str) -> Vec<Vec<usize>> {
    let mut clusters = Vec::new();
    for run in &line.runs {
        let mut starts: Vec<usize> = run.glyphs.iter().map(|glyph| glyph.cluster).collect();
        starts.dedup();
        if starts.is_empty() {
            starts.push(run.range.start);
        }
        let mut bounds = starts.clone();
        bounds.push(run.range.end);
        bounds.sort_unstable();
        for start in starts {
            let end =
                bounds.iter().copied().find(|bound| *bound > start).expect("the run's end at the latest");
            let first = text[..start].chars().count();
            clusters.push((first..first + text[start..end].chars().count()).collect());
        }
    }
    clusters
}

/// Whether the runs and glyphs of a line follow each other by their advances, so that their order is the order on screen.
fn is_contiguous(line: &Line) -> bool {
    let mut pen = line.runs.first().map_or(0.0, |run| run.left);
    line.runs.iter().all(|run| {
        let glyphs: f32 = run.glyphs.iter().map(|glyph| glyph.advance).sum();
        let fits =
            (run.left - pen).abs() < 0.5 && (run.glyphs.is_empty() || (run.advance - glyphs).abs() < 0.5);
        pen = run.left + run.advance;
        fits
    })
}

/// Compares a line with a case; `None` when they agree. The characters of one cluster are one thing on screen.
fn difference(case: &Case, line: &Line) -> Option<String> {
    if !is_contiguous(line) {
        return Some(format!("{:?} {:?}: glyphs lie apart or over each other", case.text, case.direction));
    }
    let painted = painted_clusters(line, &case.text);
    let shown: Vec<Option<usize>> = painted
        .iter()
        .filter(|cluster| cluster.iter().any(|index| case.order.contains(index)))
        .map(|cluster| Some(cluster[0]))
        .collect();
    let cluster_of =
        |index: usize| painted.iter().find(|cluster| cluster.contains(&index)).map(|cluster| cluster[0]);
    let mut expected: Vec<Option<usize>> = case.order.iter().map(|index| cluster_of(*index)).collect();
    expected.dedup();
    (shown != expected)
        .then(|| format!("{:?} {:?}: painted {shown:?}, expected {expected:?}", case.text, case.direction))
}

/// Whether a line holds a single cluster, which cannot be out of order.
fn is_one_cluster(line: &Line) -> bool {
    line.runs.iter().flat_map(|run| &run.glyphs).all(|glyph| glyph.cluster == 0)
}

#[test]
fn lines_are_in_the_order_of_the_bidirectional_algorithm() {
    let mut engine = TextEngine::new(FontLibrary::bundled());
    let style = Style { family: Family::AMIRI, size: 16.0, weight: Weight::Regular, line_height: 24.0 };
    let (mut run, mut skipped, mut plain) = (0, 0, 0);
    let mut wrong = Vec::new();
    for case in cases() {
        let layout = engine.lay_out(&case.text, &style, case.direction, Align::Start, Some(1.0e4));
        let [line] = layout.lines() else {
            skipped += 1;
            continue;
        };
        run += 1;
        wrong.extend(difference(&case, line));
        // Without bidi: the same line, its clusters in the order of the text.
        let mut without_bidi = line.clone();
        without_bidi.runs.sort_by_key(|run| run.range.start);
        for run in &mut without_bidi.runs {
            run.glyphs.sort_by_key(|glyph| glyph.cluster);
        }
        if case.order.is_sorted() {
            plain += 1;
        } else {
            assert!(
                difference(&case, &without_bidi).is_some() || is_one_cluster(line),
                "unnoticed: {:?}",
                case.text
            );
        }
        let mut wider = line.clone();
        if let Some(glyph) = wider.runs.iter_mut().flat_map(|run| &mut run.glyphs).next() {
            glyph.advance += 1.0;
            assert!(difference(&case, &wider).is_some(), "unnoticed: {:?}", case.text);
        }
    }
    // Most cases have something to reorder.
    assert!(plain < run / 2, "{plain} of {run}");
    println!("{run} cases run, {skipped} skipped, {} wrong", wrong.len());
    assert!(
        wrong.is_empty(),
        "{} of {run} are wrong, such as\n{}",
        wrong.len(),
        wrong[..wrong.len().min(12)].join("\n")
    );
    assert!(run >= 91_000 && skipped == 0, "{run} run, {skipped} skipped");
}

/// The levels of the characters of a text, from the runs of a range of bytes that holds them.
fn levels_of(text: &str, levels: &Levels, range: std::ops::Range<usize>) -> Vec<u8> {
    let runs: Vec<(std::ops::Range<usize>, u8)> = levels.within(range.clone()).collect();
    assert_eq!(runs.iter().map(|(run, _)| run.len()).sum::<usize>(), range.len(), "runs tile {range:?}");
    let level = |at: usize| runs.iter().find(|(run, _)| run.contains(&at)).map(|(_, level)| *level);
    text[range.clone()].char_indices().map(|(at, _)| level(range.start + at).expect("tiled")).collect()
}

#[test]
fn the_levels_of_long_paragraphs_are_those_of_the_standard() {
    let white = |c: char| c.is_whitespace() || matches!(c, '\u{2066}'..='\u{2069}');
    let mut compared = 0;
    let mut wrong = Vec::new();
    for case in cases() {
        let ours = levels_of(&case.text, &Levels::of(&case.text, case.direction), 0..case.text.len());
        // What a line's end resets is known when there are lines.
        let removed = |index: usize| case.levels[index].is_none();
        let characters: Vec<char> = case.text.chars().collect();
        let end = (0..characters.len()).rev().find(|&at| !removed(at) && !white(characters[at]));
        let end = end.map_or(0, |last| last + 1);
        let differs = (0..end).any(|at| case.levels[at].is_some_and(|level| level != ours[at]));
        compared += 1;
        if differs {
            wrong.push(format!("{:?} {:?}: {ours:?}, expected {:?}", case.text, case.direction, case.levels));
        }
    }
    let few = &wrong[..wrong.len().min(12)];
    assert!(wrong.is_empty(), "{} of {compared} are wrong, such as\n{}", wrong.len(), few.join("\n"));
    assert!(compared >= 91_000, "{compared}");
}
