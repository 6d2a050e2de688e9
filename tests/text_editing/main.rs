//! The editor's core, by tables that read as text: `|` is the caret, `¦` the other end of a selection.

mod anything;
mod desk;

use desk::{Desk, LINE};
use hashiya::text::editing::Press;
use hashiya::text::*;

#[track_caller]
fn check(width: Option<f32>, table: &[(&str, &str, &str)]) {
    for (start, keys, expected) in table {
        let mut desk = Desk::new(start, width);
        desk.keys(keys);
        assert_eq!(desk.state(), *expected, "{start} + {keys}");
    }
}

#[test]
fn left_and_right_go_by_what_is_on_screen() {
    check(
        None,
        &[
            ("|قال", "left", "ق|ال"),
            ("قا|ل", "right", "ق|ال"),
            ("|abc", "right", "a|bc"),
            // The base direction is that of the first letter, so the screen shows «foo لاق» here.
            ("|قال foo", "left left left left", "قال |foo"),
            ("قال |foo", "right", "قال| foo"),
            ("|foo قال", "right right right right", "foo |قال"),
            // At the ends nothing happens.
            ("قال|", "left", "قال|"),
            ("|قال", "right", "|قال"),
            // A letter with its marks is one place, and the two letters of a ligature are two.
            ("|كَّب", "left", "كَّ|ب"),
            ("|لا", "left", "ل|ا"),
        ],
    );
}

#[test]
fn a_selection_is_left_at_the_side_of_the_arrow() {
    check(
        None,
        &[
            ("¦قال| نعم", "left", "قال| نعم"),
            ("¦قال| نعم", "right", "|قال نعم"),
            ("|قال¦ نعم", "left", "قال| نعم"),
            ("a¦bc|d", "left", "a|bcd"),
            ("a|bc¦d", "right", "abc|d"),
        ],
    );
}

#[test]
fn shift_extends() {
    check(
        None,
        &[
            ("قا|ل", "s-left", "قا¦ل|"),
            ("قا|ل", "s-right s-right", "|قا¦ل"),
            ("one |two", "s-end", "one ¦two|"),
            ("one |two", "s-home", "|one ¦two"),
            ("one |two", "all", "¦one two|"),
            ("one |two", "s-word-right", "one ¦two|"),
            ("one |two", "s-right s-left", "one |two"),
        ],
    );
}

#[test]
fn words() {
    check(
        None,
        &[
            ("|قال نعم", "word-left", "قال| نعم"),
            ("|قال نعم", "word-left word-left", "قال نعم|"),
            ("قال نعم|", "word-right", "قال |نعم"),
            ("|one two", "word-right", "one| two"),
            ("one two|", "word-left", "one |two"),
            ("قال نعم|", "word-bs", "قال |"),
            ("|قال نعم", "word-del", "| نعم"),
            ("قال| نعم", "word-del", "قال|"),
            ("قال، ن|عم", "word-bs", "قال، |عم"),
        ],
    );
    check(Some(400.0), &[("a\n|b", "word-bs", "a|b"), ("a|\nb", "word-del", "a|b")]);
}

#[test]
fn typing_and_erasing() {
    check(
        Some(400.0),
        &[
            ("|", "'كَّ'", "كَّ|"),
            ("كَّ|", "bs", "ك\u{64e}|"),
            ("كَّ|", "bs bs", "ك|"),
            ("كَّ|", "bs bs bs bs", "|"),
            ("|كَّب", "del", "|ب"),
            ("ب|كَّب", "del del del", "ب|"),
            ("لا|", "bs", "ل|"),
            ("¦قال| نعم", "'x'", "x| نعم"),
            ("¦قال| نعم", "bs", "| نعم"),
            ("¦قال| نعم", "del", "| نعم"),
            ("قال|", "enter", "قال\n|"),
            ("قال\n|", "bs", "قال|"),
            ("قال|\nنعم", "del", "قال|نعم"),
            // A letter typed before a lone mark takes it.
            ("|\u{64e}", "'ب'", "ب\u{64e}|"),
            ("a🇸🇾|", "bs", "a|"),
            ("|👨‍👩‍👧b", "del", "|b"),
        ],
    );
}

