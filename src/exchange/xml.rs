//! XML as the formats write and read it: what XML cannot hold, and what is not read from strangers.
//!
//! Written is XML 1.0, which most readers know; it cannot hold most control characters, and each of those becomes a stand-in of the same length in
//! every unit but bytes. Read are elements, attributes and text and nothing else: no document type declarations, so no entities that somebody
//! defined, nothing from outside the file, and no deep nesting.

mod reading;
mod tree;

use std::borrow::Cow;
use std::io::{self, Write};

pub(super) use reading::{Attribute, Element, Node, Start, Xml, read};
pub(super) use tree::Tree;

/// What stands for a character that XML 1.0 cannot hold; like each of those it is one code point and one UTF-16 code unit.
pub(super) const STAND_IN: char = '\u{fffd}';

/// Whether XML 1.0 can hold a character (production 2).
pub(super) fn can_hold(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// A text as XML can hold it; borrowed where it is the text itself.
pub(super) fn held(text: &str) -> Cow<'_, str> {
    if text.chars().all(can_hold) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.replace(|c| !can_hold(c), "\u{fffd}"))
    }
}

/// What may happen to a byte of a text on its way into XML.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Stays,
    /// It is written as a reference: marks of XML, and white space that readers would change.
    Reference(&'static str),
    /// XML cannot hold it.
    StandIn,
    /// It begins a character of three bytes that may be U+FFFE or U+FFFF.
    Looked,
}

const FATES: [Fate; 256] = {
    let mut fates = [Fate::Stays; 256];
    let mut at = 0;
    while at < 0x20 {
        fates[at] = Fate::StandIn;
        at += 1;
    }
    fates[b'\t' as usize] = Fate::Reference("&#9;");
    fates[b'\n' as usize] = Fate::Reference("&#10;");
    fates[b'\r' as usize] = Fate::Reference("&#13;");
    fates[b'&' as usize] = Fate::Reference("&amp;");
    fates[b'<' as usize] = Fate::Reference("&lt;");
    fates[b'>' as usize] = Fate::Reference("&gt;");
    fates[b'"' as usize] = Fate::Reference("&quot;");
    fates[0xef] = Fate::Looked;
    fates
};

/// Adds a text as the value of an attribute between quotation marks, or as the content of an element; returns whether a character had to be
/// replaced by [`STAND_IN`].
pub(super) fn escape_to(out: &mut Vec<u8>, text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut replaced = false;
    let mut kept = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let (becomes, width): (&[u8], usize) = match FATES[usize::from(byte)] {
            Fate::Looked if matches!(bytes.get(at + 1..at + 3), Some([0xbf, 0xbe | 0xbf])) => {
                replaced = true;
                ("\u{fffd}".as_bytes(), 3)
            }
            Fate::Stays | Fate::Looked => {
                at += 1;
                continue;
            }
            Fate::Reference(reference) => (reference.as_bytes(), 1),
            Fate::StandIn => {
                replaced = true;
                ("\u{fffd}".as_bytes(), 1)
            }
        };
        out.extend_from_slice(&bytes[kept..at]);
        out.extend_from_slice(becomes);
        at += width;
        kept = at;
    }
    out.extend_from_slice(&bytes[kept..]);
    replaced
}

/// Writes a text as [`escape_to`] adds it.
pub(super) fn write_escaped(out: &mut (impl Write + ?Sized), text: &str) -> io::Result<()> {
    let mut escaped = Vec::with_capacity(text.len());
    escape_to(&mut escaped, text);
    out.write_all(&escaped)
}

/// The characters of texts for which [`STAND_IN`] stands, as hexadecimal numbers between blanks: with those that are that character themselves.
pub(super) fn stood_in<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut codes = String::new();
    for c in texts.flat_map(str::chars).filter(|&c| c == STAND_IN || !can_hold(c)) {
        if !codes.is_empty() {
            codes.push(' ');
        }
        codes.push_str(&format!("{:x}", u32::from(c)));
    }
    codes
}

