//! Snapshots: kept whole or not at all, listed, compared, and restored by an edit that can be undone.
#![allow(clippy::disallowed_methods, reason = "a test damages files and lays out folders")]

#[path = "store/power.rs"]
mod power;
#[path = "store/stream.rs"]
mod stream;
#[path = "store/support.rs"]
mod support;

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hashiya::model::{Annotation, Coder, Document, Edit, History, Project, Stamps, Tag};
use hashiya::store::disk::DiskFile;
use hashiya::store::merge::{Counts, Difference};
use hashiya::store::snapshots::{Listed, Snapshot, Then, Why, read, restoring, snapshots};
use hashiya::store::{
    Fault, OpenMode, Opened, Progress, SessionEvent, StoreError, Wake, check, create_with, open_with,
};

use power::{Contents, Cut, Entry, Log, Platter, lay_out};
use stream::{Chance, Stream};
use support::disks::{Deed, Watch, WatchedDisk};
use support::{CountingStamps, Desk, annotation, coder, fatal, files, save, tag, wait, wake};

const TEXTS: [&str; 3] = ["قال المتحدِّث باسم الرئاسة: «نعم»\nسطر ثانٍ", "نص ثان فيه 2023", ""];

/// Keeps the project as it is and waits until that is done.
fn keep(opened: &Opened, why: Why, title: &str) -> Result<Snapshot, StoreError> {
    opened.session.keep_snapshot(Some(opened.project.clone()), why, title);
    loop {
        match opened.session.wait(Duration::from_secs(30)).expect("the event comes") {
            SessionEvent::SnapshotMade(snapshot) => return Ok(*snapshot),
            SessionEvent::SnapshotFailed(of, error) => {
                assert_eq!(of, why);
                return Err(error);
            }
            _ => {}
        }
    }
}

fn listed(desk: &Desk) -> Listed {
    snapshots(&desk.surroundings, &desk.path("a.hashiya"))
}

fn read_back(desk: &Desk, name: &str, now: &Project) -> Result<Then, StoreError> {
    read(&desk.surroundings, &desk.path("a.hashiya"), name, now, &Progress::new())
}

/// For who restores where nobody else marks anything.
fn never(_: &Document, _: &Document, _: &Annotation) -> Option<Annotation> {
    None
}

#[test]
fn a_snapshot_says_what_is_in_it_and_holds_the_project_as_it_was() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&TEXTS);
    assert_eq!(listed(&desk), Listed::default());
    let mut stream = Stream::new(5, CountingStamps(1_000_000));
    let mut kept = Vec::new();
    for round in 0..6 {
        for _ in 0..12 {
            let act = stream.next(&mut opened.project, &mut opened.history);
            opened.session.append(act, stream.stamps.now());
        }
        if round % 2 == 0 {
            save(&opened);
        }
        let title = format!("قبل المراجعة {round}");
        kept.push((keep(&opened, Why::Asked, &title).expect("kept"), opened.project.clone()));
    }
    save(&opened);
    let Listed { snapshots, faults } = listed(&desk);
    assert_eq!(faults, vec![]);
    let latest_first: Vec<Snapshot> = kept.iter().rev().map(|(snapshot, _)| snapshot.clone()).collect();
    assert_eq!(snapshots, latest_first);
    for (round, (snapshot, then)) in kept.iter().enumerate() {
        assert_eq!((&*snapshot.title, snapshot.why), (&*format!("قبل المراجعة {round}"), Why::Asked));
        assert_eq!(snapshot.coder, coder());
        let counts = (then.documents().len(), then.annotation_count(), then.codebook().tags().len());
        assert_eq!((snapshot.documents, snapshot.annotations, snapshot.tags), counts);
        let found = read_back(&desk, &snapshot.name, &opened.project).expect("readable");
        assert_eq!(found.faults, vec![]);
        assert_eq!(found.project, *then);
    }
    // A copy elsewhere has them too; and nothing of all that is a fault of the project.
    let place = desk.path("b.hashiya");
    opened.session.save_as(&place, opened.project.clone(), opened.history.clone());
    wait(&opened.session, |event| matches!(event, SessionEvent::Moved { .. }));
    assert_eq!(hashiya::store::snapshots::snapshots(&desk.surroundings, &place).snapshots, latest_first);
    opened.session.close().expect("closed");
    for place in [desk.path("a.hashiya"), place] {
        let faults = check(&place).expect("a project");
        let is_grave = |fault: &&Fault| fault.fatal || fault.file.starts_with("snapshots/");
        assert_eq!(faults.iter().filter(is_grave).count(), 0, "{faults:?}");
    }
}

