//! Files that others change while a project is open: noticed, never overwritten silently, and merged.
#![allow(clippy::disallowed_methods, reason = "a test plays a sync")]

#[path = "store/support.rs"]
mod support;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hashiya::model::{Annotation, Coder, Document, Edit, Project, Stamps as _};
use hashiya::store::merge::{Conflict, Foreign, Merged, Side, merge};
use hashiya::store::{
    OpenMode, Opened, Progress, SessionEvent, StoreError, Writing, check, open_with, write_atomically,
};
use support::{Desk, annotation, coder, fatal, files, journalled, save, substance, tag, wait, wake};

const TEXTS: [&str; 2] = ["قال المتحدث باسم الرئاسة إنّ الاجتماع غداً", "نصّ ثان"];

fn mona() -> Coder {
    Coder::new("منى")
}

/// Opens `a.hashiya` as another coder, or as the same one from another folder.
fn open_as(desk: &Desk, coder: &Coder) -> Opened {
    let place = desk.path("a.hashiya");
    open_with(&desk.surroundings, &place, coder, OpenMode::Write, wake(), &Progress::new()).expect("opens")
}

fn mark(
    desk: &mut Desk,
    opened: &mut Opened,
    coder: &Coder,
    document: usize,
    range: (usize, usize),
) -> Annotation {
    let mut made = annotation(&opened.project.documents()[document], &[range], &mut desk.stamps);
    made.coder = coder.clone();
    desk.perform(opened, Edit::PutAnnotation(Arc::new(made.clone())));
    made
}

fn change(desk: &mut Desk, opened: &mut Opened, one: &Annotation, with: impl FnOnce(&mut Annotation)) {
    let mut after = (**opened.project.annotation(one.document, one.id).expect("there")).clone();
    with(&mut after);
    desk.perform(opened, Edit::PutAnnotation(Arc::new(after)));
}

fn note(opened: &Opened, one: &Annotation) -> String {
    opened.project.annotation(one.document, one.id).expect("there").note.clone()
}

/// The next change by others.
fn changed(opened: &Opened) -> Foreign {
    let event = wait(&opened.session, |event| matches!(event, SessionEvent::Changed(_)));
    let SessionEvent::Changed(foreign) = event else { unreachable!("waited for") };
    *foreign
}

fn never(_: &Document, _: &Document, _: &Annotation) -> Option<Annotation> {
    None
}

/// Takes over what others changed, as the window does, without saving.
fn take_over(desk: &mut Desk, opened: &mut Opened, coder: &Coder) -> Merged {
    let foreign = changed(opened);
    let merged = merge(&foreign, &opened.project, coder, &never);
    opened.project.apply(&merged.adopted).expect("fits");
    if let Some(own) = &merged.own {
        desk.perform(opened, own.clone());
    }
    if merged.conflicts.is_empty() {
        opened.session.merged();
    }
    merged
}

/// A copy of a project, in which the same coder works on another machine.
fn elsewhere(desk: &Desk) -> Opened {
    support::copy(&desk.path("a.hashiya"), &desk.path("b.hashiya"));
    fs::remove_dir_all(desk.path("b.hashiya/locks")).ok();
    desk.open("b.hashiya", OpenMode::Write).expect("opens")
}

/// What a sync does: files of the other folder, put in the place of these whole, in any order.
fn sync(from: &Path, to: &Path, wanted: impl Fn(&str) -> bool) {
    let here = files(to);
    let there = files(from);
    for (name, bytes) in &there {
        if wanted(name) && here.get(name) != Some(bytes) {
            fs::create_dir_all(to.join(name).parent().expect("a folder")).expect("a folder");
            write_atomically(&to.join(name), bytes).expect("written");
        }
    }
    for name in here.keys().filter(|name| wanted(name) && !there.contains_key(*name)) {
        fs::remove_file(to.join(name)).expect("removed");
    }
}

/// What of a project one sync may bring alone: not what only the other machine's program needs.
fn shared(name: &str) -> bool {
    name.ends_with(".ron") && !["journal/", "history/"].iter().any(|folder| name.starts_with(folder))
        || name.ends_with(".txt")
}

