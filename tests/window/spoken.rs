//! What a screen reader hears of the window, read from the tree as such a program reads it.

use egui::accesskit::{Action as Asked, ActionData, ActionRequest, Role};
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{AccessKitNode, NodeT as _, Queryable as _};

use hashiya::app::{Action, Command, Dialog};

use crate::desk::{Desk, Home, seeds};

const CTRL: Modifiers = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };

/// The reading view in the tree.
fn view(desk: &Desk) -> AccessKitNode<'_> {
    desk.harness.get_by_role_and_label(Role::Document, "Reading view").accesskit_node()
}

/// The text of the lines that are seen, also in part, with the line end of the last one; and the byte of the document where it begins.
fn seen(desk: &Desk) -> (usize, String) {
    let bench = desk.harness.state().bench();
    let text = bench.document().expect("a document is open").text.clone();
    let column = desk.harness.state().reading().column().expect("it is shown");
    let mut lines = desk.lines();
    lines.retain(|line| line.rect.bottom() > column.top() && line.rect.top() < column.bottom());
    let (first, last) = (lines.first().expect("lines"), lines.last().expect("lines"));
    let (start, mut end) = (first.span.start.index(), last.span.end.index());
    end += usize::from(text.as_str()[end..].starts_with('\n'));
    (start, text.as_str()[start..end].to_owned())
}

/// The byte of the document at which a position of the tree stands, which counts code points.
fn byte(desk: &Desk, characters: usize) -> usize {
    let (start, text) = seen(desk);
    start + text.chars().take(characters).map(char::len_utf8).sum::<usize>()
}

#[track_caller]
fn hears_what_is_seen(desk: &Desk) {
    let node = view(desk);
    assert_eq!(node.document_range().text(), seen(desk).1);
}

#[test]
fn the_text_in_view_is_told_as_it_stands_there() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    for title in desk.titles() {
        desk.click_on(&format!("Document \u{2068}{title}\u{2069}"));
        hears_what_is_seen(&desk);
        desk.click_at(desk.lines()[1].rect.center(), 1);
        for key in [Key::PageDown, Key::PageDown, Key::PageUp] {
            desk.key(Modifiers::NONE, key);
            hears_what_is_seen(&desk);
        }
        desk.key(CTRL, Key::End);
        hears_what_is_seen(&desk);
        assert_eq!(view(&desk).data().description(), Some(title.as_str()));
    }
    desk.leave();
}

#[test]
fn of_a_document_in_one_long_line_as_much_is_told_as_is_seen() {
    let home = Home::new();
    let folder = home.path("long");
    std::fs::create_dir_all(&folder).expect("a folder");
    let line = "قال الناطق باسم الرئاسة (foo) إن كل شيء على ما يرام عام 2023. ".repeat(3000);
    std::fs::write(folder.join("a.txt"), format!("عنوان\n{line}\nخاتمة\n")).expect("a file");
    let mut desk = home.sit_with(&folder);
    hears_what_is_seen(&desk);
    desk.click_at(desk.lines()[3].rect.center(), 1);
    for (modifiers, key) in [
        (Modifiers::NONE, Key::PageDown),
        (CTRL, Key::End),
        (Modifiers::NONE, Key::PageUp),
        (CTRL, Key::Home),
    ] {
        desk.key(modifiers, key);
        hears_what_is_seen(&desk);
        assert!(seen(&desk).1.len() < 10_000);
    }
    desk.leave();
}

#[test]
fn letters_are_told_where_they_stand() {
    let home = Home::new();
    let desk = home.sit_with(&seeds());
    let lines = desk.lines();
    let node = view(&desk);
    let mut position = node.document_start();
    for line in lines.iter().take(8) {
        // A line of the tree is a line on screen; it begins at the right.
        assert_eq!(byte(&desk, position.to_global_usv_index()), line.span.start.index());
        let mut letter = position.to_degenerate_range();
        letter.set_end(position.forward_to_character_end());
        let bounds = letter.bounding_boxes()[0];
        assert!((bounds.x1 as f32 - line.rect.right()).abs() < 1.0, "{bounds:?} in {:?}", line.rect);
        assert!(bounds.y0 as f32 >= line.rect.top() - 0.5 && bounds.y1 as f32 <= line.rect.bottom() + 0.5);
        position = position.forward_to_line_start();
    }
    // Words are those of the text.
    let start = node.document_start();
    let mut word = start.to_degenerate_range();
    word.set_end(start.forward_to_word_start());
    let (_, text) = seen(&desk);
    assert_eq!(word.text().trim(), text.split_whitespace().next().expect("a word"));
    desk.leave();
}

