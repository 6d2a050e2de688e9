//! Annotations that leave for other programs and come in from them, through the dialogs.

use std::fs;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use hashiya::app::importing::importable;
use hashiya::app::{Action, Command, Dialog, ExportPlan, JobKind};
use hashiya::exchange::{Format, Out};

use crate::desk::{Desk, Home, seeds};

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

/// The format that is chosen in the list.
fn chosen(desk: &Desk) -> String {
    let list = desk.harness.get_by_role_and_label(Role::ListBox, "Formats");
    list.value().expect("a format is chosen")
}

/// Chooses a format by keys.
fn choose(desk: &mut Desk, name: &str) {
    desk.key(Modifiers::NONE, Key::Home);
    while chosen(desk) != name {
        let before = chosen(desk);
        desk.key(Modifiers::NONE, Key::ArrowDown);
        assert_ne!(chosen(desk), before, "{name} is not in the list");
    }
}

/// Types a path where the window asks for one.
fn give(desk: &mut Desk, path: &std::path::Path) {
    desk.type_text(path.to_str().expect("a path of text"));
    desk.key(Modifiers::NONE, Key::Enter);
}

/// The file of a folder with this ending in which the one tag is named.
fn file_with_marks(folder: &std::path::Path, ending: &str) -> std::path::PathBuf {
    let files =
        walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok).map(walkdir::DirEntry::into_path);
    let ends = |path: &std::path::PathBuf| path.extension().is_some_and(|found| found == ending);
    let marked =
        |path: &std::path::PathBuf| fs::read_to_string(path).is_ok_and(|text| text.contains("Union"));
    files
        .into_iter()
        .filter(ends)
        .find(marked)
        .unwrap_or_else(|| panic!("no file with the mark in {}", folder.display()))
}

fn act(desk: &mut Desk, action: Action) {
    desk.harness.state_mut().bench_mut().act(action);
    desk.settle();
}

#[test]
fn formats_are_chosen_by_keys_and_the_chosen_one_is_always_in_view() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    // So low a window that the list does not fit.
    desk.harness.set_size(egui::vec2(1000.0, 480.0));
    desk.settle();
    let menus =
        [("Export…", Format::all().collect()), ("Import annotations…", importable().collect::<Vec<_>>())];
    for (item, formats) in menus {
        for _ in 0..2 {
            desk.menu("File", item);
            let is_in_view = |desk: &Desk| {
                let list = desk.harness.get_by_role_and_label(Role::ListBox, "Formats");
                assert!(list.accesskit_node().is_focused(), "the list has the keyboard");
                let name = chosen(desk);
                let row = desk.harness.get_by_role_and_label(Role::ListBoxOption, &name);
                assert_eq!(row.accesskit_node().is_selected(), Some(true), "{name}");
                assert!(list.rect().contains_rect(row.rect()), "{item}: {name} is not in view");
            };
            is_in_view(&desk);
            desk.key(Modifiers::NONE, Key::Home);
            for format in &formats {
                assert_eq!(chosen(&desk), format.info().name);
                is_in_view(&desk);
                desk.key(Modifiers::NONE, Key::ArrowDown);
            }
            desk.key(Modifiers::NONE, Key::PageUp);
            assert_ne!(chosen(&desk), formats[formats.len() - 1].info().name);
            is_in_view(&desk);
            desk.key(Modifiers::NONE, Key::End);
            // One Tab leaves the list, one comes back.
            desk.key(Modifiers::NONE, Key::Tab);
            let list = |desk: &Desk| {
                let list = desk.harness.get_by_role_and_label(Role::ListBox, "Formats");
                list.accesskit_node().is_focused()
            };
            assert!(!list(&desk));
            desk.key(Modifiers::SHIFT, Key::Tab);
            assert!(list(&desk));
            desk.key(Modifiers::NONE, Key::Escape);
            assert_eq!(desk.harness.state().bench().dialog(), None);
        }
        desk.menu("File", item);
        desk.key(Modifiers::NONE, Key::Enter);
        let dialog = desk.harness.state().bench().dialog();
        assert!(matches!(dialog, Some(Dialog::Path(..))), "Enter goes on: {dialog:?}");
        desk.key(Modifiers::NONE, Key::Escape);
        // On the last button Enter means that one.
        desk.menu("File", item);
        desk.key(Modifiers::SHIFT, Key::Tab);
        desk.key(Modifiers::NONE, Key::Enter);
        assert_eq!(desk.harness.state().bench().dialog(), None);
    }
    desk.leave();
}

#[test]
fn whatever_is_exported_as_a_folder_is_imported_from_the_folder_or_from_the_file_of_a_document() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    desk.drag_over_line(2, 0);
    desk.type_text("Union");
    desk.key(Modifiers::NONE, Key::Enter);
    for format in importable() {
        let info = format.info();
        desk.menu("File", "Import annotations…");
        choose(&mut desk, info.name);
        let offers_folder = desk.harness.query_by_label("Choose a folder…").is_some();
        assert_eq!(offers_folder, info.out == Out::Folder, "{format}");
        desk.harness.get_by_label("Choose a file…");
        desk.key(Modifiers::NONE, Key::Escape);
        if info.out == Out::File {
            continue;
        }
        let folder = home.path(info.name);
        let plan = ExportPlan { format, ..ExportPlan::default() };
        act(&mut desk, Action::Export(plan, folder.clone()));
        let name = file_with_marks(&folder, info.extension);
        for (button, path) in [("Choose a folder…", folder.clone()), ("Choose a file…", name)] {
            desk.menu("File", "Import annotations…");
            choose(&mut desk, info.name);
            desk.click(button);
            give(&mut desk, &path);
            desk.wait_for("is there already");
            desk.key(Modifiers::NONE, Key::Escape);
        }
    }
    desk.leave();
}

#[test]
fn a_preview_that_nobody_waits_for_is_stopped() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let stopped = |desk: &Desk| {
        let bench = desk.harness.state().bench();
        let previews = bench.jobs().iter().filter(|job| job.kind == JobKind::Glancing);
        previews.map(|job| job.progress.cancelled()).collect::<Vec<_>>()
    };
    let bench = desk.harness.state_mut().bench_mut();
    bench.act(Action::Run(Command::Export));
    bench.act(Action::LookAhead(ExportPlan::default()));
    assert_eq!(stopped(&desk), [false]);
    desk.harness.state_mut().bench_mut().act(Action::CloseDialog);
    assert_eq!(stopped(&desk), [true]);
    desk.settle();
    // What comes of it later is not taken for the next one's.
    desk.menu("File", "Export…");
    desk.wait_for("There is nothing to export yet.");
    desk.leave();
}
