//! New versions of documents: what the person sees and decides, and that undo brings everything back.

use std::fs;
use std::path::PathBuf;

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use super::desk::{Desk, Home};
use hashiya::app::{Action, Pick};
use hashiya::model::Annotation;

const CTRL: Modifiers = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };

const FIRST: &str = "زار الرئيس مدينة حلب يوم الأحد.";
const SECOND: &str = "ثم عقد فيها اجتماعا طويلا مع وجهاء المدينة وتجارها.";
const THIRD: &str = "وعاد في المساء إلى دمشق على متن طائرته الخاصة.";

fn text(paragraphs: &[&str]) -> String {
    paragraphs.join("\n\n")
}

/// A folder with one document, and a window on it.
fn desk_with(home: &Home, paragraphs: &[&str]) -> (PathBuf, Desk) {
    let folder = home.path("مصدر");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("خبر.txt"), text(paragraphs)).expect("a file");
    let desk = home.sit_with(&folder);
    (folder, desk)
}

/// Marks a paragraph (from 0) as a whole.
fn mark(desk: &mut Desk, paragraph: usize) {
    desk.drag_over_line(paragraph, 0);
    desk.type_text("وسم");
    desk.key(Modifiers::NONE, Key::Enter);
}

fn quotes(desk: &Desk) -> Vec<String> {
    desk.annotations().iter().map(|annotation| annotation.quote.exact.to_string()).collect()
}

/// Every annotation stands where it says.
fn assert_whole(desk: &Desk) {
    for document in desk.project().documents() {
        for annotation in desk.project().table(document.id).iter() {
            assert_eq!(document.text.quote(&annotation.spans), annotation.quote);
        }
    }
}

fn choose_file(desk: &mut Desk, path: &std::path::Path) {
    desk.menu("File", "Update document…");
    desk.click("Choose a file…");
    desk.type_text(path.to_str().expect("a path of text"));
    desk.key(Modifiers::NONE, Key::Enter);
    desk.settle();
}

/// Selects a line (from 0, and as seen) of the new text by a triple click, which takes the whole paragraph.
fn select_line_of_field(desk: &mut Desk, line: usize) {
    let is_field = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        node.role() == egui::accesskit::Role::MultilineTextInput
            && node.label().is_some_and(|name| name.starts_with("In the new text"))
    };
    let rect = desk.harness.get_by(is_field).rect();
    let height = rect.height() / 6.0;
    desk.click_at(egui::pos2(rect.right() - 40.0, rect.top() + (line as f32 + 0.5) * height), 3);
}

/// Whether something is called so, the isolates around what is filled in aside.
fn shows(desk: &Desk, part: &str) -> bool {
    let is_isolate = |c: char| ('\u{2066}'..='\u{2069}').contains(&c);
    desk.harness.root().children_recursive().any(|node| {
        let node = node.accesskit_node();
        let words = [node.label(), node.value()];
        words.into_iter().flatten().any(|words| words.replace(is_isolate, "").contains(part))
    })
}

#[test]
fn a_new_version_takes_its_annotations_along_and_undo_brings_the_old_one_back_after_a_restart() {
    let home = Home::new();
    let (folder, mut desk) = desk_with(&home, &[FIRST, SECOND, THIRD]);
    mark(&mut desk, 0);
    mark(&mut desk, 2);
    mark(&mut desk, 4);
    let before: Vec<Annotation> = desk.annotations();
    assert_eq!(before.len(), 3);
    // The paragraphs change places, one of them gets a word more, and one goes.
    let longer = SECOND.replace("طويلا", "طويلا ومثمرا");
    let new = home.path("جديد.txt");
    fs::write(&new, text(&["تحديث: هذا نص معدل.", &longer, FIRST])).expect("a file");
    choose_file(&mut desk, &new);
    assert_eq!(desk.annotations(), before, "nothing moves before it is decided");
    assert!(shows(&desk, "To decide 1") && shows(&desk, "Likely 1") && shows(&desk, "Sure 1"));
    // What was not found has to be decided upon before anything can be done.
    let update = desk.harness.get_by_label("Update");
    assert!(update.accesskit_node().is_disabled());
    desk.click("Drop");
    desk.click("Update");
    assert_eq!(quotes(&desk), [longer.as_str(), FIRST]);
    assert_eq!(&*desk.project().documents()[0].text, text(&["تحديث: هذا نص معدل.", &longer, FIRST]));
    assert_whole(&desk);
    desk.leave();
    // The earlier text is kept, and undo knows the way back.
    let mut desk = home.sit_with(&folder);
    assert!(!shows(&desk, "new file"), "the file of the earlier text is no new one");
    assert_eq!(quotes(&desk), [longer.as_str(), FIRST]);
    desk.menu("File", "Document details…");
    assert!(shows(&desk, "One earlier text is kept"));
    desk.click("Show");
    assert!(shows(&desk, "Earlier text of") && shows(&desk, THIRD));
    desk.click("Close");
    desk.key(CTRL, Key::Z);
    assert_eq!(desk.annotations(), before);
    assert_eq!(&*desk.project().documents()[0].text, text(&[FIRST, SECOND, THIRD]));
    desk.key(CTRL | Modifiers::SHIFT, Key::Z);
    assert_eq!(quotes(&desk), [longer.as_str(), FIRST]);
    desk.leave();
}

