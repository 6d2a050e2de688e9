//! The whole way of a script: import, tag, find, info, export; every row held against the texts with nothing but counting.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use hashiya::model::{Coder, Stamps};
use hashiya::store::{self, OpenMode, Progress, SystemStamps};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::user::{User, seeds, texts, tree};

/// The texts of a project by the ids of their documents, read from its folder as a script would.
fn documents(user: &User, project: &str) -> Vec<(String, String)> {
    let info = user.json(&["info", project, "--json"]);
    let documents = info["documents"].as_array().expect("a list").iter();
    documents
        .map(|document| {
            let file = document["file"].as_str().expect("a name");
            let text = fs::read_to_string(user.path(project).join("documents").join(file)).expect("UTF-8");
            assert_eq!(document["chars"], text.chars().count());
            let id = document["id"].as_str().expect("an id").to_owned();
            assert!(file.ends_with(&format!("-{}.txt", &id[id.len() - 8..])), "{file}");
            (id, text)
        })
        .collect()
}

fn number(row: &Value, name: &str) -> usize {
    usize::try_from(row[name].as_u64().expect("a number")).expect("small")
}

fn string<'v>(row: &'v Value, name: &str) -> &'v str {
    row[name].as_str().expect("a string")
}

/// Every equation of the contract on one row.
fn check_row(row: &Value, text: &str) {
    let (start, end) = (number(row, "start_byte"), number(row, "end_byte"));
    let quote = string(row, "quote");
    assert_eq!(&text[start..end], quote);
    let points: Vec<char> = text.chars().collect();
    assert_eq!(points[number(row, "start")..number(row, "end")].iter().collect::<String>(), quote);
    let units: Vec<u16> = text.encode_utf16().collect();
    let slice = &units[number(row, "start_utf16")..number(row, "end_utf16")];
    assert_eq!(String::from_utf16(slice).expect("no pair is cut"), quote);
    assert_eq!(text[..start].matches('\n').count() + 1, number(row, "line"));
    let (prefix, suffix) = (string(row, "prefix"), string(row, "suffix"));
    assert!(text[..start].ends_with(prefix) && text[end..].starts_with(suffix));
    assert!(prefix.is_empty() == (start == 0) && suffix.is_empty() == (end == text.len()));
    assert!(prefix.chars().count() <= 32 && suffix.chars().count() <= 32);
    let sha256: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(string(row, "text_sha256"), sha256);
    for time in ["created", "modified"] {
        let time = string(row, time);
        assert!(time.len() == 24 && time.ends_with('Z') && &time[19..20] == ".", "{time}");
    }
}

#[test]
fn documents_are_the_decoded_texts_in_natural_order() {
    let user = User::with_project();
    let found: Vec<String> = documents(&user, "p.hashiya").into_iter().map(|(_, text)| text).collect();
    let files = texts();
    let expected = [
        String::from_utf8(files[0].1.clone()).expect("UTF-8"),
        "سطر أول\n\n\u{1EE00}\u{1EE01} قال \"الكرملين\", نعم\n'-قال".into(),
        "قال الكرملين\n".into(),
        String::new(),
        String::from_utf8(files[4].1.clone()).expect("UTF-8"),
    ];
    assert_eq!(found, expected);
    let info = user.json(&["info", "p.hashiya", "--json"]);
    let titles: Vec<&str> = info["documents"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|document| string(document, "title"))
        .collect();
    assert_eq!(titles[..4], ["=عنوان فيه 😀 وعَلَمٌ 🇪🇬", "سطر أول", "قال الكرملين", "4 empty.txt"]);
    assert_eq!(info["documents"][2]["encoding"], "windows-1256");
    let printed = user.done(&["info", "p.hashiya", "--json"]);
    let keys = [
        "{\"id\":",
        ",\"title\":",
        ",\"documents\":[{\"id\":",
        ",\"tags\":",
        "],\"annotations\":",
        ",\"coders\":[",
    ];
    assert!(keys.map(|key| printed.find(key)).is_sorted() && printed.contains(keys[5]), "{printed}");
    assert_eq!((&info["annotations"], &info["tags"]), (&0.into(), &Value::Array(Vec::new())));
}

