//! The marks of a file of WebAnno TSV: put together from the lines they lie on.

use std::collections::HashMap;

use super::reading::{Column, Holds, Layer, Row, Sheet};
use super::{FEATURES, MARK, NO_MARK, NO_VALUE, RELATION, unescape_value};
use crate::exchange::foreign::{arrow_feature, is_division, note_feature, short, tag_feature};
use crate::exchange::imported::ImportedAnnotation;
use crate::exchange::{Unit, Units};

/// The parts of a text between unescaped separators.
fn parts(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut escaped) = (0, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == separator {
            parts.push(&text[from..at]);
            from = at + c.len_utf8();
        }
    }
    parts.push(&text[from..]);
    parts
}

/// A value without what stands in brackets at its end, and that.
fn bracketed(value: &str) -> (&str, Option<&str>) {
    let found = value.strip_suffix(']').and_then(|rest| rest.rsplit_once('['));
    match found {
        Some((before, inside))
            if !is_escaped_after(before)
                && inside.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') =>
        {
            (before, Some(inside))
        }
        _ => (value, None),
    }
}

/// Whether what follows a text is escaped by its last character: a backslash that is not escaped itself.
fn is_escaped_after(text: &str) -> bool {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// A mark on its way.
struct Mark<'a> {
    layer: &'a str,
    start: u64,
    end: u64,
    /// Values by features, as they stand in the file.
    values: Vec<(String, String)>,
    /// Where arrows lead: what they say, and the line and number of the target.
    arrows: Vec<(String, Reference)>,
}

impl<'a> Mark<'a> {
    fn on(row: &Row<'_>, layer: &'a str) -> Self {
        let (start, end) = row.place;
        Self { layer, start, end, values: Vec::new(), arrows: Vec::new() }
    }
}

/// A reference to a mark: on which line, and with which number.
#[derive(Clone, Debug, PartialEq)]
struct Reference {
    line: String,
    number: u64,
}

/// A relation as a row has it.
pub(super) struct Relation {
    layer: usize,
    source: Reference,
    target: Reference,
    values: Vec<(String, String)>,
}

/// All marks of a file.
pub(super) struct Marks<'a> {
    sheet: &'a Sheet<'a>,
    marks: Vec<Mark<'a>>,
    /// By layer and the number in brackets.
    numbered: HashMap<(usize, u64), usize>,
    /// By layer, chain and link.
    chains: HashMap<(usize, u64, u64), usize>,
    /// The first mark of each layer on each line, with the layer.
    on: HashMap<&'a str, Vec<(usize, usize)>>,
    /// The marks of the tokens that a relation lies between, by their lines.
    tokens: HashMap<&'a str, usize>,
}

impl<'a> Marks<'a> {
    pub fn new(sheet: &'a Sheet<'a>) -> Self {
        Self {
            sheet,
            marks: Vec::new(),
            numbered: HashMap::new(),
            chains: HashMap::new(),
            on: HashMap::new(),
            tokens: HashMap::new(),
        }
    }

    /// Makes marks of the tokens between which relations lie, so that these have ends.
    pub fn hold_tokens(&mut self, relations: &[Relation]) {
        let sheet = self.sheet;
        let mut wanted: HashMap<&str, &'a str> = HashMap::new();
        for relation in relations {
            if let Some(base) = sheet.layers[relation.layer].base().filter(|base| is_division(base)) {
                wanted.insert(&relation.source.line, base);
                wanted.insert(&relation.target.line, base);
            }
        }
        for row in sheet.rows() {
            if let Some(&base) = wanted.get(row.id) {
                self.tokens.insert(row.id, self.marks.len());
                self.marks.push(Mark::on(row, base));
            }
        }
    }

    /// Takes in what a row says; relations are for later.
    pub fn row(&mut self, row: &'a Row<'a>, relations: &mut Vec<Relation>) -> Result<(), String> {
        for (number, layer) in self.sheet.layers.iter().enumerate() {
            let cells = &row.cells[layer.first..layer.first + layer.columns.len()];
            if cells.iter().all(|cell| *cell == NO_MARK) {
                continue;
            }
            let stacks: Vec<Vec<&str>> = cells.iter().map(|cell| parts(cell, '|')).collect();
            let most = stacks.iter().map(Vec::len).max().unwrap_or_default();
            for at in 0..most {
                let values: Vec<&str> =
                    stacks.iter().map(|stack| stack.get(at).copied().unwrap_or(NO_VALUE)).collect();
                match layer.holds {
                    Holds::Marks => self.mark(row, number, &values)?,
                    Holds::Chains => self.link(row, number, &values)?,
                    Holds::Relations => relations.extend(relation(row, layer, number, &values)?),
                }
            }
        }
        Ok(())
    }

