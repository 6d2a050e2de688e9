//! From feature structures to annotations, whoever made them.
//!
//! Ours are known by their types. Of others, everything that has a place in a text is an annotation: its tag is the value of a feature that is
//! called so, else the name of its type; features become attributes, references to other annotations relations, and structures that lie between two
//! others, as `Governor` and `Dependent` or `source` and `target`, relations too. Tokens, sentences and whole documents are no marks.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::guessing;
use super::structure::{Structure, Value};
use super::types::{
    ARRAY, ATTRIBUTE, DOCUMENT, DOCUMENT_ANNOTATION, KINDS, MARK, PART, RELATION, REPLACED, REPLACED_IN_TEXT,
    SOFA, Types,
};
use crate::exchange::ExchangeError;
use crate::exchange::foreign::{arrow_feature, is_division, note_feature, short, tag_feature};
use crate::exchange::imported::{Imported, ImportedAnnotation, ImportedDocument};
use crate::exchange::source::Asks;
use crate::exchange::xml;

/// What a reference costs, as so many characters.
const REFERENCE: usize = 64;

/// The two features between which a structure is an arrow.
const ENDS: [(&str, &str); 3] = [("Governor", "Dependent"), ("source", "target"), ("from", "to")];
/// What every annotation has.
const PLACE: [&str; 3] = ["sofa", "begin", "end"];

/// All structures of a file.
pub(super) struct Cas<'a> {
    file: &'a str,
    types: &'a Types,
    asks: &'a Asks<'a>,
    structures: Vec<Structure>,
    by_id: HashMap<u64, usize>,
    /// How much more may come out of the file by references, in characters: lists that many refer to could make much out of little.
    left: usize,
    /// The documents by the ids of their sofas, with where they stand in what is imported.
    documents: HashMap<u64, usize>,
    /// Where each mark stands: document and place in it.
    places: HashMap<u64, (usize, usize)>,
    /// What was passed over, by the names of types.
    divisions: BTreeMap<String, usize>,
    placeless: BTreeMap<String, usize>,
    loose: usize,
}

impl<'a> Cas<'a> {
    /// The structures of a file of so many bytes.
    ///
    /// # Errors
    /// When two have the same id, or when whoever wants it no longer does.
    pub fn new(
        file: &'a str,
        mut structures: Vec<Structure>,
        types: &'a Types,
        bytes: usize,
        asks: &'a Asks<'a>,
    ) -> Result<Self, ExchangeError> {
        let mut by_id = HashMap::with_capacity(structures.len());
        for (at, structure) in structures.iter_mut().enumerate() {
            asks.step()?;
            if let Some(id) = structure.id
                && by_id.insert(id, at).is_some()
            {
                return Err(ExchangeError::malformed(file, format!("the id {id} stands twice in it")));
            }
            if let Some(kind) = KINDS.iter().find(|kind| kind.name == structure.kind) {
                structure.restored(kind);
            }
        }
        guessing::guess(&mut structures, &by_id, types);
        Ok(Self {
            file,
            types,
            asks,
            structures,
            by_id,
            left: bytes.saturating_mul(REFERENCE).saturating_add(1 << 20),
            documents: HashMap::new(),
            places: HashMap::new(),
            divisions: BTreeMap::new(),
            placeless: BTreeMap::new(),
            loose: 0,
        })
    }

