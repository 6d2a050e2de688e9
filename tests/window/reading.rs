//! The reading view by the keyboard alone.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::desk::{Desk, Home, seeds};

const CTRL: Modifiers = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };
const CTRL_SHIFT: Modifiers = Modifiers { ctrl: true, command: true, shift: true, ..Modifiers::NONE };

/// Where the caret stands, in bytes.
fn caret(desk: &Desk) -> usize {
    desk.harness.state().bench().selection().expect("there is a caret").focus
}

#[test]
fn a_passage_is_marked_without_the_mouse() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let text = desk.project().documents()[0].text.clone();
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();

    // Nobody has the keyboard: the first arrow puts the caret at the top of the text, and the rest follow.
    desk.key(Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(caret(&desk), 0);
    desk.key(CTRL, Key::ArrowDown);
    desk.key(CTRL, Key::ArrowDown);
    assert_eq!(caret(&desk), starts[2]);
    desk.key(CTRL_SHIFT, Key::ArrowLeft);
    assert_eq!(desk.selected().as_deref(), Some("قال"));
    // Left and Right leave a selection at its end on that side.
    desk.key(Modifiers::NONE, Key::ArrowLeft);
    assert_eq!((desk.selected(), caret(&desk)), (None, starts[2] + "قال".len()));
    desk.key(Modifiers::NONE, Key::ArrowLeft);
    desk.key(Modifiers::SHIFT, Key::End);
    let line = desk.selected().expect("to the end of the line");
    assert!(text[starts[2]..].starts_with(&format!("قال {line}")) && line.len() > 40, "{line}");

    // Enter offers the tags; a name makes one. Then the keyboard is with the text again, and a digit is enough.
    desk.key(Modifiers::NONE, Key::Enter);
    desk.type_text("متحدث");
    desk.key(Modifiers::NONE, Key::Enter);
    assert_eq!(&*desk.annotations()[0].quote.exact, line);
    desk.key(Modifiers::NONE, Key::ArrowDown);
    desk.key(Modifiers::NONE, Key::Home);
    let home_of_line = caret(&desk);
    desk.key(CTRL_SHIFT, Key::ArrowLeft);
    desk.key(CTRL_SHIFT, Key::ArrowLeft);
    let words = desk.selected().expect("two words");
    desk.key(Modifiers::NONE, Key::Num1);
    let annotations = desk.annotations();
    assert_eq!(annotations.len(), 2);
    assert_eq!(&*annotations[1].quote.exact, words);
    assert_eq!(annotations[1].spans[0].start.index(), home_of_line);

    // Escape lets go of the selection, and the caret stays.
    desk.key(CTRL_SHIFT, Key::ArrowLeft);
    let end = caret(&desk);
    desk.key(Modifiers::NONE, Key::Escape);
    assert_eq!((desk.selected(), caret(&desk)), (None, end));

    // The ends of the document; a page down from the top and up again is where it began.
    desk.key(CTRL, Key::End);
    assert_eq!(caret(&desk), text.len());
    desk.key(CTRL, Key::Home);
    assert_eq!(caret(&desk), 0);
    desk.key(Modifiers::NONE, Key::PageDown);
    let page = caret(&desk);
    assert!(page > 0);
    desk.key(Modifiers::SHIFT, Key::PageUp);
    assert_eq!(desk.selected().as_deref(), Some(&text[..page]));
    desk.leave();
}

/// Whether the find bar says that the hit of this number is selected, of so many.
fn says_count(desk: &Desk, at: usize, count: usize) {
    desk.harness.get_by_label(&format!("\u{2068}{at}\u{2069} of \u{2068}{count}\u{2069}"));
}

/// Types words into the find bar, letter by letter as a hand does.
fn type_slowly(desk: &mut Desk, words: &str) {
    for letter in words.chars() {
        desk.type_text(&letter.to_string());
    }
}

#[test]
fn words_are_found_gone_through_and_tagged() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let text = desk.project().documents()[0].text.clone();
    let words = "بيلاروسيا";
    let places: Vec<usize> = text.match_indices(words).map(|(at, _)| at).collect();
    let count = places.len();
    assert!(count > 3);

    desk.key(CTRL, Key::F);
    desk.wait_for("Find in this document");
    type_slowly(&mut desk, words);
    says_count(&desk, 1, count);
    assert_eq!(caret(&desk), places[0] + words.len());
    // Enter goes on, Shift and Enter back, and both go round.
    desk.key(Modifiers::NONE, Key::Enter);
    says_count(&desk, 2, count);
    desk.key(Modifiers::SHIFT, Key::Enter);
    desk.key(Modifiers::SHIFT, Key::Enter);
    says_count(&desk, count, count);
    let last = desk.lines().into_iter().find(|line| line.span.range().contains(&places[count - 1]));
    assert!(last.is_some(), "the hit is in view");
    desk.key(Modifiers::NONE, Key::F3);
    desk.key(Modifiers::NONE, Key::F3);
    desk.key(Modifiers::SHIFT, Key::F3);
    says_count(&desk, 1, count);

    // Escape closes the bar and leaves the hit selected; a tag marks it, and the next hits by F3 and a digit each.
    desk.key(Modifiers::NONE, Key::Escape);
    assert!(desk.harness.query_by_label_contains("Find in this").is_none());
    assert_eq!(desk.selected().as_deref(), Some(words));
    desk.key(Modifiers::NONE, Key::Enter);
    desk.type_text("بلد");
    desk.key(Modifiers::NONE, Key::Enter);
    for _ in 1..count {
        desk.key(Modifiers::NONE, Key::F3);
        desk.key(Modifiers::NONE, Key::Num1);
    }
    let marked: Vec<usize> =
        desk.annotations().iter().map(|annotation| annotation.spans[0].start.index()).collect();
    assert_eq!(marked, places);

    // What is selected is what is looked for next; what is nowhere is said to be nowhere.
    desk.key(Modifiers::NONE, Key::Escape);
    desk.key(CTRL, Key::Home);
    desk.key(CTRL_SHIFT, Key::ArrowLeft);
    let first = desk.selected().expect("the first word");
    desk.key(CTRL, Key::F);
    assert_eq!(desk.harness.state().bench().finding().words(), first);
    desk.type_text("زخرف");
    desk.harness.get_by_label("no hit");

    // Another document is searched anew, and nothing moves in it by itself.
    desk.key(CTRL, Key::A);
    type_slowly(&mut desk, "روسيا");
    desk.key(CTRL, Key::PageDown);
    let second = desk.project().documents()[1].text.clone();
    let hits = second.matches("روسيا").count();
    desk.harness.get_by_label(&format!("\u{2068}{hits}\u{2069} hits"));
    assert_eq!(desk.selected(), None);
    desk.leave();
}

