//! A project that others have open too: what they do is shown, nothing of theirs is touched, and where both changed the same the reader
//! chooses.

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use hashiya::app::{Action, Command};
use hashiya::model::TagId;

use crate::desk::{Desk, Home, seeds};

/// A project of the seeds with a place of its own, saved and left.
fn project(home: &Home) -> std::path::PathBuf {
    let mut desk = home.sit_with(&seeds());
    let place = home.path("shared.hashiya");
    act(&mut desk, Action::Picked(hashiya::app::Pick::SaveAs, vec![place.clone()]));
    desk.wait_for("The project is now kept in");
    desk.leave();
    place
}

fn act(desk: &mut Desk, action: Action) {
    desk.harness.state_mut().bench_mut().act(action);
    desk.settle();
}

/// Marks the beginning of the paragraph of a line in view with a new tag, and saves.
fn mark(desk: &mut Desk, line: usize, tag: &str) {
    let paragraph = desk.lines()[line].paragraph;
    desk.drag_over_line(paragraph, 0);
    act(desk, Action::ApplyNewTag(tag.to_owned()));
    act(desk, Action::Run(Command::Save));
}

fn said(desk: &Desk) -> Vec<&'static str> {
    desk.harness.state().bench().notices().iter().map(|notice| notice.message.key).collect()
}

fn is_enabled(desk: &Desk, name: &str) -> bool {
    !desk.harness.get_by_label(name).accesskit_node().is_disabled()
}

#[test]
fn what_another_coder_marks_is_shown_and_is_theirs() {
    let home = Home::new();
    let place = project(&home);
    let (mut sara, mut mona) = (home.sit_as("Sara"), home.sit_as("Mona"));
    sara.open(&place);
    mona.open(&place);
    mark(&mut sara, 1, "حدث");
    act(&mut mona, Action::LookRound);
    mona.wait_for("by \u{2068}Sara\u{2069}");
    assert_eq!(mona.annotations(), sara.annotations());
    assert_eq!(mona.project().codebook(), sara.project().codebook());
    assert!(said(&mona).contains(&"notice-merged"));

    // It is Sara's: its card only shows it, and no key changes it.
    let one = mona.annotations().remove(0);
    act(&mut mona, Action::SelectAnnotation { document: one.document, id: one.id, reveal: true });
    mona.harness.get_by_label_contains("By \u{2068}Sara");
    assert!(!is_enabled(&mona, "Delete"));
    assert!(mona.harness.query_by_label("+ tag").is_none());
    mona.key(Modifiers::NONE, Key::Delete);
    act(&mut mona, Action::SetNote(one.document, one.id, "كلام".into()));
    act(&mut mona, Action::RemoveAnnotation(one.document, one.id));
    mona.harness.get_by_label_contains("only \u{2068}Sara\u{2069} changes it");
    assert_eq!(mona.annotations(), std::slice::from_ref(&one));

    // What came of others is no part of Mona's history but for the codebook, and undo leaves Sara's mark.
    mark(&mut mona, 9, "رأي");
    for _ in 0..3 {
        act(&mut mona, Action::Run(Command::Undo));
    }
    assert_eq!(mona.annotations(), [one]);
    act(&mut mona, Action::Run(Command::Save));
    act(&mut sara, Action::LookRound);
    let theirs = mona.annotations();
    assert_eq!(sara.annotations(), theirs);
    mona.leave();
    sara.leave();
}

