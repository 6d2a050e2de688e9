//! The text layer's core: everything between a string and positioned glyphs with their pictures.
//!
//! It owns the fonts, the analysis of a paragraph (direction, bidi levels, break opportunities), shaping, line breaking,
//! reordering, the geometry of carets and selections, the glyph atlas, and the vertical flow of a long document. It knows
//! nothing of egui, files of a project, or annotations: it speaks of bytes, pixels and glyphs only.
//!
//! All lengths are physical pixels in `f32`, with y downwards, unless a name says otherwise. All offsets are UTF-8 bytes
//! within the paragraph's own text.

mod analysis;
mod atlas;
mod bidi;
mod characters;
mod clip;
mod direction;
pub mod editing;
mod engine;
mod fallback;
mod fit;
mod flow;
mod fonts;
mod geometry;
mod ink;
mod invisible;
mod layout;
mod lines;
mod long;
mod order;
mod query;
mod raster;
mod shaping;
mod steps;
mod style;
pub mod walk;
mod words;

pub use atlas::{AtlasGlyph, AtlasUpdate, GlyphAtlas, GlyphKey};
pub use bidi::Levels;
pub use characters::{Character, CharacterRun};
pub use direction::{Direction, document_direction, first_strong_direction, paragraph_direction};
pub use engine::{Shaping, TextEngine};
pub use flow::{Anchor, Flow, Placed};
pub use fonts::{FontId, FontLibrary};
pub use geometry::{Point, Rect};
pub use invisible::{Hidden, Invisible};
pub use layout::{Affinity, Caret, Glyph, Line, ParagraphLayout, Run};
pub use long::{LONG, LongParagraph};
pub use steps::Step;
pub use style::{Align, Family, Style, Weight};
pub use words::word_at;
