//! Files that mean no good, or that something bad happened to: they are refused with a sentence, or what is sound of them is taken.

#[path = "exchange/archives.rs"]
mod archives;
#[path = "exchange/support.rs"]
mod support;

use archives::{again, overlapping, packed, unpacked, with_link};
use hashiya::app::importing::{Choices, ImportError, plan};
use hashiya::exchange::{self, ExchangeError, Format, Imported, Memory, Scope};
use hashiya::model::{Coder, Project};
use proptest::prelude::*;
use proptest::sample::Index;
use support::{Counting, any_project, export, format, plain, project};

/// Reads files and takes what they say into a project; what was made holds every rule of the model.
fn take_in(project: &Project, format: Format, files: &mut Memory) -> Result<Project, String> {
    let imported = exchange::read(format, files).map_err(|why| why.to_string())?;
    let choices = Choices { coder: Coder::new("مستورد"), unit: None };
    let plan = plan(project, imported, &choices, &mut Counting::default()).map_err(|why| why.to_string())?;
    let mut after = project.clone();
    after.apply(&plan.edit).expect("a plan fits the project it was made for");
    for (document, annotation) in after.annotations() {
        assert!(annotation.spans.iter().all(|&span| document.text.accepts(span)));
        assert!(annotation.spans.windows(2).all(|pair| pair[0].end < pair[1].start));
        assert_eq!(annotation.quote, document.text.quote(&annotation.spans));
    }
    Ok(after)
}

/// Something that happens to a file on its way.
#[derive(Clone, Debug)]
enum Mishap {
    /// A byte is another.
    Byte(Index, u8),
    /// The rest is gone.
    Cut(Index),
    /// A part stands twice.
    Double(Index, Index),
    /// A number is another.
    Number(Index, &'static str),
}

fn mishap() -> impl Strategy<Value = Mishap> {
    let numbers =
        ["-1", "18446744073709551616", "4294967296", "1e400", "0", "99999999999999999999999999", "null"];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mishap::Byte(at, byte)),
        any::<Index>().prop_map(Mishap::Cut),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Mishap::Double(from, to)),
        (any::<Index>(), proptest::sample::select(numbers.to_vec()))
            .prop_map(|(at, number)| Mishap::Number(at, number)),
    ]
}

