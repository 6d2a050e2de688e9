//! A laid out paragraph as its users see it: lines, rectangles, carets.

use hashiya::text::*;

fn engine() -> TextEngine {
    TextEngine::new(FontLibrary::bundled())
}

fn amiri(size: f32) -> Style {
    Style { family: Family::AMIRI, size, weight: Weight::Regular, line_height: size * 2.0 }
}

fn seeds() -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds"))
        .expect("the seeds are in the tree")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    files.iter().map(|path| std::fs::read_to_string(path).expect("UTF-8")).collect()
}

#[test]
fn every_seed_is_right_to_left_and_tiles_its_lines() {
    let mut engine = engine();
    for seed in seeds() {
        let document = document_direction(&seed);
        assert_eq!(document, Direction::RightToLeft);
        for text in seed.lines() {
            let direction = paragraph_direction(text, document);
            for width in [200.0, 480.0, 900.0] {
                let layout = engine.lay_out(text, &amiri(22.0), direction, Align::Start, Some(width));
                let mut at = 0;
                for line in layout.lines() {
                    assert_eq!(line.range.start, at);
                    at = line.range.end;
                    assert!(line.left >= -0.01 && line.right <= width + 0.01, "{line:?}");
                    if direction == Direction::RightToLeft {
                        assert!((line.right - width).abs() < 0.01);
                    }
                }
                assert_eq!(at, text.len());
            }
        }
    }
}

#[test]
fn numbers_keep_their_order_in_arabic_text() {
    let mut engine = engine();
    let text = "عام 2023 في";
    let layout = engine.lay_out(text, &amiri(20.0), Direction::RightToLeft, Align::Start, Some(500.0));
    let number = text.find('2').expect("there");
    let digits: Vec<Rect> = (0..4).flat_map(|n| layout.rects(number + n..number + n + 1)).collect();
    assert!(digits.windows(2).all(|pair| pair[0].right <= pair[1].left + 0.01), "{digits:?}");
    let word = layout.rects(0..6);
    assert!(word[0].left > digits[3].right);
}

#[test]
fn layouts_cross_threads() {
    fn assert_send<T: Send>() {}
    fn assert_shared<T: Send + Sync>() {}
    assert_send::<TextEngine>();
    assert_shared::<ParagraphLayout>();
    assert_shared::<FontLibrary>();
    let handles: Vec<_> = (0..3)
        .map(|_| {
            std::thread::spawn(|| {
                engine().lay_out("كلمة", &amiri(20.0), Direction::RightToLeft, Align::Start, None)
            })
        })
        .collect();
    let layouts: Vec<ParagraphLayout> =
        handles.into_iter().map(|handle| handle.join().expect("no panic")).collect();
    assert!(layouts.windows(2).all(|pair| pair[0] == pair[1]));
}
