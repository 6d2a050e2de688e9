//! `import`: annotations that were made elsewhere, as one edit that can be undone, and a list of what needs to be looked at.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::failure::Failure;
use super::interrupts::Interrupts;
use super::listing::{count, one_line};
use super::{export, project};
use crate::app::importing::{self, Choices, ImportError, Plan, Report};
use crate::app::outside::{OutsideError, follow};
use crate::exchange::{self, ExchangeError, Imported, Unit};
use crate::model::{Coder, Edit, Project, Stamps, Step};
use crate::store::snapshots::Why;
use crate::store::{self, Opened, Progress, SystemStamps};

/// The verb `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// The project, or a folder of documents; a new project is made of the texts or the codes in the file where nothing is there yet
    project: PathBuf,

    /// The file or the folder that another program wrote, or an export
    path: PathBuf,

    /// Its format; «hashiya formats» lists them
    #[arg(long, value_name = "F")]
    format: String,

    /// What its positions count, where they cannot be recognised: code-points, utf-16 or bytes
    #[arg(long, value_name = "UNIT")]
    offsets: Option<String>,

    /// Whose the annotations are that it gives nobody; the system's user name when left out
    #[arg(long, value_name = "NAME")]
    coder: Option<String>,
}

impl Import {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let format = export::format_of(&self.format)?;
        if format.info().read.is_none() {
            let readable = exchange::Format::all().filter(|format| format.info().read.is_some());
            let names: Vec<&str> = readable.map(|format| format.info().name).collect();
            let why = format!("--format: {format} is only written; give one of {}", names.join(", "));
            return Err(Failure::WrongUse(why));
        }
        let coder = project::coder(self.coder.as_deref())?;
        let choices = Choices { coder: coder.clone(), unit: self.unit()? };
        let read = importing::read_files(format, &self.path, &Progress::new());
        let imported = read.map_err(|why| match why {
            OutsideError::Store(why) => why.into(),
            why @ OutsideError::Exchange(ExchangeError::Malformed { .. }) => self.failed(&format!(
                "{why}; nothing was imported, mend that place or have the file written anew"
            )),
            why => self.failed(&format!("{why}; nothing was imported")),
        })?;
        let report = if fs::symlink_metadata(&self.project).is_ok() {
            self.take_into_project(imported, &choices, &coder)?
        } else {
            self.take_into_new(imported, &choices, &coder)?
        };
        for case in &report.cases {
            writeln!(out, "{}", one_line(&case.to_string()))?;
        }
        if report.is_in_vain() {
            let none = match report.marks {
                1 => "its one annotation could not be placed".to_owned(),
                marks => format!("none of the {marks} annotations could be placed"),
            };
            return Err(self.failed(&format!("{none}; nothing was done")));
        }
        writeln!(out, "{}", summary(&report))?;
        Ok(())
    }

    fn unit(&self) -> Result<Option<Unit>, Failure> {
        match self.offsets.as_deref() {
            None => Ok(None),
            Some("code-points") => Ok(Some(Unit::CodePoints)),
            Some("utf-16") => Ok(Some(Unit::Utf16)),
            Some("bytes") => Ok(Some(Unit::Bytes)),
            Some(other) => {
                let why = format!("--offsets: «{other}» is no unit; give one of code-points, utf-16, bytes");
                Err(Failure::WrongUse(why))
            }
        }
    }

    fn failed(&self, why: &dyn std::fmt::Display) -> Failure {
        Failure::Failed(format!("cannot import «{}»: {why}", self.path.display()))
    }

    fn plan(&self, project: &Project, imported: Imported, choices: &Choices) -> Result<Plan, Failure> {
        importing::plan(project, imported, choices, &mut SystemStamps).map_err(|why| self.failed(&why))
    }

    fn take_into_project(
        &self,
        imported: Imported,
        choices: &Choices,
        coder: &Coder,
    ) -> Result<Report, Failure> {
        // What cannot be imported changes nothing, not even by opening the project to write.
        let read = project::read(&self.project)?;
        let plan = self.plan(&read.project, imported.clone(), choices)?;
        if plan.report.is_in_vain() {
            return Ok(plan.report);
        }
        drop(read);
        let mut opened = project::write(&self.project, coder)?;
        // A signal ends it before the edit, or not at all.
        let interrupts = Interrupts::watch();
        let go_on = follow(interrupts.progress());
        let plan = importing::plan_asking(&opened.project, imported, choices, &mut SystemStamps, &go_on);
        let plan = match plan {
            Ok(plan) => plan,
            Err(why) => {
                opened.session.close()?;
                let is_cancelled = matches!(why, ImportError::Exchange(ExchangeError::Cancelled));
                let path = self.path.display();
                let cancelled = format!("the import of «{path}» was interrupted; nothing was changed");
                return Err(if is_cancelled { interrupts.failure(cancelled) } else { self.failed(&why) });
            }
        };
        if !plan.report.is_empty() {
            project::keep_snapshot(&opened, Why::Import);
            perform(&mut opened, plan.edit).map_err(|why| self.failed(&why))?;
        }
        opened.session.close()?;
        Ok(plan.report)
    }

    /// A new project of the texts that the file holds.
    fn take_into_new(&self, imported: Imported, choices: &Choices, coder: &Coder) -> Result<Report, Failure> {
        let title = self.project.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut project = Project::new(SystemStamps.project_id(), title);
        let plan = self.plan(&project, imported, choices)?;
        if plan.report.is_in_vain() {
            return Ok(plan.report);
        }
        project.apply(&plan.edit).map_err(|why| self.failed(&why))?;
        // A codebook begins a project as well as texts do.
        if project.documents().is_empty() && project.codebook().tags().is_empty() {
            return Err(self.failed(&"it holds neither a text nor a tag to make a project of"));
        }
        // A project that is begun is made whole.
        let _interrupts = Interrupts::watch();
        let opened = store::create(&self.project, &project, coder, Arc::new(|| {}))?;
        opened.session.close()?;
        Ok(plan.report)
    }
}

/// Does the edit, and keeps it on the disk with the step that takes it back.
fn perform(opened: &mut Opened, edit: Edit) -> Result<(), crate::model::EditError> {
    let step = Step { name: "edit-import".into(), place: None, edit: Arc::new(edit) };
    let act = opened.history.perform(&mut opened.project, step)?;
    opened.session.append(act, SystemStamps.now());
    opened.session.save(opened.project.clone(), opened.history.clone());
    Ok(())
}

fn summary(report: &Report) -> String {
    let mut parts = vec![format!("{} added", count(report.added, "annotation"))];
    for (number, what) in [(report.changed, "changed"), (report.same, "already there")] {
        if number > 0 {
            parts.push(format!("{number} {what}"));
        }
    }
    if report.documents > 0 {
        parts.push(format!("{} added", count(report.documents, "document")));
    }
    if !report.tags.is_empty() {
        parts.push(format!("{} added ({})", count(report.tags.len(), "tag"), report.tag_names("«", "»")));
    }
    parts.join(", ")
}
