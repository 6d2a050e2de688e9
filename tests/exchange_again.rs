//! What went out and comes back, edited in another program or not; and what a second coder made elsewhere.

#[path = "exchange/support.rs"]
mod support;

use hashiya::app::importing::{Case, Choices, Plan, plan};
use hashiya::exchange::{self, Format, Imported, ImportedAnnotation, ImportedDocument, Memory, Scope, Unit};
use hashiya::model::{Coder, Project};
use proptest::prelude::*;
use support::{Counting, any_project, export, format, project};

const TEXT: &str = "😀 ذهب محمد إلى القاهرة.\nثم عاد أحمد إلى دمشق.\n";

fn take_in(project: &mut Project, imported: Imported, coder: &str, stamps: &mut Counting) -> Plan {
    let choices = Choices { coder: Coder::new(coder), unit: None };
    let plan = plan(project, imported, &choices, stamps).expect("it fits");
    project.apply(&plan.edit).expect("planned for it");
    plan
}

fn mark(word: &str, tag: &str, note: &str) -> ImportedAnnotation {
    let start = TEXT[..TEXT.find(word).expect("a word of the text")].chars().count() as u64;
    ImportedAnnotation {
        keys: vec![word.to_owned()],
        spans: vec![(start, start + word.chars().count() as u64)],
        tags: vec![tag.to_owned()],
        note: Some(note.to_owned()),
        ..ImportedAnnotation::default()
    }
}

fn file(text: &str, annotations: Vec<ImportedAnnotation>) -> Imported {
    let document = ImportedDocument {
        name: "elsewhere".into(),
        text: Some(text.to_owned()),
        annotations,
        ..ImportedDocument::default()
    };
    Imported { unit: Unit::CodePoints, documents: vec![document], ..Imported::default() }
}

fn counts(plan: &Plan) -> (usize, usize, usize) {
    (plan.report.added, plan.report.changed, plan.report.same)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// An export that nobody touched says nothing new, whatever its format has no place for.
    #[test]
    fn an_export_put_back_changes_nothing(project in any_project()) {
        for format in Format::all().filter(|format| format.info().read.is_some()) {
            let (mut out, _) = export(format, &project, &Scope::Project);
            if project.documents().is_empty() {
                continue;
            }
            let imported = exchange::read(format, &mut out).expect("our own export");
            if imported.documents.iter().all(|document| document.annotations.is_empty()) {
                continue;
            }
            let choices = Choices { coder: Coder::new("مستورد"), unit: None };
            let plan = plan(&project, imported, &choices, &mut Counting::default());
            let Plan { report, .. } = plan.unwrap_or_else(|why| panic!("{format}: {why}"));
            prop_assert_eq!((report.added, report.changed, report.documents), (0, 0, 0), "{}: {:?}", format, report);
        }
    }
}

#[test]
fn what_a_second_coder_marked_alike_is_a_mark_of_their_own() {
    let mut here = project(&[TEXT.to_owned()], &[], &[]);
    let mut stamps = Counting::default();
    let marks = || file(TEXT, vec![mark("محمد", "PER", ""), mark("دمشق", "LOC", "")]);
    assert_eq!(counts(&take_in(&mut here, marks(), "ليلى", &mut stamps)), (2, 0, 0));
    assert_eq!(counts(&take_in(&mut here, marks(), "عمر", &mut stamps)), (2, 0, 0));
    // And each of them once.
    assert_eq!(counts(&take_in(&mut here, marks(), "ليلى", &mut stamps)), (0, 0, 2));
    assert_eq!(counts(&take_in(&mut here, marks(), "عمر", &mut stamps)), (0, 0, 2));
}

