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
use hashiya::store::disk::{Disk, DiskFile, Looks, RealDisk};
use hashiya::store::{OpenMode, SessionEvent, Surroundings, check};
use support::{Desk, copy, fatal, files, journalled, save, tag, wait};

/// A disk that dies after a number of acts that change it; the write in which it dies is cut in half.
struct DyingDisk(Arc<AtomicUsize>);

struct DyingFile(Box<dyn DiskFile>, Arc<AtomicUsize>);

fn live(left: &AtomicUsize) -> io::Result<()> {
    let taken = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    taken.map(|_| ()).map_err(|_| io::Error::other("the disk died"))
}

impl Disk for DyingDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        RealDisk.read(path)
    }
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        live(&self.0)?;
        Ok(Box::new(DyingFile(RealDisk.create(path)?, Arc::clone(&self.0))))
    }
    fn append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(DyingFile(RealDisk.append(path)?, Arc::clone(&self.0))))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        live(&self.0)?;
        RealDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        live(&self.0)?;
        RealDisk.remove(path)
    }
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        live(&self.0)?;
        RealDisk.create_folder(path)
    }
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        // What dies here is the program, not the machine: what was written is there.
        live(&self.0)?;
        RealDisk.look(path).map(|_| ())
    }
    fn look(&self, path: &Path) -> io::Result<Looks> {
        RealDisk.look(path)
    }
    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(path)
    }
}

impl DiskFile for DyingFile {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        live(&self.1).inspect_err(|_| {
            self.0.write_all(&bytes[..bytes.len() / 2]).ok();
        })?;
        self.0.write_all(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        live(&self.1)
    }
    fn look(&self) -> io::Result<Looks> {
        self.0.look()
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
                let mut new = desk.document("نص 0.txt", "قال غيره");
                let old = &opened.project.documents()[0];
                (new.id, new.file) = (old.id, old.file.clone());
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
        let mut desk = Desk::on(Arc::new(DyingDisk(Arc::clone(&left))));
        let (states, acknowledged) = work(&mut desk, &left, acts);
        let survived = left.load(Ordering::SeqCst) > 0;
        let surroundings = Surroundings { disk: Arc::new(support::QuickDisk), ..desk.surroundings.clone() };
        desk.surroundings = surroundings;
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
fn a_torn_last_line_is_told_and_everything_before_it_is_there() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&TEXTS);
    let mut states = vec![opened.project.clone()];
    for at in 0..3 {
        desk.mark(&mut opened, 0, at..at + 5);
        states.push(opened.project.clone());
    }
    journalled(&opened);
    let place = opened.session.place();
    let journal = std::fs::read(place.join("journal/سارة.ron")).expect("a journal");
    let lines: Vec<usize> =
        journal.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    assert_eq!(lines.len(), 4);
    // Around every line end, and here and there within the lines, which are ASCII and Arabic.
    let cuts = (lines[0]..=journal.len())
        .filter(|cut| cut % 61 == 0 || lines.iter().any(|&end| end.abs_diff(*cut) < 3));
    for cut in cuts {
        let name = format!("cut {cut}.hashiya");
        copy(&place, &desk.path(&name));
        std::fs::write(desk.path(&name).join("journal/سارة.ron"), &journal[..cut]).expect("written");
        // A line that lacks only its line end is whole.
        let whole = lines.iter().filter(|&&end| end <= cut + 1).count() - 1;
        let torn = !lines.iter().any(|&end| end == cut || end == cut + 1);
        let faults = check(&desk.path(&name)).expect("a project");
        assert_eq!(fatal(&faults), Vec::<&hashiya::store::Fault>::new());
        assert_eq!(faults.len(), usize::from(torn));
        let again = desk.open(&name, OpenMode::Write).expect("opens");
        assert_eq!((again.report.recovered_edits, again.report.torn_journal), (whole, torn), "cut at {cut}");
        assert_eq!(again.project, states[whole]);
        // The torn part is set aside, and the next edit does not touch it.
        assert_eq!(desk.path(&name).join("recovered").exists(), torn);
        if cut % 122 == 0 {
            let mut again = again;
            desk.mark(&mut again, 1, 0..4);
            journalled(&again);
            again.session.close().expect("closes");
            let third = desk.open(&name, OpenMode::Write).expect("opens");
            assert!(!third.report.torn_journal);
            assert_eq!(third.report.recovered_edits, whole + 1);
        }
        std::fs::remove_dir_all(desk.path(&name)).expect("removed");
    }
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

/// Started again as another process by the test below, and killed.
#[test]
fn writer_to_be_killed() {
    let Some(root) = std::env::var_os("HASHIYA_TEST_KILLED") else { return };
    let mut desk = Desk::new();
    let project = desk.project(&TEXTS);
    let place = Path::new(&root).join("a.hashiya");
    let mut opened =
        hashiya::store::create_with(&desk.surroundings, &place, &project, &support::coder(), support::wake())
            .expect("a new project");
    for at in 0..200_usize {
        desk.perform(&mut opened, Edit::SetTitle(format!("عنوان {at}")));
        if at % 20 == 19 {
            opened.session.save(opened.project.clone(), opened.history.clone());
        }
        let last = opened.session.last();
        wait(&opened.session, |event| matches!(event, SessionEvent::Acknowledged(seq) if *seq >= last));
        println!("kept {at}");
    }
}

#[test]
fn a_killed_process_loses_nothing_that_it_was_told_is_kept() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    for kill_at in [0, 3, 17, 20, 41] {
        let root = tempfile::tempdir().expect("a temporary folder");
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "writer_to_be_killed", "--nocapture", "--test-threads=1"])
            .env("HASHIYA_TEST_KILLED", root.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the test starts again");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let wanted = format!("kept {kill_at}");
        let seen = output.lines().map_while(Result::ok).any(|line| line.ends_with(&wanted));
        child.kill().expect("killed");
        child.wait().expect("ended");
        assert!(seen, "the child told of edit {kill_at}");
        let mut desk = Desk::new();
        desk.root = root;
        let opened = desk.open("a.hashiya", OpenMode::Write).expect("opens");
        assert!(opened.report.read_only.is_none(), "the lock of a dead process is taken over");
        assert_eq!(fatal(&opened.report.faults), Vec::<&hashiya::store::Fault>::new());
        let title = opened.project.title().to_owned();
        let number: usize =
            title.rsplit(' ').next().and_then(|end| end.parse().ok()).expect("a numbered title");
        assert!(number >= kill_at, "{title} after edit {kill_at} was kept");
        assert_eq!(opened.history.done().len(), number + 1);
    }
}
