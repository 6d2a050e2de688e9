//! The annotation table: one row an annotation, sorted and filtered, on egui's table builder.
//!
//! Only the rows in view are ever made. The first of them is kept as a number of rows, not as a height: a million rows are higher than
//! `f32` can count pixels.

use std::sync::Arc;

use egui::accesskit::SortDirection;
use egui::{CursorIcon, Id, Key, Rect, Response, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use egui_extras::{Column as Width, TableBuilder, TableRow};

use super::walk::{lead_to, ring, walk};
use super::{landmark, list};
use crate::app::{Action, Column, Row, found};
use crate::model::{Annotation, Document, TagId};
use crate::ui::look;
use crate::ui::menus;
use crate::ui::scene::{Scene, in_name};
use crate::ui::text::{Chip, Field, Label, chips, context_menu, named, tab};

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
    /// The widget that has the keyboard, and the annotation in it: another one may come under it, by scrolling or sorting.
    held: Option<(Id, Row)>,
    /// Where the rows stood in the last frame, in points.
    pub rects: Vec<Rect>,
}

impl Table {
    /// Shows the table.
    pub fn show(&mut self, ui: &mut Ui, scene: &Scene) {
        self.rects.clear();
        let Some(project) = scene.bench.project() else { return };
        landmark(ui, Role::Region, &scene.say("landmark-table"));
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
            ui.scope(|ui| {
                list(ui, Role::TabList, &scene.say("landmark-table"), 1);
                tab(ui, &scene.ink, scene.look, true, &title);
            });
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
        inner.ctx().accesskit_node_builder(inner.unique_id(), |node| {
            node.set_role(Role::Table);
            node.set_label(scene.say("landmark-table"));
            node.set_row_count(count);
            node.set_column_count(Column::ALL.len());
        });
        self.build(&mut inner, scene, first, count.min(first + fit.ceil() as usize + 1), fit);
        if fit < count as f64 {
            self.scroll_bar(ui, scene, area, fit / count as f64, last_first);
        }
        ui.allocate_rect(area, Sense::hover());
    }

    fn build(&mut self, ui: &mut Ui, scene: &Scene, first: usize, end: usize, fit: f64) {
        ui.visuals_mut().selection.bg_fill = scene.look.accent_tint;
        let width = ui.available_width();
        let count = scene.bench.table().rows.len();
        let around = ui.new_child(UiBuilder::new().max_rect(ui.max_rect()));
        let (mut next, mut holding) = (None, None);
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
                    let at = first + row.index();
                    if let Some(annotation) = scene.bench.table().rows.get(project, at) {
                        let response = show_row(&mut row, scene, at, annotation);
                        self.rects.push(response.rect);
                        if response.has_focus() {
                            holding = Some((response.id, (annotation.document, annotation.id)));
                        }
                        let is_as_it_was = !response.has_focus() || self.is_held_still(scene, holding);
                        if is_as_it_was {
                            let place = (at, count, fit as usize);
                            next = walk(&around, list_of_rows(), &response, place).or(next);
                            keys(scene, &response, annotation);
                        }
                        let ringed = response.rect.intersect(around.clip_rect());
                        ring(&around, list_of_rows(), &response, ringed, scene.look);
                    }
                });
            });
        // What is cut off at the edge counts for out of view.
        let shown = first..(first + fit as usize).max(first + 1).min(end);
        self.lead(&around, scene, next, holding, shown);
    }

    /// Whether the widget that has the keyboard shows the annotation that it did before, or that is gone.
    fn is_held_still(&self, scene: &Scene, holding: Option<(Id, Row)>) -> bool {
        let (Some((before, row)), Some((now, shown))) = (self.held, holding) else { return true };
        before != now || row == shown || place_of(scene, row).is_none()
    }

    /// Leads the keyboard on: to the row that keys ask for, which becomes the selected one, or after the annotation that had it. `shown` are
    /// the rows that can be seen.
    fn lead(
        &mut self,
        ui: &Ui,
        scene: &Scene,
        next: Option<usize>,
        holding: Option<(Id, Row)>,
        shown: std::ops::Range<usize>,
    ) {
        if let Some(next) = next {
            let (at, fit) = (next as f64, shown.len() as f64);
            self.first = self.first.clamp((at + 1.0 - fit).min(at).max(0.0), at);
            let row = scene.bench.project().and_then(|project| scene.bench.table().rows.get(project, next));
            if let Some(annotation) = row {
                let (document, id) = (annotation.document, annotation.id);
                // It is in view already.
                self.followed = Some((document, id));
                scene.wish(Action::SelectAnnotation { document, id, reveal: true });
            }
            self.held = None;
            return;
        }
        if !self.is_held_still(scene, holding)
            && let (Some((id, row)), true) = (self.held, holding.is_some())
        {
            match place_of(scene, row).filter(|at| shown.contains(at)) {
                Some(at) => lead_to(ui, list_of_rows(), at),
                None => ui.memory_mut(|memory| memory.surrender_focus(id)),
            }
            self.held = None;
            return;
        }
        self.held = holding;
    }

    fn scroll_bar(&mut self, ui: &mut Ui, scene: &Scene, area: Rect, share: f64, last_first: f64) {
        let bar = Rect::from_min_max(pos2(area.right() - 10.0, area.top()), area.max);
        let response = ui.interact(bar, ui.scope_id().with("table-bar"), Sense::CLICK | Sense::DRAG);
        let response = named(response, Role::ScrollBar, &scene.say("scroll-bar"));
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

/// The row in which an annotation stands.
fn place_of(scene: &Scene, row: Row) -> Option<usize> {
    scene.bench.table().rows.position(scene.bench.project()?, row)
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
    response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, &words));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        if is_sorted {
            let descending = view.descending;
            node.set_sort_direction(if descending {
                SortDirection::Descending
            } else {
                SortDirection::Ascending
            });
        }
    });
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

