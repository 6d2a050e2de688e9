//! Rows as other programs write them: some columns missing, others added, in any order.
//!
//! A row has to say which document it means and where in it; everything else may be left out. A column that Hashiya does not know becomes an
//! attribute of its name.

use std::collections::HashMap;

use serde_json::Value;

use super::super::{ExchangeError, Imported, ImportedAnnotation, ImportedDocument, Row, Unit};
use crate::model::Timestamp;

/// The columns in which each unit stands, the most exact first.
pub(in crate::exchange) const UNITS: [(Unit, &str, &str); 3] = [
    (Unit::Bytes, "start_byte", "end_byte"),
    (Unit::CodePoints, "start", "end"),
    (Unit::Utf16, "start_utf16", "end_utf16"),
];

/// The columns that say which document is meant.
pub(in crate::exchange) const NAMING: [&str; 3] = ["document", "title", "text_sha256"];

/// Where a person finds a row, counted from 1 without the header, in a spreadsheet.
pub(in crate::exchange) fn row_of_sheet(row: usize) -> String {
    format!("row {} of the sheet", row + 1)
}

/// Rows on their way to what they say together.
#[derive(Default)]
pub(in crate::exchange) struct Gathering {
    imported: Imported,
    /// The unit of the first row; rows that have it count in it, and others say in what they do.
    unit: Option<Unit>,
    /// Where each document stands in the list: by everything that rows name it with.
    places: HashMap<(String, String, String), usize>,
    rows: usize,
    /// Whether the rows are those of a table with a header.
    is_sheet: bool,
}

impl Gathering {
    /// For the rows below the header of a table.
    pub fn of_sheet() -> Self {
        Self { is_sheet: true, ..Self::default() }
    }

    /// All that the rows said.
    pub fn end(self) -> Imported {
        Imported { unit: self.unit.unwrap_or_default(), ..self.imported }
    }

    /// Takes a row that has all its columns.
    pub fn full(&mut self, row: Row<'_>) {
        self.rows += 1;
        self.unit = Some(Unit::Bytes);
        let extent = [(u64::from(row.start_byte), u64::from(row.end_byte))];
        let spans = row.spans.iter().map(|span| (u64::from(span.start.0), u64::from(span.end.0)));
        let annotation = ImportedAnnotation {
            keys: vec![row.id.to_string()],
            id: Some(row.id),
            spans: if row.spans.is_empty() { extent.to_vec() } else { spans.collect() },
            quote: Some(row.quote.into_owned()),
            prefix: Some(row.prefix.into_owned()),
            suffix: Some(row.suffix.into_owned()),
            tags: row.tags.into_iter().map(Into::into).collect(),
            note: Some(row.note.into_owned()),
            attributes: Some(row.attributes.into_owned()),
            unit: None,
            relations: None,
            coder: Some(row.coder.name().to_owned()),
            created: Some(row.created),
            modified: Some(row.modified),
        };
        let document = (row.document.to_string(), row.title.into_owned(), row.text_sha256.into_owned());
        self.put(document, annotation);
    }

    /// Takes a row of whatever columns there are.
    ///
    /// # Errors
    /// When it does not say where it stands, or a value is not what its column holds.
    pub fn loose(&mut self, columns: impl IntoIterator<Item = (String, Value)>) -> Result<(), ExchangeError> {
        self.rows += 1;
        let at = if self.is_sheet { row_of_sheet(self.rows) } else { format!("row {}", self.rows) };
        let mut row = Loose { at, columns: columns.into_iter().collect() };
        let mut unit = match self.unit.filter(|&unit| row.counts_in(unit)) {
            Some(unit) => unit,
            None => row.unit()?,
        };
        let mut annotation = ImportedAnnotation { spans: vec![row.extent(unit)?], ..Default::default() };
        if let Some(parts) = row.list("spans", Value::as_array)?
            && !parts.is_empty()
        {
            let pair = |part: &Value| {
                let list = part.as_array().filter(|list| list.len() == 2)?;
                Some((list[0].as_u64()?, list[1].as_u64()?))
            };
            let parts: Option<Vec<_>> = parts.iter().map(pair).collect();
            annotation.spans = parts.ok_or_else(|| row.wrong("spans", "a list of pairs of numbers"))?;
            // Parts are in bytes, whatever the other columns count in.
            unit = Unit::Bytes;
        }
        let first = *self.unit.get_or_insert(unit);
        annotation.unit = Some(unit).filter(|unit| *unit != first);
        for (_, start, end) in UNITS {
            row.columns.retain(|(name, _)| name != start && name != end && name != "line");
        }
        let document = NAMING.map(|column| row.text(column).unwrap_or_default());
        if document.iter().all(String::is_empty) {
            return Err(row.malformed(
                "it says in none of the columns document, title and text_sha256 where it stands",
            ));
        }
        if let Some(id) = row.text("id") {
            annotation.id = id.parse().ok();
            if annotation.id.is_none() {
                annotation.attribute("id", &id);
            }
            annotation.keys.push(id);
        } else {
            annotation.keys.push(row.at.clone());
        }
        annotation.quote = row.text("quote");
        annotation.prefix = row.text("prefix");
        annotation.suffix = row.text("suffix");
        annotation.note = row.text("note");
        annotation.coder = row.text("coder");
        annotation.created = row.time("created")?;
        annotation.modified = row.time("modified")?;
        annotation.tags = row.tags()?;
        for (key, value) in row.attributes()? {
            annotation.attribute(key, value);
        }
        for (name, value) in row.columns {
            match value {
                Value::Null => {}
                Value::String(text) if text.is_empty() => {}
                Value::String(text) => annotation.attribute(name, text),
                other => annotation.attribute(name, other.to_string()),
            }
        }
        let [id, title, sha256] = document;
        self.put((id, title, sha256), annotation);
        Ok(())
    }

