//! `stam`: one annotation store in STAM JSON, the stand-off text annotation model, <https://github.com/annotation/stam>.
//!
//! Each text is a resource, each mark an annotation on it by a TextSelector that counts code points, or by a CompositeSelector of several. Quote, tags,
//! note, coder and times are data of the set `hashiya`, attributes data of the set `attributes` by their own keys. A relation is an annotation
//! of its own, from one annotation to another by a DirectionalSelector.

use std::collections::{BTreeSet, HashMap};

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::formats::{FormatInfo, Out};
use super::imported::{Imported, ImportedAnnotation, ImportedDocument};
use super::json::{Items, items, members, not_json, pieces_asking, plain};
use super::losses::{Lost, told_once};
use super::source::{Asks, only, text};
use super::walk::{Page, tag_name, walk};
use super::{ExchangeError, Loss, Options, Progress, Scope, Sink, Source, Unit};
use crate::model::{Annotation, Project, Span};

pub(super) const INFO: FormatInfo = FormatInfo {
    name: "stam",
    message: "format-stam",
    readers: "The STAM libraries and tools for Rust and Python read it: one store with the texts and every annotation.",
    holds: "One store with the texts. Marks are annotations by TextSelector, or CompositeSelector for several parts; quote, tags, note, coder and \
            times are data of the set hashiya, attributes data of the set attributes, relations annotations by DirectionalSelector.",
    extension: "stam.json",
    out: Out::File,
    offsets: "code points",
    loses: &[Lost::Target, Lost::Codebook],
    byte_order_mark: false,
    write,
    read: Some(read),
    rows: None,
};

/// The set of what is ours, and the set of attributes.
const OWN: &str = "hashiya";
const ATTRIBUTES: &str = "attributes";

/// The keys of our set.
const KEYS: [&str; 8] = ["quote", "tag", "note", "coder", "created", "modified", "attribute", "relation"];

fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let out = sink.file("annotations.stam.json")?;
    write!(out, "{{\"@type\":\"AnnotationStore\",\"@id\":\"{}\",\n\"resources\":", project.id())?;
    let mut resources = Items::begin(out)?;
    for document in project.documents().iter().filter(|document| !scope.leaves_out(document.id)) {
        let text = document.text.as_str();
        resources.item(&json!({ "@type": "TextResource", "@id": document.id, "text": text }))?;
    }
    let out = resources.end()?;
    let keys = |keys: &mut dyn Iterator<Item = &str>| -> Vec<Value> {
        keys.map(|key| json!({ "@type": "DataKey", "@id": key })).collect()
    };
    let used: BTreeSet<&str> = scope
        .annotations(project)
        .filter(|(_, annotation)| has_own_keys(annotation))
        .flat_map(|(_, annotation)| annotation.attributes.iter().map(|(key, _)| key.as_str()))
        .collect();
    out.write_all(b",\n\"annotationsets\":")?;
    let mut sets = Items::begin(out)?;
    let set = |id: &str, keys: Vec<Value>| json!({ "@type": "AnnotationDataSet", "@id": id, "keys": keys, "data": [] });
    sets.item(&set(OWN, keys(&mut KEYS.into_iter())))?;
    sets.item(&set(ATTRIBUTES, keys(&mut used.into_iter())))?;
    let out = sets.end()?;
    out.write_all(b",\n\"annotations\":")?;
    let mut losses = Vec::new();
    let mut list = Items::begin(out)?;
    walk(project, scope, progress, &mut |page| {
        for annotation in page.annotations() {
            list.item(&mark(page, annotation?)?)?;
        }
        for annotation in page.annotations_again() {
            for (number, relation) in annotation.relations.iter().enumerate() {
                if !page.holds(relation.target) {
                    losses.push(Loss::of(annotation.id, Lost::Target).about(&relation.kind));
                    continue;
                }
                let end = |id| json!({ "@type": "AnnotationSelector", "annotation": id });
                list.item(&json!({
                    "@type": "Annotation",
                    "@id": format!("{}/{}", annotation.id, number + 1),
                    "target": {
                        "@type": "DirectionalSelector",
                        "selectors": [end(annotation.id), end(relation.target)],
                    },
                    "data": [data(OWN, "relation", &relation.kind)],
                }))?;
            }
        }
        Ok(())
    })?;
    list.end()?.write_all(b"}\n")?;
    losses.extend(told_once(project, scope, &[Lost::Codebook]));
    Ok(losses)
}

