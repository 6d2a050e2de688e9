//! Noticing that another program or a sync has changed the project's files, and reading what they hold now.
//!
//! A cheap look asks for the register, the codebook and the folders of tables; a thorough one for every file. What is found becomes the
//! new version that the files are known to have, and is told as a [`Foreign`] change: nothing is saved before whoever holds the
//! project has merged it. A file that is half there, as while a sync is at work, is left for the next look; one that stays
//! unreadable is told of, and is not overwritten either.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::Fault;
use super::disk::Looks;
use super::format::{CODEBOOK_FILE, CodebookFile, ProjectFile, Row, TablesFile, read_page};
use super::merge::{Foreign, codebook_edits};
use super::names::sha256_hex;
use super::open::set_aside;
use super::pages::read_table;
use super::place::PROJECT_FILE;
use super::read::misfit;
use super::save::{Seen, list_path};
use super::session::SessionEvent;
use super::steps::{StepsFile, history_name, steps_name};
use super::tables::{LIST, table_name};
use super::texts::{TextFault, read_text};
use super::writer::Writer;
use crate::model::{Annotation, AnnotationId, Codebook, Coder, Document, DocumentId, Edit, Project};

/// How long a file that cannot be taken over is given before that is told.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a save of another coder may be at work before its files are read all the same.
const SAVING: Duration = Duration::from_secs(10);

/// What is said of a file of this coder's that is gone although nobody meant that.
const WRITTEN_AGAIN: &str = "the file was gone; it is written again";

/// What was noticed so far.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// How the folders of tables looked when their names were last read.
    folders: BTreeMap<String, Looks>,
    /// Files that cannot be taken over as they are.
    unsettled: BTreeMap<String, Unsettled>,
    /// How many changes were told.
    pub serial: u64,
}

impl Watch {
    /// Begins in another place.
    pub fn start_anew(&mut self) {
        self.folders.clear();
        self.unsettled.clear();
    }
}

#[derive(Debug)]
struct Unsettled {
    since: Instant,
    sha256: Option<String>,
    is_told: bool,
}

/// A file that is not as it was last seen.
struct Altered {
    name: String,
    /// What it holds; `None` where it is gone.
    now: Option<(Vec<u8>, Seen)>,
}

/// Why what was found cannot be taken over.
struct Refusal {
    name: String,
    line: Option<usize>,
    what: String,
}

impl Refusal {
    fn new(name: impl Into<String>, what: impl Into<String>) -> Self {
        Self { name: name.into(), line: None, what: what.into() }
    }
}

impl Writer {
    /// Looks whether the files are as they were last seen, and takes over what is new. Returns whether something was told that has to be
    /// merged.
    pub fn look_round(&mut self, thorough: bool) -> bool {
        let disk = self.disk();
        if self.is_read_only()
            || disk.look(&self.place().join(PROJECT_FILE)).is_err()
            || self.is_being_saved()
        {
            return false;
        }
        let altered = self.altered(thorough);
        if altered.is_empty() {
            self.watch.unsettled.clear();
            return false;
        }
        match self.read_theirs(&altered) {
            Ok(theirs) => self.take_over(altered, theirs),
            Err(refusals) => {
                self.refuse(&altered, refusals);
                false
            }
        }
    }

    /// Whether another coder is saving just now: their files are read when they are done. A save of ours that is decided and not
    /// finished comes first, too.
    fn is_being_saved(&self) -> bool {
        let disk = self.disk();
        let folder = self.place().join("journal");
        if disk.look(&list_path(&self.place(), &self.coder)).is_ok() {
            return true;
        }
        let lists = disk.list(&folder).unwrap_or_default();
        lists.iter().filter(|name| name.ends_with(".saving")).any(|name| {
            let written = disk.look(&folder.join(name)).ok().and_then(|looks| looks.modified);
            written.and_then(|at| SystemTime::now().duration_since(at).ok()).is_none_or(|age| age < SAVING)
        })
    }

    /// The files that do not hold what they held when they were last seen.
    fn altered(&mut self, thorough: bool) -> Vec<Altered> {
        let mut names: BTreeSet<String> = [PROJECT_FILE.to_owned(), CODEBOOK_FILE.to_owned()].into();
        names.extend(self.own_history());
        names.extend(self.tables_to_look_at(thorough));
        names.extend(self.watch.unsettled.keys().filter(|name| name.starts_with("annotations/")).cloned());
        names.into_iter().filter_map(|name| self.look_at(name)).collect()
    }

