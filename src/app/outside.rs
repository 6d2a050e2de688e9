//! The files outside a project that exports write and imports read: what stands behind [`Sink`] and [`Source`] on a disk.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use crate::exchange::{self, ExchangeError, Format, Loss, Options, Out, Scope, Sink, Source, Watched};
use crate::model::Project;
use crate::store::{AtomicFile, AtomicFolder, Progress, StoreError};

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
    /// What was written does not say what the project says.
    #[error(
        "read back, it does not say what the project says ({0}); it was thrown away, and what stood there before is untouched"
    )]
    NotTheSame(ExchangeError),
}

impl OutsideError {
    /// Whether it ended because somebody wanted it to.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Store(StoreError::Cancelled) | Self::Exchange(ExchangeError::Cancelled))
    }
}

/// The stage of an export job in which what was written is read back; the one before writes it.
pub const READING_BACK: usize = 1;

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
    /// Whether it is read back and compared with the project before it takes its place; formats without a reader of ours are not.
    pub verify: bool,
}

/// What became of an export.
#[derive(Debug)]
pub struct Written {
    /// What the format could not hold.
    pub losses: Vec<Loss>,
    /// How many annotations were read back and are the same; `None` where nothing was read back.
    pub read_back: Option<usize>,
}

impl Export<'_> {
    /// Writes the export to a file or a folder, which appears whole or not at all, and only once it was read back if that is wanted.
    ///
    /// # Errors
    /// When the disk refuses, the project does not fit itself, what is read back is something else, or the progress is cancelled. What stood
    /// at the place is then untouched.
    pub fn write(&self, path: &Path, progress: &Progress) -> Result<Written, OutsideError> {
        progress.enter(0);
        let write = |sink: &mut dyn Sink| {
            exchange::write(self.format, self.project, self.scope, self.options, sink, &follow(progress))
        };
        match self.format.info().out {
            Out::File => {
                let mut file = AtomicFile::create(path)?;
                let losses = write(&mut file)?;
                let shown = path.file_name().unwrap_or_default().to_string_lossy();
                let files = |file: &mut AtomicFile| Files::one(file.waiting()?, &shown);
                let read_back = self.read_back(&losses, progress, || files(&mut file))?;
                file.commit()?;
                Ok(Written { losses, read_back })
            }
            Out::Folder => {
                let mut folder = AtomicFolder::create(path, self.force)?;
                let losses = write(&mut folder)?;
                let read_back =
                    self.read_back(&losses, progress, || Files::below(&folder.waiting()?, progress))?;
                folder.commit()?;
                Ok(Written { losses, read_back })
            }
        }
    }

    /// Reads what was written and compares it with the project; `None` where that is not wanted or cannot be.
    fn read_back(
        &self,
        losses: &[Loss],
        progress: &Progress,
        files: impl FnOnce() -> Result<Files, StoreError>,
    ) -> Result<Option<usize>, OutsideError> {
        if self.verify && self.format.info().read.is_some() {
            progress.enter(READING_BACK);
            let mut files = files()?;
            let (format, project, scope) = (self.format, self.project.clone(), self.scope.clone());
            let (losses, watched) = (losses.to_vec(), progress.clone());
            let compared = within_reach(progress, move || {
                let total = files.bytes().saturating_mul(format.info().passes());
                let follow = follow(&watched);
                let mut source = Watched::new(&mut files, total, &follow);
                exchange::verify(format, &project, &scope, &losses, &mut source)
            });
            return match compared {
                _ if progress.cancelled() => Err(ExchangeError::Cancelled.into()),
                Some(Ok(count)) => Ok(Some(count)),
                Some(Err(why @ ExchangeError::Io(_))) => Err(why.into()),
                Some(Err(why)) => Err(OutsideError::NotTheSame(why)),
                None => Err(ExchangeError::Cancelled.into()),
            };
        }
        if progress.cancelled() { Err(ExchangeError::Cancelled.into()) } else { Ok(None) }
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

/// A progress function of a job: it tells the job how far it is, and ends when the job was cancelled.
pub fn follow(progress: &Progress) -> impl Fn(usize, usize) -> ControlFlow<()> + '_ {
    |done, total| {
        progress.set(done as u64, total as u64);
        if progress.cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// How often it is looked whether work was cancelled, and how long it then may take to end by itself.
const LOOK: Duration = Duration::from_millis(20);
const GRACE: Duration = Duration::from_millis(200);

/// Does work that may not hear for seconds that it was cancelled, as when one large value is parsed, on a thread of its own. `None` once it was
/// cancelled and did not end soon: it is then left to itself, and what it comes to goes nowhere.
pub fn within_reach<T: Send + 'static>(
    progress: &Progress,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = channel();
    let thread = std::thread::spawn(move || sender.send(work()).ok());
    loop {
        let is_cancelled = progress.cancelled();
        match receiver.recv_timeout(if is_cancelled { GRACE } else { LOOK }) {
            Ok(result) => return Some(result),
            Err(RecvTimeoutError::Timeout) if is_cancelled => return None,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => match thread.join() {
                Err(panic) => std::panic::resume_unwind(panic),
                Ok(_) => unreachable!("a thread that ends has sent its result"),
            },
        }
    }
}

/// The files at a path: the file itself, or everything below a folder. Links out of the folder are not followed, and what is no regular file
/// (a pipe, a device) is not opened.
#[derive(Debug)]
pub struct Files {
    /// What each is called, sorted, and where it lies.
    files: Vec<(String, PathBuf)>,
    bytes: u64,
}

impl Files {
    /// Looks at a path.
    ///
    /// # Errors
    /// When nothing stands there, or it cannot be read, or the progress is cancelled.
    pub fn below(path: &Path, progress: &Progress) -> Result<Self, StoreError> {
        let metadata = fs::metadata(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => StoreError::Missing(path.to_owned()),
            _ => StoreError::Io { act: "read", path: path.to_owned(), source },
        })?;
        if metadata.is_dir() {
            let walk = walkdir::WalkDir::new(path).follow_links(false).sort_by_file_name();
            let mut found = Self { files: Vec::new(), bytes: 0 };
            for entry in walk {
                if progress.cancelled() {
                    return Err(StoreError::Cancelled);
                }
                let entry = entry.map_err(|error| {
                    let at = error.path().unwrap_or(path).to_owned();
                    StoreError::Io { act: "read", path: at, source: error.into() }
                })?;
                let relative = entry.path().strip_prefix(path).unwrap_or(entry.path());
                if entry.file_type().is_file()
                    && let Some(name) = relative.to_str()
                {
                    let name = name.replace(std::path::MAIN_SEPARATOR, "/");
                    found.bytes += entry.metadata().map_or(0, |metadata| metadata.len());
                    found.files.push((name, entry.into_path()));
                }
            }
            found.files.sort();
            return Ok(found);
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self::one(path, &name)
    }

    /// The files of an import: everything below a folder, or a file with those beside it that belong to it.
    ///
    /// # Errors
    /// As [`Files::below`].
    pub fn of_import(format: Format, path: &Path, progress: &Progress) -> Result<Self, StoreError> {
        let mut found = Self::below(path, progress)?;
        let [(chosen, at)] = found.files.as_slice() else { return Ok(found) };
        if at != path {
            return Ok(found);
        }
        let mut along = Vec::new();
        // A folder that cannot be listed still has the file that was named.
        let beside = at.parent().map(|folder| if folder == Path::new("") { Path::new(".") } else { folder });
        for entry in beside.and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if let Some(name) = name.to_str().filter(|&name| name != chosen)
                && format.takes_along(chosen, name)
                && let Ok(metadata) = entry.metadata()
                && metadata.is_file()
            {
                along.push((name.to_owned(), entry.path()));
                found.bytes += metadata.len();
            }
        }
        found.files.extend(along);
        found.files.sort();
        Ok(found)
    }

    /// One file, under a name of its own.
    fn one(path: &Path, name: &str) -> Result<Self, StoreError> {
        let fail = |source| StoreError::Io { act: "read", path: path.to_owned(), source };
        let metadata = fs::metadata(path).map_err(fail)?;
        if !metadata.is_file() {
            return Err(fail(io::Error::other("it is not a regular file; name one")));
        }
        Ok(Self { files: vec![(name.to_owned(), path.to_owned())], bytes: metadata.len() })
    }

    /// How many bytes they have in all.
    pub fn bytes(&self) -> usize {
        usize::try_from(self.bytes).unwrap_or(usize::MAX)
    }
}

impl Source for Files {
    fn names(&self) -> Vec<String> {
        self.files.iter().map(|(name, _)| name.clone()).collect()
    }

    fn open(&mut self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let known = self.files.iter().find(|(known, _)| known == name);
        let (_, path) = known.ok_or(io::Error::from(io::ErrorKind::NotFound))?;
        Ok(Box::new(File::open(path)?))
    }
}
