//! The reading view by the keyboard alone.

use egui::{Key, Modifiers};

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
