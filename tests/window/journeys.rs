//! What users do, from the folder of articles to the exported table.

use std::fs;

use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable as _;

use crate::desk::{Home, seeds};

const CTRL: Modifiers = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };
const CTRL_SHIFT: Modifiers = Modifiers { ctrl: true, command: true, shift: true, ..Modifiers::NONE };

#[test]
fn the_seed_folder_opens_in_natural_order_and_nothing_is_written_beside_it() {
    let listing = || {
        let mut names: Vec<_> =
            fs::read_dir(seeds()).expect("seeds").map(|entry| entry.expect("entry").path()).collect();
        names.sort();
        names
    };
    let before = listing();
    let home = Home::new();
    let desk = home.sit_with(&seeds());
    let titles = desk.titles();
    assert_eq!(titles.len(), 5);
    assert_eq!(titles[0], "الكرملين: نعمل مع بيلاروسيا بشكل مشترك لضمان أمن دولة الاتحاد");
    for title in &titles {
        desk.harness.get_by_label_contains(&format!("Document \u{2068}{title}\u{2069}"));
    }
    assert_eq!(listing(), before);
    assert!(home.path("data/unnamed").is_dir(), "the unnamed project is in the data directory");
}

#[test]
fn from_the_folder_to_the_table_and_back_again() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());

    // A drag over a line selects it, and offers the tags; there are none yet, so a name is typed.
    let range = desk.drag_over_line(2, 1);
    let quote = desk.selected().expect("the drag selected something");
    assert_eq!(quote.trim_end(), desk.project().documents()[0].text.as_str()[range].trim_end());
    desk.type_text("أمن مشترك");
    desk.key(Modifiers::NONE, Key::Enter);
    let annotations = desk.annotations();
    assert_eq!(annotations.len(), 1);
    assert_eq!(&*annotations[0].quote.exact, quote);
    desk.harness.get_by_label_contains("Tag \u{2068}أمن مشترك\u{2069}");

    // A second passage by its number key, with a digit of an Arabic keyboard.
    desk.drag_over_line(2, 2);
    desk.harness.event(egui::Event::Key {
        key: Key::Num1,
        physical_key: Some(Key::Num1),
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    });
    desk.type_text("١");
    assert_eq!(desk.annotations().len(), 2);
    assert!(desk.annotations().iter().all(|annotation| annotation.tags == annotations[0].tags));

    // Undo and redo go through every step, times included.
    let both = desk.annotations();
    desk.key(CTRL, Key::Z);
    assert_eq!(desk.annotations(), annotations);
    desk.key(CTRL, Key::Z);
    assert_eq!(desk.annotations().len(), 0);
    assert_eq!(desk.project().codebook().tags().len(), 0, "the tag was made by the same edit");
    desk.key(CTRL_SHIFT, Key::Z);
    desk.key(CTRL_SHIFT, Key::Z);
    assert_eq!(desk.annotations(), both);

    // Another document; save, leave, come back: it is all there, at the document that was left.
    let titles = desk.titles();
    desk.click_on(&format!("Document \u{2068}{}\u{2069}", titles[3]));
    desk.key(CTRL, Key::S);
    desk.leave();
    let mut desk = home.sit_with(&seeds());
    assert_eq!(desk.annotations(), both);
    assert_eq!(
        desk.harness.state().bench().document().map(|document| document.title.clone()),
        Some(titles[3].clone())
    );

    // A click in the table jumps to the passage and selects it.
    desk.click_on(&format!("Annotation \u{2068}{quote}\u{2069}"));
    let bench = desk.harness.state().bench();
    assert_eq!(bench.document().map(|document| document.title.clone()), Some(titles[0].clone()));
    assert_eq!(bench.annotation().map(|annotation| annotation.id), Some(both[0].id));
    // Undo outlives the restart.
    desk.key(CTRL, Key::Z);
    assert_eq!(desk.annotations(), annotations);
    desk.key(CTRL_SHIFT, Key::Z);

    // Export, through the menu, the dialog and the path that is typed.
    let table = home.path("table.csv");
    desk.menu("File", "Export…");
    desk.click("csv");
    desk.click("Choose a file…");
    desk.type_text(table.to_str().expect("a path of text"));
    desk.key(Modifiers::NONE, Key::Enter);
    let mut reader = csv_rows(&fs::read(&table).expect("the table was written"));
    reader.sort();
    let mut quotes: Vec<String> = both.iter().map(|annotation| annotation.quote.exact.to_string()).collect();
    quotes.sort();
    assert_eq!(reader, quotes);
    desk.leave();
}

