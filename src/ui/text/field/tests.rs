//! The field as a reader uses it: by its name, with keys and the mouse, without a window.

use egui::accesskit::Role;
use egui::{Event, Id, ImeEvent, Key, Modifiers, PointerButton, Pos2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;
use crate::text::FontLibrary;
use crate::ui::text::Locale;

mod looks;
mod menu;

struct Desk {
    text: String,
    other: String,
    submitted: u32,
    left: u32,
    changed: u32,
    enabled: bool,
    /// Keys that reached the window.
    passed: Vec<Key>,
    /// Requests to copy that reached the window.
    copies: usize,
}

fn desk(text: &str, rows: Option<usize>) -> Harness<'static, Desk> {
    let (ink, look) = (Ink::new(FontLibrary::bundled()), Look::named("light"));
    let [cut, copy, paste, select_all] = ["Cut", "Copy", "Paste", "Select all"].map(str::to_owned);
    ink.set_locale(Locale { cut, copy, paste, select_all, ..Locale::default() });
    let desk = Desk {
        text: text.to_owned(),
        other: String::new(),
        submitted: 0,
        left: 0,
        changed: 0,
        enabled: true,
        passed: Vec::new(),
        copies: 0,
    };
    let mut harness =
        Harness::builder().with_size(vec2(300.0, 200.0)).with_step_dt(1.0 / 16.0).build_ui_state(
            move |ui, desk: &mut Desk| {
                ink.begin_frame(ui.ctx());
                let id = Id::unique("field");
                let field = match rows {
                    None => Field::line(id, &mut desk.text, "Note"),
                    Some(rows) => Field::lines(id, &mut desk.text, "Note", rows),
                };
                let field =
                    field.hint("ملاحظة").size(16.0).face(Face::Document).width(200.0).enabled(desk.enabled);
                let happened = field.show(ui, &ink, &look);
                desk.submitted += u32::from(happened.submitted);
                desk.left += u32::from(happened.left);
                desk.changed += u32::from(happened.changed);
                Field::line(Id::unique("other"), &mut desk.other, "Other").show(ui, &ink, &look);
                ui.input(|input| {
                    desk.copies += input.events.iter().filter(|event| **event == Event::Copy).count();
                    for event in &input.events {
                        if let Event::Key { key, pressed: true, .. } = event {
                            desk.passed.push(*key);
                        }
                    }
                });
                ink.end_frame(ui.ctx());
            },
            desk,
        );
    harness.run();
    harness
}

fn focused(text: &str, rows: Option<usize>) -> Harness<'static, Desk> {
    let mut harness = desk(text, rows);
    harness.get_by_label("Note").focus();
    harness.run();
    harness
}

fn type_text(harness: &mut Harness<'_, Desk>, text: &str) {
    harness.get_by_label("Note").type_text(text);
    harness.run();
}

fn press(harness: &mut Harness<'_, Desk>, modifiers: Modifiers, keys: &[Key]) {
    for key in keys {
        harness.key_press_modifiers(modifiers, *key);
    }
    harness.run();
}

fn event(harness: &mut Harness<'_, Desk>, event: Event) {
    harness.event(event);
    harness.run();
}

