//! Damaged projects: whatever is missing, cut off or altered is told, and never written over.
#![allow(clippy::disallowed_methods, reason = "a test damages files")]

#[path = "store/support.rs"]
mod support;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use hashiya::model::{Coder, Edit, TagId};
use hashiya::store::{OpenMode, Progress, StoreError, check};
use support::{Desk, annotation, copy, fatal, files, save, step, tag};

const TEXT: &str = "قال المتحدِّث باسم الرئاسة الروسية: «نعم»\nسطر ثان\n";
const REGISTER: &str = "project.ron";
const CODEBOOK: &str = "codebook.ron";
const LIST: &str = "annotations/سارة/tables";
const HISTORY: &str = "history/سارة.ron";

/// A saved project with two documents, two tags and four annotations; gives the names of the first text and the first table.
fn whole(desk: &mut Desk) -> (String, String) {
    let mut opened = desk.open_project(&[TEXT, "نص"]);
    for name in ["حدث", "شخص"] {
        let tag = tag(name, &mut desk.stamps);
        desk.perform(&mut opened, Edit::PutTag { at: 9, tag });
    }
    let tags: Vec<TagId> = opened.project.codebook().tags().iter().map(|tag| tag.id).collect();
    for ranges in [vec![(0, 6)], vec![(7, 23)], vec![(7, 12), (30, 40)]] {
        let mut made = annotation(&opened.project.documents()[0], &ranges, &mut desk.stamps);
        made.tags = tags.clone();
        desk.perform(&mut opened, Edit::PutAnnotation(Arc::new(made)));
    }
    desk.mark(&mut opened, 1, 0..4);
    save(&opened);
    let file = opened.project.documents()[0].file.clone();
    opened.session.close().expect("closed");
    (format!("documents/{file}"), format!("annotations/سارة/{}.ron", file.trim_end_matches(".txt")))
}

fn edit(folder: &Path, name: &str, change: impl Fn(&str) -> String) {
    let path = folder.join(name);
    let before = fs::read_to_string(&path).expect("a file");
    let after = change(&before);
    assert_ne!(before, after, "the damage to {name} was done");
    fs::write(path, after).expect("written");
}

type Damage = Box<dyn Fn(&Path)>;

