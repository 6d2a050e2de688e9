//! Any sequence of keys, presses and compositions.

use hashiya::text::Point;
use hashiya::text::editing::Press;
use proptest::prelude::*;

use super::desk::Desk;

#[derive(Clone, Debug)]
enum Input {
    Key(&'static str),
    Type(String),
    Paste(String),
    Click(f32, f32, u8, bool),
    Drag(f32, f32),
    Compose(String),
    Around(usize, usize),
}

fn texts() -> impl Strategy<Value = String> {
    let pieces = [
        "قال",
        "كَّ",
        "\u{64e}",
        " ",
        "foo",
        "12",
        "(",
        "\n",
        "لا",
        "🇸🇾",
        "👨‍👩‍👧",
        "\u{200f}",
        "\u{200d}",
        "،",
        "e\u{301}",
        "\u{1f3fd}",
        "\r\n",
        "ᄀ",
        "ᅡ",
        "ᆨ",
        "🇸",
        "\u{64b}\u{301}",
        "٣",
        "۴",
        ")",
        "«",
        "\t",
        "\u{a0}",
        "\u{ad}",
        "\u{61c}",
        "\u{200c}",
        "\u{202a}",
        "\u{202e}",
        "\u{202c}",
        "\u{2067}",
        "\u{2068}",
        "\u{2069}",
        "\u{85}",
        "\u{2029}",
        "\u{feff}",
        "\u{600}",
        "क\u{94d}",
        "\u{93e}",
        "\u{d4e}",
        "\r",
        "\u{1f3f4}\u{e0067}\u{e007f}",
        "1\u{fe0f}\u{20e3}",
        "كلمةطويلةجداkeineLeerzeichen",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..8).prop_map(|pieces| pieces.concat())
}

fn inputs() -> impl Strategy<Value = Input> {
    let keys = [
        "left",
        "right",
        "s-left",
        "s-right",
        "word-left",
        "s-word-right",
        "home",
        "end",
        "s-up",
        "up",
        "down",
        "s-down",
        "bs",
        "del",
        "word-bs",
        "word-del",
        "enter",
        "all",
        "undo",
        "redo",
        "top",
        "bottom",
        "page-down",
        "s-page-up",
    ];
    prop_oneof![
        6 => prop::sample::select(keys.to_vec()).prop_map(Input::Key),
        3 => texts().prop_map(Input::Type),
        1 => texts().prop_map(Input::Paste),
        1 => (-10.0f32..200.0, -10.0f32..200.0, 0u8..3, any::<bool>()).prop_map(|(x, y, n, e)| Input::Click(x, y, n, e)),
        1 => (-10.0f32..200.0, -10.0f32..200.0).prop_map(|(x, y)| Input::Drag(x, y)),
        1 => texts().prop_map(Input::Compose),
        1 => (0usize..4, 0usize..4).prop_map(|(before, after)| Input::Around(before, after)),
    ]
}

fn apply(desk: &mut Desk, input: &Input) {
    let Desk { editor, sheet, .. } = desk;
    match input {
        Input::Key(key) => desk.key(key),
        Input::Type(text) => editor.insert(text),
        Input::Paste(text) => editor.paste(text),
        Input::Click(x, y, press, extend) => {
            let press = [Press::Place, Press::Word, Press::Paragraph][usize::from(*press)];
            editor.press(Point::new(*x, *y), press, *extend, sheet);
        }
        Input::Drag(x, y) => editor.drag(Point::new(*x, *y), sheet),
        Input::Compose(text) => editor.compose(text, Some(1..2)),
        Input::Around(before, after) => editor.erase_around(*before, *after),
    }
    desk.lay_out();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is typed and clicked, nothing panics, the caret keeps to grapheme boundaries, and undo leads back to the first text.
    #[test]
    fn anything_can_be_typed_and_taken_back(
        start in texts(),
        inputs in prop::collection::vec(inputs(), 1..40),
        width in prop::sample::select(vec![None, Some(0.5), Some(20.0), Some(60.0), Some(300.0)]),
    ) {
        use unicode_segmentation::UnicodeSegmentation;
        let mut desk = Desk::new(&start, width);
        for input in &inputs {
            apply(&mut desk, input);
            let text = desk.editor.text();
            let boundaries: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
            prop_assert!(boundaries.contains(&desk.editor.caret().byte), "{:?} in {:?} after {input:?}", desk.editor.caret(), text);
            prop_assert!(boundaries.contains(&desk.editor.anchor()), "{:?} in {:?} after {input:?}", desk.editor.anchor(), text);
            let rect = desk.caret_rect();
            prop_assert!(rect.top >= 0.0 && rect.bottom <= desk.sheet.height() + 0.01);
        }
        let last = desk.editor.text().to_owned();
        let mut steps = 0;
        while desk.editor.undo() {
            steps += 1;
        }
        prop_assert_eq!(desk.editor.text(), start);
        for _ in 0..steps {
            prop_assert!(desk.editor.redo());
        }
        prop_assert_eq!(desk.editor.text(), last);
    }

    /// A sheet that keeps what an edit left alone equals one laid out from nothing.
    #[test]
    fn a_sheet_kept_through_edits_equals_a_new_one(
        inputs in prop::collection::vec(inputs(), 1..20),
    ) {
        let mut desk = Desk::new("قال foo\n\n2023\nنعم", Some(120.0));
        for input in &inputs {
            apply(&mut desk, input);
        }
        let mut fresh = Desk::new("", Some(120.0));
        fresh.editor.adopt(&desk.editor.shown());
        fresh.lay_out();
        prop_assert_eq!(fresh.sheet.pieces().len(), desk.sheet.pieces().len());
        for (fresh, kept) in fresh.sheet.pieces().iter().zip(desk.sheet.pieces()) {
            prop_assert_eq!(&fresh.range, &kept.range);
            prop_assert_eq!(fresh.top, kept.top);
            prop_assert_eq!(&fresh.layout, &kept.layout);
        }
    }
}
