//! Reading a folder of brat, or one standoff file of it.
//!
//! Events become relations from their triggers, one for each argument; equivalences a chain of relations. Attributes and notes of an event
//! belong to its trigger, those of a relation to where it begins; notes of other types and normalizations become attributes.

use std::collections::{HashMap, HashSet};

use super::conf::Read as Conf;
use super::{ANNOTATION_CONF, LINE_BREAK, NOTE, OWN, Own, VISUAL_CONF, ends_fragment, flat, fragments};
use crate::exchange::imported::{Imported, ImportedAnnotation, ImportedDocument};
use crate::exchange::source::{Asks, raw_text, text};
use crate::exchange::{ExchangeError, Source, Unit, Units};
use crate::model::Span;

/// The endings of standoff files; a document may have several, as in the BioNLP shared tasks.
const ENDINGS: [&str; 3] = ["ann", "a1", "a2"];

pub(super) fn read(source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let names = source.names();
    let mut conf = Conf::default();
    let is_called = |name: &str, called: &str| name.rsplit('/').next() == Some(called);
    for name in names.iter().filter(|name| is_called(name, ANNOTATION_CONF) || is_called(name, VISUAL_CONF)) {
        conf.take(&text(source, name)?);
    }
    let mut stems: Vec<&str> = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    for (stem, ending) in names.iter().filter_map(|name| name.rsplit_once('.')) {
        if ENDINGS.contains(&ending) && seen.insert(stem) {
            stems.push(stem);
        }
    }
    let there: HashSet<&String> = names.iter().collect();
    if stems.is_empty() {
        return Err(ExchangeError::malformed("the folder", "no file in it has a name that ends in .ann"));
    }
    let mut imported = Imported { unit: Unit::CodePoints, tags: conf.tags(), ..Imported::default() };
    for stem in stems {
        let named = |ending: &str| Some(format!("{stem}.{ending}")).filter(|name| there.contains(name));
        let content = named("txt").map(|name| raw_text(source, &name)).transpose()?;
        let mut files = Vec::new();
        for name in ENDINGS.into_iter().filter_map(named) {
            files.push((text(source, &name)?, name));
        }
        let asks = Asks::new(source);
        let mut standoff = Standoff::default();
        for (lines, name) in &files {
            for (number, line) in lines.split('\n').enumerate() {
                asks.step()?;
                let line = line.strip_suffix('\r').unwrap_or(line);
                let at = || format!("line {} of {name}", number + 1);
                standoff.line(line, &conf).map_err(|what| ExchangeError::malformed(at(), what))?;
            }
        }
        let annotations = standoff.end(&conf, content.as_deref(), &mut imported.remarks, &asks)?;
        let name = format!("{stem}.txt");
        imported.documents.push(ImportedDocument { name, text: content, annotations, ..Default::default() });
    }
    Ok(imported)
}

/// What files say, line by line; lines may stand in any order.
#[derive(Default)]
struct Standoff<'a> {
    marks: Vec<ImportedAnnotation>,
    /// Where the mark of a `T` stands in the list.
    places: HashMap<&'a str, usize>,
    /// What an `E` or `R` belongs to: its trigger, or where it begins.
    owners: HashMap<&'a str, &'a str>,
    /// Source, kind and target.
    arrows: Vec<(&'a str, String, &'a str)>,
    /// Target, key and value.
    attributes: Vec<(&'a str, &'a str, String)>,
    /// Target, type and text.
    comments: Vec<(&'a str, &'a str, &'a str)>,
    events: usize,
    /// Kinds of lines that were passed over.
    unknown: Vec<&'a str>,
}

