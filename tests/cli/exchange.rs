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

/// Whether a loss says that no annotation is in the format at all.
fn is_all_annotations(loss: &Value) -> bool {
    loss.as_str().is_some_and(|loss| loss.starts_with("all annotations"))
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
            // It says what came of reading it back, and what cannot be read back says so.
            let is_empty = format["loses"].as_array().expect("a list").iter().any(is_all_annotations);
            let same =
                format!("hashiya: read back: {} annotations, the same\n", if is_empty { 0 } else { count });
            let not = format!("hashiya: {name} has no reader here, so «{out}» was not read back\n");
            assert_eq!(outcome.err, if format["reads"] == true { same } else { not }, "{name}");
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
        let is_codebook = format["loses"].as_array().expect("a list").iter().any(is_all_annotations);
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
    user.verified(&["export", "new.hashiya", "--format", "doccano", "--out", "new.jsonl", "--verify"]);
}

#[test]
fn a_codebook_makes_a_project_of_its_own() {
    let user = marked();
    user.done(&["export", "p.hashiya", "--format", "refi-codebook", "--out", "codes.qdc"]);
    let said = user.done(&["import", "new.hashiya", "codes.qdc", "--format", "refi-codebook"]);
    assert_eq!(said, "0 annotations added, 4 tags added («قول», «سلطة \"عليا\"», «سطران», «a|b, c»)\n");
    user.done(&["check", "new.hashiya"]);
    let names = |project: &str| -> Vec<String> {
        let info = user.json(&["info", project, "--json"]);
        let tags = info["tags"].as_array().expect("a list");
        tags.iter().map(|tag| tag["name"].as_str().expect("a name").to_owned()).collect()
    };
    let mut expected = names("p.hashiya");
    let mut found = names("new.hashiya");
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    // It is a project like any other: marks come into it later.
    user.done(&["export", "p.hashiya", "--format", "brat", "--out", "brat"]);
    let said = user.done(&["import", "new.hashiya", "brat", "--format", "brat"]);
    assert!(said.contains("5 documents added") && !said.contains("tag"), "{said}");
    user.done(&["check", "new.hashiya"]);
}