/// Whether the keys of an annotation's attributes can be keys of a set: a key needs a name.
fn has_own_keys(annotation: &Annotation) -> bool {
    annotation.attributes.iter().all(|(key, _)| !key.is_empty())
}

fn data(set: &str, key: &str, value: &str) -> Value {
    json!({ "@type": "AnnotationData", "set": set, "key": key, "value": { "@type": "String", "value": value } })
}

fn mark(page: &Page<'_>, annotation: &Annotation) -> Result<Value, ExchangeError> {
    let selector = |span: Span| -> Result<Value, ExchangeError> {
        let (start, end) = page.positions(Unit::CodePoints, span)?;
        let cursor = |value: u32| json!({ "@type": "BeginAlignedCursor", "value": value });
        let offset = json!({ "@type": "Offset", "begin": cursor(start), "end": cursor(end) });
        Ok(json!({ "@type": "TextSelector", "resource": page.document.id, "offset": offset }))
    };
    let target = match annotation.spans.as_slice() {
        [span] => selector(*span)?,
        spans => {
            let parts: Vec<Value> = spans.iter().map(|&span| selector(span)).collect::<Result<_, _>>()?;
            json!({ "@type": "CompositeSelector", "selectors": parts })
        }
    };
    let tags = annotation.tags.iter().map(|&tag| data(OWN, "tag", &tag_name(page.project, tag)));
    // What it quotes, so that a reader can check where it stands.
    let mut said = vec![data(OWN, "quote", &annotation.quote.exact)];
    said.extend(tags);
    if !annotation.note.is_empty() {
        said.push(data(OWN, "note", &annotation.note));
    }
    said.push(data(OWN, "coder", annotation.coder.name()));
    said.push(data(OWN, "created", &annotation.created.to_string()));
    said.push(data(OWN, "modified", &annotation.modified.to_string()));
    for (key, value) in &annotation.attributes {
        if has_own_keys(annotation) {
            said.push(data(ATTRIBUTES, key, value));
        } else {
            let pair = [key, value].map(|text| json!({ "@type": "String", "value": text }));
            let value = json!({ "@type": "List", "value": pair });
            said.push(json!({ "@type": "AnnotationData", "set": OWN, "key": "attribute", "value": value }));
        }
    }
    Ok(json!({ "@type": "Annotation", "@id": annotation.id, "target": target, "data": said }))
}

/// A store on its way to what it says.
#[derive(Default)]
struct Store {
    imported: Imported,
    /// Where each resource stands among the documents.
    resources: HashMap<String, usize>,
    /// Key and value of the data that annotations name by set and id.
    data: HashMap<(String, String), (String, Value)>,
    /// Where each annotation stands: document and place in it.
    places: HashMap<String, (usize, usize)>,
    passed: usize,
}