#[test]
fn find_gives_every_hit_once_in_order() {
    let user = User::with_project();
    let documents = documents(&user, "p.hashiya");
    for query in ["الكرملين", "قال", "ا", "\"", "\n", "😀"] {
        let found = user.json(&["find", "p.hashiya", query, "--json", "--fold", "none"]);
        let mut expected = Vec::new();
        for (id, text) in &documents {
            for (start, hit) in text.match_indices(query) {
                let tail = text[start + hit.len()..].chars().next();
                let marked = tail.is_some_and(|c| ('\u{64b}'..='\u{65f}').contains(&c));
                if !marked {
                    let end = start + hit.len();
                    expected
                        .push(serde_json::json!({ "document": id, "start_byte": start, "end_byte": end }));
                }
            }
        }
        let hits = found["hits"].as_array().expect("a list").clone();
        let unmarked: Vec<Value> = hits.into_iter().filter(|hit| expected.contains(hit)).collect();
        assert_eq!(unmarked, expected, "{query:?}");
    }
    assert_eq!(user.done(&["find", "p.hashiya", "لا يوجد هذا", "--json"]), "{\"hits\":[]}\n");
    let listing = user.done(&["find", "p.hashiya", "الكرملين"]);
    assert!(listing.contains("قال الكرملين:1: قال [الكرملين]"), "{listing}");
    assert!(listing.lines().all(|line| !line.contains(['\r', '\u{2028}'])));
}

#[test]
fn what_was_tagged_is_exported_exactly_in_every_format() {
    let user = User::with_project();
    let documents = documents(&user, "p.hashiya");
    let texts: HashMap<&str, &str> =
        documents.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    let hits =
        user.json(&["find", "p.hashiya", "الكرملين", "--json"])["hits"].as_array().expect("a list").len();
    assert!(hits > 2);
    let said = user.done(&["tag", "p.hashiya", "الكرملين", "=سلطة", "--coder", "ليلى"]);
    assert_eq!(said, format!("{hits} hits, {hits} annotations made with the tag «=سلطة»\n"));
    user.done(&["tag", "p.hashiya", "قال", "قول, \"ذكر\"", "--coder", "عمر"]);
    user.done(&["tag", "p.hashiya", "قال الكرملين", "قول, \"ذكر\"", "--coder", "عمر"]);
    user.done(&["tag", "p.hashiya", "😀", "=سلطة"]);
    user.done(&["tag", "p.hashiya", "👨‍👩‍👧", "=سلطة"]);
    user.done(&["tag", "p.hashiya", "'-قال", "قول, \"ذكر\""]);
    user.done(&["check", "p.hashiya"]);

    let info = user.json(&["info", "p.hashiya", "--json"]);
    let user_name = store::default_coder();
    assert_eq!(sorted(info["coders"].clone()), sorted(serde_json::json!(["ليلى", "عمر", user_name.name()])));
    assert_eq!(info["tags"][0]["name"], "=سلطة");
    assert_eq!(number(&info["tags"][0], "count"), hits + 2);

    let losses = user.verified(&["export", "p.hashiya", "--format", "jsonl", "--out", "a.jsonl", "--verify"]);
    assert_eq!(losses.lines().count(), 1, "only the codebook's details: {losses}");
    let jsonl = fs::read_to_string(user.path("a.jsonl")).expect("UTF-8");
    let rows: Vec<Value> = jsonl.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(info["annotations"], rows.len());
    let order: Vec<&str> = documents.iter().map(|(id, _)| id.as_str()).collect();
    let mut keys = Vec::new();
    for row in &rows {
        check_row(row, texts[string(row, "document")]);
        let place = order.iter().position(|id| *id == string(row, "document"));
        keys.push((place, number(row, "start"), number(row, "end"), string(row, "id")));
    }
    assert!(keys.is_sorted(), "rows stand in the order of the register and the text");

    let csv = export_csv(&user, &[]);
    same_rows(&rows, &csv);
    user.verified(&["export", "p.hashiya", "--format", "ron", "--out", "a.ron", "--verify"]);
    let ron = fs::read_to_string(user.path("a.ron")).expect("UTF-8");
    assert_eq!(ron.lines().count(), rows.len() + 2, "one row a line between the brackets");
    let read: Vec<RonRow> = ron::from_str(&ron).expect("RON");
    for (row, ron) in rows.iter().zip(&read) {
        assert_eq!((string(row, "id"), string(row, "quote")), (ron.id.as_str(), ron.quote.as_str()));
        assert_eq!((number(row, "start"), row["tags"].clone()), (ron.start, ron.tags.clone().into()));
        assert_eq!(
            (string(row, "coder"), string(row, "created")),
            (ron.coder.as_str(), ron.created.as_str())
        );
    }

    for format in ["ron", "jsonl", "csv"] {
        let (one, other) = (format!("a.{format}"), format!("b.{format}"));
        user.done(&["export", "p.hashiya", "--format", format, "--out", &other]);
        assert_eq!(fs::read(user.path(&one)).ok(), fs::read(user.path(&other)).ok(), "{format} twice");
    }
}

