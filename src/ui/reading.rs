//! The reading view: one document as a calm column of text, its highlights behind the words, and its glosses in the margin.
//!
//! Owns the layouts of the paragraphs that are in view, the scroll position, and what the pointer is doing. It reads the workbench and
//! sends it wishes; it changes nothing itself.

mod glosses;
mod invisibles;
mod keys;
mod marks;
mod page;
mod pieces;
mod pointer;
mod spoken;

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Id, Pos2, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::app::{Action, Place, Reveal, Selection};
use crate::model::{AnnotationId, ByteOffset, Span};
use crate::text::{Align, Caret, Family, Rect as PixelRect};
use crate::ui::scene::Scene;
use crate::ui::text::{Label, named};

pub use invisibles::beside;
use page::{Page, Setting};

/// The name under which assistive technology finds the view.
pub const NAME: &str = "reading-view";

/// A font that is still being opened is waited for so long, with nothing on the paper, before another one stands in for it.
const PATIENCE: Duration = Duration::from_millis(500);

/// A line as it stands on screen.
#[derive(Clone, Debug)]
pub struct ShownLine {
    /// The paragraph, from 0.
    pub paragraph: usize,
    /// Bytes of the document.
    pub span: Span,
    /// Where, in points.
    pub rect: Rect,
}

/// What the view keeps from frame to frame.
#[derive(Default)]
pub struct Reading {
    page: Option<Page>,
    /// The last request of [`Reveal`] that was fulfilled.
    revealed: u64,
    /// The place that was last reported.
    reported: Option<Place>,
    /// The side of a soft break on which the caret stands.
    caret: Option<Caret>,
    /// The distance of the caret from the column's left edge that Up and Down keep, in pixels.
    column_x: Option<f32>,
    /// Whether a drag that began on the text is under way.
    dragging: bool,
    /// The byte of the document at which that drag began.
    drag_anchor: Option<usize>,
    /// The annotation that the open menu speaks of.
    menu_on: Option<AnnotationId>,
    /// Where the caret went by the keys of the frame `moved_frame`, and the end that stayed.
    moved: Option<Caret>,
    moved_anchor: usize,
    moved_frame: u64,
    /// Where the column stood in the last frame, in points.
    column: Option<Rect>,
    /// Where the selection stood in the last frame, in points.
    selection: Option<Rect>,
    /// The view as assistive technology was told of it last.
    told_as: Option<egui::Id>,
    /// Since when its font has been awaited.
    awaited: Option<Instant>,
    /// The marks and glosses of what is in view, and what they were made for.
    marked: Option<(InView, Vec<marks::Band>, Vec<glosses::Gloss>)>,
}

/// What the marks and glosses in view depend on, beside the document itself: while it is the same they are not made anew.
#[derive(Clone, PartialEq)]
struct InView {
    revision: Option<u64>,
    span: Span,
    setting: Setting,
    glosses: Option<f32>,
    scale: f32,
    selected: Option<AnnotationId>,
}

/// How the pane is divided, in points.
struct Plan {
    pane: Rect,
    column: Rect,
    glosses: Option<Rect>,
    rtl: bool,
}

impl Plan {
    fn new(pane: Rect, (text_size, measure): (f32, f32), rtl: bool) -> Self {
        let edge = 30.0;
        let numbers = 26.0;
        let gap = 34.0;
        let room = (pane.width() - 2.0 * edge - numbers).max(60.0);
        let with_glosses = room > 480.0;
        let glosses_width = if with_glosses { (room * 0.27).clamp(150.0, 250.0) } else { 0.0 };
        let around = if with_glosses { glosses_width + gap } else { 0.0 };
        let measure = (text_size * measure).min(room - around).max(60.0).floor();
        let spare = (room - around - measure).max(0.0) / 2.0;
        let top_to_bottom = pane.y_range();
        let (column, glosses) = if rtl {
            let right = pane.right() - edge - numbers - spare;
            let column = Rect::from_x_y_ranges(right - measure..=right, top_to_bottom);
            let glosses = Rect::from_x_y_ranges(
                column.left() - gap - glosses_width..=column.left() - gap,
                top_to_bottom,
            );
            (column, glosses)
        } else {
            let left = pane.left() + edge + numbers + spare;
            let column = Rect::from_x_y_ranges(left..=left + measure, top_to_bottom);
            let glosses = Rect::from_x_y_ranges(
                column.right() + gap..=column.right() + gap + glosses_width,
                top_to_bottom,
            );
            (column, glosses)
        };
        Self { pane, column, glosses: with_glosses.then_some(glosses), rtl }
    }
}

