//! Text that must fit a given room: cut at its logical end, with an ellipsis.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::direction::Direction;
use super::engine::TextEngine;
use super::layout::ParagraphLayout;
use super::style::{Align, Style};

const ELLIPSIS: &str = "…";

/// More letters than any text has in the width of an em.
const GRAPHEMES_PER_EM: f32 = 10.0;

/// A room measured from the text itself must hold it, whatever was rounded on the way. Pixels.
const SLACK: f32 = 1.0 / 64.0;

/// See [`TextEngine::lay_out_clipped`].
pub(super) fn lay_out(
    engine: &mut TextEngine,
    (text, bold): (&str, &[Range<usize>]),
    style: &Style,
    direction: Direction,
    align: Align,
    width: f32,
    max_lines: usize,
) -> ParagraphLayout {
    let max_lines = max_lines.max(1);
    let mut lay = |text: &str| {
        if max_lines == 1 {
            let natural = engine.lay_out_stressed(text, bold, style, direction, align, None);
            let fits = natural.width <= width + SLACK;
            (natural, fits)
        } else {
            let wrapped = engine.lay_out_stressed(text, bold, style, direction, align, Some(width));
            let fits = wrapped.lines.len() <= max_lines;
            (wrapped, fits)
        }
    };
    // Far more than can be shown is not even looked at: a title may be a file of one line.
    let room = (width / style.size.max(1.0)).max(1.0) * max_lines as f32 * GRAPHEMES_PER_EM + 16.0;
    let head = head(text, room as usize);
    let (layout, fits) = lay(head);
    if fits && head.len() == text.len() {
        return in_column(layout, direction, align, width, max_lines);
    }

    // The longest beginning that fits together with the ellipsis: guessed from the widths of its graphemes, then tried.
    let ends: Vec<usize> =
        head.grapheme_indices(true).map(|(at, _)| at).skip(1).chain([head.len()]).collect();
    let attempt = |count: usize| -> (usize, String) {
        let end = if count == 0 { 0 } else { ends[count - 1] };
        let kept = head[..end].trim_end();
        (kept.len(), format!("{kept}{ELLIPSIS}"))
    };
    let last = layout.lines.len().min(max_lines) - 1;
    let ellipsis = lay(ELLIPSIS).0.width;
    let reached = reach(&layout, last, width - ellipsis);
    let mut count = ends.partition_point(|end| *end <= reached);
    while count > 0 && !lay(&attempt(count).1).1 {
        count -= 1;
    }
    while count < ends.len() && lay(&attempt(count + 1).1).1 {
        count += 1;
    }
    let (kept, shown) = attempt(count);
    let (mut layout, _) = lay(&shown);
    layout.clipped = Some(kept);
    layout.len = text.len();
    // The ellipsis stands for all that is left out.
    for line in &mut layout.lines {
        extend(&mut line.range, shown.len(), text.len());
        for run in &mut line.runs {
            extend(&mut run.range, shown.len(), text.len());
        }
    }
    for cell in layout.cells.iter_mut().flatten() {
        if cell.start as usize >= kept {
            cell.end = text.len() as u32;
        }
    }
    in_column(layout, direction, align, width, max_lines)
}

/// How far the text of a line comes in a width, in bytes, going by its graphemes in the order of the text.
fn reach(layout: &ParagraphLayout, line: usize, width: f32) -> usize {
    let mut cells = layout.cells[line].clone();
    cells.sort_by_key(|cell| cell.start);
    let mut used = 0.0;
    let fitting = cells.iter().take_while(|cell| {
        used += cell.right - cell.left;
        used <= width
    });
    fitting.last().map_or(layout.lines[line].range.start, |cell| cell.end as usize)
}

fn extend(range: &mut Range<usize>, shown: usize, all: usize) {
    if range.end == shown {
        range.end = all;
    }
}

/// At most so many graphemes of a text.
fn head(text: &str, graphemes: usize) -> &str {
    match text.grapheme_indices(true).nth(graphemes) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// One line is laid out as wide as its text; it is moved to where the alignment wants it in the room there is.
fn in_column(
    mut layout: ParagraphLayout,
    direction: Direction,
    align: Align,
    width: f32,
    max_lines: usize,
) -> ParagraphLayout {
    if max_lines > 1 {
        return layout;
    }
    let free = width - layout.width;
    let at_start = if direction.is_rtl() { free } else { 0.0 };
    let shift = match align {
        Align::Start => at_start,
        Align::End => free - at_start,
        Align::Left => 0.0,
        Align::Right => free,
        Align::Center => free / 2.0,
    };
    for (line, cells) in layout.lines.iter_mut().zip(&mut layout.cells) {
        line.left += shift;
        line.right += shift;
        for run in &mut line.runs {
            run.left += shift;
            run.glyphs.iter_mut().for_each(|glyph| glyph.x += shift);
        }
        for cell in cells {
            cell.left += shift;
            cell.right += shift;
        }
    }
    layout
}
