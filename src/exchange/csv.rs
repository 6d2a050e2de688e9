//! `csv`: a table as RFC 4180 has it, with a header, lines ended by CR LF, and no cell that a spreadsheet would run.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, TAB or CR for a formula, and a text may begin with
//! any of them. Such a cell gets an apostrophe before it. A cell that begins with apostrophes and then one of them gets one
//! more, so that reading can always take exactly one away.

mod dialect;
mod quoting;

use std::borrow::Cow;
use std::io::BufRead;

use ::csv::{ByteRecord, ReaderBuilder, StringRecord, Terminator, WriterBuilder};

use serde_json::Value;

use self::quoting::Quoting;
use super::clock::Clock;
use super::formats::FormatInfo;
use super::rows::loose::{Gathering, NAMING, UNITS, row_of_sheet};
use super::source::{buffered, only};
use super::{COLUMNS, ExchangeError, Imported, Loss, Options, Progress, Row, Scope, Sink, Source, rows};
use crate::model::{Coder, Digits, Project};

pub(super) const INFO: FormatInfo = FormatInfo {
    message: "format-csv",
    readers: "Spreadsheets and statistics programs read it: one annotation a row.",
    read: Some(read),
    byte_order_mark: true,
    ..rows::info("csv", write, read_rows)
};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Whether a spreadsheet would run a cell, or would after an apostrophe was taken off.
fn runs(cell: &str) -> bool {
    let first = cell.bytes().find(|&byte| byte != b'\'');
    matches!(first, Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r'))
}

fn defuse(cell: &str) -> Cow<'_, str> {
    if runs(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

fn undefuse(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| runs(rest)).unwrap_or(cell)
}

pub(super) fn write(
    project: &Project,
    scope: &Scope,
    options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let sink = sink.file("annotations.csv")?;
    if options.bom {
        sink.write_all(BYTE_ORDER_MARK.as_bytes())?;
    }
    // As large as the buffer of a file, which then need not copy it once more.
    let mut table =
        WriterBuilder::new().terminator(Terminator::CRLF).buffer_capacity(1 << 17).from_writer(sink);
    table.write_record(COLUMNS).map_err(failed)?;
    let mut cells = Cells::default();
    let losses = rows::write_each(project, scope, progress, &mut |row| {
        table.write_byte_record(cells.of(row)).map_err(failed)
    })?;
    table.flush()?;
    Ok(losses)
}

/// The cells of a row, in memory that is used again for each.
#[derive(Default)]
struct Cells {
    record: ByteRecord,
    cell: Vec<u8>,
    clock: Clock,
}

impl Cells {
    /// The cells of a row, in the order of [`COLUMNS`].
    fn of(&mut self, row: &Row<'_>) -> &ByteRecord {
        let Self { record, cell, clock } = self;
        let text = |record: &mut ByteRecord, cell: &str| record.push_field(defuse(cell).as_bytes());
        record.clear();
        let mut digits = Digits::default();
        record.push_field(row.id.digits(&mut digits).as_bytes());
        record.push_field(row.document.digits(&mut digits).as_bytes());
        text(record, &row.title);
        let mut number = itoa::Buffer::new();
        let positions =
            [row.start_byte, row.end_byte, row.start, row.end, row.start_utf16, row.end_utf16, row.line];
        for position in positions {
            record.push_field(number.format(position).as_bytes());
        }
        text(record, &row.quote);
        text(record, &row.prefix);
        text(record, &row.suffix);
        record.push_field(json(&row.tags, cell));
        text(record, &row.note);
        text(record, row.coder.name());
        record.push_field(clock.text(row.created).as_bytes());
        record.push_field(clock.text(row.modified).as_bytes());
        text(record, &row.text_sha256);
        record.push_field(if row.attributes.is_empty() { b"[]" } else { json(&row.attributes, cell) });
        record.push_field(if row.spans.is_empty() { b"" } else { json(&row.spans, cell) });
        record
    }
}

fn json<'a, T: serde::Serialize>(value: &T, room: &'a mut Vec<u8>) -> &'a [u8] {
    room.clear();
    serde_json::to_writer(&mut *room, value).expect("lists of strings and of numbers can be written as JSON");
    room
}

pub(super) fn read(source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let name = only(source)?;
    let mut content = dialect::decoded(buffered(source, &name)?)?;
    let (delimiter, lines_before) = dialect::delimiter(&mut *content)?;
    let content = Quoting::new(content, delimiter, 1 + lines_before)?;
    let mut table = ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(content);
    let header: Vec<String> =
        table.headers().map_err(failed)?.iter().map(|cell| cell.trim().to_owned()).collect();
    refuse_strange(&header)?;
    let mut gathering = Gathering::of_sheet();
    let mut record = StringRecord::new();
    let (mut number, mut short) = (0, 0);
    while table.read_record(&mut record).map_err(failed)? {
        number += 1;
        if record.iter().skip(header.len()).any(|cell| !cell.is_empty()) {
            let what = format!(
                "it has {} cells and the header {}; a text in which «{}» stands has to be between quotation marks",
                record.len(),
                header.len(),
                char::from(delimiter)
            );
            return Err(malformed(number, what));
        }
        short += usize::from(record.len() < header.len());
        let cells = record.iter().map(|cell| Value::String(undefuse(cell).to_owned()));
        gathering.loose(header.iter().cloned().zip(cells))?;
    }
    let mut imported = gathering.end();
    if short > 0 {
        let what = "end before the last column; what is missing was taken for empty";
        imported.remarks.push(format!("rows that {what}: {short}"));
    }
    Ok(imported)
}

