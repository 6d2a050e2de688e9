//! Annotations that leave for other programs and come in from them, through the dialogs.

use std::fs;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use hashiya::app::importing::importable;
use hashiya::app::{Action, Command, Dialog, ExportPlan, ImportPlan, JobKind};
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

/// Writes a folder of brat for the first document: so many marks a little beside their words, and one whose words are nowhere.
fn marks_that_are_off(home: &Home, count: usize) -> std::path::PathBuf {
    let mut files: Vec<_> =
        fs::read_dir(seeds()).expect("seeds").map(|entry| entry.expect("one").path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
    files.sort();
    let text = fs::read_to_string(&files[0]).expect("a text").replace("\r\n", "\n");
    let words: Vec<char> = text.chars().collect();
    let folder = home.path("off");
    fs::create_dir_all(&folder).expect("a folder");
    let mut lines = String::new();
    for (number, start) in (120..).step_by(31).take(count).enumerate() {
        let quote: String =
            words[start..start + 30].iter().map(|c| if *c == '\n' { ' ' } else { *c }).collect();
        let at = start + 4;
        lines += &format!("T{}\tPlace {at} {}\t{quote}\n", number + 1, at + 30);
    }
    let nowhere = "كلمات لا تقوم في هذا النص ولا في غيره من النصوص التي جمعت هنا ".repeat(2);
    lines += &format!("T999\tPlace 3 {}\t{}\n", 3 + nowhere.trim().chars().count(), nowhere.trim());
    fs::write(folder.join(files[0].file_name().expect("a name")).with_extension("ann"), lines)
        .expect("written");
    folder
}

#[test]
fn what_an_import_moved_is_counted_quoted_and_leads_to_the_mark() {
    let home = Home::new();
    let folder = marks_that_are_off(&home, 1);
    let mut desk = home.sit_with(&seeds());
    desk.menu("File", "Import annotations…");
    choose(&mut desk, "brat");
    desk.click("Choose a folder…");
    give(&mut desk, &folder);
    desk.wait_for("One of them was off");
    desk.harness.get_by_label("One mark is left out.");
    // What is to be looked at is shown whole, on as many lines as it needs.
    let why = desk.harness.get_by_label_contains("these words are not in the text");
    assert!(why.rect().height() > 30.0, "{:?}", why.rect());
    assert!(desk.harness.query_by_role(Role::Link).is_none(), "nothing is there yet to lead to");
    // The keyboard is on the button that does it.
    assert!(desk.harness.get_by_label("Import").accesskit_node().is_focused());
    desk.key(Modifiers::NONE, Key::Enter);
    let marks = desk.annotations();
    assert_eq!(marks.len(), 1);
    desk.harness.get_by_label_contains("One was off, and is moved to where its words stand.");
    desk.harness.get_by_label_contains("One mark is left out.");
    let link = desk.harness.get_by_role(Role::Link);
    let said = link.accesskit_node().label();
    let begins: String = marks[0].quote.exact.chars().take(12).collect();
    assert!(said.as_ref().is_some_and(|said| said.contains(&begins)), "{said:?} quotes {begins}");
    assert!(desk.harness.state().bench().annotation().is_none());
    link.click();
    desk.settle();
    let bench = desk.harness.state().bench();
    assert_eq!(bench.annotation().map(|annotation| annotation.id), Some(marks[0].id));
    assert_eq!(bench.reveal().map(|reveal| reveal.span), Some(marks[0].extent()));
    // A mark that is gone is not led to.
    act(&mut desk, Action::RemoveAnnotation(marks[0].document, marks[0].id));
    assert!(desk.harness.query_by_role(Role::Link).is_none());
    desk.leave();
}

#[test]
fn however_much_there_is_to_tell_the_text_keeps_most_of_the_height() {
    let home = Home::new();
    let folder = marks_that_are_off(&home, 40);
    let mut desk = home.sit_with(&seeds());
    let height = |desk: &Desk| desk.harness.get_by_label("Reading view").rect().height();
    let whole = height(&desk);
    desk.menu("File", "Import annotations…");
    choose(&mut desk, "brat");
    desk.click("Choose a folder…");
    give(&mut desk, &folder);
    desk.wait_for("are moved to where their words stand");
    desk.key(Modifiers::NONE, Key::Enter);
    assert!(desk.annotations().len() > 30);
    let iob2 = Format::all().find(|format| format.info().name == "iob2").expect("a format");
    let plan = ExportPlan { format: iob2, ..ExportPlan::default() };
    act(&mut desk, Action::Export(plan, home.path("iob2")));
    desk.harness.get_by_label("What \u{2068}iob2\u{2069} does not hold");
    act(&mut desk, Action::Export(plan, home.path("nowhere").join("there")));
    desk.harness.get_by_label_contains("Not exported: ");
    assert_eq!(desk.harness.state().bench().notices().len(), 3);
    assert!(height(&desk) > whole * 0.6, "{} of {whole}", height(&desk));
    // All are as wide, and what is new stands first.
    let notices: Vec<_> = desk.harness.get_all_by_role(Role::Alert).map(|notice| notice.rect()).collect();
    assert_eq!(notices.len(), 3);
    assert!(notices.iter().all(|notice| notice.width() == notices[0].width()), "{notices:?}");
    let problem = desk.harness.get_by_label_contains("Not exported: ").rect();
    assert!(problem.top() < desk.harness.get_by_label_contains("Exported ").rect().top());
    desk.leave();
}

#[test]
fn the_dialog_and_the_notice_say_what_a_format_does_not_hold_by_kind_and_count() {
    let home = Home::new();
    let folder = marks_that_are_off(&home, 40);
    let mut desk = home.sit_with(&seeds());
    let brat = Format::all().find(|format| format.info().name == "brat").expect("a format");
    act(&mut desk, Action::ReadImport(ImportPlan { format: brat, ..ImportPlan::default() }, folder));
    desk.wait_for("are moved to where their words stand");
    desk.key(Modifiers::NONE, Key::Enter);
    let count = desk.annotations().len();
    act(&mut desk, Action::Dismiss(0));
    desk.menu("File", "Export…");
    choose(&mut desk, "iob2");
    let heading = "What \u{2068}iob2\u{2069} does not hold";
    desk.wait_for(heading);
    let kinds =
        ["marks that lie over others", "marks that begin or end inside a word", "Who made", "The ids of"];
    let said = |desk: &Desk| kinds.map(|kind| desk.harness.get_by_label_contains(kind).rect());
    let in_dialog = said(&desk);
    // One below the other, each begins where the others do.
    for pair in in_dialog.windows(2) {
        assert_eq!(pair[0].left(), pair[1].left());
        assert!(pair[0].bottom() <= pair[1].top(), "{pair:?}");
    }
    desk.click("Choose a folder…");
    give(&mut desk, &home.path("iob2"));
    desk.wait_for("Exported ");
    assert!(desk.annotations().len() == count && desk.harness.state().bench().dialog().is_none());
    let top = desk.harness.get_by_label(heading).rect();
    // However low the window is, the list is under its heading, and within the notice.
    let notice = desk.harness.get_by_role(Role::Alert).rect();
    assert!(notice.contains_rect(top) && said(&desk)[0].top() >= top.bottom());
    // The cross is level with the first line.
    let cross = desk.harness.get_by_label("Put this notice away").rect();
    let words = desk.harness.get_by_label_contains("Exported ").rect();
    assert!((cross.center().y - words.center().y).abs() < 1.0, "{cross:?} {words:?}");
    assert!(cross.width() >= 24.0 && cross.height() >= 24.0 && !cross.intersects(words));
    desk.leave();
}

#[test]
fn the_scopes_of_an_export_stand_one_below_the_other_and_say_when_there_is_nothing_in_them() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    desk.drag_over_line(2, 0);
    desk.type_text("Union");
    desk.key(Modifiers::NONE, Key::Enter);
    act(&mut desk, Action::FilterRows("nothing holds this".into()));
    for size in [[1280.0, 820.0], [760.0, 480.0]] {
        desk.harness.set_size(size.into());
        desk.settle();
        desk.menu("File", "Export…");
        let scopes = ["Whole project", "Only this document", "Only the rows that the table shows"];
        let rects = scopes.map(|scope| desk.harness.get_by_role_and_label(Role::RadioButton, scope).rect());
        for pair in rects.windows(2) {
            assert_eq!(pair[0].left(), pair[1].left(), "{rects:?}");
            assert!(pair[0].bottom() <= pair[1].top() && pair[0].height() == pair[1].height(), "{rects:?}");
        }
        desk.click(scopes[2]);
        desk.wait_for("The table shows no annotations to export.");
        assert!(desk.harness.get_by_label("Choose a file…").accesskit_node().is_disabled());
        desk.click(scopes[1]);
        desk.wait_for("One annotation, ");
        desk.key(Modifiers::NONE, Key::Escape);
    }
    desk.leave();
}

#[test]
fn however_the_export_dialog_is_closed_its_preview_is_stopped_at_once() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let plan = ExportPlan::default();
    for way in ["Escape", "Cancel", "beside"] {
        let bench = desk.harness.state_mut().bench_mut();
        bench.act(Action::Run(Command::Export));
        bench.act(Action::LookAhead(plan));
        assert!(bench.looks_ahead_at(plan));
        match way {
            "Escape" => desk.harness.key_press(Key::Escape),
            "Cancel" => {
                desk.harness.step();
                desk.harness.get_by_label("Cancel").click();
            }
            _ => desk.click_at(egui::pos2(3.0, 400.0), 1),
        }
        for _ in 0..3 {
            desk.harness.step();
        }
        let bench = desk.harness.state().bench();
        assert_eq!(bench.dialog(), None, "{way}");
        assert!(!bench.looks_ahead_at(plan), "{way}");
        let previews = bench.jobs().iter().filter(|job| job.kind == JobKind::Glancing);
        assert!(previews.into_iter().all(|job| job.progress.cancelled() && job.is_given_up()), "{way}");
        desk.settle();
    }
    desk.leave();
}