#[test]
fn caret_and_selection_are_told() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    assert!(view(&desk).text_selection().is_none(), "there is no caret yet");
    desk.drag_over_line(2, 1);
    desk.key(Modifiers::NONE, Key::Escape);
    let selected = desk.selected().expect("a line is selected");
    assert_eq!(view(&desk).text_selection().expect("told").text(), selected);
    desk.key(Modifiers::SHIFT, Key::ArrowDown);
    let selection = desk.harness.state().bench().selection().expect("a selection");
    let told = view(&desk);
    assert_eq!(
        byte(&desk, told.text_selection_focus().expect("told").to_global_usv_index()),
        selection.focus
    );
    assert_eq!(
        byte(&desk, told.text_selection_anchor().expect("told").to_global_usv_index()),
        selection.anchor
    );
    assert_eq!(told.text_selection().expect("told").text(), desk.selected().expect("selected"));
    // A caret alone, step by step through words of both directions.
    desk.key(Modifiers::NONE, Key::ArrowLeft);
    for key in [Key::ArrowLeft, Key::ArrowRight, Key::ArrowDown, Key::Home, Key::End] {
        desk.key(Modifiers::NONE, key);
        let selection = desk.harness.state().bench().selection().expect("a caret");
        let told = view(&desk).text_selection_focus().expect("told").to_global_usv_index();
        assert_eq!(byte(&desk, told), selection.focus, "{key:?}");
    }
    // What goes on beyond the edge is told as far as it is seen; what is out of view is not.
    desk.key(CTRL, Key::A);
    assert_eq!(view(&desk).text_selection().expect("told").text().trim_end(), seen(&desk).1.trim_end());
    desk.click_at(desk.lines()[0].rect.center(), 1);
    desk.harness.state_mut().bench_mut().act(Action::OfferTags(false));
    let request = ask(&desk, Asked::ScrollDown, None);
    for _ in 0..8 {
        desk.harness.event(Event::AccessKitActionRequest(request.clone()));
        desk.settle();
    }
    assert!(desk.lines()[0].paragraph > 1, "the page has turned");
    assert!(view(&desk).text_selection().is_none());
    hears_what_is_seen(&desk);
    desk.leave();
}

/// A request of a screen reader to the reading view.
fn ask(desk: &Desk, action: Asked, data: Option<ActionData>) -> ActionRequest {
    let (target_node, target_tree) = view(desk).locate();
    ActionRequest { action, target_node, target_tree, data }
}

#[test]
fn a_screen_reader_selects_and_scrolls() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let (request, from, to) = {
        let node = view(&desk);
        let start = node.document_start().forward_to_line_start().forward_to_line_start();
        let end = start.forward_to_word_start().forward_to_word_start();
        let (from, to) = (byte(&desk, start.to_global_usv_index()), byte(&desk, end.to_global_usv_index()));
        let mut range = start.to_degenerate_range();
        range.set_end(end);
        let data = ActionData::SetTextSelection(range.to_text_selection());
        (ask(&desk, Asked::SetTextSelection, Some(data)), from, to)
    };
    desk.harness.event(Event::AccessKitActionRequest(request));
    desk.settle();
    let selection = desk.harness.state().bench().selection().expect("a selection");
    assert_eq!((selection.anchor, selection.focus), (from, to));
    assert!(desk.harness.state().bench().document().expect("open").text.is_boundary(to));
    assert!(view(&desk).is_focused());

    // The last line, cut by the edge, is brought in whole.
    let before = desk.lines();
    let column = desk.harness.state().reading().column().expect("shown");
    let last = view(&desk).document_end().to_degenerate_range().to_text_selection().focus.node;
    let (_, target_tree) = view(&desk).locate();
    let request = ActionRequest { action: Asked::ScrollIntoView, target_node: last, target_tree, data: None };
    let cut = before.iter().rfind(|line| line.rect.top() < column.bottom()).expect("a line").clone();
    desk.harness.event(Event::AccessKitActionRequest(request));
    desk.settle();
    let now = desk.lines().into_iter().find(|line| line.span == cut.span).expect("it is shown");
    assert!(now.rect.bottom() <= column.bottom() + 0.5, "{:?} in {column:?}", now.rect);
    desk.leave();
}

/// The only node of a role and name.
fn find<'t>(desk: &'t Desk, role: Role, name: &'t str) -> AccessKitNode<'t> {
    desk.harness.get_by_role_and_label(role, name).accesskit_node()
}

/// Whether a node lies in another.
fn lies_in(node: &AccessKitNode<'_>, ancestor: &AccessKitNode<'_>) -> bool {
    let mut above = node.parent();
    while let Some(node) = above {
        if node.id() == ancestor.id() {
            return true;
        }
        above = node.parent();
    }
    false
}

