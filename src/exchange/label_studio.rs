//! `label-studio`: tasks as JSON, and the labelling configuration that they need, as Label Studio imports both.
//!
//! Each coder's marks are one annotation of the task, as each annotator's are there. A region's id is the annotation's; its labels are the
//! tags; its `meta`, which Label Studio shows and keeps, holds the note as `text`, and beside it what else there is to say. Positions count
//! code points, as Label Studio's converter does when it cuts words out of a text; its window counts UTF-16, which differs after an emoji.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::formats::{FormatInfo, Out};
use super::json::Items;
use super::losses::{Lost, told_once};
use super::walk::{Page, UNTAGGED, tag_name, walk};
use super::{ExchangeError, Loss, Options, Progress, Scope, Sink, Unit};
use crate::model::{Annotation, AnnotationId, Coder, DocumentId, Project, Timestamp};

mod reading;

pub(super) const INFO: FormatInfo = FormatInfo {
    name: "label-studio",
    message: "format-label-studio",
    readers: "Label Studio imports it: the tasks with their annotations, and the labelling configuration for the project's settings.",
    holds: "tasks.json with one task a document and one annotation a coder; a region has all tags of an annotation as labels and its note as \
            meta text, with coder, times and attributes beside it. config.xml is the labelling configuration. Positions are code points, as \
            Label Studio's converter cuts texts; its window counts UTF-16, which differs after an emoji, so regions made there are recognised \
            by their words.",
    extension: "json",
    out: Out::Folder,
    offsets: "code points",
    loses: &[Lost::Parts, Lost::Relations, Lost::Target, Lost::Untagged, Lost::Codebook],
    byte_order_mark: false,
    write,
    read: Some(reading::read),
    rows: None,
};

/// The names of the controls, which configuration and results share.
const LABELS: &str = "label";
const TEXT: &str = "text";

#[derive(Serialize)]
struct Task<'a> {
    id: usize,
    data: Data<'a>,
    annotations: Vec<Sheet<'a>>,
}

#[derive(Serialize)]
struct Data<'a> {
    text: &'a str,
    document: DocumentId,
    title: &'a str,
}

/// What one coder marked.
#[derive(Serialize)]
struct Sheet<'a> {
    result: Vec<Entry<'a>>,
    was_cancelled: bool,
    ground_truth: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Entry<'a> {
    Region {
        id: AnnotationId,
        from_name: &'static str,
        to_name: &'static str,
        #[serde(rename = "type")]
        kind: &'static str,
        origin: &'static str,
        value: Value<'a>,
        meta: Meta<'a>,
    },
    Relation {
        #[serde(rename = "type")]
        kind: &'static str,
        from_id: AnnotationId,
        to_id: AnnotationId,
        direction: &'static str,
        labels: Vec<&'a str>,
    },
}

#[derive(Serialize)]
struct Value<'a> {
    start: u32,
    end: u32,
    text: &'a str,
    labels: Vec<std::borrow::Cow<'a, str>>,
}

#[derive(Serialize)]
struct Meta<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    text: Vec<&'a str>,
    hashiya: Own,
}

/// What Label Studio carries for us.
#[derive(Debug, Serialize, Deserialize)]
struct Own {
    coder: String,
    created: Timestamp,
    modified: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<(String, String)>,
}

fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let mut losses = Vec::new();
    let mut tasks = Items::begin(sink.file("tasks.json")?)?;
    let mut number = 0;
    walk(project, scope, progress, &mut |page| {
        number += 1;
        Ok(tasks.item(&task(page, number, &mut losses)?)?)
    })?;
    tasks.end()?.write_all(b"\n")?;
    write_config(sink.file("config.xml")?, project, scope)?;
    losses.extend(told_once(project, scope, &[Lost::Codebook]));
    Ok(losses)
}

