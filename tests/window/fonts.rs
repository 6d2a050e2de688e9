//! How documents are set: the font that a reader chooses, its size, leading and measure; a font that has gone; another screen.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui::{Key, Modifiers, ViewportId, vec2};
use egui_kittest::kittest::Queryable as _;
use image::{Rgba, RgbaImage};

use hashiya::app::{Action, Command};

use crate::desk::{Desk, Home, seeds};

const CTRL: Modifiers = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };
const CTRL_SHIFT: Modifiers = Modifiers { ctrl: true, command: true, shift: true, ..Modifiers::NONE };

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fonts")
}

/// Goes on until something is so.
fn wait_until(desk: &mut Desk, is_so: impl Fn(&Desk) -> bool) {
    let began = Instant::now();
    while !is_so(desk) {
        assert!(began.elapsed() < Duration::from_secs(30), "it does not come");
        desk.harness.step();
        std::thread::sleep(Duration::from_millis(2));
    }
    desk.settle();
}

/// The chosen family, size, leading and measure.
fn setting(desk: &Desk) -> (String, f32, f32, f32) {
    let view = desk.harness.state().bench().view();
    (view.font.clone(), view.text_size, view.leading, view.measure)
}

/// The first byte that can be seen.
fn top(desk: &Desk) -> usize {
    let lines = desk.lines();
    lines.iter().find(|line| line.rect.center().y > 60.0).expect("a line is in view").span.start.index()
}

fn picture(desk: &mut Desk) -> RgbaImage {
    desk.move_to([2.0, 818.0].into());
    desk.settle();
    desk.harness.render().expect("every texture was uploaded")
}

fn run(desk: &mut Desk, command: Command) {
    desk.harness.state_mut().bench_mut().act(Action::Run(command));
    desk.settle();
}

