//! The files outside a project that exports write and imports read: what stands behind [`Sink`] and [`Source`] on a disk.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::exchange::{self, ExchangeError, Format, Loss, Options, Out, Scope, Sink, Source};
use crate::model::Project;
use crate::store::{AtomicFile, AtomicFolder, StoreError};

impl Sink for AtomicFile {
    fn file(&mut self, _name: &str) -> io::Result<&mut dyn Write> {
        Ok(self)
    }
}

impl Sink for AtomicFolder {
    fn file(&mut self, name: &str) -> io::Result<&mut dyn Write> {
        AtomicFolder::file(self, name)
    }
}

/// Why an export or an import of files came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// The disk refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The project or the format.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

/// An export to be written.
#[derive(Clone, Copy, Debug)]
pub struct Export<'a> {
    /// What.
    pub project: &'a Project,
    /// Which of it.
    pub scope: &'a Scope,
    /// In which format.
    pub format: Format,
    /// With which choices.
    pub options: Options,
    /// Whether it may go into a folder that holds something already.
    pub force: bool,
}

impl Export<'_> {
    /// Writes the export to a file or a folder, which appears whole or not at all, and returns what the format could not hold.
    ///
    /// # Errors
    /// When the disk refuses, the project does not fit itself, or the caller cancels.
    pub fn write(&self, path: &Path, progress: exchange::Progress<'_>) -> Result<Vec<Loss>, OutsideError> {
        let write = |sink: &mut dyn Sink| {
            exchange::write(self.format, self.project, self.scope, self.options, sink, progress)
        };
        match self.format.info().out {
            Out::File => {
                let mut file = AtomicFile::create(path)?;
                let losses = write(&mut file)?;
                file.commit()?;
                Ok(losses)
            }
            Out::Folder => {
                let mut folder = AtomicFolder::create(path, self.force)?;
                let losses = write(&mut folder)?;
                folder.commit()?;
                Ok(losses)
            }
        }
    }

    /// Reads the export back and compares it with the project; `None` where the format has no reader of ours.
    ///
    /// # Errors
    /// With the first difference that `losses` do not declare.
    pub fn verify(&self, path: &Path, losses: &[Loss]) -> Result<Option<usize>, OutsideError> {
        if self.format.info().read.is_none() {
            return Ok(None);
        }
        let mut files = Files::below(path)?;
        Ok(Some(exchange::verify(self.format, self.project, self.scope, losses, &mut files)?))
    }

    /// What the export would lose and how it would begin, without writing anything.
    ///
    /// # Errors
    /// As [`Export::write`].
    pub fn glance(
        &self,
        bytes: usize,
        progress: exchange::Progress<'_>,
    ) -> Result<(exchange::Glance, Vec<Loss>), ExchangeError> {
        let mut glance = exchange::Glance::new(bytes, self.format.info().extension);
        let losses =
            exchange::write(self.format, self.project, self.scope, self.options, &mut glance, progress)?;
        Ok((glance, losses))
    }
}

/// A progress function that never cancels.
pub fn go_on(_: usize, _: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// The files at a path: the file itself, or everything below a folder. Links out of the folder are not followed, and what is no regular file
/// (a pipe, a device) is not opened.
#[derive(Debug)]
pub struct Files {
    root: PathBuf,
    names: Vec<String>,
}

impl Files {
    /// Looks at a path.
    ///
    /// # Errors
    /// When nothing stands there, or it cannot be read.
    pub fn below(path: &Path) -> Result<Self, StoreError> {
        let metadata = fs::metadata(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => StoreError::Missing(path.to_owned()),
            _ => StoreError::Io { act: "read", path: path.to_owned(), source },
        })?;
        if metadata.is_dir() {
            let walk = walkdir::WalkDir::new(path).follow_links(false).sort_by_file_name();
            let mut names = Vec::new();
            for entry in walk {
                let entry = entry.map_err(|error| {
                    let at = error.path().unwrap_or(path).to_owned();
                    StoreError::Io { act: "read", path: at, source: error.into() }
                })?;
                let relative = entry.path().strip_prefix(path).unwrap_or(entry.path());
                if entry.file_type().is_file()
                    && let Some(name) = relative.to_str()
                {
                    names.push(name.replace(std::path::MAIN_SEPARATOR, "/"));
                }
            }
            names.sort();
            return Ok(Self { root: path.to_owned(), names });
        }
        if !metadata.is_file() {
            let source = io::Error::other("it is not a regular file; name one");
            return Err(StoreError::Io { act: "read", path: path.to_owned(), source });
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let root = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self { root, names: vec![name] })
    }
}

impl Source for Files {
    fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn open(&mut self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        if !self.names.iter().any(|known| known == name) {
            return Err(io::Error::from(io::ErrorKind::NotFound));
        }
        Ok(Box::new(File::open(self.root.join(name))?))
    }
}