/// `--out -`: what the file would hold, byte for byte, and nothing else; never a file of that name.
#[test]
fn a_format_of_one_file_can_go_to_standard_output() {
    let user = marked();
    for format in formats(&user) {
        let name = name(&format);
        let before = user.disk();
        let export = ["export", "p.hashiya", "--format", name, "--out", "-"];
        let output = user.command(&export).output().expect("the program starts");
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(user.disk() == before, "{name} wrote to the disk");
        if format["out"] == "folder" {
            assert!(said.contains("makes a folder") && output.status.code() == Some(2), "{name}: {said}");
            continue;
        }
        assert_eq!(output.status.code(), Some(0), "{name}: {said}");
        let losses = user.done(&["export", "p.hashiya", "--format", name, "--out", "whole"]);
        assert!(output.stdout == fs::read(user.path("whole")).expect("written"), "{name}");
        let prefixed: String = losses.lines().map(|loss| format!("hashiya: {loss}\n")).collect();
        assert_eq!(said, prefixed, "{name}");
        let verified = user.run(&[export.as_slice(), &["--verify"]].concat());
        assert!(verified.refused(2).contains("--verify"), "{name}");
        fs::remove_file(user.path("whole")).expect("there");
    }
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
fn what_is_off_is_told_and_its_tags_stay_out() {
    let user = User::with_project();
    let ann = "T1\tقول 7 10\tقال\nT2\tغائب 900 903\tشيء\n";
    user.lay_out("brat", &[("1 emoji.ann", ann.into())]);
    let said = user.done(&["import", "p.hashiya", "brat", "--format", "brat"]);
    assert!(said.contains("T2") && said.contains("left out"), "{said}");
    assert!(said.ends_with("1 annotation added, 1 tag added («قول»)\n"), "{said}");
    let info = user.json(&["info", "p.hashiya", "--json"]);
    let names: Vec<_> = info["tags"].as_array().expect("a list").iter().map(|tag| &tag["name"]).collect();
    assert_eq!(names, ["قول"]);
    // Where the file lists its tags, those are taken in whether they are used or not.
    user.lay_out("brat", &[("annotation.conf", "[entities]\nغائب\n".into())]);
    let said = user.done(&["import", "p.hashiya", "brat", "--format", "brat"]);
    assert!(said.ends_with("0 annotations added, 1 already there, 1 tag added («غائب»)\n"), "{said}");
}

#[test]
fn what_cannot_be_placed_at_all_fails_and_changes_nothing() {
    let header = "title,start,end,quote,tags\r\n";
    let elsewhere = "ليس هنا,1,4,شيء,قول\r\n";
    let by_text = "text_sha256,start,end,quote,tags\r\n";
    let user = User::with_project();
    let texts = user.json(&["info", "p.hashiya", "--json"]);
    let title = texts["documents"][0]["title"].as_str().expect("a title").to_owned();
    user.done(&["tag", "p.hashiya", "قال", "قول"]);
    user.done(&["export", "p.hashiya", "--format", "jsonl", "--out", "rows.jsonl"]);
    let rows = fs::read_to_string(user.path("rows.jsonl")).expect("rows");
    let row: Value = serde_json::from_str(rows.lines().next().expect("a row")).expect("JSON");
    let sha256 = row["text_sha256"].as_str().expect("a hash");
    for (case, format, content, said) in [
        ("one", "brat", "T2\tجديد 900 903\tشيء\n".to_owned(), "its one annotation could not be placed"),
        (
            "two",
            "brat",
            "T1\tجديد 900 903\tشيء\nT2\tجديد 910 913\tآخر\n".to_owned(),
            "none of the 2 annotations could be placed",
        ),
        (
            "rows, one of them of a document that is not there",
            "csv",
            format!("{header}\"{title}\",900,903,شيء,جديد\r\n{elsewhere}"),
            "none of the 2 annotations could be placed",
        ),
        ("no rows", "csv", header.to_owned(), "it holds nothing to take in"),
        ("nothing", "jsonl", String::new(), "it holds nothing to take in"),
        ("no lines", "doccano", "\n".to_owned(), "it holds nothing to take in"),
        (
            "another format",
            "web-annotation",
            "{\"@type\": \"AnnotationStore\"}".to_owned(),
            "it holds nothing to take in",
        ),
    ] {
        let from = match format {
            "brat" => {
                user.lay_out("off", &[("1 emoji.ann", content.into())]);
                "off"
            }
            _ => {
                fs::write(user.path("off.txt"), content).expect("written");
                "off.txt"
            }
        };
        let before = user.disk();
        for project in ["p.hashiya", "new.hashiya"] {
            let outcome = user.run(&["import", project, from, "--format", format]);
            assert_eq!(outcome.code, 1, "{case}: {outcome:?}");
            assert!(user.disk() == before, "{case}: a refused import changed something");
            if project == "p.hashiya" {
                assert!(outcome.refused(1).contains(said), "{case}: {outcome:?}");
            }
        }
    }
    // Where the file names no document, the sentence begins with what it says.
    let rows = format!("{by_text}{sha256},7,10,قال,قول\r\n{sha256},900,903,شيء,جديد\r\n");
    fs::write(user.path("off.txt"), rows).expect("written");
    let said = user.done(&["import", "p.hashiya", "off.txt", "--format", "csv"]);
    assert!(said.lines().any(|line| line.starts_with("row 3 of the sheet «شيء» was left out")), "{said}");
    assert!(!said.lines().any(|line| line.starts_with(' ')), "{said}");
    // And a number of one is a number of one.
    fs::write(user.path("off.txt"), format!("{header}\"{title}\",7,10,قال,قول\r\n{elsewhere}"))
        .expect("written");
    let said = user.done(&["import", "p.hashiya", "off.txt", "--format", "csv"]);
    assert!(said.contains("does not hold its text; 1 mark was left out"), "{said}");
}
