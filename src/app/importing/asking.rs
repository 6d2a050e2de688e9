//! An import in the window: read in a job, shown before anything is done, and done as one edit.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Choices, ImportError, Report, plan};
use crate::app::jobs::JobKind;
use crate::app::opening::Outcome;
use crate::app::outside::Files;
use crate::app::wishes::{Dialog, Message};
use crate::app::workbench::Workbench;
use crate::exchange::{self, Format, Unit};
use crate::model::{Coder, Edit, Project};
use crate::store::SystemStamps;
use crate::store::snapshots::Why;

/// What to import, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportPlan {
    /// The format.
    pub format: Format,
    /// In what positions count, where the person has said so.
    pub unit: Option<Unit>,
}

/// The formats that can be imported, in the order in which they are shown.
pub fn importable() -> impl Iterator<Item = Format> {
    Format::all().filter(|format| format.info().read.is_some())
}

impl Default for ImportPlan {
    fn default() -> Self {
        let brat = importable().find(|format| format.info().name == "brat");
        Self { format: brat.unwrap_or_default(), unit: None }
    }
}

/// An import that was read and waits to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    /// From where.
    pub path: PathBuf,
    /// How.
    pub plan: ImportPlan,
    /// What it would come to.
    pub found: Found,
}

/// What an import would come to.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// It can be done.
    Ready {
        /// The edit.
        edit: Edit,
        /// What there is to tell.
        report: Report,
    },
    /// Its positions could count either.
    Ambiguous {
        /// What the format counts in.
        declared: Unit,
        /// What they could count in as well.
        other: Unit,
    },
    /// It cannot be done; why, as a sentence.
    Refused(String),
}

impl Workbench {
    /// Reads a file or folder in a job, and holds it against the project.
    pub(in crate::app) fn read_import(&mut self, import: ImportPlan, path: PathBuf) {
        let Some(open) = self.open.as_ref() else { return };
        let (project, place) = (open.project.clone(), open.place.clone());
        let coder = self.coder.clone();
        self.jobs.start(JobKind::Importing, move |_| {
            let found = read(&project, &coder, import, &path);
            Outcome::Incoming { place, incoming: Incoming { path, plan: import, found } }
        });
    }

    /// Shows what came, if the project is still the one it was read for.
    pub(in crate::app) fn take_incoming(&mut self, place: &Path, incoming: Incoming) {
        if self.open.as_ref().is_none_or(|open| open.place != place) {
            return;
        }
        self.dialog = Some(Dialog::Incoming(Arc::new(incoming)));
    }

    /// Does the import that is shown.
    pub(in crate::app) fn take_in(&mut self, incoming: &Incoming) {
        self.dialog = None;
        let Found::Ready { edit, report } = &incoming.found else { return };
        let document = match edit {
            Edit::Batch(edits) => edits.iter().find_map(|edit| match edit {
                Edit::InsertDocument { document, .. } => Some(document.id),
                Edit::PutAnnotation(annotation) => Some(annotation.document),
                _ => None,
            }),
            _ => None,
        };
        if !report.is_empty() {
            self.keep_before(Why::Import);
        }
        if report.is_empty() || self.perform("edit-import", None, edit.clone()) {
            let message = Message::new("notice-imported")
                .number("count", report.added)
                .number("changed", report.changed)
                .number("same", report.same);
            self.inform_at_length(message, report.cases.iter().map(super::Case::message).collect());
            if !report.is_empty() {
                self.tells_of_last_step();
            }
            if let Some(document) = document.filter(|_| self.view.document.is_none()) {
                self.show_document(document);
            }
        }
    }
}

fn read(project: &Project, coder: &Coder, import: ImportPlan, path: &Path) -> Found {
    let refused = |why: &dyn std::fmt::Display| Found::Refused(why.to_string());
    let mut files = match Files::below(path) {
        Ok(files) => files,
        Err(why) => return refused(&why),
    };
    let imported = match exchange::read(import.format, &mut files) {
        Ok(imported) => imported,
        Err(why) => return refused(&why),
    };
    let choices = Choices { coder: coder.clone(), unit: import.unit };
    match plan(project, imported, &choices, &mut SystemStamps) {
        Ok(plan) => Found::Ready { edit: plan.edit, report: plan.report },
        Err(ImportError::Ambiguous { declared, other }) => Found::Ambiguous { declared, other },
        Err(why) => refused(&why),
    }
}