/// A text that nothing but a snapshot needs, not even the undo history, is still part of the project.
#[test]
fn the_text_of_a_document_that_only_a_snapshot_has_is_no_stray() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&TEXTS);
    keep(&opened, Why::Asked, "").expect("kept");
    let first = opened.project.documents()[0].id;
    desk.perform(&mut opened, Edit::RemoveDocument(first));
    save(&opened);
    opened.session.close().expect("closed");
    let place = desk.path("a.hashiya");
    fs::remove_dir_all(place.join("history")).expect("removed");
    let strays = || {
        let faults = check(&place).expect("a project");
        faults.iter().filter(|fault| fault.file.starts_with("documents/")).count()
    };
    assert_eq!(strays(), 0);
    fs::remove_dir_all(place.join("snapshots")).expect("removed");
    assert_eq!(strays(), 1);
}

/// What two snapshots share takes room once, where the disk can do that, and no file of the project is shared.
#[cfg(unix)]
#[test]
fn what_two_snapshots_share_is_one_file() {
    use std::os::unix::fs::MetadataExt;
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&TEXTS);
    desk.mark(&mut opened, 0, 0..6);
    desk.mark(&mut opened, 1, 0..6);
    save(&opened);
    keep(&opened, Why::Asked, "").expect("kept");
    desk.mark(&mut opened, 1, 7..11);
    save(&opened);
    keep(&opened, Why::Asked, "").expect("kept");
    let place = desk.path("a.hashiya");
    let names: Vec<String> = files(&place).into_keys().collect();
    let tables: Vec<&String> = names.iter().filter(|name| name.ends_with(".ron")).collect();
    let links = |start: &str, table: &str| -> Vec<u64> {
        let of = tables.iter().filter(|name| name.starts_with(start) && name.contains(table));
        of.map(|name| fs::metadata(place.join(name)).expect("there").nlink()).collect()
    };
    let document = |at: usize| opened.project.documents()[at].file.replace(".txt", ".ron");
    assert_eq!(links("snapshots/", &document(0)), [2, 2], "{names:?}");
    assert_eq!(links("snapshots/", &document(1)), [1, 1]);
    assert_eq!(links("annotations/", ""), [1, 1]);
}

#[test]
fn restoring_gives_the_state_of_then_and_undo_the_state_of_now() {
    for seed in 1..=60 {
        let mut desk = Desk::new();
        let mut project = desk.project(&TEXTS);
        let mut history = History::default();
        let mut stream = Stream::new(seed, CountingStamps(1_000_000));
        let mut states = vec![project.clone()];
        for _ in 0..40 {
            stream.next(&mut project, &mut history);
            states.push(project.clone());
        }
        for _ in 0..12 {
            let [then, now] = [0, 1].map(|_| &states[stream.chance.below(states.len())]);
            let way = restoring(then, now, &coder(), &never);
            let when = format!("seed {seed}");
            assert_eq!(way.kept, Vec::<Arc<Document>>::new(), "{when}");
            assert_eq!(way.is_empty(), then == now, "{when}");
            let mut after = now.clone();
            let back = after.apply(&way.edit).unwrap_or_else(|error| panic!("{when}: {error}"));
            assert_eq!(after, *then, "{when}");
            assert!(Difference::between(then, &after).is_empty(), "{when}");
            after.apply(&back).expect("undo fits");
            assert_eq!(after, *now, "{when}");
        }
    }
}

