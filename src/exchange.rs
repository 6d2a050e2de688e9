//! How annotations leave a project for other programs, and how what was written is read back.
//!
//! Owns the table of formats, the row that the tabular formats share, and the one converter between the units in which
//! formats count. One module a format, each behind the same plain function shape; writing streams to a sink, so that no export
//! is ever held whole. It opens no file (the caller gives the sink and the source), asks no clock, and never changes a project.

mod csv;
mod formats;
mod jsonl;
mod ron;
mod rows;
mod scope;
mod units;

use std::io::{self, BufRead, Write};
use std::ops::ControlFlow;

use crate::model::{AnnotationId, DocumentId, Project};

pub use formats::{Format, FormatInfo, Out};
pub use rows::{COLUMNS, Row};
pub use scope::Scope;
pub use units::{CodePoints, Line, Place, Units, Utf16};

/// Choices of an export that are not its format or its scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Begin with a byte order mark, which some spreadsheets need to see UTF-8. Only for formats whose
    /// [`FormatInfo::byte_order_mark`] says so; others ignore it.
    pub bom: bool,
}

/// Something that the project holds and the written format does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The annotation it belongs to; `None` for what is lost once for the whole export.
    pub annotation: Option<AnnotationId>,
    /// What was lost, as a sentence part in English.
    pub what: String,
}

/// Called with the annotations written so far and the number there are; `Break` cancels.
pub type Progress<'a> = &'a dyn Fn(usize, usize) -> ControlFlow<()>;

/// Why an export, or reading one back, came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The sink or the source failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The caller's progress function said so.
    #[error("the export was cancelled")]
    Cancelled,
    /// The scope names a document that is not there.
    #[error("the project has no document {0}")]
    NoDocument(DocumentId),
    /// The scope names an annotation that is not there.
    #[error("the project has no annotation {0}")]
    NoAnnotation(AnnotationId),
    /// The text at an annotation's spans is not what the annotation quotes.
    #[error("annotation {0} does not quote the text it stands on")]
    QuoteDiffers(AnnotationId),
    /// What was read is not of the format.
    #[error("row {row} cannot be read: {what}")]
    Malformed {
        /// Counted from 1, without the header; 0 for the file as a whole.
        row: usize,
        /// What is wrong.
        what: String,
    },
    /// What was read back is not what was written.
    #[error("row {row} reads back with another «{field}»: «{read}» instead of «{written}»")]
    Differs {
        /// Counted from 1.
        row: usize,
        /// The column.
        field: &'static str,
        /// The value that the project has.
        written: String,
        /// The value that was read.
        read: String,
    },
    /// There are not as many rows as there are annotations.
    #[error("{read} rows were read back instead of {written}")]
    Count {
        /// How many the project has.
        written: usize,
        /// How many were read.
        read: usize,
    },
}

/// Writes the annotations of a scope to a sink: by the document register, then by start, end and id. The same project gives the
/// same bytes. Returns what the format could not hold.
///
/// # Errors
/// When the scope names what is not there, an annotation does not fit its text, the sink fails, or the caller cancels; part
/// of the export may then have reached the sink, so a sink should be thrown away unless this returns `Ok`.
pub fn write(
    format: Format,
    project: &Project,
    scope: &Scope,
    options: Options,
    sink: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let write = match format {
        Format::Ron => ron::write,
        Format::Jsonl => jsonl::write,
        Format::Csv => csv::write,
    };
    write(project, scope, options, sink, progress)
}

/// Reads rows back, calling `each` with one after another.
///
/// # Errors
/// When the source fails or is not of the format, or with the error of `each`.
pub fn read(
    format: Format,
    source: &mut dyn BufRead,
    each: &mut dyn FnMut(Row<'_>) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    match format {
        Format::Ron => ron::read(source, each),
        Format::Jsonl => jsonl::read(source, each),
        Format::Csv => csv::read(source, each),
    }
}

/// Reads an export back and compares it, field by field, with what the project holds; returns how many rows there are.
///
/// # Errors
/// With the first difference, or when the source cannot be read.
pub fn verify(
    format: Format,
    project: &Project,
    scope: &Scope,
    source: &mut dyn BufRead,
) -> Result<usize, ExchangeError> {
    let written = scope.count(project)?;
    let mut expected = rows::Rows::new(project, scope);
    let mut read_rows = 0;
    read(format, source, &mut |row| {
        read_rows += 1;
        match expected.next() {
            Some(wanted) => wanted?.compare(&row, read_rows),
            None => Err(ExchangeError::Count { written, read: read_rows }),
        }
    })?;
    if read_rows == written { Ok(written) } else { Err(ExchangeError::Count { written, read: read_rows }) }
}
