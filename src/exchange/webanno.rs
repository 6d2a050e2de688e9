//! `webanno-tsv`: WebAnno TSV 3.3, which INCEpTION and WebAnno read and write; one file a document.
//!
//! A file declares layers with their features, and has a line for each token: its number, its place in UTF-16, its text, and the values of all
//! features. Ours are the layer [`MARK`], a mark for each tag of an annotation, and the relation layer [`RELATION`]. A mark over several tokens is
//! on each of their lines with the same number in brackets; one inside a token has a line of its own below it, `1-3.1`. The first sentence has
//! one more line with what is ours of the document, which other readers pass over.
//! The format: <https://inception-project.github.io/releases/36.0/docs/user-guide.html#sect_webannotsv>.

mod marks;
mod reading;
mod sheet;
mod writing;

use serde::{Deserialize, Serialize};

use super::formats::{FormatInfo, Out};
use super::losses::Lost;
use crate::model::DocumentId;

pub(super) const INFO: FormatInfo = FormatInfo {
    name: "webanno-tsv",
    message: "format-webanno-tsv",
    readers: "INCEpTION and WebAnno read it, where the project has the layers: one WebAnno TSV 3.3 file a document.",
    holds: "One file a document in WebAnno TSV 3.3: a line for each token with its place in UTF-16, and what is marked there. The layer \
            webanno.custom.HashiyaMark has the features tag, id, note, coder, created, modified and attributes; but for tag and id they \
            stand on the first line of a mark only. A mark inside a token has a line of its own, and where one begins or ends between tokens, the blank \
            is a token too. Relations are the layer webanno.custom.HashiyaRelation. Read, the value of a feature tag, value or label is the tag of \
            other layers, else the layer's name; other features become attributes, slots, chains and relations relations; a token is a mark where a \
            relation lies between tokens.",
    extension: "tsv",
    out: Out::Folder,
    offsets: "UTF-16",
    loses: &[Lost::Parts, Lost::Target, Lost::Characters, Lost::Untagged, Lost::Codebook],
    byte_order_mark: false,
    write: writing::write,
    read: Some(reading::read),
    rows: None,
};

const MARK: &str = "webanno.custom.HashiyaMark";
const RELATION: &str = "webanno.custom.HashiyaRelation";

/// The features of [`MARK`], in the order of the columns.
const FEATURES: [&str; 7] = ["tag", "id", "note", "coder", "created", "modified", "attributes"];

/// A value that is not there.
const NO_VALUE: &str = "*";
/// A column without any mark.
const NO_MARK: &str = "_";

/// The beginning of our line in the header of the first sentence.
const OWN: &str = "#Hashiya=";

/// What is ours of a document.
#[derive(Serialize, Deserialize)]
struct Own {
    id: DocumentId,
    title: String,
    sha256: String,
}

/// Adds a value with what means something in the format escaped. A carriage return, which the format cannot escape and which would end the line, is
/// escaped as in texts; returns whether there was one.
fn escape_value(out: &mut String, value: &str) -> bool {
    let mut returns = false;
    let mut rest = value.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' | '[' | ']' | '|' | '_' | ';' | '*' => out.extend(['\\', c]),
            '-' if rest.peek() == Some(&'>') => out.push_str("\\-"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => {
                returns = true;
                out.push_str("\\r");
            }
            _ => out.push(c),
        }
    }
    returns
}

/// What [`escape_value`] made, or another writer of the format, turned back.
fn unescape_value(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some(c @ ('\\' | '[' | ']' | '|' | '_' | ';' | '*' | '-')) => out.push(c),
            Some(c) => out.extend(['\\', c]),
            None => out.push('\\'),
        }
    }
    out
}

/// Adds a line of a text with its control characters escaped.
fn escape_text(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\u{c}' => out.push_str("\\f"),
            '\u{8}' => out.push_str("\\b"),
            '\0'..='\u{7}' | '\u{e}'..='\u{1f}' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
}

/// What [`escape_text`] made, or another writer of the format, turned back.
fn unescape_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('f') => out.push('\u{c}'),
            Some('b') => out.push('\u{8}'),
            Some(c @ ('\\' | '\0'..='\u{7}' | '\u{e}'..='\u{1f}')) => out.push(c),
            Some(c) => out.extend(['\\', c]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_escaped_as_the_format_says() {
        for (value, escaped) in [
            ("a_b*[1]|c;d\\", "a\\_b\\*\\[1\\]\\|c\\;d\\\\"),
            ("x->y - > -", "x\\->y - > -"),
            ("سطر\nوآخر\tثم", "سطر\\nوآخر\\tثم"),
        ] {
            let mut out = String::new();
            assert!(!escape_value(&mut out, value));
            assert_eq!(out, escaped);
            assert_eq!(unescape_value(&out), value);
        }
        let mut out = String::new();
        escape_text(&mut out, "a\\b\t\r\u{c}\u{8}\0\u{1b}[_|*");
        assert_eq!(out, "a\\\\b\\t\\r\\f\\b\\\0\\\u{1b}[_|*");
    }

    proptest! {
        #[test]
        fn what_is_escaped_comes_back_on_one_line(text in proptest::collection::vec(any::<char>(), 0..40)) {
            let text: String = text.into_iter().collect();
            let (mut value, mut line) = (String::new(), String::new());
            escape_value(&mut value, &text);
            escape_text(&mut line, &text);
            prop_assert!(!value.contains(['\n', '\t', '\r']) && !line.contains(['\n', '\t', '\r']));
            prop_assert_eq!(unescape_value(&value), text.clone());
            prop_assert_eq!(unescape_text(&line), text);
        }
    }
}
