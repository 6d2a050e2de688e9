//! The rules that fuzzing holds, over each kept corpus and over damaged copies of it, without a fuzzer.
#![allow(clippy::disallowed_methods, reason = "a test lays out folders")]

mod rules;
#[path = "../exchange/support.rs"]
mod support;

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use hashiya::exchange::{Format, Memory, Scope};
use proptest::prelude::*;

type Rule = fn(&[u8]);

/// Each fuzz target, with its rule.
const TARGETS: [(&str, Rule); 4] = [
    ("decode", rules::decode::holds),
    ("exchange", rules::exchange::holds),
    ("journal", rules::project::journal_holds),
    ("project", rules::project::holds),
];

/// The inputs that are kept for a target: valid ones, and every one that once broke its rule.
fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let entries = std::fs::read_dir(&folder).expect("a corpus for each target");
    let mut inputs: Vec<(PathBuf, Vec<u8>)> = entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.clone(), std::fs::read(&path).expect("an input")))
        .collect();
    inputs.sort();
    inputs
}

/// What a corpus begins with, by the names of the inputs: every file of the fixture as it is, a text in every encoding, and a project in every format
/// that is read with what others wrote in it.
fn beginnings(target: &str) -> Vec<(String, Vec<u8>)> {
    let numbered = |files: Vec<Vec<u8>>| -> Vec<(String, Vec<u8>)> {
        let numbered = (0..).zip(files);
        numbered.map(|(at, bytes)| (format!("{at:02}"), [&[at][..], &bytes[..]].concat())).collect()
    };
    match target {
        "project" => numbered(rules::project::whole(rules::project::is_table).map(<[u8]>::to_vec).collect()),
        "journal" => {
            numbered(rules::project::whole(rules::project::is_journal).map(<[u8]>::to_vec).collect())
        }
        "exchange" => {
            let packed: Vec<_> = exports().into_iter().chain(fixtures()).collect();
            let unpacked: Vec<_> = packed.iter().filter_map(unpacked).collect();
            packed.into_iter().chain(unpacked).collect()
        }
        _ => numbered(vec![
            "قال «نعم» 2023\r\nثمّ مضى".as_bytes().to_vec(),
            b"\xde\xc7\xe1 \xab\xe4\xda\xe3\xbb".to_vec(),
            b"\xe2\xc7\xe4 \xe6\xd9\xe5".to_vec(),
            "\u{feff}قال".encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "\u{feff}قال".encode_utf16().flat_map(u16::to_be_bytes).collect(),
            b"caf\xe9".to_vec(),
            "\u{feff}قال".as_bytes().to_vec(),
        ]),
    }
}

/// A small project, in which there is something of everything, in every format that is read.
fn exports() -> Vec<(String, Vec<u8>)> {
    let text = "😀 قال الرَّئيس نعم\nوعاد\tمن مصر\u{1b}.".to_owned();
    let of =
        |spans: &[(usize, usize)], tags: &[usize], note: &str, relations: &[(&str, usize)]| support::Mark {
            spans: spans.to_vec(),
            tags: tags.to_vec(),
            note: note.to_owned(),
            attributes: vec![("مفتاح".to_owned(), "\"قيمة\" <1>".to_owned())],
            relations: relations.iter().map(|&(kind, further)| (kind.to_owned(), further)).collect(),
            ..support::Mark::default()
        };
    let marks = [
        of(&[(2, 5)], &[0, 1], "سطر\nوآخر", &[("سبب", 0)]),
        of(&[(6, 9), (12, 20)], &[1], "", &[]),
        of(&[(7, 8)], &[], "a_b*[1]|", &[]),
    ];
    let project = support::project(&[text], &["سلطة", "a \"b\""], &marks);
    let readers = Format::all().filter(|format| format.info().read.is_some());
    let exported = readers.map(|format| {
        let (files, _) = support::export(format, &project, &Scope::Project);
        (format.to_string(), rules::exchange::input(format.info().name, &files))
    });
    exported.collect()
}

