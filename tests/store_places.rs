//! What a path means, where projects without a place are kept, and who has one open.
#![allow(clippy::disallowed_methods, reason = "a test lays out folders")]

#[path = "store/support.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use hashiya::model::{Coder, Stamps};
use hashiya::store::window_state::{self, RecentList, WindowState};
use hashiya::store::{OpenMode, Place, Progress, Roots, StoreError, create_with, look_at, open_with};
use support::{Desk, coder, files, save, wake};

#[test]
fn a_path_is_a_project_a_folder_of_documents_or_a_clear_error() {
    let mut desk = Desk::new();
    let project = desk.project(&["نص"]);
    let place = desk.path("a.hashiya");
    create_with(&desk.surroundings, &place, &project, &coder(), wake()).expect("made");
    fs::create_dir_all(desk.path("texts")).expect("a folder");
    fs::write(desk.path("texts/a.txt"), "نص").expect("a file");
    fs::create_dir_all(desk.path("lost.hashiya/documents")).expect("a folder");
    assert_eq!(look_at(&place).expect("a project"), Place::Project(place.clone()));
    assert_eq!(look_at(&place.join("project.ron")).expect("a project"), Place::Project(place.clone()));
    assert_eq!(look_at(&desk.path("texts")).expect("a folder"), Place::SourceFolder(desk.path("texts")));
    for (path, sentence) in [
        (desk.path("no"), "there is nothing at"),
        (desk.path("texts/a.txt"), "is not a folder"),
        (desk.path("texts/a.txt/b"), "not a folder"),
        (desk.path("lost.hashiya"), "its project.ron is missing"),
    ] {
        let error = look_at(&path).expect_err("an error").to_string();
        assert!(error.contains(sentence) && error.contains(&*path.to_string_lossy()), "{error}");
    }
    fs::remove_file(place.join("project.ron")).expect("removed");
    assert!(matches!(look_at(&place), Err(StoreError::NoProjectFile(_))));
}

#[test]
fn a_folder_has_one_unnamed_project_by_whatever_path() {
    let desk = Desk::new();
    let roots = desk.surroundings.roots.clone().expect("given");
    for name in ["مقالات", "other/مقالات"] {
        fs::create_dir_all(desk.path(name)).expect("a folder");
    }
    let place = roots.unnamed_place(&desk.path("مقالات")).expect("a folder");
    let same = roots.unnamed_place(&desk.path("other/../مقالات/.")).expect("a folder");
    let other = roots.unnamed_place(&desk.path("other/مقالات")).expect("a folder");
    assert_eq!(place, same);
    assert_ne!(place, other);
    assert_eq!(place.parent(), Some(&*roots.data.join("unnamed")));
    let name = place.file_name().expect("a name").to_string_lossy().into_owned();
    let hash = name.strip_prefix("مقالات-").and_then(|rest| rest.strip_suffix(".hashiya")).expect("the form");
    assert!(hash.len() == 16 && hash.chars().all(|c| c.is_ascii_hexdigit()));
    assert!(roots.unnamed_place(Path::new("/")).is_ok());
    assert!(roots.unnamed_place(&desk.path("no")).is_err());
    assert!(!roots.data.exists(), "asking makes nothing");
}

#[test]
fn a_new_project_never_replaces_anything() {
    let mut desk = Desk::new();
    let project = desk.project(&["نص"]);
    fs::write(desk.path("file"), "x").expect("a file");
    fs::create_dir(desk.path("folder")).expect("a folder");
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", desk.path("link")).expect("a link");
    let before = files(desk.root.path());
    for name in ["file", "folder", "link"] {
        let made = create_with(&desk.surroundings, &desk.path(name), &project, &coder(), wake());
        assert!(matches!(made, Err(StoreError::Exists(_))), "{name}");
    }
    let below_a_file =
        create_with(&desk.surroundings, &desk.path("file/a.hashiya"), &project, &coder(), wake());
    assert!(below_a_file.is_err());
    assert_eq!(files(desk.root.path()), before);
    let deep = desk.path("new/folders/a.hashiya");
    let made = create_with(&desk.surroundings, &deep, &project, &coder(), wake()).expect("made");
    made.session.close().expect("closed");
    let names: Vec<String> = files(&desk.path("new/folders")).into_keys().collect();
    assert!(names.iter().all(|name| name.starts_with("a.hashiya/")), "{names:?}");
}

#[test]
fn a_second_window_of_one_coder_only_reads_and_knows_who_writes() {
    let mut desk = Desk::new();
    let mut first = desk.open_project(&["قال المتحدث"]);
    desk.mark(&mut first, 0, 0..6);
    support::journalled(&first);
    let second = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    let holder = second.report.read_only.clone().expect("somebody has it");
    assert_eq!(holder.process, std::process::id());
    assert!(second.session.is_read_only() && !first.session.is_read_only());
    assert_eq!(second.project, first.project, "with the edits that are not saved");
    second.session.save(second.project.clone(), second.history.clone());
    let refused = second.session.wait(std::time::Duration::from_secs(30)).expect("an answer");
    assert!(format!("{refused:?}").contains("ReadOnly"), "{refused:?}");
    assert!(second.session.close().is_err());
    // Another coder writes beside the first.
    let other = Coder::new("غيرها");
    let third = open_with(
        &desk.surroundings,
        &first.session.place(),
        &other,
        OpenMode::Write,
        wake(),
        &Progress::new(),
    )
    .expect("opens");
    assert!(third.report.read_only.is_none() && !third.session.is_read_only());
    assert_eq!(third.report.faults.len(), 1, "the edit that is not saved yet: {:?}", third.report.faults);
    assert!(!third.report.is_damaged());
    third.session.close().expect("closed");
    save(&first);
    first.session.close().expect("closed");
    assert!(!desk.path("a.hashiya/locks/سارة").exists());
    let again = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    assert!(again.report.read_only.is_none() && !again.session.is_read_only());
    assert_eq!(again.report.recovered_edits, 0);
}