fn read(source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let name = only(source)?;
    let content = text(source, &name)?;
    let wrong = |why| ExchangeError::malformed("", not_json(why));
    let whole: &RawValue = serde_json::from_str(&content).map_err(wrong)?;
    let Some(whole) = members(whole) else {
        return Err(ExchangeError::malformed("", "it is no annotation store"));
    };
    let asks = Asks::new(source);
    let list = |name: &str| pieces_asking(whole.get(name).copied(), &asks).map_err(wrong);
    let read = |piece: &RawValue| {
        asks.step_saying()?;
        serde_json::from_str::<Value>(piece.get()).map_err(not_json)
    };
    let mut store = Store::default();
    for (number, resource) in list("resources")?.into_iter().enumerate() {
        let at = || format!("resource {}", number + 1);
        let taken = read(resource).and_then(|resource| store.resource(&resource));
        taken.map_err(|what| ExchangeError::malformed(at(), what))?;
    }
    for set in list("annotationsets")? {
        let set: HashMap<String, &RawValue> = members(set).unwrap_or_default();
        let id =
            set.get("@id").and_then(|id| serde_json::from_str::<String>(id.get()).ok()).unwrap_or_default();
        for data in pieces_asking(set.get("data").copied(), &asks).map_err(wrong)? {
            asks.step()?;
            let data: Value = serde_json::from_str(data.get()).map_err(wrong)?;
            let value = data.get("value").cloned().unwrap_or_default();
            store.data.insert((id.clone(), string(&data, "@id")), (string(&data, "key"), value));
        }
    }
    for (number, annotation) in list("annotations")?.into_iter().enumerate() {
        let at = || format!("annotation {}", number + 1);
        let taken = read(annotation).and_then(|annotation| store.annotation(&annotation, number));
        taken.map_err(|what| ExchangeError::malformed(at(), what))?;
    }
    if store.passed > 0 {
        let what = "annotations of whole resources or sets, or of annotations that are not there";
        store.imported.remarks.push(format!("left out: {what} ({})", store.passed));
    }
    Ok(store.imported)
}

impl Store {
    fn resource(&mut self, resource: &Value) -> Result<(), String> {
        let id = string(resource, "@id");
        let Some(text) = resource.get("text").and_then(Value::as_str) else {
            return Err("its text lies in another file; save the store with its texts in it".into());
        };
        self.resources.insert(id.clone(), self.imported.documents.len());
        self.imported.documents.push(ImportedDocument {
            id: id.parse().ok(),
            name: id,
            text: Some(text.to_owned()),
            ..ImportedDocument::default()
        });
        Ok(())
    }

    fn annotation(&mut self, annotation: &Value, number: usize) -> Result<(), String> {
        let id = Some(string(annotation, "@id")).filter(|id| !id.is_empty());
        let id = id.unwrap_or_else(|| format!("annotation {}", number + 1));
        let target = annotation.get("target").ok_or("it has no target")?;
        let said = self.data_of(annotation);
        let mut ends = Vec::new();
        let mut spans = Vec::new();
        self.select(target, &mut spans, &mut ends)?;
        let Some(&(document, _)) = spans.first() else {
            return self.about_annotations(&said, &ends);
        };
        if spans.iter().any(|(other, _)| *other != document) {
            return Err("it stands in several texts".into());
        }
        let mut mark = ImportedAnnotation {
            keys: vec![id.clone()],
            id: id.parse().ok(),
            spans: spans.into_iter().map(|(_, span)| span).collect(),
            note: Some(String::new()),
            attributes: Some(Vec::new()),
            relations: Some(Vec::new()),
            ..ImportedAnnotation::default()
        };
        for (set, key, value) in said {
            say(&mut mark, &set, key, &value);
        }
        let marks = &mut self.imported.documents[document].annotations;
        self.places.insert(id, (document, marks.len()));
        marks.push(mark);
        Ok(())
    }

    /// What an annotation says: set, key and value of its data.
    fn data_of(&self, annotation: &Value) -> Vec<(String, String, Value)> {
        let mut said = Vec::new();
        for data in items(annotation.get("data").cloned()) {
            let (set, id) = (string(&data, "set"), string(&data, "@id"));
            match (data.get("value"), self.data.get(&(set.clone(), id))) {
                (Some(value), _) => said.push((set, string(&data, "key"), value.clone())),
                (None, Some((key, value))) => said.push((set, key.clone(), value.clone())),
                (None, None) => {}
            }
        }
        said
    }

