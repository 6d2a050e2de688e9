//! Finding places in texts.
//!
//! Owns what a query is and how it matches, and how marked text is found again in another version of its document (`anchoring`).
//! Pure: it reads texts and gives back spans of them, and knows no file, no project and no window. Every span it gives lies on grapheme
//! boundaries, so that a hit can be marked as it stands.

pub mod anchoring;
mod matcher;
mod query;

pub use matcher::{Matcher, find};
pub use query::{EmptyQuery, Folding, Query};
