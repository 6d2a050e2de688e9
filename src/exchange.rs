//! How annotations leave a project for other programs, how they come in from them, and how what was written is read back.
//!
//! Owns the table of formats, the row that the tabular formats share, and the one converter between the units in which
//! formats count. One module a format, each behind the same two plain function shapes, [`Write`] and [`Read`]; writing streams to a [`Sink`],
//! so that no export is ever held whole. It opens no file (the caller gives the sink and the source), asks no clock, and never changes a
//! project: what was read is an [`Imported`], which the caller holds against the project.

mod archive;
mod bio;
mod brat;
mod cas;
mod clock;
mod companions;
mod compare;
mod conllu;
mod csv;
mod doccano;
mod foreign;
mod formats;
mod html;
mod imported;
mod iob2;
mod json;
mod jsonl;
mod label_studio;
mod losses;
mod matching;
mod recognising;
mod refi;
mod ron;
mod rows;
mod scope;
mod sink;
mod source;
mod stam;
mod tei;
mod tokens;
mod units;
mod walk;
mod web_annotation;
mod webanno;
mod xlsx;
mod xml;

use std::io;
use std::ops::ControlFlow;

use crate::model::{AnnotationId, DocumentId, Project};

pub use formats::{Format, FormatInfo, NoSuchFormat, Out};
pub use imported::{Imported, ImportedAnnotation, ImportedDocument, ImportedTag};
pub use losses::{Loss, Lost};
pub use matching::{Likeness, Register, plain_text};
pub use rows::{COLUMNS, Row};
pub use scope::Scope;
pub use sink::{Glance, Memory, OneFile, Sink};
pub use source::{MOST_BYTES, Source, Watched};
pub use units::{CodePoints, Line, Place, Unit, Units, Utf16};
pub use walk::UNTAGGED;

/// Choices of an export that are not its format or its scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Begin with a byte order mark, which some spreadsheets need to see UTF-8. Only for formats whose
    /// [`FormatInfo::byte_order_mark`] says so; others ignore it.
    pub bom: bool,
}

/// Called with how much is done (annotations that were written, bytes that were read) and how much there is; `Break` cancels.
pub type Progress<'a> = &'a dyn Fn(usize, usize) -> ControlFlow<()>;

/// How a format writes: a scope of a project to a sink, in the order of the register and then of start, end and id; the same project gives the
/// same bytes. It returns what the format could not hold.
pub type Write =
    fn(&Project, &Scope, Options, &mut dyn Sink, Progress<'_>) -> Result<Vec<Loss>, ExchangeError>;

/// How a format is read: everything that a source says. What the format has no word for in Hashiya becomes an attribute or a remark.
pub type Read = fn(&mut dyn Source) -> Result<Imported, ExchangeError>;

/// Why an export or an import came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The sink or the source failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The caller's progress function said so.
    #[error("it was cancelled")]
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
    /// The project does not fit itself; the sentence says where.
    #[error("{0}")]
    Unsound(String),
    /// What was read is not of the format.
    #[error("{at} cannot be read: {what}")]
    Malformed {
        /// Where: a row, a line, a file.
        at: String,
        /// What is wrong.
        what: String,
    },
    /// What was read is plainly of another format; the sentence says of which.
    #[error("{0}")]
    OtherFormat(String),
    /// The format is only written.
    #[error("the format {0} is written and not read")]
    NoReader(&'static str),
    /// What was read back is not what was written.
    #[error("{at} reads back with another «{field}»: «{read}» instead of «{written}»")]
    Differs {
        /// Which row or annotation.
        at: String,
        /// Which value of it.
        field: &'static str,
        /// The value that the project has.
        written: String,
        /// The value that was read.
        read: String,
    },
    /// There are not as many annotations as were written.
    #[error("{read} annotations were read back instead of {written}")]
    Count {
        /// How many the project has.
        written: usize,
        /// How many were read.
        read: usize,
    },
}

impl ExchangeError {
    /// Something that is not of the format, and where it stands; an empty place means the file as a whole. Both may quote the file, so each is put
    /// on one line and cut where it is long.
    pub(crate) fn malformed(at: impl Into<String>, what: impl Into<String>) -> Self {
        let (at, what) = (in_one_line(&at.into()), in_one_line(&what.into()));
        let at = if at.is_empty() { "the file".to_owned() } else { at };
        Self::Malformed { at, what }
    }
}

/// What a file says, as a part of a sentence: without line ends, and of at most 400 bytes.
pub fn in_one_line(text: &str) -> String {
    const MOST: usize = 400;
    let ends_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let mut text = text.replace(ends_line, " ");
    if text.len() > MOST {
        text.truncate(text.floor_char_boundary(MOST));
        text.push('…');
    }
    text
}

/// Writes the annotations of a scope to a sink, and returns what the format could not hold.
///
/// # Errors
/// When the scope names what is not there, an annotation does not fit its text, the sink fails, or the caller cancels; part
/// of the export may then have reached the sink, so a sink should be thrown away unless this returns `Ok`.
pub fn write(
    format: Format,
    project: &Project,
    scope: &Scope,
    options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let info = format.info();
    let mut losses = (info.write)(project, scope, options, sink, progress)?;
    losses.extend(losses::of_reserved_label(info, project, scope));
    Ok(losses)
}

/// Reads what another program wrote, or an export.
///
/// # Errors
/// When the format has no reader, or the source fails or is not of the format, or was told to stop.
pub fn read(format: Format, source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let info = format.info();
    let read = (info.read.ok_or(ExchangeError::NoReader(info.name))?)(source);
    // A reader takes a source that was told to stop for one that is broken.
    source.go_on()?;
    let mut imported = read.map_err(|why| match why {
        ExchangeError::Malformed { .. } => recognising::other(format, source).unwrap_or(why),
        why => why,
    })?;
    imported.without = info.loses;
    if info.reserves_untagged() {
        imported.tags.retain(|tag| tag.name != UNTAGGED);
        let annotations = imported.documents.iter_mut().flat_map(|document| &mut document.annotations);
        annotations.for_each(|annotation| annotation.tags.retain(|tag| tag != UNTAGGED));
    }
    Ok(imported)
}

/// Reads the rows of an export one by one, for formats that are lists of rows; every row has to have all its columns.
///
/// # Errors
/// When the format has no rows, the source fails or is not of the format, or with the error of `each`.
pub fn read_rows(
    format: Format,
    source: &mut dyn Source,
    each: &mut dyn FnMut(Row<'_>) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    let info = format.info();
    let name = source::only(source)?;
    (info.rows.ok_or(ExchangeError::NoReader(info.name))?)(&mut *source::buffered(source, &name)?, each)
}

/// Reads an export back and compares it with what the project holds, but for the losses that were declared when it was written; returns how
/// many annotations there are.
///
/// # Errors
/// With the first difference, or when the format has no reader or the source cannot be read.
pub fn verify(
    format: Format,
    project: &Project,
    scope: &Scope,
    losses: &[Loss],
    source: &mut dyn Source,
) -> Result<usize, ExchangeError> {
    if project.documents().is_empty() {
        // Nothing was written into a folder, and nothing is there to be compared.
        return Ok(0);
    }
    if format.info().rows.is_some() {
        let read = rows::verify(format, project, scope, source);
        source.go_on()?;
        read?;
    }
    let imported = read(format, source)?;
    compare::compare(project, scope, losses, imported, source)
}
