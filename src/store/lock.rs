//! Who has a project open: one lock a coder, so that two windows of one coder do not write the same files.
//!
//! On one machine the lock is the system's own lock on the file `locks/CODER`, which ends with the process that holds it, however that
//! ended. Between machines that share a folder, what stands in the file counts: owner, host, process, and a heartbeat that is
//! renewed while it is held. Whoever holds a lock looks before each write whether the file still says so.
//!
//! **Clocks apart.** Machines may disagree about the time, so the heartbeat of another machine is compared with our clock last. A lock
//! is left behind when it was not touched for five minutes *by the clock of the disk it lies on* (the change time of the lock file against
//! that of a file just made beside it; both are of one clock, whoever wrote them), or when its heartbeat is more than a day old. It is
//! alive when its heartbeat is within five minutes of our clock, before or after. Between the two, as with a clock that is wrong or a
//! file that a sync has just brought, it is in doubt: it counts as held until it was watched for longer than two heartbeats by our own
//! stopwatch and did not change.

use gethostname::gethostname;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::StoreError;
use super::format::VERSION;
use super::names::sha256_hex;
use super::notation::{line, parse};
use super::stamps::now;
use crate::model::{Coder, Timestamp};

/// How often a held lock is renewed.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(20);

/// How long a lock of another machine counts without a heartbeat.
const STALE_AFTER: Duration = Duration::from_secs(5 * 60);

/// No clock that anybody works by is wrong by more.
const APART: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a lock in doubt is watched: more than two heartbeats.
pub const WATCH: Duration = Duration::from_secs(45);

/// How long a file that cannot be read is given to be written to its end; and, where the file system has no locks, how long a rival has
/// to show itself.
const SETTLE: Duration = Duration::from_millis(200);

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockHolder {
    /// The coder whose lock it is.
    pub owner: String,
    /// The name of the machine.
    pub host: String,
    /// The process on it; 0 where it is not known.
    pub process: u32,
    /// Since when, by the clock of that machine.
    pub since: Timestamp,
    /// When it last gave a sign of life, by the clock of that machine.
    pub heartbeat: Timestamp,
    /// Whether it may be left behind: watched for a while, it can be told.
    pub in_doubt: bool,
}

impl std::fmt::Display for LockHolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.process {
            0 => write!(f, "another process on {}", self.host),
            process => write!(f, "process {process} on {}, since {}", self.host, self.since),
        }
    }
}

/// What stands in a lock file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct LockFile {
    version: u32,
    #[serde(default)]
    owner: String,
    host: String,
    /// Tells two machines of one name apart, where the system has a sign for that.
    #[serde(default)]
    machine: String,
    process: u32,
    since: Timestamp,
    heartbeat: Timestamp,
}

impl LockFile {
    /// Whether both are of one holder.
    fn is_of(&self, other: &LockFile) -> bool {
        (&self.host, &self.machine, self.process, self.since)
            == (&other.host, &other.machine, other.process, other.since)
    }

    /// Whether the holder is, or was, on this machine.
    fn is_here(&self) -> bool {
        let machine = machine();
        self.host == host() && (self.machine.is_empty() || machine.is_empty() || self.machine == machine)
    }
}

/// A held lock; dropped, it is released.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    file: File,
    content: LockFile,
}

/// What came of the wish for a lock.
#[derive(Debug)]
pub(super) enum Attempt {
    /// It is ours; where somebody left it behind, whose it was.
    Held(Lock, Option<LockHolder>),
    /// Somebody else has it.
    Taken(LockHolder),
}

