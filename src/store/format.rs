//! The files of a project as text: what stands in each, how it is written, how it is read.
//!
//! Every file is RON with a format version in its first lines; whatever comes in numbers (documents, tags, annotations, steps) has
//! one line each, so that a difference between two versions of a project reads well.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use super::notation::{line, parse};
use super::{Fault, StoreError};
use crate::model::{
    Annotation, AnnotationId, Coder, Document, DocumentId, Project, ProjectId, Quote, Relation, Settings,
    Span, Tag, TagId, Timestamp,
};

/// The format version that is written. Older ones are read for ever; a newer one is refused.
pub(super) const VERSION: u32 = 2;

/// The codebook's file.
pub(super) const CODEBOOK_FILE: &str = "codebook.ron";

/// `project.ron`.
#[derive(Debug, Deserialize)]
pub(super) struct ProjectFile {
    pub id: ProjectId,
    pub title: String,
    #[serde(default)]
    pub settings: Settings,
    #[serde(default)]
    pub coders: Vec<Coder>,
    pub documents: Vec<Document>,
}

/// `codebook.ron`.
#[derive(Debug, Deserialize)]
pub(super) struct CodebookFile {
    pub tags: Vec<Tag>,
}

/// `history/CODER.ron`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct HistoryFile {
    /// The last edit of this coder that is folded into the tables, codebook and register.
    pub folded: u64,
    /// How many tables of this coder there are.
    pub tables: usize,
    /// How many bytes of `history/CODER.steps` count.
    pub steps: u64,
}

/// `annotations/CODER/tables`.
#[derive(Debug, Deserialize)]
pub(super) struct TablesFile {
    /// The names of the tables, without their ending.
    pub tables: Vec<String>,
}

/// One annotation as a line of a table; document and coder stand at the head of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Row<'a> {
    pub id: AnnotationId,
    pub spans: Cow<'a, [Span]>,
    #[serde(default, skip_serializing_if = "is_empty")]
    pub tags: Cow<'a, [TagId]>,
    #[serde(default, skip_serializing_if = "is_blank")]
    pub note: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "is_empty")]
    pub attributes: Cow<'a, [(String, String)]>,
    #[serde(default, skip_serializing_if = "is_empty")]
    pub relations: Cow<'a, [Relation]>,
    pub created: Timestamp,
    pub modified: Timestamp,
    pub quote: Cow<'a, Quote>,
}

fn is_empty<T>(list: &[T]) -> bool {
    list.is_empty()
}

fn is_blank(text: &str) -> bool {
    text.is_empty()
}

impl<'a> Row<'a> {
    fn of(annotation: &'a Annotation) -> Self {
        Self {
            id: annotation.id,
            spans: Cow::Borrowed(&annotation.spans),
            tags: Cow::Borrowed(&annotation.tags),
            note: Cow::Borrowed(&annotation.note),
            attributes: Cow::Borrowed(&annotation.attributes),
            relations: Cow::Borrowed(&annotation.relations),
            created: annotation.created,
            modified: annotation.modified,
            quote: Cow::Borrowed(&annotation.quote),
        }
    }

    /// The annotation that the row says, in a document by a coder.
    pub fn into_annotation(self, document: DocumentId, coder: Coder) -> Annotation {
        Annotation {
            id: self.id,
            document,
            spans: self.spans.into_owned(),
            tags: self.tags.into_owned(),
            note: self.note.into_owned(),
            attributes: self.attributes.into_owned(),
            relations: self.relations.into_owned(),
            coder,
            created: self.created,
            modified: self.modified,
            quote: self.quote.into_owned(),
        }
    }

    fn key(&self) -> (Option<Span>, Option<Span>, AnnotationId) {
        (self.spans.first().copied(), self.spans.last().copied(), self.id)
    }
}

/// A file of lists under construction.
struct Page(String);

impl Page {
    fn new() -> Self {
        Self(format!("(\n    version: {VERSION},\n"))
    }

    fn field<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), ron::Error> {
        self.0.push_str(&format!("    {name}: {},\n", line(value)?));
        Ok(())
    }

    fn list<T: Serialize>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
    ) -> Result<(), ron::Error> {
        self.0.push_str(&format!("    {name}: [\n"));
        for item in items {
            self.0.push_str("        ");
            self.0.push_str(&line(&item)?);
            self.0.push_str(",\n");
        }
        self.0.push_str("    ],\n");
        Ok(())
    }

    fn end(mut self) -> Vec<u8> {
        self.0.push_str(")\n");
        self.0.into_bytes()
    }
}

/// `project.ron` of a project.
pub(super) fn write_register(project: &Project, coders: &[Coder]) -> Result<Vec<u8>, ron::Error> {
    let mut page = Page::new();
    page.field("id", &project.id())?;
    page.field("title", &project.title())?;
    page.field("settings", &project.settings)?;
    page.field("coders", &coders)?;
    page.list("documents", project.documents().iter().map(Arc::as_ref))?;
    Ok(page.end())
}

/// `codebook.ron` of a project.
pub(super) fn write_codebook(project: &Project) -> Result<Vec<u8>, ron::Error> {
    let mut page = Page::new();
    page.list("tags", project.codebook().tags())?;
    Ok(page.end())
}

