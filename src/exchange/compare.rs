//! Whether an export, read back by our own reader, says what the project says: everything but its declared losses.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::imported::{Imported, ImportedAnnotation, ImportedDocument};
use super::matching::Register;
use super::source::ASK;
use super::walk::{UNTAGGED, tag_name};
use super::{ExchangeError, Loss, Lost, Scope, Source, Unit, Units};
use crate::model::{Annotation, AnnotationId, Document, Project, Timestamp};

/// One annotation as both sides can say it; a lost aspect is empty on both.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Facts {
    document: usize,
    spans: Vec<(u32, u32)>,
    tags: Vec<String>,
    note: String,
    attributes: Vec<(String, String)>,
    /// Kind and target: its id, or where ids are lost its place.
    relations: Vec<(String, String)>,
    coder: String,
    times: Option<(Timestamp, Timestamp)>,
}

/// What may differ, by annotation and for all.
struct Allowed {
    everywhere: HashSet<Lost>,
    of: HashSet<(AnnotationId, Lost)>,
}

impl Allowed {
    fn new(losses: &[Loss]) -> Self {
        let mut allowed = Self { everywhere: HashSet::new(), of: HashSet::new() };
        for loss in losses {
            match loss.annotation {
                Some(id) => {
                    allowed.of.insert((id, loss.lost));
                }
                // Of no annotation: a title, or a text that is restored when it is read.
                None if loss.lost == Lost::Characters => {}
                None => {
                    allowed.everywhere.insert(loss.lost);
                }
            }
        }
        if allowed.everywhere.contains(&Lost::Ids) {
            // Without ids nobody can tell which annotation lost it.
            allowed.everywhere.extend(losses.iter().map(|loss| loss.lost));
        }
        allowed
    }

    fn has(&self, id: AnnotationId, lost: Lost) -> bool {
        self.everywhere.contains(&lost) || self.of.contains(&(id, lost))
    }

    fn keeps_ids(&self) -> bool {
        !self.everywhere.contains(&Lost::Ids)
    }

    /// Empties what was lost of an annotation.
    fn blank(&self, id: AnnotationId, facts: &mut Facts) {
        let has = |lost| self.has(id, lost);
        if has(Lost::Note) || has(Lost::Characters) || has(Lost::Cell) {
            facts.note.clear();
        }
        if has(Lost::Attributes) || has(Lost::Characters) || has(Lost::Cell) {
            facts.attributes.clear();
        }
        if has(Lost::Relations) || has(Lost::Characters) {
            facts.relations.clear();
        }
        if has(Lost::Untagged) {
            facts.tags.retain(|tag| tag != UNTAGGED);
        }
        if has(Lost::Characters) {
            facts.tags.clear();
            facts.relations.clear();
        }
        if has(Lost::Coder) || has(Lost::Characters) {
            facts.coder.clear();
        }
        if has(Lost::Times) {
            facts.times = None;
        }
        if has(Lost::Parts)
            && let (Some(first), Some(last)) = (facts.spans.first(), facts.spans.last())
        {
            facts.spans = vec![(first.0, last.1)];
        }
    }
}

/// Compares what was read with a scope of a project, and returns how many annotations there are.
///
/// # Errors
/// With the first difference that the losses do not declare, or when the source from which all was read is told to stop.
pub(super) fn compare(
    project: &Project,
    scope: &Scope,
    losses: &[Loss],
    mut imported: Imported,
    source: &dyn Source,
) -> Result<usize, ExchangeError> {
    let allowed = Allowed::new(losses);
    let mut expected = expected(project, scope, &allowed, source)?;
    let written = expected.len();
    let mut read: Vec<(Option<AnnotationId>, Facts)> = Vec::new();
    let known = Register::new(project);
    for document in &mut imported.documents {
        source.go_on()?;
        document.join();
        read_document(&known, imported.unit, document, &allowed, source, &mut read)?;
    }
    if read.len() != written {
        return Err(ExchangeError::Count { written, read: read.len() });
    }
    if allowed.keeps_ids() {
        let mut by_id: HashMap<AnnotationId, Facts> = HashMap::new();
        for (id, facts) in read {
            if let Some(id) = id {
                by_id.insert(id, facts);
            }
        }
        source.go_on()?;
        for (number, (id, facts)) in expected.iter().enumerate() {
            ask(number, source)?;
            let missing = || differs(*id, "id", id.to_string(), String::new());
            same(*id, facts, by_id.get(id).ok_or_else(missing)?)?;
        }
    } else {
        let mut read: Vec<Facts> = read.into_iter().map(|(_, facts)| facts).collect();
        read.sort();
        source.go_on()?;
        expected.sort_by(|(_, one), (_, other)| one.cmp(other));
        source.go_on()?;
        for ((id, expected), read) in expected.iter().zip(&read) {
            same(*id, expected, read)?;
        }
    }
    if !allowed.everywhere.contains(&Lost::Codebook) {
        compare_tags(project, &imported)?;
    }
    Ok(written)
}

