//! Annotations that leave for other programs and come in from them, through the dialogs.

use std::fs;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::desk::{Home, seeds};

const CTRL: Modifiers = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };

#[test]
fn annotations_go_out_as_a_folder_come_back_changed_and_are_looked_at_before_they_are_taken_in() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    desk.drag_over_line(2, 0);
    desk.type_text("اتحاد");
    desk.key(Modifiers::NONE, Key::Enter);
    let marked = desk.annotations();
    assert_eq!(marked.len(), 1);

    // The dialog says what is lost and how it begins before anything is written.
    let folder = home.path("brat");
    desk.menu("File", "Export…");
    desk.click("brat");
    desk.wait_for("One annotation, ");
    desk.harness.get_by_label_contains("colours, shortcuts, parents");
    desk.click("Choose a folder…");
    desk.type_text(folder.to_str().expect("a path of text"));
    desk.key(Modifiers::NONE, Key::Enter);
    desk.wait_for("read back, it says the same");

    // Elsewhere somebody writes a note, and puts a mark where its words do not stand.
    let file = fs::read_dir(&folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .find(|path| fs::read_to_string(path).is_ok_and(|lines| lines.starts_with("T1")))
        .expect("a standoff file");
    let lines = fs::read_to_string(&file).expect("lines");
    let more = "#7\tAnnotatorNotes T1\tمن هناك\nT2\tالزمن 3 9\tكلمات ليست هنا\n";
    fs::write(&file, lines + more).expect("written");
    desk.menu("File", "Import annotations…");
    desk.click("brat");
    desk.click("Choose a folder…");
    desk.type_text(folder.to_str().expect("a path of text"));
    desk.key(Modifiers::NONE, Key::Enter);
    desk.wait_for("One annotation of the project is changed");
    desk.harness.get_by_label_contains("these words are not in the text");
    assert_eq!(desk.annotations(), marked, "nothing is done yet");
    desk.click("Import");
    assert_eq!(desk.annotations().len(), 1);
    assert_eq!(desk.annotations()[0].note, "من هناك");
    desk.harness.get_by_label_contains(" changed");
    desk.key(CTRL, Key::Z);
    assert_eq!(desk.annotations(), marked);
    desk.leave();
}
