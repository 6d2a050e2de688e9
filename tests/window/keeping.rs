//! What is kept, and when: notes while they are typed, and what a crash left.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::desk::{Desk, Home, seeds};

const CTRL: Modifiers = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };

fn note(desk: &Desk) -> String {
    desk.annotations()[0].note.clone()
}

fn steps(desk: &Desk) -> usize {
    desk.harness.state().bench().open().expect("a project").history.done().len()
}

fn type_letters(desk: &mut Desk, word: &str) {
    for letter in word.chars() {
        desk.type_text(&letter.to_string());
    }
}

/// Lets so many tenths of a second pass without a key; a step is a sixtieth.
fn wait(desk: &mut Desk, tenths: usize) {
    for _ in 0..tenths * 6 {
        desk.harness.step();
    }
    desk.settle();
}

/// Whether the foot says this.
fn says(desk: &Desk, words: &str) -> bool {
    desk.harness.query_by_label(words).is_some()
}

#[test]
fn a_note_is_kept_at_each_pause_and_undone_word_by_word() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    desk.drag_over_line(2, 0);
    desk.type_text("متحدث");
    desk.key(Modifiers::NONE, Key::Enter);
    let before = steps(&desk);
    desk.click_field("Note");

    type_letters(&mut desk, "نا");
    assert!(note(&desk).is_empty() && says(&desk, "saving…"), "not written down while it is typed");
    wait(&mut desk, 12);
    assert_eq!(
        (note(&desk).as_str(), steps(&desk)),
        ("نا", before + 1),
        "a pause of a second writes it down"
    );
    assert!(says(&desk, "kept in the journal"));

    // The word goes on after the pause, and is still one step.
    type_letters(&mut desk, "طق");
    wait(&mut desk, 12);
    assert_eq!((note(&desk).as_str(), steps(&desk)), ("ناطق", before + 1));
    type_letters(&mut desk, " رسمي جديد");
    desk.click_field("Filter annotations");
    assert_eq!(
        (note(&desk).as_str(), steps(&desk)),
        ("ناطق رسمي جديد", before + 3),
        "leaving writes it down"
    );

    desk.key(Modifiers::NONE, Key::Escape);
    for left in ["ناطق رسمي ", "ناطق ", ""] {
        desk.key(CTRL, Key::Z);
        assert_eq!(note(&desk), left);
    }
    desk.key(CTRL | Modifiers::SHIFT, Key::Z);
    assert_eq!(note(&desk), "ناطق ");

    // A restart later, with nothing saved, it is all still there to be undone.
    drop(desk);
    let mut again = home.sit_with(&seeds());
    assert_eq!(note(&again), "ناطق ");
    again.harness.get_by_label_contains("edits were recovered from the journal");
    again.key(CTRL, Key::Z);
    assert_eq!(note(&again), "");
    again.leave();
}

#[test]
fn a_torn_journal_is_told_in_one_line_with_what_was_recovered() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    for word in ["أول", "ثان"] {
        desk.drag_over_line(2, 0);
        desk.type_text(word);
        desk.key(Modifiers::NONE, Key::Enter);
    }
    let place = desk.harness.state().bench().open().expect("a project").place.clone();
    drop(desk);
    let journal = place.join("journal/A.ron");
    let journal = if journal.exists() { journal } else { place.join("journal/A%2E.ron") };
    let bytes = std::fs::read(&journal).expect("a journal");
    std::fs::write(&journal, &bytes[..bytes.len() - 30]).expect("torn");
    let desk = home.sit_with(&seeds());
    assert_eq!(desk.annotations()[0].tags.len(), 1);
    let notices = desk.harness.state().bench().notices().len();
    assert_eq!(notices, 1);
    desk.harness.get_by_label_contains("One edit was recovered from the journal; its last line was torn");
    desk.leave();
}

#[test]
fn a_project_whose_folder_is_gone_keeps_its_edits_and_takes_them_when_it_is_back() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let place = desk.harness.state().bench().open().expect("a project").place.clone();
    let away = home.path("away");
    std::fs::rename(&place, &away).expect("moved");
    desk.drag_over_line(2, 0);
    desk.type_text("أول");
    desk.key(Modifiers::NONE, Key::Enter);
    desk.wait_for("Your edits are kept in");
    assert!(says(&desk, "not saved") && desk.annotations().len() == 1);
    std::fs::rename(&away, &place).expect("moved back");
    desk.key(CTRL, Key::S);
    let began = std::time::Instant::now();
    while !says(&desk, "saved") {
        assert!(began.elapsed().as_secs() < 30, "it is not saved");
        desk.settle();
    }
    assert!(desk.harness.query_by_label_contains("Not saved").is_none(), "the notice is gone");
    let kept = std::fs::read_dir(home.path("state/recovery")).map_or(0, Iterator::count);
    assert_eq!(kept, 0, "nothing waits elsewhere any more");
    drop(desk);
    let again = home.sit_with(&seeds());
    assert_eq!(again.annotations().len(), 1);
    again.leave();
}
