//! `cas-json`: feature structures as objects of JSON, with their types in the same file.
//!
//! `@` before the name of a feature says that it refers to a structure, `#` that it is a number that JSON cannot write, `^` that it is a
//! position. The spelling: UIMA CAS JSON 0.4.0, <https://github.com/apache/uima-uimaj-io-jsoncas/blob/main/SPECIFICATION.adoc>.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value as Json, json};

use super::reading::Cas;
use super::structure::{Structure, Value};
use super::types::{ARRAY, Declared, KINDS, Kind, Range, Types};
use super::writing::{Field, Kept, SOFA_ID, Spelling, push_number, push_numbers, write_documents};
use crate::exchange::imported::Imported;
use crate::exchange::json::{members, not_json, pieces_asking, plain, write_value};
use crate::exchange::source::{Asks, text};
use crate::exchange::{ExchangeError, Loss, Options, Progress, Scope, Sink, Source, Unit};
use crate::model::Project;

pub(super) fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    write_documents(&mut Objects, project, scope, sink, progress)
}

struct Objects;

/// Adds a value; a buffer in memory takes everything.
fn push<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    write_value(out, value).expect("memory takes what it is given, and texts and types are JSON");
}

impl Spelling for Objects {
    const EXTENSION: &'static str = "json";

    fn open(&mut self, out: &mut Vec<u8>, text: &str) -> Option<String> {
        out.extend_from_slice(b"{\"%TYPES\":");
        push(out, &types());
        out.extend_from_slice(
            b",\n\"%FEATURE_STRUCTURES\":[\n{\"%ID\":1,\"%TYPE\":\"uima.cas.Sofa\",\"sofaNum\":1,\"sofaID\":\"_InitialView\",\
              \"mimeType\":\"text/plain\",\"sofaString\":",
        );
        push(out, text);
        out.push(b'}');
        None
    }

