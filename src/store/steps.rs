//! The undo history on the disk: `history/CODER.ron`, a small page that every save writes anew, and `history/CODER.steps`, one line a
//! step, which a save only lengthens.
//!
//! The page tells how many bytes of the steps count. A save first writes what is new at the end of the steps and syncs it; it counts
//! once the save puts the new page in place, together with the tables. What a crash leaves beyond the counted length is nothing.
//! Steps that were taken back stay in the file until it holds many of them; then a save writes it anew.

use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

use super::disk::Disk;
use super::format::{HistoryFile, VERSION, read_page, write_history};
use super::names::coder_file;
use super::notation::{line, parse};
use super::pages::version_of;
use super::save::{Change, Known, Seen};
use super::{StoreError, migrate};
use crate::model::{Coder, History, Step};

/// The name of a coder's history in the project.
pub(super) fn history_name(coder: &Coder) -> String {
    format!("history/{}.ron", coder_file(coder.name()))
}

/// The name of the file of steps that belongs to a history.
pub(super) fn steps_name(history_name: &str) -> String {
    format!("{}.steps", history_name.trim_end_matches(".ron"))
}

/// One line of the file of steps.
#[derive(Debug, Serialize, Deserialize)]
enum Line {
    /// Of both stacks only so many of the earliest steps remain.
    Keep { done: usize, undone: usize },
    /// A step that can be undone.
    Done(Step),
    /// A step that can be done again.
    Undone(Step),
}

/// What the first line of the file of steps says.
#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    coder: Coder,
}

/// A history as it was read: the stacks with the latest step last.
#[derive(Debug, Default)]
pub(super) struct HistoryRead {
    /// The last edit of this coder that is folded into the tables, codebook and register.
    pub folded: u64,
    /// How many tables of the coder there are.
    pub tables: usize,
    pub done: Vec<Step>,
    pub undone: Vec<Step>,
    /// How the file of steps stood; none where the steps came from elsewhere.
    pub counted: Option<Counted>,
}

/// How much of the file of steps counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    /// Bytes.
    bytes: u64,
    /// Steps, those that were taken back included.
    steps: usize,
}

/// Reads a history page and, with `whole`, the steps that belong to it.
pub(super) fn read_history(
    path: &Path,
    page: &[u8],
    whole: bool,
    steps: impl FnOnce() -> io::Result<Vec<u8>>,
) -> Result<HistoryRead, StoreError> {
    if std::str::from_utf8(page).ok().and_then(version_of) == Some(1) {
        let (folded, done, undone) = migrate::history_1(path, page)?;
        return Ok(HistoryRead { folded, tables: 0, done, undone, counted: None });
    }
    let page: HistoryFile = read_page(path, page)?;
    let mut read = HistoryRead { folded: page.folded, tables: page.tables, ..HistoryRead::default() };
    if whole && page.steps > 0 {
        let path = path.with_extension("steps");
        let bytes = steps().map_err(StoreError::io("read", &path))?;
        let counted = usize::try_from(page.steps).ok().and_then(|counted| bytes.get(..counted));
        let damaged = |what: String| StoreError::Damaged { path: path.clone(), line: None, what };
        let counted = counted.ok_or_else(|| damaged("it is cut off".into()))?;
        let text = std::str::from_utf8(counted).map_err(|_| damaged("it is not UTF-8".into()))?;
        let head = text.lines().next().unwrap_or_default();
        if let Some(version) = version_of(head).filter(|version| *version > VERSION) {
            return Err(StoreError::Newer { path, version });
        }
        let steps = read_steps(text, &mut read).map_err(damaged)?;
        // What lies beyond was never counted: the next save writes the file anew.
        let is_whole = bytes.len() == counted.len();
        read.counted = is_whole.then_some(Counted { bytes: page.steps, steps });
    }
    Ok(read)
}

/// Reads the lines of a file of steps; gives how many steps they hold.
fn read_steps(text: &str, read: &mut HistoryRead) -> Result<usize, String> {
    let mut lines = text.lines().enumerate();
    lines.next().and_then(|(_, head)| parse::<Head>(head).ok()).ok_or("its first line was altered")?;
    let mut steps = 0;
    for (at, text) in lines {
        match parse(text).map_err(|error| format!("line {} cannot be read: {}", at + 1, error.code))? {
            Line::Done(step) => read.done.push(step),
            Line::Undone(step) => read.undone.push(step),
            Line::Keep { done, undone } => {
                read.done.truncate(done);
                read.undone.truncate(undone);
                continue;
            }
        }
        steps += 1;
    }
    Ok(steps)
}

