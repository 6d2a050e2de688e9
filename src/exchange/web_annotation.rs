//! `web-annotation`: one W3C annotation collection in JSON-LD, <https://www.w3.org/TR/annotation-model/>.
//!
//! Each part of an annotation is a target with a TextPositionSelector, which counts code points, and a TextQuoteSelector. Tags are bodies whose
//! purpose is tagging, the note one for commenting, attributes for describing, and a relation is a body that links to another annotation.
//! What the model has no word for (the key of an attribute, the kind of a relation, the hash of a text) is under the prefix `hashiya`.

mod hypothesis;

use std::collections::HashMap;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::formats::{FormatInfo, Out};
use super::imported::{Imported, ImportedAnnotation, ImportedDocument};
use super::json::{Items, items, members, not_json, pieces_asking, read_members, write_value};
use super::losses::{Lost, told_once};
use super::source::{Asks, only, text};
use super::walk::{Page, tag_name, walk};
use super::{ExchangeError, Loss, Options, Progress, Scope, Sink, Source, Unit};
use crate::model::{Annotation, Project};

pub(super) const INFO: FormatInfo = FormatInfo {
    name: "web-annotation",
    message: "format-web-annotation",
    readers: "Annotation servers and viewers on the web read it, and programs for linked data: one W3C collection in JSON-LD.",
    holds: "One collection. Each part is a target whose source is the document's id, with a TextPositionSelector and a TextQuoteSelector; tags are \
            bodies for tagging, the note one for commenting, attributes for describing, relations for linking. Read are also the rows of Hypothes.is, \
            from its API (a search, a list, one row) or the export of its sidebar: text is the note, the account the coder, and because positions \
            count in the web page, marks are found by their quotations. Notes on whole pages, and replies, stand on no words and are left out.",
    extension: "jsonld",
    out: Out::File,
    offsets: "code points",
    loses: &[Lost::Target, Lost::Codebook, Lost::Texts],
    byte_order_mark: false,
    write,
    read: Some(read),
    rows: None,
};

const CONTEXT: &str = "http://www.w3.org/ns/anno.jsonld";
const URN: &str = "urn:uuid:";

fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let out = sink.file("annotations.jsonld")?;
    let context = json!([CONTEXT, { "hashiya": "urn:hashiya:" }]);
    write!(
        out,
        "{{\"@context\":{context},\n\"id\":\"{URN}{}\",\"type\":\"AnnotationCollection\",\"label\":",
        project.id()
    )?;
    write_value(out, project.title())?;
    let count = scope.count(project)?;
    write!(out, ",\"total\":{count},\n\"first\":{{\"id\":\"{URN}{}#page\",", project.id())?;
    write!(out, "\"type\":\"AnnotationPage\",\"startIndex\":0,\n\"items\":")?;
    let mut losses = Vec::new();
    let mut list = Items::begin(out)?;
    walk(project, scope, progress, &mut |page| {
        for annotation in page.annotations() {
            list.item(&item(page, annotation?, &mut losses)?)?;
        }
        Ok(())
    })?;
    list.end()?.write_all(b"}}\n")?;
    losses.extend(told_once(project, scope, &[Lost::Codebook]));
    Ok(losses)
}

#[derive(Serialize)]
struct Item<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    creator: Value,
    created: String,
    modified: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    body: Vec<Value>,
    target: Vec<Target<'a>>,
}

#[derive(Serialize)]
struct Target<'a> {
    source: String,
    selector: (Position, Quote<'a>),
    #[serde(rename = "hashiya:sha256")]
    sha256: &'a str,
    #[serde(rename = "hashiya:title")]
    title: &'a str,
}

#[derive(Serialize)]
struct Position {
    #[serde(rename = "type")]
    kind: &'static str,
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct Quote<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    exact: &'a str,
    prefix: Box<str>,
    suffix: Box<str>,
}

