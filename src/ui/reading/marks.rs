//! Highlights behind the words, rules under them, and the selection.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Color32, CornerRadius, Painter, Pos2, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::page::{Page, Shown};
use super::{Plan, points, within};
use crate::model::{Annotation, ByteOffset, Span};
use crate::text::{Align, ParagraphLayout};
use crate::ui::scene::Scene;
use crate::ui::text::Label;

/// How many overlapping marks are told apart.
const LANES: usize = 24;

/// One tag of one annotation in view: a fill behind the words, or a rule under them where marks overlap.
pub struct Band {
    annotation: Arc<Annotation>,
    color: crate::model::Color,
    /// 0 is the fill; each further one a rule below the last.
    lane: usize,
    is_selected: bool,
}

/// The bands of all annotations in view. Where marks overlap, the shortest is filled and the longer ones are ruled, so that each can be
/// told from the others.
pub fn bands(scene: &Scene, page: &Page) -> Vec<Band> {
    let Some(project) = scene.bench.project() else { return Vec::new() };
    let selected = scene.bench.annotation().map(|annotation| annotation.id);
    let untagged = crate::model::Color([0x8a, 0x87, 0x7e]);
    let mut bands: Vec<Band> = Vec::new();
    for annotation in project.table(page.document()).overlapping(page.span_in_view()) {
        let is_selected = selected == Some(annotation.id);
        let mut colors: Vec<_> = annotation
            .tags
            .iter()
            .map(|&tag| project.codebook().get(tag).map_or(untagged, |tag| tag.color))
            .collect();
        if colors.is_empty() {
            colors.push(untagged);
        }
        for color in colors {
            bands.push(Band { annotation: Arc::clone(annotation), color, lane: 0, is_selected });
        }
    }
    let extents: Vec<Span> = bands.iter().map(|band| band.annotation.extent()).collect();
    for (band, lane) in bands.iter_mut().zip(lanes(&extents)) {
        band.lane = lane;
    }
    bands
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

/// Paints the fill of a band of the first lane.
pub fn paint_fill(painter: &Painter, scene: &Scene, page: &Page, band: &Band, origin: Pos2, scale: f32) {
    if band.lane > 0 {
        return;
    }
    for_each_rect(page, band, origin, scale, |rect, _, _, _| {
        let inset = (rect.height() * 0.08).round();
        let rect = rect.shrink2(vec2(0.0, inset));
        painter.rect_filled(rect, CornerRadius::same(2), scene.look.tint(band.color));
        if band.is_selected {
            let stroke = Stroke::new(1.5, scene.look.tag(band.color));
            painter.rect_stroke(rect, CornerRadius::same(2), stroke, StrokeKind::Outside);
        }
    });
}

/// Paints the rule of a band of any other lane, clear of the dots and vowels below the letters.
pub fn paint_rule(painter: &Painter, scene: &Scene, page: &Page, band: &Band, origin: Pos2, scale: f32) {
    if band.lane == 0 {
        return;
    }
    for_each_rect(page, band, origin, scale, |rect, layout, line, range| {
        let below = scene.ink.with_engine(|engine| layout.ink_below(line, range, engine)) / scale;
        let shown = &layout.lines()[line];
        let baseline = rect.top() + (shown.baseline - shown.top) / scale;
        let thickness = if band.is_selected { 3.0 } else { 2.0 };
        let step = 3.5 * (band.lane - 1) as f32;
        // However many rules there are, the last stays above the letters of the next line.
        let y = (baseline + below.max(2.0) + 2.5 + step).min(rect.bottom() + 5.0);
        let rule = Rect::from_min_max(pos2(rect.left(), y), pos2(rect.right(), y + thickness));
        painter.rect_filled(rule, CornerRadius::same(1), scene.look.tag(band.color));
    });
}

/// Calls a function for each rectangle of a band in view, with the layout, the line and the range in the paragraph it stands for.
fn for_each_rect(
    page: &Page,
    band: &Band,
    origin: Pos2,
    scale: f32,
    mut paint: impl FnMut(Rect, &ParagraphLayout, usize, std::ops::Range<usize>),
) {
    for (shown, layout) in page.shown() {
        let paragraph = page.paragraph(shown.paragraph);
        for range in band.annotation.spans.iter().filter_map(|&span| within(span, &paragraph)) {
            for rect in layout.rects(range.clone()) {
                let middle = (rect.top + rect.bottom) / 2.0;
                let line = layout.lines().iter().position(|line| middle < line.bottom).unwrap_or(0);
                let on_screen = points(rect, origin + vec2(0.0, shown.top / scale), scale);
                paint(on_screen, layout, line, range.clone());
            }
        }
    }
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
    let mut around: Option<Rect> = None;
    for (shown, layout) in page.shown() {
        let paragraph = page.paragraph(shown.paragraph);
        let Some(range) = within(span, &paragraph) else { continue };
        for rect in layout.rects(range) {
            let rect = points(rect, origin + vec2(0.0, shown.top / scale), scale);
            painter.rect_filled(rect, CornerRadius::ZERO, scene.look.selection);
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
    let Some(line) = layout.lines().first().filter(|_| !page.paragraph(shown.paragraph).is_empty()) else {
        return;
    };
    let top = plan.column.top() + (shown.top + line.top) / scale;
    let height = (line.bottom - line.top) / scale;
    let (left, align) = if plan.rtl {
        (plan.column.right() + 10.0, Align::Left)
    } else {
        (plan.column.left() - 46.0, Align::Right)
    };
    let number = (shown.paragraph + 1).to_string();
    let rect = Rect::from_min_size(pos2(left, top), vec2(36.0, height));
    Label::interface(&number)
        .size(10.0)
        .color(scene.look.faint)
        .within(36.0, 1)
        .align(align)
        .paint_at(ui, &scene.ink, rect);
}

/// The colour of an annotation's first tag.
pub fn color_of(scene: &Scene, annotation: &Annotation) -> Color32 {
    let tag = annotation.tags.first().and_then(|&tag| scene.bench.project()?.codebook().get(tag));
    tag.map_or(scene.look.faint, |tag| scene.look.tag(tag.color))
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
