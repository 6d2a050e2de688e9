//! Projects that a disk, a person or another program has damaged.

use std::fs;
use std::path::{Path, PathBuf};

use crate::user::{User, tree};

/// A way to damage a file.
type Damage = (&'static str, fn(&Path));

const TRUNCATED: Damage = ("truncated", |file| {
    let bytes = fs::read(file).expect("there");
    fs::write(file, &bytes[..bytes.len() / 2]).expect("written");
});
const REMOVED: Damage = ("removed", |file| fs::remove_file(file).expect("removed"));
const ALTERED: Damage = ("altered", |file| {
    let text = fs::read_to_string(file).expect("UTF-8");
    let altered = text.replacen("قال", "قبل", 1);
    assert_ne!(text, altered, "{}", file.display());
    fs::write(file, altered).expect("written");
});
const EMPTIED: Damage = ("emptied", |file| fs::write(file, []).expect("written"));

fn project() -> User {
    let user = User::with_project();
    user.done(&["tag", "p.hashiya", "قال", "قول", "--coder", "ليلى"]);
    user
}

/// The files of a kind, by how their paths in the project begin and end.
fn files(user: &User, begin: &str, end: &str) -> Vec<PathBuf> {
    let project = user.path("p.hashiya");
    let is_kind = |path: &PathBuf| {
        let inside = path.strip_prefix(&project).unwrap_or(path).to_string_lossy();
        path.is_file() && inside.starts_with(begin) && inside.ends_with(end)
    };
    let files: Vec<PathBuf> = tree(&project).into_keys().filter(is_kind).collect();
    assert!(!files.is_empty(), "{begin}…{end}");
    files
}

#[test]
fn a_damaged_or_missing_file_is_found_and_named() {
    for (begin, end, damages) in [
        ("project.ron", "", &[TRUNCATED, REMOVED, EMPTIED] as &[Damage]),
        ("codebook.ron", "", &[TRUNCATED, REMOVED, EMPTIED]),
        ("documents/3", ".txt", &[TRUNCATED, REMOVED, ALTERED, EMPTIED]),
        ("annotations/", ".ron", &[TRUNCATED, ALTERED, EMPTIED]),
    ] {
        for (how, damage) in damages {
            let user = project();
            let file = files(&user, begin, end).swap_remove(0);
            damage(&file);
            let disk = user.disk();
            let name = file.file_name().expect("a file").to_string_lossy().into_owned();
            let check = user.run(&["check", "p.hashiya"]);
            assert_eq!(check.code, 1, "{how} {name}: {check:?}");
            assert!(format!("{}{}", check.out, check.err).contains(&name), "{how} {name}: {check:?}");
            for arguments in [
                &["info", "p.hashiya"] as &[&str],
                &["export", "p.hashiya", "--format", "csv", "--out", "a.csv"],
            ] {
                let outcome = user.run(arguments);
                assert!(!outcome.err.is_empty(), "{how} {name}: {arguments:?} {outcome:?}");
                fs::remove_file(user.path("a.csv")).ok();
            }
            assert!(user.disk() == disk, "{how} {name}: looking changed the disk");
            let tag = user.run(&["tag", "p.hashiya", "الكرملين", "سلطة"]);
            assert_eq!(tag.code, 1, "{how} {name}: {tag:?}");
            assert!(tag.err.lines().all(|line| line.starts_with("hashiya: ")), "{how} {name}: {tag:?}");
            assert!(user.disk() == disk, "{how} {name}: a refused tag changed the disk");
        }
    }
}

#[test]
fn every_fault_has_its_own_line() {
    let user = project();
    let texts = files(&user, "documents/", ".txt");
    for text in &texts[..2] {
        fs::remove_file(text).expect("removed");
    }
    let check = user.run(&["check", "p.hashiya"]);
    assert_eq!(check.code, 1);
    for text in &texts[..2] {
        let name = text.file_name().expect("a file").to_string_lossy();
        let said = format!("{}{}", check.out, check.err);
        assert!(said.lines().filter(|line| line.contains(&*name)).count() >= 1, "{said}");
    }
}

#[test]
fn a_torn_last_line_of_a_journal_is_told_and_is_no_failure() {
    let user = project();
    let coder = hashiya::model::Coder::new("ليلى");
    {
        use hashiya::model::{Edit, Stamps, Step};
        use hashiya::store::{self, OpenMode, Progress, SystemStamps};
        let place = user.path("p.hashiya");
        let mut opened =
            store::open(&place, &coder, OpenMode::Write, std::sync::Arc::new(|| {}), &Progress::new())
                .expect("sound");
        for title in ["أول", "ثان"] {
            let step =
                Step { name: "title".into(), place: None, edit: Edit::SetTitle(title.to_owned()).into() };
            let act = opened.history.perform(&mut opened.project, step).expect("fits");
            opened.session.append(act, SystemStamps.now());
        }
        opened.session.close().expect("closed");
    }
    let journal = files(&user, "journal/", ".ron").swap_remove(0);
    let bytes = fs::read(&journal).expect("there");
    fs::write(&journal, &bytes[..bytes.len() - 9]).expect("torn");
    let check = user.run(&["check", "p.hashiya"]);
    assert_eq!(check.code, 0, "{check:?}");
    assert!(check.out.contains("journal"), "{check:?}");
    assert_eq!(user.run(&["info", "p.hashiya"]).code, 0);
    assert!(user.run(&["info", "p.hashiya"]).out.starts_with("أول"), "the whole edits before it are kept");
}

#[test]
fn a_repair_says_each_thing_it_did_and_a_second_one_has_nothing_to_do() {
    for (begin, end, damages) in [
        ("project.ron", "", &[TRUNCATED, REMOVED, EMPTIED] as &[Damage]),
        ("codebook.ron", "", &[TRUNCATED, REMOVED, EMPTIED]),
        ("documents/3", ".txt", &[TRUNCATED, REMOVED, ALTERED, EMPTIED]),
        ("annotations/", ".ron", &[TRUNCATED, ALTERED, EMPTIED]),
        ("annotations/", "tables", &[TRUNCATED, REMOVED]),
        ("history/", ".steps", &[TRUNCATED, REMOVED]),
    ] {
        for (how, damage) in damages {
            let user = project();
            let file = files(&user, begin, end).swap_remove(0);
            damage(&file);
            let damaged = fs::read(&file).ok();
            let name = file.file_name().expect("a file").to_string_lossy().into_owned();
            let repair = user.run(&["check", "p.hashiya", "--repair"]);
            assert_eq!((repair.code, repair.err.as_str()), (0, ""), "{how} {name}: {repair:?}");
            assert!(repair.out.lines().any(|line| line.starts_with("mended: ")), "{how} {name}: {repair:?}");
            assert!(repair.out.ends_with("is sound\n"), "{how} {name}: {repair:?}");
            // What stood there is kept byte for byte, unless nothing did or it stands there still.
            if damaged.is_some() && fs::read(&file).ok() != damaged {
                let kept = files(&user, "recovered/", &name);
                assert!(kept.iter().any(|kept| fs::read(kept).ok() == damaged), "{how} {name}: {kept:?}");
                assert!(repair.out.contains("recovered"), "{how} {name}: {repair:?}");
            }
            assert_eq!(user.run(&["check", "p.hashiya"]).code, 0, "{how} {name}");
            let disk = user.disk();
            let again = user.done(&["check", "p.hashiya", "--repair"]);
            assert!(again.lines().any(|line| line == "there was nothing to mend"), "{how} {name}: {again}");
            assert!(user.disk() == disk, "{how} {name}: nothing to mend, and yet the disk changed");
        }
    }
}

#[test]
fn an_open_project_is_not_repaired_and_a_newer_one_is_left_alone() {
    let user = project();
    let place = user.path("p.hashiya");
    let codebook = place.join("codebook.ron");
    {
        use hashiya::store::{self, OpenMode, Progress};
        let coder = hashiya::model::Coder::new("ليلى");
        let open = store::open(&place, &coder, OpenMode::Write, std::sync::Arc::new(|| {}), &Progress::new());
        let _open = open.expect("sound");
        TRUNCATED.1(&codebook);
        let disk = user.disk();
        let refused = user.run(&["check", "p.hashiya", "--repair"]);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.err.contains("is open in another window"), "{refused:?}");
        assert!(user.disk() == disk, "a refused repair changed the disk");
    }
    fs::write(&codebook, "(version: 99, tags: [])").expect("written");
    let bytes = fs::read(&codebook).expect("there");
    let refused = user.run(&["check", "p.hashiya", "--repair"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("update the program"), "{refused:?}");
    assert_eq!(fs::read(&codebook).expect("there"), bytes);
    assert!(!place.join("recovered").exists());
}