    /// Makes a mark, or a known one longer; returns where it is and whether it is new.
    fn grow(&mut self, row: &'a Row<'a>, layer: usize, known: Option<usize>) -> (usize, bool) {
        let at = match known {
            Some(at) => {
                self.marks[at].end = self.marks[at].end.max(row.place.1);
                at
            }
            None => {
                let layer = &self.sheet.layers[layer].name;
                self.marks.push(Mark::on(row, layer));
                self.marks.len() - 1
            }
        };
        let here = self.on.entry(row.id).or_default();
        if !here.iter().any(|(other, _)| *other == layer) {
            here.push((layer, at));
        }
        (at, known.is_none())
    }

    fn mark(&mut self, row: &'a Row<'a>, number: usize, values: &[&str]) -> Result<(), String> {
        let layer = &self.sheet.layers[number];
        let is_slot = |column: &Column| *column == Column::Targets;
        let ids = values
            .iter()
            .zip(&layer.columns)
            .filter(|(_, column)| !is_slot(column))
            .map(|(value, _)| bracketed(value).1);
        let id = match ids.flatten().next() {
            Some(id) => Some(id.parse::<u64>().map_err(|_| format!("«{id}» is no number of a mark"))?),
            None => None,
        };
        let known = id.and_then(|id| self.numbered.get(&(number, id)).copied());
        let (at, is_new) = self.grow(row, number, known);
        if let Some(id) = id {
            self.numbered.insert((number, id), at);
        }
        let mark = &mut self.marks[at];
        let mut roles: Vec<String> = Vec::new();
        for (value, column) in values.iter().zip(&layer.columns) {
            match column {
                Column::Feature(name) => {
                    let (value, _) = bracketed(value);
                    if value != NO_VALUE
                        && value != NO_MARK
                        && !mark.values.iter().any(|(known, _)| known == name)
                    {
                        mark.values.push((name.clone(), unescape_value(value)));
                    }
                }
                Column::Roles(feature) => {
                    let (value, _) = bracketed(value);
                    let role = |role: &str| match role {
                        NO_VALUE | NO_MARK => feature.clone(),
                        role => unescape_value(role),
                    };
                    roles = parts(value, ';').into_iter().map(role).collect();
                }
                Column::Targets if is_new && *value != NO_MARK && *value != NO_VALUE => {
                    for (target, role) in parts(value, ';').into_iter().zip(std::mem::take(&mut roles)) {
                        if target != NO_VALUE {
                            mark.arrows.push((role, reference(target)?));
                        }
                    }
                }
                Column::Targets | Column::Source(_) | Column::Link | Column::Nothing => {}
            }
        }
        Ok(())
    }

    /// A link of a chain: `type[chain]` and `relation->chain-link`.
    fn link(&mut self, row: &'a Row<'a>, number: usize, values: &[&str]) -> Result<(), String> {
        let layer = &self.sheet.layers[number];
        let mut known = None;
        let mut said = Vec::new();
        for (value, column) in values.iter().zip(&layer.columns) {
            match column {
                Column::Link => {
                    let (kind, place) =
                        value.rsplit_once("->").ok_or_else(|| format!("«{value}» is no link of a chain"))?;
                    let (chain, link) =
                        place.split_once('-').ok_or_else(|| format!("«{value}» is no link of a chain"))?;
                    let numeral = |text: &str| {
                        text.parse::<u64>().map_err(|_| format!("«{value}» is no link of a chain"))
                    };
                    known = Some((number, numeral(chain)?, numeral(link)?));
                    said.push(("referenceRelation".to_owned(), kind));
                }
                Column::Feature(name) => said.push((name.clone(), bracketed(value).0)),
                _ => {}
            }
        }
        let key = known.ok_or("a chain has no links")?;
        let (at, is_new) = self.grow(row, number, self.chains.get(&key).copied());
        self.chains.insert(key, at);
        if is_new {
            let said = said.into_iter().filter(|(_, value)| *value != NO_VALUE);
            self.marks[at].values = said.map(|(name, value)| (name, unescape_value(value))).collect();
        }
        Ok(())
    }

