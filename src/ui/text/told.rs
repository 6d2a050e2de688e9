//! Lines of text as assistive technology is told of them: AccessKit's text runs, one node for each run of one direction on a line, in the
//! order of the text.
//!
//! Owns the shape of those nodes, and translates between them and carets. Knows layouts and where they stand; whose text it is, and what
//! can be done to it, is the business of who tells.

use std::ops::Range;

use egui::accesskit::{self, NodeId, Role, TextDirection, TextPosition};
use egui::{Id, Pos2, Rect, Sense, Ui, UiBuilder, pos2, vec2};

use crate::text::{Affinity, Caret, CharacterRun, Direction, ParagraphLayout};

/// A paragraph to tell.
pub struct ToldParagraph<'a> {
    /// Its words, without the line end.
    pub text: &'a str,
    /// The line end that is told with its last line.
    pub end: &'a str,
    /// The byte of the whole text at which it begins.
    pub start: usize,
    pub layout: &'a ParagraphLayout,
    /// Which of its lines are told.
    pub lines: Range<usize>,
    /// Where the layout's top left corner stands, in points.
    pub origin: Pos2,
}

/// One run.
struct ToldRun<'a> {
    id: Id,
    paragraph: usize,
    line: usize,
    characters: CharacterRun,
    words: &'a str,
    end: &'a str,
    /// Bytes of the whole text, without the line end.
    bytes: Range<usize>,
    /// Where it stands, in points.
    rect: Rect,
}

/// The runs of a text, in its order.
pub struct Told<'a> {
    of: Id,
    scale: f32,
    runs: Vec<ToldRun<'a>>,
}

impl<'a> Told<'a> {
    /// The runs of paragraphs that belong to the widget `of`; `scale` is physical pixels in a point.
    pub fn new(of: Id, scale: f32, paragraphs: impl Iterator<Item = ToldParagraph<'a>>) -> Self {
        let mut runs = Vec::new();
        for (index, paragraph) in paragraphs.enumerate() {
            let last_line = paragraph.layout.lines().len() - 1;
            for line in paragraph.lines.clone() {
                let mut characters = paragraph.layout.characters(line, paragraph.text);
                if characters.is_empty() {
                    characters.push(nothing(paragraph.layout, line));
                }
                let last = characters.len() - 1;
                for (at, characters) in characters.into_iter().enumerate() {
                    let ends = line == last_line && at == last;
                    runs.push(ToldRun::new(of, scale, &paragraph, (index, line), characters, ends));
                }
            }
        }
        Self { of, scale, runs }
    }

    /// Makes the nodes, as far as they are seen within `clip` (points).
    pub fn tell(&self, ui: &mut Ui, clip: Rect) {
        // egui makes a node the child of the Ui in which its id was shown, and that Ui's nodes those of the widget named here.
        let holder = UiBuilder::new().id_salt((self.of, "runs")).accessibility_parent(self.of).max_rect(clip);
        let holder = ui.new_child(holder);
        for (index, run) in self.runs.iter().enumerate() {
            holder.interact(run.rect.intersect(clip), run.id, Sense::hover());
            let on_line = |other: Option<&ToldRun<'_>>| {
                let same = |other: &&ToldRun<'_>| (other.paragraph, other.line) == (run.paragraph, run.line);
                other.filter(same).map(|other| node_id(other.id))
            };
            let before = on_line(index.checked_sub(1).and_then(|index| self.runs.get(index)));
            let after = on_line(self.runs.get(index + 1));
            ui.ctx().accesskit_node_builder(run.id, |node| {
                run.fill(node, self.scale);
                if let Some(before) = before {
                    node.set_previous_on_line(before);
                }
                if let Some(after) = after {
                    node.set_next_on_line(after);
                }
            });
        }
    }

    /// The bytes that are told, from the first to the last.
    pub fn bytes(&self) -> Option<Range<usize>> {
        let (first, last) = (self.runs.first()?, self.runs.last()?);
        Some(first.bytes.start..last.bytes.end)
    }

    /// Where a caret stands among the runs. At a line end it stands before it, and at a soft break where its affinity says.
    pub fn position(&self, caret: Caret) -> Option<TextPosition> {
        let holds = |run: &&ToldRun<'_>| match caret.affinity {
            Affinity::After => run.bytes.contains(&caret.byte),
            Affinity::Before => run.bytes.start < caret.byte && caret.byte <= run.bytes.end,
        };
        let touches = |run: &&ToldRun<'_>| (run.bytes.start..=run.bytes.end).contains(&caret.byte);
        let run = self.runs.iter().find(holds).or_else(|| self.runs.iter().find(touches))?;
        let within = caret.byte - run.bytes.start + run.characters.range.start;
        Some(TextPosition { node: node_id(run.id), character_index: run.characters.character(within) })
    }

    /// The byte of the whole text that a position means.
    pub fn byte_of(&self, at: TextPosition) -> Option<usize> {
        let run = self.runs.iter().find(|run| node_id(run.id) == at.node)?;
        Some(run.bytes.start + run.characters.byte(at.character_index) - run.characters.range.start)
    }

    /// The bytes of the run that has a node.
    pub fn run_of(&self, node: NodeId) -> Option<Range<usize>> {
        self.runs.iter().find(|run| node_id(run.id) == node).map(|run| run.bytes.clone())
    }
}

