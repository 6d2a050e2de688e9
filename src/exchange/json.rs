//! JSON as the formats write it: compact, streamed, and on lines that no reader cuts elsewhere. And as they read it: piece by piece, because the tree of
//! a whole file takes some twenty times the room of its text.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use serde::de::{Deserializer as _, Error as _, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::ser::{Formatter, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::source::Asks;

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

/// Writes one value on one line, without ending it.
pub(super) fn write_value<T: Serialize + ?Sized>(
    sink: &mut (impl Write + ?Sized),
    value: &T,
) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *sink, OneLine)).map_err(io::Error::from)
}

/// Writes one value as a line.
pub(super) fn write_line<T: Serialize + ?Sized>(
    sink: &mut (impl Write + ?Sized),
    value: &T,
) -> io::Result<()> {
    write_value(sink, value)?;
    sink.write_all(b"\n")
}

/// A list that is written one item at a time, each on a line of its own.
pub(super) struct Items<'s> {
    sink: &'s mut dyn Write,
    any: bool,
}

impl<'s> Items<'s> {
    /// Begins the list.
    pub fn begin(sink: &'s mut dyn Write) -> io::Result<Self> {
        sink.write_all(b"[")?;
        Ok(Self { sink, any: false })
    }

    /// Writes one more item.
    pub fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> io::Result<()> {
        self.sink.write_all(if self.any { b",\n" } else { b"\n" })?;
        self.any = true;
        write_value(self.sink, value)
    }

    /// Ends the list, and gives the sink back for what follows.
    pub fn end(self) -> io::Result<&'s mut dyn Write> {
        self.sink.write_all(if self.any { b"\n]" } else { b"]" })?;
        Ok(self.sink)
    }
}

/// An id as text, whatever it is made of.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The items of a list; of anything else, the thing itself as the only one; of nothing, none.
pub(super) fn items(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(list)) => list,
        None | Some(Value::Null) => Vec::new(),
        Some(one) => vec![one],
    }
}

/// What is wrong with JSON, as a part of a sentence.
pub(super) fn not_json(why: serde_json::Error) -> String {
    match why.classify() {
        Category::Eof => {
            format!("it is no JSON, or only a part of it: it ends too early, in line {}", why.line())
        }
        Category::Data => format!("it holds something else than is expected ({why})"),
        Category::Syntax | Category::Io => format!("it is no JSON ({why})"),
    }
}

/// The pieces of a list, as they are written; of anything else, the thing itself as the only one; of nothing, none.
pub(super) fn pieces(value: Option<&RawValue>) -> serde_json::Result<Vec<&RawValue>> {
    match value {
        Some(list) if list.get().starts_with('[') => serde_json::from_str(list.get()),
        Some(one) if one.get() != "null" => Ok(vec![one]),
        _ => Ok(Vec::new()),
    }
}

/// [`pieces`] of a list that may be long: at each it is asked whether to go on.
pub(super) fn pieces_asking<'j>(
    value: Option<&'j RawValue>,
    asks: &Asks<'_>,
) -> serde_json::Result<Vec<&'j RawValue>> {
    match value {
        Some(list) if list.get().starts_with('[') => {
            (&mut serde_json::Deserializer::from_str(list.get())).deserialize_seq(Pieces(asks))
        }
        other => pieces(other),
    }
}

/// Takes the pieces of a list one by one.
struct Pieces<'a>(&'a Asks<'a>);

impl<'de> Visitor<'de> for Pieces<'_> {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, sentence: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sentence.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut pieces = Vec::new();
        while let Some(piece) = list.next_element()? {
            self.0.step().map_err(A::Error::custom)?;
            pieces.push(piece);
        }
        Ok(pieces)
    }
}

/// The members of an object, as they are written; `None` where it is none. Of members of one name the last counts.
pub(super) fn members(value: &RawValue) -> Option<HashMap<String, &RawValue>> {
    serde_json::from_str(value.get()).ok()
}

/// The members of an object that are left, read.
pub(super) fn read_members(members: HashMap<String, &RawValue>) -> serde_json::Result<Map<String, Value>> {
    members.into_iter().map(|(name, value)| Ok((name, serde_json::from_str(value.get())?))).collect()
}
