//! The journal: the edits since the last save, one a line, on the disk before they count as kept.
//!
//! A line is a record in RON and, as a comment, a sum and a mark: the first eight digits of the SHA-256 of record and mark, so that a torn
//! or altered line is known, and the last sequence number that was on the disk when the line was made. A power cut may leave zeros where
//! a part of the last writing was to stand. Lines after such a hole whose marks do not reach beyond it were written in one go with
//! it, never acknowledged, and do not count. An append that failed is never merely synced again: the whole journal goes to a new file.

use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

use super::Fault;
use super::disk::{Disk, DiskFile, folder_of, replace};
use super::format::VERSION;
use super::migrate::journal_line_1;
use super::names::{coder_sign, sha256_hex};
use super::notation::{line, parse};
use super::pages::version_of;
use crate::model::{Act, Coder, ProjectId, Timestamp};

/// One record of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Its sequence number, from 1, never used twice by one coder in one project.
    pub seq: u64,
    /// When it was made.
    pub at: Timestamp,
    /// What was done.
    pub act: Act,
}

#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    project: ProjectId,
    coder: Coder,
    /// The last edit that the tables held when the file was begun.
    #[serde(default)]
    folded: u64,
}

/// A line of a journal: the sequence number, and the text with its line end.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub seq: u64,
    pub text: String,
}

impl Line {
    /// The line for a record, made when all edits up to `kept` were on the disk.
    pub fn of(record: &Record, kept: u64) -> Result<Self, ron::Error> {
        let text = line(record)?;
        let sum = sum(&text, kept);
        Ok(Self { seq: record.seq, text: format!("{text} // {sum} {kept}\n") })
    }
}

fn sum(text: &str, kept: u64) -> String {
    let mut sum = sha256_hex(format!("{text} {kept}").as_bytes());
    sum.truncate(8);
    sum
}

/// What a journal held.
#[derive(Debug, Default)]
pub(super) struct JournalRead {
    /// Whose it is, where its head could be read.
    pub project: Option<ProjectId>,
    pub coder: Option<Coder>,
    /// The last edit that the tables held when it was begun.
    pub folded: u64,
    /// The records that could be read, each with its line (from 1).
    pub records: Vec<(usize, Record, Line)>,
    /// Whether its end was torn, as a crash in the middle of writing leaves it.
    pub torn: bool,
    /// Whether a newer program wrote it, and nothing of it was read.
    pub newer: bool,
    /// Lines before the end that cannot be read: no crash does that.
    pub faults: Vec<Fault>,
}

/// Reads a journal; never fails, but tells what could not be read.
pub(super) fn read_journal(name: &str, bytes: &[u8]) -> JournalRead {
    let mut read = JournalRead::default();
    let mut bad: Vec<(usize, String)> = Vec::new();
    let mut bad_head = None;
    let mut hole = false;
    let mut last = 0;
    // Lines after a bad one, until one of them shows that it was on the disk before.
    let mut doubtful: Vec<(usize, Record, Line)> = Vec::new();
    for (at, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let number = at + 1;
        let text = std::str::from_utf8(line).map(str::trim_end).unwrap_or("\u{fffd}");
        if text.is_empty() {
            continue;
        }
        if number == 1 {
            match parse::<Head>(text) {
                Ok(head) if head.version <= VERSION => {
                    read.project = Some(head.project);
                    read.coder = Some(head.coder);
                    read.folded = head.folded;
                    last = head.folded;
                }
                _ => {
                    read.newer = version_of(text).is_some_and(|version| version > VERSION);
                    bad_head = Some(Fault::fatal(name, Some(number), head_fault(text)));
                    if read.newer {
                        break;
                    }
                }
            }
            continue;
        }
        match read_line(text) {
            Some((record, line, kept)) => {
                if kept > last || !hole {
                    hole = false;
                    for (number, what) in bad.drain(..) {
                        read.faults.push(Fault::fatal(name, Some(number), what));
                    }
                }
                doubtful.push((number, record, line));
                if bad.is_empty() {
                    last = doubtful.last().map_or(last, |(_, record, _)| record.seq);
                    read.records.append(&mut doubtful);
                }
            }
            None => {
                hole |= line.contains(&0);
                bad.push((number, "the line was altered or cut off, and its edit is lost".into()));
            }
        }
    }
    // What a crash leaves: unreadable lines at the end and nowhere else.
    let is_empty = read.records.is_empty() && (bytes.is_empty() || bad_head.is_some());
    read.torn = !read.newer && (!bad.is_empty() || is_empty);
    if !read.torn || !read.records.is_empty() {
        read.faults.extend(bad_head);
    }
    read
}