/// The name of a widget's node.
pub fn node_id(id: Id) -> NodeId {
    id.accesskit_id()
}

/// The run of a line without characters.
fn nothing(layout: &ParagraphLayout, line: usize) -> CharacterRun {
    let direction = layout.direction();
    let line = &layout.lines()[line];
    CharacterRun {
        range: line.range.start..line.range.start,
        direction,
        left: line.left,
        right: line.left,
        characters: Vec::new(),
        words: Vec::new(),
    }
}

impl<'a> ToldRun<'a> {
    fn new(
        of: Id,
        scale: f32,
        paragraph: &ToldParagraph<'a>,
        (index, line): (usize, usize),
        characters: CharacterRun,
        ends: bool,
    ) -> Self {
        let bytes = paragraph.start + characters.range.start..paragraph.start + characters.range.end;
        let of_line = &paragraph.layout.lines()[line];
        let at = |x: f32, y: f32| paragraph.origin + vec2(x, y) / scale;
        Self {
            id: of.with(("run", bytes.start)),
            paragraph: index,
            line,
            words: &paragraph.text[characters.range.clone()],
            end: if ends { paragraph.end } else { "" },
            bytes,
            rect: Rect::from_min_max(at(characters.left, of_line.top), at(characters.right, of_line.bottom)),
            characters,
        }
    }

    /// Fills its node; lengths are told in points.
    fn fill(&self, node: &mut accesskit::Node, scale: f32) {
        let run = &self.characters;
        let mut lengths: Vec<u8> = run.characters.iter().map(|character| character.len).collect();
        let mut offsets: Vec<f32> = run.characters.iter().map(|character| character.offset / scale).collect();
        let mut widths: Vec<f32> = run.characters.iter().map(|character| character.width / scale).collect();
        if let Ok(length @ 1..) = u8::try_from(self.end.len()) {
            lengths.push(length);
            offsets.push(self.rect.width());
            widths.push(0.0);
        }
        let (min, max) = (self.rect.min, pos2(self.rect.right().max(self.rect.left()), self.rect.bottom()));
        node.set_role(Role::TextRun);
        node.set_text_direction(match run.direction {
            Direction::LeftToRight => TextDirection::LeftToRight,
            Direction::RightToLeft => TextDirection::RightToLeft,
        });
        node.set_bounds(accesskit::Rect {
            x0: min.x.into(),
            y0: min.y.into(),
            x1: max.x.into(),
            y1: max.y.into(),
        });
        node.set_value([self.words, self.end].concat());
        node.set_character_lengths(lengths);
        node.set_character_positions(offsets);
        node.set_character_widths(widths);
        node.set_word_starts(run.words.clone());
    }
}
