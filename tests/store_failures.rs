//! A disk that refuses, files that others change, folders that vanish: told in a sentence, nothing overwritten, nothing lost.
#![allow(clippy::disallowed_methods, reason = "a test changes files as another program would")]

#[path = "store/support.rs"]
mod support;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use hashiya::model::{Edit, Project};
use hashiya::store::disk::DiskFile;
use hashiya::store::{
    AtomicFile, OpenMode, Opened, SessionEvent, StoreError, Writing, check, create_with, write_atomically,
};
use support::disks::{Deed, Watch, WatchedDisk};
use support::{Desk, coder, files, journalled, save, substance, wait, wake};

/// A disk that is full wherever a path begins so, while it is.
#[derive(Default)]
struct Full {
    below: Mutex<PathBuf>,
    is_full: Arc<AtomicBool>,
}

impl Full {
    fn is_full(&self, path: &Path) -> bool {
        path.starts_with(&*self.below.lock().expect("not poisoned")) && self.is_full.load(Ordering::SeqCst)
    }
}

impl Watch for Full {
    fn deed(&self, deed: Deed<'_>, real: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        let needs_room = matches!(deed, Deed::Create(_) | Deed::Append(_) | Deed::CreateFolder(_));
        if needs_room && self.is_full(deed.path()) { Err(io::ErrorKind::StorageFull.into()) } else { real() }
    }

    fn write(&self, path: &Path, bytes: &[u8], file: &mut dyn DiskFile) -> io::Result<()> {
        if self.is_full(path) {
            file.write_all(&bytes[..bytes.len() / 3])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        file.write_all(bytes)
    }
}

const TEXT: &str = "قال المتحدث باسم الرئاسة الروسية";

fn failed(opened: &Opened) -> (Writing, StoreError, Option<PathBuf>) {
    match wait(&opened.session, |event| matches!(event, SessionEvent::Failed { .. })) {
        SessionEvent::Failed { during, error, kept_in } => (during, error, kept_in),
        other => panic!("{other:?}"),
    }
}

fn full_desk() -> (Desk, Arc<AtomicBool>) {
    let full = Arc::new(Full::default());
    let is_full = Arc::clone(&full.is_full);
    let desk = Desk::on(Arc::new(WatchedDisk(Arc::clone(&full))));
    *full.below.lock().expect("not poisoned") = desk.path("a.hashiya");
    (desk, is_full)
}

#[test]
fn a_full_disk_is_told_and_edits_wait_and_are_written_later() {
    let (mut desk, is_full) = full_desk();
    let mut opened = desk.open_project(&[TEXT]);
    desk.mark(&mut opened, 0, 0..6);
    journalled(&opened);
    is_full.store(true, Ordering::SeqCst);
    desk.mark(&mut opened, 0, 7..14);
    let (during, error, kept_in) = failed(&opened);
    assert_eq!(during, Writing::Journal);
    assert!(error.to_string().contains("the disk is full"), "{error}");
    let kept_in = kept_in.expect("kept in the state directory");
    assert!(kept_in.starts_with(desk.path("state")) && kept_in.join("journal.ron").is_file());
    opened.session.save(opened.project.clone(), opened.history.clone());
    let (during, error, _) = failed(&opened);
    assert_eq!((during, error.to_string().contains("the disk is full")), (Writing::Save, true));
    let new = Arc::new(desk.document("b.txt", "جديد"));
    desk.perform(&mut opened, Edit::InsertDocument { at: 1, document: new, annotations: vec![] });
    assert_eq!(failed(&opened).0, Writing::Text);
    is_full.store(false, Ordering::SeqCst);
    desk.mark(&mut opened, 0, 15..20);
    journalled(&opened);
    save(&opened);
    assert!(!kept_in.exists(), "what the project has is no longer kept elsewhere");
    let expected = opened.project.clone();
    opened.session.close().expect("closed");
    assert_eq!(check(&desk.path("a.hashiya")).expect("a project"), vec![]);
    assert_eq!(desk.reopened("a.hashiya").project, expected);
}

#[test]
fn what_failed_is_tried_again_by_itself() {
    let (mut desk, is_full) = full_desk();
    let mut opened = desk.open_project(&[TEXT]);
    is_full.store(true, Ordering::SeqCst);
    desk.mark(&mut opened, 0, 7..14);
    let new = Arc::new(desk.document("b.txt", "جديد"));
    desk.perform(&mut opened, Edit::InsertDocument { at: 1, document: new, annotations: vec![] });
    let started = std::time::Instant::now();
    // The edits themselves, and two tries by itself: after one second, and after two more.
    while started.elapsed() < std::time::Duration::from_millis(2500) {
        failed(&opened);
    }
    is_full.store(false, Ordering::SeqCst);
    journalled(&opened);
    let waited = started.elapsed().as_secs_f32();
    assert!((6.5..20.0).contains(&waited), "written after {waited} s: the pauses grow");
    let expected = opened.project.clone();
    opened.session.close().expect("closed");
    assert_eq!(desk.reopened("a.hashiya").project, expected);
}

#[test]
fn edits_that_the_project_never_took_come_back_from_the_state_directory() {
    let (mut desk, is_full) = full_desk();
    let mut opened = desk.open_project(&[TEXT]);
    desk.mark(&mut opened, 0, 0..6);
    journalled(&opened);
    is_full.store(true, Ordering::SeqCst);
    desk.mark(&mut opened, 0, 7..14);
    let new = Arc::new(desk.document("b.txt", "جديد"));
    desk.perform(&mut opened, Edit::InsertDocument { at: 1, document: new, annotations: vec![] });
    assert!(failed(&opened).2.is_some());
    let (expected, history) = (opened.project.clone(), opened.history.clone());
    let refused = opened.session.close().expect_err("edits are not in the project");
    assert!(refused.to_string().contains("the disk is full"), "{refused}");
    is_full.store(false, Ordering::SeqCst);
    let mut again = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    assert_eq!(support::fatal(&again.report.faults), Vec::<&hashiya::store::Fault>::new());
    assert_eq!(again.report.recovered_edits, 3);
    assert_eq!((&again.project, &again.history), (&expected, &history));
    desk.mark(&mut again, 1, 0..4);
    save(&again);
    let expected = again.project.clone();
    again.session.close().expect("closed");
    assert!(files(&desk.path("state")).is_empty());
    assert_eq!(desk.reopened("a.hashiya").project, expected);
    assert_eq!(check(&desk.path("a.hashiya")).expect("a project"), vec![]);
}

/// A disk on which one deed fails, or so many in a row, and then all go well again.
struct Failing {
    left: AtomicUsize,
    failures: usize,
}

impl Failing {
    fn fails(&self) -> io::Result<()> {
        let before = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match before {
            Ok(left) if left <= self.failures => Err(io::ErrorKind::PermissionDenied.into()),
            _ => Ok(()),
        }
    }
}

impl Watch for Failing {
    fn deed(&self, _: Deed<'_>, real: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        self.fails()?;
        real()
    }

