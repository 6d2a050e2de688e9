//! Fonts that stand in for others, and Arabic words: a word whose letters join is set in one font.
//!
//! A font that lacks a letter would otherwise lend the letters around it, and another the one in the middle, in two hands and at two
//! sizes. Which faces there are is the caller's to say.

use std::ops::Range;

use super::analysis::{Item, Kind, LONGEST_RUN};
use super::fonts::FontId;

/// Gives every joined word one face, where it was given several and `choose` knows one that has all of it. `choose` is given the word's
/// bytes and the faces that its letters have. A word of which a part is bold is two words: `is_edge` says where such a part begins or
/// ends; and `is_grapheme`, where a grapheme begins.
pub(super) fn keep_words_whole(
    text: &str,
    items: &mut Vec<Item>,
    is_grapheme: impl Fn(usize) -> bool,
    is_edge: impl Fn(usize) -> bool,
    mut choose: impl FnMut(Range<usize>, &[FontId]) -> Option<FontId>,
) {
    let is_alike = |a: &Item, b: &Item| is_alike(a, b) && !is_edge(b.range.start);
    let mut mended: Vec<(Range<usize>, FontId)> = Vec::new();
    for index in 1..items.len() {
        let at = items[index].range.start;
        let (before, after) = (&items[index - 1], &items[index]);
        let is_torn = before.font != after.font && is_alike(before, after) && is_joined(text, at);
        if !is_torn || mended.last().is_some_and(|(word, _)| at < word.end) {
            continue;
        }
        let (word, of_word) = word_around(text, items, index, &is_grapheme, is_alike);
        let given: Vec<FontId> = items[of_word].iter().map(|item| item.font).collect();
        if let Some(font) = choose(word.clone(), &given) {
            mended.push((word, font));
        }
    }
    if !mended.is_empty() {
        *items = mend(text, std::mem::take(items), &mended, is_alike);
    }
}

/// The items with other faces for some words: cut where those begin and end, and joined with neighbours that are alike now.
fn mend(
    text: &str,
    items: Vec<Item>,
    words: &[(Range<usize>, FontId)],
    is_alike: impl Fn(&Item, &Item) -> bool,
) -> Vec<Item> {
    let mut mended: Vec<Item> = Vec::with_capacity(items.len());
    let mut words = words.iter().peekable();
    for item in items {
        let mut at = item.range.start;
        while at < item.range.end {
            while words.next_if(|(word, _)| word.end <= at).is_some() {}
            let (end, font) = match words.peek() {
                Some((word, font)) if word.start <= at => (word.end.min(item.range.end), *font),
                Some((word, _)) => (word.start.min(item.range.end), item.font),
                None => (item.range.end, item.font),
            };
            let part = Item { range: at..end, font, ..item.clone() };
            match mended.last_mut() {
                Some(last)
                    if last.font == font
                        && is_alike(last, &part)
                        && is_joined(text, at)
                        && end - last.range.start < LONGEST_RUN =>
                {
                    last.range.end = end;
                }
                _ => mended.push(part),
            }
            at = end;
        }
    }
    mended
}

fn is_alike(a: &Item, b: &Item) -> bool {
    a.kind == Kind::Text
        && b.kind == Kind::Text
        && a.level == b.level
        && a.script == b.script
        && a.script == harfrust::script::ARABIC
}

/// Whether the characters before and after a byte belong to one joined word.
fn is_joined(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_some_and(is_of_word)
        && text[at..].chars().next().is_some_and(is_of_word)
}

/// The joined word that goes over the beginning of an item, as far as items are alike, and the items that it touches.
fn word_around(
    text: &str,
    items: &[Item],
    index: usize,
    is_grapheme: impl Fn(usize) -> bool,
    is_alike: impl Fn(&Item, &Item) -> bool,
) -> (Range<usize>, Range<usize>) {
    let (mut start, mut end) = (items[index].range.start, items[index].range.start);
    let (mut first, mut last) = (index, index);
    loop {
        let piece = items[first].range.start..start;
        let of_word: usize =
            text[piece].chars().rev().take_while(|c| is_of_word(*c)).map(char::len_utf8).sum();
        start -= of_word;
        if start > items[first].range.start || first == 0 || !is_alike(&items[first - 1], &items[first]) {
            break;
        }
        first -= 1;
    }
    loop {
        let piece = end..items[last].range.end;
        let of_word: usize = text[piece].chars().take_while(|c| is_of_word(*c)).map(char::len_utf8).sum();
        end += of_word;
        let goes_on = items.get(last + 1).is_some_and(|next| is_alike(&items[last], next));
        if end < items[last].range.end || !goes_on {
            break;
        }
        last += 1;
    }
    // A mark on something that is no letter stays with it, and so does one that is of no word.
    while start < end && !is_grapheme(start) {
        start += 1;
    }
    while end < items[last].range.end && !is_grapheme(end) {
        end += 1;
    }
    (start..end, first..last + 1)
}

/// Letters and marks of the Arabic script, and the joiners between them.
fn is_of_word(c: char) -> bool {
    match c {
        '\u{200c}'
        | '\u{200d}'
        | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}'
        | '\u{670}'
        | '\u{6d6}'..='\u{6dc}'
        | '\u{6df}'..='\u{6ed}'
        | '\u{8ca}'..='\u{8ff}' => true,
        '\u{600}'..='\u{6ff}'
        | '\u{750}'..='\u{77f}'
        | '\u{860}'..='\u{8c9}'
        | '\u{fb50}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefe}' => c.is_alphabetic(),
        _ => false,
    }
}
