//! From what was saved to what was: the edits of the journals, replayed over the tables.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::reason;
use super::format::read_page;
use super::journal::{JournalRead, read_journal};
use super::place::PROJECT_FILE;
use super::read::{Loaded, RESCUE_PLACE, Reader, journal_name, rescue_folder};
use super::save::Known;
use super::steps::{HistoryRead, StepsFile, history_name};
use super::texts::{DOCUMENTS, Filler};
use super::{Fault, StoreError};
use crate::model::{Act, AnnotationId, Coder, Edit, History, Project, Step};

impl Reader<'_> {
    /// Replays the journals over what was saved.
    pub fn finish(
        &mut self,
        saved: Project,
        histories: Vec<(String, HistoryRead)>,
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
            steps: StepsFile::default(),
            journal: JournalRead::default(),
            journal_bytes: Vec::new(),
            rescued: JournalRead::default(),
            known: Known::default(),
            aside: HashMap::new(),
            faults: Vec::new(),
            misfits: HashSet::new(),
            needed: HashSet::new(),
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
        // How far each coder's journal is folded, by its name.
        let folded: HashMap<String, u64> = histories
            .iter()
            .map(|(name, read)| (name.replacen("history/", "journal/", 1), read.folded))
            .collect();
        let mut history = History::default();
        for (name, read) in histories {
            let HistoryRead { mut done, mut undone, counted, .. } = read;
            let lost = filler.fill_steps(&mut done) + filler.fill_steps(&mut undone);
            if lost > 0 {
                let texts = std::mem::take(&mut filler.missing).join("», «");
                let what = format!(
                    "an earlier text of «{texts}» is missing, without which {lost} steps cannot be undone or done again"
                );
                self.fatal(&name, None, what);
            }
            if self.reading.coder.is_some_and(|coder| history_name(coder) == name) {
                history = History::new(done.into_iter().collect(), undone.into_iter().collect());
                loaded.steps = StepsFile::new(history.clone(), counted.filter(|_| lost == 0));
            }
        }
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
            self.blocked |= journal.newer && is_own;
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
            let history = if is_own { &mut history } else { &mut other_history };
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
            self.rescue(&folder, &mut loaded, &mut project, &mut history, &mut filler);
        }
        loaded.needed = filler.asked;
        loaded.project = project;
        loaded.history = history;
        loaded.known = std::mem::take(&mut self.known);
        loaded.aside = std::mem::take(&mut self.aside);
        loaded.faults = std::mem::take(&mut self.faults);
        loaded.blocked = self.blocked;
        loaded.misfits = std::mem::take(&mut self.misfits);
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
        // A copy of the project has the same id; edits come back only where they were meant to be, unless that was moved.
        let place = folder.join(RESCUE_PLACE);
        let disk = &*self.reading.surroundings.disk;
        let meant: Option<RescuePlace> =
            disk.read(&place).ok().and_then(|bytes| read_page(&place, &bytes).ok());
        if meant.is_some_and(|meant| {
            meant.place != self.reading.place && disk.look(&meant.place.join(PROJECT_FILE)).is_ok()
        }) {
            return;
        }
        let path = folder.join("journal.ron");
        let Ok(bytes) = disk.read(&path) else { return };
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
        let mut judged = HashSet::new();
        for (number, record, _) in &mut journal.records {
            match &mut record.act {
                Act::Do(Step { edit, .. }) | Act::Extend(edit) | Act::Undo(edit) | Act::Redo(edit) => {
                    filler.fill(Arc::make_mut(edit));
                }
            }
            if let Act::Do(Step { edit, .. }) | Act::Extend(edit) = &record.act {
                for id in changed_since(edit, project, &mut judged) {
                    let what = format!(
                        "annotation {id} was changed elsewhere after this edit, which was not saved yet and stands now; \
                         Undo brings back what was changed there"
                    );
                    self.faults.push(Fault::noted(name, Some(*number), what));
                }
            }
            let missing = std::mem::take(&mut filler.missing);
            let done = match missing.first() {
                Some(file) => Err(format!("the text «{DOCUMENTS}/{file}» that it needs is missing")),
                None => history.replay(project, record.act.clone()).map_err(|error| error.to_string()),
            };
            match done {
                Ok(()) => replayed += 1,
                Err(error) => {
                    let what = format!("edit {} does not fit the project: {error}", record.seq);
                    self.fatal(name, Some(*number), what);
                    self.misfits.insert((name.to_owned(), record.seq));
                }
            }
        }
        replayed
    }
}

/// The annotations that an edit puts, and whose saved versions are later than the ones it puts: somebody else, such as a sync, has put other
/// tables in the place of those on which the edit was made. An annotation is judged once, by the first edit that puts it.
fn changed_since(edit: &Edit, project: &Project, judged: &mut HashSet<AnnotationId>) -> Vec<AnnotationId> {
    match edit {
        Edit::PutAnnotation(put) if judged.insert(put.id) => {
            let saved = project.annotation(put.document, put.id);
            saved.filter(|saved| saved.modified > put.modified).map(|saved| saved.id).into_iter().collect()
        }
        Edit::Batch(edits) => edits.iter().flat_map(|edit| changed_since(edit, project, judged)).collect(),
        _ => Vec::new(),
    }
}

/// Which project folder rescued edits were meant for.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct RescuePlace {
    pub version: u32,
    pub place: PathBuf,
}
