//! Merging three ways, as properties: whatever two sides do to a project, nothing that one of them made is lost, and it does not matter who
//! merges.
#![allow(clippy::disallowed_methods, reason = "a test lays out folders")]

#[path = "store/support.rs"]
mod support;

use std::collections::BTreeSet;
use std::sync::Arc;

use hashiya::model::{
    Annotation, AnnotationId, Coder, Document, DocumentId, Edit, Project, Stamps, Tag, TagId,
};
use hashiya::store::merge::{Conflict, Foreign, Merged, Side, merge};
use proptest::prelude::*;
use support::{CountingStamps, Desk, annotation, coder, tag};

const TEXTS: [&str; 3] =
    ["قال المتحدث باسم الرئاسة إنّ الاجتماع غداً", "سان بطرسبرج — بيلاروسيا 2023", "نصّ ثالث قصير"];

/// One thing that a side does. Numbers choose among what is there.
#[derive(Clone, Debug)]
enum Doing {
    Mark(usize, usize),
    Unmark(usize),
    Note(usize, u8),
    Carry(usize, usize),
    Move(usize, usize),
    NewTag(u8),
    Rename(usize, u8),
    Recolour(usize, u8),
    Under(usize, usize),
    MoveTag(usize, usize),
    RemoveTag(usize),
    NewDocument(usize),
    RemoveDocument(usize),
    Retitle(u8),
}

fn doing() -> impl Strategy<Value = Doing> {
    let pick = 0..40_usize;
    prop_oneof![
        6 => (pick.clone(), pick.clone()).prop_map(|(one, two)| Doing::Mark(one, two)),
        3 => pick.clone().prop_map(Doing::Unmark),
        4 => (pick.clone(), 0..4_u8).prop_map(|(one, two)| Doing::Note(one, two)),
        3 => (pick.clone(), pick.clone()).prop_map(|(one, two)| Doing::Carry(one, two)),
        2 => (pick.clone(), pick.clone()).prop_map(|(one, two)| Doing::Move(one, two)),
        3 => (0..6_u8).prop_map(Doing::NewTag),
        2 => (pick.clone(), 0..6_u8).prop_map(|(one, two)| Doing::Rename(one, two)),
        2 => (pick.clone(), 0..3_u8).prop_map(|(one, two)| Doing::Recolour(one, two)),
        2 => (pick.clone(), pick.clone()).prop_map(|(one, two)| Doing::Under(one, two)),
        1 => (pick.clone(), pick.clone()).prop_map(|(one, two)| Doing::MoveTag(one, two)),
        2 => pick.clone().prop_map(Doing::RemoveTag),
        1 => pick.clone().prop_map(Doing::NewDocument),
        1 => pick.prop_map(Doing::RemoveDocument),
        1 => (0..3_u8).prop_map(Doing::Retitle),
    ]
}

/// Somebody who works on a project.
struct Worker {
    coder: Coder,
    stamps: CountingStamps,
}

impl Worker {
    /// A side whose ids are no other side's.
    fn new(coder: Coder, number: u64) -> Self {
        Self { coder, stamps: CountingStamps::from(number * 1_000_000) }
    }

    fn own(&self, project: &Project, pick: usize) -> Option<Annotation> {
        let own: Vec<&Arc<Annotation>> =
            project.annotations().map(|(_, one)| one).filter(|one| one.coder == self.coder).collect();
        (!own.is_empty()).then(|| (**own[pick % own.len()]).clone())
    }

    fn work(&mut self, project: &mut Project, doings: &[Doing]) {
        for doing in doings {
            for edit in self.edits(project, doing) {
                // A name that is taken, a tag under itself: refused, as the reader would be.
                project.apply(&edit).ok();
            }
        }
    }

