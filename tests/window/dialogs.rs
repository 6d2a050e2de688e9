//! Dialogs are as high as what they show: no higher because they showed more before, and no lower because they showed less.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Id, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hashiya::app::importing::{Case, Found, Report};
use hashiya::app::{Action, Dialog, ExportPlan, ImportPlan, Incoming, TAG_COLORS, TagDraft, Then};
use hashiya::exchange::Format;
use hashiya::model::Edit;

use crate::desk::{Desk, Home, seeds};

/// How high the dialog is that is open, in points.
fn height(desk: &Desk) -> f32 {
    let dialog = desk.harness.state().bench().dialog().expect("a dialog is open");
    let id = Id::unique("dialog").with(std::mem::discriminant(dialog));
    desk.harness.ctx.memory(|memory| memory.area_rect(id)).expect("it is shown").height()
}

/// How high a dialog comes to be.
fn show(desk: &mut Desk, dialog: &Dialog) -> f32 {
    desk.harness.state_mut().bench_mut().act(Action::Show(dialog.clone()));
    desk.settle();
    height(desk)
}

fn tag(name: &str) -> Dialog {
    let draft = TagDraft { id: None, name: name.into(), color: TAG_COLORS[0], definition: String::new() };
    Dialog::Tag(draft)
}

fn export(name: &str) -> Dialog {
    let format = Format::all().find(|format| format.info().name == name).expect("a format");
    Dialog::Export(ExportPlan { format, ..ExportPlan::default() })
}

fn incoming(count: usize) -> Dialog {
    let case = Case::Moved { name: "T1".into(), quote: "quote".into(), is_certain: true };
    let report = Report { added: count, cases: vec![case; count], ..Report::default() };
    let found = Found::Ready { edit: Edit::Batch(Vec::new()), report: Box::new(report) };
    Dialog::Incoming(Arc::new(Incoming { path: "file".into(), plan: ImportPlan::default(), found }))
}

/// A dialog with much in it and one of the same kind with little.
fn pairs() -> [(Dialog, Dialog); 5] {
    let found = |count: usize| Dialog::Found((0..count).map(|index| format!("{index}.txt")).collect());
    let leave = |count: usize| Dialog::Leave { reason: "reason ".repeat(count), then: Then::Quit };
    [
        (tag("taken"), tag("free")),
        (export("iob2"), export("ron")),
        (leave(200), leave(1)),
        (found(40), found(1)),
        (incoming(40), incoming(1)),
    ]
}

/// A desk with a tag and an annotation.
fn marked(home: &Home) -> Desk {
    let mut desk = home.sit_with(&seeds());
    desk.drag_over_line(1, 0);
    desk.type_text("taken");
    desk.key(Modifiers::NONE, Key::Enter);
    desk
}

#[test]
fn a_dialog_is_as_high_as_what_it_shows() {
    let fresh = |index: usize, is_high: bool| {
        let home = Home::new();
        let mut desk = marked(&home);
        let (high, low) = &pairs()[index];
        show(&mut desk, if is_high { high } else { low })
    };
    for (index, (high, low)) in pairs().into_iter().enumerate() {
        let (highest, lowest) = (fresh(index, true), fresh(index, false));
        let home = Home::new();
        let mut desk = marked(&home);
        for _ in 0..2 {
            assert_eq!(show(&mut desk, &high), highest, "{high:?}");
            assert_eq!(show(&mut desk, &low), lowest, "{low:?}");
        }
        assert!(highest >= lowest, "{low:?}");
    }
}

#[test]
fn the_snapshots_are_as_high_as_what_was_changed_since_the_chosen_one() {
    let home = Home::new();
    let mut desk = marked(&home);
    desk.menu("File", "Snapshots…");
    desk.click_field("Name of a new snapshot");
    desk.type_text("before");
    desk.click("Take a snapshot");
    desk.wait_for("before\u{2069}: ");
    let one = height(&desk);
    desk.key(Modifiers::NONE, Key::Escape);
    for line in 0..3 {
        desk.drag_over_line(2, line);
        desk.key(Modifiers::NONE, Key::Num1);
    }
    desk.menu("File", "Snapshots…");
    desk.wait_for("before\u{2069}: ");
    assert_eq!(height(&desk), one);
    desk.click_on("before\u{2069}: ");
    desk.wait_for("Annotations: \u{2068}3");
    let changed = height(&desk);
    assert!(changed > one + 3.0 * 24.0, "{changed} {one}");
    desk.harness.state_mut().bench_mut().act(Action::CloseDialog);
    desk.settle();
    desk.menu("File", "Snapshots…");
    desk.wait_for("before\u{2069}: ");
    assert_eq!(height(&desk), one);
}

