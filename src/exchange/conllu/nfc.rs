//! Normalization form C (UAX #15), which Universal Dependencies asks for.
//!
//! Decompositions and compositions are swash's, but for Hangul; combining classes are those of ICU.

use icu_properties::CodePointMapData;
use icu_properties::props::CanonicalCombiningClass;
use swash::text::Codepoint;

/// The text in normalization form C.
pub(super) fn normalised(text: &str) -> String {
    // Nothing below the combining marks decomposes that would not be composed again.
    if text.chars().all(|c| c < '\u{300}') {
        return text.to_owned();
    }
    let classes = CodePointMapData::<CanonicalCombiningClass>::new();
    #[expect(deprecated, reason = "the number is what the rules order by; only its name is being discussed")]
    let class = |c: char| classes.get(c).to_icu4c_value();
    let mut parts: Vec<(char, u8)> = Vec::with_capacity(text.len());
    for c in text.chars() {
        decompose(c, &mut |c| parts.push((c, class(c))));
    }
    for run in parts.chunk_by_mut(|(_, before), (_, class)| *before != 0 && *class != 0) {
        run.sort_by_key(|(_, class)| *class);
    }
    compose(&parts)
}

/// Gives the canonical decomposition of a character, down to what has none.
fn decompose(c: char, each: &mut dyn FnMut(char)) {
    let mut parts = c.decompose();
    match (parts.next(), parts.next()) {
        (Some(one), None) if one == c => each(c),
        (first, second) => {
            for part in first.into_iter().chain(second).chain(parts) {
                decompose(part, each);
            }
        }
    }
}

/// Composes what composes: each character with the last one of class 0 before it, unless something of its class or a higher one stands between.
fn compose(parts: &[(char, u8)]) -> String {
    let mut out: Vec<char> = Vec::with_capacity(parts.len());
    let mut starter: Option<usize> = None;
    let mut last = 0;
    for &(c, class) in parts {
        if let Some(at) = starter {
            let is_next = at + 1 == out.len();
            let is_free = is_next || (last < class && last != 0);
            if is_free && let Some(composed) = composed(out[at], c) {
                out[at] = composed;
                continue;
            }
        }
        if class == 0 {
            starter = Some(out.len());
        }
        last = class;
        out.push(c);
    }
    out.into_iter().collect()
}

/// What two characters compose to.
fn composed(first: char, second: char) -> Option<char> {
    // Of jamo that do not compose swash makes something else.
    if (VOWEL..TRAILING + TRAILINGS).contains(&u32::from(second)) {
        return hangul(first, second);
    }
    <char as Codepoint>::compose(first, second)
}

/// Conjoining jamo and syllables, by arithmetic: The Unicode Standard, section 3.12.
const LEADING: u32 = 0x1100;
const VOWEL: u32 = 0x1161;
/// One before the first trailing consonant.
const TRAILING: u32 = 0x11a7;
const SYLLABLE: u32 = 0xac00;
const LEADINGS: u32 = 19;
const VOWELS: u32 = 21;
/// The trailing consonants, and none.
const TRAILINGS: u32 = 28;

fn hangul(first: char, second: char) -> Option<char> {
    let (first, second) = (u32::from(first), u32::from(second));
    let within = |code: u32, base: u32, count: u32| code.checked_sub(base).filter(|number| *number < count);
    if let (Some(leading), Some(vowel)) = (within(first, LEADING, LEADINGS), within(second, VOWEL, VOWELS)) {
        return char::from_u32(SYLLABLE + (leading * VOWELS + vowel) * TRAILINGS);
    }
    let syllable = within(first, SYLLABLE, LEADINGS * VOWELS * TRAILINGS)?;
    let trailing = within(second, TRAILING, TRAILINGS).filter(|number| *number > 0)?;
    if syllable.is_multiple_of(TRAILINGS) { char::from_u32(first + trailing) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_composed_as_the_rules_say() {
        for (text, expected) in [
            ("plain é نعم", "plain é نعم"),
            ("e\u{301} a\u{323}\u{307}\u{301}", "é ạ\u{307}\u{301}"),
            // The order of marks: shadda has class 33, fatha 30.
            ("ب\u{651}\u{64e} ا\u{653}", "ب\u{64e}\u{651} آ"),
            (
                "\u{1100}\u{1161}\u{11a8}\u{1161} \u{ac00}\u{11a7} \u{ac01}\u{11a8}",
                "각\u{1161} 가\u{11a7} 각\u{11a8}",
            ),
            (
                "\u{212b} \u{2126} \u{344} \u{958} \u{1d15e}",
                "Å Ω \u{308}\u{301} \u{915}\u{93c} \u{1d157}\u{1d165}",
            ),
            ("\u{301}e \u{927}\u{93c}", "\u{301}e \u{927}\u{93c}"),
        ] {
            assert_eq!(normalised(text), expected, "{text:?}");
            assert_eq!(normalised(expected), expected, "{expected:?}");
        }
    }
}
