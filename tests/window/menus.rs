//! The menus on places, for whoever has no mouse: the Menu key, Shift and F10, or a screen reader opens them, arrows and Enter use them.

use egui::accesskit::{Action as Asked, ActionRequest, Role};
use egui::{Event, Key, Modifiers, Rect};
use egui_kittest::Node;
use egui_kittest::kittest::{AccessKitNode, NodeT as _, Queryable as _};

use hashiya::app::{Action, Command, Dialog, TAG_COLORS, TagDraft};

use crate::desk::{Desk, Home, seeds};

const CTRL: Modifiers = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };

/// A way to ask for a menu without a mouse.
#[derive(Clone, Copy, Debug)]
enum Way {
    MenuKey,
    ShiftF10,
    ScreenReader,
}

/// A thing that has a menu: its role, a part of its name, and the items of its menu that can be chosen.
struct Place {
    role: Role,
    name: &'static str,
    items: &'static [&'static str],
}

const PLACES: [Place; 6] = [
    Place {
        role: Role::ListBoxOption,
        name: "Document \u{2068}",
        items: &["Document details…", "Remove document"],
    },
    Place {
        role: Role::TreeItem,
        name: "Tag \u{2068}أمن",
        items: &["Rename, recolour, define…", "Show its annotations in the table", "Delete tag"],
    },
    Place {
        role: Role::Row,
        name: "Annotation \u{2068}",
        items: &["Show in the text", "Copy quote", "Copy row", "Delete annotation"],
    },
    Place { role: Role::Document, name: "Reading view", items: &["Select annotation", "Delete annotation"] },
    Place { role: Role::TextInput, name: "Filter documents", items: &["Paste"] },
    Place { role: Role::MultilineTextInput, name: "Note", items: &["Paste", "Select all"] },
];

/// A desk with one annotation, whose note is `note`, and the caret within what it marks.
fn marked(home: &Home) -> Desk {
    let mut desk = home.sit_with(&seeds());
    desk.drag_over_line(2, 1);
    desk.type_text("أمن");
    desk.key(Modifiers::NONE, Key::Enter);
    let one = desk.annotations().remove(0);
    desk.harness.state_mut().bench_mut().act(Action::SetNote(one.document, one.id, "note".into()));
    desk.settle();
    let line = desk.lines().into_iter().filter(|line| line.paragraph == 2).nth(1).expect("line 1 is in view");
    desk.click_at(line.rect.center(), 1);
    desk
}

/// The first thing of a role with this in its name.
fn find<'d>(desk: &'d Desk, role: Role, part: &'d str) -> Node<'d> {
    let is_it = move |node: &AccessKitNode<'_>| {
        node.role() == role && node.label().is_some_and(|name| name.contains(part))
    };
    let mut found = desk.harness.query_all_by(is_it);
    found.next().unwrap_or_else(|| panic!("{role:?} «{part}» is there"))
}

fn ask(desk: &mut Desk, place: &Place, way: Way) {
    match way {
        Way::MenuKey => desk.key(Modifiers::NONE, Key::Menu),
        Way::ShiftF10 => desk.key(Modifiers::SHIFT, Key::F10),
        Way::ScreenReader => {
            let node = find(desk, place.role, place.name).accesskit_node();
            assert!(node.data().supports_action(Asked::ShowContextMenu), "{}", place.name);
            let (target_node, target_tree) = node.locate();
            let action = Asked::ShowContextMenu;
            let request = ActionRequest { action, target_node, target_tree, data: None };
            desk.harness.event(Event::AccessKitActionRequest(request));
            desk.settle();
        }
    }
}

/// Presses a key, which comes in the next frame.
fn press(desk: &mut Desk, key: Key) {
    let (physical_key, modifiers) = (Some(key), Modifiers::NONE);
    desk.harness.event(Event::Key { key, physical_key, pressed: true, repeat: false, modifiers });
}

/// Whether an item lies in a menu, not in the bar.
fn is_in_menu(node: &AccessKitNode<'_>) -> bool {
    let mut above = node.parent();
    while let Some(parent) = above.filter(|parent| parent.role() != Role::Menu) {
        above = parent.parent();
    }
    above.is_some()
}

/// The items of the menu that is open.
fn items(desk: &Desk) -> Vec<Node<'_>> {
    let items = desk.harness.query_all_by_role(Role::MenuItem);
    items.filter(|item| is_in_menu(&item.accesskit_node())).collect()
}

