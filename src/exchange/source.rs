//! Where an import comes from: the files that an export made, or another program did.
//!
//! What stands in them is not trusted: a file is read up to a limit and no further, and has to be UTF-8. A source can be watched: it then tells how
//! much of it was read, and ends the reading when it is told to.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use super::sink::Memory;
use super::{ExchangeError, Progress};

/// The most bytes that are read from one file; a larger one is refused, so that no file can exhaust the memory.
pub const MOST_BYTES: u64 = 1 << 30;

/// After so many marks, lines or nodes a reader of what is in memory asks [`Source::go_on`].
pub(super) const ASK: usize = 256;

/// The steps of a long piece of work on what is in memory: at the first of every [`ASK`] the source is asked whether to go on.
pub(super) struct Asks<'s> {
    source: &'s dyn Source,
    steps: Cell<usize>,
}

impl<'s> Asks<'s> {
    /// Work for whoever watches a source.
    pub fn new(source: &'s dyn Source) -> Self {
        Self { source, steps: Cell::new(0) }
    }

    /// One more step.
    ///
    /// # Errors
    /// As [`Source::go_on`].
    pub fn step(&self) -> Result<(), ExchangeError> {
        let steps = self.steps.replace(self.steps.get() + 1);
        if steps.is_multiple_of(ASK) { self.source.go_on() } else { Ok(()) }
    }

    /// The same for work that fails with a sentence.
    ///
    /// # Errors
    /// As [`Source::go_on`], as a sentence that nobody sees: who told a source to stop knows why the work ended.
    pub fn step_saying(&self) -> Result<(), String> {
        self.step().map_err(|why| why.to_string())
    }
}

/// What an import is read from.
pub trait Source {
    /// The names of its files: one, or those below a folder with `/` between names; sorted.
    fn names(&self) -> Vec<String>;

    /// Opens a file of that list.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn open(&mut self, name: &str) -> io::Result<Box<dyn Read + '_>>;

    /// Asked between two marks by work that reads nothing more, because all of it is in memory already.
    ///
    /// # Errors
    /// When whoever wanted the work no longer does.
    fn go_on(&self) -> Result<(), ExchangeError> {
        Ok(())
    }
}

/// A source that tells how many of its bytes were read, and whose readers fail once the answer was to stop.
pub struct Watched<'a> {
    source: &'a mut dyn Source,
    watch: Watch<'a>,
}

struct Watch<'a> {
    progress: Progress<'a>,
    done: Cell<usize>,
    total: usize,
    /// Who said once that it shall end is not asked again.
    stopped: Cell<bool>,
}

impl<'a> Watched<'a> {
    /// Watches a source of so many bytes in all.
    pub fn new(source: &'a mut dyn Source, total: usize, progress: Progress<'a>) -> Self {
        let (done, stopped) = (Cell::new(0), Cell::new(false));
        Self { source, watch: Watch { progress, done, total, stopped } }
    }
}

impl Watch<'_> {
    fn go_on(&self) -> Result<(), ExchangeError> {
        if !self.stopped.get() {
            self.stopped.set((self.progress)(self.done.get().min(self.total), self.total).is_break());
        }
        if self.stopped.get() { Err(ExchangeError::Cancelled) } else { Ok(()) }
    }
}

impl Source for Watched<'_> {
    fn names(&self) -> Vec<String> {
        self.source.names()
    }

    fn open(&mut self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let watch = &self.watch;
        watch.go_on().map_err(io::Error::other)?;
        Ok(Box::new(Counted { file: self.source.open(name)?, watch }))
    }

    fn go_on(&self) -> Result<(), ExchangeError> {
        self.watch.go_on()
    }
}

/// A reader of a watched source.
struct Counted<'s> {
    file: Box<dyn Read + 's>,
    watch: &'s Watch<'s>,
}

/// So many bytes are read at most before it is asked again whether to go on.
const AT_ONCE: usize = 1 << 20;

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.watch.go_on().map_err(io::Error::other)?;
        let most = buffer.len().min(AT_ONCE);
        let read = self.file.read(&mut buffer[..most])?;
        self.watch.done.set(self.watch.done.get() + read);
        Ok(read)
    }
}

impl Source for Memory {
    fn names(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    fn open(&mut self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        match self.files.get(name) {
            Some(content) => Ok(Box::new(Cursor::new(content))),
            None => Err(io::Error::from(io::ErrorKind::NotFound)),
        }
    }
}

/// The one file of a source, for formats that have one.
///
/// # Errors
/// When there is another number of files.
pub(super) fn only(source: &dyn Source) -> Result<String, ExchangeError> {
    let mut names = source.names();
    match names.len() {
        1 => Ok(names.remove(0)),
        found => Err(ExchangeError::malformed("", format!("one file was expected, and there are {found}"))),
    }
}

/// A file to be read line by line, up to [`MOST_BYTES`].
pub(super) fn buffered<'s>(
    source: &'s mut dyn Source,
    name: &str,
) -> Result<Box<dyn BufRead + 's>, ExchangeError> {
    let file = source.open(name)?;
    Ok(Box::new(BufReader::with_capacity(1 << 16, Limited { file, left: MOST_BYTES })))
}

/// All bytes of a file.
///
/// # Errors
/// When it cannot be read or is larger than [`MOST_BYTES`].
pub(super) fn bytes(source: &mut dyn Source, name: &str) -> Result<Vec<u8>, ExchangeError> {
    let mut content = Vec::new();
    buffered(source, name)?.read_to_end(&mut content)?;
    Ok(content)
}

/// The text of a file as it stands, without a byte order mark before it.
///
/// # Errors
/// As [`bytes`], and when it is not UTF-8.
pub(super) fn text(source: &mut dyn Source, name: &str) -> Result<String, ExchangeError> {
    let mut text = raw_text(source, name)?;
    if text.starts_with('\u{feff}') {
        text.drain(..3);
    }
    Ok(text)
}

/// The text of a file as it stands, in which positions count.
///
/// # Errors
/// As [`text`].
pub(super) fn raw_text(source: &mut dyn Source, name: &str) -> Result<String, ExchangeError> {
    let content = bytes(source, name)?;
    String::from_utf8(content).map_err(|why| {
        let is_archive = why.as_bytes().starts_with(b"PK\x03\x04");
        let what = match is_archive {
            true => "it is a zip archive; unpack it, and choose what lies in it",
            false => "it is not UTF-8",
        };
        ExchangeError::malformed(name, what)
    })
}

/// A reader that fails past a limit, instead of pretending that the file ended there.
struct Limited<R> {
    file: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => {
                self.left = left;
                Ok(read)
            }
            None => Err(io::Error::other("the file is larger than 1 GiB; split it")),
        }
    }
}