impl<'a> Standoff<'a> {
    fn line(&mut self, line: &'a str, conf: &Conf) -> Result<(), String> {
        if line.trim().is_empty() {
            return Ok(());
        }
        let mut fields = line.splitn(3, '\t');
        let id = fields.next().unwrap_or_default().trim();
        let data = fields.next().ok_or("it has no tab after its first word")?;
        let rest = fields.next();
        let mut words = data.split_whitespace();
        let mut word = |what: &str| words.next().ok_or_else(|| format!("it has no {what}"));
        match id.chars().next() {
            Some('T') => return self.mark(id, data, rest, conf),
            Some('A' | 'M') => {
                let (key, target) = (word("type")?, word("target")?);
                let value: Vec<&str> = words.collect();
                self.attributes.push((target, key, conf.name(&value.join(" "))));
            }
            Some('R') => {
                let kind = word("type")?;
                let mut ends = words.filter_map(|word| word.split_once(':')).map(|(_, target)| target);
                let (Some(from), Some(to)) = (ends.next(), ends.next()) else {
                    return Err("a relation has two arguments, such as Arg1:T1 Arg2:T2".into());
                };
                self.owners.insert(id, from);
                self.arrows.push((from, conf.name(kind), to));
            }
            Some('*') => {
                let kind = word("type")?;
                let members: Vec<&str> = words.collect();
                for pair in members.windows(2) {
                    self.arrows.push((pair[0], conf.name(kind), pair[1]));
                }
            }
            Some('E') => {
                let mut arguments = words.filter_map(|word| word.split_once(':'));
                let (_, trigger) =
                    arguments.next().ok_or("an event has a type and a trigger, such as TYPE:T1")?;
                self.events += 1;
                self.owners.insert(id, trigger);
                for (role, target) in arguments {
                    self.arrows.push((id, conf.name(role), target));
                }
            }
            Some('#') => {
                let (kind, target) = (word("type")?, word("target")?);
                self.comments.push((target, kind, rest.unwrap_or_default()));
            }
            Some('N') => {
                let (kind, target, reference) = (word("type")?, word("target")?, word("reference")?);
                let value = match rest {
                    Some(name) if !name.is_empty() => format!("{reference} {name}"),
                    _ => reference.to_owned(),
                };
                self.attributes.push((target, kind, value));
            }
            _ => self.unknown.push(id),
        }
        Ok(())
    }

    /// A text-bound annotation: its type, its fragments and its words.
    fn mark(
        &mut self,
        id: &'a str,
        data: &'a str,
        words: Option<&'a str>,
        conf: &Conf,
    ) -> Result<(), String> {
        let (kind, places) = data.split_once(' ').ok_or("it has no place after its type")?;
        let number = |text: &str| -> Result<u64, String> {
            text.parse().map_err(|_| format!("«{text}» is no position"))
        };
        let mut spans = Vec::new();
        for fragment in places.trim().split(';') {
            let (start, end) =
                fragment.trim().split_once(' ').ok_or_else(|| format!("«{fragment}» is no start and end"))?;
            spans.push((number(start)?, number(end.trim())?));
        }
        if self.places.insert(id, self.marks.len()).is_some() {
            return Err(format!("{id} stands twice in the file"));
        }
        self.marks.push(ImportedAnnotation {
            keys: vec![id.to_owned()],
            spans,
            quote: words.map(str::to_owned),
            tags: vec![conf.name(kind)],
            note: Some(String::new()),
            attributes: Some(Vec::new()),
            relations: Some(Vec::new()),
            ..ImportedAnnotation::default()
        });
        Ok(())
    }

    /// The `T` that something belongs to, through events and relations.
    fn owner(&self, target: &'a str) -> Option<usize> {
        let mut at = target;
        // As many steps as there are owners: one more would go round.
        for _ in 0..=self.owners.len() {
            if let Some(&place) = self.places.get(at) {
                return Some(place);
            }
            at = self.owners.get(at)?;
        }
        None
    }

