//! Where a caret may stand, and how much a key erases. Knows characters only, neither layouts nor editors.

use std::ops::Range;

use unicode_segmentation::{GraphemeCursor, GraphemeIncomplete};

/// A text as a field takes it: every line end is LF, or a space where the field has one line; tabs are spaces there too; other
/// control characters are left out. Characters that steer direction and joining stay.
pub fn fit(text: &str, one_line: bool) -> String {
    let mut fitted = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                fitted.push(if one_line { ' ' } else { '\n' });
            }
            '\t' => fitted.push(if one_line { ' ' } else { '\t' }),
            c if c.is_control() => {}
            c => fitted.push(c),
        }
    }
    fitted
}

/// Whether a byte offset lies between two extended grapheme clusters (UAX #29), or at an end of the text.
pub(super) fn is_boundary(text: &str, byte: usize) -> bool {
    if byte > text.len() || !text.is_char_boundary(byte) {
        return false;
    }
    // The whole text is one chunk, so the cursor never asks for more.
    GraphemeCursor::new(byte, text.len(), true).is_boundary(text, 0).unwrap_or(true)
}

/// The first boundary at or after a byte offset; the text's end for one beyond it.
pub(super) fn boundary_from(text: &str, byte: usize) -> usize {
    let byte = ceil(text, byte);
    if is_boundary(text, byte) { byte } else { after(text, byte) }
}

/// The last boundary at or before a byte offset; the text's end for one beyond it.
pub(super) fn boundary_until(text: &str, byte: usize) -> usize {
    let byte = byte.min(text.len());
    if is_boundary(text, byte) { byte } else { before(text, ceil(text, byte)) }
}

/// The cluster that follows a boundary: what the Delete key erases. Empty at the end of the text.
pub(super) fn next_cluster(text: &str, byte: usize) -> Range<usize> {
    byte..after(text, byte)
}

/// What the Backspace key erases before a boundary. A letter loses its marks one by one, the last typed first. Pictures made of
/// several code points, flags, and a CR LF pair go as one, for a part of them is nothing that anybody typed.
pub(super) fn erased_before(text: &str, byte: usize) -> Range<usize> {
    let start = before(text, byte);
    let cluster = &text[start..byte];
    if cluster.chars().any(joins) {
        return start..byte;
    }
    match cluster.char_indices().next_back() {
        Some((at, _)) => start + at..byte,
        None => start..byte,
    }
}

/// Whether a character makes one picture, or one line end, of the code points beside it.
fn joins(c: char) -> bool {
    matches!(
        c,
        '\r' | '\u{20e3}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f3fb}'..='\u{1f3ff}'
            | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}' | '\u{200d}'
    )
}

/// The boundary after a byte offset; the text's end at the end.
fn after(text: &str, byte: usize) -> usize {
    boundary(GraphemeCursor::new(byte, text.len(), true).next_boundary(text, 0)).unwrap_or(text.len())
}

/// The boundary before a byte offset; 0 at the start.
fn before(text: &str, byte: usize) -> usize {
    boundary(GraphemeCursor::new(byte, text.len(), true).prev_boundary(text, 0)).unwrap_or(0)
}

fn boundary(found: Result<Option<usize>, GraphemeIncomplete>) -> Option<usize> {
    // The whole text is one chunk, so the cursor never asks for more.
    found.unwrap_or(None)
}

fn ceil(text: &str, byte: usize) -> usize {
    (byte..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Backspace takes from the end of a text, press by press, until nothing is left.
    fn presses(text: &str) -> Vec<&str> {
        let mut end = text.len();
        let mut erased = Vec::new();
        while end > 0 {
            let range = erased_before(text, end);
            assert!(range.start < end, "a press erases something");
            end = range.start;
            erased.push(&text[range]);
        }
        erased
    }

    #[test]
    fn a_letter_loses_its_marks_before_itself() {
        assert_eq!(presses("ب\u{651}\u{64e}"), ["\u{64e}", "\u{651}", "ب"]);
        assert_eq!(presses("لا"), ["ا", "ل"]);
    }

    #[test]
    fn pictures_and_line_ends_go_as_one() {
        assert_eq!(presses("👨‍👩‍👧"), ["👨‍👩‍👧"]);
        assert_eq!(presses("a🇸🇾"), ["🇸🇾", "a"]);
        assert_eq!(presses("👍🏽"), ["👍🏽"]);
        assert_eq!(presses("a\r\n"), ["\r\n", "a"]);
    }

    #[test]
    fn line_ends_fit_the_field() {
        assert_eq!(fit("a\r\nb\rc\u{2029}\td\u{7}", false), "a\nb\nc\n\td");
        assert_eq!(fit("a\r\nb\rc\u{2029}\td", true), "a b c  d");
        assert_eq!(fit("مي\u{200c}خواهم\u{200f}", true), "مي\u{200c}خواهم\u{200f}");
    }

    #[test]
    fn delete_takes_the_whole_cluster() {
        assert_eq!(next_cluster("كَّب", 0), 0.."كَّ".len());
        assert_eq!(next_cluster("ب", 2), 2..2);
    }

    #[test]
    fn offsets_inside_a_cluster_find_its_edges() {
        let text = "كَّب";
        assert_eq!((boundary_until(text, 3), boundary_from(text, 3)), (0, 6));
        assert_eq!((boundary_until(text, 99), boundary_from(text, 99)), (8, 8));
        assert!(is_boundary(text, 6) && !is_boundary(text, 2) && !is_boundary(text, 3));
    }
}