impl Reading {
    /// Where the column stood in the last frame, in points.
    pub fn column(&self) -> Option<Rect> {
        self.column
    }

    /// Where the selected text stood in the last frame, in points, as far as it was in view.
    pub fn selection(&self) -> Option<Rect> {
        self.selection
    }

    /// The lines in view, as they stood in the last frame.
    pub fn lines(&self, pixels_per_point: f32) -> Vec<ShownLine> {
        let (Some(page), Some(column)) = (&self.page, self.column) else { return Vec::new() };
        let origin = column.min;
        page.shown()
            .flat_map(|(shown, layout)| {
                let start = page.piece(shown.piece).start;
                let paragraph = page.paragraph_of(shown.piece);
                layout.lines().iter().map(move |line| ShownLine {
                    paragraph,
                    span: Span::new(start + line.range.start..start + line.range.end),
                    rect: points(
                        PixelRect { left: line.left, top: line.top, right: line.right, bottom: line.bottom },
                        origin + vec2(0.0, shown.top / pixels_per_point),
                        pixels_per_point,
                    ),
                })
            })
            .collect()
    }

    /// Shows the open document in the rectangle that `ui` has, and takes part in pointer and keys.
    pub fn show(&mut self, ui: &mut Ui, scene: &Scene) -> Response {
        let pane = ui.available_rect_before_wrap();
        self.hear(ui, scene);
        // An id of its own, so that the keyboard stays here when a notice or the find bar comes or goes.
        ui.advance_cursor_after_rect(pane);
        let response = ui.interact(pane, Id::unique("reading"), Sense::click_and_drag());
        let name = scene.say(NAME);
        response.widget_info(|| WidgetInfo::labeled(Role::Document, true, &name));
        let Some(document) = scene.bench.document().cloned() else {
            self.page = None;
            self.column = None;
            self.selection = None;
            say_instead(ui, scene, pane, "reading-none");
            return response;
        };
        let scale = ui.ctx().pixels_per_point();
        let view = scene.bench.view();
        let (text_size, family) = (view.text_size, Family::named(&view.font));
        if self.awaits_font(ui, scene, &family) {
            ui.painter().rect_filled(pane, 0.0, scene.look.paper);
            return response;
        }
        if self.page.as_ref().is_none_or(|page| !page.is_of(&document)) {
            let context = ui.ctx().clone();
            self.page = Some(Page::new(&document, Arc::new(move || context.request_repaint())));
            self.marked = None;
            self.caret = None;
            self.reported = None;
        }
        let Some(page) = self.page.as_mut() else { return response };
        let plan = Plan::new(pane, (text_size, view.measure), page.direction().is_rtl());
        let top = 26.0 * scale;
        let setting = Setting {
            width: plan.column.width() * scale,
            size: text_size * scale,
            leading: view.leading * scene.ink.room(&family),
            family,
            fonts: scene.ink.fonts(),
        };
        page.arrange(setting, pane.height() * scale, top);
        if self.reported.is_none() {
            page.go_to(scene.bench.view().places.get(&document.id).copied().unwrap_or_default());
            self.reported = Some(page.place());
        }
        page.fill(&scene.ink);
        if let Some(reveal) = scene.bench.reveal().filter(|reveal| reveal.document == document.id) {
            self.reveal(reveal, scene);
        }
        self.column = Some(plan.column);
        self.take_pointer(ui, scene, &response, &plan);
        self.take_keys(ui, scene, &response);
        self.paint(ui, scene, &response, &plan);
        self.tell(ui, scene, &response, &plan);
        self.scroll_bar(ui, scene, &plan);
        if document.text.is_empty() {
            say_instead(ui, scene, pane, "reading-empty");
        }
        self.report(scene);
        response
    }