#[test]
fn locks_of_the_dead_are_taken_over_and_those_of_other_machines_respected_while_they_beat() {
    let mut desk = Desk::new();
    desk.open_project(&["نص"]).session.close().expect("closed");
    let now = hashiya::store::SystemStamps.now();
    let old = hashiya::model::Timestamp::from_milliseconds(now.milliseconds() - 25 * 3_600_000);
    let here = gethostname::gethostname().to_string_lossy().into_owned();
    let lock = desk.path("a.hashiya/locks/سارة");
    for (host, heartbeat, taken) in
        [(here.as_str(), now, false), ("elsewhere", now, true), ("elsewhere", old, false)]
    {
        let text = format!(
            "(version: 1, host: {host:?}, process: 1, since: \"{old}\", heartbeat: \"{heartbeat}\")\n"
        );
        fs::write(&lock, text).expect("a lock");
        let opened = desk.open("a.hashiya", OpenMode::Write).expect("opens");
        assert_eq!(opened.report.read_only.is_some(), taken, "{host} {heartbeat}");
        assert_eq!(opened.session.is_read_only(), taken);
    }
    for broken in ["", "(", "\0\0\0\0"] {
        fs::write(&lock, broken).expect("a lock");
        assert!(desk.open("a.hashiya", OpenMode::Write).expect("opens").report.read_only.is_none());
    }
}

#[test]
fn opening_to_read_leaves_no_trace() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&["قال المتحدث"]);
    desk.mark(&mut opened, 0, 0..6);
    opened.session.close().expect("closed");
    let before = files(&desk.path("a.hashiya"));
    let read = desk.open("a.hashiya", OpenMode::ReadOnly).expect("opens");
    assert_eq!((read.report.recovered_edits, read.project.annotation_count()), (1, 1));
    drop(read);
    assert_eq!(files(&desk.path("a.hashiya")), before);
    hashiya::store::check(&desk.path("a.hashiya")).expect("a project");
    assert_eq!(files(&desk.path("a.hashiya")), before);
}

#[test]
fn a_project_may_be_moved_and_its_coders_may_be_called_anything() {
    let mut desk = Desk::new();
    let project = desk.project(&["قال المتحدث"]);
    let names = ["..", "a/b", "con", "سارة علي", "%2F", "A", "."];
    create_with(&desk.surroundings, &desk.path("a.hashiya"), &project, &coder(), wake()).expect("made");
    for name in names {
        let coder = Coder::new(name);
        let place = desk.path("a.hashiya");
        let mut opened =
            open_with(&desk.surroundings, &place, &coder, OpenMode::Write, wake(), &Progress::new())
                .expect("opens");
        let mut made = support::annotation(&opened.project.documents()[0], &[(0, 6)], &mut desk.stamps);
        made.coder = coder;
        desk.perform(&mut opened, hashiya::model::Edit::PutAnnotation(std::sync::Arc::new(made)));
        save(&opened);
        opened.session.close().expect("closed");
    }
    fs::rename(desk.path("a.hashiya"), desk.path("b")).expect("moved");
    assert_eq!(hashiya::store::check(&desk.path("b")).expect("a project"), vec![]);
    let opened = desk.open("b", OpenMode::Write).expect("opens");
    assert_eq!(opened.project.annotation_count(), names.len());
    let coders: Vec<&str> = opened.report.coders.iter().map(Coder::name).collect();
    assert_eq!(coders, [&["سارة"], names.as_slice()].concat());
    let above: Vec<PathBuf> = fs::read_dir(desk.root.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert_eq!(above, [desk.path("b")], "nothing was written outside");
}

#[test]
fn a_window_remembers_and_never_fails_for_it() {
    let mut desk = Desk::new();
    let roots: Roots = desk.surroundings.roots.clone().expect("given");
    let project = desk.stamps.project_id();
    assert_eq!(window_state::load(&roots, project), WindowState::default());
    let mut state =
        WindowState { document: Some(desk.stamps.document_id()), paragraph: 7, ..WindowState::default() };
    state.offset = 3.25;
    state.panels.insert("codebook".into(), 240.0);
    state.theme = "ليل".into();
    window_state::save(&roots, project, &state).expect("written");
    assert_eq!(window_state::load(&roots, project), state);
    let mut recent = RecentList::default();
    for at in 0..30 {
        recent.note(Path::new(&format!("/p{at}")), "عنوان", desk.stamps.now());
    }
    recent.note(Path::new("/p20"), "آخر", desk.stamps.now());
    assert_eq!((recent.places.len(), recent.places[0].title.as_str()), (20, "آخر"));
    window_state::save_recent(&roots, &recent).expect("written");
    assert_eq!(window_state::load_recent(&roots), recent);
    for broken in ["", "(version: 1, state: (paragraph: -3))", "(version: 9, state: ())", "\u{0}", "[[[["] {
        for (name, _) in files(&roots.state) {
            fs::write(roots.state.join(name), broken).expect("written");
        }
        assert_eq!(window_state::load(&roots, project), WindowState::default());
        assert_eq!(window_state::load_recent(&roots), RecentList::default());
    }
    fs::remove_dir_all(&roots.state).expect("removed");
    fs::write(&roots.state, "a file in the way").expect("written");
    assert!(window_state::save(&roots, project, &state).is_err());
}
