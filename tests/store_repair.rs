//! A repair mends what can be mended, keeps every original, and touches nothing that is sound.
#![allow(clippy::disallowed_methods, reason = "a test damages files")]

#[path = "store/sample.rs"]
#[allow(dead_code, reason = "only the fixtures are used here")]
mod sample;
#[path = "store/support.rs"]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use hashiya::model::AnnotationId;
use hashiya::store::{FORMAT_VERSION, OpenMode, Repaired, StoreError, check, repair_in};
use proptest::prelude::*;
use support::{Desk, coder, copy, fatal, files, save};

const REGISTER: &str = "project.ron";
const CODEBOOK: &str = "codebook.ron";
const TABLE: &str = "annotations/سارة/أول-00000004.ron";
const OTHER_TABLE: &str = "annotations/سارة/ثان-00000007.ron";
const LIST: &str = "annotations/سارة/tables";
const TEXT: &str = "documents/أول-00000004.txt";
const OTHER_TEXT: &str = "documents/ثان-00000007.txt";
const OTHERS_TABLE: &str = "annotations/a. b%2Fج/ثان-00000007.ron";
const EARLIER: &str = "documents/earlier/أول-00000004.a89cbac1506358cf.txt";
const JOURNAL: &str = "journal/سارة.ron";
const PAGE: &str = "history/سارة.ron";
const STEPS: &str = "history/سارة.steps";

/// A desk with a copy of the fixture of this version at `a.hashiya`.
fn desk() -> Desk {
    let desk = Desk::new();
    copy(&sample::fixture(FORMAT_VERSION), &desk.path("a.hashiya"));
    desk
}

fn mend(desk: &Desk) -> Repaired {
    repair_in(&desk.surroundings, &desk.path("a.hashiya"), &coder()).expect("a repair")
}

/// The files without what a repair adds: originals, and the lock that it held.
fn own(place: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = files(place);
    files.retain(|name, _| !name.starts_with("recovered/") && !name.starts_with("locks/"));
    files
}

fn edit(place: &Path, name: &str, change: impl Fn(&str) -> String) {
    let before = fs::read_to_string(place.join(name)).expect("a file");
    let after = change(&before);
    assert_ne!(before, after, "the damage to {name} was done");
    fs::write(place.join(name), after).expect("written");
}

type Damage = Box<dyn Fn(&Path)>;

fn change(name: &str, from: &'static str, to: &'static str) -> Damage {
    let name = name.to_owned();
    Box::new(move |place| edit(place, &name, |text| text.replacen(from, to, 1)))
}

fn remove(name: &str) -> Damage {
    let name = name.to_owned();
    Box::new(move |place| fs::remove_file(place.join(&name)).expect("removed"))
}

fn cut(name: &str, part: usize) -> Damage {
    let name = name.to_owned();
    Box::new(move |place| {
        let bytes = fs::read(place.join(&name)).expect("a file");
        fs::write(place.join(&name), &bytes[..bytes.len() * part / 100]).expect("written");
    })
}

fn put(name: &str, bytes: &'static [u8]) -> Damage {
    let name = name.to_owned();
    Box::new(move |place| fs::write(place.join(&name), bytes).expect("written"))
}

fn put_at(name: &str, at: usize, bytes: &'static [u8]) -> Damage {
    let name = name.to_owned();
    Box::new(move |place| {
        let mut whole = fs::read(place.join(&name)).expect("a file");
        whole.splice(at..at + bytes.len(), bytes.iter().copied());
        fs::write(place.join(&name), whole).expect("written");
    })
}

fn twice(name: &str, sign: &'static str) -> Damage {
    let name = name.to_owned();
    Box::new(move |place| {
        edit(place, &name, |text| {
            let lines =
                text.lines().flat_map(|line| std::iter::repeat_n(line, 1 + usize::from(line.contains(sign))));
            lines.map(|line| format!("{line}\n")).collect()
        });
    })
}

/// How much of the sample is there after a repair.
#[derive(Debug, PartialEq)]
struct Rest {
    documents: usize,
    tags: usize,
    annotations: usize,
    undoable: usize,
}

/// All of it: the two documents, two tags, four annotations of two coders, and what can be undone.
const ALL: Rest = Rest { documents: 2, tags: 2, annotations: 4, undoable: 12 };

