//! Earlier states of a project: kept by hand and by themselves, compared, gone back to, and undone.

use std::sync::{Arc, Mutex};

use egui::accesskit::Role;
use egui::epaint::Shape;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use hashiya::app::{Action, Command};

use crate::desk::{Desk, Home, seeds};

fn act(desk: &mut Desk, action: Action) {
    desk.harness.state_mut().bench_mut().act(action);
    desk.settle();
}

/// Marks the beginning of a paragraph with a new tag, and saves.
fn mark(desk: &mut Desk, paragraph: usize, tag: &str) {
    desk.drag_over_line(paragraph, 0);
    act(desk, Action::ApplyNewTag(tag.to_owned()));
    act(desk, Action::Run(Command::Save));
}

#[test]
fn a_state_is_kept_compared_with_gone_back_to_and_undone() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    mark(&mut desk, 0, "حدث");
    desk.menu("File", "Snapshots…");
    desk.wait_for("There are none yet");
    desk.click_field("Name of a new snapshot");
    desk.type_text("قبل المراجعة");
    desk.key(Modifiers::NONE, Key::Enter);
    desk.wait_for("قبل المراجعة\u{2069}: ");
    desk.harness.get_by_label_contains("\u{2068}one tag\u{2069} · \u{2068}\u{2068}5\u{2069} documents");
    desk.key(Modifiers::NONE, Key::Escape);
    let then = desk.project().clone();

    let one = desk.annotations().remove(0);
    act(&mut desk, Action::SetNote(one.document, one.id, "ملاحظة".into()));
    mark(&mut desk, 2, "رأي");
    let now = desk.project().clone();
    desk.menu("File", "Snapshots…");
    desk.wait_for("قبل المراجعة\u{2069}: ");
    assert!(desk.harness.get_by_label("Restore").accesskit_node().is_disabled());
    // By the keyboard alone.
    desk.harness.get_by_label_contains("قبل المراجعة\u{2069}: ").focus();
    desk.settle();
    desk.key(Modifiers::NONE, Key::Space);
    desk.wait_for("Annotations: \u{2068}1\u{2069} added, \u{2068}1\u{2069} changed, \u{2068}0\u{2069} removed. Tags: \u{2068}1\u{2069} added");
    desk.harness.get_by_label_contains("annotation changed: ");
    desk.harness.get_by_label("tag added: رأي");
    desk.click("Restore");
    assert_eq!(*desk.project(), then);
    desk.harness.get_by_label_contains("The project is as it was on");
    // The present was kept before, and the snapshot is as the project is.
    desk.menu("File", "Snapshots…");
    desk.wait_for("before another was restored");
    desk.click_on("قبل المراجعة\u{2069}: ");
    desk.wait_for("Nothing has changed since then");
    desk.key(Modifiers::NONE, Key::Escape);
    act(&mut desk, Action::Run(Command::Undo));
    assert_eq!(*desk.project(), now);
    act(&mut desk, Action::Run(Command::Redo));
    act(&mut desk, Action::Run(Command::Save));
    desk.leave();
    let mut again = home.sit_with(&seeds());
    assert_eq!(*again.project(), then);
    // The first save of the day kept nothing, since there was nothing to keep; and the day has its snapshot.
    again.menu("File", "Snapshots…");
    again.wait_for("before another was restored");
    assert!(again.harness.query_by_label_contains("before the first save of the day").is_none());
    again.leave();
}