fn item<'a>(
    page: &Page<'a>,
    annotation: &'a Annotation,
    losses: &mut Vec<Loss>,
) -> Result<Item<'a>, ExchangeError> {
    let body = |purpose: &str, value: &str| json!({ "type": "TextualBody", "value": value, "format": "text/plain", "purpose": purpose });
    let tags = annotation.tags.iter().map(|&tag| body("tagging", &tag_name(page.project, tag)));
    let mut bodies: Vec<Value> = tags.collect();
    if !annotation.note.is_empty() {
        bodies.push(body("commenting", &annotation.note));
    }
    for (key, value) in &annotation.attributes {
        let mut body = body("describing", value);
        body["hashiya:key"] = Value::from(key.as_str());
        bodies.push(body);
    }
    for relation in &annotation.relations {
        if !page.holds(relation.target) {
            losses.push(Loss::of(annotation.id, Lost::Target).about(&relation.kind));
            continue;
        }
        let source = format!("{URN}{}", relation.target);
        let kind = relation.kind.as_str();
        bodies.push(json!({ "type": "SpecificResource", "source": source, "purpose": "linking", "hashiya:kind": kind }));
    }
    let mut target = Vec::with_capacity(annotation.spans.len());
    for &span in &annotation.spans {
        let (start, end) = page.positions(Unit::CodePoints, span)?;
        let quote = page.document.text.quote(&[span]);
        target.push(Target {
            source: page.document.id.to_string(),
            selector: (
                Position { kind: "TextPositionSelector", start, end },
                Quote {
                    kind: "TextQuoteSelector",
                    exact: &page.text()[span.range()],
                    prefix: quote.prefix,
                    suffix: quote.suffix,
                },
            ),
            sha256: page.sha256(),
            title: page.title(),
        });
    }
    Ok(Item {
        id: format!("{URN}{}", annotation.id),
        kind: "Annotation",
        creator: json!({ "type": "Person", "name": annotation.coder.name() }),
        created: annotation.created.to_string(),
        modified: annotation.modified.to_string(),
        body: bodies,
        target,
    })
}

/// Reads a collection, a page, a list or a single annotation.
fn read(source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let name = only(source)?;
    let content = text(source, &name)?;
    let wrong = |why| ExchangeError::malformed("", not_json(why));
    let whole: &RawValue = serde_json::from_str(&content).map_err(wrong)?;
    let mut imported = Imported::default();
    let mut places: HashMap<(String, Option<String>), usize> = HashMap::new();
    let asks = Asks::new(source);
    for (number, item) in annotations_in(whole, &asks).map_err(wrong)?.into_iter().enumerate() {
        asks.step()?;
        let at = || format!("annotation {}", number + 1);
        let item = members(item).ok_or_else(|| ExchangeError::malformed(at(), "it is no object"))?;
        let item = read_members(item).map_err(|why| ExchangeError::malformed(at(), not_json(why)))?;
        let (title, item) = match hypothesis::is_row(&item) {
            true => (hypothesis::title(&item), hypothesis::as_annotation(item)),
            false => (None, item),
        };
        let read = read_item(item, number).map_err(|what| ExchangeError::malformed(at(), what))?;
        let Some((mut document, annotation)) = read else {
            let what = "has no target with a position or a quotation in a text, and was left out";
            imported.remarks.push(format!("annotation {} {what}", number + 1));
            continue;
        };
        document.title = document.title.or(title);
        let at = *places.entry((document.name.clone(), document.sha256.clone())).or_insert_with(|| {
            imported.documents.push(document);
            imported.documents.len() - 1
        });
        imported.documents[at].annotations.push(annotation);
    }
    Ok(imported)
}

/// How deep a page may lie in pages.
const DEEPEST: usize = 16;

/// The annotations of whatever JSON-LD holds them.
fn annotations_in<'j>(mut whole: &'j RawValue, asks: &Asks<'_>) -> serde_json::Result<Vec<&'j RawValue>> {
    // A collection has its first page in it, and a page its items; more than that is nobody's.
    for _ in 0..DEEPEST {
        let Some(object) = members(whole) else {
            let is_list = whole.get().starts_with('[');
            return if is_list { pieces_asking(Some(whole), asks) } else { Ok(Vec::new()) };
        };
        match object.get("first").filter(|first| first.get().starts_with('{')) {
            Some(first) => whole = first,
            None => {
                let list = ["items", "@graph"]
                    .into_iter()
                    .chain(hypothesis::LISTS)
                    .find_map(|name| object.get(name));
                return list.map_or_else(|| Ok(vec![whole]), |list| pieces_asking(Some(list), asks));
            }
        }
    }
    Ok(vec![whole])
}

