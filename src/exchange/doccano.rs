//! `doccano`: one JSON object a line, each a document with its text and its labels, as the annotation tool of that name takes and gives them.
//!
//! `label` holds triples of start, end and label, which projects for sequence labelling import. When there are relations, `entities` and
//! `relations` stand beside it, as projects with relations import them. Everything else on a line is metadata, which doccano keeps and gives
//! back: under [`OWN`] stand the ids of the document and of the annotations, so that several tags of one annotation come back as one.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::formats::{FormatInfo, Out};
use super::imported::{Imported, ImportedAnnotation, ImportedDocument};
use super::json::{items, not_json, plain, write_line};
use super::jsonl::each_object;
use super::losses::{Lost, told_once};
use super::source::{buffered, only};
use super::walk::{Page, walk};
use super::{ExchangeError, Loss, Options, Progress, Scope, Sink, Source, Unit};
use crate::model::{AnnotationId, DocumentId, Project};

pub(super) const INFO: FormatInfo = FormatInfo {
    name: "doccano",
    message: "format-doccano",
    readers: "Doccano reads it, and scripts that train taggers: one document a line, its labels as start, end and name.",
    holds: "One line a document: `label` with start, end and name for each tag, and where there are relations `entities` and `relations` as well. \
            The metadata under `hashiya` hold the ids, by which several labels become one annotation again, and the quotes, by which positions \
            are checked.",
    extension: "jsonl",
    out: Out::File,
    offsets: "code points",
    loses: &[
        Lost::Parts,
        Lost::Note,
        Lost::Attributes,
        Lost::Target,
        Lost::Untagged,
        Lost::Coder,
        Lost::Times,
        Lost::Codebook,
    ],
    byte_order_mark: false,
    write,
    read: Some(read),
    rows: None,
};

/// The key of what is ours on a line.
const OWN: &str = "hashiya";

#[derive(Serialize)]
struct Line<'a> {
    text: &'a str,
    label: Vec<(u32, u32, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entities: Option<Vec<Entity>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relations: Option<Vec<Arrow>>,
    hashiya: Own,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entity {
    #[serde(default)]
    id: Value,
    /// A name; in exports of its first versions, the number of one.
    label: Value,
    start_offset: u64,
    end_offset: u64,
    /// What it says besides.
    #[serde(flatten)]
    more: Map<String, Value>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Arrow {
    #[serde(default)]
    id: Value,
    from_id: Value,
    to_id: Value,
    #[serde(rename = "type")]
    kind: String,
}

/// What doccano carries for us.
#[derive(Debug, Serialize, Deserialize)]
struct Own {
    document: DocumentId,
    title: String,
    /// Start, end and label of each record, the annotation it belongs to, and what it quotes, so that positions can be checked.
    annotations: Vec<(u64, u64, String, AnnotationId, String)>,
}

fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let sink = sink.file("doccano.jsonl")?;
    let mut losses = Vec::new();
    let with_relations = scope.annotations(project).any(|(_, annotation)| !annotation.relations.is_empty());
    // Ids of entities and relations count through the whole file.
    let mut next = 0;
    walk(project, scope, progress, &mut |page| {
        let line = line(page, with_relations, &mut next, &mut losses)?;
        Ok(write_line(sink, &line)?)
    })?;
    losses.extend(told_once(project, scope, &[Lost::Coder, Lost::Times, Lost::Codebook]));
    Ok(losses)
}

/// The line of a document.
fn line<'a>(
    page: &Page<'a>,
    with_relations: bool,
    next: &mut u64,
    losses: &mut Vec<Loss>,
) -> Result<Line<'a>, ExchangeError> {
    let mut number = || {
        *next += 1;
        Value::from(*next - 1)
    };
    let (mut label, mut own, mut entities) = (Vec::new(), Vec::new(), Vec::new());
    let mut numbers: HashMap<AnnotationId, Value> = HashMap::new();
    for annotation in page.annotations() {
        let annotation = annotation?;
        let (start, end) = page.positions(Unit::CodePoints, annotation.extent())?;
        let words = &page.text()[annotation.extent().range()];
        for name in page.labels(annotation) {
            let (start_offset, end_offset) = (u64::from(start), u64::from(end));
            own.push((start_offset, end_offset, name.to_string(), annotation.id, words.to_owned()));
            if with_relations {
                let id = number();
                numbers.entry(annotation.id).or_insert_with(|| id.clone());
                let label = Value::from(name.to_string());
                entities.push(Entity { id, label, start_offset, end_offset, more: Map::new() });
            }
            label.push((start, end, name.into_owned()));
        }
        let told = [
            (Lost::Parts, annotation.spans.len() > 1),
            (Lost::Note, !annotation.note.is_empty()),
            (Lost::Attributes, !annotation.attributes.is_empty()),
        ];
        losses.extend(told.iter().filter(|told| told.1).map(|told| Loss::of(annotation.id, told.0)));
    }
    let mut relations = Vec::new();
    if with_relations {
        for annotation in page.annotations_again() {
            for relation in &annotation.relations {
                let target = numbers.get(&relation.target).filter(|_| page.holds(relation.target));
                match (numbers.get(&annotation.id), target) {
                    (Some(from), Some(to)) => relations.push(Arrow {
                        id: number(),
                        from_id: from.clone(),
                        to_id: to.clone(),
                        kind: relation.kind.clone(),
                    }),
                    _ => losses.push(Loss::of(annotation.id, Lost::Target).about(&relation.kind)),
                }
            }
        }
    }
    Ok(Line {
        text: page.text(),
        label,
        entities: with_relations.then_some(entities),
        relations: with_relations.then_some(relations),
        hashiya: Own { document: page.document.id, title: page.document.title.clone(), annotations: own },
    })
}

