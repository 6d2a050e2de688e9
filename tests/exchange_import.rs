//! What comes in from other programs: where it is put, what is told, and what is refused.

#[path = "exchange/support.rs"]
mod support;

use std::sync::Arc;

use hashiya::app::importing::{Case, Choices, ImportError, Plan, Why, plan};
use hashiya::exchange::{
    self, Format, Imported, ImportedAnnotation, ImportedDocument, Lost, Scope, Unit, Units,
};
use hashiya::model::{
    Annotation, Coder, Document, Edit, LineEnds, Project, ProjectId, Source, Span, Timestamp,
};
use proptest::prelude::*;
use support::{Counting, any_project, export, format, id, left_out, plain, project};

fn choices() -> Choices {
    Choices { coder: Coder::new("مستورد"), unit: None }
}

fn planned(project: &Project, imported: Imported) -> Result<Plan, ImportError> {
    plan(project, imported, &choices(), &mut Counting::default())
}

/// The documents of a project, without anything marked in them.
fn unmarked(project: &Project) -> Project {
    let mut empty = Project::new(ProjectId::from_bytes(id(1)), "آخر");
    for (at, document) in project.documents().iter().enumerate() {
        let document = Arc::clone(document);
        empty.apply(&Edit::InsertDocument { at, document, annotations: vec![] }).expect("a new document");
    }
    empty
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_export_comes_in_again_once_and_can_be_undone(project in any_project()) {
        for format in Format::all().filter(|format| format.info().read.is_some()) {
            let (mut out, losses) = export(format, &project, &Scope::Project);
            let read = exchange::read(format, &mut out).expect("our own export");
            let mut other = unmarked(&project);
            let before = other.clone();
            if read.documents.is_empty() && read.tags.is_empty() {
                // Rows of nothing say nothing, and taking them in is no success.
                let taken = planned(&other, read);
                prop_assert!(project.annotation_count() == 0 && matches!(taken, Err(ImportError::Nothing(_))));
                continue;
            }
            let Plan { edit, report } = planned(&other, read.clone()).expect("our own export");
            let whole = left_out(&losses, &project);
            prop_assert_eq!(report.added + whole, project.annotation_count(), "{}: {:?}", format, report.cases);
            let inverse = other.apply(&edit).expect("planned for it");
            // The other project is what the export says: nothing was moved, and nothing is told.
            prop_assert!(report.cases.is_empty(), "{}: {:?}", format, report.cases);
            let told = losses.iter().cloned().chain([exchange::Loss::once(Lost::Codebook)]).collect::<Vec<_>>();
            let coder_told = losses.iter().any(|loss| loss.lost == Lost::Coder);
            let verified = exchange::verify(format, &other, &Scope::Project, &told, &mut out);
            prop_assert!(verified.is_ok(), "{}: {:?}", format, verified);
            for (_, annotation) in other.annotations() {
                prop_assert_eq!(annotation.coder.name() == "مستورد", coder_told);
            }
            // The same again changes nothing.
            let again = planned(&other, read).expect("our own export").report;
            prop_assert!(again.is_empty(), "{}: {:?}", format, again);
            prop_assert_eq!(again.same + whole, project.annotation_count());
            other.apply(&inverse).expect("undoing fits");
            prop_assert_eq!(&other, &before);
        }
    }
}

/// An article with emoji before and between its words.
const ARTICLE: &str = "😀 قال الكرملين إن 👍 الرئيس الروسي وصل إلى سانت بطرسبورغ 😀\nوقال الوزير إن الزيارة قصيرة 🇪🇬\nوعاد الرئيس إلى موسكو";

/// The article with these of its words marked.
fn marked(words: &[&str]) -> Project {
    let text = ARTICLE.to_owned();
    let clusters = |byte: usize| {
        let text = hashiya::model::Text::new(&text[..]);
        (0..byte).filter(|&at| text.is_boundary(at)).count()
    };
    let marks: Vec<_> = words
        .iter()
        .map(|word| {
            let at = text.find(word).expect("a word of the article");
            plain(0, clusters(at), clusters(at + word.len()))
        })
        .collect();
    let project = project(std::slice::from_ref(&text), &["تاغ"], &marks);
    assert_eq!(project.annotation_count(), words.len());
    project
}

const WORDS: [&str; 7] =
    ["الكرملين", "الرئيس الروسي", "سانت بطرسبورغ", "الوزير", "الزيارة", "قصيرة", "موسكو"];