/// The column `quote` of an exported table.
fn csv_rows(bytes: &[u8]) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let at =
        reader.headers().expect("a header").iter().position(|name| name == "quote").expect("a column quote");
    reader.records().map(|record| record.expect("a row")[at].to_owned()).collect()
}

#[test]
fn a_project_saved_elsewhere_is_opened_from_there() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    desk.drag_over_line(3, 0);
    desk.type_text("اتحاد");
    desk.key(Modifiers::NONE, Key::Enter);
    let marked = desk.annotations();
    let place = home.path("الاتحاد.hashiya");
    desk.key(CTRL_SHIFT, Key::S);
    desk.type_text(place.to_str().expect("a path of text"));
    desk.click("OK");
    assert!(place.join("project.ron").is_file());
    desk.leave();
    let desk = home.sit_with(&place);
    assert_eq!(desk.annotations(), marked);
    assert_eq!(desk.titles().len(), 5);
    desk.leave();
}

#[test]
fn words_and_paragraphs_are_selected_by_clicks_and_extended_by_keys() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let line = desk.lines().into_iter().find(|line| line.paragraph == 2).expect("paragraph 2 is in view");
    let first_word = line.rect.right_center() - vec2(6.0, 0.0);
    desk.click_at(first_word, 2);
    assert_eq!(desk.selected().as_deref(), Some("قال"));
    desk.key(Modifiers::NONE, Key::Escape);
    desk.key(Modifiers::SHIFT, Key::ArrowLeft);
    desk.key(Modifiers { shift: true, ..CTRL }, Key::ArrowLeft);
    let extended = desk.selected().expect("the keys extend the selection");
    assert!(extended.starts_with("قال ") && extended.len() > "قال ".len(), "{extended}");
    desk.click_at(first_word, 3);
    let text = desk.project().documents()[0].text.as_str();
    assert_eq!(desk.selected().as_deref(), text.lines().nth(2));
    // Copying gives the text in reading order.
    let paragraph = desk.selected();
    desk.harness.event(egui::Event::Copy);
    assert_eq!(desk.copied(), paragraph);
    desk.leave();
}

#[test]
fn an_annotation_is_selected_changed_and_removed() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    desk.drag_over_line(2, 0);
    desk.type_text("متحدث");
    desk.key(Modifiers::NONE, Key::Enter);
    let made = desk.annotations().remove(0);

    // Its note.
    desk.click_field("Note");
    desk.type_text("ناطق رسمي");
    desk.click_field("Filter annotations");
    let noted = desk.annotations().remove(0);
    assert_eq!(noted.note, "ناطق رسمي");
    assert!(noted.modified > made.modified && noted.created == made.created);
    desk.key(Modifiers::NONE, Key::Escape);

    // A second tag, and the first one off.
    desk.menu("Annotate", "New tag…");
    desk.type_text("مصدر");
    desk.key(Modifiers::NONE, Key::Enter);
    desk.click_on("Tag \u{2068}مصدر\u{2069}");
    assert_eq!(desk.annotations()[0].tags.len(), 2);
    desk.click_on("Take off \u{2068}متحدث\u{2069}");
    assert_eq!(desk.annotations()[0].tags.len(), 1);

    // Its ends.
    let line = desk.drag_over_line(2, 1);
    desk.key(Modifiers::NONE, Key::Escape);
    desk.menu("Annotate", "Move the annotation to the selection");
    let moved = desk.annotations().remove(0);
    assert_eq!(moved.spans[0].start.index(), line.start);
    assert_eq!(moved.id, made.id);

    // And away with it; undo brings it back as it was.
    desk.click_on("Annotation \u{2068}");
    desk.key(Modifiers::NONE, Key::Delete);
    assert_eq!(desk.annotations().len(), 0);
    desk.key(CTRL, Key::Z);
    assert_eq!(desk.annotations(), [moved]);
    desk.leave();
}

