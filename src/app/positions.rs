//! Positions: where bytes of a document stand in code points and paragraphs, for what the window says of places.
//!
//! Owns a converter for each document that was asked about, made when it is first needed and kept while the text is the same. The
//! counting itself is [`Units`].

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::workbench::Workbench;
use crate::exchange::Units;
use crate::model::{Document, DocumentId, Text};

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
}
