//! What the tests of exchange share: projects made of anything, and formats by their names.
#![allow(dead_code, reason = "each test file uses its part")]

use std::ops::ControlFlow;
use std::sync::Arc;

use hashiya::exchange::{self, Format, Loss, Lost, Memory, Options, Scope};
use hashiya::model::{
    Annotation, AnnotationId, AnnotationTable, Codebook, Coder, Color, Document, DocumentId, LineEnds,
    Project, ProjectId, Relation, Settings, Source, Span, Stamps, Tag, TagId, Text, Timestamp,
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

/// Times one millisecond apart, after everything that the tests' projects hold, and bytes that count.
#[derive(Default)]
pub struct Counting(u64);

impl Stamps for Counting {
    fn now(&mut self) -> Timestamp {
        self.0 += 1;
        Timestamp::from_milliseconds(1_800_000_000_000 + self.0 as i64)
    }

    fn random(&mut self) -> [u8; 10] {
        self.0 += 1;
        let mut bytes = [9; 10];
        bytes[2..].copy_from_slice(&self.0.to_be_bytes());
        bytes
    }
}

/// The format of a name.
pub fn format(name: &str) -> Format {
    name.parse().expect("a format of the table")
}

/// Writes an export to memory.
pub fn export(format: Format, project: &Project, scope: &Scope) -> (Memory, Vec<Loss>) {
    let mut out = Memory::default();
    let go_on = |_, _| ControlFlow::Continue(());
    let losses = exchange::write(format, project, scope, Options::default(), &mut out, &go_on)
        .expect("a sound project can be written");
    (out, losses)
}

/// How many annotations an export left out, as it declared.
pub fn left_out(losses: &[Loss], project: &Project) -> usize {
    match losses.iter().any(|loss| loss.lost == Lost::Annotations) {
        true => project.annotation_count(),
        false => losses.iter().filter(|loss| loss.lost == Lost::Whole).count(),
    }
}

pub fn id(number: usize) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&(number as u64).to_be_bytes());
    bytes
}

pub fn document(number: usize, text: &str) -> Arc<Document> {
    let sha256 = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    Arc::new(Document {
        id: DocumentId::from_bytes(id(number)),
        title: format!("=عنوان {number}"),
        file: format!("{number}.txt"),
        source: Source { path: format!("{number}.txt"), line_ends: LineEnds::Lf, ..Source::default() },
        imported: Timestamp::default(),
        sha256,
        earlier: Vec::new(),
        text: Text::new(text),
    })
}

pub fn tag(number: usize, name: &str) -> Tag {
    let color = Color([15, 107, 102]);
    let id = TagId::from_bytes(id(number));
    Tag {
        id,
        name: name.into(),
        color,
        shortcut: None,
        parent: None,
        definition: String::new(),
        withdrawn: false,
    }
}

/// What a test says of one annotation.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    /// Which document.
    pub document: usize,
    /// Starts and ends of its parts, as places among the text's grapheme boundaries.
    pub spans: Vec<(usize, usize)>,
    /// Which tags; one past the codebook is a tag that it does not have.
    pub tags: Vec<usize>,
    pub note: String,
    pub attributes: Vec<(String, String)>,
    /// Kind, and how many marks further on the target is.
    pub relations: Vec<(String, usize)>,
    /// Which coder, and when.
    pub coder: usize,
}

/// A mark of one span with the first tag.
pub fn plain(document: usize, start: usize, end: usize) -> Mark {
    Mark { document, spans: vec![(start, end)], tags: vec![0], ..Mark::default() }
}

pub const CODERS: [&str; 3] = ["ليلى", "A. \"B\" <c>", "سارة/ب"];

