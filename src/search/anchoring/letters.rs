//! What of a text counts when two spellings are compared: its letters, without marks, tatweel, white space and what is invisible.
//!
//! Deliberately coarser than any search a reader asks for: what differs only here is the same place in the text, and whether the very same
//! characters stand there is asked separately.

use std::sync::OnceLock;

use crate::model::Text;

/// The letter that a character counts as; `None` for what is passed over.
pub(super) fn letter(c: char) -> Option<char> {
    match c {
        'a'..='z' | '0'..='9' => Some(c),
        'A'..='Z' => Some(c.to_ascii_lowercase()),
        '\u{622}' | '\u{623}' | '\u{625}' | '\u{671}' => Some('\u{627}'),
        '\u{649}' | '\u{626}' | '\u{6cc}' => Some('\u{64a}'),
        '\u{629}' => Some('\u{647}'),
        '\u{624}' => Some('\u{648}'),
        '\u{6a9}' => Some('\u{643}'),
        '\u{660}'..='\u{669}' => char::from_u32(u32::from(c) - 0x660 + 0x30),
        '\u{6f0}'..='\u{6f9}' => char::from_u32(u32::from(c) - 0x6f0 + 0x30),
        _ if is_passed_over(c) => None,
        _ if c.is_ascii() => Some(c),
        _ => c.to_lowercase().next(),
    }
}

/// White space, marks, tatweel, and what is invisible.
fn is_passed_over(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_mark(c)
}

/// Whether a character only adds to the letter before it, or shows nothing.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{610}'..='\u{61a}' | '\u{61c}' | '\u{640}'
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}'
        | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}' | '\u{8ca}'..='\u{8ff}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Whether a letter belongs to a word, and is no punctuation.
fn is_word_letter(c: char) -> bool {
    c.is_alphanumeric()
}

/// The letters of a text in a row, each with the byte at which it stands.
#[derive(Debug)]
pub(super) struct Letters {
    letters: Vec<u32>,
    starts: Vec<u32>,
    /// The places of all short rows of letters by their hashes; made for long texts when it is first needed.
    rows: OnceLock<Vec<(u64, usize)>>,
}

/// Texts with fewer letters are searched from end to end.
const SHORT_TEXT: usize = 50_000;

/// So many letters make a row that is looked up.
const ROW: usize = 8;

impl Letters {
    pub fn of(text: &str) -> Self {
        let (mut letters, mut starts) =
            (Vec::with_capacity(text.len() / 2), Vec::with_capacity(text.len() / 2));
        for (at, c) in text.char_indices() {
            if let Some(letter) = letter(c) {
                letters.push(u32::from(letter));
                starts.push(u32::try_from(at).unwrap_or(u32::MAX));
            }
        }
        Self { letters, starts, rows: OnceLock::new() }
    }

    pub fn len(&self) -> usize {
        self.letters.len()
    }

    pub fn as_slice(&self) -> &[u32] {
        &self.letters
    }

    /// The byte at which a letter stands; past the last, the end of the text.
    pub fn start(&self, index: usize, text: &str) -> usize {
        self.starts.get(index).map_or(text.len(), |&start| start as usize)
    }

    /// Where a row of letters stands, by the index of its first, in order and overlapping.
    pub fn places(&self, sought: &[u32]) -> Vec<usize> {
        if sought.is_empty() {
            return Vec::new();
        }
        if sought.len() >= ROW && self.len() >= SHORT_TEXT {
            return self.looked_up(sought);
        }
        let (hay, needle): (&[u8], &[u8]) =
            (bytemuck::cast_slice(&self.letters), bytemuck::cast_slice(sought));
        let finder = memchr::memmem::Finder::new(needle);
        let (mut places, mut from) = (Vec::new(), 0);
        while let Some(found) = finder.find(&hay[from..]) {
            let at = from + found;
            if at % 4 == 0 {
                places.push(at / 4);
            }
            from = at + 4 - at % 4;
        }
        places
    }

    /// The same for a row that is not short, by what its first letters are.
    fn looked_up(&self, sought: &[u32]) -> Vec<usize> {
        let rows = self.rows.get_or_init(|| {
            let mut rows: Vec<(u64, usize)> = Rolling::rows(&self.letters, ROW).collect();
            rows.sort_unstable();
            rows
        });
        let Some((hash, _)) = Rolling::rows(sought, ROW).next() else { return Vec::new() };
        let from = rows.partition_point(|(other, _)| *other < hash);
        let like = rows[from..].iter().take_while(|(other, _)| *other == hash).map(|(_, at)| *at);
        like.filter(|&at| self.letters[at..].starts_with(sought)).collect()
    }
}

/// The hash of the last letters of a row, made anew with each letter (Rabin and Karp).
pub(super) struct Rolling {
    hash: u64,
    last: u64,
}

impl Rolling {
    fn new(length: usize) -> Self {
        Self { hash: 0, last: SEED.wrapping_pow(u32::try_from(length).unwrap_or(u32::MAX)) }
    }

    fn push(&mut self, letter: u32, gone: Option<u32>) -> u64 {
        self.hash = self.hash.wrapping_mul(SEED).wrapping_add(u64::from(letter) + 1);
        if let Some(gone) = gone {
            self.hash = self.hash.wrapping_sub((u64::from(gone) + 1).wrapping_mul(self.last));
        }
        self.hash
    }

