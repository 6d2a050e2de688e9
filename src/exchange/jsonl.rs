//! `jsonl`: one JSON object a line, each one row.

use std::io::{self, BufRead, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::{ExchangeError, Loss, Options, Progress, Row, Scope, rows};
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

pub(super) fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let mut line = Vec::new();
    rows::write_each(project, scope, progress, &mut |row| {
        line.clear();
        row.serialize(&mut Serializer::with_formatter(&mut line, OneLine)).map_err(io::Error::from)?;
        line.push(b'\n');
        Ok(sink.write_all(&line)?)
    })
}

pub(super) fn read(
    source: &mut dyn BufRead,
    each: &mut dyn FnMut(Row<'_>) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    let mut line = String::new();
    let mut number = 0;
    while source.read_line(&mut line)? > 0 {
        if !line.trim().is_empty() {
            number += 1;
            let malformed =
                |error: serde_json::Error| ExchangeError::Malformed { row: number, what: error.to_string() };
            each(serde_json::from_str(&line).map_err(malformed)?)?;
        }
        line.clear();
    }
    Ok(())
}