/// The item that has the keyboard.
fn item(desk: &Desk) -> Option<String> {
    let item = items(desk).into_iter().find(|item| item.is_focused())?;
    item.accesskit_node().label()
}

/// Where the menu that is open stands.
fn menu(desk: &Desk) -> Option<Rect> {
    items(desk).iter().map(Node::rect).reduce(Rect::union)
}

#[test]
fn every_menu_on_a_place_is_opened_walked_and_left_by_keys() {
    let home = Home::new();
    let mut desk = marked(&home);
    for place in &PLACES {
        for way in [Way::MenuKey, Way::ShiftF10, Way::ScreenReader] {
            let what = format!("{} by {way:?}", place.name);
            find(&desk, place.role, place.name).focus();
            desk.settle();
            let before = (desk.annotations(), desk.harness.state().bench().selection());
            ask(&mut desk, place, way);
            assert_eq!(item(&desk).as_deref(), place.items.first().copied(), "{what}");
            let rect = menu(&desk).expect("a menu is open");
            assert!(desk.harness.ctx.content_rect().contains_rect(rect), "{what}: {rect:?}");

            // Down through all of them and round, up again; sideways leads nowhere, Tab is as good as an arrow.
            for at in 1..=place.items.len() {
                let key = if at % 2 == 0 { Key::Tab } else { Key::ArrowDown };
                desk.key(Modifiers::NONE, key);
                let expected = place.items[at % place.items.len()];
                assert_eq!(item(&desk).as_deref(), Some(expected), "{what}, {key:?}");
            }
            for key in [Key::ArrowLeft, Key::ArrowRight] {
                desk.key(Modifiers::NONE, key);
                assert_eq!(item(&desk).as_deref(), place.items.first().copied(), "{what}, {key:?}");
            }
            for (modifiers, key) in [(Modifiers::NONE, Key::ArrowUp), (Modifiers::SHIFT, Key::Tab)] {
                desk.key(modifiers, key);
                assert!(item(&desk).is_some(), "{what}, {key:?}");
            }

            desk.key(Modifiers::NONE, Key::Escape);
            assert!(menu(&desk).is_none(), "{what}");
            assert!(find(&desk, place.role, place.name).is_focused(), "{what}");
            let after = (desk.annotations(), desk.harness.state().bench().selection());
            assert_eq!(after, before, "{what}");
        }
    }
    desk.leave();
}

#[test]
fn enter_chooses_and_means_nothing_else() {
    let home = Home::new();
    let mut desk = marked(&home);
    let quote = desk.annotations()[0].quote.exact.to_string();
    let name = format!("Annotation \u{2068}{quote}");

    // Of a row.
    desk.harness.get_by_label_contains(&name).focus();
    desk.settle();
    desk.key(Modifiers::SHIFT, Key::F10);
    desk.key(Modifiers::NONE, Key::ArrowDown);
    press(&mut desk, Key::Enter);
    assert_eq!(desk.copied(), Some(quote));
    desk.settle();
    assert!(menu(&desk).is_none());
    assert!(desk.harness.get_by_label_contains(&name).is_focused());

    // Of a field of many lines: no line end is typed into it, and it has its keyboard and its selection again.
    desk.click_field("Note");
    desk.key(CTRL, Key::A);
    desk.key(Modifiers::NONE, Key::Menu);
    assert_eq!(item(&desk).as_deref(), Some("Cut"));
    press(&mut desk, Key::Enter);
    assert_eq!(desk.copied().as_deref(), Some("note"));
    desk.settle();
    desk.type_text("new");
    desk.key(CTRL, Key::S);
    assert_eq!(desk.annotations()[0].note, "new");

    // Of the text: what is marked at the caret. Nothing is offered for the selected text behind the menu.
    let line = desk.lines().into_iter().filter(|line| line.paragraph == 2).nth(1).expect("it is in view");
    desk.click_at(line.rect.center(), 1);
    desk.key(Modifiers::SHIFT, Key::ArrowLeft);
    desk.key(Modifiers::NONE, Key::Menu);
    assert_eq!(item(&desk).as_deref(), Some("Copy"));
    for _ in 0..4 {
        desk.key(Modifiers::NONE, Key::ArrowDown);
    }
    assert_eq!(item(&desk).as_deref(), Some("Delete annotation"));
    desk.key(Modifiers::NONE, Key::Enter);
    assert!(desk.annotations().is_empty());
    assert!(!desk.harness.state().bench().offering());
    assert!(find(&desk, Role::Document, "Reading view").is_focused());
    desk.leave();
}

