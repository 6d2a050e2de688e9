//! The rows of lists: the one that is pressed has the keyboard, arrows lead it on, and what keys do they do to that row.

use std::fs;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, vec2};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use hashiya::app::{Action, Dialog, TAG_COLORS, TagDraft};
use hashiya::exchange::Format;

use crate::desk::{Desk, Home};

/// A desk with so many documents, tags and annotations, these all in the first document.
fn full(home: &Home, count: usize) -> Desk {
    let folder = home.path("documents");
    fs::create_dir_all(&folder).expect("a folder");
    let words: String = (0..count).map(|at| format!("كلمة{at:03} ")).collect();
    for at in 0..count {
        fs::write(folder.join(format!("{at:03}.txt")), format!("عنوان {at:03}\n{words}\n")).expect("a file");
    }
    let mut desk = home.sit_with(&folder);
    for at in 0..count {
        let (color, definition) = (TAG_COLORS[at % TAG_COLORS.len()], String::new());
        let draft = TagDraft { id: None, name: format!("وسم{at:03}"), color, definition };
        act(&mut desk, Action::PutTag(draft));
    }
    let annotations = home.path("brat");
    fs::create_dir_all(&annotations).expect("a folder");
    let start = "عنوان 000\n".chars().count();
    let line = |at: usize| {
        let from = start + 8 * at;
        format!("T{}\tword {from} {}\tكلمة{at:03}\n", at + 1, from + 7)
    };
    fs::write(annotations.join("000.ann"), (0..count).map(line).collect::<String>()).expect("a file");
    let brat = Format::all().find(|format| format.info().name == "brat").expect("a format");
    let plan = hashiya::app::ImportPlan { format: brat, ..Default::default() };
    act(&mut desk, Action::ReadImport(plan, annotations));
    desk.key(Modifiers::NONE, Key::Enter);
    assert_eq!(desk.annotations().len(), count);
    desk
}

fn act(desk: &mut Desk, action: Action) {
    desk.harness.state_mut().bench_mut().act(action);
    desk.settle();
}

/// The roles of the rows of the three lists, and how their menus begin.
const LISTS: [(Role, &str, &str); 3] = [
    (Role::ListBoxOption, "Document \u{2068}", "Document details…"),
    (Role::TreeItem, "Tag \u{2068}", "Rename, recolour, define…"),
    (Role::Row, "Annotation \u{2068}", "Show in the text"),
];

fn rows<'d>(desk: &'d Desk, role: Role, part: &'d str) -> Vec<Node<'d>> {
    let rows = desk.harness.query_all_by(move |node| {
        node.role() == role && node.label().is_some_and(|name| name.contains(part))
    });
    rows.collect()
}

/// What a row is called.
fn name(row: &Node<'_>) -> String {
    row.accesskit_node().label().expect("a row has a name")
}

/// The row of a list that has the keyboard.
fn focused(desk: &Desk, role: Role, part: &str) -> Option<String> {
    let row = desk.harness.query_all_by(|node| node.role() == role && node.is_focused()).next();
    row.map(|row| name(&row)).filter(|name| name.contains(part))
}

fn press(desk: &mut Desk, role: Role, part: &str, at: usize) -> String {
    let row = &rows(desk, role, part)[at];
    let (name, place) = (name(row), row.rect().center());
    desk.click_at(place, 1);
    name
}

#[test]
fn the_row_that_is_pressed_has_the_keyboard_and_its_menu_and_arrows_lead_through_the_whole_list() {
    let home = Home::new();
    let mut desk = full(&home, 60);
    for (role, part, item) in LISTS {
        let pressed = press(&mut desk, role, part, 1);
        assert_eq!(focused(&desk, role, part), Some(pressed.clone()), "{part}");
        for (modifiers, key) in [(Modifiers::NONE, Key::Menu), (Modifiers::SHIFT, Key::F10)] {
            desk.key(modifiers, key);
            assert!(desk.harness.get_by_label(item).is_focused(), "{part}: its menu has the keyboard");
            desk.key(Modifiers::NONE, Key::Escape);
            assert_eq!(focused(&desk, role, part), Some(pressed.clone()), "{part}");
        }
        // Down to the last one, each in view while it has the keyboard, and never the same twice.
        let mut seen = vec![pressed];
        let count = if role == Role::TreeItem { desk.project().codebook().tags().len() } else { 60 };
        for _ in 2..count {
            desk.key(Modifiers::NONE, Key::ArrowDown);
            let now = focused(&desk, role, part).unwrap_or_else(|| panic!("{part}: after {:?}", seen.last()));
            assert!(!seen.contains(&now), "{part}: {now} once more");
            let row = desk.harness.query_all_by(|node| node.role() == role && node.is_focused()).next();
            let (row, list) = (row.expect("it is there").rect(), landmark(&desk, role));
            assert!(
                list.contains_rect(row.shrink(2.0)),
                "{part}: {now} at {row:?} is not in view in {list:?}"
            );
            seen.push(now);
        }
        desk.key(Modifiers::NONE, Key::ArrowDown);
        assert_eq!(focused(&desk, role, part).as_ref(), seen.last(), "{part}: the last one is the end");
        desk.key(Modifiers::NONE, Key::Home);
        let first = focused(&desk, role, part).expect("the first one");
        assert!(!seen.contains(&first), "{part}");
        desk.key(Modifiers::NONE, Key::End);
        assert_eq!(focused(&desk, role, part).as_ref(), seen.last(), "{part}");
        desk.key(Modifiers::NONE, Key::ArrowUp);
        assert_eq!(focused(&desk, role, part), Some(seen[seen.len() - 2].clone()), "{part}");
        // Escape gives the keyboard back.
        desk.key(Modifiers::NONE, Key::Escape);
        assert_eq!(focused(&desk, role, part), None, "{part}");
    }
    desk.leave();
}

