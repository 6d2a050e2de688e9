//! The undo history on the disk: kept without limit, over restarts, and never written anew for one edit more.

#[path = "store/stream.rs"]
mod stream;
#[path = "store/support.rs"]
mod support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hashiya::model::{Edit, Timestamp};
use hashiya::store::disk::DiskFile;
use hashiya::store::{OpenMode, Opened, check};
use stream::Stream;
use support::disks::{Watch, WatchedDisk};
use support::{CountingStamps, Desk, fatal, save};

/// Counts the bytes that are written.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Watch for Counting {
    fn write(&self, _: &Path, bytes: &[u8], file: &mut dyn DiskFile) -> std::io::Result<()> {
        self.0.fetch_add(bytes.len(), Ordering::Relaxed);
        file.write_all(bytes)
    }
}

fn titles(desk: &mut Desk, opened: &mut Opened, count: usize) {
    for at in 0..count {
        desk.perform(opened, Edit::SetTitle(format!("عنوان {at}")));
    }
}

#[test]
fn a_save_after_one_edit_does_not_write_a_long_history_anew() {
    let counting = Arc::new(Counting::default());
    let mut desk = Desk::on(Arc::new(WatchedDisk(Arc::clone(&counting))));
    let mut opened = desk.open_project(&["نص"]);
    titles(&mut desk, &mut opened, 100_000);
    save(&opened);
    assert!(counting.0.swap(0, Ordering::Relaxed) > 10_000_000, "all steps were written once");
    titles(&mut desk, &mut opened, 1);
    save(&opened);
    assert!(desk.undo(&mut opened) && desk.undo(&mut opened) && desk.undo(&mut opened));
    save(&opened);
    let written = counting.0.swap(0, Ordering::Relaxed);
    assert!(written < 10_000, "two saves wrote {written} bytes");
    let expected = opened.history.clone();
    assert_eq!((expected.done().len(), expected.undone().len()), (99_998, 3));
    opened.session.close().expect("closed");
    let mut again = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    assert_eq!(again.history, expected);
    counting.0.store(0, Ordering::Relaxed);
    assert!(desk.redo(&mut again));
    save(&again);
    let written = counting.0.load(Ordering::Relaxed);
    assert!(written < 10_000, "a save after a restart wrote {written} bytes");
}

#[test]
fn steps_that_were_taken_back_do_not_pile_up_for_ever() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&["نص"]);
    let steps = desk.path("a.hashiya/history/سارة.steps");
    let mut longest = 0;
    for _ in 0..8 {
        titles(&mut desk, &mut opened, 1000);
        save(&opened);
        while desk.undo(&mut opened) {}
        save(&opened);
        longest = longest.max(std::fs::metadata(&steps).expect("steps").len());
    }
    let bytes_a_step = 70;
    assert!(longest < 8000 * bytes_a_step, "the file grew to {longest} bytes for at most 2000 steps");
    let expected = opened.history.clone();
    opened.session.close().expect("closed");
    assert_eq!(desk.reopened("a.hashiya").history, expected);
}

#[test]
fn whatever_is_done_and_taken_back_between_saves_the_history_comes_back_after_each() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&["قال المتحدِّث باسم الرئاسة: «نعم»", "نص ثان"]);
    let mut stream = Stream::new(5, CountingStamps(1_000_000));
    for round in 0..60 {
        for _ in 0..stream.chance.below(12) {
            let act = stream.next(&mut opened.project, &mut opened.history);
            opened.session.append(act, Timestamp::default());
        }
        save(&opened);
        if stream.chance.one_in(3) {
            let expected = (opened.project.clone(), opened.history.clone());
            opened.session.close().expect("closed");
            opened = desk.open("a.hashiya", OpenMode::Write).expect("opens");
            assert_eq!((&opened.project, &opened.history), (&expected.0, &expected.1), "round {round}");
        }
    }
    opened.session.close().expect("closed");
    let faults = check(&desk.path("a.hashiya")).expect("a project");
    assert_eq!(fatal(&faults), Vec::<&hashiya::store::Fault>::new());
}
