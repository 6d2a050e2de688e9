//! `layout`: what the reading view would draw, as numbers that add up.

use std::fs;

use serde_json::Value;

use crate::user::{User, seeds};

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a whole number")).expect("small")
}

fn range(value: &Value) -> (usize, usize) {
    (number(&value["start"]), number(&value["end"]))
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

/// Checks the offsets and places of a whole layout against its text.
fn check(layout: &Value, text: &str, width: f64) {
    let paragraphs = list(&layout["paragraphs"]);
    let texts: Vec<&str> = paragraphs.iter().map(range).map(|(start, end)| &text[start..end]).collect();
    assert_eq!(texts, text.split('\n').collect::<Vec<_>>());
    for paragraph in paragraphs {
        let (mut at, end) = range(paragraph);
        for line in list(&paragraph["lines"]) {
            let (line_start, line_end) = range(line);
            assert_eq!(line_start, at, "lines tile their paragraph");
            at = line_end;
            let mut runs: Vec<(usize, usize)> = list(&line["runs"]).iter().map(range).collect();
            runs.sort_unstable();
            assert!(runs.iter().all(|&(start, end)| line_start <= start && end <= line_end));
            assert!(runs.windows(2).all(|pair| pair[0].1 <= pair[1].0), "runs do not overlap");
            for run in list(&line["runs"]) {
                let (start, end) = range(run);
                assert!(["rtl", "ltr"].contains(&run["direction"].as_str().expect("a direction")));
                assert!(run["font"].as_str().expect("a file").ends_with(".ttf"));
                let glyphs = list(&run["glyphs"]);
                let clusters: Vec<usize> = glyphs.iter().map(|glyph| number(&glyph[1])).collect();
                assert!(clusters.iter().all(|&cluster| (start..end).contains(&cluster)));
                let falling = clusters.iter().rev().is_sorted();
                assert!(if run["direction"] == "rtl" { falling } else { clusters.is_sorted() });
                for glyph in glyphs {
                    assert_eq!(list(glyph).len(), 5);
                    let (x, advance) =
                        (glyph[2].as_f64().expect("pixels"), glyph[4].as_f64().expect("pixels"));
                    // Some fonts kern with glyphs that have a small negative advance.
                    assert!(x > -width && x < 2.0 * width && advance > -1.0);
                }
            }
        }
        assert_eq!(at, end);
    }
}

#[test]
fn every_seed_is_laid_out_with_offsets_that_add_up() {
    let user = User::new();
    for seed in fs::read_dir(seeds()).expect("the seeds are in the tree") {
        let path = seed.expect("readable").path();
        let name = path.to_str().expect("UTF-8");
        let arguments = ["layout", name, "--font", "Amiri", "--size", "22", "--width", "520", "--json"];
        let layout = user.json(&arguments);
        check(&layout, &fs::read_to_string(&path).expect("UTF-8"), 520.0);
        assert_eq!(layout["paragraphs"][0]["direction"], "rtl");
        assert_eq!(layout["paragraphs"][0]["lines"][0]["runs"][0]["font"], "Amiri-Regular.ttf");
        assert_eq!(user.json(&arguments), layout, "the same again");
        let listing = user.done(&arguments[..8]);
        assert!(listing.starts_with("paragraph 1 ←"), "{listing}");
    }
}

#[test]
fn offsets_are_those_of_the_decoded_text() {
    let user = User::new();
    let bytes = b"\xFF\xFE\x45\x06\x2B\x06\x0D\x00\x0A\x00\x41\x00";
    user.lay_out("", &[("utf16.txt", bytes.to_vec()), ("empty.txt", Vec::new())]);
    let flags = ["--font", "Noto Naskh Arabic", "--size", "18.5", "--width", "1", "--json"];
    let layout = user.json(&[&["layout", "utf16.txt"], &flags as &[&str]].concat());
    check(&layout, "مث\nA", 100.0);
    let empty = user.json(&[&["layout", "empty.txt"], &flags as &[&str]].concat());
    assert_eq!(list(&empty["paragraphs"]).len(), 1);
    assert_eq!(range(&empty["paragraphs"][0]), (0, 0));
}

#[test]
fn digits_run_left_to_right_in_arabic_and_letters_right_to_left() {
    let user = User::new();
    user.lay_out("", &[("a.txt", "عام 2023 في".into())]);
    let layout =
        user.json(&["layout", "a.txt", "--font", "Amiri", "--size", "20", "--width", "500", "--json"]);
    let runs = list(&layout["paragraphs"][0]["lines"][0]["runs"]);
    let ways: Vec<&str> = runs.iter().map(|run| run["direction"].as_str().expect("a direction")).collect();
    assert_eq!(ways, ["rtl", "ltr", "rtl"]);
    assert_eq!(range(&runs[1]), (7, 11));
    let places: Vec<f64> =
        list(&runs[1]["glyphs"]).iter().map(|glyph| glyph[2].as_f64().expect("pixels")).collect();
    assert!(places.is_sorted() && places.len() == 4);
}

#[test]
fn an_installed_family_is_taken_by_its_name_and_told_by_its_path() {
    let user = User::new();
    let folder = user.home(".local/share/fonts");
    fs::create_dir_all(&folder).expect("writable");
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fonts");
    for file in ["Pair-Regular.ttf", "Pair-Bold.ttf", "Variable.ttf"] {
        fs::copy(fixtures.join(file), folder.join(file)).expect("the fonts are in the tree");
    }
    fs::write(folder.join("Broken.ttf"), "no font").expect("writable");
    user.lay_out("", &[("a.txt", "باب پ".into())]);
    for (family, file, advance) in
        [("Test Pair", "Pair-Regular.ttf", 10.0), ("Test Variable", "Variable.ttf", 8.0)]
    {
        let flags = ["--font", family, "--size", "20", "--width", "500", "--json"];
        let layout = user.json(&[&["layout", "a.txt"], &flags as &[&str]].concat());
        let runs = list(&layout["paragraphs"][0]["lines"][0]["runs"]);
        let fonts: Vec<&str> = runs.iter().map(|run| run["font"].as_str().expect("a file")).collect();
        let path = folder.join(file);
        assert_eq!(
            fonts,
            ["Amiri-Regular.ttf", path.to_str().expect("UTF-8")],
            "the letter that it lacks is at the left"
        );
        let letter = &list(&runs[1]["glyphs"])[1];
        assert!((letter[4].as_f64().expect("pixels") - advance).abs() < 0.01, "{letter}");
    }
}