#[test]
fn undo_goes_by_words() {
    check(
        Some(400.0),
        &[
            ("|", "'one two three' undo", "one two |"),
            ("|", "'one two three' undo undo", "one |"),
            ("|", "'one two' undo undo redo", "one |"),
            ("|", "'one two' undo undo redo redo redo", "one two|"),
            ("|", "'قال نعم' undo", "قال |"),
            ("one two|", "bs bs bs bs undo", "one two|"),
            ("one two|", "bs bs bs bs bs undo", "one|"),
            ("|one two", "del del undo", "|one two"),
            ("|", "'ab' left 'c' undo", "a|b"),
            ("¦one| two", "'x' undo", "¦one| two"),
            ("one|", "undo", "one|"),
            ("|", "'ab' undo 'c' redo", "c|"),
        ],
    );
}

#[test]
fn up_and_down_keep_the_column() {
    check(
        Some(400.0),
        &[
            ("abcd|e\n\nabcdef", "down down", "abcde\n\nabcd|ef"),
            ("abcde\n\nabcd|ef", "up up", "abcd|e\n\nabcdef"),
            ("abcd|e\nab\nabcdef", "down down", "abcde\nab\nabcd|ef"),
            ("ab|c", "up", "|abc"),
            ("ab|c", "down", "abc|"),
            ("a|\nb\nc\nd", "page-down", "a\nb\nc|\nd"),
            ("a\nb\nc\nd|", "page-up", "a\nb|\nc\nd"),
            ("a\nb\nc|\nd", "page-down", "a\nb\nc\nd|"),
            ("قال|\nنعم", "down", "قال\nنعم|"),
            ("a|b\ncd", "bottom", "ab\ncd|"),
            ("a|b\ncd", "bottom top", "|ab\ncd"),
        ],
    );
}

#[test]
fn left_and_right_go_on_in_the_next_paragraph() {
    check(
        Some(400.0),
        &[
            ("قال|\nنعم", "left", "قال\n|نعم"),
            ("قال\n|نعم", "right", "قال|\nنعم"),
            ("ab|\ncd", "right", "ab\n|cd"),
            ("ab\n|cd", "left", "ab|\ncd"),
            // Beyond a paragraph the whole text decides: here Left leads down, through every paragraph from its right to its left.
            ("قال|\ncd\nنعم", "left", "قال\ncd|\nنعم"),
            ("قال|\ncd\nنعم", "left left left left", "قال\ncd\n|نعم"),
            ("قال\ncd\n|نعم", "right right right right", "قال|\ncd\nنعم"),
            ("قال\n|cd", "left", "قال\n|cd"),
            ("ab|\nقال\ncd", "right right right right right", "ab\nقال\n|cd"),
            ("ab\nقال\n|cd", "left left left left left", "ab|\nقال\ncd"),
            ("ab|\n\ncd", "right right", "ab\n\n|cd"),
        ],
    );
}

#[test]
fn enter_moves_the_caret_down_at_once() {
    let mut desk = Desk::new("قال|", Some(400.0));
    assert_eq!(desk.caret_rect().top, 0.0);
    desk.keys("enter");
    assert_eq!(desk.caret_rect().top, LINE);
    // An empty line after Arabic begins at the right.
    assert_eq!(desk.caret_rect().left, 400.0);
    desk.keys("enter enter");
    assert_eq!(desk.caret_rect().top, 3.0 * LINE);
}

#[test]
fn home_and_end_keep_to_the_line_on_screen() {
    let text = "كلمة أخرى بعد كلمة ثم كلمة أخرى بعدها كلمات";
    let mut desk = Desk::new(&format!("|{text}"), Some(120.0));
    desk.keys("down");
    let line = desk.caret_rect().top;
    assert_eq!(line, LINE);
    desk.keys("end");
    assert_eq!(desk.caret_rect().top, line);
    let end = desk.editor.caret().byte;
    desk.keys("home");
    assert_eq!(desk.caret_rect().top, line);
    assert!(desk.editor.caret().byte < end);
    desk.keys("end up down end");
    assert_eq!(desk.editor.caret().byte, end);
}