/// Where the panel stands in which rows of this role are.
fn landmark(desk: &Desk, role: Role) -> egui::Rect {
    let (role, name) = match role {
        Role::ListBoxOption => (Role::Navigation, "Documents"),
        Role::TreeItem => (Role::Complementary, "Codebook"),
        _ => (Role::Region, "Annotations"),
    };
    desk.harness.get_by_role_and_label(role, name).rect()
}

#[test]
fn keys_act_on_the_row_that_has_the_keyboard() {
    let home = Home::new();
    let mut desk = full(&home, 30);
    let bench = |desk: &Desk| desk.harness.state().bench().document().map(|document| document.title.clone());
    // A document: Enter opens it, Delete removes it, and asks where work goes with it.
    let (role, part, _) = LISTS[0];
    press(&mut desk, role, part, 0);
    desk.key(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(bench(&desk).as_deref(), Some("عنوان 000"));
    desk.key(Modifiers::NONE, Key::Enter);
    assert_eq!(bench(&desk).as_deref(), Some("عنوان 001"));
    desk.key(Modifiers::NONE, Key::Delete);
    assert_eq!(desk.titles().len(), 29);
    desk.key(Modifiers::NONE, Key::Home);
    desk.key(Modifiers::NONE, Key::Delete);
    let asked = desk.harness.state().bench().dialog().cloned();
    assert!(matches!(asked, Some(Dialog::RemoveDocument(_))), "{asked:?}");
    desk.harness.get_by_label_contains("annotations go with it");
    desk.key(Modifiers::NONE, Key::Enter);
    assert_eq!(
        (desk.titles().len(), desk.harness.state().bench().dialog()),
        (29, None),
        "it began with Cancel"
    );
    press(&mut desk, role, part, 0);
    desk.key(Modifiers::NONE, Key::Delete);
    desk.click("Remove document");
    assert_eq!((desk.titles().len(), desk.annotations().len()), (28, 0));
    desk.key(Modifiers { ctrl: true, command: true, ..Modifiers::NONE }, Key::Z);
    assert_eq!((desk.titles().len(), desk.annotations().len()), (29, 30));

    // A tag: Delete removes one that nobody uses.
    let (role, part, _) = LISTS[1];
    let tag = press(&mut desk, role, part, 2);
    let count = desk.project().codebook().tags().len();
    act(&mut desk, Action::SelectNoAnnotation);
    desk.key(Modifiers::NONE, Key::Delete);
    assert_eq!(desk.project().codebook().tags().len(), count - 1);
    assert!(rows(&desk, role, part).iter().all(|row| name(row) != tag));
    desk.leave();
}

#[test]
fn in_the_table_arrows_choose_and_scrolling_brings_no_other_annotation_under_the_keys() {
    let home = Home::new();
    let mut desk = full(&home, 60);
    let (role, part, _) = LISTS[2];
    let chosen = |desk: &Desk| {
        let annotation = desk.harness.state().bench().annotation().expect("one is chosen");
        annotation.quote.exact.to_string()
    };
    press(&mut desk, role, part, 1);
    assert_eq!(chosen(&desk), "كلمة001");
    for at in 2..20 {
        desk.key(Modifiers::NONE, Key::ArrowDown);
        assert_eq!(chosen(&desk), format!("كلمة{at:03}"));
        let named = focused(&desk, role, part);
        assert!(named.as_ref().is_some_and(|name| name.contains(&chosen(&desk))), "{at}: {named:?}");
    }
    let before: Vec<String> = desk.annotations().iter().map(|one| one.quote.exact.to_string()).collect();
    let area = landmark(&desk, role);
    for delta in [-45.0, 2000.0] {
        desk.harness.hover_at(area.center());
        desk.harness.event(Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: vec2(0.0, delta),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        for _ in 0..60 {
            desk.harness.step();
        }
        let named = focused(&desk, role, part);
        assert!(named.is_none_or(|name| name.contains("كلمة019")), "after scrolling by {delta}");
    }
    desk.key(Modifiers::NONE, Key::Delete);
    let after: Vec<String> = desk.annotations().iter().map(|one| one.quote.exact.to_string()).collect();
    let gone: Vec<_> = before.iter().filter(|quote| !after.contains(quote)).collect();
    assert!(gone.iter().all(|quote| *quote == "كلمة019"), "{gone:?}");
    // Delete takes the row, and the next one takes its place.
    let pressed = press(&mut desk, role, part, 1);
    desk.key(Modifiers::NONE, Key::Delete);
    assert!(rows(&desk, role, part).iter().all(|row| name(row) != pressed));
    assert!(focused(&desk, role, part).is_some_and(|name| name.contains("كلمة002")));
    desk.leave();
}