    fn edits(&mut self, project: &Project, doing: &Doing) -> Vec<Edit> {
        let tags = project.codebook().tags();
        let nth = |pick: usize| (!tags.is_empty()).then(|| tags[pick % tags.len()].clone());
        let put = |tag: Tag| {
            let at = project.codebook().position(tag.id).unwrap_or(usize::MAX);
            vec![Edit::PutTag { at, tag }]
        };
        let change = |one: Option<Annotation>, with: &dyn Fn(&mut Annotation)| {
            one.map(|mut one| {
                with(&mut one);
                Edit::PutAnnotation(Arc::new(one))
            })
            .into_iter()
            .collect::<Vec<_>>()
        };
        match *doing {
            Doing::Mark(document, start) => {
                let documents = project.documents();
                if documents.is_empty() {
                    return Vec::new();
                }
                let document = &documents[document % documents.len()];
                let start = start % (document.text.len() - 6);
                let mut made = annotation(document, &[(start, start + 5)], &mut self.stamps);
                made.coder = self.coder.clone();
                vec![Edit::PutAnnotation(Arc::new(made))]
            }
            Doing::Unmark(pick) => self
                .own(project, pick)
                .map(|one| Edit::RemoveAnnotation { document: one.document, id: one.id })
                .into_iter()
                .collect(),
            Doing::Note(pick, note) => {
                change(self.own(project, pick), &|one| one.note = format!("ملاحظة {note}"))
            }
            Doing::Carry(pick, tag) => {
                let Some(tag) = nth(tag) else { return Vec::new() };
                change(self.own(project, pick), &|one| one.tags = vec![tag.id])
            }
            Doing::Move(pick, start) => change(self.own(project, pick), &|one| {
                let Some(document) = project.document(one.document) else { return };
                let start = start % (document.text.len() - 6);
                one.spans = vec![document.text.widen(start..start + 4)];
                one.quote = document.text.quote(&one.spans);
            }),
            Doing::NewTag(name) => {
                let made = tag(&format!("وسم {name}"), &mut self.stamps);
                vec![Edit::PutTag { at: name as usize, tag: made }]
            }
            Doing::Rename(pick, name) => {
                nth(pick).map(|tag| put(Tag { name: format!("وسم {name}"), ..tag })).unwrap_or_default()
            }
            Doing::Recolour(pick, color) => nth(pick)
                .map(|tag| put(Tag { color: hashiya::model::Color([color; 3]), ..tag }))
                .unwrap_or_default(),
            Doing::Under(pick, parent) => match (nth(pick), nth(parent)) {
                (Some(tag), Some(parent)) => put(Tag { parent: Some(parent.id), ..tag }),
                _ => Vec::new(),
            },
            Doing::MoveTag(pick, at) => {
                nth(pick).map(|tag| vec![Edit::PutTag { at: at % tags.len(), tag }]).unwrap_or_default()
            }
            Doing::RemoveTag(pick) => {
                let Some(tag) = nth(pick) else { return Vec::new() };
                let carriers = project.annotations().filter(|(_, one)| one.tags.contains(&tag.id));
                let strip = carriers.map(|(_, one)| {
                    let mut one = (**one).clone();
                    one.tags.retain(|other| *other != tag.id);
                    Edit::PutAnnotation(Arc::new(one))
                });
                strip.chain([Edit::RemoveTag(tag.id)]).collect()
            }
            Doing::NewDocument(at) => {
                let name = format!("جديد {}.txt", self.stamps.now());
                let document = hashiya::store::document_from_bytes(
                    "وثيقة جديدة فيها ما يكفي".as_bytes(),
                    &name,
                    None,
                    &mut self.stamps,
                );
                let document = Arc::new(document.expect("text"));
                vec![Edit::InsertDocument { at: at % 4, document, annotations: Vec::new() }]
            }
            Doing::RemoveDocument(pick) => {
                let documents = project.documents();
                let id = (!documents.is_empty()).then(|| documents[pick % documents.len()].id);
                id.map(Edit::RemoveDocument).into_iter().collect()
            }
            Doing::Retitle(title) => vec![Edit::SetTitle(format!("عنوان {title}"))],
        }
    }
}

fn never(_: &Document, _: &Document, _: &Annotation) -> Option<Annotation> {
    None
}

