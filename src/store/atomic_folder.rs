//! Folders of files that appear whole or not at all, for exports that make more than one file.
//!
//! The files are written into a hidden folder beside the place and synced there. A new folder is then renamed into its place as a whole; into a
//! folder that already holds something (which has to be asked for) each file is renamed by itself, and what else stands there stays.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Component, Path, PathBuf};
use tempfile::TempDir;

use super::StoreError;
use super::atomic::sync_folder;
use super::disk::folder_of;

/// A folder being written beside its place. [`AtomicFolder::commit`] puts it there; dropped before that, nothing is left behind.
#[derive(Debug)]
pub struct AtomicFolder {
    place: PathBuf,
    /// What is removed at the end.
    beside: TempDir,
    /// The files so far, relative to the folder.
    names: BTreeSet<PathBuf>,
    open: Option<BufWriter<File>>,
}

impl AtomicFolder {
    /// Begins a folder that will stand at `place`. With `may_fill` it may go into a folder that holds something already.
    ///
    /// # Errors
    /// When the folder above is missing or cannot be written, when a file stands at the place, or a folder that is not empty and may not be
    /// filled.
    pub fn create(place: &Path, may_fill: bool) -> Result<Self, StoreError> {
        let place = match fs::metadata(place) {
            Ok(metadata) if !metadata.is_dir() => return Err(StoreError::NotAFolder(place.to_owned())),
            Ok(_) => {
                let mut inside = fs::read_dir(place).map_err(StoreError::io("write", place))?;
                if !may_fill && inside.next().is_some() {
                    return Err(StoreError::NotEmpty(place.to_owned()));
                }
                fs::canonicalize(place).map_err(StoreError::io("write", place))?
            }
            Err(_) => place.to_owned(),
        };
        let above = folder_of(&place);
        let beside = tempfile::Builder::new()
            .prefix(".hashiya-")
            .suffix(".new")
            .tempdir_in(above)
            .map_err(StoreError::io("write", &place))?;
        // A folder inside: the temporary one can be entered by its owner only, and the export by whomever the user lets.
        fs::create_dir(beside.path().join(CONTENT)).map_err(StoreError::io("write", &place))?;
        Ok(Self { place, beside, names: BTreeSet::new(), open: None })
    }

    /// Ends the file before and begins another; `name` is its path in the folder, with `/` between names.
    ///
    /// # Errors
    /// When the name leads out of the folder or was there before, or the disk refuses.
    pub fn file(&mut self, name: &str) -> io::Result<&mut dyn Write> {
        self.end_file()?;
        let name = PathBuf::from(name);
        let stays = name.components().all(|part| matches!(part, Component::Normal(_)));
        if !stays || name.as_os_str().is_empty() {
            let why = format!("«{}» is no name of a file in a folder", name.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let path = self.content().join(&name);
        fs::create_dir_all(folder_of(&path))?;
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        self.names.insert(name);
        Ok(self.open.insert(BufWriter::with_capacity(1 << 16, file)))
    }

    /// Where it lies while it waits, with all files that were begun so far, to be read back before it takes its place.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn waiting(&mut self) -> Result<PathBuf, StoreError> {
        self.end_file().map_err(StoreError::io("write", &self.place))?;
        Ok(self.content())
    }

    /// Syncs the files and puts them in their place.
    ///
    /// # Errors
    /// When the disk refuses. What stood at the place then stays; of a folder that is filled, some files may be new already.
    pub fn commit(mut self) -> Result<(), StoreError> {
        let place = self.place.clone();
        let fail = |error| StoreError::io("write", &place)(error);
        self.end_file().map_err(fail)?;
        let content = self.content();
        let folders: BTreeSet<&Path> = self.names.iter().flat_map(|name| name.ancestors().skip(1)).collect();
        for folder in &folders {
            sync_folder(&content.join(folder)).map_err(fail)?;
        }
        let is_empty = |place: &Path| fs::read_dir(place).is_ok_and(|mut inside| inside.next().is_none());
        if !place.exists() || (is_empty(&place) && fs::remove_dir(&place).is_ok()) {
            fs::rename(&content, &place).map_err(fail)?;
            return sync_folder(folder_of(&place)).map_err(fail);
        }
        for name in &self.names {
            let target = place.join(name);
            fs::create_dir_all(folder_of(&target)).map_err(fail)?;
            fs::rename(content.join(name), &target).map_err(StoreError::io("write", &target))?;
        }
        for folder in &folders {
            sync_folder(&place.join(folder)).map_err(fail)?;
        }
        Ok(())
    }

    fn content(&self) -> PathBuf {
        self.beside.path().join(CONTENT)
    }

    fn end_file(&mut self) -> io::Result<()> {
        match self.open.take() {
            Some(file) => file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all(),
            None => Ok(()),
        }
    }
}

const CONTENT: &str = "content";