impl Lock {
    /// Takes the lock of a coder, or says who has it. A lock that was left behind is taken over; of several processes that try, one gets it.
    pub fn take(path: &Path, owner: &Coder) -> Result<Attempt, StoreError> {
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
            let has_locks = match file.try_lock() {
                Err(TryLockError::WouldBlock) => {
                    return Ok(Attempt::Taken(holder(read_settled(&mut file), owner, false)));
                }
                Ok(()) => true,
                Err(TryLockError::Error(_)) => false,
            };
            if !is_named(&file, path) {
                continue;
            }
            let told = read_settled(&mut file);
            if let Some(told) = &told {
                let verdict = if told.is_here() {
                    // Where there are locks, the system has just said that no process here holds this one.
                    if !has_locks && may_live_here(told) { Verdict::Alive } else { Verdict::LeftBehind }
                } else {
                    judge(told, touched_ago(&file, path), now(), watched(path, told))
                };
                if verdict != Verdict::LeftBehind {
                    let in_doubt = verdict == Verdict::InDoubt;
                    return Ok(Attempt::Taken(holder(Some(told.clone()), owner, in_doubt)));
                }
            }
            let since = now();
            let content = LockFile {
                version: VERSION,
                owner: owner.name().to_owned(),
                host: host(),
                machine: machine(),
                process: std::process::id(),
                since,
                heartbeat: since,
            };
            let mut lock = Self { path: path.to_owned(), file, content };
            lock.beat().map_err(fail)?;
            if !has_locks {
                // The last to write has it; who wrote before sees the other's name.
                std::thread::sleep(SETTLE);
                if let Some(other) = read(&mut lock.file).filter(|told| !told.is_of(&lock.content)) {
                    return Ok(Attempt::Taken(holder(Some(other), owner, false)));
                }
            }
            let before = told.map(|told| holder(Some(told), owner, false));
            return Ok(Attempt::Held(lock, before));
        }
    }

    /// Tells other machines that the lock is still held.
    pub fn beat(&mut self) -> std::io::Result<()> {
        self.content.heartbeat = now();
        let text = line(&self.content).map_err(std::io::Error::other)? + "\n";
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(text.as_bytes())?;
        self.file.set_len(text.len() as u64)
    }

    /// Makes sure that the lock is still ours, as it may not be after the machine has slept; takes it again where its file was removed or
    /// put back as it was.
    ///
    /// # Errors
    /// Who has it instead.
    pub fn keep(&mut self) -> Result<(), LockHolder> {
        if is_named(&self.file, &self.path)
            && read(&mut self.file).is_some_and(|told| told.is_of(&self.content))
        {
            return Ok(());
        }
        let owner = Coder::new(&self.content.owner);
        let named = File::open(&self.path).ok().and_then(|mut file| read(&mut file));
        let other = named.filter(|told| !told.is_of(&self.content));
        if is_named(&self.file, &self.path) {
            // Somebody wrote into our file. Nobody on this machine: that would need the system's lock.
            return match other {
                Some(other) => Err(holder(Some(other), &owner, false)),
                None => {
                    self.beat().ok();
                    Ok(())
                }
            };
        }
        if !super::disk::folder_of(super::disk::folder_of(&self.path)).is_dir() {
            // The whole project is gone; nothing is made in its place.
            return Ok(());
        }
        match other {
            Some(other) if !other.is_here() => Err(holder(Some(other), &owner, false)),
            _ => match Self::take(&self.path, &owner) {
                Ok(Attempt::Held(lock, _)) => {
                    *self = lock;
                    Ok(())
                }
                Ok(Attempt::Taken(holder)) => Err(holder),
                // The folder is gone or cannot be written: whoever writes next finds out why.
                Err(_) => Ok(()),
            },
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if is_named(&self.file, &self.path)
            && read(&mut self.file).is_none_or(|told| told.is_of(&self.content))
        {
            fs::remove_file(&self.path).ok();
        }
    }
}

fn host() -> String {
    gethostname().to_string_lossy().into_owned()
}

