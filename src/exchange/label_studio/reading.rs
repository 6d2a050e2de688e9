//! Reading what Label Studio exports, as JSON or as JSON-MIN, and what we write for it.
//!
//! A region becomes an annotation with the labels of all results of its id; the other results of that id become a note (a text area called
//! `note` or `comment`) or attributes by the names of their controls. Predictions and cancelled annotations are passed over and said so.

use std::collections::HashMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::super::imported::{Imported, ImportedAnnotation, ImportedDocument};
use super::super::json::{items, members, not_json, pieces_asking, plain, read_members};
use super::super::source::{Asks, text};
use super::super::{ExchangeError, Source};
use super::Own;

/// The types of results that name the labels of a region.
const LABELLING: [&str; 3] = ["labels", "hypertextlabels", "paragraphlabels"];

pub(super) fn read(source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let names: Vec<String> = source.names().into_iter().filter(|name| name.ends_with(".json")).collect();
    if names.is_empty() {
        return Err(ExchangeError::malformed("the folder", "no file in it has a name that ends in .json"));
    }
    let mut imported = Imported::default();
    let mut passed = Passed::default();
    for name in names {
        let content = text(source, &name)?;
        let wrong = |why| ExchangeError::malformed(&name, not_json(why));
        let tasks: &RawValue = serde_json::from_str(&content).map_err(wrong)?;
        let asks = Asks::new(source);
        for (number, task) in pieces_asking(Some(tasks), &asks).map_err(wrong)?.into_iter().enumerate() {
            asks.step()?;
            let at = || format!("task {} of {name}", number + 1);
            let task = members(task).ok_or_else(|| ExchangeError::malformed(at(), "it is no object"))?;
            let document =
                read_task(task, &mut passed, &asks).map_err(|what| ExchangeError::malformed(at(), what))?;
            imported.documents.push(document);
        }
    }
    imported.remarks = passed.remarks();
    Ok(imported)
}

/// What was passed over.
#[derive(Default)]
struct Passed {
    predictions: usize,
    cancelled: usize,
    others: HashMap<String, usize>,
}

impl Passed {
    fn remarks(self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.predictions > 0 {
            remarks.push(format!("left out, because nobody made them: predictions ({})", self.predictions));
        }
        if self.cancelled > 0 {
            remarks.push(format!("left out, because they were cancelled: annotations ({})", self.cancelled));
        }
        let mut others: Vec<_> = self.others.into_iter().collect();
        others.sort();
        for (kind, count) in others {
            remarks.push(format!(
                "left out, because they belong to no place in a text: results of the type «{kind}» ({count})"
            ));
        }
        remarks
    }
}

fn listed<'j>(value: Option<&'j RawValue>, asks: &Asks<'_>) -> Result<Vec<&'j RawValue>, String> {
    pieces_asking(value, asks).map_err(not_json)
}

fn read_task(
    mut task: HashMap<String, &RawValue>,
    passed: &mut Passed,
    asks: &Asks<'_>,
) -> Result<ImportedDocument, String> {
    passed.predictions += listed(task.remove("predictions"), asks)?.len();
    let sheets = task.remove("annotations").or_else(|| task.remove("completions"));
    let mut task = read_members(task).map_err(not_json)?;
    let id = task.get("id").map(plain).unwrap_or_default();
    if sheets.is_none() && !task.contains_key("data") {
        return read_min(task, &id);
    }
    let sheets = listed(sheets, asks)?;
    let Some(Value::Object(data)) = task.remove("data") else { return Err("it has no «data»".into()) };
    let string = |key: &str| data.get(key).and_then(Value::as_str).map(str::to_owned);
    let longest = || data.values().filter_map(Value::as_str).max_by_key(|text| text.len()).map(str::to_owned);
    let mut document = ImportedDocument {
        id: string("document").and_then(|id| id.parse().ok()),
        name: string("title").unwrap_or_else(|| format!("task {id}")),
        title: string("title"),
        text: Some(string("text").or_else(longest).ok_or("its data hold no text")?),
        ..ImportedDocument::default()
    };
    let several = sheets.len() > 1;
    for (number, sheet) in sheets.into_iter().enumerate() {
        let mut sheet = members(sheet).ok_or("an annotation is no object")?;
        let results = listed(sheet.remove("result"), asks)?;
        let sheet = read_members(sheet).map_err(not_json)?;
        if sheet.get("was_cancelled").and_then(Value::as_bool) == Some(true) {
            passed.cancelled += 1;
            continue;
        }
        let prefix = if several { format!("{}/", number + 1) } else { String::new() };
        read_sheet(&sheet, results, &prefix, &mut document.annotations, (passed, asks))?;
    }
    Ok(document)
}