#[test]
fn what_was_added_changed_and_removed_is_told_by_ids() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&TEXTS);
    for range in [0..6, 7..14, 15..20] {
        desk.mark(&mut opened, 0, range);
    }
    let old = tag("قديم", &mut desk.stamps);
    desk.perform(&mut opened, Edit::PutTag { at: 0, tag: old.clone() });
    let then = opened.project.clone();
    let ids: Vec<_> = then.annotations().map(|(_, one)| Arc::clone(one)).collect();
    desk.perform(&mut opened, Edit::RemoveAnnotation { document: ids[0].document, id: ids[0].id });
    let noted = Annotation { note: "ملاحظة".into(), ..(*ids[1]).clone() };
    desk.perform(&mut opened, Edit::PutAnnotation(Arc::new(noted)));
    desk.mark(&mut opened, 1, 0..4);
    desk.mark(&mut opened, 1, 5..9);
    desk.perform(&mut opened, Edit::PutTag { at: 0, tag: Tag { name: "جديد".into(), ..old } });
    let since = Difference::between(&then, &opened.project);
    assert_eq!(Counts::of(&since.annotations), Counts { added: 2, changed: 1, removed: 1 });
    assert_eq!(Counts::of(&since.tags), Counts { added: 0, changed: 1, removed: 0 });
    assert_eq!(Counts::of(&since.documents), Counts::default());
}

/// Only one's own tables go back: what another coder has made or changed since stays, and so does what it needs.
#[test]
fn restoring_leaves_other_coders_annotations_as_they_are() {
    let mut desk = Desk::new();
    let mona = Coder::new("منى");
    let mut project = desk.project(&TEXTS);
    let put =
        |project: &mut Project, desk: &mut Desk, coder: &Coder, document: usize, tags: &[&Tag], range| {
            let mut made = annotation(&project.documents()[document], &[range], &mut desk.stamps);
            made.coder = coder.clone();
            made.tags = tags.iter().map(|tag| tag.id).collect();
            project.apply(&Edit::PutAnnotation(Arc::new(made.clone()))).expect("fits");
            made
        };
    let hers = put(&mut project, &mut desk, &mona, 0, &[], (0, 6));
    let mine = put(&mut project, &mut desk, &coder(), 0, &[], (7, 14));
    let then = project.clone();
    // Since then: a tag that she uses, her note, a document she has marked, and one that only I have.
    let new = tag("جديد", &mut desk.stamps);
    project.apply(&Edit::PutTag { at: 0, tag: new.clone() }).expect("fits");
    for name in ["b.txt", "c.txt"] {
        let document = Arc::new(desk.document(name, "نص رابع"));
        let at = project.documents().len();
        project.apply(&Edit::InsertDocument { at, document, annotations: vec![] }).expect("fits");
    }
    let noted = Annotation { note: "لها".into(), ..hers.clone() };
    project.apply(&Edit::PutAnnotation(Arc::new(noted.clone()))).expect("fits");
    let later = put(&mut project, &mut desk, &mona, 3, &[&new], (0, 4));
    put(&mut project, &mut desk, &coder(), 3, &[&new], (0, 4));
    put(&mut project, &mut desk, &coder(), 0, &[&new], (0, 6));
    project.apply(&Edit::RemoveAnnotation { document: mine.document, id: mine.id }).expect("fits");
    let way = restoring(&then, &project, &coder(), &never);
    let mut after = project.clone();
    let back = after.apply(&way.edit).expect("fits");
    let found: Vec<Annotation> = after.annotations().map(|(_, one)| (**one).clone()).collect();
    assert_eq!(found, [noted, mine, later]);
    let ids = |project: &Project| project.documents().iter().map(|document| document.id).collect::<Vec<_>>();
    assert_eq!(ids(&after), ids(&project)[..4]);
    assert_eq!(after.codebook().tags(), [Tag { withdrawn: true, ..new }]);
    after.apply(&back).expect("undo fits");
    assert_eq!(after, project);

    // A text that she has marked where the old one has no place for it stays.
    let mut replaced = then.clone();
    let old = &then.documents()[0];
    let mut other = desk.document("x.txt", "نص آخر تماما");
    (other.id, other.file) = (old.id, old.file.clone());
    let edit = Edit::ReplaceDocument { document: Arc::new(other.clone()), annotations: vec![] };
    replaced.apply(&edit).expect("fits");
    put(&mut replaced, &mut desk, &mona, 0, &[], (0, 4));
    let way = restoring(&then, &replaced, &coder(), &never);
    assert_eq!(way.kept.iter().map(|one| &one.sha256).collect::<Vec<_>>(), [&other.sha256]);
    let mut after = replaced.clone();
    after.apply(&way.edit).expect("fits");
    assert_eq!(after, replaced);
}

