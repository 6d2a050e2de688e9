//! Reading WebAnno TSV 3, whoever wrote it.
//!
//! The text is put together as WebAnno does: sentences with a line break between them, or nothing, or blanks. The tokens say what stands where; where
//! they do so in another unit than UTF-16, that unit is taken, and said.

use sha2::{Digest, Sha256};

use super::marks::Marks;
use super::{OWN, Own, unescape_text};
use crate::exchange::imported::{Imported, ImportedDocument};
use crate::exchange::source::{Asks, text};
use crate::exchange::{ExchangeError, Source, Unit, Units};

/// How many columns the layers may have.
const MOST_COLUMNS: usize = 1000;

pub(super) fn read(source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let mut names = source.names();
    if names.len() > 1 {
        names.retain(|name| name.ends_with(".tsv"));
    }
    if names.is_empty() {
        return Err(ExchangeError::malformed("the folder", "no file in it has a name that ends in .tsv"));
    }
    let mut imported = Imported { unit: Unit::Utf16, ..Imported::default() };
    for name in names {
        let content = text(source, &name)?;
        let asks = Asks::new(source);
        let sheet = Sheet::parse(&name, &content, &asks)?;
        let (text, unit) = sheet.text(&asks).map_err(|what| ExchangeError::malformed(&name, what))?;
        if unit != Unit::Utf16 {
            imported
                .remarks
                .push(format!("the positions in {name} count {unit} and not UTF-16, and were converted"));
        }
        imported.documents.push(sheet.document(&name, text, unit, (&mut imported.remarks, &asks))?);
    }
    Ok(imported)
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Column {
    /// The values of a feature.
    Feature(String),
    /// The roles of a feature that refers to other marks, which the next column names.
    Roles(String),
    Targets,
    /// Where a relation comes from; the name of the layer that it lies between.
    Source(String),
    /// The link of a chain.
    Link,
    /// That there is a mark, for a layer without features.
    Nothing,
}

/// What a layer holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Holds {
    Marks,
    Chains,
    Relations,
}

#[derive(Debug)]
pub(super) struct Layer {
    pub name: String,
    pub holds: Holds,
    /// Its columns, and the number of the first among those of the file.
    pub columns: Vec<Column>,
    pub first: usize,
}

/// A line of a token or of a part of one.
pub(super) struct Row<'a> {
    pub line: usize,
    pub id: &'a str,
    pub place: (u64, u64),
    pub words: &'a str,
    pub cells: Vec<&'a str>,
}

/// A sentence: its text, and how many rows come before its own.
struct Sentence {
    text: String,
    rows: usize,
}

/// A file in parts.
pub(super) struct Sheet<'a> {
    pub name: &'a str,
    pub layers: Vec<Layer>,
    sentences: Vec<Sentence>,
    rows: Vec<Row<'a>>,
    own: Option<Own>,
}

impl<'a> Sheet<'a> {
    fn parse(name: &'a str, content: &'a str, asks: &Asks<'_>) -> Result<Self, ExchangeError> {
        let mut sheet = Self { name, layers: Vec::new(), sentences: Vec::new(), rows: Vec::new(), own: None };
        let mut columns = 0;
        let mut in_header = false;
        for (number, line) in content.split('\n').enumerate() {
            asks.step()?;
            let line = line.strip_suffix('\r').unwrap_or(line);
            let malformed =
                |what: String| ExchangeError::malformed(format!("line {} of {name}", number + 1), what);
            if number == 0 {
                let version = line.strip_prefix("#FORMAT=WebAnno TSV ");
                if !version.is_some_and(|version| version.starts_with("3.")) {
                    return Err(malformed("it does not begin with #FORMAT=WebAnno TSV 3".into()));
                }
            } else if line.is_empty() {
                in_header = false;
            } else if let Some((holds, declared)) = layer(line) {
                if !sheet.sentences.is_empty() {
                    return Err(malformed("a layer is declared after the first sentence".into()));
                }
                let layer = Layer::parse(holds, declared, columns);
                columns += layer.columns.len();
                if columns > MOST_COLUMNS {
                    return Err(malformed(format!("the layers have more than {MOST_COLUMNS} columns")));
                }
                sheet.layers.push(layer);
            } else if let Some(own) = line.strip_prefix(OWN) {
                sheet.own = serde_json::from_str(own).ok();
            } else if let Some(text) = line.strip_prefix("#Text=") {
                let text = unescape_text(text);
                match sheet.sentences.last_mut().filter(|_| in_header) {
                    Some(sentence) => {
                        sentence.text.push('\n');
                        sentence.text.push_str(&text);
                    }
                    None => sheet.sentences.push(Sentence { text, rows: sheet.rows.len() }),
                }
                in_header = true;
            } else if !line.starts_with('#') {
                in_header = false;
                if sheet.sentences.is_empty() {
                    return Err(malformed("a token stands before the first sentence".into()));
                }
                sheet.rows.push(Row::parse(number + 1, line, columns).map_err(malformed)?);
            }
        }
        Ok(sheet)
    }

    /// The lines of tokens and their parts.
    pub(super) fn rows(&self) -> &[Row<'a>] {
        &self.rows
    }

    /// The text and the unit in which the tokens stand where they say.
    fn text(&self, asks: &Asks<'_>) -> Result<(String, Unit), String> {
        let mut best: Option<(usize, String, Unit)> = None;
        for unit in [Unit::Utf16, Unit::CodePoints, Unit::Bytes] {
            let text = self.rebuilt(unit)?;
            let units = Units::new(text.as_str());
            let mut off = 0;
            for row in &self.rows {
                asks.step_saying()?;
                let words = units.span(unit, row.place).map(|span| &text[span.range()]);
                let stands =
                    words.is_some_and(|words| words == row.words || words == unescape_text(row.words));
                off += usize::from(!stands);
            }
            if best.as_ref().is_none_or(|(least, ..)| off < *least) {
                best = Some((off, text, unit));
            }
            if off == 0 {
                break;
            }
        }
        let (_, text, unit) = best.unwrap_or_default();
        Ok((text, unit))
    }