fn befall(file: &mut Vec<u8>, mishap: &Mishap) {
    if file.is_empty() {
        return;
    }
    match mishap {
        Mishap::Byte(at, byte) => {
            let at = at.index(file.len());
            file[at] = *byte;
        }
        Mishap::Cut(at) => file.truncate(at.index(file.len())),
        Mishap::Double(from, to) => {
            let (from, to) = (from.index(file.len()), to.index(file.len()));
            let part = file[from.min(to)..from.max(to)].to_vec();
            file.splice(to..to, part);
        }
        Mishap::Number(at, number) => {
            let at = at.index(file.len());
            let Some(start) = file[at..].iter().position(u8::is_ascii_digit).map(|found| at + found) else {
                return;
            };
            let length = file[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            file.splice(start..start + length, number.bytes());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_file_that_something_happened_to_is_refused_or_leaves_the_project_sound(
        project in any_project(),
        mishaps in proptest::collection::vec((any::<Index>(), mishap()), 1..4),
    ) {
        for format in Format::all().filter(|format| format.info().read.is_some()) {
            let (mut out, losses) = export(format, &project, &Scope::Project);
            // What lies in an archive is what something happens to, not the archive, which would only be damaged.
            let archive = out.files.values().next().filter(|file| file.starts_with(b"PK")).cloned();
            let mut files = match &archive {
                Some(archive) => unpacked(archive),
                None => std::mem::take(&mut out.files).into_iter().collect(),
            };
            for (which, mishap) in &mishaps {
                let which = which.index(files.len());
                befall(&mut files[which].1, mishap);
            }
            match archive {
                Some(_) => out.files.values_mut().for_each(|file| *file = again(&files)),
                None => out.files = files.into_iter().collect(),
            }
            // Neither comes to a panic, whatever it comes to otherwise.
            let _ = take_in(&project, format, &mut out);
            let _ = exchange::verify(format, &project, &Scope::Project, &losses, &mut out);
        }
    }
}

fn sample() -> Project {
    project(&["قال الكرملين 😀 نعم".to_owned()], &["سلطة"], &[plain(0, 4, 12)])
}

/// A file of a format, as the format calls its files.
fn file(name: &str, content: impl Into<Vec<u8>>) -> Memory {
    Memory::of(&format!("file.{}", format(name).info().extension), content)
}

/// What reading a file says: one sentence on one line.
fn refusal(name: &str, content: impl Into<Vec<u8>>) -> String {
    match exchange::read(format(name), &mut file(name, content)) {
        Err(why) => {
            let sentence = why.to_string();
            assert!(!sentence.contains('\n'), "{name}: {sentence}");
            sentence
        }
        Ok(read) => panic!("{name} takes it: {read:?}"),
    }
}

/// What stands in a file of a format, and what its refusal says.
const REFUSED: &[(&str, &str, &str)] = &[
    ("jsonl", "{\"document\": \"0.txt\", \"start\": 0}\n", "row 1"),
    ("jsonl", "{\"document\": \"0.txt\", \"start\": -3, \"end\": 4}\n", "whole number"),
    ("jsonl", "{\"start\": 0, \"end\": 4}\n", "document"),
    ("jsonl", "{\"document\": \"0.txt\", \"start\": 0, \"end\": 3, \"created\": \"gestern\"}\n", "created"),
    ("csv", "document,start,end\r\n0.txt,0,18446744073709551616\r\n", "row 2 of the sheet"),
    ("ron", "[(id: \"x\")]", "row 1"),
    ("brat", "T1\tA 0 99999999999999999999\tx", "no position"),
    ("brat", "T1\tA 0\tx", "no start and end"),
    ("brat", "T1", "no tab"),
    ("brat", "T1\tA 0 1\tx\nT1\tA 0 1\tx", "stands twice"),
    ("brat", "R1\tB Arg1:T1", "two arguments"),
    ("brat", "E1\t", "trigger"),
    ("doccano", "{\"label\": []}\n", "text"),
    ("doccano", "{\"text\": \"a\", \"label\": [[0, 99999999999999999999, \"x\"]]}\n", "row 1"),
    (
        "doccano",
        "{\"text\": \"a\", \"entities\": [], \"relations\": [{\"from_id\": 1, \"to_id\": 2, \"type\": \"x\"}]}\n",
        "1",
    ),
    ("label-studio", "[1]", "task 1"),
    ("label-studio", "[{\"data\": {}, \"annotations\": []}]", "no text"),
    ("web-annotation", "nothing", "the file"),
    (
        "web-annotation",
        "[{\"target\": {\"source\": \"a\", \"selector\": {\"type\": \"TextPositionSelector\", \"start\": 1.5}}}]",
        "start",
    ),
    ("stam", "[]", "annotation store"),
    ("stam", "{\"resources\": [{\"@id\": \"a\", \"@include\": \"../../etc/passwd\"}]}", "another file"),
    (
        "stam",
        "{\"resources\": [], \"annotations\": [{\"target\": {\"@type\": \"TextSelector\", \"resource\": \"a\"}}]}",
        "no text «a»",
    ),
    ("refi-codebook", "<Project/>", "«Project» begins no codebook"),
    ("refi-codebook", "<CodeBook><Codes><Code name='a'/></Codes></CodeBook>", "no GUID"),
    ("refi-codebook", "<CodeBook><Codes><Code guid='1'/></Codes></CodeBook>", "no name"),
    (
        "refi-codebook",
        "<CodeBook><Codes><Code guid='1' name='a'><Code guid='2' name='b'>\n<Code guid='{1}' name='c'/></Code></Code></Codes></CodeBook>",
        "line 2 of file.qdc cannot be read: the code «c» stands under itself, «a»",
    ),
    (
        "refi-codebook",
        "<CodeBook><Codes><Code guid='1' name='a'/><Code guid='1' name='b'/></Codes></CodeBook>",
        "the codes «a» and «b» have one GUID",
    ),
    ("refi-qda", "PK, but no archive", "no zip archive"),
];

#[test]
fn what_is_not_of_the_format_is_refused_in_a_sentence_that_says_where() {
    for (name, content, named) in REFUSED {
        let sentence = refusal(name, *content);
        assert!(sentence.contains(named), "{name}: {sentence}");
    }
}

/// A project of one text source, with something in it.
fn qde(inside: &str) -> String {
    format!(
        "<Project name='p'><CodeBook><Codes><Code guid='1' name='a'/></Codes></CodeBook>\
         <Sources><TextSource guid='2' name='t' plainTextPath='internal://2.txt'>{inside}</TextSource></Sources></Project>"
    )
}

#[test]
fn archives_that_mean_no_good_are_refused_in_a_sentence_that_names_the_file() {
    let text = ("sources/2.txt", "نص".as_bytes());
    let of = |project: &str| packed(&[("project.qde", project.as_bytes()), text]);
    let sound = of(&qde(""));
    assert!(exchange::read(format("refi-qda"), &mut file("refi-qda", sound.clone())).is_ok());
    let with = |name: &str| packed(&[("project.qde", qde("").as_bytes()), text, (name, b"x")]);
    let bomb = format!("{}{}", qde(""), " ".repeat(80 << 20));
    let laughs = format!("<!DOCTYPE Project [<!ENTITY lol \"{}\">]>{}", "ha".repeat(9), qde("&lol;"));
    let stranger = format!("<!DOCTYPE Project SYSTEM \"file:///etc/passwd\">{}", qde(""));
    let deep: String = (0..5000).map(|number| format!("<Code guid='{number}' name='n'>")).collect();
    let place = |place: &str| of(&qde(&format!("<PlainTextSelection guid='3' {place}/>")));
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("a name that climbs out", with("../evil.txt"), &["«../evil.txt» in «file.qdpx»", "leads out"]),
        ("one that climbs out inside", with("sources/../../evil"), &["«sources/../../evil»", "leads out"]),
        ("a name from the root", with("/etc/cron.d/evil"), &["«/etc/cron.d/evil»", "leads out"]),
        ("a name on a drive", with("C:/evil"), &["«C:/evil»", "leads out"]),
        ("a name with backslashes", with("..\\evil"), &["evil", "leads out"]),
        (
            "a link",
            with_link(&[("project.qde", qde("").as_bytes())], "sources/2.txt", "/etc/passwd"),
            &["link"],
        ),
        ("entries that share their bytes", overlapping("project.qde", qde("").as_bytes()), &["zip bomb"]),
        ("an entry that grows without end", of(&bomb), &["project.qde", "zip bomb"]),
        ("half an archive", sound[..sound.len() / 2].to_vec(), &["«file.qdpx»", "damaged"]),
        ("no project in it", packed(&[text]), &["«file.qdpx»", "no project.qde"]),
        ("something else in it", of("<TEI/>"), &["line 1 of project.qde", "no project"]),
        ("entities that grow without end", of(&laughs), &["project.qde", "document type"]),
        ("an entity from elsewhere", of(&stranger), &["project.qde", "document type"]),
        ("codes without end", of(&format!("<Project><CodeBook><Codes>{deep}")), &["project.qde", "deep"]),
        ("an end inside", of("<Project>"), &["project.qde", "ends inside"]),
        (
            "a huge number",
            place("startPosition='0' endPosition='99999999999999999999'"),
            &["99999", "no position"],
        ),
        ("a negative number", place("startPosition='-1' endPosition='2'"), &["«-1» is no position"]),
        ("no number", place("endPosition='2'"), &["startPosition"]),
        (
            "a text that is not there",
            packed(&[("project.qde", qde("").as_bytes())]),
            &["sources/2.txt", "not there"],
        ),
        (
            "a text that is none",
            packed(&[("project.qde", qde("").as_bytes()), ("sources/2.txt", b"\xff\xfe")]),
            &["sources/2.txt", "UTF-8"],
        ),
        (
            "a text from elsewhere",
            of(&qde("").replace("2.txt", "../../../etc/passwd")),
            &["etc/passwd", "not there"],
        ),
    ];
    for (what, archive, named) in cases {
        let sentence = refusal("refi-qda", archive);
        for named in named {
            assert!(sentence.contains(named), "{what}: {sentence}");
        }
    }
}

#[test]
fn a_text_outside_the_archive_is_told_and_not_opened() {
    let project = qde("").replace("internal://2.txt", "relative:///../../etc/passwd");
    let archive = packed(&[("project.qde", project.as_bytes())]);
    let read = exchange::read(format("refi-qda"), &mut file("refi-qda", archive)).expect("a sound project");
    assert_eq!(read.documents[0].text, None);
    assert!(read.remarks.iter().any(|remark| remark.contains("outside the archive")), "{:?}", read.remarks);
}

#[test]
fn what_nests_without_end_does_not_exhaust_the_stack() {
    for format in Format::all().filter(|format| format.info().read.is_some()) {
        let name = format.info().name;
        for opening in ["[", "{\"a\":", "(", "<a>", "<Codes><Code guid='1' name='2'>"] {
            let read = exchange::read(format, &mut file(name, opening.repeat(100_000)));
            // Some formats take any line for a row or a text; none takes it for annotations.
            let is_nothing = |read: &Imported| read.documents.iter().all(|one| one.annotations.is_empty());
            assert!(read.as_ref().map_or(true, is_nothing), "{name}: {opening}");
        }
    }
    for name in ["jsonl", "doccano", "label-studio", "web-annotation", "stam", "ron"] {
        let read = exchange::read(format(name), &mut file(name, "[".repeat(200_000)));
        assert!(matches!(read, Err(ExchangeError::Malformed { .. })), "{name}: {read:?}");
    }
}

#[test]
fn events_and_relations_that_lead_round_are_refused_and_come_to_an_end() {
    let sample = sample();
    let lines = [
        // Two events, each the argument of the other.
        "T1\tA 4 12\tالكرملين\nT2\tB 0 3\tقال\nE1\tA:T1 Cause:E2\nE2\tB:T2 Cause:E1\n",
        // A relation to itself.
        "T1\tA 4 12\tالكرملين\nR1\tB Arg1:T1 Arg2:T1\n",
    ];
    for lines in lines {
        let mut files = Memory::of("0.ann", lines);
        let refused = take_in(&sample, format("brat"), &mut files).expect_err("it goes round");
        assert!(refused.contains("circle"), "{refused}");
    }
    // Events whose triggers are each other lead to no mark at all.
    let mut files = Memory::of("0.ann", "E1\tA:E2\nE2\tA:E1\nA1\tX E1\n");
    let taken = take_in(&sample, format("brat"), &mut files).expect("nothing is in it");
    assert_eq!(taken, sample);
}

#[test]
fn sentences_of_refused_imports_say_what_to_do() {
    for refused in [
        ImportError::NoUnit,
        ImportError::NoDocuments(vec!["a.txt".into()]),
        ImportError::Circle { kind: "x".into(), names: vec!["T1".into()] },
    ] {
        assert!(refused.to_string().len() > 40, "{refused}");
    }
}
