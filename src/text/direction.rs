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

/// A document is right-to-left when at least 30 % of its strong characters are R or AL. Reads the whole text.
pub fn document_direction(text: &str) -> Direction {
    let near = &*NEAR;
    let (mut left, mut right) = (0u64, 0u64);
    for c in text.chars() {
        match strength(near, c) {
            Strong::Left => left += 1,
            Strong::Right => right += 1,
            _ => {}
        }
    }
    if right > 0 && right * 10 >= (left + right) * 3 {
        Direction::RightToLeft
    } else {
        Direction::LeftToRight
    }
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
}
