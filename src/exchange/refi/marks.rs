//! From selections, links and cases of a project to annotations.

use std::borrow::Cow;
use std::collections::HashMap;

use super::guids;
use super::project::{Coding, Qde, Selection};
use crate::exchange::source::Asks;
use crate::exchange::xml::held;
use crate::exchange::{ExchangeError, ImportedAnnotation, ImportedDocument, Unit, Units};

/// Annotations on their way.
pub struct Marks<'q> {
    qde: &'q mut Qde,
    notes: &'q HashMap<String, String>,
    asks: &'q Asks<'q>,
    /// Document and place in it of the annotation that a selection became or went into, by its GUID.
    places: HashMap<String, (usize, usize)>,
}

impl<'q> Marks<'q> {
    pub fn new(qde: &'q mut Qde, notes: &'q HashMap<String, String>, asks: &'q Asks<'q>) -> Self {
        Self { qde, notes, asks, places: HashMap::new() }
    }

    /// Gives documents, one for each source, what was marked in them.
    ///
    /// # Errors
    /// When whoever wants it no longer does.
    pub fn place(
        mut self,
        mut documents: Vec<ImportedDocument>,
    ) -> Result<Vec<ImportedDocument>, ExchangeError> {
        let sources = std::mem::take(&mut self.qde.sources);
        for (at, (source, document)) in sources.iter().zip(&mut documents).enumerate() {
            let text = document.text.take().map(|text| self.lines(text, &source.selections));
            let units = text.as_deref().map(Units::new);
            let is_sure = |selection: &&Selection| units.is_some() || !selection.name.is_empty();
            // Positions in a text that nobody has, of which no word is quoted, would stand anywhere in a text of the same name.
            let unsure = source.selections.iter().filter(|selection| !is_sure(selection)).count();
            if unsure > 0 {
                self.qde.pass("selections without their words, in sources without a plain text", unsure);
            }
            for selection in source.selections.iter().filter(is_sure) {
                self.asks.step()?;
                let key = (at, document.annotations.len());
                self.places.entry(selection.guid.clone()).or_insert(key);
                document.annotations.extend(self.annotations(selection, units.as_ref()));
            }
            document.text = text;
        }
        self.join_parts(&mut documents);
        self.relations(&mut documents);
        self.attributes(&mut documents);
        for document in &mut documents {
            document.annotations.retain(|annotation| !annotation.spans.is_empty());
        }
        Ok(documents)
    }

    /// The text in which the positions count: as it lies in the archive, or, where more quotations fit, with LF for CR LF.
    fn lines(&self, text: String, selections: &[Selection]) -> String {
        if self.qde.is_ours || !text.contains("\r\n") {
            return text;
        }
        let plain = text.replace("\r\n", "\n");
        let fitting = |text: &str| {
            let units = Units::new(text);
            let fits = |one: &&Selection| {
                let span = units.span(Unit::CodePoints, one.place);
                span.is_some_and(|span| text[span.range()] == one.name)
            };
            selections.iter().filter(|one| !one.name.is_empty()).filter(fits).count()
        };
        if fitting(&plain) > fitting(&text) { plain } else { text }
    }

    /// The annotations that a selection is: one, or where several people coded it one for each.
    fn annotations(&mut self, selection: &Selection, units: Option<&Units<&str>>) -> Vec<ImportedAnnotation> {
        let of = |coding: &Coding| coding.made.user.clone().or_else(|| selection.made.user.clone());
        let mut users: Vec<Option<String>> = Vec::new();
        for user in selection.codings.iter().map(of) {
            if !users.contains(&user) {
                users.push(user);
            }
        }
        if users.is_empty() {
            users.push(selection.made.user.clone());
        }
        let mut annotations = Vec::with_capacity(users.len());
        for (number, user) in users.into_iter().enumerate() {
            let codings: Vec<&Coding> =
                selection.codings.iter().filter(|coding| of(coding) == user).collect();
            let first = codings.first().map(|coding| &coding.made);
            let notes = codings.iter().flat_map(|coding| &coding.notes);
            let own = selection.notes.iter().filter(|_| number == 0);
            let notes: Vec<&str> =
                own.chain(notes).filter_map(|note| self.notes.get(note)).map(String::as_str).collect();
            let key = match number {
                0 => selection.guid.clone(),
                _ => format!("{} ({})", selection.guid, number + 1),
            };
            let mut annotation = ImportedAnnotation {
                id: key.parse().ok(),
                keys: vec![key],
                spans: vec![selection.place],
                tags: codings
                    .iter()
                    .filter_map(|coding| self.qde.codes.tags(&coding.code))
                    .flatten()
                    .collect(),
                note: Some(notes.join("\n\n")),
                attributes: Some(Vec::new()),
                relations: Some(Vec::new()),
                coder: user.and_then(|user| self.qde.users.get(&user).cloned()),
                created: selection.made.created.or(first.and_then(|made| made.created)),
                modified: selection.made.modified.or(selection.made.created),
                ..ImportedAnnotation::default()
            };
            match quote(selection, units, self.qde.is_ours) {
                Name::Quote(quote) => annotation.quote = Some(quote),
                Name::Other => annotation.attribute("name", &selection.name),
                Name::Nothing => {}
            }
            if !selection.description.is_empty() {
                annotation.attribute("description", &selection.description);
            }
            let unknown = codings.iter().filter(|coding| self.qde.codes.tags(&coding.code).is_none()).count();
            if unknown > 0 {
                self.qde.pass("codings with codes that are not there", unknown);
            }
            annotations.push(annotation);
        }
        annotations
    }

