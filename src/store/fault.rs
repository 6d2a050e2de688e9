//! What is not as it should be in a project folder: which file, which line, what, and what to do.

use super::StoreError;
use super::error::in_one_line;

/// Something that is not as it should be in a project folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, relative to the project folder, with `/` between names.
    pub file: String,
    /// The line, from 1, where there is one.
    pub line: Option<usize>,
    /// What is wrong, as a sentence without its full stop.
    pub what: String,
    /// Whether something is missing or wrong because of it, so that `check` fails.
    pub fatal: bool,
    /// What can be done about it.
    pub remedy: Remedy,
}

/// What can be done about a fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing needs to be done, or the sentence says it.
    #[default]
    None,
    /// A repair mends it.
    Repair,
    /// The file is to come from a copy; a repair goes on without it.
    Copy,
    /// The program is too old.
    Update,
    /// What is missing is on its way.
    Wait,
    /// The file is none of the project's.
    Stray,
}

impl Remedy {
    fn sentence(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Repair => "; «hashiya check --repair» mends it and keeps the original",
            Self::Copy => {
                "; put the file back from a copy, or let «hashiya check --repair» go on without what is lost"
            }
            Self::Update => "; update the program",
            Self::Stray => "; put the register back that names it, or move the file away",
            Self::Wait => "; wait until the folder is in step with the other machines",
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&in_one_line(&self.file))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}{}", in_one_line(&self.what), self.remedy.sentence())
    }
}

impl Fault {
    /// Something that a repair can mend.
    pub(crate) fn fatal(file: impl Into<String>, line: Option<usize>, what: impl Into<String>) -> Self {
        Self { file: file.into(), line, what: what.into(), fatal: true, remedy: Remedy::Repair }
    }

    /// Something good to know, with which nothing is lost.
    pub(crate) fn noted(file: impl Into<String>, line: Option<usize>, what: impl Into<String>) -> Self {
        Self { file: file.into(), line, what: what.into(), fatal: false, remedy: Remedy::None }
    }

    /// The same with another remedy.
    pub(crate) fn with(self, remedy: Remedy) -> Self {
        Self { remedy, ..self }
    }

    /// What a file could not be read for.
    pub(crate) fn of(file: impl Into<String>, error: &StoreError) -> Self {
        match error {
            StoreError::Damaged { line, what, .. } => {
                Self::fatal(file, *line, format!("the file is damaged ({what})"))
            }
            StoreError::Newer { version, .. } => {
                let what = format!("it was written by a newer Hashiya (format {version})");
                Self::fatal(file, None, what).with(Remedy::Update)
            }
            StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                Self::fatal(file, None, "the file is missing").with(Remedy::Copy)
            }
            StoreError::Io { source, .. } => {
                let what = format!("it cannot be read: {}", super::error::reason(source));
                Self::fatal(file, None, what).with(Remedy::None)
            }
            _ => Self::fatal(file, None, error.to_string()),
        }
    }
}
