//! Writing a folder for brat.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;

use super::conf::{Spellings, write_annotation, write_visual};
use super::names::{Names, is_type, is_value};
use super::{ANNOTATION_CONF, LINE_BREAK, NOTE, OWN, Own, VISUAL_CONF, distinct, flat, fragments};
use crate::exchange::losses::{Lost, told_once};
use crate::exchange::walk::{Page, UNTAGGED, tag_name, walk};
use crate::exchange::{ExchangeError, Loss, Options, Progress, Scope, Sink, Unit};
use crate::model::{Annotation, AnnotationId, Project, Span};

pub(super) fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let spellings = spell(project, scope);
    let mut losses = Vec::new();
    walk(project, scope, progress, &mut |page| {
        let stem = page.document.file.trim_end_matches(".txt");
        sink.file(&format!("{stem}.txt"))?.write_all(page.text().as_bytes())?;
        let out = sink.file(&format!("{stem}.ann"))?;
        let mut standoff =
            Standoff { out, page, spellings: &spellings, counts: [0; 4], first: HashMap::new() };
        standoff.write(&mut losses)
    })?;
    write_annotation(sink.file(ANNOTATION_CONF)?, project, &spellings)?;
    write_visual(sink.file(VISUAL_CONF)?, project, &spellings)?;
    losses.extend(told_once(project, scope, &[Lost::Codebook]));
    Ok(losses)
}

/// How every name in the scope is spelled.
fn spell(project: &Project, scope: &Scope) -> Spellings {
    let annotations = || scope.annotations(project).map(|(_, annotation)| annotation);
    let used: BTreeSet<String> = annotations()
        .flat_map(|annotation| &annotation.tags)
        .map(|&tag| tag_name(project, tag).into_owned())
        .collect();
    let mut tags: BTreeSet<&str> = project.codebook().tags().iter().map(|tag| tag.name.as_str()).collect();
    tags.extend(used.iter().map(String::as_str));
    if annotations().any(|annotation| annotation.tags.is_empty()) {
        tags.insert(UNTAGGED);
    }
    let attributes = || annotations().flat_map(|annotation| &annotation.attributes);
    let relations = annotations().flat_map(|annotation| &annotation.relations);
    let mut spellings = Spellings {
        tags: Names::new("Tag", tags, is_type),
        relations: Names::new("Relation", distinct(relations.map(|one| one.kind.as_str())), is_type),
        attributes: Names::new("Attribute", distinct(attributes().map(|(key, _)| key.as_str())), |name| {
            is_type(name) && name != LINE_BREAK
        }),
        values: Names::new(
            "Value",
            distinct(attributes().map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())),
            is_value,
        ),
        ..Spellings::default()
    };
    for (key, value) in attributes().filter(|(_, value)| !value.is_empty()) {
        spellings.choices.entry(key.clone()).or_default().insert(value.clone());
    }
    spellings
}

/// One `.ann` file.
struct Standoff<'s> {
    out: &'s mut dyn Write,
    page: &'s Page<'s>,
    spellings: &'s Spellings,
    /// The last numbers of `T`, `A`, `R` and `#`.
    counts: [usize; 4],
    /// The first `T` of each annotation.
    first: HashMap<AnnotationId, usize>,
}

impl Standoff<'_> {
    fn write(&mut self, losses: &mut Vec<Loss>) -> Result<(), ExchangeError> {
        for annotation in self.page.annotations() {
            let annotation = annotation?;
            let parts = fragments(self.page.text(), &annotation.spans);
            if parts.is_empty() {
                losses.push(Loss::of(annotation.id, Lost::Whole));
                continue;
            }
            self.mark(annotation, &parts)?;
        }
        for annotation in self.page.annotations_again() {
            for relation in &annotation.relations {
                let target = self.first.get(&relation.target);
                let (Some(&from), Some(&to)) = (self.first.get(&annotation.id), target) else {
                    losses.push(Loss::of(annotation.id, Lost::Target).about(&relation.kind));
                    continue;
                };
                let number = self.next(2);
                let kind = self.spellings.relations.spell(&relation.kind);
                writeln!(self.out, "R{number}\t{kind} Arg1:T{from} Arg2:T{to}")?;
            }
        }
        Ok(())
    }

    fn next(&mut self, of: usize) -> usize {
        self.counts[of] += 1;
        self.counts[of]
    }

    /// The lines of one annotation: a `T` for each tag, and everything else with the first.
    fn mark(&mut self, annotation: &Annotation, parts: &[Span]) -> Result<(), ExchangeError> {
        let text = self.page.text();
        let place = |spans: &[Span]| -> Result<Vec<(u32, u32)>, ExchangeError> {
            spans.iter().map(|&span| self.page.positions(Unit::CodePoints, span)).collect()
        };
        let places: Vec<String> = place(parts)?.iter().map(|(start, end)| format!("{start} {end}")).collect();
        let places = places.join(";");
        let words: Vec<&str> = parts.iter().map(|part| &text[part.range()]).collect();
        let words = words.join(" ");
        let is_split = parts != annotation.spans;
        let spans = if is_split {
            Some(place(&annotation.spans)?.iter().map(|&(start, end)| (start.into(), end.into())).collect())
        } else {
            None
        };
        let mut own = Some(Own {
            id: annotation.id,
            coder: Some(annotation.coder.name().to_owned()),
            created: Some(annotation.created),
            modified: Some(annotation.modified),
            note: (flat(&annotation.note) != annotation.note).then(|| annotation.note.clone()),
            spans: spans.clone(),
        });
        for label in self.page.labels(annotation) {
            let mark = self.next(0);
            let spelling = self.spellings.tags.spell(&label);
            writeln!(self.out, "T{mark}\t{spelling} {places}\t{words}")?;
            if is_split {
                let number = self.next(1);
                writeln!(self.out, "A{number}\t{LINE_BREAK} T{mark}")?;
            }
            let is_first = !self.first.contains_key(&annotation.id);
            if is_first {
                self.first.insert(annotation.id, mark);
                self.said_of(annotation, mark)?;
            }
            let spans = spans.clone();
            let rest =
                Own { id: annotation.id, coder: None, created: None, modified: None, note: None, spans };
            let own = own.take().unwrap_or(rest);
            let number = self.next(3);
            let own = serde_json::to_string(&own).map_err(std::io::Error::from)?;
            writeln!(self.out, "#{number}\t{OWN} T{mark}\t{}", escaped(&own))?;
        }
        Ok(())
    }

    /// Note and attributes.
    fn said_of(&mut self, annotation: &Annotation, mark: usize) -> Result<(), ExchangeError> {
        if !annotation.note.is_empty() {
            let number = self.next(3);
            writeln!(self.out, "#{number}\t{NOTE} T{mark}\t{}", flat(&annotation.note))?;
        }
        for (key, value) in &annotation.attributes {
            let number = self.next(1);
            let key = self.spellings.attributes.spell(key);
            match value.as_str() {
                "" => writeln!(self.out, "A{number}\t{key} T{mark}")?,
                value => {
                    writeln!(self.out, "A{number}\t{key} T{mark} {}", self.spellings.values.spell(value))?;
                }
            }
        }
        Ok(())
    }
}

/// JSON in which nothing ends a line: what JSON itself leaves as it is.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{7f}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    out
}
