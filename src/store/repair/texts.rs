//! The texts of the documents: from their source files where these still hold them, else as they stand, else not at all.

use std::collections::HashSet;
use std::path::Path;

use super::Repair;
use crate::model::{Document, Settings, Source};
use crate::store::StoreError;
use crate::store::decode::decode;
use crate::store::format::ProjectFile;
use crate::store::names::{is_plain_text_name, readable, sha256_hex};
use crate::store::pages::read_page_noting;
use crate::store::place::PROJECT_FILE;
use crate::store::texts::{DOCUMENTS, TextFault, earlier_name, read_text};

impl Repair<'_> {
    /// Mends what is wrong with the texts of the register.
    pub(super) fn texts(&mut self) -> Result<(), StoreError> {
        let path = self.place.join(PROJECT_FILE);
        let bytes = self.bytes(PROJECT_FILE).unwrap_or_default();
        let (mut register, _) = read_page_noting::<ProjectFile>(&path, &bytes)?;
        let mut changes = Vec::new();
        let mut kept = Vec::with_capacity(register.documents.len());
        let others: HashSet<String> =
            register.documents.iter().map(|document| document.file.clone()).collect();
        for mut document in std::mem::take(&mut register.documents) {
            if self.text(&mut document, &others, &register.settings, &mut changes)? {
                self.earlier_texts(&mut document, &register.settings, &mut changes)?;
                kept.push(document);
            }
        }
        if changes.is_empty() {
            return Ok(());
        }
        register.documents = kept;
        self.write_register(register, &changes.join("; "))
    }

    /// Mends the text of a document; whether the document can stay. What changes in the register is added to `changes`.
    fn text(
        &mut self,
        document: &mut Document,
        others: &HashSet<String>,
        settings: &Settings,
        changes: &mut Vec<String>,
    ) -> Result<bool, StoreError> {
        let is_there = |file: &str| self.bytes(&format!("{DOCUMENTS}/{file}")).is_some();
        if !is_plain_text_name(&document.file) || !is_there(&document.file) {
            let found = self.find_text(document, others);
            if let Some(file) = found.filter(|file| *file != document.file) {
                changes.push(format!("the text of document {} is called «{file}»", document.id));
                document.file = file;
            }
        }
        let Err(fault) = read_text(self.disk(), &self.place, &document.file, &document.sha256) else {
            return Ok(true);
        };
        let name = format!("{DOCUMENTS}/{}", document.file);
        if let Some(text) = from_source(&document.source, &document.sha256, settings) {
            self.put(&name, Some(text.as_bytes()), "read anew from its source file")?;
            return Ok(true);
        }
        match fault {
            TextFault::Altered(text) => {
                document.sha256 = sha256_hex(text.as_bytes());
                changes.push(format!("the altered text of document {} is taken as it stands", document.id));
                self.keep(&name)?;
                Ok(true)
            }
            TextFault::Unreadable(error) => {
                let path = self.place.join(&name);
                Err(StoreError::io("read", &path)(error))
            }
            TextFault::NotText(bytes) => {
                // What can be read of it is better than nothing: annotations find their places by their quotes.
                let text = String::from_utf8_lossy(&bytes);
                document.sha256 = sha256_hex(text.as_bytes());
                let what = "it was no longer UTF-8; what cannot be read of it became «\u{fffd}»";
                self.put(&name, Some(text.as_bytes()), what)?;
                changes.push(format!("the mended text of document {} is taken", document.id));
                Ok(true)
            }
            TextFault::Missing | TextFault::BadName => {
                self.keep(&name)?;
                changes.push(format!("document {} is left out: its text is lost", document.id));
                self.set_tables_aside(document)?;
                Ok(false)
            }
        }
    }
}

impl Repair<'_> {
    /// Mends the texts that a document had before: what is lost is no longer told of.
    fn earlier_texts(
        &mut self,
        document: &mut Document,
        settings: &Settings,
        changes: &mut Vec<String>,
    ) -> Result<(), StoreError> {
        for earlier in std::mem::take(&mut document.earlier) {
            let is_there = read_text(self.disk(), &self.place, &document.file, &earlier.sha256).is_ok();
            let name = earlier_name(&document.file, &earlier.sha256);
            if is_there {
                document.earlier.push(earlier);
            } else if let Some(text) = from_source(&earlier.source, &earlier.sha256, settings) {
                self.put(&name, Some(text.as_bytes()), "read anew from its source file")?;
                document.earlier.push(earlier);
            } else {
                self.keep(&name)?;
                changes.push(format!("an earlier text of document {} is lost", document.id));
            }
        }
        Ok(())
    }

    /// The name of the file that may hold the text of a document whose own name for it is wrong: one that no other document has and that
    /// holds this text, or else ends as this document's file would. Where there is none, a name that a file can have.
    fn find_text(&self, document: &Document, others: &HashSet<String>) -> Option<String> {
        let listed = self.disk().list(&self.place.join(DOCUMENTS)).unwrap_or_default();
        let free = |file: &&String| is_plain_text_name(file) && !others.contains(*file);
        let holds = |file: &&String| {
            let bytes = self.bytes(&format!("{DOCUMENTS}/{file}"));
            bytes.is_some_and(|bytes| sha256_hex(&bytes) == document.sha256)
        };
        let ending = format!("-{}.txt", document.id.short());
        let found = listed
            .iter()
            .filter(free)
            .find(holds)
            .or_else(|| listed.iter().filter(free).find(|file| file.ends_with(&ending)));
        found.cloned().or_else(|| {
            let last = document.file.rsplit(['/', '\\']).next().unwrap_or_default();
            let stem = readable(last.strip_suffix(".txt").unwrap_or(last));
            (!is_plain_text_name(&document.file)).then(|| format!("{stem}{ending}"))
        })
    }
}

/// A text as its source file still has it.
fn from_source(source: &Source, sha256: &str, settings: &Settings) -> Option<String> {
    let path = Path::new(&source.path);
    let path = match &settings.source_folder {
        Some(folder) if path.is_relative() => Path::new(folder).join(path),
        _ => path.to_owned(),
    };
    let bytes = std::fs::read(path).ok()?;
    let decoded = decode(&bytes, Some(&source.encoding)).ok()?;
    (sha256_hex(decoded.text.as_bytes()) == sha256).then_some(decoded.text)
}