#[test]
fn every_damage_is_told_with_its_file_and_nothing_is_written_over_it() {
    let mut desk = Desk::new();
    let (text, table) = whole(&mut desk);
    assert_eq!(check(&desk.path("a.hashiya")).expect("a project"), vec![]);
    let change = |name: &str, from: &'static str, to: &'static str| -> Damage {
        let name = name.to_owned();
        Box::new(move |folder| edit(folder, &name, |text| text.replacen(from, to, 1)))
    };
    let cut = |name: &str, part: usize| -> Damage {
        let name = name.to_owned();
        Box::new(move |folder| {
            let bytes = fs::read(folder.join(&name)).expect("a file");
            fs::write(folder.join(&name), &bytes[..bytes.len() * part / 100]).expect("written");
        })
    };
    let remove = |name: &str| -> Damage {
        let name = name.to_owned();
        Box::new(move |folder| fs::remove_file(folder.join(&name)).expect("removed"))
    };
    let twice = |name: &str, sign: &'static str| -> Damage {
        let name = name.to_owned();
        Box::new(move |folder| {
            edit(folder, &name, |text| {
                let lines = text.lines().flat_map(|line| {
                    let is_it = line.contains(sign);
                    std::iter::once(line).chain(is_it.then_some(line))
                });
                lines.map(|line| format!("{line}\n")).collect()
            });
        })
    };
    // The damage, the file that must be named, and whether the project opens for reading only because of it.
    let cases: Vec<(&str, Damage, &str, Option<bool>)> = vec![
        ("register missing", remove(REGISTER), REGISTER, None),
        ("register empty", cut(REGISTER, 0), REGISTER, None),
        ("register cut", cut(REGISTER, 60), REGISTER, None),
        ("register cut at its end", cut(REGISTER, 99), REGISTER, None),
        (
            "register not UTF-8",
            Box::new(|folder| {
                let mut bytes = fs::read(folder.join(REGISTER)).expect("a file");
                bytes[40] = 0xff;
                fs::write(folder.join(REGISTER), bytes).expect("written");
            }),
            REGISTER,
            None,
        ),
        ("register newer", change(REGISTER, "version: 2", "version: 3"), REGISTER, None),
        ("register names a document twice", twice(REGISTER, "sha256"), REGISTER, Some(true)),
        ("register leads outside", change(REGISTER, "file: \"", "file: \"../"), "documents/", Some(true)),
        ("codebook missing", remove(CODEBOOK), CODEBOOK, Some(true)),
        ("codebook cut", cut(CODEBOOK, 50), CODEBOOK, Some(true)),
        ("codebook names a tag twice", twice(CODEBOOK, "حدث"), CODEBOOK, Some(true)),
        ("codebook newer", change(CODEBOOK, "version: 2", "version: 7"), CODEBOOK, None),
        ("text missing", remove(&text), &text, Some(true)),
        ("text cut", cut(&text, 90), &text, Some(true)),
        ("text emptied", cut(&text, 0), &text, Some(true)),
        ("text altered", change(&text, "قال", "فال"), &text, Some(true)),
        ("text with CR LF", change(&text, "\n", "\r\n"), &text, Some(true)),
        ("table missing", remove(&table), &table, Some(true)),
        (
            "all tables missing",
            Box::new(|folder| fs::remove_dir_all(folder.join("annotations")).expect("removed")),
            LIST,
            Some(true),
        ),
        ("list of tables missing", remove(LIST), LIST, Some(true)),
        ("list of tables cut", cut(LIST, 60), LIST, Some(true)),
        ("table cut", cut(&table, 70), &table, Some(true)),
        ("table cut at its end", cut(&table, 99), &table, Some(true)),
        ("table empty", cut(&table, 0), &table, Some(true)),
        ("table with a broken line", change(&table, "spans: [", "spans: "), &table, Some(true)),
        ("table newer", change(&table, "version: 2", "version: 3"), &table, Some(true)),
        ("table of another document", change(&table, "document: \"0", "document: \"1"), &table, Some(true)),
        ("table of another coder", change(&table, "coder: \"سارة\"", "coder: \"غيرها\""), &table, Some(true)),
        ("an annotation twice", twice(&table, "[(0, 6)]"), &table, Some(false)),
        ("span past the end", change(&table, "[(0, 6)]", "[(0, 4000)]"), &table, Some(false)),
        ("span backwards", change(&table, "[(0, 6)]", "[(6, 0)]"), &table, Some(false)),
        ("span of nothing", change(&table, "[(0, 6)]", "[(6, 6)]"), &table, Some(false)),
        ("no span", change(&table, "[(0, 6)]", "[]"), &table, Some(false)),
        ("span cuts a code point", change(&table, "[(0, 6)]", "[(0, 5)]"), &table, Some(false)),
        ("span cuts a cluster", change(&table, "[(0, 6)]", "[(0, 21)]"), &table, Some(false)),
        ("span out of range", change(&table, "[(0, 6)]", "[(4294967295, 4294967295)]"), &table, Some(false)),
        (
            "spans out of order",
            change(&table, "[(7, 13), (30, 41)]", "[(30, 41), (7, 13)]"),
            &table,
            Some(false),
        ),
        ("span moved", change(&table, "[(0, 6)]", "[(0, 4)]"), &table, Some(false)),
        ("quote altered", change(&table, "exact: \"قال\"", "exact: \"قيل\""), &table, Some(false)),
        ("context altered", change(&table, "prefix: \"\"", "prefix: \"و\""), &table, Some(false)),
        (
            "register with an unknown field",
            change(REGISTER, "title: ", "colour: \"red\", title: "),
            "project.ron:4: nobody knows the field «colour»",
            Some(true),
        ),
        (
            "document with an unknown field",
            change(REGISTER, "replaced: 0", "replaced: 0, mood: [1, (a: 2)]"),
            "project.ron:8: nobody knows the field «documents.0.source.mood»",
            Some(true),
        ),
        (
            "tag with an unknown field",
            change(CODEBOOK, "shortcut: None", "shortcut: None, icon: \"x\""),
            "codebook.ron:4: nobody knows the field «tags.0.icon»",
            Some(true),
        ),
        (
            "annotation with an unknown field",
            change(&table, "created: ", "weight: 3, created: "),
            ":6: nobody knows the field «weight»",
            Some(true),
        ),
        (
            "table with an unknown field",
            change(&table, "coder: ", "weight: 3, coder: "),
            ":4: nobody knows the field «weight»",
            Some(true),
        ),
        (
            "a lone surrogate",
            change(&table, "exact: \"قال\"", "exact: \"\\u{d800}\""),
            ":6: the line cannot be read",
            Some(true),
        ),
        ("a number too large", change(&table, "[(0, 6)]", "[(0, 99999999999)]"), ":6: the line", Some(true)),
        ("a codebook not in RON", change(CODEBOOK, "tags: [", "tags: {"), "codebook.ron:3: ", Some(true)),
        ("history cut", cut(HISTORY, 80), HISTORY, Some(false)),
        ("steps cut", cut("history/سارة.steps", 80), HISTORY, Some(false)),
        ("steps missing", remove("history/سارة.steps"), HISTORY, Some(false)),
        ("a step altered", change("history/سارة.steps", "RemoveTag", "RemoveTog"), HISTORY, Some(false)),
    ];
    for (name, damage, file, read_only) in cases {
        let place = desk.path("damaged.hashiya");
        fs::remove_dir_all(&place).ok();
        copy(&desk.path("a.hashiya"), &place);
        damage(&place);
        let damaged = files(&place);
        let told = match check(&place) {
            Ok(faults) => fatal(&faults).into_iter().map(ToString::to_string).collect(),
            Err(error) => vec![error.to_string()],
        };
        let is_named = told.iter().any(|sentence| sentence.contains(file))
            || (file == REGISTER && told.iter().any(|sentence| sentence.contains("damaged.hashiya")));
        assert!(is_named, "{name}: {told:?}");
        match (desk.open("damaged.hashiya", OpenMode::Write), read_only) {
            (Err(error), None) => assert!(error.to_string().contains("damaged.hashiya"), "{name}: {error}"),
            (Ok(mut opened), Some(read_only)) => {
                assert!(opened.report.is_damaged(), "{name}");
                assert_eq!(opened.session.is_read_only(), read_only, "{name}");
                if read_only {
                    opened.session.save(opened.project.clone(), opened.history.clone());
                    assert!(opened.session.close().is_err(), "{name}");
                } else {
                    // What did not fit is kept aside, and is still there after a save of its table.
                    desk.mark(&mut opened, 0, 40..44);
                    save(&opened);
                    opened.session.close().expect("closed");
                    let again = check(&place).expect("a project");
                    assert_eq!(fatal(&again).is_empty(), file == HISTORY, "{name}: {again:?}");
                    assert_eq!(place.join("recovered").exists(), file == HISTORY, "{name}");
                    continue;
                }
            }
            (opened, _) => panic!("{name}: {:?}", opened.map(|opened| opened.report)),
        }
        let mut after = files(&place);
        after.retain(|name, _| !name.starts_with("locks/"));
        assert_eq!(after.len(), damaged.len(), "{name}");
        assert_eq!(after, damaged, "{name}");
    }
}

