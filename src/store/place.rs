//! Where things are: what a path means, and the user's own folders for what has no place yet.

use std::fs;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::names::{readable, sha256_hex};
use crate::model::{Coder, Stamps};

/// The file that makes a folder a project.
pub(super) const PROJECT_FILE: &str = "project.ron";

/// What a path means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A project folder.
    Project(PathBuf),
    /// A folder of documents without a project.
    SourceFolder(PathBuf),
}

/// Says what a path means: a project folder (or the `project.ron` in it), or a folder of documents.
///
/// # Errors
/// When nothing is there, when it cannot be read, when it is a file, and when it is a project folder without its `project.ron`.
pub fn look_at(path: &Path) -> Result<Place, StoreError> {
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => StoreError::Missing(path.to_owned()),
        _ => StoreError::io("open", path)(error),
    })?;
    if metadata.is_file() && path.file_name().is_some_and(|name| name == PROJECT_FILE) {
        return Ok(Place::Project(super::disk::folder_of(path).to_owned()));
    }
    if !metadata.is_dir() {
        return Err(StoreError::NotAFolder(path.to_owned()));
    }
    fs::read_dir(path).map_err(StoreError::io("open", path))?;
    if fs::symlink_metadata(path.join(PROJECT_FILE)).is_ok() {
        return Ok(Place::Project(path.to_owned()));
    }
    let named_as_project = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("hashiya"));
    if named_as_project || path.join("codebook.ron").is_file() {
        return Err(StoreError::NoProjectFile(path.to_owned()));
    }
    Ok(Place::SourceFolder(path.to_owned()))
}

/// The user's own folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roots {
    /// For projects without a place: `$XDG_DATA_HOME/hashiya`.
    pub data: PathBuf,
    /// For window states and what could not be written: `$XDG_STATE_HOME/hashiya`.
    pub state: PathBuf,
}

impl Roots {
    /// The folders of the user who runs the program.
    ///
    /// # Errors
    /// When the user has no home.
    pub fn of_user() -> Result<Self, StoreError> {
        let base = directories::BaseDirs::new().ok_or(StoreError::NoHome)?;
        let state = base.state_dir().unwrap_or_else(|| base.data_local_dir());
        Ok(Self { data: base.data_dir().join("hashiya"), state: state.join("hashiya") })
    }

    /// Where projects without a place are kept.
    pub fn unnamed(&self) -> PathBuf {
        self.data.join("unnamed")
    }

    /// Where the unnamed project of a folder of documents is: named after the folder, told apart by its canonical path.
    ///
    /// # Errors
    /// When the folder cannot be found.
    pub fn unnamed_place(&self, folder: &Path) -> Result<PathBuf, StoreError> {
        let path = fs::canonicalize(folder).map_err(StoreError::io("open", folder))?;
        let name = path.file_name().map_or_else(|| "root".into(), |name| name.to_string_lossy());
        let hash = sha256_hex(path.as_os_str().as_encoded_bytes());
        Ok(self.unnamed().join(format!("{}-{}.hashiya", readable(&name), &hash[..16])))
    }

    /// A fresh place for a project that came from no folder.
    pub fn untitled_place(&self, stamps: &mut dyn Stamps) -> PathBuf {
        self.unnamed().join(format!("untitled-{}.hashiya", stamps.project_id().short()))
    }
}

/// [`Roots::unnamed_place`] with the user's own folders.
///
/// # Errors
/// When the folder cannot be found, or the user has no home.
pub fn unnamed_place(folder: &Path) -> Result<PathBuf, StoreError> {
    Roots::of_user()?.unnamed_place(folder)
}

/// [`Roots::untitled_place`] with the user's own folders.
///
/// # Errors
/// When the user has no home.
pub fn untitled_place(stamps: &mut dyn Stamps) -> Result<PathBuf, StoreError> {
    Ok(Roots::of_user()?.untitled_place(stamps))
}

/// The coder who is meant when none is named: the system's user name.
pub fn default_coder() -> Coder {
    Coder::new(&whoami::username().unwrap_or_default())
}