/// A project of these texts, tags and marks. Marks whose spans come to nothing are left out.
pub fn project(texts: &[String], names: &[&str], marks: &[Mark]) -> Project {
    let documents: Vec<Arc<Document>> =
        texts.iter().enumerate().map(|(at, text)| document(at, text)).collect();
    let tags = names.iter().enumerate().map(|(at, name)| tag(at, name)).collect();
    let mut tables: Vec<Vec<Arc<Annotation>>> = vec![Vec::new(); texts.len()];
    let spans: Vec<Vec<Span>> =
        marks.iter().map(|mark| spans(&documents[mark.document].text, mark)).collect();
    for (number, mark) in marks.iter().enumerate().filter(|(number, _)| !spans[*number].is_empty()) {
        let there = |at: &usize| {
            marks.get(*at).is_some_and(|other| other.document == mark.document && !spans[*at].is_empty())
        };
        // Arrows go forward only, so that none comes back.
        let relations = mark.relations.iter().filter_map(|(kind, further)| {
            let target = Some(number + 1 + further).filter(there)?;
            Some(Relation { kind: kind.clone(), target: AnnotationId::from_bytes(id(target)) })
        });
        let mut tags = mark.tags.clone();
        let mut seen = std::collections::HashSet::new();
        tags.retain(|tag| seen.insert(*tag));
        let made = 1_695_384_245_007 + mark.coder as i64;
        tables[mark.document].push(Arc::new(Annotation {
            id: AnnotationId::from_bytes(id(number)),
            document: documents[mark.document].id,
            quote: documents[mark.document].text.quote(&spans[number]),
            spans: spans[number].clone(),
            tags: tags.iter().map(|&tag| TagId::from_bytes(id(tag))).collect(),
            note: mark.note.clone(),
            attributes: mark.attributes.clone(),
            relations: relations.collect(),
            coder: Coder::new(CODERS[mark.coder % CODERS.len()]),
            created: Timestamp::from_milliseconds(made),
            modified: Timestamp::from_milliseconds(made + 993),
        }));
    }
    let tables = documents.iter().map(|document| document.id).zip(tables).collect::<Vec<_>>();
    Project::from_parts(
        ProjectId::from_bytes(id(0)),
        "تجربة".into(),
        Settings::default(),
        Codebook::new(tags),
        documents,
        tables.into_iter().map(|(id, table)| (id, AnnotationTable::new(table))),
    )
}

/// The parts of a mark in a text: on grapheme boundaries, in order, apart.
fn spans(text: &Text, mark: &Mark) -> Vec<Span> {
    let cuts: Vec<usize> = (0..=text.len()).filter(|&byte| text.is_boundary(byte)).collect();
    let mut spans: Vec<Span> = mark
        .spans
        .iter()
        .map(|&(start, end)| (start % cuts.len(), end % cuts.len()))
        .map(|(start, end)| Span::new(cuts[start.min(end)]..cuts[start.max(end)]))
        .filter(|span| !span.is_empty())
        .collect();
    spans.sort();
    spans.dedup_by(|later, earlier| later.start <= earlier.end);
    spans
}

pub fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("الكرملين ".to_owned()),
        Just("بَّ".to_owned()),
        Just("👨‍👩‍👧".to_owned()),
        Just("\u{1EE00}".to_owned()),
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just("\t".to_owned()),
        Just("\u{2028}".to_owned()),
        Just("'=،\"«»".to_owned()),
        "\\PC",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 1..40).prop_map(|pieces| pieces.concat())
}

/// Values that people write: some empty, some long, with whatever a format might stumble over.
pub fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("نعم".to_owned()),
        Just("قيمة \"بين\" علامتين".to_owned()),
        Just("two words".to_owned()),
        Just("%20 & <b>\\n;,|\t{}".to_owned()),
        text(),
    ]
}

pub fn mark() -> impl Strategy<Value = Mark> {
    (
        0..2usize,
        proptest::collection::vec((0..200usize, 0..200usize), 1..4),
        proptest::collection::vec(0..5usize, 0..3),
        value(),
        proptest::collection::vec((value(), value()), 0..3),
        proptest::collection::vec((value(), 0..5usize), 0..2),
        0..3usize,
    )
        .prop_map(|(document, spans, tags, note, attributes, relations, coder)| Mark {
            document,
            spans,
            tags,
            note,
            attributes,
            relations,
            coder,
        })
}

/// A project of two documents and up to twelve marks: emoji, marks, letters beyond the BMP, overlapping, discontinuous and nested spans, empty
/// notes, tags with spaces and quotation marks, one that is called like the label of what has no tag, and one that the codebook does not have.
pub fn any_project() -> impl Strategy<Value = Project> {
    let texts = proptest::collection::vec(text(), 2..3);
    let marks = proptest::collection::vec(mark(), 0..12);
    (texts, marks).prop_map(|(texts, marks)| {
        project(&texts, &["=اسم علم", "a \"b\", c", "ج|د <ه> & \'و\'", exchange::UNTAGGED], &marks)
    })
}