#[test]
fn an_unknown_tag_and_a_stray_table_are_noted_and_kept() {
    let mut desk = Desk::new();
    let (_, table) = whole(&mut desk);
    let place = desk.path("a.hashiya");
    edit(&place, CODEBOOK, |text| {
        text.lines().filter(|line| !line.contains("حدث")).map(|line| format!("{line}\n")).collect()
    });
    fs::write(place.join("annotations/سارة/stray-00000000.ron"), "not ours").expect("written");
    let faults = check(&place).expect("a project");
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(fatal(&faults).is_empty());
    let mut opened = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    assert!(!opened.report.is_damaged() && !opened.session.is_read_only());
    desk.mark(&mut opened, 0, 40..44);
    save(&opened);
    opened.session.close().expect("closed");
    assert_eq!(check(&place).expect("a project"), faults);
    let kept = fs::read_to_string(place.join(table)).expect("a table");
    assert_eq!(kept.matches("tags: [").count(), 3);
}

#[test]
fn tables_that_come_from_another_machine_in_any_order_are_no_fault() {
    let mut desk = Desk::new();
    whole(&mut desk);
    copy(&desk.path("a.hashiya"), &desk.path("b.hashiya"));
    let other = Coder::new("ليلى");
    let place = desk.path("b.hashiya");
    let open = || {
        let (surroundings, progress) = (&desk.surroundings, Progress::new());
        hashiya::store::open_with(surroundings, &place, &other, OpenMode::Write, support::wake(), &progress)
    };
    let mut opened = open().expect("opens");
    for document in 0..2 {
        let mut made = annotation(&opened.project.documents()[document], &[(0, 4)], &mut desk.stamps.clone());
        made.id = hashiya::model::AnnotationId::from_bytes([document as u8 + 1; 16]);
        made.coder = other.clone();
        let edit = step(Edit::PutAnnotation(Arc::new(made)));
        let act = opened.history.perform(&mut opened.project, edit).expect("the edit fits");
        opened.session.append(act, hashiya::model::Timestamp::default());
    }
    save(&opened);
    opened.session.close().expect("closed");
    let mut theirs = files(&place);
    theirs.retain(|name, _| name.contains("ليلى"));
    assert_eq!(theirs.len(), 6, "{:?}", theirs.keys());
    // Whatever has arrived so far, in this order: the tables first, then their list, or the journal and the history.
    for (name, bytes) in theirs.iter().rev() {
        let path = desk.path("a.hashiya").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("written");
        let faults = check(&desk.path("a.hashiya")).expect("a project");
        assert_eq!(fatal(&faults), Vec::<&hashiya::store::Fault>::new(), "after {name}");
    }
    assert_eq!(desk.reopened("a.hashiya").project.annotation_count(), 6);
}

