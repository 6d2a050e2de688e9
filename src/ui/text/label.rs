//! Words that are only shown: labels, and the words on buttons and in menus.
//!
//! Owns how words are laid out, cut off and coloured where nobody writes them. What can be pressed is in [`press`], menus are in [`menu`],
//! those on a place in [`context`], tags as chips in [`chip`], what appears beside the pointer in [`tip`]. Each gives its widget the accessible name that painted words do
//! not have.

mod chip;
mod context;
mod menu;
mod press;
#[cfg(test)]
mod tests;
mod tip;

use std::ops::Range;
use std::sync::Arc;

use egui::{Atom, AtomExt as _, Color32, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, vec2};

use super::ink::{Face, Ink};
use crate::text::{Align, Direction, ParagraphLayout, first_strong_direction};
use crate::ui::look;

pub use chip::{Chip, chips};
pub use context::{context_menu, context_menu_beside, menu_asked};
pub use menu::{Entry, combo, entry, menu_bar, menu_button, submenu};
pub use press::{button, checkbox, frameless_button, named, radio, tab};
pub use tip::{tip, tip_of};

/// How a label uses the width it has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lines {
    /// As wide as its words, in one line.
    Natural,
    /// At most this many lines in a width in points; what does not fit ends in an ellipsis.
    Within(f32, usize),
}

/// The edge to which a label keeps.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Edge {
    /// By the direction of its own words, or a side.
    Words(Align),
    /// Where the lines of the interface begin, whatever the direction of its words.
    Start,
    /// Where they end.
    End,
}

/// So much stands before a found place that would be cut off, at most, in bytes.
const BEFORE_FOUND: usize = 24;

/// No more than this of a text is looked at for its direction, or follows a found place, in bytes.
const LOOKED_AT: usize = 4000;

const ELLIPSIS: &str = "…";

/// Words to show.
#[derive(Clone, Debug)]
pub struct Label<'a> {
    text: &'a str,
    found: &'a [Range<usize>],
    face: Face,
    size: f32,
    bold: bool,
    color: Option<Color32>,
    lines: Lines,
    edge: Edge,
    direction: Option<Direction>,
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
            found: &[],
            face,
            size,
            bold: false,
            color: None,
            lines: Lines::Natural,
            edge: Edge::Words(Align::Start),
            direction: None,
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

    /// With these bytes in bold, where something was found; in a word the letters beside them go on joining. Where the first of them would be
    /// cut off, the label begins shortly before it.
    pub fn found(mut self, ranges: &'a [Range<usize>]) -> Self {
        self.found = ranges;
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

    /// In one line as wide as its words, but no wider than this, in points.
    pub fn up_to(self, ui: &Ui, ink: &Ink, width: f32) -> Self {
        let natural = self.layout(ui, ink).width() / ui.ctx().pixels_per_point();
        if natural > width { self.within(width.max(1.0), 1) } else { self }
    }

    /// Aligned so; else by the direction of its words.
    pub fn align(mut self, align: Align) -> Self {
        self.edge = Edge::Words(align);
        self
    }

    /// Aligned to where the interface's lines begin, whatever the direction of its words.
    pub fn at_start(mut self) -> Self {
        self.edge = Edge::Start;
        self
    }

    /// Aligned to where the interface's lines end.
    pub fn at_end(mut self) -> Self {
        self.edge = Edge::End;
        self
    }

    /// Running so, whatever its words are.
    pub fn direction(mut self, direction: Direction) -> Self {
        self.direction = Some(direction);
        self
    }

    /// Reacting so.
    pub fn sense(mut self, sense: Sense) -> Self {
        self.sense = sense;
        self
    }

    /// Its layout, in physical pixels. The ellipsis stands at the end of the words by their own direction, wherever they are aligned.
    pub fn layout(&self, ui: &Ui, ink: &Ink) -> Arc<ParagraphLayout> {
        let mut layout = self.lay_out(ui, ink, self.text, self.found);
        let Some(first) = self.found.first().filter(|first| first.end <= self.text.len()) else {
            return layout;
        };
        let mut end = first.end;
        // With some words before it, or where there is no room for them, with none.
        for before in [BEFORE_FOUND, 0] {
            if end <= layout.shown() {
                break;
            }
            let (text, found) = excerpt(self.text, self.found, first.start, before);
            layout = self.lay_out(ui, ink, &text, &found);
            end = found.first().map_or(0, |found| found.end);
        }
        layout
    }

    fn lay_out(&self, ui: &Ui, ink: &Ink, text: &str, found: &[Range<usize>]) -> Arc<ParagraphLayout> {
        let (width, lines) = match self.lines {
            Lines::Natural => (None, 1),
            Lines::Within(width, lines) => (Some(width), lines),
        };
        let interface = ink.locale().direction;
        let looked_at = &self.text[..self.text.floor_char_boundary(LOOKED_AT)];
        let direction = self.direction.unwrap_or_else(|| first_strong_direction(looked_at, interface));
        let align = match self.edge {
            Edge::Words(align) => align,
            Edge::Start if interface.is_rtl() => Align::Right,
            Edge::Start => Align::Left,
            Edge::End if interface.is_rtl() => Align::Left,
            Edge::End => Align::Right,
        };
        let scale = ui.ctx().pixels_per_point();
        ink.label(scale, (text, found), self.face, self.size, self.bold, direction, align, width, lines)
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

    /// It as a part of one of egui's widgets, in the colour that the widget has when it rests, is pointed at or is switched off. The
    /// widget's accessible name must be given by hand.
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

/// A text from at most so many bytes `before` a byte on, after an ellipsis, with the ranges that lie in it.
fn excerpt(text: &str, ranges: &[Range<usize>], byte: usize, before: usize) -> (String, Vec<Range<usize>>) {
    let near = text.floor_char_boundary(byte.saturating_sub(before));
    // Words stay whole, where there are any.
    let from = text[near..byte].find(char::is_whitespace).map_or(byte, |space| near + space);
    let from = text[from..byte].find(|c: char| !c.is_whitespace()).map_or(from, |word| from + word);
    let end = text.floor_char_boundary(from + LOOKED_AT);
    let shifted = |at: usize| at + ELLIPSIS.len() - from;
    let found = ranges.iter().filter(|range| range.start >= from && range.end <= end);
    let found = found.map(|range| shifted(range.start)..shifted(range.end)).collect();
    ([ELLIPSIS, &text[from..end]].concat(), found)
}
