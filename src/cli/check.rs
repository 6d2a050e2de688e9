//! `check`: every invariant of a project, and every quote against its text.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::listing::{count, one_line};
use super::project;
use crate::store;

/// The verb `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// The project, or a folder of documents
    project: PathBuf,
}

impl Check {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let place = project::locate(&self.project, &store::default_coder())?.place;
        let faults = store::check(&place)?;
        for fault in &faults {
            writeln!(out, "{}", one_line(&fault.to_string()))?;
        }
        let fatal = faults.iter().filter(|fault| fault.fatal).count();
        if fatal > 0 {
            let (place, faults) = (place.display(), count(fatal, "fault"));
            return Err(Failure::Failed(format!(
                "«{place}» has {faults}; put the named files back from a copy"
            )));
        }
        writeln!(out, "«{}» is sound", one_line(&place.to_string_lossy()))?;
        Ok(())
    }
}