#[test]
fn two_coders_in_one_folder_see_each_other_and_never_conflict() {
    let mut desk = Desk::new();
    let mut sara = desk.open_project(&TEXTS);
    mark(&mut desk, &mut sara, &coder(), 0, (0, 6));
    save(&sara);
    let mut mona_here = open_as(&desk, &mona());
    assert!(!mona_here.session.is_read_only());
    let theirs = mark(&mut desk, &mut mona_here, &mona(), 0, (7, 19));
    save(&mona_here);
    let ours = mark(&mut desk, &mut sara, &coder(), 0, (7, 19));
    sara.session.look();
    let merged = take_over(&mut desk, &mut sara, &coder());
    assert_eq!((merged.own, merged.conflicts.len(), merged.tally.others.added), (None, 0, 1));
    assert_eq!(sara.project.annotation(theirs.document, theirs.id).map(|one| &**one), Some(&theirs));
    // Nothing of it is in Sara's history: undo takes back her own last mark and leaves Mona's.
    let before = substance(&desk.path("a.hashiya"));
    save(&sara);
    desk.undo(&mut sara);
    assert!(sara.project.annotation(ours.document, ours.id).is_none());
    assert!(sara.project.annotation(theirs.document, theirs.id).is_some());
    save(&sara);
    let after = substance(&desk.path("a.hashiya"));
    let table = |files: &std::collections::BTreeMap<String, Vec<u8>>| {
        files.iter().find(|(name, _)| name.starts_with("annotations/منى/")).map(|(_, bytes)| bytes.clone())
    };
    assert_eq!(table(&before), table(&after), "her table is as she wrote it");
    // Mona goes on and sees Sara's table as it is by now.
    mona_here.session.look();
    desk.undo(&mut mona_here);
    save(&mona_here);
    sara.session.look();
    let gone = take_over(&mut desk, &mut sara, &coder());
    assert_eq!((gone.tally.others.removed, gone.own), (1, None));
    assert_eq!(sara.project.annotation_count(), 1);
    mona_here.session.close().expect("closed");
    sara.session.close().expect("closed");
    assert_eq!(check(&desk.path("a.hashiya")).expect("a project"), vec![]);
}

#[test]
fn codebook_and_register_that_two_change_at_once_come_together() {
    let mut desk = Desk::new();
    let mut sara = desk.open_project(&TEXTS);
    let mut mona_here = open_as(&desk, &mona());
    let (one, two) = (tag("حدث", &mut desk.stamps), tag("تصعيد", &mut desk.stamps));
    desk.perform(&mut sara, Edit::PutTag { at: 0, tag: one.clone() });
    desk.perform(&mut mona_here, Edit::PutTag { at: 0, tag: two.clone() });
    desk.perform(&mut mona_here, Edit::SetTitle("عنوان آخر".into()));
    let document = Arc::new(desk.document("جديد.txt", "نصّ جديد لها"));
    desk.perform(&mut mona_here, Edit::InsertDocument { at: 2, document, annotations: vec![] });
    save(&mona_here);
    // Sara saves without looking first: what she would have overwritten is noticed then.
    sara.session.save(sara.project.clone(), sara.history.clone());
    let merged = take_over(&mut desk, &mut sara, &coder());
    assert!(merged.conflicts.is_empty());
    assert_eq!((merged.tally.tags.added, merged.tally.documents.added, merged.tally.title), (1, 1, true));
    save(&sara);
    let expected = sara.project.clone();
    assert_eq!(expected.codebook().tags(), [one.clone(), two.clone()]);
    assert_eq!((expected.documents().len(), expected.title()), (3, "عنوان آخر"));
    mona_here.session.look();
    let back = take_over(&mut desk, &mut mona_here, &mona());
    assert_eq!((back.tally.tags.added, back.conflicts.len()), (1, 0));
    assert_eq!(mona_here.project, expected);
    // The codebook's part is one undoable edit; the document that Mona added is not taken away by it.
    desk.undo(&mut sara);
    assert_eq!(sara.project.codebook().tags(), [one]);
    assert_eq!(sara.project.documents().len(), 3);
    for opened in [mona_here, sara] {
        opened.session.close().expect("closed");
    }
    let again = desk.reopened("a.hashiya");
    assert_eq!(fatal(&again.report.faults), Vec::<&hashiya::store::Fault>::new());
    assert_eq!(again.report.coders, [coder(), mona()]);
}

