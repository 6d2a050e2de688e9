//! A window that nobody touches asks for no frame: it uses no processor, with a screen reader listening too.

use std::time::Duration;

use egui::{Key, Modifiers, ViewportId};
use egui_kittest::kittest::Queryable as _;

use hashiya::app::{Action, Command};

use crate::desk::{Desk, Home, seeds};

/// A caret blinks for 5 s, a note is written down after 1 s, a tooltip comes after 0.4 s; then there is nothing left to wait for.
const LONG: f64 = 7.0;
/// What is saved in the end: the project, and how the window looks.
const SAVES: usize = 2;
/// Seconds from one frame to the next meanwhile.
const STEP: f64 = 0.2;

/// Leaves the window alone for a while, and holds that it then rests for good. What it saves by itself after a while, by a real clock, it
/// wants a frame for; each of these is waited for.
#[track_caller]
fn rests(desk: &mut Desk, place: &str) {
    desk.harness.state_mut().bench_mut().act(Action::Run(Command::Save));
    desk.settle();
    let mut passed = 0.0;
    while passed < LONG {
        passed += STEP;
        let now = desk.harness.ctx.input(|input| input.time);
        desk.harness.input_mut().time = Some(now + STEP);
        desk.harness.step();
    }
    desk.harness.input_mut().time = None;
    // A note was written down meanwhile.
    desk.harness.state_mut().bench_mut().act(Action::Run(Command::Save));
    desk.settle();
    let delay = |desk: &mut Desk| {
        desk.harness.step();
        desk.harness.output().viewport_output[&ViewportId::ROOT].repaint_delay
    };
    for _ in 0..SAVES {
        let wanted = delay(desk);
        if wanted < Duration::from_secs(3) {
            std::thread::sleep(wanted + Duration::from_millis(5));
            desk.settle();
        }
    }
    for _ in 0..3 {
        assert_eq!(delay(desk), Duration::MAX, "{place}: when the next frame is wanted");
    }
}

#[test]
fn an_idle_window_repaints_nothing() {
    let home = Home::new();
    let mut desk = home.sit();
    rests(&mut desk, "the start");
    desk.open(&seeds());
    rests(&mut desk, "a project");

    for name in ["Filter documents", "Filter annotations"] {
        desk.click_field(name);
        desk.type_text("ال");
        rests(&mut desk, name);
        desk.key(Modifiers { ctrl: true, command: true, ..Modifiers::NONE }, Key::A);
        desk.key(Modifiers::NONE, Key::Delete);
    }
    let line = desk.lines()[3].rect.center();
    desk.click_at(line, 1);
    rests(&mut desk, "a caret in the text");
    desk.click_at(line, 2);
    rests(&mut desk, "the tags on offer");
    desk.type_text("وسم");
    rests(&mut desk, "a tag being typed");
    desk.key(Modifiers::NONE, Key::Enter);
    rests(&mut desk, "an annotation and its card");
    desk.click_field("Note");
    desk.type_text("كلمة");
    rests(&mut desk, "a note that was written");
    desk.harness.get_by_label_contains("Document \u{2068}الكرملين").hover();
    rests(&mut desk, "a title under the pointer");
    desk.click("View");
    rests(&mut desk, "an open menu");
    desk.key(Modifiers::NONE, Key::Escape);
    desk.key(Modifiers { ctrl: true, command: true, ..Modifiers::NONE }, Key::F);
    desk.type_text("روسيا");
    rests(&mut desk, "words that were found");
    desk.key(Modifiers::NONE, Key::Escape);
    let mut dialogs = 0;
    let leaves = |command| matches!(command, Command::New | Command::Quit | Command::RemoveDocument);
    for &command in Command::ALL.iter().filter(|&&command| !leaves(command)) {
        desk.harness.state_mut().bench_mut().act(Action::Run(command));
        desk.settle();
        if desk.harness.state().bench().dialog().is_some() {
            rests(&mut desk, &format!("the dialog of {command:?}"));
            desk.harness.state_mut().bench_mut().act(Action::CloseDialog);
            dialogs += 1;
        }
    }
    assert!(dialogs > 4, "{dialogs} dialogs");
    desk.leave();
}