/// Refuses a table that has not the columns without which nothing can be found.
fn refuse_strange(header: &[String]) -> Result<(), ExchangeError> {
    let has = |column: &str| header.iter().any(|cell| cell == column);
    let missing = match () {
        () if header.is_empty() => return Ok(()),
        () if !UNITS.iter().any(|(_, start, end)| has(start) && has(end)) => "start and end",
        () if !NAMING.into_iter().any(has) => "document, title or text_sha256",
        () => return Ok(()),
    };
    let there = header.join("», «");
    let what =
        format!("it has no columns {missing}; those it has are «{there}»: name them so in its first row");
    Err(ExchangeError::malformed("", what))
}

fn read_rows(
    source: &mut dyn BufRead,
    each: &mut dyn FnMut(Row<'_>) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    // The csv crate takes a byte order mark off by itself.
    let mut table = ReaderBuilder::new().from_reader(source);
    let header = table.headers().map_err(failed)?;
    if header.iter().ne(COLUMNS) {
        let what = format!("the header is not «{}»", COLUMNS.join(","));
        return Err(ExchangeError::malformed("", what));
    }
    let mut record = StringRecord::new();
    let mut number = 0;
    while table.read_record(&mut record).map_err(failed)? {
        number += 1;
        each(parse(&record, number)?)?;
    }
    Ok(())
}

fn parse(record: &StringRecord, row: usize) -> Result<Row<'_>, ExchangeError> {
    let mut cells = COLUMNS.iter().copied().zip(record.iter().map(undefuse));
    let mut next = || cells.next().expect("the csv crate refuses rows that are shorter than the header");
    fn value<T>((column, cell): (&str, &str), row: usize) -> Result<T, ExchangeError>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        let what = |error| format!("«{cell}» in column «{column}»: {error}");
        cell.parse().map_err(|error| malformed(row, what(error)))
    }
    fn list<T: serde::de::DeserializeOwned>(
        (column, cell): (&str, &str),
        row: usize,
    ) -> Result<T, ExchangeError> {
        let what = |error| format!("«{cell}» in column «{column}»: {error}");
        serde_json::from_str(cell).map_err(|error| malformed(row, what(error)))
    }
    Ok(Row {
        id: value(next(), row)?,
        document: value(next(), row)?,
        title: next().1.into(),
        start_byte: value(next(), row)?,
        end_byte: value(next(), row)?,
        start: value(next(), row)?,
        end: value(next(), row)?,
        start_utf16: value(next(), row)?,
        end_utf16: value(next(), row)?,
        line: value(next(), row)?,
        quote: next().1.into(),
        prefix: next().1.into(),
        suffix: next().1.into(),
        tags: list::<Vec<String>>(next(), row)?.into_iter().map(Cow::Owned).collect(),
        note: next().1.into(),
        coder: Coder::new(next().1),
        created: value(next(), row)?,
        modified: value(next(), row)?,
        text_sha256: next().1.into(),
        attributes: Cow::Owned(list(next(), row)?),
        spans: match next() {
            (_, "") => Cow::default(),
            cell => Cow::Owned(list(cell, row)?),
        },
    })
}

fn malformed(row: usize, what: impl Into<String>) -> ExchangeError {
    ExchangeError::malformed(row_of_sheet(row), what)
}

fn failed(error: ::csv::Error) -> ExchangeError {
    let row = error.position().map_or(0, |position| usize::try_from(position.record()).unwrap_or(0));
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error.downcast().unwrap_or_else(ExchangeError::Io),
        ::csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            malformed(row, format!("it has {len} cells instead of {expected_len}"))
        }
        ::csv::ErrorKind::Utf8 { .. } => malformed(row, "it is not UTF-8; save the table as «CSV UTF-8»"),
        other => malformed(row, format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_gets_one_apostrophe_and_loses_it_again() {
        for (cell, written) in [
            ("=SUM(A1)", "'=SUM(A1)"),
            ("'=SUM(A1)", "''=SUM(A1)"),
            ("''-1", "'''-1"),
            ("+3", "'+3"),
            ("@x", "'@x"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("'quoted'", "'quoted'"),
            ("''", "''"),
            ("\n=1", "\n=1"),
            ("قال = كتب", "قال = كتب"),
            ("", ""),
        ] {
            assert_eq!(defuse(cell), written);
            assert_eq!(undefuse(written), cell);
        }
    }
}