#[test]
fn what_cannot_be_opened_is_a_sentence_in_the_window() {
    let home = Home::new();
    let empty = home.path("empty");
    let mixed = home.path("mixed");
    fs::create_dir_all(&empty).expect("a folder");
    fs::create_dir_all(&mixed).expect("a folder");
    fs::write(mixed.join("good.txt"), "نص سليم\n").expect("a file");
    fs::write(mixed.join("binary.txt"), [0u8, 1, 2, 0, 0, 255, 254, 0, 9]).expect("a file");
    let file = home.path("file.txt");
    fs::write(&file, "نص").expect("a file");
    for (path, part) in [
        (home.path("nowhere"), "Not opened"),
        (empty, "There are no text files"),
        (mixed, "could not be read"),
    ] {
        let mut desk = home.sit();
        desk.open(&path);
        desk.harness.get_by_label_contains(part);
        desk.leave();
    }
}

#[test]
fn a_wrong_guess_of_the_encoding_is_put_right_and_undone() {
    let home = Home::new();
    let folder = home.path("قديم");
    fs::create_dir_all(&folder).expect("a folder");
    let words = "بيلاروسيا وروسيا";
    let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(words);
    fs::write(folder.join("a.txt"), &*bytes).expect("a file");
    let mut desk = home.sit_with(&folder);
    desk.menu("File", "Document details…");
    desk.choose("Encoding", "windows-1252");
    assert_ne!(&*desk.project().documents()[0].text, words);
    assert_eq!(desk.project().documents()[0].source.encoding, "windows-1252");
    desk.choose("Encoding", "windows-1256");
    desk.click("Close");
    assert_eq!(&*desk.project().documents()[0].text, words);
    desk.key(CTRL, Key::Z);
    assert_ne!(&*desk.project().documents()[0].text, words);
    desk.leave();
    // The text that the last step left is there again, and undo still knows the other.
    let mut desk = home.sit_with(&folder);
    assert_ne!(&*desk.project().documents()[0].text, words);
    desk.key(CTRL_SHIFT, Key::Z);
    assert_eq!(&*desk.project().documents()[0].text, words);
    desk.leave();
}

#[test]
fn documents_are_added_and_removed_undoably() {
    let home = Home::new();
    let more = home.path("more.txt");
    fs::write(&more, "عنوان جديد\nنص").expect("a file");
    let mut desk = home.sit_with(&seeds());
    desk.menu("File", "Add documents…");
    desk.type_text(more.to_str().expect("a path of text"));
    desk.key(Modifiers::NONE, Key::Enter);
    assert_eq!(desk.titles().last().map(String::as_str), Some("عنوان جديد"));
    desk.drag_over_line(1, 0);
    desk.type_text("وسم");
    desk.key(Modifiers::NONE, Key::Enter);
    let marked = desk.annotations();
    assert_eq!(marked.len(), 1);
    desk.menu("File", "Remove document");
    assert_eq!((desk.titles().len(), desk.annotations().len()), (5, 0));
    desk.key(CTRL, Key::Z);
    assert_eq!((desk.titles().len(), desk.annotations()), (6, marked.clone()));
    desk.key(CTRL, Key::Z);
    desk.key(CTRL, Key::Z);
    assert_eq!(desk.titles().len(), 5);
    for _ in 0..2 {
        desk.key(CTRL_SHIFT, Key::Z);
    }
    assert_eq!((desk.titles().len(), desk.annotations()), (6, marked));
    desk.leave();
}

