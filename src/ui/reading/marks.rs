//! Highlights behind the words, rules under them, and the selection.

use std::collections::BTreeMap;
use std::ops::Range;

use egui::{CornerRadius, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use super::page::{Page, Shown};
use super::{PixelRect, Plan, points, within};
use crate::model::{Annotation, ByteOffset, Color, Span};
use crate::text::{Align, ParagraphLayout};
use crate::ui::scene::Scene;
use crate::ui::text::Label;

/// How many overlapping marks are told apart.
const LANES: usize = 24;

/// One tag of one annotation in view: a fill behind the words, or a rule under them where marks overlap.
pub struct Band {
    color: Color,
    /// 0 is the fill; each further one a rule below the last.
    lane: usize,
    is_selected: bool,
    /// What to fill: for each rectangle its piece of the page, and its place in pixels from the top left corner of that piece.
    rects: Vec<(usize, PixelRect)>,
}

/// The bands of all annotations in view. Where marks overlap, the shortest is filled and the longer ones are ruled, so that each can be
/// told from the others.
pub fn bands(scene: &Scene, page: &Page, scale: f32) -> Vec<Band> {
    let Some(project) = scene.bench.project() else { return Vec::new() };
    let selected = scene.bench.annotation().map(|annotation| annotation.id);
    let untagged = Color([0x8a, 0x87, 0x7e]);
    let mut bands: Vec<(&Annotation, Band)> = Vec::new();
    for annotation in project.table(page.document()).overlapping(page.span_in_view()) {
        let is_selected = selected == Some(annotation.id);
        let tags = annotation.tags.iter();
        let colors = tags.map(|&tag| project.codebook().get(tag).map_or(untagged, |tag| tag.color));
        let none = annotation.tags.is_empty().then_some(untagged);
        for color in colors.chain(none) {
            bands.push((annotation, Band { color, lane: 0, is_selected, rects: Vec::new() }));
        }
    }
    let extents: Vec<Span> = bands.iter().map(|(annotation, _)| annotation.extent()).collect();
    for ((annotation, band), lane) in bands.iter_mut().zip(lanes(&extents)) {
        band.lane = lane;
        band.rects = rects(scene, page, &annotation.spans, band, scale);
    }
    bands.into_iter().map(|(_, band)| band).collect()
}

/// The rectangles of a band of these spans, as far as they are in view.
fn rects(scene: &Scene, page: &Page, spans: &[Span], band: &Band, scale: f32) -> Vec<(usize, PixelRect)> {
    let mut rects = Vec::new();
    for (shown, layout) in page.shown() {
        let piece = page.piece(shown.piece);
        for range in spans.iter().filter_map(|&span| within(span, &piece)) {
            for rect in layout.rects(range.clone()) {
                let rect = if band.lane == 0 { rect } else { rule(scene, layout, rect, &range, band, scale) };
                rects.push((shown.piece, rect));
            }
        }
    }
    rects
}

/// The rule under a rectangle of a layout, clear of the dots and vowels below the letters of a range.
fn rule(
    scene: &Scene,
    layout: &ParagraphLayout,
    rect: PixelRect,
    range: &Range<usize>,
    band: &Band,
    scale: f32,
) -> PixelRect {
    let middle = (rect.top + rect.bottom) / 2.0;
    let index = layout.lines().iter().position(|line| middle < line.bottom).unwrap_or(0);
    let below = scene.ink.with_engine(|engine| layout.ink_below(index, range.clone(), engine));
    let line = &layout.lines()[index];
    let baseline = rect.top + line.baseline - line.top;
    let thickness = if band.is_selected { 3.0 } else { 2.0 };
    let step = 3.5 * (band.lane - 1) as f32;
    // However many rules there are, the last stays above the letters of the next line.
    let top = (baseline + below.max(2.0 * scale) + (2.5 + step) * scale).min(rect.bottom + 5.0 * scale);
    PixelRect { top, bottom: top + thickness * scale, ..rect }
}

/// Gives each span the lowest lane in which no span overlaps it: the shortest first, so that what lies inside others is filled. Where
/// more overlap than there are lanes, the longest share the last.
fn lanes(spans: &[Span]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|&index| (spans[index].len(), spans[index].start));
    let mut lanes = vec![0; spans.len()];
    // What lies in each lane, by start: the spans of a lane do not overlap, so only the last that begins before the end of another can
    // overlap it.
    let mut taken: Vec<BTreeMap<ByteOffset, ByteOffset>> = Vec::new();
    for index in order {
        let span = spans[index];
        let is_free = |lane: &BTreeMap<ByteOffset, ByteOffset>| {
            lane.range(..span.end).next_back().is_none_or(|(_, end)| *end <= span.start)
        };
        let lane = taken.iter().position(is_free).unwrap_or(taken.len());
        lanes[index] = lane.min(LANES - 1);
        if lane == taken.len() && lane < LANES {
            taken.push(BTreeMap::new());
        }
        if let Some(lane) = taken.get_mut(lane) {
            lane.insert(span.start, span.end);
        }
    }
    lanes
}

