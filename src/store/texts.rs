//! The texts of documents: `documents/NAME.txt` for the current version, `documents/earlier/` for replaced ones.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::{Disk, folder_of, make_folder, replace, waiting_name, write_waiting};
use super::names::{is_plain_text_name, sha256_hex};
use super::{Fault, Remedy, StoreError, Surroundings};
use crate::model::{Document, EarlierText, Edit, Step, Text};

/// The folder of texts in a project.
pub(super) const DOCUMENTS: &str = "documents";

/// Where the text of a document stands.
pub(super) fn text_path(place: &Path, file: &str) -> PathBuf {
    place.join(DOCUMENTS).join(file)
}

/// Where in the project an earlier text of a document is kept: under its name and the first digits of its hash.
pub(super) fn earlier_name(file: &str, sha256: &str) -> String {
    let stem = file.strip_suffix(".txt").unwrap_or(file);
    format!("{DOCUMENTS}/earlier/{stem}.{}.txt", sha256.get(..16).unwrap_or(sha256))
}

fn earlier_path(place: &Path, file: &str, sha256: &str) -> PathBuf {
    place.join(earlier_name(file, sha256))
}

/// Why a text could not be had.
#[derive(Debug)]
pub(super) enum TextFault {
    /// There is no such file.
    Missing,
    /// It cannot be read.
    Unreadable(io::Error),
    /// It is not what the register says; this is what stands there.
    Altered(Text),
    /// What stands there is not UTF-8; these are its bytes.
    NotText(Vec<u8>),
    /// The register gives a name that is no plain file name.
    BadName,
}