    /// The hashes of all rows of so many letters, each with the place of its first, in order.
    pub fn rows(letters: &[u32], length: usize) -> impl Iterator<Item = (u64, usize)> {
        let mut rolling = Self::new(length);
        letters.iter().enumerate().filter_map(move |(at, &letter)| {
            let hash = rolling.push(letter, at.checked_sub(length).map(|before| letters[before]));
            Some((hash, (at + 1).checked_sub(length)?))
        })
    }
}

/// The bytes of a text from a letter to a later one (`end` is past the last), with the marks that belong to them.
pub(super) fn range_of(text: &Text, letters: &Letters, first: usize, end: usize) -> std::ops::Range<usize> {
    let start = letters.start(first, text);
    let last = letters.start(end - 1, text);
    let after = text[last..].chars().next().map_or(last, |c| last + c.len_utf8());
    let span = text.widen(start..after);
    span.range()
}

/// One word of a text, or one sign between words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Its first byte.
    pub start: u32,
    /// The byte after its last, marks included.
    pub end: u32,
    /// What its letters are, as a hash: equal letters give equal keys. Signs have even keys, words odd ones.
    pub key: u64,
}

impl Word {
    /// Whether a key is that of a sign between words.
    pub fn is_sign_key(key: u64) -> bool {
        key & 1 == 0
    }
}

/// The words of a text in order; white space between them belongs to none.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::with_capacity(text.len() / 9);
    let mut open: Option<Word> = None;
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    for (at, c) in text.char_indices() {
        let end = offset(at + c.len_utf8());
        match letter(c) {
            Some(letter) if is_word_letter(letter) => match &mut open {
                Some(word) => {
                    word.end = end;
                    word.key = mix(word.key, letter) | 1;
                }
                None => open = Some(Word { start: offset(at), end, key: mix(SEED, letter) | 1 }),
            },
            Some(sign) => {
                words.extend(open.take());
                words.push(Word { start: offset(at), end, key: mix(SEED, sign) & !1 });
            }
            None if is_mark(c) => {
                // A mark belongs to what it stands upon, be it a word or a sign.
                if let Some(word) = &mut open {
                    word.end = end;
                } else if let Some(last) = words.last_mut()
                    && last.end == offset(at)
                {
                    last.end = end;
                }
            }
            None => words.extend(open.take()),
        }
    }
    words.extend(open);
    words
}

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// Mixes one more letter into a hash (the finaliser of SplitMix64).
fn mix(hash: u64, letter: char) -> u64 {
    scramble(hash.rotate_left(5) ^ u64::from(u32::from(letter)))
}

/// Spreads a number over all 64 bits (the finaliser of SplitMix64).
pub(super) fn scramble(number: u64) -> u64 {
    let mut z = number.wrapping_add(SEED);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_are_one_word() {
        for (one, other) in [
            ("كِتَابٌ", "كتاب"),
            ("مــدرسة", "مدرسه"),
            ("أحمد", "احمد"),
            ("٢٠٢٤", "2024"),
            ("على", "علي"),
            ("NATO", "nato"),
            ("بيلا\u{200c}روس", "بيلاروس"),
        ] {
            let (one, other) = (words(one), words(other));
            assert_eq!((one.len(), one[0].key), (1, other[0].key));
        }
        assert_ne!(words("كتب")[0].key, words("كتاب")[0].key);
    }

    #[test]
    fn words_and_signs_stand_where_they_are() {
        let text = "قالَ: «نعم»\u{a0}👍🏽 10.5%";
        let parts: Vec<&str> =
            words(text).iter().map(|word| &text[word.start as usize..word.end as usize]).collect();
        assert_eq!(parts, ["قالَ", ":", "«", "نعم", "»", "👍", "🏽", "10", ".", "5", "%"]);
    }

    #[test]
    fn letters_are_found_where_they_stand() {
        let text = Text::new("وَقال  الوزير");
        let letters = Letters::of(&text);
        let sought = Letters::of("قَالَ الوَ");
        assert_eq!(letters.places(sought.as_slice()), [1]);
        let range = range_of(&text, &letters, 1, 1 + sought.len());
        assert_eq!(&text[range], "قال  الو");
        assert_eq!(Letters::of("aaaa").places(Letters::of("aa").as_slice()), [0, 1, 2]);
    }

    #[test]
    fn what_is_looked_up_is_what_is_found_from_end_to_end() {
        let text: String = (0..60_000_u32).map(|at| if at * at % 7 == 3 { 'ب' } else { 'ا' }).collect();
        let letters = Letters::of(&text);
        for (from, length) in [(0, 8), (5, 9), (59_990, 10), (40_000, 30)] {
            let sought = &letters.as_slice()[from..from + length];
            let expected: Vec<usize> = (0..=letters.len() - length)
                .filter(|&at| letters.as_slice()[at..].starts_with(sought))
                .collect();
            assert!(letters.places(sought) == expected && !expected.is_empty());
        }
        assert!(letters.places(Letters::of("بببببببب").as_slice()).is_empty());
    }
}