/// What a format gives back of a project, with every position in another unit than the format has.
fn in_unit(project: &Project, format: Format, unit: Unit) -> Imported {
    let (mut out, _) = export(format, project, &Scope::Project);
    let mut imported = exchange::read(format, &mut out).expect("our own export");
    let units = Units::new(project.documents()[0].text.as_str());
    for annotation in &mut imported.documents[0].annotations {
        annotation.id = None;
        for span in &mut annotation.spans {
            let place = units.span(imported.unit, *span).expect("our own");
            let (start, end) = units.positions(unit, place).expect("our own");
            *span = (start.into(), end.into());
        }
    }
    imported
}

fn quotes(project: &Project) -> Vec<String> {
    project.annotations().map(|(_, annotation)| annotation.quote.exact.to_string()).collect()
}

#[test]
fn positions_in_another_unit_are_recognised_and_converted() {
    let original = marked(&WORDS);
    let holds_marks = |format: &Format| !format.info().loses.contains(&Lost::Annotations);
    for format in Format::all().filter(|format| format.info().read.is_some()).filter(holds_marks) {
        for unit in Unit::ALL {
            for with_quotes in [true, false] {
                let mut imported = in_unit(&original, format, unit);
                let declared = imported.unit;
                for annotation in imported.documents[0].annotations.iter_mut().filter(|_| !with_quotes) {
                    annotation.quote = None;
                }
                let mut other = unmarked(&original);
                let Plan { edit, report } = planned(&other, imported)
                    .unwrap_or_else(|why| panic!("{format} in {unit}, quotes {with_quotes}: {why}"));
                other.apply(&edit).expect("planned for it");
                assert_eq!(quotes(&other), quotes(&original), "{format} in {unit}, quotes {with_quotes}");
                let told = report.cases.iter().any(|case| matches!(case, Case::OtherUnit { .. }));
                assert_eq!(told, unit != declared, "{format} in {unit}: {:?}", report.cases);
            }
        }
    }
}

#[test]
fn what_no_unit_explains_is_refused_and_what_two_explain_is_asked_about() {
    let original = marked(&WORDS);
    let mut imported = in_unit(&original, format("doccano"), Unit::CodePoints);
    for annotation in &mut imported.documents[0].annotations {
        annotation.quote = None;
        annotation.spans[0] = (annotation.spans[0].0 + 100_000, annotation.spans[0].1 + 100_000);
    }
    assert!(matches!(planned(&unmarked(&original), imported), Err(ImportError::NoUnit)));

    // One mark after an emoji, in the middle of a word whichever way it is read.
    let one = |span: (u64, u64)| Imported {
        documents: vec![ImportedDocument {
            name: "0.txt".into(),
            text: Some(ARTICLE.into()),
            annotations: vec![ImportedAnnotation { spans: vec![span], ..Default::default() }],
            ..Default::default()
        }],
        ..Default::default()
    };
    let byte = ARTICLE.find("الكرملين").expect("a word of the article");
    let start = ARTICLE[..byte].chars().count() as u64;
    // «الكرملين» in UTF-16, which in code points is «لكرملين » with a space.
    let imported = one((start + 1, start + 9));
    let undecided = planned(&unmarked(&original), imported.clone());
    assert!(matches!(undecided, Err(ImportError::Ambiguous { other: Unit::Utf16, .. })), "{undecided:?}");
    for (unit, expected) in [(Unit::Utf16, "الكرملين"), (Unit::CodePoints, "لكرملين ")] {
        let said = Choices { unit: Some(unit), ..choices() };
        let mut other = unmarked(&original);
        let plan =
            plan(&other, imported.clone(), &said, &mut Counting::default()).expect("the unit was said");
        other.apply(&plan.edit).expect("planned for it");
        assert_eq!(quotes(&other), [expected]);
    }
}