    fn write(&self, _: &Path, bytes: &[u8], file: &mut dyn DiskFile) -> io::Result<()> {
        if let Err(error) = self.fails() {
            file.write_all(&bytes[..bytes.len() / 2])?;
            return Err(error);
        }
        file.write_all(bytes)
    }

    fn sync(&self, _: &Path, _: &mut dyn DiskFile) -> io::Result<()> {
        self.fails()
    }
}

/// Waits until everything so far is saved, however often it fails on the way.
fn save_at_last(opened: &Opened) {
    let last = opened.session.last();
    let mut failures = 0;
    opened.session.save(opened.project.clone(), opened.history.clone());
    loop {
        match opened.session.wait(std::time::Duration::from_secs(30)).expect("an event") {
            SessionEvent::Saved { through, .. } if through == last => return,
            SessionEvent::Failed { during: Writing::Save, error, .. } => {
                assert!(error.to_string().contains("permission denied"), "{error}");
                failures += 1;
                assert!(failures < 6, "a save fails again and again");
                opened.session.save(opened.project.clone(), opened.history.clone());
            }
            _ => {}
        }
    }
}

#[test]
fn whatever_deed_of_the_disk_fails_nothing_is_lost_and_the_next_save_is_whole() {
    for failures in [1, 3] {
        let mut failed_at = 0;
        for fails_at in 1.. {
            let failing = Arc::new(Failing { left: AtomicUsize::new(0), failures });
            let mut desk = Desk::on(Arc::new(WatchedDisk(Arc::clone(&failing))));
            let mut opened = desk.open_project(&[TEXT, "نص"]);
            failing.left.store(fails_at + failures - 1, Ordering::SeqCst);
            desk.mark(&mut opened, 0, 0..6);
            save_at_last(&opened);
            let new = Arc::new(desk.document("b.txt", "جديد"));
            desk.perform(&mut opened, Edit::InsertDocument { at: 1, document: new, annotations: vec![] });
            let other = desk.document("c.txt", "قال غيره").in_place_of(&opened.project.documents()[0]);
            let replace = Edit::ReplaceDocument { document: Arc::new(other), annotations: vec![] };
            desk.perform(&mut opened, replace);
            save_at_last(&opened);
            assert!(desk.undo(&mut opened));
            desk.mark(&mut opened, 2, 0..4);
            let is_through = failing.left.load(Ordering::SeqCst) > failures;
            save_at_last(&opened);
            let expected = (opened.project.clone(), opened.history.clone());
            opened.session.close().expect("closed");
            let when = format!("{failures} failures from deed {fails_at}");
            assert_eq!(check(&desk.path("a.hashiya")).expect("a project"), vec![], "{when}");
            let again = desk.open("a.hashiya", OpenMode::Write).expect("opens");
            assert_eq!((again.project, again.history), expected, "{when}");
            let kept_elsewhere = desk.path("state").exists() && !files(&desk.path("state")).is_empty();
            assert!(!kept_elsewhere, "{when}: what the project has is kept elsewhere no longer");
            let rests: Vec<String> =
                files(&desk.path("a.hashiya")).into_keys().filter(|name| name.contains("/.")).collect();
            assert_eq!(rests, Vec::<String>::new(), "{when}");
            if is_through {
                failed_at = fails_at;
                break;
            }
        }
        assert!(failed_at > 80, "{failed_at} deeds failed, so the test saw little");
    }
}

#[test]
fn a_file_that_somebody_changed_is_not_overwritten() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&[TEXT]);
    desk.mark(&mut opened, 0, 0..6);
    save(&opened);
    let place = opened.session.place();
    let table = files(&place)
        .into_keys()
        .find(|name| name.starts_with("annotations/") && name.ends_with(".ron"))
        .expect("a table");
    let written = fs::read_to_string(place.join(&table)).expect("a table");
    let foreign = written.replace("prefix", "praefix");
    fs::write(place.join(&table), &foreign).expect("changed");
    desk.mark(&mut opened, 0, 7..14);
    journalled(&opened);
    let before = substance(&place);
    opened.session.save(opened.project.clone(), opened.history.clone());
    let (during, error, _) = failed(&opened);
    assert_eq!(during, Writing::Save);
    assert!(matches!(error, StoreError::Changed(_)) && error.to_string().contains(&table), "{error}");
    assert_eq!(substance(&place), before);
    // Written again as it was, it is no foreign file, whatever its time says.
    fs::write(place.join(&table), &written).expect("changed back");
    save(&opened);
    let expected = opened.project.clone();
    opened.session.close().expect("closed");
    assert_eq!(desk.reopened("a.hashiya").project, expected);
}