fn click(harness: &mut Harness<'_, Desk>, at: Pos2) {
    harness.hover_at(at);
    for pressed in [true, false] {
        harness.event(Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    harness.run_steps(2);
}

fn copied(harness: &Harness<'_, Desk>) -> Vec<String> {
    let commands = &harness.output().platform_output.commands;
    commands
        .iter()
        .filter_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
        .collect()
}

#[test]
fn it_is_found_by_role_and_name_and_takes_text() {
    let mut harness = focused("", None);
    type_text(&mut harness, "قال");
    harness.get_by_role_and_label(Role::TextInput, "Note");
    assert_eq!(harness.get_by_label("Note").value().as_deref(), Some("قال"));
    assert_eq!((harness.state().text.as_str(), harness.state().changed), ("قال", 1));
    let many = desk("a\nb", Some(3));
    many.get_by_role_and_label(Role::MultilineTextInput, "Note");
    assert_eq!(many.get_by_label("Note").value().as_deref(), Some("a\nb"));
}

#[test]
fn without_the_keyboard_nothing_is_typed() {
    let mut harness = desk("", None);
    type_text(&mut harness, "x");
    press(&mut harness, Modifiers::NONE, &[Key::Num1]);
    assert_eq!(harness.state().text, "");
    assert_eq!(harness.state().passed, [Key::Num1]);
}

#[test]
fn with_nothing_selected_copying_is_left_to_the_window() {
    let mut harness = focused("قال نعم", None);
    harness.event(Event::Copy);
    harness.step();
    assert_eq!(harness.state().copies, 1);
    press(&mut harness, Modifiers::SHIFT, &[Key::ArrowRight]);
    harness.event(Event::Copy);
    harness.step();
    assert_eq!(copied(&harness), ["م"]);
    assert_eq!(harness.state().copies, 1);
}

#[test]
fn shift_and_arrows_select_what_is_copied_cut_and_pasted() {
    let mut harness = focused("قال نعم", None);
    press(&mut harness, Modifiers::SHIFT, &[Key::ArrowRight, Key::ArrowRight, Key::ArrowRight]);
    harness.event(Event::Copy);
    harness.step();
    assert_eq!(copied(&harness), ["نعم"]);
    harness.event(Event::Cut);
    harness.step();
    assert_eq!(copied(&harness), ["نعم"]);
    assert_eq!(harness.state().text, "قال ");
    event(&mut harness, Event::Paste("a\r\nb\tc".into()));
    assert_eq!(harness.state().text, "قال a b c");
    press(&mut harness, Modifiers::COMMAND, &[Key::Z, Key::Z]);
    assert_eq!(harness.state().text, "قال نعم");
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, &[Key::Z]);
    assert_eq!(harness.state().text, "قال ");
    press(&mut harness, Modifiers::COMMAND, &[Key::Y]);
    assert_eq!(harness.state().text, "قال a b c");
    press(&mut harness, Modifiers::COMMAND, &[Key::A]);
    type_text(&mut harness, "x");
    assert_eq!(harness.state().text, "x");
}

#[test]
fn keys_that_it_uses_do_not_reach_the_window_and_others_do() {
    let mut harness = focused("abc", None);
    press(&mut harness, Modifiers::NONE, &[Key::Num1, Key::Delete, Key::ArrowLeft, Key::Enter, Key::Space]);
    press(&mut harness, Modifiers::COMMAND, &[Key::Z, Key::A, Key::C]);
    assert_eq!(harness.state().passed, []);
    press(&mut harness, Modifiers::COMMAND, &[Key::S]);
    press(&mut harness, Modifiers::NONE, &[Key::F2, Key::ArrowDown]);
    assert_eq!(harness.state().passed, [Key::S, Key::F2, Key::ArrowDown]);
    assert!(harness.get_by_label("Note").is_focused());
}

#[test]
fn enter_submits_one_line_and_begins_another_in_many() {
    let mut harness = focused("قال", None);
    press(&mut harness, Modifiers::NONE, &[Key::Enter]);
    assert_eq!((harness.state().submitted, harness.state().text.as_str()), (1, "قال"));
    assert!(harness.get_by_label("Note").is_focused());
    let mut many = focused("قال", Some(4));
    press(&mut many, Modifiers::NONE, &[Key::Enter]);
    type_text(&mut many, "نعم");
    assert_eq!((many.state().submitted, many.state().text.as_str()), (0, "قال\nنعم"));
    press(&mut many, Modifiers::NONE, &[Key::ArrowUp]);
    type_text(&mut many, "x");
    assert_eq!(many.state().text, "قالx\nنعم");
}

#[test]
fn tab_moves_on_and_escape_gives_up_and_both_are_told_once() {
    let mut harness = focused("abc", None);
    press(&mut harness, Modifiers::NONE, &[Key::Tab]);
    assert!(harness.get_by_label("Other").is_focused());
    harness.run_steps(3);
    assert_eq!(harness.state().left, 1);
    // Coming back with Tab, all is selected.
    press(&mut harness, Modifiers::SHIFT, &[Key::Tab]);
    assert!(harness.get_by_label("Note").is_focused());
    type_text(&mut harness, "x");
    assert_eq!(harness.state().text, "x");
    press(&mut harness, Modifiers::NONE, &[Key::Escape]);
    harness.run_steps(3);
    assert!(!harness.get_by_label("Note").is_focused());
    assert_eq!(harness.state().left, 2);
}

#[test]
fn a_click_puts_the_caret_and_two_select_a_word() {
    let mut harness = desk("قال نعم", None);
    let rect = harness.get_by_label("Note").rect();
    // Right of the text is its start, left of it its end.
    click(&mut harness, pos2(rect.right() - 2.0, rect.center().y));
    assert!(harness.get_by_label("Note").is_focused());
    type_text(&mut harness, "ثم ");
    assert_eq!(harness.state().text, "ثم قال نعم");
    harness.run_steps(8);
    click(&mut harness, pos2(rect.left() + 12.0, rect.center().y));
    type_text(&mut harness, "!");
    assert_eq!(harness.state().text, "ثم قال نعم!");
    harness.run_steps(8);
    let first_word = pos2(rect.right() - 14.0, rect.center().y);
    click(&mut harness, first_word);
    click(&mut harness, first_word);
    type_text(&mut harness, "x");
    assert_eq!(harness.state().text, "x قال نعم!");
}

#[test]
fn three_clicks_select_the_line_and_shift_extends() {
    let mut harness = desk("قال نعم\nثم مضى", Some(3));
    let rect = harness.get_by_label("Note").rect();
    let first_line = pos2(rect.right() - 14.0, rect.top() + 14.0);
    for _ in 0..3 {
        click(&mut harness, first_line);
    }
    harness.event(Event::Copy);
    harness.step();
    assert_eq!(copied(&harness), ["قال نعم"]);
    harness.run_steps(8);
    click(&mut harness, pos2(rect.right() - 9.0, rect.top() + 14.0));
    harness.run_steps(8);
    let end = pos2(rect.left() + 12.0, rect.bottom() - 6.0);
    for pressed in [true, false] {
        let button = PointerButton::Primary;
        harness.hover_at(end);
        harness.event_modifiers(
            Event::PointerButton { pos: end, button, pressed, modifiers: Modifiers::SHIFT },
            Modifiers::SHIFT,
        );
    }
    harness.run_steps(2);
    harness.event(Event::Copy);
    harness.step();
    assert_eq!(copied(&harness), ["قال نعم\nثم مضى"]);
}

#[test]
fn keys_go_by_letters_words_lines_and_to_the_ends() {
    let (ctrl, none) = (Modifiers::COMMAND | Modifiers::CTRL, Modifiers::NONE);
    for (modifiers, key, expected) in [
        (none, Key::ArrowRight, "قال نعم\nثم foo مض|ى"),
        (none, Key::ArrowUp, "قال نع|م\nثم foo مضى"),
        (none, Key::Home, "قال نعم\n|ثم foo مضى"),
        (none, Key::End, "قال نعم\nثم foo مضى|"),
        (ctrl, Key::ArrowRight, "قال نعم\nثم foo |مضى"),
        (ctrl, Key::Home, "|قال نعم\nثم foo مضى"),
        (ctrl, Key::End, "قال نعم\nثم foo مضى|"),
        (ctrl, Key::Backspace, "قال نعم\nثم foo |"),
        (none, Key::Backspace, "قال نعم\nثم foo مض|"),
        (none, Key::Delete, "قال نعم\nثم foo مضى|"),
    ] {
        let mut harness = focused("قال نعم\nثم foo مضى", Some(4));
        press(&mut harness, modifiers, &[key]);
        type_text(&mut harness, "|");
        let shown = harness.state().text.clone();
        if key == Key::ArrowUp {
            // In the same column: below which letter that is, the letters' widths say.
            assert!(shown.find('|').expect("typed") <= "قال نعم".len(), "{shown}");
            continue;
        }
        assert_eq!(shown, expected, "{modifiers:?} {key:?}");
    }
}

#[test]
fn dragging_selects() {
    let mut harness = desk("قال نعم", None);
    let rect = harness.get_by_label("Note").rect();
    harness.drag_at(pos2(rect.right() - 3.0, rect.center().y));
    harness.run_steps(2);
    harness.hover_at(pos2(rect.left() + 3.0, rect.center().y));
    harness.run_steps(2);
    harness.drop_at(pos2(rect.left() + 3.0, rect.center().y));
    harness.run_steps(2);
    harness.event(Event::Copy);
    harness.step();
    assert_eq!(copied(&harness), ["قال نعم"]);
}

#[test]
fn an_input_method_composes_in_place() {
    let mut harness = focused("قال ", None);
    let preedit =
        |text: &str| Event::Ime(ImeEvent::Preedit { text: text.into(), active_range_chars: Some(1..1) });
    event(&mut harness, preedit("ni"));
    assert_eq!(harness.state().text, "قال ");
    let ime = harness.output().platform_output.ime.expect("the input method is told where the caret is");
    assert!(ime.rect.contains_rect(ime.cursor_rect), "{ime:?}");
    event(&mut harness, Event::Ime(ImeEvent::Commit("你".into())));
    assert_eq!(harness.state().text, "قال 你");
    event(&mut harness, preedit("ni"));
    event(&mut harness, preedit(""));
    type_text(&mut harness, "!");
    assert_eq!(harness.state().text, "قال 你!");
}

#[test]
fn a_caret_that_was_left_alone_stops_blinking_and_asks_for_no_frames() {
    let mut harness = focused("قال", None);
    type_text(&mut harness, "x");
    let delay =
        |harness: &Harness<'_, Desk>| harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    let soon = delay(&harness);
    assert!(!soon.is_zero() && soon.as_secs_f64() <= 0.5, "{soon:?}");
    harness.run_steps(16 * 6);
    assert_eq!(delay(&harness), std::time::Duration::MAX);
}

#[test]
fn the_screen_reader_sets_and_replaces() {
    let mut harness = desk("قال", None);
    harness.get_by_label("Note").set_text_value_accesskit("نعم\nثم");
    harness.run();
    assert_eq!(harness.state().text, "نعم ثم");
    harness.get_by_label("Note").replace_selected_text_accesskit("!");
    harness.run();
    assert_eq!(harness.state().text, "نعم ثم!");
}

#[test]
fn the_screen_reader_hears_lines_directions_words_and_the_selection() {
    let mut harness = focused("قال foo\n\nab", Some(4));
    press(&mut harness, Modifiers::SHIFT, &[Key::ArrowLeft]);
    let note = harness.get_by_label("Note");
    let field = note.accesskit_node();
    // egui puts a node of its own between the field and what is shown in it.
    let runs: Vec<_> = field.children().flat_map(|holder| holder.children()).collect();
    assert!(runs.iter().all(|run| run.role() == Role::TextRun));
    let data: Vec<_> = runs.iter().map(|run| run.data()).collect();
    let words: Vec<&str> = data.iter().filter_map(|run| run.value()).collect();
    assert_eq!(words, ["قال ", "foo\n", "\n", "ab"]);
    for run in &data {
        let length: usize = run.character_lengths().iter().map(|length| usize::from(*length)).sum();
        assert_eq!(length, run.value().map_or(0, str::len));
    }
    use egui::accesskit::TextDirection::{LeftToRight as L, RightToLeft as R};
    assert_eq!(data.iter().filter_map(|run| run.text_direction()).collect::<Vec<_>>(), [R, L, R, L]);

    // As a reader of the tree sees it.
    assert_eq!(field.document_range().text(), "قال foo\n\nab");
    let selection = field.text_selection().expect("told");
    assert_eq!(selection.text(), "b");
    let start = field.document_start();
    assert_eq!(start.forward_to_word_start().to_global_usv_index(), 4);
    assert_eq!(start.forward_to_line_start().to_global_usv_index(), 8);
    assert_eq!(field.document_end().to_line_index(), 2);
    let mut first = start.to_degenerate_range();
    first.set_end(start.forward_to_character_end());
    let (boxes, note) = (first.bounding_boxes(), note.rect());
    // The first letter of Arabic stands at the right.
    assert!(
        (boxes[0].x1 as f32) < note.right() && boxes[0].x0 as f32 > note.right() - 20.0,
        "{boxes:?} in {note:?}"
    );
}

#[test]
fn the_screen_reader_selects() {
    let mut harness = focused("قال foo", None);
    let request = {
        let note = harness.get_by_label("Note");
        let field = note.accesskit_node();
        let (target_node, target_tree) = field.locate();
        let (run, _) = field.document_start().inner_node().locate();
        let at = |character_index| egui::accesskit::TextPosition { node: run, character_index };
        let selection = egui::accesskit::TextSelection { anchor: at(1), focus: at(3) };
        egui::accesskit::ActionRequest {
            action: egui::accesskit::Action::SetTextSelection,
            target_node,
            target_tree,
            data: Some(egui::accesskit::ActionData::SetTextSelection(selection)),
        }
    };
    event(&mut harness, Event::AccessKitActionRequest(request));
    type_text(&mut harness, "x");
    assert_eq!(harness.state().text, "قx foo");
}

#[test]
fn the_middle_button_pastes_where_it_points() {
    let mut harness = desk("abc", None);
    let rect = harness.get_by_label("Note").rect();
    let pos = pos2(rect.left() + 3.0, rect.center().y);
    harness.hover_at(pos);
    harness.run();
    event(&mut harness, Event::MiddleClickPaste { pos, text: "قال\n".into() });
    assert_eq!(harness.state().text, "قال abc");
}

#[test]
fn what_is_switched_off_takes_nothing() {
    let mut harness = focused("قال", None);
    harness.state_mut().enabled = false;
    harness.run();
    type_text(&mut harness, "x");
    let at = harness.get_by_label("Note").rect().center();
    click(&mut harness, at);
    type_text(&mut harness, "x");
    assert_eq!(harness.state().text, "قال");
}

#[test]
fn a_text_that_changes_from_outside_is_shown_and_typed_on() {
    let mut harness = focused("قال", None);
    harness.state_mut().text = String::new();
    harness.run();
    type_text(&mut harness, "نعم");
    assert_eq!(harness.state().text, "نعم");
    press(&mut harness, Modifiers::COMMAND, &[Key::Z, Key::Z]);
    assert_eq!(harness.state().text, "");
}

#[test]
fn a_direction_is_forced_by_ctrl_and_the_right_shift_key() {
    let mut harness = focused("abc", None);
    let caret = |harness: &Harness<'_, Desk>| {
        harness.output().platform_output.ime.expect("focused").cursor_rect.left()
    };
    let left = caret(&harness);
    for (key, pressed, modifiers) in [
        (Key::ControlLeft, true, Modifiers::NONE),
        (Key::ShiftRight, true, Modifiers::CTRL),
        (Key::ShiftRight, false, Modifiers::CTRL | Modifiers::SHIFT),
        (Key::ControlLeft, false, Modifiers::CTRL),
    ] {
        harness.event(Event::Key { key, physical_key: Some(key), pressed, repeat: false, modifiers });
    }
    harness.run();
    assert!(caret(&harness) > left + 100.0);
}

