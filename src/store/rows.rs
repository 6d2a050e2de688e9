//! The lines of a table as this program writes them, read without the general reader of RON: a million of them are read before the window
//! is whole.
//!
//! This reader takes the written form to the letter and nothing else. Whatever differs by one character, such as a line that somebody laid
//! out by hand, it leaves to the general reader, and what it does take is what that one would have read.

use std::borrow::Cow;

use super::format::Row;
use crate::model::{Quote, Relation, Span, TagId, Timestamp};

/// Reads a line of a table, without the white space around it and the comma after it; none where it is not as this program writes it.
pub(super) fn read_row(line: &str) -> Option<Row<'static>> {
    let mut line = Cursor(line);
    line.literal("(id: ")?;
    let id = line.plain()?.parse().ok()?;
    line.literal(", spans: [")?;
    let spans: Vec<Span> = line.list(|line| {
        line.literal("(")?;
        let start = line.number()?;
        line.literal(", ")?;
        let end = line.number()?;
        line.literal(")")?;
        Some(Span::from((start, end)))
    })?;
    line.literal(", ")?;
    let mut tags: Vec<TagId> = Vec::new();
    if line.literal("tags: [").is_some() {
        tags = line.list(|line| line.plain()?.parse().ok())?;
        line.literal(", ")?;
    }
    let mut note = String::new();
    if line.literal("note: ").is_some() {
        note = line.string()?.into_owned();
        line.literal(", ")?;
    }
    let mut attributes = Vec::new();
    if line.literal("attributes: [").is_some() {
        attributes = line.list(|line| {
            line.literal("(")?;
            let key = line.string()?.into_owned();
            line.literal(", ")?;
            let value = line.string()?.into_owned();
            line.literal(")")?;
            Some((key, value))
        })?;
        line.literal(", ")?;
    }
    let mut relations = Vec::new();
    if line.literal("relations: [").is_some() {
        relations = line.list(|line| {
            line.literal("(kind: ")?;
            let kind = line.string()?.into_owned();
            line.literal(", target: ")?;
            let target = line.plain()?.parse().ok()?;
            line.literal(")")?;
            Some(Relation { kind, target })
        })?;
        line.literal(", ")?;
    }
    line.literal("created: ")?;
    let created = line.time()?;
    line.literal(", modified: ")?;
    let modified = line.time()?;
    line.literal(", quote: (exact: ")?;
    let exact = line.string()?.into();
    line.literal(", prefix: ")?;
    let prefix = line.string()?.into();
    line.literal(", suffix: ")?;
    let suffix = line.string()?.into();
    (line.0 == "))").then_some(Row {
        id,
        spans: Cow::Owned(spans),
        tags: Cow::Owned(tags),
        note: Cow::Owned(note),
        attributes: Cow::Owned(attributes),
        relations: Cow::Owned(relations),
        created,
        modified,
        quote: Cow::Owned(Quote { exact, prefix, suffix }),
    })
}

/// What is left of a line.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    fn literal(&mut self, wanted: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(wanted)?;
        Some(())
    }

    /// The elements of a list that is not empty, up to its closing bracket.
    fn list<T>(&mut self, mut element: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let first = element(self)?;
        let mut list = vec![first];
        while self.literal(", ").is_some() {
            // Most lists hold one element, and none is given more room than it needs.
            list.reserve_exact(1);
            list.push(element(self)?);
        }
        self.literal("]")?;
        Some(list)
    }

    /// A whole number in decimal digits.
    fn number(&mut self) -> Option<u32> {
        let end = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        digits.parse().ok()
    }

    /// A string without escapes.
    fn plain(&mut self) -> Option<&'a str> {
        match self.string()? {
            Cow::Borrowed(text) => Some(text),
            Cow::Owned(_) => None,
        }
    }

    /// A string with the escapes that this program writes.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        let inside = self.0.strip_prefix('"')?;
        let bytes = inside.as_bytes();
        let mut at = memchr::memchr2(b'"', b'\\', bytes)?;
        if bytes[at] == b'"' {
            self.0 = &inside[at + 1..];
            return Some(Cow::Borrowed(&inside[..at]));
        }
        let mut text = String::new();
        let mut from = 0;
        while bytes[at] == b'\\' {
            text.push_str(&inside[from..at]);
            let (c, length) = escape(&inside[at..])?;
            text.push(c);
            from = at + length;
            at = from + memchr::memchr2(b'"', b'\\', &bytes[from..])?;
        }
        text.push_str(&inside[from..at]);
        text.shrink_to_fit();
        self.0 = &inside[at + 1..];
        Some(Cow::Owned(text))
    }

    /// A time as [`Timestamp`] writes it, such as `"2023-11-14T22:13:20.051Z"`.
    fn time(&mut self) -> Option<Timestamp> {
        let text = self.plain()?;
        let bytes: &[u8; 24] = text.as_bytes().try_into().ok()?;
        let number = |range: std::ops::Range<usize>| -> Option<i64> {
            bytes[range]
                .iter()
                .try_fold(0, |sum, &byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
        };
        let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (23, b'Z')];
        if marks.iter().any(|&(at, mark)| bytes[at] != mark) {
            return None;
        }
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        // What no calendar has, and what only some days of some years have, is left to the general reader.
        let is_plain = (1..=9998).contains(&year) && (1..=12).contains(&month) && (1..=28).contains(&day);
        if !is_plain || hour > 23 || minute > 59 || second > 59 {
            return text.parse().ok();
        }
        let seconds = (days(year, month, day) * 24 + hour) * 3600 + minute * 60 + second;
        Some(Timestamp::from_milliseconds(seconds * 1000 + number(20..23)?))
    }
}

