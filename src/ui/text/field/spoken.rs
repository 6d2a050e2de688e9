//! What a screen reader is told of a field: its name, its text with caret and selection, and what can be done to it.
//!
//! The text is told as AccessKit's text runs: one node for each run of one direction on a line, in the order of the text.

use egui::accesskit::{self, Action, NodeId, Role, TextDirection, TextPosition, TextSelection};
use egui::{Id, Rect, Response, Sense, Ui, UiBuilder, WidgetInfo, pos2};

use super::View;
use super::state::State;
use crate::text::editing::{Piece, Sheet};
use crate::text::{Affinity, Caret, CharacterRun, Direction};

/// The words about a field, and what stood in it before this frame.
pub(super) struct Words<'a> {
    pub name: &'a str,
    pub hint: &'a str,
    pub before: &'a str,
    pub enabled: bool,
}

/// One text run of a field.
struct Told<'a> {
    id: Id,
    piece: &'a Piece,
    line: usize,
    run: CharacterRun,
    /// The line end that belongs to it.
    end: &'a str,
}

/// Tells.
pub(super) fn tell(ui: &mut Ui, response: &Response, state: &State, view: &View, words: &Words<'_>) {
    response.widget_info(|| {
        let mut info = WidgetInfo::text_edit(words.enabled, words.before, state.editor.text(), words.hint);
        info.label = Some(words.name.to_owned());
        info
    });
    let listens = ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(if view.one_line { Role::TextInput } else { Role::MultilineTextInput });
        if words.enabled {
            node.add_action(Action::SetValue);
            node.add_action(Action::ReplaceSelectedText);
            node.add_action(Action::SetTextSelection);
        } else {
            node.set_read_only();
        }
    });
    if listens.is_none() {
        return;
    }
    let runs = runs(&state.sheet, response.id);
    let anchor = Caret::after(state.editor.anchor());
    let (anchor, focus) = match state.editor.composition() {
        None => (anchor, state.editor.caret()),
        Some(_) => (state.editor.shown_caret(), state.editor.shown_caret()),
    };
    if let (Some(anchor), Some(focus)) = (position(&runs, anchor), position(&runs, focus)) {
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_text_selection(TextSelection { anchor, focus });
        });
    }
    // egui makes a node the child of the Ui in which its id was shown, and that Ui's nodes those of the widget named here.
    let holder = UiBuilder::new()
        .id_salt((response.id, "runs"))
        .accessibility_parent(response.id)
        .max_rect(view.inner);
    let holder = ui.new_child(holder);
    for (index, told) in runs.iter().enumerate() {
        let rect = view.outside(state, told.rect());
        holder.interact(rect.intersect(view.inner), told.id, Sense::hover());
        let on_line = |other: Option<&Told<'_>>| {
            other
                .filter(|other| std::ptr::eq(other.piece, told.piece) && other.line == told.line)
                .map(|other| node_id(other.id))
        };
        let before = on_line(index.checked_sub(1).and_then(|index| runs.get(index)));
        let after = on_line(runs.get(index + 1));
        ui.ctx().accesskit_node_builder(told.id, |node| {
            told.fill(node, state.sheet.text(), rect, view.scale);
            if let Some(before) = before {
                node.set_previous_on_line(before);
            }
            if let Some(after) = after {
                node.set_next_on_line(after);
            }
        });
    }
}

/// The byte of the text that a screen reader means.
pub(super) fn byte_of(sheet: &Sheet, id: Id, at: TextPosition) -> Option<usize> {
    let runs = runs(sheet, id);
    let told = runs.iter().find(|told| node_id(told.id) == at.node)?;
    Some(told.piece.range.start + told.run.byte(at.character_index))
}

fn node_id(id: Id) -> NodeId {
    id.accesskit_id()
}

fn runs(sheet: &Sheet, id: Id) -> Vec<Told<'_>> {
    let mut told = Vec::new();
    let mut next = 0;
    let text = sheet.text();
    for (index, piece) in sheet.pieces().iter().enumerate() {
        let end = sheet.pieces().get(index + 1).map_or("", |below| &text[piece.range.end..below.range.start]);
        let lines = piece.layout.lines().len();
        for line in 0..lines {
            let mut runs = piece.layout.characters(line, &text[piece.range.clone()]);
            if runs.is_empty() {
                runs.push(empty_run(piece, line));
            }
            let last = runs.len() - 1;
            for (at, run) in runs.into_iter().enumerate() {
                let end = if line + 1 == lines && at == last { end } else { "" };
                told.push(Told { id: id.with(("run", next)), piece, line, run, end });
                next += 1;
            }
        }
    }
    told
}

fn empty_run(piece: &Piece, line: usize) -> CharacterRun {
    let line = &piece.layout.lines()[line];
    CharacterRun {
        range: line.range.clone(),
        direction: piece.layout.direction(),
        left: line.left,
        right: line.left,
        characters: Vec::new(),
        words: Vec::new(),
    }
}

/// Where a caret stands among the runs. At a line end it stands before it, and at a soft break where its affinity says.
fn position(runs: &[Told<'_>], caret: Caret) -> Option<TextPosition> {
    let holds = |told: &&Told<'_>| {
        let range =
            told.piece.range.start + told.run.range.start..told.piece.range.start + told.run.range.end;
        match caret.affinity {
            Affinity::After => range.contains(&caret.byte),
            Affinity::Before => range.start < caret.byte && caret.byte <= range.end,
        }
    };
    let touches = |told: &&Told<'_>| {
        let start = told.piece.range.start;
        (start + told.run.range.start..=start + told.run.range.end).contains(&caret.byte)
    };
    let told = runs.iter().find(holds).or_else(|| runs.iter().find(touches))?;
    let character_index = told.run.character(caret.byte - told.piece.range.start);
    Some(TextPosition { node: node_id(told.id), character_index })
}

impl Told<'_> {
    /// Where it stands on the sheet, in pixels.
    fn rect(&self) -> crate::text::Rect {
        let line = &self.piece.layout.lines()[self.line];
        let top = self.piece.top;
        crate::text::Rect {
            left: self.run.left,
            right: self.run.right,
            top: top + line.top,
            bottom: top + line.bottom,
        }
    }

    /// Fills its node; lengths are told in points.
    fn fill(&self, node: &mut accesskit::Node, text: &str, rect: Rect, scale: f32) {
        let start = self.piece.range.start;
        let words = &text[start + self.run.range.start..start + self.run.range.end];
        let mut lengths: Vec<u8> = self.run.characters.iter().map(|character| character.len).collect();
        let mut offsets: Vec<f32> =
            self.run.characters.iter().map(|character| character.offset / scale).collect();
        let mut widths: Vec<f32> =
            self.run.characters.iter().map(|character| character.width / scale).collect();
        if let Ok(length @ 1..) = u8::try_from(self.end.len()) {
            lengths.push(length);
            offsets.push(rect.width());
            widths.push(0.0);
        }
        let (min, max) = (rect.min, pos2(rect.right().max(rect.left()), rect.bottom()));
        node.set_role(Role::TextRun);
        node.set_text_direction(match self.run.direction {
            Direction::LeftToRight => TextDirection::LeftToRight,
            Direction::RightToLeft => TextDirection::RightToLeft,
        });
        node.set_bounds(accesskit::Rect {
            x0: min.x.into(),
            y0: min.y.into(),
            x1: max.x.into(),
            y1: max.y.into(),
        });
        node.set_value([words, self.end].concat());
        node.set_character_lengths(lengths);
        node.set_character_positions(offsets);
        node.set_character_widths(widths);
        node.set_word_starts(self.run.words.clone());
    }
}