/// The document and the annotation of one item; `None` where it points to no place in a text.
fn read_item(
    mut item: Map<String, Value>,
    number: usize,
) -> Result<Option<(ImportedDocument, ImportedAnnotation)>, String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let id = text(item.get("id").or_else(|| item.get("@id")));
    let mut annotation = ImportedAnnotation {
        id: id.strip_prefix(URN).and_then(|id| id.parse().ok()),
        note: Some(String::new()),
        attributes: Some(Vec::new()),
        relations: Some(Vec::new()),
        ..ImportedAnnotation::default()
    };
    annotation.keys.push(if id.is_empty() { format!("annotation {}", number + 1) } else { id });
    annotation.coder = items(item.remove("creator")).first().and_then(name_of);
    let time = |key: &str| item.get(key).and_then(Value::as_str).and_then(|time| time.parse().ok());
    (annotation.created, annotation.modified) = (time("created"), time("modified"));
    let mut document = None;
    let mut quotes: Vec<(String, String, String)> = Vec::new();
    for target in items(item.remove("target")) {
        let Value::Object(target) = target else { continue };
        let source = match target.get("source") {
            Some(Value::Object(source)) => text(source.get("id").or_else(|| source.get("@id"))),
            source => text(source),
        };
        let mut place = None;
        for selector in items(target.get("selector").cloned()) {
            let number = |key: &str| -> Result<u64, String> {
                selector
                    .get(key)
                    .and_then(Value::as_u64)
                    .ok_or_else(|| format!("its selector has no whole «{key}»"))
            };
            match selector.get("type").and_then(Value::as_str) {
                Some("TextPositionSelector") => place = Some((number("start")?, number("end")?)),
                Some("TextQuoteSelector") => {
                    quotes.push((
                        text(selector.get("exact")),
                        text(selector.get("prefix")),
                        text(selector.get("suffix")),
                    ));
                }
                _ => {}
            }
        }
        annotation.spans.extend(place);
        document.get_or_insert_with(|| ImportedDocument {
            id: source.trim_start_matches(URN).parse().ok(),
            name: text(target.get("hashiya:title")).if_empty(source),
            title: target.get("hashiya:title").and_then(Value::as_str).map(str::to_owned),
            sha256: target.get("hashiya:sha256").and_then(Value::as_str).map(str::to_owned),
            ..ImportedDocument::default()
        });
    }
    let exact: Vec<&str> = quotes.iter().map(|(exact, _, _)| exact.as_str()).collect();
    if quotes.len() >= annotation.spans.len() && !quotes.is_empty() {
        annotation.quote = Some(exact.join(" "));
        annotation.prefix = quotes.first().map(|(_, prefix, _)| prefix.clone());
        annotation.suffix = quotes.last().map(|(_, _, suffix)| suffix.clone());
    }
    for body in items(item.remove("body").or_else(|| item.remove("bodyValue"))) {
        read_body(&mut annotation, body);
    }
    for key in ["@context", "@id", "id", "type", "@type", "created", "modified"] {
        item.remove(key);
    }
    for (key, value) in item {
        annotation.attribute(key, super::json::plain(&value));
    }
    let is_placed = !annotation.spans.is_empty() || annotation.quote.is_some();
    Ok(document.filter(|_| is_placed).map(|document| (document, annotation)))
}

/// What one body says.
fn read_body(annotation: &mut ImportedAnnotation, body: Value) {
    let Value::Object(body) = body else {
        // `bodyValue`, or a body that is only an address.
        let said = super::json::plain(&body);
        annotation.note.get_or_insert_default().push_str(&said);
        return;
    };
    let string = |key: &str| body.get(key).and_then(Value::as_str);
    let value = string("value").unwrap_or_default();
    let purpose = string("purpose").unwrap_or_default();
    match (purpose, string("hashiya:key"), string("source")) {
        ("linking", _, Some(source)) => {
            let kind = string("hashiya:kind").unwrap_or_default().to_owned();
            annotation.relations.get_or_insert_default().push((kind, source.to_owned()));
        }
        ("tagging", _, _) => annotation.tags.push(value.to_owned()),
        (_, Some(key), _) => annotation.attribute(key, value),
        ("commenting" | "replying" | "", _, None) if !value.is_empty() => {
            let note = annotation.note.get_or_insert_default();
            if !note.is_empty() {
                note.push('\n');
            }
            note.push_str(value);
        }
        (_, _, Some(source)) => {
            annotation.attribute(if purpose.is_empty() { "body" } else { purpose }, source);
        }
        _ if value.is_empty() => annotation.attribute("body", Value::Object(body.clone()).to_string()),
        _ => annotation.attribute(purpose, value),
    }
}

fn name_of(creator: &Value) -> Option<String> {
    match creator {
        Value::String(name) => Some(name.clone()),
        _ => ["name", "nickname", "email", "id"]
            .iter()
            .find_map(|key| creator.get(key)?.as_str().map(str::to_owned)),
    }
}

trait IfEmpty {
    /// The text, or another where it is empty.
    fn if_empty(self, other: String) -> String;
}

impl IfEmpty for String {
    fn if_empty(self, other: String) -> String {
        if self.is_empty() { other } else { self }
    }
}
