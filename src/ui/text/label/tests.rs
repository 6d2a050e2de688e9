//! Labels and what is made of them, as they are shown and as they are heard.

use egui::accesskit::{HasPopup, Toggled};
use egui::{Event, Id, Mesh, Shape, Ui, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;
use crate::text::{Direction, FontLibrary};
use crate::ui::look::Look;
use crate::ui::text::Locale;

fn ink(direction: Direction) -> Ink {
    let ink = Ink::new(FontLibrary::bundled());
    ink.set_locale(Locale { direction, ..Locale::default() });
    ink
}

/// Shows something with an ink and a look.
fn shown<'a>(direction: Direction, mut contents: impl FnMut(&mut Ui, &Ink, &Look) + 'a) -> Harness<'a> {
    let (ink, look) = (ink(direction), Look::named("light"));
    let mut harness = Harness::builder().with_size(vec2(400.0, 300.0)).build_ui(move |ui| {
        look.apply(ui.ctx());
        ink.begin_frame(ui.ctx());
        contents(ui, &ink, &look);
        ink.end_frame(ui.ctx());
    });
    harness.run();
    harness
}

/// The letters painted within a rectangle: the meshes with their edges, in points.
fn letters(harness: &Harness<'_>, within: Rect) -> Vec<(Color32, Rect)> {
    let of_mesh = |mesh: &Mesh| {
        let rect = mesh.calc_bounds();
        let color = mesh.vertices.first().map(|vertex| vertex.color)?;
        within.expand(4.0).contains_rect(rect).then_some((color, rect))
    };
    let shapes = harness.output().shapes.iter();
    shapes
        .filter_map(|clipped| match &clipped.shape {
            Shape::Mesh(mesh) => of_mesh(mesh),
            _ => None,
        })
        .collect()
}

#[test]
fn an_excerpt_begins_with_a_whole_word_before_the_found_one() {
    let text = "قال الناطق باسم الرئاسة إن بيلاروسيا توافق";
    let at = text.find("بيلاروسيا").expect("it is there");
    let range = at..at + "بيلاروسيا".len();
    let (shown, found) = excerpt(text, &[0..2, range.clone()], range.start, BEFORE_FOUND);
    assert_eq!(shown, "…الرئاسة إن بيلاروسيا توافق");
    assert_eq!(found.len(), 1);
    assert_eq!(&shown[found[0].clone()], "بيلاروسيا");
    // In the middle of a word longer than that, the excerpt begins with the found part.
    let long = "ا".repeat(40) + "ب";
    let (shown, _) = excerpt(&long, &[], 80, BEFORE_FOUND);
    assert_eq!(shown, "…ب");
}