/// Puts the characters back for which [`STAND_IN`] stands in texts, in the order of [`stood_in`]. Where there are not as many the texts were changed
/// since, and stay as they are.
pub(super) fn restore(texts: &mut [&mut String], codes: &str) {
    let stand_ins: usize = texts.iter().map(|text| text.matches(STAND_IN).count()).sum();
    let characters: Option<Vec<char>> = codes
        .split_ascii_whitespace()
        .map(|code| u32::from_str_radix(code, 16).ok().and_then(char::from_u32))
        .collect();
    let Some(characters) = characters.filter(|characters| characters.len() == stand_ins) else { return };
    let mut characters = characters.into_iter();
    for text in texts {
        if text.contains(STAND_IN) {
            **text = text
                .chars()
                .map(|c| if c == STAND_IN { characters.next().unwrap_or(c) } else { c })
                .collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Memory;
    use crate::exchange::source::Asks;

    fn texts(content: &str) -> Result<(Vec<String>, String), String> {
        let (mut values, mut text) = (Vec::new(), String::new());
        let read = read("a.xml", content, &Asks::new(&Memory::default()), &mut |node| {
            match node {
                Node::Start(start) => {
                    values.extend(start.attributes.into_iter().map(|attribute| attribute.value.into()));
                }
                Node::Text(more) => text.push_str(&more),
                Node::End => {}
            }
            Ok(())
        });
        read.map(|()| (values, text)).map_err(|why| why.to_string())
    }

    #[test]
    fn what_is_written_is_read_but_for_what_xml_cannot_hold() {
        let every: String = (0..=0x11_0000).filter_map(char::from_u32).collect();
        for piece in every.chars().collect::<Vec<_>>().chunks(4096) {
            let piece: String = piece.iter().collect();
            let mut out = Vec::new();
            let replaced = escape_to(&mut out, &piece);
            assert_eq!(replaced, piece.chars().any(|c| !can_hold(c)));
            let escaped = String::from_utf8(out).expect("UTF-8");
            let (values, mut text) =
                texts(&format!("<a b=\"{escaped}\">{escaped}</a>")).expect("well-formed");
            assert_eq!(values, [text.clone()]);
            let utf16 = |text: &str| text.encode_utf16().count();
            assert_eq!(utf16(&text), utf16(&piece));
            assert_eq!(text.chars().count(), piece.chars().count());
            assert!(
                text.chars()
                    .zip(piece.chars())
                    .all(|(read, c)| read == if can_hold(c) { c } else { STAND_IN })
            );
            let codes = stood_in([piece.as_str()].into_iter());
            restore(&mut [&mut text], &codes);
            assert_eq!(text, piece);
        }
    }

    #[test]
    fn texts_that_were_changed_since_stay() {
        let mut text = "a\u{fffd}b\u{fffd}".to_owned();
        for codes in ["", "1b", "1b 7 7", "1b x", "1b 110000"] {
            restore(&mut [&mut text], codes);
            assert_eq!(text, "a\u{fffd}b\u{fffd}");
        }
    }

    #[test]
    fn what_strangers_may_hide_is_refused_with_a_sentence() {
        let deep = "<a>".repeat(200);
        let many: String = (0..1001).map(|number| format!(" a{number}=''")).collect();
        for (content, says) in [
            ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "document type declaration"),
            ("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "document type declaration"),
            ("<a>&b;</a>", "the entity «b»"),
            ("<a b='&b;'/>", "line 1 of a.xml"),
            (deep.as_str(), "deep in one another"),
            (&format!("<a{many}/>"), "more than 1000 attributes"),
            ("<a>\n<b></a>", "line 2 of a.xml"),
            ("<a>\n\n", "line 3 of a.xml cannot be read: it ends inside an element"),
            ("<b:a/>", "the prefix «b»"),
            ("قال", "a.xml cannot be read: it is no XML"),
            ("", "it is no XML"),
        ] {
            let why = texts(content).expect_err(content);
            assert!(why.contains(says), "{content}: {why}");
        }
    }
}
