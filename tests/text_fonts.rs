//! Fonts beside the bundled ones: which families are offered, which faces set what, what stands in for what, and what comes of fonts that
//! are broken or gone. The fonts are those of `tests/fixtures/fonts`, never the system's.

#![allow(clippy::disallowed_methods, reason = "a test lays out folders")]
#![allow(clippy::type_complexity, reason = "a table of cases is read by its rows")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hashiya::text::*;
use proptest::prelude::*;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fonts")
}

/// A folder with copies of some of the fonts.
fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for file in files {
        std::fs::copy(fixtures().join(file), folder.path().join(file)).expect("the fonts are in the tree");
    }
    folder
}

fn engine_over(folder: &Path) -> TextEngine {
    TextEngine::new(FontLibrary::with_fonts_in(folder, || {}).waiting())
}

fn engine() -> TextEngine {
    engine_over(&fixtures())
}

fn style(family: &str, weight: Weight) -> Style {
    Style { family: Family::named(family), size: 20.0, weight, line_height: 40.0 }
}

fn lay_out(engine: &mut TextEngine, text: &str, family: &str, weight: Weight) -> ParagraphLayout {
    engine.lay_out(text, &style(family, weight), Direction::RightToLeft, Align::Start, None)
}

/// The files that set a text, in its order, neighbours that are alike told once; and its glyphs.
fn set_by(engine: &mut TextEngine, text: &str, family: &str, weight: Weight) -> (Vec<String>, Vec<Glyph>) {
    let layout = lay_out(engine, text, family, weight);
    let mut runs = layout.lines()[0].runs.clone();
    runs.sort_by_key(|run| run.range.start);
    let name = |run: &Run| {
        let file = Path::new(engine.font_file(run.font)).file_name().expect("a file");
        file.to_string_lossy().into_owned()
    };
    let mut files: Vec<String> = runs.iter().map(name).collect();
    files.dedup();
    (files, runs.into_iter().flat_map(|run| run.glyphs).collect())
}

fn picture(engine: &mut TextEngine, layout: &ParagraphLayout) -> Vec<AtlasGlyph> {
    let runs = &layout.lines()[0].runs;
    let keys: Vec<GlyphKey> = runs
        .iter()
        .flat_map(|run| run.glyphs.iter().map(|glyph| run.place(glyph, Point::default()).0))
        .collect();
    keys.into_iter().filter_map(|key| engine.glyph_image(key)).collect()
}

#[test]
fn families_that_set_arabic_are_offered_after_the_bundled_ones() {
    let library = FontLibrary::with_fonts_in(&fixtures(), || {}).waiting();
    let (families, complete) = library.families();
    assert!(complete);
    assert_eq!(
        families,
        ["Amiri", "Noto Naskh Arabic", "Noto Sans Arabic", "Test Pair", "Test Plain", "Test Variable"],
        "neither without beh, nor unjoined, nor of other scripts"
    );
    // Any family can be asked for by name.
    for (name, has) in
        [("Test Apart", true), ("Test Han", true), ("Amiri", true), ("Test", false), ("", false)]
    {
        assert_eq!(library.has(name), Some(has), "{name}");
    }
}

#[test]
fn a_weight_is_a_face_of_its_own_or_a_place_on_an_axis_and_never_made_up() {
    let mut engine = engine();
    let text = "باب";
    for (family, regular, bold) in [
        ("Test Pair", ("Pair-Regular.ttf", 500), ("Pair-Bold.ttf", 800)),
        // 700 lies three quarters of the way from 400 to 800.
        ("Test Variable", ("Variable.ttf", 400), ("Variable.ttf", 550)),
        ("Test Plain", ("Plain.ttf", 600), ("Plain.ttf", 600)),
    ] {
        for (weight, (file, advance)) in [(Weight::Regular, regular), (Weight::Bold, bold)] {
            let (files, glyphs) = set_by(&mut engine, text, family, weight);
            assert_eq!(files, [file], "{family} {weight:?}");
            for glyph in &glyphs {
                let units = glyph.advance / 20.0 * 1000.0;
                assert!((units - advance as f32).abs() < 1.5, "{family} {weight:?}: {units} units");
            }
        }
    }
    // What is drawn has the weight too: the box of a medial letter is as wide as its advance.
    for (weight, pixels) in [(Weight::Regular, 8), (Weight::Bold, 11)] {
        let layout = lay_out(&mut engine, "ببب", "Test Variable", weight);
        assert!(picture(&mut engine, &layout).iter().all(|glyph| glyph.width == pixels), "{weight:?}");
    }
}