/// The table of one document by one coder: annotations in order, with rows that did not fit the text kept among them.
pub(super) fn write_table<'a>(
    document: DocumentId,
    coder: &Coder,
    annotations: impl Iterator<Item = &'a Arc<Annotation>>,
    aside: &'a [Row<'static>],
) -> Result<Vec<u8>, ron::Error> {
    let mut page = Page::new();
    page.field("document", &document)?;
    page.field("coder", coder)?;
    let rows = annotations.map(|annotation| Row::of(annotation));
    if aside.is_empty() {
        page.list("annotations", rows)?;
    } else {
        let mut rows: Vec<Row<'_>> = rows.chain(aside.iter().cloned()).collect();
        rows.sort_by_key(Row::key);
        page.list("annotations", rows)?;
    }
    Ok(page.end())
}

/// `history/CODER.ron`: the last edit folded in, how many tables the coder has, and how many bytes of the steps count.
pub(super) fn write_history(
    coder: &Coder,
    folded: u64,
    tables: usize,
    steps: u64,
) -> Result<Vec<u8>, ron::Error> {
    let mut page = Page::new();
    page.field("coder", coder)?;
    page.field("folded", &folded)?;
    page.field("tables", &tables)?;
    page.field("steps", &steps)?;
    Ok(page.end())
}

/// `annotations/CODER/tables`: the names of a coder's tables, without their ending.
pub(super) fn write_tables<'a>(
    coder: &Coder,
    tables: impl IntoIterator<Item = &'a &'a str>,
) -> Result<Vec<u8>, ron::Error> {
    let mut page = Page::new();
    page.field("coder", coder)?;
    page.list("tables", tables)?;
    Ok(page.end())
}

/// Reads a whole file of the project.
pub(super) fn read_page<T: serde::de::DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T, StoreError> {
    let text = as_text(path, bytes)?;
    parse(text).map_err(|error| StoreError::Damaged { path: path.to_owned(), what: error.to_string() })
}

/// The text of a file that this version of the program can read.
fn as_text<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a str, StoreError> {
    let damaged = |what: &str| StoreError::Damaged { path: path.to_owned(), what: what.to_owned() };
    if bytes.iter().all(|&byte| byte == 0 || byte.is_ascii_whitespace()) {
        return Err(damaged("it is empty"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| damaged("it is not UTF-8"))?;
    match version_of(text) {
        None => Err(damaged("it has no format version")),
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
    /// What could not be read. The rows are then those that could.
    pub faults: Vec<Fault>,
}

#[derive(Deserialize)]
struct TableFile {
    document: DocumentId,
    coder: Coder,
    annotations: Vec<Row<'static>>,
}

/// Reads a table. As it is written it has one annotation a line, and each line is read by itself, in parallel where there are many; a
/// table that was laid out otherwise is read as a whole, and of a damaged one all lines that can be read are.
pub(super) fn read_table(path: &Path, name: &str, bytes: &[u8]) -> Result<TableRead, StoreError> {
    let text = as_text(path, bytes)?;
    let lines: Vec<&str> = text.lines().collect();
    let opening = lines.iter().position(|line| line.trim() == "annotations: [");
    let by_line = opening.and_then(|at| {
        let head = format!("{}[])", lines[..=at].join("\n").trim_end_matches('['));
        Some((at + 1, parse::<TableFile>(&head).ok()?))
    });
    let whole = |_| -> Result<TableRead, ron::error::SpannedError> {
        let table: TableFile = parse(text)?;
        let rows = table.annotations.into_iter().map(|row| (None, row)).collect();
        Ok(TableRead { document: table.document, coder: table.coder, rows, faults: Vec::new() })
    };
    let Some((first, head)) = by_line else {
        return whole(())
            .map_err(|error| StoreError::Damaged { path: path.to_owned(), what: error.to_string() });
    };
    let closing = lines.iter().rposition(|line| line.trim() == "],");
    let complete = closing.is_some_and(|at| at >= first && lines[at + 1..].concat().trim() == ")");
    let last = if complete { closing.unwrap_or(lines.len()) } else { lines.len() };
    let read = read_rows(&lines[first..last]);
    if !(complete && read.iter().all(Result::is_ok))
        && let Ok(table) = whole(())
    {
        return Ok(table);
    }
    let mut table =
        TableRead { document: head.document, coder: head.coder, rows: Vec::new(), faults: Vec::new() };
    for (at, row) in read.into_iter().enumerate() {
        let number = Some(first + at + 1);
        match row {
            Ok(row) => table.rows.push((number, row)),
            Err(_) if !complete && matches!(lines[first + at].trim(), "" | "]," | ")") => {}
            Err(what) => {
                table.faults.push(Fault::fatal(name, number, format!("the line cannot be read: {what}")));
            }
        }
    }
    if !complete {
        table.faults.push(Fault::fatal(name, Some(lines.len()), "the file is cut off"));
    }
    Ok(table)
}

/// How many lines are read by one thread at least.
const LINES_A_THREAD: usize = 512;

fn read_rows(lines: &[&str]) -> Vec<Result<Row<'static>, String>> {
    let read = |lines: &[&str]| -> Vec<Result<Row<'static>, String>> {
        let row =
            |line: &&str| parse(line.trim().trim_end_matches(',')).map_err(|error| error.code.to_string());
        lines.iter().map(row).collect()
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let share = lines.len().div_ceil(threads).max(LINES_A_THREAD);
    if lines.len() <= share {
        return read(lines);
    }
    std::thread::scope(|scope| {
        let readers: Vec<_> = lines.chunks(share).map(|part| scope.spawn(move || read(part))).collect();
        readers.into_iter().flat_map(|reader| reader.join().expect("reading a line does not panic")).collect()
    })
}
