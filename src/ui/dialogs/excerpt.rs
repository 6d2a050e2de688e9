//! A part of a text that may be long, in a field that is only read and selected in, and the way on to the parts before and after it.

use std::ops::Range;

use egui::{Align, Id, Layout, Ui, vec2};

use crate::model::Text;
use crate::text::{Direction, document_direction};
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::text::{Face, Field, Label, frameless_button};

/// A part of a text.
#[derive(Default)]
pub struct Excerpt {
    /// The bytes of the text that are shown.
    range: Range<usize>,
    shown: String,
    /// What is to be selected in the next frame, in bytes of what is shown.
    select: Option<Range<usize>>,
    /// How the document runs.
    direction: Option<Direction>,
}

impl Excerpt {
    /// Shows so many code points before and after a range of bytes, and selects it.
    pub fn turn_to(&mut self, text: &Text, place: &Range<usize>, around: usize) {
        let from = back(text, place.start, around);
        let until = forth(text, place.end.max(place.start), around);
        self.range = from..until;
        self.shown = text[from..until].to_owned();
        self.direction = Some(document_direction(text));
        let inside = |at: usize| at.clamp(from, until) - from;
        self.select = Some(inside(place.start)..inside(place.end));
    }

    /// Shows it with a caption above, and returns what is selected, in bytes of the text.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        scene: &Scene,
        text: &Text,
        caption: &str,
        (lines, around): (usize, usize),
    ) -> Range<usize> {
        let width = ui.available_width();
        let row = vec2(width, ui.spacing().interact_size.y);
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            let Range { start, end } = self.range;
            for (words, is_there, at) in
                [("excerpt-on", end < text.len(), end), ("excerpt-back", start > 0, start)]
            {
                ui.add_enabled_ui(is_there, |ui| {
                    if frameless_button(ui, &scene.ink, &scene.say(words)).clicked() {
                        self.turn_to(text, &(at..at), around);
                        // What is new is to be seen, so the field goes to its start.
                        self.select = Some(0..0);
                    }
                });
            }
            let words = Label::interface(caption).size(look::SMALL_TEXT).color(scene.look.quiet);
            let room = ui.available_width();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                words.at_start().within(room, 1).show(ui, &scene.ink);
            });
        });
        let mut field = Field::lines(Id::unique("excerpt"), &mut self.shown, caption, lines)
            .face(Face::Document)
            .size(look::LIST_TEXT)
            .width(width)
            .read_only()
            .select(self.select.take());
        if let Some(direction) = self.direction {
            field = field.of_document(direction);
        }
        let selection = field.show(ui, &scene.ink, scene.look).selection;
        let start = self.range.start;
        start + selection.start..start + selection.end
    }
}

/// The place so many code points before a byte, at the start of a word where there is one near.
pub fn back(text: &Text, byte: usize, by: usize) -> usize {
    let byte = text.boundary_before(byte);
    let head = &text[..byte];
    let at = head.char_indices().rev().take(by).last().map_or(byte, |(at, _)| at);
    if at == 0 {
        return 0;
    }
    let space = text[at..byte].find(char::is_whitespace).map_or(at, |space| at + space);
    let word = text[space..byte].find(|c: char| !c.is_whitespace()).map_or(at, |word| space + word);
    text.boundary_before(word)
}

/// The place so many code points after a byte, at the end of a word where there is one near.
pub fn forth(text: &Text, byte: usize, by: usize) -> usize {
    let byte = text.boundary_after(byte);
    let tail = &text[byte..];
    let Some((at, _)) = tail.char_indices().nth(by) else { return text.len() };
    let cut = tail[..at].rfind(char::is_whitespace).unwrap_or(at);
    text.boundary_after(byte + cut)
}
