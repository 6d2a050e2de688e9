//! From annotations to feature structures, in either spelling.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::types::{ATTRIBUTE, DOCUMENT, Kind, MARK, PART, RELATION};
use crate::exchange::clock::Clock;
use crate::exchange::losses::{Lost, told_once};
use crate::exchange::walk::{Page, UNTAGGED, tag_name, walk};
use crate::exchange::{ExchangeError, Loss, Progress, Scope, Sink, Unit};
use crate::model::{Annotation, AnnotationId, Project, TagId};

/// The id of the only sofa of a file.
pub(super) const SOFA_ID: u32 = 1;

/// What a feature holds.
#[derive(Clone, Copy)]
pub(super) enum Field<'a> {
    Number(u32),
    Text(&'a str),
    Reference(u32),
}

/// What was replaced by stand-ins in what was written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kept {
    All,
    Replaced,
}

/// How feature structures are spelled. Everything is added to a buffer that the caller writes out.
pub(super) trait Spelling {
    /// The ending of its files.
    const EXTENSION: &'static str;
    /// Begins a file with the sofa of a text; returns what it cannot hold of the text, as [`super::types::REPLACED_IN_TEXT`] says it.
    fn open(&mut self, out: &mut Vec<u8>, text: &str) -> Option<String>;
    /// One structure with its features in order.
    fn structure(&mut self, out: &mut Vec<u8>, id: u32, kind: &Kind, fields: &[(&str, Field<'_>)]) -> Kept;
    /// A list of structures.
    fn list(&mut self, out: &mut Vec<u8>, id: u32, elements: &[u32]);
    /// Ends a file; members are the structures that have a place.
    fn close(&mut self, out: &mut Vec<u8>, members: &[u32]);
}

/// How many bytes are gathered before they are written out.
const BUFFER: usize = 1 << 16;

/// Writes one file a document.
pub(super) fn write_documents<S: Spelling>(
    spelling: &mut S,
    project: &Project,
    scope: &Scope,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let mut losses = Vec::new();
    let mut tags = HashMap::new();
    walk(project, scope, progress, &mut |page| {
        let stem = page.document.file.trim_end_matches(".txt");
        let out = sink.file(&format!("{stem}.{}", S::EXTENSION))?;
        let mut sheet = Sheet {
            spelling: &mut *spelling,
            page,
            tags: &mut tags,
            losses: &mut losses,
            buffer: Vec::with_capacity(2 * BUFFER),
            last: SOFA_ID,
            members: Vec::new(),
            clocks: Default::default(),
            name: String::new(),
        };
        sheet.write(out)
    })?;
    losses.extend(told_once(project, scope, &[Lost::Codebook]));
    Ok(losses)
}

/// One file on its way.
struct Sheet<'s, S> {
    spelling: &'s mut S,
    page: &'s Page<'s>,
    /// The names of tags.
    tags: &'s mut HashMap<TagId, String>,
    losses: &'s mut Vec<Loss>,
    buffer: Vec<u8>,
    /// The last id that was given.
    last: u32,
    members: Vec<u32>,
    /// For when an annotation was made and when it was changed.
    clocks: [Clock; 2],
    /// The id of an annotation, written.
    name: String,
}

impl<S: Spelling> Sheet<'_, S> {
    fn write(&mut self, out: &mut dyn std::io::Write) -> Result<(), ExchangeError> {
        self.document()?;
        // Where each annotation's first mark is, if anything refers to one.
        let mut firsts: HashMap<AnnotationId, u32> = HashMap::new();
        let has_relations = self.page.annotations_again().any(|annotation| !annotation.relations.is_empty());
        for annotation in self.page.annotations() {
            let annotation = annotation?;
            let first = self.mark(annotation)?;
            if has_relations {
                firsts.insert(annotation.id, first);
            }
            if self.buffer.len() > BUFFER {
                out.write_all(&self.buffer)?;
                self.buffer.clear();
            }
        }
        for annotation in self.page.annotations_again() {
            for relation in &annotation.relations {
                let target = self.page.project.annotation(self.page.document.id, relation.target);
                let ends = (firsts.get(&annotation.id), firsts.get(&relation.target), target);
                let (Some(&from), Some(&to), Some(target)) = ends else {
                    self.losses.push(Loss::of(annotation.id, Lost::Target).about(&relation.kind));
                    continue;
                };
                let (begin, end) = self.page.positions(Unit::Utf16, target.extent())?;
                let id = self.member();
                let fields = [
                    ("sofa", Field::Reference(SOFA_ID)),
                    ("begin", Field::Number(begin)),
                    ("end", Field::Number(end)),
                    ("kind", Field::Text(&relation.kind)),
                    ("source", Field::Reference(from)),
                    ("target", Field::Reference(to)),
                ];
                if self.spelling.structure(&mut self.buffer, id, &RELATION, &fields) == Kept::Replaced {
                    self.losses.push(Loss::of(annotation.id, Lost::Characters).about("a relation"));
                }
            }
        }
        self.spelling.close(&mut self.buffer, &self.members);
        out.write_all(&self.buffer)?;
        Ok(())
    }

    fn next(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    /// The id of a structure that has a place.
    fn member(&mut self) -> u32 {
        let id = self.next();
        self.members.push(id);
        id
    }

    /// The sofa and the document.
    fn document(&mut self) -> Result<(), ExchangeError> {
        let (page, text) = (self.page, self.page.text());
        let replaced = self.spelling.open(&mut self.buffer, text);
        let whole = crate::model::Span::new(0..text.len());
        let (begin, end) = page.positions(Unit::Utf16, whole)?;
        let document = page.document.id.to_string();
        let mut fields = vec![
            ("sofa", Field::Reference(SOFA_ID)),
            ("begin", Field::Number(begin)),
            ("end", Field::Number(end)),
            ("language", Field::Text("x-unspecified")),
            ("id", Field::Text(&document)),
            ("title", Field::Text(page.title())),
            ("sha256", Field::Text(page.sha256())),
        ];
        if let Some(replaced) = &replaced {
            fields.push((super::types::REPLACED_IN_TEXT, Field::Text(replaced)));
        }
        let id = self.member();
        let kept = self.spelling.structure(&mut self.buffer, id, &DOCUMENT, &fields);
        if kept == Kept::Replaced || replaced.is_some() {
            let about = format!("in the text of «{}»", page.title());
            self.losses.push(Loss::once(Lost::Characters).about(about));
        }
        Ok(())
    }

    /// One mark for each tag; returns the id of the first.
    fn mark(&mut self, annotation: &Annotation) -> Result<u32, ExchangeError> {
        let (begin, end) = self.page.positions(Unit::Utf16, annotation.extent())?;
        let mut replaced = Kept::All;
        let attributes = self.attributes(annotation, &mut replaced);
        let parts = self.parts(annotation)?;
        self.name.clear();
        let _ = write!(self.name, "{}", annotation.id);
        let [created, modified] = &mut self.clocks;
        let (created, modified) = (created.text(annotation.created), modified.text(annotation.modified));
        let mut first = None;
        for at in 0..annotation.tags.len().max(1) {
            self.last += 1;
            let id = self.last;
            self.members.push(id);
            first.get_or_insert(id);
            let tag = match annotation.tags.get(at) {
                Some(&tag) => {
                    &**self.tags.entry(tag).or_insert_with(|| tag_name(self.page.project, tag).into_owned())
                }
                None => UNTAGGED,
            };
            let mut fields = [("", Field::Number(0)); 12];
            let mut count = 0;
            let mut put = |name, field| {
                fields[count] = (name, field);
                count += 1;
            };
            put("sofa", Field::Reference(SOFA_ID));
            put("begin", Field::Number(begin));
            put("end", Field::Number(end));
            put("id", Field::Text(&self.name));
            put("tag", Field::Text(tag));
            put("quote", Field::Text(&annotation.quote.exact));
            if !annotation.note.is_empty() {
                put("note", Field::Text(&annotation.note));
            }
            put("coder", Field::Text(annotation.coder.name()));
            put("created", Field::Text(created));
            put("modified", Field::Text(modified));
            if let Some(attributes) = attributes {
                put("attributes", Field::Reference(attributes));
            }
            if let Some(parts) = parts {
                put("parts", Field::Reference(parts));
            }
            if self.spelling.structure(&mut self.buffer, id, &MARK, &fields[..count]) == Kept::Replaced {
                replaced = Kept::Replaced;
            }
        }
        if replaced == Kept::Replaced {
            self.losses.push(Loss::of(annotation.id, Lost::Characters));
        }
        Ok(first.unwrap_or_default())
    }

    /// The list of an annotation's attributes, which all its marks share.
    fn attributes(&mut self, annotation: &Annotation, replaced: &mut Kept) -> Option<u32> {
        if annotation.attributes.is_empty() {
            return None;
        }
        let mut ids = Vec::with_capacity(annotation.attributes.len());
        for (key, value) in &annotation.attributes {
            let id = self.next();
            let fields = [("key", Field::Text(key)), ("value", Field::Text(value))];
            if self.spelling.structure(&mut self.buffer, id, &ATTRIBUTE, &fields) == Kept::Replaced {
                *replaced = Kept::Replaced;
            }
            ids.push(id);
        }
        Some(self.list(&ids))
    }

    /// The list of an annotation's parts, where it has several.
    fn parts(&mut self, annotation: &Annotation) -> Result<Option<u32>, ExchangeError> {
        if annotation.spans.len() < 2 {
            return Ok(None);
        }
        let mut ids = Vec::with_capacity(annotation.spans.len());
        for &span in &annotation.spans {
            let (begin, end) = self.page.positions(Unit::Utf16, span)?;
            let id = self.member();
            let fields = [
                ("sofa", Field::Reference(SOFA_ID)),
                ("begin", Field::Number(begin)),
                ("end", Field::Number(end)),
            ];
            self.spelling.structure(&mut self.buffer, id, &PART, &fields);
            ids.push(id);
        }
        Ok(Some(self.list(&ids)))
    }

    fn list(&mut self, elements: &[u32]) -> u32 {
        let id = self.next();
        self.spelling.list(&mut self.buffer, id, elements);
        id
    }
}

/// Adds a number in decimal.
pub(super) fn push_number(out: &mut Vec<u8>, number: u32) {
    let mut digits = [0; 10];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Adds numbers with something between them.
pub(super) fn push_numbers(out: &mut Vec<u8>, numbers: &[u32], between: u8) {
    for (at, &number) in numbers.iter().enumerate() {
        if at > 0 {
            out.push(between);
        }
        push_number(out, number);
    }
}