/// Paints the fills: the bands of the first lane.
pub fn paint_fills(painter: &Painter, scene: &Scene, page: &Page, bands: &[Band], origin: Pos2, scale: f32) {
    let mut shapes: Vec<Shape> = Vec::new();
    for band in bands.iter().filter(|band| band.lane == 0) {
        let color = scene.look.tint(band.color);
        for rect in on_screen(page, band, origin, scale) {
            let inset = (rect.height() * 0.08).round();
            let rect = rect.shrink2(vec2(0.0, inset));
            shapes.push(Shape::rect_filled(rect, CornerRadius::same(2), color));
            if band.is_selected {
                let stroke = Stroke::new(1.5, scene.look.tag(band.color));
                shapes.push(Shape::rect_stroke(rect, CornerRadius::same(2), stroke, StrokeKind::Outside));
            }
        }
    }
    painter.extend(shapes);
}

/// Paints what was looked for, as far as it is in view: framed, so that it is told from a highlight, which has no frame. The hit that is
/// selected is painted here in the place of the selection.
pub fn paint_hits(painter: &Painter, scene: &Scene, page: &Page, origin: Pos2, scale: f32) {
    let (first, hits) = scene.bench.finding().hits_in(page.span_in_view());
    let current = scene.bench.current_hit();
    let mut shapes: Vec<Shape> = Vec::new();
    for (shown, layout) in page.shown() {
        let piece = page.piece(shown.piece);
        let from = hits.partition_point(|hit| hit.end.index() <= piece.start);
        for (number, &hit) in hits.iter().enumerate().skip(from) {
            if hit.start.index() >= piece.end {
                break;
            }
            let Some(range) = within(hit, &piece) else { continue };
            let is_current = current == Some(first + number);
            for rect in layout.rects(range) {
                let rect = points(rect, origin + vec2(0.0, shown.top / scale), scale);
                let rect = rect.shrink2(vec2(0.0, (rect.height() * 0.08).round()));
                let (fill, stroke) = if is_current {
                    (scene.look.selection, Stroke::new(2.0, scene.look.accent))
                } else {
                    (scene.look.found, Stroke::new(1.0, scene.look.found.lerp_to_gamma(scene.look.ink, 0.4)))
                };
                shapes.push(Shape::rect_filled(rect, CornerRadius::same(3), fill));
                shapes.push(Shape::rect_stroke(rect, CornerRadius::same(3), stroke, StrokeKind::Middle));
            }
        }
    }
    painter.extend(shapes);
}

/// Paints the rules: the bands of all other lanes.
pub fn paint_rules(painter: &Painter, scene: &Scene, page: &Page, bands: &[Band], origin: Pos2, scale: f32) {
    let mut shapes: Vec<Shape> = Vec::new();
    for band in bands.iter().filter(|band| band.lane > 0) {
        let color = scene.look.tag(band.color);
        for rule in on_screen(page, band, origin, scale) {
            shapes.push(Shape::rect_filled(rule, CornerRadius::same(1), color));
        }
    }
    painter.extend(shapes);
}

