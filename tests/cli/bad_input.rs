//! Whatever a folder, a project or a file to import holds: each fault in one sentence with file, line and what to do, the rest opens, and
//! nothing is touched.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::user::{User, tree};

/// A line that is Arabic in UTF-8 beyond doubt.
const GOOD: &str = "قال المتحدث باسم الرئاسة الروسية إن سانت بطرسبورغ تستضيف المنتدى\n";

/// The deepest nesting that anybody would send.
const DEEP: usize = 100_000;

#[test]
fn a_folder_of_bad_files_gives_the_good_ones_and_names_the_others() {
    let user = User::new();
    let folder = user.path("texts");
    let long = "قال المتحدث ".repeat(100_000);
    user.lay_out(
        "texts",
        &[
            ("good.txt", "قال المتحدث باسم الرئاسة".into()),
            ("long line.txt", long.clone().into_bytes()),
            ("undecodable.txt", [GOOD.as_bytes(), b"\xd9\x82\xff\xd9\x84\n"].concat()),
            ("nul.txt", GOOD.replace('\n', "\0").into()),
            ("noise.txt", (0..5000_u32).map(|at| ((at * at) >> 3) as u8).collect()),
            ("x.txt/inner.txt", "داخل".into()),
            ("empty.txt", Vec::new()),
        ],
    );
    symlink(".", folder.join("loop")).expect("a link");
    symlink("../texts", folder.join("x.txt/up")).expect("a link");
    symlink("self.txt", folder.join("self.txt")).expect("a link");
    let before = tree_without_loops(&folder);
    let new = user.run(&["new", "p.hashiya", "--from", "texts"]);
    assert_eq!(new.code, 0, "{new:?}");
    let told: Vec<&str> = new.err.lines().collect();
    let expected = [
        ("noise.txt", "binary", "leave it out"),
        ("nul.txt", "binary", "save it as text"),
        ("self.txt", "a link that leads nowhere", "remove it"),
        ("x.txt", "a folder", "the text files in it were read"),
        ("undecodable.txt", "1 place that UTF-8 does not have, the first in line 2", "--encoding"),
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for ((name, what, remedy), line) in expected.into_iter().zip(told) {
        let is_it = line.contains(&format!("texts/{name}»")) && line.contains(what) && line.contains(remedy);
        assert!(is_it, "{name}: {line}");
    }
    assert!(new.out.contains("5 documents"), "{new:?}");
    assert!(tree_without_loops(&folder) == before, "reading a folder changed it");
    user.done(&["check", "p.hashiya"]);
    let hits = user.json(&["find", "p.hashiya", "المتحدث", "--json"]);
    assert_eq!(hits["hits"].as_array().map(Vec::len), Some(100_002));
}

/// The files of a folder with their bytes; links are not followed.
fn tree_without_loops(folder: &Path) -> Vec<(std::path::PathBuf, Option<Vec<u8>>)> {
    let entries =
        walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.expect("readable"));
    entries.map(|entry| (entry.path().to_owned(), fs::read(entry.path()).ok())).collect()
}

#[test]
fn what_may_not_be_read_is_named_and_the_rest_opens() {
    use std::os::unix::fs::PermissionsExt;
    let user = User::new();
    user.lay_out("texts", &[("1.txt", "نص".into()), ("2.txt", "سر".into()), ("3/4.txt", "سر".into())]);
    for name in ["texts/2.txt", "texts/3"] {
        fs::set_permissions(user.path(name), fs::Permissions::from_mode(0o000)).expect("permissions");
    }
    let may_read_all = fs::read(user.path("texts/2.txt")).is_ok();
    let new = user.run(&["new", "p.hashiya", "--from", "texts"]);
    assert_eq!(new.code, 0, "{new:?}");
    if may_read_all {
        // The superuser reads whatever there is, so there is nothing to refuse: run the tests as another user to see the refusal.
        eprintln!("permissions do not bind this user: all files are read");
        assert_eq!((new.out.contains("3 documents"), new.err.as_str()), (true, ""), "{new:?}");
    } else {
        assert!(new.out.contains("1 document"), "{new:?}");
        for name in ["2.txt", "3"] {
            let told = new.err.lines().find(|line| line.contains(&format!("texts/{name}»"))).expect(name);
            assert!(told.contains("permission denied; check who may read"), "{told}");
        }
    }
    fs::set_permissions(user.path("texts/3"), fs::Permissions::from_mode(0o755)).expect("permissions");
}

