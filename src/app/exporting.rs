//! Exporting: what is chosen in the dialog, and the job that writes it.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::jobs::JobKind;
use super::opening::Outcome;
use super::outside::Export;
use super::wishes::Message;
use super::workbench::Workbench;
use crate::exchange::{Format, Options, Scope};
use crate::model::{DocumentId, Project};
use crate::store::Progress;

/// What to export, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportPlan {
    /// The format.
    pub format: Format,
    /// Whether a byte order mark goes before it.
    pub byte_order_mark: bool,
    /// Whether only the open document's annotations are written.
    pub only_document: bool,
}

impl Default for ExportPlan {
    fn default() -> Self {
        Self { format: Format::default(), byte_order_mark: false, only_document: false }
    }
}

impl ExportPlan {
    fn scope(self, document: Option<DocumentId>) -> Scope {
        document.filter(|_| self.only_document).map_or(Scope::Project, Scope::Document)
    }

    /// How many annotations it writes.
    pub fn count(self, bench: &Workbench) -> usize {
        let scope = self.scope(bench.view().document);
        bench.project().and_then(|project| scope.count(project).ok()).unwrap_or(0)
    }
}

impl Workbench {
    /// Writes an export as a job over a snapshot; a file that is there is replaced as a whole or not at all.
    /// A file that is there is replaced only where the person was asked; the project's own folder is never written into.
    pub(super) fn export(&mut self, plan: ExportPlan, path: PathBuf, may_replace: bool) {
        let Some(open) = self.open.as_ref() else { return };
        let (project, place) = (open.project.clone(), open.place.clone());
        let scope = plan.scope(self.view.document);
        self.jobs.start(JobKind::Exporting, move |progress| {
            let result = may_write(&path, &place, may_replace)
                .and_then(|()| write(&project, plan, &scope, &path, progress));
            Outcome::Exported { path, result }
        });
    }

    pub(super) fn take_export(&mut self, path: &Path, result: Result<(usize, Vec<String>), String>) {
        match result {
            Ok((count, losses)) => {
                let shown = path.display().to_string();
                self.inform(
                    Message::new("notice-exported").number("count", count).text("path", shown),
                    losses,
                );
            }
            Err(reason) => {
                self.problem(Message::new("notice-not-exported").text("reason", reason), Vec::new());
            }
        }
    }
}

/// Whether an export may be written to a path.
fn may_write(path: &Path, place: &Path, may_replace: bool) -> Result<(), String> {
    let shown = path.display();
    let folder = path.parent().and_then(|folder| std::fs::canonicalize(folder).ok());
    let place = std::fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
    if folder.is_some_and(|folder| folder.starts_with(place)) {
        return Err(format!("{shown} lies in the project's own folder; choose a place outside it"));
    }
    if !may_replace && path.exists() {
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
) -> Result<(usize, Vec<String>), String> {
    let count = scope.count(project).map_err(|error| error.to_string())?;
    let report = |done: usize, total: usize| {
        progress.set(done as u64, total as u64);
        if progress.cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = Options { bom: plan.byte_order_mark };
    let export = Export { project, scope, format: plan.format, options, force: false };
    let losses = export.write(path, &report).map_err(|error| error.to_string())?;
    let lines = losses.into_iter().map(|loss| match loss.annotation {
        Some(id) => format!("{}: {loss}", id.short()),
        None => loss.to_string(),
    });
    Ok((count, lines.collect()))
}