/// What one annotator did in a task.
fn read_sheet(
    sheet: &Map<String, Value>,
    results: Vec<&RawValue>,
    prefix: &str,
    annotations: &mut Vec<ImportedAnnotation>,
    (passed, asks): (&mut Passed, &Asks<'_>),
) -> Result<(), String> {
    let coder = sheet.get("completed_by").and_then(person);
    let time = |key: &str| sheet.get(key).and_then(Value::as_str).and_then(|time| time.parse().ok());
    let (created, modified) = (time("created_at"), time("updated_at"));
    let first = annotations.len();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut rest = Vec::new();
    for result in results {
        asks.step_saying()?;
        let result: Map<String, Value> = serde_json::from_str(result.get())
            .map_err(|why| format!("a result is no sound object: {why}"))?;
        let kind = result.get("type").and_then(Value::as_str).unwrap_or_default();
        if !LABELLING.contains(&kind) {
            rest.push(result);
            continue;
        }
        let key = format!("{prefix}{}", result.get("id").map(plain).unwrap_or_default());
        let labels = labels_of(&result, kind);
        if let Some(&at) = places.get(&key) {
            let tags = &mut annotations[at].tags;
            let more: Vec<String> = labels.into_iter().filter(|label| !tags.contains(label)).collect();
            tags.extend(more);
            continue;
        }
        places.insert(key.clone(), annotations.len());
        let mut annotation = region(&result, key, labels)?;
        annotation.coder = annotation.coder.or_else(|| coder.clone());
        annotation.created = annotation.created.or(created);
        annotation.modified = annotation.modified.or(modified);
        annotations.push(annotation);
    }
    for result in rest {
        asks.step_saying()?;
        let text = |key: &str| result.get(key).map(plain).unwrap_or_default();
        if text("type") == "relation" {
            let end = |key: &str| places.get(&format!("{prefix}{}", text(key))).copied();
            let (Some(from), Some(to)) = (end("from_id"), end("to_id")) else {
                *passed.others.entry("relation".to_owned()).or_default() += 1;
                continue;
            };
            let target = annotations[to].keys[0].clone();
            let kinds: Vec<String> = items(result.get("labels").cloned()).iter().map(plain).collect();
            let kinds = if kinds.is_empty() { vec![String::new()] } else { kinds };
            let (from, to) = if text("direction") == "left" {
                (to, annotations[from].keys[0].clone())
            } else {
                (from, target)
            };
            for kind in kinds {
                annotations[from].relations.get_or_insert_default().push((kind, to.clone()));
            }
            continue;
        }
        match places.get(&format!("{prefix}{}", text("id"))) {
            Some(&at) => property(&mut annotations[at], &result),
            None => *passed.others.entry(text("type")).or_default() += 1,
        }
    }
    debug_assert!(annotations.len() >= first);
    Ok(())
}

/// A region with its place.
fn region(
    result: &Map<String, Value>,
    key: String,
    labels: Vec<String>,
) -> Result<ImportedAnnotation, String> {
    let value = result.get("value").and_then(Value::as_object).ok_or("a region has no value")?;
    // In hypertext the positions in the text stand apart from those in the elements.
    let place = value.get("globalOffsets").and_then(Value::as_object).unwrap_or(value);
    let number = |key: &str| -> Result<u64, String> {
        let number = place.get(key).ok_or_else(|| format!("a region has no «{key}»"))?;
        let read = number.as_u64().or_else(|| number.as_str()?.parse().ok());
        read.ok_or_else(|| format!("«{number}» is no position"))
    };
    let mut annotation = ImportedAnnotation {
        id: key.parse().ok().or_else(|| key.rsplit('/').next()?.parse().ok()),
        keys: vec![key],
        spans: vec![(number("start")?, number("end")?)],
        quote: value.get("text").and_then(Value::as_str).map(str::to_owned),
        tags: labels,
        note: Some(String::new()),
        attributes: Some(Vec::new()),
        relations: Some(Vec::new()),
        ..ImportedAnnotation::default()
    };
    let Some(mut meta) = result.get("meta").and_then(Value::as_object).cloned() else {
        return Ok(annotation);
    };
    if let Some(own) = meta.remove("hashiya").and_then(|own| serde_json::from_value::<Own>(own).ok()) {
        annotation.coder = Some(own.coder);
        annotation.created = Some(own.created);
        annotation.modified = Some(own.modified);
        annotation.attributes = Some(own.attributes);
    }
    let lines: Vec<String> = items(meta.remove("text")).iter().map(plain).collect();
    annotation.note = Some(lines.join("\n"));
    for (key, value) in meta {
        annotation.attribute(key, plain(&value));
    }
    Ok(annotation)
}

fn labels_of(result: &Map<String, Value>, kind: &str) -> Vec<String> {
    let value = result.get("value").and_then(Value::as_object);
    let labels = value.and_then(|value| value.get(kind).or_else(|| value.get("labels"))).cloned();
    items(labels).iter().map(plain).collect()
}

/// What another control says of a region.
fn property(annotation: &mut ImportedAnnotation, result: &Map<String, Value>) {
    let name = result.get("from_name").map(plain).unwrap_or_default();
    let Some(value) = result.get("value").and_then(Value::as_object) else { return };
    let place = ["start", "end", "text", "startOffset", "endOffset", "globalOffsets"];
    let is_text_area = result.get("type").and_then(Value::as_str) == Some("textarea");
    for (key, said) in value.iter().filter(|(key, _)| is_text_area || !place.contains(&key.as_str())) {
        if is_text_area && key != "text" {
            continue;
        }
        for said in items(Some(said.clone())) {
            let said = plain(&said);
            let is_note = is_text_area && matches!(name.as_str(), "note" | "comment" | "notes" | "comments");
            match &mut annotation.note {
                Some(note) if is_note && note.is_empty() => *note = said,
                Some(note) if is_note => note.push_str(&format!("\n{said}")),
                _ => annotation.attribute(name.clone(), said),
            }
        }
    }
}

/// A task of JSON-MIN: the data and the values of each control side by side.
fn read_min(task: Map<String, Value>, id: &str) -> Result<ImportedDocument, String> {
    let string = |key: &str| task.get(key).and_then(Value::as_str).map(str::to_owned);
    let longest = || task.values().filter_map(Value::as_str).max_by_key(|text| text.len()).map(str::to_owned);
    let mut document = ImportedDocument {
        id: string("document").and_then(|id| id.parse().ok()),
        name: string("title").unwrap_or_else(|| format!("task {id}")),
        title: string("title"),
        text: Some(string("text").or_else(longest).ok_or("it holds no text")?),
        ..ImportedDocument::default()
    };
    let coder = task.get("annotator").and_then(person);
    for (control, values) in &task {
        let Value::Array(values) = values else { continue };
        for value in values.iter().filter_map(Value::as_object).filter(|value| value.contains_key("start")) {
            let kind = LABELLING.into_iter().find(|kind| value.contains_key(*kind));
            let result = Map::from_iter([("value".to_owned(), Value::Object(value.clone()))]);
            let labels = labels_of(&result, kind.unwrap_or("labels"));
            let key = format!("{control} {}", document.annotations.len() + 1);
            let annotation = region(&result, key, labels)?;
            document.annotations.push(ImportedAnnotation { coder: coder.clone(), ..annotation });
        }
    }
    Ok(document)
}

/// The name of somebody: an address or a name before a number.
fn person(value: &Value) -> Option<String> {
    match value {
        Value::Object(person) => {
            let text = |key: &str| person.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            let name =
                [text("first_name"), text("last_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let name = Some(name).filter(|name| !name.is_empty());
            name.or_else(|| text("email").map(str::to_owned))
                .or_else(|| person.get("id").map(|id| format!("annotator {id}")))
        }
        Value::String(name) => Some(name.clone()),
        Value::Number(number) => Some(format!("annotator {number}")),
        _ => None,
    }
}