/// A sign of this machine that no other has, where the system keeps one: a hash, because the sign itself is nobody's business.
fn machine() -> String {
    let sign = ["/etc/machine-id", "/var/lib/dbus/machine-id"].into_iter().find_map(|path| {
        fs::read_to_string(path).ok().map(|id| id.trim().to_owned()).filter(|id| !id.is_empty())
    });
    sign.map(|id| sha256_hex(format!("hashiya {id}").as_bytes())[..12].to_owned()).unwrap_or_default()
}

fn read(file: &mut File) -> Option<LockFile> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(4096).read_to_string(&mut text).ok()?;
    parse(&text).ok()
}

/// Reads a lock file; one that cannot be read may be half written, and is read again in a moment. An empty one was just made.
fn read_settled(file: &mut File) -> Option<LockFile> {
    read(file).or_else(|| {
        if file.metadata().is_ok_and(|metadata| metadata.len() == 0) {
            return None;
        }
        std::thread::sleep(SETTLE);
        read(file)
    })
}

fn holder(told: Option<LockFile>, owner: &Coder, in_doubt: bool) -> LockHolder {
    match told {
        Some(LockFile { owner: named, host, process, since, heartbeat, .. }) => {
            let owner = if named.is_empty() { owner.name().to_owned() } else { named };
            LockHolder { owner, host, process, since, heartbeat, in_doubt }
        }
        None => LockHolder {
            owner: owner.name().to_owned(),
            host: host(),
            process: 0,
            since: Timestamp::default(),
            heartbeat: Timestamp::default(),
            in_doubt,
        },
    }
}

/// What is known of the holder on another machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Alive,
    InDoubt,
    LeftBehind,
}

/// Whether another machine still holds a lock: see the head of this module. `touched` is for how long the file was not touched, by the
/// clock of its disk; `watched` for how long it was seen not to change, by our stopwatch.
fn judge(told: &LockFile, touched: Option<Duration>, now: Timestamp, watched: Duration) -> Verdict {
    let age = now.milliseconds() - told.heartbeat.milliseconds();
    let apart = Duration::from_millis(age.unsigned_abs());
    if touched.is_some_and(|touched| touched >= STALE_AFTER) {
        Verdict::LeftBehind
    } else if apart < STALE_AFTER {
        Verdict::Alive
    } else if (age > 0 && apart >= APART) || watched >= WATCH {
        Verdict::LeftBehind
    } else {
        Verdict::InDoubt
    }
}

/// For how long a lock was seen to stand there unchanged by this process.
fn watched(path: &Path, told: &LockFile) -> Duration {
    type Seen = HashMap<PathBuf, (LockFile, Instant)>;
    static SEEN: LazyLock<Mutex<Seen>> = LazyLock::new(Mutex::default);
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    match seen.get(path) {
        Some((before, since)) if before == told => since.elapsed(),
        _ => {
            seen.insert(path.to_owned(), (told.clone(), Instant::now()));
            Duration::ZERO
        }
    }
}

/// How long ago a file was last touched, by the clock of the disk it lies on: nothing where that cannot be known.
fn touched_ago(file: &File, path: &Path) -> Option<Duration> {
    let name = path.file_name()?.to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.clock", std::process::id()));
    let made = OpenOptions::new().write(true).create(true).truncate(true).open(&beside);
    let clock = made.and_then(|mut file| {
        file.write_all(b" ")?;
        changed_at(&file)
    });
    fs::remove_file(&beside).ok();
    clock.ok()?.duration_since(changed_at(file).ok()?).ok()
}

/// When a file was last changed: its change time, which no program can set; elsewhere than on Unix the time of its last writing.
fn changed_at(file: &File) -> std::io::Result<SystemTime> {
    let metadata = file.metadata()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let seconds = u64::try_from(metadata.ctime()).map_err(std::io::Error::other)?;
        Ok(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
    }
    #[cfg(not(unix))]
    metadata.modified()
}

