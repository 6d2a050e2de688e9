//! Wrong use and failures: the exit code, one sentence, and nothing changed on the disk.

use std::fs;

use crate::user::User;

/// A refused command: its arguments, its exit code, and what its sentence must name.
type Refusal = (&'static [&'static str], i32, &'static [&'static str]);

const REFUSALS: &[Refusal] = &[
    // What clap finds.
    (&["info"], 2, &["PROJECT", "hashiya info --help"]),
    (&["info", "p.hashiya", "--jason"], 2, &["--jason", "--json"]),
    (&["info", "p.hashiya", "more"], 2, &["more"]),
    (&["find", "p.hashiya"], 2, &["QUERY"]),
    (&["find", "p.hashiya", "-قال"], 2, &["-ق", "--"]),
    (&["tag", "p.hashiya", "قال"], 2, &["TAG"]),
    (&["new", "q.hashiya"], 2, &["--from"]),
    (&["new", "q.hashiya", "--from"], 2, &["--from"]),
    (&["export", "p.hashiya", "--format", "csv"], 2, &["--out"]),
    (&["export", "p.hashiya", "--out", "a.csv"], 2, &["--format"]),
    (&["export", "p.hashiya", "--format", "csv", "--format", "ron", "--out", "a"], 2, &["--format"]),
    (&["layout", "texts/1 emoji.txt", "--font", "Amiri", "--size", "20"], 2, &["--width"]),
    (&["--coder", "x", "info", "p.hashiya"], 2, &["--coder", "verb first"]),
    // What means nothing.
    (&["find", "p.hashiya", ""], 2, &["QUERY"]),
    (&["find", "p.hashiya", "قال", "--fold", "all"], 2, &["--fold all", "--fold none"]),
    (&["find", "p.hashiya", "قال", "--word"], 2, &["--word"]),
    (&["find", "p.hashiya", "قال", "--word", "--clitics"], 2, &["--word"]),
    (&["find", "p.hashiya", "قال", "--regex"], 2, &["--regex"]),
    (&["tag", "p.hashiya", "قال", "قول", "--regex"], 2, &["--regex"]),
    (&["tag", "p.hashiya", "قال", "قول", "--fold", "marks"], 2, &["--fold marks"]),
    (&["tag", "p.hashiya", "قال", "  "], 2, &["TAG"]),
    (&["tag", "p.hashiya", "قال", "ق\nل"], 2, &["TAG"]),
    (&["tag", "p.hashiya", "", "قول"], 2, &["QUERY"]),
    (&["tag", "p.hashiya", "قال", "قول", "--coder", " "], 2, &["--coder"]),
    (&["export", "p.hashiya", "--format", "xls", "--out", "a"], 2, &["--format", "«xls»", "csv"]),
    (&["export", "p.hashiya", "--format", "jsonl", "--bom", "--out", "a"], 2, &["--bom", "csv"]),
    (&["export", "p.hashiya", "--format", "csv", "--out", "texts"], 2, &["--out", "texts"]),
    (
        &["export", "p.hashiya", "--format", "csv", "--out", "p.hashiya/project.ron"],
        2,
        &["--out", "project.ron"],
    ),
    (&["export", "p.hashiya", "--format", "csv", "--out", "p.hashiya/new.csv"], 2, &["--out"]),
    (&["new", "q.hashiya", "--from", "texts", "--encoding", "klingon"], 2, &["--encoding", "klingon"]),
    (&["new", "q.hashiya", "--from", "p.hashiya"], 2, &["--from", "p.hashiya"]),
    (
        &["layout", "texts/1 emoji.txt", "--font", "Comic", "--size", "20", "--width", "300"],
        2,
        &["--font", "Comic"],
    ),
    (&["layout", "texts/1 emoji.txt", "--font", "Amiri", "--size", "0", "--width", "300"], 2, &["--size"]),
    (&["layout", "texts/1 emoji.txt", "--font", "Amiri", "--size", "20", "--width", "-1"], 2, &["--width"]),
    (&["layout", "texts/1 emoji.txt", "--font", "Amiri", "--size", "nan", "--width", "9"], 2, &["--size"]),
    (&["export", "p.hashiya", "--format", "brat", "--out", "texts/1 emoji.txt"], 2, &["--out", "folder"]),
    (&["export", "p.hashiya", "--format", "brat", "--out", "p.hashiya/brat"], 2, &["--out"]),
    (&["import", "p.hashiya", "texts"], 2, &["--format"]),
    (&["import", "p.hashiya", "texts", "--format", "xls"], 2, &["--format", "«xls»", "brat"]),
    (&["import", "p.hashiya", "texts", "--format", "xlsx"], 2, &["--format", "xlsx", "csv"]),
    (&["import", "p.hashiya", "texts", "--format", "brat", "--offsets", "words"], 2, &["--offsets", "words"]),
    // What cannot be done.
    (&["import", "p.hashiya", "texts", "--format", "brat"], 1, &["texts", ".ann"]),
    (&["import", "p.hashiya", "nowhere", "--format", "brat"], 1, &["nowhere"]),
    (&["import", "p.hashiya", "binary", "--format", "jsonl"], 1, &["binary"]),
    (&["import", "p.hashiya", "texts/3 windows.txt", "--format", "doccano"], 1, &["3 windows.txt"]),
    (&["import", "new.hashiya", "texts/1 emoji.txt", "--format", "csv"], 1, &["1 emoji.txt"]),
    (&["export", "p.hashiya", "--format", "brat", "--out", "texts"], 1, &["texts", "--force"]),
    (&["info", "nowhere"], 1, &["nowhere"]),
    (&["check", "nowhere"], 1, &["nowhere"]),
    (&["find", "nowhere", "قال"], 1, &["nowhere"]),
    (&["tag", "nowhere", "قال", "قول"], 1, &["nowhere"]),
    (&["export", "nowhere", "--format", "csv", "--out", "a.csv"], 1, &["nowhere"]),
    (&["export", "p.hashiya", "--format", "csv", "--out", "no/where.csv"], 1, &["no/where.csv"]),
    (&["export", "texts", "--format", "csv", "--out", "no/where.csv"], 1, &["no/where.csv"]),
    (&["info", "texts/1 emoji.txt"], 1, &["1 emoji.txt"]),
    (&["info", "nothing"], 1, &["nothing", ".txt"]),
    (&["tag", "nothing", "قال", "قول"], 1, &["nothing"]),
    (&["new", "p.hashiya", "--from", "texts"], 1, &["p.hashiya"]),
    (&["new", "texts", "--from", "texts"], 1, &["texts"]),
    (&["new", "q.hashiya", "--from", "nowhere"], 1, &["nowhere"]),
    (&["new", "q.hashiya", "--from", "texts/1 emoji.txt"], 1, &["1 emoji.txt"]),
    (&["new", "q.hashiya", "--from", "nothing"], 1, &["nothing", ".txt"]),
    (&["layout", "nowhere", "--font", "Amiri", "--size", "20", "--width", "300"], 1, &["nowhere"]),
    (&["layout", "texts", "--font", "Amiri", "--size", "20", "--width", "300"], 1, &["texts", "folder"]),
    #[cfg(unix)]
    (&["layout", "/dev/zero", "--font", "Amiri", "--size", "20", "--width", "300"], 1, &["/dev/zero"]),
    (&["layout", "binary", "--font", "Amiri", "--size", "20", "--width", "300"], 1, &["binary"]),
];

