//! Where an export goes: one file, or a folder of files, one after another.
//!
//! A format writes to a [`Sink`] and does not know what stands behind it: files that appear whole or not at all, memory, or nothing.

use std::collections::BTreeMap;
use std::io::{self, Write};

/// What an export is written to.
pub trait Sink {
    /// Ends the file before and begins another. A format that makes one file asks once, and a sink of one file ignores the name; in a folder
    /// `name` is the path below it, with `/` between names.
    ///
    /// # Errors
    /// When the file cannot be made, or the one before could not be ended.
    fn file(&mut self, name: &str) -> io::Result<&mut dyn Write>;
}

/// A sink of one file: every name leads to the same writer.
pub struct OneFile<W>(pub W);

impl<W: Write> Sink for OneFile<W> {
    fn file(&mut self, _name: &str) -> io::Result<&mut dyn Write> {
        Ok(&mut self.0)
    }
}

/// Files in memory by their names, in the order of the names: a sink for tests and previews, and a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// What stands in each file.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Memory {
    /// One file of this content.
    pub fn of(name: &str, content: impl Into<Vec<u8>>) -> Self {
        Self { files: BTreeMap::from([(name.to_owned(), content.into())]) }
    }
}

impl Sink for Memory {
    fn file(&mut self, name: &str) -> io::Result<&mut dyn Write> {
        let file = self.files.entry(name.to_owned()).or_default();
        file.clear();
        Ok(file)
    }
}

/// The beginning of an export, to be looked at: the first bytes of the first file; the rest is only counted.
#[derive(Debug)]
pub struct Glance {
    most: usize,
    files: usize,
    /// The name of the first file, as the format asked for it.
    pub name: String,
    /// Its first bytes.
    pub head: Vec<u8>,
    /// How many bytes were written to all files.
    pub bytes: u64,
}

impl Glance {
    /// Keeps so many bytes.
    pub fn new(most: usize) -> Self {
        Self { most, files: 0, name: String::new(), head: Vec::new(), bytes: 0 }
    }

    /// The first lines as text, without a line that was cut off, unless it is the only one.
    pub fn lines(&self) -> String {
        let text = String::from_utf8_lossy(&self.head);
        if self.head.len() < self.most {
            return text.into_owned();
        }
        let text = text.trim_end_matches('\u{fffd}');
        text.rfind('\n').map_or(text, |end| &text[..end]).to_owned()
    }
}

impl Sink for Glance {
    fn file(&mut self, name: &str) -> io::Result<&mut dyn Write> {
        if self.files == 0 {
            name.clone_into(&mut self.name);
        }
        self.files += 1;
        Ok(self)
    }
}

impl Write for Glance {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.files == 1 {
            let room = self.most.saturating_sub(self.head.len());
            self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