    fn put(&mut self, document: (String, String, String), annotation: ImportedAnnotation) {
        let documents = &mut self.imported.documents;
        let at = *self.places.entry(document).or_insert_with_key(|(id, title, sha256)| {
            let sha256 = (!sha256.is_empty()).then(|| sha256.clone());
            documents.push(ImportedDocument {
                id: id.parse().ok(),
                name: if id.is_empty() || id.parse::<crate::model::DocumentId>().is_ok() {
                    title
                } else {
                    id
                }
                .clone(),
                title: (!title.is_empty()).then(|| title.clone()),
                sha256,
                ..Default::default()
            });
            documents.len() - 1
        });
        documents[at].annotations.push(annotation);
    }
}

/// One row, from which columns are taken until those are left that nothing is known of.
struct Loose {
    /// Where it stands, for a person.
    at: String,
    columns: Vec<(String, Value)>,
}

impl Loose {
    fn malformed(&self, what: impl Into<String>) -> ExchangeError {
        ExchangeError::malformed(&*self.at, what)
    }

    fn wrong(&self, column: &str, wanted: &str) -> ExchangeError {
        self.malformed(format!("the column «{column}» does not hold {wanted}"))
    }

    fn take(&mut self, column: &str) -> Option<Value> {
        let at = self.columns.iter().position(|(name, _)| name == column)?;
        let (_, value) = self.columns.swap_remove(at);
        (!value.is_null() && value.as_str() != Some("")).then_some(value)
    }

    fn text(&mut self, column: &str) -> Option<String> {
        Some(match self.take(column)? {
            Value::String(text) => text,
            other => other.to_string(),
        })
    }

    fn time(&mut self, column: &str) -> Result<Option<Timestamp>, ExchangeError> {
        let Some(text) = self.text(column) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| self.wrong(column, "a time as RFC 3339 has it"))
    }

    fn number(&self, column: &str) -> Option<u64> {
        let (_, value) = self.columns.iter().find(|(name, _)| name == column)?;
        value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
    }

    fn counts_in(&self, wanted: Unit) -> bool {
        UNITS
            .iter()
            .any(|&(unit, start, end)| unit == wanted && self.number(start).and(self.number(end)).is_some())
    }

    /// The most exact unit that the row has.
    fn unit(&self) -> Result<Unit, ExchangeError> {
        let found = UNITS.iter().map(|(unit, _, _)| *unit).find(|&unit| self.counts_in(unit));
        found.ok_or_else(|| self.malformed("it has no whole numbers in the columns start and end"))
    }

    fn extent(&self, unit: Unit) -> Result<(u64, u64), ExchangeError> {
        let (_, start, end) = UNITS.into_iter().find(|(other, _, _)| *other == unit).unwrap_or(UNITS[0]);
        let value = |column| self.number(column).ok_or_else(|| self.wrong(column, "a whole number"));
        Ok((value(start)?, value(end)?))
    }

    /// A list, which may stand as JSON in a text.
    fn list<T: ToOwned + ?Sized>(
        &mut self,
        column: &str,
        read: impl Fn(&Value) -> Option<&T>,
    ) -> Result<Option<T::Owned>, ExchangeError> {
        let Some(value) = self.take(column) else { return Ok(None) };
        let parsed = value.as_str().and_then(|text| serde_json::from_str(text).ok());
        let value = parsed.unwrap_or(value);
        read(&value).map(|list| Some(list.to_owned())).ok_or_else(|| self.wrong(column, "a list"))
    }

    /// The tags: a list of names, or one name.
    fn tags(&mut self) -> Result<Vec<String>, ExchangeError> {
        let Some(value) = self.take("tags") else { return Ok(Vec::new()) };
        if let Value::String(text) = &value {
            return Ok(match serde_json::from_str::<Vec<String>>(text) {
                Ok(names) => names,
                Err(_) => vec![text.clone()],
            });
        }
        serde_json::from_value(value).map_err(|_| self.wrong("tags", "a list of names"))
    }

    /// The attributes: a list of pairs, or an object.
    fn attributes(&mut self) -> Result<Vec<(String, String)>, ExchangeError> {
        let Some(value) = self.take("attributes") else { return Ok(Vec::new()) };
        let value = match &value {
            Value::String(text) => serde_json::from_str(text).unwrap_or(value),
            _ => value,
        };
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        match value {
            Value::Object(pairs) => Ok(pairs.into_iter().map(|(key, value)| (key, text(value))).collect()),
            other => serde_json::from_value::<Vec<(String, Value)>>(other)
                .map(|pairs| pairs.into_iter().map(|(key, value)| (key, text(value))).collect())
                .map_err(|_| self.wrong("attributes", "a list of pairs")),
        }
    }
}