fn sorted(values: Value) -> Value {
    let mut values = values.as_array().cloned().unwrap_or_default();
    values.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
    values.into()
}

/// A row as somebody else's program would declare it.
#[derive(Deserialize)]
struct RonRow {
    id: String,
    start: usize,
    quote: String,
    tags: Vec<String>,
    coder: String,
    created: String,
}

/// Exports as CSV to `a.csv` and reads it with the csv crate.
fn export_csv(user: &User, flags: &[&str]) -> Vec<BTreeMap<String, String>> {
    let arguments =
        [&["export", "p.hashiya", "--format", "csv", "--out", "a.csv", "--verify"], flags].concat();
    user.verified(&arguments);
    let bytes = fs::read(user.path("a.csv")).expect("written");
    assert_eq!(bytes.starts_with(&[0xEF, 0xBB, 0xBF]), flags.contains(&"--bom"));
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    reader.deserialize().collect::<Result<_, _>>().expect("RFC 4180")
}

/// CSV cells are the JSON values: lists as JSON, everything else as text, with the apostrophe that defuses them taken off.
fn same_rows(rows: &[Value], csv: &[BTreeMap<String, String>]) {
    assert_eq!(rows.len(), csv.len());
    let mut defused = 0;
    for (row, cells) in rows.iter().zip(csv) {
        for (name, cell) in cells {
            let wanted = match &row[name] {
                Value::String(text) => text.clone(),
                Value::Null => String::new(),
                other => other.to_string(),
            };
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{name}: {cell}");
            let dangerous = wanted.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r']);
            defused += usize::from(dangerous);
            let expected = if dangerous { format!("'{wanted}") } else { wanted };
            assert_eq!(*cell, expected, "{name}");
        }
    }
    assert!(defused > 2, "the texts hold what a spreadsheet would run");
}

#[test]
fn a_byte_order_mark_is_there_on_request_only() {
    let user = User::with_project();
    user.done(&["tag", "p.hashiya", "قال", "قول"]);
    assert_eq!(export_csv(&user, &[]).len(), export_csv(&user, &["--bom"]).len());
}

#[test]
fn tagging_again_marks_nothing_twice_and_other_coders_and_tags_do() {
    let user = User::with_project();
    let count = || user.json(&["info", "p.hashiya", "--json"])["annotations"].as_u64().expect("a number");
    user.done(&["tag", "p.hashiya", "قال", "قول"]);
    let once = count();
    assert!(user.done(&["tag", "p.hashiya", "قال", "قول"]).contains(" 0 annotations made"));
    assert_eq!(count(), once);
    user.done(&["tag", "p.hashiya", "قال", "قول", "--coder", "عمر"]);
    user.done(&["tag", "p.hashiya", "قال", "فعل"]);
    assert_eq!(count(), once * 3);
    assert!(user.done(&["tag", "p.hashiya", "لا يوجد هذا", "غيره"]).starts_with("0 hits"));
    let info = user.json(&["info", "p.hashiya", "--json"]);
    assert_eq!(info["tags"].as_array().map(Vec::len), Some(2), "no hit, no tag");
}

fn open(place: &Path, coder: &str, mode: OpenMode) -> store::Opened {
    store::open(place, &Coder::new(coder), mode, std::sync::Arc::new(|| {}), &Progress::new())
        .expect("a sound project")
}

#[test]
fn tagging_is_one_step_that_can_be_undone() {
    let user = User::with_project();
    user.done(&["tag", "p.hashiya", "قال", "قول", "--coder", "ليلى"]);
    let mut opened = open(&user.path("p.hashiya"), "ليلى", OpenMode::Write);
    assert!(opened.project.annotation_count() > 3);
    let act = opened.history.undo(&mut opened.project).expect("it fits").expect("there is a step");
    assert_eq!((opened.project.annotation_count(), opened.project.codebook().tags().len()), (0, 0));
    assert!(opened.history.done().is_empty());
    opened.session.append(act, SystemStamps.now());
    opened.session.close().expect("closed");
    assert_eq!(user.json(&["info", "p.hashiya", "--json"])["annotations"], 0);
}