#[test]
fn an_annotation_that_stands_in_two_documents_is_kept_aside_in_the_second() {
    let mut desk = Desk::new();
    let (_, table) = whole(&mut desk);
    let place = desk.path("a.hashiya");
    let first = fs::read_to_string(place.join(&table)).expect("a table");
    let id = first.split("(id: \"").nth(1).expect("a row").split('"').next().expect("an id").to_owned();
    let second = files(&place).into_keys().filter(|name| name.starts_with("annotations/"));
    let second = second.filter(|name| name.ends_with(".ron")).find(|name| *name != table).expect("another");
    edit(&place, &second, |text| {
        let other = text.split("(id: \"").nth(1).expect("a row").split('"').next().expect("an id");
        text.replace(other, &id)
    });
    let faults = check(&place).expect("a project");
    let told = fatal(&faults).into_iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with(&format!("{second}:6: annotation {id} stands there twice")), "{told:?}");
    let mut opened = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    assert_eq!((opened.project.annotation_count(), opened.session.is_read_only()), (3, false));
    desk.mark(&mut opened, 1, 0..2);
    save(&opened);
    opened.session.close().expect("closed");
    assert!(fs::read_to_string(place.join(&second)).expect("a table").contains(&id), "nothing is dropped");
}

#[test]
fn a_table_that_was_laid_out_by_hand_is_read() {
    let mut desk = Desk::new();
    let (_, table) = whole(&mut desk);
    let place = desk.path("a.hashiya");
    let before = desk.reopened("a.hashiya").project;
    edit(&place, &table, |text| {
        let spread = text.replace(", ", ",\n  ").replace("annotations: [", "// by hand\n annotations :\n[");
        format!("/* a\n comment */\n{spread}\n\n")
    });
    assert_eq!(check(&place).expect("a project"), vec![]);
    assert_eq!(desk.reopened("a.hashiya").project, before);
}

#[test]
fn what_is_no_project_is_an_error() {
    let desk = Desk::new();
    fs::create_dir(desk.path("empty")).expect("a folder");
    fs::write(desk.path("file"), "x").expect("a file");
    for name in ["empty", "file", "no"] {
        assert!(check(&desk.path(name)).is_err(), "{name}");
        let error = desk.open(name, OpenMode::Write).expect_err("no project");
        assert!(error.to_string().contains(&*desk.path(name).to_string_lossy()), "{error}");
        assert!(matches!(error, StoreError::NotAProject(_) | StoreError::Missing(_)), "{error}");
    }
    assert!(files(&desk.path("empty")).is_empty());
}

#[test]
fn deep_nesting_and_huge_numbers_do_not_bring_it_down() {
    let mut desk = Desk::new();
    let (_, table) = whole(&mut desk);
    let deep = format!("(version: 1, id: {}{})", "[".repeat(200_000), "]".repeat(200_000));
    for name in [REGISTER, CODEBOOK, HISTORY, table.as_str(), "journal/سارة.ron", "locks/سارة"] {
        for content in
            [deep.as_str(), "(version: 99999999999999999999)", "(version: 1", "\u{feff}", "version: 1"]
        {
            let place = desk.path("damaged.hashiya");
            fs::remove_dir_all(&place).ok();
            copy(&desk.path("a.hashiya"), &place);
            fs::create_dir_all(place.join("locks")).expect("a folder");
            fs::write(place.join(name), content).expect("written");
            let told = check(&place).map_or(true, |faults| !faults.is_empty());
            assert!(told || name.starts_with("locks/"), "{name} {content:.20}");
            desk.open("damaged.hashiya", OpenMode::ReadOnly).ok();
        }
    }
}
