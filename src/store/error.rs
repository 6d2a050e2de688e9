//! What can go wrong on a disk, each as one sentence that names the file and what to do.

use std::io;
use std::path::{Path, PathBuf};

/// A failure of the store. Its text is one plain sentence for a reader.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing stands at the path.
    #[error("there is nothing at «{}»; check the path", .0.display())]
    Missing(PathBuf),
    /// A folder was needed, and this is something else.
    #[error("«{}» is not a folder; open the folder that holds it", .0.display())]
    NotAFolder(PathBuf),
    /// A project folder without its `project.ron`.
    #[error("«{}» is a project folder, but its project.ron is missing; put it back from a copy", .0.display())]
    NoProjectFile(PathBuf),
    /// The path is not a project.
    #[error("«{}» is not a Hashiya project; name a folder that holds a project.ron", .0.display())]
    NotAProject(PathBuf),
    /// Something is already there, and it is not overwritten.
    #[error("«{}» already exists and is not overwritten; choose another name", .0.display())]
    Exists(PathBuf),
    /// A folder that holds something, where an empty one was needed.
    #[error("«{}» is not empty; name a new folder, or ask to write into this one", .0.display())]
    NotEmpty(PathBuf),
    /// The system refused.
    #[error("cannot {act} «{}»: {}", .path.display(), reason(.source))]
    Io {
        /// What was tried, such as `read`.
        act: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of a project is cut off or was altered.
    #[error("«{}» is damaged ({}{}); put it back from a copy, or run «hashiya check --repair»", .path.display(), at_line(*.line), in_one_line(.what))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1, where there is one.
        line: Option<usize>,
        /// What is wrong with it.
        what: String,
    },
    /// A file was written by a later version of the program.
    #[error("«{}» was written by a newer Hashiya (format {version}); update the program to open it", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format version.
        version: u32,
    },
    /// Another program changed a file since it was read here.
    #[error("«{}» was changed by another program since it was read, and nothing was overwritten; use «Save as…» to keep this version elsewhere", .0.display())]
    Changed(PathBuf),
    /// Another program changed files meanwhile, and nobody has merged that.
    #[error("«{}» was changed by another program meanwhile; nothing was overwritten, and the edits wait in the journal: they are brought together when the project is opened", .0.display())]
    Unmerged(PathBuf),
    /// The project folder is no longer where it was.
    #[error("the project folder «{}» is no longer there; put it back, or use «Save as…» to keep the project elsewhere", .0.display())]
    Gone(PathBuf),
    /// The project is open for reading only.
    #[error("«{}» is open for reading only; use «Save as…» to keep changes elsewhere", .0.display())]
    ReadOnly(PathBuf),
    /// Another window of the same coder has the project open.
    #[error("«{}» is open in another window ({holder}); close that one, or wait until it is done", .path.display())]
    Locked {
        /// The project.
        path: PathBuf,
        /// Who has it open.
        holder: String,
    },
    /// Somebody took the lock of an open project.
    #[error("«{}» was taken over by {holder} while this window was not looking, so it is open for reading only here; use «Save as…» to keep this version elsewhere", .path.display())]
    LockLost {
        /// The project.
        path: PathBuf,
        /// Who has it now.
        holder: String,
    },
    /// A text that is no text.
    #[error("«{}» is not text: {why}", .path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// Why it was refused.
        why: String,
    },
    /// There is no home directory to keep data in.
    #[error("there is no home directory to keep projects in; set HOME or XDG_DATA_HOME")]
    NoHome,
    /// The reader cancelled the work.
    #[error("cancelled")]
    Cancelled,
    /// The writing thread ended before its time.
    #[error("the writing of «{}» stopped unexpectedly; edits since then are not on the disk, use «Save as…»", .0.display())]
    WriterGone(PathBuf),
    /// A value that the notation cannot hold.
    #[error("«{}» cannot be written: {what}", .path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        what: String,
    },
}

fn at_line(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!("line {line}: "))
}

impl StoreError {
    /// A refusal of the system, with what was tried on which path.
    pub(crate) fn io(act: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { act, path, source }
    }

    /// Whether the reader cancelled, which is no failure to tell of.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled)
    }
}

/// The reason in plain words, with what can be done about the common ones.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".into(),
        io::ErrorKind::PermissionDenied => "permission denied; check who may read and write there".into(),
        io::ErrorKind::StorageFull => "the disk is full; free some space".into(),
        io::ErrorKind::QuotaExceeded => "the disk quota is used up; free some space".into(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".into(),
        io::ErrorKind::NotADirectory => "a part of the path is not a folder".into(),
        io::ErrorKind::IsADirectory => "it is a folder".into(),
        io::ErrorKind::FileTooLarge => "the file would be too large".into(),
        io::ErrorKind::InvalidFilename => "the name is too long or not allowed there".into(),
        _ => error.to_string(),
    }
}

/// A sentence that may quote a damaged file, without the file's line ends and other control characters.
pub(super) fn in_one_line(what: &str) -> std::borrow::Cow<'_, str> {
    if !what.contains(char::is_control) {
        return what.into();
    }
    let spelled = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    what.chars().map(spelled).collect::<String>().into()
}
