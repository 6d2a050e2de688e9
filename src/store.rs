//! Projects on a disk: reading, writing, importing, and losing nothing.
//!
//! Owns the project folder (`NAME.hashiya/`), its files and their order of writing, the journal, the lock, the decoding of
//! source texts, and the user's state directory. It knows nothing of a window, and never makes the caller wait for a disk: a
//! [`Session`] writes on its own thread. It never overwrites a file that somebody else changed since it was read, and never
//! writes beside the user's documents.
//!
//! **How a save is one act.** A save rewrites several files. Their new contents are first written and synced beside the old ones
//! (`.NAME.new`); then one small file, `journal/CODER.saving`, lists them and is synced: from that moment the save has happened.
//! Then the files are renamed into place, the journal is emptied, and the list is removed. Opening a project finishes a save
//! whose list is there, and throws away new contents without a list. `history/CODER.ron` records the last edit folded into the
//! files, and replay skips the edits up to it. Tables, codebook and register hold no counters, so that undoing everything
//! gives back the same bytes.

mod atomic;
mod atomic_folder;
mod check;
mod create;
pub mod decode;
pub mod disk;
mod error;
mod fault;
mod format;
mod import;
mod journal;
mod lock;
pub mod merge;
mod migrate;
mod names;
mod notation;
mod open;
mod pages;
mod parallel;
mod place;
mod progress;
mod read;
mod repair;
mod replay;
mod rounds;
mod rows;
mod save;
mod session;
pub mod snapshots;
mod stamps;
mod steps;
mod tables;
mod tentative;
mod texts;
mod watch;
pub mod window_state;
mod writer;

pub use atomic::{AtomicFile, write_atomically};
pub use atomic_folder::AtomicFolder;
pub use check::{Summary, check, summary};
pub use create::{create, create_with};
pub use error::StoreError;
pub use fault::{Fault, Remedy};
pub use import::{ImportOptions, Imported, Refused, document_from_bytes, read_documents, read_files};
pub use lock::{LockHolder, WATCH as LOCK_WATCH};
pub use open::{OpenMode, OpenReport, Opened, open, open_showing, open_with};
pub use place::{Place, Roots, default_coder, look_at, unnamed_place, untitled_place};
pub use progress::Progress;
pub use repair::{Repaired, repair, repair_in};
pub use rounds::Retry;
pub use session::{Session, SessionEvent, Wake, Writing};
pub use stamps::SystemStamps;
pub use tentative::Tentative;
pub use texts::earlier_text;

use std::sync::Arc;

/// The version of the files that this program writes. It reads all that came before.
pub const FORMAT_VERSION: u32 = format::VERSION;

/// What the store works with: the disk, and the user's own folders. Tests give others.
#[derive(Clone)]
pub struct Surroundings {
    /// Through what every file of a project is read and written.
    pub disk: Arc<dyn disk::Disk>,
    /// The user's data and state directories; `None` where there is no home.
    pub roots: Option<Roots>,
}

impl Surroundings {
    /// The real disk and the user's own folders.
    pub fn of_user() -> Self {
        Self { disk: Arc::new(disk::RealDisk), roots: Roots::of_user().ok() }
    }
}