#[test]
fn a_family_without_bold_has_a_regular_title() {
    let mut engine = engine();
    let regular = lay_out(&mut engine, "عنوان", "Test Plain", Weight::Regular);
    let bold = lay_out(&mut engine, "عنوان", "Test Plain", Weight::Bold);
    assert_eq!(regular, bold, "the very same glyphs at the same places");
}

#[test]
fn a_word_is_set_in_one_font() {
    let mut engine = engine();
    // Test Plain has no peh, no Latin but `a`, and no digits.
    for (text, files) in [
        ("كتاب", vec!["Plain.ttf"]),
        ("كپتاب", vec!["Amiri-Regular.ttf"]),
        ("پ", vec!["Amiri-Regular.ttf"]),
        ("باب كپتاب باب", vec!["Plain.ttf", "Amiri-Regular.ttf", "Plain.ttf"]),
        ("كَتاپَ كَتاب", vec!["Amiri-Regular.ttf", "Plain.ttf"]),
        ("(كپ) ab", vec!["Amiri-Regular.ttf", "Plain.ttf", "Amiri-Regular.ttf"]),
        ("ب\u{200d}پ", vec!["Amiri-Regular.ttf"]),
    ] {
        let (found, glyphs) = set_by(&mut engine, text, "Test Plain", Weight::Regular);
        // Spaces and brackets belong to nobody in particular.
        assert!(glyphs.iter().all(|glyph| glyph.id != 0), "{text}");
        let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
        found.dedup();
        assert_eq!(found, files, "{text}");
    }
    // What stands in joins as it does alone.
    let (_, alone) = set_by(&mut engine, "كپتاب", "Amiri", Weight::Regular);
    let (_, instead) = set_by(&mut engine, "كپتاب", "Test Plain", Weight::Regular);
    let ids = |glyphs: &[Glyph]| glyphs.iter().map(|glyph| glyph.id).collect::<Vec<_>>();
    assert_eq!(ids(&alone), ids(&instead));
}

#[test]
fn a_letter_that_no_bundled_font_has_comes_from_another_and_never_from_a_blank_one() {
    let mut engine = engine();
    for (text, file, id_is_box) in [
        ("漢", "Han.ttf", false),
        ("字", "Han.ttf", false),
        // Only the blank font has these: a box, from the style's own font.
        ("☃", "Amiri-Regular.ttf", true),
        ("𝔄", "Amiri-Regular.ttf", true),
        ("\u{e000}", "Amiri-Regular.ttf", true),
        ("\u{10ffff}", "Amiri-Regular.ttf", true),
    ] {
        let (files, glyphs) = set_by(&mut engine, text, "Amiri", Weight::Regular);
        assert_eq!((files, glyphs[0].id == 0), (vec![file.to_owned()], id_is_box), "{text}");
        let layout = lay_out(&mut engine, text, "Amiri", Weight::Regular);
        assert_eq!(picture(&mut engine, &layout).len(), 1, "{text} can be seen");
    }
    // Test Partial has no box of its own: another font's is shown.
    let layout = lay_out(&mut engine, "☃", "Test Partial", Weight::Regular);
    assert_eq!(picture(&mut engine, &layout).len(), 1);
}

#[test]
fn emoji_are_one_picture_each_and_paragraphs_go_on_around_them() {
    for (font, texts) in [
        ("Pictures.ttf", &["👩🏽\u{200d}🚀", "🇱🇧", "❤\u{fe0f}", "👩", "1\u{fe0f}\u{20e3}"][..]),
        ("NotoColorEmoji-few.ttf", &["👩🏽\u{200d}🚀", "🇱🇧", "❤\u{fe0f}", "👩🏽"]),
    ] {
        let folder = folder(&[font]);
        let mut engine = engine_over(folder.path());
        for emoji in texts {
            for (around, direction) in [
                (["", ""], Direction::RightToLeft),
                (["قال ", " ثم ذهب"], Direction::RightToLeft),
                (["said ", " then"], Direction::LeftToRight),
                (["قال foo ", " bar ثم"], Direction::RightToLeft),
            ] {
                let text = format!("{}{emoji}{}", around[0], around[1]);
                let at = around[0].len()..around[0].len() + emoji.len();
                let style = style("Amiri", Weight::Regular);
                let layout = engine.lay_out(&text, &style, direction, Align::Start, None);
                let runs = &layout.lines()[0].runs;
                let run =
                    runs.iter().find(|run| run.range == at).unwrap_or_else(|| panic!("{text}: {runs:?}"));
                assert!(engine.font_file(run.font).ends_with(font), "{text}");
                let drawn: Vec<AtlasGlyph> = run
                    .glyphs
                    .iter()
                    .filter_map(|glyph| engine.glyph_image(run.place(glyph, Point::default()).0))
                    .collect();
                assert!(drawn.len() == 1 && drawn[0].color, "{text}: {drawn:?}");
                let near = |size: u32| (14..=28).contains(&size);
                assert!(near(drawn[0].width) && near(drawn[0].height), "{text}: {drawn:?}");
                assert_eq!(layout.rects(at.clone()).len(), 1);
                // One cluster: no caret stands inside it.
                let carets: BTreeSet<usize> = (0..200)
                    .map(|x| layout.hit(Point::new(layout.width() * x as f32 / 200.0, 5.0)).byte)
                    .collect();
                assert!(carets.iter().all(|byte| *byte <= at.start || *byte >= at.end), "{text}: {carets:?}");
            }
        }
    }
}

