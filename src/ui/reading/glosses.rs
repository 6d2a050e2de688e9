//! The glosses: in the outer margin, level with its line, what the reader said of each highlight.

use std::sync::Arc;

use egui::{CornerRadius, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::page::Page;
use super::{Plan, marks};
use crate::app::{Action, tag_names};
use crate::model::Annotation;
use crate::text::{Align, Caret};
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::text::Label;

/// Points between one gloss and the next.
const GAP: f32 = 6.0;

/// A gloss before it has its place.
struct Gloss {
    annotation: Arc<Annotation>,
    /// The top of the line it belongs to, and its height, in points from the top of the screen.
    line: (f32, f32),
}

/// Shows the glosses of the annotations that begin in view. Where lines are close, glosses give way downwards.
pub fn show(ui: &mut Ui, scene: &Scene, page: &Page, plan: &Plan, scale: f32) {
    let (Some(margin), Some(project)) = (plan.glosses, scene.bench.project()) else { return };
    let mut glosses: Vec<Gloss> = Vec::new();
    for annotation in project.table(page.document()).overlapping(page.span_in_view()) {
        let start = annotation.extent().start.index();
        let Some((top, bottom, _)) = page.caret_place(Caret::after(start)) else { continue };
        let top = plan.pane.top() + top / scale;
        let height = bottom / scale - (top - plan.pane.top());
        if top + height < plan.pane.top() || top > plan.pane.bottom() {
            continue;
        }
        if annotation.tags.is_empty() && annotation.note.is_empty() {
            continue;
        }
        glosses.push(Gloss { annotation: Arc::clone(annotation), line: (top, height) });
    }
    glosses.sort_by(|a, b| a.line.0.total_cmp(&b.line.0));
    let mut ui = super::part(ui, margin);
    ui.set_clip_rect(plan.pane.intersect(ui.clip_rect()));
    let separator = scene.say("list-separator");
    let mut free = f32::NEG_INFINITY;
    for gloss in glosses {
        if free > plan.pane.bottom() {
            break;
        }
        free = show_one(&mut ui, scene, plan, &gloss, (margin, free, &separator)) + GAP;
    }
}

/// Shows one gloss at its line or below what is taken, and returns where it ends.
fn show_one(
    ui: &mut Ui,
    scene: &Scene,
    plan: &Plan,
    gloss: &Gloss,
    (margin, free, separator): (Rect, f32, &str),
) -> f32 {
    let annotation = &gloss.annotation;
    let Some(project) = scene.bench.project() else { return free };
    let color = marks::color_of(scene, annotation);
    let align = if plan.rtl { Align::Right } else { Align::Left };
    let inner = margin.width() - 20.0;
    let names = tag_names(project, annotation).join(separator);
    let tags = (!names.is_empty()).then(|| {
        Label::written(&names).size(look::LIST_TEXT - 1.0).bold().color(color).within(inner, 2).align(align)
    });
    let note = (!annotation.note.is_empty()).then(|| {
        Label::written(&annotation.note)
            .size(look::LIST_TEXT - 1.5)
            .color(scene.look.quiet)
            .within(inner, 3)
            .align(align)
    });
    let parts: Vec<_> = [tags, note].into_iter().flatten().collect();
    let layouts: Vec<_> = parts.iter().map(|part| part.layout(ui, &scene.ink)).collect();
    let heights: Vec<f32> =
        parts.iter().zip(&layouts).map(|(part, layout)| part.room(ui, layout).y).collect();
    let height = heights.iter().sum::<f32>() + 4.0;
    let first = heights.first().copied().unwrap_or(0.0);
    let level = gloss.line.0 + (gloss.line.1 - first) / 2.0 - 2.0;
    let top = level.max(free).round();
    let rect = Rect::from_min_size(pos2(margin.left(), top), vec2(margin.width(), height));
    let id = ui.scope_id().with(("gloss", annotation.id));
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| {
        let name = scene.say_with("gloss", &[], &[("tags", &names), ("note", &annotation.note)]);
        WidgetInfo::labeled(Role::Button, true, name)
    });
    let is_selected = scene.bench.annotation().is_some_and(|selected| selected.id == annotation.id);
    if is_selected || response.hovered() {
        ui.painter().rect(
            rect,
            CornerRadius::same(4),
            scene.look.raised,
            Stroke::new(1.0, scene.look.hairline),
            egui::StrokeKind::Inside,
        );
    }
    let bar_x = if plan.rtl { rect.right() - 2.0 } else { rect.left() };
    let bar = Rect::from_min_size(pos2(bar_x, rect.top() + 2.0), vec2(2.0, height - 4.0));
    ui.painter().rect_filled(bar, 0.0, color);
    // A hairline leads from the gloss to the edge of the column, level with the line.
    let at_line = gloss.line.0 + gloss.line.1 / 2.0;
    let at_gloss = top + 2.0 + first / 2.0;
    let (from, to) = if plan.rtl {
        (rect.right(), plan.column.left() - 8.0)
    } else {
        (rect.left(), plan.column.right() + 8.0)
    };
    let stroke = Stroke::new(1.0, color.gamma_multiply(0.55));
    ui.painter().line_segment([pos2(from, at_gloss), pos2((from + to) / 2.0, at_gloss)], stroke);
    if (at_gloss - at_line).abs() > 1.0 {
        ui.painter().line_segment([pos2((from + to) / 2.0, at_gloss), pos2(to, at_line)], stroke);
    } else {
        ui.painter().line_segment([pos2((from + to) / 2.0, at_gloss), pos2(to, at_gloss)], stroke);
    }
    let mut y = top + 2.0;
    for ((part, layout), height) in parts.iter().zip(&layouts).zip(heights) {
        let line = Rect::from_min_size(pos2(margin.left() + 10.0, y), vec2(inner, height));
        part.paint(ui, &scene.ink, layout, line);
        y += height;
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
