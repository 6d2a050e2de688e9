//! Words for double clicks. UAX #29 only; what a word means to a search is the business of `arabic`.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// The word (UAX #29 segment) around a byte offset: the one that holds the byte, or at a text's end the last one. A run of
/// spaces or punctuation is a segment too. Empty text gives an empty range; an offset beyond the end counts as the end.
pub fn word_at(text: &str, byte: usize) -> Range<usize> {
    let mut last = 0..0;
    // A paragraph may be megabytes of one line: begin at the line break or space well before the byte, where no word goes on.
    let from = text
        .get(..floor(text, byte.saturating_sub(512)))
        .and_then(|before| before.rfind([' ', '\n']))
        .unwrap_or(0);
    for (start, word) in text[from..].split_word_bound_indices() {
        last = from + start..from + start + word.len();
        if last.end > byte {
            break;
        }
    }
    last
}

fn floor(text: &str, mut byte: usize) -> usize {
    byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hold_their_marks_and_stop_at_punctuation() {
        let text = "قالَ: «نعم»";
        assert_eq!(&text[word_at(text, 2)], "قالَ");
        assert_eq!(&text[word_at(text, text.find('ن').expect("there"))], "نعم");
        assert_eq!(&text[word_at(text, text.len() + 5)], "»");
        assert_eq!(word_at("", 0), 0..0);
    }

    #[test]
    fn far_into_a_long_line_the_answer_is_the_same() {
        let text = "كلمة one ".repeat(5000);
        let byte = text.len() / 2;
        let slow = text.split_word_bound_indices().find(|(s, w)| s + w.len() > byte).expect("inside");
        assert_eq!(word_at(&text, byte), slow.0..slow.0 + slow.1.len());
    }
}
