//! Who has a project open: one lock a coder, so that two windows of one coder do not write the same files.
//!
//! On one machine the lock is the system's own lock on the file `locks/CODER`, which ends with the process that holds it. Between
//! machines that share a folder, what stands in the file counts: host, process, and a heartbeat that is renewed while it is held.

use gethostname::gethostname;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::StoreError;
use super::format::VERSION;
use super::notation::{line, parse};
use super::stamps::now;
use crate::model::Timestamp;

/// How long a lock of another machine counts without a heartbeat, in milliseconds.
const STALE_AFTER: i64 = 5 * 60 * 1000;

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockHolder {
    /// The name of the machine.
    pub host: String,
    /// The process on it.
    pub process: u32,
    /// Since when.
    pub since: Timestamp,
}

impl std::fmt::Display for LockHolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "process {} on {}, since {}", self.process, self.host, self.since)
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct LockFile {
    version: u32,
    host: String,
    process: u32,
    since: Timestamp,
    heartbeat: Timestamp,
}

/// A held lock; dropped, it is released.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    file: File,
    since: Timestamp,
}

/// What came of the wish for a lock.
#[derive(Debug)]
pub(super) enum Attempt {
    /// It is ours.
    Held(Lock),
    /// Somebody else has it.
    Taken(LockHolder),
}

impl Lock {
    /// Takes the lock of a coder, or says who has it. A lock whose process has ended is taken over.
    pub fn take(path: &Path) -> Result<Attempt, StoreError> {
        let fail = |error| StoreError::io("lock", path)(error);
        fs::create_dir_all(super::disk::folder_of(path)).map_err(fail)?;
        loop {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(path)
                .map_err(fail)?;
            let told = read(&mut file);
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => return Ok(Attempt::Taken(holder(told))),
                // A file system without locks: what the file says must do.
                Err(TryLockError::Error(_)) if told.as_ref().is_some_and(may_live_here) => {
                    return Ok(Attempt::Taken(holder(told)));
                }
                Ok(()) | Err(TryLockError::Error(_)) => {}
            }
            if !is_named(&file, path) {
                continue;
            }
            if let Some(other) = read(&mut file).filter(lives_elsewhere) {
                return Ok(Attempt::Taken(holder(Some(other))));
            }
            let mut lock = Self { path: path.to_owned(), file, since: now() };
            lock.beat().map_err(fail)?;
            return Ok(Attempt::Held(lock));
        }
    }

    /// Tells other machines that the lock is still held.
    pub fn beat(&mut self) -> std::io::Result<()> {
        let content = LockFile {
            version: VERSION,
            host: host(),
            process: std::process::id(),
            since: self.since,
            heartbeat: now(),
        };
        let text = line(&content).map_err(std::io::Error::other)? + "\n";
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(text.as_bytes())?;
        self.file.set_len(text.len() as u64)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if is_named(&self.file, &self.path) {
            fs::remove_file(&self.path).ok();
        }
    }
}

fn host() -> String {
    gethostname().to_string_lossy().into_owned()
}

fn read(file: &mut File) -> Option<LockFile> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(4096).read_to_string(&mut text).ok()?;
    parse(&text).ok()
}

fn holder(told: Option<LockFile>) -> LockHolder {
    match told {
        Some(LockFile { host, process, since, .. }) => LockHolder { host, process, since },
        None => LockHolder { host: host(), process: 0, since: Timestamp::default() },
    }
}

/// A lock of another machine that had a heartbeat lately.
fn lives_elsewhere(told: &LockFile) -> bool {
    told.host != host() && (now().milliseconds() - told.heartbeat.milliseconds()).abs() < STALE_AFTER
}

/// A lock of this machine whose process is still there.
fn may_live_here(told: &LockFile) -> bool {
    told.host == host()
        && told.process != std::process::id()
        && (!cfg!(target_os = "linux") || Path::new("/proc").join(told.process.to_string()).exists())
        && (now().milliseconds() - told.heartbeat.milliseconds()).abs() < STALE_AFTER
}

/// Whether an open file is still the one of this name; a lock on a removed file holds nothing.
fn is_named(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        match (file.metadata(), fs::metadata(path)) {
            (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
            _ => false,
        }
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
    }
}
