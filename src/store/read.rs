//! From a project folder to a project in memory. What is on the disk is not trusted: whatever does not fit becomes a [`Fault`], and
//! what does not fit its text is kept aside and written back, never dropped.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::reason;
use super::format::{
    CODEBOOK_FILE, CodebookFile, HistoryFile, ProjectFile, Row, TableRead, read_page, read_table,
};
use super::journal::{JournalRead, read_journal};
use super::names::{coder_file, is_plain_text_name};
use super::place::PROJECT_FILE;
use super::save::{Known, Seen, Waiting};
use super::texts::{DOCUMENTS, Filler, TextFault, read_text};
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

/// The name of a coder's journal in the project.
pub(super) fn journal_name(coder: &Coder) -> String {
    format!("journal/{}.ron", coder_file(coder.name()))
}

/// The name of a coder's history in the project.
pub(super) fn history_name(coder: &Coder) -> String {
    format!("history/{}.ron", coder_file(coder.name()))
}

/// The name of the table of a document by a coder.
pub(super) fn table_name(document: &Document, coder: &Coder) -> String {
    let stem = document.file.strip_suffix(".txt").unwrap_or(&document.file);
    format!("annotations/{}/{stem}.ron", coder_file(coder.name()))
}

/// Reads a project.
pub(super) fn load(reading: &Reading<'_>) -> Result<Loaded, StoreError> {
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

struct Reader<'a> {
    reading: &'a Reading<'a>,
    /// New contents of saves that were decided and not finished.
    waiting: Waiting,
    known: Known,
    faults: Vec<Fault>,
    blocked: bool,
    aside: HashMap<String, Vec<Row<'static>>>,
}

