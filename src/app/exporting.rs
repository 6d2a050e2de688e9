//! Exporting: what is chosen in the dialog, the look ahead at what it would come to, and the job that writes it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::jobs::JobKind;
use super::opening::Outcome;
use super::outside::{Export, OutsideError, follow};
use super::wishes::Message;
use super::workbench::Workbench;
use crate::exchange::{ExchangeError, Format, Loss, Lost, Options, Scope};
use crate::model::Project;
use crate::store::Progress;

/// How many bytes of an export the dialog shows at most.
const GLANCE: usize = 4096;

/// Which annotations are exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Those of the whole project.
    #[default]
    Project,
    /// Those of the document in the reading view.
    Document,
    /// Those that the table shows.
    Rows,
}

/// What to export, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportPlan {
    /// The format.
    pub format: Format,
    /// Whether a byte order mark goes before it, where the format may have one.
    pub byte_order_mark: bool,
    /// Which annotations.
    pub extent: Extent,
    /// Whether it is read back and compared.
    pub verify: bool,
}

impl Default for ExportPlan {
    fn default() -> Self {
        Self { format: Format::default(), byte_order_mark: false, extent: Extent::Project, verify: true }
    }
}

impl ExportPlan {
    fn scope(self, bench: &Workbench) -> Scope {
        match self.extent {
            Extent::Project => Scope::Project,
            Extent::Document => bench.view().document.map_or(Scope::Project, Scope::Document),
            Extent::Rows => {
                let rows = bench.project().into_iter().flat_map(|project| {
                    let rows = &bench.table().rows;
                    (0..rows.len()).filter_map(|row| rows.get(project, row))
                });
                Scope::Annotations(rows.map(|annotation| annotation.id).collect())
            }
        }
    }

    fn of<'a>(self, project: &'a Project, scope: &'a Scope) -> Export<'a> {
        let (format, options) = (self.format, self.options());
        Export { project, scope, format, options, force: false, verify: self.verify }
    }

    fn options(self) -> Options {
        Options { bom: self.byte_order_mark && self.format.info().byte_order_mark }
    }
}

/// What an export would come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Glance {
    /// How many annotations it holds.
    pub count: usize,
    /// What it loses, and of how many annotations; 0 for what is lost once.
    pub losses: Vec<(Lost, usize)>,
    /// Its first lines; none where it is not text.
    pub lines: Vec<String>,
    /// How long it is, in bytes.
    pub bytes: u64,
}

/// The look ahead that was last asked for.
#[derive(Default)]
pub(super) struct Glancing {
    /// Of what, and at which state of the project.
    of: Option<(ExportPlan, u64)>,
    job: Option<u64>,
    found: Option<Result<Glance, String>>,
}

/// An export that was written.
#[derive(Debug)]
pub(super) struct Exported {
    format: Format,
    count: usize,
    losses: Vec<(Lost, usize)>,
    /// Whether it was read back, and said the same.
    verified: bool,
}

/// Why an export was not written.
#[derive(Debug)]
pub(super) enum NotExported {
    /// The person did not want it any more.
    Cancelled,
    /// It could not be; why, as a sentence.
    Failed(String),
}

impl Workbench {
    /// What an export would come to, once that is known; or why it cannot be made.
    pub fn glance(&self, plan: ExportPlan) -> Option<&Result<Glance, String>> {
        let (of, _) = self.glancing.of?;
        self.glancing.found.as_ref().filter(|_| of == plan)
    }

    /// Whether what an export would come to is known, or on its way.
    pub fn looks_ahead_at(&self, plan: ExportPlan) -> bool {
        self.open.as_ref().is_some_and(|open| self.glancing.of == Some((plan, open.revision)))
    }

    /// Looks ahead at an export in a job, unless that is known or on its way.
    pub(super) fn look_ahead(&mut self, plan: ExportPlan) {
        let Some(open) = self.open.as_ref() else { return };
        let of = (plan, open.revision);
        if self.looks_ahead_at(plan) {
            return;
        }
        let project = open.project.clone();
        let scope = plan.scope(self);
        if let Some(job) = self.glancing.job.take() {
            self.jobs.cancel(job);
        }
        let job = self.jobs.start(JobKind::Glancing, move |progress| {
            Outcome::Glanced(of, look(&project, plan, &scope, progress))
        });
        self.glancing = Glancing { of: Some(of), job: Some(job), found: None };
    }

    /// Stops looking ahead.
    pub(super) fn forget_glance(&mut self) {
        if let Some(job) = std::mem::take(&mut self.glancing).job {
            self.jobs.cancel(job);
        }
    }

    pub(super) fn take_glance(&mut self, of: (ExportPlan, u64), found: Option<Result<Glance, String>>) {
        if self.glancing.of == Some(of) {
            self.glancing.found = found;
            self.glancing.job = None;
        }
    }

