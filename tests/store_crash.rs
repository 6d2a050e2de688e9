//! A crash at any moment: what was acknowledged is there, and the project is as it was after some edit, never in between.
#![allow(clippy::disallowed_methods, reason = "a test damages files")]

#[path = "store/support.rs"]
mod support;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hashiya::model::{Edit, History, Project};
use hashiya::store::disk::DiskFile;
use hashiya::store::{OpenMode, SessionEvent, Surroundings, check};
use support::disks::{Deed, Watch, WatchedDisk, quick_disk};
use support::{Desk, copy, fatal, files, journalled, save, tag};

/// A disk that dies after a number of acts that change it; the write in which it dies is cut in half.
struct Dying(Arc<AtomicUsize>);

impl Dying {
    fn live(&self) -> io::Result<()> {
        let taken = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        taken.map(|_| ()).map_err(|_| io::Error::other("the disk died"))
    }
}

impl Watch for Dying {
    fn deed(&self, deed: Deed<'_>, real: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        if !matches!(deed, Deed::Append(_)) {
            self.live()?;
        }
        real()
    }

    fn write(&self, _: &Path, bytes: &[u8], file: &mut dyn DiskFile) -> io::Result<()> {
        self.live().inspect_err(|_| {
            file.write_all(&bytes[..bytes.len() / 2]).ok();
        })?;
        file.write_all(bytes)
    }

    // What dies here is the program, not the machine: what was written is there.
    fn sync(&self, _: &Path, _: &mut dyn DiskFile) -> io::Result<()> {
        self.live()
    }
}

const TEXTS: [&str; 2] = ["قال المتحدث باسم الرئاسة", "نص ثان"];

/// Works on a project until the disk dies, if it does: marks, tags, replaced and removed documents, undo, and saves between. Gives every
/// state the project had, by the number of edits, and the last number that was acknowledged.
fn work(desk: &mut Desk, left: &AtomicUsize, acts: usize) -> (Vec<(Project, History)>, u64) {
    let mut opened = desk.open_project(&TEXTS);
    left.store(acts, Ordering::SeqCst);
    let mut states = vec![(opened.project.clone(), opened.history.clone())];
    let mut acknowledged = 0;
    for at in 0..9 {
        match at {
            0 | 3 => desk.mark(&mut opened, 0, at..at + 7),
            1 => {
                let tag = tag("حدث", &mut desk.stamps);
                desk.perform(&mut opened, Edit::PutTag { at: 0, tag });
            }
            2 => {
                let document = Arc::new(desk.document("جديد.txt", "نص جديد"));
                desk.perform(&mut opened, Edit::InsertDocument { at: 1, document, annotations: vec![] });
            }
            4 => {
                let new = desk.document("نص 0.txt", "قال غيره").in_place_of(&opened.project.documents()[0]);
                let edit = Edit::ReplaceDocument { document: Arc::new(new), annotations: vec![] };
                desk.perform(&mut opened, edit);
            }
            6 => {
                let id = opened.project.documents()[2].id;
                desk.perform(&mut opened, Edit::RemoveDocument(id));
            }
            7 => desk.mark(&mut opened, 1, 0..3),
            // 5 and 8.
            _ => {
                desk.undo(&mut opened);
            }
        }
        states.push((opened.project.clone(), opened.history.clone()));
        if [1, 4, 7].contains(&at) {
            opened.session.save(opened.project.clone(), opened.history.clone());
        }
        // What is acknowledged here was promised to the reader.
        loop {
            match opened.session.wait(Duration::from_secs(30)).expect("an event") {
                SessionEvent::Acknowledged(seq) => acknowledged = acknowledged.max(seq),
                SessionEvent::Saved { through, .. } if through == opened.session.last() => {
                    acknowledged = through;
                    break;
                }
                SessionEvent::Failed { .. } => break,
                _ => {}
            }
            if ![1, 4, 7].contains(&at) && acknowledged == opened.session.last() {
                break;
            }
        }
    }
    drop(opened);
    (states, acknowledged)
}

#[test]
fn after_a_death_at_any_act_of_the_disk_nothing_acknowledged_is_missing() {
    let mut died_at = 0;
    for acts in 0.. {
        let left = Arc::new(AtomicUsize::new(usize::MAX));
        let mut desk = Desk::on(Arc::new(WatchedDisk(Arc::new(Dying(Arc::clone(&left))))));
        let (states, acknowledged) = work(&mut desk, &left, acts);
        let survived = left.load(Ordering::SeqCst) > 0;
        desk.surroundings = Surroundings { disk: quick_disk(), ..desk.surroundings.clone() };
        // First as a reader who must not write, then as one who repairs: both see the same.
        let before = files(&desk.path("a.hashiya"));
        let seen = desk.open("a.hashiya", OpenMode::ReadOnly).expect("opens to read");
        assert_eq!(fatal(&seen.report.faults), Vec::<&hashiya::store::Fault>::new(), "death at act {acts}");
        assert_eq!(files(&desk.path("a.hashiya")), before, "reading writes nothing");
        let opened = desk.open("a.hashiya", OpenMode::Write).expect("opens");
        assert_eq!(fatal(&opened.report.faults), Vec::<&hashiya::store::Fault>::new(), "death at act {acts}");
        assert_eq!((&seen.project, &seen.history), (&opened.project, &opened.history), "death at act {acts}");
        let state = (opened.project.clone(), opened.history.clone());
        let found = states.iter().rposition(|one| *one == state);
        let found = found.unwrap_or_else(|| panic!("death at act {acts}: a state that never was"));
        assert!(
            found as u64 >= acknowledged,
            "death at act {acts}: edit {acknowledged} was promised, {found} found"
        );
        // It goes on from there, and the next save is whole.
        let mut opened = opened;
        desk.mark(&mut opened, 0, 0..4);
        save(&opened);
        opened.session.close().expect("closes");
        assert_eq!(
            fatal(&check(&desk.path("a.hashiya")).expect("a project")),
            Vec::<&hashiya::store::Fault>::new()
        );
        let left_over: Vec<_> = files(&desk.path("a.hashiya"))
            .into_keys()
            .filter(|name| name.contains(".saving") || name.contains("/.") || name.starts_with('.'))
            .collect();
        assert!(left_over.is_empty(), "{left_over:?}");
        if survived {
            died_at = acts;
            break;
        }
    }
    assert!(died_at > 60, "the disk was asked for {died_at} acts, so the test saw little");
}