fn head_fault(text: &str) -> String {
    match version_of(text) {
        Some(version) if version > VERSION => {
            format!("it was written by a newer Hashiya (format {version}); update the program")
        }
        _ => "the first line was altered".into(),
    }
}

/// The record of a line, the line as it is written today, and its mark; in a line of version 1, which has no mark, all before it
/// counts as kept.
fn read_line(text: &str) -> Option<(Record, Line, u64)> {
    let (written, comment) = text.rsplit_once(" // ")?;
    if let Some((found, mark)) = comment.split_once(' ') {
        let kept = mark.parse().ok()?;
        if sum(written, kept) != *found {
            return None;
        }
        let record: Record = parse(written).ok()?;
        let line = Line { seq: record.seq, text: format!("{text}\n") };
        return Some((record, line, kept));
    }
    let record = journal_line_1(written, comment)?;
    let kept = record.seq.saturating_sub(1);
    let line = Line::of(&record, kept).ok()?;
    Some((record, line, kept))
}

/// The open journal of a session.
pub(super) struct Journal {
    path: PathBuf,
    sign: String,
    project: ProjectId,
    coder: Coder,
    /// The last edit that the tables hold.
    folded: u64,
    /// Every line since the last save: what a new file would have to hold.
    lines: Vec<Line>,
    /// How many of them are known to be on the disk.
    kept: usize,
    file: Option<Box<dyn DiskFile>>,
}

impl Journal {
    /// The journal at a path with the lines that its file holds after the edit `folded`, which the tables hold; nothing is written yet.
    pub fn new(path: PathBuf, project: ProjectId, coder: &Coder, folded: u64, lines: Vec<Line>) -> Self {
        let kept = lines.len();
        let sign = coder_sign(coder.name());
        Self { path, sign, project, coder: coder.clone(), folded, lines, kept, file: None }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The sequence number of the last edit that is on the disk, here or in the tables.
    pub fn last_kept(&self) -> u64 {
        self.kept.checked_sub(1).map_or(self.folded, |at| self.lines[at].seq)
    }

    /// Whether lines wait that are not on the disk.
    pub fn is_behind(&self) -> bool {
        self.kept < self.lines.len()
    }

    /// Takes lines to be written by the next [`Journal::flush`].
    pub fn push(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Makes every line durable: at the end of the open file, or, where that failed before or the file is no longer in its place, in a
    /// new file.
    pub fn flush(&mut self, disk: &dyn Disk) -> io::Result<()> {
        if !self.is_behind() {
            return Ok(());
        }
        if self.file.is_none() || !self.is_in_place(disk) {
            return self.rewrite(disk);
        }
        let text: String = self.lines[self.kept..].iter().map(|line| line.text.as_str()).collect();
        let file = self.file.as_mut().expect("the file is open");
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync());
        match written {
            Ok(()) => {
                self.kept = self.lines.len();
                Ok(())
            }
            Err(_) => self.rewrite(disk),
        }
    }

    /// Drops the lines up to a sequence number, which are now folded into the tables.
    pub fn fold(&mut self, disk: &dyn Disk, through: u64) -> io::Result<()> {
        self.lines.retain(|line| line.seq > through);
        self.folded = self.folded.max(through);
        self.kept = 0;
        self.rewrite(disk)
    }

    /// The whole journal as bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let head =
            Head { version: VERSION, project: self.project, coder: self.coder.clone(), folded: self.folded };
        let mut text = line(&head).expect("ids, names and numbers can be written") + "\n";
        text.extend(self.lines.iter().map(|line| line.text.as_str()));
        text.into_bytes()
    }

    /// Makes durable what was read from the file: whoever wrote it may have ended before.
    pub fn sync(&mut self, disk: &dyn Disk) -> io::Result<()> {
        let mut file = disk.append(&self.path)?;
        file.sync()?;
        self.file = Some(file);
        disk.sync_folder(folder_of(&self.path))
    }

    /// Puts a new file with every line in place of the old one.
    pub fn rewrite(&mut self, disk: &dyn Disk) -> io::Result<()> {
        self.file = None;
        replace(disk, &self.path, &self.sign, &self.bytes())?;
        self.file = disk.append(&self.path).ok();
        self.kept = self.lines.len();
        Ok(())
    }

    /// Whether the open file still has its name; a folder that was moved or removed would swallow edits.
    fn is_in_place(&self, disk: &dyn Disk) -> bool {
        let open = self.file.as_ref().and_then(|file| file.look().ok());
        let named = disk.look(&self.path).ok();
        matches!((open, named), (Some(open), Some(named)) if open.identity == named.identity && open.len == named.len)
    }
}
