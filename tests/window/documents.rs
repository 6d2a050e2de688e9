//! The document list: rows as high as their titles, also of the many that nobody has seen.

use egui::accesskit::Role;
use egui::{Event, Rect, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use hashiya::app::{Action, Command};

use crate::desk::{Desk, Home};

const COUNT: usize = 700;

/// The title of a document: one line, or two.
fn title(index: usize) -> String {
    let words = ["قمة", "لقاء بين رئيسي البلدين في العاصمة لبحث التعاون وأمن الحدود"];
    format!("{} {index}", words[usize::from(index.is_multiple_of(3))])
}

/// The rows that are shown, from the top: the document of each, and where it stands.
fn rows(desk: &Desk) -> Vec<(usize, Rect)> {
    let list = desk.harness.query_all_by_role(Role::ListBoxOption).filter_map(|row| {
        let name = row.accesskit_node().label()?;
        let title = name.split('\u{2069}').next()?;
        Some((title.rsplit(' ').next()?.parse().ok()?, row.rect()))
    });
    list.collect()
}

#[track_caller]
fn stand_below_each_other(desk: &Desk) {
    let rows = rows(desk);
    assert!(rows.len() > 4, "{rows:?}");
    for (index, rect) in &rows {
        // A line of a title takes 25 points.
        let lines = if index.is_multiple_of(3) { 2.0 } else { 1.0 };
        assert!((rect.height() - (34.0 + 25.0 * lines)).abs() < 1.5, "{index}: {rect:?}");
    }
    for pair in rows.windows(2) {
        assert_eq!(pair[1].0, pair[0].0 + 1);
        assert!((pair[1].1.top() - pair[0].1.bottom() - 4.0).abs() < 0.5, "{pair:?}");
    }
}

#[test]
fn rows_are_as_high_as_their_titles_wherever_the_list_is_scrolled() {
    let home = Home::new();
    let folder = home.path("many");
    std::fs::create_dir_all(&folder).expect("a folder");
    for index in 0..COUNT {
        let text = format!("{}\nنص\n", title(index));
        std::fs::write(folder.join(format!("{index:04}.txt")), text).expect("a file");
    }
    let mut desk = home.sit_with(&folder);
    stand_below_each_other(&desk);
    let place = rows(&desk)[0].1;

    // The wheel, and back to the top.
    for delta in [-700.0, -20_000.0, 90_000.0] {
        desk.move_to(place.center());
        desk.harness.event(Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: vec2(0.0, delta),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: egui::Modifiers::NONE,
        });
        for _ in 0..90 {
            desk.harness.step();
        }
        stand_below_each_other(&desk);
    }
    assert_eq!(rows(&desk)[0], (0, place));

    // The open document is brought into view, at the first time and at a width at which nothing has been measured.
    for (at, wide) in [(COUNT - 1, 0.0), (300, 60.0)] {
        let id = desk.project().documents()[at].id;
        let edge = desk.harness.get_by_label("Filter documents").rect().right() + 12.0;
        desk.drag(egui::pos2(edge, 400.0), egui::pos2(edge + wide, 400.0));
        desk.harness.state_mut().bench_mut().act(Action::OpenDocument(id));
        desk.settle();
        let shown = rows(&desk);
        let row = shown.iter().find(|(index, _)| *index == at).expect("it is in view");
        let bottom = desk.lines().last().map_or(0.0, |line| line.rect.bottom()).max(820.0);
        assert!(row.1.top() >= place.top() - 0.5 && row.1.bottom() <= bottom, "{row:?}");
        stand_below_each_other(&desk);
    }

    // What is marked changes no row, and a filter leaves what it finds.
    desk.harness.state_mut().bench_mut().act(Action::Run(Command::PreviousDocument));
    desk.settle();
    stand_below_each_other(&desk);
    desk.harness.state_mut().bench_mut().act(Action::FilterDocuments("لقاء".into()));
    desk.settle();
    assert!(rows(&desk).iter().all(|(index, rect)| index.is_multiple_of(3) && rect.height() > 80.0));
    desk.leave();
}
