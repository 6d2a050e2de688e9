//! Text that must fit, ink, and the pictures of glyphs.

use hashiya::text::*;

fn engine() -> TextEngine {
    TextEngine::new(FontLibrary::bundled())
}

fn amiri(size: f32) -> Style {
    Style { family: Family::AMIRI, size, weight: Weight::Regular, line_height: size * 2.0 }
}

#[test]
fn what_fits_is_not_clipped() {
    let mut engine = engine();
    let layout = engine.lay_out_clipped("كلمة", &amiri(20.0), Direction::RightToLeft, Align::Start, 400.0, 1);
    assert!(!layout.clipped());
    assert!((layout.lines()[0].right - 400.0).abs() < 0.01);
    let whole = engine.lay_out("كلمة", &amiri(20.0), Direction::RightToLeft, Align::Start, Some(400.0));
    let (ours, theirs) = (&layout.lines()[0].runs[0].glyphs, &whole.lines()[0].runs[0].glyphs);
    assert_eq!(ours.len(), theirs.len());
    assert!(ours.iter().zip(theirs).all(|(a, b)| a.id == b.id && (a.x - b.x).abs() < 0.01));
}

#[test]
fn the_ellipsis_stands_at_the_logical_end_in_the_same_font() {
    let mut engine = engine();
    let ellipsis = engine.lay_out("…", &amiri(20.0), Direction::RightToLeft, Align::Start, None).lines()[0]
        .runs[0]
        .glyphs[0];
    for (text, direction, at_left) in [
        ("الكرملين: نعمل مع بيلاروسيا بشكل مشترك لضمان أمن دولة الاتحاد", Direction::RightToLeft, true),
        ("The quick brown fox jumps over the lazy dog again and again", Direction::LeftToRight, false),
        ("قال The quick brown fox jumps over the lazy dog again and again", Direction::RightToLeft, true),
    ] {
        for width in [60.0, 150.0, 250.0] {
            let layout = engine.lay_out_clipped(text, &amiri(20.0), direction, Align::Start, width, 1);
            assert!(layout.clipped() && layout.len() == text.len());
            let [line] = layout.lines() else { panic!("one line") };
            assert!(
                line.left >= -0.01 && line.right <= width + 0.01,
                "{} {} of {width}",
                line.left,
                line.right
            );
            let glyphs: Vec<&Glyph> = line.runs.iter().flat_map(|run| &run.glyphs).collect();
            let end = if at_left { glyphs[0] } else { glyphs[glyphs.len() - 1] };
            assert_eq!(end.id, ellipsis.id, "{text} at {width}");
            assert_eq!(line.range, 0..text.len());
            // What is left out is all under the ellipsis.
            let hidden = layout.rects(text.len() - 1..text.len());
            assert!((hidden[0].width() - end.advance).abs() < 0.01);
        }
    }
}

#[test]
fn wrapped_text_is_clipped_in_its_last_line() {
    let mut engine = engine();
    let text = "كلمة عربية و word 123 ".repeat(40);
    for lines in 2..5 {
        let layout =
            engine.lay_out_clipped(&text, &amiri(20.0), Direction::RightToLeft, Align::Start, 180.0, lines);
        assert!(layout.clipped());
        assert_eq!(layout.lines().len(), lines);
        assert_eq!(layout.lines()[lines - 1].range.end, text.len());
    }
}

#[test]
fn a_title_of_a_megabyte_is_clipped_at_once() {
    let mut engine = engine();
    let text = "كلمة عربية ".repeat(60_000);
    let begun = std::time::Instant::now();
    let layout = engine.lay_out_clipped(&text, &amiri(20.0), Direction::RightToLeft, Align::Start, 300.0, 1);
    assert!(layout.clipped() && layout.len() == text.len());
    assert!(begun.elapsed().as_secs_f32() < 2.0, "{:?}", begun.elapsed());
}

#[test]
fn ink_reaches_below_where_letters_do() {
    let mut engine = engine();
    let text = "دددد يِِجح";
    let layout = engine.lay_out(text, &amiri(40.0), Direction::RightToLeft, Align::Start, Some(600.0));
    let shallow = layout.ink_below(0, 0..8, &engine);
    let deep = layout.ink_below(0, 9..text.len(), &engine);
    assert!((0.0..10.0).contains(&shallow) && deep > shallow + 5.0, "{shallow} {deep}");
    assert_eq!(layout.ink_below(0, 8..9, &engine), 0.0, "a space has no ink");
    assert_eq!(layout.ink_below(7, 0..8, &engine), 0.0, "no such line");
}

