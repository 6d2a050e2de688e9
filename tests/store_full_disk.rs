//! A disk that is really full, and one that is really read-only. It needs a small disk of its own, which `.ci/run` mounts.
#![allow(clippy::disallowed_methods, reason = "a test fills a disk")]

#[path = "store/support.rs"]
mod support;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use hashiya::model::Edit;
use hashiya::store::disk::RealDisk;
use hashiya::store::{Opened, SessionEvent, check, create_with};
use support::{Desk, coder, files, journalled, save, wait, wake};

fn failed(opened: &Opened) -> String {
    match wait(&opened.session, |event| matches!(event, SessionEvent::Failed { .. })) {
        SessionEvent::Failed { error, kept_in, .. } => {
            assert!(kept_in.is_some_and(|folder| folder.join("journal.ron").is_file()), "{error}");
            error.to_string()
        }
        other => panic!("{other:?}"),
    }
}

fn remount(disk: &Path, how: &str) {
    let done = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(disk).status();
    assert!(done.expect("mount is there").success(), "remount {how}");
}

#[test]
#[ignore = "needs a disk of 4 MB, named by HASHIYA_SMALL_DISK, that may be filled and mounted anew"]
fn edits_outlive_a_full_and_a_read_only_disk() {
    let disk = std::env::var("HASHIYA_SMALL_DISK").expect("HASHIYA_SMALL_DISK names a small disk");
    let disk = Path::new(&disk);
    let mut desk = Desk::on(Arc::new(RealDisk));
    let project = desk.project(&["قال المتحدث باسم الرئاسة الروسية"]);
    let place = disk.join("a.hashiya");
    let mut opened =
        create_with(&desk.surroundings, &place, &project, &coder(), wake()).expect("room enough");
    desk.mark(&mut opened, 0, 0..6);
    save(&opened);
    fill(disk);
    let before = files(&place);
    // More than the last page of the journal has room for.
    desk.perform(&mut opened, Edit::SetTitle("عنوان ".repeat(2000)));
    let told = failed(&opened);
    assert!(told.contains("the disk is full"), "{told}");
    opened.session.save(opened.project.clone(), opened.history.clone());
    let told = failed(&opened);
    assert!(told.contains("the disk is full"), "{told}");
    let mut after = files(&place);
    after.retain(|name, _| !name.starts_with("locks/"));
    for (name, bytes) in &after {
        // What is only lengthened may hold half of what was to be added; it does not count.
        let is_lengthened = name.starts_with("journal/") || name.ends_with(".steps");
        assert!(
            if is_lengthened { bytes.starts_with(&before[name]) } else { *bytes == before[name] },
            "{name}"
        );
    }
    assert_eq!(check(&place).expect("a project").iter().filter(|fault| fault.fatal).count(), 0);
    std::fs::remove_file(disk.join("filler")).expect("removed");
    journalled(&opened);
    save(&opened);
    let expected = opened.project.clone();
    opened.session.close().expect("closed");
    assert_eq!(check(&place).expect("a project"), vec![]);

    remount(disk, "ro");
    let before = files(&place);
    let opened = support::open_at(&desk, &place);
    assert!(opened.session.is_read_only() && opened.project == expected);
    let why = opened.report.unwritable.clone().expect("a reason");
    assert!(why.contains("the disk is read-only"), "{why}");
    opened.session.close().expect("closed");
    assert_eq!(files(&place), before);
    remount(disk, "rw");

    let again = support::open_at(&desk, &place);
    assert!(!again.session.is_read_only() && again.project == expected);
    again.session.close().expect("closed");
    std::fs::remove_dir_all(&place).expect("removed");
}

/// Writes until nothing more goes in, down to the last byte.
fn fill(disk: &Path) {
    use std::io::Write;
    let mut file = std::fs::File::create(disk.join("filler")).expect("a file");
    for size in [1 << 16, 1 << 12, 1] {
        while file.write_all(&vec![b'x'; size]).is_ok() {}
    }
}