    /// Adds everything to what is imported.
    ///
    /// # Errors
    /// With a sentence, when a position is no number or the file makes too much out of little.
    pub fn read(mut self, imported: &mut Imported) -> Result<(), ExchangeError> {
        let file = self.file;
        let result = self.read_all(imported);
        result.map_err(|what| ExchangeError::malformed(file, what))?;
        let many = |counts: &BTreeMap<String, usize>| {
            let all: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} × {kind}")).collect();
            all.join(", ")
        };
        self.divisions.retain(|_, count| *count > 0);
        if !self.divisions.is_empty() {
            imported
                .remarks
                .push(format!("what only divides {file} was left out: {}", many(&self.divisions)));
        }
        if !self.placeless.is_empty() {
            let what =
                format!("what has no place in the text of {file} was left out: {}", many(&self.placeless));
            imported.remarks.push(what);
        }
        if self.loose > 0 {
            let what = format!(
                "left out in {file}, because they have no mark at one of their ends: relations ({})",
                self.loose
            );
            imported.remarks.push(what);
        }
        Ok(())
    }

    fn read_all(&mut self, imported: &mut Imported) -> Result<(), String> {
        self.sofas(imported);
        let mut arrows = Vec::new();
        let mut referred: HashSet<u64> = HashSet::new();
        let mut placeless: Vec<usize> = Vec::new();
        for at in 0..self.structures.len() {
            self.asks.step_saying()?;
            let kind = self.structures[at].kind.clone();
            let own = KINDS.iter().find(|own| own.name == kind).map(|own| own.name);
            let is_simple = kind.starts_with("uima.cas.");
            match own {
                _ if is_simple => {}
                Some(name) if name == DOCUMENT.name => self.document(at, imported),
                Some(name) if name == MARK.name => self.mark(at, imported)?,
                Some(name) if name == RELATION.name => arrows.push((at, ("source", "target"))),
                Some(name) if name == PART.name || name == ATTRIBUTE.name => {}
                _ => match self.arrow(at) {
                    Some(ends) => arrows.push((at, ends)),
                    None if self.types.is_a(&kind, DOCUMENT_ANNOTATION)
                        || kind.ends_with(".DocumentMetaData") =>
                    {
                        self.metadata(at, imported);
                    }
                    None if is_division(&kind) => {
                        *self.divisions.entry(short(&kind).to_owned()).or_default() += 1;
                    }
                    None if self.structures[at].get("begin").is_some() => {
                        self.foreign(at, imported, &mut referred)?;
                    }
                    None => placeless.push(at),
                },
            }
        }
        for (at, ends) in arrows {
            self.asks.step_saying()?;
            self.hold_ends(at, ends, imported, &mut referred)?;
            self.relate(at, ends, imported);
        }
        for at in placeless {
            let structure = &self.structures[at];
            // What only says where a chain begins says nothing that its links do not.
            let is_head =
                structure.features.iter().all(|(name, _)| ["sofa", "first"].contains(&name.as_str()));
            if !is_head && !structure.id.is_some_and(|id| referred.contains(&id)) {
                *self.placeless.entry(structure.kind.clone()).or_default() += 1;
            }
        }
        Ok(())
    }

    /// Makes a document of each sofa.
    fn sofas(&mut self, imported: &mut Imported) {
        let stem = self.file.rsplit_once('.').map_or(self.file, |(stem, _)| stem);
        for structure in self.structures.iter().filter(|structure| structure.kind == SOFA) {
            let name = match structure.text("sofaID") {
                None | Some("_InitialView") => stem.to_owned(),
                Some(view) => format!("{stem}#{view}"),
            };
            let text = structure.text("sofaString").map(str::to_owned);
            if let Some(id) = structure.id {
                self.documents.insert(id, imported.documents.len());
            }
            imported.documents.push(ImportedDocument { name, text, ..ImportedDocument::default() });
        }
    }

    /// The document that a structure belongs to: that of its sofa, or the only one.
    fn document_of(&self, structure: &Structure) -> Option<usize> {
        match structure.reference("sofa") {
            Some(sofa) => self.documents.get(&sofa).copied(),
            None if self.documents.len() == 1 => self.documents.values().next().copied(),
            None => None,
        }
    }

    /// What is ours of a document.
    fn document(&self, at: usize, imported: &mut Imported) {
        let structure = &self.structures[at];
        let Some(document) = self.document_of(structure).and_then(|at| imported.documents.get_mut(at)) else {
            return;
        };
        document.id = structure.text("id").and_then(|id| id.parse().ok());
        document.title = structure.text("title").map(str::to_owned);
        document.sha256 = structure.text("sha256").map(str::to_owned);
        if let (Some(codes), Some(text)) = (structure.text(REPLACED_IN_TEXT), &mut document.text) {
            xml::restore(&mut [text], codes);
        }
    }

    /// What others say of a document.
    fn metadata(&self, at: usize, imported: &mut Imported) {
        let structure = &self.structures[at];
        let Some(document) = self.document_of(structure).and_then(|at| imported.documents.get_mut(at)) else {
            return;
        };
        let said =
            |feature: &str| structure.text(feature).filter(|text| !text.trim().is_empty()).map(str::to_owned);
        document.title = document.title.take().or(said("documentTitle"));
        if let Some(name) = said("documentId") {
            document.name = name;
        }
    }

    /// Where a structure stands.
    fn span(structure: &Structure) -> Result<(u64, u64), String> {
        let number = |feature: &str| -> Result<u64, String> {
            let text =
                structure.text(feature).ok_or_else(|| format!("a {} has no «{feature}»", structure.kind))?;
            text.parse().map_err(|_| format!("«{text}» is no position of a {}", structure.kind))
        };
        Ok((number("begin")?, number("end")?))
    }

    /// The structures that a feature refers to: one, or those of a list.
    fn targets(&mut self, value: &Value) -> Result<Vec<usize>, String> {
        let find = |id: &u64| self.by_id.get(id).copied();
        let found: Vec<usize> = match value {
            Value::Reference(id) => match find(id) {
                Some(at) if self.structures[at].kind == ARRAY => match self.structures[at].get("elements") {
                    Some(Value::References(ids)) => ids.iter().filter_map(find).collect(),
                    _ => Vec::new(),
                },
                at => at.into_iter().collect(),
            },
            Value::References(ids) => ids.iter().filter_map(find).collect(),
            Value::Text(_) | Value::Texts(_) => Vec::new(),
        };
        self.spend(found.len() * REFERENCE)?;
        Ok(found)
    }

    /// Counts what came out by a reference.
    fn spend(&mut self, much: usize) -> Result<(), String> {
        match self.left.checked_sub(much) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                Err("its structures refer to the same lists again and again, and would not fit into memory"
                    .into())
            }
        }
    }

    fn put(&mut self, at: usize, annotation: ImportedAnnotation, imported: &mut Imported) {
        let structure = &self.structures[at];
        let Some(document) = self.document_of(structure) else {
            *self.placeless.entry(structure.kind.clone()).or_default() += 1;
            return;
        };
        let marks = &mut imported.documents[document].annotations;
        if let Some(id) = structure.id {
            self.places.insert(id, (document, marks.len()));
        }
        marks.push(annotation);
    }

    /// A mark of ours.
    fn mark(&mut self, at: usize, imported: &mut Imported) -> Result<(), String> {
        let structure = &self.structures[at];
        let whole = Self::span(structure)?;
        let text = |feature: &str| structure.text(feature).map(str::to_owned);
        let id: Option<crate::model::AnnotationId> = text("id").and_then(|id| id.parse().ok());
        let mut annotation = ImportedAnnotation {
            keys: vec![key(structure, at)],
            id,
            quote: text("quote"),
            tags: text("tag").into_iter().collect(),
            note: Some(text("note").unwrap_or_default()),
            coder: text("coder"),
            created: text("created").and_then(|time| time.parse().ok()),
            modified: text("modified").and_then(|time| time.parse().ok()),
            attributes: Some(Vec::new()),
            relations: Some(Vec::new()),
            ..ImportedAnnotation::default()
        };
        let lists = [structure.get("parts").cloned(), structure.get("attributes").cloned()];
        // Features that somebody added.
        let is_ours = |name: &str| PLACE.contains(&name) || MARK.features.iter().any(|(own, _)| *own == name);
        let others =
            structure.features.iter().filter(|(name, _)| !is_ours(name)).cloned().collect::<Vec<_>>();
        let [parts, attributes] = lists.map(|list| list.map(|list| self.targets(&list)));
        for part in parts.transpose()?.unwrap_or_default() {
            annotation.spans.push(Self::span(&self.structures[part])?);
        }
        let extent =
            annotation.spans.first().zip(annotation.spans.last()).map(|(first, last)| (first.0, last.1));
        if extent != Some(whole) {
            annotation.spans = vec![whole];
        }
        for attribute in attributes.transpose()?.unwrap_or_default() {
            let attribute = &self.structures[attribute];
            let said = |feature: &str| attribute.text(feature).unwrap_or_default().to_owned();
            let (key, value) = (said("key"), said("value"));
            self.spend(key.len() + value.len())?;
            annotation.attribute(key, value);
        }
        for (name, value) in others {
            let said = self.in_words(&value)?;
            annotation.attribute(name, said);
        }
        self.put(at, annotation, imported);
        Ok(())
    }

    /// An annotation of somebody else.
    fn foreign(
        &mut self,
        at: usize,
        imported: &mut Imported,
        referred: &mut HashSet<u64>,
    ) -> Result<(), String> {
        let structure = &self.structures[at];
        let span = Self::span(structure)?;
        let kind = structure.kind.clone();
        let (tag, note) =
            (tag_feature(|name| structure.text(name)), note_feature(|name| structure.text(name)));
        let said = |name: &str| structure.text(name).map(str::to_owned);
        let mut annotation = ImportedAnnotation {
            keys: vec![key(structure, at)],
            spans: vec![span],
            tags: vec![tag.and_then(said).unwrap_or_else(|| short(&kind).to_owned())],
            note: note.and_then(said),
            attributes: Some(Vec::new()),
            relations: Some(Vec::new()),
            ..ImportedAnnotation::default()
        };
        let features = structure.features.clone();
        annotation.attribute("type", kind);
        for (name, value) in features {
            if PLACE.contains(&name.as_str()) || [tag, note].contains(&Some(name.as_str())) {
                continue;
            }
            if let Value::Reference(id) = value {
                referred.insert(id);
            }
            for target in self.targets(&value)? {
                let target = &self.structures[target];
                referred.extend(target.id);
            }
            if let Some(links) = self.links_of(&name, &value)? {
                annotation.relations.get_or_insert_default().extend(links);
                continue;
            }
            let marks = self.marks_of(&value)?;
            if marks.is_empty() {
                let said = self.in_words(&value)?;
                annotation.attribute(name, said);
            } else {
                let relations = annotation.relations.get_or_insert_default();
                relations.extend(marks.into_iter().map(|target| (name.clone(), target)));
            }
        }
        self.put(at, annotation, imported);
        Ok(())
    }

    /// What link structures say, which stand between a mark and others: the role of each (the feature where it has none), and the key of the annotation
    /// that plays it; `None` where a feature refers to anything else.
    fn links_of(&mut self, feature: &str, value: &Value) -> Result<Option<Vec<(String, String)>>, String> {
        let targets = self.targets(value)?;
        let mut links = Vec::with_capacity(targets.len());
        for at in targets {
            let structure = &self.structures[at];
            if structure.get("begin").is_some() {
                return Ok(None);
            }
            // Without its type system nothing says that it is no number.
            let target = structure.reference("target").or_else(|| structure.text("target")?.parse().ok());
            let Some(target) = target else { return Ok(None) };
            let role = structure.text("role").filter(|role| !role.is_empty()).unwrap_or(feature).to_owned();
            let [target] = &self.marks_of(&Value::Reference(target))?[..] else { return Ok(None) };
            self.spend(role.len() + target.len())?;
            links.push((role, target.clone()));
        }
        Ok(Some(links).filter(|links| !links.is_empty()))
    }

    /// The keys of the annotations that a feature refers to; none where it refers to anything else.
    fn marks_of(&mut self, value: &Value) -> Result<Vec<String>, String> {
        let targets = self.targets(value)?;
        let is_mark = |at: &usize| {
            let structure = &self.structures[*at];
            structure.get("begin").is_some()
                && !is_division(&structure.kind)
                && self.arrow(*at).is_none()
                && !self.types.is_a(&structure.kind, DOCUMENT_ANNOTATION)
        };
        if !targets.iter().all(is_mark) {
            return Ok(Vec::new());
        }
        Ok(targets.into_iter().map(|at| key(&self.structures[at], at)).collect())
    }

    /// The features between which a structure is an arrow.
    fn arrow(&self, at: usize) -> Option<(&'static str, &'static str)> {
        let structure = &self.structures[at];
        let is_there = |feature: &str| {
            structure.reference(feature).and_then(|id| self.by_id.get(&id)).is_some_and(|&at| {
                let end = &self.structures[at];
                end.get("begin").is_some()
            })
        };
        ENDS.into_iter().find(|(from, to)| is_there(from) && is_there(to))
    }

    /// Makes marks of the tokens that an arrow lies between, so that it has ends.
    fn hold_ends(
        &mut self,
        at: usize,
        (from, to): (&str, &str),
        imported: &mut Imported,
        referred: &mut HashSet<u64>,
    ) -> Result<(), String> {
        for feature in [from, to] {
            let Some(id) = self.structures[at].reference(feature) else { continue };
            let Some(&end) = self.by_id.get(&id) else { continue };
            let kind = short(&self.structures[end].kind).to_owned();
            if is_division(&kind) && !self.places.contains_key(&id) {
                self.foreign(end, imported, referred)?;
                if let Some(count) = self.divisions.get_mut(&kind) {
                    *count -= 1;
                }
            }
        }
        Ok(())
    }

    /// Makes a relation of a structure that lies between two marks.
    fn relate(&mut self, at: usize, (from, to): (&str, &str), imported: &mut Imported) {
        let structure = &self.structures[at];
        let place = |feature: &str| {
            let id = structure.reference(feature)?;
            self.places.get(&id).copied()
        };
        let (Some(source), Some(target)) = (place(from), place(to)) else {
            self.loose += 1;
            return;
        };
        if source.0 != target.0 {
            self.loose += 1;
            return;
        }
        let is_ours = structure.kind == RELATION.name;
        let said = arrow_feature(|name| structure.text(name));
        let kind = match said {
            Some(name) => structure.text(name).unwrap_or_default().to_owned(),
            None if is_ours => String::new(),
            None => short(&structure.kind).to_owned(),
        };
        let others: Vec<(String, String)> = structure
            .features
            .iter()
            .filter(|(name, _)| {
                !PLACE.contains(&name.as_str()) && name != from && name != to && name != REPLACED
            })
            .filter(|(name, _)| Some(name.as_str()) != said)
            .filter_map(|(name, value)| match value {
                Value::Text(text) => Some((format!("{kind} {name}"), text.clone())),
                _ => None,
            })
            .collect();
        let marks = &mut imported.documents[source.0].annotations;
        let target = marks[target.1].keys[0].clone();
        let mark = &mut marks[source.1];
        mark.relations.get_or_insert_default().push((kind, target));
        for (name, value) in others {
            mark.attribute(name, value);
        }
    }

    /// A value as words: what a structure says that has no place, one level deep.
    fn in_words(&mut self, value: &Value) -> Result<String, String> {
        let words = match value {
            Value::Text(text) => text.clone(),
            Value::Texts(texts) => texts.join("; "),
            Value::Reference(_) | Value::References(_) => {
                let targets = self.targets(value)?;
                let mut all = Vec::new();
                for at in targets {
                    let structure = &self.structures[at];
                    let mut said = Vec::new();
                    for (name, value) in structure.features.iter().filter(|(name, _)| name != "sofa") {
                        match value {
                            Value::Texts(texts) if name == "elements" => said.push(texts.join("; ")),
                            Value::Text(text) => said.push(format!("{name}={text}")),
                            Value::Texts(texts) => said.push(format!("{name}={}", texts.join(", "))),
                            Value::Reference(_) | Value::References(_) => {}
                        }
                    }
                    let said =
                        if said.is_empty() { short(&structure.kind).to_owned() } else { said.join(", ") };
                    self.spend(said.len())?;
                    all.push(said);
                }
                all.join("; ")
            }
        };
        self.spend(words.len())?;
        Ok(words)
    }
}

/// What a structure is called: its id, or where it stands in the file.
fn key(structure: &Structure, at: usize) -> String {
    structure.id.map_or_else(|| format!("structure {}", at + 1), |id| id.to_string())
}