#[test]
fn what_others_write_beside_stays_where_nothing_was_changed_here() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&[TEXT]);
    let place = opened.session.place();
    let register = fs::read_to_string(place.join("project.ron")).expect("a register");
    let foreign = register.replace("coders: [\"سارة\"]", "coders: [\"سارة\", \"غيرها\"]");
    assert_ne!(foreign, register);
    fs::write(place.join("project.ron"), &foreign).expect("changed");
    desk.mark(&mut opened, 0, 0..6);
    save(&opened);
    assert_eq!(fs::read_to_string(place.join("project.ron")).expect("a register"), foreign);
    // What was written beside is part of what is written here next.
    desk.perform(&mut opened, Edit::SetTitle("آخر".into()));
    save(&opened);
    let written = fs::read_to_string(place.join("project.ron")).expect("a register");
    assert_eq!(written, foreign.replace("مشروع", "آخر"));
}

#[test]
fn rescued_edits_do_not_come_back_in_a_copy() {
    let (mut desk, is_full) = full_desk();
    let mut opened = desk.open_project(&[TEXT]);
    desk.mark(&mut opened, 0, 0..6);
    journalled(&opened);
    support::copy(&desk.path("a.hashiya"), &desk.path("copy.hashiya"));
    is_full.store(true, Ordering::SeqCst);
    desk.mark(&mut opened, 0, 7..14);
    assert!(failed(&opened).2.is_some());
    drop(opened);
    is_full.store(false, Ordering::SeqCst);
    assert_eq!(desk.open("copy.hashiya", OpenMode::Write).expect("opens").project.annotation_count(), 1);
    assert_eq!(desk.open("a.hashiya", OpenMode::Write).expect("opens").project.annotation_count(), 2);
}

#[test]
fn a_project_that_cannot_be_locked_is_open_to_read_and_says_why() {
    let mut desk = Desk::new();
    desk.open_project(&[TEXT]).session.close().expect("closed");
    let locks = desk.path("a.hashiya/locks");
    fs::remove_dir_all(&locks).expect("removed");
    fs::write(&locks, "a file in the way").expect("written");
    let opened = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    assert!(opened.session.is_read_only() && opened.report.read_only.is_none());
    let why = opened.report.unwritable.clone().expect("a reason");
    assert!(why.contains("locks"), "{why}");
}

