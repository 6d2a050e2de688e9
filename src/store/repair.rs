//! Mending a damaged project: what can be read goes on, what cannot is set aside, and the original of every file that is changed is kept
//! in `recovered/DATE/` under its own name. What needs no mending is not touched.
//!
//! The order is that of reading: decided saves, register, codebook, texts, tables and their lists, histories, journals. Each step leaves
//! the project no worse than before, so a repair that is interrupted is begun again.

mod logs;
mod pages;
mod tables;
mod texts;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::check::check_in;
use super::disk::{Disk, folder_of, make_folder, replace};
use super::lock::{Attempt, Lock};
use super::names::coder_sign;
use super::read::{Loaded, Reading, load};
use super::stamps::now;
use super::writer::lock_path;
use super::{Fault, Progress, Remedy, StoreError, Surroundings};
use crate::model::Coder;

/// What a repair did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// What was mended, a sentence each that begins with the file.
    pub mended: Vec<String>,
    /// Where the originals of the changed files are; none where nothing was changed.
    pub originals: Option<PathBuf>,
    /// What is wrong still.
    pub left: Vec<Fault>,
}

/// Mends what can be mended of a project that nobody has open.
///
/// # Errors
/// When somebody has the project open, a newer program wrote to it, it is no project at all, or the disk refuses.
pub fn repair(place: &Path, coder: &Coder) -> Result<Repaired, StoreError> {
    repair_in(&Surroundings::of_user(), place, coder)
}

/// [`repair`] in other surroundings.
///
/// # Errors
/// As [`repair`].
pub fn repair_in(surroundings: &Surroundings, place: &Path, coder: &Coder) -> Result<Repaired, StoreError> {
    let disk = &*surroundings.disk;
    let place = std::path::absolute(place).map_err(StoreError::io("open", place))?;
    let is_project = ["project.ron", "codebook.ron", "documents"]
        .iter()
        .filter(|name| disk.look(&place.join(name)).is_ok())
        .count();
    if is_project < 2 {
        return Err(StoreError::NotAProject(place));
    }
    let _locks = take_locks(disk, &place, coder)?;
    refuse_newer(surroundings, &place)?;
    let date = now().to_string().replace(':', "");
    let mut repair = Repair {
        surroundings,
        originals: place.join("recovered").join(date),
        place: place.clone(),
        sign: coder_sign(coder.name()),
        coder: coder.clone(),
        kept: BTreeSet::new(),
        mended: Vec::new(),
    };
    repair.finish_saves()?;
    repair.register()?;
    repair.codebook()?;
    repair.texts()?;
    repair.tables()?;
    repair.histories()?;
    repair.journals()?;
    let left = check_in(surroundings, &place)?;
    let originals = (!repair.kept.is_empty()).then_some(repair.originals);
    Ok(Repaired { mended: repair.mended, originals, left })
}

/// Holds the project against everybody who might write to it: every coder who ever had it open, and this one.
fn take_locks(disk: &dyn Disk, place: &Path, coder: &Coder) -> Result<Vec<Lock>, StoreError> {
    let mut paths: BTreeSet<PathBuf> = BTreeSet::from([lock_path(place, coder)]);
    let names = disk.list(&place.join("locks")).unwrap_or_default();
    paths.extend(names.into_iter().map(|name| place.join("locks").join(name)));
    let mut locks = Vec::new();
    for path in paths {
        match Lock::take(&path, coder)? {
            Attempt::Held(lock, ..) => locks.push(lock),
            Attempt::Taken(holder) => {
                let holder = holder.to_string();
                return Err(StoreError::Locked { path: place.to_owned(), holder });
            }
        }
    }
    Ok(locks)
}

/// What a newer program wrote is not damaged, and an older one must not touch it.
fn refuse_newer(surroundings: &Surroundings, place: &Path) -> Result<(), StoreError> {
    match check_in(surroundings, place) {
        Err(newer @ StoreError::Newer { .. }) => Err(newer),
        Err(_) => Ok(()),
        Ok(faults) => match faults.into_iter().find(|fault| fault.remedy == Remedy::Update) {
            Some(fault) => Err(StoreError::Newer { path: place.join(fault.file), version: 0 }),
            None => Ok(()),
        },
    }
}

/// A repair under way.
struct Repair<'a> {
    surroundings: &'a Surroundings,
    place: PathBuf,
    /// Where the originals go.
    originals: PathBuf,
    sign: String,
    coder: Coder,
    /// The names of the files whose originals are kept already.
    kept: BTreeSet<String>,
    mended: Vec<String>,
}

impl Repair<'_> {
    fn disk(&self) -> &dyn Disk {
        &*self.surroundings.disk
    }

    /// The project as it can be read now, of all coders.
    fn load(&self) -> Result<Loaded, StoreError> {
        let progress = Progress::new();
        let reading = Reading {
            surroundings: self.surroundings,
            place: &self.place,
            coder: None,
            others: true,
            early: None,
            progress: &progress,
        };
        load(&reading)
    }

    /// The bytes of a file; none where it cannot be read.
    fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.disk().read(&self.place.join(name)).ok()
    }

    /// Keeps the original of a file, once.
    fn keep(&mut self, name: &str) -> Result<(), StoreError> {
        if !self.kept.insert(name.to_owned()) {
            return Ok(());
        }
        let Some(bytes) = self.bytes(name) else { return Ok(()) };
        let path = self.originals.join(name);
        make_folder(self.disk(), folder_of(&path))
            .and_then(|()| replace(self.disk(), &path, &self.sign, &bytes))
            .map_err(StoreError::io("write", &path))
    }

    /// Gives a file new contents, or takes it away; what stood there is kept, and `what` is told.
    fn put(&mut self, name: &str, bytes: Option<&[u8]>, what: &str) -> Result<(), StoreError> {
        self.keep(name)?;
        let path = self.place.join(name);
        let done = match bytes {
            Some(bytes) => make_folder(self.disk(), folder_of(&path))
                .and_then(|()| replace(self.disk(), &path, &self.sign, bytes)),
            None => match self.disk().remove(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                _ => self.disk().sync_folder(folder_of(&path)),
            },
        };
        done.map_err(StoreError::io("write", &path))?;
        self.mended.push(format!("{name}: {what}"));
        Ok(())
    }

    fn unwritable(&self, name: &str) -> impl FnOnce(ron::Error) -> StoreError + use<> {
        let path = self.place.join(name);
        move |error| StoreError::Unwritable { path, what: error.to_string() }
    }
}

/// The lines of a file that are UTF-8, without white space around them and without the comma at their end.
fn lines_of(bytes: &[u8]) -> impl Iterator<Item = &str> {
    let text = |line| std::str::from_utf8(line).ok().map(str::trim);
    bytes
        .split(|&byte| byte == b'\n')
        .filter_map(text)
        .map(|line| line.strip_suffix(',').unwrap_or(line))
        .filter(|line| !line.is_empty())
}
