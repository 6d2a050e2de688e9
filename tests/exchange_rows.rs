//! The tabular exports, as a program that reads them sees them.

#[path = "exchange/support.rs"]
mod support;

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use hashiya::exchange::{
    self, COLUMNS, ExchangeError, Format, Loss, Lost, Memory, OneFile, Options, Row, Scope,
};
use hashiya::model::{Annotation, AnnotationId, DocumentId, Project, TagId};
use proptest::prelude::*;
use serde_json::Value;
use support::{Mark, format, id, mark, plain, project, text};

const FORMATS: [&str; 3] = ["ron", "jsonl", "csv"];

/// The one file of an export.
fn export(name: &str, project: &Project, scope: &Scope) -> Vec<u8> {
    let (out, _) = support::export(format(name), project, scope);
    out.files.into_values().next().expect("one file")
}

fn verify(name: &str, project: &Project, bytes: impl Into<Vec<u8>>) -> Result<usize, ExchangeError> {
    let losses = [Loss::once(Lost::Codebook), Loss::once(Lost::Relations)];
    exchange::verify(format(name), project, &Scope::Project, &losses, &mut Memory::of("file", bytes))
}

fn utf16(text: &str, start: u32, end: u32) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    String::from_utf16(&units[start as usize..end as usize]).expect("no surrogate pair is cut")
}

/// Everything the contract says of one row, against the text it belongs to.
fn check_row(project: &Project, row: &Row<'_>) {
    let document = project.document(row.document).expect("the row's document");
    let text = document.text.as_str();
    let part = &text[row.start_byte as usize..row.end_byte as usize];
    let in_code_points: String =
        text.chars().skip(row.start as usize).take((row.end - row.start) as usize).collect();
    assert_eq!(in_code_points, part);
    assert_eq!(utf16(text, row.start_utf16, row.end_utf16), part);
    assert_ne!(row.spans.len(), 1);
    if row.spans.is_empty() {
        assert_eq!(row.quote, part);
    } else {
        let parts: Vec<&str> = row.spans.iter().map(|&span| &text[span.range()]).collect();
        assert_eq!(row.quote, parts.join(" "));
    }
    let before = &text[..row.start_byte as usize];
    assert!(before.ends_with(&*row.prefix) && text[row.end_byte as usize..].starts_with(&*row.suffix));
    assert!(row.prefix.chars().count() <= 32 && row.suffix.chars().count() <= 32);
    assert_eq!(row.line as usize, before.matches('\n').count() + 1);
    assert_eq!(row.text_sha256, document.sha256);
    assert_eq!(row.title, document.title);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_row_tells_where_its_quote_stands_and_reads_back(
        texts in proptest::collection::vec(text(), 2..3),
        marks in proptest::collection::vec(mark(), 0..12),
    ) {
        // The fourth tag of a mark is one that the codebook does not have.
        let project = project(&texts, &["=اسم", "a \"b\", c", "ج\nد"], &marks);
        for format in FORMATS {
            let out = export(format, &project, &Scope::Project);
            prop_assert_eq!(&out, &export(format, &project, &Scope::Project));
            let mut read = Vec::new();
            exchange::read_rows(self::format(format), &mut Memory::of("a", out.clone()), &mut |row| {
                check_row(&project, &row);
                read.push((row.document, row.start_byte, row.end_byte, row.id));
                Ok(())
            }).expect("what was written is read");
            let order: Vec<_> = project.annotations().map(|(document, annotation)| {
                let extent = annotation.extent();
                (document.id, extent.start.0, extent.end.0, annotation.id)
            }).collect();
            prop_assert_eq!(read, order);
            let verified = verify(format, &project, out);
            prop_assert_eq!(verified.expect("equal"), project.annotation_count());
        }
    }
}

fn sample() -> Project {
    let texts = ["قال\n=الكرملين 😀 بَّ".to_owned(), "نص آخر\u{2028}هنا".to_owned()];
    let parts = Mark {
        spans: vec![(0, 3), (5, 7)],
        tags: vec![0, 1, 9],
        note: "-ملاحظة".into(),
        attributes: vec![("نوع".into(), "'=1".into())],
        ..plain(0, 0, 0)
    };
    project(&texts, &["سلطة", "@"], &[plain(1, 3, 9), plain(0, 4, 15), parts])
}