#[test]
fn what_is_damaged_is_told_and_the_rest_can_be_used() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&TEXTS);
    desk.mark(&mut opened, 0, 0..6);
    desk.mark(&mut opened, 1, 0..6);
    save(&opened);
    let kept = keep(&opened, Why::Asked, "").expect("kept");
    let then = opened.project.clone();
    desk.mark(&mut opened, 0, 7..14);
    desk.mark(&mut opened, 1, 7..11);
    save(&opened);
    let now = opened.project.clone();
    let folder = desk.path("a.hashiya/snapshots").join(&kept.name);
    let file = |at: usize| {
        let table = now.documents()[at].file.replace(".txt", ".ron");
        let names = files(&folder).into_keys().find(|name| name.ends_with(&table));
        folder.join(names.expect("a table"))
    };
    // A table that is cut off or gone: its document stays as it is now, the other goes back.
    let table = file(0);
    let whole = fs::read(&table).expect("a table");
    for gone in [false, true] {
        if gone {
            fs::remove_file(&table).expect("removed");
        } else {
            fs::write(&table, &whole[..whole.len() - 20]).expect("written");
        }
        let found = read_back(&desk, &kept.name, &now).expect("the rest");
        assert_eq!(found.faults.len(), 1, "{:?}", found.faults);
        assert!(found.faults[0].to_string().contains("stays as it is now"), "{}", found.faults[0]);
        assert!(found.faults[0].file.starts_with("snapshots/"), "{}", found.faults[0]);
        let way = restoring(&found.project, &now, &coder(), &never);
        let mut after = now.clone();
        after.apply(&way.edit).expect("fits");
        let count = |project: &Project, at: usize| project.table(project.documents()[at].id).len();
        assert_eq!((count(&after, 0), count(&after, 1)), (2, 1));
    }
    fs::write(&table, &whole).expect("put back");
    assert_eq!(read_back(&desk, &kept.name, &now).expect("whole again").project, then);
    // Register, codebook, list of tables, all tables of a coder, another project, no snapshot at all.
    let refused = |name: &str| read_back(&desk, name, &now).expect_err("refused").to_string();
    let list = files(&folder).into_keys().find(|name| name.ends_with("/tables")).expect("a list");
    for name in ["project.ron", "codebook.ron", &list] {
        let bytes = fs::read(folder.join(name)).expect("a file");
        fs::write(folder.join(name), &bytes[..bytes.len() / 2]).expect("written");
        assert!(refused(&kept.name).contains(name), "{}", refused(&kept.name));
        fs::write(folder.join(name), bytes).expect("put back");
    }
    let register = fs::read_to_string(folder.join("project.ron")).expect("a register");
    let other = register.replace(&now.id().to_string(), "00000000-0000-7000-8000-00000badcafe");
    fs::write(folder.join("project.ron"), other).expect("written");
    assert!(refused(&kept.name).contains("another project"));
    fs::write(folder.join("project.ron"), register).expect("put back");
    fs::rename(folder.join("annotations"), desk.path("annotations")).expect("moved");
    assert!(refused(&kept.name).contains("2 annotations, and there are 0"), "{}", refused(&kept.name));
    for name in ["", "..", "nowhere", "../annotations"] {
        refused(name);
    }
    // What says what it is cannot be read: it is named, and the others are listed.
    let second = keep(&opened, Why::Asked, "").expect("kept");
    fs::write(folder.join("snapshot.ron"), "(version: 2, made").expect("written");
    fs::create_dir(desk.path("a.hashiya/snapshots/mine")).expect("a folder");
    fs::write(desk.path("a.hashiya/snapshots/notes.txt"), "كلام").expect("a file");
    let found = listed(&desk);
    assert_eq!(found.snapshots, [second]);
    assert_eq!(found.faults.len(), 2, "{:?}", found.faults);
    assert!(found.faults.iter().all(|fault| fault.to_string().contains("cannot be used")));
    assert_eq!(fatal(&check(&desk.path("a.hashiya")).expect("a project")), Vec::<&Fault>::new());
}