#[test]
fn a_sign_is_a_letter_until_it_is_asked_to_be_a_picture() {
    let folder = folder(&["Pictures.ttf"]);
    let mut engine = engine_over(folder.path());
    let mut is_picture =
        |text: &str| set_by(&mut engine, text, "Amiri", Weight::Regular).0 == ["Pictures.ttf"];
    assert!(!is_picture("1") && is_picture("1\u{fe0f}\u{20e3}"));
    assert!(is_picture("❤\u{fe0f}"));
    assert!(is_picture("❤"), "no other font has it");
}

#[test]
fn layers_and_pictures_have_their_own_colours() {
    let folder = folder(&["Pictures.ttf", "Layers.ttf"]);
    let mut engine = engine_over(folder.path());
    for (text, color) in [("😀", [255u8, 204, 0]), ("❤\u{fe0f}", [230, 0, 0])] {
        let layout = lay_out(&mut engine, text, "Amiri", Weight::Regular);
        let drawn = picture(&mut engine, &layout);
        let [glyph] = drawn[..] else { panic!("{text}: {drawn:?}") };
        assert!(glyph.color);
        let update = engine.atlas().take_updates().into_iter().next_back().expect("it is new");
        let middle =
            (glyph.y - update.y + glyph.height / 2) * update.width + glyph.x - update.x + glyph.width / 2;
        let [r, g, b, a] = update.pixels[middle as usize];
        let far = [r, g, b].iter().zip(color).map(|(a, b)| a.abs_diff(b)).max();
        assert!(far <= Some(4) && a >= 252, "{text}: {:?}", [r, g, b, a]);
        // A disc on nothing has no dark edge: premultiplied, every pixel is a share of its colour.
        if text.starts_with('❤') {
            let ink = update.pixels.iter().filter(|pixel| pixel[3] > 0 && pixel[0] != pixel[3]);
            for [r, g, b, a] in ink.copied() {
                let share = f32::from(r) / 230.0 * 255.0;
                assert!((share - f32::from(a)).abs() < 3.0 && g == 0 && b == 0, "{:?}", [r, g, b, a]);
            }
        }
    }
}

#[test]
fn without_a_font_of_pictures_an_emoji_is_a_box() {
    let folder = folder(&["Plain.ttf"]);
    for mut engine in [engine_over(folder.path()), TextEngine::new(FontLibrary::bundled())] {
        let layout = lay_out(&mut engine, "قال 🚀 ثم", "Amiri", Weight::Regular);
        let boxes: Vec<&Glyph> =
            layout.lines()[0].runs.iter().flat_map(|run| &run.glyphs).filter(|glyph| glyph.id == 0).collect();
        assert_eq!(boxes.len(), 1);
    }
}

/// How many fonts have come once none comes any more; a face can be used a moment before its arrival is told.
fn at_rest(library: &FontLibrary) -> u64 {
    let mut arrivals = library.arrivals();
    loop {
        std::thread::sleep(Duration::from_millis(150));
        let before = std::mem::replace(&mut arrivals, library.arrivals());
        if before == arrivals {
            return arrivals;
        }
    }
}

