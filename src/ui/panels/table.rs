//! The annotation table: one row an annotation, sorted and filtered, on egui's table builder.
//!
//! Only the rows in view are ever made. The first of them is kept as a number of rows, not as a height: a million rows are higher than
//! `f32` can count pixels.

use std::sync::Arc;

use egui::{CursorIcon, Id, Key, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use egui_extras::{Column as Width, TableBuilder, TableRow};

use crate::app::{Action, Column, Row, tag_names};
use crate::model::Annotation;
use crate::text::Align;
use crate::ui::look;
use crate::ui::menus;
use crate::ui::scene::Scene;
use crate::ui::text::{Field, Label};

/// Points a row takes.
const ROW: f32 = 30.0;

/// What the table keeps from frame to frame.
#[derive(Default)]
pub struct Table {
    /// The row at the top; the fraction is the part of it that lies above.
    first: f64,
    filter: String,
    /// The annotation that was last brought into view.
    followed: Option<Row>,
    /// Where the rows stood in the last frame, in points.
    pub rects: Vec<Rect>,
}

impl Table {
    /// Shows the table.
    pub fn show(&mut self, ui: &mut Ui, scene: &Scene) {
        self.rects.clear();
        let Some(project) = scene.bench.project() else { return };
        let view = scene.bench.table();
        if self.filter != view.filter {
            self.filter.clone_from(&view.filter);
        }
        let total = project.annotation_count();
        let count = view.rows.len();
        ui.horizontal(|ui| {
            let title = if count == total {
                scene.say_with("table-title", &[("count", total)], &[])
            } else {
                scene.say_with("table-title-filtered", &[("shown", count), ("count", total)], &[])
            };
            Label::interface(&title).bold().show(ui, &scene.ink);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let name = scene.say("table-filter");
                let field =
                    Field::line(Id::unique("table-filter"), &mut self.filter, &name).hint(&name).width(220.0);
                if field.show(ui, &scene.ink, scene.look).changed {
                    scene.wish(Action::FilterRows(self.filter.clone()));
                    self.first = 0.0;
                }
            });
        });
        ui.add_space(2.0);
        if count == 0 {
            ui.add_space(10.0);
            let words = scene.say(if total == 0 { "table-none" } else { "table-none-found" });
            Label::interface(&words)
                .color(scene.look.quiet)
                .within(ui.available_width(), 3)
                .show(ui, &scene.ink);
            // The panel keeps the height that it was given.
            ui.allocate_space(ui.available_size());
            return;
        }
        self.follow(ui, scene);
        self.rows(ui, scene, count);
    }

    /// Brings the selected annotation into view once, when it becomes the selected one.
    fn follow(&mut self, ui: &Ui, scene: &Scene) {
        let selected = scene.bench.annotation().map(|annotation| (annotation.document, annotation.id));
        if self.followed == selected {
            return;
        }
        self.followed = selected;
        let (Some(row), Some(project)) = (selected, scene.bench.project()) else { return };
        if let Some(at) = scene.bench.table().rows.position(project, row) {
            let fit = fit(ui);
            let at = at as f64;
            if at < self.first || at + 1.0 > self.first + fit {
                self.first = (at - fit / 2.0).max(0.0);
            }
        }
    }

    fn rows(&mut self, ui: &mut Ui, scene: &Scene, count: usize) {
        let area = ui.available_rect_before_wrap();
        let fit = fit(ui);
        let last_first = (count as f64 - fit).max(0.0);
        let step = f64::from(ROW + ui.spacing().item_spacing.y);
        if ui.rect_contains_pointer(area) {
            let delta = ui.input(|input| input.smooth_scroll_delta().y);
            self.first -= f64::from(delta) / step;
        }
        self.first = self.first.clamp(0.0, last_first);
        let first = self.first.round() as usize;
        let body = Rect::from_min_max(area.min, pos2(area.right() - 12.0, area.bottom()));
        let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(body).id_salt("table-body"));
        inner.set_clip_rect(body.intersect(ui.clip_rect()));
        self.build(&mut inner, scene, first, count.min(first + fit.ceil() as usize + 1));
        if fit < count as f64 {
            self.scroll_bar(ui, scene, area, fit / count as f64, last_first);
        }
        ui.allocate_rect(area, Sense::hover());
    }

    fn build(&mut self, ui: &mut Ui, scene: &Scene, first: usize, end: usize) {
        ui.visuals_mut().selection.bg_fill = scene.look.accent_tint;
        let width = ui.available_width();
        TableBuilder::new(ui)
            .id_salt("annotations")
            .vscroll(false)
            .sense(Sense::click())
            .column(Width::initial(width * 0.2).at_least(60.0).clip(true).resizable(true))
            .column(Width::initial(width * 0.38).at_least(60.0).clip(true).resizable(true))
            .column(Width::initial(width * 0.17).at_least(60.0).clip(true).resizable(true))
            .column(Width::initial(width * 0.17).at_least(60.0).clip(true).resizable(true))
            .column(Width::remainder().at_least(50.0).clip(true))
            .header(24.0, |mut header| {
                for column in Column::ALL {
                    header.col(|ui| heading(ui, scene, column));
                }
            })
            .body(|body| {
                body.rows(ROW, end - first, |mut row| {
                    let Some(project) = scene.bench.project() else { return };
                    if let Some(annotation) = scene.bench.table().rows.get(project, first + row.index()) {
                        let rect = show_row(&mut row, scene, annotation);
                        self.rects.push(rect);
                    }
                });
            });
    }

    fn scroll_bar(&mut self, ui: &mut Ui, scene: &Scene, area: Rect, share: f64, last_first: f64) {
        let bar = Rect::from_min_max(pos2(area.right() - 10.0, area.top()), area.max);
        let response = ui.interact(bar, ui.scope_id().with("table-bar"), Sense::click_and_drag());
        let height = (bar.height() * share as f32).max(24.0);
        let run = (bar.height() - height).max(1.0);
        if let Some(pointer) =
            response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on())
        {
            let fraction = f64::from((pointer.y - bar.top() - height / 2.0) / run).clamp(0.0, 1.0);
            self.first = fraction * last_first;
        }
        let top = bar.top() + run * (self.first / last_first.max(1.0)) as f32;
        let handle =
            Rect::from_center_size(pos2(bar.center().x, top + height / 2.0), vec2(4.0, height - 4.0));
        ui.painter().rect_filled(handle, 2.0, scene.look.faint.gamma_multiply(0.6));
    }
}

