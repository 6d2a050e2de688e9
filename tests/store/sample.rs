//! A project with some of everything, the same bytes each time: what the fixtures of format versions hold.

use std::path::Path;
use std::sync::Arc;

use hashiya::model::{Coder, Edit, Project, Relation, Stamps};
use hashiya::store::{OpenMode, Opened, Progress, document_from_bytes, open_with};

use crate::support::{Desk, annotation, coder, journalled, save, step, tag, wake};

const FIRST: &str = "عنوان أول\nقال المتحدِّث باسم الرئاسة الروسية: «نعم» 👨‍👩‍👧\nسطر ثانٍ\tفيه 2023\n";
const SECOND: &str = "سانت بطرسبورغ، وكتب إليها: \\u{64e}\r\nثم مضى\r\n";
const THIRD: &str = "نص يُحذف ثم يعود";

/// Makes it at `a.hashiya` of a desk, with what a format version can hold: two saves, edits that only the journal has, undone ones, a
/// second coder.
pub fn make(desk: &mut Desk, version: u32) {
    let mut project = Project::new(desk.stamps.project_id(), "مشروع «الأصوات»");
    for (at, (name, text)) in
        [("أول.txt", FIRST), ("مجلد/ثان.txt", SECOND), ("third.txt", THIRD)].into_iter().enumerate()
    {
        let document = document_from_bytes(text.as_bytes(), name, None, &mut desk.stamps).expect("text");
        let edit = Edit::InsertDocument { at, document: Arc::new(document), annotations: vec![] };
        project.apply(&edit).expect("a new document fits");
    }
    project.settings.source_folder = Some("/home/سارة/صحف".into());
    let place = desk.path("a.hashiya");
    let made = hashiya::store::create_with(&desk.surroundings, &place, &project, &coder(), wake());
    let mut opened = made.expect("a new project");
    let mut parent = tag("مصدر", &mut desk.stamps);
    parent.shortcut = Some('م');
    parent.definition = "من يُنسب إليه القول\nسطر ثانٍ".into();
    let mut child = tag("مصدر رسمي", &mut desk.stamps);
    child.parent = Some(parent.id);
    let tags = [parent.id, child.id];
    desk.perform(&mut opened, Edit::PutTag { at: 0, tag: parent });
    desk.perform(&mut opened, Edit::PutTag { at: 1, tag: child });
    for (document, ranges, note) in [
        (0, vec![(18, 30)], "ملاحظة\nبسطرين \"و\" \\"),
        (0, vec![(18, 24), (30, 44)], ""),
        (1, vec![(0, 10)], ""),
        (2, vec![(0, 4)], "يُحذف"),
    ] {
        let mut made = annotation(&opened.project.documents()[document], &ranges, &mut desk.stamps);
        made.tags = tags[..1 + document % 2].to_vec();
        made.note = note.into();
        made.attributes = vec![("ثقة".into(), "عالية".into()); usize::from(document == 0)];
        desk.perform(&mut opened, Edit::PutAnnotation(Arc::new(made)));
    }
    save(&opened);
    opened.session.close().expect("closed");
    second_coder(desk);
    let mut opened = open(desk, &coder());
    if version >= 2 {
        let table = opened.project.table(opened.project.documents()[1].id);
        let own = table.iter().find(|one| one.coder == coder()).expect("a mark");
        let target = table.iter().find(|one| one.coder != coder()).expect("the other's mark").id;
        let relations = vec![Relation { kind: "يرد على".into(), target }];
        let related = hashiya::model::Annotation { relations, ..(**own).clone() };
        desk.perform(&mut opened, Edit::PutAnnotation(Arc::new(related)));
    }
    let third = opened.project.documents()[2].id;
    desk.perform(&mut opened, Edit::RemoveDocument(third));
    let mut new = desk.document("أول.txt", "عنوان آخر\nقال غيره: «لا»\n");
    let old = Arc::clone(&opened.project.documents()[0]);
    (new.id, new.file) = (old.id, old.file.clone());
    let kept = annotation(&new, &[(18, 24)], &mut desk.stamps);
    let replace = Edit::ReplaceDocument { document: Arc::new(new), annotations: vec![Arc::new(kept)] };
    desk.perform(&mut opened, replace);
    desk.perform(&mut opened, Edit::SetTitle("عنوان يُتراجع عنه".into()));
    assert!(desk.undo(&mut opened));
    save(&opened);
    desk.mark(&mut opened, 1, 12..20);
    // Each waits for the one before, so that what each line says of the others is always the same.
    journalled(&opened);
    if version >= 2 {
        let document = opened.project.documents()[1].id;
        for (note, goes_on) in [("كل", false), ("كلمة", true)] {
            let mut noted = (**opened.project.table(document).nth(0).expect("a mark")).clone();
            noted.note = note.into();
            let step = step(Edit::PutAnnotation(Arc::new(noted)));
            let (history, project) = (&mut opened.history, &mut opened.project);
            let act = if goes_on { history.extend(project, step) } else { history.perform(project, step) };
            opened.session.append(act.expect("the edit fits"), desk.stamps.now());
            journalled(&opened);
        }
    }
    desk.perform(&mut opened, Edit::SetTitle("عنوان لم يُحفظ".into()));
    journalled(&opened);
    assert!(desk.undo(&mut opened));
    journalled(&opened);
    assert!(desk.redo(&mut opened));
    journalled(&opened);
    desk.perform(&mut opened, Edit::SetTitle("عنوان يُتراجع عنه".into()));
    journalled(&opened);
    assert!(desk.undo(&mut opened));
    journalled(&opened);
    opened.session.close().expect("closed");
}

fn second_coder(desk: &mut Desk) {
    let other = Coder::new("a. b/ج");
    let mut opened = open(desk, &other);
    let mut made = annotation(&opened.project.documents()[1], &[(0, 10)], &mut desk.stamps);
    made.coder = other;
    desk.perform(&mut opened, Edit::PutAnnotation(Arc::new(made)));
    save(&opened);
    opened.session.close().expect("closed");
}

fn open(desk: &Desk, coder: &Coder) -> Opened {
    let place = desk.path("a.hashiya");
    open_with(&desk.surroundings, &place, coder, OpenMode::Write, wake(), &Progress::new()).expect("opens")
}

/// The fixture of a version.
pub fn fixture(version: u32) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/projects/v{version}"))
}