#[test]
fn files_that_are_new_in_the_folder_are_offered() {
    let home = Home::new();
    let folder = home.path("folder");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("2.txt"), "ثان").expect("a file");
    home.sit_with(&folder).leave();
    fs::write(folder.join("10.txt"), "عاشر").expect("a file");
    let mut desk = home.sit_with(&folder);
    assert_eq!(desk.titles(), ["ثان"]);
    desk.click("Add them");
    assert_eq!(desk.titles(), ["ثان", "عاشر"]);
    desk.leave();
}

#[test]
fn a_project_that_cannot_be_saved_is_not_left_without_asking() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let place = home.path("p.hashiya");
    desk.key(CTRL_SHIFT, Key::S);
    desk.type_text(place.to_str().expect("a path of text"));
    desk.click("OK");
    // The folder goes away, as a stick that is pulled out does, and a file lies in its place.
    fs::rename(&place, home.path("gone")).expect("the folder can be moved");
    fs::write(&place, "in the way").expect("a file");
    desk.drag_over_line(2, 0);
    desk.type_text("وسم");
    desk.key(Modifiers::NONE, Key::Enter);
    desk.key(CTRL, Key::Q);
    desk.wait_for("The project could not be saved");
    assert!(!desk.harness.state().bench().closed());
    desk.click("Stay here");
    assert_eq!(desk.annotations().len(), 1);
    // Put back, it is saved, and the window closes.
    fs::remove_file(&place).expect("the file can be removed");
    fs::rename(home.path("gone"), &place).expect("the folder can be moved back");
    desk.leave();
    let desk = home.sit_with(&place);
    assert_eq!(desk.annotations().len(), 1);
    desk.leave();
}

#[test]
fn the_table_is_sorted_and_filtered() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    for (paragraph, line, tag) in [(2, 0, "ب"), (2, 1, "ا"), (2, 2, "ج")] {
        desk.drag_over_line(paragraph, line);
        desk.type_text(tag);
        desk.key(Modifiers::NONE, Key::Enter);
    }
    let shown = |desk: &crate::desk::Desk| -> Vec<String> {
        let bench = desk.harness.state().bench();
        let project = bench.project().expect("a project");
        let rows = &bench.table().rows;
        (0..rows.len())
            .filter_map(|at| rows.get(project, at))
            .map(|annotation| hashiya::app::tag_names(project, annotation).concat())
            .collect()
    };
    assert_eq!(shown(&desk), ["ب", "ا", "ج"]);
    desk.click("Tags");
    assert_eq!(shown(&desk), ["ا", "ب", "ج"]);
    desk.click("Tags");
    assert_eq!(shown(&desk), ["ج", "ب", "ا"]);
    desk.click_field("Filter annotations");
    desk.type_text("ا");
    assert!(shown(&desk).contains(&"ا".to_owned()));
    desk.type_text(" لا يوجد");
    assert!(shown(&desk).is_empty());
    desk.harness.get_by_label_contains("No annotation holds these words");
    desk.leave();
}

