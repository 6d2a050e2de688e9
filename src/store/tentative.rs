//! A project that a command makes for its own use, and takes away again where the command is refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::{StoreError, create};
use crate::model::{Coder, Project};

/// A project that was just made.
#[derive(Debug)]
pub struct Tentative {
    place: PathBuf,
    /// The folders above it that were made with it, the lowest first.
    above: Vec<PathBuf>,
    files: Vec<Looks>,
}

/// A file, how many bytes it has and when it was written.
type Looks = (PathBuf, u64, Option<SystemTime>);

impl Tentative {
    /// Makes a project in a new place, and closes it.
    ///
    /// # Errors
    /// As [`create`].
    pub fn make(place: &Path, project: &Project, coder: &Coder) -> Result<Self, StoreError> {
        let missing = |folder: &&Path| fs::symlink_metadata(folder).is_err();
        let above = place.ancestors().skip(1).take_while(missing).map(Path::to_owned).collect();
        create(place, project, coder, Arc::new(|| {}))?.session.close()?;
        Ok(Self { place: place.to_owned(), above, files: files(place) })
    }

    /// Takes the project away with the folders that were made for it, unless something was done in it since, here or by anybody else.
    ///
    /// # Errors
    /// When the disk refuses; what could not be taken away stays.
    pub fn take_back(self) -> Result<(), StoreError> {
        if files(&self.place) != self.files {
            return Ok(());
        }
        fs::remove_dir_all(&self.place).map_err(StoreError::io("remove", &self.place))?;
        for folder in &self.above {
            // One that others use by now is not empty, and stays.
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }
}

fn files(place: &Path) -> Vec<Looks> {
    let entries = walkdir::WalkDir::new(place).sort_by_file_name().into_iter().flatten();
    let looks = |entry: walkdir::DirEntry| {
        let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        Some((entry.into_path(), metadata.len(), metadata.modified().ok()))
    };
    entries.filter_map(looks).collect()
}