#[test]
fn a_journal_cut_at_any_byte_of_its_last_kilobyte_gives_all_whole_edits_before() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&TEXTS);
    let mut states = vec![opened.project.clone()];
    for at in 0..4 {
        desk.mark(&mut opened, 0, at..at + 5);
        states.push(opened.project.clone());
    }
    journalled(&opened);
    let place = opened.session.place();
    let journal = std::fs::read(place.join("journal/سارة.ron")).expect("a journal");
    let lines: Vec<usize> =
        journal.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    assert_eq!(lines.len(), 5);
    assert!(journal.len() > lines[0] + 1024, "the last kilobyte holds edits only");
    copy(&place, &desk.path("cut.hashiya"));
    let cut_journal = desk.path("cut.hashiya/journal/سارة.ron");
    for cut in journal.len() - 1024..=journal.len() {
        std::fs::write(&cut_journal, &journal[..cut]).expect("written");
        // A line that lacks only its line end is whole.
        let whole = lines.iter().filter(|&&end| end <= cut + 1).count() - 1;
        let torn = !lines.iter().any(|&end| end == cut || end == cut + 1);
        let faults = check(&desk.path("cut.hashiya")).expect("a project");
        assert_eq!(fatal(&faults), Vec::<&hashiya::store::Fault>::new());
        assert_eq!(faults.len(), usize::from(torn));
        let seen = desk.reopened("cut.hashiya");
        assert_eq!((seen.report.recovered_edits, seen.report.torn_journal), (whole, torn), "cut at {cut}");
        assert_eq!(seen.project, states[whole], "cut at {cut}");
        if cut % 37 == 0 || lines.iter().any(|&end| end.abs_diff(cut) < 3) {
            cut_off_journal_is_mended(&mut desk, whole, torn);
        }
    }
}

/// The torn part is set aside, and the next edit does not touch it.
fn cut_off_journal_is_mended(desk: &mut Desk, whole: usize, torn: bool) {
    copy(&desk.path("cut.hashiya"), &desk.path("mended.hashiya"));
    let cut = std::fs::read(desk.path("cut.hashiya/journal/سارة.ron")).expect("a journal");
    let mut again = desk.open("mended.hashiya", OpenMode::Write).expect("opens");
    assert_eq!((again.report.recovered_edits, again.report.torn_journal), (whole, torn));
    let aside: Vec<Vec<u8>> = files(&desk.path("mended.hashiya"))
        .into_iter()
        .filter(|(name, _)| name.starts_with("recovered/"))
        .map(|(_, bytes)| bytes)
        .collect();
    assert_eq!(aside, if torn { vec![cut] } else { vec![] });
    desk.mark(&mut again, 1, 0..4);
    journalled(&again);
    again.session.close().expect("closes");
    let third = desk.open("mended.hashiya", OpenMode::Write).expect("opens");
    assert!(!third.report.torn_journal);
    assert_eq!(third.report.recovered_edits, whole + 1);
    drop(third);
    std::fs::remove_dir_all(desk.path("mended.hashiya")).expect("removed");
}

#[test]
fn an_altered_line_in_the_middle_is_a_fault_and_the_other_edits_are_kept() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&TEXTS);
    for at in 0..3 {
        desk.mark(&mut opened, 0, at * 6..at * 6 + 5);
    }
    journalled(&opened);
    let place = opened.session.place();
    let copied = desk.path("altered.hashiya");
    copy(&place, &copied);
    let path = copied.join("journal/سارة.ron");
    let text = std::fs::read_to_string(&path).expect("a journal");
    let altered: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(at, line)| if at == 2 { line.replacen("seq: 2", "seq: 9", 1) } else { line.to_owned() })
        .collect();
    std::fs::write(&path, altered.join("\n") + "\n").expect("written");
    let faults = check(&copied).expect("a project");
    assert_eq!(faults.len(), 1);
    assert_eq!(
        (faults[0].file.as_str(), faults[0].line, faults[0].fatal),
        ("journal/سارة.ron", Some(3), true)
    );
    let again = desk.open("altered.hashiya", OpenMode::Write).expect("opens");
    assert_eq!(again.project.annotation_count(), 2);
    assert!(again.report.is_damaged() && copied.join("recovered").is_dir());
}