#[test]
fn long_text_scrolls_so_that_the_caret_is_seen() {
    for text in ["كلمة ", "word "] {
        let mut harness = focused(&text.repeat(40), None);
        let seen = |harness: &Harness<'_, Desk>| {
            let ime = harness.output().platform_output.ime.expect("focused");
            assert!(ime.rect.contains_rect(ime.cursor_rect), "{ime:?}");
            ime.cursor_rect.left()
        };
        let end = seen(&harness);
        press(&mut harness, Modifiers::NONE, &[Key::Home]);
        assert!((seen(&harness) - end).abs() > 100.0);
    }
    let mut many = focused(&"line\n".repeat(40), Some(3));
    let seen = |harness: &Harness<'_, Desk>| {
        let ime = harness.output().platform_output.ime.expect("focused");
        assert!(ime.rect.contains_rect(ime.cursor_rect), "{ime:?}");
    };
    seen(&many);
    for keys in [[Key::PageUp, Key::PageUp], [Key::ArrowUp, Key::ArrowUp], [Key::PageDown, Key::PageDown]] {
        press(&mut many, Modifiers::NONE, &keys);
        seen(&many);
    }
    press(&mut many, Modifiers::COMMAND | Modifiers::CTRL, &[Key::Home]);
    seen(&many);
}
