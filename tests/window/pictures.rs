//! Pictures of the main window, painted by the processor and compared with the kept ones in `tests/snapshots`.
//!
//! Whoever changes how the window looks makes them anew with `UPDATE_SNAPSHOTS=1 cargo test --test window pictures`, and
//! looks at every one before keeping it. The pictures of the five seeds are also left in `target/tmp/pictures`, where
//! `.ci/window-test` compares them with screenshots of the real window.

use std::fs;
use std::path::Path;

use egui::{Key, Modifiers, vec2};
use egui_kittest::{SnapshotOptions, try_image_snapshot_options};
use image::RgbaImage;

use crate::desk::{Desk, Home, seeds};

/// The size of the screen in the window test, in pixels.
const SIZE: [f32; 2] = [1440.0, 900.0];

/// Where the pointer rests in the window test, in points: on nothing that lights up.
const AWAY: [f32; 2] = [2.0, 898.0];

/// How far a pixel may be from the kept one (dify's squared distance of colours in YIQ, weighted) …
const DISTANCE: f32 = 0.6;

/// … and how many may be further: none, since the same numbers are added on every machine.
const FURTHER: usize = 0;

fn options() -> SnapshotOptions {
    SnapshotOptions::new()
        .threshold(DISTANCE)
        .max_failed_pixels(FURTHER)
        .output_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots"))
}

fn picture(desk: &mut Desk) -> RgbaImage {
    desk.harness.render().expect("every texture was uploaded")
}

/// A desk on the seeds with the document of this number open.
fn desk_at(home: &Home, number: usize) -> Desk {
    let mut desk = home.sit();
    desk.harness.set_size(SIZE.into());
    desk.open(&seeds());
    let title = desk.titles()[number].clone();
    desk.click_on(&format!("Document \u{2068}{title}\u{2069}"));
    desk.move_to(AWAY.into());
    desk.settle();
    desk
}

/// The seed of this number in `target/tmp/pictures` and against the kept picture.
fn seed_is_as_kept(number: usize) {
    let mut files: Vec<_> = fs::read_dir(seeds())
        .expect("the seeds are in the tree")
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    files.sort();
    let name = files[number].file_stem().expect("a name").to_string_lossy().into_owned();
    let home = Home::new();
    let picture = picture(&mut desk_at(&home, number));

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    fs::create_dir_all(&folder).expect("cargo's folder for tests can be written");
    picture.save(folder.join(format!("{name}.png"))).expect("a picture can be written");

    if let Err(error) = try_image_snapshot_options(&picture, name, &options()) {
        panic!("{error}");
    }
}

#[test]
fn the_first_seed() {
    seed_is_as_kept(0);
}

#[test]
fn the_second_seed() {
    seed_is_as_kept(1);
}

#[test]
fn the_third_seed() {
    seed_is_as_kept(2);
}

#[test]
fn the_fourth_seed() {
    seed_is_as_kept(3);
}

#[test]
fn the_fifth_seed() {
    seed_is_as_kept(4);
}

/// Marks that overlap and lie in one another, their glosses, the table, and the tags offered for a new passage.
#[test]
fn a_document_being_marked() {
    let home = Home::new();
    let mut desk = desk_at(&home, 0);
    let lines = desk.lines();
    let line = |number: usize| lines[number].rect;
    let whole = [line(3).right_center() - vec2(1.0, 0.0), line(4).left_center() + vec2(1.0, 0.0)];
    let nested = [line(3).right_center() - vec2(120.0, 0.0), line(3).right_center() - vec2(300.0, 0.0)];
    let over = [line(4).right_center() - vec2(200.0, 0.0), line(5).right_center() - vec2(150.0, 0.0)];
    for ([from, to], tag) in [(whole, "أمن مشترك"), (nested, "Poland"), (over, "تصريح رسمي")]
    {
        desk.drag(from, to);
        desk.type_text(tag);
        desk.key(Modifiers::NONE, Key::Enter);
    }
    assert_eq!(desk.annotations().len(), 3);
    desk.drag(line(7).right_center() - vec2(1.0, 0.0), line(7).left_center() + vec2(1.0, 0.0));
    if let Err(error) = try_image_snapshot_options(&picture(&mut desk), "being-marked", &options()) {
        panic!("{error}");
    }
}

/// The same words on a screen of two pixels a point.
#[test]
fn the_fourth_seed_on_a_fine_screen() {
    let home = Home::new();
    let mut desk = home.sit_at(2.0);
    desk.open(&seeds());
    let title = desk.titles()[3].clone();
    desk.click_on(&format!("Document \u{2068}{title}\u{2069}"));
    desk.move_to(AWAY.into());
    desk.settle();
    if let Err(error) = try_image_snapshot_options(&picture(&mut desk), "fine-screen", &options()) {
        panic!("{error}");
    }
}
