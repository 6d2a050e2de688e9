//! How a field looks, by what it paints.

use egui::epaint::{ClippedShape, RectShape};
use egui::{Color32, Event, Key, Modifiers, Rect, Shape, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;
use crate::text::{Align, Direction, TextEngine};
use crate::ui::text::ink::style;

fn look() -> Look {
    Look::named("light")
}

/// The shapes of the last frame that lie within the field.
fn shapes<'h>(harness: &'h Harness<'_, Desk>) -> impl Iterator<Item = &'h ClippedShape> {
    let field = harness.get_by_label("Note").rect();
    let within = move |clipped: &&ClippedShape| {
        let bounds = clipped.shape.visual_bounding_rect();
        bounds.is_positive() && field.expand(2.0).contains_rect(bounds)
    };
    harness.output().shapes.iter().filter(within)
}

/// The filled rectangles of a colour.
fn filled(harness: &Harness<'_, Desk>, color: Color32) -> Vec<Rect> {
    let rect = |clipped: &ClippedShape| match &clipped.shape {
        Shape::Rect(RectShape { rect, fill, .. }) if *fill == color => Some(*rect),
        _ => None,
    };
    shapes(harness).filter_map(rect).collect()
}

/// Whether letters of a colour are painted.
fn has_letters(harness: &Harness<'_, Desk>, color: Color32) -> bool {
    shapes(harness).any(|clipped| match &clipped.shape {
        Shape::Mesh(mesh) => mesh.vertices.first().is_some_and(|vertex| vertex.color == color),
        _ => false,
    })
}

/// The caret: the only high and narrow rectangle in the colour of ink.
fn caret(harness: &Harness<'_, Desk>) -> Option<Rect> {
    filled(harness, look().ink).into_iter().find(|rect| rect.height() > 10.0 && rect.width() < 3.0)
}

fn ime_caret(harness: &Harness<'_, Desk>) -> Rect {
    harness.output().platform_output.ime.expect("the field has the keyboard").cursor_rect
}

#[test]
fn the_hint_stands_there_while_the_field_is_empty() {
    let mut harness = desk("", None);
    assert!(has_letters(&harness, look().faint));
    assert_eq!(harness.get_by_label("Note").accesskit_node().data().placeholder(), Some("ملاحظة"));
    harness.get_by_label("Note").focus();
    harness.run();
    assert!(has_letters(&harness, look().faint), "until something is typed");
    // An Arabic hint lets the caret begin at the right.
    let rect = harness.get_by_label("Note").rect();
    assert!(ime_caret(&harness).left() > rect.right() - 20.0);
    type_text(&mut harness, "x");
    assert!(!has_letters(&harness, look().faint) && has_letters(&harness, look().ink));
}

#[test]
fn what_is_switched_off_steps_back() {
    let mut harness = desk("قال", None);
    assert!(has_letters(&harness, look().ink));
    harness.state_mut().enabled = false;
    harness.run();
    assert!(!has_letters(&harness, look().ink), "the words are not as dark as ink");
    assert!(harness.get_by_label("Note").accesskit_node().is_disabled());
    assert!(caret(&harness).is_none());
}

#[test]
fn a_caret_stands_still_when_it_was_left_alone() {
    let mut harness = focused("قال", None);
    type_text(&mut harness, "x");
    assert!(caret(&harness).is_some());
    let mut seen = Vec::new();
    for _ in 0..16 * 4 {
        harness.step();
        seen.push(caret(&harness).is_some());
    }
    assert!(seen.contains(&true) && seen.contains(&false), "it blinks at first");
    harness.run_steps(16 * 2);
    for _ in 0..32 {
        harness.step();
        assert!(caret(&harness).is_some(), "and is seen in the end");
    }
}

#[test]
fn enter_takes_the_caret_down_in_the_same_frame() {
    let mut harness = focused("قال", Some(4));
    let before = ime_caret(&harness);
    harness.key_press(Key::Enter);
    harness.step();
    let after = ime_caret(&harness);
    assert!((after.top() - before.bottom()).abs() < 1.0, "{before:?} then {after:?}");
    // At the right, as the line above begins there.
    assert!(after.left() > harness.get_by_label("Note").rect().right() - 20.0);
}

#[test]
fn the_first_strong_letter_leads_the_text() {
    let mut harness = focused("", None);
    type_text(&mut harness, "«قال»");
    let rect = harness.get_by_label("Note").rect();
    press(&mut harness, Modifiers::NONE, &[Key::Home]);
    assert!(ime_caret(&harness).left() > rect.right() - 20.0);
    type_text(&mut harness, "a ");
    press(&mut harness, Modifiers::NONE, &[Key::Home]);
    assert!(ime_caret(&harness).left() < rect.left() + 20.0);
    // Until the reader forces the other one.
    for (key, side) in [(Key::ShiftRight, "right"), (Key::ShiftLeft, "left")] {
        for (key, pressed, modifiers) in [
            (Key::ControlLeft, true, Modifiers::NONE),
            (key, true, Modifiers::CTRL),
            (key, false, Modifiers::CTRL | Modifiers::SHIFT),
            (Key::ControlLeft, false, Modifiers::CTRL),
        ] {
            harness.event(Event::Key { key, physical_key: Some(key), pressed, repeat: false, modifiers });
        }
        harness.run();
        let at = ime_caret(&harness).left();
        assert_eq!(at > rect.center().x, side == "right", "{side}: {at} in {rect:?}");
    }
}

#[test]
fn a_flag_shows_which_way_a_letter_would_go_where_directions_meet() {
    let flag = |harness: &Harness<'_, Desk>| {
        let caret = caret(harness).expect("there is a caret");
        let small = filled(harness, look().ink).into_iter().find(|rect| rect.height() < 4.0);
        small.map(|flag| flag.center().x < caret.center().x)
    };
    let mut harness = focused("قال foo", None);
    assert_eq!(flag(&harness), Some(false), "after Latin a letter goes on to the right");
    press(&mut harness, Modifiers::NONE, &[Key::Home]);
    assert_eq!(flag(&harness), None);
    press(&mut harness, Modifiers::NONE, &[Key::ArrowLeft]);
    assert_eq!(flag(&harness), None);
    // Between the space and the Latin word.
    press(&mut harness, Modifiers::NONE, &[Key::ArrowLeft, Key::ArrowLeft, Key::ArrowLeft]);
    assert_eq!(flag(&harness), Some(true), "after Arabic to the left");
}