#[test]
fn tags_are_renamed_recoloured_and_deleted_undoably() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    desk.drag_over_line(2, 0);
    desk.type_text("قديم");
    desk.key(Modifiers::NONE, Key::Enter);
    let before = desk.project().codebook().clone();
    desk.harness.get_by_label_contains("Tag \u{2068}قديم\u{2069}").click_secondary();
    desk.settle();
    desk.click("Rename, recolour, define…");
    desk.key(CTRL, Key::A);
    desk.type_text("جديد");
    desk.click_on("Colour \u{2068}5\u{2069}");
    desk.click("OK");
    let tag = desk.project().codebook().tags()[0].clone();
    assert_eq!(tag.name, "جديد");
    assert_ne!(tag.color, before.tags()[0].color);
    desk.harness.get_by_label_contains("Tag \u{2068}جديد\u{2069}").click_secondary();
    desk.settle();
    desk.click("Delete tag");
    desk.harness.get_by_label_contains("One annotation carries it");
    desk.click("Delete tag");
    assert!(desk.project().codebook().tags().is_empty());
    assert!(desk.annotations()[0].tags.is_empty());
    desk.key(CTRL, Key::Z);
    desk.key(CTRL, Key::Z);
    assert_eq!(*desk.project().codebook(), before);
    assert_eq!(desk.annotations()[0].tags, [before.tags()[0].id]);
    desk.leave();
}

#[test]
fn a_folder_dropped_on_the_window_is_opened() {
    let home = Home::new();
    let folder = home.path("dropped");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("a.txt"), "نص").expect("a file");
    let mut desk = home.sit();
    desk.drop_path(&folder);
    assert_eq!(desk.titles(), ["نص"]);
    desk.leave();
}

#[test]
fn a_click_on_a_highlight_selects_the_innermost_annotation() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let line = desk.lines().into_iter().find(|line| line.paragraph == 2).expect("paragraph 2 is in view");
    let first_word = line.rect.right_center() - vec2(6.0, 0.0);
    desk.drag_over_line(2, 0);
    desk.type_text("سطر");
    desk.key(Modifiers::NONE, Key::Enter);
    desk.click_at(first_word, 2);
    desk.type_text("كلمة");
    desk.key(Modifiers::NONE, Key::Enter);
    let (outer, inner) = {
        let mut both = desk.annotations();
        both.sort_by_key(|annotation| annotation.quote.exact.len());
        (both[1].clone(), both[0].clone())
    };
    assert_eq!(&*inner.quote.exact, "قال");
    let selected = |desk: &crate::desk::Desk| desk.harness.state().bench().annotation().map(|found| found.id);
    desk.click_at(line.rect.center(), 1);
    assert_eq!(selected(&desk), Some(outer.id));
    desk.click_at(first_word, 1);
    assert_eq!(selected(&desk), Some(inner.id));
    // Beside the words there is nothing to select.
    desk.click_at(line.rect.left_center() - vec2(14.0, 0.0), 1);
    assert_eq!(selected(&desk), None);
    // A row is copied from its menu, cells parted by tabs.
    desk.harness.get_by_label_contains("Annotation \u{2068}قال\u{2069}").click_secondary();
    desk.settle();
    desk.harness.get_by_label("Copy row").click();
    let copied = desk.copied().expect("the row is copied");
    assert_eq!(copied.split('\t').skip(1).collect::<Vec<_>>(), ["قال", "كلمة", "", "¶3"]);
    desk.leave();
}

#[test]
fn a_drag_past_the_edge_scrolls_and_keys_scroll_too() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let first = desk.lines()[0].clone();
    desk.hold_at(first.rect.right_center() - vec2(2.0, 0.0));
    let column = first.rect.center().x;
    desk.move_to(egui::pos2(column, 300.0));
    desk.move_to(egui::pos2(column, 700.0));
    for _ in 0..200 {
        desk.harness.step();
    }
    assert!(desk.lines()[0].paragraph > 0, "the page has moved");
    desk.release_at(egui::pos2(column, 700.0));
    let selected = desk.selected().expect("text is selected");
    assert!(selected.lines().count() > 5, "{} paragraphs", selected.lines().count());
    desk.key(Modifiers::NONE, Key::Escape);
    desk.key(CTRL, Key::Home);
    assert_eq!(desk.lines()[0].paragraph, 0);
    desk.key(Modifiers::NONE, Key::PageDown);
    assert!(desk.lines()[0].paragraph > 0);
    desk.leave();
}