/// How many rows the panel shows at once.
fn fit(ui: &Ui) -> f64 {
    f64::from((ui.available_height() - ROW).max(ROW) / (ROW + ui.spacing().item_spacing.y))
}

fn heading(ui: &mut Ui, scene: &Scene, column: Column) {
    let view = scene.bench.table();
    let words = scene.say(match column {
        Column::Document => "column-document",
        Column::Quote => "column-quote",
        Column::Tags => "column-tags",
        Column::Note => "column-note",
        Column::Position => "column-position",
    });
    let rect = ui.max_rect();
    let response = ui
        .interact(rect, ui.scope_id().with("heading"), Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand);
    let is_sorted = view.column == column;
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_sorted, &words));
    let color = if is_sorted || response.hovered() { scene.look.ink } else { scene.look.quiet };
    let label = Label::interface(&words).size(look::SMALL_TEXT).bold().color(color).within(rect.width(), 1);
    label.clone().paint_at(ui, &scene.ink, rect);
    if is_sorted {
        let width = label.layout(ui, &scene.ink).width() / ui.ctx().pixels_per_point();
        let middle = pos2(rect.left() + width + 10.0, rect.center().y);
        let up = if view.descending { -1.0 } else { 1.0 };
        let arrow = [vec2(-3.5, 2.0 * up), vec2(3.5, 2.0 * up), vec2(0.0, -2.5 * up)].map(|way| middle + way);
        ui.painter().add(egui::Shape::convex_polygon(arrow.to_vec(), color, Stroke::NONE));
    }
    if response.clicked() {
        scene.wish(Action::SortRows(column));
    }
}

