//! `cas-xmi`: feature structures as elements of XMI.
//!
//! An element's namespace is made of its type's package, attributes are features, and references are numbers; lists that nothing else refers to
//! stand in the attribute, texts of lists as elements. The spelling: UIMA References, chapter XMI CAS Serialization.

use std::collections::HashMap;

use super::reading::Cas;
use super::structure::{Structure, Value};
use super::types::{self, How, Kind, REPLACED, Types};
use super::writing::{Field, Kept, SOFA_ID, Spelling, push_number, push_numbers, write_documents};
use crate::exchange::imported::Imported;
use crate::exchange::source::{Asks, text};
use crate::exchange::xml::{self, Node};
use crate::exchange::{ExchangeError, Loss, Options, Progress, Scope, Sink, Source, Unit};
use crate::model::Project;

/// The file of the type system.
const TYPE_SYSTEM: &str = "TypeSystem.xml";

const XMI: &str = "http://www.omg.org/XMI";

pub(super) fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let losses = write_documents(&mut Xmi, project, scope, sink, progress)?;
    sink.file(TYPE_SYSTEM)?.write_all(types::as_xml().as_bytes())?;
    Ok(losses)
}

struct Xmi;

impl Spelling for Xmi {
    const EXTENSION: &'static str = "xmi";

    fn open(&mut self, out: &mut Vec<u8>, text: &str) -> Option<String> {
        out.extend_from_slice(
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xmi:XMI xmlns:xmi=\"http://www.omg.org/XMI\" \
              xmlns:cas=\"http:///uima/cas.ecore\" xmlns:hashiya=\"http:///hashiya.ecore\" xmi:version=\"2.0\">\n\
              <cas:NULL xmi:id=\"0\"/>\n<cas:Sofa xmi:id=\"1\" sofaNum=\"1\" sofaID=\"_InitialView\" mimeType=\"text/plain\" sofaString=\"",
        );
        let replaced = xml::escape_to(out, text);
        out.extend_from_slice(b"\"/>\n");
        replaced.then(|| xml::stood_in([text].into_iter()))
    }

    fn structure(&mut self, out: &mut Vec<u8>, id: u32, kind: &Kind, fields: &[(&str, Field<'_>)]) -> Kept {
        out.extend_from_slice(b"<hashiya:");
        let (_, name) = kind.name.split_at("hashiya.".len());
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b" xmi:id=\"");
        push_number(out, id);
        let mut kept = Kept::All;
        for (name, field) in fields {
            out.extend_from_slice(b"\" ");
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"=\"");
            match *field {
                Field::Number(number) | Field::Reference(number) => push_number(out, number),
                Field::Text(text) => {
                    if xml::escape_to(out, text) {
                        kept = Kept::Replaced;
                    }
                }
            }
        }
        if kept == Kept::Replaced {
            // Only our own features are counted through when they are read.
            let own = |name: &str| kind.features.iter().any(|(own, _)| *own == name);
            let texts = fields.iter().filter_map(|(name, field)| match field {
                Field::Text(text) if own(name) => Some(*text),
                _ => None,
            });
            out.extend_from_slice(b"\" ");
            out.extend_from_slice(REPLACED.as_bytes());
            out.extend_from_slice(b"=\"");
            out.extend_from_slice(xml::stood_in(texts).as_bytes());
        }
        out.extend_from_slice(b"\"/>\n");
        kept
    }

    fn list(&mut self, out: &mut Vec<u8>, id: u32, elements: &[u32]) {
        out.extend_from_slice(b"<cas:FSArray xmi:id=\"");
        push_number(out, id);
        out.extend_from_slice(b"\" elements=\"");
        push_numbers(out, elements, b' ');
        out.extend_from_slice(b"\"/>\n");
    }

    fn close(&mut self, out: &mut Vec<u8>, members: &[u32]) {
        out.extend_from_slice(b"<cas:View sofa=\"");
        push_number(out, SOFA_ID);
        out.extend_from_slice(b"\" members=\"");
        push_numbers(out, members, b' ');
        out.extend_from_slice(b"\"/>\n</xmi:XMI>\n");
    }
}