    /// Whether the view stays blank because its font is still being opened. That a font is missing is said.
    fn awaits_font(&mut self, ui: &Ui, scene: &Scene, family: &Family) -> bool {
        let name = family.name();
        if scene.ink.has_family(name) == Some(false) && scene.bench.missed_font() != Some(name) {
            scene.wish(Action::MissFont(name.to_owned()));
        }
        if scene.ink.prepare(family) {
            self.awaited = None;
            return false;
        }
        // What is shown already is shown on in the font it has.
        let since = self.awaited.get_or_insert_with(Instant::now);
        let rest = PATIENCE.checked_sub(since.elapsed()).filter(|_| self.page.is_none());
        if let Some(rest) = rest {
            ui.ctx().request_repaint_after(rest);
        }
        rest.is_some()
    }

    fn reveal(&mut self, reveal: Reveal, scene: &Scene) {
        if self.revealed == reveal.serial {
            return;
        }
        self.revealed = reveal.serial;
        if let Some(page) = self.page.as_mut() {
            page.reveal(reveal.span.start.index(), &scene.ink);
        }
    }

    /// Tells the workbench where the view stands, when it has moved.
    fn report(&mut self, scene: &Scene) {
        let Some(page) = self.page.as_ref() else { return };
        let place = page.place();
        if self.reported != Some(place) {
            self.reported = Some(place);
            scene.wish(Action::Scrolled(page.document(), place));
        }
    }

    fn paint(&mut self, ui: &mut Ui, scene: &Scene, response: &Response, plan: &Plan) {
        let Some(page) = self.page.as_ref() else { return };
        let scale = ui.ctx().pixels_per_point();
        let origin = plan.column.min;
        let painter = ui.painter_at(plan.pane);
        painter.rect_filled(plan.pane, 0.0, scene.look.paper);
        let in_view = InView {
            revision: scene.bench.open().map(|open| open.revision),
            span: page.span_in_view(),
            setting: page.setting().clone(),
            glosses: plan.glosses.map(|margin| margin.width()),
            scale,
            selected: scene.bench.annotation().map(|annotation| annotation.id),
        };
        let known = self.marked.take().filter(|(known, ..)| *known == in_view);
        let (in_view, bands, glosses) = known.unwrap_or_else(|| {
            let bands = marks::bands(scene, page, scale);
            (in_view, bands, glosses::glosses(ui, scene, page, plan))
        });
        marks::paint_fills(&painter, scene, page, &bands, origin, scale);
        marks::paint_hits(&painter, scene, page, origin, scale);
        self.selection = marks::paint_selection(&painter, scene, page, origin, scale);
        for (shown, layout) in page.shown() {
            let at = origin + vec2(0.0, shown.top / scale);
            scene.ink.paint(&painter, layout, at, scene.look.ink);
            if scene.bench.view().numbers {
                marks::paint_number(ui, scene, page, shown, layout, plan, scale);
            }
        }
        marks::paint_rules(&painter, scene, page, &bands, origin, scale);
        if scene.bench.view().invisibles {
            let marks = invisibles::marks(page, origin, scale);
            invisibles::paint(&painter, scene, &marks, scale);
            invisibles::tell(ui, scene, response, &marks, plan);
        }
        if response.has_focus() {
            self.paint_caret(ui, scene, origin, scale);
        }
        glosses::show(ui, scene, page, plan, &glosses, scale);
        self.marked = Some((in_view, bands, glosses));
    }

    fn paint_caret(&self, ui: &Ui, scene: &Scene, origin: Pos2, scale: f32) {
        let (Some(page), Some(selection)) = (self.page.as_ref(), scene.bench.selection()) else { return };
        let caret = self.caret_of(selection);
        let (piece, within) = page.locate(caret);
        let layout = page.shown().find(|(shown, _)| shown.piece == piece).map(|(_, layout)| layout);
        if let Some((rect, layout)) = self.caret_rect(caret, origin, scale).zip(layout) {
            let pixel = 1.0 / scale;
            let width = (1.5 * scale).round().max(1.0) * pixel;
            let height = (rect.height() * 0.9).round();
            let left = ((rect.left() - width / 2.0) * scale).round() * pixel;
            let top = ((rect.center().y - height / 2.0) * scale).round() * pixel;
            let bar = Rect::from_min_size(pos2(left, top), vec2(width, height));
            ui.painter().rect_filled(bar, 0.0, scene.look.accent);
            // Where two directions meet, a small flag points to where the text goes on to which the caret belongs.
            if let Some(direction) = layout.direction_mark(within) {
                let flag = vec2(4.0, 2.0);
                let left = if direction.is_rtl() { bar.left() - flag.x } else { bar.right() };
                ui.painter().rect_filled(Rect::from_min_size(pos2(left, top), flag), 0.0, scene.look.accent);
            }
        }
    }

