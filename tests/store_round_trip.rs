//! A project as a user keeps it: imported, marked, saved, opened again.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hashiya::model::{Annotation, Coder, Color, Edit, Project, Relation, Span, Stamps, Step, Tag};
use hashiya::store::{
    ImportOptions, OpenMode, Opened, Progress, Roots, Session, SessionEvent, Surroundings, SystemStamps,
    Wake, create_with, disk::RealDisk, open_with, read_documents,
};

fn surroundings(root: &Path) -> Surroundings {
    let roots = Roots { data: root.join("data"), state: root.join("state") };
    Surroundings { disk: Arc::new(RealDisk), roots: Some(roots) }
}

fn wake() -> Wake {
    Arc::new(|| {})
}

fn wait_for_save(session: &Session) {
    while let Some(event) = session.wait(Duration::from_secs(20)) {
        match event {
            SessionEvent::Saved { .. } => return,
            SessionEvent::Acknowledged(_) => {}
            other => panic!("{other:?}"),
        }
    }
    panic!("no save");
}

fn mark(
    project: &Project,
    document: usize,
    range: std::ops::Range<usize>,
    stamps: &mut SystemStamps,
) -> Edit {
    let document = &project.documents()[document];
    let spans = vec![document.text.widen(range)];
    let now = stamps.now();
    Edit::PutAnnotation(Arc::new(Annotation {
        id: stamps.annotation_id(),
        document: document.id,
        quote: document.text.quote(&spans),
        spans,
        tags: project.codebook().tags().iter().map(|tag| tag.id).collect(),
        note: "ملاحظة\nفي سطرين".into(),
        attributes: vec![("key".into(), "قيمة".into())],
        relations: vec![Relation { kind: "سبب \"ب\"".into(), target: stamps.annotation_id() }],
        coder: Coder::new("سارة"),
        created: now,
        modified: now,
    }))
}

fn perform(opened: &mut Opened, stamps: &mut SystemStamps, edit: Edit) {
    let step = Step {
        name: "test".into(),
        place: Some((opened.project.documents()[0].id, Span::new(0..2))),
        edit: Arc::new(edit),
    };
    let act = opened.history.perform(&mut opened.project, step).expect("fits");
    opened.session.append(act, stamps.now());
}

#[test]
fn the_seeds_are_imported_marked_saved_and_read_back_equal() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let surroundings = surroundings(root.path());
    let mut stamps = SystemStamps;
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let imported =
        read_documents(&seeds, &ImportOptions::default(), &mut stamps, &Progress::new()).expect("seeds");
    assert_eq!((imported.documents.len(), imported.refused.len()), (5, 0));
    let mut project = Project::new(stamps.project_id(), "بيلاروسيا");
    for (at, document) in imported.documents.into_iter().enumerate() {
        let edit = Edit::InsertDocument { at, document: Arc::new(document), annotations: vec![] };
        project.apply(&edit).expect("a new document");
    }
    let coder = Coder::new("سارة");
    let place = root.path().join("a.hashiya");
    let mut opened = create_with(&surroundings, &place, &project, &coder, wake()).expect("created");
    assert_eq!(opened.project, project);
    let tag = Tag {
        id: stamps.tag_id(),
        name: "حَدَث".into(),
        color: Color([1, 2, 3]),
        shortcut: Some('1'),
        parent: None,
        definition: String::new(),
        withdrawn: false,
    };
    perform(&mut opened, &mut stamps, Edit::PutTag { at: 0, tag });
    for at in 0..5 {
        let edit = mark(&opened.project, at, 10..40, &mut stamps);
        perform(&mut opened, &mut stamps, edit);
    }
    let (project, history) = (opened.project.clone(), opened.history.clone());
    opened.session.save(project.clone(), history.clone());
    wait_for_save(&opened.session);
    let edit = mark(&opened.project, 0, 60..90, &mut stamps);
    perform(&mut opened, &mut stamps, edit);
    let unsaved = (opened.project.clone(), opened.history.clone());
    opened.session.close().expect("closed");

    let again =
        open_with(&surroundings, &place, &coder, OpenMode::Write, wake(), &Progress::new()).expect("opens");
    assert_eq!(again.report.faults, []);
    assert_eq!(again.report.recovered_edits, 1);
    assert_eq!((again.project, again.history), unsaved);
    assert_ne!(unsaved.0, project);
}