#[test]
fn every_damage_is_mended_and_the_original_kept_beside_it() {
    // What is done, the file that is mended, and what is there afterwards.
    let cases: Vec<(&str, Damage, &str, Rest)> = vec![
        ("register missing", remove(REGISTER), REGISTER, ALL),
        ("register empty", cut(REGISTER, 0), REGISTER, ALL),
        ("register cut in its documents", cut(REGISTER, 80), REGISTER, ALL),
        ("register cut in its head", cut(REGISTER, 10), REGISTER, ALL),
        ("register with a strange field", change(REGISTER, "title:", "mood: 1, title:"), REGISTER, ALL),
        ("a document twice", twice(REGISTER, "sha256"), REGISTER, ALL),
        ("a document elsewhere", change(REGISTER, "file: \"", "file: \"../../"), REGISTER, ALL),
        ("codebook missing", remove(CODEBOOK), CODEBOOK, Rest { tags: 0, ..ALL }),
        ("codebook cut", cut(CODEBOOK, 60), CODEBOOK, Rest { tags: 1, ..ALL }),
        ("a tag twice", twice(CODEBOOK, "من يُنسب"), CODEBOOK, ALL),
        ("tags of one name", change(CODEBOOK, "مصدر رسمي", "مصدر"), CODEBOOK, ALL),
        (
            "a tag under itself",
            change(CODEBOOK, "parent: None", "parent: Some(\"018bcfe5-680e-7707-8000-00000000000f\")"),
            CODEBOOK,
            ALL,
        ),
        ("text altered before a mark", change(TEXT, "عنوان", "أحدث عنوان"), REGISTER, ALL),
        ("text no longer UTF-8", put(TEXT, b"\xff\xfe\x00"), TEXT, Rest { annotations: 3, ..ALL }),
        ("a letter of a text no longer UTF-8", put_at(TEXT, 19, b"\xff"), TEXT, ALL),
        ("text missing", remove(TEXT), REGISTER, Rest { documents: 1, annotations: 3, ..ALL }),
        ("table cut", cut(OTHER_TABLE, 90), OTHER_TABLE, Rest { undoable: 13, ..ALL }),
        ("table not UTF-8", put(TABLE, b"\xff\xff\xff"), TABLE, Rest { annotations: 3, ..ALL }),
        ("table missing", remove(TABLE), LIST, Rest { annotations: 3, ..ALL }),
        ("list missing", remove(LIST), LIST, ALL),
        ("list cut", cut(LIST, 50), LIST, ALL),
        ("table of another document", change(TABLE, "document: \"0", "document: \"1"), TABLE, ALL),
        ("table of another coder", change(TABLE, "coder: \"سارة\"", "coder: \"غيرها\""), TABLE, ALL),
        ("table head broken", change(TABLE, "document: ", "document"), TABLE, ALL),
        ("annotation twice", twice(TABLE, "[(18, 24)]"), TABLE, ALL),
        ("span past the end", change(TABLE, "[(18, 24)]", "[(18, 4000)]"), TABLE, ALL),
        ("span cuts a letter", change(TABLE, "[(18, 24)]", "[(18, 23)]"), TABLE, ALL),
        ("span backwards", change(TABLE, "[(18, 24)]", "[(24, 18)]"), TABLE, ALL),
        ("span moved", change(TABLE, "[(18, 24)]", "[(0, 4)]"), TABLE, ALL),
        ("quote altered", change(TABLE, "exact: \"قال\"", "exact: \"قيل\""), TABLE, ALL),
        ("context altered", change(TABLE, "suffix: \" غيره", "suffix: \" سواه"), TABLE, ALL),
        ("strange field", change(TABLE, "created:", "weight: 2, created:"), TABLE, ALL),
        ("line broken", change(TABLE, "spans: [", "spans: "), TABLE, Rest { annotations: 3, ..ALL }),
        ("page cut", cut(PAGE, 60), PAGE, Rest { undoable: 3, ..ALL }),
        ("steps cut", cut(STEPS, 60), STEPS, Rest { undoable: 3, ..ALL }),
        ("steps missing", remove(STEPS), STEPS, Rest { undoable: 3, ..ALL }),
        ("earlier text missing", remove(EARLIER), PAGE, Rest { undoable: 3, ..ALL }),
        ("earlier text altered", cut(EARLIER, 50), PAGE, Rest { undoable: 3, ..ALL }),
        ("journal torn", cut(JOURNAL, 95), JOURNAL, ALL),
        (
            "journal altered",
            change(JOURNAL, "عنوان لم يُحفظ", "عنوان لم يحفظ"),
            JOURNAL,
            Rest { undoable: 11, ..ALL },
        ),
        ("list of a save broken", put("journal/سارة.saving", b"no list"), "journal/سارة.saving", ALL),
    ];
    for (name, damage, mended, rest) in cases {
        let desk = desk();
        let place = desk.path("a.hashiya");
        let whole = own(&place);
        damage(&place);
        let damaged = own(&place);
        let repaired = mend(&desk);
        assert!(
            repaired.mended.iter().any(|what| what.starts_with(&format!("{mended}: "))),
            "{name}: {repaired:?}"
        );
        assert_eq!(fatal(&repaired.left), Vec::<&hashiya::store::Fault>::new(), "{name}");
        assert_eq!(check(&place).expect("a project"), repaired.left, "{name}");
        // Every file that is no longer what it was is there as it was.
        let after = own(&place);
        let originals = repaired.originals.clone().unwrap_or_default();
        for (file, bytes) in &damaged {
            if after.get(file) != Some(bytes) {
                assert_eq!(&fs::read(originals.join(file)).expect("the original"), bytes, "{name}: {file}");
            }
        }
        // What was sound, and is not named, is as it was.
        for (file, bytes) in &whole {
            let is_named = repaired.mended.iter().any(|what| what.starts_with(&format!("{file}: ")));
            if damaged.get(file) == Some(bytes) && !is_named {
                assert_eq!(after.get(file), Some(bytes), "{name}: {file}");
            }
        }
        let mut opened = desk.open("a.hashiya", OpenMode::Write).expect("opens");
        assert!(!opened.session.is_read_only() && !opened.report.is_damaged(), "{name}: {:?}", opened.report);
        let found = Rest {
            documents: opened.project.documents().len(),
            tags: opened.project.codebook().tags().len(),
            annotations: opened.project.annotation_count(),
            undoable: opened.history.done().len(),
        };
        assert_eq!(found, rest, "{name}");
        // It is gone on with, and nothing is mended twice.
        let mut desk = desk;
        let last = opened.project.documents().len() - 1;
        desk.mark(&mut opened, last, 0..4);
        save(&opened);
        opened.session.close().expect("closed");
        assert_eq!(mend(&desk).mended, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_sound_project_is_not_touched() {
    let desk = desk();
    let before = files(&desk.path("a.hashiya"));
    assert_eq!(mend(&desk), Repaired::default());
    assert_eq!(files(&desk.path("a.hashiya")), before);
}

#[test]
fn a_text_comes_back_from_its_source_file_where_that_still_holds_it() {
    let desk = desk();
    let place = desk.path("a.hashiya");
    let text = fs::read(place.join(TEXT)).expect("a text");
    fs::create_dir(desk.path("sources")).expect("a folder");
    fs::write(desk.path("sources/أول.txt"), &text).expect("written");
    let folder = desk.path("sources").to_string_lossy().into_owned();
    edit(&place, REGISTER, |register| register.replace("/home/سارة/صحف", &folder));
    fs::remove_file(place.join(TEXT)).expect("removed");
    let repaired = mend(&desk);
    assert_eq!(repaired.mended, [format!("{TEXT}: read anew from its source file")]);
    assert_eq!(fs::read(place.join(TEXT)).expect("a text"), text);
    assert!(repaired.left.is_empty());
}

#[test]
fn an_open_project_and_a_newer_one_are_left_alone() {
    let desk = desk();
    let place = desk.path("a.hashiya");
    let opened = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    cut(TABLE, 50)(&place);
    let before = own(&place);
    let refused = repair_in(&desk.surroundings, &place, &hashiya::model::Coder::new("غيرها"));
    assert!(matches!(refused, Err(StoreError::Locked { .. })), "{refused:?}");
    assert_eq!(own(&place), before);
    drop(opened);
    edit(&place, CODEBOOK, |text| text.replace("version: ", "version: 9"));
    let before = own(&place);
    let refused = repair_in(&desk.surroundings, &place, &coder());
    assert!(matches!(refused, Err(StoreError::Newer { .. })), "{refused:?}");
    assert_eq!(own(&place), before);
    assert!(matches!(
        repair_in(&desk.surroundings, &desk.path("data"), &coder()),
        Err(StoreError::NotAProject(_))
    ));
}

/// The annotations that the tables of the fixture hold, each with its table and the text of its document.
fn annotations() -> Vec<(&'static str, &'static str, AnnotationId)> {
    let place = sample::fixture(FORMAT_VERSION);
    let tables = [(TABLE, TEXT), (OTHER_TABLE, OTHER_TEXT), (OTHERS_TABLE, OTHER_TEXT)];
    let all = tables.iter().flat_map(|&(table, text)| {
        let rows = fs::read_to_string(place.join(table)).expect("a table");
        let ids = rows.split("(id: \"").skip(1).map(|row| row[..36].parse().expect("an id"));
        ids.map(|id| (table, text, id)).collect::<Vec<_>>()
    });
    let all: Vec<_> = all.collect();
    assert_eq!(all.len(), 3);
    all
}

/// One thing gone wrong with bytes.
#[derive(Clone, Debug)]
enum Wrong {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Drop(prop::sample::Index, usize),
    Put(prop::sample::Index, Vec<u8>),
    Double(prop::sample::Index, usize),
}

fn wrong() -> impl Strategy<Value = Wrong> {
    let at = any::<prop::sample::Index>;
    const BITS: [&[u8]; 12] = [
        b"\0",
        b"\xff",
        b"(",
        b")",
        b"\"",
        b"\n",
        b",",
        b"[",
        b"\\u{d800}",
        b"99999999999",
        b"-1",
        "\u{202e}".as_bytes(),
    ];
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, with)| Wrong::Flip(at, with)),
        at().prop_map(Wrong::Cut),
        (at(), 1..200_usize).prop_map(|(at, length)| Wrong::Drop(at, length)),
        (at(), prop::sample::select(BITS.to_vec())).prop_map(|(at, bytes)| Wrong::Put(at, bytes.to_vec())),
        (at(), 1..400_usize).prop_map(|(at, length)| Wrong::Double(at, length)),
    ]
}

