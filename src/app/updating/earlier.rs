//! The texts that documents had before: read in a job, to be looked at.

use std::path::Path;

use crate::app::jobs::JobKind;
use crate::app::opening::Outcome;
use crate::app::wishes::{Dialog, Message};
use crate::app::workbench::Workbench;
use crate::model::{DocumentId, EarlierText, Text};
use crate::store::{StoreError, earlier_text};

/// A text that a document had before.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// What the document is called now.
    pub title: String,
    /// What the register says of it.
    pub entry: EarlierText,
    /// The text.
    pub text: Text,
}

impl Workbench {
    /// The text that is looked at.
    pub fn earlier(&self) -> Option<&Earlier> {
        self.updating.earlier.as_ref()
    }

    /// Reads a text that a document had before, by its SHA-256.
    pub(in crate::app) fn show_earlier(&mut self, document: DocumentId, sha256: &str) {
        let Some(open) = self.open.as_ref() else { return };
        let Some(document) = open.project.document(document).cloned() else { return };
        let Some(entry) = document.earlier.iter().find(|entry| entry.sha256 == sha256).cloned() else {
            return;
        };
        let (surroundings, place) = (self.surroundings.clone(), open.place.clone());
        self.jobs.start(JobKind::Reading, move |_| {
            let text = earlier_text(&surroundings, &place, &document, &entry);
            let title = document.title.clone();
            Outcome::Earlier { place, text: text.map(|text| Earlier { title, entry, text }) }
        });
    }

    pub(in crate::app) fn take_earlier(&mut self, place: &Path, text: Result<Earlier, StoreError>) {
        if self.open.as_ref().is_none_or(|open| open.place != place) {
            return;
        }
        match text {
            Ok(earlier) => {
                self.updating.earlier = Some(earlier);
                if matches!(self.dialog, Some(Dialog::Details(_))) {
                    self.dialog = None;
                }
                self.updating.waiting = Some(Dialog::Earlier);
                self.show_waiting();
            }
            Err(error) => {
                self.problem(Message::new("notice-no-earlier").text("reason", error.to_string()), Vec::new());
            }
        }
    }

    /// Lets it go.
    pub(in crate::app) fn forget_earlier(&mut self) {
        self.updating.earlier = None;
    }
}