#[test]
fn the_keyboard_chooses_font_size_leading_and_width() {
    let home = Home::new();
    let mut desk = home.sit_among_fonts(&fixtures());
    desk.open(&seeds());
    let first = setting(&desk);
    assert_eq!(first, ("Amiri".into(), 21.0, 1.8, 30.0));
    let widths = |desk: &Desk| desk.lines().iter().map(|line| line.rect.width()).collect::<Vec<_>>();
    let in_amiri = widths(&desk);

    desk.key(CTRL_SHIFT, Key::R);
    wait_until(&mut desk, |desk| desk.harness.query_by_label("Test Plain").is_some());
    // The list has the keyboard, at the font that is chosen.
    desk.key(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(setting(&desk).0, "Noto Naskh Arabic");
    assert_ne!(widths(&desk), in_amiri, "at once, beside the dialog");
    desk.key(Modifiers::NONE, Key::End);
    assert_eq!(setting(&desk).0, "Test Variable");
    let list = desk.harness.get_by_label("Font");
    assert!(list.is_focused() && list.value().as_deref() == Some("Test Variable"), "a screen reader says it");
    desk.key(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(setting(&desk).0, "Test Variable", "the last one");
    desk.key(Modifiers::NONE, Key::Home);
    assert_eq!(setting(&desk).0, "Amiri");
    assert_eq!(widths(&desk), in_amiri);
    desk.key(Modifiers::NONE, Key::End);
    // Tab leads on to the numbers, in their order.
    for (key, changed) in [(Key::ArrowRight, 1), (Key::ArrowLeft, 2), (Key::ArrowRight, 3)] {
        desk.key(Modifiers::NONE, Key::Tab);
        let before = setting(&desk);
        desk.key(Modifiers::NONE, key);
        let after = setting(&desk);
        let same = [before.0 == after.0, before.1 == after.1, before.2 == after.2, before.3 == after.3];
        assert_eq!(same, [0, 1, 2, 3].map(|at| at != changed), "{before:?} {after:?}");
    }
    let chosen = setting(&desk);
    assert_eq!(chosen.1, 22.0);
    assert!((chosen.2 - 1.7).abs() < 1e-4 && (chosen.3 - 31.0).abs() < 1e-4, "{chosen:?}");
    desk.key(Modifiers::NONE, Key::Escape);
    assert!(desk.harness.query_by_label("Usual setting").is_none());
    let set = widths(&desk);
    assert_ne!(set, in_amiri);
    desk.leave();

    // It is remembered for the project, …
    let mut desk = home.sit_among_fonts(&fixtures());
    desk.open(&seeds());
    assert_eq!(setting(&desk), chosen);
    wait_until(&mut desk, |desk| widths(desk) == set);
    desk.leave();
    // … and a new project begins with it.
    fs::create_dir(home.path("other")).expect("writable");
    fs::write(home.path("other/a.txt"), "نص\n\nقال نعم.\n").expect("writable");
    let mut desk = home.sit_among_fonts(&fixtures());
    desk.open(&home.path("other"));
    assert_eq!(setting(&desk), chosen);
    desk.key(CTRL_SHIFT, Key::R);
    desk.click("Usual setting");
    assert_eq!(setting(&desk), first);
    desk.leave();
    // What was chosen elsewhere leaves the first project as it was.
    let mut desk = home.sit_among_fonts(&fixtures());
    desk.open(&seeds());
    assert_eq!(setting(&desk), chosen);
    desk.leave();
}

#[test]
fn a_click_chooses_a_font_and_beside_the_dialog_closes_it() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    desk.menu("View", "Reading…");
    desk.click("Noto Sans Arabic");
    assert_eq!(setting(&desk).0, "Noto Sans Arabic");
    desk.click_at([900.0, 300.0].into(), 1);
    assert!(desk.harness.query_by_label("Usual setting").is_none());
    assert_eq!(desk.selected(), None, "that click does nothing else");
    desk.leave();
}

#[test]
fn a_font_that_went_missing_is_named_and_the_choice_is_kept() {
    let home = Home::new();
    let fonts = tempfile::tempdir().expect("a temporary folder can be made");
    let file = fonts.path().join("Plain.ttf");
    fs::copy(fixtures().join("Plain.ttf"), &file).expect("the fonts are in the tree");
    let widths = |desk: &Desk| desk.lines().iter().map(|line| line.rect.width()).collect::<Vec<_>>();

    let mut desk = home.sit_among_fonts(fonts.path());
    desk.open(&seeds());
    let in_amiri = widths(&desk);
    desk.harness.state_mut().bench_mut().act(Action::SetFont("Test Plain".into()));
    wait_until(&mut desk, |desk| widths(desk) != in_amiri);
    let in_plain = widths(&desk);
    assert!(desk.harness.query_by_label_contains("is not on this machine").is_none());
    desk.leave();

    fs::remove_file(&file).expect("it was there");
    let mut desk = home.sit_among_fonts(fonts.path());
    desk.open(&seeds());
    desk.wait_for("The font \u{2068}Test Plain\u{2069} is not on this machine");
    desk.settle();
    // The notice takes some of the height.
    assert!(in_amiri.starts_with(&widths(&desk)) && !in_plain.starts_with(&widths(&desk)));
    assert_eq!(setting(&desk).0, "Test Plain");
    desk.harness.get_by_label("\u{2068}Amiri\u{2069} \u{2068}21\u{2069}");
    // It is said once: put away, it stays away.
    desk.click("Put this notice away");
    desk.key(CTRL, Key::Plus);
    assert!(desk.harness.query_by_label_contains("is not on this machine").is_none());
    desk.key(CTRL, Key::Minus);
    // The list has it still, as what is chosen and missing.
    desk.key(CTRL_SHIFT, Key::R);
    desk.harness.get_by_label("\u{2068}Test Plain\u{2069} (missing)");
    desk.key(Modifiers::NONE, Key::Escape);
    desk.leave();

    fs::copy(fixtures().join("Plain.ttf"), &file).expect("the fonts are in the tree");
    let mut desk = home.sit_among_fonts(fonts.path());
    desk.open(&seeds());
    wait_until(&mut desk, |desk| widths(desk) == in_plain);
    assert!(desk.harness.query_by_label_contains("is not on this machine").is_none());
    desk.leave();
}

#[test]
fn what_is_read_stays_at_the_top_whatever_it_is_set_in() {
    let home = Home::new();
    let mut desk = home.sit_among_fonts(&fixtures());
    desk.open(&seeds());
    let last = desk.project().documents()[0].text.len();
    for _ in 0..3 {
        desk.key(Modifiers::NONE, Key::PageDown);
    }
    let byte = top(&desk);
    assert!(byte > 500 && byte < last);
    for action in [
        Action::SetTextSize(14.0),
        Action::SetFont("Noto Sans Arabic".into()),
        Action::SetTextSize(40.0),
        Action::SetLeading(3.0),
        Action::SetMeasure(18.0),
        Action::SetFont("Test Plain".into()),
        Action::SetLeading(1.2),
        Action::SetMeasure(60.0),
        Action::SetTextSize(21.0),
    ] {
        desk.harness.state_mut().bench_mut().act(action.clone());
        desk.settle();
        std::thread::sleep(Duration::from_millis(30));
        desk.settle();
        // The line that holds the byte is the first.
        let lines = desk.lines();
        let line = lines.iter().find(|line| line.span.range().contains(&byte));
        let line = line.unwrap_or_else(|| panic!("{action:?}: byte {byte} is out of view"));
        let above = lines
            .iter()
            .filter(|other| other.rect.bottom() > 60.0 && other.rect.top() < line.rect.top() - 1.0);
        assert!(above.count() <= 1, "{action:?}");
    }
    run(&mut desk, Command::ResetText);
    desk.leave();
}

/// The window goes from one screen to another: it looks as if it had been there all the time.
#[test]
fn another_scale_factor_looks_as_if_it_had_always_been() {
    let home = Home::new();
    let dress = |desk: &mut Desk| {
        desk.open(&seeds());
        desk.harness.set_size(vec2(1100.0, 700.0));
        desk.settle();
    };
    let fresh = |scale: f32| {
        let mut desk = home.sit_at(scale);
        dress(&mut desk);
        let seen = picture(&mut desk);
        desk.leave();
        seen
    };
    let wanted: Vec<(f32, RgbaImage)> =
        [1.0, 2.0, 1.25].into_iter().map(|scale| (scale, fresh(scale))).collect();
    let mut desk = home.sit_at(1.0);
    dress(&mut desk);
    for at in [0, 1, 2, 1, 0, 2] {
        let (scale, wanted) = &wanted[at];
        let viewports = &mut desk.harness.input_mut().viewports;
        viewports.entry(ViewportId::ROOT).or_default().native_pixels_per_point = Some(*scale);
        let seen = picture(&mut desk);
        assert_eq!(seen.dimensions(), wanted.dimensions());
        // Letters that overlap may be painted in another order, which rounds otherwise: by one step at most.
        let is_far = |(a, b): &(&Rgba<u8>, &Rgba<u8>)| a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > 1);
        let other = seen.pixels().zip(wanted.pixels()).filter(is_far).count();
        assert_eq!(other, 0, "pixels that differ at scale {scale}");
    }
    desk.leave();
}