#[test]
fn a_menu_opened_by_keys_stands_at_the_caret_and_at_the_row() {
    let home = Home::new();
    let mut desk = marked(&home);
    // Where nothing has the keyboard, it is the text's.
    desk.harness.ctx.memory_mut(|memory| memory.stop_text_input());
    desk.key(Modifiers::NONE, Key::Menu);
    let line = desk.lines().into_iter().filter(|line| line.paragraph == 2).nth(1).expect("it is in view");
    let rect = menu(&desk).expect("a menu is open");
    assert!((rect.top() - line.rect.bottom()).abs() < 8.0, "{rect:?} below {:?}", line.rect);
    assert!((rect.left() - line.rect.center().x).abs() < 30.0, "{rect:?} at {:?}", line.rect);
    desk.key(Modifiers::NONE, Key::Escape);

    // A caret that is out of view is brought in.
    desk.harness.hover_at(line.rect.center());
    let wheel = Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, -3000.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    };
    desk.harness.event(wheel);
    for _ in 0..60 {
        desk.harness.step();
    }
    assert!(desk.lines()[0].paragraph > 2, "the page has turned");
    desk.key(Modifiers::SHIFT, Key::F10);
    assert!(desk.lines().iter().any(|shown| shown.span == line.span));
    assert_eq!(item(&desk).as_deref(), Some("Select annotation"));
    desk.key(Modifiers::NONE, Key::Escape);

    // Where nothing in it can be chosen, it is put away all the same, and the caret stays.
    let unmarked = desk.lines().into_iter().find(|line| line.paragraph == 1).expect("it is in view");
    desk.click_at(unmarked.rect.center(), 1);
    let caret = desk.harness.state().bench().selection();
    desk.key(Modifiers::NONE, Key::Menu);
    assert!(menu(&desk).is_some() && item(&desk).is_none());
    desk.key(Modifiers::NONE, Key::ArrowDown);
    desk.key(Modifiers::NONE, Key::Escape);
    assert!(menu(&desk).is_none());
    assert_eq!(desk.harness.state().bench().selection(), caret);

    for place in &PLACES[..3] {
        let row = find(&desk, place.role, place.name);
        row.focus();
        let of = row.rect();
        desk.settle();
        desk.key(Modifiers::SHIFT, Key::F10);
        let rect = menu(&desk).expect("a menu is open");
        let beside = (rect.top() - of.bottom()).abs().min((rect.bottom() - of.top()).abs());
        assert!(beside < 8.0, "{rect:?} beside {of:?}");
        desk.key(Modifiers::NONE, Key::Escape);
    }
    desk.leave();
}

#[test]
fn behind_a_menu_a_dialog_and_the_offered_tags_stay() {
    let home = Home::new();
    let mut desk = marked(&home);
    desk.drag_over_line(2, 0);
    assert!(desk.harness.state().bench().offering());
    desk.type_text("a");
    desk.key(Modifiers::NONE, Key::Menu);
    assert_eq!(item(&desk).as_deref(), Some("Paste"));
    desk.key(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(item(&desk).as_deref(), Some("Select all"));
    desk.key(Modifiers::NONE, Key::Enter);
    assert!(desk.harness.state().bench().offering());
    desk.type_text("b");
    desk.key(Modifiers::NONE, Key::Menu);
    desk.key(Modifiers::NONE, Key::Escape);
    assert!(desk.harness.state().bench().offering());
    desk.key(Modifiers::NONE, Key::Enter);
    assert_eq!(desk.project().codebook().tags()[1].name, "b");

    let draft = TagDraft { id: None, name: "x".into(), color: TAG_COLORS[0], definition: String::new() };
    desk.harness.state_mut().bench_mut().act(Action::Show(Dialog::Tag(draft)));
    desk.settle();
    desk.key(Modifiers::SHIFT, Key::F10);
    assert!(item(&desk).is_some());
    desk.key(Modifiers::NONE, Key::Escape);
    assert!(menu(&desk).is_none());
    assert!(desk.harness.state().bench().dialog().is_some(), "Escape was for the menu");
    desk.key(Modifiers::NONE, Key::Escape);
    assert!(desk.harness.state().bench().dialog().is_none());

    // What lies behind a dialog has no menu.
    desk.harness.state_mut().bench_mut().act(Action::Run(Command::DocumentDetails));
    desk.settle();
    desk.key(Modifiers::NONE, Key::Menu);
    assert!(menu(&desk).is_none());
    desk.leave();
}