#[test]
fn one_a_day_is_kept_of_the_project_as_its_files_have_it() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&TEXTS);
    let daily = |opened: &Opened| opened.session.keep_snapshot(None, Why::Daily, "");
    // There is nothing to keep yet.
    daily(&opened);
    desk.mark(&mut opened, 0, 0..6);
    save(&opened);
    assert_eq!(listed(&desk).snapshots, vec![]);
    let then = opened.project.clone();
    desk.mark(&mut opened, 0, 7..14);
    daily(&opened);
    wait(&opened.session, |event| matches!(event, SessionEvent::SnapshotMade(_)));
    daily(&opened);
    save(&opened);
    opened.session.close().expect("closed");
    let found = listed(&desk).snapshots;
    assert_eq!(found.iter().map(|one| (one.why, one.annotations)).collect::<Vec<_>>(), [(Why::Daily, 1)]);
    assert_eq!(read_back(&desk, &found[0].name, &then).expect("readable").project, then);
    // Whoever only reads keeps none.
    let here = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    let reader = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    assert!(reader.session.is_read_only());
    assert!(matches!(
        keep(&reader, Why::Asked, ""),
        Err(StoreError::Locked { .. } | StoreError::ReadOnly(_))
    ));
    here.session.close().expect("closed");
}

/// A disk on which one deed fails, the one whose turn it is.
#[derive(Default)]
struct Failing {
    turn: AtomicUsize,
}

impl Failing {
    fn try_it(&self, path: &Path, real: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        let is_part = path.components().any(|part| part.as_os_str() == "snapshots");
        match self.turn.load(Ordering::SeqCst) {
            turn if turn > 0 && is_part => {
                self.turn.store(turn - 1, Ordering::SeqCst);
                if turn == 1 { Err(io::ErrorKind::StorageFull.into()) } else { real() }
            }
            _ => real(),
        }
    }
}

impl Watch for Failing {
    fn deed(&self, deed: Deed<'_>, real: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        self.try_it(deed.path(), real)
    }

    fn write(&self, path: &Path, bytes: &[u8], file: &mut dyn DiskFile) -> io::Result<()> {
        self.try_it(path, &mut || file.write_all(bytes))
    }

    fn sync(&self, path: &Path, _: &mut dyn DiskFile) -> io::Result<()> {
        self.try_it(path, &mut || Ok(()))
    }
}

#[test]
fn whatever_deed_of_the_disk_fails_a_snapshot_is_whole_or_not_there() {
    let failing = Arc::new(Failing::default());
    let mut desk = Desk::on(Arc::new(WatchedDisk(Arc::clone(&failing))));
    let mut opened = desk.open_project(&TEXTS);
    desk.mark(&mut opened, 0, 0..6);
    save(&opened);
    let mut failures = 0;
    for turn in 1.. {
        desk.mark(&mut opened, 1, 0..6);
        save(&opened);
        failing.turn.store(turn, Ordering::SeqCst);
        let kept = keep(&opened, Why::Asked, &turn.to_string());
        let was_reached = failing.turn.swap(0, Ordering::SeqCst) == 0;
        if let Err(error) = kept {
            failures += 1;
            assert!(error.to_string().contains("the disk is full"), "{error}");
        }
        // What is listed is whole, whether or not anybody was told that it is there.
        let found = listed(&desk);
        assert_eq!(found.faults, vec![], "turn {turn}");
        for snapshot in found.snapshots {
            let then = read_back(&desk, &snapshot.name, &opened.project).expect("readable");
            assert_eq!((then.faults, then.project.annotation_count()), (vec![], snapshot.annotations));
        }
        if !was_reached {
            break;
        }
    }
    assert!(failures > 10, "{failures} failures");
    opened.session.close().expect("closed");
    assert_eq!(check(&desk.path("a.hashiya")).expect("a project"), vec![]);
}

