//! Line breaking and the assembly of lines: from a prepared paragraph to positioned glyphs and cells.
//!
//! Breaks greedily at the opportunities that the analysis found, reorders each line (rules L1 and L2 of UAX #9), and shapes again
//! where a break changes what was shaped. All positions on screen are made here, and nowhere else.

use std::ops::Range;

use super::analysis::{Item, Kind, Prepared, flag};
use super::direction::Direction;
use super::fonts::Faces;
use super::ink;
use super::layout::{Cell, Glyph, Line, ParagraphLayout, Run};
use super::order;
use super::shaping::{Cluster, Shaped, Shaper};
use super::style::{Align, Style};

/// Widths are compared with this much slack in pixels, against rounding in sums of advances.
pub(super) const SLACK: f32 = 1.0 / 128.0;

/// A line of a column has at most so many clusters, however narrow they are: a million spaces hang beyond the edge of one line otherwise, and
/// whoever points at it or walks along it waits.
const LONGEST_LINE: usize = 16 * 1024;

/// A letter narrower than this many ems cannot be pointed at.
const SLIVER: f32 = 0.04;

/// All that line breaking needs of one paragraph.
pub(super) struct Breaker<'a> {
    pub text: &'a str,
    pub style: &'a Style,
    pub direction: Direction,
    pub align: Align,
    pub max_width: Option<f32>,
    pub prepared: &'a Prepared,
    pub faces: &'a Faces,
    pub shaper: &'a mut Shaper,
    /// From a line's top to its baseline.
    pub baseline: f32,
    /// A tab's advance.
    pub tab: f32,
    /// The first byte of the lines that are made, at which a cluster begins.
    pub start: usize,
    /// Where the text ends, as far as it is prepared.
    pub end: usize,
    /// Whether the last line may end there; else it is known to go on with what is not prepared yet.
    pub is_end: bool,
}

/// A part of an item on a line, with the level it has there.
struct Part {
    range: Range<usize>,
    item: usize,
    level: u8,
    clusters: Range<usize>,
    /// Whether `clusters` index what was shaped again for this line.
    again: bool,
}

/// A line before it stands anywhere.
pub(super) struct Draft {
    pub range: Range<usize>,
    parts: Vec<Part>,
    again: Shaped,
    /// Without what hangs.
    pub width: f32,
    hanging: f32,
}

/// Where the pen goes back, cells follow no further than their neighbour's edge.
fn in_order(cells: &mut [Cell]) {
    let mut edge = f32::NEG_INFINITY;
    for cell in cells {
        cell.left = cell.left.max(edge);
        cell.right = cell.right.max(cell.left);
        edge = cell.right;
    }
}

