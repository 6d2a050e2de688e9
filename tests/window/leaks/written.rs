//! The project of the tour: everything in it that can be written holds a mark.

use std::sync::Arc;

use hashiya::app::TAG_COLORS;
use hashiya::model::{
    Annotation, AnnotationTable, Codebook, Coder, Document, Project, Relation, Settings, Stamps as _, Tag,
};
use hashiya::store::{SystemStamps, create_with, document_from_bytes};

use crate::desk::Home;

/// What the bundled fonts have no glyph for, and no text of the interface holds.
const MARK: char = '\u{e000}';

/// The fields that somebody can write; each holds the mark and its own name.
pub const FIELDS: &[&str] = &[
    "title",
    "text",
    "file",
    "quote",
    "relation",
    "tag",
    "definition",
    "note",
    "key",
    "value",
    "coder",
    "folder",
    "reason",
    "draft",
    "path",
    "rows",
    "documents",
    "font",
    "found",
    "number",
    "snapshot",
];

/// What a field holds.
pub fn written(field: &str) -> String {
    assert!(FIELDS.contains(&field), "{field} is no field");
    format!("{MARK}{field}{MARK}")
}

/// A project in which everything that can be written holds the mark, and one document more.
pub fn project(home: &Home) -> std::path::PathBuf {
    let stamps = &mut SystemStamps;
    let body = format!("{} قال الناطق {} نعم\n", written("text"), written("quote"));
    let text = format!("{} {}\n{}", written("title"), "عنوان طويل جدا ".repeat(12), body.repeat(40));
    let document = |text: &str| {
        let name = format!("{}.txt", written("file"));
        let document = document_from_bytes(text.as_bytes(), &name, Some("utf-8"), &mut SystemStamps);
        let document = document.expect("it is UTF-8");
        let title = text.lines().next().unwrap_or_default().to_owned();
        Arc::new(Document { title, ..document })
    };
    let (first, second) = (document(&text), document("نص آخر"));
    let tag = Tag {
        id: stamps.tag_id(),
        name: written("tag"),
        color: TAG_COLORS[0],
        shortcut: None,
        parent: None,
        withdrawn: false,
        definition: written("definition"),
    };
    let annotation = |field: &str, relations: Vec<Relation>| {
        let at = text.find(&written(field)).expect("it is written");
        let spans = vec![first.text.widen(at..at + written(field).len())];
        let now = SystemStamps.now();
        Annotation {
            id: SystemStamps.annotation_id(),
            document: first.id,
            tags: vec![tag.id],
            note: written("note"),
            attributes: vec![(written("key"), written("value"))],
            relations,
            coder: Coder::new(&written("coder")),
            created: now,
            modified: now,
            quote: first.text.quote(&spans),
            spans,
        }
    };
    let target = annotation("text", Vec::new());
    let source = annotation("quote", vec![Relation { kind: written("relation"), target: target.id }]);
    let table = (first.id, AnnotationTable::new([Arc::new(target), Arc::new(source)]));
    let project = Project::from_parts(
        stamps.project_id(),
        format!("{MARK}مشروع"),
        Settings {
            source_folder: home.path(&format!("{}source", written("folder"))).to_str().map(str::to_owned),
        },
        Codebook::new(vec![tag]),
        vec![first, second],
        [table],
    );
    let place = home.path(&format!("{}.hashiya", written("folder")));
    let coder = Coder::new(&written("coder"));
    let made = create_with(&home.surroundings(), &place, &project, &coder, Arc::new(|| {}));
    made.expect("the project is made").session.close().expect("and closed");
    place
}
