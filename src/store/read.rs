//! From a project folder to a project in memory. What is on the disk is not trusted: whatever does not fit becomes a [`Fault`], and
//! what does not fit its text is kept aside and written back, never dropped.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::Looks;
use super::error::reason;
use super::format::{CODEBOOK_FILE, CodebookFile, ProjectFile, Row, TableRead, read_page, read_table};
use super::journal::JournalRead;
use super::names::{coder_file, is_plain_text_name};
use super::place::PROJECT_FILE;
use super::save::{Known, Seen, Waiting};
use super::steps::{HistoryRead, StepsFile, history_name, read_history, steps_name};
use super::tables::table_name;
use super::texts::{DOCUMENTS, TextFault, read_text};
use super::{Fault, Progress, StoreError, Surroundings};
use crate::model::{
    Annotation, AnnotationId, AnnotationTable, Codebook, Coder, Document, History, Project, TagId,
};

/// What to read, and how closely.
pub(super) struct Reading<'a> {
    pub surroundings: &'a Surroundings,
    pub place: &'a Path,
    /// Whose history and journal; `None` reads everybody's, to check them.
    pub coder: Option<&'a Coder>,
    /// Whether unsaved edits of other coders are shown too, as whoever only reads wants.
    pub others: bool,
    pub progress: &'a Progress,
}

/// What was read.
pub(super) struct Loaded {
    /// The project with all edits.
    pub project: Project,
    pub history: History,
    /// The project as the tables, codebook and register have it, without the edits of the journal.
    pub saved: Project,
    /// The coders that the register names.
    pub coders: Vec<Coder>,
    /// The last edit folded into the files.
    pub folded: u64,
    /// How the file of steps of the coder stood.
    pub steps: StepsFile,
    /// The journal of the coder as read.
    pub journal: JournalRead,
    /// Its bytes; empty where there is none.
    pub journal_bytes: Vec<u8>,
    /// Edits beyond it that could not be written and were kept in the user's state directory.
    pub rescued: JournalRead,
    pub known: Known,
    /// Rows that do not fit their text, by the name of their table.
    pub aside: HashMap<String, Vec<Row<'static>>>,
    pub faults: Vec<Fault>,
    /// Whether writing would lose something that could not be read.
    pub blocked: bool,
    /// How many edits were replayed from journals.
    pub recovered: usize,
    pub torn: bool,
}

impl Loaded {
    /// The last sequence number that was used.
    pub fn last(&self) -> u64 {
        let records = self.journal.records.iter().chain(&self.rescued.records);
        records.map(|(_, record, _)| record.seq).fold(self.folded, u64::max)
    }
}

/// Where edits are kept that a project could not take.
pub(super) fn rescue_folder(
    surroundings: &Surroundings,
    project: &Project,
    coder: &Coder,
) -> Option<PathBuf> {
    let roots = surroundings.roots.as_ref()?;
    Some(roots.state.join("recovery").join(format!("{}-{}", project.id(), coder_file(coder.name()))))
}

/// The file in that folder that says which project folder the edits were meant for.
pub(super) const RESCUE_PLACE: &str = "place.ron";

/// The name of a coder's journal in the project.
pub(super) fn journal_name(coder: &Coder) -> String {
    format!("journal/{}.ron", coder_file(coder.name()))
}

/// How often a project that somebody saves meanwhile is read again.
const TRIES: usize = 5;

/// Reads a project. Whoever holds no lock may meet a save half-way: then it is read again.
pub(super) fn load(reading: &Reading<'_>) -> Result<Loaded, StoreError> {
    let mut before = fingerprint(reading);
    for _ in 1..TRIES {
        let loaded = load_once(reading);
        let after = fingerprint(reading);
        if before == after || matches!(loaded, Err(StoreError::Cancelled)) {
            return loaded;
        }
        before = after;
    }
    load_once(reading)
}