const PLACE: &str = "a.hashiya";

/// The power goes at every step of the making and the thinning out of snapshots: each that is listed is whole and equals what was, and
/// each that was told of is there.
#[test]
fn after_a_power_cut_every_snapshot_that_is_there_is_whole() {
    let log = Arc::new(Log::new());
    let mut desk = Desk::on(Arc::new(WatchedDisk(Arc::clone(&log))));
    log.watch(desk.root.path());
    let project = desk.project(&TEXTS);
    let told = Arc::clone(&log);
    let wake_up: Wake = Arc::new(move || told.note(Entry::Told));
    let mut opened = create_with(&desk.surroundings, &desk.path(PLACE), &project, &coder(), wake_up)
        .expect("a new project");
    let mut promises: Vec<usize> = Vec::new();
    let mut kept: Vec<(String, Project)> = Vec::new();
    let mut hear = |opened: &Opened, promises: &mut Vec<usize>, wanted: &dyn Fn(&SessionEvent) -> bool| loop {
        let event = opened.session.wait(Duration::from_secs(30)).expect("the event comes");
        let done = wanted(&event);
        if let SessionEvent::SnapshotMade(snapshot) = event {
            kept.push((snapshot.name, opened.project.clone()));
        }
        promises.push(kept.len());
        if done {
            return;
        }
    };
    for round in 0..3 {
        desk.mark(&mut opened, round % 2, 0..6);
        let last = opened.session.last();
        hear(&opened, &mut promises, &|event| matches!(event, SessionEvent::Acknowledged(at) if *at == last));
        opened.session.save(opened.project.clone(), opened.history.clone());
        hear(&opened, &mut promises, &|event| matches!(event, SessionEvent::Saved { .. }));
        opened.session.keep_snapshot(Some(opened.project.clone()), Why::Asked, "");
        hear(&opened, &mut promises, &|event| matches!(event, SessionEvent::SnapshotMade(_)));
    }
    let now = opened.project.clone();
    opened.session.close().expect("closed");
    let mut platter = Platter::new();
    let mut chance = Chance::new(3);
    let mut told = 0;
    let mut seen = std::collections::HashSet::new();
    for (at, entry) in log.take().iter().enumerate() {
        platter.apply(entry);
        told += usize::from(matches!(entry, Entry::Told));
        let promised = told.checked_sub(1).map_or(0, |told| promises[told.min(promises.len() - 1)]);
        let cuts = [Cut::KeepsNothing, Cut::KeepsNames, Cut::KeepsData, Cut::KeepsSome, Cut::KeepsSome];
        for cut in cuts {
            let contents: Contents = platter.after_cut(cut, &mut chance);
            if !seen.insert((contents.clone(), promised)) {
                continue;
            }
            let when = format!("after deed {at} ({entry:?}), {cut:?}");
            let desk = Desk::new();
            lay_out(&contents, desk.root.path());
            let found = listed(&desk);
            assert_eq!(found.faults, vec![], "{when}");
            for (name, then) in kept.iter().take(promised) {
                let is_there = found.snapshots.iter().any(|one| one.name == *name);
                assert!(is_there, "{when}: {name} with {} is gone", then.annotation_count());
            }
            for snapshot in found.snapshots {
                let then = read_back(&desk, &snapshot.name, &now);
                let then = then.unwrap_or_else(|error| panic!("{when}: {error}"));
                let expected = kept.iter().find(|(name, _)| *name == snapshot.name);
                assert_eq!(then.faults, vec![], "{when}");
                assert_eq!(Some(&then.project), expected.map(|(_, project)| project), "{when}");
            }
            if !desk.path(PLACE).exists() {
                continue;
            }
            let place = desk.path(PLACE);
            let opened =
                open_with(&desk.surroundings, &place, &coder(), OpenMode::Write, wake(), &Progress::new());
            opened.unwrap_or_else(|error| panic!("{when}: {error}"));
        }
    }
    println!("{} different disks", seen.len());
    assert!(seen.len() > 150, "{} different disks", seen.len());
}