/// What comes of merging, with the project after it.
fn merged(base: &Project, mine: &Project, theirs: &Project, coder: &Coder) -> (Project, Merged) {
    let foreign = Foreign::new(base.clone(), theirs.clone());
    let merged = merge(&foreign, mine, coder, &never);
    let mut project = mine.clone();
    merged.apply(&mut project).expect("a merge fits");
    (project, merged)
}

fn base(doings: &[Doing], coders: &[Coder]) -> Project {
    let mut desk = Desk::new();
    let mut project = desk.project(&TEXTS);
    for (number, coder) in coders.iter().enumerate() {
        Worker::new(coder.clone(), 1 + number as u64).work(&mut project, doings);
    }
    project
}

fn ids(project: &Project) -> BTreeSet<AnnotationId> {
    project.annotations().map(|(_, one)| one.id).collect()
}

fn find(project: &Project, id: AnnotationId) -> Option<Arc<Annotation>> {
    project.annotations().map(|(_, one)| one).find(|one| one.id == id).cloned()
}

/// Names that no two share, parents that lead to an end, spans that fit: what every project holds to.
fn is_sound(project: &Project) {
    let tags = project.codebook().tags();
    let names: BTreeSet<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(names.len(), tags.len(), "{names:?}");
    for tag in tags {
        let mut above = tag.parent;
        for _ in 0..=tags.len() {
            above = above.and_then(|id| project.codebook().get(id)).and_then(|parent| parent.parent);
        }
        assert_eq!(above, None, "the tag {} stands in a circle", tag.name);
    }
    for (document, one) in project.annotations() {
        assert_eq!(document.text.quote(&one.spans), one.quote);
    }
}

fn documents(project: &Project) -> Vec<DocumentId> {
    project.documents().iter().map(|document| document.id).collect()
}

/// Every annotation that one side has and that the merge has not: it was removed by the other side, which saw it as it is, or a conflict
/// or a removed document speaks of it.
fn unaccounted(
    base: &Project,
    sides: [&Project; 2],
    project: &Project,
    conflicts: &[Conflict],
) -> Vec<AnnotationId> {
    let have = ids(project);
    let mut lost = Vec::new();
    for (one, other) in [(sides[0], sides[1]), (sides[1], sides[0])] {
        for id in ids(one).difference(&have) {
            let was = find(base, *id);
            let now = find(one, *id).expect("it is there");
            let removed_by_other = was.as_ref() == Some(&now) && find(other, *id).is_none();
            let in_conflict = conflicts.iter().any(|conflict| match conflict {
                Conflict::Annotation { id: about, .. } => about == id,
                Conflict::Document { mine, theirs, .. } => {
                    mine.as_ref().or(theirs.as_ref()).is_some_and(|document| document.id == now.document)
                }
                _ => false,
            });
            if !removed_by_other && !in_conflict {
                lost.push(*id);
            }
        }
    }
    lost
}

