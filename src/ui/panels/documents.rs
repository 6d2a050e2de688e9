//! The document list: titles, how many marks each has, a filter.

use egui::{CornerRadius, Id, Key, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{heading, landmark, list, position_in_list};
use crate::app::{Action, Command, Dialog, found};
use crate::model::Document;
use crate::ui::look;
use crate::ui::menus;
use crate::ui::scene::Scene;
use crate::ui::text::{Field, Label, context_menu, tip_of};

/// Points a document takes in the list.
const ROW: f32 = 84.0;

/// What the list keeps from frame to frame.
#[derive(Default)]
pub struct DocumentList {
    filter: String,
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
        let chosen: Vec<usize> = (0..all.len()).filter(|&at| holds(&all[at], filter)).collect();
        if chosen.is_empty() {
            let words = scene.say(if all.is_empty() { "documents-none" } else { "documents-none-found" });
            Label::interface(&words).color(scene.look.quiet).within(width, 3).show(ui, &scene.ink);
            return;
        }
        let open = scene.bench.view().document;
        let open_row = chosen.iter().position(|&at| Some(all[at].id) == open);
        let mut area = ScrollArea::vertical().auto_shrink(false).id_salt("documents");
        if self.followed != open
            && let Some(row) = open_row
        {
            self.followed = open;
            let step = ROW + ui.spacing().item_spacing.y;
            let height = ui.available_height();
            area = area.vertical_scroll_offset((row as f32 * step - height / 2.0 + step / 2.0).max(0.0));
        }
        area.show_rows(ui, ROW, chosen.len(), |ui, rows| {
            list(ui, Role::ListBox, &scene.say("landmark-documents"), chosen.len());
            for at in rows {
                let document = &all[chosen[at]];
                let rect = row(ui, scene, document, at, open == Some(document.id));
                self.rects.push(rect);
            }
        });
    }
}

/// Whether a document's title or the name of its source file holds what the list is filtered by.
fn holds(document: &Document, filter: &str) -> bool {
    filter.is_empty() || document.title.contains(filter) || document.source.path.contains(filter)
}

fn row(ui: &mut Ui, scene: &Scene, document: &Document, at: usize, is_open: bool) -> Rect {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let count = scene.bench.project().map_or(0, |project| project.table(document.id).len());
    let marks = scene.say_with("documents-marks", &[("count", count)], &[]);
    response.widget_info(|| {
        let spoken = scene.say_with("documents-row", &[("count", count)], &[("title", &document.title)]);
        WidgetInfo::selected(Role::ListBoxOption, true, is_open, spoken)
    });
    position_in_list(&response, at);
    if is_open || response.hovered() || response.has_focus() {
        let fill = if is_open { scene.look.accent_tint } else { scene.look.accent_tint.gamma_multiply(0.45) };
        ui.painter().rect_filled(rect, CornerRadius::same(6), fill);
    }
    let inner = rect.shrink2(vec2(9.0, 6.0));
    let filtered = found(&document.title, &scene.bench.view().document_filter);
    let title = Label::written(&document.title).found(&filtered).within(inner.width(), 2);
    let layout = title.layout(ui, &scene.ink);
    let height = title.room(ui, &layout).y;
    let lines_top = Rect::from_min_size(inner.min, vec2(inner.width(), height));
    title.paint(ui, &scene.ink, &layout, lines_top);
    let below = Rect::from_min_max(pos2(inner.left(), inner.bottom() - 16.0), inner.max);
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
    context_menu(&response, |ui| {
        if menus::wish_item(ui, scene, &scene.say(Command::DocumentDetails.message())) {
            scene.wish(Action::Show(Dialog::Details(document.id)));
        }
        if menus::wish_item(ui, scene, &scene.say(Command::RemoveDocument.message())) {
            scene.wish(Action::RemoveDocument(document.id));
        }
    });
    rect
}
