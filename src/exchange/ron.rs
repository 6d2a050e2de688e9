//! `ron`: a list of structs in Rusty Object Notation, one row a line.
//!
//! It is written here by hand, because the ron crate would write every vowel mark as an escape, and read by that crate.

use std::fmt::{self, Write as _};
use std::io::BufRead;

use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::formats::FormatInfo;
use super::rows::loose::Gathering;
use super::source::{Asks, only, text};
use super::{COLUMNS, ExchangeError, Imported, Loss, Options, Progress, Row, Scope, Sink, Source, rows};
use crate::model::Project;

pub(super) const INFO: FormatInfo = FormatInfo {
    message: "format-ron",
    readers: "Programs written in Rust read it, and people do: one annotation a line, all values named.",
    read: Some(read),
    ..rows::info("ron", write, read_rows)
};

pub(super) fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let sink = sink.file("annotations.ron")?;
    sink.write_all(b"[\n")?;
    let mut line = String::new();
    let losses = rows::write_each(project, scope, progress, &mut |row| {
        line.clear();
        print(&mut line, row).expect("writing to a string does not fail");
        Ok(sink.write_all(line.as_bytes())?)
    })?;
    sink.write_all(b"]\n")?;
    Ok(losses)
}

/// One row with its comma and line end. A list of pairs is a list of tuples, as serde has it.
fn print(line: &mut String, row: &Row<'_>) -> fmt::Result {
    let mut columns = COLUMNS.iter();
    line.push('(');
    let mut name = |line: &mut String| {
        if !line.ends_with('(') {
            line.push_str(", ");
        }
        line.push_str(columns.next().expect("a row has as many values as there are columns"));
        line.push_str(": ");
    };
    for id in [row.id.to_string(), row.document.to_string()] {
        name(line);
        string(line, &id)?;
    }
    name(line);
    string(line, &row.title)?;
    for number in [row.start_byte, row.end_byte, row.start, row.end, row.start_utf16, row.end_utf16, row.line]
    {
        name(line);
        write!(line, "{number}")?;
    }
    for text in [&row.quote, &row.prefix, &row.suffix] {
        name(line);
        string(line, text)?;
    }
    name(line);
    list(line, &row.tags, |line, tag| string(line, tag))?;
    let times = [row.created.to_string(), row.modified.to_string()];
    for text in [&*row.note, row.coder.name(), &times[0], &times[1], &row.text_sha256] {
        name(line);
        string(line, text)?;
    }
    name(line);
    list(line, &row.attributes, |line, (key, value)| {
        line.push('(');
        string(line, key)?;
        line.push_str(", ");
        string(line, value)?;
        line.push(')');
        Ok(())
    })?;
    if !row.spans.is_empty() {
        name(line);
        list(line, &row.spans, |line, span| write!(line, "({}, {})", span.start.0, span.end.0))?;
    }
    line.push_str("),\n");
    Ok(())
}

fn list<T>(
    line: &mut String,
    items: &[T],
    mut print: impl FnMut(&mut String, &T) -> fmt::Result,
) -> fmt::Result {
    line.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            line.push_str(", ");
        }
        print(line, item)?;
    }
    line.push(']');
    Ok(())
}

/// A RON string: escaped is what would end it, what would end the line, and what cannot be seen but changes how a line reads.
fn string(line: &mut String, text: &str) -> fmt::Result {
    line.push('"');
    for character in text.chars() {
        match character {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            _ if character.is_control() || is_format_control(character) => {
                write!(line, "\\u{{{:x}}}", u32::from(character))?;
            }
            _ => line.push(character),
        }
    }
    line.push('"');
    Ok(())
}

/// Line and paragraph separators, the byte order mark, and the directional formatting characters (UAX #9, section 2).
fn is_format_control(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

pub(super) fn read(source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let mut gathering = Gathering::default();
    let name = only(source)?;
    let text = text(source, &name)?;
    let asks = Asks::new(source);
    rows_of(&text, &mut |row| {
        asks.step()?;
        gathering.full(row);
        Ok(())
    })?;
    Ok(gathering.end())
}

/// Reads a whole list; the text is held while its rows are handed on one by one.
fn read_rows(
    source: &mut dyn BufRead,
    each: &mut dyn FnMut(Row<'_>) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    let mut text = String::new();
    source.read_to_string(&mut text)?;
    rows_of(&text, each)
}

/// The rows of a list, one by one.
fn rows_of(
    text: &str,
    each: &mut dyn FnMut(Row<'_>) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    let mut seen = Seen { each, rows: 0, stopped: None };
    let outcome = ::ron::Options::default().from_str_seed(text, &mut seen);
    match (seen.stopped, outcome) {
        (Some(error), _) => Err(error),
        (None, Err(error)) => {
            Err(ExchangeError::malformed(format!("row {}", seen.rows + 1), error.to_string()))
        }
        (None, Ok(())) => Ok(()),
    }
}

/// Walks the list. An error of the caller's is kept aside, since serde's cannot carry it.
struct Seen<'e> {
    each: &'e mut dyn FnMut(Row<'_>) -> Result<(), ExchangeError>,
    rows: usize,
    stopped: Option<ExchangeError>,
}

impl<'de> DeserializeSeed<'de> for &mut Seen<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for &mut Seen<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(row) = list.next_element::<Row<'_>>()? {
            self.rows += 1;
            if let Err(error) = (self.each)(row) {
                self.stopped = Some(error);
                return Err(serde::de::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}