#[test]
fn labels_keep_to_the_edge_that_the_place_needs() {
    use Direction::{LeftToRight as L, RightToLeft as R};
    let place = Rect::from_min_size(pos2(20.0, 20.0), vec2(300.0, 24.0));
    type Aligned = fn(Label<'static>) -> Label<'static>;
    let (own, start, end): (Aligned, Aligned, Aligned) = (|label| label, Label::at_start, Label::at_end);
    for (interface, text, aligned, at_left) in [
        (L, "نعم", own, false),
        (R, "نعم", own, false),
        (L, "Poland", own, true),
        (R, "Poland", own, true),
        (L, "نعم", start, true),
        (R, "نعم", start, false),
        (L, "Poland", end, false),
        (R, "Poland", end, true),
        // Without strong letters, the interface leads.
        (L, "12", own, true),
        (R, "12", own, false),
    ] {
        let label = aligned(Label::written(text).within(300.0, 1));
        let harness = shown(interface, move |ui, ink, _| label.paint_at(ui, ink, place));
        let (_, rect) = letters(&harness, place)[0];
        let at = (rect.left() - place.left() < 10.0, place.right() - rect.right() < 10.0);
        assert_eq!(at, (at_left, !at_left), "{text} in {interface:?}: {rect:?}");
    }
}

/// The layout of a label.
fn laid_out(direction: Direction, label: Label<'_>) -> Arc<ParagraphLayout> {
    let mut layout = None;
    drop(shown(direction, |ui, ink, _| layout = Some(label.layout(ui, ink))));
    layout.expect("it was shown")
}

#[test]
fn the_ellipsis_follows_the_words_and_not_the_edge() {
    for (text, at_left) in
        [("كلمة أخرى ثم كلمات كثيرة بعدها", true), ("one word and many others after it", false)]
    {
        for direction in [Direction::LeftToRight, Direction::RightToLeft] {
            let label = Label::written(text).within(90.0, 1);
            for label in [label.clone(), label.clone().at_start(), label.at_end()] {
                let layout = laid_out(direction, label);
                assert!(layout.clipped());
                let line = &layout.lines()[0];
                let cut = layout.rects(text.len() - 1..text.len())[0];
                let (from_left, from_right) = (cut.left - line.left, line.right - cut.right);
                assert_eq!((from_left < 0.1, from_right < 0.1), (at_left, !at_left), "{text}");
            }
        }
    }
    let many = "كلمة أخرى ".repeat(30);
    assert_eq!(laid_out(Direction::LeftToRight, Label::written(&many).within(90.0, 3)).lines().len(), 3);
}

#[test]
fn what_was_found_is_seen_also_where_it_would_be_cut_off() {
    let text = "قال الناطق باسم الرئاسة إن بيلاروسيا توافق على ذلك كله";
    let at = text.find("بيلاروسيا").expect("it is there");
    let word = at..at + "بيلاروسيا".len();
    let found = std::slice::from_ref(&word);
    let plain = Label::written(text).within(120.0, 1);
    let cut = laid_out(Direction::LeftToRight, plain.clone());
    assert!(cut.shown() < at);
    for (width, shown) in [(200.0, "…الرئاسة إن بيلاروسيا"), (100.0, "…بيلاروسيا")]
    {
        let layout = laid_out(Direction::LeftToRight, plain.clone().within(width, 1).found(found));
        assert!(layout.shown() >= shown.len(), "{} of {width}", layout.shown());
        let runs = &layout.lines()[0].runs;
        let bold = runs.iter().find(|run| run.range.start == shown.find("ب").expect("there"));
        let plain = runs.iter().find(|run| run.range.start == 0).expect("the first");
        assert_ne!(bold.expect("a run of its own").font, plain.font);
    }
}

#[test]
fn words_have_the_colours_of_their_widget() {
    let look = Look::named("light");
    let mut harness = shown(Direction::LeftToRight, |ui, ink, _| {
        button(ui, ink, "rest");
        ui.add_enabled_ui(false, |ui| button(ui, ink, "off"));
    });
    let color = |harness: &Harness<'_>, name: &str| letters(harness, harness.get_by_label(name).rect())[0].0;
    assert_eq!(color(&harness, "rest"), look.ink);
    assert_ne!(color(&harness, "off"), look.ink, "what is switched off steps back");
    let ground = |harness: &Harness<'_>| {
        let rect = harness.get_by_label("rest").rect();
        let mut fills = harness.output().shapes.iter().filter_map(|clipped| match &clipped.shape {
            Shape::Rect(shape) if shape.rect.expand(2.0).contains_rect(rect) => Some(shape.fill),
            _ => None,
        });
        fills.next_back()
    };
    let at_rest = ground(&harness);
    harness.get_by_label("rest").hover();
    harness.run();
    assert_ne!(ground(&harness), at_rest, "what is pointed at is lit");
    assert!(harness.get_by_label("off").accesskit_node().is_disabled());
}

#[test]
fn each_widget_has_its_name_its_role_and_its_state() {
    let (mut ticked, mut pressed) = (false, 0);
    let mut harness = shown(Direction::LeftToRight, |ui, ink, look| {
        pressed += u32::from(button(ui, ink, "a button").clicked());
        frameless_button(ui, ink, "a quiet button");
        radio(ui, ink, true, "chosen");
        radio(ui, ink, false, "round");
        checkbox(ui, ink, &mut ticked, "box");
        tab(ui, ink, look, true, "tab");
        Label::interface("words").show(ui, ink);
        menu_button(ui, ink, &Label::interface("menu"), |ui| {
            entry(ui, ink, look, &Entry { keys: "Ctrl+X", ..Entry::new("item") });
            entry(
                ui,
                ink,
                look,
                &Entry { switched: Some((Role::MenuItemCheckBox, true)), ..Entry::new("on") },
            );
            submenu(ui, ink, "more", |ui| {
                entry(ui, ink, look, &Entry::new("inner"));
            });
        });
        combo(ui, ink, Id::unique("choice"), "choice", 1, &["first", "second"]);
    });
    let node = |harness: &Harness<'_>, role, name: &str| {
        let node = harness.get_by_role_and_label(role, name).accesskit_node();
        (node.toggled(), node.is_disabled(), node.value())
    };
    assert_eq!(node(&harness, Role::Button, "a button"), (None, false, None));
    node(&harness, Role::Button, "a quiet button");
    assert_eq!(node(&harness, Role::RadioButton, "chosen").0, Some(Toggled::True));
    assert_eq!(node(&harness, Role::RadioButton, "round").0, Some(Toggled::False));
    assert_eq!(node(&harness, Role::CheckBox, "box").0, Some(Toggled::False));
    assert_eq!(node(&harness, Role::Tab, "tab").0, Some(Toggled::True));
    assert_eq!(node(&harness, Role::ComboBox, "choice").2.as_deref(), Some("second"));
    harness.get_by_label("words");
    let menu = harness.get_by_role_and_label(Role::MenuItem, "menu");
    assert_eq!(menu.accesskit_node().data().has_popup(), Some(HasPopup::Menu));
    harness.get_by_label("box").click();
    harness.run();
    assert_eq!(node(&harness, Role::CheckBox, "box").0, Some(Toggled::True));
    harness.get_by_label("menu").click();
    harness.run();
    node(&harness, Role::MenuItem, "item");
    assert_eq!(node(&harness, Role::MenuItemCheckBox, "on").0, Some(Toggled::True));
    harness.get_by_label("more").hover();
    harness.run();
    node(&harness, Role::MenuItem, "inner");
    harness.key_press(egui::Key::Escape);
    harness.run();
    harness.get_by_label("choice").click();
    harness.run();
    assert_eq!(node(&harness, Role::ListBoxOption, "second").0, Some(Toggled::True));
    harness.get_by_label("a button").click();
    harness.run();
    drop(harness);
    assert_eq!(pressed, 1);
}

