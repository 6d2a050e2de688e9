//! Source files that were renamed, moved or exchanged: which document is whose is known again, and following them changes nothing but
//! the recorded source.
#![allow(clippy::disallowed_methods, reason = "a test lays out folders")]

#[path = "store/support.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hashiya::app::updating::{Changes, look_for_changes};
use hashiya::app::{Action, Command, Dialog, Workbench};
use hashiya::model::{Codebook, Document, Project, Settings, Stamps as _};
use hashiya::store::{ImportOptions, Progress, SystemStamps, check, read_documents};
use support::{Desk, coder};

const ONE: &str = "زار الرئيس مدينة حلب يوم الأحد، ثم عقد فيها اجتماعا طويلا مع وجهاء المدينة وتجارها.";
const TWO: &str = "وعاد الوفد في المساء إلى دمشق على متن طائرة خاصة، ولم يدل أحد منهم بأي تصريح للصحافة.";
const THREE: &str = "أعلنت وزارة الصحة أن عدد المصابين ارتفع إلى عشرين شخصا في ثلاث محافظات.";

/// A folder of files, with what is done to it afterwards.
enum Doing {
    Rename(&'static str, &'static str),
    Copy(&'static str, &'static str),
    Write(&'static str, String),
    Bytes(&'static str, Vec<u8>),
    Remove(&'static str),
}
use Doing::{Bytes, Copy, Remove, Rename, Write};

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, bytes).expect("written");
}

fn act(folder: &Path, doing: &[Doing]) {
    for one in doing {
        match one {
            Rename(from, to) => {
                fs::create_dir_all(folder.join(to).parent().expect("a folder")).expect("a folder");
                fs::rename(folder.join(from), folder.join(to)).expect("renamed");
            }
            Copy(from, to) => {
                fs::copy(folder.join(from), folder.join(to)).expect("copied");
            }
            Write(name, text) => write(folder, name, text.as_bytes()),
            Bytes(name, bytes) => write(folder, name, bytes),
            Remove(name) => fs::remove_file(folder.join(name)).expect("removed"),
        }
    }
}

/// A project of a folder, as it is made when the folder is opened.
fn project(folder: &Path, encoding: Option<&str>) -> Project {
    let options = ImportOptions { encoding: encoding.map(str::to_owned), ..ImportOptions::default() };
    let imported =
        read_documents(folder, &options, &mut SystemStamps, &Progress::new()).expect("a folder that is read");
    let settings = Settings { source_folder: Some(folder.to_str().expect("a path of text").to_owned()) };
    let documents = imported.documents.into_iter().map(Arc::new).collect();
    Project::from_parts(
        SystemStamps.project_id(),
        "مشروع".into(),
        settings,
        Codebook::default(),
        documents,
        [],
    )
}

/// What was found, in words: «kind: from > to» or «kind: path», sorted.
fn told(project: &Project, changes: &Changes) -> Vec<String> {
    let mut told = Vec::new();
    for (kind, list) in [("renamed", &changes.renamed), ("altered", &changes.altered)] {
        for one in list {
            let document = project.document(one.document).expect("it is in the project");
            assert_eq!(document.source.path, one.from);
            assert_eq!(kind == "renamed", one.now.sha256 == document.sha256);
            told.push(format!("{kind}: {} > {}", one.from, one.now.source.path));
        }
    }
    let changed =
        changes.changed.iter().map(|one| &project.document(one.document).expect("there").source.path);
    told.extend(changed.map(|path| format!("changed: {path}")));
    told.extend(changes.new.iter().map(|one| format!("new: {}", one.source.path)));
    told.extend(changes.vanished.iter().map(|path| format!("gone: {path}")));
    told.sort();
    told
}

#[test]
fn every_file_and_every_document_is_known_again_or_told_as_new_or_gone() {
    let changed = |text: &str| text.replacen("الأحد", "الاثنين", 1).replacen("خاصة", "عسكرية", 1);
    let windows = |text: &str| encoding_rs::WINDOWS_1256.encode(text).0.into_owned();
    let one_and_two = || vec![("1.txt", ONE), ("2.txt", TWO)];
    type Case = (&'static str, Vec<(&'static str, &'static str)>, Vec<Doing>, Vec<&'static str>);
    let cases: Vec<Case> = vec![
        ("nothing", one_and_two(), vec![], vec![]),
        ("another name", one_and_two(), vec![Rename("1.txt", "أول.txt")], vec!["renamed: 1.txt > أول.txt"]),
        (
            "another folder",
            one_and_two(),
            vec![Rename("1.txt", "قديم/1.txt")],
            vec!["renamed: 1.txt > قديم/1.txt"],
        ),
        ("a copy is new", one_and_two(), vec![Copy("1.txt", "3.txt")], vec!["new: 3.txt"]),
        (
            "of two copies one is the document's, the one with the name most alike",
            one_and_two(),
            vec![Rename("1.txt", "0001.txt"), Copy("0001.txt", "x.txt")],
            vec!["new: x.txt", "renamed: 1.txt > 0001.txt"],
        ),
        (
            "the same bytes in another encoding, with other line ends and a mark, are the same text",
            vec![("1.txt", "سطر\nثم سطر\n")],
            vec![Remove("1.txt"), Bytes("2.txt", "\u{feff}سطر\r\nثم سطر\r\n".into())],
            vec!["renamed: 1.txt > 2.txt"],
        ),
        (
            "the same words in the encoding of Windows",
            one_and_two(),
            vec![Remove("1.txt"), Bytes("3.txt", windows(ONE))],
            vec!["renamed: 1.txt > 3.txt"],
        ),
        (
            "two documents with one text and two files of it go by their names",
            vec![("حلب 1.txt", ONE), ("دمشق 1.txt", ONE), ("2.txt", TWO)],
            vec![Rename("حلب 1.txt", "ب/دمشق.txt"), Rename("دمشق 1.txt", "ب/حلب.txt")],
            vec!["renamed: حلب 1.txt > ب/حلب.txt", "renamed: دمشق 1.txt > ب/دمشق.txt"],
        ),
        (
            "of three with one text and two files, one is gone",
            vec![("a.txt", ONE), ("b.txt", ONE), ("c.txt", ONE)],
            vec![Rename("a.txt", "n/c.txt"), Rename("b.txt", "n/b.txt"), Remove("c.txt")],
            vec!["gone: a.txt", "renamed: b.txt > n/b.txt", "renamed: c.txt > n/c.txt"],
        ),
        (
            "one of two with the same text was renamed, the other is where it was",
            vec![("a.txt", ONE), ("b.txt", ONE)],
            vec![Rename("a.txt", "c.txt")],
            vec!["renamed: a.txt > c.txt"],
        ),
        (
            "two files changed their names",
            one_and_two(),
            vec![Rename("1.txt", "x"), Rename("2.txt", "1.txt"), Rename("x", "2.txt")],
            vec!["renamed: 1.txt > 2.txt", "renamed: 2.txt > 1.txt"],
        ),
        (
            "each file took the name of the next",
            vec![("1.txt", ONE), ("2.txt", TWO), ("3.txt", THREE)],
            vec![Rename("3.txt", "4.txt"), Rename("2.txt", "3.txt"), Rename("1.txt", "2.txt")],
            vec!["renamed: 1.txt > 2.txt", "renamed: 2.txt > 3.txt", "renamed: 3.txt > 4.txt"],
        ),
        (
            "a file that was put in the place of another: that one's document keeps its file",
            one_and_two(),
            vec![Rename("1.txt", "2.txt")],
            vec!["changed: 2.txt", "gone: 1.txt"],
        ),
        (
            "a file that was changed, and its old text kept beside it",
            one_and_two(),
            vec![Copy("1.txt", "1 قديم.txt"), Write("1.txt", changed(ONE))],
            vec!["changed: 1.txt", "new: 1 قديم.txt"],
        ),
        (
            "renamed and changed",
            one_and_two(),
            vec![Remove("1.txt"), Write("3.txt", changed(ONE))],
            vec!["altered: 1.txt > 3.txt"],
        ),
        (
            "two renamed and changed, each knows its own",
            one_and_two(),
            vec![
                Remove("1.txt"),
                Remove("2.txt"),
                Write("3.txt", changed(TWO)),
                Write("4.txt", changed(ONE)),
            ],
            vec!["altered: 1.txt > 4.txt", "altered: 2.txt > 3.txt"],
        ),
        (
            "two files that are as like: nothing is said",
            one_and_two(),
            vec![Remove("1.txt"), Write("3.txt", changed(ONE)), Write("4.txt", format!("عاجل: {ONE}"))],
            vec!["gone: 1.txt", "new: 3.txt", "new: 4.txt"],
        ),
        (
            "a file that is as like a document whose file is where it was",
            vec![("1.txt", ONE), ("2.txt", ONE)],
            vec![Remove("1.txt"), Write("3.txt", changed(ONE))],
            vec!["gone: 1.txt", "new: 3.txt"],
        ),
        (
            "another text is no later version",
            one_and_two(),
            vec![Remove("1.txt"), Write("3.txt", THREE.to_owned())],
            vec!["gone: 1.txt", "new: 3.txt"],
        ),
        (
            "the same text goes before one that is like it",
            one_and_two(),
            vec![Rename("1.txt", "3.txt"), Write("4.txt", changed(ONE))],
            vec!["new: 4.txt", "renamed: 1.txt > 3.txt"],
        ),
        (
            "files without a word are told apart by nothing but their names",
            vec![("a.txt", ""), ("b.txt", "")],
            vec![Rename("a.txt", "x/a.txt"), Rename("b.txt", "x/b.txt")],
            vec!["renamed: a.txt > x/a.txt", "renamed: b.txt > x/b.txt"],
        ),
    ];
    for (case, files, doing, expected) in cases {
        let home = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            write(home.path(), name, text.as_bytes());
        }
        let project = project(home.path(), None);
        act(home.path(), &doing);
        let changes = look_for_changes(&project, &Progress::new()).expect("looked through");
        assert_eq!(told(&project, &changes), expected, "{case}");
        let again = look_for_changes(&project, &Progress::new()).expect("looked through");
        assert_eq!(told(&project, &again), expected, "{case}: the same each time");
    }
}

