//! Positions: where bytes of a document stand in code points and paragraphs, for what the window says of places.
//!
//! Owns a converter for each document that was asked about, made when it is first needed and kept while the text is the same. The
//! counting itself is [`Units`].

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::selection::Selection;
use super::workbench::Workbench;
use crate::exchange::{CodePoints, Line, Units};
use crate::model::{ByteOffset, Document, DocumentId, Span, Text};

/// What the number of a place counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counted {
    /// Paragraphs, from 1: lines of the file that was imported.
    #[default]
    Paragraphs,
    /// Code points before the place, as the foot counts them.
    Characters,
}

/// A place in the open document to go to, as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// What is counted.
    pub counted: Counted,
    /// The number as it was typed, in any of the three sets of digits.
    pub number: String,
}

impl Target {
    /// The number; `None` while it is none.
    pub fn value(&self) -> Option<u64> {
        let digits = Some(self.number.trim()).filter(|digits| !digits.is_empty())?;
        digits.chars().try_fold(0u64, |value, c| {
            let digit = [0x30, 0x660, 0x6f0]
                .into_iter()
                .find_map(|zero| (c as u32).checked_sub(zero).filter(|digit| *digit < 10))?;
            value.checked_mul(10)?.checked_add(u64::from(digit))
        })
    }
}

/// The converters made so far.
#[derive(Default)]
pub(super) struct Positions(RefCell<HashMap<DocumentId, Arc<Units<Text>>>>);

impl Positions {
    /// Lets go of all, because the project is another.
    pub fn clear(&mut self) {
        self.0.get_mut().clear();
    }
}

impl Workbench {
    /// The converter for a document's positions. The first question walks the text once; each further one costs the same anywhere.
    pub fn units(&self, document: &Document) -> Arc<Units<Text>> {
        let mut kept = self.positions.0.borrow_mut();
        let known = kept.get(&document.id).filter(|units| units.text().is_same(&document.text)).cloned();
        known.unwrap_or_else(|| {
            let units = Arc::new(Units::new(document.text.clone()));
            kept.insert(document.id, Arc::clone(&units));
            units
        })
    }

    /// The first and the last number that a target can have in the open document.
    pub fn numbers(&self, counted: Counted) -> Option<(usize, usize)> {
        let document = self.document()?;
        let end = self.units(document).place(ByteOffset::at(document.text.len()))?;
        Some(match counted {
            Counted::Paragraphs => (1, end.line.0 as usize),
            Counted::Characters => (0, end.code_points.0 as usize),
        })
    }

    /// Puts the caret at a place of the open document and brings it into view. A number beyond the last means the last.
    pub(super) fn go_to(&mut self, target: &Target) {
        self.dialog = None;
        let Some(document) = self.document().cloned() else { return };
        let (Some(value), Some((first, last))) = (target.value(), self.numbers(target.counted)) else {
            return;
        };
        let value = usize::try_from(value).unwrap_or(last).clamp(first, last) as u32;
        let units = self.units(&document);
        let byte = match target.counted {
            Counted::Paragraphs => units.line_start(Line(value)),
            Counted::Characters => units.from_code_points(CodePoints(value)),
        };
        let Some(byte) = byte.map(|byte| document.text.boundary_before(byte.index())) else { return };
        self.selection = Some(Selection { document: document.id, anchor: byte, focus: byte });
        self.offering = false;
        self.reveal_span(document.id, Span::new(byte..byte));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_any_digits() {
        let value = |number: &str| Target { number: number.to_owned(), ..Target::default() }.value();
        assert_eq!(value("12"), Some(12));
        assert_eq!(value(" ١٢ "), Some(12));
        assert_eq!(value("۴۵"), Some(45));
        for none in ["", "  ", "x", "1x", "-3", "99999999999999999999999"] {
            assert_eq!(value(none), None, "{none}");
        }
    }
}