fn go_wrong(bytes: &mut Vec<u8>, wrong: &Wrong) {
    if bytes.is_empty() {
        return;
    }
    let length = bytes.len();
    match wrong {
        Wrong::Flip(at, with) => bytes[at.index(length)] ^= with | 1,
        Wrong::Cut(at) => bytes.truncate(at.index(length)),
        Wrong::Drop(at, count) => {
            let at = at.index(length);
            bytes.drain(at..(at + count).min(length));
        }
        Wrong::Put(at, more) => {
            let at = at.index(length);
            bytes.splice(at..at, more.iter().copied());
        }
        Wrong::Double(at, count) => {
            let at = at.index(length);
            let twice = bytes[at..(at + count).min(length)].to_vec();
            bytes.splice(at..at, twice);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is wrong with a file or two of a project, looking at it changes nothing, and a repair leaves it sound.
    #[test]
    fn a_project_with_a_little_wrong_is_told_of_and_mended(
        wrongs in prop::collection::vec((any::<prop::sample::Index>(), wrong()), 1..4),
    ) {
        let desk = Desk::new();
        let place = desk.path("a.hashiya");
        copy(&sample::fixture(FORMAT_VERSION), &place);
        let names: Vec<String> = files(&place).into_keys().collect();
        for (at, wrong) in &wrongs {
            let name = &names[at.index(names.len())];
            let mut bytes = std::fs::read(place.join(name)).expect("a file");
            go_wrong(&mut bytes, wrong);
            std::fs::write(place.join(name), bytes).expect("written");
        }
        let before = files(&place);
        let newer = match check(&place) {
            Ok(faults) => faults.iter().any(|fault| fault.to_string().contains("newer Hashiya")),
            Err(error) => error.to_string().contains("newer Hashiya"),
        };
        desk.open("a.hashiya", OpenMode::ReadOnly).ok();
        let whole = files(&sample::fixture(FORMAT_VERSION));
        let is_damaged = |name: &str| before.get(name) != whole.get(name);
        prop_assert_eq!(&files(&place), &before, "looking changes nothing");
        match repair_in(&desk.surroundings, &place, &coder()) {
            Ok(repaired) => {
                prop_assert_eq!(fatal(&repaired.left), Vec::<&hashiya::store::Fault>::new());
                let after = files(&place);
                let opened = desk.open("a.hashiya", OpenMode::Write).expect("opens");
                prop_assert!(
                    !opened.session.is_read_only() && !opened.report.is_damaged(),
                    "{:?} {:?}", repaired, opened.report
                );
                prop_assert_eq!(check(&place).expect("a project"), repaired.left);
                let originals = repaired.originals.clone().unwrap_or_default();
                for (name, bytes) in &before {
                    if after.get(name) != Some(bytes) && !name.starts_with("locks/") {
                        let kept = fs::read(originals.join(name)).ok();
                        prop_assert_eq!(kept.as_ref(), Some(bytes), "{}: {:?} {:?}", name, repaired.mended, wrongs);
                    }
                }
                let there: Vec<_> = opened.project.annotations().map(|(_, one)| one.id).collect();
                for (table, text, id) in annotations() {
                    if !is_damaged(table) && !is_damaged(text) {
                        prop_assert!(there.contains(&id), "{} of {}: {:?}", id, table, repaired.mended);
                    }
                }
                drop(opened);
                prop_assert_eq!(mend(&desk).mended, Vec::<String>::new());
            }
            Err(error) => prop_assert!(newer, "{}", error),
        }
    }
}
