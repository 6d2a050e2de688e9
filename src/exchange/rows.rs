//! The row that `ron`, `jsonl` and `csv` share: one annotation with everything a program needs to find it again.

pub(super) mod loose;

use std::borrow::Cow;
use std::io::BufRead;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::formats::{FormatInfo, Out};
use super::losses::Lost;
use super::walk::{quotes_its_text, tag_name, walk};
use super::{ExchangeError, Format, Loss, Scope, Source, Units, read_rows};
use crate::model::{Annotation, AnnotationId, Coder, Document, DocumentId, Project, Span, Timestamp};

/// The names of a row's values, in order.
pub const COLUMNS: [&str; 21] = [
    "id",
    "document",
    "title",
    "start_byte",
    "end_byte",
    "start",
    "end",
    "start_utf16",
    "end_utf16",
    "line",
    "quote",
    "prefix",
    "suffix",
    "tags",
    "note",
    "coder",
    "created",
    "modified",
    "text_sha256",
    "attributes",
    "spans",
];

/// One annotation, flat. Ends are exclusive; a missing value is an empty string.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row<'a> {
    /// The annotation's id.
    pub id: AnnotationId,
    /// Its document's id.
    pub document: DocumentId,
    /// Its document's title.
    pub title: Cow<'a, str>,
    /// Where it begins, in bytes of UTF-8.
    pub start_byte: u32,
    /// Where it ends, in bytes of UTF-8.
    pub end_byte: u32,
    /// Where it begins, in code points.
    pub start: u32,
    /// Where it ends, in code points.
    pub end: u32,
    /// Where it begins, in UTF-16 code units.
    pub start_utf16: u32,
    /// Where it ends, in UTF-16 code units.
    pub end_utf16: u32,
    /// The line it begins on, from 1, counted by LF.
    pub line: u32,
    /// The marked text; parts of a discontinuous annotation are joined by one space.
    pub quote: Cow<'a, str>,
    /// Up to 32 code points of whole grapheme clusters before it.
    pub prefix: Cow<'a, str>,
    /// Up to 32 code points of whole grapheme clusters after it.
    pub suffix: Cow<'a, str>,
    /// The names of its tags; a tag that the codebook does not have is named by its id.
    pub tags: Vec<Cow<'a, str>>,
    /// What the coder wrote beside it.
    pub note: Cow<'a, str>,
    /// Who made it.
    pub coder: Coder,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
    /// SHA-256 of the document's decoded text, lower-case hexadecimal.
    pub text_sha256: Cow<'a, str>,
    /// Further properties: key and value.
    #[serde(default)]
    pub attributes: Cow<'a, [(String, String)]>,
    /// The parts of a discontinuous annotation in bytes; of any other none, and the key is left out.
    #[serde(default, skip_serializing_if = "<[Span]>::is_empty")]
    pub spans: Cow<'a, [Span]>,
}

/// What the table says of a format of rows; name, readers and the rest are the format's own.
pub(super) const fn info(name: &'static str, write: super::Write, rows: ReadRows) -> FormatInfo {
    FormatInfo {
        name,
        message: "",
        readers: "",
        holds: "One row an annotation: id, document, title, the place in all three units, line, quote with what stands around it, tags, note, \
                coder, times, hash of the text, attributes, and the parts of a discontinuous annotation. Read back, other columns become \
                attributes, and missing ones stay as they are in the project.",
        extension: name,
        out: Out::File,
        offsets: "bytes, code points and UTF-16",
        loses: &[Lost::Relations, Lost::Codebook, Lost::Texts],
        byte_order_mark: false,
        write,
        read: None,
        rows: Some(rows),
    }
}

impl Row<'_> {
    /// Compares a row with the one read back in its place.
    ///
    /// # Errors
    /// With the first value that differs.
    pub(super) fn compare(&self, read: &Row<'_>, row: usize) -> Result<(), ExchangeError> {
        macro_rules! same {
            ($($field:ident)*) => {$(
                if self.$field != read.$field {
                    let (written, read) = (format!("{:?}", self.$field), format!("{:?}", read.$field));
                    let at = format!("row {row}");
                    return Err(ExchangeError::Differs { at, field: stringify!($field), written, read });
                }
            )*};
        }
        same!(id document title start_byte end_byte start end start_utf16 end_utf16 line quote prefix suffix);
        same!(tags note coder created modified text_sha256 attributes spans);
        Ok(())
    }
}

/// The rows of a scope, made one at a time.
struct Rows<'a> {
    project: &'a Project,
    annotations: Box<dyn Iterator<Item = (&'a Arc<Document>, &'a Arc<Annotation>)> + 'a>,
    /// The milestones of the document last met.
    units: Option<(DocumentId, Units<&'a str>)>,
}

impl<'a> Rows<'a> {
    fn new(project: &'a Project, scope: &'a Scope) -> Self {
        Self { project, annotations: scope.annotations(project), units: None }
    }

