//! Invisible characters: each is found once, where it stands on screen.

use hashiya::text::*;
use proptest::prelude::*;

fn lay_out(text: &str, direction: Direction, width: f32) -> ParagraphLayout {
    let style = Style { family: Family::AMIRI, size: 20.0, weight: Weight::Regular, line_height: 40.0 };
    let mut engine = TextEngine::new(FontLibrary::bundled());
    engine.lay_out(text, &style, direction, Align::Start, Some(width))
}

fn hidden(layout: &ParagraphLayout, text: &str, ended: bool) -> Vec<Hidden> {
    layout.hidden(text, 0..layout.lines().len(), ended)
}

#[test]
fn each_stands_where_its_character_is() {
    use Invisible::*;
    let rtl = Direction::RightToLeft;
    let ltr = Direction::LeftToRight;
    // The text; what is found in it, each with the text before it, at whose end the caret stands where the mark does.
    type Row<'a> = (&'a str, Direction, &'a [(Invisible, &'a str)]);
    let table: &[Row] = &[
        ("نص عادي", rtl, &[]),
        ("می\u{200c}خواهم", rtl, &[(NonJoiner, "می")]),
        ("ه\u{200d} نص", rtl, &[(Joiner, "ه")]),
        ("قال\u{200f} نعم\u{200e}", rtl, &[(RightToLeftMark, "قال"), (LeftToRightMark, "قال\u{200f} نعم")]),
        ("\u{61c}-5", rtl, &[(ArabicLetterMark, "")]),
        ("\u{2067}ابت\u{2069}", rtl, &[(Isolate(Some(rtl)), ""), (PopIsolate, "\u{2067}ابت")]),
        ("\u{2068}ابت\u{2069}", rtl, &[(Isolate(None), ""), (PopIsolate, "\u{2068}ابت")]),
        ("\u{202b}ابت\u{202c}", rtl, &[(Embedding(rtl), ""), (PopEmbedding, "\u{202b}ابت")]),
        ("\u{202d}abc\u{202c}", ltr, &[(Override(ltr), ""), (PopEmbedding, "\u{202d}abc")]),
        (
            "a\u{a0}b\u{202f}c\u{2003}d",
            ltr,
            &[(NoBreakSpace, "a"), (NarrowNoBreakSpace, "a\u{a0}b"), (OtherSpace, "a\u{a0}b\u{202f}c")],
        ),
        ("كـتاب", rtl, &[(Tatweel, "ك")]),
        ("ab\tcd", ltr, &[(Tab, "ab")]),
        (
            "كت\u{ad}اب\u{200b}و\u{2060}\u{feff}",
            rtl,
            &[
                (SoftHyphen, "كت"),
                (ZeroWidthSpace, "كت\u{ad}اب"),
                (WordJoiner, "كت\u{ad}اب\u{200b}و"),
                (ByteOrderMark, "كت\u{ad}اب\u{200b}و\u{2060}"),
            ],
        ),
        ("two words  ", ltr, &[(TrailingSpace, "two words"), (TrailingSpace, "two words ")]),
        ("\u{7}x", ltr, &[(Control, "")]),
        // The joiners of a picture made of several are part of it.
        ("👨\u{200d}👩\u{200d}👧", ltr, &[]),
    ];
    for (text, direction, expected) in table {
        let layout = lay_out(text, *direction, 600.0);
        let found = hidden(&layout, text, false);
        let said: Vec<(Invisible, &str)> = found.iter().map(|one| (one.kind, &text[..one.byte])).collect();
        assert_eq!(said, *expected, "{text:?}");
        for one in &found {
            // The side at which the character begins is where a caret before it stands.
            let begins = if one.rtl { one.rect.right } else { one.rect.left };
            let inside = Caret::after(one.byte);
            let stands = layout.caret_rect(inside).left;
            let is_inside_letter = matches!(one.kind, NonJoiner | Joiner);
            if is_inside_letter {
                let end = one.byte + text[one.byte..].chars().next().map_or(0, char::len_utf8);
                let after = layout.caret_rect(Caret::before(end)).left;
                assert!((after - begins).abs() < 0.02, "{text:?} {one:?} ends at {after}");
            } else {
                assert!((stands - begins).abs() < 0.02, "{text:?} {one:?} begins at {stands}");
            }
        }
    }
}

#[test]
fn a_paragraph_ends_beyond_its_last_letter() {
    for (text, direction) in [
        ("نص قصير", Direction::RightToLeft),
        ("نص ينتهي بمسافات   ", Direction::RightToLeft),
        ("short text", Direction::LeftToRight),
        ("", Direction::RightToLeft),
        ("نص طويل يكسر على أكثر من سطر واحد في هذا العمود", Direction::RightToLeft),
    ] {
        let layout = lay_out(text, direction, 150.0);
        let found = hidden(&layout, text, true);
        let end = found.last().expect("it has an end");
        assert_eq!((end.kind, end.byte), (Invisible::ParagraphEnd, text.len()));
        assert_eq!(end.line, layout.lines().len() - 1);
        let caret = layout.caret_rect(Caret::before(text.len()));
        assert!((end.rect.left - caret.left).abs() < 0.02, "{text:?}: {end:?} {caret:?}");
        assert!(hidden(&layout, text, false).iter().all(|one| one.kind != Invisible::ParagraphEnd));
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[ابتلمهك]{1,5}",
        1 => "[a-z]{1,5}",
        4 => prop::sample::select(vec![
            " ", "  ", "\u{a0}", "\t", "\u{200d}", "\u{200c}", "\u{200f}", "\u{200e}", "\u{61c}", "\u{202b}", "\u{202c}", "\u{202d}",
            "\u{2067}", "\u{2068}", "\u{2069}", "\u{64b}", "\u{ad}", "\u{640}", "\u{feff}", "\u{202f}", "12", "👨\u{200d}👩",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_one_is_found_once_on_its_line(text in any_text(), rtl in any::<bool>(), width in 20.0f32..400.0) {
        let direction = if rtl { Direction::RightToLeft } else { Direction::LeftToRight };
        let layout = lay_out(&text, direction, width);
        let found = hidden(&layout, &text, true);
        let expected: Vec<usize> = text
            .char_indices()
            .filter(|(at, c)| {
                let in_picture =
                    *c == '\u{200d}' && text[*at + 3..].starts_with(['👨', '👩']) && text[..*at].ends_with(['👨', '👩']);
                let trailing = *c == ' ' && text[*at..].trim().is_empty();
                (Invisible::of(*c).is_some() || trailing) && !in_picture
            })
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect();
        let bytes: Vec<usize> = found.iter().map(|one| one.byte).collect();
        prop_assert_eq!(bytes, expected);
        for one in &found {
            let line = &layout.lines()[one.line];
            prop_assert!(line.range.contains(&one.byte) || one.kind == Invisible::ParagraphEnd);
            prop_assert!(one.rect.left <= one.rect.right);
            prop_assert_eq!((one.rect.top, one.rect.bottom), (line.top, line.bottom));
        }
    }
}