/// A skin tone after a Latin letter at the edge of Arabic: one grapheme of two directions (UAX #29, UAX #9), between whose parts UAX #14
/// would end a line. It stays one thing: no line ends inside it, and no key leads there.
#[test]
fn a_line_ends_inside_no_grapheme() {
    for text in ["قالfoo🏽،", "قال12🏽قالقال", "لا(،foo🏽(", "قال f\u{1f3fd}"] {
        for width in [5.0, 20.0, 40.0, 60.0] {
            let grapheme = text.find('🏽').expect("there is one");
            let desk = Desk::new(text, Some(width));
            for piece in desk.sheet.pieces() {
                for line in piece.layout.lines() {
                    assert!(line.range.start != grapheme && line.range.end != grapheme, "{text} at {width}");
                }
            }
            for key in ["home", "end", "left", "right", "word-left", "word-right", "up", "down"] {
                for at in text.char_indices().map(|(at, _)| at).filter(|at| *at != grapheme) {
                    let mut desk = Desk::new(&format!("{}|{}", &text[..at], &text[at..]), Some(width));
                    desk.key(key);
                    assert_ne!(desk.editor.caret().byte, grapheme, "{key} from {at} in {text} at {width}");
                }
            }
        }
    }
}

/// The byte and the place on screen of every stop that a key visits.
fn walk(desk: &mut Desk, key: &str) -> Vec<(usize, Rect)> {
    let mut stops = vec![(desk.editor.caret().byte, desk.caret_rect())];
    loop {
        let before = desk.editor.caret();
        desk.keys(key);
        if desk.editor.caret() == before {
            return stops;
        }
        stops.push((desk.editor.caret().byte, desk.caret_rect()));
        assert!(stops.len() < 2000, "{key} goes round in circles");
    }
}

#[test]
fn a_walk_through_mixed_text_visits_every_stop_once_and_in_order() {
    use unicode_segmentation::UnicodeSegmentation;
    let texts = [
        "قال foo bar نعم 2023 ثم (baz) انتهى",
        "The word كتاب means book, و 12 more",
        "قالَ: «نعم» – كَّلِمة",
        "عام 2023\nقال foo\n\nنعم",
    ];
    for text in texts {
        for width in [Some(90.0), Some(150.0), Some(900.0)] {
            let rtl = first_strong_direction(text, Direction::LeftToRight).is_rtl();
            let (forward, back) = if rtl { ("left", "right") } else { ("right", "left") };
            let mut desk = Desk::new(&format!("|{text}"), width);
            // From the edge where the first line begins to the one where the last line ends.
            walk(&mut desk, back);
            let there = walk(&mut desk, forward);
            for pair in there.windows(2) {
                let (from, to) = (pair[0].1, pair[1].1);
                let onward = if rtl { to.left < from.left } else { to.left > from.left };
                assert!(to.top > from.top || (to.top == from.top && onward), "{text} at {width:?}: {pair:?}");
            }
            // A grapheme that no stop of the walk touches would have been jumped over.
            for (start, grapheme) in text.grapheme_indices(true).filter(|(_, grapheme)| *grapheme != "\n") {
                let end = start + grapheme.len();
                assert!(
                    there.iter().any(|(byte, _)| *byte == start || *byte == end),
                    "{text} at {width:?}: {start}"
                );
            }
            let mut back = walk(&mut desk, back);
            back.reverse();
            assert_eq!(back, there, "{text} at {width:?}");
        }
    }
}