#[test]
fn positions_in_the_source_file_are_recognised_where_its_lines_ended_otherwise() {
    let original = marked(&WORDS);
    let source = Source { line_ends: LineEnds::CrLf, byte_order_mark: true, ..Source::default() };
    let document = Document { source, ..(*original.documents()[0]).clone() };
    let mut other = Project::new(ProjectId::from_bytes(id(1)), "آخر");
    let document = Arc::new(document);
    other.apply(&Edit::InsertDocument { at: 0, document, annotations: vec![] }).expect("a new document");
    let raw = format!("\u{feff}{}", ARTICLE.replace('\n', "\r\n"));
    let annotations = WORDS.iter().map(|word| {
        let byte = raw.find(word).expect("a word of the article");
        let start = raw[..byte].chars().count() as u64;
        ImportedAnnotation {
            spans: vec![(start, start + word.chars().count() as u64)],
            quote: Some((*word).into()),
            tags: vec!["تاغ".into()],
            ..Default::default()
        }
    });
    let without_text = ImportedDocument {
        name: "0.txt".into(),
        annotations: annotations.collect(),
        ..ImportedDocument::default()
    };
    let with_text = ImportedDocument { text: Some(raw.clone()), ..without_text.clone() };
    for (document, told) in [(without_text, 1), (with_text, 0)] {
        let imported = Imported { documents: vec![document], ..Imported::default() };
        let Plan { edit, report } = planned(&other, imported).expect("they fit");
        assert_eq!(report.cases, [Case::OtherLineEnds][..told]);
        let mut marked = other.clone();
        marked.apply(&edit).expect("planned for it");
        assert_eq!(quotes(&marked), quotes(&original));
    }
}

#[test]
fn marks_that_are_off_are_found_by_their_words_and_each_is_told() {
    let original = marked(&WORDS);
    let mut imported = in_unit(&original, format("brat"), Unit::CodePoints);
    let mut annotations = std::mem::take(&mut imported.documents[0].annotations);
    annotations[2].spans[0].0 += 2;
    annotations[2].spans[0].1 += 2;
    annotations[3].quote = Some("كلمة ليست في النص".into());
    annotations[3].keys = vec!["T4".into()];
    // Parts, each of which stands somewhere else by now.
    annotations[4].spans = vec![(1, 9), (12, 18)];
    annotations[4].quote = Some("الكرملين الروسي".into());
    annotations[5].spans[0].1 = u64::MAX;
    annotations[5].quote = None;
    imported.documents[0].annotations = annotations;
    let mut other = unmarked(&original);
    let Plan { edit, report } = planned(&other, imported).expect("most of it fits");
    other.apply(&edit).expect("planned for it");
    let mut found = quotes(&other);
    found.sort();
    let mut expected = vec!["الكرملين", "الرئيس الروسي", "سانت بطرسبورغ", "الكرملين الروسي", "موسكو"];
    expected.sort_unstable();
    assert_eq!(found, expected);
    let kinds: Vec<String> = report
        .cases
        .iter()
        .map(|case| match case {
            Case::Moved { quote, .. } => format!("moved {quote}"),
            Case::LeftOut { name, why, .. } => format!("{name} {why:?}"),
            other => panic!("{other:?}"),
        })
        .collect();
    let no_place = format!("0.txt T6 {:?}", Why::NoPlace);
    let wanted = ["moved سانت بطرسبورغ", "0.txt T4 NotFound", "moved الكرملين الروسي", &no_place];
    assert_eq!(kinds, wanted);
}

#[test]
fn a_document_of_the_same_name_with_another_text_gets_the_marks_whose_words_it_has() {
    let original = marked(&WORDS);
    let imported = in_unit(&original, format("brat"), Unit::CodePoints);
    let newer = format!("مقدمة جديدة\n{}", ARTICLE.replace("قصيرة", "طويلة"));
    let mut other = unmarked(&project(&[newer], &[], &[]));
    let Plan { edit, report } = planned(&other, imported).expect("most of it fits");
    other.apply(&edit).expect("planned for it");
    assert!(matches!(report.cases[0], Case::OtherText { .. }));
    let moved = report.cases.iter().filter(|case| matches!(case, Case::Moved { .. })).count();
    let found = quotes(&other);
    assert_eq!(moved, found.len());
    for word in WORDS.iter().filter(|word| **word != "قصيرة") {
        assert!(found.iter().any(|quote| quote == word), "{word} in {found:?}");
    }
}

#[test]
fn relations_in_a_circle_are_refused_with_their_names() {
    let original = marked(&WORDS);
    let mut imported = in_unit(&original, format("brat"), Unit::CodePoints);
    let annotations = &mut imported.documents[0].annotations;
    for (from, to) in [(0, "T2"), (1, "T3"), (2, "T1"), (3, "T1")] {
        annotations[from].relations = Some(vec![("سبب".into(), to.into())]);
    }
    let refused = planned(&unmarked(&original), imported.clone()).expect_err("it goes round");
    assert!(
        matches!(&refused, ImportError::Circle { names, .. } if *names == ["T1", "T2", "T3"]),
        "{refused}"
    );

    // The last of them is in the project already.
    let mut other = unmarked(&original);
    let last = imported.documents[0].annotations[2].relations.take();
    let first = planned(&other, imported.clone()).expect("no circle yet");
    other.apply(&first.edit).expect("planned for it");
    imported.documents[0].annotations[2].relations = last;
    let ids: Vec<_> = other.annotations().map(|(_, annotation)| annotation.id).collect();
    imported.documents[0].annotations = vec![ImportedAnnotation {
        id: Some(ids[2]),
        relations: Some(vec![("سبب".into(), ids[0].to_string())]),
        ..imported.documents[0].annotations[2].clone()
    }];
    assert!(matches!(planned(&other, imported), Err(ImportError::Circle { .. })));
}