fn doings(most: usize) -> impl Strategy<Value = Vec<Doing>> {
    prop::collection::vec(doing(), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_only_one_side_did_is_what_comes_of_it(first in doings(14), mine in doings(10)) {
        let base = base(&first, &[coder()]);
        let mut side = base.clone();
        Worker::new(coder(), 7).work(&mut side, &mine);
        let (kept, nothing) = merged(&base, &side, &base, &coder());
        prop_assert_eq!(&kept, &side);
        prop_assert_eq!(nothing.adopted, Edit::Batch(Vec::new()));
        prop_assert!(nothing.own.is_none() && nothing.conflicts.is_empty());
        let (taken, all) = merged(&base, &base, &side, &coder());
        prop_assert_eq!(&taken, &side);
        prop_assert_eq!(all.conflicts, Vec::new());
    }

    #[test]
    fn nobody_loses_an_annotation_and_every_choice_fits(
        first in doings(14), mine in doings(10), theirs in doings(10), choices in prop::collection::vec(any::<bool>(), 12)
    ) {
        let base = base(&first, &[coder()]);
        let (mut one, mut two) = (base.clone(), base.clone());
        Worker::new(coder(), 7).work(&mut one, &mine);
        Worker::new(coder(), 8).work(&mut two, &theirs);
        let (project, merged) = merged(&base, &one, &two, &coder());
        is_sound(&project);
        prop_assert_eq!(unaccounted(&base, [&one, &two], &project, &merged.conflicts), Vec::new());
        // What the reader undoes brings back what was here, with what others added.
        if let Some(own) = &merged.own {
            let mut undone = one.clone();
            undone.apply(&merged.adopted).expect("fits");
            let adopted = undone.clone();
            let back = undone.apply(own).expect("fits");
            undone.apply(&back).expect("fits");
            prop_assert_eq!(undone, adopted);
        }
        // Chosen one after the other, in whichever way.
        let mut chosen = project;
        for (conflict, theirs) in merged.conflicts.iter().zip(choices.iter().cycle()) {
            let side = if *theirs { Side::Theirs } else { Side::Mine };
            let edits = conflict.edits(side, &chosen, &coder());
            chosen.apply(&Edit::Batch(edits)).expect("a choice fits");
            is_sound(&chosen);
        }
        // What is merged and chosen is final: the same files, read again, change nothing.
        let again = merge(&Foreign::new(two.clone(), two), &chosen, &coder(), &never);
        prop_assert!(again.own.is_none() && again.conflicts.is_empty());
    }

    #[test]
    fn where_nothing_conflicts_it_does_not_matter_who_merges(
        first in doings(14), mine in doings(6), theirs in doings(6)
    ) {
        let base = base(&first, &[coder()]);
        let (mut one, mut two) = (base.clone(), base.clone());
        Worker::new(coder(), 7).work(&mut one, &mine);
        Worker::new(coder(), 8).work(&mut two, &theirs);
        let (here, merged_here) = merged(&base, &one, &two, &coder());
        let (there, merged_there) = merged(&base, &two, &one, &coder());
        prop_assert_eq!(merged_here.conflicts.is_empty(), merged_there.conflicts.is_empty());
        if merged_here.conflicts.is_empty() {
            prop_assert!(here == there, "{:?} {:?}", documents(&here), documents(&there));
        }
    }

    /// Two coders: whatever each does with their own annotations and tags, no annotation is in conflict, and nothing of the other's is
    /// in the edit that can be undone.
    #[test]
    fn the_annotations_of_two_coders_never_conflict(
        first in doings(14), mine in doings(8), theirs in doings(8)
    ) {
        let other = Coder::new("منى");
        let base = base(&first, &[coder(), other.clone()]);
        let keeps_documents = |doing: &&Doing| !matches!(doing, Doing::RemoveDocument(_) | Doing::RemoveTag(_));
        let mine: Vec<Doing> = mine.iter().filter(keeps_documents).cloned().collect();
        let theirs: Vec<Doing> = theirs.iter().filter(keeps_documents).cloned().collect();
        let (mut one, mut two) = (base.clone(), base.clone());
        Worker::new(coder(), 7).work(&mut one, &mine);
        Worker::new(other.clone(), 8).work(&mut two, &theirs);
        let (project, merged) = merged(&base, &one, &two, &coder());
        is_sound(&project);
        let about = merged.conflicts.iter().filter(|one| matches!(one, Conflict::Annotation { .. } | Conflict::Document { .. }));
        prop_assert_eq!(about.count(), 0);
        for (_, annotation) in project.annotations() {
            let owner = if annotation.coder == other { &two } else { &one };
            let owned = find(owner, annotation.id);
            prop_assert_eq!(Some(annotation), owned.as_ref());
        }
        prop_assert_eq!(project.annotation_count(), own(&one, &coder()) + own(&two, &other));
        if let Some(edit) = merged.own {
            let mut before = one.clone();
            before.apply(&merged.adopted).expect("fits");
            let theirs_then = of(&before, &other);
            before.apply(&edit).expect("fits");
            prop_assert_eq!(of(&before, &other), theirs_then);
        }
    }
}

fn of(project: &Project, coder: &Coder) -> Vec<Arc<Annotation>> {
    project.annotations().map(|(_, one)| one).filter(|one| one.coder == *coder).cloned().collect()
}

fn own(project: &Project, coder: &Coder) -> usize {
    of(project, coder).len()
}

/// Documents: added on both sides, removed on one, removed where the other worked.
#[test]
fn documents_come_and_go_on_both_sides() {
    let mut desk = Desk::new();
    let base = desk.project(&TEXTS);
    let [first, second, third] = base.documents() else { panic!("three") };
    let (mut mine, mut theirs) = (base.clone(), base.clone());
    let other = Coder::new("منى");
    let mut add = |project: &mut Project, at: usize, name: &str| {
        let document = Arc::new(desk.document(name, "نصّ جديد"));
        let id = document.id;
        project.apply(&Edit::InsertDocument { at, document, annotations: Vec::new() }).expect("new");
        id
    };
    let ours = add(&mut mine, 3, "هنا.txt");
    let news = add(&mut theirs, 1, "هناك.txt");
    theirs.apply(&Edit::RemoveDocument(second.id)).expect("there");
    let (project, done) = merged(&base, &mine, &theirs, &coder());
    assert_eq!(documents(&project), [first.id, news, third.id, ours]);
    assert!(done.conflicts.is_empty());
    assert_eq!((done.tally.documents.added, done.tally.documents.removed), (1, 1));
    // That a document went can be undone; that one came cannot.
    assert_eq!(done.own, Some(Edit::Batch(vec![Edit::RemoveDocument(second.id)])));

    // I mark in what they removed, they mark in what I removed.
    mine.apply(&Edit::RemoveDocument(third.id)).expect("there");
    let made = annotation(second, &[(0, 6)], &mut desk.stamps);
    mine.apply(&Edit::PutAnnotation(Arc::new(made))).expect("fits");
    let mut made = annotation(third, &[(0, 4)], &mut desk.stamps);
    made.coder = other;
    theirs.apply(&Edit::PutAnnotation(Arc::new(made.clone()))).expect("fits");
    let (project, done) = merged(&base, &mine, &theirs, &coder());
    assert_eq!(
        documents(&project),
        [first.id, second.id, ours, news],
        "what is here stays while nobody has chosen"
    );
    assert_eq!(done.conflicts.len(), 2);
    let mut chosen = project.clone();
    for conflict in &done.conflicts {
        chosen.apply(&Edit::Batch(conflict.edits(Side::Theirs, &chosen, &coder()))).expect("fits");
    }
    assert_eq!(documents(&chosen).len(), 4);
    assert!(chosen.document(second.id).is_none() && chosen.annotation(third.id, made.id).is_some());
}

/// A document replaced on one side while the other marked it: marks are carried into the new text, and where one has no place there,
/// somebody has to choose.
#[test]
fn marks_follow_a_document_that_was_replaced_on_the_other_side() {
    let mut desk = Desk::new();
    let base = desk.project(&["واحد اثنان ثلاثة"]);
    let old = Arc::clone(&base.documents()[0]);
    let mut kept = annotation(&old, &[(0, 8)], &mut desk.stamps);
    let mut base = base;
    base.apply(&Edit::PutAnnotation(Arc::new(kept.clone()))).expect("fits");
    let mut new = desk.document("نص 0.txt", "صفر واحد اثنان ثلاثة");
    (new.id, new.file) = (old.id, old.file.clone());
    let by_quote = |_: &Document, to: &Document, one: &Annotation| {
        let at = to.text.find(&*one.quote.exact)?;
        let spans = vec![to.text.widen(at..at + one.quote.exact.len())];
        Some(Annotation { quote: to.text.quote(&spans), spans, ..one.clone() })
    };
    let mut theirs = base.clone();
    let moved = by_quote(&old, &new, &kept).expect("it is there");
    let new = Arc::new(new);
    let edit =
        Edit::ReplaceDocument { document: Arc::clone(&new), annotations: vec![Arc::new(moved.clone())] };
    theirs.apply(&edit).expect("fits");
    let mut mine = base.clone();
    kept.note = "كلام".into();
    let fresh = annotation(&old, &[(9, 19)], &mut desk.stamps);
    for one in [&kept, &fresh] {
        mine.apply(&Edit::PutAnnotation(Arc::new(one.clone()))).expect("fits");
    }
    let foreign = Foreign::new(base.clone(), theirs.clone());
    for (mine, theirs, foreign) in
        [(&mine, &theirs, foreign), (&theirs, &mine, Foreign::new(base.clone(), mine.clone()))]
    {
        let merged = merge(&foreign, mine, &coder(), &by_quote);
        assert_eq!(merged.conflicts, vec![]);
        let mut project = mine.clone();
        merged.apply(&mut project).expect("fits");
        assert_eq!(project.documents()[0].text, new.text);
        let found = project.annotation(old.id, kept.id).expect("there");
        assert_eq!((found.note.as_str(), &found.spans, &found.quote), ("كلام", &moved.spans, &moved.quote));
        let found = project.annotation(old.id, fresh.id).expect("carried over");
        assert_eq!(*found.quote.exact, *fresh.quote.exact);
        is_sound(&project);
        // Without a place for the new mark somebody has to choose.
        let merged = merge(&foreign, mine, &coder(), &never);
        let [conflict @ Conflict::Document { lost, .. }] = merged.conflicts.as_slice() else {
            panic!("{:?}", merged.conflicts)
        };
        assert_eq!(lost.iter().map(|one| one.id).collect::<Vec<_>>(), [fresh.id]);
        let mut project = mine.clone();
        merged.apply(&mut project).expect("fits");
        assert_eq!(&project, mine, "what is here stays while nobody has chosen");
        project.apply(&Edit::Batch(conflict.edits(Side::Theirs, &project, &coder()))).expect("fits");
        assert_eq!(project.documents()[0].text, theirs.documents()[0].text);
        is_sound(&project);
    }
}

#[test]
fn two_tags_of_one_name_become_one_or_stay_two() {
    let mut desk = Desk::new();
    let base = desk.project(&TEXTS);
    let document = Arc::clone(&base.documents()[0]);
    let other = Coder::new("منى");
    let mut make = |project: &mut Project, coder: &Coder| -> (TagId, AnnotationId) {
        let tag = tag("تصعيد", &mut desk.stamps);
        let mut mark = annotation(&document, &[(0, 6)], &mut desk.stamps);
        mark.tags = vec![tag.id];
        mark.coder = coder.clone();
        let made = (tag.id, mark.id);
        for edit in [Edit::PutTag { at: 9, tag }, Edit::PutAnnotation(Arc::new(mark))] {
            project.apply(&edit).expect("fits");
        }
        made
    };
    let (mut mine, mut theirs) = (base.clone(), base.clone());
    let (tag_here, mark_here) = make(&mut mine, &coder());
    let (tag_there, mark_there) = make(&mut theirs, &other);
    let (project, done) = merged(&base, &mine, &theirs, &coder());
    let [conflict @ Conflict::TagName { .. }] = done.conflicts.as_slice() else {
        panic!("{:?}", done.conflicts)
    };
    let tags = |project: &Project, id| project.annotation(document.id, id).expect("there").tags.clone();
    let names = |project: &Project| -> Vec<(TagId, String)> {
        project.codebook().tags().iter().map(|tag| (tag.id, tag.name.clone())).collect()
    };
    assert_eq!(names(&project), [(tag_here, "تصعيد".to_owned())]);
    assert_eq!(tags(&project, mark_there), [tag_there], "the unknown tag of the other's annotation is kept");
    let mut joined = project.clone();
    joined.apply(&Edit::Batch(conflict.edits(Side::Theirs, &joined, &coder()))).expect("fits");
    assert_eq!(names(&joined), [(tag_there, "تصعيد".to_owned())]);
    assert_eq!((tags(&joined, mark_here), tags(&joined, mark_there)), (vec![tag_there], vec![tag_there]));
    let mut apart = project;
    apart.apply(&Edit::Batch(conflict.edits(Side::Mine, &apart, &coder()))).expect("fits");
    assert_eq!(names(&apart), [(tag_here, "تصعيد".to_owned()), (tag_there, "تصعيد 2".to_owned())]);
}