#[test]
fn one_coder_on_two_machines_loses_no_mark() {
    let mut desk = Desk::new();
    let mut here = desk.open_project(&TEXTS);
    let first = mark(&mut desk, &mut here, &coder(), 0, (0, 6));
    let second = mark(&mut desk, &mut here, &coder(), 0, (7, 19));
    let third = mark(&mut desk, &mut here, &coder(), 1, (0, 6));
    save(&here);
    let mut there = elsewhere(&desk);
    let fresh = mark(&mut desk, &mut there, &coder(), 0, (20, 28));
    change(&mut desk, &mut there, &first, |one| one.note = "من هناك".into());
    desk.perform(&mut there, Edit::RemoveAnnotation { document: third.document, id: third.id });
    save(&there);
    let ours = mark(&mut desk, &mut here, &coder(), 1, (7, 13));
    change(&mut desk, &mut here, &second, |one| one.note = "من هنا".into());
    change(&mut desk, &mut here, &first, |one| one.attributes.push(("مصدر".into(), "هنا".into())));
    journalled(&here);
    let before = here.project.clone();
    sync(&desk.path("b.hashiya"), &desk.path("a.hashiya"), |name| name.starts_with("annotations/"));
    here.session.look();
    let merged = take_over(&mut desk, &mut here, &coder());
    assert_eq!(merged.conflicts, vec![]);
    let counts = merged.tally.own;
    assert_eq!((counts.added, counts.changed, counts.removed), (1, 1, 1));
    assert_eq!((note(&here, &first), note(&here, &second)), ("من هناك".into(), "من هنا".into()));
    assert_eq!(here.project.annotation(first.document, first.id).expect("there").attributes.len(), 1);
    for one in [&fresh, &ours] {
        assert!(here.project.annotation(one.document, one.id).is_some());
    }
    assert!(here.project.annotation(third.document, third.id).is_none());
    save(&here);
    let merged_project = here.project.clone();
    // One undo takes all of it back; redo brings it again; both are saved byte for byte as they were.
    let written = substance(&desk.path("a.hashiya"));
    desk.undo(&mut here);
    assert_eq!(here.project, before);
    save(&here);
    assert_ne!(substance(&desk.path("a.hashiya")), written);
    desk.redo(&mut here);
    assert_eq!(here.project, merged_project);
    save(&here);
    assert_eq!(substance(&desk.path("a.hashiya")), written);
    here.session.close().expect("closed");
    assert_eq!(desk.reopened("a.hashiya").project, merged_project);
    assert_eq!(check(&desk.path("a.hashiya")).expect("a project"), vec![]);
}

#[test]
fn a_change_that_a_sync_brought_after_a_crash_is_told_and_can_be_had_back() {
    let mut desk = Desk::new();
    let mut here = desk.open_project(&TEXTS);
    let first = mark(&mut desk, &mut here, &coder(), 0, (0, 6));
    let second = mark(&mut desk, &mut here, &coder(), 0, (7, 19));
    save(&here);
    let mut there = elsewhere(&desk);
    for one in [&first, &second] {
        let modified = desk.stamps.now();
        change(&mut desk, &mut here, one, |one| (one.note, one.modified) = ("من هنا".into(), modified));
    }
    journalled(&here);
    let modified = desk.stamps.now();
    change(&mut desk, &mut there, &first, |one| (one.note, one.modified) = ("من هناك".into(), modified));
    save(&there);
    // As the crash leaves it, and then the sync.
    support::copy(&desk.path("a.hashiya"), &desk.path("c.hashiya"));
    fs::remove_dir_all(desk.path("c.hashiya/locks")).ok();
    sync(&desk.path("b.hashiya"), &desk.path("c.hashiya"), |name| name.starts_with("annotations/"));
    let mut after = desk.open("c.hashiya", OpenMode::Write).expect("opens");
    assert_eq!((note(&after, &first), note(&after, &second)), ("من هنا".into(), "من هنا".into()));
    let told: Vec<String> = after.report.faults.iter().map(ToString::to_string).collect();
    let of = |one: &Annotation| told.iter().filter(|line| line.contains(&one.id.to_string())).count();
    assert_eq!((of(&first), of(&second)), (1, 0), "{told:?}");
    desk.undo(&mut after);
    desk.undo(&mut after);
    assert_eq!(note(&after, &first), "من هناك");
}