/// Reads the text of a document and makes sure that it is the one the register means.
pub(super) fn read_text(disk: &dyn Disk, place: &Path, file: &str, sha256: &str) -> Result<Text, TextFault> {
    if !is_plain_text_name(file) {
        return Err(TextFault::BadName);
    }
    let current = disk.read(&text_path(place, file));
    if let Ok(bytes) = &current
        && sha256_hex(bytes) == sha256
    {
        return text_of(current.unwrap_or_default());
    }
    if let Ok(bytes) = disk.read(&earlier_path(place, file, sha256))
        && sha256_hex(&bytes) == sha256
    {
        return text_of(bytes);
    }
    match current {
        Ok(bytes) => Err(TextFault::Altered(text_of(bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(TextFault::Missing),
        Err(error) => Err(TextFault::Unreadable(error)),
    }
}

fn text_of(bytes: Vec<u8>) -> Result<Text, TextFault> {
    String::from_utf8(bytes).map(Text::new).map_err(|error| TextFault::NotText(error.into_bytes()))
}

/// Reads a text that a document had before.
///
/// # Errors
/// When it is not there any more, cannot be read, or is not what the register says.
pub fn earlier_text(
    surroundings: &Surroundings,
    place: &Path,
    document: &Document,
    earlier: &EarlierText,
) -> Result<Text, StoreError> {
    let path = earlier_path(place, &document.file, &earlier.sha256);
    let what = match read_text(&*surroundings.disk, place, &document.file, &earlier.sha256) {
        Ok(text) => return Ok(text),
        Err(TextFault::Missing) => io::Error::from(io::ErrorKind::NotFound),
        Err(TextFault::Unreadable(error)) => error,
        // Another text stands in the document's file, as it should; the earlier one is what is missing.
        Err(TextFault::Altered(_) | TextFault::NotText(_)) if surroundings.disk.look(&path).is_err() => {
            io::Error::from(io::ErrorKind::NotFound)
        }
        Err(TextFault::Altered(_) | TextFault::NotText(_) | TextFault::BadName) => {
            let what = "it is not the text that the register means".to_owned();
            return Err(StoreError::Damaged { path, line: None, what });
        }
    };
    Err(StoreError::io("read", &path)(what))
}

/// The earlier texts of a document that cannot be had any more.
pub(super) fn earlier_faults(disk: &dyn Disk, place: &Path, document: &Document) -> Vec<Fault> {
    let fault = |earlier: &EarlierText| {
        let what = match read_text(disk, place, &document.file, &earlier.sha256) {
            // A bad name is a fault of its own.
            Ok(_) | Err(TextFault::BadName) => return None,
            Err(_) if disk.look(&earlier_path(place, &document.file, &earlier.sha256)).is_ok() => "altered",
            Err(_) => "missing",
        };
        let what = format!(
            "an earlier text of «{}» is {what}, so that the document cannot go back to it",
            document.title
        );
        let name = earlier_name(&document.file, &earlier.sha256);
        Some(Fault::fatal(name, None, what).with(Remedy::Copy))
    };
    document.earlier.iter().filter_map(fault).collect()
}

/// Writes the text of a document into its file, unless it stands there. Another text that stands there is first kept among the earlier
/// ones.
fn keep_text(disk: &dyn Disk, place: &Path, sign: &str, document: &Document) -> io::Result<()> {
    if !is_plain_text_name(&document.file) {
        return Err(io::Error::new(io::ErrorKind::InvalidFilename, "not a plain file name"));
    }
    let path = text_path(place, &document.file);
    match disk.read(&path) {
        Ok(bytes) if bytes == document.text.as_bytes() => return Ok(()),
        Ok(bytes) => {
            let earlier = earlier_path(place, &document.file, &sha256_hex(&bytes));
            if disk.read(&earlier).ok().as_ref() != Some(&bytes) {
                make_folder(disk, folder_of(&earlier))?;
                replace(disk, &earlier, sign, &bytes)?;
                disk.sync_folder(folder_of(&path))?;
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => make_folder(disk, folder_of(&path))?,
        Err(error) => return Err(error),
    }
    replace(disk, &path, sign, document.text.as_bytes())
}

/// How many threads wait for the disk at once when many texts are new.
const WRITERS: usize = 8;

/// Writes the texts of documents as [`keep_text`] does, many new ones at once. After an error it may be called again with the same.
pub(super) fn keep_texts(
    disk: &dyn Disk,
    place: &Path,
    sign: &str,
    documents: &[Arc<Document>],
) -> Result<(), StoreError> {
    let folder = place.join(DOCUMENTS);
    let mut files = HashSet::new();
    let (new, others): (Vec<&Arc<Document>>, Vec<&Arc<Document>>) = documents.iter().partition(|document| {
        let is_first = files.insert(document.file.as_str());
        is_first
            && is_plain_text_name(&document.file)
            && disk.look(&folder).is_ok()
            && disk.look(&folder.join(&document.file)).is_err()
    });
    let write = |part: &[&Arc<Document>]| {
        part.iter().try_for_each(|document| {
            let path = folder.join(&document.file);
            let waiting = write_waiting(disk, &path, sign, document.text.as_bytes());
            waiting.map(|_| ()).map_err(StoreError::io("write", &path))
        })
    };
    let share = new.len().div_ceil(WRITERS).max(1);
    std::thread::scope(|scope| {
        let writers: Vec<_> = new.chunks(share).map(|part| scope.spawn(move || write(part))).collect();
        writers.into_iter().try_for_each(|writer| writer.join().expect("writing a file does not panic"))
    })?;
    for document in &new {
        let path = folder.join(&document.file);
        disk.rename(&waiting_name(&path, sign), &path).map_err(StoreError::io("write", &path))?;
    }
    if !new.is_empty() {
        disk.sync_folder(&folder).map_err(StoreError::io("write", &folder))?;
    }
    others.into_iter().try_for_each(|document| {
        let path = text_path(place, &document.file);
        keep_text(disk, place, sign, document).map_err(StoreError::io("write", &path))
    })
}

/// Puts texts back into edits that were read from a disk, where they are not serialised.
pub(super) struct Filler<'a> {
    disk: &'a dyn Disk,
    /// Where to look: the project first, then where what could not be written was kept.
    places: Vec<PathBuf>,
    known: HashMap<String, Text>,
    /// The files whose text was not found.
    pub missing: Vec<String>,
    /// The files of all texts that were asked for.
    pub asked: HashSet<String>,
}

impl<'a> Filler<'a> {
    /// A filler that knows the texts of these documents already.
    pub fn new<'d>(
        disk: &'a dyn Disk,
        places: Vec<PathBuf>,
        documents: impl Iterator<Item = &'d Arc<Document>>,
    ) -> Self {
        let known = documents.map(|document| (document.sha256.clone(), document.text.clone())).collect();
        Self { disk, places, known, missing: Vec::new(), asked: HashSet::new() }
    }

    /// Fills the texts of a stack of steps, the latest of which is last. Where one is missing, the steps up to there are dropped, which can
    /// no longer be taken; gives how many.
    pub fn fill_steps(&mut self, steps: &mut Vec<Step>) -> usize {
        let mut from = steps.len();
        while let Some(at) = from.checked_sub(1) {
            let missed = self.missing.len();
            self.fill(Arc::make_mut(&mut steps[at].edit));
            if self.missing.len() > missed {
                break;
            }
            from = at;
        }
        steps.drain(..from);
        from
    }

    /// Fills the texts of an edit.
    pub fn fill(&mut self, edit: &mut Edit) {
        match edit {
            Edit::InsertDocument { document, .. } | Edit::ReplaceDocument { document, .. } => {
                let text = self.text(&document.file, &document.sha256);
                Arc::make_mut(document).text = text;
            }
            Edit::Batch(edits) => edits.iter_mut().for_each(|edit| self.fill(edit)),
            Edit::PutAnnotation(_)
            | Edit::RemoveAnnotation { .. }
            | Edit::PutTag { .. }
            | Edit::RemoveTag(_)
            | Edit::RemoveDocument(_)
            | Edit::SetTitle(_) => {}
        }
    }

    fn text(&mut self, file: &str, sha256: &str) -> Text {
        self.asked.insert(file.to_owned());
        if let Some(text) = self.known.get(sha256) {
            return text.clone();
        }
        for place in &self.places {
            if let Ok(text) = read_text(self.disk, place, file, sha256) {
                self.known.insert(sha256.to_owned(), text.clone());
                return text;
            }
        }
        self.missing.push(file.to_owned());
        Text::default()
    }
}