/// A history as it could be read.
type HistoryRead = io::Result<(Result<HistoryFile, StoreError>, Seen)>;

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
        let (histories, read) = std::thread::scope(|scope| {
            let disk = &*self.reading.surroundings.disk;
            let names = self.history_names();
            let waiting = &self.waiting;
            let place = self.reading.place;
            let histories = scope.spawn(move || {
                let read = |name: String| {
                    (
                        name.clone(),
                        waiting.bytes(disk, place, &name).map(|(bytes, seen)| {
                            (read_page::<HistoryFile>(&place.join(&name), &bytes), seen)
                        }),
                    )
                };
                names.into_iter().map(read).collect::<Vec<_>>()
            });
            let read = self.read_documents(documents);
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
        let (mut history, folded) = self.history(histories);
        self.finish(saved, &mut history, folded, register.coders)
    }

    /// Replays the journals over what was saved.
    fn finish(
        &mut self,
        saved: Project,
        history: &mut History,
        folded: HashMap<String, u64>,
        coders: Vec<Coder>,
    ) -> Result<Loaded, StoreError> {
        let disk = &*self.reading.surroundings.disk;
        let mut project = saved.clone();
        let mut loaded = Loaded {
            project: saved.clone(),
            history: History::default(),
            saved,
            coders,
            folded: 0,
            journal: JournalRead::default(),
            journal_bytes: Vec::new(),
            rescued: JournalRead::default(),
            known: Known::default(),
            aside: HashMap::new(),
            faults: Vec::new(),
            blocked: false,
            recovered: 0,
            torn: false,
        };
        let own = self.reading.coder.map(journal_name);
        let rescue =
            self.reading.coder.and_then(|coder| rescue_folder(self.reading.surroundings, &project, coder));
        let places: Vec<PathBuf> =
            std::iter::once(self.reading.place.to_owned()).chain(rescue.clone()).collect();
        let mut filler = Filler::new(disk, places, project.documents().iter());
        let (mut done, mut undone) = (history.done().to_vec(), history.undone().to_vec());
        done.iter_mut().chain(&mut undone).for_each(|step| filler.fill_step(step));
        *history = History::new(done, undone);
        for name in self.files_in("journal", ".ron") {
            let bytes = match disk.read(&self.reading.place.join(&name)) {
                Ok(bytes) => bytes,
                Err(error) => {
                    self.fatal(&name, None, reason(&error));
                    self.blocked |= own.as_ref() == Some(&name);
                    continue;
                }
            };
            let mut journal = read_journal(&name, &bytes);
            let is_own = own.as_ref() == Some(&name);
            let floor = folded.get(&name).copied().unwrap_or(0);
            journal.records.retain(|(_, record, _)| record.seq > floor);
            self.faults.append(&mut journal.faults);
            if journal.torn {
                let what = "the last line was cut off, as a crash leaves it; all lines before it are whole";
                self.faults.push(Fault::noted(&name, None, what));
            }
            if !is_own && !self.reading.others {
                if !journal.records.is_empty() {
                    let whose = journal.coder.as_ref().map_or("another coder", Coder::name);
                    let what = format!(
                        "{} edits of {whose} are not saved yet; they show when {whose} opens the project",
                        journal.records.len()
                    );
                    self.faults.push(Fault::noted(&name, None, what));
                }
                continue;
            }
            loaded.torn |= journal.torn;
            let mut other_history = History::default();
            let history = if is_own { &mut *history } else { &mut other_history };
            loaded.recovered += self.replay(&name, &mut journal, &mut project, history, &mut filler);
            if is_own {
                loaded.folded = floor;
                loaded.journal = journal;
                loaded.journal_bytes = bytes;
            }
        }
        if let Some(own) = &own {
            loaded.folded = folded.get(own).copied().unwrap_or(0);
        }
        if let Some(folder) = rescue {
            self.rescue(&folder, &mut loaded, &mut project, history, &mut filler);
        }
        for file in std::mem::take(&mut filler.missing) {
            let what = "the text is missing; what was done with it cannot be undone or done again";
            self.fatal(&format!("{DOCUMENTS}/{file}"), None, what);
        }
        loaded.project = project;
        loaded.history = std::mem::take(history);
        loaded.known = std::mem::take(&mut self.known);
        loaded.aside = std::mem::take(&mut self.aside);
        loaded.faults = std::mem::take(&mut self.faults);
        loaded.blocked = self.blocked;
        Ok(loaded)
    }

    /// Replays edits that a project could not take at the time.
    fn rescue(
        &mut self,
        folder: &Path,
        loaded: &mut Loaded,
        project: &mut Project,
        history: &mut History,
        filler: &mut Filler<'_>,
    ) {
        let path = folder.join("journal.ron");
        let Ok(bytes) = self.reading.surroundings.disk.read(&path) else { return };
        let name = path.to_string_lossy();
        let mut rescued = read_journal(&name, &bytes);
        let last = loaded.last();
        rescued.records.retain(|(_, record, _)| record.seq > last);
        self.faults.append(&mut rescued.faults);
        loaded.recovered += self.replay(&name, &mut rescued, project, history, filler);
        loaded.rescued = rescued;
    }

    fn replay(
        &mut self,
        name: &str,
        journal: &mut JournalRead,
        project: &mut Project,
        history: &mut History,
        filler: &mut Filler<'_>,
    ) -> usize {
        let mut replayed = 0;
        for (number, record, _) in &mut journal.records {
            use crate::model::Act;
            match &mut record.act {
                Act::Do(step) => filler.fill_step(step),
                Act::Undo(edit) | Act::Redo(edit) => filler.fill(Arc::make_mut(edit)),
            }
            match history.replay(project, record.act.clone()) {
                Ok(()) => replayed += 1,
                Err(error) => {
                    let what = format!("edit {} does not fit the project: {error}", record.seq);
                    self.fatal(name, Some(*number), what);
                }
            }
        }
        replayed
    }

    fn fatal(&mut self, name: &str, line: Option<usize>, what: impl Into<String>) {
        self.faults.push(Fault::fatal(name, line, what));
    }

    fn bytes(&self, name: &str) -> io::Result<(Vec<u8>, Seen)> {
        self.waiting.bytes(&*self.reading.surroundings.disk, self.reading.place, name)
    }

    /// The names of the files in a folder of the project that end so, with the folder's own.
    fn files_in(&self, folder: &str, ending: &str) -> Vec<String> {
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
    fn read_documents(&self, documents: Vec<Document>) -> Result<Vec<DocumentRead>, StoreError> {
        let progress = self.reading.progress;
        progress.set(0, documents.len() as u64);
        let tables = self.table_names();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        let share = documents.len().div_ceil(threads).max(1);
        let read = |part: &[Document]| -> Vec<DocumentRead> {
            let mut done = Vec::with_capacity(part.len());
            for document in part {
                if progress.cancelled() {
                    break;
                }
                done.push(self.read_document(document.clone(), &tables));
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
            self.waiting.written().filter(|name| name.starts_with("annotations/")).map(str::to_owned);
        let names: BTreeSet<String> =
            listed.chain(decided).filter(|name| !self.waiting.removes(name)).collect();
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

    /// The coder's own history, and how far each coder's journal is folded, by the journal's name.
    fn history(&mut self, read: Vec<(String, HistoryRead)>) -> (History, HashMap<String, u64>) {
        let own = self.reading.coder.map(history_name);
        let mut history = History::default();
        let mut folded = HashMap::new();
        for (name, file) in read {
            match file {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => self.fatal(&name, None, reason(&error)),
                Ok((Err(error), seen)) => {
                    self.known.insert(&name, seen);
                    self.fatal(&name, None, error.to_string());
                }
                Ok((Ok(file), seen)) => {
                    self.known.insert(&name, seen);
                    folded.insert(name.replacen("history/", "journal/", 1), file.folded);
                    if own.as_ref() == Some(&name) {
                        history = History::new(file.done, file.undone);
                    }
                }
            }
        }
        (history, folded)
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