/// The file of steps as this session keeps it.
#[derive(Debug, Default)]
pub(super) struct StepsFile {
    /// What the counted part holds.
    kept: History,
    /// None where the file is to be written anew.
    counted: Option<Counted>,
}

/// What a save has to write of a history.
#[derive(Debug)]
pub(super) struct HistoryChanges {
    /// What goes to the end of the file of steps before the save is decided.
    pub append: Option<Appended>,
    /// The page, and the steps where they are written anew.
    pub changes: Vec<Change>,
    after: Counted,
}

/// Bytes for the end of a file.
#[derive(Debug)]
pub(super) struct Appended {
    name: String,
    bytes: Vec<u8>,
}

/// A file is written anew when it holds more than twice the steps that still count, and so many more.
const SLACK: usize = 2000;

impl StepsFile {
    /// The file of a history that was read.
    pub fn new(kept: History, counted: Option<Counted>) -> Self {
        Self { kept, counted }
    }

    /// What a save writes of a history: the steps that are new since the last one, or all.
    pub fn changes(
        &self,
        coder: &Coder,
        folded: u64,
        tables: usize,
        history: &History,
    ) -> Result<HistoryChanges, ron::Error> {
        let name = history_name(coder);
        let live = history.done().len() + history.undone().len();
        let (after, append, anew) = match self.counted {
            Some(before) if before.steps <= 2 * live + SLACK => {
                let (text, steps) = self.lines(history)?;
                let after = Counted { bytes: before.bytes + text.len() as u64, steps: before.steps + steps };
                let append = (!text.is_empty())
                    .then(|| Appended { name: steps_name(&name), bytes: text.into_bytes() });
                (after, append, None)
            }
            _ => {
                let (lines, steps) = Self::default().lines(history)?;
                let text = format!("{}\n{lines}", line(&Head { version: VERSION, coder: coder.clone() })?);
                let change = Change { name: steps_name(&name), bytes: Some(text.into_bytes()) };
                let bytes = change.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
                (Counted { bytes, steps }, None, Some(change))
            }
        };
        let page = write_history(coder, folded, tables, after.bytes)?;
        let changes = anew.into_iter().chain([Change { name, bytes: Some(page) }]).collect();
        Ok(HistoryChanges { append, changes, after })
    }

    /// The lines that lead from what is kept to a history, and how many steps they hold.
    fn lines(&self, history: &History) -> Result<(String, usize), ron::Error> {
        let (done, undone) = (history.done(), history.undone());
        let keep = (done.shared_with(self.kept.done()), undone.shared_with(self.kept.undone()));
        let mut lines = Vec::new();
        if keep != (self.kept.done().len(), self.kept.undone().len()) {
            lines.push(line(&Line::Keep { done: keep.0, undone: keep.1 })?);
        }
        let new = |steps: &crate::model::Steps, kept: usize| -> Vec<Step> {
            let mut new: Vec<Step> = steps.latest_first().take(steps.len() - kept).cloned().collect();
            new.reverse();
            new
        };
        let (done, undone) = (new(done, keep.0), new(undone, keep.1));
        let steps = done.len() + undone.len();
        for step in done.into_iter().map(Line::Done).chain(undone.into_iter().map(Line::Undone)) {
            lines.push(line(&step)?);
        }
        Ok((lines.iter().flat_map(|line| [line, "\n"]).collect(), steps))
    }

    /// Lengthens the file, where that is to be done, before the save that counts it is decided. After an error the next save writes the
    /// file anew.
    pub fn append(
        &mut self,
        disk: &dyn Disk,
        place: &Path,
        known: &mut Known,
        changes: &HistoryChanges,
        history: &History,
    ) -> Result<(), StoreError> {
        let Some(Appended { name, bytes }) = &changes.append else { return Ok(()) };
        let path = place.join(name);
        self.counted = None;
        let mut file = disk.append(&path).map_err(StoreError::io("write", &path))?;
        if file.look().ok() != known.get(name).and_then(|seen| seen.looks) {
            return Err(StoreError::Changed(path));
        }
        let written = file.write_all(bytes).and_then(|()| file.sync());
        known.insert(name, Seen { looks: file.look().ok(), sha256: String::new() });
        written.map_err(StoreError::io("write", &path))?;
        *self = Self::new(history.clone(), Some(changes.after));
        Ok(())
    }

    /// Notes that a save was made with all of its changes.
    pub fn saved(&mut self, changes: &HistoryChanges, history: &History) {
        *self = Self::new(history.clone(), Some(changes.after));
    }
}