#[test]
fn a_walk_through_one_direction_visits_every_boundary() {
    use unicode_segmentation::UnicodeSegmentation;
    let text = "قالَ الرئيسُ إنّ الأمرَ لا يحتملُ التأجيل\nثمّ مضى";
    for width in [Some(80.0), Some(160.0), None] {
        let mut desk = Desk::new(&format!("|{text}"), width);
        let expected: Vec<usize> =
            text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
        let bytes = |stops: Vec<(usize, Rect)>| stops.into_iter().map(|(byte, _)| byte).collect::<Vec<_>>();
        assert_eq!(bytes(walk(&mut desk, "left")), expected);
        let back: Vec<usize> = expected.into_iter().rev().collect();
        assert_eq!(bytes(walk(&mut desk, "right")), back);
    }
}

#[test]
fn presses_of_the_mouse() {
    let mut desk = Desk::new("|قال نعم، foo\nثم", Some(400.0));
    let at = |desk: &Desk, byte: usize| {
        let rect = desk.sheet.rects(byte..byte + 2)[0];
        rect.center()
    };
    let on_word = at(&desk, 9);
    desk.editor.press(on_word, Press::Word, false, &desk.sheet);
    assert_eq!(desk.state(), "قال ¦نعم|، foo\nثم");
    let first = at(&desk, 2);
    desk.editor.drag(first, &desk.sheet);
    assert_eq!(desk.state(), "|قال نعم¦، foo\nثم");
    desk.editor.press(on_word, Press::Paragraph, false, &desk.sheet);
    assert_eq!(desk.state(), "¦قال نعم، foo|\nثم");
    // Beyond the ends of a line is its edge; right of right-to-left text is its start.
    desk.editor.press(Point::new(399.9, 5.0), Press::Place, false, &desk.sheet);
    assert_eq!(desk.state(), "|قال نعم، foo\nثم");
    desk.editor.drag(Point::new(0.0, 500.0), &desk.sheet);
    assert_eq!(desk.state(), "¦قال نعم، foo\nثم|");
    desk.editor.press(Point::new(390.0, -20.0), Press::Place, false, &desk.sheet);
    desk.editor.press(Point::new(0.0, 50.0), Press::Place, true, &desk.sheet);
    assert_eq!(desk.editor.selection().end, desk.editor.text().len());
}

#[test]
fn what_is_composed_is_shown_and_not_yet_written() {
    let mut desk = Desk::new("قال ¦نعم|", None);
    desk.editor.compose("ni", Some(2..2));
    desk.lay_out();
    assert_eq!(desk.editor.text(), "قال ");
    assert_eq!(desk.editor.shown(), "قال ni");
    assert_eq!(desk.editor.shown_caret().byte, "قال ni".len());
    assert_eq!(desk.sheet.text(), "قال ni");
    desk.editor.compose("你", None);
    desk.editor.commit("你");
    assert_eq!(desk.state(), "قال 你|");
    desk.editor.compose("x", None);
    desk.editor.compose("", None);
    assert_eq!(desk.editor.shown(), "قال 你");
    desk.keys("undo undo");
    assert_eq!(desk.state(), "قال ¦نعم|");
    desk.editor.erase_around(2, 0);
    assert_eq!(desk.state(), "قا¦نعم|");
}

#[test]
fn a_text_that_changes_from_outside_is_followed() {
    let mut desk = Desk::new("قال|", None);
    assert!(!desk.editor.adopt("قال"));
    assert!(desk.editor.adopt("قال نعم"));
    assert_eq!(desk.state(), "قال نعم|");
    desk.editor.place(Caret::before(9), false);
    assert!(desk.editor.adopt("قالكَّ"));
    assert_eq!(desk.state(), "قال|كَّ");
    assert!(!desk.editor.undo());
}

#[test]
fn a_mark_stands_where_directions_meet() {
    let desk = |marked: &str| {
        let desk = Desk::new(marked, Some(400.0));
        desk.sheet.direction_mark(desk.editor.caret())
    };
    use Direction::{LeftToRight as L, RightToLeft as R};
    assert_eq!(desk("قا|ل"), None);
    assert_eq!(desk("قال |foo"), Some(R));
    assert_eq!(desk("قال foo| نعم"), Some(L));
    assert_eq!(desk("قال foo|"), Some(L));
    assert_eq!(desk("ab|"), None);
    assert_eq!(desk("|"), None);
}