fn read(source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let name = only(source)?;
    let mut imported = Imported::default();
    let mut passed: BTreeMap<String, usize> = BTreeMap::new();
    each_object(&mut *buffered(source, &name)?, &mut |line| {
        let object: Map<String, Value> = serde_json::from_str(line).map_err(not_json)?;
        imported.documents.push(document(object, imported.documents.len() + 1, &mut passed)?);
        Ok(Ok(()))
    })?;
    let remark = |(key, lines)| {
        format!("«{key}» of {lines} documents is nothing that an annotation has, and was left out")
    };
    imported.remarks.extend(passed.into_iter().map(remark));
    Ok(imported)
}

/// The document of a line; what it holds beyond that is counted in `passed`.
fn document(
    mut object: Map<String, Value>,
    number: usize,
    passed: &mut BTreeMap<String, usize>,
) -> Result<ImportedDocument, String> {
    let text = object.remove("text").or_else(|| object.remove("data"));
    let Some(Value::String(text)) = text else { return Err("it has no «text»".into()) };
    let file = object.remove("filename").and_then(|name| name.as_str().map(str::to_owned));
    let own: Option<Own> = object.remove(OWN).and_then(|own| serde_json::from_value(own).ok());
    let is_labels = |value: &Value| value.get(0).is_some_and(|first| first.get("start_offset").is_some());
    let is_first = object.get("annotations").is_some_and(is_labels);
    let names = ["entities", "label", "labels"].into_iter().chain(is_first.then_some("annotations"));
    let labels: Vec<Value> = names.filter_map(|key| object.remove(key)).collect();
    let records = labels.into_iter().next().unwrap_or(Value::Array(Vec::new()));
    let Value::Array(records) = records else { return Err("its labels are no list".into()) };
    let mut document = ImportedDocument {
        id: own.as_ref().map(|own| own.document),
        name: own
            .as_ref()
            .map(|own| own.title.clone())
            .or(file)
            .unwrap_or_else(|| format!("doccano {number}")),
        title: own.as_ref().map(|own| own.title.clone()),
        text: Some(text),
        ..ImportedDocument::default()
    };
    let mut ids: HashMap<(u64, u64, String), VecDeque<(AnnotationId, String)>> = HashMap::new();
    for (start, end, label, id, words) in own.map(|own| own.annotations).unwrap_or_default() {
        ids.entry((start, end, label)).or_default().push_back((id, words));
    }
    for (at, record) in records.into_iter().enumerate() {
        let (key, start, end, label, more) = entity(record)?;
        let place = (start, end, label);
        let own = ids.get_mut(&place).and_then(VecDeque::pop_front);
        let (id, quote) = own.unzip();
        let mut annotation = ImportedAnnotation {
            keys: vec![if key.is_null() { format!("label {}", at + 1) } else { plain(&key) }],
            id,
            quote,
            spans: vec![(start, end)],
            tags: vec![place.2],
            ..ImportedAnnotation::default()
        };
        for (key, value) in more {
            annotation.attribute(key, plain(&value));
        }
        document.annotations.push(annotation);
    }
    let arrows = items(object.remove("relations"));
    let mut places: HashMap<String, usize> = HashMap::new();
    for (at, annotation) in document.annotations.iter().enumerate().filter(|_| !arrows.is_empty()) {
        places.entry(annotation.keys[0].clone()).or_insert(at);
    }
    for arrow in arrows {
        let arrow: Arrow = serde_json::from_value(arrow).map_err(|why| format!("a relation: {why}"))?;
        let (from, to) = (plain(&arrow.from_id), plain(&arrow.to_id));
        let source = places.get(&from).map(|&at| &mut document.annotations[at]);
        let source = source.ok_or_else(|| format!("a relation comes from {from}, which is not there"))?;
        source.relations.get_or_insert_default().push((arrow.kind, to));
    }
    for (key, value) in object {
        let says_nothing = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if key != "id" && !says_nothing {
            *passed.entry(key).or_default() += 1;
        }
    }
    Ok(document)
}

/// What a record says: its id, start, end, label, and what there is besides.
type Said = (Value, u64, u64, String, Map<String, Value>);

/// What a record says, which is a triple or an object.
fn entity(record: Value) -> Result<Said, String> {
    let wrong = |_| {
        "a label is neither a list of start, end and name, nor an object with start_offset, end_offset and label".to_owned()
    };
    if record.is_array() {
        let (start, end, label) = serde_json::from_value(record).map_err(wrong)?;
        return Ok((Value::Null, start, end, label, Map::new()));
    }
    let entity: Entity = serde_json::from_value(record).map_err(wrong)?;
    if !matches!(entity.label, Value::String(_) | Value::Number(_)) {
        return Err("a label has no name".into());
    }
    Ok((entity.id, entity.start_offset, entity.end_offset, plain(&entity.label), entity.more))
}
