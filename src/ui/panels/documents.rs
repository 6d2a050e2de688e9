//! The document list: titles, how many marks each has, a filter.

mod heights;

use std::ops::Range;
use std::sync::Arc;

use egui::{
    CornerRadius, Id, Key, Modifiers, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2,
    vec2,
};

use super::walk::{ring, walk};
use super::{heading, landmark, list, position_in_list};
use crate::app::{Action, Command, Dialog, found};
use crate::model::Document;
use crate::ui::look;
use crate::ui::menus;
use crate::ui::scene::Scene;
use crate::ui::text::{Field, Label, context_menu, tip_of};
use heights::{Heights, Setting};

/// Points around what a row shows.
const AROUND: Vec2 = vec2(9.0, 6.0);
/// Points: how many marks a document has, and the gap above.
const MARKS: f32 = 16.0;
const GAP: f32 = 6.0;

/// What the list keeps from frame to frame.
#[derive(Default)]
pub struct DocumentList {
    filter: String,
    heights: Heights,
    /// How far the list is scrolled, and is to be scrolled further in the next frame, in points.
    offset: f32,
    further: f32,
    /// How high all rows were together in the last frame, in points.
    total: f32,
    /// The row to which the keyboard goes, which is to be in view.
    wanted: Option<usize>,
    /// The document that was last scrolled to.
    followed: Option<crate::model::DocumentId>,
    /// Where the documents stood in the last frame, in points.
    pub rects: Vec<Rect>,
}

impl DocumentList {
    /// Shows the list.
    pub fn show(&mut self, ui: &mut Ui, scene: &Scene) {
        self.rects.clear();
        let Some(project) = scene.bench.project() else { return };
        landmark(ui, Role::Navigation, &scene.say("landmark-documents"));
        heading(ui, scene, &scene.say("panel-documents"), &project.documents().len().to_string());
        ui.add_space(4.0);
        let name = scene.say("documents-filter");
        let width = ui.available_width();
        let field =
            Field::line(Id::unique("documents-filter"), &mut self.filter, &name).hint(&name).width(width);
        if field.show(ui, &scene.ink, scene.look).changed {
            scene.wish(Action::FilterDocuments(self.filter.clone()));
        }
        ui.add_space(6.0);
        let filter = scene.bench.view().document_filter.trim();
        let all = project.documents();
        let setting = Setting {
            revision: scene.bench.open().map_or(0, |open| open.revision),
            filter: filter.to_owned(),
            width,
            scale: ui.ctx().pixels_per_point(),
            fonts: scene.ink.fonts(),
        };
        self.heights.take_up(setting, all, |document| holds(document, filter));
        if self.heights.rows.is_empty() {
            let words = scene.say(if all.is_empty() { "documents-none" } else { "documents-none-found" });
            Label::interface(&words).color(scene.look.quiet).within(width, 3).show(ui, &scene.ink);
            return;
        }
        self.rows(ui, scene, all);
    }

    fn rows(&mut self, ui: &mut Ui, scene: &Scene, all: &[Arc<Document>]) {
        let Self { heights, rects, followed, offset, further, total, wanted, .. } = self;
        let (width, height) = (ui.available_width(), ui.available_height());
        let filter = &scene.bench.view().document_filter;
        let high = |ui: &Ui, document: &Document| {
            let found = found(&document.title, filter);
            let title = title(document, &found, width - 2.0 * AROUND.x);
            let room = title.room(ui, &title.layout(ui, &scene.ink)).y;
            (room + GAP + MARKS + 2.0 * AROUND.y).ceil()
        };
        let open = scene.bench.view().document;
        let mut area = ScrollArea::vertical().auto_shrink(false).id_salt("documents");
        // The area itself goes back behind the end only in its own time.
        let within = |heights: &Heights, top: f32| top.clamp(0.0, (heights.total() - height).max(0.0));
        let moved = std::mem::take(further);
        if moved != 0.0 || *total != heights.total() {
            area = area.vertical_scroll_offset(within(heights, *offset + moved));
        }
        let is_open = |&at: &usize| Some(all[at].id) == open;
        if *followed != open
            && let Some(row) = heights.rows.iter().position(is_open)
        {
            *followed = open;
            let above =
                |heights: &Heights| within(heights, heights.top(row) + (heights.height(row) - height) / 2.0);
            let top = above(heights);
            heights.measure_in(top..top + height, all, |document| high(ui, document));
            area = area.vertical_scroll_offset(above(heights));
        }
        if let Some(row) = wanted.take().filter(|&row| row < heights.rows.len()) {
            let top = heights.top(row);
            heights.measure_in(top - height..top + height, all, |document| high(ui, document));
            let (top, room) = (heights.top(row), heights.height(row));
            let least = (top + room - height).min(top);
            area = area.vertical_scroll_offset(within(heights, offset.clamp(least, top)));
        }
        let shown = area.show_viewport(ui, |ui, view| {
            heights.measure_in(view.top()..view.bottom(), all, |document| high(ui, document));
            ui.set_height(heights.total());
            let rows = heights.within(view.top()..view.bottom());
            let corner = ui.max_rect().min + vec2(0.0, heights.top(rows.start));
            let place = Rect::from_min_max(corner, ui.max_rect().max);
            ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
                ui.skip_ahead_auto_ids(rows.start);
                list(ui, Role::ListBox, &scene.say("landmark-documents"), heights.rows.len());
                let (count, in_view) = (heights.rows.len(), rows.len().saturating_sub(2));
                for at in rows {
                    let document = &all[heights.rows[at]];
                    let size = vec2(ui.available_width(), heights.height(at));
                    let place = (at, count, in_view);
                    let (rect, next) = row(ui, scene, document, size, place, open == Some(document.id));
                    rects.push(rect);
                    *wanted = next.or(*wanted);
                }
            });
        });
        *offset = shown.state.clamped_offset().y;
        *total = heights.total();
        *further = heights.measure_some(*offset, all, |document| high(ui, document));
        if !heights.is_done() || *further != 0.0 {
            ui.ctx().request_repaint();
        }
    }
}