/// The character that an escape at the beginning of a text means, and the length of the escape in bytes.
fn escape(text: &str) -> Option<(char, usize)> {
    Some(match text.as_bytes().get(1)? {
        b'n' => ('\n', 2),
        b't' => ('\t', 2),
        b'r' => ('\r', 2),
        b'0' => ('\0', 2),
        b'"' => ('"', 2),
        b'\\' => ('\\', 2),
        b'u' => {
            let digits = text.get(3..)?;
            let end = digits.bytes().take(7).position(|byte| byte == b'}')?;
            let is_hexadecimal = digits.bytes().take(end).all(|byte| byte.is_ascii_hexdigit());
            if text.as_bytes()[2] != b'{' || !is_hexadecimal {
                return None;
            }
            (char::from_u32(u32::from_str_radix(&digits[..end], 16).ok()?)?, end + 4)
        }
        _ => return None,
    })
}

/// The days from 1970-01-01 to a day of the Gregorian calendar (Howard Hinnant, «chrono-Compatible Low-Level Date Algorithms»,
/// `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::AnnotationId;
    use crate::store::notation::{line, parse};

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "\\PC*",
            "[ -~ابتثجَُِّ\n\r\t\"'\\\\{}()\u{0}\u{1}\u{200f}\u{feff}👨🇪]*",
            Just("\\u{64e} \\n \\x41".to_owned())
        ]
    }

    fn id() -> impl Strategy<Value = [u8; 16]> {
        any::<[u8; 16]>()
    }

    fn row() -> impl Strategy<Value = Row<'static>> {
        let times = -62_135_596_800_000..253_402_207_200_000_i64;
        let lists = (
            prop::collection::vec(any::<(u32, u32)>(), 0..4),
            prop::collection::vec(id(), 0..3),
            prop::collection::vec((text(), text()), 0..3),
            prop::collection::vec((text(), id()), 0..3),
        );
        let quote = (text(), text(), text());
        (id(), lists, text(), times.clone(), times, quote).prop_map(
            |(id, lists, note, created, modified, quote)| {
                let (spans, tags, attributes, relations) = lists;
                let relation = |(kind, target)| Relation { kind, target: AnnotationId::from_bytes(target) };
                Row {
                    id: AnnotationId::from_bytes(id),
                    spans: spans.into_iter().map(Span::from).collect(),
                    tags: tags.into_iter().map(TagId::from_bytes).collect(),
                    note: note.into(),
                    attributes: attributes.into(),
                    relations: relations.into_iter().map(relation).collect(),
                    created: Timestamp::from_milliseconds(created),
                    modified: Timestamp::from_milliseconds(modified),
                    quote: Cow::Owned(Quote {
                        exact: quote.0.into(),
                        prefix: quote.1.into(),
                        suffix: quote.2.into(),
                    }),
                }
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_and_as_the_general_reader_reads_it(row in row()) {
            let written = line(&row).expect("a row can be written");
            prop_assert_eq!(&parse::<Row>(&written).expect("the general reader reads it"), &row);
            let read = read_row(&written);
            // A list of spans that is empty is written by nobody.
            prop_assert_eq!(read, (!row.spans.is_empty()).then_some(row));
        }

        #[test]
        fn what_it_takes_is_what_the_general_reader_reads(row in row(), at in any::<prop::sample::Index>(), with in "\\PC|") {
            let mut written = line(&row).expect("a row can be written");
            let places: Vec<usize> = written.char_indices().map(|(at, _)| at).collect();
            let from = places[at.index(places.len())];
            let to = from + written[from..].chars().next().map_or(0, char::len_utf8);
            written.replace_range(from..to, &with);
            if let Some(read) = read_row(&written) {
                prop_assert_eq!(parse::<Row>(&written).expect("the general reader reads it too"), read);
            }
        }
    }

    #[test]
    fn every_day_of_the_calendar_has_its_number() {
        let mut expected = days(1, 1, 1);
        assert_eq!(days(1970, 1, 1), 0);
        for year in 1..=2800 {
            for month in 1..=12 {
                let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
                let length = [31, 28 + i64::from(is_leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
                for day in 1..=length {
                    assert_eq!(days(year, month as i64, day), expected);
                    expected += 1;
                }
            }
        }
    }
}
