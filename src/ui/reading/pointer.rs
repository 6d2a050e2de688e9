//! The pointer in the reading view: selecting by drag and clicks, scrolling, and the menu on the text.

use egui::{Pos2, Rect, Response, Ui, vec2};

use super::page::Page;
use super::{Plan, Reading, keys};
use crate::app::{Action, Command};
use crate::model::AnnotationId;
use crate::text::{Caret, word_at};
use crate::ui::menus;
use crate::ui::scene::Scene;
use crate::ui::text::{context_menu_beside, menu_asked};

/// How fast the page follows a drag past its edge: pixels a second for each point beyond it.
const EDGE_SPEED: f32 = 14.0;

impl Reading {
    pub(super) fn take_pointer(&mut self, ui: &mut Ui, scene: &Scene, response: &Response, plan: &Plan) {
        self.take_wheel(ui, scene, response);
        if response.is_pointer_button_down_on() || response.clicked() {
            response.request_focus();
        }
        let scale = ui.ctx().pixels_per_point();
        let at = |point: Pos2| ((point.x - plan.column.left()) * scale, (point.y - plan.pane.top()) * scale);
        if response.hovered() {
            ui.ctx().set_cursor_icon(egui::CursorIcon::Text);
        }
        let (primary_down, shift) = ui.input(|input| (input.pointer.primary_down(), input.modifiers.shift));
        if response.drag_started_by(egui::PointerButton::Primary) {
            let origin = ui.input(|input| input.pointer.press_origin());
            let caret = origin.and_then(|origin| {
                let (x, y) = at(origin);
                self.page.as_ref()?.hit(x, y)
            });
            if let Some(caret) = caret {
                self.dragging = true;
                self.column_x = None;
                let anchor = scene
                    .bench
                    .selection()
                    .filter(|_| shift)
                    .map_or(caret.byte, |selection| selection.anchor);
                self.select(scene, anchor, caret);
                scene.wish(Action::OfferTags(false));
                self.drag_anchor = Some(anchor);
            }
        }
        if self.dragging {
            self.drag_on(ui, scene, plan, &at);
            if !primary_down || response.drag_stopped() {
                self.dragging = false;
                self.drag_anchor = None;
                scene.wish(Action::OfferTags(true));
            }
        } else if response.clicked() {
            let Some((x, y)) = response.interact_pointer_pos().map(at) else { return };
            self.take_click(scene, response, x, y, shift);
        }
        let under = response.hover_pos().and_then(|point| {
            let (x, y) = at(point);
            self.annotation_at(scene, x, y)
        });
        if response.secondary_clicked() {
            self.menu_on = under;
        }
        let has_keyboard = response.has_focus() || keys::is_unowned(ui, scene);
        let asked = menu_asked(response, has_keyboard).then(|| self.menu_at_caret(scene, plan, scale));
        self.show_menu(scene, response, asked);
    }

    /// Lets the menu speak of what is marked at the caret, else of the selected annotation; beside what it is to stand, in points.
    fn menu_at_caret(&mut self, scene: &Scene, plan: &Plan, scale: f32) -> Rect {
        let corner = Rect::from_min_size(plan.column.min, vec2(plan.column.width(), 0.0));
        let selection = scene.bench.selection();
        if let Some(selection) = selection {
            let focus = selection.focus;
            // Of a selection the side that lies in it, of a caret that what follows.
            let (first, second) =
                if selection.anchor < focus { (focus - 1, focus) } else { (focus, focus.saturating_sub(1)) };
            self.menu_on = self.annotation_over(scene, first).or_else(|| self.annotation_over(scene, second));
        } else {
            self.menu_on = None;
        }
        let document = self.page.as_ref().map(Page::document);
        let selected = scene.bench.annotation().filter(|annotation| Some(annotation.document) == document);
        self.menu_on = self.menu_on.or(selected.map(|annotation| annotation.id));
        let Some(caret) = selection.map(|selection| self.caret_of(selection)) else { return corner };
        if let Some(page) = self.page.as_mut() {
            page.follow(caret, &scene.ink);
        }
        self.caret_rect(caret, plan.column.min, scale).unwrap_or(corner)
    }