#[test]
fn while_a_menu_is_open_pointing_opens_the_next() {
    let titles = ["one".to_owned(), "two".to_owned()];
    let mut harness = shown(Direction::LeftToRight, |ui, ink, look| {
        menu_bar(ui, ink, &titles, |ui, index| {
            entry(ui, ink, look, &Entry::new(["first", "second"][index]));
        });
    });
    harness.get_by_label("two").hover();
    harness.run();
    assert!(harness.query_by_label("second").is_none());
    harness.get_by_label("one").click();
    harness.run();
    harness.get_by_label("first");
    harness.get_by_label("two").hover();
    harness.run();
    harness.get_by_label("second");
    assert!(harness.query_by_label("first").is_none());
}

#[test]
fn a_tip_comes_where_words_were_cut_off() {
    let long = "كلمة أخرى ثم كلمات كثيرة بعدها";
    let mut harness = shown(Direction::LeftToRight, |ui, ink, _| {
        for (name, width) in [("cut", 80.0), ("whole", 390.0)] {
            let (rect, response) = ui.allocate_exact_size(vec2(390.0, 30.0), Sense::click());
            let label = Label::written(long).within(width, 1);
            let layout = label.layout(ui, ink);
            label.paint(ui, ink, &layout, rect);
            let response = named(response, Role::Button, name);
            tip_of(&response, ink, &layout, &Label::written(long));
        }
    });
    for (name, expected) in [("cut", true), ("whole", false)] {
        harness.get_by_label(name).hover();
        harness.run_steps(20);
        assert_eq!(harness.query_by_label(long).is_some(), expected, "{name}");
        harness.event(Event::PointerMoved(pos2(399.0, 299.0)));
        harness.run_steps(20);
    }
}

#[test]
fn chips_stand_side_by_side_and_the_rest_is_counted() {
    let chip = |name: &str| Chip {
        name: name.to_owned(),
        found: Vec::new(),
        fill: Color32::from_rgb(1, 2, 3),
        ink: Color32::BLACK,
    };
    let tags = [chip("متحدث"), chip("أمن مشترك"), chip("Poland"), chip("تصريح رسمي")];
    for (direction, width, expected) in [
        (Direction::LeftToRight, 390.0, 4),
        (Direction::LeftToRight, 150.0, 2),
        (Direction::RightToLeft, 150.0, 2),
        (Direction::LeftToRight, 62.0, 1),
    ] {
        let place = Rect::from_min_size(pos2(5.0, 20.0), vec2(width, 28.0));
        let harness = shown(direction, |ui, ink, _| chips(ui, ink, place, &tags, Color32::GRAY));
        let fill = tags[0].fill;
        let rects: Vec<Rect> = harness
            .output()
            .shapes
            .iter()
            .filter_map(|clipped| match &clipped.shape {
                Shape::Rect(shape) if shape.fill == fill => Some(shape.rect),
                _ => None,
            })
            .collect();
        assert_eq!(rects.len(), expected, "{width}");
        for (at, rect) in rects.iter().enumerate() {
            assert!(place.expand(0.1).contains_rect(*rect), "{rect:?} in {place:?}");
            // Each name stands on its chip, and no chip on another.
            let names = letters(&harness, *rect);
            assert!(names.iter().any(|(color, _)| *color == Color32::BLACK));
            assert!(rects[..at].iter().all(|other| !other.shrink(0.1).intersects(*rect)));
        }
        let edge = if direction.is_rtl() { rects[0].right() } else { rects[0].left() };
        assert_eq!(edge, if direction.is_rtl() { place.right() } else { place.left() });
        let counted = letters(&harness, place).iter().any(|(color, _)| *color == Color32::GRAY);
        assert_eq!(counted, expected < tags.len());
    }
}