#[test]
fn a_document_that_was_decoded_otherwise_than_would_be_guessed_is_known_again() {
    let home = tempfile::tempdir().expect("a folder");
    let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(ONE);
    write(home.path(), "1.txt", &bytes);
    let project = project(home.path(), Some("ISO-8859-6"));
    act(home.path(), &[Rename("1.txt", "2.txt")]);
    let changes = look_for_changes(&project, &Progress::new()).expect("looked through");
    assert_eq!(told(&project, &changes), ["renamed: 1.txt > 2.txt"]);
    assert_eq!(changes.renamed[0].now.source.encoding, "ISO-8859-6");
}

#[test]
fn articles_about_one_story_are_not_taken_for_versions_of_one_another() {
    let home = tempfile::tempdir().expect("a folder");
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let mut names: Vec<PathBuf> =
        fs::read_dir(seeds).expect("the seeds").map(|entry| entry.expect("a file").path()).collect();
    names.sort();
    // Two of them are in the project and gone; the three others are new.
    for (at, path) in names.iter().take(2).enumerate() {
        fs::copy(path, home.path().join(format!("{at}.txt"))).expect("copied");
    }
    let project = project(home.path(), None);
    act(home.path(), &[Remove("0.txt"), Remove("1.txt")]);
    for (at, path) in names.iter().enumerate().skip(2) {
        fs::copy(path, home.path().join(format!("{at}.txt"))).expect("copied");
    }
    let changes = look_for_changes(&project, &Progress::new()).expect("looked through");
    assert_eq!((changes.altered.len(), changes.renamed.len(), changes.new.len()), (0, 0, 3));
}

