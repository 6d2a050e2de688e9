//! `jsonl`: one JSON object a line, each one row.

use std::io::{BufRead, Cursor, ErrorKind, Read};

use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::formats::FormatInfo;
use super::json::{not_json, pieces, write_line};
use super::rows::loose::Gathering;
use super::source::{buffered, only};
use super::{ExchangeError, Imported, Loss, Options, Progress, Row, Scope, Sink, Source, rows};
use crate::model::Project;

pub(super) const INFO: FormatInfo = FormatInfo {
    message: "format-jsonl",
    readers: "Scripts in any language read it: one JSON object a line, one annotation an object.",
    read: Some(read),
    ..rows::info("jsonl", write, read_rows)
};

pub(super) fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let sink = sink.file("annotations.jsonl")?;
    let mut line = Vec::new();
    rows::write_each(project, scope, progress, &mut |row| {
        line.clear();
        write_line(&mut line, row)?;
        Ok(sink.write_all(&line)?)
    })
}

pub(super) fn read(source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let mut gathering = Gathering::default();
    let name = only(source)?;
    each_object(&mut *buffered(source, &name)?, &mut |line| {
        let columns: Map<String, Value> = serde_json::from_str(line).map_err(not_json)?;
        Ok(gathering.loose(columns))
    })?;
    Ok(gathering.end())
}

fn read_rows(
    source: &mut dyn BufRead,
    each: &mut dyn FnMut(Row<'_>) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    each_line(source, &mut |line| Ok(each(serde_json::from_str(line).map_err(not_json)?)))
}

/// What came of a line: its outer error is what is wrong with the line, the inner one whatever else went wrong.
type OfLine = Result<Result<(), ExchangeError>, String>;

/// Calls `one` with every line that is not blank; its outer error is what is wrong with the line.
pub(super) fn each_line(
    source: &mut dyn BufRead,
    one: &mut dyn FnMut(&str) -> OfLine,
) -> Result<(), ExchangeError> {
    let mut line = String::new();
    let mut number = 0;
    while read_line(source, &mut line, number + 1)? > 0 {
        let content = if number == 0 { line.trim_start_matches('\u{feff}') } else { &line };
        if !content.trim().is_empty() {
            number += 1;
            one(content).map_err(|what| ExchangeError::malformed(format!("row {number}"), what))??;
        }
        line.clear();
    }
    Ok(())
}

/// A line, as [`BufRead::read_line`] has it.
fn read_line(source: &mut dyn BufRead, line: &mut String, row: usize) -> Result<usize, ExchangeError> {
    source.read_line(line).map_err(|why| match why.kind() {
        ErrorKind::InvalidData => ExchangeError::malformed(format!("row {row}"), "it is not UTF-8"),
        _ => why.into(),
    })
}

/// The same of objects that do not stand on a line each: the items of one list, or one after the other over several lines, as some programs and
/// many people write them.
pub(super) fn each_object(
    source: &mut dyn BufRead,
    one: &mut dyn FnMut(&str) -> OfLine,
) -> Result<(), ExchangeError> {
    let start = source.fill_buf()?;
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let is_list = start.trim_ascii_start().starts_with(b"[");
    let mut content = String::new();
    if !is_list {
        while content.trim().is_empty() && read_line(source, &mut content, 1)? > 0 {}
        let first: serde_json::Result<IgnoredAny> =
            serde_json::from_str(content.trim_start_matches('\u{feff}'));
        if !first.is_err_and(|why| why.is_eof()) {
            return each_line(&mut Cursor::new(content).chain(source), one);
        }
    }
    source.read_to_string(&mut content).map_err(|why| match why.kind() {
        ErrorKind::InvalidData => ExchangeError::malformed("", "it is not UTF-8"),
        _ => why.into(),
    })?;
    let content = content.trim_start_matches('\u{feff}');
    let mut row = |number: usize, item: &str| {
        one(item).map_err(|what| ExchangeError::malformed(format!("row {number}"), what))?
    };
    if is_list {
        let items = serde_json::from_str(content).and_then(|list: &RawValue| pieces(Some(list)));
        let items = items.map_err(|why| ExchangeError::malformed("", not_json(why)))?;
        return items.into_iter().zip(1..).try_for_each(|(item, number)| row(number, item.get()));
    }
    let items = serde_json::Deserializer::from_str(content).into_iter::<&RawValue>();
    items.zip(1..).try_for_each(|(item, number)| {
        let item = item.map_err(|why| ExchangeError::malformed(format!("row {number}"), not_json(why)))?;
        row(number, item.get())
    })
}
