//! Selected text, and the place where a document was left.

use crate::model::{Document, DocumentId, Span};
use serde::{Deserialize, Serialize};

/// Text selected in a document: where it began, and the end that moves. Bytes of the document's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The document.
    pub document: DocumentId,
    /// The end that stays, in bytes.
    pub anchor: usize,
    /// The end that moves, in bytes: the caret.
    pub focus: usize,
}

impl Selection {
    /// The selected range as whole grapheme clusters; empty where only the caret stands.
    pub fn span(&self, document: &Document) -> Span {
        let (start, end) = (self.anchor.min(self.focus), self.anchor.max(self.focus));
        if start == end {
            let at = document.text.boundary_before(start);
            return Span::new(at..at);
        }
        document.text.widen(start..end)
    }
}

/// Where the reading view stands in a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The paragraph at the top, from 0.
    pub paragraph: usize,
    /// The byte of that paragraph at which a line began, at or above the top.
    #[serde(default)]
    pub byte: usize,
    /// How much of what follows that byte lies above the top, as a share of the text size (so that it holds at another size), in ems.
    pub offset: f32,
}