/// Asks at every so many annotations whether to go on.
fn ask(number: usize, source: &dyn Source) -> Result<(), ExchangeError> {
    if number.is_multiple_of(ASK) { source.go_on() } else { Ok(()) }
}

/// What the project says.
fn expected(
    project: &Project,
    scope: &Scope,
    allowed: &Allowed,
    source: &dyn Source,
) -> Result<Vec<(AnnotationId, Facts)>, ExchangeError> {
    let mut all = Vec::with_capacity(scope.count(project)?);
    for (number, (document, annotation)) in scope.annotations(project).enumerate() {
        ask(number, source)?;
        if allowed.has(annotation.id, Lost::Whole) || allowed.everywhere.contains(&Lost::Annotations) {
            continue;
        }
        let at = project.position(document.id).unwrap_or_default();
        let relations = annotation.relations.iter().filter_map(|relation| {
            let target = project.annotation(document.id, relation.target);
            let target = target.filter(|target| {
                scope.holds(document.id, target.id) && !allowed.has(target.id, Lost::Whole)
            })?;
            let name = if allowed.keeps_ids() {
                target.id.to_string()
            } else {
                place(&target.spans.iter().map(|&span| span.into()).collect::<Vec<_>>())
            };
            Some((relation.kind.clone(), name))
        });
        let mut facts = Facts {
            document: at,
            spans: annotation.spans.iter().map(|&span| span.into()).collect(),
            tags: annotation.tags.iter().map(|&tag| tag_name(project, tag).into_owned()).collect(),
            note: annotation.note.clone(),
            attributes: annotation.attributes.clone(),
            relations: relations.collect(),
            coder: annotation.coder.name().to_owned(),
            times: Some((annotation.created, annotation.modified)),
        };
        allowed.blank(annotation.id, &mut facts);
        unordered(annotation, &mut facts);
        all.push((annotation.id, facts));
    }
    Ok(all)
}

/// A tag that stands twice says nothing more.
fn unordered(annotation: &Annotation, facts: &mut Facts) {
    if annotation.tags.len() > 1 {
        let mut seen = HashSet::new();
        facts.tags.retain(|tag| seen.insert(tag.clone()));
    }
}

fn place(spans: &[(u32, u32)]) -> String {
    spans.iter().map(|(start, end)| format!("{start}-{end}")).collect::<Vec<_>>().join(" ")
}

