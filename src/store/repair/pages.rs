//! Decided saves, the register and the codebook.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::{Repair, lines_of};
use crate::model::{
    Codebook, Coder, Document, Edit, Project, ProjectId, Settings, Source, Stamps, Tag, Text,
};
use crate::store::format::{CODEBOOK_FILE, CodebookFile, ProjectFile, write_codebook, write_register};
use crate::store::import::title;
use crate::store::journal::read_journal;
use crate::store::names::{coder_file, is_plain_text_name, sha256_hex};
use crate::store::notation::parse;
use crate::store::pages::{read_page_noting, read_table};
use crate::store::place::PROJECT_FILE;
use crate::store::save::{finish_list, is_list_damaged};
use crate::store::stamps::SystemStamps;
use crate::store::steps::read_history;
use crate::store::texts::DOCUMENTS;
use crate::store::{Fault, StoreError};

impl Repair<'_> {
    /// Completes the saves that were decided and not finished. A list that cannot be read is set aside with the contents that wait for
    /// it: the files are then as before that save, and the journal has its edits.
    pub(super) fn finish_saves(&mut self) -> Result<(), StoreError> {
        for name in self.disk().list(&self.place.join("journal")).unwrap_or_default() {
            if !name.ends_with(".saving") {
                continue;
            }
            let name = format!("journal/{name}");
            if is_list_damaged(self.disk(), &self.place.join(&name)) {
                self.put(&name, None, "the list of an unfinished save could not be read and was set aside")?;
            } else {
                finish_list(self.disk(), &self.place, &self.place.join(&name))?;
                self.mended.push(format!("{name}: the save was completed"));
            }
        }
        Ok(())
    }

    /// Writes the register anew where it cannot be read, or where a save would lose something of it.
    pub(super) fn register(&mut self) -> Result<(), StoreError> {
        let bytes = self.bytes(PROJECT_FILE).unwrap_or_default();
        let path = self.place.join(PROJECT_FILE);
        let read = read_page_noting::<ProjectFile>(&path, &bytes);
        let (mut register, what) = match read {
            Ok((register, fields)) => {
                let mut ids = HashSet::new();
                let mut files = HashSet::new();
                let is_sound = fields.is_empty()
                    && register.documents.iter().all(|document| {
                        ids.insert(document.id) && files.insert(document.file.to_lowercase())
                    });
                if is_sound {
                    return Ok(());
                }
                (register, "what was twice or unknown was left out".to_owned())
            }
            Err(_) => {
                let register = self.rebuilt_register(&bytes);
                let what = format!("rebuilt with {} documents", register.documents.len());
                (register, what)
            }
        };
        register.documents = self.without_doubles(register.documents);
        self.find_documents(&mut register.documents);
        self.write_register(register, &what)
    }

    pub(super) fn write_register(&mut self, register: ProjectFile, what: &str) -> Result<(), StoreError> {
        let ProjectFile { id, title, settings, coders, documents } = register;
        let documents = documents.into_iter().map(Arc::new).collect();
        let project = Project::from_parts(id, title, settings, Codebook::default(), documents, []);
        let bytes = write_register(&project, &coders).map_err(self.unwritable(PROJECT_FILE))?;
        self.put(PROJECT_FILE, Some(&bytes), what)
    }

    /// A register of what can be read of it, and of the texts that lie in the project.
    fn rebuilt_register(&self, bytes: &[u8]) -> ProjectFile {
        let field = |name: &str| {
            lines_of(bytes).find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
        };
        let documents: Vec<Document> =
            lines_of(bytes).filter_map(|line| parse::<Document>(line).ok()).collect();
        let journals = self.disk().list(&self.place.join("journal")).unwrap_or_default();
        let journals: Vec<_> = journals
            .iter()
            .filter(|name| name.ends_with(".ron"))
            .filter_map(|name| Some(read_journal(name, &self.bytes(&format!("journal/{name}"))?)))
            .collect();
        let id: Option<ProjectId> = field("id").and_then(|id| parse(id).ok());
        let id = id.or_else(|| journals.iter().find_map(|journal| journal.project));
        let title: Option<String> = field("title").and_then(|title| parse(title).ok());
        let folder = self.place.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let settings: Option<Settings> = field("settings").and_then(|settings| parse(settings).ok());
        let coders: Option<Vec<Coder>> = field("coders").and_then(|coders| parse(coders).ok());
        let coders = coders.unwrap_or_else(|| {
            let named: BTreeSet<Coder> = journals.into_iter().filter_map(|journal| journal.coder).collect();
            named.into_iter().collect()
        });
        ProjectFile {
            id: id.unwrap_or_else(|| SystemStamps.project_id()),
            title: title.unwrap_or(folder),
            settings: settings.unwrap_or_default(),
            coders,
            documents,
        }
    }

    /// The documents, each id and each file once: of several, that one whose text stands there, else the first.
    fn without_doubles(&self, documents: Vec<Document>) -> Vec<Document> {
        let stands = |document: &Document| {
            is_plain_text_name(&document.file)
                && self
                    .bytes(&format!("{DOCUMENTS}/{}", document.file))
                    .is_some_and(|bytes| sha256_hex(&bytes) == document.sha256)
        };
        let (mut ids, mut files) = (HashSet::new(), HashSet::new());
        let mut is_first = |document: &Document| {
            let file = document.file.to_lowercase();
            let is_new = !ids.contains(&document.id) && !files.contains(&file);
            if is_new {
                ids.insert(document.id);
                files.insert(file);
            }
            is_new
        };
        let mut kept = vec![false; documents.len()];
        for only_standing in [true, false] {
            for (at, document) in documents.iter().enumerate() {
                kept[at] = kept[at] || ((!only_standing || stands(document)) && is_first(document));
            }
        }
        documents.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(document, _)| document).collect()
    }

    /// Adds the documents whose texts and tables lie in the project and that nobody took out of it.
    fn find_documents(&self, documents: &mut Vec<Document>) {
        let removed = self.removed_files();
        let named: HashSet<String> = documents.iter().map(|document| document.file.clone()).collect();
        let mut hashes: HashSet<String> = documents.iter().map(|document| document.sha256.clone()).collect();
        let mut ids: HashSet<_> = documents.iter().map(|document| document.id).collect();
        for file in self.disk().list(&self.place.join(DOCUMENTS)).unwrap_or_default() {
            if !is_plain_text_name(&file) || named.contains(&file) || removed.contains(&file) {
                continue;
            }
            let Some(text) = self.bytes(&format!("{DOCUMENTS}/{file}")) else { continue };
            let Ok(text) = String::from_utf8(text) else { continue };
            let sha256 = sha256_hex(text.as_bytes());
            let of_tables = self.document_of_tables(&file);
            // A text that a document of the register looks for is left to it.
            if of_tables.is_some_and(|id| !ids.insert(id)) || !hashes.insert(sha256.clone()) {
                continue;
            }
            let id = of_tables.unwrap_or_else(|| SystemStamps.document_id());
            documents.push(Document {
                id,
                title: title(&text).unwrap_or_else(|| file.clone()),
                source: Source { path: file.clone(), encoding: "UTF-8".into(), ..Source::default() },
                file,
                imported: SystemStamps.now(),
                sha256,
                earlier: Vec::new(),
                text: Text::new(text),
            });
        }
    }

    /// The document that the tables of a text name.
    fn document_of_tables(&self, file: &str) -> Option<crate::model::DocumentId> {
        let stem = file.trim_end_matches(".txt");
        self.disk().list(&self.place.join("annotations")).ok()?.iter().find_map(|coder| {
            let name = format!("annotations/{coder}/{stem}.ron");
            let bytes = self.bytes(&name)?;
            read_table(&self.place.join(&name), &name, &bytes).ok().map(|table| table.document)
        })
    }

    /// The files of documents that a reader took out of the project, which an undo would bring back, and of those that a journal brings.
    fn removed_files(&self) -> HashSet<String> {
        let mut files = HashSet::new();
        for name in self.disk().list(&self.place.join("history")).unwrap_or_default() {
            let name = format!("history/{name}");
            let Some(page) = self.bytes(&name).filter(|_| name.ends_with(".ron")) else { continue };
            let path = self.place.join(&name);
            let steps = || self.disk().read(&path.with_extension("steps"));
            if let Ok(history) = read_history(&path, &page, true, steps) {
                let steps = history.done.iter().chain(&history.undone);
                steps.for_each(|step| inserted(&step.edit, &mut files));
            }
        }
        for name in self.disk().list(&self.place.join("journal")).unwrap_or_default() {
            let bytes = self.bytes(&format!("journal/{name}")).filter(|_| name.ends_with(".ron"));
            let journal = read_journal(&name, &bytes.unwrap_or_default());
            journal.records.iter().for_each(|(_, record, _)| inserted(record.act.edit(), &mut files));
        }
        files
    }

    /// Writes the codebook anew where it cannot be read, or where a save would lose something of it.
    pub(super) fn codebook(&mut self) -> Result<(), StoreError> {
        let bytes = self.bytes(CODEBOOK_FILE).unwrap_or_default();
        let path = self.place.join(CODEBOOK_FILE);
        let (tags, what) = match read_page_noting::<CodebookFile>(&path, &bytes) {
            Ok((file, fields)) => {
                let mended = with_own_names(file.tags.clone());
                if fields.is_empty() && mended == file.tags {
                    return Ok(());
                }
                (mended, "what was twice, unknown or in a circle was put right".to_owned())
            }
            Err(_) => {
                let tags: Vec<Tag> = lines_of(&bytes).filter_map(|line| parse(line).ok()).collect();
                let what = format!("rebuilt with the {} tags that could be read", tags.len());
                (with_own_names(tags), what)
            }
        };
        let id = SystemStamps.project_id();
        let codebook = Codebook::new(tags);
        let project = Project::from_parts(id, String::new(), Settings::default(), codebook, Vec::new(), []);
        let bytes = write_codebook(&project).map_err(self.unwritable(CODEBOOK_FILE))?;
        self.put(CODEBOOK_FILE, Some(&bytes), &what)
    }

    /// The coder whose files have this name, as far as anybody says.
    pub(super) fn coder_of(&self, folder: &str, coders: &[Coder], told: Option<&Coder>) -> Coder {
        let is_it = |coder: &&Coder| coder_file(coder.name()) == folder;
        let found = coders.iter().chain(told).chain([&self.coder]).find(is_it);
        found.cloned().unwrap_or_else(|| told.cloned().unwrap_or_else(|| Coder::new(folder)))
    }
}