fn task<'a>(page: &Page<'a>, number: usize, losses: &mut Vec<Loss>) -> Result<Task<'a>, ExchangeError> {
    let mut sheets: BTreeMap<&Coder, Vec<Entry<'a>>> = BTreeMap::new();
    let mut coders: HashMap<AnnotationId, &Coder> = HashMap::new();
    for annotation in page.annotations() {
        let annotation = annotation?;
        coders.insert(annotation.id, &annotation.coder);
        sheets.entry(&annotation.coder).or_default().push(region(page, annotation)?);
        if annotation.spans.len() > 1 {
            losses.push(Loss::of(annotation.id, Lost::Parts));
        }
    }
    for annotation in page.annotations_again() {
        for relation in &annotation.relations {
            let lost = match coders.get(&relation.target) {
                None => Lost::Target,
                // Label Studio has no relation between what two people marked.
                Some(coder) if **coder != annotation.coder => Lost::Relations,
                Some(_) => {
                    let entry = Entry::Relation {
                        kind: "relation",
                        from_id: annotation.id,
                        to_id: relation.target,
                        direction: "right",
                        labels: vec![&relation.kind],
                    };
                    sheets.entry(&annotation.coder).or_default().push(entry);
                    continue;
                }
            };
            losses.push(Loss::of(annotation.id, lost).about(&relation.kind));
        }
    }
    let sheet = |result| Sheet { result, was_cancelled: false, ground_truth: false };
    let document = page.document;
    Ok(Task {
        id: number,
        data: Data { text: page.text(), document: document.id, title: page.title() },
        annotations: sheets.into_values().map(sheet).collect(),
    })
}

fn region<'a>(page: &Page<'a>, annotation: &'a Annotation) -> Result<Entry<'a>, ExchangeError> {
    let extent = annotation.extent();
    let (start, end) = page.positions(Unit::CodePoints, extent)?;
    let note = Some(annotation.note.as_str()).filter(|note| !note.is_empty());
    Ok(Entry::Region {
        id: annotation.id,
        from_name: LABELS,
        to_name: TEXT,
        kind: "labels",
        origin: "manual",
        value: Value { start, end, text: &page.text()[extent.range()], labels: page.labels(annotation) },
        meta: Meta {
            text: note.into_iter().collect(),
            hashiya: Own {
                coder: annotation.coder.name().to_owned(),
                created: annotation.created,
                modified: annotation.modified,
                attributes: annotation.attributes.clone(),
            },
        },
    })
}

/// The labelling configuration: all tags, and the kinds of relations.
fn write_config(out: &mut dyn Write, project: &Project, scope: &Scope) -> io::Result<()> {
    let annotations = || scope.annotations(project).map(|(_, annotation)| annotation);
    writeln!(out, "<View>\n  <Labels name=\"{LABELS}\" toName=\"{TEXT}\" choice=\"multiple\">")?;
    let mut names = BTreeSet::new();
    for tag in project.codebook().tags() {
        names.insert(tag.name.clone());
        writeln!(out, "    <Label value=\"{}\" background=\"{}\"/>", attribute(&tag.name), tag.color)?;
    }
    let mut others: BTreeSet<String> = annotations()
        .flat_map(|annotation| &annotation.tags)
        .map(|&tag| tag_name(project, tag).into_owned())
        .collect();
    if annotations().any(|annotation| annotation.tags.is_empty()) {
        others.insert(UNTAGGED.to_owned());
    }
    for name in others.difference(&names) {
        writeln!(out, "    <Label value=\"{}\" background=\"#dddddd\"/>", attribute(name))?;
    }
    writeln!(out, "  </Labels>")?;
    let kinds: BTreeSet<&str> =
        annotations().flat_map(|annotation| &annotation.relations).map(|one| one.kind.as_str()).collect();
    if !kinds.is_empty() {
        writeln!(out, "  <Relations>")?;
        for kind in kinds {
            writeln!(out, "    <Relation value=\"{}\"/>", attribute(kind))?;
        }
        writeln!(out, "  </Relations>")?;
    }
    writeln!(out, "  <Text name=\"{TEXT}\" value=\"$text\" granularity=\"symbol\"/>\n</View>")
}

/// A text as the value of an attribute in XML 1.0. Characters that XML cannot hold become U+FFFD: the tasks still have them.
fn attribute(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", u32::from(c))),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}