    /// Where a caret stands, in points, if its paragraph is in view; the column's corner stands at `origin`.
    fn caret_rect(&self, caret: Caret, origin: Pos2, scale: f32) -> Option<Rect> {
        let page = self.page.as_ref()?;
        let (piece, within) = page.locate(caret);
        let (shown, layout) = page.shown().find(|(shown, _)| shown.piece == piece)?;
        Some(points(layout.caret_rect(within), origin + vec2(0.0, shown.top / scale), scale))
    }

    /// The caret of a selection, with the side of a soft break that it was put on.
    fn caret_of(&self, selection: Selection) -> Caret {
        self.caret.filter(|caret| caret.byte == selection.focus).unwrap_or(Caret::after(selection.focus))
    }

    /// A quiet bar at the pane's edge that shows and moves the position.
    fn scroll_bar(&mut self, ui: &mut Ui, scene: &Scene, plan: &Plan) {
        let Some(page) = self.page.as_mut() else { return };
        let share = page.visible_fraction() as f32;
        if share >= 1.0 {
            return;
        }
        let width = 10.0;
        let left = if plan.rtl { plan.pane.left() } else { plan.pane.right() - width };
        let bar = Rect::from_min_size(pos2(left, plan.pane.top()), vec2(width, plan.pane.height()));
        let response = ui.interact(bar, ui.scope_id().with("scroll-bar"), Sense::CLICK | Sense::DRAG);
        let response = named(response, Role::ScrollBar, &scene.say("scroll-bar"));
        let place = page.fraction();
        response.ctx.accesskit_node_builder(response.id, |node| {
            node.set_numeric_value(100.0 * place);
            node.set_min_numeric_value(0.0);
            node.set_max_numeric_value(100.0);
        });
        let handle_height = (bar.height() * share).max(28.0);
        let run = (bar.height() - handle_height).max(1.0);
        if let Some(pointer) =
            response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on())
        {
            page.set_fraction(f64::from((pointer.y - bar.top() - handle_height / 2.0) / run));
            ui.ctx().request_repaint();
        }
        let top = bar.top() + run * page.fraction() as f32;
        let thickness = if response.hovered() || response.dragged() { 6.0 } else { 4.0 };
        let handle = Rect::from_center_size(
            pos2(bar.center().x, top + handle_height / 2.0),
            vec2(thickness, handle_height - 4.0),
        );
        ui.painter().rect_filled(handle, thickness / 2.0, scene.look.faint.gamma_multiply(0.6));
    }

    /// Selects a range of the open document.
    fn select(&mut self, scene: &Scene, anchor: usize, focus: Caret) {
        let Some(page) = self.page.as_ref() else { return };
        self.caret = Some(focus);
        scene.wish(Action::Select(Some(Selection { document: page.document(), anchor, focus: focus.byte })));
    }
}

/// A rectangle of a layout in points, the layout's corner standing at `origin`.
fn points(rect: PixelRect, origin: Pos2, scale: f32) -> Rect {
    Rect::from_min_max(
        origin + vec2(rect.left / scale, rect.top / scale),
        origin + vec2(rect.right / scale, rect.bottom / scale),
    )
}

/// The part of a span that lies in a paragraph, relative to it.
fn within(span: Span, paragraph: &std::ops::Range<usize>) -> Option<std::ops::Range<usize>> {
    let start = span.start.max(ByteOffset::at(paragraph.start)).index();
    let end = span.end.min(ByteOffset::at(paragraph.end)).index();
    (start < end).then(|| start - paragraph.start..end - paragraph.start)
}

/// Says a message of the interface where there are no words of a document.
fn say_instead(ui: &mut Ui, scene: &Scene, pane: Rect, key: &str) {
    let words = scene.say(key);
    let room = pane.shrink2(vec2(20.0, pane.height() / 3.0));
    let label = Label::interface(&words).color(scene.look.quiet).align(Align::Center).within(room.width(), 3);
    label.show(&mut part(ui, room), &scene.ink);
}

/// A part of `ui` that covers a rectangle, for widgets that are placed by hand.
fn part(ui: &mut Ui, rect: Rect) -> Ui {
    ui.new_child(UiBuilder::new().max_rect(rect))
}