/// What happens to the text of one file of a project.
type Change = fn(&str) -> String;

/// A file of the project, by how its name begins and ends.
type Named = (&'static str, &'static str);

/// What is wrong, in which file, how, in which line, what is said, what to do; and whether the rest opens.
type Case = (&'static str, Named, Change, Option<usize>, &'static str, &'static str, bool);

const REGISTER: Named = ("project.ron", "");
const CODEBOOK: Named = ("codebook.ron", "");
const TABLE: Named = ("annotations/ليلى/1", ".ron");
const TEXT: Named = ("documents/1", ".txt");
const REPAIR: &str = "hashiya check --repair";

/// The bytes between two signs in the line with the first annotation, replaced.
fn first_span(text: &str, with: &str) -> String {
    let at = text.find("spans: [(").expect("an annotation") + "spans: [(".len();
    let end = at + text[at..].find(')').expect("its end");
    format!("{}{with}{}", &text[..at], &text[end..])
}

#[test]
fn a_damaged_project_is_told_line_by_line_and_the_rest_opens() {
    let cases: Vec<Case> = vec![
        ("truncated", TABLE, |text| text[..text.len() - 9].into(), None, "", REPAIR, true),
        (
            "edited by hand",
            TABLE,
            |text| text.replacen("spans: [", "spans: <", 1),
            Some(6),
            "cannot be read",
            REPAIR,
            true,
        ),
        (
            "deep nesting",
            TABLE,
            |text| text.replacen("spans: [", &format!("spans: {}", "[".repeat(DEEP)), 1),
            Some(6),
            "cannot be read",
            REPAIR,
            true,
        ),
        (
            "unknown field",
            TABLE,
            |text| text.replacen("created: ", "mood: 1, created: ", 1),
            Some(6),
            "nobody knows the field «mood»",
            REPAIR,
            true,
        ),
        (
            "newer version",
            TABLE,
            |text| text.replacen("version: ", "version: 9", 1),
            None,
            "newer Hashiya",
            "update the program",
            true,
        ),
        (
            "id twice",
            TABLE,
            |text| {
                text.lines()
                    .flat_map(|line| std::iter::repeat_n(line, 1 + usize::from(line.contains("(id: "))))
                    .map(|line| format!("{line}\n"))
                    .collect()
            },
            Some(7),
            "stands there twice",
            REPAIR,
            true,
        ),
        (
            "span outside",
            TABLE,
            |text| first_span(text, "4, 99999"),
            Some(6),
            "leaves the text",
            REPAIR,
            true,
        ),
        ("span in a cluster", TABLE, |text| first_span(text, "1, 4"), Some(6), "cuts a letter", REPAIR, true),
        ("span backwards", TABLE, |text| first_span(text, "9, 4"), Some(6), "holds nothing", REPAIR, true),
        (
            "number too large",
            TABLE,
            |text| first_span(text, "4, 99999999999"),
            Some(6),
            "cannot be read",
            REPAIR,
            true,
        ),
        (
            "quote altered",
            TABLE,
            |text| text.replacen("exact: \"قال\"", "exact: \"قيل\"", 1),
            Some(6),
            "its quote is not what stands at its place",
            REPAIR,
            true,
        ),
        (
            "lone surrogate",
            TABLE,
            |text| text.replacen("exact: \"قال\"", "exact: \"\\u{d800}\"", 1),
            Some(6),
            "cannot be read",
            REPAIR,
            true,
        ),
        (
            "other document",
            TABLE,
            |text| text.replacen("document: \"0", "document: \"1", 1),
            None,
            "names another document",
            REPAIR,
            true,
        ),
        ("truncated", CODEBOOK, |text| text[..text.len() - 9].into(), Some(4), "damaged", REPAIR, true),
        (
            "deep nesting",
            CODEBOOK,
            |_| format!("(version: 2, tags: {}", "[".repeat(DEEP)),
            Some(1),
            "damaged",
            REPAIR,
            true,
        ),
        (
            "unknown field",
            CODEBOOK,
            |text| text.replacen("name: ", "icon: 1, name: ", 1),
            Some(4),
            "nobody knows the field",
            REPAIR,
            true,
        ),
        (
            "newer version",
            CODEBOOK,
            |_| "(version: 99, tags: [])".into(),
            None,
            "newer Hashiya",
            "update the program",
            false,
        ),
        (
            "truncated",
            REGISTER,
            |text| text[..text.len() / 2].into(),
            None,
            "is damaged (line ",
            REPAIR,
            false,
        ),
        (
            "document twice",
            REGISTER,
            |text| {
                text.lines()
                    .flat_map(|line| std::iter::repeat_n(line, 1 + usize::from(line.contains("1 emoji"))))
                    .map(|line| format!("{line}\n"))
                    .collect()
            },
            Some(9),
            "stands there twice",
            REPAIR,
            true,
        ),
        ("altered", TEXT, |text| text.replacen("قال", "قيل", 1), None, "SHA-256", REPAIR, true),
    ];
    for (what, (begin, end), change, line, sentence, remedy, opens) in cases {
        let user = User::with_project();
        user.done(&["tag", "p.hashiya", "قال", "قول", "--coder", "ليلى"]);
        let place = user.path("p.hashiya");
        let name = tree(&place)
            .into_keys()
            .map(|path| path.strip_prefix(&place).expect("below").to_string_lossy().into_owned())
            .find(|name| name.starts_with(begin) && name.ends_with(end) && place.join(name).is_file())
            .expect("the file is there");
        let whole = fs::read_to_string(place.join(&name)).expect("UTF-8");
        let changed = change(&whole);
        assert_ne!(changed, whole, "{what} {name}");
        fs::write(place.join(&name), changed).expect("written");
        let disk = user.disk();
        let check = user.run(&["check", "p.hashiya"]);
        assert_eq!(check.code, 1, "{what} {name}: {check:?}");
        let said = format!("{}{}", check.out, check.err);
        let file = name.rsplit('/').next().expect("a name");
        let told = |told: &&str| told.contains(file) && told.contains(sentence) && told.contains(remedy);
        let told = said.lines().find(told).unwrap_or_else(|| panic!("{what} {name}: {said}"));
        if let Some(line) = line {
            let is_numbered =
                told.contains(&format!("{file}:{line}: ")) || told.contains(&format!("(line {line}: "));
            assert!(is_numbered, "{what} {name}: {told}");
        }
        assert!(said.lines().all(|line| line.chars().count() < 500), "{what} {name}: {said}");
        let info = user.run(&["info", "p.hashiya"]);
        assert_eq!(info.code == 0, opens, "{what} {name}: {info:?}");
        assert!(info.err.contains(file), "{what} {name}: {info:?}");
        assert!(user.disk() == disk, "{what} {name}: looking changed the disk");
    }
}

#[test]
fn a_file_to_import_that_no_program_should_have_written_changes_nothing() {
    let user = User::with_project();
    user.done(&["tag", "p.hashiya", "قال", "قول", "--coder", "ليلى"]);
    for format in ["jsonl", "doccano", "label-studio", "web-annotation", "cas-json"] {
        let out = format!("{format}.out");
        user.done(&["export", "p.hashiya", "--format", format, "--out", &out]);
        let is_it = |path: &std::path::PathBuf| {
            path.is_file()
                && fs::read_to_string(path).is_ok_and(|text| text.contains("قال") && !text.starts_with('<'))
        };
        let whole = user.path(&out);
        let files = if whole.is_dir() { tree(&whole).into_keys().collect() } else { vec![whole] };
        let files = files.into_iter();
        let file = files.filter(is_it).min().expect("a file with the word");
        let whole = fs::read_to_string(&file).expect("UTF-8");
        for (how, bad) in [
            ("a lone surrogate", whole.replacen("قال", "\\ud800", 1)),
            ("half a pair", whole.replacen("قال", "\\udc00\\ud83d", 1)),
            ("cut off", whole[..whole.len() / 2].trim_end_matches(|c: char| !c.is_ascii()).to_owned()),
            ("deep nesting", format!("{}{whole}", "[".repeat(DEEP))),
        ] {
            fs::write(&file, bad).expect("written");
            let disk = user.disk();
            let import = user.run(&["import", "p.hashiya", &out, "--format", format]);
            assert_eq!(import.code, 1, "{how} {format}: {import:?}");
            let sentence = import.err.trim_end();
            assert!(
                sentence.starts_with(&format!("hashiya: cannot import «{out}»: ")),
                "{how} {format}: {import:?}"
            );
            assert!(sentence.contains("line ") || sentence.contains("row "), "{how} {format}: {import:?}");
            assert!(sentence.contains("nothing was imported"), "{how} {format}: {import:?}");
            assert!(!sentence.contains('\n'), "{how} {format}: {import:?}");
            assert!(user.disk() == disk, "{how} {format}: a refused import changed the disk");
        }
    }
}
