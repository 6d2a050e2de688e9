//! Properties of edits: whatever was done can be undone, in memory and byte for byte on the disk, and what is derived stays true.

#[path = "store/support.rs"]
mod support;

use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::Arc;
use unicode_segmentation::UnicodeSegmentation;

use hashiya::model::{
    Annotation, AnnotationId, ByteOffset, Coder, DocumentId, Edit, EditError, History, Project, Span, Stamps,
    TagId,
};
use hashiya::store::{Fault, OpenMode, Opened};
use support::{CountingStamps, Desk, annotation, copy, journalled, save, step, substance, tag};

/// Texts with everything that makes boundaries hard: marks, joined emoji, flags, CR kept inside, no-break spaces, other scripts.
const TEXTS: [&str; 4] = [
    "قال المتحدِّث: «إنَّ بيلاروسيا» — Minsk 2023، 👨‍👩‍👧 🇪🇬🇸🇦\nسطر ثانٍ\u{a0}هنا",
    "e\u{301}\u{323}شَدَّة\nab",
    "",
    "ـــ١٢٣\u{200f}\u{1}لا إله",
];

/// One thing a reader, or a mistaken program, might do. Numbers choose among what is there.
#[derive(Clone, Debug)]
enum Doing {
    Mark { document: usize, at: (usize, usize), then: Option<(usize, usize)>, tags: Vec<usize>, other: bool },
    MarkRaw { document: usize, at: (usize, usize) },
    Change { document: usize, annotation: usize, note: String, tags: Vec<usize> },
    Unmark { document: usize, annotation: usize },
    UnmarkNothing { document: usize },
    PutTag { at: usize, name: usize, parent: Option<usize> },
    ChangeTag { tag: usize, at: usize, name: usize, parent: Option<usize> },
    RemoveTag { tag: usize },
    RemoveNoTag,
    AddDocument { at: usize, text: usize, marks: Vec<(usize, usize)> },
    AddAgain { document: usize },
    RemoveDocument { document: usize },
    Replace { document: usize, text: usize, marks: Vec<(usize, usize)> },
    SetTitle(String),
    Batch(Vec<Doing>),
    Undo,
    Redo,
}

fn place() -> impl Strategy<Value = (usize, usize)> {
    (0..110_usize, 0..40_usize)
}

fn simple() -> impl Strategy<Value = Doing> {
    let pick = 0..8_usize;
    let tags = vec(0..6_usize, 0..3);
    prop_oneof![
        8 => (pick.clone(), place(), proptest::option::of(place()), tags.clone(), any::<bool>())
            .prop_map(|(document, at, then, tags, other)| Doing::Mark { document, at, then, tags, other }),
        1 => (pick.clone(), place()).prop_map(|(document, at)| Doing::MarkRaw { document, at }),
        3 => (pick.clone(), pick.clone(), "[ا-ي \n\"\\\\']{0,5}", tags)
            .prop_map(|(document, annotation, note, tags)| Doing::Change { document, annotation, note, tags }),
        3 => (pick.clone(), pick.clone()).prop_map(|(document, annotation)| Doing::Unmark { document, annotation }),
        1 => pick.clone().prop_map(|document| Doing::UnmarkNothing { document }),
        3 => (pick.clone(), 0..5_usize, proptest::option::of(0..6_usize))
            .prop_map(|(at, name, parent)| Doing::PutTag { at, name, parent }),
        2 => (pick.clone(), pick.clone(), 0..6_usize, proptest::option::of(0..6_usize))
            .prop_map(|(tag, at, name, parent)| Doing::ChangeTag { tag, at, name, parent }),
        1 => pick.clone().prop_map(|tag| Doing::RemoveTag { tag }),
        1 => Just(Doing::RemoveNoTag),
        1 => (pick.clone(), 0..4_usize, vec(place(), 0..3))
            .prop_map(|(at, text, marks)| Doing::AddDocument { at, text, marks }),
        1 => pick.clone().prop_map(|document| Doing::AddAgain { document }),
        1 => pick.clone().prop_map(|document| Doing::RemoveDocument { document }),
        1 => (pick, 0..4_usize, vec(place(), 0..3))
            .prop_map(|(document, text, marks)| Doing::Replace { document, text, marks }),
        1 => "[ا-ي ]{0,6}".prop_map(Doing::SetTitle),
    ]
}

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![
        12 => simple(),
        2 => vec(simple(), 0..5).prop_map(Doing::Batch),
        1 => vec(prop_oneof![simple(), vec(simple(), 0..3).prop_map(Doing::Batch)], 0..4).prop_map(Doing::Batch),
        4 => Just(Doing::Undo),
        2 => Just(Doing::Redo),
    ]
}