    /// Puts parts together that links of ours lead to.
    fn join_parts(&mut self, documents: &mut [ImportedDocument]) {
        let links = std::mem::take(&mut self.qde.links);
        let (parts, others) =
            links.into_iter().partition(|link| link.guid == guids::of_part_link(&link.origin, &link.target));
        self.qde.links = others;
        for link in parts {
            let ends = (self.places.get(&link.origin), self.places.get(&link.target));
            let (Some(&(document, first)), Some(&(other, part))) = ends else { continue };
            if document != other || first == part {
                continue;
            }
            let annotations = &mut documents[document].annotations;
            let part = std::mem::take(&mut annotations[part]);
            let whole = &mut annotations[first];
            whole.quote = whole.quote.take().zip(part.quote).map(|(whole, part)| format!("{whole} {part}"));
            whole.spans.extend(part.spans);
            self.places.insert(link.target, (document, first));
        }
    }

    fn relations(&mut self, documents: &mut [ImportedDocument]) {
        for link in std::mem::take(&mut self.qde.links) {
            let ends = (self.places.get(&link.origin), self.places.get(&link.target));
            match ends {
                (Some(&(document, from)), Some(&(other, to))) if document == other => {
                    let annotations = &mut documents[document].annotations;
                    if let Some(target) = annotations[to].keys.first().cloned() {
                        annotations[from].relations.get_or_insert_default().push((link.name, target));
                    }
                }
                _ => self.qde.pass("links between other things than marks of one text", 1),
            }
        }
    }

    /// What the variables of cases say of the selections that belong to them.
    fn attributes(&mut self, documents: &mut [ImportedDocument]) {
        for case in std::mem::take(&mut self.qde.cases) {
            if case.selections.is_empty() && !case.values.is_empty() {
                self.qde.pass("cases that are no marks", 1);
            }
            for selection in &case.selections {
                let Some(&(document, at)) = self.places.get(selection) else { continue };
                let annotation = &mut documents[document].annotations[at];
                if case.guid != guids::of_case(selection) && !case.name.is_empty() {
                    annotation.attribute("case", &case.name);
                }
                for (variable, value) in &case.values {
                    let key = self.qde.variables.get(variable).map_or(variable.as_str(), String::as_str);
                    annotation.attribute(key, value);
                }
            }
        }
    }
}

/// What the name of a selection is.
enum Name {
    /// What it marks.
    Quote(String),
    /// Something that somebody wrote.
    Other,
    /// Nothing, or the beginning of what it marks.
    Nothing,
}

/// Programs name selections by what they mark, by its beginning, by where it stands, as MAXQDA does, or otherwise.
fn quote(selection: &Selection, units: Option<&Units<&str>>, is_ours: bool) -> Name {
    let (name, (start, end)) = (&selection.name, selection.place);
    if name.is_empty() || *name == format!("{start},{end}") {
        return Name::Nothing;
    }
    if let Some(units) = units {
        for unit in Unit::ALL {
            let Some(span) = units.span(unit, selection.place) else { continue };
            let marked = &units.text()[span.range()];
            let beginning = name.trim_end_matches(['.', '…']).trim_end();
            match held(marked) {
                // XML cannot hold everything that a text can.
                Cow::Owned(marked_in_xml) if marked_in_xml == *name && unit == Unit::CodePoints => {
                    return Name::Quote(marked.to_owned());
                }
                _ if marked == name => return Name::Quote(name.clone()),
                _ if !is_ours && beginning.len() < name.len() && marked.starts_with(beginning) => {
                    return Name::Nothing;
                }
                _ => {}
            }
        }
    }
    let length = end.saturating_sub(start);
    let counts = [name.chars().count(), name.encode_utf16().count(), name.len()];
    let is_as_long = counts.iter().any(|&count| count as u64 == length);
    let stands_there = || units.is_none_or(|units| units.text().contains(name.as_str()));
    match is_as_long && (is_ours || stands_there()) {
        true => Name::Quote(name.clone()),
        false if is_ours => Name::Nothing,
        false => Name::Other,
    }
}
