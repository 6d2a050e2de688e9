//! `check`: every invariant of a project, and every quote against its text; with `--repair` it mends what can be mended.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::listing::{count, one_line};
use super::project;
use crate::store::{self, Fault, Repaired, StoreError};

/// The verb `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// The project, or a folder of documents
    project: PathBuf,

    /// Mend what can be mended; the original of every changed file is kept in recovered/
    #[arg(long)]
    repair: bool,
}

impl Check {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let coder = store::default_coder();
        let place = match store::look_at(&self.project) {
            // A project without its register is what a repair is for.
            Err(StoreError::NoProjectFile(place)) if self.repair => place,
            _ => project::locate(&self.project, &coder)?.place,
        };
        if !self.repair {
            return sentence(&place, tell(out, &store::check(&place)?)?, out);
        }
        match store::check(&place) {
            Ok(faults) => {
                tell(out, &faults)?;
            }
            Err(error) => writeln!(out, "{}", one_line(&error.to_string()))?,
        }
        let Repaired { mended, originals, left } = store::repair(&place, &coder)?;
        for what in &mended {
            writeln!(out, "mended: {}", one_line(what))?;
        }
        if let Some(folder) = originals {
            writeln!(out, "the originals are in «{}»", one_line(&folder.to_string_lossy()))?;
        }
        if mended.is_empty() {
            writeln!(out, "there was nothing to mend")?;
        }
        sentence(&place, tell(out, &left)?, out)
    }
}

/// Writes the faults, a line each; gives how many of them make a check fail.
fn tell(out: &mut dyn Write, faults: &[Fault]) -> Result<usize, Failure> {
    for fault in faults {
        writeln!(out, "{}", one_line(&fault.to_string()))?;
    }
    Ok(faults.iter().filter(|fault| fault.fatal).count())
}

/// The last sentence: that a project is sound, or that it is not.
fn sentence(place: &Path, fatal: usize, out: &mut dyn Write) -> Result<(), Failure> {
    if fatal > 0 {
        let (place, faults) = (place.display(), count(fatal, "fault"));
        return Err(Failure::Failed(format!("«{place}» has {faults}; each line above says what to do")));
    }
    writeln!(out, "«{}» is sound", one_line(&place.to_string_lossy()))?;
    Ok(())
}
