//! How a verb ends when it does not end well.

use std::io;

use crate::store::StoreError;

/// Why a verb stopped.
#[derive(Debug)]
pub(super) enum Failure {
    /// The flags do not fit together, or a value means nothing: exit 2. One sentence that says what to write instead.
    WrongUse(String),
    /// It was asked for rightly and could not be done: exit 1. One sentence that names the file and what to do.
    Failed(String),
    /// A signal ended it, of this number: exit 128 and that number. One sentence on what was left as it was.
    Interrupted(i32, String),
    /// Whoever read standard output has closed it.
    ReaderGone,
}

/// Only standard output fails with a bare [`io::Error`]: errors of files carry their paths.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::Failed(format!("cannot write to standard output: {error}; send it somewhere else")),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        io::Error::from(error).into()
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}
