//! Words that are only shown: labels, and the words on buttons and in menus.

use std::sync::Arc;

use egui::{Atom, AtomExt as _, Button, Color32, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, vec2};

use super::ink::{Face, Ink};
use crate::text::{Align, Direction, ParagraphLayout};
use crate::ui::look;

/// How a label uses the width it has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lines {
    /// As wide as its words, in one line.
    Natural,
    /// At most this many lines in a width in points; what does not fit ends in an ellipsis.
    Within(f32, usize),
}

/// Words to show.
#[derive(Clone, Debug)]
pub struct Label<'a> {
    text: &'a str,
    face: Face,
    size: f32,
    bold: bool,
    color: Option<Color32>,
    lines: Lines,
    align: Align,
    sense: Sense,
}

impl<'a> Label<'a> {
    /// The interface's own words.
    pub fn interface(text: &'a str) -> Self {
        Self::new(text, Face::Interface, look::TEXT)
    }

    /// Words of a document, a tag, a note: what a reader wrote.
    pub fn written(text: &'a str) -> Self {
        Self::new(text, Face::Document, look::LIST_TEXT)
    }

    fn new(text: &'a str, face: Face, size: f32) -> Self {
        Self {
            text,
            face,
            size,
            bold: false,
            color: None,
            lines: Lines::Natural,
            align: Align::Start,
            sense: Sense::hover(),
        }
    }

    /// The size, in points.
    pub fn size(mut self, points: f32) -> Self {
        self.size = points;
        self
    }

    /// In bold.
    pub fn bold(mut self) -> Self {
        self.bold = true;
        self
    }

    /// In this colour instead of the surrounding one.
    pub fn color(mut self, color: Color32) -> Self {
        self.color = Some(color);
        self
    }

    /// In so many lines of this width, in points.
    pub fn within(mut self, width: f32, lines: usize) -> Self {
        self.lines = Lines::Within(width, lines);
        self
    }

    /// Aligned so; else by the direction of its words.
    pub fn align(mut self, align: Align) -> Self {
        self.align = align;
        self
    }

    /// Reacting so.
    pub fn sense(mut self, sense: Sense) -> Self {
        self.sense = sense;
        self
    }

    /// Its layout, in physical pixels.
    pub fn layout(&self, ui: &Ui, ink: &Ink) -> Arc<ParagraphLayout> {
        let (width, lines) = match self.lines {
            Lines::Natural => (None, 1),
            Lines::Within(width, lines) => (Some(width), lines),
        };
        let scale = ui.ctx().pixels_per_point();
        ink.label(
            scale,
            self.text,
            self.face,
            self.size,
            self.bold,
            Direction::LeftToRight,
            self.align,
            width,
            lines,
        )
    }

    /// The room it takes, in points.
    pub fn room(&self, ui: &Ui, layout: &ParagraphLayout) -> Vec2 {
        let scale = ui.ctx().pixels_per_point();
        let width = match self.lines {
            Lines::Natural => layout.width() / scale,
            Lines::Within(width, _) => width,
        };
        vec2(width, layout.height() / scale)
    }

    /// Shows it where the layout of `ui` puts it.
    pub fn show(self, ui: &mut Ui, ink: &Ink) -> Response {
        let layout = self.layout(ui, ink);
        let (rect, response) = ui.allocate_exact_size(self.room(ui, &layout), self.sense);
        let color = self.color.unwrap_or(ui.visuals().text_color());
        ink.paint(ui.painter(), &layout, rect.min, color);
        let text = self.text;
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
        response
    }

    /// Shows it at a place, taking no room.
    pub fn paint_at(&self, ui: &Ui, ink: &Ink, rect: Rect) {
        self.paint(ui, ink, &self.layout(ui, ink), rect);
    }

    /// The same for a layout of it that is at hand.
    pub fn paint(&self, ui: &Ui, ink: &Ink, layout: &Arc<ParagraphLayout>, rect: Rect) {
        let height = layout.height() / ui.ctx().pixels_per_point();
        let top = rect.center().y - height / 2.0;
        let color = self.color.unwrap_or(ui.visuals().text_color());
        ink.paint(ui.painter(), layout, egui::pos2(rect.left(), top), color);
    }

    /// It as a part of one of egui's widgets. The widget's accessible name must be given by hand.
    pub fn atom(&self, ui: &Ui, ink: &Ink) -> Atom<'static> {
        let layout = self.layout(ui, ink);
        let size = self.room(ui, &layout);
        let (ink, color) = (ink.clone(), self.color);
        Atom::paint(size, move |ui: &Ui, args: egui::AtomPaintArgs| {
            let at = args.rect.center() - size / 2.0;
            ink.paint(ui.painter(), &layout, at, color.unwrap_or(args.fallback_text_color));
        })
        .atom_size(size)
    }
}

/// A button with the interface's words.
pub fn button(ui: &mut Ui, ink: &Ink, text: &str) -> Response {
    let atom = Label::interface(text).atom(ui, ink);
    named(ui.add(Button::new(atom)), Role::Button, text)
}

/// A button without a frame.
pub fn frameless_button(ui: &mut Ui, ink: &Ink, text: &str) -> Response {
    let atom = Label::interface(text).atom(ui, ink);
    named(ui.add(Button::new(atom).frame_when_inactive(false)), Role::Button, text)
}

/// A button that is chosen or not.
pub fn selectable(ui: &mut Ui, ink: &Ink, chosen: bool, text: &str) -> Response {
    let atom = Label::interface(text).atom(ui, ink);
    let response = ui.add(Button::selectable(chosen, atom));
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, text));
    response
}

/// Gives a widget the accessible name that its painted words cannot.
pub fn named(response: Response, kind: Role, name: &str) -> Response {
    let enabled = response.enabled();
    response.widget_info(|| WidgetInfo::labeled(kind, enabled, name));
    response
}
