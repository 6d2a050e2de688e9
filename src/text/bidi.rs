//! The embedding levels of a paragraph of any length, by the Unicode bidirectional algorithm (UAX #9, revision 48, rules X1 to I2 and
//! the part of L1 that no line break changes).
//!
//! The text is read once, and what is kept of it is a token for each change of type, so that ten megabytes of one line need little room;
//! the levels are kept as runs. Ordinary paragraphs have theirs from [`analysis`](super::analysis). It knows neither fonts nor lines.

mod neutrals;
mod resolver;

use std::ops::Range;
use std::sync::LazyLock;

use icu_properties::CodePointMapData;
use icu_properties::props::{BidiClass, BidiMirroringGlyph, BidiPairedBracketType};

use super::direction::{Direction, bidi_class};
use resolver::Resolver;

/// The levels of a text, as runs of equal ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// The byte at which each run ends.
    ends: Vec<u32>,
    levels: Vec<u8>,
}

impl Levels {
    /// The levels of one paragraph. Where it holds paragraph separators other than LF (as U+2029), what follows begins anew in the same
    /// direction. A character that rule X9 removes has the level of the one before it.
    pub fn of(text: &str, direction: Direction) -> Self {
        let mut resolver = Resolver::new(text, direction.level());
        resolver.read();
        resolver.levels()
    }

    /// The runs that a range of bytes touches, cut to it, each with its level.
    pub fn within(&self, range: Range<usize>) -> impl Iterator<Item = (Range<usize>, u8)> + '_ {
        let first = self.ends.partition_point(|end| *end as usize <= range.start);
        let mut start = range.start;
        (first..self.ends.len()).map_while(move |run| {
            let end = (self.ends[run] as usize).min(range.end);
            let cut = start..end;
            start = end;
            (!cut.is_empty()).then(|| (cut, self.levels[run]))
        })
    }

    /// How many runs there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn push(&mut self, end: u32, level: u8) {
        match self.levels.last() {
            Some(last) if *last == level => {
                if let Some(last) = self.ends.last_mut() {
                    *last = end;
                }
            }
            _ => {
                self.ends.push(end);
                self.levels.push(level);
            }
        }
    }
}

/// The classes of characters that the rules tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Left,
    Right,
    ArabicLetter,
    Number,
    ArabicNumber,
    PlusMinus,
    Common,
    Terminator,
    Mark,
    Removed,
    Paragraph,
    Segment,
    White,
    Other,
    Opening,
    Closing,
    Embed(Direction),
    Override(Direction),
    PopEmbedding,
    /// Without a direction, that of the first strong character.
    Isolate(Option<Direction>),
    PopIsolate,
}

static NEAR: LazyLock<[Class; 0x800]> =
    LazyLock::new(|| std::array::from_fn(|c| char::from_u32(c as u32).map_or(Class::Left, look_up)));

fn look_up(c: char) -> Class {
    use BidiClass as B;
    use Direction::{LeftToRight, RightToLeft};
    match bidi_class(c) {
        B::LeftToRight => Class::Left,
        B::RightToLeft => Class::Right,
        B::ArabicLetter => Class::ArabicLetter,
        B::EuropeanNumber => Class::Number,
        B::ArabicNumber => Class::ArabicNumber,
        B::EuropeanSeparator => Class::PlusMinus,
        B::CommonSeparator => Class::Common,
        B::EuropeanTerminator => Class::Terminator,
        B::NonspacingMark => Class::Mark,
        B::BoundaryNeutral => Class::Removed,
        B::ParagraphSeparator => Class::Paragraph,
        B::SegmentSeparator => Class::Segment,
        B::WhiteSpace => Class::White,
        B::LeftToRightEmbedding => Class::Embed(LeftToRight),
        B::RightToLeftEmbedding => Class::Embed(RightToLeft),
        B::LeftToRightOverride => Class::Override(LeftToRight),
        B::RightToLeftOverride => Class::Override(RightToLeft),
        B::PopDirectionalFormat => Class::PopEmbedding,
        B::LeftToRightIsolate => Class::Isolate(Some(LeftToRight)),
        B::RightToLeftIsolate => Class::Isolate(Some(RightToLeft)),
        B::FirstStrongIsolate => Class::Isolate(None),
        B::PopDirectionalIsolate => Class::PopIsolate,
        _ => match CodePointMapData::<BidiMirroringGlyph>::new().get(c).paired_bracket_type {
            BidiPairedBracketType::Open => Class::Opening,
            BidiPairedBracketType::Close => Class::Closing,
            _ => Class::Other,
        },
    }
}

/// The class of a character.
fn class_of(c: char) -> Class {
    NEAR.get(c as usize).copied().unwrap_or_else(|| look_up(c))
}
