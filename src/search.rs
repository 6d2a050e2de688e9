//! Finding places in texts.
//!
//! Owns what a query is and how it matches. Pure: it reads texts and gives back spans of them, and knows no file, no project and no
//! window. Every span it gives lies on grapheme boundaries, so that a hit can be marked as it stands.

mod matcher;
mod query;

pub use matcher::{Matcher, find};
pub use query::{EmptyQuery, Folding, Query};
