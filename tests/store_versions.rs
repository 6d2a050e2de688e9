//! Every format version is read for ever: there is a fixture of each, and a change of the files is a new version.
#![allow(clippy::disallowed_methods, reason = "a test lays out folders")]

#[path = "store/sample.rs"]
mod sample;
#[path = "store/support.rs"]
mod support;

use std::path::Path;

use hashiya::store::{FORMAT_VERSION, OpenMode, check};
use support::{Desk, copy, files, save};

#[test]
fn what_is_written_today_is_the_fixture_of_this_version() {
    let mut desk = Desk::new();
    sample::make(&mut desk, FORMAT_VERSION);
    let made = desk.path("a.hashiya");
    // Where it differs it can be looked at, and become the fixture of the next version.
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixture");
    std::fs::remove_dir_all(&kept).ok();
    copy(&made, &kept);
    let fixture = sample::fixture(FORMAT_VERSION);
    assert!(
        fixture.exists() && files(&made) == files(&fixture),
        "the files are no longer those of format version {FORMAT_VERSION}: raise the version, write a migration, and keep «{}» as its fixture",
        kept.display()
    );
}

#[test]
fn a_project_of_every_version_opens_as_it_was_and_is_gone_on_with() {
    for version in 1..=FORMAT_VERSION {
        let mut desk = Desk::new();
        sample::make(&mut desk, version);
        let today = desk.reopened("a.hashiya");
        let name = format!("v{version}.hashiya");
        let place = desk.path(&name);
        copy(&sample::fixture(version), &place);
        let before = files(&place);
        assert_eq!(check(&place).expect("a project"), vec![], "version {version}");
        let seen = desk.reopened(&name);
        assert_eq!((&seen.project, &seen.history), (&today.project, &today.history), "version {version}");
        assert_eq!(files(&place), before, "reading writes nothing");
        let mut opened = desk.open(&name, OpenMode::Write).expect("opens");
        assert_eq!((&opened.project, &opened.history), (&today.project, &today.history), "version {version}");
        assert!(opened.report.faults.is_empty() && !opened.session.is_read_only());
        desk.mark(&mut opened, 0, 0..10);
        assert!(desk.undo(&mut opened) && desk.undo(&mut opened) && desk.redo(&mut opened));
        save(&opened);
        desk.mark(&mut opened, 1, 0..10);
        save(&opened);
        let expected = (opened.project.clone(), opened.history.clone());
        opened.session.close().expect("closed");
        assert_eq!(check(&place).expect("a project"), vec![], "version {version}");
        let again = desk.reopened(&name);
        assert_eq!((again.project, again.history), expected, "version {version}");
    }
}

#[test]
fn a_newer_version_is_refused_in_a_sentence_and_left_alone() {
    let desk = Desk::new();
    let fixture = sample::fixture(FORMAT_VERSION);
    let (this, newer) = (format!("version: {FORMAT_VERSION}"), format!("version: {}", FORMAT_VERSION + 1));
    let mut seen = 0;
    for (file, bytes) in files(&fixture).into_iter().filter(|(file, _)| !file.starts_with("documents/")) {
        let place = desk.path("newer.hashiya");
        copy(&fixture, &place);
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert!(text.contains(&this), "{file} has its version");
        std::fs::write(place.join(&file), text.replacen(&this, &newer, 1)).expect("written");
        let before = files(&place);
        let told: Vec<String> = match check(&place) {
            Ok(faults) => faults.iter().map(ToString::to_string).collect(),
            Err(error) => vec![error.to_string()],
        };
        let stem = file.rsplit('/').next().expect("a name");
        let is_told = |line: &String| {
            line.contains(stem)
                && line.contains("newer Hashiya (format")
                && line.contains("update the program")
        };
        assert!(told.iter().any(is_told), "{file}: {told:?}");
        match desk.open("newer.hashiya", OpenMode::Write) {
            Err(error) => assert!(is_told(&error.to_string()), "{file}: {error}"),
            // Another coder's journal and history are theirs alone.
            Ok(opened) if file.contains("a. b%2Fج") && !file.starts_with("annotations/") => {
                assert!(!opened.session.is_read_only(), "{file}");
            }
            Ok(opened) => assert!(opened.session.is_read_only(), "{file}"),
        }
        let mut after = files(&place);
        after.retain(|name, _| !name.starts_with("locks/"));
        assert_eq!(after, before, "{file}");
        std::fs::remove_dir_all(&place).expect("removed");
        seen += 1;
    }
    assert!(seen >= 10, "{seen} files");
}