#[test]
fn jsonl_is_what_the_contract_says() {
    let project = sample();
    let out = String::from_utf8(export("jsonl", &project, &Scope::Project)).expect("UTF-8");
    assert!(!out.contains('\u{2028}'), "no character but LF ends a line");
    let rows: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows.len(), 3);
    let keys = |row: &Value| row.as_object().expect("an object").keys().cloned().collect::<HashSet<String>>();
    let columns: HashSet<String> = COLUMNS.iter().map(ToString::to_string).collect();
    assert_eq!(keys(&rows[0]), columns);
    assert_eq!(columns.difference(&keys(&rows[1])).collect::<Vec<_>>(), ["spans"]);
    let parts = &rows[0];
    assert_eq!(parts["quote"], "قال ال");
    assert_eq!(parts["spans"], serde_json::json!([[0, 6], [8, 12]]));
    assert_eq!(parts["attributes"], serde_json::json!([["نوع", "'=1"]]));
    assert_eq!(parts["tags"], serde_json::json!(["سلطة", "@", TagId::from_bytes(id(9)).to_string()]));
    assert_eq!(parts["created"], "2023-09-22T12:04:05.007Z");
    assert_eq!((&parts["line"], &rows[1]["line"]), (&1.into(), &2.into()));
    let keys_in_order = out.lines().next().expect("a row");
    let places: Vec<usize> =
        COLUMNS.iter().map(|name| keys_in_order.find(&format!("\"{name}\":")).expect("a key")).collect();
    assert!(places.is_sorted(), "the keys stand in the contract's order");
}

#[test]
fn csv_is_a_table_that_no_spreadsheet_runs() {
    let project = sample();
    let out = export("csv", &project, &Scope::Project);
    assert!(out.starts_with(b"id,document,title,") && out.ends_with(b"\r\n"));
    let mut table = csv::Reader::from_reader(out.as_slice());
    assert_eq!(table.headers().expect("a header").iter().collect::<Vec<_>>(), COLUMNS);
    let rows: Vec<csv::StringRecord> = table.records().collect::<Result<_, _>>().expect("rows");
    assert_eq!(rows.len(), 3);
    for cell in rows.iter().flat_map(|row| row.iter()) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
    }
    let cell = |row: usize, name: &str| {
        &rows[row][COLUMNS.iter().position(|column| *column == name).expect("a column")]
    };
    assert_eq!(cell(0, "title"), "'=عنوان 0");
    assert_eq!(cell(0, "note"), "'-ملاحظة");
    assert_eq!(cell(0, "spans"), "[[0,6],[8,12]]");
    assert_eq!(cell(0, "attributes"), "[[\"نوع\",\"'=1\"]]");
    assert_eq!(cell(1, "spans"), "");
    assert_eq!(cell(1, "quote"), "'=الكرملين 😀");
}

#[test]
fn a_byte_order_mark_stands_in_csv_when_asked_for_and_only_then() {
    let project = sample();
    for (format, bom) in FORMATS.into_iter().flat_map(|format| [(format, false), (format, true)]) {
        let mut out = OneFile(Vec::new());
        let options = Options { bom };
        let go_on = |_, _| ControlFlow::Continue(());
        exchange::write(self::format(format), &project, &Scope::Project, options, &mut out, &go_on)
            .expect("written");
        let OneFile(out) = out;
        assert_eq!(out.starts_with("\u{feff}".as_bytes()), bom && format == "csv");
        assert_eq!(verify(format, &project, out).expect("equal"), 3);
    }
}

#[test]
fn a_scope_takes_its_annotations_and_no_others() {
    let project = sample();
    let second = project.documents()[1].id;
    let all: Vec<AnnotationId> = project.annotations().map(|(_, annotation)| annotation.id).collect();
    let ids = |scope: &Scope| {
        let mut ids = Vec::new();
        let out = export("jsonl", &project, scope);
        exchange::read_rows(format("jsonl"), &mut Memory::of("a", out), &mut |row| {
            ids.push(row.id);
            Ok(())
        })
        .expect("read");
        ids
    };
    assert_eq!(ids(&Scope::Project), all);
    assert_eq!(ids(&Scope::Document(second)), all[2..]);
    assert_eq!(ids(&Scope::Annotations([all[2], all[0]].into())), [all[0], all[2]]);
    let nowhere = AnnotationId::from_bytes([9; 16]);
    let missing = Scope::Annotations([nowhere].into());
    assert!(matches!(missing.count(&project), Err(ExchangeError::NoAnnotation(id)) if id == nowhere));
    let missing = Scope::Document(DocumentId::from_bytes([9; 16]));
    assert!(matches!(missing.count(&project), Err(ExchangeError::NoDocument(_))));
}

