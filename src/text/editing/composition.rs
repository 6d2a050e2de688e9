//! What an input method is composing: shown in the text, not yet part of it.

use std::ops::Range;

/// A composition of an input method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composition {
    /// The byte of the text where it stands.
    pub at: usize,
    /// What is composed so far; never empty.
    pub text: String,
    /// The bytes of `text` that the input method works on: its caret where the range is empty, a chosen part where it is not.
    pub active: Option<Range<usize>>,
}

impl Composition {
    /// A composition at a byte of the text. `active` counts code points of what is composed, as input methods do.
    pub(super) fn new(at: usize, text: &str, active: Option<Range<usize>>) -> Self {
        let byte = |chars: usize| text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
        let active = active.map(|range| byte(range.start)..byte(range.end.max(range.start)));
        Self { at, text: text.to_owned(), active }
    }

    /// The bytes it takes in the text that is shown.
    pub fn shown(&self) -> Range<usize> {
        self.at..self.at + self.text.len()
    }

    /// The byte of the text that is shown where the input method's caret stands.
    pub fn caret(&self) -> usize {
        self.at + self.active.as_ref().map_or(self.text.len(), |active| active.end)
    }

    /// The bytes of the text that is shown that the input method works on.
    pub fn active_shown(&self) -> Option<Range<usize>> {
        let active = self.active.as_ref().filter(|active| !active.is_empty())?;
        Some(self.at + active.start..self.at + active.end)
    }
}