/// How the files look that every save writes.
fn fingerprint(reading: &Reading<'_>) -> Vec<(String, Option<Looks>)> {
    let disk = &*reading.surroundings.disk;
    let mut names = vec![PROJECT_FILE.to_owned(), CODEBOOK_FILE.to_owned()];
    for name in disk.list(&reading.place.join("history")).unwrap_or_default() {
        names.push(format!("history/{name}"));
    }
    let lists = disk.list(&reading.place.join("journal")).unwrap_or_default();
    names.extend(
        lists.into_iter().filter(|name| name.ends_with(".saving")).map(|name| format!("journal/{name}")),
    );
    names.into_iter().map(|name| (name.clone(), disk.look(&reading.place.join(name)).ok())).collect()
}

fn load_once(reading: &Reading<'_>) -> Result<Loaded, StoreError> {
    let mut reader = Reader {
        reading,
        waiting: Waiting::read_all(&*reading.surroundings.disk, reading.place),
        known: Known::default(),
        faults: Vec::new(),
        blocked: false,
        aside: HashMap::new(),
    };
    reader.load()
}

pub(super) struct Reader<'a> {
    pub reading: &'a Reading<'a>,
    /// New contents of saves that were decided and not finished.
    pub waiting: Waiting,
    pub known: Known,
    pub faults: Vec<Fault>,
    pub blocked: bool,
    pub aside: HashMap<String, Vec<Row<'static>>>,
}

/// A history as it could be read, with how its page and its file of steps were seen.
type HistoryFound = io::Result<(Result<HistoryRead, StoreError>, Seen, Option<Seen>)>;

/// All that lies on the disk of one document.
struct DocumentRead {
    document: Arc<Document>,
    text_fault: Option<TextFault>,
    tables: Vec<(String, Option<Seen>, Result<TableRead, StoreError>)>,
}