#[test]
fn what_both_changed_differently_waits_for_a_choice_and_nothing_is_overwritten_meanwhile() {
    for side in [Side::Mine, Side::Theirs] {
        let mut desk = Desk::new();
        let mut here = desk.open_project(&TEXTS);
        let first = mark(&mut desk, &mut here, &coder(), 0, (0, 6));
        let second = mark(&mut desk, &mut here, &coder(), 1, (0, 6));
        save(&here);
        let mut there = elsewhere(&desk);
        change(&mut desk, &mut there, &first, |one| one.note = "من هناك".into());
        change(&mut desk, &mut there, &second, |one| one.note = "كذلك".into());
        save(&there);
        change(&mut desk, &mut here, &first, |one| one.note = "من هنا".into());
        desk.perform(&mut here, Edit::RemoveAnnotation { document: second.document, id: second.id });
        journalled(&here);
        sync(&desk.path("b.hashiya"), &desk.path("a.hashiya"), shared);
        let synced = substance(&desk.path("a.hashiya"));
        here.session.look();
        let merged = take_over(&mut desk, &mut here, &coder());
        assert_eq!(merged.conflicts.len(), 2);
        assert_eq!(note(&here, &first), "من هنا", "what is here stays while nobody has chosen");
        // A save before the choice writes nothing.
        here.session.save(here.project.clone(), here.history.clone());
        desk.perform(&mut here, Edit::SetTitle("آخر".into()));
        journalled(&here);
        assert_eq!(substance(&desk.path("a.hashiya")), synced);
        let mut edits = Vec::new();
        for conflict in &merged.conflicts {
            assert!(matches!(conflict, Conflict::Annotation { .. }));
            edits.extend(conflict.edits(side, &here.project, &coder()));
        }
        desk.perform(&mut here, Edit::Batch(edits));
        here.session.merged();
        save(&here);
        let expected = here.project.clone();
        here.session.close().expect("closed");
        let again = desk.reopened("a.hashiya");
        assert_eq!(again.project, expected);
        let chosen = if side == Side::Mine { ("من هنا", false) } else { ("من هناك", true) };
        let is_there = again.project.annotation(second.document, second.id).is_some();
        assert_eq!((note(&again, &first).as_str(), is_there), chosen);
    }
}

#[test]
fn a_tag_that_was_removed_elsewhere_stays_while_it_is_used_and_an_unknown_one_is_kept() {
    let mut desk = Desk::new();
    let mut sara = desk.open_project(&TEXTS);
    let (used, idle) = (tag("حدث", &mut desk.stamps), tag("نفي", &mut desk.stamps));
    for one in [&used, &idle] {
        desk.perform(&mut sara, Edit::PutTag { at: 9, tag: one.clone() });
    }
    let mine = mark(&mut desk, &mut sara, &coder(), 0, (0, 6));
    save(&sara);
    change(&mut desk, &mut sara, &mine, |one| one.tags = vec![used.id]);
    journalled(&sara);
    let mut mona_here = open_as(&desk, &mona());
    let unknown = tag("لا يُعرف", &mut desk.stamps);
    let theirs = mark(&mut desk, &mut mona_here, &mona(), 1, (0, 6));
    change(&mut desk, &mut mona_here, &theirs, |one| one.tags = vec![unknown.id]);
    for one in [&used, &idle] {
        desk.perform(&mut mona_here, Edit::RemoveTag(one.id));
    }
    save(&mona_here);
    sara.session.look();
    let merged = take_over(&mut desk, &mut sara, &coder());
    assert_eq!((merged.conflicts.len(), merged.tally.withdrawn, merged.tally.tags.removed), (0, 1, 1));
    save(&sara);
    let kept: Vec<(String, bool)> =
        sara.project.codebook().tags().iter().map(|tag| (tag.name.clone(), tag.withdrawn)).collect();
    assert_eq!(kept, [("حدث".to_owned(), true)]);
    assert_eq!(sara.project.annotation(theirs.document, theirs.id).expect("there").tags, [unknown.id]);
    // Who removed it sees it again, marked, because it is in use.
    mona_here.session.look();
    take_over(&mut desk, &mut mona_here, &mona());
    assert!(mona_here.project.codebook().get(used.id).is_some_and(|tag| tag.withdrawn));
    for opened in [mona_here, sara] {
        opened.session.close().expect("closed");
    }
    let again = desk.reopened("a.hashiya");
    assert!(again.project.codebook().get(used.id).is_some_and(|tag| tag.withdrawn));
    assert_eq!(again.project.annotation(theirs.document, theirs.id).expect("there").tags, [unknown.id]);
}