/// The edit that a doing means in a project, or `None` where there is nothing to do it to.
fn edit(doing: &Doing, project: &Project, stamps: &mut CountingStamps) -> Option<Edit> {
    let documents = project.documents();
    let document = |at: usize| documents.get(at % documents.len().max(1));
    let marks =
        |document: &hashiya::model::Document, places: &[(usize, usize)], stamps: &mut CountingStamps| {
            let ranges = places.iter().filter(|_| !document.text.is_empty());
            let made =
                ranges.map(|&place| Arc::new(annotation(document, &[inside(&document.text, place)], stamps)));
            made.filter(|annotation| !annotation.spans[0].is_empty()).collect::<Vec<_>>()
        };
    Some(match doing {
        Doing::Mark { document: at, at: place, then, tags, other } => {
            let document = document(*at)?;
            let places: Vec<_> = std::iter::once(*place).chain(*then).collect();
            let mut ranges: Vec<_> = places.iter().map(|&place| inside(&document.text, place)).collect();
            ranges.sort_by_key(|range| range.0);
            let mut annotation = annotation(document, &ranges, stamps);
            annotation.tags = tags.iter().map(|&tag| tag_id(project, tag)).collect();
            if *other {
                annotation.coder = Coder::new("قارئ/آخر");
            }
            Edit::PutAnnotation(Arc::new(annotation))
        }
        Doing::MarkRaw { document: at, at: (start, length) } => {
            let document = document(*at)?;
            let mut annotation = annotation(document, &[], stamps);
            annotation.spans = vec![Span::new(*start..start + length)];
            Edit::PutAnnotation(Arc::new(annotation))
        }
        Doing::Change { document: at, annotation, note, tags } => {
            let mut annotation = Annotation::clone(nth(project, *at, *annotation)?);
            annotation.note = note.clone();
            annotation.tags = tags.iter().map(|&tag| tag_id(project, tag)).collect();
            annotation.modified = stamps.now();
            Edit::PutAnnotation(Arc::new(annotation))
        }
        Doing::Unmark { document: at, annotation } => {
            let annotation = nth(project, *at, *annotation)?;
            Edit::RemoveAnnotation { document: annotation.document, id: annotation.id }
        }
        Doing::UnmarkNothing { document: at } => {
            Edit::RemoveAnnotation { document: document(*at)?.id, id: AnnotationId::from_bytes([9; 16]) }
        }
        Doing::PutTag { at, name, parent } => {
            let mut tag = tag(["حدث", "شخص", "مكان", "رأي", " "][*name], stamps);
            tag.parent = parent.map(|parent| tag_id(project, parent));
            Edit::PutTag { at: *at, tag }
        }
        Doing::ChangeTag { tag, at, name, parent } => {
            let tags = project.codebook().tags();
            let mut tag = tags.get(tag % tags.len().max(1))?.clone();
            tag.name = format!("وسم {name}");
            tag.parent = parent.map(|parent| tag_id(project, parent));
            tag.shortcut = Some(['1', '\'', '"', '\\', '\n', 'َ'][*name]);
            Edit::PutTag { at: *at, tag }
        }
        Doing::RemoveTag { tag } => Edit::RemoveTag(tag_id(project, *tag)),
        Doing::RemoveNoTag => Edit::RemoveTag(TagId::from_bytes([9; 16])),
        Doing::AddDocument { at, text, marks: places } => {
            let document = new_document(TEXTS[*text], stamps);
            let annotations = marks(&document, places, stamps);
            Edit::InsertDocument { at: *at, document: Arc::new(document), annotations }
        }
        Doing::AddAgain { document: at } => {
            Edit::InsertDocument { at: 0, document: Arc::clone(document(*at)?), annotations: vec![] }
        }
        Doing::RemoveDocument { document: at } => Edit::RemoveDocument(document(*at)?.id),
        Doing::Replace { document: at, text, marks: places } => {
            let old = document(*at)?;
            let mut new = new_document(TEXTS[*text], stamps);
            (new.id, new.file) = (old.id, old.file.clone());
            let annotations = marks(&new, places, stamps);
            Edit::ReplaceDocument { document: Arc::new(new), annotations }
        }
        Doing::SetTitle(title) => Edit::SetTitle(title.clone()),
        Doing::Batch(doings) => {
            Edit::Batch(doings.iter().filter_map(|doing| edit(doing, project, stamps)).collect())
        }
        Doing::Undo | Doing::Redo => return None,
    })
}