fn show_row(row: &mut TableRow, scene: &Scene, annotation: &Arc<Annotation>) -> Rect {
    let Some(project) = scene.bench.project() else { return Rect::NOTHING };
    let is_selected = scene.bench.annotation().is_some_and(|selected| selected.id == annotation.id);
    row.set_selected(is_selected);
    let document = project.document(annotation.document);
    let title = document.map_or("", |document| document.title.as_str());
    let tags = tag_names(project, annotation).join(&scene.say("list-separator"));
    let place = document.and_then(|document| scene.bench.units(document).place(annotation.extent().start));
    let position = place.map_or_else(String::new, |place| format!("¶{}", place.line.0));
    for (text, is_written) in [
        (title, true),
        (&*annotation.quote.exact, true),
        (tags.as_str(), true),
        (annotation.note.as_str(), true),
        (position.as_str(), false),
    ] {
        row.col(|ui| {
            let rect = ui.max_rect().shrink2(vec2(3.0, 0.0));
            let label = if is_written {
                Label::written(text).size(look::LIST_TEXT - 0.5)
            } else {
                Label::interface(text).size(look::SMALL_TEXT).color(scene.look.quiet).align(Align::Left)
            };
            label.within(rect.width(), 1).paint_at(ui, &scene.ink, rect);
            let below = ui.max_rect().bottom() + ui.spacing().item_spacing.y / 2.0;
            let cell = ui.max_rect().expand2(vec2(ui.spacing().item_spacing.x, 0.0));
            ui.painter().with_clip_rect(cell.expand(4.0)).hline(
                cell.x_range(),
                below,
                Stroke::new(1.0, scene.look.hairline.gamma_multiply(0.6)),
            );
        });
    }
    let response = row.response();
    response.widget_info(|| {
        let texts = [("quote", &*annotation.quote.exact), ("tags", &*tags)];
        let spoken = scene.say_with("table-row", &[], &texts);
        WidgetInfo::selected(Role::ListBoxOption, true, is_selected, spoken)
    });
    let select = Action::SelectAnnotation { document: annotation.document, id: annotation.id, reveal: true };
    if response.clicked() {
        response.request_focus();
        scene.wish(select.clone());
    }
    if response.has_focus() {
        let (copy, delete, enter) = response.ctx.input_mut(|input| {
            let copy = input.events.iter().any(|event| matches!(event, egui::Event::Copy));
            let delete = input.consume_key(egui::Modifiers::NONE, Key::Delete);
            (copy, delete, input.consume_key(egui::Modifiers::NONE, Key::Enter))
        });
        if copy {
            response.ctx.copy_text(line(title, annotation, &tags, &position));
        }
        if delete {
            scene.wish(Action::RemoveAnnotation(annotation.document, annotation.id));
        }
        if enter {
            scene.wish(select.clone());
        }
    }
    response.context_menu(|ui| {
        if menus::wish_item(ui, scene, &scene.say("row-show")) {
            scene.wish(select.clone());
        }
        if menus::wish_item(ui, scene, &scene.say("row-copy-quote")) {
            ui.ctx().copy_text(annotation.quote.exact.to_string());
        }
        if menus::wish_item(ui, scene, &scene.say("row-copy")) {
            ui.ctx().copy_text(line(title, annotation, &tags, &position));
        }
        ui.separator();
        if menus::wish_item(ui, scene, &scene.say("command-delete-annotation")) {
            scene.wish(Action::RemoveAnnotation(annotation.document, annotation.id));
        }
    });
    response.rect
}

/// A row as a line that a spreadsheet takes: cells parted by tabs.
fn line(title: &str, annotation: &Annotation, tags: &str, position: &str) -> String {
    [title, &annotation.quote.exact, tags, &annotation.note, position]
        .map(|cell| cell.replace(['\t', '\n'], " "))
        .join("\t")
}
