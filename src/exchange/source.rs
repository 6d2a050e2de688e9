//! Where an import comes from: the files that an export made, or another program did.
//!
//! What stands in them is not trusted: a file is read up to a limit and no further, and has to be UTF-8.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use super::ExchangeError;
use super::sink::Memory;

/// The most bytes that are read from one file; a larger one is refused, so that no file can exhaust the memory.
pub const MOST_BYTES: u64 = 1 << 30;

/// What an import is read from.
pub trait Source {
    /// The names of its files: one, or those below a folder with `/` between names; sorted.
    fn names(&self) -> Vec<String>;

    /// Opens a file of that list.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn open(&mut self, name: &str) -> io::Result<Box<dyn Read + '_>>;
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