#[test]
fn what_is_not_found_can_be_placed_by_hand_and_cancel_leaves_everything() {
    let home = Home::new();
    let (_, mut desk) = desk_with(&home, &[FIRST, SECOND, THIRD]);
    mark(&mut desk, 2);
    let before = desk.annotations();
    let new = home.path("جديد.txt");
    let other = "وجرى بعد ذلك لقاء قصير بأهل السوق.";
    fs::write(&new, text(&[FIRST, other, THIRD])).expect("a file");
    choose_file(&mut desk, &new);
    assert!(shows(&desk, "To decide 1"));
    desk.key(Modifiers::NONE, Key::Escape);
    assert_eq!(desk.annotations(), before);
    assert_eq!(&*desk.project().documents()[0].text, text(&[FIRST, SECOND, THIRD]));

    choose_file(&mut desk, &new);
    assert!(shows(&desk, "unsure: much changed"));
    // The paragraph in its place is proposed; the reader knows better.
    select_line_of_field(&mut desk, 0);
    desk.click("Place at the selection");
    assert!(shows(&desk, "placed by hand"));
    desk.click("Update");
    assert_eq!(quotes(&desk), [FIRST]);
    assert_whole(&desk);
    // It is one step.
    desk.key(CTRL, Key::Z);
    assert_eq!(desk.annotations(), before);
    desk.leave();
}

#[test]
fn the_same_text_and_an_unreadable_file_change_nothing_and_say_so() {
    let home = Home::new();
    let (folder, mut desk) = desk_with(&home, &[FIRST]);
    choose_file(&mut desk, &folder.join("خبر.txt"));
    desk.wait_for("there is nothing to update");
    choose_file(&mut desk, &home.path("لا شيء.txt"));
    desk.wait_for("was not updated");
    assert_eq!(&*desk.project().documents()[0].text, FIRST);
    desk.leave();
}

#[test]
fn whatever_file_is_chosen_the_reader_is_told_what_comes_of_it() {
    let home = Home::new();
    let (folder, mut desk) = desk_with(&home, &[FIRST, SECOND, THIRD]);
    mark(&mut desk, 0);
    let before = desk.annotations();
    let old = text(&[FIRST, SECOND, THIRD]);
    let new = home.path("جديد.txt");

    // No text at all.
    fs::write(&new, [0x7f, b'E', b'L', b'F', 0, 0, 0, 0, 1, 0, 0xff, 0xfe]).expect("a file");
    choose_file(&mut desk, &new);
    desk.wait_for("was not updated");
    choose_file(&mut desk, &folder);
    desk.wait_for("was not updated");
    assert_eq!(&*desk.project().documents()[0].text, old);

    // The same words in the encoding of Windows, one of them more.
    let longer = format!("عاجل: {old}");
    let (bytes, _, is_lossy) = encoding_rs::WINDOWS_1256.encode(&longer);
    assert!(!is_lossy);
    fs::write(&new, &bytes).expect("a file");
    choose_file(&mut desk, &new);
    assert!(shows(&desk, "To decide 0") && shows(&desk, "Sure 1"));
    // What was compared is what is put in place, whatever becomes of the file meanwhile.
    fs::remove_file(&new).expect("a file to remove");
    desk.click("Update");
    assert_eq!(&*desk.project().documents()[0].text, longer);
    assert_eq!(desk.project().documents()[0].source.encoding, "windows-1256");
    assert_eq!(quotes(&desk), [FIRST]);

    // An empty file is an empty document: nothing has a place in it, and all is dropped only because the reader says so.
    fs::write(&new, "").expect("a file");
    choose_file(&mut desk, &new);
    assert!(shows(&desk, "To decide 1"));
    desk.click("Drop all not found");
    desk.click("Update");
    assert_eq!((desk.annotations().len(), desk.project().documents()[0].text.len()), (0, 0));

    // The document's own source file has the first text still.
    desk.key(CTRL, Key::Z);
    desk.key(CTRL, Key::Z);
    assert_eq!(desk.annotations(), before);
    fs::write(folder.join("خبر.txt"), &longer).expect("a file");
    desk.menu("File", "Update document…");
    desk.click("Read the source file");
    desk.click("Update");
    assert_eq!(&*desk.project().documents()[0].text, longer);
    assert_whole(&desk);
    desk.leave();
}