#[test]
fn a_long_document_is_searched_by_a_job() {
    let home = Home::new();
    let folder = home.path("long");
    std::fs::create_dir(&folder).expect("a folder");
    let paragraph = "قال المتحدث إن روسيا وبيلاروسيا دولتان. ".repeat(20);
    std::fs::write(folder.join("long.txt"), format!("{paragraph}\n").repeat(600)).expect("a document");
    let mut desk = home.sit_with(&folder);
    assert!(desk.project().documents()[0].text.len() > 512 * 1024);
    desk.key(CTRL, Key::F);
    desk.type_text("دولتان");
    says_count(&desk, 1, 12_000);
    desk.key(Modifiers::SHIFT, Key::Enter);
    says_count(&desk, 12_000, 12_000);
    let document = desk.project().documents()[0].text.clone();
    assert_eq!(caret(&desk), document.rfind("دولتان").expect("there") + "دولتان".len());
    desk.leave();
}

#[test]
fn a_place_is_gone_to_by_its_number() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let text = desk.project().documents()[0].text.clone();
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let place = |characters: usize| text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    // Any digits count, and a number beyond the last means the last.
    for (characters, typed, expected) in [
        (false, "7", starts[6]),
        (false, "٣", starts[2]),
        (false, "9999", starts[starts.len() - 1]),
        (true, "100", place(100)),
        (true, "۲۰۰۰", place(2000)),
        (true, "0", 0),
    ] {
        desk.key(CTRL, Key::G);
        if characters {
            desk.click("Character");
            desk.click_field("Number");
        }
        desk.type_text(typed);
        desk.key(Modifiers::NONE, Key::Enter);
        assert!(desk.harness.state().bench().dialog().is_none(), "{typed}");
        assert_eq!(caret(&desk), expected, "{typed}");
        let holds = |range: std::ops::Range<usize>| range.contains(&expected) || range.end == expected;
        let spans: Vec<_> = desk.lines().iter().map(|line| line.span.range()).collect();
        assert!(spans.iter().cloned().any(holds), "{typed}: {expected} is not in view: {spans:?}");
    }
    // The keyboard is with the text: what follows goes on from there.
    desk.key(Modifiers::SHIFT, Key::End);
    assert!(text.starts_with(&desk.selected().expect("the first line")));
    // What is no number leads nowhere.
    desk.key(CTRL, Key::G);
    desk.type_text("x");
    desk.key(Modifiers::NONE, Key::Enter);
    assert!(desk.harness.state().bench().dialog().is_some());
    desk.leave();
}

#[test]
fn numbers_and_invisible_characters_are_shown_on_request_and_the_choice_is_kept() {
    let home = Home::new();
    let folder = home.path("marks");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("marks.txt"), "عنوان\nمي\u{200c}خواهم\u{a0}نص\nسطر\n").expect("a document");
    let mut desk = home.sit_with(&folder);
    let lines = desk.lines();
    let shapes = |desk: &mut Desk| {
        desk.harness.step();
        desk.harness.output().shapes.len()
    };
    let before = shapes(&mut desk);
    desk.menu("View", "Invisible characters");
    assert!(shapes(&mut desk) > before, "something is painted");
    assert_eq!(
        desk.lines().iter().map(|line| line.rect).collect::<Vec<_>>(),
        lines.iter().map(|line| line.rect).collect::<Vec<_>>(),
        "nothing moves"
    );
    // The foot names what stands beside the caret.
    let text = desk.project().documents()[0].text.clone();
    desk.key(CTRL, Key::Home);
    desk.key(Modifiers::NONE, Key::ArrowLeft);
    desk.key(CTRL, Key::Home);
    let joiner = text.find('\u{200c}').expect("it is there");
    while caret(&desk) < joiner {
        desk.key(Modifiers::NONE, Key::ArrowLeft);
    }
    desk.harness.get_by_label_contains("Zero-width non-joiner\u{2069}, U+\u{2068}200C");
    while caret(&desk) < text.find('\u{a0}').expect("it is there") {
        desk.key(Modifiers::NONE, Key::ArrowLeft);
    }
    desk.harness.get_by_label_contains("No-break space\u{2069}, U+\u{2068}00A0");
    desk.menu("View", "Paragraph numbers");
    desk.leave();

    let desk = home.sit_with(&folder);
    let view = desk.harness.state().bench().view();
    assert!(view.invisibles && !view.numbers);
    desk.leave();
}