#[test]
fn glyphs_have_pictures_and_spaces_have_none() {
    let mut engine = engine();
    let layout = engine.lay_out("كلمة و", &amiri(24.0), Direction::RightToLeft, Align::Start, Some(300.0));
    let line = &layout.lines()[0];
    let (mut drawn, mut blank) = (0, 0);
    for run in &line.runs {
        for glyph in &run.glyphs {
            let (key, x, y) = run.place(glyph, Point::new(10.25, 5.0));
            assert_eq!(key, run.place(glyph, Point::new(11.25, 5.0)).0);
            match engine.glyph_image(key) {
                Some(image) => {
                    drawn += 1;
                    assert!(!image.color && image.width > 0 && image.height > 0);
                    assert!(
                        (x as f32 - glyph.x - 10.25).abs() <= 1.0
                            && (y as f32 - line.baseline - 5.0).abs() < 12.0
                    );
                    assert_eq!(engine.glyph_image(key), Some(image));
                }
                None => blank += 1,
            }
        }
    }
    assert!(drawn >= 5 && blank == 1, "{drawn} {blank}");
    let updates = engine.atlas().take_updates();
    assert_eq!(updates.len(), 1);
    assert!(updates[0].whole_page && updates[0].pixels.iter().any(|pixel| pixel[3] == 255));
    assert!(updates[0].pixels.iter().all(|pixel| pixel[0] == pixel[3]), "a mask is white");
}

#[test]
fn families_and_weights_choose_their_files() {
    let mut engine = engine();
    for (family, weight, file) in [
        (Family::AMIRI, Weight::Regular, "Amiri-Regular.ttf"),
        (Family::AMIRI, Weight::Bold, "Amiri-Bold.ttf"),
        (Family::NOTO_NASKH, Weight::Bold, "NotoNaskhArabic-Bold.ttf"),
        (Family::NOTO_SANS, Weight::Regular, "NotoSansArabic-Regular.ttf"),
        (Family::named("Noto Sans Arabic"), Weight::Bold, "NotoSansArabic-Bold.ttf"),
        (Family::named("No Such Family"), Weight::Bold, "Amiri-Bold.ttf"),
    ] {
        let style = Style { family, size: 20.0, weight, line_height: 30.0 };
        let layout = engine.lay_out("كلمة", &style, Direction::RightToLeft, Align::Start, None);
        assert_eq!(engine.font_file(layout.lines()[0].runs[0].font), file);
    }
    let fonts = FontLibrary::bundled();
    assert_eq!([fonts.has("Amiri"), fonts.has("No Such Family")], [Some(true), Some(false)]);
    assert_eq!(
        fonts.families(),
        (["Amiri", "Noto Naskh Arabic", "Noto Sans Arabic"].map(str::to_owned).into(), true)
    );
}

#[test]
fn what_a_font_lacks_another_bundled_one_sets() {
    let mut engine = engine();
    let style = Style { family: Family::NOTO_NASKH, size: 20.0, weight: Weight::Regular, line_height: 30.0 };
    let layout = engine.lay_out("كلمة word ﷺ", &style, Direction::RightToLeft, Align::Start, None);
    let runs = &layout.lines()[0].runs;
    assert!(runs.iter().flat_map(|run| &run.glyphs).all(|glyph| glyph.id != 0), "{runs:?}");
    let missing = engine.lay_out("漢", &style, Direction::RightToLeft, Align::Start, None);
    let run = &missing.lines()[0].runs[0];
    assert_eq!(run.glyphs[0].id, 0, "a box");
    assert!(engine.glyph_image(run.place(&run.glyphs[0], Point::default()).0).is_some());
}

#[test]
fn alignment_follows_the_direction_or_does_not() {
    let mut engine = engine();
    for (align, rtl_left) in
        [(Align::Start, false), (Align::End, true), (Align::Left, true), (Align::Right, false)]
    {
        for max_lines in [0, 1] {
            let mut lay = |direction| match max_lines {
                0 => engine.lay_out("كلمة ", &amiri(20.0), direction, align, Some(300.0)),
                lines => engine.lay_out_clipped("كلمة", &amiri(20.0), direction, align, 300.0, lines),
            };
            let line = lay(Direction::RightToLeft).lines()[0].clone();
            assert_eq!(line.left.abs() < 0.01, rtl_left, "{align:?}");
            assert_eq!((line.right - 300.0).abs() < 0.01, !rtl_left, "{align:?}");
            let ltr_left = matches!(align, Align::Start | Align::Left);
            let line = lay(Direction::LeftToRight).lines()[0].clone();
            assert_eq!(line.left.abs() < 0.01, ltr_left, "{align:?}");
        }
    }
    let centred = engine.lay_out("كلمة", &amiri(20.0), Direction::RightToLeft, Align::Center, Some(300.0));
    let line = &centred.lines()[0];
    assert!((line.left + line.right - 300.0).abs() < 0.01);
}