fn new_document(text: &str, stamps: &mut CountingStamps) -> hashiya::model::Document {
    hashiya::store::document_from_bytes(text.as_bytes(), "مجلد/نص جديد.txt", Some("UTF-8"), stamps)
        .expect("text")
}

/// A range that holds something, where the text does.
fn inside(text: &str, (start, length): (usize, usize)) -> (usize, usize) {
    let start = start % text.len().max(1);
    (start, (start + length + 1).min(text.len()))
}

/// A tag of the codebook, or one that is not in it.
fn tag_id(project: &Project, at: usize) -> TagId {
    project.codebook().tags().get(at).map_or(TagId::from_bytes([8; 16]), |tag| tag.id)
}

fn nth(project: &Project, document: usize, at: usize) -> Option<&Arc<Annotation>> {
    let documents = project.documents();
    let table = project.table(documents.get(document % documents.len().max(1))?.id);
    table.nth(at % table.len().max(1))
}

/// Everything derived equals a naive recount, and every span lies on boundaries.
fn hold(project: &Project) -> Result<(), TestCaseError> {
    let all: Vec<&Annotation> = project.annotations().map(|(_, annotation)| annotation.as_ref()).collect();
    prop_assert_eq!(project.annotation_count(), all.len());
    let mut tags: Vec<TagId> = (0..8).map(|at| tag_id(project, at)).collect();
    tags.extend(all.iter().flat_map(|annotation| annotation.tags.iter().copied()));
    for tag in tags {
        let carrying = all.iter().filter(|annotation| annotation.tags.contains(&tag)).count();
        prop_assert_eq!(project.uses(tag), carrying);
    }
    for (at, document) in project.documents().iter().enumerate() {
        prop_assert_eq!(project.position(document.id), Some(at));
        let text = document.text.as_str();
        let cuts: Vec<usize> =
            text.grapheme_indices(true).map(|(at, _)| at).chain(std::iter::once(text.len())).collect();
        let table = project.table(document.id);
        let keys: Vec<_> = table.iter().map(|one| (one.extent().start, one.extent().end, one.id)).collect();
        prop_assert!(keys.is_sorted());
        for (at, annotation) in table.iter().enumerate() {
            prop_assert_eq!(annotation.document, document.id);
            prop_assert_eq!(table.position(annotation.id), Some(at));
            for span in &annotation.spans {
                prop_assert!(cuts.binary_search(&span.range().start).is_ok());
                prop_assert!(cuts.binary_search(&span.range().end).is_ok());
            }
        }
        for start in (0..text.len() as u32).step_by(7) {
            for length in [0, 1, 13, 200] {
                let span = Span { start: ByteOffset(start), end: ByteOffset(start + length) };
                let found: Vec<AnnotationId> = table.overlapping(span).map(|one| one.id).collect();
                let naive = table.iter().filter(|one| one.extent().overlaps(span)).map(|one| one.id);
                prop_assert_eq!(found, naive.collect::<Vec<_>>());
            }
        }
    }
    prop_assert_eq!(project.table(DocumentId::from_bytes([9; 16])).len(), 0);
    Ok(())
}

