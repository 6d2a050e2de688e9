//! The files of a project as text: what stands in each, how it is written, how it is read.
//!
//! Every file is RON with a format version in its first lines; whatever comes in numbers (documents, tags, annotations, steps) has
//! one line each, so that a difference between two versions of a project reads well.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

use super::notation::line;
pub(super) use super::pages::read_page;
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
    /// The row of an annotation.
    pub fn of(annotation: &'a Annotation) -> Self {
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

    /// The same row, which borrows nothing.
    pub fn into_owned(self) -> Row<'static> {
        Row {
            id: self.id,
            spans: Cow::Owned(self.spans.into_owned()),
            tags: Cow::Owned(self.tags.into_owned()),
            note: Cow::Owned(self.note.into_owned()),
            attributes: Cow::Owned(self.attributes.into_owned()),
            relations: Cow::Owned(self.relations.into_owned()),
            created: self.created,
            modified: self.modified,
            quote: Cow::Owned(self.quote.into_owned()),
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
