//! Which way a document, a paragraph or a string runs (DESIGN section 6). Counts and looks up; decides nothing else.

use std::sync::LazyLock;

use icu_properties::CodePointMapData;
use icu_properties::props::BidiClass;
use serde::Serialize;

/// The direction of a text, a paragraph or a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    #[default]
    #[serde(rename = "ltr")]
    LeftToRight,
    #[serde(rename = "rtl")]
    RightToLeft,
}

impl Direction {
    pub fn is_rtl(self) -> bool {
        self == Self::RightToLeft
    }

    /// The paragraph embedding level of this direction (UAX #9, P3).
    pub(super) fn level(self) -> u8 {
        u8::from(self.is_rtl())
    }

    /// The direction of an embedding level: even runs left to right (UAX #9, BD2).
    pub(super) fn of_level(level: u8) -> Self {
        if level % 2 == 1 { Self::RightToLeft } else { Self::LeftToRight }
    }
}

/// The Bidi_Class of a character.
pub(super) fn bidi_class(c: char) -> BidiClass {
    CodePointMapData::<BidiClass>::new().get(c)
}

#[derive(Clone, Copy, PartialEq)]
enum Strong {
    None,
    Left,
    Right,
    OpensIsolate,
    ClosesIsolate,
}

/// The first 2,048 code points hold Latin, Greek, Cyrillic, Hebrew and Arabic: nearly all that is ever asked for.
static NEAR: LazyLock<[Strong; 0x800]> =
    LazyLock::new(|| std::array::from_fn(|c| char::from_u32(c as u32).map_or(Strong::None, classify)));

fn classify(c: char) -> Strong {
    match bidi_class(c) {
        BidiClass::LeftToRight => Strong::Left,
        BidiClass::RightToLeft | BidiClass::ArabicLetter => Strong::Right,
        BidiClass::LeftToRightIsolate | BidiClass::RightToLeftIsolate | BidiClass::FirstStrongIsolate => {
            Strong::OpensIsolate
        }
        BidiClass::PopDirectionalIsolate => Strong::ClosesIsolate,
        _ => Strong::None,
    }
}

fn strength(near: &[Strong; 0x800], c: char) -> Strong {
    match near.get(c as usize) {
        Some(strong) => *strong,
        None => classify(c),
    }
}

/// So many bytes are counted before it is asked whether the rest can still change the answer.
const COUNTED: usize = 16 * 1024;

/// A document is right-to-left when at least 30 % of its strong characters are R or AL. Reads as much of the text as it takes to know.
pub fn document_direction(text: &str) -> Direction {
    let (mut left, mut right) = (0, 0);
    let mut rest = text;
    while !rest.is_empty() {
        let (part, after) = rest.split_at(rest.floor_char_boundary(COUNTED));
        let (more_left, more_right) = strong_characters(part);
        (left, right, rest) = (left + more_left, right + more_right, after);
        // A left-to-right character takes a byte at the least, a right-to-left one two.
        if is_enough(right, left + rest.len()) {
            return Direction::RightToLeft;
        }
        if !is_enough(right + rest.len() / 2, left) {
            return Direction::LeftToRight;
        }
    }
    if is_enough(right, left) { Direction::RightToLeft } else { Direction::LeftToRight }
}

fn is_enough(right: usize, left: usize) -> bool {
    right > 0 && right * 10 >= (left + right) * 3
}

/// A strong right-to-left character among those counted together; a left-to-right one is 1. A part of [`COUNTED`] bytes has fewer of each.
const RIGHT: u32 = 1 << 16;

/// What a character of one or two bytes counts for, by its first byte and six bits of the one that follows; all else counts for nothing.
static COUNTS: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let near = &*NEAR;
    let count = |first: usize, second: usize| match first {
        0..=0x7f => near[first],
        0xc2..=0xdf => near[(first & 0x1f) << 6 | second],
        _ => Strong::None,
    };
    let pairs = (0..256).flat_map(|first| (0..64).map(move |second| (first, second)));
    pairs
        .map(|(first, second)| match count(first, second) {
            Strong::Left => 1,
            Strong::Right => RIGHT,
            _ => 0,
        })
        .collect()
});