/// A lock of this machine whose process is still there; for file systems without locks.
fn may_live_here(told: &LockFile) -> bool {
    let age = Duration::from_millis((now().milliseconds() - told.heartbeat.milliseconds()).unsigned_abs());
    told.process != std::process::id()
        && (!cfg!(target_os = "linux") || Path::new("/proc").join(told.process.to_string()).exists())
        && age < STALE_AFTER
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(heartbeat: i64) -> LockFile {
        LockFile {
            version: 1,
            owner: "سارة".into(),
            host: "elsewhere".into(),
            machine: String::new(),
            process: 7,
            since: Timestamp::from_milliseconds(0),
            heartbeat: Timestamp::from_milliseconds(heartbeat),
        }
    }

    #[test]
    fn a_lock_of_another_machine_is_judged_by_the_clock_of_the_disk_and_by_watching() {
        use Verdict::{Alive, InDoubt, LeftBehind};
        const MINUTE: i64 = 60_000;
        let now = 1_700_000_000_000;
        let minutes = |count: u64| Duration::from_secs(60 * count);
        // Age of the heartbeat by our clock in minutes, minutes since the disk saw the file touched, seconds watched.
        for (age, touched, watched, verdict) in [
            (0, Some(0), 0, Alive),
            (4, Some(4), 0, Alive),
            (4, None, 0, Alive),
            (-4, Some(0), 0, Alive),
            // Its clock is ten minutes slow or an hour fast, and it still beats.
            (10, Some(0), 0, InDoubt),
            (-60, Some(0), 0, InDoubt),
            (10, Some(1), 44, InDoubt),
            (10, Some(1), 46, LeftBehind),
            (-60, None, 46, LeftBehind),
            // The disk has not seen it touched, whatever the clocks say.
            (0, Some(6), 0, LeftBehind),
            (-60, Some(6), 0, LeftBehind),
            (10, Some(6), 0, LeftBehind),
            // No clock is wrong by more than a day.
            (25 * 60, Some(0), 0, LeftBehind),
            (-25 * 60, Some(0), 0, InDoubt),
        ] {
            let told = told(now - age * MINUTE);
            let touched = touched.map(minutes);
            let found =
                judge(&told, touched, Timestamp::from_milliseconds(now), Duration::from_secs(watched));
            assert_eq!(found, verdict, "{age} {touched:?} {watched}");
        }
    }

    #[test]
    fn a_lock_whose_file_was_removed_is_taken_again_and_one_that_another_wrote_is_lost() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("locks").join("coder");
        let owner = Coder::new("سارة");
        let take = || match Lock::take(&path, &owner).expect("a lock") {
            Attempt::Held(lock, _) => lock,
            Attempt::Taken(holder) => panic!("{holder}"),
        };
        let mut lock = take();
        assert_eq!(lock.keep(), Ok(()));
        fs::remove_file(&path).expect("removed");
        assert_eq!(lock.keep(), Ok(()), "nobody has it");
        assert!(matches!(Lock::take(&path, &owner), Ok(Attempt::Taken(_))), "it is ours again");
        // A sync puts an older copy of our own file back.
        let copy = fs::read(&path).expect("read");
        let other = path.with_extension("copy");
        super::super::write_atomically(&other, &copy).expect("written");
        fs::rename(&other, &path).expect("put in place");
        assert_eq!(lock.keep(), Ok(()));
        assert!(matches!(Lock::take(&path, &owner), Ok(Attempt::Taken(_))), "it is ours again");
        // Another machine has taken over while this one slept.
        let theirs = line(&told(now().milliseconds())).expect("written");
        super::super::write_atomically(&other, theirs.as_bytes()).expect("written");
        fs::rename(&other, &path).expect("put in place");
        let holder = lock.keep().expect_err("it is lost");
        assert_eq!((holder.host.as_str(), holder.process), ("elsewhere", 7));
        drop(lock);
        assert_eq!(fs::read(&path).expect("still there"), theirs.as_bytes(), "it is not ours to remove");
    }
}