    /// The marks with everything that was said of them.
    fn end(
        mut self,
        conf: &Conf,
        text: Option<&str>,
        remarks: &mut Vec<String>,
        asks: &Asks<'_>,
    ) -> Result<Vec<ImportedAnnotation>, ExchangeError> {
        let mut lost: Vec<String> = Vec::new();
        let mut resolve = |standoff: &Self, target: &'a str, what: &str, name: &str| -> Option<usize> {
            let place = standoff.owner(target);
            if place.is_none() {
                lost.push(format!(
                    "{what} «{name}» belongs to {target}, which is not there, and was left out"
                ));
            }
            place
        };
        let mut split: Vec<bool> = vec![false; self.marks.len()];
        for (target, key, value) in std::mem::take(&mut self.attributes) {
            asks.step()?;
            let Some(at) = resolve(&self, target, "the attribute", key) else { continue };
            if key == LINE_BREAK && value.is_empty() {
                split[at] = true;
            } else {
                self.marks[at].attribute(conf.name(key), value);
            }
        }
        let mut mutual = Vec::new();
        for (source, kind, target) in std::mem::take(&mut self.arrows) {
            asks.step()?;
            let what = "an end of the relation";
            let ends = (resolve(&self, source, what, &kind), resolve(&self, target, what, &kind));
            if let (Some(from), Some(to)) = ends {
                if from == to && source != target {
                    // Events of one trigger, one of which takes part in the other: both are the same mark here.
                    let what = "between events of one trigger, and was left out";
                    mutual.push(format!("the relation «{kind}» of {source} leads to {target}, {what}"));
                    continue;
                }
                let target = self.marks[to].keys[0].clone();
                self.marks[from].relations.get_or_insert_default().push((kind, target));
            }
        }
        let mut owns: Vec<Option<Own>> = self.marks.iter().map(|_| None).collect();
        for (target, kind, words) in std::mem::take(&mut self.comments) {
            asks.step()?;
            let Some(at) = resolve(&self, target, "the note", words) else { continue };
            let mark = &mut self.marks[at];
            let own = if kind == OWN { serde_json::from_str::<Own>(words).ok() } else { None };
            match (kind, own) {
                (_, Some(own)) => owns[at] = Some(own),
                (NOTE, None) => match &mut mark.note {
                    Some(note) if !note.is_empty() => note.push_str(&format!("\n{words}")),
                    note => *note = Some(words.to_owned()),
                },
                _ => mark.attribute(kind, words),
            }
        }
        let units = text.map(Units::new);
        for (at, mark) in self.marks.iter_mut().enumerate() {
            asks.step()?;
            let own = owns[at].take();
            restore_spans(mark, own.as_ref().and_then(|own| own.spans.clone()), split[at], units.as_ref());
            if let Some(own) = own {
                mark.id = Some(own.id);
                mark.coder = own.coder;
                mark.created = own.created;
                mark.modified = own.modified;
                // Where the note was changed in brat, the change counts.
                if let Some(note) = own.note.filter(|note| mark.note.as_ref() == Some(&flat(note))) {
                    mark.note = Some(note);
                }
            }
        }
        remarks.extend(lost);
        remarks.extend(mutual);
        if self.events > 0 {
            remarks.push(format!("made into relations from their triggers: events ({})", self.events));
        }
        if !self.unknown.is_empty() {
            remarks.push(format!("lines of no known kind were left out: {}", self.unknown.join(", ")));
        }
        Ok(self.marks)
    }
}

/// Makes the spans of a mark again that had to be split at line breaks.
fn restore_spans(
    mark: &mut ImportedAnnotation,
    own: Option<Vec<(u64, u64)>>,
    is_split: bool,
    units: Option<&Units<&str>>,
) {
    let Some(units) = units else {
        // Without the text nobody knows what lies between the fragments: ours are taken where they hold them.
        let holds = |own: &Vec<(u64, u64)>| {
            own.first().zip(mark.spans.first()).is_some_and(|(own, now)| own.0 <= now.0)
                && own.last().zip(mark.spans.last()).is_some_and(|(own, now)| own.1 >= now.1)
        };
        if let Some(own) = own.filter(holds) {
            mark.spans = own;
            mark.quote = None;
        }
        return;
    };
    if own.is_none() && !is_split {
        return;
    }
    let spans = |places: &[(u64, u64)]| -> Option<Vec<Span>> {
        places.iter().map(|&place| units.span(Unit::CodePoints, place)).collect()
    };
    let Some(now) = spans(&mark.spans) else { return };
    let text: &str = units.text();
    let ours = own.filter(|own| spans(own).is_some_and(|own| fragments(text, &own) == now));
    let restored = match ours {
        Some(ours) => ours,
        None if is_split => closed(text, &now, &mark.spans),
        None => return,
    };
    if let Some(spans) = spans(&restored) {
        let words: Vec<&str> = spans.iter().map(|&span| &text[span.range()]).collect();
        mark.quote = Some(words.join(" "));
        mark.spans = restored;
    }
}

/// Spans without the gaps in which nothing but line breaks stands.
fn closed(text: &str, spans: &[Span], places: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut closed: Vec<(u64, u64)> = Vec::new();
    let mut end = 0;
    for (span, &place) in spans.iter().zip(places) {
        let gap = text.get(end..span.start.index()).unwrap_or("x");
        match closed.last_mut() {
            Some(last) if gap.chars().all(ends_fragment) => last.1 = place.1,
            _ => closed.push(place),
        }
        end = span.end.index();
    }
    closed
}
