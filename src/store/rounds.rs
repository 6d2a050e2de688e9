//! What the writing thread does by itself from time to time: it renews the lock, makes sure before it writes that the lock is still
//! held, and, where somebody else has the project open, waits for that to end.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::StoreError;
use super::disk::{Looks, replace};
use super::format::CODEBOOK_FILE;
use super::lock::{Attempt, HEARTBEAT, Lock};
use super::names::coder_sign;
use super::place::PROJECT_FILE;
use super::read::rescue_folder;
use super::session::{SessionEvent, Writing};
use super::stamps::now;
use super::texts::keep_texts;
use super::writer::{Writer, lock_path};

/// How often somebody else's lock is tried.
const TRY_AGAIN: Duration = Duration::from_secs(10);

/// When something that failed is tried again by itself: after a second, and then after twice as long each time, at most a minute.
#[derive(Clone, Debug, Default)]
pub struct Retry {
    failures: u32,
    last: Option<Instant>,
}

impl Retry {
    /// It failed again.
    pub fn failed(&mut self) {
        self.failures += 1;
        self.last = Some(Instant::now());
    }

    /// It went well; there is nothing to try again.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// How long until it is to be tried again; none where nothing failed.
    pub fn rest(&self) -> Option<Duration> {
        let pause = Duration::from_secs(1 << self.failures.saturating_sub(1).min(6)).min(LONGEST_PAUSE);
        Some((self.last? + pause).saturating_duration_since(Instant::now()))
    }
}

/// The longest pause before something that failed is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(4);

/// Every so many looks one is thorough.
const THOROUGH: u32 = 15;

/// How some files look, by their names.
type Shown = Vec<(String, Option<Looks>)>;

/// When the thread wakes by itself.
pub(super) struct Rounds {
    /// When the lock was last renewed.
    beat: Instant,
    /// When somebody else's lock was last tried; none where it is not waited for.
    tried: Option<Instant>,
    /// When edits that could not be written are tried again.
    pub again: Retry,
    /// When the files were last looked at; none where nobody cares what becomes of them.
    looked: Option<Instant>,
    /// How many looks there were.
    looks: u32,
    /// How the files looked that a session for reading only shows.
    shown: Option<Shown>,
}

impl Rounds {
    /// The rounds of a session that begins now; `waits` says that somebody else has the lock, `looks` that changes by others matter.
    pub fn new(waits: bool, looks: bool) -> Self {
        let now = Instant::now();
        Self {
            beat: now,
            tried: waits.then_some(now),
            again: Retry::default(),
            looked: looks.then_some(now),
            looks: 0,
            shown: None,
        }
    }

    /// How long the thread may rest.
    pub fn rest(&self) -> Duration {
        let tried = self.tried.map(|tried| tried + TRY_AGAIN);
        let looked = self.looked.map(|looked| looked + LOOK);
        let next = tried.into_iter().chain(looked).fold(self.beat + HEARTBEAT, Instant::min);
        let next = next.saturating_duration_since(Instant::now());
        self.again.rest().map_or(next, |again| next.min(again))
    }
}

impl Writer {
    /// Does what is due.
    pub fn go_round(&mut self) {
        if self.rounds.beat.elapsed() >= HEARTBEAT {
            self.keep_lock();
            self.beat();
            self.rounds.beat = Instant::now();
        }
        if self.rounds.again.rest() == Some(Duration::ZERO) {
            if self.is_behind() {
                self.flush();
            } else {
                self.rounds.again.succeeded();
            }
        }
        if self.rounds.looked.is_some_and(|looked| looked.elapsed() >= LOOK) {
            self.rounds.looks += 1;
            if self.is_read_only() {
                self.look_whether_outdated();
            } else {
                self.look_round(self.rounds.looks.is_multiple_of(THOROUGH));
            }
            self.rounds.looked = Some(Instant::now());
        }
        if self.rounds.tried.is_some_and(|tried| tried.elapsed() >= TRY_AGAIN) {
            let path = lock_path(&self.place(), &self.coder);
            let is_free = path.parent().is_some_and(std::path::Path::is_dir)
                && matches!(Lock::take(&path, &self.coder), Ok(Attempt::Held(..)));
            self.rounds.tried = (!is_free).then(Instant::now);
            if is_free {
                self.tell(SessionEvent::LockFree);
            }
        }
    }

    /// A session for reading only follows what others write, by being opened anew. One that lost its lock may hold edits, and stays.
    fn look_whether_outdated(&mut self) {
        if self.lost.is_some() {
            return;
        }
        let now = self.looks_of_what_is_shown();
        let is_other = self.rounds.shown.as_ref().is_some_and(|before| *before != now);
        self.rounds.shown = Some(now);
        if is_other {
            self.tell(SessionEvent::Outdated);
        }
    }

    /// What a save writes; not the journals, which grow with every edit.
    fn looks_of_what_is_shown(&self) -> Shown {
        let (disk, place) = (self.disk(), self.place());
        let mut names = vec![PROJECT_FILE.to_owned(), CODEBOOK_FILE.to_owned()];
        for folder in ["history", "annotations"] {
            let listed = disk.list(&place.join(folder)).unwrap_or_default();
            let listed = listed.into_iter().filter(|name| !name.starts_with('.'));
            names.extend(listed.map(|name| format!("{folder}/{name}")));
        }
        names.into_iter().map(|name| (name.clone(), disk.look(&place.join(name)).ok())).collect()
    }

    fn beat(&mut self) {
        if let Some(Err(error)) = self.lock.as_mut().map(Lock::beat) {
            let path = lock_path(&self.place(), &self.coder);
            self.tell(SessionEvent::Failed {
                during: Writing::Lock,
                error: StoreError::io("write", &path)(error),
                kept_in: None,
            });
        }
    }

    /// Makes sure that the lock is still ours; without it nothing is written any more.
    pub fn keep_lock(&mut self) {
        if self.is_read_only() {
            return;
        }
        if let Some(Err(holder)) = self.lock.as_mut().map(Lock::keep) {
            self.shared.read_only.store(true, Ordering::Release);
            self.lock = None;
            self.lost = Some(holder.clone());
            self.tell(SessionEvent::LockLost(holder));
        }
    }

    /// Why nothing is written.
    pub fn refusal(&self) -> StoreError {
        match &self.lost {
            Some(holder) => StoreError::LockLost { path: self.place(), holder: holder.to_string() },
            None => StoreError::ReadOnly(self.place()),
        }
    }

    /// Keeps the edits that came after the lock was lost in a place of their own. They are not replayed by themselves: whoever took the
    /// project over has gone on from what was there, under the same numbers.
    pub fn keep_apart(&self) -> Option<PathBuf> {
        let folder = rescue_folder(&self.surroundings, &self.saved, &self.coder)?;
        let name =
            format!("{}-{}", folder.file_name()?.to_string_lossy(), now().to_string().replace(':', ""));
        let folder = folder.with_file_name(name);
        let disk = self.disk();
        disk.create_folder(&folder).ok()?;
        let sign = coder_sign(self.coder.name());
        keep_texts(&*disk, &folder, &sign, &self.texts).ok()?;
        replace(&*disk, &folder.join("journal.ron"), &sign, &self.journal.bytes()).ok()?;
        Some(folder)
    }
}