pub(super) fn read(source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let names = source.names();
    let ends = |ending: &str| names.iter().filter(|name| name.ends_with(ending)).collect::<Vec<_>>();
    let mut types = Types::default();
    let mut files = ends(".xmi");
    for name in ends(".xml") {
        let content = text(source, name)?;
        let asks = Asks::new(source);
        match root(name, &content, &asks)?.as_str() {
            "typeSystemDescription" => types::read(name, &content, &mut types, &asks)?,
            "XMI" => files.push(name),
            _ => {}
        }
    }
    if files.is_empty() && names.len() == 1 {
        files = names.iter().collect();
    }
    if files.is_empty() {
        return Err(ExchangeError::malformed("the folder", "no file in it has a name that ends in .xmi"));
    }
    let mut imported = Imported { unit: Unit::Utf16, ..Imported::default() };
    for name in files {
        let content = text(source, name)?;
        let asks = Asks::new(source);
        let structures = structures(name, &content, &types, &asks)?;
        Cas::new(name, structures, &types, content.len(), &asks)?.read(&mut imported)?;
    }
    Ok(imported)
}

/// The name of the outermost element.
fn root(file: &str, content: &str, asks: &Asks<'_>) -> Result<String, ExchangeError> {
    let mut root = String::new();
    xml::read(file, content, asks, &mut |node| {
        if let (Node::Start(start), true) = (node, root.is_empty()) {
            start.name.clone_into(&mut root);
        }
        Ok(())
    })?;
    Ok(root)
}

/// All structures of a file.
fn structures(
    file: &str,
    content: &str,
    types: &Types,
    asks: &Asks<'_>,
) -> Result<Vec<Structure>, ExchangeError> {
    let mut structures: Vec<Structure> = Vec::new();
    let mut depth = 0;
    // The element inside a structure that is open: a value of a list of texts.
    let mut text = String::new();
    let mut feature = String::new();
    let mut kinds: HashMap<(String, String), String> = HashMap::new();
    xml::read(file, content, asks, &mut |node| {
        match node {
            Node::Start(start) => {
                depth += 1;
                match depth {
                    1 if (start.namespace, start.name) != (XMI, "XMI") => {
                        return Err("it is no XMI: its outermost element is not xmi:XMI".into());
                    }
                    1 => {}
                    2 => {
                        let key = (start.namespace.to_owned(), start.name.to_owned());
                        let kind = kinds.entry(key).or_insert_with(|| kind_of(start.namespace, start.name));
                        if kind != types::VIEW {
                            structures.push(structure(kind, &start, types)?);
                        }
                    }
                    3 => {
                        text.clear();
                        start.name.clone_into(&mut feature);
                    }
                    _ => return Err("an element lies where no feature can have one".into()),
                }
            }
            Node::Text(more) if depth == 3 => text.push_str(&more),
            Node::Text(_) => {}
            Node::End => {
                depth -= 1;
                if depth == 2
                    && let Some(structure) = structures.last_mut()
                {
                    structure.add_text(&feature, std::mem::take(&mut text))?;
                }
            }
        }
        Ok(())
    })?;
    Ok(structures)
}

/// The name of a type: the package from the namespace, as `http:///my/package.ecore`.
fn kind_of(namespace: &str, name: &str) -> String {
    let package = namespace.strip_prefix("http:///").unwrap_or(namespace);
    let package = package.strip_suffix(".ecore").unwrap_or(package).replace('/', ".");
    match package.as_str() {
        "" | "uima.noNamespace" => name.to_owned(),
        package => format!("{package}.{name}"),
    }
}

fn structure(kind: &str, start: &xml::Start<'_>, types: &Types) -> Result<Structure, String> {
    let mut structure = Structure { id: None, kind: kind.to_owned(), features: Vec::new() };
    let number = |text: &str| -> Result<u64, String> {
        text.parse().map_err(|_| format!("«{text}» is no id of a structure"))
    };
    for xml::Attribute { namespace, name, value } in &start.attributes {
        if *namespace == XMI {
            if *name == "id" {
                structure.id = Some(number(value)?);
            }
            continue;
        }
        let value = match types.how(kind, name) {
            How::Text => Value::Text(value.as_ref().to_owned()),
            How::Reference => Value::Reference(number(value)?),
            How::References => {
                Value::References(value.split_ascii_whitespace().map(number).collect::<Result<_, _>>()?)
            }
        };
        structure.features.push(((*name).to_owned(), value));
    }
    Ok(structure)
}
