//! A text cut into sentences, tokens and the parts of tokens that marks need.
//!
//! The format has no place for what lies between two tokens, and rebuilds a text from its sentences with one line break, or none, between them. So a
//! sentence holds everything up to the next but that line break, and where a mark begins or ends in a blank, the blank is a token.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use crate::exchange::tokens;

/// A sentence as it is written.
pub(super) struct Sentence {
    /// Bytes of the text: what stands on its text lines. It begins where its first token does.
    pub range: Range<usize>,
    /// Bytes of the text, in order, apart.
    pub tokens: Vec<Range<usize>>,
}

/// Which line of the file: sentence and token from 1, and the part of the token from 1, or 0 for the whole token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub sentence: u32,
    pub token: u32,
    pub part: u32,
}

/// A line of the file: a token, or a part of the one above.
pub(super) struct Line {
    pub place: Place,
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Which marks lie on it, by their places in the list of marks.
    pub marks: Vec<usize>,
}

/// Cuts a text so that marks of these bytes begin and end with a token or inside one.
pub(super) fn cut(text: &str, marks: &[Range<usize>]) -> Vec<Sentence> {
    let sentences = tokens::sentences(text);
    let all: Vec<&Range<usize>> = sentences.iter().flat_map(|sentence| &sentence.tokens).collect();
    // The blanks that are tokens, by the number of the token after them.
    let mut blanks: HashSet<usize> = HashSet::new();
    for byte in marks.iter().flat_map(|mark| [mark.start, mark.end - 1]) {
        let after = all.partition_point(|token| token.end <= byte);
        if all.get(after).is_none_or(|token| token.start > byte) {
            blanks.insert(after);
        }
    }
    if all.first().is_none_or(|token| token.start > 0) {
        blanks.insert(0);
    }
    let mut number = 0;
    let mut cut = Vec::with_capacity(sentences.len());
    for sentence in &sentences {
        let mut tokens = Vec::with_capacity(sentence.tokens.len());
        let mut at = sentence.range.start;
        for token in &sentence.tokens {
            if at < token.start && blanks.contains(&number) {
                tokens.push(at..token.start);
            }
            tokens.push(token.clone());
            at = token.end;
            number += 1;
        }
        let mut range = sentence.range.clone();
        if at < range.end && blanks.contains(&number) {
            tokens.push(at..range.end);
        } else if text[range.clone()].ends_with('\n') {
            range.end -= 1;
        }
        cut.push(Sentence { range, tokens });
    }
    cut
}

/// Goes through the lines in order; marks are sorted by where they begin.
pub(super) fn lines<E>(
    sentences: &[Sentence],
    marks: &[Range<usize>],
    each: &mut dyn FnMut(Line) -> Result<(), E>,
) -> Result<(), E> {
    let mut next = 0;
    let mut open: Vec<usize> = Vec::new();
    for (sentence, number) in sentences.iter().zip(1..) {
        for (token, place) in sentence.tokens.iter().zip(1..) {
            while marks.get(next).is_some_and(|mark| mark.start < token.end) {
                open.push(next);
                next += 1;
            }
            open.retain(|&mark| marks[mark].end > token.start);
            let mut whole = Vec::new();
            let mut parts: BTreeMap<(usize, Reverse<usize>), Vec<usize>> = BTreeMap::new();
            for &mark in &open {
                let start = marks[mark].start.max(token.start);
                let end = marks[mark].end.min(token.end);
                if (start, end) == (token.start, token.end) {
                    whole.push(mark);
                } else {
                    parts.entry((start, Reverse(end))).or_default().push(mark);
                }
            }
            let at = |part| Place { sentence: number, token: place, part };
            each(Line { place: at(0), range: token.clone(), marks: whole })?;
            for (((start, Reverse(end)), marks), part) in parts.into_iter().zip(1..) {
                each(Line { place: at(part), range: start..end, marks })?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a text as words with the marks on them.
    fn laid(text: &str, marks: &[&str]) -> Vec<String> {
        let mut marks: Vec<Range<usize>> = marks
            .iter()
            .map(|words| text.find(words).map(|at| at..at + words.len()).expect("words of the text"))
            .collect();
        marks.sort_by_key(|mark| (mark.start, mark.end));
        let sentences = cut(text, &marks);
        let mut all = Vec::new();
        let mut add = |line: Line| -> Result<(), ()> {
            let Place { sentence, token, part } = line.place;
            all.push(format!("{sentence}-{token}.{part} {:?} {:?}", &text[line.range], line.marks));
            Ok(())
        };
        lines(&sentences, &marks, &mut add).expect("nothing fails");
        all
    }

    #[test]
    fn marks_begin_and_end_with_tokens_or_inside_them() {
        let expected =
            ["1-1.0 \"قال\" []", "1-2.0 \"والكتاب\" [1]", "1-2.1 \"الكتاب\" [0]", "2-1.0 \"ثم\" [1]"];
        let mut found = laid("قال والكتاب\nثم", &["الكتاب", "والكتاب\nثم"]);
        // The longer one begins first.
        found
            .iter_mut()
            .for_each(|line| *line = line.replace("[0]", "[x]").replace("[1]", "[0]").replace("[x]", "[1]"));
        assert_eq!(found, expected);
    }

    #[test]
    fn a_blank_is_a_token_only_where_a_mark_needs_it() {
        assert_eq!(laid("a b c", &["a b"]).len(), 3);
        assert_eq!(
            laid("a b c", &["a "]),
            ["1-1.0 \"a\" [0]", "1-2.0 \" \" [0]", "1-3.0 \"b\" []", "1-4.0 \"c\" []"]
        );
        assert_eq!(laid(" a\n", &["\n"]), ["1-1.0 \" \" []", "1-2.0 \"a\" []", "1-3.0 \"\\n\" [0]"]);
        assert_eq!(
            laid("a \nb", &["\nb"]),
            ["1-1.0 \"a\" []", "1-2.0 \" \\n\" []", "1-2.1 \"\\n\" [0]", "2-1.0 \"b\" [0]"]
        );
        assert_eq!(laid(" \n", &[]), ["1-1.0 \" \\n\" []"]);
    }
}
