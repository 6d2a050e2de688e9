//! Finding marked text again in another version of its document.
//!
//! Owns how two versions of a text are compared, how spans are carried from the one to the other, how a quotation is found in a text it
//! was not cut from, how certain each place is, and how like two whole texts are. Pure: it reads texts and gives back spans of them;
//! whether anything is moved there is for its caller, and for the reader, to say. Every span it gives lies on grapheme boundaries.

mod carrying;
mod letters;
mod likely;
mod likeness;
mod matching;
mod pieces;
mod quotation;
mod rivals;
mod trust;

pub use carrying::{Carried, Comparison};
pub use likeness::Fingerprint;
pub use quotation::{Found, QuoteFinder, Sought, place_quote};

/// How certain it is that a place in a text is the one that is meant; the least first.
///
/// A place is never called better than the second best place allows: where two are equally good, it is [`Certainty::Unsure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// No place was found: the marked text is not there any more.
    Lost,
    /// A place can be proposed, but another is as good, or so much has changed that the reader must look.
    Unsure,
    /// Only one place can be meant and three letters in five stand there, but something changed: a word, a mark, an edge.
    Likely,
    /// The very same characters stand there, and they can be meant nowhere else.
    Exact,
}
