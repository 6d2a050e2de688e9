//! The menu on a field.

use egui::accesskit::Role;
use egui::{Event, Modifiers, PointerButton, Pos2, ViewportCommand, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;

fn open_at(harness: &mut Harness<'_, Desk>, at: Pos2) {
    harness.hover_at(at);
    for pressed in [true, false] {
        let button = PointerButton::Secondary;
        harness.event(Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
    }
    harness.run();
}

fn choose(harness: &mut Harness<'_, Desk>, item: &str) {
    harness.get_by_role_and_label(Role::MenuItem, item).click();
    harness.run();
}

fn is_enabled(harness: &Harness<'_, Desk>, item: &str) -> bool {
    !harness.get_by_role_and_label(Role::MenuItem, item).accesskit_node().is_disabled()
}

#[test]
fn its_items_do_what_they_say() {
    let mut harness = desk("قال نعم", None);
    let rect = harness.get_by_label("Note").rect();
    let on_last_word = pos2(rect.right() - 40.0, rect.center().y);
    open_at(&mut harness, on_last_word);
    let all = ["Cut", "Copy", "Paste", "Select all"];
    assert_eq!(all.map(|item| is_enabled(&harness, item)), [false, false, true, true]);
    choose(&mut harness, "Select all");
    assert!(harness.get_by_label("Note").is_focused());

    // On what is selected, the selection stays.
    open_at(&mut harness, on_last_word);
    assert_eq!(all.map(|item| is_enabled(&harness, item)), [true; 4]);
    harness.get_by_role_and_label(Role::MenuItem, "Copy").click();
    harness.step();
    assert_eq!(copied(&harness), ["قال نعم"]);
    harness.run();
    open_at(&mut harness, on_last_word);
    harness.get_by_role_and_label(Role::MenuItem, "Cut").click();
    harness.step();
    assert_eq!(copied(&harness), ["قال نعم"]);
    harness.run();
    assert_eq!(harness.state().text, "");

    // Pasting is asked of the system, and goes where the caret is.
    open_at(&mut harness, on_last_word);
    assert_eq!(all.map(|item| is_enabled(&harness, item)), [false, false, true, false]);
    harness.get_by_role_and_label(Role::MenuItem, "Paste").click();
    harness.step();
    let commands = &harness.output().viewport_output[&egui::ViewportId::ROOT].commands;
    assert!(commands.contains(&ViewportCommand::RequestPaste), "{commands:?}");
    harness.run();
    assert!(harness.get_by_label("Note").is_focused());
    event(&mut harness, Event::Paste("ثم".into()));
    assert_eq!(harness.state().text, "ثم");
}

#[test]
fn beside_the_selection_it_speaks_of_the_place() {
    let mut harness = focused("قال نعم", None);
    press(&mut harness, Modifiers::SHIFT, &[Key::ArrowRight]);
    let rect = harness.get_by_label("Note").rect();
    open_at(&mut harness, pos2(rect.right() - 2.0, rect.center().y));
    assert!(!is_enabled(&harness, "Copy"));
    // Escape puts the menu away and nothing else; again, it gives the field up.
    press(&mut harness, Modifiers::NONE, &[Key::Escape]);
    assert!(harness.query_by_label("Copy").is_none());
    assert!(harness.get_by_label("Note").is_focused());
    press(&mut harness, Modifiers::NONE, &[Key::Escape]);
    assert!(!harness.get_by_label("Note").is_focused());
    click(&mut harness, pos2(rect.right() - 2.0, rect.center().y));
    type_text(&mut harness, "x");
    assert_eq!(harness.state().text, "xقال نعم");
}

#[test]
fn what_is_switched_off_has_no_menu() {
    let mut harness = desk("قال نعم", None);
    harness.state_mut().enabled = false;
    harness.run();
    let at = harness.get_by_label("Note").rect().center();
    open_at(&mut harness, at);
    assert!(harness.query_by_label("Paste").is_none());
}
