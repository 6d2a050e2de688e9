//! Editing a text: what a keyboard and a mouse do to it, free of any window.
//!
//! Owns the editor (text, caret, selection, undo steps, a composition of an input method) and the sheet (the paragraphs of the text
//! laid out one below the other). It lays nothing out itself, reads no clock and no clipboard, and draws nothing: who uses it hands
//! in layouts and commands, and paints what the sheet says.
//!
//! Offsets are UTF-8 bytes of the whole text; lengths are physical pixels with y downwards from the top of the first paragraph.

mod clusters;
mod composition;
mod editor;
mod history;
mod sheet;

pub use clusters::fit;
pub use composition::Composition;
pub use editor::{Editor, Move, Press};
pub use sheet::{Piece, Setting, Sheet};