#[test]
fn a_mark_without_an_id_whose_note_was_changed_is_the_same_mark() {
    let mut here = project(&[TEXT.to_owned()], &[], &[]);
    let mut stamps = Counting::default();
    take_in(&mut here, file(TEXT, vec![mark("محمد", "PER", "من؟")]), "ليلى", &mut stamps);
    let edited = file(TEXT, vec![mark("محمد", "PER", "محمد بن سالم"), mark("محمد", "NAME", "")]);
    assert_eq!(counts(&take_in(&mut here, edited, "ليلى", &mut stamps)), (1, 1, 0));
    let notes: Vec<_> = here.annotations().map(|(_, annotation)| annotation.note.clone()).collect();
    assert!(notes.contains(&"محمد بن سالم".into()) && !notes.contains(&"من؟".into()), "{notes:?}");
}

#[test]
fn a_label_that_was_changed_in_doccano_changes_its_mark_and_a_label_that_is_gone_is_told() {
    let mut here = project(&[TEXT.to_owned()], &[], &[]);
    let mut stamps = Counting::default();
    let marks = vec![mark("محمد", "PER", ""), mark("القاهرة", "LOC", ""), mark("دمشق", "LOC", "")];
    take_in(&mut here, file(TEXT, marks), "ليلى", &mut stamps);
    let (out, _) = export(format("doccano"), &here, &Scope::Project);
    let line = String::from_utf8(out.files["doccano.jsonl"].clone()).expect("UTF-8");
    let at = |word: &str| TEXT[..TEXT.find(word).expect("a word")].chars().count();
    let label =
        |word: &str, tag: &str| format!("[{},{},\"{tag}\"]", at(word), at(word) + word.chars().count());
    let edited = line.replacen(&label("محمد", "PER"), &label("محمد", "MAN"), 1);
    let edited = edited.replacen(&format!(",{}", label("دمشق", "LOC")), "", 1);
    assert_eq!(edited.len(), line.len() - label("دمشق", "LOC").len() - 1, "{line}");
    let imported = exchange::read(format("doccano"), &mut Memory::of("d.jsonl", edited)).expect("sound");
    let plan = take_in(&mut here, imported, "ليلى", &mut stamps);
    assert_eq!(counts(&plan), (0, 1, 1));
    assert_eq!(plan.report.tags, ["MAN"]);
    assert_eq!(plan.report.cases, [Case::Absent { count: 1 }]);
    assert_eq!(here.annotation_count(), 3);
}

#[test]
fn a_text_that_lost_the_line_end_at_its_end_is_the_same_document() {
    let mut here = project(&[TEXT.to_owned()], &[], &[]);
    let mut stamps = Counting::default();
    let plan = take_in(&mut here, file(TEXT.trim_end(), vec![mark("دمشق", "LOC", "")]), "ليلى", &mut stamps);
    assert_eq!((counts(&plan), plan.report.documents), ((1, 0, 0), 0));
    assert_eq!(plan.report.cases, []);
    // As does one that has more of it.
    let longer = format!("{TEXT}\n\n");
    let plan = take_in(&mut here, file(&longer, vec![mark("محمد", "PER", "")]), "ليلى", &mut stamps);
    assert_eq!((counts(&plan), plan.report.documents, here.documents().len()), ((1, 0, 0), 0, 1));
}

#[test]
fn a_code_that_was_renamed_elsewhere_is_told_and_stays() {
    let mut here = project(&[TEXT.to_owned()], &["قول"], &[]);
    let (out, _) = export(format("refi-codebook"), &here, &Scope::Project);
    let (name, content) = out.files.iter().next().expect("a file");
    let content = String::from_utf8(content.clone()).expect("UTF-8").replace("قول", "كلام");
    let imported = exchange::read(format("refi-codebook"), &mut Memory::of(name, content)).expect("sound");
    let plan = take_in(&mut here, imported, "ليلى", &mut Counting::default());
    let [Case::OtherTag { tag, called }] = plan.report.cases.as_slice() else { panic!("{:?}", plan.report) };
    assert!(tag.contains("قول") && called.contains("كلام"), "{tag} {called}");
    assert!(here.codebook().tags()[0].name.contains("قول"));
}