fn until(bench: &mut Workbench, what: &str, is: impl Fn(&Workbench) -> bool) {
    let began = Instant::now();
    while !is(bench) {
        assert!(began.elapsed() < Duration::from_secs(20), "{what}");
        bench.tick();
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn rest(bench: &mut Workbench) {
    until(bench, "it comes to rest", |bench| {
        bench.jobs().is_empty() && bench.open().is_some_and(|open| !open.keeping.is_writing())
    });
}

fn documents(bench: &Workbench) -> Vec<Document> {
    let project = bench.project().expect("a project");
    project.documents().iter().map(|document| (**document).clone()).collect()
}

#[test]
fn following_a_file_changes_its_recorded_source_alone_and_is_one_step() {
    let desk = Desk::new();
    let folder = desk.path("source");
    write(&folder, "1.txt", ONE.as_bytes());
    write(&folder, "2.txt", b"\n \n");
    let open = |desk: &Desk| {
        let mut bench =
            Workbench::new(desk.surroundings.clone(), coder(), Box::new(SystemStamps), Arc::new(|| {}));
        bench.act(Action::OpenPath(folder.clone()));
        until(&mut bench, "it is open", |bench| bench.open().is_some() && !bench.is_early());
        rest(&mut bench);
        bench
    };
    let mut bench = open(&desk);
    let document = documents(&bench)[0].id;
    bench.act(Action::OpenDocument(document));
    bench.act(Action::Run(Command::SelectAll));
    bench.act(Action::ApplyNewTag("وسم".into()));
    // An earlier text from the same file goes along with it.
    write(&folder, "1.txt", format!("{ONE} انتهى.").as_bytes());
    bench.act(Action::UpdateFromSource(document));
    rest(&mut bench);
    bench.act(Action::ApplyUpdate);
    let before = documents(&bench);
    let marks: Vec<_> =
        bench.project().expect("a project").annotations().map(|(_, one)| one.clone()).collect();
    assert_eq!((before[0].earlier.len(), marks.len()), (1, 1));
    // A title that was made of the file's name is the name of a file.
    assert_eq!(before[1].title, "2.txt");
    act(&folder, &[Rename("1.txt", "أ/خبر.txt"), Rename("2.txt", "فارغ.txt")]);
    bench.act(Action::Run(Command::LookForChanges));
    rest(&mut bench);
    assert_eq!(bench.dialog(), Some(&Dialog::Rescan));
    assert_eq!((bench.changes().expect("changes").renamed.len(), bench.found().len()), (2, 0));
    bench.act(Action::FollowRenamed);
    assert_eq!(bench.dialog(), None);
    let after = documents(&bench);
    let mut expected = before.clone();
    expected[0].source.path = "أ/خبر.txt".into();
    expected[0].earlier[0].source.path = "أ/خبر.txt".into();
    expected[1].source.path = "فارغ.txt".into();
    expected[1].title = "فارغ.txt".into();
    assert_eq!(after, expected);
    let same = |bench: &Workbench| {
        let now = bench.project().expect("a project").annotations();
        assert!(now.map(|(_, one)| one).eq(&marks), "no annotation changed");
    };
    same(&bench);
    // One step back, and one forth; what was told of it goes with it.
    let is_told =
        |bench: &Workbench| bench.notices().iter().any(|notice| notice.message.key == "notice-renamed");
    assert!(is_told(&bench));
    bench.act(Action::Run(Command::Undo));
    assert!(!is_told(&bench));
    assert_eq!(documents(&bench), before);
    bench.act(Action::Run(Command::Redo));
    assert_eq!(documents(&bench), after);
    bench.act(Action::Run(Command::Save));
    rest(&mut bench);
    bench.act(Action::Run(Command::LookForChanges));
    rest(&mut bench);
    assert_eq!(bench.notices().last().expect("a notice").message.key, "notice-no-changes");
    // The texts are where they were, and it is the same after a restart.
    let place = bench.open().expect("open").place.clone();
    bench.shut();
    assert_eq!(check(&place).expect("a project"), vec![]);
    // What was renamed while the project was closed is known again when it is opened.
    act(&folder, &[Rename("أ/خبر.txt", "خبر ثان.txt"), Write("3.txt", THREE.to_owned())]);
    let mut bench = open(&desk);
    assert_eq!(documents(&bench), after);
    assert_eq!(bench.dialog(), Some(&Dialog::Rescan));
    assert_eq!((bench.changes().expect("changes").renamed.len(), bench.found().len()), (1, 1));
    // Who says that it is another document has it as a new one, and nothing is lost of either.
    bench.act(Action::PartRenamed(document));
    let changes = bench.changes().expect("changes");
    assert_eq!((changes.renamed.len(), &changes.vanished[..]), (0, &["أ/خبر.txt".to_owned()][..]));
    bench.act(Action::AddFoundFiles);
    assert_eq!(documents(&bench).len(), 4);
    same(&bench);
    bench.act(Action::Run(Command::Undo));
    assert_eq!(documents(&bench), after);
    bench.shut();
}