proptest! {
    /// Many changes of one table are made at once; that is nobody's business.
    #[test]
    fn many_edits_at_once_are_what_they_are_one_by_one(
        doings in vec((0..30_usize, proptest::option::weighted(0.7, place()), 0..3_usize), 60..160),
    ) {
        let mut stamps = CountingStamps::default();
        let document = Arc::new(new_document(TEXTS[0], &mut stamps));
        let mut before = Project::new(stamps.project_id(), "تجربة".to_owned());
        for name in ["شخص", "مكان"] {
            before.apply(&Edit::PutTag { at: 9, tag: tag(name, &mut stamps) }).unwrap();
        }
        before.apply(&Edit::InsertDocument { at: 0, document: Arc::clone(&document), annotations: vec![] }).unwrap();
        let id = |number: usize| AnnotationId::from_bytes([number as u8 + 1; 16]);
        let edits: Vec<Edit> = doings
            .iter()
            .map(|(number, at, tags)| match at {
                Some(at) => Edit::PutAnnotation(Arc::new(Annotation {
                    id: id(*number),
                    tags: (0..*tags).map(|at| tag_id(&before, at)).collect(),
                    ..annotation(&document, &[inside(&document.text, *at)], &mut stamps)
                })),
                None => Edit::RemoveAnnotation { document: document.id, id: id(*number) },
            })
            .collect();
        let one_by_one = |edits: &[Edit]| {
            let mut project = before.clone();
            let inverses: Result<Vec<Edit>, EditError> = edits.iter().map(|edit| project.apply(edit)).collect();
            inverses.map(|inverses| (project, inverses))
        };
        // What is refused is left out in a second round, in which nothing is.
        let mut sound: Vec<Edit> = Vec::new();
        let mut tried = before.clone();
        for edit in &edits {
            if tried.apply(edit).is_ok() {
                sound.push(edit.clone());
            }
        }
        for edits in [edits, sound] {
            let mut project = before.clone();
            match (project.apply(&Edit::Batch(edits.clone())), one_by_one(&edits)) {
                (Ok(inverse), Ok((expected, mut inverses))) => {
                    prop_assert_eq!(&project, &expected);
                    hold(&project)?;
                    inverses.reverse();
                    prop_assert_eq!(&inverse, &Edit::Batch(inverses));
                    prop_assert_eq!(project.apply(&inverse), Ok(Edit::Batch(edits)));
                    prop_assert_eq!(&project, &before);
                    hold(&project)?;
                }
                (Err(one), Err(other)) => {
                    prop_assert_eq!(one, other);
                    prop_assert_eq!(&project, &before);
                }
                (one, other) => prop_assert!(false, "{:?} and {:?}", one, other.map(|(_, inverses)| inverses)),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_edits_undone_are_the_start_and_done_again_the_end(doings in vec(doing(), 1..40)) {
        let mut desk = Desk::new();
        let mut project = desk.project(&TEXTS);
        let (start, mut history) = (project.clone(), History::default());
        for doing in &doings {
            let before = (project.clone(), history.clone());
            let refused = match doing {
                Doing::Undo => history.undo(&mut project).expect("undo fits").is_none(),
                Doing::Redo => history.redo(&mut project).expect("redo fits").is_none(),
                other => match edit(other, &project, &mut desk.stamps) {
                    None => true,
                    Some(edit) => history.perform(&mut project, step(edit)).is_err(),
                },
            };
            if refused {
                prop_assert_eq!(&project, &before.0);
                prop_assert_eq!(&history, &before.1);
            }
            hold(&project)?;
        }
        let end = project.clone();
        let mut undone = 0;
        while history.undo(&mut project).expect("undo fits").is_some() {
            hold(&project)?;
            undone += 1;
        }
        prop_assert_eq!(&project, &start);
        for _ in 0..undone {
            prop_assert!(history.redo(&mut project).expect("redo fits").is_some());
        }
        prop_assert_eq!(&project, &end);
    }
}

/// Faults of an opened project. A batch here may mark a text that it has just replaced, with the quote of the old one; that is told too.
fn unfit(opened: &Opened) -> Vec<&Fault> {
    let mut faults = support::fatal(&opened.report.faults);
    faults.retain(|fault| !fault.what.contains("its quote"));
    faults
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn on_the_disk_too_byte_for_byte(doings in vec((doing(), 0..6_u8), 1..16)) {
        let mut desk = Desk::new();
        let mut opened = desk.open_project(&TEXTS);
        let place = opened.session.place();
        let start = (opened.project.clone(), substance(&place));
        for (doing, then) in &doings {
            match doing {
                Doing::Undo => { desk.undo(&mut opened); }
                Doing::Redo => { desk.redo(&mut opened); }
                other => {
                    let edit = edit(other, &opened.project, &mut desk.stamps);
                    let fits = edit.filter(|edit| opened.project.clone().apply(edit).is_ok());
                    if let Some(edit) = fits {
                        desk.perform(&mut opened, edit);
                    }
                }
            }
            if *then == 0 {
                save(&opened);
            }
        }
        // What a crash leaves: the tables of the last save, and the journal since.
        let unsaved = desk.path("crashed.hashiya");
        desk.undo(&mut opened);
        desk.perform(&mut opened, Edit::SetTitle("آخر".into()));
        journalled(&opened);
        copy(&place, &unsaved);
        let crashed = desk.open("crashed.hashiya", OpenMode::Write).expect("opens after a crash");
        prop_assert_eq!(unfit(&crashed), Vec::<&Fault>::new());
        prop_assert_eq!(&crashed.project, &opened.project);
        prop_assert_eq!(&crashed.history, &opened.history);

        save(&opened);
        let read = desk.reopened("a.hashiya");
        prop_assert_eq!(unfit(&read), Vec::<&Fault>::new());
        prop_assert_eq!((&read.project, &read.history), (&opened.project, &opened.history));

        while desk.undo(&mut opened) {}
        save(&opened);
        prop_assert_eq!(&opened.project, &start.0);
        let mut end = substance(&place);
        // Texts of documents that were added stay, so that doing it again finds them.
        end.retain(|name, _| start.1.contains_key(name) || !name.starts_with("documents/"));
        prop_assert_eq!(end.keys().collect::<Vec<_>>(), start.1.keys().collect::<Vec<_>>());
        prop_assert_eq!(end, start.1);
    }
}

#[test]
fn a_refused_batch_leaves_no_trace() {
    let mut desk = Desk::new();
    let mut project = desk.project(&TEXTS);
    let before = project.clone();
    let stamps = &mut desk.stamps;
    let good = annotation(&project.documents()[0], &[(0, 6)], stamps);
    let edit = Edit::Batch(vec![
        Edit::PutTag { at: 0, tag: tag("حدث", stamps) },
        Edit::PutAnnotation(Arc::new(good)),
        Edit::RemoveDocument(project.documents()[1].id),
        Edit::PutTag { at: 0, tag: tag("حدث", stamps) },
    ]);
    assert_eq!(project.apply(&edit), Err(EditError::NameTaken("حدث".into())));
    assert_eq!(project, before);
    assert_eq!((project.annotation_count(), project.documents().len()), (0, 4));
}
