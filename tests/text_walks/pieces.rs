//! Long paragraphs, which are laid out in pieces, are walked through as others are.

use hashiya::text::walk;
use hashiya::text::*;

use crate::documents;
use crate::page::Page;

/// A paragraph of several pieces between short ones, in a text of either direction.
#[test]
fn a_long_paragraph_in_pieces_is_walked_through_as_a_whole() {
    let arabic = documents()[0].replace('\n', " ").repeat(6);
    let latin = "The word كلمة means 12 things in English (and in العربية), said the editor of the News. "
        .repeat(260);
    let mut engine = TextEngine::new(FontLibrary::bundled());
    for (text, rtl) in [
        (format!("نعم\n{arabic}\nGMT\nقال"), true),
        (format!("{}\n{latin}\nنعم", "قال المتحدث ".repeat(1200)), true),
        (format!("GMT\n{latin}\nقال\nend"), false),
    ] {
        let mut whole = Page::new(&mut engine, &text, 480.0);
        let mut pieces = Page::in_pieces(&mut engine, &text, 480.0);
        assert_eq!(whole.direction.is_rtl(), rtl);
        assert!(pieces.continued.len() >= 4, "{:?}", pieces.continued);
        for step in [Step::Right, Step::Left, Step::WordRight, Step::WordLeft, Step::Next, Step::Previous] {
            let (expected, found) = (whole.walk(step), pieces.walk(step));
            let differ = expected.iter().zip(&found).position(|(a, b)| a.byte != b.byte);
            let around = differ.map(|at| (whole.around(expected[at]), pieces.around(found[at])));
            assert_eq!((around, expected.len()), (None, found.len()), "{step:?}");
        }
        for (from, lines) in [(Caret::after(0), 1), (Caret::before(text.len()), -1)] {
            let (mut a, mut b) = (from, from);
            let (mut column_a, mut column_b) = (Some(200.0), Some(200.0));
            for _ in 0..whole.lines().len() + 1 {
                a = walk::lines(&mut whole, a, lines, &mut column_a);
                b = walk::lines(&mut pieces, b, lines, &mut column_b);
                assert_eq!(a.byte, b.byte, "{}", whole.around(a));
            }
            assert_eq!(a.byte, if lines > 0 { text.len() } else { 0 });
        }
    }
}