/// What a document of the file says.
fn read_document(
    known: &Register<'_>,
    unit: Unit,
    imported: &ImportedDocument,
    allowed: &Allowed,
    source: &dyn Source,
    read: &mut Vec<(Option<AnnotationId>, Facts)>,
) -> Result<(), ExchangeError> {
    let Some((document, _)) = known.find(imported) else {
        if imported.annotations.is_empty() {
            return Ok(());
        }
        let written = known.project.title().to_owned();
        let at = format!("the document «{}»", imported.name);
        return Err(ExchangeError::Differs { at, field: "document", written, read: imported.name.clone() });
    };
    let at = known.project.position(document.id).unwrap_or_default();
    let units = Units::new(document.text.as_str());
    if imported.text.as_ref().is_some_and(|text| **text != *document.text) {
        let (written, read) = (document.sha256.clone(), "another text".to_owned());
        let at = format!("the document «{}»", document.title);
        return Err(ExchangeError::Differs { at, field: "text", written, read });
    }
    let mut keys: BTreeMap<&str, String> = BTreeMap::new();
    let mut placed = Vec::with_capacity(imported.annotations.len());
    for (number, annotation) in imported.annotations.iter().enumerate() {
        ask(number, source)?;
        let spans = spans_in(document, &units, unit, annotation)?;
        let name = match annotation.id {
            Some(id) if allowed.keeps_ids() => id.to_string(),
            _ => place(&spans),
        };
        keys.extend(annotation.keys.iter().map(|key| (key.as_str(), name.clone())));
        placed.push(spans);
    }
    for (number, (annotation, spans)) in imported.annotations.iter().zip(placed).enumerate() {
        ask(number, source)?;
        let relations = annotation.relations.iter().flatten().map(|(kind, target)| {
            let name = keys.get(target.as_str()).map_or(target, |name| name);
            (kind.clone(), name.clone())
        });
        let mut facts = Facts {
            document: at,
            spans,
            tags: annotation.tags.clone(),
            note: annotation.note.clone().unwrap_or_default(),
            attributes: annotation.attributes.clone().unwrap_or_default(),
            relations: relations.collect(),
            coder: annotation.coder.clone().unwrap_or_default(),
            times: annotation.created.zip(annotation.modified),
        };
        // A loss of one annotation is looked up by its id; without one only what is lost everywhere is.
        allowed.blank(annotation.id.unwrap_or(AnnotationId::from_bytes([0; 16])), &mut facts);
        read.push((annotation.id, facts));
    }
    Ok(())
}

/// The parts of a mark in bytes, which have to quote what the file quotes.
fn spans_in(
    document: &Document,
    units: &Units<&str>,
    unit: Unit,
    annotation: &ImportedAnnotation,
) -> Result<Vec<(u32, u32)>, ExchangeError> {
    let name = || annotation.id.map_or_else(|| annotation.keys.join(" "), |id| id.to_string());
    let unit = annotation.unit.unwrap_or(unit);
    let spans: Option<Vec<_>> = annotation.spans.iter().map(|&span| units.span(unit, span)).collect();
    let Some(spans) = spans else {
        let at = format!("annotation {}", name());
        let read = format!("{:?}", annotation.spans);
        return Err(ExchangeError::Differs { at, field: "spans", written: document.title.clone(), read });
    };
    let quote = document.text.quote(&spans);
    if let Some(read) = annotation.quote.as_ref().filter(|read| **read != *quote.exact) {
        let at = format!("annotation {}", name());
        let written = quote.exact.to_string();
        return Err(ExchangeError::Differs { at, field: "quote", written, read: read.clone() });
    }
    Ok(spans.into_iter().map(Into::into).collect())
}

fn differs(id: AnnotationId, field: &'static str, written: String, read: String) -> ExchangeError {
    ExchangeError::Differs { at: format!("annotation {id}"), field, written, read }
}

fn same(id: AnnotationId, expected: &Facts, read: &Facts) -> Result<(), ExchangeError> {
    macro_rules! same {
        ($($field:ident)*) => {$(
            if expected.$field != read.$field {
                let (written, read) = (format!("{:?}", expected.$field), format!("{:?}", read.$field));
                return Err(differs(id, stringify!($field), written, read));
            }
        )*};
    }
    same!(document spans tags note attributes relations coder times);
    Ok(())
}

/// The tags with everything that is said of them.
fn compare_tags(project: &Project, imported: &Imported) -> Result<(), ExchangeError> {
    let tags = project.codebook().tags();
    let name = |id| project.codebook().get(id).map(|tag| tag.name.as_str());
    for (at, tag) in tags.iter().enumerate() {
        let same = imported.tags.get(at).is_some_and(|read| {
            read.name == tag.name
                && read.id == Some(tag.id)
                && read.color == Some(tag.color)
                && read.shortcut == tag.shortcut
                && read.parent.as_deref() == tag.parent.and_then(name)
                && read.definition == tag.definition
        });
        if !same {
            let read = format!("{:?}", imported.tags.get(at));
            let (at, written) = (format!("the tag «{}»", tag.name), format!("{tag:?}"));
            return Err(ExchangeError::Differs { at, field: "tag", written, read });
        }
    }
    Ok(())
}