    /// The mark that a reference means: the one of its number, else the first of a layer on its line, else the first of any.
    fn resolve(&self, reference: &Reference, base: Option<&str>) -> Option<usize> {
        if base.is_some_and(is_division) {
            return self.tokens.get(reference.line.as_str()).copied();
        }
        let layers = &self.sheet.layers;
        let is_base = |layer: usize| base.is_none_or(|base| layers[layer].name == base);
        if reference.number > 0 {
            let numbered = |layer: usize| self.numbered.get(&(layer, reference.number)).copied();
            let of_base = (0..layers.len()).filter(|&layer| is_base(layer)).find_map(numbered);
            if let Some(at) = of_base.or_else(|| (0..layers.len()).find_map(numbered)) {
                return Some(at);
            }
        }
        let here = self.on.get(reference.line.as_str())?;
        here.iter().find(|(layer, _)| is_base(*layer)).or(here.first()).map(|(_, at)| *at)
    }

    /// All of them, with their relations.
    pub fn annotations(
        &self,
        text: &str,
        unit: Unit,
        relations: Vec<Relation>,
        remarks: &mut Vec<String>,
    ) -> Vec<ImportedAnnotation> {
        let units = Units::new(text);
        let mut all: Vec<ImportedAnnotation> = self
            .marks
            .iter()
            .enumerate()
            .map(|(at, mark)| {
                let mut annotation =
                    if mark.layer == MARK { own(&mark.values) } else { foreign(mark.layer, &mark.values) };
                annotation.keys = vec![key(at)];
                let span = units.span(unit, (mark.start, mark.end));
                annotation.quote = span.map(|span| text[span.range()].to_owned());
                let utf16 = span.and_then(|span| units.positions(Unit::Utf16, span));
                annotation.spans =
                    vec![utf16.map_or((mark.start, mark.end), |(start, end)| (start.into(), end.into()))];
                annotation
            })
            .collect();
        let mut lost = 0;
        for (at, mark) in self.marks.iter().enumerate() {
            for (role, target) in &mark.arrows {
                match self.resolve(target, None) {
                    Some(target) => {
                        all[at].relations.get_or_insert_default().push((role.clone(), key(target)));
                    }
                    None => lost += 1,
                }
            }
        }
        let mut chains: Vec<_> = self.chains.iter().collect();
        chains.sort();
        for pair in chains.windows(2) {
            let (((layer, chain, _), from), ((next_layer, next_chain, _), to)) = (pair[0], pair[1]);
            if (layer, chain) == (next_layer, next_chain) {
                let relation =
                    all[*from].attributes.iter().flatten().find(|(name, _)| name == "referenceRelation");
                let kind = relation.map_or_else(|| "next".to_owned(), |(_, kind)| kind.clone());
                all[*from].relations.get_or_insert_default().push((kind, key(*to)));
            }
        }
        lost += self.relate(relations, &mut all);
        if lost > 0 {
            let name = self.sheet.name;
            remarks.push(format!(
                "left out in {name}, because they have no mark at one of their ends: relations ({lost})"
            ));
        }
        all
    }

    /// Adds the relations to the marks they come from; returns how many have no mark at one of their ends.
    fn relate(&self, mut relations: Vec<Relation>, all: &mut [ImportedAnnotation]) -> usize {
        // Ours say which of its mark's relations each is.
        let order = |relation: &Relation| {
            let is_own = self.sheet.layers[relation.layer].name == RELATION;
            let order = relation.values.iter().find(|(name, _)| is_own && name == "order");
            order.and_then(|(_, order)| order.parse::<u64>().ok()).unwrap_or(u64::MAX)
        };
        relations.sort_by_key(order);
        let mut lost = 0;
        for relation in relations {
            let layer = &self.sheet.layers[relation.layer];
            let base = layer.base();
            let (Some(source), Some(target)) =
                (self.resolve(&relation.source, base), self.resolve(&relation.target, base))
            else {
                lost += 1;
                continue;
            };
            let mut values = relation.values;
            let is_own = layer.name == RELATION;
            let get = |feature: &str| {
                values.iter().find(|(name, _)| name == feature).map(|(_, value)| value.as_str())
            };
            let known = arrow_feature(get);
            let said = match values.iter().position(|(name, _)| known.map_or(!is_own, |known| name == known))
            {
                Some(at) => values.remove(at).1,
                None if is_own => String::new(),
                None => short(&layer.name).to_owned(),
            };
            for (name, value) in values.into_iter().filter(|(name, _)| !is_own || name != "order") {
                all[source].attribute(format!("{said} {name}"), value);
            }
            all[source].relations.get_or_insert_default().push((said, key(target)));
        }
        lost
    }
}

