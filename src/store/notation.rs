//! RON as the project's files hold it: one value a line, Arabic as it is written, nothing hidden.
//!
//! The RON crate escapes every combining mark, which would make vowelled Arabic unreadable in a diff; here those are turned back,
//! while controls, line breaks and invisible characters stay escaped, so that a line is one line and shows what it holds.

use ron::Options;
use ron::ser::PrettyConfig;
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde::{Deserialize, Deserializer, Serialize};
use std::marker::PhantomData;

use super::names::is_invisible;

/// How deep values may nest before reading refuses them: far more than an edit needs, far less than a stack holds.
const DEPTH: usize = 128;

fn options() -> Options {
    Options::default().with_recursion_limit(DEPTH)
}

/// A value on one line.
pub(super) fn line<T: Serialize>(value: &T) -> Result<String, ron::Error> {
    let config = PrettyConfig::new().depth_limit(0).separator(" ");
    let written = options().to_string_pretty(value, config)?;
    Ok(readable(&written))
}

/// Reads one value, which may be followed by nothing but white space and comments.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ron::error::SpannedError> {
    options().from_str(text)
}

/// The same, with the paths of the fields that the type does not know.
pub(super) fn parse_noting<T: DeserializeOwned>(
    text: &str,
) -> Result<(T, Vec<String>), ron::error::SpannedError> {
    struct Noting<'a, T>(&'a mut Vec<String>, PhantomData<T>);

    impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Noting<'_, T> {
        type Value = T;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
            serde_ignored::deserialize(deserializer, |path| self.0.push(path.to_string()))
        }
    }

    let mut fields = Vec::new();
    let value = options().from_str_seed(text, Noting(&mut fields, PhantomData))?;
    Ok((value, fields))
}

/// Turns the escapes of characters that can be shown back into the characters, inside the strings of a line of RON.
fn readable(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    let mut rest = written;
    let mut in_string = false;
    while let Some(at) = rest.find(['\\', '"', '\'', '\n', '\r']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let taken = match tail.as_bytes()[0] {
            b'"' => {
                in_string = !in_string;
                out.push('"');
                1
            }
            b'\'' if !in_string => char_literal(tail, &mut out),
            b'\\' => escape(tail, &mut out),
            other => {
                out.push(char::from(other));
                1
            }
        };
        rest = &tail[taken..];
    }
    out.push_str(rest);
    out
}

/// Copies a character literal, with a character that would break the line escaped; returns how many bytes were read.
fn char_literal(tail: &str, out: &mut String) -> usize {
    let escaped = usize::from(tail[1..].starts_with('\\'));
    let Some(c) = tail[1 + escaped..].chars().next() else {
        out.push('\'');
        return 1;
    };
    let end = 1 + escaped + c.len_utf8();
    if c.is_control() || is_invisible(c) || is_line_break(c) {
        out.push_str(&format!("'\\u{{{:x}}}", u32::from(c)));
    } else {
        out.push_str(&tail[..end]);
    }
    if tail[end..].starts_with('\'') {
        out.push('\'');
        return end + 1;
    }
    end
}

/// Copies one escape, or the character it stands for; returns how many bytes were read.
fn escape(tail: &str, out: &mut String) -> usize {
    if let Some(code) = tail.strip_prefix("\\u{")
        && let Some(close) = code.find('}')
        && let Some(c) = u32::from_str_radix(&code[..close], 16).ok().and_then(char::from_u32)
    {
        let length = 3 + close + 1;
        if c.is_control() || is_invisible(c) || is_line_break(c) || is_unassigned_or_private(c) {
            out.push_str(&tail[..length]);
        } else {
            out.push(c);
        }
        return length;
    }
    if tail.starts_with("\\'") {
        out.push('\'');
        return 2;
    }
    let length = 1 + tail[1..].chars().next().map_or(0, char::len_utf8);
    out.push_str(&tail[..length]);
    length
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Characters that no font shows: they stay escaped, as Rust's own escape has them. Combining marks are not among them.
fn is_unassigned_or_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..) || (c.is_whitespace() && c != ' ' && c != '\u{a0}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arabic_is_written_as_it_is_and_a_value_is_one_line() {
        for (value, expected) in [
            ("بَّ", "\"بَّ\""),
            ("a\nb\tc", r#""a\nb\tc""#),
            ("«قال»\u{200f}", "\"«قال»\\u{200f}\""),
            ("it's \"q\" \\ \\u{64e}", r#""it's \"q\" \\ \\u{64e}""#),
            ("\u{2028}\u{0}", r#""\u{2028}\0""#),
            ("\u{a0}", "\"\u{a0}\""),
        ] {
            let written = line(&value).expect("text can be written");
            assert_eq!(written, expected);
            assert_eq!(parse::<String>(&written).expect("written by us"), value);
        }
    }

    #[test]
    fn every_character_survives_as_a_literal_and_in_a_string() {
        let kept = ['ب', 'َ', '\'', '"', '\\', '\n', '\u{200f}', '\u{2028}', '\u{0}', '1', ' ', '\u{10ffff}'];
        for c in kept {
            let value = (Some(c), c.to_string(), 'x');
            let written = line(&value).expect("a character can be written");
            assert!(!written.contains(['\n', '\u{2028}']), "{written:?}");
            assert_eq!(parse::<(Option<char>, String, char)>(&written).expect("written by us"), value);
        }
        for code in (0..0x3000).chain(0xfb00..0x10010).filter_map(char::from_u32) {
            let value = format!("a{code}b\"{code}'{code}");
            assert_eq!(parse::<String>(&line(&value).expect("writes")).expect("reads"), value);
        }
    }

    #[test]
    fn nesting_without_end_is_refused_and_does_not_exhaust_the_stack() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(parse::<ron::Value>(&deep).is_err());
    }
}
