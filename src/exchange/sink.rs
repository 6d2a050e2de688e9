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

/// The beginning of an export, to be looked at: the first bytes of the first file that holds annotations; the rest is only counted.
#[derive(Debug)]
pub struct Glance {
    most: usize,
    ending: String,
    /// Whether what is being written is kept.
    keeps: bool,
    /// The name of the file, as the format asked for it.
    pub name: String,
    /// Its first bytes.
    pub head: Vec<u8>,
    /// How many bytes were written to all files.
    pub bytes: u64,
}

impl Glance {
    /// Keeps so many bytes of the first file with an ending; of the first of all where none has it.
    pub fn new(most: usize, extension: &str) -> Self {
        let ending = format!(".{extension}");
        Self { most, ending, keeps: false, name: String::new(), head: Vec::new(), bytes: 0 }
    }
}

impl Sink for Glance {
    fn file(&mut self, name: &str) -> io::Result<&mut dyn Write> {
        let is_better = name.ends_with(&self.ending) && !self.name.ends_with(&self.ending);
        self.keeps = self.name.is_empty() || is_better;
        if self.keeps {
            self.head.clear();
            name.clone_into(&mut self.name);
        }
        Ok(self)
    }
}

impl Write for Glance {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.keeps {
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