#[test]
fn a_tag_removed_by_one_coder_stays_marked_while_another_uses_it() {
    let home = Home::new();
    let place = project(&home);
    let (mut sara, mut mona) = (home.sit_as("Sara"), home.sit_as("Mona"));
    sara.open(&place);
    mark(&mut sara, 1, "حدث");
    mona.open(&place);
    let tag = mona.project().codebook().tags()[0].clone();
    // Mona sees that others use it, removes it all the same, and it stays, marked.
    act(&mut mona, Action::Show(hashiya::app::Dialog::RemoveTag(tag.id)));
    mona.harness.get_by_label_contains("One annotation of another coder");
    mona.click("Delete tag");
    assert!(mona.project().codebook().tags()[0].withdrawn);
    mona.harness.get_by_label_contains("removed and still used");
    act(&mut mona, Action::Run(Command::Save));
    act(&mut sara, Action::LookRound);
    sara.wait_for("removed and still used");
    // An annotation with a tag that no codebook has is shown with it.
    let unknown: TagId = "00000000-0000-7000-8000-00000badcafe".parse().expect("an id");
    sara.sync(&place, "annotations", |table| table.replace(&tag.id.to_string(), &unknown.to_string()));
    sara.wait_for("Annotation \u{2068}");
    while sara.annotations()[0].tags != [unknown] {
        sara.settle();
    }
    // In the table, in the gloss, and on the card.
    let shown = sara.harness.query_all_by_label_contains("unknown tag \u{2068}0badcafe").count();
    assert!(shown >= 3, "{shown}");
    mona.leave();
    sara.leave();
}

#[test]
fn what_both_sides_changed_is_asked_about_and_nothing_is_saved_before() {
    let home = Home::new();
    let place = project(&home);
    for (choice, note) in [("As it is here", "من هنا"), ("As it is outside this window", "من هناك")]
    {
        let mut desk = home.sit_as("Sara");
        desk.open(&place);
        if desk.annotations().is_empty() {
            mark(&mut desk, 1, "حدث");
        }
        let one = desk.annotations().remove(0);
        let set = |note: &str| Action::SetNote(one.document, one.id, note.to_owned());
        act(&mut desk, set("قديم"));
        act(&mut desk, Action::Run(Command::Save));
        act(&mut desk, set("من هنا"));
        desk.sync(&place, "annotations", |table| table.replace("قديم", "من هناك"));
        desk.wait_for("Changed on both sides");
        desk.harness.get_by_label_contains("As it is here").focus();
        // Put away, the question waits; so does the save.
        desk.key(Modifiers::NONE, Key::Escape);
        assert!(desk.harness.query_by_label_contains("Changed on both sides").is_none());
        desk.wait_for("not saved: a choice is waiting");
        act(&mut desk, Action::Run(Command::Save));
        desk.wait_for("Changed on both sides");
        assert!(!is_enabled(&desk, "Take over"));
        // By the keyboard alone.
        desk.harness.get_by_label_contains(choice).focus();
        desk.settle();
        desk.key(Modifiers::NONE, Key::Space);
        desk.click("Take over");
        desk.settle();
        assert_eq!(desk.annotations()[0].note, note);
        assert!(desk.harness.state().bench().conflicts().is_empty());
        desk.leave();
        let mut again = home.sit_as("Sara");
        again.open(&place);
        assert_eq!(again.annotations()[0].note, note);
        again.leave();
    }
}

#[test]
fn a_second_window_follows_the_first_and_takes_over_when_it_closes() {
    let home = Home::new();
    let place = project(&home);
    let (mut first, mut second) = (home.sit_as("Sara"), home.sit_as("Sara"));
    first.open(&place);
    second.open(&place);
    second.harness.get_by_label_contains("has this project open in another window");
    act(&mut second, Action::Dismiss(0));
    // The second look is the first that can tell a difference.
    std::thread::sleep(std::time::Duration::from_secs(5));
    mark(&mut first, 1, "حدث");
    second.wait_for("Annotation \u{2068}");
    assert_eq!(second.annotations(), first.annotations());
    assert!(second.harness.state().bench().is_read_only());
    assert_eq!(said(&second), [""; 0], "what was told once is not told again");
    first.leave();
    second.wait_for("it can be changed here now");
    assert!(!second.harness.state().bench().is_read_only());
    second.leave();
}