fn key(at: usize) -> String {
    (at + 1).to_string()
}

/// A reference such as `1-2` or `1-2[3]`.
fn reference(text: &str) -> Result<Reference, String> {
    let (line, number) = bracketed(text);
    let number =
        number.map_or(Ok(0), |number| number.parse().map_err(|_| format!("«{text}» refers to no mark")))?;
    Ok(Reference { line: line.to_owned(), number })
}

/// A relation to the mark on a row.
fn relation(
    row: &Row<'_>,
    layer: &Layer,
    number: usize,
    values: &[&str],
) -> Result<Option<Relation>, String> {
    let mut source = None;
    let mut target = Reference { line: row.id.to_owned(), number: 0 };
    let mut said = Vec::new();
    for (value, column) in values.iter().zip(&layer.columns) {
        match column {
            Column::Source(_) => {
                let (line, numbers) = bracketed(value);
                let none = || format!("«{value}» refers to no mark");
                let (from, to) =
                    numbers.map_or(Ok(("0", "0")), |numbers| numbers.split_once('_').ok_or_else(none))?;
                let numeral = |text: &str| text.parse().map_err(|_| none());
                source = Some(Reference { line: line.to_owned(), number: numeral(from)? });
                target.number = numeral(to)?;
            }
            Column::Feature(name) if *value != NO_VALUE => {
                said.push((name.clone(), unescape_value(bracketed(value).0)));
            }
            _ => {}
        }
    }
    Ok(source.map(|source| Relation { layer: number, source, target, values: said }))
}

/// A mark of ours.
fn own(values: &[(String, String)]) -> ImportedAnnotation {
    let get = |feature: &str| values.iter().find(|(name, _)| name == feature).map(|(_, value)| value.clone());
    let attributes = get("attributes")
        .map(|json| serde_json::from_str(&json).unwrap_or_else(|_| vec![("attributes".to_owned(), json)]));
    let mut annotation = ImportedAnnotation {
        id: get("id").and_then(|id| id.parse().ok()),
        tags: get("tag").into_iter().collect(),
        note: Some(get("note").unwrap_or_default()),
        coder: get("coder"),
        created: get("created").and_then(|time| time.parse().ok()),
        modified: get("modified").and_then(|time| time.parse().ok()),
        attributes: Some(attributes.unwrap_or_default()),
        relations: Some(Vec::new()),
        ..ImportedAnnotation::default()
    };
    // Features that somebody added.
    for (name, value) in values.iter().filter(|(name, _)| !FEATURES.contains(&name.as_str())) {
        annotation.attribute(name.clone(), value.clone());
    }
    annotation
}

/// A mark of somebody else's layer.
fn foreign(layer: &str, values: &[(String, String)]) -> ImportedAnnotation {
    let get =
        |feature: &str| values.iter().find(|(name, _)| name == feature).map(|(_, value)| value.as_str());
    let (tag, note) = (tag_feature(get), note_feature(get));
    let mut annotation = ImportedAnnotation {
        tags: vec![tag.and_then(get).unwrap_or_else(|| short(layer)).to_owned()],
        note: note.and_then(get).map(str::to_owned),
        attributes: Some(vec![("type".to_owned(), layer.to_owned())]),
        relations: Some(Vec::new()),
        ..ImportedAnnotation::default()
    };
    for (name, value) in values.iter().filter(|(name, _)| ![tag, note].contains(&Some(name.as_str()))) {
        annotation.attribute(name.clone(), value.clone());
    }
    annotation
}

#[cfg(test)]
mod tests {
    use super::bracketed;

    #[test]
    fn a_number_in_brackets_is_told_from_one_that_belongs_to_the_value() {
        for (value, expected) in [
            ("اسم[1]", ("اسم", Some("1"))),
            ("*[12_3]", ("*", Some("12_3"))),
            (r"a\\[1]", (r"a\\", Some("1"))),
            (r"a\[1]", (r"a\[1]", None)),
            (r"a\\\[1]", (r"a\\\[1]", None)),
            ("a", ("a", None)),
        ] {
            assert_eq!(bracketed(value), expected);
        }
    }
}
