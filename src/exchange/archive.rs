//! Zip archives as the formats write and read them.
//!
//! Written, they hold no time and no name of a machine, so that the same project gives the same bytes. Read, nothing in them is trusted: every
//! name has to stay in the folder, and what comes out of an entry is counted and has a limit, whatever the archive says of it. Nothing is ever
//! unpacked to a disk.

use std::collections::HashMap;
use std::io::{self, Cursor, Read, Write};

use zip::read::ZipArchive;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};
use zip::{CompressionMethod, DateTime};

use super::source::{MOST_BYTES, bytes};
use super::{ExchangeError, Source};
use crate::model::Size;

/// The most entries of an archive.
const MOST_ENTRIES: usize = 1 << 16;

/// How many bytes an entry may become whatever its size.
const HARMLESS_BYTES: u64 = 64 << 20;

/// How many bytes a larger entry may become for each of its own: texts become 20 at most, a bomb 1000.
const MOST_GROWTH: u64 = 200;

/// An archive that is being written.
pub(super) struct Packing<'s> {
    zip: ZipWriter<StreamWriter<&'s mut dyn Write>>,
}

impl<'s> Packing<'s> {
    /// Begins an archive.
    pub fn begin(out: &'s mut dyn Write) -> Self {
        Self { zip: ZipWriter::new_stream(out) }
    }

    /// Ends the entry before and begins another.
    pub fn file(&mut self, name: &str) -> io::Result<&mut dyn Write> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(0o644);
        self.zip.start_file(name, options)?;
        Ok(&mut self.zip)
    }

    /// Ends the archive.
    pub fn end(self) -> io::Result<()> {
        self.zip.finish()?;
        Ok(())
    }
}

/// An archive that is being read.
pub(super) struct Archive {
    zip: ZipArchive<Cursor<Vec<u8>>>,
    /// Places of the entries by their names in lower case: some programs write `Sources`, some `sources`.
    entries: HashMap<String, usize>,
    /// Length of the archive in bytes.
    length: u64,
    /// How many bytes may still come out of it.
    left: u64,
}

impl Archive {
    /// Opens a file of a source.
    ///
    /// # Errors
    /// When it cannot be read, is no archive, or has entries that no honest archive has.
    pub fn open(source: &mut dyn Source, file: &str) -> Result<Self, ExchangeError> {
        let content = bytes(source, file)?;
        let length = content.len() as u64;
        let wrong = |what: String| ExchangeError::malformed(format!("«{file}»"), what);
        let mut zip = ZipArchive::new(Cursor::new(content))
            .map_err(|why| wrong(format!("it is no zip archive, or a damaged one ({why})")))?;
        if zip.len() > MOST_ENTRIES {
            return Err(wrong(format!("it has {} entries, and {MOST_ENTRIES} are the most", zip.len())));
        }
        let mut entries = HashMap::new();
        for at in 0..zip.len() {
            let entry = zip.by_index_raw(at).map_err(|why| wrong(format!("it is damaged ({why})")))?;
            let name = entry.name().map_err(|_| wrong("an entry has a name that is no text".to_owned()))?;
            let called = format!("«{}» in «{file}»", name.escape_debug());
            let refused = |what: &str| Err(ExchangeError::malformed(&*called, what));
            if leaves_folder(&name) {
                return refused("its name leads out of the archive; nothing was taken from it");
            }
            if entry.is_symlink() {
                return refused("it is a link to another file");
            }
            if entry.encrypted() {
                return refused("it is encrypted; save the archive without a password");
            }
            if entries.insert(name.to_lowercase(), at).is_some() {
                return refused("two entries have this name");
            }
        }
        let overlap = zip.has_overlapping_entries();
        if overlap.map_err(|why| wrong(format!("it is damaged ({why})")))? {
            return Err(wrong("its entries lie over one another, as in a zip bomb".to_owned()));
        }
        Ok(Self { zip, entries, length, left: MOST_BYTES })
    }

    /// The names of its files in lower case, sorted.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.entries.keys().map(String::as_str).collect();
        names.retain(|name| !name.ends_with('/'));
        names.sort_unstable();
        names
    }

    /// Whether there is an entry of a name, whatever its case.
    pub fn has(&self, name: &str) -> bool {
        self.entries.contains_key(&name.to_lowercase())
    }

    /// The text of an entry, as it stands.
    ///
    /// # Errors
    /// When it is not there, damaged or not UTF-8, or becomes too large.
    pub fn text(&mut self, name: &str) -> Result<String, ExchangeError> {
        let wrong = |what: String| ExchangeError::malformed(format!("«{name}» in the archive"), what);
        let at = self.entries.get(&name.to_lowercase()).ok_or_else(|| wrong("it is not there".to_owned()))?;
        let entry = self.zip.by_index(*at).map_err(|why| wrong(format!("it is damaged ({why})")))?;
        let packed = entry.compressed_size().min(self.length);
        let most = HARMLESS_BYTES.max(packed.saturating_mul(MOST_GROWTH)).min(self.left);
        let mut content = Vec::new();
        entry
            .take(most + 1)
            .read_to_end(&mut content)
            .map_err(|why| wrong(format!("it is damaged ({why})")))?;
        let length = content.len() as u64;
        if length > most {
            let (packed, most) = (Size::of(packed), Size::of(most));
            let what = format!("{packed} become more than {most}, as in a zip bomb");
            return Err(wrong(what));
        }
        self.left -= length;
        String::from_utf8(content).map_err(|_| wrong("it is not UTF-8".to_owned()))
    }
}

/// Whether a name means a place outside the folder that an archive is unpacked to, on any system.
fn leaves_folder(name: &str) -> bool {
    let mut characters = name.chars();
    let is_drive =
        characters.next().is_some_and(|c| c.is_ascii_alphabetic()) && characters.next() == Some(':');
    name.is_empty()
        || name.starts_with('/')
        || is_drive
        || name.contains(['\\', '\0'])
        || name.split('/').any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Memory, Sink};

    #[test]
    fn what_is_packed_comes_out_whatever_the_case_of_its_name() {
        let pack = || {
            let mut out = Memory::default();
            let mut packing = Packing::begin(out.file("a.zip").expect("memory takes any file"));
            packing.file("project.qde").expect("memory").write_all(b"<a/>").expect("memory");
            packing.file("sources/A.txt").expect("memory").write_all("نص".as_bytes()).expect("memory");
            packing.end().expect("memory");
            out
        };
        let mut out = pack();
        assert_eq!(out, pack(), "the same bytes each time");
        let mut archive = Archive::open(&mut out, "a.zip").expect("packed by us");
        assert_eq!(archive.names(), ["project.qde", "sources/a.txt"]);
        assert_eq!(archive.text("Sources/a.TXT").expect("packed"), "نص");
        assert!(archive.text("sources/b.txt").is_err() && !archive.has("sources/b.txt"));
    }

    #[test]
    fn names_that_leave_the_folder_are_known() {
        for name in ["", "/a", "../a", "a/../../b", "C:/a", "c:a", "a\\b", "\\a", "a\0b", ".."] {
            assert!(leaves_folder(name), "{name}");
        }
        for name in ["a", "sources/a.txt", "a..b/c", "./a", "نص.txt"] {
            assert!(!leaves_folder(name), "{name}");
        }
    }
}
