//! Every format of the table, out and in again, by the verbs; and the folders that exports make.

use std::fs;

use serde_json::Value;

use crate::user::{User, tree};

/// The table of formats.
fn formats(user: &User) -> Vec<Value> {
    user.json(&["formats", "--json"]).as_array().expect("a list").clone()
}

fn name(format: &Value) -> &str {
    format["name"].as_str().expect("a name")
}

/// A user with marks on emoji, letters beyond the BMP, CR LF sources and whole lines, some of them with two tags.
fn marked() -> User {
    let user = User::with_project();
    for (query, tag) in [
        ("قال", "قول"),
        ("الكرملين", "سلطة \"عليا\""),
        ("😀 وعَلَمٌ 🇪🇬\nقال", "سطران"),
        ("\u{1EE00}", "a|b, c"),
        ("الكرملين 👨‍👩‍👧 إن", "قول"),
    ] {
        user.done(&["tag", "p.hashiya", query, tag, "--coder", "ليلى"]);
    }
    user
}

fn annotations(user: &User, project: &str) -> u64 {
    user.json(&["info", project, "--json"])["annotations"].as_u64().expect("a number")
}

#[test]
fn every_format_is_written_alike_twice_reads_back_and_comes_in_again_once() {
    let user = marked();
    let count = annotations(&user, "p.hashiya");
    assert!(count > 8);
    for format in formats(&user) {
        let name = name(&format);
        let (first, second) = (format!("one-{name}"), format!("two-{name}"));
        for out in [&first, &second] {
            let outcome = user.run(&["export", "p.hashiya", "--format", name, "--out", out, "--verify"]);
            assert_eq!(outcome.code, 0, "{name}: {outcome:?}");
            // Only what cannot be read back says so.
            assert_eq!(outcome.err.is_empty(), format["reads"] == true, "{name}: {outcome:?}");
            for loss in outcome.out.lines() {
                let (_, what) = loss.split_once(": ").expect("an annotation, and what it lost");
                let declared = format["loses"].as_array().expect("a list");
                let is_declared = declared.iter().any(|loss| what.starts_with(loss.as_str().expect("text")));
                assert!(is_declared, "{name}: {loss}");
            }
        }
        let is_folder = user.path(&first).is_dir();
        assert_eq!(format["out"], if is_folder { "folder" } else { "file" }, "{name}");
        let content = |path: &str| -> Vec<_> {
            match is_folder {
                true => tree(&user.path(path)).into_values().collect(),
                false => vec![fs::read(user.path(path)).ok()],
            }
        };
        assert!(content(&first) == content(&second), "{name} differs the second time");
        if format["reads"] != true {
            continue;
        }
        let project = format!("{name}.hashiya");
        user.done(&["new", &project, "--from", "texts", "--coder", "سارة"]);
        let said = user.done(&["import", &project, &first, "--format", name, "--coder", "سارة"]);
        // A codebook alone brings no annotations.
        let loses = format["loses"].as_array().expect("a list");
        let is_codebook =
            loses.iter().any(|loss| loss.as_str().is_some_and(|loss| loss.starts_with("all annotations")));
        let count = if is_codebook { 0 } else { count };
        assert!(said.starts_with(&format!("{count} annotations added")), "{name}: {said}");
        assert_eq!(annotations(&user, &project), count, "{name}");
        user.done(&["check", &project]);
        let before = user.disk();
        let again = user.done(&["import", &project, &first, "--format", name, "--coder", "سارة"]);
        let expected =
            if is_codebook { "0 annotations added".into() } else { format!("{count} already there") };
        assert!(again.contains(&expected) && !again.contains("tag"), "{name}: {again}");
        assert!(user.disk() == before, "{name}: the same again changed something");
    }
}

#[test]
fn a_file_with_its_texts_makes_a_project_of_its_own() {
    let user = marked();
    user.done(&["export", "p.hashiya", "--format", "brat", "--out", "brat"]);
    let said = user.done(&["import", "new.hashiya", "brat", "--format", "brat"]);
    assert!(said.contains("5 documents added"), "{said}");
    assert_eq!(annotations(&user, "new.hashiya"), annotations(&user, "p.hashiya"));
    user.done(&["check", "new.hashiya"]);
    // The texts are the same, so it is the same export.
    user.done(&["export", "new.hashiya", "--format", "doccano", "--out", "new.jsonl", "--verify"]);
}

#[test]
fn a_folder_that_is_not_empty_is_filled_only_when_told_to() {
    let user = marked();
    fs::create_dir(user.path("empty")).expect("made");
    user.done(&["export", "p.hashiya", "--format", "brat", "--out", "empty"]);
    let before = user.disk();
    let export = ["export", "p.hashiya", "--format", "brat", "--out", "empty"];
    assert!(user.run(&export).refused(1).contains("--force"));
    assert!(user.disk() == before, "a refused export changed something");
    fs::write(user.path("empty/mine.txt"), "لي").expect("written");
    user.done(&[export.as_slice(), &["--force"]].concat());
    assert_eq!(fs::read_to_string(user.path("empty/mine.txt")).expect("there"), "لي");
    let hidden: Vec<_> =
        user.disk().into_keys().filter(|path| path.to_string_lossy().contains(".new")).collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}

#[test]
fn what_is_off_is_told_and_what_cannot_be_placed_fails() {
    let user = User::with_project();
    let ann = "T1\tقول 7 10\tقال\nT2\tقول 900 903\tشيء\n";
    user.lay_out("brat", &[("1 emoji.ann", ann.into())]);
    let said = user.done(&["import", "p.hashiya", "brat", "--format", "brat"]);
    assert!(said.contains("T2") && said.contains("left out"), "{said}");
    let before = user.disk();
    user.lay_out("brat", &[("1 emoji.ann", "T2\tقول 900 903\tشيء\n".into())]);
    let outcome = user.run(&["import", "p.hashiya", "brat", "--format", "brat"]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let projects = |disk: &std::collections::BTreeMap<std::path::PathBuf, _>| {
        disk.keys().filter(|path| path.to_string_lossy().contains("p.hashiya")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(projects(&user.disk()), projects(&before));
}