#[test]
fn the_first_save_of_a_day_keeps_what_was_there_and_a_reader_only_looks() {
    let home = Home::new();
    let mut desk = home.sit_with(&seeds());
    mark(&mut desk, 0, "حدث");
    desk.leave();
    let mut desk = home.sit_with(&seeds());
    let one = desk.annotations().remove(0);
    act(&mut desk, Action::SetNote(one.document, one.id, "ملاحظة".into()));
    act(&mut desk, Action::Run(Command::Save));
    desk.menu("File", "Snapshots…");
    desk.wait_for(
        "before the first save of the day\u{2069}: \u{2068}\u{2068}one annotation\u{2069} · \u{2068}one tag",
    );
    desk.key(Modifiers::NONE, Key::Escape);
    let mut reader = home.sit_with(&seeds());
    assert!(reader.harness.state().bench().is_read_only());
    reader.menu("File", "Snapshots…");
    reader.wait_for("before the first save of the day");
    assert!(reader.harness.query_by_label("Take a snapshot").is_none());
    reader.click_on("before the first save of the day");
    reader.wait_for("Annotations: \u{2068}0\u{2069} added, \u{2068}1\u{2069} changed");
    assert!(reader.harness.get_by_label("Restore").accesskit_node().is_disabled());
    reader.leave();
    desk.leave();
}

/// What each frame paints of the annotation table: how many rows a screen reader hears, and how many chips are seen.
struct Frames(Arc<Mutex<Vec<(usize, usize)>>>);

impl egui::Plugin for Frames {
    fn debug_name(&self) -> &'static str {
        "frames"
    }

    fn output_hook(&mut self, _: &egui::Context, output: &mut egui::FullOutput) {
        let update = output.platform_output.accesskit_update.as_ref();
        let nodes = update.map_or(&[][..], |update| &update.nodes);
        let rows = nodes.iter().filter(|(_, node)| node.role() == Role::Row).count();
        let chips = output.shapes.iter().map(|clipped| chips(&clipped.shape, clipped.clip_rect)).sum();
        self.0.lock().expect("nothing panics while it watches").push((rows, chips));
    }
}

fn chips(shape: &Shape, clip: egui::Rect) -> usize {
    match shape {
        Shape::Vec(shapes) => shapes.iter().map(|shape| chips(shape, clip)).sum(),
        Shape::Rect(rect) => {
            let is_chip = rect.corner_radius == egui::CornerRadius::same(10) && rect.rect.height() < 30.0;
            usize::from(is_chip && clip.intersects(rect.rect))
        }
        _ => 0,
    }
}

#[test]
fn from_one_frame_to_the_next_every_row_has_its_tags_again() {
    type Change = fn(&mut Desk);
    let one_removed: Change = |desk| {
        let one = desk.annotations().remove(0);
        act(desk, Action::RemoveAnnotation(one.document, one.id));
    };
    let tag_removed: Change = |desk| {
        let one = desk.annotations().remove(0);
        act(desk, Action::RemoveTag(one.tags[0]));
    };
    let tag_taken_off: Change = |desk| {
        let one = desk.annotations().remove(0);
        act(desk, Action::ToggleTag(one.document, one.id, one.tags[0]));
    };
    let all_removed: Change = |desk| {
        for one in desk.annotations() {
            act(desk, Action::RemoveAnnotation(one.document, one.id));
        }
    };
    for (change, before) in
        [(one_removed, (1, 1)), (tag_removed, (2, 0)), (tag_taken_off, (2, 1)), (all_removed, (0, 0))]
    {
        // In the sitting that saw the annotations, and in one that has not painted the table yet.
        for is_later in [false, true] {
            let home = Home::new();
            let mut desk = home.sit_with(&seeds());
            for paragraph in [0, 2] {
                mark(&mut desk, paragraph, "حدث");
            }
            act(&mut desk, Action::TakeSnapshot("قبل".to_owned()));
            change(&mut desk);
            act(&mut desk, Action::Run(Command::Save));
            if is_later {
                desk.leave();
                desk = home.sit_with(&seeds());
            }
            desk.menu("File", "Snapshots…");
            desk.wait_for("قبل\u{2069}: ");
            desk.click_on("قبل\u{2069}: ");
            while desk.harness.get_by_label("Restore").accesskit_node().is_disabled() {
                desk.harness.step();
            }
            let frames = Arc::new(Mutex::new(Vec::new()));
            desk.harness.ctx.add_plugin(Frames(Arc::clone(&frames)));
            desk.click("Restore");
            let mut frames = frames.lock().expect("nothing panics while it watches").clone();
            frames.dedup();
            assert_eq!(frames, [before, (2, 2)]);
            desk.leave();
        }
    }
}