/// Nobody waits for a font: until it is there another stands in, and then the window is woken and told.
#[test]
fn fonts_come_in_the_background() {
    let wakes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&wakes);
    let library = FontLibrary::with_fonts_in(&fixtures(), move || {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let mut engine = TextEngine::new(library.clone());
    let began = Instant::now();
    let mut first = true;
    loop {
        let arrivals = library.arrivals();
        let (files, _) = set_by(&mut engine, "باب 漢", "Test Plain", Weight::Regular);
        if files == ["Plain.ttf", "Han.ttf"] {
            break;
        }
        assert!(
            files.iter().all(|file| file == "Amiri-Regular.ttf" || file == "Plain.ttf" || file == "Han.ttf")
        );
        first = false;
        while library.arrivals() == arrivals {
            assert!(began.elapsed() < Duration::from_secs(20), "no font has come");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    assert!(!first, "the first layout does not wait");
    assert!(wakes.load(Ordering::SeqCst) >= 2, "once for the search, once for the fonts");
    // Once everything has come that there is, what is not found is asked for no more: each text is set twice.
    let mut settled = 0;
    for _ in 0..2 {
        set_by(&mut engine, "باب 漢字 ☃ \u{e000}", "Test Plain", Weight::Bold);
        settled = at_rest(&library);
    }
    set_by(&mut engine, "باب 漢字 ☃ \u{e000}", "Test Plain", Weight::Bold);
    assert_eq!(at_rest(&library), settled, "what is not found changes nothing");
    // Another engine over the same fonts knows them at once, by the same numbers.
    let layout = lay_out(&mut engine, "باب", "Test Plain", Weight::Regular);
    let mut other = TextEngine::new(library);
    assert_eq!(lay_out(&mut other, "باب", "Test Plain", Weight::Regular), layout);
}

#[test]
fn what_cannot_be_read_is_left_out_and_what_vanishes_is_passed_over() {
    let folder = folder(&["Pair-Bold.ttf", "Han.ttf", "Plain.ttf"]);
    let whole = std::fs::read(fixtures().join("Pair-Regular.ttf")).expect("readable");
    std::fs::write(folder.path().join("Half.ttf"), &whole[..whole.len() / 2]).expect("writable");
    std::fs::write(folder.path().join("Empty.ttf"), b"").expect("writable");
    std::fs::write(folder.path().join("Text.otf"), "no font at all").expect("writable");
    std::fs::create_dir(folder.path().join("Folder.ttf")).expect("writable");
    std::os::unix::fs::symlink("nowhere.ttf", folder.path().join("Link.ttf")).expect("writable");
    let library = FontLibrary::with_fonts_in(folder.path(), || {}).waiting();
    assert!(library.families().0.contains(&"Test Plain".to_owned()));
    for gone in ["Plain.ttf", "Han.ttf"] {
        std::fs::remove_file(folder.path().join(gone)).expect("it was there");
    }
    let mut engine = TextEngine::new(library.clone());
    assert_eq!(library.has("Test Plain"), Some(true), "nobody has looked yet");
    assert_eq!(set_by(&mut engine, "باب", "Test Plain", Weight::Regular).0, ["Amiri-Regular.ttf"]);
    assert_eq!(library.has("Test Plain"), Some(false), "it could not be opened");
    assert_eq!(set_by(&mut engine, "漢", "Amiri", Weight::Regular).1[0].id, 0);
    assert_eq!(
        set_by(&mut engine, "باب", "Test Pair", Weight::Regular).0,
        ["Pair-Bold.ttf"],
        "better than none"
    );
    // What is open already stays when its file goes.
    std::fs::remove_file(folder.path().join("Pair-Bold.ttf")).expect("it was there");
    let layout = lay_out(&mut engine, "بابا", "Test Pair", Weight::Bold);
    assert_eq!(picture(&mut engine, &layout).len(), 4);
}

#[test]
fn a_folder_that_is_not_there_has_no_fonts() {
    let library = FontLibrary::with_fonts_in(Path::new("/nowhere/at/all"), || {}).waiting();
    assert_eq!(library.families().0.len(), 3);
    let mut engine = TextEngine::new(library);
    assert_eq!(set_by(&mut engine, "باب", "Test Plain", Weight::Regular).0, ["Amiri-Regular.ttf"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is wrong with the bytes of a font, text set in it is laid out and drawn, or another font does it.
    #[test]
    fn damaged_fonts_do_no_harm(
        font in prop::sample::select(vec!["Plain.ttf", "Variable.ttf", "Pictures.ttf", "Layers.ttf", "Painted.ttf", "NotoColorEmoji-few.ttf"]),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..24),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = std::fs::read(fixtures().join(font)).expect("readable");
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::write(folder.path().join("Damaged.ttf"), bytes).expect("writable");
        let mut engine = engine_over(folder.path());
        for family in ["Test Plain", "Test Variable", "Amiri"] {
            for weight in [Weight::Regular, Weight::Bold] {
                let text = "قال بَابٌ 🟥🟦🟩🟨🟪 👩🏽\u{200d}🚀 😀 🇱🇧 ❤\u{fe0f} a";
                let layout = engine.lay_out(text, &style(family, weight), Direction::RightToLeft, Align::Start, Some(200.0));
                prop_assert_eq!(layout.len(), text.len());
                for run in layout.lines().iter().flat_map(|line| &line.runs) {
                    for glyph in &run.glyphs {
                        prop_assert!(glyph.x.is_finite() && glyph.y.is_finite() && glyph.advance.is_finite());
                        engine.glyph_image(run.place(glyph, Point::default()).0);
                    }
                }
            }
        }
    }
}

#[test]
fn glyphs_of_any_size_can_be_drawn() {
    let mut engine = engine();
    for side in [2048, 256] {
        engine.atlas().set_max_side(side);
        for size in [0.5, 3.0, 90.0, 700.0, 3000.0, 60_000.0] {
            for (text, family) in
                [("ﷺ", "Amiri"), ("ﷺ", "Noto Naskh Arabic"), ("👩", "Amiri"), ("😀", "Amiri")]
            {
                let style = Style { size, ..style(family, Weight::Regular) };
                let layout = engine.lay_out(text, &style, Direction::RightToLeft, Align::Start, None);
                engine.atlas().begin_frame();
                for glyph in picture(&mut engine, &layout) {
                    let (width, height) = engine.atlas().page_size(glyph.page);
                    assert!(width.max(height) <= side && glyph.x + glyph.width <= width);
                    // It is as large on screen as it should be, whatever it was drawn at.
                    let wide = (glyph.width * glyph.stretch) as f32;
                    assert!(
                        wide <= layout.width() * 1.3 + 4.0 * glyph.stretch as f32 + 4.0,
                        "{text} at {size}: {wide} of {}",
                        layout.width()
                    );
                    assert!(size < 30.0 || wide > layout.width() * 0.5, "{text} at {size}: {wide}");
                }
                if size >= 3.0 {
                    assert!(!picture(&mut engine, &layout).is_empty(), "{text} at {size} can be seen");
                }
            }
        }
    }
}

#[test]
fn painted_glyphs_have_their_gradients() {
    const RED: [u8; 4] = [255, 0, 0, 255];
    const BLUE: [u8; 4] = [0, 0, 255, 255];
    const BOTH: [u8; 4] = [128, 0, 128, 255];
    const NOTHING: [u8; 4] = [0; 4];
    let folder = folder(&["Painted.ttf"]);
    // Points as shares of the em: across from the left, and up from the bottom of the square.
    let cases: [(&str, &[(f32, f32, [u8; 4])]); 5] = [
        ("🟥", &[(0.01, 0.3, RED), (0.5, 0.9, BOTH), (0.25, 0.1, [191, 0, 64, 255]), (0.99, 0.5, BLUE)]),
        ("🟦", &[(0.5, 0.5, RED), (0.75, 0.5, BOTH), (0.5, 0.25, BOTH), (0.02, 0.02, BLUE)]),
        // Against the clock from the right.
        (
            "🟩",
            &[
                (0.9, 0.53, RED),
                (0.5, 0.9, [191, 0, 64, 255]),
                (0.1, 0.5, BOTH),
                (0.5, 0.1, [64, 0, 191, 255]),
            ],
        ),
        ("🟨", &[(0.25, 0.5, [0, 153, 0, 255]), (0.75, 0.5, NOTHING)]),
        ("🟪", &[(0.25, 0.5, NOTHING), (0.75, 0.5, BLUE)]),
    ];
    for size in [100.0, 31.0] {
        for (text, points) in &cases {
            let mut engine = engine_over(folder.path());
            let style = Style { size, ..style("Amiri", Weight::Regular) };
            let layout = engine.lay_out(text, &style, Direction::RightToLeft, Align::Start, None);
            let drawn = picture(&mut engine, &layout);
            let [glyph] = drawn[..] else { panic!("{text}: {drawn:?}") };
            let update = engine.atlas().take_updates().into_iter().next().expect("it is new");
            for (across, up, wanted) in *points {
                let x = (across * size).floor() as i32 - glyph.left;
                let y = glyph.top - (up * size - 0.1 * size).floor() as i32 - 1;
                let inside = x >= 0 && y >= 0 && (x as u32) < glyph.width && (y as u32) < glyph.height;
                let pixel = |x: i32, y: i32| {
                    (glyph.y as usize + y as usize) * update.width as usize + glyph.x as usize + x as usize
                };
                let found = if inside { update.pixels[pixel(x, y)] } else { NOTHING };
                let far = found.iter().zip(wanted).map(|(a, b)| a.abs_diff(*b)).max();
                // A pixel is a larger part of a small gradient.
                assert!(
                    far <= Some((800.0 / size) as u8),
                    "{text} at {across}, {up}, {size} px: {found:?}, not {wanted:?}"
                );
            }
        }
    }
}