/// The files of the documents that an edit brings.
fn inserted(edit: &Edit, files: &mut HashSet<String>) {
    match edit {
        Edit::InsertDocument { document, .. } => {
            files.insert(document.file.clone());
        }
        Edit::Batch(edits) => edits.iter().for_each(|edit| inserted(edit, files)),
        _ => {}
    }
}

/// The tags, each with an id and a name of its own and none under itself. A tag that stands there twice as it is stays once.
fn with_own_names(tags: Vec<Tag>) -> Vec<Tag> {
    let (mut ids, mut names) = (HashSet::new(), HashSet::new());
    let mut mended: Vec<Tag> = Vec::new();
    for mut tag in tags {
        if mended.contains(&tag) {
            continue;
        }
        if !ids.insert(tag.id) {
            tag.id = SystemStamps.tag_id();
            ids.insert(tag.id);
        }
        if tag.name.trim().is_empty() {
            tag.name = tag.id.short();
        }
        let name = tag.name.clone();
        for number in 2.. {
            if names.insert(tag.name.clone()) {
                break;
            }
            tag.name = format!("{name} ({number})");
        }
        mended.push(tag);
    }
    let parents: std::collections::HashMap<_, _> = mended.iter().map(|tag| (tag.id, tag.parent)).collect();
    for tag in &mut mended {
        let mut above = tag.parent;
        for _ in 0..parents.len() {
            let Some(id) = above else { break };
            above = parents.get(&id).copied().flatten();
        }
        if above.is_some() {
            tag.parent = None;
        }
    }
    mended
}

/// The names of the files that have a fault for which `check` fails.
pub(super) fn faulty(faults: &[Fault]) -> BTreeSet<String> {
    faults.iter().filter(|fault| fault.fatal).map(|fault| fault.file.clone()).collect()
}