    /// The text as WebAnno puts it together, positions counting in a unit.
    fn rebuilt(&self, unit: Unit) -> Result<String, String> {
        let count = |text: &str| -> u64 {
            match unit {
                Unit::Bytes => text.len() as u64,
                Unit::CodePoints => text.chars().count() as u64,
                Unit::Utf16 => text.chars().map(|c| c.len_utf16() as u64).sum(),
            }
        };
        let all: usize = self.sentences.iter().map(|sentence| sentence.text.len() + 1).sum();
        // Blanks between sentences are not in the file: many more than there is text are a mistake, or a trap.
        let mut blanks = all as u64 + (1 << 16);
        let mut text = String::with_capacity(all);
        let mut length = 0;
        for sentence in &self.sentences {
            if let Some(row) = self.rows.get(sentence.rows) {
                let begin = row.place.0;
                if length == begin + 1 {
                    text.pop();
                    length = begin;
                }
                let missing = begin.saturating_sub(length);
                blanks = blanks.checked_sub(missing).ok_or_else(|| {
                    format!("the sentence before line {} begins far behind the one before", row.line)
                })?;
                text.extend(std::iter::repeat_n(' ', missing as usize));
                length += missing;
            }
            text.push_str(&sentence.text);
            text.push('\n');
            length += count(&sentence.text) + 1;
        }
        Ok(text)
    }

    fn document(
        &self,
        name: &str,
        mut text: String,
        unit: Unit,
        (remarks, asks): (&mut Vec<String>, &Asks<'_>),
    ) -> Result<ImportedDocument, ExchangeError> {
        let mut marks = Marks::new(self);
        let mut relations = Vec::new();
        for row in &self.rows {
            asks.step()?;
            marks
                .row(row, &mut relations)
                .map_err(|what| ExchangeError::malformed(format!("line {} of {name}", row.line), what))?;
        }
        marks.hold_tokens(&relations);
        let annotations = marks.annotations(&text, unit, relations, remarks);
        // The last line break is the format's own, where the text is known to have none.
        if let Some(own) = &self.own
            && let Some(shorter) = text.strip_suffix('\n')
            && is_hash(&own.sha256, shorter)
        {
            text.pop();
        }
        let own = self.own.as_ref();
        Ok(ImportedDocument {
            id: own.map(|own| own.id),
            name: name.strip_suffix(".tsv").unwrap_or(name).to_owned(),
            title: own.map(|own| own.title.clone()),
            text: Some(text),
            annotations,
            ..ImportedDocument::default()
        })
    }
}

fn is_hash(hash: &str, text: &str) -> bool {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>() == hash
}

/// The declaration of a layer.
fn layer(line: &str) -> Option<(Holds, &str)> {
    let holds = [("#T_SP=", Holds::Marks), ("#T_CH=", Holds::Chains), ("#T_RL=", Holds::Relations)];
    holds.into_iter().find_map(|(start, holds)| Some((holds, line.strip_prefix(start)?)))
}

impl Layer {
    fn parse(holds: Holds, declared: &str, first: usize) -> Self {
        let mut fields = declared.split('|');
        let name = fields.next().unwrap_or_default().to_owned();
        let mut columns: Vec<Column> = Vec::new();
        for field in fields.filter(|field| !field.is_empty()) {
            let column = match columns.last() {
                Some(Column::Roles(_)) => Column::Targets,
                _ if holds == Holds::Chains && columns.len() == 1 => Column::Link,
                _ => match (field.strip_prefix("ROLE_"), field.strip_prefix("BT_")) {
                    // The name of the feature stands between the layer's and that of the link.
                    (Some(role), _) if holds == Holds::Marks => {
                        let feature = role.split_once(':').map_or(role, |(_, rest)| rest);
                        Column::Roles(
                            feature.rsplit_once('_').map_or(feature, |(feature, _)| feature).to_owned(),
                        )
                    }
                    (_, Some(base)) if holds == Holds::Relations => Column::Source(base.to_owned()),
                    _ => Column::Feature(field.to_owned()),
                },
            };
            columns.push(column);
        }
        if columns.is_empty() {
            columns.push(Column::Nothing);
        }
        Self { name, holds, columns, first }
    }

    /// The layer that its relations lie between.
    pub fn base(&self) -> Option<&str> {
        self.columns.iter().find_map(|column| match column {
            Column::Source(base) => Some(base.as_str()),
            _ => None,
        })
    }
}

impl<'a> Row<'a> {
    fn parse(line: usize, text: &'a str, columns: usize) -> Result<Self, String> {
        let mut fields = text.split('\t');
        let mut field = |what: &str| fields.next().ok_or_else(|| format!("it has no {what}"));
        let (id, place, words) = (field("number")?, field("place")?, field("text")?);
        let number = |text: &str| text.parse().map_err(|_| format!("«{text}» is no position"));
        let (begin, end) = place.split_once('-').ok_or_else(|| format!("«{place}» is no place"))?;
        let place = (number(begin)?, number(end)?);
        let cells: Vec<&str> = fields.take(columns).collect();
        if cells.len() < columns {
            return Err(format!("it has {} columns after its text instead of {columns}", cells.len()));
        }
        Ok(Self { line, id, place, words, cells })
    }
}