    /// Tables whose folder has changed since it was last looked at; all of them in a thorough look.
    fn tables_to_look_at(&mut self, thorough: bool) -> Vec<String> {
        let disk = self.disk();
        let place = self.place();
        let mut names = Vec::new();
        let mut folders = BTreeMap::new();
        for coder in disk.list(&place.join("annotations")).unwrap_or_default() {
            let folder = format!("annotations/{coder}");
            let Ok(looks) = disk.look(&place.join(&folder)) else { continue };
            if !looks.is_folder {
                continue;
            }
            if thorough || self.watch.folders.get(&folder) != Some(&looks) {
                let listed = disk.list(&place.join(&folder)).unwrap_or_default();
                let is_table =
                    |name: &String| name == LIST || (name.ends_with(".ron") && !name.starts_with('.'));
                let tables = listed.into_iter().filter(is_table);
                names.extend(tables.map(|name| format!("{folder}/{name}")));
                names.extend(self.known.below(&format!("{folder}/")));
            }
            folders.insert(folder, looks);
        }
        // A folder that is gone takes its tables along.
        for gone in self.watch.folders.keys().filter(|folder| !folders.contains_key(*folder)) {
            names.extend(self.known.below(&format!("{gone}/")));
        }
        if thorough {
            names.extend(self.known.below("annotations/"));
        }
        self.watch.folders = folders;
        names
    }

    /// What a file holds, where that is not what it held. A file that was merely written again as it was is remembered with its new looks.
    fn look_at(&mut self, name: String) -> Option<Altered> {
        let disk = self.disk();
        let path = self.place().join(&name);
        let seen = self.known.get(&name);
        let looks = match disk.look(&path) {
            Ok(looks) => looks,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let counts = seen.is_some() && (name.starts_with("annotations/") || name == CODEBOOK_FILE);
                return counts.then_some(Altered { name, now: None });
            }
            Err(_) => return None,
        };
        if looks.is_folder || seen.is_some_and(|seen| seen.looks == Some(looks)) {
            return None;
        }
        let bytes = disk.read(&path).ok()?;
        let now = Seen { looks: Some(looks), sha256: sha256_hex(&bytes) };
        if seen.is_some_and(|seen| seen.sha256 == now.sha256) {
            self.known.insert(&name, now);
            return None;
        }
        Some(Altered { name, now: Some((bytes, now)) })
    }

    /// The project as its files are now.
    fn read_theirs(&mut self, altered: &[Altered]) -> Result<Theirs, Vec<Refusal>> {
        let reading =
            Reading { writer: self, altered: altered.iter().map(|one| (one.name.as_str(), one)).collect() };
        reading.project()
    }

    /// The files of this coder's history.
    fn own_history(&self) -> [String; 2] {
        let page = history_name(&self.coder);
        [steps_name(&page), page]
    }

    /// Makes what the files hold now the version that they are known to have, and tells what has changed.
    fn take_over(&mut self, altered: Vec<Altered>, theirs: Theirs) -> bool {
        let history = self.own_history();
        for one in altered {
            let Some((bytes, seen)) = one.now else {
                self.known.remove(&one.name);
                continue;
            };
            if history.contains(&one.name) {
                // A history is only this coder's: what somebody put in its place is kept, and ours is written anew.
                let kind = if one.name.ends_with(".ron") { "history" } else { "steps" };
                if set_aside(&self.surroundings, &self.place(), kind, &self.coder, &bytes).is_err() {
                    continue;
                }
                self.steps = StepsFile::default();
            }
            self.known.insert(&one.name, seen);
        }
        self.watch.unsettled.clear();
        for (name, rows) in theirs.aside {
            if rows.is_empty() {
                self.aside.remove(&name);
            } else {
                self.aside.insert(name, rows);
            }
        }
        for coder in theirs.coders {
            if !self.coders.contains(&coder) {
                self.coders.push(coder);
            }
        }
        let base = std::mem::replace(&mut self.saved, theirs.project);
        let foreign = Foreign::new(base, self.saved.clone());
        // What was lost on the disk is not there any more: the next save writes it.
        self.saved.apply(&Edit::Batch(theirs.lost)).ok();
        if !theirs.faults.is_empty() {
            self.tell(SessionEvent::Unsettled(theirs.faults));
        }
        if foreign.difference.is_empty() {
            return false;
        }
        self.watch.serial += 1;
        self.tell(SessionEvent::Changed(Box::new(foreign)));
        true
    }

    /// Remembers what cannot be taken over, and tells of it once it has not changed for a while.
    fn refuse(&mut self, altered: &[Altered], refusals: Vec<Refusal>) {
        let mut faults = Vec::new();
        let mut unsettled = BTreeMap::new();
        for refusal in refusals {
            let sha256 = altered
                .iter()
                .find(|one| one.name == refusal.name)
                .and_then(|one| one.now.as_ref())
                .map(|(_, seen)| seen.sha256.clone());
            let before = self.watch.unsettled.remove(&refusal.name).filter(|before| before.sha256 == sha256);
            let mut now = before.unwrap_or(Unsettled { since: Instant::now(), sha256, is_told: false });
            if !now.is_told && now.since.elapsed() >= PATIENCE {
                now.is_told = true;
                faults.push(Fault::fatal(&refusal.name, refusal.line, refusal.what));
            }
            unsettled.insert(refusal.name, now);
        }
        self.watch.unsettled = unsettled;
        if !faults.is_empty() {
            self.tell(SessionEvent::Unsettled(faults));
        }
    }
}

