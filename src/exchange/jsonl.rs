//! `jsonl`: one JSON object a line, each one row.

use std::io::{self, BufRead, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Map, Value};

use super::formats::FormatInfo;
use super::rows::loose::Gathering;
use super::source::{buffered, only};
use super::{ExchangeError, Imported, Loss, Options, Progress, Row, Scope, Sink, Source, rows};
use crate::model::Project;

/// Compact JSON in which nothing but LF ends a line: the other characters that Unicode calls line ends (U+0085, U+2028,
/// U+2029) are legal in JSON as they stand, but programs that split a text into lines cut at them. Those are escaped.
struct OneLine;

impl Formatter for OneLine {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['\u{85}', '\u{2028}', '\u{2029}']) {
            let (before, from) = rest.split_at(at);
            writer.write_all(before.as_bytes())?;
            let mut characters = from.chars();
            if let Some(character) = characters.next() {
                write!(writer, "\\u{:04x}", u32::from(character))?;
            }
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

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

/// Writes one value as a line of JSON.
pub(super) fn write_line<T: Serialize>(sink: &mut (impl Write + ?Sized), value: &T) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *sink, OneLine)).map_err(io::Error::from)?;
    sink.write_all(b"\n")
}

pub(super) fn read(source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let mut gathering = Gathering::default();
    let name = only(source)?;
    each_line(&mut *buffered(source, &name)?, &mut |line| {
        let columns: Map<String, Value> = serde_json::from_str(line).map_err(|why| why.to_string())?;
        Ok(gathering.loose(columns))
    })?;
    Ok(gathering.end())
}

fn read_rows(
    source: &mut dyn BufRead,
    each: &mut dyn FnMut(Row<'_>) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    each_line(source, &mut |line| Ok(each(serde_json::from_str(line).map_err(|why| why.to_string())?)))
}

/// Calls `one` with every line that is not blank; its outer error is what is wrong with the line.
pub(super) fn each_line(
    source: &mut dyn BufRead,
    one: &mut dyn FnMut(&str) -> Result<Result<(), ExchangeError>, String>,
) -> Result<(), ExchangeError> {
    let mut line = String::new();
    let mut number = 0;
    while source.read_line(&mut line)? > 0 {
        let content = if number == 0 { line.trim_start_matches('\u{feff}') } else { &line };
        if !content.trim().is_empty() {
            number += 1;
            one(content).map_err(|what| ExchangeError::malformed(format!("row {number}"), what))??;
        }
        line.clear();
    }
    Ok(())
}
