//! Imports of single files out of a folder, what imports and tags leave behind, and refused commands, which leave nothing.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::user::{User, texts, tree};

fn tags(user: &User, project: &str) -> BTreeSet<String> {
    let info = user.json(&["info", project, "--json"]);
    let tags = info["tags"].as_array().expect("a list").iter();
    tags.filter(|tag| tag["count"] != 0).map(|tag| tag["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn a_file_that_is_chosen_out_of_a_folder_brings_what_belongs_to_it() {
    let user = User::with_project();
    user.done(&["tag", "p.hashiya", "قال", "سلطة \"عليا\"", "--coder", "ليلى"]);
    for (format, ending, others) in [
        ("brat", "ann", ["annotation.conf", "visual.conf"].as_slice()),
        ("cas-xmi", "xmi", &["TypeSystem.xml"]),
    ] {
        user.done(&["export", "p.hashiya", "--format", format, "--out", format]);
        for other in others {
            assert!(user.path(format).join(other).is_file(), "{format}: {other}");
        }
        let mut marked = 0;
        for path in
            tree(&user.path(format)).into_keys().filter(|path| path.extension() == Some(ending.as_ref()))
        {
            let name = path.file_name().expect("a name").to_str().expect("UTF-8");
            // Named with its folder, and without it.
            for (folder, file) in [("", format!("{format}/{name}")), (format, name.to_owned())] {
                let project = user.path("own.hashiya");
                let mut command =
                    user.command(&["import", project.to_str().expect("UTF-8"), &file, "--format", format]);
                let output = command.current_dir(user.path(folder)).output().expect("it starts");
                assert!(output.status.success(), "{format}: {file}: {output:?}");
                let info = user.json(&["info", "own.hashiya", "--json"]);
                let documents = info["documents"].as_array().expect("a list");
                assert_eq!(documents.len(), 1, "{format}: {file} brings its own text and no other");
                if info["annotations"] != 0 {
                    assert_eq!(
                        tags(&user, "own.hashiya"),
                        BTreeSet::from(["سلطة \"عليا\"".to_owned()]),
                        "{file}"
                    );
                    marked += 1;
                }
                fs::remove_dir_all(project).expect("removed");
            }
        }
        assert!(marked > 0, "{format}");
    }
}

#[test]
fn what_is_refused_for_a_folder_leaves_no_project_behind() {
    let user = User::new();
    user.lay_out("texts", &texts());
    user.lay_out("full", &[("x", b"x".to_vec())]);
    user.lay_out(
        "",
        &[
            ("bad.csv", "title,start,end\r\n\"x,1,2\r\n".into()),
            ("elsewhere.csv", "title,start,end,quote\r\nnot there,1,2,x\r\n".into()),
            ("vain.csv", "title,start,end,quote\r\n1 emoji,900000,900003,nowhere\r\n".into()),
        ],
    );
    let before = user.disk();
    for (arguments, code) in [
        (["import", "texts", "bad.csv", "--format", "csv"].as_slice(), 1),
        (&["import", "texts", "elsewhere.csv", "--format", "csv"], 1),
        (&["import", "texts", "vain.csv", "--format", "csv"], 1),
        (&["import", "texts", "missing.csv", "--format", "csv"], 1),
        (&["import", "texts", "bad.csv", "--format", "xlsx"], 2),
        (&["tag", "texts", "", "x"], 2),
        (&["tag", "texts", "قال", " "], 2),
        (&["find", "texts", ""], 2),
        (&["export", "texts", "--format", "brat", "--out", "full"], 1),
        (&["export", "texts", "--format", "csv", "--out", "nowhere/a.csv"], 1),
        (&["layout", "texts", "--document", "none", "--json"], 2),
    ] {
        let outcome = user.run(arguments);
        assert_eq!(outcome.code, code, "{arguments:?}: {outcome:?}");
        assert!(user.disk() == before, "{arguments:?} was refused and changed something: {outcome:?}");
    }
    // What is done makes it, and a refusal later does not take it away.
    user.done(&["find", "texts", "قال"]);
    let made = user.disk();
    assert!(made != before);
    assert_eq!(user.run(&["import", "texts", "elsewhere.csv", "--format", "csv"]).code, 1);
    assert!(user.disk() == made);
}

#[test]
fn an_import_keeps_a_snapshot_of_what_was_there_before() {
    let user = User::with_project();
    let snapshots = |user: &User| {
        let names = fs::read_dir(user.path("p.hashiya/snapshots")).into_iter().flatten();
        let about = names.map(|entry| entry.expect("readable").path().join("snapshot.ron"));
        about.map(|path| fs::read_to_string(path).expect("whole")).collect::<Vec<_>>()
    };
    user.done(&["tag", "p.hashiya", "قال", "قول"]);
    assert_eq!(snapshots(&user), Vec::<String>::new(), "there was nothing to keep");
    let marked = user.json(&["info", "p.hashiya", "--json"])["annotations"].clone();
    user.done(&["export", "p.hashiya", "--format", "jsonl", "--out", "rows.jsonl"]);
    user.done(&["import", "p.hashiya", "rows.jsonl", "--format", "jsonl"]);
    assert_eq!(snapshots(&user), Vec::<String>::new(), "nothing was changed");
    let rows = fs::read_to_string(user.path("rows.jsonl")).expect("rows");
    let mut row: Value = serde_json::from_str(rows.lines().next().expect("a row")).expect("JSON");
    row.as_object_mut().expect("an object").remove("id");
    row["tags"] = serde_json::json!(["جديد"]);
    row["coder"] = "سارة".into();
    fs::write(user.path("one.jsonl"), row.to_string()).expect("written");
    user.done(&["import", "p.hashiya", "one.jsonl", "--format", "jsonl"]);
    let kept = snapshots(&user);
    assert!(kept.len() == 1 && kept[0].contains("why: Import"), "{kept:?}");
    assert!(kept[0].contains(&format!("annotations: {marked}")), "{marked}: {kept:?}");
    assert!(
        tags(&user, "p.hashiya").contains("جديد"),
        "what came is in the project, and not in the snapshot"
    );
    // The first save of a day keeps one too, and there is one of today already.
    user.done(&["tag", "p.hashiya", "الكرملين", "سلطة"]);
    assert_eq!(snapshots(&user), kept);
    fs::remove_dir_all(user.path("p.hashiya/snapshots")).expect("removed");
    user.done(&["tag", "p.hashiya", "إن", "حرف"]);
    let kept = snapshots(&user);
    assert!(kept.len() == 1 && kept[0].contains("why: Daily"), "{kept:?}");
    user.done(&["check", "p.hashiya"]);
}