    fn drag_on(&mut self, ui: &Ui, scene: &Scene, plan: &Plan, at: &impl Fn(Pos2) -> (f32, f32)) {
        let Some(pointer) = ui.input(|input| input.pointer.latest_pos()) else { return };
        let beyond =
            (pointer.y - plan.pane.bottom() + 4.0).max(0.0) + (pointer.y - plan.pane.top() - 4.0).min(0.0);
        let Some(page) = self.page.as_mut() else { return };
        if beyond != 0.0 {
            let seconds = ui.input(|input| input.stable_dt).min(0.1);
            page.scroll_by(beyond * EDGE_SPEED * seconds * ui.ctx().pixels_per_point());
            page.fill(&scene.ink);
            ui.ctx().request_repaint();
        }
        let (x, y) = at(pointer);
        let y = y.clamp(0.0, page.height());
        if let (Some(anchor), Some(caret)) = (self.drag_anchor, page.hit(x, y)) {
            self.select(scene, anchor, caret);
        }
    }

    fn take_click(&mut self, scene: &Scene, response: &Response, x: f32, y: f32, shift: bool) {
        let Some(page) = self.page.as_ref() else { return };
        let Some(caret) = page.hit(x, y) else { return };
        let byte = page.byte_at(x, y).unwrap_or(caret.byte);
        let range = page.paragraph_around(byte);
        self.column_x = None;
        if response.triple_clicked() {
            self.select(scene, range.start, Caret::before(range.end));
            scene.wish(Action::OfferTags(true));
        } else if response.double_clicked() {
            let word = word_at(&page.text()[range.clone()], byte - range.start);
            self.select(scene, range.start + word.start, Caret::before(range.start + word.end));
            scene.wish(Action::OfferTags(true));
        } else if let (true, Some(selection)) = (shift, scene.bench.selection()) {
            self.select(scene, selection.anchor, caret);
            scene.wish(Action::OfferTags(true));
        } else {
            match self.annotation_at(scene, x, y) {
                Some(id) => {
                    scene.wish(Action::SelectAnnotation { document: page.document(), id, reveal: false });
                }
                None => scene.wish(Action::SelectNoAnnotation),
            }
            self.select(scene, caret.byte, caret);
            scene.wish(Action::OfferTags(false));
        }
    }

    /// The annotation under a point, in pixels: the shortest of those that lie there; of those as long, the one after the selected
    /// one, so that repeated clicks go through them.
    fn annotation_at(&self, scene: &Scene, x: f32, y: f32) -> Option<AnnotationId> {
        let page = self.page.as_ref()?;
        self.annotation_over(scene, page.byte_at(x, y)?)
    }

    /// The same of those that cover a byte.
    fn annotation_over(&self, scene: &Scene, byte: usize) -> Option<AnnotationId> {
        let page = self.page.as_ref()?;
        let at = crate::model::Span::new(byte..byte + 1);
        let mut here: Vec<_> = scene
            .bench
            .project()?
            .table(page.document())
            .overlapping(at)
            .filter(|annotation| annotation.spans.iter().any(|span| span.overlaps(at)))
            .collect();
        here.sort_by_key(|annotation| (annotation.extent().len(), annotation.id));
        here.first().map(|annotation| annotation.id)
    }

    fn take_wheel(&mut self, ui: &Ui, scene: &Scene, response: &Response) {
        if !response.contains_pointer() {
            return;
        }
        let (delta, zoom) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        if zoom != 1.0 {
            scene.wish(Action::SetTextSize(scene.bench.view().text_size * zoom));
        } else if delta != 0.0
            && let Some(page) = self.page.as_mut()
        {
            page.scroll_by(-delta * ui.ctx().pixels_per_point());
            page.fill(&scene.ink);
        }
    }

    fn show_menu(&mut self, scene: &Scene, response: &Response, asked: Option<Rect>) {
        let on = self.menu_on;
        context_menu_beside(response, asked, |ui| {
            menus::item(ui, scene, Command::Copy);
            menus::item(ui, scene, Command::TagSelection);
            if let (Some(id), Some(page)) = (on, self.page.as_ref()) {
                ui.separator();
                let document = page.document();
                if menus::wish_item(ui, scene, &scene.say("annotation-select")) {
                    scene.wish(Action::SelectAnnotation { document, id, reveal: false });
                }
                if let Some(span) = scene.bench.selected_span()
                    && menus::wish_item(ui, scene, &scene.say("annotation-ends"))
                {
                    scene.wish(Action::SetEnds(document, id, span));
                }
                if menus::wish_item(ui, scene, &scene.say("command-delete-annotation")) {
                    scene.wish(Action::RemoveAnnotation(document, id));
                }
            }
        });
    }
}
