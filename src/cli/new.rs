//! `new`: a project from a folder of documents.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::{listing, project};
use crate::store::{Place, StoreError, decode, look_at};

/// The verb `new`.
#[derive(Debug, Args)]
pub struct New {
    /// The project folder to make, by convention NAME.hashiya; it must not exist
    project: PathBuf,

    /// The folder whose .txt files become its documents, with the folders below it
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,

    /// The encoding of all files, such as windows-1256, instead of a guess for each
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,

    /// Who makes it; the system's user name when left out
    #[arg(long, value_name = "NAME")]
    coder: Option<String>,
}

impl New {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let coder = project::coder(self.coder.as_deref())?;
        if let Some(name) = &self.encoding {
            decode::decode(b"", Some(name)).map_err(|why| Failure::WrongUse(format!("--encoding: {why}")))?;
        }
        if fs::symlink_metadata(&self.project).is_ok() {
            return Err(StoreError::Exists(self.project.clone()).into());
        }
        if let Place::Project(place) = look_at(&self.from)? {
            let place = place.display();
            let instead = "give a folder of documents, or open the project itself";
            return Err(Failure::WrongUse(format!("--from «{place}» is a project already; {instead}")));
        }
        let title = self.project.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let made = project::make(&self.project, &self.from, title, self.encoding.clone(), &coder)?;
        let documents = listing::count(made.documents().len(), "document");
        writeln!(out, "{}: {documents}", listing::one_line(&self.project.to_string_lossy()))?;
        Ok(())
    }
}