/// What the field paints behind selected words is what the reading view would: the rectangles of the same layout.
#[test]
fn the_selection_is_that_of_the_reading_view() {
    let text = "قال المتحدث foo (bar) 2023 لا كَّلِمة ثم مضى في طريقه";
    for range in [0..7, 3..30, 20..40, 0..text.len()] {
        let range = text.floor_char_boundary(range.start)..text.floor_char_boundary(range.end);
        let mut harness = focused(text, Some(5));
        let id = Id::unique("field");
        harness.ctx.data_mut(|data| {
            let state =
                data.get_temp::<std::sync::Arc<std::sync::Mutex<State>>>(id).expect("the field is shown");
            state.lock().expect("nothing panics").editor.select(range.clone());
        });
        harness.run();
        let field = harness.get_by_label("Note").rect();
        let mut engine = TextEngine::new(FontLibrary::bundled());
        let width = (field.width() - 2.0 * MARGIN.x - CARET_ROOM).floor();
        let style = style(Face::Document, 16.0, false, 1.0);
        let layout = engine.lay_out(text, &style, Direction::RightToLeft, Align::Start, Some(width));
        let corner = field.min + MARGIN;
        let expected: Vec<Rect> = layout
            .rects(range.clone())
            .into_iter()
            .map(|rect| Rect::from_min_max(pos2(rect.left, rect.top), pos2(rect.right, rect.bottom)))
            .map(|rect| rect.translate(corner.to_vec2()))
            .collect();
        let painted = filled(&harness, look().selection);
        assert_eq!(painted.len(), expected.len(), "{range:?}");
        for (painted, expected) in painted.iter().zip(&expected) {
            let off = (painted.min - expected.min).abs().max((painted.max - expected.max).abs());
            assert!(off.max_elem() < 0.51, "{painted:?}, not {expected:?}");
        }
    }
}

#[test]
fn the_wheel_scrolls_many_lines_and_leaves_the_page_alone_meanwhile() {
    let mut harness = focused(&"سطر\n".repeat(30), Some(3));
    let top = ime_caret(&harness).top();
    harness.hover_at(harness.get_by_label("Note").rect().center());
    harness.run();
    harness.event(Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, 60.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    harness.run();
    assert!(ime_caret(&harness).top() > top + 30.0);
}