#[test]
fn the_source_folder_is_looked_through_for_changes() {
    let home = Home::new();
    let folder = home.path("مصدر");
    fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in [("1.txt", FIRST), ("2.txt", SECOND), ("3.txt", THIRD)] {
        fs::write(folder.join(name), text).expect("a file");
    }
    let mut desk = home.sit_with(&folder);
    mark(&mut desk, 0);
    desk.menu("File", "Look for changes in the source folder");
    desk.wait_for("Nothing changed");
    fs::write(folder.join("1.txt"), format!("عاجل: {FIRST}")).expect("a file");
    fs::write(folder.join("2.txt"), format!("{SECOND} انتهى.")).expect("a file");
    fs::remove_file(folder.join("3.txt")).expect("a file to remove");
    fs::write(folder.join("4.txt"), "خبر جديد").expect("a file");
    desk.menu("File", "Look for changes in the source folder");
    desk.settle();
    for words in ["2 files changed", "One new file", "One file is gone"] {
        assert!(shows(&desk, words), "{words}");
    }
    desk.click("Compare what changed");
    desk.settle();
    assert!(shows(&desk, "Update 2 documents") && shows(&desk, "Sure 1"));
    desk.click("Update");
    // Back to what else there is.
    assert!(!shows(&desk, "files changed") && shows(&desk, "One new file"));
    desk.click("Add what is new");
    desk.click("Close");
    let texts: Vec<String> =
        desk.project().documents().iter().map(|document| document.text.to_string()).collect();
    assert_eq!(
        texts,
        [format!("عاجل: {FIRST}"), format!("{SECOND} انتهى."), THIRD.to_owned(), "خبر جديد".to_owned()]
    );
    assert_eq!(quotes(&desk), [FIRST]);
    assert_whole(&desk);
    // The additions are one step, and both updates together are one.
    desk.key(CTRL, Key::Z);
    desk.key(CTRL, Key::Z);
    assert_eq!(&*desk.project().documents()[1].text, SECOND);
    assert_eq!(&*desk.project().documents()[0].text, FIRST);
    assert_eq!(quotes(&desk), [FIRST]);
    desk.leave();
}

#[test]
fn a_renamed_file_is_followed_and_one_that_changed_too_is_compared_first() {
    let home = Home::new();
    let folder = home.path("مصدر");
    fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in [("1.txt", FIRST), ("2.txt", SECOND), ("3.txt", THIRD)] {
        fs::write(folder.join(name), text).expect("a file");
    }
    let mut desk = home.sit_with(&folder);
    mark(&mut desk, 0);
    let marks = desk.annotations();
    let sources = |desk: &Desk| -> Vec<String> {
        desk.project().documents().iter().map(|document| document.source.path.clone()).collect()
    };
    fs::rename(folder.join("1.txt"), folder.join("زيارة.txt")).expect("renamed");
    fs::remove_file(folder.join("2.txt")).expect("a file to remove");
    fs::write(folder.join("اجتماع.txt"), format!("{SECOND} انتهى.")).expect("a file");
    fs::remove_file(folder.join("3.txt")).expect("a file to remove");
    fs::write(folder.join("رجوع.txt"), format!("عاجل: {THIRD}")).expect("a file");
    desk.menu("File", "Look for changes in the source folder");
    desk.settle();
    for words in ["One file has another name", "renamed from 1.txt to زيارة.txt", "2 files may be renamed"]
    {
        assert!(shows(&desk, words), "{words}");
    }
    assert!(!shows(&desk, "gone") && !shows(&desk, "new file"));
    desk.click("Take over the new name");
    assert_eq!(sources(&desk), ["زيارة.txt", "2.txt", "3.txt"]);
    assert_eq!(desk.annotations(), marks);
    // What is unsure waits: the one is compared, and then is what it was with another text …
    assert!(!shows(&desk, "renamed from 1.txt"));
    desk.click_on("Compare: اجتماع.txt");
    desk.key(Modifiers::NONE, Key::Escape);
    assert!(shows(&desk, "renamed from 2.txt to اجتماع.txt"), "who does not update may still do so");
    desk.click_on("Compare: اجتماع.txt");
    desk.click("Update");
    assert_eq!(sources(&desk), ["زيارة.txt", "اجتماع.txt", "3.txt"]);
    // … and the other is said to be new.
    desk.click_on("It is new: رجوع.txt");
    assert!(shows(&desk, "One new file") && shows(&desk, "One file is gone"));
    desk.click("Add what is new");
    desk.click("Close");
    assert_eq!(sources(&desk), ["زيارة.txt", "اجتماع.txt", "3.txt", "رجوع.txt"]);
    for _ in 0..3 {
        desk.key(CTRL, Key::Z);
    }
    assert_eq!(sources(&desk), ["1.txt", "2.txt", "3.txt"]);
    assert_eq!(desk.annotations(), marks);
    assert_whole(&desk);
    desk.leave();
}