#[test]
fn verifying_finds_any_value_that_was_changed() {
    let project = sample();
    let out = String::from_utf8(export("jsonl", &project, &Scope::Project)).expect("UTF-8");
    for column in COLUMNS {
        let mut lines: Vec<Value> =
            out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        lines[0][column] = match &lines[0][column] {
            Value::Number(number) => (number.as_u64().expect("no sign") + 1).into(),
            Value::String(_) if column == "id" || column == "document" => id_text(77).into(),
            Value::String(_) if column == "created" || column == "modified" => {
                "2001-01-01T00:00:00.000Z".into()
            }
            Value::String(text) => format!("{text}.").into(),
            _ => serde_json::json!([]),
        };
        let changed: String = lines.iter().map(|line| format!("{line}\n")).collect();
        match verify("jsonl", &project, changed) {
            Err(ExchangeError::Differs { at, field, .. }) => {
                assert_eq!((at.as_str(), field), ("row 1", column));
            }
            other => panic!("{column}: {other:?}"),
        }
    }
    let shorter: String = out.lines().take(2).map(|line| format!("{line}\n")).collect();
    let longer = out.repeat(2);
    for (text, rows) in [(shorter, 2), (longer, 4)] {
        match verify("jsonl", &project, text) {
            Err(ExchangeError::Count { written: 3, read }) => assert_eq!(read, rows),
            other => panic!("{other:?}"),
        }
    }
}

fn id_text(number: usize) -> String {
    AnnotationId::from_bytes(id(number)).to_string()
}

#[test]
fn what_is_not_of_the_format_is_refused_with_its_row() {
    let nothing = |_: Row<'_>| Ok(());
    for (format, text, wanted) in [
        ("jsonl", "{}\n", "row 1"),
        ("jsonl", "no\n", "row 1"),
        ("csv", "id,name\r\n", "the file"),
        ("ron", "[(id: 1)]", "row 1"),
        ("ron", "{}", "row 1"),
    ] {
        match exchange::read_rows(self::format(format), &mut Memory::of("a", text), &mut { nothing }) {
            Err(ExchangeError::Malformed { at, .. }) => assert_eq!(at, wanted, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn an_annotation_that_does_not_quote_its_text_is_not_exported() {
    let mut project = sample();
    let (_, annotation) = project.annotations().next().expect("there is one");
    let mut annotation = Annotation::clone(annotation);
    annotation.quote.exact = "شيء آخر".into();
    project.apply(&hashiya::model::Edit::PutAnnotation(Arc::new(annotation))).expect("the spans fit");
    for format in Format::all() {
        let mut out = Memory::default();
        let go_on = |_, _| ControlFlow::Continue(());
        let outcome =
            exchange::write(format, &project, &Scope::Project, Options::default(), &mut out, &go_on);
        assert!(matches!(outcome, Err(ExchangeError::QuoteDiffers(_))), "{format}");
    }
}

#[test]
fn an_export_reports_its_progress_and_can_be_cancelled() {
    let project = sample();
    for format in Format::all() {
        let seen = std::cell::RefCell::new(Vec::new());
        let note = |done, total| {
            seen.borrow_mut().push((done, total));
            ControlFlow::Continue(())
        };
        let (scope, options) = (Scope::Project, Options::default());
        let losses = exchange::write(format, &project, &scope, options, &mut Memory::default(), &note)
            .expect("written");
        assert_eq!((seen.borrow().first(), seen.borrow().last()), (Some(&(0, 3)), Some(&(3, 3))), "{format}");
        assert!(losses.iter().all(|loss| format.info().loses.contains(&loss.lost)), "{format}: {losses:?}");
        let stop = |_, _| ControlFlow::Break(());
        let outcome = exchange::write(format, &project, &scope, options, &mut Memory::default(), &stop);
        assert!(matches!(outcome, Err(ExchangeError::Cancelled)), "{format}");
    }
}