#[test]
fn a_refused_command_says_why_in_one_sentence_and_changes_nothing() {
    let user = User::with_project();
    user.done(&["tag", "p.hashiya", "الكرملين", "سلطة"]);
    fs::create_dir(user.path("nothing")).expect("made");
    fs::write(user.path("binary"), [0, 1, 2, 3, 0, 255, 0, 7]).expect("written");
    let before = user.disk();
    for (arguments, code, named) in REFUSALS {
        let outcome = user.run(arguments);
        let sentence = outcome.refused(*code);
        for name in *named {
            assert!(sentence.contains(name), "{arguments:?}: «{name}» is not in {sentence}");
        }
        assert_eq!(outcome.out, "", "{arguments:?}");
        assert!(user.disk() == before, "{arguments:?} changed something on the disk");
    }
}

#[test]
fn a_folder_of_which_no_file_is_text_makes_no_project() {
    let user = User::new();
    user.lay_out("bad", &[("a.txt", vec![0, 1, 2, 0, 0, 9, 255, 0])]);
    let before = user.disk();
    let outcome = user.run(&["new", "q.hashiya", "--from", "bad"]);
    assert_eq!((outcome.code, outcome.err.lines().count()), (1, 2), "{outcome:?}");
    assert!(outcome.err.contains("a.txt") && user.disk() == before);
}

#[test]
fn help_and_version_are_answers_and_no_errors() {
    let user = User::new();
    let help = user.done(&["--help"]);
    for verb in ["new", "info", "check", "find", "tag", "export", "import", "formats", "layout"] {
        assert!(help.contains(&format!("  {verb} ")), "{verb} is not in the help");
        assert!(user.done(&[verb, "--help"]).contains(&format!("Usage: hashiya {verb} ")));
    }
    assert_eq!(user.done(&["--version"]), format!("hashiya {}\n", env!("CARGO_PKG_VERSION")));
    assert!(user.disk().len() == 2, "only home and work");
}

#[test]
fn a_value_that_begins_with_a_hyphen_goes_after_two() {
    let user = User::with_project();
    assert_eq!(
        user.json(&["find", "p.hashiya", "--json", "--", "-قال"])["hits"].as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn without_a_display_the_window_is_refused_in_one_sentence() {
    let user = User::with_project();
    let before = user.disk();
    for arguments in [&[] as &[&str], &["p.hashiya"], &["texts", "--coder", "ليلى"], &["nowhere"]] {
        let outcome = user.run(arguments);
        assert!(outcome.refused(1).contains("display"), "{arguments:?}: {outcome:?}");
        assert_eq!(outcome.out, "");
        assert!(user.disk() == before, "{arguments:?} changed something on the disk");
    }
}
