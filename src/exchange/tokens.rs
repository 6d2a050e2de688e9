//! Words and sentences, for the formats that count in them.
//!
//! A token is what UAX #29 calls a word, or a mark of punctuation; what is written joined to a word (the article, conjunctions, prepositions,
//! pronouns) stays in it, and so do vowel marks, tatweel and joiners. Sentences are those of UAX #29 within each line. Tokens never overlap, hold
//! no white space and no control characters, and stand in the order of the text; what lies between them is blank.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// A sentence: tokens, and the part of the text that it stands for. The ranges of all sentences make up the text.
#[derive(Debug, PartialEq)]
pub(super) struct Sentence {
    /// Bytes of the text: from its first token (that of the first sentence from the start) to the next sentence.
    pub range: Range<usize>,
    /// Bytes of the text; empty only where the whole text is blank.
    pub tokens: Vec<Range<usize>>,
}

/// Whether a character can be in no token: white space and control characters.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// Whether a character shows nothing and joins nothing by itself (Default_Ignorable_Code_Point among the formats): alone it makes no token.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The sentences of a text; none of an empty one.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let mut sentences: Vec<Sentence> = Vec::new();
    let mut at = 0;
    for sentence in text.split_inclusive('\n').flat_map(|line| line.split_sentence_bounds()) {
        let tokens = tokens(text, at..at + sentence.len());
        at += sentence.len();
        let Some(last) = sentences.last_mut() else {
            sentences.push(Sentence { range: 0..at, tokens });
            continue;
        };
        let first = tokens.first().map(|first| first.start);
        match first {
            // What is blank belongs to what comes before it, and at the start to the first sentence.
            None => last.range.end = at,
            Some(_) if last.tokens.is_empty() => *last = Sentence { range: 0..at, tokens },
            Some(first) => {
                last.range.end = first;
                sentences.push(Sentence { range: first..at, tokens });
            }
        }
    }
    sentences
}

/// The tokens in a range of a text.
fn tokens(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let start = range.start;
    let mut tokens = Vec::new();
    for (at, word) in text[range].split_word_bound_indices() {
        // A mark that follows a blank belongs to the same word by the rules, as a cluster; the blank does not.
        let trimmed = word.trim_start_matches(is_blank);
        let from = start + at + (word.len() - trimmed.len());
        let trimmed = trimmed.trim_end_matches(is_blank);
        if !trimmed.chars().all(|c| is_unseen(c) || is_blank(c)) {
            tokens.push(from..from + trimmed.len());
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<Vec<&str>> {
        let words = |sentence: Sentence| sentence.tokens.into_iter().map(|token| &text[token]).collect();
        sentences(text).into_iter().map(words).collect()
    }

    #[test]
    fn words_keep_what_is_joined_to_them_and_lose_what_is_not() {
        for (text, expected) in [
            (
                "وبالكتابِ، قال «نعم»؟ لا.",
                vec![vec!["وبالكتابِ", "،", "قال", "«", "نعم", "»", "؟"], vec!["لا", "."]],
            ),
            ("كتـــاب می\u{200c}خواهم 3,14 ٣٫١٤", vec![vec!["كتـــاب", "می\u{200c}خواهم", "3,14", "٣٫١٤"]]),
            ("👨‍👩‍👧🇪🇬نعم👍🏽", vec![vec!["👨‍👩‍👧", "🇪🇬", "نعم", "👍🏽"]]),
            ("عنوان\n\n  سطر", vec![vec!["عنوان"], vec!["سطر"]]),
            ("\u{a0}a\u{a0}b\u{7}c \u{200f} \u{64e}", vec![vec!["a", "b", "c", "\u{64e}"]]),
            (" \n ", vec![vec![]]),
            ("", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
        assert_eq!(
            sentences(" \n أ.\n  ب\n").iter().map(|one| one.range.clone()).collect::<Vec<_>>(),
            [0..9, 9..12]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn sentences_make_up_the_text_and_only_blanks_lie_between_tokens(pieces in proptest::collection::vec(
            prop_oneof!["\\PC", any::<char>().prop_map(String::from), Just(". ".to_owned()), Just("قال ".to_owned()), Just("\n".to_owned()), Just("\u{200d}".to_owned())],
            0..60,
        )) {
            let text = pieces.concat();
            let sentences = sentences(&text);
            let mut at = 0;
            let mut covered = 0;
            for sentence in &sentences {
                prop_assert_eq!(sentence.range.start, covered);
                covered = sentence.range.end;
                prop_assert!(sentences.len() == 1 || !sentence.tokens.is_empty());
                for token in &sentence.tokens {
                    prop_assert!(token.start >= sentence.range.start && token.end <= sentence.range.end && !token.is_empty());
                    prop_assert!(text[at..token.start].chars().all(|c| is_blank(c) || is_unseen(c)));
                    prop_assert!(!text[token.clone()].contains(is_blank));
                    at = token.end;
                }
            }
            prop_assert_eq!(covered, text.len());
            prop_assert!(text[at..].chars().all(|c| is_blank(c) || is_unseen(c)));
            prop_assert!(sentences.iter().skip(1).all(|one| one.tokens[0].start == one.range.start));
        }
    }
}