/// How many characters of a text of at most [`COUNTED`] bytes are strong, left-to-right and right-to-left. Megabytes are counted while a
/// document opens, so most characters are counted without a branch, and those of three and four bytes, which are rare, after them.
fn strong_characters(text: &str) -> (usize, usize) {
    let counts = &COUNTS[..256 * 64];
    let bytes = text.as_bytes();
    let count = |first: u8, second: u8| counts[usize::from(first) << 6 | usize::from(second & 0x3f)];
    let mut sum: u32 = bytes.windows(2).map(|pair| count(pair[0], pair[1])).sum();
    sum += bytes.last().map_or(0, |last| count(*last, 0));
    let (mut left, mut right) = ((sum % RIGHT) as usize, (sum / RIGHT) as usize);
    for (index, chunk) in bytes.chunks(64).enumerate() {
        if chunk.iter().fold(0, |most, byte| most.max(*byte)) < 0xe0 {
            continue;
        }
        for (at, _) in chunk.iter().enumerate().filter(|(_, byte)| **byte >= 0xe0) {
            match text[index * 64 + at..].chars().next().map(classify) {
                Some(Strong::Left) => left += 1,
                Some(Strong::Right) => right += 1,
                _ => {}
            }
        }
    }
    (left, right)
}

/// The direction of one paragraph: in a right-to-left document it is left-to-right only if it holds a strong left-to-right
/// character and no strong right-to-left one; elsewhere its first strong character decides. Without strong characters it takes
/// the document's direction.
pub fn paragraph_direction(paragraph: &str, document: Direction) -> Direction {
    if document == Direction::LeftToRight {
        return first_strong_direction(paragraph, document);
    }
    let near = &*NEAR;
    let mut left = false;
    for c in paragraph.chars() {
        match strength(near, c) {
            Strong::Right => return Direction::RightToLeft,
            Strong::Left => left = true,
            _ => {}
        }
    }
    if left { Direction::LeftToRight } else { Direction::RightToLeft }
}

/// The direction of the first strong character outside isolates (UAX #9, P2), or `fallback` where there is none.
pub fn first_strong_direction(text: &str, fallback: Direction) -> Direction {
    let near = &*NEAR;
    let mut isolates = 0u32;
    for c in text.chars() {
        match strength(near, c) {
            Strong::Left if isolates == 0 => return Direction::LeftToRight,
            Strong::Right if isolates == 0 => return Direction::RightToLeft,
            Strong::OpensIsolate => isolates += 1,
            Strong::ClosesIsolate => isolates = isolates.saturating_sub(1),
            _ => {}
        }
    }
    fallback
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{LeftToRight as L, RightToLeft as R};

    #[test]
    fn a_third_of_arabic_makes_a_document_right_to_left() {
        assert_eq!(document_direction("abcdefg ابت"), R);
        assert_eq!(document_direction("abcdefgh ابت"), L);
        assert_eq!(document_direction("123 ..."), L);
        // Of long texts the end decides as much as the start.
        let (latin, arabic) = ("abcdefg ".repeat(10_000), "ابتثجحخ ".repeat(4_400));
        assert_eq!(document_direction(&format!("{latin}{arabic}")), R);
        assert_eq!(document_direction(&format!("{arabic}{latin}")), R);
        assert_eq!(document_direction(&format!("{latin}{}", &arabic[..arabic.len() * 9 / 10])), L);
        assert_eq!(document_direction(&format!("{}{latin}", &arabic[..arabic.len() * 9 / 10])), L);
        assert_eq!(document_direction(""), L);
    }

    #[test]
    fn a_paragraph_of_an_arabic_document_needs_pure_latin_to_turn() {
        assert_eq!(paragraph_direction("GMT (توقيت)", R), R);
        assert_eq!(paragraph_direction("The Times, 2023", R), L);
        assert_eq!(paragraph_direction("2023", R), R);
        assert_eq!(paragraph_direction("The كتاب", L), L);
        assert_eq!(paragraph_direction("كتاب the", L), R);
        assert_eq!(paragraph_direction("...", L), L);
    }

    #[test]
    fn isolates_do_not_decide() {
        assert_eq!(first_strong_direction("\u{2067}كتاب\u{2069} abc", R), L);
        assert_eq!(first_strong_direction("\u{2067}كتاب", L), L);
    }

    #[test]
    fn strong_characters_are_counted_as_one_by_one() {
        let all: String = (0..0x11000).step_by(7).filter_map(char::from_u32).collect();
        let mixed = "كتب “John” ١٢٣ – ﷺ 😀 ";
        for text in [all.as_str(), mixed, "", "a", "ا", "😀"] {
            let characters: Vec<char> = text.chars().collect();
            for part in characters.chunks(COUNTED / 4) {
                let part: String = part.iter().collect();
                let of = |strong| part.chars().filter(|c| classify(*c) == strong).count();
                assert_eq!(strong_characters(&part), (of(Strong::Left), of(Strong::Right)), "{part}");
            }
        }
    }
}