    fn row(&mut self, document: &'a Document, annotation: &'a Annotation) -> Option<Row<'a>> {
        if self.units.as_ref().is_none_or(|(id, _)| *id != document.id) {
            self.units = Some((document.id, Units::new(document.text.as_str())));
        }
        let (_, units) = self.units.as_ref().filter(|_| quotes_its_text(document, annotation))?;
        Row::of(self.project, document, units, annotation)
    }
}

impl<'a> Row<'a> {
    /// The row of an annotation that quotes its text; `None` where it does not fit it.
    fn of(
        project: &'a Project,
        document: &'a Document,
        units: &Units<&str>,
        annotation: &'a Annotation,
    ) -> Option<Self> {
        let extent = annotation.extent();
        let (start, end) = (units.place(extent.start)?, units.place(extent.end)?);
        let [exact, prefix, suffix] = quote(document, annotation);
        Some(Row {
            id: annotation.id,
            document: document.id,
            title: Cow::Borrowed(&document.title),
            start_byte: extent.start.0,
            end_byte: extent.end.0,
            start: start.code_points.0,
            end: end.code_points.0,
            start_utf16: start.utf16.0,
            end_utf16: end.utf16.0,
            line: start.line.0,
            quote: exact,
            prefix,
            suffix,
            tags: annotation.tags.iter().map(|&id| tag_name(project, id)).collect(),
            note: Cow::Borrowed(&annotation.note),
            coder: annotation.coder.clone(),
            created: annotation.created,
            modified: annotation.modified,
            text_sha256: Cow::Borrowed(&document.sha256),
            attributes: Cow::Borrowed(annotation.attributes.as_slice()),
            spans: Cow::Borrowed(if annotation.spans.len() > 1 { &annotation.spans } else { &[] }),
        })
    }
}

/// The quotation of an annotation that quotes its text, and what stands literally before and after it.
fn quote<'a>(document: &Document, annotation: &'a Annotation) -> [Cow<'a, str>; 3] {
    let quote = &annotation.quote;
    let extent = annotation.extent();
    let (before, after) = (&document.text[..extent.start.index()], &document.text[extent.end.index()..]);
    // What the annotation keeps is taken where it is what stands there, which costs much less than to cut it anew.
    let stands = |kept: &str, is_there: bool, text: &str| is_there && kept.is_empty() == text.is_empty();
    let is_kept = annotation.spans.len() == 1
        && stands(&quote.prefix, before.ends_with(&*quote.prefix), before)
        && stands(&quote.suffix, after.starts_with(&*quote.suffix), after);
    if is_kept {
        return [&quote.exact, &quote.prefix, &quote.suffix].map(|text| Cow::Borrowed(&**text));
    }
    let anew = document.text.quote(&annotation.spans);
    [anew.exact, anew.prefix, anew.suffix].map(|text| Cow::Owned(String::from(text)))
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>, ExchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (document, annotation) = self.annotations.next()?;
        Some(self.row(document, annotation).ok_or(ExchangeError::QuoteDiffers(annotation.id)))
    }
}

/// Writes every row of a scope with `one`, reporting progress, and returns what rows cannot hold.
pub(super) fn write_each(
    project: &Project,
    scope: &Scope,
    progress: super::Progress<'_>,
    one: &mut dyn FnMut(&Row<'_>) -> Result<(), ExchangeError>,
) -> Result<Vec<Loss>, ExchangeError> {
    let mut losses = Vec::new();
    walk(project, scope, progress, &mut |page| {
        for annotation in page.annotations() {
            let annotation = annotation?;
            let row = Row::of(page.project, page.document, &page.units, annotation)
                .ok_or(ExchangeError::QuoteDiffers(annotation.id))?;
            one(&row)?;
            if !annotation.relations.is_empty() {
                losses.push(Loss::of(annotation.id, Lost::Relations));
            }
        }
        Ok(())
    })?;
    if !project.codebook().tags().is_empty() {
        losses.push(Loss::once(Lost::Codebook));
    }
    Ok(losses)
}

/// How the rows of a file are read one by one, each with all its columns.
pub(super) type ReadRows =
    fn(&mut dyn BufRead, &mut dyn FnMut(Row<'_>) -> Result<(), ExchangeError>) -> Result<(), ExchangeError>;

/// Reads an export back and compares it, value by value, with what the project holds; returns how many rows there are.
pub(super) fn verify(
    format: Format,
    project: &Project,
    scope: &Scope,
    source: &mut dyn Source,
) -> Result<usize, ExchangeError> {
    let written = scope.count(project)?;
    let mut expected = Rows::new(project, scope);
    let mut rows = 0;
    read_rows(format, source, &mut |row| {
        rows += 1;
        match expected.next() {
            Some(wanted) => wanted?.compare(&row, rows),
            None => Err(ExchangeError::Count { written, read: rows }),
        }
    })?;
    if rows == written { Ok(written) } else { Err(ExchangeError::Count { written, read: rows }) }
}