/// The rectangles of a band on screen, in points.
fn on_screen(page: &Page, band: &Band, origin: Pos2, scale: f32) -> impl Iterator<Item = Rect> {
    band.rects.iter().filter_map(move |&(piece, rect)| {
        let top = page.top_of(piece)?;
        Some(points(rect, origin + vec2(0.0, top / scale), scale))
    })
}

/// Paints the selected text, and returns the rectangle around it as far as it is in view.
pub fn paint_selection(
    painter: &Painter,
    scene: &Scene,
    page: &Page,
    origin: Pos2,
    scale: f32,
) -> Option<Rect> {
    let span = scene.bench.selected_span()?;
    let is_hit = scene.bench.current_hit().is_some();
    let mut around: Option<Rect> = None;
    for (shown, layout) in page.shown() {
        let Some(range) = within(span, &page.piece(shown.piece)) else { continue };
        for rect in layout.rects(range) {
            let rect = points(rect, origin + vec2(0.0, shown.top / scale), scale);
            if !is_hit {
                painter.rect_filled(rect, CornerRadius::ZERO, scene.look.selection);
            }
            around = Some(around.map_or(rect, |around| around.union(rect)));
        }
    }
    around
}

/// Paints the number of a paragraph in the margin, level with its first line.
pub fn paint_number(
    ui: &Ui,
    scene: &Scene,
    page: &Page,
    shown: Shown,
    layout: &ParagraphLayout,
    plan: &Plan,
    scale: f32,
) {
    let is_numbered = !page.continues(shown.piece) && !page.piece(shown.piece).is_empty();
    let Some(line) = layout.lines().first().filter(|_| is_numbered) else {
        return;
    };
    let top = plan.column.top() + (shown.top + line.top) / scale;
    let height = (line.bottom - line.top) / scale;
    let (left, align) = if plan.rtl {
        (plan.column.right() + 10.0, Align::Left)
    } else {
        (plan.column.left() - 46.0, Align::Right)
    };
    let number = (page.paragraph_of(shown.piece) + 1).to_string();
    let rect = Rect::from_min_size(pos2(left, top), vec2(36.0, height));
    Label::interface(&number)
        .size(10.0)
        .color(scene.look.faint)
        .within(36.0, 1)
        .align(align)
        .paint_at(ui, &scene.ink, rect);
}

/// The colour of an annotation's first tag.
pub fn color_of(scene: &Scene, annotation: &Annotation) -> Option<Color> {
    let tag = annotation.tags.first().and_then(|&tag| scene.bench.project()?.codebook().get(tag));
    tag.map(|tag| tag.color)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_overlap_never_share_a_lane_and_the_innermost_is_filled() {
        for (spans, expected) in [
            (vec![(0, 10), (2, 5)], vec![1, 0]),
            (vec![(0, 10), (10, 20)], vec![0, 0]),
            (vec![(0, 10), (5, 15), (8, 20)], vec![0, 1, 2]),
            (vec![(0, 4), (0, 4), (0, 4)], vec![0, 1, 2]),
            (vec![(0, 100), (0, 50), (60, 70), (10, 20)], vec![2, 1, 0, 0]),
        ] {
            let spans: Vec<Span> = spans.into_iter().map(Span::from).collect();
            assert_eq!(lanes(&spans), expected, "{spans:?}");
        }
        let nested: Vec<Span> = (0..100).map(|at| Span::from((at, 300 - at))).collect();
        assert_eq!(lanes(&nested)[99 - 5], 5);
        assert!(lanes(&nested)[..100 - LANES].iter().all(|&lane| lane == LANES - 1));
        let many: Vec<Span> = (0..1000).map(|at| Span::from((at * 3, at * 3 + 8))).collect();
        let lanes = lanes(&many);
        for (a, one) in many.iter().enumerate() {
            for b in a + 1..(a + 5).min(many.len()) {
                assert!(!one.overlaps(many[b]) || lanes[a] != lanes[b]);
            }
        }
    }
}
