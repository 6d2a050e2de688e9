//! The glosses: in the outer margin, level with its line, what the reader said of each highlight.

use std::cmp::Ordering::Equal;
use std::sync::Arc;

use egui::epaint::RectShape;
use egui::{Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::page::Page;
use super::{Plan, marks};
use crate::app::Action;
use crate::model::{Annotation, Color};
use crate::text::{Align, Caret, ParagraphLayout};
use crate::ui::look;
use crate::ui::panels::landmark;
use crate::ui::scene::{Scene, in_name};
use crate::ui::text::Label;

/// Points between one gloss and the next.
const GAP: f32 = 6.0;

/// What is said of one highlight, before it has its place.
pub struct Gloss {
    annotation: Arc<Annotation>,
    color: Option<Color>,
    names: String,
    /// The piece in which the highlight begins, and the top and bottom of its line there, in pixels.
    piece: usize,
    line: (f32, f32),
    /// The tags' names and the note, as far as there are any, with their heights in points.
    parts: Vec<Part>,
}

struct Part {
    layout: Arc<ParagraphLayout>,
    height: f32,
    is_note: bool,
}

/// The glosses of the annotations that begin in a piece in view, from the top.
pub fn glosses(ui: &Ui, scene: &Scene, page: &Page, plan: &Plan) -> Vec<Gloss> {
    let (Some(margin), Some(project)) = (plan.glosses, scene.bench.project()) else { return Vec::new() };
    let inner = margin.width() - 20.0;
    let align = if plan.rtl { Align::Right } else { Align::Left };
    let separator = scene.say("list-separator");
    let mut glosses: Vec<Gloss> = Vec::new();
    for annotation in project.table(page.document()).overlapping(page.span_in_view()) {
        let (piece, caret) = page.locate(Caret::after(annotation.extent().start.index()));
        let Some((_, layout)) = page.shown().find(|(shown, _)| shown.piece == piece) else {
            continue;
        };
        let rect = layout.caret_rect(caret);
        let names = scene.tag_names(annotation).join(&separator);
        let part = |label: Label, is_note| {
            let layout = label.layout(ui, &scene.ink);
            let height = label.room(ui, &layout).y;
            Part { layout, height, is_note }
        };
        let tags = (!names.is_empty()).then(|| {
            let label = Label::written(&names).size(look::LIST_TEXT - 1.0).bold();
            part(label.within(inner, 2).align(align), false)
        });
        let note = (!annotation.note.is_empty()).then(|| {
            let label = Label::written(&annotation.note).size(look::LIST_TEXT - 1.5);
            part(label.within(inner, 3).align(align), true)
        });
        let parts: Vec<Part> = [tags, note].into_iter().flatten().collect();
        if parts.is_empty() {
            continue;
        }
        glosses.push(Gloss {
            annotation: Arc::clone(annotation),
            color: marks::color_of(scene, annotation),
            names,
            piece,
            line: (rect.top, rect.bottom),
            parts,
        });
    }
    glosses.sort_by(|a, b| (a.piece, a.line.0).partial_cmp(&(b.piece, b.line.0)).unwrap_or(Equal));
    glosses
}

/// Shows those whose lines are in view. Where lines are close, glosses give way downwards.
pub fn show(ui: &mut Ui, scene: &Scene, page: &Page, plan: &Plan, glosses: &[Gloss], scale: f32) {
    let Some(margin) = plan.glosses else { return };
    let mut ui = super::part(ui, margin);
    ui.set_clip_rect(plan.pane.intersect(ui.clip_rect()));
    landmark(&ui, Role::Complementary, &scene.say("landmark-glosses"));
    let mut free = f32::NEG_INFINITY;
    for gloss in glosses {
        let Some(above) = page.top_of(gloss.piece) else { continue };
        let top = plan.pane.top() + (above + gloss.line.0) / scale;
        let height = (gloss.line.1 - gloss.line.0) / scale;
        if top + height < plan.pane.top() || top > plan.pane.bottom() {
            continue;
        }
        if free > plan.pane.bottom() {
            break;
        }
        free = show_one(&mut ui, scene, plan, gloss, (margin, (top, height), free)) + GAP;
    }
}

/// Shows one gloss at its line (top and height in points) or below what is taken, and returns where it ends.
fn show_one(
    ui: &mut Ui,
    scene: &Scene,
    plan: &Plan,
    gloss: &Gloss,
    (margin, line, free): (Rect, (f32, f32), f32),
) -> f32 {
    let annotation = &gloss.annotation;
    let color = gloss.color.map_or(scene.look.faint, |color| scene.look.tag(color));
    let heights = || gloss.parts.iter().map(|part| part.height);
    let height = heights().sum::<f32>() + 4.0;
    let first = heights().next().unwrap_or(0.0);
    let level = line.0 + (line.1 - first) / 2.0 - 2.0;
    let top = level.max(free).round();
    let rect = Rect::from_min_size(pos2(margin.left(), top), vec2(margin.width(), height));
    let id = ui.scope_id().with(("gloss", annotation.id));
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| {
        let quote = in_name(&annotation.quote.exact);
        let texts = [("quote", quote), ("tags", &gloss.names), ("note", &annotation.note)];
        WidgetInfo::labeled(Role::Button, true, scene.say_with("gloss", &[], &texts))
    });
    let is_selected = scene.bench.annotation().is_some_and(|selected| selected.id == annotation.id);
    let mut shapes: Vec<Shape> = Vec::with_capacity(5);
    if is_selected || response.hovered() {
        let (fill, stroke) = (scene.look.raised, Stroke::new(1.0, scene.look.hairline));
        shapes.push(RectShape::new(rect, 4, fill, stroke, egui::StrokeKind::Inside).into());
    }
    let bar_x = if plan.rtl { rect.right() - 2.0 } else { rect.left() };
    let bar = Rect::from_min_size(pos2(bar_x, rect.top() + 2.0), vec2(2.0, height - 4.0));
    shapes.push(Shape::rect_filled(bar, 0.0, color));
    // A hairline leads from the gloss to the edge of the column, level with the line.
    let at_line = line.0 + line.1 / 2.0;
    let at_gloss = top + 2.0 + first / 2.0;
    let (from, to) = if plan.rtl {
        (rect.right(), plan.column.left() - 8.0)
    } else {
        (rect.left(), plan.column.right() + 8.0)
    };
    let stroke = Stroke::new(1.0, color.gamma_multiply(0.55));
    shapes.push(Shape::line_segment([pos2(from, at_gloss), pos2((from + to) / 2.0, at_gloss)], stroke));
    if (at_gloss - at_line).abs() > 1.0 {
        shapes.push(Shape::line_segment([pos2((from + to) / 2.0, at_gloss), pos2(to, at_line)], stroke));
    } else {
        shapes.push(Shape::line_segment([pos2((from + to) / 2.0, at_gloss), pos2(to, at_gloss)], stroke));
    }
    ui.painter().extend(shapes);
    let mut y = top + 2.0;
    for part in &gloss.parts {
        let color = if part.is_note { scene.look.quiet } else { color };
        scene.ink.paint(ui.painter(), &part.layout, pos2(margin.left() + 10.0, y), color);
        y += part.height;
    }
    if response.clicked() {
        scene.wish(Action::SelectAnnotation {
            document: annotation.document,
            id: annotation.id,
            reveal: false,
        });
    }
    top + height
}
