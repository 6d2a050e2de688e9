//! Opening a project: recover what a crash left, take the lock, read, replay the journal, start the session.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::{make_folder, replace};
use super::journal::Journal;
use super::lock::{Attempt, Lock, LockHolder};
use super::names::{coder_file, coder_sign, sha256_hex};
use super::read::{Loaded, Reading, journal_name, load};
use super::rounds::Rounds;
use super::save::{Seen, finish, sweep};
use super::session::{Session, Shared, Wake};
use super::stamps::now;
use super::steps::{history_name, steps_name};
use super::watch::Watch;
use super::writer::{Writer, lock_path};
use super::{Fault, Progress, StoreError, Surroundings};
use crate::model::{Coder, History, Project};

/// What a project is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenMode {
    /// To change it; another window of the same coder makes it read-only.
    Write,
    /// To look at it, with the unsaved edits of every coder. Nothing is written, no lock is taken.
    ReadOnly,
}

/// An open project.
#[derive(Debug)]
pub struct Opened {
    /// All of it, with the edits of the journal.
    pub project: Project,
    /// What can be undone and redone.
    pub history: History,
    /// Where edits go.
    pub session: Session,
    /// What was found on the way.
    pub report: OpenReport,
}

/// What was found when a project was opened.
#[derive(Clone, Debug, Default)]
pub struct OpenReport {
    /// How many edits came from a journal: they were made after the last save.
    pub recovered_edits: usize,
    /// Whether the last line of a journal was torn, as a crash leaves it. All edits before it are there.
    pub torn_journal: bool,
    /// What is not as it should be. Where a file is missing or damaged, the project is open for reading only, so that a save cannot
    /// write over what may still be repaired.
    pub faults: Vec<Fault>,
    /// Who has the project open, where it is therefore read-only.
    pub read_only: Option<LockHolder>,
    /// Who left a lock behind that was taken over.
    pub taken_over: Option<LockHolder>,
    /// Why the project's folder cannot be written, where it is therefore read-only.
    pub unwritable: Option<String>,
    /// Everybody who works on the project: named in the register, or by an annotation.
    pub coders: Vec<Coder>,
}

impl OpenReport {
    /// Whether something is missing or wrong.
    pub fn is_damaged(&self) -> bool {
        self.faults.iter().any(|fault| fault.fatal)
    }
}

/// Opens a project.
///
/// # Errors
/// When the place is no project, its `project.ron` is damaged or newer than this program, the disk refuses, or the reader cancels.
/// Everything less is told in [`OpenReport::faults`].
pub fn open(
    place: &Path,
    coder: &Coder,
    mode: OpenMode,
    wake: Wake,
    progress: &Progress,
) -> Result<Opened, StoreError> {
    open_with(&Surroundings::of_user(), place, coder, mode, wake, progress)
}

/// [`open`] in other surroundings.
///
/// # Errors
/// As [`open`].
pub fn open_with(
    surroundings: &Surroundings,
    place: &Path,
    coder: &Coder,
    mode: OpenMode,
    wake: Wake,
    progress: &Progress,
) -> Result<Opened, StoreError> {
    open_showing(surroundings, place, coder, mode, wake, progress, None)
}