    /// The places and the annotations that a selector selects.
    fn select(
        &self,
        selector: &Value,
        spans: &mut Vec<(usize, (u64, u64))>,
        ends: &mut Vec<String>,
    ) -> Result<(), String> {
        match selector.get("@type").and_then(Value::as_str) {
            Some("TextSelector") => {
                let resource = string(selector, "resource");
                let at =
                    *self.resources.get(&resource).ok_or_else(|| format!("there is no text «{resource}»"))?;
                let length = || {
                    let text = self.imported.documents[at].text.as_deref().unwrap_or_default();
                    text.chars().count() as u64
                };
                let cursor = |key: &str| -> Result<u64, String> {
                    let cursor = selector.pointer(&format!("/offset/{key}")).ok_or("it has no offset")?;
                    let value =
                        cursor.get("value").and_then(Value::as_i64).ok_or("its offset is no number")?;
                    let position = match string(cursor, "@type").as_str() {
                        "EndAlignedCursor" => length().checked_add_signed(value),
                        _ => u64::try_from(value).ok(),
                    };
                    position.ok_or_else(|| format!("{value} is no position in its text"))
                };
                spans.push((at, (cursor("begin")?, cursor("end")?)));
            }
            Some("CompositeSelector" | "MultiSelector" | "DirectionalSelector") => {
                for part in items(selector.get("selectors").cloned()) {
                    self.select(&part, spans, ends)?;
                }
            }
            Some("AnnotationSelector") => ends.push(string(selector, "annotation")),
            _ => {}
        }
        Ok(())
    }

    /// An annotation of annotations: a relation between two of them, or something more that is said of one.
    fn about_annotations(&mut self, said: &[(String, String, Value)], ends: &[String]) -> Result<(), String> {
        let place = |end: &String| self.places.get(end).copied();
        match ends {
            [from, to]
                if place(from).is_some()
                    && place(to).is_some_and(|to| Some(to.0) == place(from).map(|from| from.0)) =>
            {
                let kind = said.iter().find(|(set, key, _)| set == OWN && key == "relation");
                let kind = match (kind, said.first()) {
                    (Some((_, _, value)), _) => words(value),
                    (None, Some((_, key, value))) => format!("{key} {}", words(value)),
                    (None, None) => String::new(),
                };
                let (document, at) = place(from).unwrap_or_default();
                let mark = &mut self.imported.documents[document].annotations[at];
                mark.relations.get_or_insert_default().push((kind, to.clone()));
            }
            [one] if place(one).is_some() => {
                let (document, at) = place(one).unwrap_or_default();
                let mark = &mut self.imported.documents[document].annotations[at];
                for (_, key, value) in said {
                    mark.attribute(key, words(value));
                }
            }
            _ => self.passed += 1,
        }
        Ok(())
    }
}

/// Puts one datum where it belongs.
fn say(mark: &mut ImportedAnnotation, set: &str, key: String, value: &Value) {
    let pair = value.get("value").and_then(Value::as_array).filter(|pair| pair.len() == 2);
    match (set, key.as_str()) {
        (OWN, "tag") => mark.tags.push(words(value)),
        (OWN, "quote") => mark.quote = Some(words(value)),
        (OWN, "note") => mark.note = Some(words(value)),
        (OWN, "coder") => mark.coder = Some(words(value)),
        (OWN, "created") => mark.created = words(value).parse().ok(),
        (OWN, "modified") => mark.modified = words(value).parse().ok(),
        (OWN, "attribute") if pair.is_some() => {
            let pair = pair.map_or(&[][..], Vec::as_slice);
            mark.attribute(words(&pair[0]), words(&pair[1]));
        }
        _ => mark.attribute(key, words(value)),
    }
}

/// A value as text.
fn words(value: &Value) -> String {
    match value.get("value") {
        Some(inner) => plain(inner),
        None if value.is_object() => String::new(),
        None => plain(value),
    }
}

fn string(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