impl Reader<'_> {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        let path = self.reading.place.join(PROJECT_FILE);
        let (register, seen) = self.bytes(PROJECT_FILE).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StoreError::NotAProject(self.reading.place.to_owned()),
            _ => StoreError::io("read", &path)(error),
        })?;
        let register: ProjectFile = read_page(&path, &register)?;
        self.known.insert(PROJECT_FILE, seen);
        let codebook = self.codebook()?;
        let documents = self.register(register.documents);
        let names = self.table_names();
        let (histories, read) = std::thread::scope(|scope| {
            let disk = &*self.reading.surroundings.disk;
            let pages = self.history_names();
            let (waiting, place) = (&self.waiting, self.reading.place);
            let own = self.reading.coder.map(history_name);
            let histories = scope.spawn(move || {
                let read = |name: String| {
                    // Whoever checks reads the steps of all.
                    let whole = own.as_ref().is_none_or(|own| *own == name);
                    let found = waiting.bytes(disk, place, &name).map(|(page, seen)| {
                        let mut seen_steps = None;
                        let read = read_history(&place.join(&name), &page, whole, || {
                            let (bytes, seen) = waiting.bytes(disk, place, &steps_name(&name))?;
                            seen_steps = Some(seen);
                            Ok(bytes)
                        });
                        (read, seen, seen_steps)
                    });
                    (name, found)
                };
                pages.into_iter().map(read).collect::<Vec<(String, HistoryFound)>>()
            });
            let read = self.read_documents(documents, &names);
            (histories.join().expect("reading a history does not panic"), read)
        });
        let mut documents = Vec::new();
        let mut tables = Vec::new();
        let mut ids = HashSet::new();
        let tags: HashSet<TagId> = codebook.tags().iter().map(|tag| tag.id).collect();
        for mut read in read? {
            self.text(&mut read);
            tables.push((read.document.id, self.tables(&read.document, read.tables, &mut ids, &tags)));
            documents.push(read.document);
        }
        let saved =
            Project::from_parts(register.id, register.title, register.settings, codebook, documents, tables);
        let (history, folded, pages) = self.history(histories);
        self.miss_tables(&names.into_values().flatten().collect(), &pages, &register.coders);
        self.finish(saved, history, folded, register.coders)
    }

    pub fn fatal(&mut self, name: &str, line: Option<usize>, what: impl Into<String>) {
        self.faults.push(Fault::fatal(name, line, what));
    }

    pub fn bytes(&self, name: &str) -> io::Result<(Vec<u8>, Seen)> {
        self.waiting.bytes(&*self.reading.surroundings.disk, self.reading.place, name)
    }

    /// The names of the files in a folder of the project that end so, with the folder's own.
    pub fn files_in(&self, folder: &str, ending: &str) -> Vec<String> {
        let names = self.reading.surroundings.disk.list(&self.reading.place.join(folder)).unwrap_or_default();
        let wanted = names.into_iter().filter(|name| !name.starts_with('.') && name.ends_with(ending));
        wanted.map(|name| format!("{folder}/{name}")).collect()
    }

    fn history_names(&self) -> Vec<String> {
        match self.reading.coder {
            Some(coder) if !self.reading.others => vec![history_name(coder)],
            _ => self.files_in("history", ".ron"),
        }
    }

    fn codebook(&mut self) -> Result<Codebook, StoreError> {
        let path = self.reading.place.join(CODEBOOK_FILE);
        let file = self
            .bytes(CODEBOOK_FILE)
            .map_err(|error| StoreError::io("read", &path)(error))
            .and_then(|(bytes, seen)| Ok((read_page::<CodebookFile>(&path, &bytes)?, seen)));
        let mut tags = match file {
            Ok((file, seen)) => {
                self.known.insert(CODEBOOK_FILE, seen);
                file.tags
            }
            Err(newer @ StoreError::Newer { .. }) => return Err(newer),
            Err(error) => {
                self.fatal(CODEBOOK_FILE, None, error.to_string());
                self.blocked = true;
                Vec::new()
            }
        };
        let mut ids = HashSet::new();
        let mut names = HashSet::new();
        let (mut faults, mut blocked) = (Vec::new(), false);
        tags.retain(|tag| {
            if tag.name.trim().is_empty() || !names.insert(tag.name.clone()) {
                let what = format!("the tag «{}» ({}) needs a name of its own", tag.name, tag.id);
                faults.push(Fault::fatal(CODEBOOK_FILE, None, what));
            }
            let is_new = ids.insert(tag.id);
            if !is_new {
                blocked = true;
                let what = format!("the tag {} stands there twice; the second is passed over", tag.id);
                faults.push(Fault::fatal(CODEBOOK_FILE, None, what));
            }
            is_new
        });
        let parents: HashMap<TagId, Option<TagId>> = tags.iter().map(|tag| (tag.id, tag.parent)).collect();
        for tag in &mut tags {
            let mut above = tag.parent;
            for _ in 0..parents.len() {
                above = above.and_then(|id| parents.get(&id).copied().flatten());
            }
            if above.is_some() {
                tag.parent = None;
                blocked = true;
                let what = format!("the tag «{}» stands under itself", tag.name);
                faults.push(Fault::fatal(CODEBOOK_FILE, None, what));
            }
        }
        self.faults.append(&mut faults);
        self.blocked |= blocked;
        Ok(Codebook::new(tags))
    }

    fn register(&mut self, documents: Vec<Document>) -> Vec<Document> {
        let mut ids = HashSet::new();
        let mut files = HashSet::new();
        let mut kept = Vec::with_capacity(documents.len());
        for document in documents {
            if !ids.insert(document.id) || !files.insert(document.file.to_lowercase()) {
                let what = format!("the document {} or its file stands there twice", document.id);
                self.fatal(PROJECT_FILE, None, what);
                self.blocked = true;
                continue;
            }
            kept.push(document);
        }
        kept
    }

    /// Reads texts and tables of all documents, in parallel.
    fn read_documents(
        &self,
        documents: Vec<Document>,
        tables: &HashMap<String, Vec<String>>,
    ) -> Result<Vec<DocumentRead>, StoreError> {
        let progress = self.reading.progress;
        progress.set(0, documents.len() as u64);
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        let share = documents.len().div_ceil(threads).max(1);
        let read = |part: &[Document]| -> Vec<DocumentRead> {
            let mut done = Vec::with_capacity(part.len());
            for document in part {
                if progress.cancelled() {
                    break;
                }
                done.push(self.read_document(document.clone(), tables));
                progress.step();
            }
            done
        };
        let parts: Vec<Vec<DocumentRead>> = std::thread::scope(|scope| {
            let readers: Vec<_> =
                documents.chunks(share).map(|part| scope.spawn(move || read(part))).collect();
            readers
                .into_iter()
                .map(|reader| reader.join().expect("reading a document does not panic"))
                .collect()
        });
        if progress.cancelled() {
            Err(StoreError::Cancelled)
        } else {
            Ok(parts.into_iter().flatten().collect())
        }
    }

    /// The names of all tables, by what they are called without their ending.
    fn table_names(&self) -> HashMap<String, Vec<String>> {
        let folders = self.reading.surroundings.disk.list(&self.reading.place.join("annotations"));
        let listed = folders.unwrap_or_default();
        let listed = listed.iter().flat_map(|folder| self.files_in(&format!("annotations/{folder}"), ".ron"));
        let decided =
            self.waiting.written().filter(|name| name.starts_with("annotations/") && name.ends_with(".ron"));
        let names: BTreeSet<String> =
            listed.chain(decided.map(str::to_owned)).filter(|name| !self.waiting.removes(name)).collect();
        let mut tables: HashMap<String, Vec<String>> = HashMap::new();
        for name in names {
            let stem = name.rsplit('/').next().unwrap_or(&name).trim_end_matches(".ron").to_owned();
            tables.entry(stem).or_default().push(name);
        }
        tables
    }

    fn read_document(&self, mut document: Document, tables: &HashMap<String, Vec<String>>) -> DocumentRead {
        let disk = &*self.reading.surroundings.disk;
        let text = read_text(disk, self.reading.place, &document.file, &document.sha256);
        let text_fault = match text {
            Ok(text) => {
                document.text = text;
                None
            }
            Err(fault) => Some(fault),
        };
        let stem = document.file.trim_end_matches(".txt");
        let names = tables.get(stem).into_iter().flatten();
        let tables = names.map(|name| {
            let path = self.reading.place.join(name);
            match self.bytes(name) {
                Ok((bytes, seen)) => (name.clone(), Some(seen), read_table(&path, name, &bytes)),
                Err(error) => (name.clone(), None, Err(StoreError::io("read", &path)(error))),
            }
        });
        let tables = tables.collect();
        DocumentRead { document: Arc::new(document), text_fault, tables }
    }

    fn text(&mut self, read: &mut DocumentRead) {
        let name = format!("{DOCUMENTS}/{}", read.document.file);
        let what = match read.text_fault.take() {
            None => return,
            Some(TextFault::Missing) => "the text of the document is missing".to_owned(),
            Some(TextFault::Unreadable(error)) => format!("the text cannot be read: {}", reason(&error)),
            Some(TextFault::NotText) => "the text was altered and is no longer UTF-8".to_owned(),
            Some(TextFault::BadName) => "the register names a file that no text can have".to_owned(),
            Some(TextFault::Altered(text)) => {
                Arc::make_mut(&mut read.document).text = text;
                "the text was altered since it was imported (its SHA-256 differs from the register)"
                    .to_owned()
            }
        };
        debug_assert!(is_plain_text_name(&read.document.file) || what.contains("register"));
        self.fatal(&name, None, what);
        self.blocked = true;
    }

    /// Puts the tables of a document together, leaving aside what does not fit its text.
    fn tables(
        &mut self,
        document: &Document,
        tables: Vec<(String, Option<Seen>, Result<TableRead, StoreError>)>,
        ids: &mut HashSet<AnnotationId>,
        tags: &HashSet<TagId>,
    ) -> AnnotationTable {
        let mut annotations: Vec<Arc<Annotation>> = Vec::new();
        for (name, seen, table) in tables {
            let mut table = match table {
                Ok(table) => table,
                Err(error) => {
                    self.fatal(&name, None, error.to_string());
                    self.blocked = true;
                    continue;
                }
            };
            if let Some(seen) = seen {
                self.known.insert(&name, seen);
            }
            self.blocked |= !table.faults.is_empty();
            self.faults.append(&mut table.faults);
            if table.document != document.id || table_name(document, &table.coder) != name {
                self.fatal(&name, None, "the table names another document or coder than its place says");
                self.blocked = true;
                if table.document != document.id {
                    continue;
                }
            }
            let mut unknown: BTreeMap<TagId, usize> = BTreeMap::new();
            for (line, row) in table.rows {
                if let Some(what) = misfit(document, &row) {
                    self.fatal(&name, line, format!("annotation {}: {what}; it is kept aside", row.id));
                    self.aside.entry(name.clone()).or_default().push(row);
                    continue;
                }
                if !ids.insert(row.id) {
                    let what = format!("annotation {} stands there twice; the second is kept aside", row.id);
                    self.fatal(&name, line, what);
                    self.aside.entry(name.clone()).or_default().push(row);
                    continue;
                }
                if document.text.quote(&row.spans) != *row.quote {
                    let what = format!("annotation {}: its quote is not what stands at its place", row.id);
                    self.fatal(&name, line, what);
                }
                for tag in row.tags.iter().filter(|tag| !tags.contains(tag)) {
                    *unknown.entry(*tag).or_default() += 1;
                }
                annotations.push(Arc::new(row.into_annotation(document.id, table.coder.clone())));
            }
            for (tag, count) in unknown {
                let what = format!("{count} annotations have the tag {tag}, which the codebook lacks");
                self.faults.push(Fault::noted(&name, None, what));
            }
        }
        AnnotationTable::new(annotations)
    }

    /// The coder's own history, how far each coder's journal is folded, by the journal's name, and how many tables each has, by the name of
    /// the page.
    fn history(
        &mut self,
        read: Vec<(String, HistoryFound)>,
    ) -> (HistoryRead, HashMap<String, u64>, Vec<(String, usize)>) {
        let own = self.reading.coder.map(history_name);
        let mut history = HistoryRead::default();
        let (mut folded, mut pages) = (HashMap::new(), Vec::new());
        for (name, file) in read {
            match file {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => self.fatal(&name, None, reason(&error)),
                Ok((read, seen, seen_steps)) => {
                    self.known.insert(&name, seen);
                    if let Some(seen) = seen_steps {
                        self.known.insert(&steps_name(&name), seen);
                    }
                    match read {
                        Ok(read) => {
                            folded.insert(name.replacen("history/", "journal/", 1), read.folded);
                            pages.push((name.clone(), read.tables));
                            if own.as_ref() == Some(&name) {
                                history = read;
                            }
                        }
                        Err(error) => {
                            self.blocked |= matches!(error, StoreError::Newer { .. });
                            self.fatal(&name, None, error.to_string());
                        }
                    }
                }
            }
        }
        (history, folded, pages)
    }
}

/// Why an annotation cannot stand in a document.
fn misfit(document: &Document, row: &Row<'_>) -> Option<String> {
    let in_order = row.spans.windows(2).all(|pair| pair[0].end < pair[1].start);
    if row.spans.is_empty() {
        return Some("it has no span".into());
    }
    if !in_order {
        return Some("its spans are out of order".into());
    }
    let bad = row.spans.iter().find(|&&span| !document.text.accepts(span))?;
    let range = bad.range();
    let what = if range.end > document.text.len() {
        "leaves the text"
    } else if range.start >= range.end {
        "holds nothing"
    } else {
        "cuts a letter from its marks"
    };
    Some(format!("its span from byte {} to {} {what}", range.start, range.end))
}
