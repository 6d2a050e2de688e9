//! From the text of a file to what stands in it: whole pages, and tables line by line. What a save would not write back, such as a field
//! that this program does not know, is told.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::path::Path;

use super::format::{Row, VERSION};
use super::notation::parse_noting;
use super::rows::read_row;
use super::{Fault, StoreError};
use crate::model::{Coder, DocumentId};

/// Reads a whole file of the project.
pub(super) fn read_page<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T, StoreError> {
    read_page_noting(path, bytes).map(|(page, _)| page)
}

/// A field that this program does not know, and its line.
pub(super) type UnknownField = (String, Option<usize>);

/// The same, with the fields that this program does not know, each with its line.
pub(super) fn read_page_noting<T: DeserializeOwned>(
    path: &Path,
    bytes: &[u8],
) -> Result<(T, Vec<UnknownField>), StoreError> {
    let text = as_text(path, bytes)?;
    let (page, fields) = parse_noting(text).map_err(|error| StoreError::Damaged {
        path: path.to_owned(),
        line: Some(error.span.start.line),
        what: error.code.to_string(),
    })?;
    let mut places = Places::of(text);
    let fields = fields.into_iter().filter(|field| field != "version").map(|field| {
        let name = field.rsplit('.').next().unwrap_or(&field);
        let line = places.next(&format!("{name}:"));
        (field, line)
    });
    Ok((page, fields.collect()))
}

/// The fault of a field that this program does not know.
pub(super) fn unknown_field(file: &str, field: &str, line: Option<usize>) -> Fault {
    let what = format!("nobody knows the field «{field}», and a save would lose it");
    Fault::fatal(file, line, what)
}

/// Finds the lines of things that stand in a text, most of them one after the other, some of them several times.
pub(super) struct Places<'a> {
    text: &'a str,
    /// What was looked for, and where the next search for it begins, in bytes.
    asked: HashMap<String, usize>,
    /// Where the last thing was found, in bytes, and its line.
    last: (usize, usize),
}

impl<'a> Places<'a> {
    pub fn of(text: &'a str) -> Self {
        Self { text, asked: HashMap::new(), last: (0, 1) }
    }

    /// The line (from 1) where something stands: with each question the next one. What is asked for the first time is looked for behind
    /// what was found last, so that questions in order pass over the text once.
    pub fn next(&mut self, what: &str) -> Option<usize> {
        let find = |from: usize| Some(from + self.text.get(from..)?.find(what)?);
        let found = match self.asked.get(what) {
            Some(&from) => find(from)?,
            None => find(self.last.0).or_else(|| find(0))?,
        };
        self.asked.insert(what.to_owned(), found + what.len());
        let (from, line) = if found >= self.last.0 { self.last } else { (0, 1) };
        self.last = (found, line + memchr::memchr_iter(b'\n', &self.text.as_bytes()[from..found]).count());
        Some(self.last.1)
    }
}

/// The text of a file that this version of the program can read.
fn as_text<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a str, StoreError> {
    let damaged = |line: Option<usize>, what: &str| StoreError::Damaged {
        path: path.to_owned(),
        line,
        what: what.to_owned(),
    };
    if bytes.iter().all(|&byte| byte == 0 || byte.is_ascii_whitespace()) {
        return Err(damaged(None, "it is empty"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + memchr::memchr_iter(b'\n', &bytes[..error.valid_up_to()]).count();
        damaged(Some(line), "it is not UTF-8")
    })?;
    match version_of(text) {
        None | Some(0) => Err(damaged(None, "it has no format version")),
        Some(version) if version > VERSION => Err(StoreError::Newer { path: path.to_owned(), version }),
        Some(_) => Ok(text),
    }
}

/// The number after the first `version:`, which stands at the head of every file.
pub(super) fn version_of(text: &str) -> Option<u32> {
    let (_, after) = text.split_once("version:")?;
    let digits = after.trim_start().split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// What a table held.
#[derive(Debug)]
pub(super) struct TableRead {
    pub document: DocumentId,
    pub coder: Coder,
    /// The rows, each with its line (from 1) where it is known.
    pub rows: Vec<(Option<usize>, Row<'static>)>,
    /// What could not be read, or would not be written back. The rows are then those that could be read.
    pub faults: Vec<Fault>,
}

#[derive(Deserialize)]
struct TableFile {
    document: DocumentId,
    coder: Coder,
    annotations: Vec<Row<'static>>,
}

/// Reads a table. As it is written it has one annotation a line, and each line is read by itself; a table that was laid out otherwise is
/// read as a whole, and of a damaged one all lines that can be read are.
pub(super) fn read_table(path: &Path, name: &str, bytes: &[u8]) -> Result<TableRead, StoreError> {
    let text = as_text(path, bytes)?;
    let whole = || -> Result<TableRead, StoreError> {
        let (table, fields) = read_page_noting::<TableFile>(path, bytes)?;
        let mut places = Places::of(text);
        let rows = table.annotations.into_iter().map(|row| (places.next(&row.id.to_string()), row));
        let rows = rows.collect();
        let faults = fields.iter().map(|(field, line)| unknown_field(name, field, *line)).collect();
        Ok(TableRead { document: table.document, coder: table.coder, rows, faults })
    };
    let Some((mut table, first, lines)) = head_of(text) else { return whole() };
    let mut complete = false;
    let mut unread = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let trimmed = line.trim();
        if trimmed == "]," && lines[at + 1..].iter().all(|line| matches!(line.trim(), "" | ")")) {
            complete = lines[at + 1..].iter().any(|line| line.trim() == ")");
            break;
        }
        let number = Some(first + at);
        let written = trimmed.strip_suffix(',').unwrap_or(trimmed);
        if let Some(row) = read_row(written) {
            table.rows.push((number, row));
            continue;
        }
        match parse_noting::<Row<'static>>(written) {
            Ok((row, fields)) => {
                table.faults.extend(fields.iter().map(|field| unknown_field(name, field, number)));
                table.rows.push((number, row));
            }
            Err(error) => unread.push((first + at, trimmed, error.code.to_string())),
        }
    }
    if complete && unread.is_empty() {
        return Ok(table);
    }
    if let Ok(table) = whole() {
        return Ok(table);
    }
    for (number, line, what) in unread {
        let is_torn_end = !complete && matches!(line, "" | "]," | ")");
        if !is_torn_end {
            table.faults.push(Fault::fatal(name, Some(number), format!("the line cannot be read ({what})")));
        }
    }
    if !complete {
        table.faults.push(Fault::fatal(name, Some(text.lines().count()), "the file is cut off"));
    }
    Ok(table)
}

/// The head of a table as it is written, the number of the first line after it, and these lines; none where it is laid out otherwise.
fn head_of(text: &str) -> Option<(TableRead, usize, Vec<&str>)> {
    let mut lines = text.lines();
    let mut head = String::new();
    let mut first = 1;
    loop {
        let line = lines.next()?;
        first += 1;
        if line.trim() == "annotations: [" {
            break;
        }
        head.push_str(line);
        head.push('\n');
    }
    let (table, fields): (TableFile, Vec<String>) = parse_noting(&format!("{head}annotations: [])")).ok()?;
    let is_known = fields.iter().all(|field| field == "version");
    let head =
        TableRead { document: table.document, coder: table.coder, rows: Vec::new(), faults: Vec::new() };
    is_known.then(|| (head, first, lines.collect()))
}
