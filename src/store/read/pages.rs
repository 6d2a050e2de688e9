//! The pages that all share: register and codebook.

use std::collections::{HashMap, HashSet};
use std::io;

use super::Reader;
use crate::model::{Codebook, Document, Tag, TagId};
use crate::store::format::{CODEBOOK_FILE, CodebookFile, ProjectFile};
use crate::store::pages::{Places, read_page_noting, unknown_field};
use crate::store::place::PROJECT_FILE;
use crate::store::{Fault, StoreError};

impl Reader<'_> {
    pub(super) fn read_register(&mut self) -> Result<ProjectFile, StoreError> {
        let path = self.reading.place.join(PROJECT_FILE);
        let (bytes, seen) = self.bytes(PROJECT_FILE).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StoreError::NotAProject(self.reading.place.to_owned()),
            _ => StoreError::io("read", &path)(error),
        })?;
        let (register, fields) = read_page_noting::<ProjectFile>(&path, &bytes)?;
        self.known.insert(PROJECT_FILE, seen);
        self.note_unknown(PROJECT_FILE, &fields);
        let twice = doubles(&register.documents, &bytes);
        self.blocked |= !twice.is_empty();
        self.faults.extend(twice);
        Ok(register)
    }

    /// A save writes a whole page, and would drop what it does not know.
    fn note_unknown(&mut self, name: &str, fields: &[(String, Option<usize>)]) {
        self.faults.extend(fields.iter().map(|(field, line)| unknown_field(name, field, *line)));
        self.blocked |= !fields.is_empty();
    }

    /// The documents without those that stand there twice.
    pub(super) fn sort_out(mut documents: Vec<Document>) -> Vec<Document> {
        let mut ids = HashSet::new();
        let mut files = HashSet::new();
        documents.retain(|document| ids.insert(document.id) && files.insert(document.file.to_lowercase()));
        documents
    }

    pub(super) fn read_codebook(&mut self) -> Result<Codebook, StoreError> {
        let path = self.reading.place.join(CODEBOOK_FILE);
        let file =
            self.bytes(CODEBOOK_FILE).map_err(StoreError::io("read", &path)).and_then(|(bytes, seen)| {
                let page = read_page_noting::<CodebookFile>(&path, &bytes)?;
                Ok((page, seen, bytes))
            });
        let (mut tags, bytes) = match file {
            Ok(((file, fields), seen, bytes)) => {
                self.known.insert(CODEBOOK_FILE, seen);
                self.note_unknown(CODEBOOK_FILE, &fields);
                (file.tags, bytes)
            }
            Err(newer @ StoreError::Newer { .. }) => return Err(newer),
            Err(error) => {
                self.faults.push(Fault::of(CODEBOOK_FILE, &error));
                self.blocked = true;
                (Vec::new(), Vec::new())
            }
        };
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = Places::of(&text);
        let lines: Vec<Option<usize>> =
            tags.iter().map(|tag| lines.next(&format!("(id: \"{}\"", tag.id))).collect();
        let (faults, blocked) = mend_tags(&mut tags, &lines);
        self.faults.extend(faults);
        self.blocked |= blocked;
        Ok(Codebook::new(tags))
    }
}

/// The documents of a register that stand there twice, or whose file does.
fn doubles(documents: &[Document], bytes: &[u8]) -> Vec<Fault> {
    let (mut ids, mut files) = (HashSet::new(), HashSet::new());
    let mut is_double = |document: &&Document| {
        let new_id = ids.insert(document.id);
        !files.insert(document.file.to_lowercase()) || !new_id
    };
    let doubles: Vec<&Document> = documents.iter().filter(|document| is_double(document)).collect();
    let text = String::from_utf8_lossy(bytes);
    let mut lines = Places::of(&text);
    // Of an id that stands twice the second place is meant, of a file that does the only place of its id.
    let mut line_of = |document: &Document| {
        let id = format!("(id: \"{}\"", document.id);
        let first = lines.next(&id);
        lines.next(&id).or(first)
    };
    let fault = |document: &Document| {
        let what = format!("the document {} or its file «{}» stands there twice", document.id, document.file);
        Fault::fatal(PROJECT_FILE, line_of(document), what)
    };
    doubles.into_iter().map(fault).collect()
}

/// Leaves out tags that stand there twice, and takes tags out from under themselves; gives what was wrong, and whether a save would
/// lose something by it.
fn mend_tags(tags: &mut Vec<Tag>, lines: &[Option<usize>]) -> (Vec<Fault>, bool) {
    let (mut ids, mut names) = (HashSet::new(), HashSet::new());
    let (mut faults, mut blocked) = (Vec::new(), false);
    let mut at = 0;
    tags.retain(|tag| {
        let line = lines.get(at).copied().flatten();
        at += 1;
        let is_new = ids.insert(tag.id);
        if !is_new {
            blocked = true;
            let what = format!("the tag {} («{}») stands there twice", tag.id, tag.name);
            faults.push(Fault::fatal(CODEBOOK_FILE, line, what));
        } else if tag.name.trim().is_empty() || !names.insert(tag.name.clone()) {
            let what = format!("the tag «{}» ({}) needs a name of its own", tag.name, tag.id);
            faults.push(Fault::fatal(CODEBOOK_FILE, line, what));
        }
        is_new
    });
    let parents: HashMap<TagId, Option<TagId>> = tags.iter().map(|tag| (tag.id, tag.parent)).collect();
    for tag in tags {
        let mut above = tag.parent;
        for _ in 0..parents.len() {
            let Some(id) = above else { break };
            above = parents.get(&id).copied().flatten();
        }
        if above.is_some() {
            tag.parent = None;
            blocked = true;
            let what = format!("the tag «{}» ({}) stands under itself", tag.name, tag.id);
            faults.push(Fault::fatal(CODEBOOK_FILE, None, what));
        }
    }
    (faults, blocked)
}