/// The button that has the keyboard.
fn focused(desk: &Desk) -> Option<String> {
    let mut buttons = desk.harness.query_all_by_role(Role::Button);
    buttons.find(|button| button.is_focused()).and_then(|button| button.accesskit_node().label())
}

#[test]
fn a_question_begins_with_the_button_that_does_no_harm_and_enter_means_the_one_that_has_the_keyboard() {
    let home = Home::new();
    let mut desk = marked(&home);
    let used = desk.project().codebook().tags()[0].id;
    let leave = Dialog::Leave { reason: "reason".into(), then: Then::Quit };
    let found = Dialog::Found(vec!["new.txt".into()]);
    let questions = [
        (Dialog::RemoveTag(used), "Cancel"),
        (leave, "Try again"),
        (found, "Add"),
        (Dialog::Shortcuts, "Close"),
    ];
    for (question, button) in questions {
        show(&mut desk, &question);
        assert!(
            focused(&desk).is_some_and(|name| name.starts_with(button)),
            "{question:?}: {:?}",
            focused(&desk)
        );
        desk.harness.state_mut().bench_mut().act(Action::CloseDialog);
        desk.settle();
    }
    let tags = |desk: &Desk| desk.project().codebook().tags().len();
    // Escape and an Enter that comes too early take nothing away …
    for key in [Key::Enter, Key::Escape] {
        show(&mut desk, &Dialog::RemoveTag(used));
        desk.key(Modifiers::NONE, key);
        assert_eq!((desk.harness.state().bench().dialog(), tags(&desk)), (None, 1), "{key:?}");
    }
    // … nor does one while nothing has the keyboard; on the button it does what the button says.
    show(&mut desk, &Dialog::RemoveTag(used));
    desk.harness.ctx.memory_mut(|memory| memory.surrender_focus(memory.focused().expect("a button")));
    desk.key(Modifiers::NONE, Key::Enter);
    assert_eq!(tags(&desk), 1);
    while focused(&desk).as_deref() != Some("Delete tag") {
        desk.key(Modifiers::NONE, Key::Tab);
    }
    desk.key(Modifiers::NONE, Key::Enter);
    assert_eq!((desk.harness.state().bench().dialog(), tags(&desk)), (None, 0));
    desk.leave();
}

#[test]
fn in_the_lowest_window_the_dialogs_of_exchange_are_whole_with_their_buttons() {
    let home = Home::new();
    let mut desk = marked(&home);
    let case = Case::Moved { name: "a file.txt T1".into(), quote: "quote ".repeat(12), is_certain: false };
    let report = Report {
        added: 40,
        changed: 3,
        same: 2,
        documents: 2,
        tags: ["روسيا", "حرب", "أمن", "قول", "مكان"].map(str::to_owned).to_vec(),
        marks: 50,
        placed: 45,
        cases: vec![case; 40],
        ..Report::default()
    };
    let found = Found::Ready { edit: Edit::Batch(Vec::new()), report: Box::new(report) };
    let full =
        Dialog::Incoming(Arc::new(Incoming { path: "file".into(), plan: ImportPlan::default(), found }));
    let dialogs =
        [(export("iob2"), "Cancel"), (Dialog::Import(ImportPlan::default()), "Cancel"), (full, "Import")];
    for size in [[760.0, 480.0], [900.0, 600.0]] {
        desk.harness.set_size(size.into());
        desk.settle();
        for (dialog, button) in &dialogs {
            let high = show(&mut desk, dialog);
            assert!(high <= size[1], "{high} in {size:?}: {dialog:?}");
            let button = desk.harness.get_by_role_and_label(Role::Button, button).rect();
            let window = desk.harness.ctx.content_rect();
            assert!(window.shrink(8.0).contains_rect(button), "{button:?} in {window:?}: {dialog:?}");
            desk.key(Modifiers::NONE, Key::Escape);
        }
    }
    desk.leave();
}