/// What the files hold now.
struct Theirs {
    project: Project,
    coders: Vec<Coder>,
    /// Rows that do not fit their text, for every table that was read.
    aside: BTreeMap<String, Vec<Row<'static>>>,
    /// What takes annotations out whose table is gone although nobody meant that.
    lost: Vec<Edit>,
    faults: Vec<Fault>,
}

struct Reading<'a> {
    writer: &'a Writer,
    altered: BTreeMap<&'a str, &'a Altered>,
}

impl Reading<'_> {
    fn project(&self) -> Result<Theirs, Vec<Refusal>> {
        let saved = &self.writer.saved;
        let mut refusals = Vec::new();
        let register = self.register().map_err(|refusal| refusals.push(refusal)).unwrap_or_default();
        let codebook = self.codebook().map_err(|refusal| refusals.push(refusal)).unwrap_or_default();
        let documents = match &register {
            Some(register) => self.documents(register, &mut refusals),
            None => saved.documents().to_vec(),
        };
        let mut theirs = Theirs {
            project: saved.clone(),
            coders: register.as_ref().map(|register| register.coders.clone()).unwrap_or_default(),
            aside: BTreeMap::new(),
            lost: Vec::new(),
            faults: Vec::new(),
        };
        if self.is_gone(CODEBOOK_FILE) {
            theirs.faults.push(Fault::noted(CODEBOOK_FILE, None, WRITTEN_AGAIN));
        }
        let tables = self.tables();
        let mut edits = Vec::new();
        let kept: BTreeSet<DocumentId> = documents.iter().map(|document| document.id).collect();
        let gone = saved.documents().iter().filter(|document| !kept.contains(&document.id));
        edits.extend(gone.map(|document| Edit::RemoveDocument(document.id)));
        for (at, document) in documents.into_iter().enumerate() {
            let old = saved.document(document.id);
            let is_same = old.is_some_and(|old| Arc::ptr_eq(old, &document));
            let stem = |document: &Document| document.file.trim_end_matches(".txt").to_owned();
            let stems: BTreeSet<String> =
                old.map(|old| stem(old)).into_iter().chain([stem(&document)]).collect();
            let names: Vec<&String> = stems.iter().filter_map(|stem| tables.get(stem)).flatten().collect();
            if is_same && !names.iter().any(|name| self.altered.contains_key(name.as_str())) {
                continue;
            }
            match self.table(&document, old, &names, &mut theirs) {
                Ok(annotations) if old.is_some() => {
                    edits.push(Edit::ReplaceDocument { document, annotations });
                }
                Ok(annotations) => edits.push(Edit::InsertDocument { at, document, annotations }),
                Err(refusal) => refusals.push(refusal),
            }
        }
        if let Some(codebook) = &codebook {
            edits.extend(codebook_edits(saved.codebook().tags(), codebook.tags()));
        }
        if let Some(register) = register {
            if register.title != saved.title() {
                edits.push(Edit::SetTitle(register.title));
            }
            theirs.project.settings = register.settings;
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        match theirs.project.apply(&Edit::Batch(edits)) {
            Ok(_) => Ok(theirs),
            Err(error) => Err(vec![Refusal::new(PROJECT_FILE, error.to_string())]),
        }
    }

    /// The bytes of a file that was altered.
    fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.altered.get(name).and_then(|one| one.now.as_ref()).map(|(bytes, _)| bytes.as_slice())
    }

    fn is_gone(&self, name: &str) -> bool {
        self.altered.get(name).is_some_and(|one| one.now.is_none())
    }

    /// Whether a coder's list names a table.
    fn is_listed(&self, name: &str) -> bool {
        let Some((folder, table)) = name.rsplit_once('/') else { return false };
        let path = self.writer.place().join(folder).join(LIST);
        let list = self.writer.disk().read(&path).ok();
        let list = list.and_then(|bytes| read_page::<TablesFile>(&path, &bytes).ok());
        list.is_some_and(|list| list.tables.iter().any(|stem| stem == table.trim_end_matches(".ron")))
    }

    fn register(&self) -> Result<Option<ProjectFile>, Refusal> {
        let Some(bytes) = self.bytes(PROJECT_FILE) else { return Ok(None) };
        let path = self.writer.place().join(PROJECT_FILE);
        let register: ProjectFile =
            read_page(&path, bytes).map_err(|error| Refusal::new(PROJECT_FILE, error.to_string()))?;
        if register.id != self.writer.saved.id() {
            return Err(Refusal::new(PROJECT_FILE, "another project was put in its place"));
        }
        let mut ids = BTreeSet::new();
        let mut files = BTreeSet::new();
        let twice =
            |document: &&Document| !ids.insert(document.id) || !files.insert(document.file.to_lowercase());
        match register.documents.iter().find(twice) {
            Some(document) => {
                let what = format!("the document {} or its file stands there twice", document.id);
                Err(Refusal::new(PROJECT_FILE, what))
            }
            None => Ok(Some(register)),
        }
    }

    fn codebook(&self) -> Result<Option<Codebook>, Refusal> {
        let Some(bytes) = self.bytes(CODEBOOK_FILE) else { return Ok(None) };
        let path = self.writer.place().join(CODEBOOK_FILE);
        let file: CodebookFile =
            read_page(&path, bytes).map_err(|error| Refusal::new(CODEBOOK_FILE, error.to_string()))?;
        // What an edit would refuse cannot stand in a codebook: names that two share, circles, blank names.
        let mut book = Project::new(self.writer.saved.id(), "");
        let ids: BTreeSet<_> = file.tags.iter().map(|tag| tag.id).collect();
        if ids.len() < file.tags.len() {
            return Err(Refusal::new(CODEBOOK_FILE, "a tag stands there twice"));
        }
        book.apply(&Edit::Batch(codebook_edits(&[], &file.tags)))
            .map_err(|error| Refusal::new(CODEBOOK_FILE, error.to_string()))?;
        Ok(Some(book.codebook().clone()))
    }

    /// The documents of a register, with their texts; those that are as they were are the same in memory.
    fn documents(&self, register: &ProjectFile, refusals: &mut Vec<Refusal>) -> Vec<Arc<Document>> {
        let disk = self.writer.disk();
        let place = self.writer.place();
        let mut documents = Vec::with_capacity(register.documents.len());
        for entry in &register.documents {
            let old = self.writer.saved.document(entry.id);
            let text = match old.filter(|old| old.sha256 == entry.sha256) {
                Some(old) => Ok(old.text.clone()),
                None => read_text(&*disk, &place, &entry.file, &entry.sha256),
            };
            match text {
                Ok(text) => {
                    let document = Document { text, ..entry.clone() };
                    match old.filter(|old| ***old == document) {
                        Some(old) => documents.push(Arc::clone(old)),
                        None => documents.push(Arc::new(document)),
                    }
                }
                Err(fault) => {
                    let what = match fault {
                        TextFault::Missing => {
                            "the text of a document that was added elsewhere is not here yet"
                        }
                        TextFault::Altered(_) => {
                            "the text of a document that was changed elsewhere is not here yet"
                        }
                        _ => "the text of a document that was added elsewhere cannot be read",
                    };
                    refusals.push(Refusal::new(format!("documents/{}", entry.file), what));
                }
            }
        }
        documents
    }

    /// The names of all tables, by what they are called without their ending.
    fn tables(&self) -> HashMap<String, BTreeSet<String>> {
        let known = self.writer.known.below("annotations/");
        let altered = self.altered.keys().filter(|name| name.starts_with("annotations/"));
        let is_table = |name: &String| name.ends_with(".ron");
        let mut tables: HashMap<String, BTreeSet<String>> = HashMap::new();
        for name in known.into_iter().chain(altered.map(|&name| name.to_owned())).filter(is_table) {
            let stem = name.rsplit('/').next().unwrap_or(&name).trim_end_matches(".ron").to_owned();
            tables.entry(stem).or_default().insert(name);
        }
        tables
    }

    /// The annotations of a document, of all coders, as its tables hold them now.
    fn table(
        &self,
        document: &Arc<Document>,
        old: Option<&Arc<Document>>,
        names: &[&String],
        theirs: &mut Theirs,
    ) -> Result<Vec<Arc<Annotation>>, Refusal> {
        let has_new_text = old.is_none_or(|old| old.sha256 != document.sha256);
        let saved = self.writer.saved.table(document.id);
        let mut ids: BTreeSet<AnnotationId> = BTreeSet::new();
        let mut annotations = Vec::new();
        let mut read = BTreeSet::new();
        for name in names {
            let bytes = match self.altered.get(name.as_str()) {
                Some(one) => one.now.as_ref().map(|(bytes, _)| bytes.clone()),
                None if has_new_text => self.writer.disk().read(&self.writer.place().join(name)).ok(),
                None => continue,
            };
            if self.is_gone(name) && self.is_listed(name) {
                // A coder's own program takes a table off the list when it removes it.
                let own = table_name(document, &self.writer.coder);
                if **name != own {
                    return Err(Refusal::new(*name, "the table is missing; put it back from a copy"));
                }
                theirs.faults.push(Fault::noted(*name, None, WRITTEN_AGAIN));
                let mine = saved.iter().filter(|one| one.coder == self.writer.coder);
                theirs
                    .lost
                    .extend(mine.map(|one| Edit::RemoveAnnotation { document: one.document, id: one.id }));
                continue;
            }
            read.insert((*name).clone());
            theirs.aside.insert((*name).clone(), Vec::new());
            let Some(bytes) = bytes else { continue };
            for row in self.rows(name, &bytes, document, has_new_text, theirs)? {
                if ids.insert(row.id) {
                    annotations.push(row);
                }
            }
        }
        // The tables that nobody touched, as they are in memory.
        for annotation in saved.iter() {
            if !read.contains(&table_name(document, &annotation.coder)) && ids.insert(annotation.id) {
                annotations.push(Arc::clone(annotation));
            }
        }
        Ok(annotations)
    }

    /// The rows of one table that fit the text; the others are kept aside.
    fn rows(
        &self,
        name: &str,
        bytes: &[u8],
        document: &Document,
        has_new_text: bool,
        theirs: &mut Theirs,
    ) -> Result<Vec<Arc<Annotation>>, Refusal> {
        let path = self.writer.place().join(name);
        let table = read_table(&path, name, bytes).map_err(|error| Refusal::new(name, error.to_string()))?;
        if let Some(fault) = table.faults.into_iter().next() {
            return Err(Refusal { name: name.to_owned(), line: fault.line, what: fault.what });
        }
        if table.document != document.id || table_name(document, &table.coder) != name {
            return Err(Refusal::new(name, "the table names another document or coder than its place says"));
        }
        let is_fresh = |name: &str| {
            self.writer.watch.unsettled.get(name).is_none_or(|before| before.since.elapsed() < PATIENCE)
        };
        let mut rows = Vec::new();
        for (line, row) in table.rows {
            let fault = misfit(document, &row);
            if has_new_text
                && (fault.is_some() || !document.text.is_quoted_by(&row.spans, &row.quote))
                && is_fresh(name)
            {
                // The new text has arrived before the table that was made for it.
                return Err(Refusal {
                    name: name.to_owned(),
                    line,
                    what: "the table is of an earlier text".into(),
                });
            }
            match fault {
                Some(what) => {
                    let what = format!("annotation {}: {what}; it is kept aside", row.id);
                    theirs.faults.push(Fault::fatal(name, line, what));
                    theirs.aside.entry(name.to_owned()).or_default().push(row);
                }
                None => rows.push(Arc::new(row.into_annotation(document.id, table.coder.clone()))),
            }
        }
        Ok(rows)
    }
}