/// A sync brings files one after another, and some of them half: until they are whole nothing is taken over, and nothing is overwritten.
#[test]
fn what_a_sync_has_brought_half_is_left_until_it_is_whole() {
    let mut desk = Desk::new();
    let mut here = desk.open_project(&TEXTS);
    let first = mark(&mut desk, &mut here, &coder(), 0, (0, 6));
    save(&here);
    let mut there = elsewhere(&desk);
    mark(&mut desk, &mut there, &coder(), 0, (7, 19));
    let document = Arc::new(desk.document("جديد.txt", "نصّ جديد من هناك"));
    desk.perform(
        &mut there,
        Edit::InsertDocument { at: 2, document: Arc::clone(&document), annotations: vec![] },
    );
    mark(&mut desk, &mut there, &coder(), 2, (0, 6));
    save(&there);
    let expected = there.project.clone();
    let place = desk.path("a.hashiya");
    let (from, table) = (desk.path("b.hashiya"), {
        let names = files(&place).into_keys();
        names
            .into_iter()
            .find(|name| name.starts_with("annotations/") && name.ends_with(".ron"))
            .expect("a table")
    });
    // Half a table, then the register without the text it names.
    let whole = fs::read(from.join(&table)).expect("a table");
    write_atomically(&place.join(&table), &whole[..whole.len() / 2]).expect("written");
    change(&mut desk, &mut here, &first, |one| one.note = "من هنا".into());
    journalled(&here);
    here.session.look();
    here.session.save(here.project.clone(), here.history.clone());
    let failed = here.session.wait(Duration::from_secs(30)).expect("an answer");
    let SessionEvent::Failed { during: Writing::Save, error: StoreError::Changed(path), .. } = failed else {
        panic!("{failed:?}")
    };
    assert_eq!(path, place.join(&table));
    assert_eq!(fs::read(place.join(&table)).expect("there").len(), whole.len() / 2, "it is not overwritten");
    sync(&from, &place, |name| name == "project.ron" || name == table);
    here.session.look();
    // Now the rest.
    sync(&from, &place, |name| name.starts_with("annotations/"));
    sync(&from, &place, |name| name.starts_with("documents/"));
    here.session.look();
    let merged = take_over(&mut desk, &mut here, &coder());
    assert_eq!(merged.conflicts, vec![]);
    assert_eq!(note(&here, &first), "من هنا");
    assert_eq!(here.project.annotation_count(), expected.annotation_count());
    assert_eq!(here.project.documents().len(), 3);
    assert_eq!(here.project.document(document.id).map(|one| &one.text), Some(&document.text));
    save(&here);
    here.session.close().expect("closed");
    assert_eq!(check(&place).expect("a project"), vec![]);
}

#[test]
fn files_that_were_merely_written_again_are_no_change() {
    let mut desk = Desk::new();
    let mut here = desk.open_project(&TEXTS);
    mark(&mut desk, &mut here, &coder(), 0, (0, 6));
    save(&here);
    let place = desk.path("a.hashiya");
    for (name, bytes) in files(&place) {
        if shared(&name) {
            write_atomically(&place.join(name), &bytes).expect("written");
        }
    }
    here.session.look();
    mark(&mut desk, &mut here, &coder(), 0, (7, 19));
    save(&here);
    assert!(here.session.wait(Duration::from_millis(50)).is_none(), "nothing is told");
    // Laid out otherwise, with the same in it: written in our way by the next save that needs it, without a word.
    let codebook = fs::read_to_string(place.join("codebook.ron")).expect("there");
    write_atomically(&place.join("codebook.ron"), codebook.replace("    ", "\t").as_bytes())
        .expect("written");
    let one = tag("حدث", &mut desk.stamps);
    desk.perform(&mut here, Edit::PutTag { at: 0, tag: one });
    save(&here);
    here.session.close().expect("closed");
}