#[test]
fn while_a_window_has_the_project_open_verbs_read_and_do_not_write() {
    let user = User::with_project();
    user.done(&["tag", "p.hashiya", "الكرملين", "سلطة", "--coder", "ليلى"]);
    let opened = open(&user.path("p.hashiya"), "ليلى", OpenMode::Write);
    let before = tree(&user.path("p.hashiya"));
    let refused = user.run(&["tag", "p.hashiya", "قال", "قول", "--coder", "ليلى"]);
    assert!(refused.refused(1).contains("p.hashiya"));
    user.done(&["info", "p.hashiya"]);
    user.done(&["check", "p.hashiya"]);
    user.done(&["find", "p.hashiya", "قال"]);
    user.verified(&["export", "p.hashiya", "--format", "csv", "--out", "a.csv", "--verify"]);
    assert!(tree(&user.path("p.hashiya")) == before, "reading wrote into the project");
    user.done(&["tag", "p.hashiya", "قال", "قول", "--coder", "عمر"]);
    opened.session.close().expect("closed");
    user.done(&["tag", "p.hashiya", "قال", "قول", "--coder", "ليلى"]);
}

#[test]
fn a_folder_of_documents_is_its_unnamed_project_and_is_left_alone() {
    let user = User::new();
    for seed in fs::read_dir(seeds()).expect("the seeds are in the tree") {
        let seed = seed.expect("readable");
        user.lay_out(
            "seeds",
            &[(&seed.file_name().to_string_lossy(), fs::read(seed.path()).expect("readable"))],
        );
    }
    let before = tree(&user.path("seeds"));
    assert_eq!(user.json(&["info", "seeds", "--json"])["documents"].as_array().map(Vec::len), Some(5));
    let first = user.json(&["find", "seeds", "بيلاروسيا", "--json"]);
    user.done(&["tag", "seeds", "بيلاروسيا", "دولة"]);
    let second = user.json(&["find", "seeds/../seeds/", "بيلاروسيا", "--json"]);
    assert_eq!(first, second, "the same folder is the same project");
    user.done(&["check", "seeds"]);
    user.verified(&["export", "seeds", "--format", "jsonl", "--out", "a.jsonl", "--verify"]);
    let rows = fs::read_to_string(user.path("a.jsonl")).expect("UTF-8").lines().count();
    assert_eq!(Some(rows), first["hits"].as_array().map(Vec::len));
    assert!(tree(&user.path("seeds")) == before, "something was written beside the user's documents");
    let unnamed: Vec<String> = fs::read_dir(user.home("data/hashiya/unnamed"))
        .expect("the data directory")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(unnamed.len() == 1 && unnamed[0].starts_with("seeds-") && unnamed[0].ends_with(".hashiya"));
}

#[test]
fn files_that_are_no_text_are_named_and_the_rest_is_imported() {
    let user = User::new();
    user.lay_out(
        "mixed",
        &[("a.txt", "نص".into()), ("b.txt", vec![0, 1, 2, 0, 0, 9, 255, 0]), ("c.doc", vec![1])],
    );
    let outcome = user.run(&["new", "q.hashiya", "--from", "mixed"]);
    assert_eq!((outcome.code, outcome.err.lines().count()), (0, 1), "{outcome:?}");
    assert!(outcome.err.contains("b.txt") && outcome.out.contains("1 document"));
    assert_eq!(user.json(&["info", "q.hashiya", "--json"])["title"], "q");
}

#[test]
fn an_encoding_that_is_named_is_not_guessed() {
    let user = User::new();
    user.lay_out("texts", &[("a.txt", vec![0xE3, 0xD1, 0xCD, 0xC8, 0xC7])]);
    user.done(&["new", "q.hashiya", "--from", "texts", "--encoding", "iso-8859-6"]);
    let (_, text) = documents(&user, "q.hashiya").remove(0);
    assert_eq!(text, "كرحبا");
    assert_eq!(user.json(&["info", "q.hashiya", "--json"])["documents"][0]["encoding"], "ISO-8859-6");
}