#[test]
fn what_was_changed_elsewhere_changes_here_and_what_was_changed_here_later_stays() {
    let original = marked(&WORDS);
    let (mut out, _) = export(format("brat"), &original, &Scope::Project);
    let mut imported = exchange::read(format("brat"), &mut out).expect("our own export");
    imported.documents[0].annotations[0].note = Some("ملاحظة من هناك".into());
    imported.documents[0].annotations[1].tags = vec!["جديد".into()];
    let mut here = original.clone();
    let (_, third) = here.annotations().nth(2).expect("there are seven");
    let newer = Annotation {
        note: "ملاحظة من هنا".into(),
        modified: Timestamp::from_milliseconds(third.modified.milliseconds() + 1),
        ..(**third).clone()
    };
    here.apply(&Edit::PutAnnotation(Arc::new(newer))).expect("it fits");
    let Plan { edit, report } = planned(&here, imported).expect("our own export");
    assert_eq!((report.added, report.changed, report.same, report.tags.len()), (0, 2, 4, 1));
    assert!(
        matches!(report.cases.as_slice(), [Case::Newer { name, .. }] if name == "0.txt T3"),
        "{:?}",
        report.cases
    );
    here.apply(&edit).expect("planned for it");
    let annotations: Vec<_> = here.annotations().map(|(_, annotation)| annotation.clone()).collect();
    assert_eq!(annotations[0].note, "ملاحظة من هناك");
    assert!(annotations[0].modified > original.annotations().next().expect("there").1.modified);
    let tag = here.codebook().named("جديد").expect("made by the import").id;
    assert_eq!(annotations[1].tags, [tag]);
    assert_eq!(annotations[2].note, "ملاحظة من هنا");
}

#[test]
fn documents_come_in_with_their_texts_and_are_missed_without() {
    let original = marked(&WORDS);
    let empty = Project::new(ProjectId::from_bytes(id(1)), "جديد");
    for (name, has_text) in [("brat", true), ("stam", true), ("doccano", true), ("web-annotation", false)] {
        let (mut out, _) = export(format(name), &original, &Scope::Project);
        let imported = exchange::read(format(name), &mut out).expect("our own export");
        let planned = planned(&empty, imported);
        if !has_text {
            assert!(matches!(planned, Err(ImportError::NoDocuments(_))), "{name}");
            continue;
        }
        let Plan { edit, report } = planned.expect(name);
        let mut made = empty.clone();
        made.apply(&edit).expect("planned for it");
        assert_eq!((report.documents, report.added), (1, WORDS.len()), "{name}");
        assert_eq!(quotes(&made), quotes(&original), "{name}");
        assert_eq!(made.documents()[0].sha256, original.documents()[0].sha256);
    }
}

#[test]
fn a_mark_that_cuts_a_cluster_is_widened_and_told() {
    let original = marked(&[]);
    let flag = ARTICLE.chars().position(|c| c == '\u{1f1ea}').expect("the flag") as u64;
    let mark = |start, end| ImportedAnnotation { spans: vec![(start, end)], ..Default::default() };
    // Twenty that fit, so that the unit is beyond doubt.
    let start = ARTICLE.chars().take_while(|c| *c != '\n').count() as u64 + 1;
    let mut annotations = vec![mark(start, start + 4); 20];
    annotations.push(mark(flag, flag + 1));
    let document = ImportedDocument {
        name: "0.txt".into(),
        text: Some(ARTICLE.into()),
        annotations,
        ..Default::default()
    };
    let imported = Imported { documents: vec![document], ..Imported::default() };
    let mut other = unmarked(&original);
    let Plan { edit, report } = planned(&other, imported).expect("it fits");
    other.apply(&edit).expect("planned for it");
    assert!(
        matches!(report.cases.as_slice(), [Case::Widened { quote, .. }] if quote == "🇪🇬"),
        "{:?}",
        report.cases
    );
    let spans: Vec<Span> = other.annotations().map(|(_, annotation)| annotation.spans[0]).collect();
    assert_eq!(spans.len(), 21);
}