/// [`open_with`], which shows the project as soon as its documents are read: with their texts and the codebook, but without an annotation.
///
/// # Errors
/// As [`open`].
pub fn open_showing(
    surroundings: &Surroundings,
    place: &Path,
    coder: &Coder,
    mode: OpenMode,
    wake: Wake,
    progress: &Progress,
    early: Option<&(dyn Fn(Project) + Sync)>,
) -> Result<Opened, StoreError> {
    let disk = &*surroundings.disk;
    disk.look(place).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => StoreError::Missing(place.to_owned()),
        _ => StoreError::io("open", place)(error),
    })?;
    let place = std::path::absolute(place).map_err(StoreError::io("open", place))?;
    disk.look(&place.join(super::place::PROJECT_FILE)).map_err(|_| StoreError::NotAProject(place.clone()))?;
    let mut report = OpenReport::default();
    let mut lock = None;
    if mode == OpenMode::Write {
        match Lock::take(&lock_path(&place, coder), coder) {
            Ok(Attempt::Held(held, before)) => {
                lock = Some(held);
                report.taken_over = before;
                match finish(disk, &place, coder) {
                    Ok(_) => sweep(disk, &place, coder),
                    // Reading tells of it, and nothing is written then.
                    Err(StoreError::Damaged { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(Attempt::Taken(holder)) => report.read_only = Some(holder),
            Err(error) => report.unwritable = Some(error.to_string()),
        }
    }
    let others = mode == OpenMode::ReadOnly;
    let reading = Reading { surroundings, place: &place, coder: Some(coder), others, early, progress };
    let mut loaded = load(&reading)?;
    if loaded.blocked {
        lock = None;
    }
    let last = loaded.last();
    let journal = if lock.is_some() {
        open_journal(surroundings, &place, coder, &mut loaded)?
    } else {
        let path = place.join(journal_name(coder));
        Journal::new(path, loaded.project.id(), coder, last, Vec::new())
    };
    report.recovered_edits = loaded.recovered;
    report.torn_journal = loaded.torn;
    report.faults = std::mem::take(&mut loaded.faults);
    report.coders = all_coders(&loaded.project, &loaded.coders);
    let mut coders = loaded.coders;
    if !coders.contains(coder) {
        coders.push(coder.clone());
    }
    let writer = Writer {
        surroundings: surroundings.clone(),
        shared: Arc::new(Shared::new(place, lock.is_none())),
        coder: coder.clone(),
        coders,
        known: loaded.known,
        aside: loaded.aside,
        saved: loaded.saved,
        journal,
        steps: loaded.steps,
        lock,
        texts: Vec::new(),
        rescued: !loaded.rescued.records.is_empty(),
        told: None,
        failure: None,
        rounds: Rounds::new(report.read_only.is_some(), mode == OpenMode::Write),
        lost: None,
        watch: Watch::default(),
        copying: None,
    };
    let session = Session::start(writer, last, wake)?;
    Ok(Opened { project: loaded.project, history: loaded.history, session, report })
}

/// The journal to go on with. A journal or history that could not be read whole is set aside in `recovered/` first.
fn open_journal(
    surroundings: &Surroundings,
    place: &Path,
    coder: &Coder,
    loaded: &mut Loaded,
) -> Result<Journal, StoreError> {
    let disk = &*surroundings.disk;
    let path = place.join(journal_name(coder));
    let read = &loaded.journal;
    let lines: Vec<_> = read.records.iter().map(|(_, _, line)| line.clone()).collect();
    let mut journal = Journal::new(path.clone(), loaded.project.id(), coder, loaded.folded, lines);
    let is_damaged = read.torn || loaded.faults.iter().any(|fault| fault.file == journal_name(coder));
    if is_damaged && !loaded.journal_bytes.is_empty() {
        set_aside(surroundings, place, "journal", coder, &loaded.journal_bytes)?;
    }
    let history = history_name(coder);
    if loaded.faults.iter().any(|fault| fault.file == history) {
        for (kind, name) in [("steps", steps_name(&history)), ("history", history)] {
            let path = place.join(&name);
            if let Ok(bytes) = disk.read(&path) {
                set_aside(surroundings, place, kind, coder, &bytes)?;
                let seen = Seen { looks: disk.look(&path).ok(), sha256: sha256_hex(&bytes) };
                loaded.known.insert(&name, seen);
            }
        }
    }
    if journal.bytes() == loaded.journal_bytes {
        journal.sync(disk).map_err(StoreError::io("write", &path))?;
    } else {
        let folder = place.join("journal");
        make_folder(disk, &folder).map_err(StoreError::io("create", &folder))?;
        journal.rewrite(disk).map_err(StoreError::io("write", &path))?;
    }
    for (_, _, line) in &loaded.rescued.records {
        journal.push(line.clone());
    }
    journal.flush(disk).map_err(StoreError::io("write", &path))?;
    Ok(journal)
}

/// Keeps a file that is about to be written anew in `recovered/DATE/`.
pub(super) fn set_aside(
    surroundings: &Surroundings,
    place: &Path,
    kind: &str,
    coder: &Coder,
    bytes: &[u8],
) -> Result<PathBuf, StoreError> {
    let date = now().to_string().replace(':', "");
    let folder = place.join("recovered").join(date);
    let path = folder.join(format!("{kind}-{}.ron", coder_file(coder.name())));
    let disk = &*surroundings.disk;
    make_folder(disk, &folder).map_err(StoreError::io("create", &folder))?;
    replace(disk, &path, &coder_sign(coder.name()), bytes).map_err(StoreError::io("write", &path))?;
    Ok(path)
}

/// The coders of the register, then others whose annotations the project holds, by name.
pub(super) fn all_coders(project: &Project, named: &[Coder]) -> Vec<Coder> {
    let mut coders = named.to_vec();
    let mut others = std::collections::BTreeSet::new();
    for (_, annotation) in project.annotations() {
        if !coders.contains(&annotation.coder) {
            others.insert(annotation.coder.clone());
        }
    }
    coders.extend(others);
    coders
}