/// Under this the list of rows keeps where the keyboard goes.
fn list_of_rows() -> Id {
    Id::unique("table-rows")
}

fn show_row(row: &mut TableRow, scene: &Scene, at: usize, annotation: &Arc<Annotation>) -> Response {
    let project = scene.bench.project();
    let is_selected = scene.bench.annotation().is_some_and(|selected| selected.id == annotation.id);
    row.set_selected(is_selected);
    let document = project.and_then(|project| project.document(annotation.document));
    let title = document.map_or("", |document| document.title.as_str());
    let tags = scene.tag_names(annotation).join(&scene.say("list-separator"));
    let position = position(scene, document, annotation);
    let cells = [title, &annotation.quote.exact, &tags, &annotation.note, &position];
    // egui's row answers under the id of its first cell: that node is the row, and the cells are told as its children.
    let mut row_id = None;
    for (column, text) in Column::ALL.into_iter().zip(cells) {
        row.col(|ui| {
            let row_id = *row_id.get_or_insert(ui.unique_id());
            tell_cell(ui, row_id, (at, column), in_name(text));
            show_cell(ui, scene, annotation, column, text);
        });
    }
    let response = row.response();
    response.widget_info(|| {
        let texts = [("quote", in_name(&annotation.quote.exact)), ("tags", &*tags)];
        let spoken = scene.say_with("table-row", &[], &texts);
        WidgetInfo::selected(Role::Row, true, is_selected, spoken)
    });
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_row_index(at);
        node.set_selected(is_selected);
    });
    let select = Action::SelectAnnotation { document: annotation.document, id: annotation.id, reveal: true };
    if response.clicked() {
        scene.wish(select.clone());
    }
    context_menu(&response, |ui| {
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
    response
}

/// Does what the keys mean on the row that has the keyboard.
fn keys(scene: &Scene, response: &Response, annotation: &Annotation) {
    if !response.has_focus() {
        return;
    }
    let (copy, delete, enter) = response.ctx.input_mut(|input| {
        let copy = input.events.iter().any(|event| matches!(event, egui::Event::Copy));
        let delete = input.consume_key(egui::Modifiers::NONE, Key::Delete);
        (copy, delete, input.consume_key(egui::Modifiers::NONE, Key::Enter))
    });
    let (document, id) = (annotation.document, annotation.id);
    if copy {
        let text = scene.bench.project().and_then(|project| project.document(document));
        let title = text.map_or("", |document| document.title.as_str());
        let tags = scene.tag_names(annotation).join(&scene.say("list-separator"));
        response.ctx.copy_text(line(title, annotation, &tags, &position(scene, text, annotation)));
    }
    if delete {
        scene.wish(Action::RemoveAnnotation(document, id));
    }
    if enter {
        scene.wish(Action::SelectAnnotation { document, id, reveal: true });
    }
}

/// The paragraph in which an annotation begins.
fn position(scene: &Scene, document: Option<&Arc<Document>>, annotation: &Annotation) -> String {
    let place = document.and_then(|document| scene.bench.units(document).place(annotation.extent().start));
    place.map_or_else(String::new, |place| format!("¶{}", place.line.0))
}

/// Tells what stands in a cell of a row.
fn tell_cell(ui: &mut Ui, row: Id, (at, column): (usize, Column), text: &str) {
    if ui.ctx().accesskit_node_builder(row, |_| ()).is_none() {
        return;
    }
    let builder = UiBuilder::new()
        .id_salt("cell")
        .max_rect(ui.max_rect())
        .accessibility_parent(row)
        .accessibility_role(Role::Cell);
    let cell = ui.new_child(builder);
    ui.ctx().accesskit_node_builder(cell.unique_id(), |node| {
        node.set_label(text);
        node.set_row_index(at);
        node.set_column_index(Column::ALL.iter().position(|&other| other == column).unwrap_or(0));
    });
}

fn show_cell(ui: &Ui, scene: &Scene, annotation: &Annotation, column: Column, text: &str) {
    let rect = ui.max_rect().shrink2(vec2(3.0, 0.0));
    let filter = &scene.bench.table().filter;
    match column {
        Column::Tags => chips(ui, &scene.ink, rect, &tag_chips(scene, annotation, filter), scene.look.quiet),
        Column::Position => {
            let label = Label::interface(text).size(look::SMALL_TEXT).color(scene.look.quiet).at_start();
            label.within(rect.width(), 1).paint_at(ui, &scene.ink, rect);
        }
        Column::Document | Column::Quote | Column::Note => {
            let found = found(text, filter);
            let label = Label::written(text).found(&found).size(look::LIST_TEXT - 0.5);
            label.within(rect.width(), 1).paint_at(ui, &scene.ink, rect);
        }
    }
    let below = ui.max_rect().bottom() + ui.spacing().item_spacing.y / 2.0;
    let cell = ui.max_rect().expand2(vec2(ui.spacing().item_spacing.x, 0.0));
    ui.painter().with_clip_rect(cell.expand(4.0)).hline(
        cell.x_range(),
        below,
        Stroke::new(1.0, scene.look.hairline.gamma_multiply(0.6)),
    );
}

/// The tags of an annotation, each on its tint.
fn tag_chips(scene: &Scene, annotation: &Annotation, filter: &str) -> Vec<Chip> {
    let Some(project) = scene.bench.project() else { return Vec::new() };
    let chip = |(&id, name): (&TagId, String)| {
        let tag = project.codebook().get(id);
        let fill = tag.map_or(scene.look.desk, |tag| scene.look.tint(tag.color));
        Chip { found: found(&name, filter), name, fill, ink: scene.look.ink }
    };
    annotation.tags.iter().zip(scene.tag_names(annotation)).map(chip).collect()
}

/// A row as a line that a spreadsheet takes: cells parted by tabs.
fn line(title: &str, annotation: &Annotation, tags: &str, position: &str) -> String {
    [title, &annotation.quote.exact, tags, &annotation.note, position]
        .map(|cell| cell.replace(['\t', '\n'], " "))
        .join("\t")
}