#[test]
fn the_text_grows_and_shrinks_and_stays_where_it_was_read() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let size = |desk: &crate::desk::Desk| desk.harness.state().bench().view().text_size;
    let before = size(&desk);
    desk.key(CTRL, Key::Plus);
    desk.key(CTRL, Key::Equals);
    assert_eq!(size(&desk), before + 2.0);
    desk.key(CTRL, Key::Minus);
    assert_eq!(size(&desk), before + 1.0);
    desk.key(CTRL, Key::Num0);
    assert_eq!(size(&desk), before);
    let line = desk.lines()[3].rect.center();
    desk.move_to(line);
    desk.harness.event_modifiers(
        egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Line,
            delta: vec2(0.0, 3.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: CTRL,
        },
        CTRL,
    );
    desk.settle();
    assert!(size(&desk) > before, "Ctrl and the wheel make it larger");
    desk.leave();
}

#[test]
fn an_export_never_falls_on_the_project_or_on_a_file_that_is_there() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let place = desk.harness.state().bench().open().expect("a project is open").place.clone();
    let taken = home.path("taken.csv");
    fs::write(&taken, "mine").expect("a file");
    let codebook = fs::read(place.join("codebook.ron")).expect("the codebook");
    for (path, part) in [(place.join("codebook.ron"), "own folder"), (taken.clone(), "is there already")] {
        desk.menu("File", "Export…");
        desk.click("Choose a file…");
        desk.type_text(path.to_str().expect("a path of text"));
        desk.key(Modifiers::NONE, Key::Enter);
        desk.harness.get_by_label_contains(part);
    }
    assert_eq!(fs::read(place.join("codebook.ron")).expect("the codebook"), codebook);
    assert_eq!(fs::read(&taken).expect("the file"), b"mine");
    desk.leave();
}

#[test]
fn a_second_window_reads_only_and_says_who_has_the_project() {
    let home = Home::new();
    let mut first = home.sit_with(&seeds());
    let mut second = home.sit_with(&seeds());
    second.harness.get_by_label_contains("has this project open");
    second.drag_over_line(1, 0);
    assert!(second.selected().is_some());
    assert!(!second.harness.state().bench().offering(), "no tags are offered");
    second.key(CTRL, Key::T);
    assert!(!second.harness.state().bench().offering());
    second.leave();
    first.drag_over_line(2, 0);
    first.type_text("وسم");
    first.key(Modifiers::NONE, Key::Enter);
    assert_eq!(first.annotations().len(), 1);
    first.leave();
}

#[test]
fn undo_goes_back_to_the_document_that_was_removed() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let titles = desk.titles();
    let open = |desk: &crate::desk::Desk| {
        desk.harness.state().bench().document().map(|document| document.title.clone()).unwrap_or_default()
    };
    desk.click_on(&format!("Document \u{2068}{}\u{2069}", titles[2]));
    desk.menu("File", "Remove document");
    assert_eq!(open(&desk), titles[3]);
    desk.key(CTRL, Key::Z);
    assert_eq!(open(&desk), titles[2]);
    desk.leave();
}

#[test]
fn an_empty_document_and_an_emptied_project_say_so() {
    let home = Home::new();
    let folder = home.path("leer");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("a.txt"), "").expect("a file");
    let mut desk = home.sit_with(&folder);
    assert_eq!(desk.titles(), ["a.txt"]);
    desk.harness.get_by_label("This document is empty.");
    desk.menu("File", "Remove document");
    desk.harness.get_by_label("Choose a document from the list.");
    desk.leave();
    // The reader emptied it: nothing is wrong with the folder, and nothing is said of it.
    let desk = home.sit_with(&folder);
    assert!(desk.titles().is_empty());
    assert!(desk.harness.query_by_label_contains("There are no text files").is_none());
    desk.leave();
}