#[test]
fn a_project_folder_that_is_moved_away_swallows_no_edit() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&[TEXT]);
    desk.mark(&mut opened, 0, 0..6);
    journalled(&opened);
    fs::rename(desk.path("a.hashiya"), desk.path("away.hashiya")).expect("moved");
    desk.mark(&mut opened, 0, 7..14);
    let (_, error, kept_in) = failed(&opened);
    assert!(matches!(error, StoreError::Gone(_)), "{error}");
    assert!(kept_in.is_some());
    opened.session.save(opened.project.clone(), opened.history.clone());
    assert!(matches!(failed(&opened).1, StoreError::Gone(_)));
    assert!(!desk.path("a.hashiya").exists(), "no half project is made in its place");
    let expected = opened.project.clone();
    drop(opened);
    // The project is found where it is now, with the edit that it could not take.
    let again = desk.open("away.hashiya", OpenMode::Write).expect("opens");
    assert_eq!((again.project, again.report.recovered_edits), (expected, 2));
}

#[test]
fn save_as_takes_everything_along_and_goes_on_there() {
    let mut desk = Desk::new();
    let roots = desk.surroundings.roots.clone().expect("given");
    let unnamed = roots.untitled_place(&mut desk.stamps);
    let project = desk.project(&[TEXT, "نص ثان"]);
    let mut opened = create_with(&desk.surroundings, &unnamed, &project, &coder(), wake()).expect("made");
    desk.mark(&mut opened, 0, 0..6);
    save(&opened);
    let id = opened.project.documents()[1].id;
    desk.perform(&mut opened, Edit::RemoveDocument(id));
    fs::create_dir(desk.path("there.hashiya")).expect("in the way");
    opened.session.save_as(&desk.path("there.hashiya"), opened.project.clone(), opened.history.clone());
    let (during, error, _) = failed(&opened);
    assert!(during == Writing::SaveAs && matches!(error, StoreError::Exists(_)), "{error}");
    assert!(unnamed.exists());
    let place = desk.path("b.hashiya");
    opened.session.save_as(&place, opened.project.clone(), opened.history.clone());
    wait(&opened.session, |event| matches!(event, SessionEvent::Moved { .. }));
    assert_eq!(opened.session.place(), place);
    assert!(!unnamed.exists(), "the unnamed project has a name now");
    desk.mark(&mut opened, 0, 7..14);
    journalled(&opened);
    assert!(desk.undo(&mut opened) && desk.undo(&mut opened), "a removed document comes back");
    save(&opened);
    let (expected, history): (Project, _) = (opened.project.clone(), opened.history.clone());
    opened.session.close().expect("closed");
    assert_eq!(check(&place).expect("a project"), vec![]);
    let again = desk.open("b.hashiya", OpenMode::Write).expect("opens");
    assert_eq!((&again.project, &again.history), (&expected, &history));
    // From a place with a name, both stay.
    again.session.save_as(&desk.path("c.hashiya"), again.project.clone(), again.history.clone());
    wait(&again.session, |event| matches!(event, SessionEvent::Moved { .. }));
    assert!(place.join("project.ron").exists());
    assert_eq!(substance(&place), substance(&desk.path("c.hashiya")));
    assert!(!place.join("locks/سارة").exists() && desk.path("c.hashiya/locks/سارة").exists());
}

#[test]
fn a_reader_of_a_locked_project_may_save_it_elsewhere() {
    let mut desk = Desk::new();
    let mut first = desk.open_project(&[TEXT]);
    desk.mark(&mut first, 0, 0..6);
    journalled(&first);
    let second = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    assert!(second.session.is_read_only());
    second.session.save_as(&desk.path("b.hashiya"), second.project.clone(), second.history.clone());
    wait(&second.session, |event| matches!(event, SessionEvent::Moved { .. }));
    assert!(!second.session.is_read_only());
    let expected = second.project.clone();
    second.session.close().expect("closed");
    assert_eq!(desk.reopened("b.hashiya").project, expected);
    assert!(first.session.place().join("project.ron").exists());
}

#[test]
fn a_file_written_whole_or_not_at_all() {
    let desk = Desk::new();
    let path = desk.path("out.csv");
    write_atomically(&path, "أ".as_bytes()).expect("written");
    let mut file = AtomicFile::create(&path).expect("begun");
    file.write_all(b"half").expect("buffered");
    drop(file);
    assert_eq!(files(desk.root.path()).into_values().collect::<Vec<_>>(), ["أ".as_bytes()]);
    write_atomically(&path, b"b").expect("written");
    assert_eq!(fs::read(&path).expect("there"), b"b");
    for (path, sentence) in [
        (desk.path("no/out.csv"), "it does not exist"),
        (desk.path("out.csv/x"), "not a folder"),
        (desk.root.path().to_owned(), "it is a folder"),
        (PathBuf::from("/dev/null"), "not a regular file"),
    ] {
        let error = write_atomically(&path, b"x").expect_err("refused").to_string();
        assert!(error.contains(sentence), "{error}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt, symlink};
        symlink(&path, desk.path("link")).expect("a link");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
        write_atomically(&desk.path("link"), b"c").expect("written");
        assert_eq!(fs::read(&path).expect("there"), b"c");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(desk.path("link")).expect("there").is_symlink());
    }
}
