//! A document gets another text: the one before is kept, the register says what it was, and undo brings it back with its annotations,
//! after a restart, after a move, and whatever the disk did meanwhile.
#![allow(clippy::disallowed_methods, reason = "a test takes files away")]

#[path = "store/support.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hashiya::model::{Annotation, Document, Edit};
use hashiya::store::{OpenMode, Opened, SessionEvent, check, earlier_text, repair_in};

use support::{Desk, annotation, coder, fatal, journalled, open_at, save, wait, wake};

const FIRST: &str = "قال المتحدِّث باسم الرئاسة: «نعم»";
const SECOND: &str = "عاجل: قال المتحدِّث باسم الرئاسة: «نعم»";
const THIRD: &str = "قال المتحدث: «لا»";

/// Puts a text in the place of a document's, with an annotation on its first letters.
fn update(desk: &mut Desk, opened: &mut Opened, text: &str) {
    let new = desk.document("جديد.txt", text).in_place_of(&opened.project.documents()[0]);
    let mark = annotation(&new, &[(0, 6)], &mut desk.stamps);
    let edit = Edit::ReplaceDocument { document: Arc::new(new), annotations: vec![Arc::new(mark)] };
    desk.perform(opened, edit);
}

fn state(opened: &Opened) -> (String, Vec<Annotation>) {
    let document = &opened.project.documents()[0];
    (document.text.to_string(), opened.project.table(document.id).iter().map(|one| (**one).clone()).collect())
}

/// What the register says of the earlier texts, each read back.
fn earlier(desk: &Desk, place: &Path, document: &Document) -> Vec<(String, String)> {
    let read = |entry| {
        let text = earlier_text(&desk.surroundings, place, document, entry).expect("it is kept");
        (entry.source.path.clone(), text.to_string())
    };
    document.earlier.iter().map(read).collect()
}

fn kept_files(place: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(place.join("documents/earlier")).expect("the folder of earlier texts");
    entries.map(|entry| entry.expect("a file").path()).collect()
}

#[test]
fn earlier_texts_are_kept_and_undo_goes_back_to_each_after_a_restart() {
    // With a save after each text, and with none but the journal.
    for saves in [true, false] {
        let mut desk = Desk::new();
        let mut opened = desk.open_project(&[FIRST]);
        desk.mark(&mut opened, 0, 0..6);
        let mut states = vec![state(&opened)];
        for text in [SECOND, THIRD] {
            if saves {
                save(&opened);
            }
            update(&mut desk, &mut opened, text);
            states.push(state(&opened));
        }
        journalled(&opened);
        let place = opened.session.place();
        let expected =
            [("نص 0.txt".to_owned(), FIRST.to_owned()), ("جديد.txt".to_owned(), SECOND.to_owned())];
        assert_eq!(earlier(&desk, &place, &opened.project.documents()[0]), expected);
        drop(opened);

        let mut opened = open_at(&desk, &place);
        assert_eq!(fatal(&check(&place).expect("a project")), Vec::<&hashiya::store::Fault>::new());
        assert_eq!(earlier(&desk, &place, &opened.project.documents()[0]), expected);
        assert_eq!(state(&opened), states[2]);
        for (undone, kept) in [(1, &expected[..1]), (0, &[])] {
            assert!(desk.undo(&mut opened));
            assert_eq!(state(&opened), states[undone]);
            save(&opened);
            // The register tells of what was before, not of what was undone.
            assert_eq!(earlier(&desk, &place, &opened.project.documents()[0]), *kept);
            assert_eq!(fatal(&check(&place).expect("a project")), Vec::<&hashiya::store::Fault>::new());
        }
        opened.session.close().expect("closed");
        let mut opened = open_at(&desk, &place);
        assert_eq!(state(&opened), states[0]);
        for expected in &states[1..] {
            assert!(desk.redo(&mut opened));
            assert_eq!(&state(&opened), expected);
        }
        opened.session.close().expect("closed");
    }
}

