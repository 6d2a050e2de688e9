//! An editor, its sheet, and the keys pressed on it, for the tables of `main.rs`.

use hashiya::text::editing::{Editor, Move, Setting, Sheet};
use hashiya::text::*;

/// An editor and its sheet, laid out anew after every key.
pub struct Desk {
    engine: TextEngine,
    pub editor: Editor,
    pub sheet: Sheet,
    width: Option<f32>,
}

/// The height of a line, in pixels.
pub const LINE: f32 = 40.0;

impl Desk {
    /// A desk from marked text: `|` is the caret, `¦` the other end of the selection.
    pub fn new(marked: &str, width: Option<f32>) -> Self {
        let text: String = marked.chars().filter(|c| !matches!(c, '|' | '¦')).collect();
        let place = |mark: char, other: char| {
            let at = marked.find(mark)?;
            let others = marked[..at].matches(other).count() * other.len_utf8();
            Some(at - others)
        };
        let caret = place('|', '¦').unwrap_or(text.len());
        let mut desk = Self {
            engine: TextEngine::new(FontLibrary::bundled()),
            editor: Editor::new(&text),
            sheet: Sheet::default(),
            width,
        };
        if let Some(anchor) = place('¦', '|') {
            desk.editor.place(Caret::before(anchor), false);
            desk.editor.place(Caret::before(caret), true);
        } else {
            desk.editor.place(Caret::before(caret), false);
        }
        desk.lay_out();
        desk
    }

    pub fn lay_out(&mut self) {
        let style = Style { family: Family::AMIRI, size: 20.0, weight: Weight::Regular, line_height: LINE };
        let setting = Setting {
            one_line: self.width.is_none(),
            forced: None,
            fallback: Direction::LeftToRight,
            document: None,
            style: u64::from(self.width.unwrap_or(0.0).to_bits()),
        };
        let Self { engine, editor, sheet, width } = self;
        sheet.set(&editor.shown(), setting, |text, direction| {
            engine.lay_out(text, &style, direction, Align::Start, *width)
        });
    }

    pub fn state(&self) -> String {
        let mut marked = self.editor.text().to_owned();
        let (caret, anchor) = (self.editor.caret().byte, self.editor.anchor());
        if caret == anchor {
            marked.insert(caret, '|');
        } else {
            let (first, second) =
                if caret < anchor { ((caret, '|'), (anchor, '¦')) } else { ((anchor, '¦'), (caret, '|')) };
            marked.insert(second.0, second.1);
            marked.insert(first.0, first.1);
        }
        marked
    }

    /// Does what a list of keys says: names between spaces, `'…'` to type.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        let mut rest = keys.trim_start();
        while !rest.is_empty() {
            if let Some(typed) = rest.strip_prefix('\'') {
                let (typed, after) = typed.split_once('\'').expect("a closing quote");
                for c in typed.chars() {
                    self.editor.insert(c.encode_utf8(&mut [0; 4]));
                    self.lay_out();
                }
                rest = after.trim_start();
            } else {
                let (key, after) = rest.split_once(' ').unwrap_or((rest, ""));
                self.key(key);
                rest = after.trim_start();
            }
        }
        self
    }

    pub fn key(&mut self, key: &str) {
        let (key, extend) = key.strip_prefix("s-").map_or((key, false), |key| (key, true));
        let Self { editor, sheet, .. } = self;
        let movement = match key {
            "left" => Some(Move::Left),
            "right" => Some(Move::Right),
            "word-left" => Some(Move::WordLeft),
            "word-right" => Some(Move::WordRight),
            "home" => Some(Move::LineStart),
            "end" => Some(Move::LineEnd),
            "up" => Some(Move::Up),
            "down" => Some(Move::Down),
            "page-up" => Some(Move::PageUp(2.0 * LINE)),
            "page-down" => Some(Move::PageDown(2.0 * LINE)),
            "top" => Some(Move::TextStart),
            "bottom" => Some(Move::TextEnd),
            _ => None,
        };
        match (key, movement) {
            (_, Some(movement)) => editor.go(movement, extend, sheet),
            ("bs", _) => editor.backspace(),
            ("del", _) => editor.delete(),
            ("word-bs", _) => editor.erase_word_before(sheet),
            ("word-del", _) => editor.erase_word_after(sheet),
            ("enter", _) => editor.insert("\n"),
            ("all", _) => editor.select_all(),
            ("undo", _) => drop(editor.undo()),
            ("redo", _) => drop(editor.redo()),
            (other, _) => panic!("no such key: {other}"),
        }
        self.lay_out();
    }

    pub fn caret_rect(&self) -> Rect {
        self.sheet.caret_rect(self.editor.shown_caret())
    }
}
