//! The one converter between the units in which positions are counted: bytes, code points, UTF-16 code units and lines.
//!
//! The model counts bytes and nothing else; other units exist only at the edge, and are made here. A newtype for each keeps them
//! apart. What a position costs is bounded: the text is walked once, and each question then looks at less than one step of it.

use std::fmt;
use std::ops::Deref;

use crate::model::{ByteOffset, Span};

/// How many bytes lie between two milestones: few enough that a byte can count them.
const STEP: usize = 128;

/// In what the positions of a file count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Bytes of UTF-8.
    Bytes,
    /// Unicode code points.
    #[default]
    CodePoints,
    /// UTF-16 code units.
    Utf16,
}

impl Unit {
    /// All of them, the one that most formats count in first.
    pub const ALL: [Self; 3] = [Self::CodePoints, Self::Utf16, Self::Bytes];
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bytes => "bytes",
            Self::CodePoints => "code points",
            Self::Utf16 => "UTF-16",
        })
    }
}

/// A distance from the start of a text in Unicode code points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodePoints(pub u32);

/// A distance from the start of a text in UTF-16 code units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Utf16(pub u32);

/// The number of a line, from 1; lines are ended by LF and by nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(pub u32);

/// One place in a text, in every unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// In bytes.
    pub byte: ByteOffset,
    /// In code points.
    pub code_points: CodePoints,
    /// In UTF-16 code units.
    pub utf16: Utf16,
    /// The line it lies on.
    pub line: Line,
}

/// What lies before a place, counted. All three are sums over single bytes of UTF-8, so a milestone may stand inside a code point.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    code_points: u32,
    /// Code points beyond the Basic Multilingual Plane, which UTF-16 writes as two code units.
    astral: u32,
    line_feeds: u32,
}

impl Counts {
    /// With at most [`STEP`] bytes more.
    fn plus(self, bytes: &[u8]) -> Self {
        Self {
            code_points: self.code_points + count(bytes, |byte| byte & 0xC0 != 0x80),
            astral: self.astral + count(bytes, |byte| byte >= 0xF0),
            line_feeds: self.line_feeds + count(bytes, |byte| byte == b'\n'),
        }
    }

    fn utf16(self) -> u32 {
        self.code_points + self.astral
    }
}

/// How many of at most [`STEP`] bytes pass a test: generic, so that the compiler makes wide instructions of it.
fn count(bytes: &[u8], test: impl Fn(u8) -> bool) -> u32 {
    bytes.iter().map(|&byte| u8::from(test(byte))).sum::<u8>().into()
}

/// How many UTF-16 code units a text is.
pub(super) fn utf16_len(text: &str) -> u32 {
    text.as_bytes().chunks(STEP).fold(Counts::default(), Counts::plus).utf16()
}

/// A text, borrowed or shared, with milestones: counts at every [`STEP`] bytes. Positions come from the start; all are exact.
#[derive(Clone, Debug)]
pub struct Units<T> {
    text: T,
    /// Entry *i* holds what lies before byte *i* × [`STEP`].
    milestones: Vec<Counts>,
}

impl<T: Deref<Target = str>> Units<T> {
    /// Walks the text once.
    pub fn new(text: T) -> Self {
        let mut counts = Counts::default();
        let mut milestones = Vec::with_capacity(text.len() / STEP + 1);
        milestones.push(counts);
        for step in text.as_bytes().chunks_exact(STEP) {
            counts = counts.plus(step);
            milestones.push(counts);
        }
        Self { text, milestones }
    }

    /// The text.
    pub fn text(&self) -> &T {
        &self.text
    }

    /// A byte offset in every unit; `None` where it lies past the end or inside a code point.
    pub fn place(&self, byte: ByteOffset) -> Option<Place> {
        let index = byte.index();
        if !self.text.is_char_boundary(index) {
            return None;
        }
        let step = index / STEP;
        let counts = self.milestones[step].plus(&self.text.as_bytes()[step * STEP..index]);
        Some(Place {
            byte,
            code_points: CodePoints(counts.code_points),
            utf16: Utf16(counts.utf16()),
            line: Line(counts.line_feeds + 1),
        })
    }

    /// A span in a unit: its start and its exclusive end; `None` where it does not fit the text.
    pub fn positions(&self, unit: Unit, span: Span) -> Option<(u32, u32)> {
        let (start, end) = (self.place(span.start)?, self.place(span.end)?);
        Some(match unit {
            Unit::Bytes => (start.byte.0, end.byte.0),
            Unit::CodePoints => (start.code_points.0, end.code_points.0),
            Unit::Utf16 => (start.utf16.0, end.utf16.0),
        })
    }

    /// The span between two positions in a unit, as a file gives them; `None` where one lies past the end or inside a code point, or the end
    /// before the start.
    pub fn span(&self, unit: Unit, (start, end): (u64, u64)) -> Option<Span> {
        let byte = |position: u64| {
            let position = u32::try_from(position).ok()?;
            match unit {
                Unit::Bytes => self.place(ByteOffset(position)).map(|place| place.byte),
                Unit::CodePoints => self.from_code_points(CodePoints(position)),
                Unit::Utf16 => self.from_utf16(Utf16(position)),
            }
        };
        let span = Span { start: byte(start)?, end: byte(end)? };
        (span.start <= span.end).then_some(span)
    }

