//! From a project folder to a project in memory. What is on the disk is not trusted: whatever does not fit becomes a [`Fault`], and
//! what does not fit its text is kept aside and written back, never dropped.
//!
//! The order is what a window needs first: register and codebook ([`pages`]), the texts ([`texts`]), then the tables, which are most of it
//! ([`tables`]).

mod pages;
mod tables;
mod texts;

pub(super) use tables::misfit;

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::Looks;
use super::error::reason;
use super::format::{CODEBOOK_FILE, Row};
use super::journal::JournalRead;
use super::names::coder_file;
use super::place::PROJECT_FILE;
use super::save::{Known, Seen, Waiting};
use super::steps::{HistoryRead, StepsFile, history_name, read_history, steps_name};
use super::{Fault, Progress, StoreError, Surroundings};
use crate::model::{Coder, Document, History, Project};

/// What to read, and how closely.
pub(super) struct Reading<'a> {
    pub surroundings: &'a Surroundings,
    pub place: &'a Path,
    /// Whose history and journal; `None` reads everybody's, to check them.
    pub coder: Option<&'a Coder>,
    /// Whether unsaved edits of other coders are shown too, as whoever only reads wants.
    pub others: bool,
    /// Is shown the project before its tables are read: documents and codebook.
    pub early: Option<&'a (dyn Fn(Project) + Sync)>,
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
    /// Edits of journals that do not fit the project: the name of the journal and the sequence number.
    pub misfits: HashSet<(String, u64)>,
    /// The files of the texts that steps of histories and edits of journals need.
    pub needed: HashSet<String>,
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
        misfits: HashSet::new(),
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
    pub misfits: HashSet<(String, u64)>,
}

/// A history as it could be read, with how its page and its file of steps were seen.
type HistoryFound = io::Result<(Result<HistoryRead, StoreError>, Seen, Option<Seen>)>;

impl Reader<'_> {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        for list in std::mem::take(&mut self.waiting.damaged) {
            self.fatal(&list, None, "the list of an unfinished save cannot be read");
            self.blocked = true;
        }
        let register = self.read_register()?;
        let codebook = self.read_codebook()?;
        let documents = Self::sort_out(register.documents);
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
            let read = self.read_texts(documents).and_then(|texts| {
                if let Some(early) = self.reading.early {
                    let documents = texts.iter().map(|text| Arc::clone(&text.document)).collect();
                    let (title, settings) = (register.title.clone(), register.settings.clone());
                    early(Project::from_parts(register.id, title, settings, codebook.clone(), documents, []));
                }
                let tables = self.read_tables(&texts, &codebook, &names)?;
                Ok((texts, tables))
            });
            (histories.join().expect("reading a history does not panic"), read)
        });
        let (texts, tables) = read?;
        let documents: Vec<Arc<Document>> = texts.into_iter().map(|text| self.take_text(text)).collect();
        let tables = self.take_tables(&documents, tables);
        let tables = documents.iter().map(|document| document.id).zip(tables).collect::<Vec<_>>();
        let saved =
            Project::from_parts(register.id, register.title, register.settings, codebook, documents, tables);
        let histories = self.histories(histories);
        let pages: Vec<(String, usize)> =
            histories.iter().map(|(name, read)| (name.clone(), read.tables)).collect();
        self.miss_tables(&names.into_values().flatten().collect(), &pages, &register.coders);
        self.finish(saved, histories, register.coders)
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

    /// The histories by the names of their pages. Where a coder is given, only theirs has its steps.
    fn histories(&mut self, read: Vec<(String, HistoryFound)>) -> Vec<(String, HistoryRead)> {
        let mut histories = Vec::new();
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
                        Ok(read) => histories.push((name, read)),
                        Err(error) => {
                            self.blocked |= matches!(error, StoreError::Newer { .. });
                            self.fatal(&name, None, error.to_string());
                        }
                    }
                }
            }
        }
        histories
    }
}