impl Breaker<'_> {
    /// All lines of a paragraph.
    pub fn break_lines(mut self) -> ParagraphLayout {
        let drafts = self.drafts(usize::MAX).map_or_else(Vec::new, |(drafts, _)| drafts);
        self.place(drafts, self.end)
    }

    /// The lines up to the first that begins at a byte or behind it, and where that one begins. None where the last of them goes on with
    /// what is not prepared.
    pub fn break_until(mut self, byte: usize) -> Option<(ParagraphLayout, usize)> {
        let (drafts, next) = self.drafts(byte)?;
        Some((self.place(drafts, next), next))
    }

    pub(super) fn drafts(&mut self, until: usize) -> Option<(Vec<Draft>, usize)> {
        let mut drafts = Vec::new();
        let widths = self.cluster_widths();
        let prepared = self.prepared;
        let clusters = &prepared.shaped.clusters;
        let index = |byte: usize| clusters.partition_point(|cluster| (cluster.start as usize) < byte);
        let (mut from, to) = (index(self.start), index(self.end));
        while from < to {
            let begin = clusters[from].start as usize;
            if begin >= until && !drafts.is_empty() {
                return Some((drafts, begin));
            }
            let (draft, next) = self.next_line(&widths, from, to);
            if next == to && !self.is_end {
                return None;
            }
            drafts.push(draft);
            from = next;
        }
        let ends_with_break =
            clusters[..to].last().is_some_and(|last| prepared.flags(last.start as usize) & flag::BREAK != 0);
        if drafts.is_empty() || ends_with_break && self.end == self.text.len() {
            drafts.push(self.draft(self.end..self.end));
        }
        Some((drafts, self.end))
    }

    /// The advance of every cluster in pixels.
    pub(super) fn cluster_widths(&self) -> Vec<f32> {
        let mut widths = Vec::with_capacity(self.prepared.shaped.clusters.len());
        for item in &self.prepared.items {
            let scale = self.scale(item);
            let clusters = &self.prepared.shaped.clusters[item.clusters.clone()];
            widths.extend(clusters.iter().map(|cluster| match item.kind {
                Kind::Text => cluster.advance as f32 * scale,
                Kind::Tab => self.tab,
                Kind::Break => 0.0,
            }));
        }
        widths
    }

    fn scale(&self, item: &Item) -> f32 {
        self.style.size / self.faces.face(item.font).units_per_em
    }

    /// The line that begins at a cluster, and the cluster where the next one begins, of those before `all`.
    fn next_line(&mut self, widths: &[f32], from: usize, all: usize) -> (Draft, usize) {
        let prepared = self.prepared;
        let clusters = &prepared.shaped.clusters[..all];
        let start = clusters[from].start as usize;
        let limit = self.max_width.unwrap_or(f32::INFINITY) + SLACK;
        let mut opportunities: Vec<usize> = Vec::new();
        let (mut width, mut hanging) = (0.0f32, 0.0f32);
        let mut to = clusters.len();
        for (at, cluster) in clusters.iter().enumerate().skip(from) {
            let flags = prepared.flags(cluster.start as usize);
            if at > from && flags & flag::WRAP != 0 {
                opportunities.push(at);
            }
            if flags & flag::BREAK != 0 {
                to = at + 1;
                break;
            }
            let is_too_long = self.max_width.is_some() && at - from >= LONGEST_LINE;
            if flags & flag::HANGS != 0 && self.max_width.is_some() && !is_too_long {
                hanging += widths[at];
                continue;
            }
            if is_too_long || width + hanging + widths[at] > limit && at > from {
                // Where no opportunity offers itself, a word is cut between two graphemes, but a line holds at least one.
                to = opportunities.pop().unwrap_or(at);
                break;
            }
            width += hanging + widths[at];
            hanging = 0.0;
        }
        loop {
            let end = if to == clusters.len() { self.end } else { clusters[to].start as usize };
            let draft = self.draft(start..end);
            // What was shaped again at the ends may have grown: then the line ends one opportunity earlier, or one grapheme.
            match opportunities.pop() {
                Some(earlier) if draft.width > limit && earlier < to => to = earlier,
                None if draft.width > limit && to > from + 1 => to -= 1,
                _ => return (draft, to),
            }
        }
    }

    /// Cuts a line out of the paragraph and reorders it.
    pub(super) fn draft(&mut self, range: Range<usize>) -> Draft {
        let mut draft = Draft {
            range: range.clone(),
            parts: Vec::new(),
            again: Shaped::default(),
            width: 0.0,
            hanging: 0.0,
        };
        let base = self.direction.level();
        let mut trailing = range.start + order::trailing_start(&self.text[range.clone()]);
        // A joiner after a letter is removed by rule X9 and would count as trailing; it stays with its letter.
        while trailing < range.end && self.prepared.flags(trailing) & flag::GRAPHEME == 0 {
            trailing += 1;
        }
        let first = self.prepared.items.partition_point(|item| item.range.end <= range.start);
        for (index, item) in self.prepared.items.iter().enumerate().skip(first) {
            if item.range.start >= range.end {
                break;
            }
            let span = item.range.start.max(range.start)..item.range.end.min(range.end);
            if span.end > trailing && item.level != base && span.start < trailing {
                self.part(index, span.start..trailing, item.level, &mut draft);
                self.part(index, trailing..span.end, base, &mut draft);
            } else {
                let level = if span.start >= trailing { base } else { item.level };
                self.part(index, span, level, &mut draft);
            }
        }
        self.measure(&mut draft);
        order::to_visual(&mut draft.parts, |part| part.level);
        draft
    }

    /// Adds a part of an item: as it was shaped, or shaped again where the cut or a new direction changes it.
    fn part(&mut self, index: usize, range: Range<usize>, level: u8, draft: &mut Draft) {
        let prepared = self.prepared;
        let item = &prepared.items[index];
        let all = &prepared.shaped.clusters[item.clusters.clone()];
        let cut = |byte: usize| -> Option<usize> {
            let at = all.partition_point(|cluster| (cluster.start as usize) < byte);
            match all.get(at) {
                None => (byte == item.range.end).then_some(at),
                Some(cluster) if at == 0 => (cluster.start as usize == byte).then_some(0),
                Some(cluster) => (cluster.start as usize == byte && !cluster.unsafe_before).then_some(at),
            }
        };
        let same_direction = level % 2 == item.level % 2 || item.kind != Kind::Text;
        if same_direction
            && let (Some(first), Some(last)) = (cut(range.start), cut(range.end))
            && first <= last
        {
            let clusters = item.clusters.start + first..item.clusters.start + last;
            draft.parts.push(Part { range, item: index, level, clusters, again: false });
            return;
        }
        let clusters = self.shaper.shape(
            (item.font, self.faces.face(item.font)),
            self.text,
            range.clone(),
            level % 2 == 1,
            item.script,
            |at| prepared.flags(at) & flag::GRAPHEME != 0,
            &mut draft.again,
        );
        draft.parts.push(Part { range, item: index, level, clusters, again: true });
    }

    fn advance(&self, part: &Part, cluster: &Cluster) -> f32 {
        let item = &self.prepared.items[part.item];
        match item.kind {
            Kind::Text => cluster.advance as f32 * self.scale(item),
            Kind::Tab => self.tab,
            Kind::Break => 0.0,
        }
    }

    fn measure(&self, draft: &mut Draft) {
        let (mut width, mut hanging) = (0.0, 0.0);
        for part in &draft.parts {
            for cluster in &self.shaped(draft, part).clusters[part.clusters.clone()] {
                let advance = self.advance(part, cluster);
                if self.max_width.is_some() && self.prepared.flags(cluster.start as usize) & flag::HANGS != 0
                {
                    hanging += advance;
                } else {
                    width += hanging + advance;
                    hanging = 0.0;
                }
            }
        }
        (draft.width, draft.hanging) = (width, hanging);
    }

    fn shaped<'a>(&'a self, draft: &'a Draft, part: &Part) -> &'a Shaped {
        if part.again { &draft.again } else { &self.prepared.shaped }
    }

    /// Gives every line its place in the column, and every glyph and cell its place in the line.
    pub(super) fn place(&self, drafts: Vec<Draft>, end: usize) -> ParagraphLayout {
        let width = drafts.iter().map(|draft| draft.width).fold(0.0, f32::max);
        let column = self.max_width.unwrap_or(width);
        let mut layout = ParagraphLayout {
            direction: self.direction,
            width,
            len: end - self.start,
            clipped: None,
            lines: Vec::with_capacity(drafts.len()),
            cells: Vec::with_capacity(drafts.len()),
        };
        for (index, draft) in drafts.iter().enumerate() {
            let free = column - draft.width;
            let at_start = match self.direction {
                Direction::LeftToRight => 0.0,
                Direction::RightToLeft => free,
            };
            let left = match self.align {
                Align::Start => at_start,
                Align::End => free - at_start,
                Align::Left => 0.0,
                Align::Right => free,
                Align::Center => free / 2.0,
            };
            let top = index as f32 * self.style.line_height;
            let mut line = Line {
                range: draft.range.start - self.start..draft.range.end - self.start,
                top,
                bottom: top + self.style.line_height,
                baseline: top + self.baseline,
                left,
                right: left + draft.width,
                runs: Vec::with_capacity(draft.parts.len()),
            };
            let mut cells = Vec::with_capacity(draft.range.len() / 2);
            // What hangs stands at the paragraph's end side (L1), which is the left one in a right-to-left paragraph.
            let mut pen = if self.direction.is_rtl() { left - draft.hanging } else { left };
            for part in &draft.parts {
                pen = self.place_part(draft, part, pen, line.baseline, &mut line.runs, &mut cells);
            }
            in_order(&mut cells);
            layout.lines.push(line);
            layout.cells.push(cells);
        }
        layout
    }

    fn place_part(
        &self,
        draft: &Draft,
        part: &Part,
        left: f32,
        baseline: f32,
        runs: &mut Vec<Run>,
        cells: &mut Vec<Cell>,
    ) -> f32 {
        let item = &self.prepared.items[part.item];
        if item.kind == Kind::Break {
            return left;
        }
        let shaped = self.shaped(draft, part);
        let clusters = &shaped.clusters[part.clusters.clone()];
        let scale = self.scale(item);
        let rtl = part.level % 2 == 1;
        let mut pen = left;
        let mut glyphs = Vec::with_capacity(clusters.len() + 4);
        let mut add = |cluster: &Cluster| {
            let start = pen;
            for glyph in &shaped.glyphs[cluster.glyph_start as usize..cluster.glyph_end as usize] {
                let advance = glyph.advance as f32 * scale;
                glyphs.push(Glyph {
                    id: glyph.id,
                    cluster: glyph.cluster as usize - self.start,
                    x: pen + glyph.x as f32 * scale,
                    y: baseline - glyph.y as f32 * scale,
                    advance,
                });
                pen += advance;
            }
            if item.kind == Kind::Tab {
                pen += self.tab;
            }
            self.place_cells(item, part, (cluster, shaped), start, pen, cells);
        };
        if rtl {
            clusters.iter().rev().for_each(&mut add);
        } else {
            clusters.iter().for_each(&mut add);
        }
        runs.push(Run {
            range: part.range.start - self.start..part.range.end - self.start,
            direction: Direction::of_level(part.level),
            level: part.level,
            font: item.font,
            script: item.script.tag().to_be_bytes(),
            size: self.style.size,
            left,
            advance: pen - left,
            glyphs,
        });
        pen
    }

    /// The graphemes of a cluster: one, or those of a ligature, which share its advance as the font says (GDEF), or evenly.
    fn place_cells(
        &self,
        item: &Item,
        part: &Part,
        (cluster, shaped): (&Cluster, &Shaped),
        left: f32,
        right: f32,
        cells: &mut Vec<Cell>,
    ) {
        let (start, end) = (cluster.start as usize, cluster.end as usize);
        let flags = self.prepared.flags_of(start..end);
        let cell = |from: usize, until: usize, left: f32, right: f32| Cell {
            start: (from - self.start) as u32,
            end: (until - self.start) as u32,
            left,
            right,
            level: part.level,
            flags: flags[from - start],
        };
        let graphemes = flags[1..].iter().filter(|bits| **bits & flag::GRAPHEME != 0).count() + 1;
        let glyphs = &shaped.glyphs[cluster.glyph_start as usize..cluster.glyph_end as usize];
        if graphemes == 1 {
            let mut cell = cell(start, end, left, right);
            // In Nastaliq manner Amiri sets a reh below the kaf after it, with no advance of its own. Such a letter is pointed at
            // where it is drawn, and the letter that reaches over it gives up that part.
            if right - left < self.style.size * SLIVER
                && let Some(shift) = glyphs.first().map(|glyph| glyph.x as f32 * self.scale(item))
                && let Some(over) = cells.last_mut().filter(|over| over.left < left + shift && shift < 0.0)
            {
                over.right = left + shift;
                cell.left = over.right;
            }
            cells.push(cell);
            return;
        }
        let carets = ink::ligature_carets(self.faces.face(item.font), glyphs, graphemes)
            .map(|carets| carets.iter().map(|x| left + x * self.scale(item)).collect::<Vec<f32>>())
            .unwrap_or_else(|| {
                (1..graphemes).map(|n| left + (right - left) * n as f32 / graphemes as f32).collect()
            });
        let edge = |n: usize| match n {
            0 => left,
            n if n == graphemes => right,
            n => carets[n - 1],
        };
        let starts: Vec<usize> =
            (start..end).filter(|at| *at == start || flags[*at - start] & flag::GRAPHEME != 0).collect();
        for n in 0..graphemes {
            // `n` counts from the left; a right-to-left ligature has its last letter there.
            let letter = if part.level % 2 == 1 { graphemes - 1 - n } else { n };
            let until = starts.get(letter + 1).copied().unwrap_or(end);
            cells.push(cell(starts[letter], until, edge(n), edge(n + 1)));
        }
    }
}
