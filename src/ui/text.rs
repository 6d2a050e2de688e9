//! Text on screen: what `crate::text` lays out, painted through one glyph atlas.
//!
//! Owns the egui textures of the atlas, and the widgets that show or edit text. No other part of the interface may pass words to egui's
//! own text layout, which knows no bidi: not the reader's words and not the interface's.

mod field;
mod ink;
mod label;
mod print;

pub use field::Field;
pub use ink::{Face, Ink};
pub use label::{Label, button, frameless_button, named, selectable};
