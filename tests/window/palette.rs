//! The palette on a busy machine: what is typed quickly comes in one frame, and is done in the order in which it was typed.

use egui::{Event, Key, Modifiers};

use crate::desk::{Desk, Home, seeds};

fn key(key: Key) -> Event {
    Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE }
}

fn letters(text: &str) -> Vec<Event> {
    text.chars().map(|c| Event::Text(c.to_string())).collect()
}

/// All of it in one frame.
fn at_once(desk: &mut Desk, events: Vec<Event>) {
    desk.harness.input_mut().events.extend(events);
    desk.harness.step();
    desk.settle();
}

fn tag_names(desk: &Desk) -> Vec<String> {
    let project = desk.project();
    let name = |id| project.codebook().get(id).map(|tag| tag.name.clone()).unwrap_or_default();
    desk.annotations().iter().flat_map(|annotation| annotation.tags.iter().map(|id| name(*id))).collect()
}

#[test]
fn what_is_typed_in_one_frame_is_done_in_its_order() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    let mut expected = Vec::new();
    let cases: [(&str, Vec<Event>, &str); 5] = [
        ("a new name and Enter", [letters("frame"), vec![key(Key::Enter)]].concat(), "frame"),
        (
            "what follows Enter is for no name",
            [letters("اسم"), vec![key(Key::Enter)], letters("xy")].concat(),
            "اسم",
        ),
        (
            "a digit after a letter belongs to the name",
            {
                let digit = vec![key(Key::Num1), Event::Text("1".to_owned())];
                [letters("f"), digit, vec![key(Key::Enter)]].concat()
            },
            "f1",
        ),
        (
            "an arrow after letters goes down in what they leave",
            { [letters("f"), vec![key(Key::ArrowDown), key(Key::Enter)]].concat() },
            "f1",
        ),
        ("a digit alone chooses", vec![key(Key::Num1), Event::Text("1".to_owned())], "frame"),
    ];
    for (line, (what, events, tag)) in cases.into_iter().enumerate() {
        desk.drag_over_line(2, line);
        at_once(&mut desk, events);
        expected.push(tag);
        assert_eq!(tag_names(&desk), expected, "{what}");
    }
    desk.leave();
}