    /// Writes an export as a job over a snapshot; a file that is there is replaced as a whole or not at all.
    /// A file that is there is replaced only where the person was asked; the project's own folder is never written into.
    pub(super) fn export(&mut self, plan: ExportPlan, path: PathBuf, may_replace: bool) {
        // What is still being read would be missing from it.
        let Some(open) = self.open.as_ref().filter(|_| !self.is_early()) else { return };
        let (project, place) = (open.project.clone(), open.place.clone());
        let scope = plan.scope(self);
        self.jobs.start(JobKind::Exporting, move |progress| {
            let result = may_write(&path, &place, may_replace)
                .map_err(NotExported::Failed)
                .and_then(|()| write(&project, plan, &scope, &path, progress));
            Outcome::Exported { path, result }
        });
    }

    pub(super) fn take_export(&mut self, path: &Path, result: Result<Exported, NotExported>) {
        match result {
            Ok(Exported { format, count, losses, verified }) => {
                let shown = path.display().to_string();
                let key = if verified { "notice-exported-verified" } else { "notice-exported" };
                let said = losses.iter().map(|(lost, count)| lost_message(*lost, *count)).collect();
                self.inform_at_length(Message::new(key).number("count", count).text("path", shown), said);
                self.heads_list(losses_message(format));
            }
            Err(NotExported::Cancelled) => {
                let shown = path.display().to_string();
                self.inform(Message::new("notice-export-cancelled").text("path", shown), Vec::new());
            }
            Err(NotExported::Failed(reason)) => {
                self.problem(Message::new("notice-not-exported").text("reason", reason), Vec::new());
            }
        }
    }
}

/// What stands over the sentences on what an export loses.
pub fn losses_message(format: Format) -> Message {
    Message::new("export-losses").text("format", format.info().name)
}

/// The sentence on something that an export loses.
pub fn lost_message(lost: Lost, count: usize) -> Message {
    Message::new(lost.message()).number("count", count)
}

/// Whether an export may be written to a path.
fn may_write(path: &Path, place: &Path, may_replace: bool) -> Result<(), String> {
    let shown = path.display();
    let folder = path.parent().and_then(|folder| std::fs::canonicalize(folder).ok());
    let place = std::fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
    if folder.is_some_and(|folder| folder.starts_with(place)) {
        return Err(format!("{shown} lies in the project's own folder; choose a place outside it"));
    }
    let is_empty_folder = std::fs::read_dir(path).is_ok_and(|mut inside| inside.next().is_none());
    if !may_replace && path.exists() && !is_empty_folder {
        return Err(format!("{shown} is there already; choose another name"));
    }
    Ok(())
}

fn write(
    project: &Project,
    plan: ExportPlan,
    scope: &Scope,
    path: &Path,
    progress: &Progress,
) -> Result<Exported, NotExported> {
    let count = scope.count(project).map_err(|error| NotExported::Failed(error.to_string()))?;
    let told = |error: OutsideError| match error.is_cancelled() {
        true => NotExported::Cancelled,
        false => NotExported::Failed(error.to_string()),
    };
    let written = plan.of(project, scope).write(path, progress).map_err(told)?;
    let format = plan.format;
    Ok(Exported { format, count, losses: summed(&written.losses), verified: written.read_back.is_some() })
}

/// Looks ahead; `None` where that was no longer wanted.
fn look(
    project: &Project,
    plan: ExportPlan,
    scope: &Scope,
    progress: &Progress,
) -> Option<Result<Glance, String>> {
    match plan.of(project, scope).glance(GLANCE, &follow(progress)) {
        Ok((glance, losses)) => Some(Ok(Glance {
            count: scope.count(project).unwrap_or_default(),
            losses: summed(&losses),
            lines: lines(&glance.head, GLANCE),
            bytes: glance.bytes,
        })),
        Err(ExchangeError::Cancelled) => None,
        Err(error) => Some(Err(error.to_string())),
    }
}

/// The lines of the beginning of a file; none where it is not text.
fn lines(head: &[u8], most: usize) -> Vec<String> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A character that was cut off at the end is left out.
        Err(why) if head.len() == most && why.error_len().is_none() => {
            std::str::from_utf8(&head[..why.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return Vec::new(),
    };
    text.lines().map(str::to_owned).collect()
}

/// How many annotations lose each aspect.
fn summed(losses: &[Loss]) -> Vec<(Lost, usize)> {
    let mut sums: BTreeMap<Lost, std::collections::HashSet<_>> = BTreeMap::new();
    for loss in losses {
        sums.entry(loss.lost).or_default().extend(loss.annotation);
    }
    sums.into_iter().map(|(lost, annotations)| (lost, annotations.len())).collect()
}