/// A table that somebody deleted without taking it off its coder's list was not meant to go: what it held is in memory, and is written
/// again. The same for a codebook, and for a history that a sync put in the place of ours.
#[test]
fn what_is_lost_on_the_disk_is_written_again() {
    let mut desk = Desk::new();
    let mut here = desk.open_project(&TEXTS);
    mark(&mut desk, &mut here, &coder(), 0, (0, 6));
    mark(&mut desk, &mut here, &coder(), 1, (0, 6));
    let one = tag("حدث", &mut desk.stamps);
    desk.perform(&mut here, Edit::PutTag { at: 0, tag: one });
    save(&here);
    let place = desk.path("a.hashiya");
    let whole = substance(&place);
    let table = whole.keys().find(|name| name.starts_with("annotations/") && name.ends_with(".ron"));
    for name in [table.expect("a table").as_str(), "codebook.ron"] {
        fs::remove_file(place.join(name)).expect("removed");
    }
    here.session.look();
    let event = wait(&here.session, |event| matches!(event, SessionEvent::Unsettled(_)));
    let SessionEvent::Unsettled(faults) = event else { unreachable!("waited for") };
    assert_eq!((faults.len(), fatal(&faults).len()), (2, 0), "{faults:?}");
    save(&here);
    assert_eq!(substance(&place), whole);
    // Another's history in the place of ours is kept, and ours goes on.
    for name in ["history/سارة.ron", "history/سارة.steps"] {
        let bytes = fs::read(place.join(name)).expect("there");
        write_atomically(&place.join(name), &[bytes, b"\n".to_vec()].concat()).expect("written");
    }
    mark(&mut desk, &mut here, &coder(), 0, (7, 19));
    save(&here);
    let history = here.history.clone();
    here.session.close().expect("closed");
    assert!(files(&place).keys().any(|name| name.starts_with("recovered/")));
    let again = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    assert_eq!((fatal(&again.report.faults).len(), again.project.annotation_count()), (0, 3));
    assert_eq!(again.history, history);
}

#[test]
fn another_project_in_the_place_of_this_one_is_never_written_into() {
    let mut desk = Desk::new();
    let mut here = desk.open_project(&TEXTS);
    mark(&mut desk, &mut here, &coder(), 0, (0, 6));
    save(&here);
    let other: Project = desk.project(&["غيره"]);
    let place = desk.path("c.hashiya");
    hashiya::store::create_with(&desk.surroundings, &place, &other, &coder(), wake())
        .expect("made")
        .session
        .close()
        .expect("closed");
    let register = fs::read(place.join("project.ron")).expect("there");
    write_atomically(&desk.path("a.hashiya/project.ron"), &register).expect("written");
    desk.perform(&mut here, Edit::SetTitle("آخر".into()));
    here.session.look();
    here.session.save(here.project.clone(), here.history.clone());
    let event = wait_failed(&here);
    assert!(matches!(event, StoreError::Changed(_)), "{event}");
    assert_eq!(fs::read(desk.path("a.hashiya/project.ron")).expect("there"), register);
}

fn wait_failed(opened: &Opened) -> StoreError {
    while let Some(event) = opened.session.wait(Duration::from_secs(30)) {
        if let SessionEvent::Failed { error, .. } = event {
            return error;
        }
    }
    panic!("no failure was told")
}

/// Without anybody asking: the writing thread looks by itself every few seconds.
#[test]
fn a_change_is_noticed_without_being_asked_for() {
    let mut desk = Desk::new();
    let mut sara = desk.open_project(&TEXTS);
    let mut mona_here = open_as(&desk, &mona());
    mark(&mut desk, &mut mona_here, &mona(), 0, (0, 6));
    save(&mona_here);
    let merged = take_over(&mut desk, &mut sara, &coder());
    assert_eq!(merged.tally.others.added, 1);
}