/// Whether a document's title or the name of its source file holds what the list is filtered by.
fn holds(document: &Document, filter: &str) -> bool {
    filter.is_empty() || document.title.contains(filter) || document.source.path.contains(filter)
}

/// The title of a document as its row shows it.
fn title<'a>(document: &'a Document, found: &'a [Range<usize>], width: f32) -> Label<'a> {
    Label::written(&document.title).found(found).within(width, 2)
}

/// Shows a document as a row at a place of so many, of which so many are in view; where it stands, and to which row the keyboard goes on.
fn row(
    ui: &mut Ui,
    scene: &Scene,
    document: &Document,
    size: Vec2,
    place: (usize, usize, usize),
    is_open: bool,
) -> (Rect, Option<usize>) {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let rows = Id::unique("document-rows");
    let next = walk(ui, rows, &response, place);
    let count = scene.bench.project().map_or(0, |project| project.table(document.id).len());
    let marks = scene.say_with("documents-marks", &[("count", count)], &[]);
    response.widget_info(|| {
        let spoken = scene.say_with("documents-row", &[("count", count)], &[("title", &document.title)]);
        WidgetInfo::selected(Role::ListBoxOption, true, is_open, spoken)
    });
    position_in_list(&response, place.0);
    if is_open || response.hovered() || response.has_focus() {
        let fill = if is_open { scene.look.accent_tint } else { scene.look.accent_tint.gamma_multiply(0.45) };
        ui.painter().rect_filled(rect, CornerRadius::same(6), fill);
    }
    ring(ui, rows, &response, rect, scene.look);
    let inner = rect.shrink2(AROUND);
    let filtered = found(&document.title, &scene.bench.view().document_filter);
    let title = title(document, &filtered, inner.width());
    let layout = title.layout(ui, &scene.ink);
    let height = title.room(ui, &layout).y;
    let lines_top = Rect::from_min_size(inner.min, vec2(inner.width(), height));
    title.paint(ui, &scene.ink, &layout, lines_top);
    let below = Rect::from_min_max(pos2(inner.left(), inner.bottom() - MARKS), inner.max);
    Label::interface(&marks)
        .size(look::SMALL_TEXT)
        .color(scene.look.quiet)
        .within(inner.width(), 1)
        .at_start()
        .paint_at(ui, &scene.ink, below);
    tip_of(&response, &scene.ink, &layout, &Label::written(&document.title));
    let by_key = response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if response.clicked() || by_key {
        scene.wish(Action::OpenDocument(document.id));
    }
    if response.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Delete)) {
        // A key is pressed sooner than an item of a menu is chosen: where work would go with it, it is asked.
        scene.wish(match count {
            0 => Action::RemoveDocument(document.id),
            _ => Action::Show(Dialog::RemoveDocument(document.id)),
        });
    }
    context_menu(&response, |ui| {
        if menus::wish_item(ui, scene, &scene.say(Command::DocumentDetails.message())) {
            scene.wish(Action::Show(Dialog::Details(document.id)));
        }
        if menus::wish_item(ui, scene, &scene.say(Command::RemoveDocument.message())) {
            scene.wish(Action::RemoveDocument(document.id));
        }
    });
    (rect, next)
}