/// Puts away what stands over the page.
fn put_notices_away(desk: &mut Desk) {
    let bench = desk.harness.state_mut().bench_mut();
    while !bench.notices().is_empty() {
        bench.act(Action::Dismiss(0));
    }
    desk.settle();
}

#[test]
fn what_others_marked_goes_only_where_the_reader_says_how_much_of_whose_it_is() {
    let home = Home::new();
    let folder = home.path("مصدر");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("خبر.txt"), text(&[FIRST, SECOND, THIRD])).expect("a file");
    let place = home.path("فريق.hashiya");
    for coder in ["ليلى", "منى"] {
        let mut desk = home.sit_as(coder);
        if coder == "ليلى" {
            desk.open(&folder);
            let save = Action::Picked(Pick::SaveAs, vec![place.clone()]);
            desk.harness.state_mut().bench_mut().act(save);
            desk.wait_for("The project is now kept in");
            put_notices_away(&mut desk);
            mark(&mut desk, 0);
        } else {
            desk.open(&place);
        }
        put_notices_away(&mut desk);
        mark(&mut desk, 2);
        desk.leave();
    }
    let mut desk = home.sit_with(&place);
    put_notices_away(&mut desk);
    mark(&mut desk, 4);
    let before = desk.annotations();
    assert_eq!(before.len(), 4);
    let update_is_enabled = |desk: &Desk| !desk.harness.get_by_label("Update").accesskit_node().is_disabled();
    // Only the first paragraph is left, and what stands in the place of the others is not what was marked.
    let new = home.path("جديد.txt");
    fs::write(&new, text(&[FIRST, "Nothing else is known."])).expect("a file");
    choose_file(&mut desk, &new);
    assert!(shows(&desk, "To decide 3") && shows(&desk, "Sure 1"));
    assert!(shows(&desk, "marked by منى"), "whose it is stands beside it");
    // No button takes what is unsure along.
    assert!(!shows(&desk, "Accept all"));
    desk.click("Drop all not found");
    assert!(!shows(&desk, "to decide"), "everything is decided upon");
    assert!(!update_is_enabled(&desk), "but nobody agreed yet");
    assert!(shows(&desk, "2 annotations by others will be removed: 1 by ليلى، 1 by منى"));
    let tick = |desk: &mut Desk| desk.click_on("will be removed");
    tick(&mut desk);
    assert!(update_is_enabled(&desk));
    tick(&mut desk);
    assert!(!update_is_enabled(&desk));
    tick(&mut desk);
    // Whoever decides otherwise has to agree again: to other numbers.
    select_line_of_field(&mut desk, 0);
    desk.click("Place at the selection");
    assert!(shows(&desk, "one annotation by ليلى will be removed") && !update_is_enabled(&desk));
    tick(&mut desk);
    desk.click("Update");
    let mut whose: Vec<String> = desk.annotations().iter().map(|one| one.coder.name().to_owned()).collect();
    whose.sort();
    assert_eq!((whose, quotes(&desk)), (vec!["ليلى".into(), "منى".into()], vec![FIRST.to_owned(); 2]));
    let told = "One of the annotations that were dropped was by ليلى";
    assert!(shows(&desk, told));
    assert_whole(&desk);
    // What is told of it stays while it is done, and goes when it is undone.
    mark(&mut desk, 2);
    desk.key(CTRL, Key::Z);
    assert!(shows(&desk, told));
    desk.key(CTRL, Key::Z);
    assert!(!shows(&desk, told) && !shows(&desk, "was updated"));
    assert_eq!(desk.annotations(), before);
    desk.leave();
}
