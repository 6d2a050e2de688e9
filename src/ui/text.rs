//! Text on screen: what `crate::text` lays out, painted through one glyph atlas.
//!
//! Owns the egui textures of the atlas, and the widgets that show or edit text. No other part of the interface may pass words to egui's
//! own text layout, which knows no bidi: not the reader's words and not the interface's.

mod field;
mod ink;
mod label;
mod print;
mod told;

pub use field::Field;
pub use ink::{Face, Ink, Locale};
pub use label::{
    Chip, Entry, Label, button, checkbox, chips, combo, context_menu, context_menu_beside, entry,
    frameless_button, menu_asked, menu_bar, menu_button, named, radio, submenu, tab, tip, tip_of,
};
pub use told::{Told, ToldParagraph, node_id};
