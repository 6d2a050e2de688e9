//! An import in the window: read in a job, shown before anything is done, and done as one edit.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Choices, ImportError, Report, plan_asking};
use crate::app::jobs::JobKind;
use crate::app::opening::Outcome;
use crate::app::outside::{Files, OutsideError, follow, within_reach};
use crate::app::wishes::{Dialog, Message};
use crate::app::workbench::Workbench;
use crate::exchange::{self, ExchangeError, Format, Imported, Unit, Watched};
use crate::model::{Applied, Coder, Edit, Project};
use crate::store::snapshots::Why;
use crate::store::{Progress, SystemStamps};

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
        report: Box<Report>,
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

/// The import that is shown, done to a clone of the project: as long as nothing else is done first, the project only has to become that, and the
/// window does not stand still while two hundred thousand annotations are put into their tables.
pub(in crate::app) struct Prepared {
    incoming: Arc<Incoming>,
    /// The revision of the project that was cloned.
    revision: u64,
    applied: Box<Applied>,
}

impl Workbench {
    /// Reads a file or folder in a job, and holds it against the project.
    pub(in crate::app) fn read_import(&mut self, import: ImportPlan, path: PathBuf) {
        let Some(open) = self.open.as_ref() else { return };
        let (project, place, revision) = (open.project.clone(), open.place.clone(), open.revision);
        let coder = self.coder.clone();
        self.jobs.start(JobKind::Importing, move |progress| {
            let (from, watched) = (path.clone(), progress.clone());
            let found = within_reach(progress, move || {
                let found = read(&project, &coder, import, &from, &watched)?;
                let applied = match &found {
                    Found::Ready { edit, .. } => Applied::to(&project, edit.clone()).ok(),
                    Found::Ambiguous { .. } | Found::Refused(_) => None,
                };
                Some((found, applied))
            });
            let (found, applied) = found.flatten().filter(|_| !progress.cancelled()).unzip();
            let incoming = found.map(|found| Incoming { path, plan: import, found });
            let applied = applied.flatten().map(|applied| (revision, Box::new(applied)));
            Outcome::Incoming { place, incoming, applied }
        });
    }

    /// Shows what came, if the project is still the one it was read for.
    pub(in crate::app) fn take_incoming(
        &mut self,
        place: &Path,
        incoming: Option<Incoming>,
        applied: Option<(u64, Box<Applied>)>,
    ) {
        self.prepared = None;
        if self.open.as_ref().is_none_or(|open| open.place != place) {
            return;
        }
        match incoming {
            Some(incoming) => {
                let incoming = Arc::new(incoming);
                self.prepared = applied.map(|(revision, applied)| Prepared {
                    incoming: Arc::clone(&incoming),
                    revision,
                    applied,
                });
                self.dialog = Some(Dialog::Incoming(incoming));
            }
            None => self.inform(Message::new("notice-import-cancelled"), Vec::new()),
        }
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
        if report.is_empty() || self.perform_import(incoming, edit) {
            let message = Message::new("notice-imported")
                .number("count", report.added)
                .number("changed", report.changed)
                .number("same", report.same)
                .number("moved", report.moved())
                .number("left", report.left_out());
            self.inform_at_length(message, report.messages());
            self.heads_list(Message::new("incoming-cases").number("count", report.cases.len()));
            if !report.is_empty() {
                self.tells_of_last_step();
            }
            if let Some(document) = document.filter(|_| self.view.document.is_none()) {
                self.show_document(document);
            }
        }
    }
}

impl Workbench {
    /// Does the edit of an import: as it was done beforehand, where the project is still the one to which that was done.
    fn perform_import(&mut self, incoming: &Incoming, edit: &Edit) -> bool {
        const NAME: &str = "edit-import";
        let revision = self.open.as_ref().map(|open| open.revision);
        let prepared = self.prepared.take().filter(|prepared| {
            std::ptr::eq(&*prepared.incoming, incoming) && Some(prepared.revision) == revision
        });
        let Some(Prepared { applied, .. }) = prepared else {
            return self.perform(NAME, None, edit.clone());
        };
        let edit = Arc::clone(applied.edit());
        self.perform_by(|history, project, step| Ok(history.adopt(project, step, *applied)), NAME, None, edit)
    }
}

/// The first half of the job's progress is the reading, the second the planning.
const HALF: usize = 1 << 20;

/// Reads a file or folder, and tells how far that is as the first half of the work.
///
/// # Errors
/// When it cannot be read, or the progress is cancelled.
pub fn read_files(format: Format, path: &Path, progress: &Progress) -> Result<Imported, OutsideError> {
    progress.enter(0);
    let mut files = Files::of_import(format, path, progress)?;
    let follow = follow(progress);
    let first_half = |done: usize, total: usize| follow(share(done, total), 2 * HALF);
    let total = files.bytes();
    Ok(exchange::read(format, &mut Watched::new(&mut files, total, &first_half))?)
}

/// So much of a half is done.
fn share(done: usize, total: usize) -> usize {
    (done as f64 / total.max(1) as f64 * HALF as f64) as usize
}

/// What an import would come to; `None` once it was cancelled.
fn read(
    project: &Project,
    coder: &Coder,
    import: ImportPlan,
    path: &Path,
    progress: &Progress,
) -> Option<Found> {
    let refused = |why: &dyn std::fmt::Display| Some(Found::Refused(why.to_string()));
    let imported = match read_files(import.format, path, progress) {
        Ok(imported) => imported,
        Err(why) if why.is_cancelled() => return None,
        Err(why) => return refused(&why),
    };
    let choices = Choices { coder: coder.clone(), unit: import.unit };
    let follow = follow(progress);
    let second_half = |done: usize, total: usize| follow(HALF + share(done, total), 2 * HALF);
    match plan_asking(project, imported, &choices, &mut SystemStamps, &second_half) {
        Ok(plan) => Some(Found::Ready { edit: plan.edit, report: Box::new(plan.report) }),
        Err(ImportError::Exchange(ExchangeError::Cancelled)) => None,
        Err(ImportError::Ambiguous { declared, other }) => Some(Found::Ambiguous { declared, other }),
        Err(why) => refused(&why),
    }
}
