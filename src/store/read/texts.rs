//! The texts of the documents.

use std::sync::Arc;

use super::Reader;
use crate::model::Document;
use crate::store::error::reason;
use crate::store::parallel::for_each;
use crate::store::texts::{DOCUMENTS, TextFault, read_text};
use crate::store::{Fault, Remedy, StoreError};

/// A document with the text that stands in its file.
pub(super) struct TextRead {
    pub document: Arc<Document>,
    fault: Option<Fault>,
}

impl Reader<'_> {
    /// Reads the texts of all documents, in parallel. Half of the progress is made by that.
    pub(super) fn read_texts(&self, documents: Vec<Document>) -> Result<Vec<TextRead>, StoreError> {
        let progress = self.reading.progress;
        progress.set(0, 2 * documents.len() as u64);
        let documents: Vec<Arc<Document>> = documents.into_iter().map(Arc::new).collect();
        let texts = for_each(documents.len(), progress, |at| {
            let document = &documents[at];
            read_text(&*self.reading.surroundings.disk, self.reading.place, &document.file, &document.sha256)
        })?;
        let with_text = |(mut document, text): (Arc<Document>, _)| {
            let own = Arc::make_mut(&mut document);
            let mut line = None;
            let fault = match text {
                Ok(text) => {
                    own.text = text;
                    None
                }
                Err(TextFault::Altered(text)) => {
                    own.text = text;
                    let what =
                        "the text was altered since it was imported (its SHA-256 differs from the register)";
                    Some((what.to_owned(), Remedy::Repair))
                }
                Err(TextFault::Missing) => Some(("the text of the document is missing".into(), Remedy::Copy)),
                Err(TextFault::Unreadable(error)) => {
                    Some((format!("the text cannot be read: {}", reason(&error)), Remedy::None))
                }
                Err(TextFault::NotText(bytes)) => {
                    line = Some(1 + memchr::memchr_iter(b'\n', &bytes[..valid_bytes(&bytes)]).count());
                    Some(("the text was altered and is no longer UTF-8".into(), Remedy::Copy))
                }
                Err(TextFault::BadName) => {
                    Some(("the register names a file that no text can have".into(), Remedy::Repair))
                }
            };
            let name = format!("{DOCUMENTS}/{}", document.file);
            let fault = fault.map(|(what, remedy)| Fault::fatal(name, line, what).with(remedy));
            TextRead { document, fault }
        };
        Ok(documents.into_iter().zip(texts).map(with_text).collect())
    }

    /// The document, with what is wrong with its text told.
    pub(super) fn take_text(&mut self, text: TextRead) -> Arc<Document> {
        self.blocked |= text.fault.is_some();
        self.faults.extend(text.fault);
        text.document
    }
}

/// How many bytes of these are UTF-8, from their beginning.
fn valid_bytes(bytes: &[u8]) -> usize {
    std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len)
}