/// What the libraries of other programs wrote.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/exchange");
    let of = |format: &str, names: &[&str]| {
        let read = |name: &&str| {
            let file = name.rsplit('/').next().unwrap_or(name).to_owned();
            (file, std::fs::read(folder.join(name)).expect("a fixture"))
        };
        let files = Memory { files: names.iter().map(read).collect() };
        (format!("{format}-of-others"), rules::exchange::input(format, &files))
    };
    vec![
        of("cas-xmi", &["cas/TypeSystem.xml", "cas/cassis.xmi"]),
        of("cas-json", &["cas/cassis.json"]),
        of("webanno-tsv", &["webanno/by-the-specification.tsv"]),
        of("brat", &["brat/bioc.ann", "brat/bioc.txt"]),
        of("doccano", &["doccano/spacy.jsonl"]),
        of("label-studio", &["label-studio/tasks.json"]),
        of("web-annotation", &["web-annotation/pyld.jsonld"]),
        of("refi-qda", &["refi/pyrefiqda.qdpx"]),
        of("refi-codebook", &["refi/pyrefiqda.qdc"]),
        of("stam", &["stam/stam.stam.json"]),
        of("csv", &["tables/duckdb.csv"]),
        of("jsonl", &["tables/duckdb.jsonl"]),
    ]
}

/// An input of an archive with the files beside one another that lie in it.
fn unpacked((name, input): &(String, Vec<u8>)) -> Option<(String, Vec<u8>)> {
    name.starts_with(rules::exchange::ARCHIVED).then_some(())?;
    let begin = input.windows(4).position(|bytes| bytes == b"PK\x03\x04").expect("an archive");
    let mut archive = zip::ZipArchive::new(Cursor::new(&input[begin..])).expect("an archive");
    let mut files = Memory::default();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a file of it");
        let name = file.name().expect("a name").into_owned();
        let content = files.files.entry(name).or_default();
        file.read_to_end(content).expect("a sound file");
    }
    Some((format!("{name}-unpacked"), rules::exchange::input(rules::exchange::ARCHIVED, &files)))
}

/// With `UPDATE_CORPUS` set, what is missing is written.
#[test]
fn each_corpus_begins_with_what_is_whole() {
    for (target, _) in TARGETS {
        for (name, bytes) in beginnings(target) {
            let path =
                Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz/corpus/{target}/whole-{name}"));
            if std::env::var_os("UPDATE_CORPUS").is_some() {
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                std::fs::write(&path, &bytes).expect("written");
            }
            assert!(std::fs::read(&path).ok() == Some(bytes), "{}: run with UPDATE_CORPUS=1", path.display());
        }
    }
}

#[test]
fn every_kept_input_keeps_its_rule() {
    for (target, rule) in TARGETS {
        let inputs = corpus(target);
        assert!(!inputs.is_empty(), "the corpus of {target} is kept");
        for (path, bytes) in inputs {
            // The name of the input comes before the panic that it causes.
            eprintln!("{}", path.display());
            rule(&bytes);
        }
    }
}

/// What a hand, a disk or a program does to a file.
#[derive(Clone, Debug)]
enum Damage {
    Cut(prop::sample::Index),
    Change(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, u8),
    Repeat(prop::sample::Index, u8),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    let pieces = prop::sample::select(vec![
        "(",
        ")",
        "[",
        "]",
        "\"",
        ",",
        "\n",
        "-1",
        "99999999999999999999",
        "Some(",
        "\u{64e}",
        "\u{feff}",
        "\0",
        "\\u{d800}",
    ]);
    prop_oneof![
        at().prop_map(Damage::Cut),
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Change(at, byte)),
        (at(), pieces).prop_map(|(at, piece)| Damage::Insert(at, piece.as_bytes().to_vec())),
        (at(), any::<u8>()).prop_map(|(at, len)| Damage::Remove(at, len)),
        (at(), any::<u8>()).prop_map(|(at, len)| Damage::Repeat(at, len)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        // The first byte chooses; it stays.
        let place = |at: &prop::sample::Index| 1 + at.index(bytes.len().max(2) - 1);
        match damage {
            Damage::Cut(at) => {
                let at = place(at);
                bytes.truncate(at);
            }
            Damage::Change(at, byte) => {
                let at = place(at);
                if let Some(old) = bytes.get_mut(at) {
                    *old = *byte;
                }
            }
            Damage::Insert(at, piece) => {
                let at = place(at).min(bytes.len());
                bytes.splice(at..at, piece.iter().copied());
            }
            Damage::Remove(at, len) => {
                let at = place(at).min(bytes.len());
                let end = (at + usize::from(*len)).min(bytes.len());
                bytes.drain(at..end);
            }
            Damage::Repeat(at, len) => {
                let at = place(at).min(bytes.len());
                let end = (at + usize::from(*len)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(end..end, piece);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_damaged_input_keeps_its_rule(
        target in 0..TARGETS.len(),
        which in any::<prop::sample::Index>(),
        damages in prop::collection::vec(damage(), 1..6),
    ) {
        let (name, rule) = TARGETS[target];
        let inputs = corpus(name);
        rule(&damaged(which.get(&inputs).1.clone(), &damages));
    }
}