#[test]
fn a_text_that_comes_back_is_the_document_and_no_earlier_one() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&[FIRST]);
    for text in [SECOND, FIRST] {
        update(&mut desk, &mut opened, text);
    }
    save(&opened);
    let place = opened.session.place();
    let texts: Vec<String> =
        earlier(&desk, &place, &opened.project.documents()[0]).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, [SECOND]);
    opened.session.close().expect("closed");
}

#[test]
fn an_earlier_text_that_is_missing_or_altered_is_told_and_the_document_opens() {
    for what in ["missing", "altered"] {
        let mut desk = Desk::new();
        let mut opened = desk.open_project(&[FIRST]);
        update(&mut desk, &mut opened, SECOND);
        save(&opened);
        let place = opened.session.place();
        opened.session.close().expect("closed");
        let [file] = kept_files(&place).try_into().expect("one earlier text");
        match what {
            "missing" => fs::remove_file(&file).expect("removed"),
            _ => fs::write(&file, "آخر").expect("written"),
        }
        let faults: Vec<String> =
            fatal(&check(&place).expect("a project")).into_iter().map(ToString::to_string).collect();
        let name = format!("documents/earlier/{}", file.file_name().expect("a name").to_string_lossy());
        assert!(faults.iter().any(|fault| fault.starts_with(&name) && fault.contains(what)), "{faults:?}");
        let opened = desk.reopened("a.hashiya");
        assert_eq!(&*opened.project.documents()[0].text, SECOND);
        let document = &opened.project.documents()[0];
        let error = earlier_text(&desk.surroundings, &place, document, &document.earlier[0]);
        assert!(error.expect_err("it is gone").to_string().contains(&*file.to_string_lossy()));
        drop(opened);
        // A repair goes on without it.
        let repaired = repair_in(&desk.surroundings, &place, &coder()).expect("mended");
        assert_eq!(fatal(&repaired.left), Vec::<&hashiya::store::Fault>::new(), "{:?}", repaired.mended);
        let opened = desk.reopened("a.hashiya");
        assert_eq!(&*opened.project.documents()[0].text, SECOND);
        assert_eq!(opened.project.documents()[0].earlier, []);
    }
}

#[test]
fn a_project_that_is_moved_takes_its_earlier_texts_along() {
    // The second time the folder has become unwritable before the text was replaced.
    for is_full in [false, true] {
        let mut desk = Desk::new();
        let mut opened = desk.open_project(&[FIRST]);
        desk.mark(&mut opened, 0, 0..6);
        save(&opened);
        let before = state(&opened);
        let documents = opened.session.place().join("documents");
        if is_full {
            // A file where the folder of earlier texts would be.
            fs::write(documents.join("earlier"), "").expect("written");
        }
        update(&mut desk, &mut opened, SECOND);
        wait(&opened.session, |event| {
            matches!(event, SessionEvent::Acknowledged(_))
                || (is_full && matches!(event, SessionEvent::Failed { .. }))
        });
        if is_full {
            fs::remove_file(documents.join("earlier")).expect("removed");
        }
        let place = desk.path("b.hashiya");
        opened.session.save_as(&place, opened.project.clone(), opened.history.clone());
        wait(&opened.session, |event| matches!(event, SessionEvent::Moved { .. }));
        opened.session.close().expect("closed");
        assert_eq!(fatal(&check(&place).expect("a project")), Vec::<&hashiya::store::Fault>::new());
        let mut opened = hashiya::store::open_with(
            &desk.surroundings,
            &place,
            &coder(),
            OpenMode::Write,
            wake(),
            &hashiya::store::Progress::new(),
        )
        .expect("opens");
        assert_eq!(earlier(&desk, &place, &opened.project.documents()[0]).len(), 1);
        assert!(desk.undo(&mut opened));
        assert_eq!(state(&opened), before);
        opened.session.close().expect("closed");
    }
}