    fn structure(&mut self, out: &mut Vec<u8>, id: u32, kind: &Kind, fields: &[(&str, Field<'_>)]) -> Kept {
        begin(out, id, kind.name);
        for (name, field) in fields {
            out.extend_from_slice(if matches!(field, Field::Reference(_)) { b",\"@" } else { b",\"" });
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\":");
            match *field {
                Field::Number(number) | Field::Reference(number) => push_number(out, number),
                Field::Text(text) => push(out, text),
            }
        }
        out.push(b'}');
        Kept::All
    }

    fn list(&mut self, out: &mut Vec<u8>, id: u32, elements: &[u32]) {
        begin(out, id, ARRAY);
        out.extend_from_slice(b",\"%ELEMENTS\":[");
        push_numbers(out, elements, b',');
        out.extend_from_slice(b"]}");
    }

    fn close(&mut self, out: &mut Vec<u8>, members: &[u32]) {
        out.extend_from_slice(b"\n],\n\"%VIEWS\":{\"_InitialView\":{\"%SOFA\":");
        push_number(out, SOFA_ID);
        out.extend_from_slice(b",\"%MEMBERS\":[");
        push_numbers(out, members, b',');
        out.extend_from_slice(b"]}}}\n");
    }
}

fn begin(out: &mut Vec<u8>, id: u32, kind: &str) {
    out.extend_from_slice(b",\n{\"%ID\":");
    push_number(out, id);
    out.extend_from_slice(b",\"%TYPE\":\"");
    out.extend_from_slice(kind.as_bytes());
    out.push(b'"');
}

/// Our types as they stand in each file.
fn types() -> Json {
    let mut types = Map::new();
    for kind in KINDS {
        let mut object = Map::new();
        object.insert("%NAME".into(), kind.name.into());
        object.insert("%SUPER_TYPE".into(), kind.parent.into());
        object.insert("%DESCRIPTION".into(), kind.says.into());
        for (name, range) in kind.features {
            let range = match range {
                Range::Text => "uima.cas.String".to_owned(),
                Range::One(kind) => (*kind).to_owned(),
                Range::List(kind) => format!("{kind}[]"),
            };
            let shares = range.ends_with("[]");
            let mut feature = json!({ "%NAME": name, "%RANGE": range });
            if shares {
                feature["%MULTIPLE_REFERENCES_ALLOWED"] = true.into();
            }
            object.insert((*name).to_owned(), feature);
        }
        types.insert(kind.name.to_owned(), Json::Object(object));
    }
    Json::Object(types)
}

pub(super) fn read(source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let mut names: Vec<String> = source.names();
    if names.len() > 1 {
        names.retain(|name| name.ends_with(".json"));
    }
    if names.is_empty() {
        return Err(ExchangeError::malformed("the folder", "no file in it has a name that ends in .json"));
    }
    let mut imported = Imported { unit: Unit::Utf16, ..Imported::default() };
    for name in names {
        let content = text(source, &name)?;
        let wrong = |what: String| ExchangeError::malformed(&name, what);
        let whole: &RawValue = serde_json::from_str(&content).map_err(|why| wrong(not_json(why)))?;
        let asks = Asks::new(source);
        asks.step()?;
        let object = members(whole).ok_or_else(|| wrong("it is no CAS: it is no object".to_owned()))?;
        let mut types = Types::default();
        if let Some(declared) = object.get("%TYPES") {
            let declared: Json = serde_json::from_str(declared.get()).map_err(|why| wrong(not_json(why)))?;
            if let Json::Object(declared) = declared {
                types.declare(declared.into_iter().map(declaration).collect());
            }
        }
        let structures = structures(object.get("%FEATURE_STRUCTURES").copied(), &asks).map_err(wrong)?;
        Cas::new(&name, structures, &types, content.len(), &asks)?.read(&mut imported)?;
    }
    Ok(imported)
}

/// A type as the file declares it.
fn declaration((name, kind): (String, Json)) -> (String, String, Vec<Declared>) {
    let parent = kind.get("%SUPER_TYPE").and_then(Json::as_str).unwrap_or_default().to_owned();
    let features = kind.as_object().into_iter().flatten().filter(|(name, _)| !name.starts_with('%'));
    let declared = features.map(|(name, feature)| Declared {
        name: name.clone(),
        range: feature.get("%RANGE").and_then(Json::as_str).unwrap_or_default().to_owned(),
        shares: true,
    });
    (name, parent, declared.collect())
}

/// The structures: a list in which each says its id, or an object by ids.
fn structures(value: Option<&RawValue>, asks: &Asks<'_>) -> Result<Vec<Structure>, String> {
    let no_id = |text: &str| format!("«{text}» is no id of a structure");
    let read = |one: &RawValue| -> Result<Json, String> {
        asks.step_saying()?;
        serde_json::from_str(one.get()).map_err(not_json)
    };
    match value {
        Some(list) if list.get().starts_with('[') => pieces_asking(value, asks)
            .map_err(not_json)?
            .into_iter()
            .enumerate()
            .map(|(at, one)| {
                let one = read(one)?;
                let id = match one.get("%ID") {
                    None => None,
                    Some(id) => Some(id.as_u64().ok_or_else(|| no_id(&id.to_string()))?),
                };
                structure(one, id).map_err(|what| format!("structure {}: {what}", at + 1))
            })
            .collect(),
        Some(by_id) if by_id.get().starts_with('{') => {
            let by_id: BTreeMap<String, &RawValue> = serde_json::from_str(by_id.get()).map_err(not_json)?;
            by_id
                .into_iter()
                .map(|(id, one)| {
                    let number = id.parse().map_err(|_| no_id(&id))?;
                    structure(read(one)?, Some(number)).map_err(|what| format!("structure {id}: {what}"))
                })
                .collect()
        }
        _ => Err("it is no CAS: it has no «%FEATURE_STRUCTURES»".into()),
    }
}

fn structure(value: Json, id: Option<u64>) -> Result<Structure, String> {
    let Json::Object(object) = value else { return Err("it is no object".into()) };
    let kind = object.get("%TYPE").and_then(Json::as_str).ok_or("it has no «%TYPE»")?;
    // A list of structures says of which: it is a list all the same.
    let is_simple = kind.strip_suffix("[]").is_none_or(|element| element.starts_with("uima.cas."));
    let kind = if is_simple { kind.to_owned() } else { ARRAY.to_owned() };
    let mut structure = Structure { id, kind, features: Vec::new() };
    let reference = |value: &Json| value.as_u64().ok_or_else(|| format!("«{value}» is no id of a structure"));
    for (name, value) in object {
        let mut characters = name.chars();
        match (characters.next(), value) {
            (_, Json::Null) => {}
            (Some('@'), value) => {
                let value = Value::Reference(reference(&value)?);
                structure.features.push((characters.as_str().to_owned(), value));
            }
            (Some('%'), Json::Array(elements)) if name == "%ELEMENTS" => {
                let value = if structure.kind == ARRAY {
                    // A place in a list may be empty.
                    let there = elements.iter().filter(|element| !element.is_null());
                    Value::References(there.map(reference).collect::<Result<_, _>>()?)
                } else {
                    Value::Texts(elements.iter().map(plain).collect())
                };
                structure.features.push(("elements".to_owned(), value));
            }
            (Some('%'), Json::String(bytes)) if name == "%ELEMENTS" => {
                structure.features.push(("elements".to_owned(), Value::Text(bytes)));
            }
            (Some('%'), _) => {}
            (Some('#' | '^'), value) => {
                let value = Value::Text(plain(&value));
                structure.features.push((characters.as_str().to_owned(), value));
            }
            (_, value) => structure.features.push((name, Value::Text(plain(&value)))),
        }
    }
    Ok(structure)
}