#[test]
fn the_parts_of_the_window_have_names_and_roles() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    for (paragraph, line, tag) in [(2, 0, "متحدث"), (2, 1, "أمن")] {
        desk.drag_over_line(paragraph, line);
        desk.type_text(tag);
        desk.key(Modifiers::NONE, Key::Enter);
    }
    for (role, name) in [
        (Role::Navigation, "Documents"),
        (Role::Complementary, "Codebook"),
        (Role::Region, "Annotations"),
        (Role::Status, "Status"),
        (Role::Complementary, "Glosses"),
        (Role::ScrollBar, "Scroll position"),
        (Role::ListBox, "Documents"),
        (Role::Tree, "Codebook"),
        (Role::Table, "Annotations"),
        (Role::Tab, "Annotations \u{2068}2\u{2069}"),
    ] {
        find(&desk, role, name);
    }
    desk.harness.get_by_role(Role::Main);
    let window = desk.harness.root().accesskit_node().label();
    assert!(window.as_deref().is_some_and(|name| name.ends_with("— Hashiya")), "{window:?}");
    let tabs = find(&desk, Role::TabList, "Annotations");
    let filter = find(&desk, Role::TextInput, "Filter annotations");
    assert!(!lies_in(&filter, &tabs));
    desk.harness.get_by_role(Role::MenuBar);

    // A list says how long it is, and each item which it is.
    let list = find(&desk, Role::ListBox, "Documents");
    assert_eq!(list.data().size_of_set(), Some(5));
    let title = desk.titles()[1].clone();
    let name = format!("Document \u{2068}{title}");
    let item = desk.harness.get_by_label_contains(&name).accesskit_node();
    assert_eq!((item.role(), item.data().position_in_set()), (Role::ListBoxOption, Some(1)));
    assert!(lies_in(&item, &list) && lies_in(&list, &find(&desk, Role::Navigation, "Documents")));

    // Rows hold their cells.
    let table = find(&desk, Role::Table, "Annotations");
    assert_eq!((table.data().row_count(), table.data().column_count()), (Some(2), Some(5)));
    let quote = desk.annotations()[0].quote.exact.to_string();
    let name = format!("Annotation \u{2068}{quote}");
    let row = desk.harness.get_by_label_contains(&name).accesskit_node();
    assert_eq!((row.role(), row.data().row_index()), (Role::Row, Some(0)));
    assert!(lies_in(&row, &table));
    let row = desk.harness.get_by_label_contains(&name);
    let cells: Vec<(Option<usize>, String)> = row
        .children_recursive()
        .map(|node| node.accesskit_node())
        .filter(|node| node.role() == Role::Cell)
        .map(|cell| (cell.data().column_index(), cell.label().unwrap_or_default()))
        .collect();
    let first = desk.titles()[0].clone();
    let texts = [first.as_str(), &quote, "متحدث", "", "¶3"];
    let expected: Vec<_> =
        texts.iter().enumerate().map(|(at, text)| (Some(at), (*text).to_owned())).collect();
    assert_eq!(cells, expected);
    find(&desk, Role::ColumnHeader, "Quote");

    // What was marked is reached in the margin, by its quote and its tags.
    let gloss = desk.harness.get_by_label_contains("Gloss on \u{2068}قال").accesskit_node();
    assert!(gloss.label().is_some_and(|name| name.contains("متحدث")));
    assert!(lies_in(&gloss, &find(&desk, Role::Complementary, "Glosses")));
    desk.harness.get_by_label_contains("Gloss on \u{2068}قال").click_accesskit();
    desk.settle();
    let selected = desk.harness.state().bench().annotation().expect("selected").id;
    assert_eq!(selected, desk.annotations()[0].id);

    // Menus, their items, and dialogs.
    desk.click("View");
    let dark = find(&desk, Role::MenuItemRadio, "Dark");
    assert_eq!(dark.toggled(), Some(egui::accesskit::Toggled::False));
    find(&desk, Role::MenuItemCheckBox, "Annotation table");
    find(&desk, Role::MenuItem, "Larger text");
    desk.key(Modifiers::NONE, Key::Escape);
    let details = Dialog::Details(desk.project().documents()[0].id);
    desk.harness.state_mut().bench_mut().act(Action::Show(details));
    desk.settle();
    let dialog = find(&desk, Role::Dialog, "Document details");
    let choice = find(&desk, Role::ComboBox, "Encoding");
    assert_eq!(choice.value().as_deref(), Some("UTF-8"));
    assert!(lies_in(&choice, &dialog));
    desk.key(Modifiers::NONE, Key::Escape);
    desk.harness.state_mut().bench_mut().act(Action::Run(Command::Export));
    desk.settle();
    find(&desk, Role::Dialog, "Export annotations");
    find(&desk, Role::RadioButton, "Whole project");
    desk.click("csv");
    find(&desk, Role::CheckBox, "With a byte order mark, for Excel");
    desk.key(Modifiers::NONE, Key::Escape);
    desk.leave();
}