    /// The byte offset of a distance in code points; `None` past the end.
    pub fn from_code_points(&self, offset: CodePoints) -> Option<ByteOffset> {
        self.seek(offset.0, |counts| counts.code_points, |_| 1)
    }

    /// The byte offset of a distance in UTF-16 code units; `None` past the end or inside a surrogate pair.
    pub fn from_utf16(&self, offset: Utf16) -> Option<ByteOffset> {
        self.seek(offset.0, Counts::utf16, |code_point| if u32::from(code_point) > 0xFFFF { 2 } else { 1 })
    }

    /// The byte offset at which a line begins; `None` where there is no such line. A text of *n* LF has *n* + 1 lines.
    pub fn line_start(&self, line: Line) -> Option<ByteOffset> {
        let wanted = line.0.checked_sub(1)?;
        if wanted == 0 {
            return Some(ByteOffset::default());
        }
        let step = self.milestones.partition_point(|counts| counts.line_feeds < wanted).saturating_sub(1);
        let mut missing = wanted - self.milestones[step].line_feeds;
        for (at, _) in
            self.text.as_bytes()[step * STEP..].iter().enumerate().filter(|(_, byte)| **byte == b'\n')
        {
            missing -= 1;
            if missing == 0 {
                return Some(ByteOffset::at(step * STEP + at + 1));
            }
        }
        None
    }

    /// The byte offset with `wanted` units before it: from the last milestone that has no more, code point by code point.
    fn seek(&self, wanted: u32, units: fn(Counts) -> u32, width: fn(char) -> u32) -> Option<ByteOffset> {
        let step = self.milestones.partition_point(|&counts| units(counts) <= wanted).saturating_sub(1);
        // A milestone inside a code point has counted that code point already: the walk begins after it.
        let mut byte = self.text.ceil_char_boundary(step * STEP);
        let mut before = units(self.milestones[step]);
        for code_point in self.text[byte..].chars() {
            if before >= wanted {
                break;
            }
            before += width(code_point);
            byte += code_point.len_utf8();
        }
        (before == wanted).then(|| ByteOffset::at(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every unit counted the slow way.
    fn naive(text: &str, byte: usize) -> Place {
        let before = &text[..byte];
        let count = |number: usize| u32::try_from(number).expect("small");
        Place {
            byte: ByteOffset::at(byte),
            code_points: CodePoints(count(before.chars().count())),
            utf16: Utf16(count(before.encode_utf16().count())),
            line: Line(count(before.matches('\n').count()) + 1),
        }
    }

    fn check(text: &str) {
        let units = Units::new(text);
        let mut begun = Line(0);
        for byte in 0..=text.len() {
            let at = ByteOffset::at(byte);
            if !text.is_char_boundary(byte) {
                assert_eq!(units.place(at), None);
                continue;
            }
            let place = naive(text, byte);
            assert_eq!(units.place(at), Some(place));
            assert_eq!(units.from_code_points(place.code_points), Some(at));
            assert_eq!(units.from_utf16(place.utf16), Some(at));
            if place.line != begun {
                assert_eq!(units.line_start(place.line), Some(at));
                begun = place.line;
            }
        }
        let end = naive(text, text.len());
        assert_eq!(units.place(ByteOffset::at(text.len() + 1)), None);
        assert_eq!(units.from_code_points(CodePoints(end.code_points.0 + 1)), None);
        assert_eq!(units.from_utf16(Utf16(end.utf16.0 + 1)), None);
        assert_eq!(units.line_start(Line(end.line.0 + 1)), None);
        assert_eq!(units.line_start(Line(0)), None);
    }

    #[test]
    fn a_place_inside_a_surrogate_pair_is_no_place() {
        let units = Units::new("ب😀");
        assert_eq!(units.from_utf16(Utf16(1)), Some(ByteOffset(2)));
        assert_eq!(units.from_utf16(Utf16(2)), None);
        assert_eq!(units.from_utf16(Utf16(3)), Some(ByteOffset(6)));
    }

    #[test]
    fn milestones_may_fall_anywhere_in_a_code_point() {
        for lead in 0..4 {
            check(&format!("{}{}", "a".repeat(lead), "😀\nبَ".repeat(300)));
        }
        for length in [STEP - 1, STEP, STEP + 1, 2 * STEP] {
            check(&"a".repeat(length));
            check(&"\n".repeat(length));
        }
        check("");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn every_unit_equals_counting(pieces in proptest::collection::vec(
            prop_oneof!["\\PC", Just("بَّ".to_owned()), Just("👨‍👩‍👧".to_owned()), Just("\n".to_owned()), Just("\u{1EE00}".to_owned()), Just("الكرملين\n".to_owned())],
            0..400,
        )) {
            check(&pieces.concat());
        }
    }
}
