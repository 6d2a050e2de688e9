//! The tables: annotations that do not fit their text are placed by their quotes where these stand once, and else by what is left of
//! their spans.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::pages::faulty;
use super::{Repair, lines_of};
use crate::model::{AnnotationId, AnnotationTable, Coder, Document, Quote, Span, Stamps};
use crate::store::StoreError;
use crate::store::format::{Row, write_table, write_tables};
use crate::store::notation::parse;
use crate::store::pages::read_table;
use crate::store::read::misfit;
use crate::store::rows::read_row;
use crate::store::stamps::SystemStamps;
use crate::store::tables::table_name;

impl Repair<'_> {
    /// Mends the tables that have a fault, and the lists of tables.
    pub(super) fn tables(&mut self) -> Result<(), StoreError> {
        let loaded = self.load()?;
        let faulty = faulty(&loaded.faults);
        let mut ids: HashSet<AnnotationId> = HashSet::new();
        for (document, annotation) in loaded.saved.annotations() {
            if !faulty.contains(&table_name(document, &annotation.coder)) {
                ids.insert(annotation.id);
            }
        }
        let folders = self.disk().list(&self.place.join("annotations")).unwrap_or_default();
        for document in loaded.saved.documents() {
            let stem = document.file.trim_end_matches(".txt");
            for folder in &folders {
                let name = format!("annotations/{folder}/{stem}.ron");
                if faulty.contains(&name) {
                    self.table(&name, folder, document, &loaded.coders, &mut ids)?;
                }
            }
        }
        self.lists(&faulty, &loaded.coders, loaded.saved.documents())
    }

    fn table(
        &mut self,
        name: &str,
        folder: &str,
        document: &Document,
        coders: &[Coder],
        ids: &mut HashSet<AnnotationId>,
    ) -> Result<(), StoreError> {
        let Some(bytes) = self.bytes(name) else { return Ok(()) };
        let (rows, told) = match read_table(&self.place.join(name), name, &bytes) {
            Ok(table) => (table.rows.into_iter().map(|(_, row)| row).collect(), Some(table.coder)),
            Err(_) => {
                let row = |line| read_row(line).or_else(|| parse::<Row<'static>>(line).ok());
                let coder = |line: &str| parse(line.strip_prefix("coder:")?.trim()).ok();
                let rows: Vec<Row<'static>> = lines_of(&bytes).filter_map(row).collect();
                (rows, lines_of(&bytes).find_map(coder))
            }
        };
        let coder = self.coder_of(folder, coders, told.as_ref());
        let (mut changed, mut lost) = (0, 0);
        let mut kept: BTreeMap<AnnotationId, Row<'static>> = BTreeMap::new();
        for row in rows {
            let Some(mut mended) = fitted(document, &row) else {
                lost += 1;
                continue;
            };
            if kept.get(&row.id) == Some(&mended) {
                continue;
            }
            if ids.contains(&row.id) {
                mended.id = SystemStamps.annotation_id();
            }
            changed += usize::from(mended != row);
            ids.insert(mended.id);
            kept.insert(mended.id, mended);
        }
        let annotations =
            kept.into_values().map(|row| Arc::new(row.into_annotation(document.id, coder.clone())));
        let table = AnnotationTable::new(annotations);
        let what = format!(
            "{} annotations are kept, of which {changed} were put right; {lost} fit nowhere and are only in the original",
            table.len()
        );
        if table.is_empty() {
            return self.put(name, None, &what);
        }
        let bytes = write_table(document.id, &coder, table.iter(), &[]).map_err(self.unwritable(name))?;
        self.put(name, Some(&bytes), &what)
    }

    /// Sets the tables of a document aside that cannot stay.
    pub(super) fn set_tables_aside(&mut self, document: &Document) -> Result<(), StoreError> {
        let stem = document.file.trim_end_matches(".txt");
        for folder in self.disk().list(&self.place.join("annotations")).unwrap_or_default() {
            let name = format!("annotations/{folder}/{stem}.ron");
            if self.bytes(&name).is_some() {
                self.put(&name, None, "set aside with its document")?;
            }
        }
        Ok(())
    }

    /// Lets each list name the tables that are there.
    fn lists(
        &mut self,
        faulty: &BTreeSet<String>,
        coders: &[Coder],
        documents: &[Arc<Document>],
    ) -> Result<(), StoreError> {
        let of_tables = faulty.iter().filter_map(|name| name.strip_prefix("annotations/")?.split_once('/'));
        let folders: BTreeSet<&str> = of_tables.map(|(folder, _)| folder).collect();
        let stems: HashSet<&str> =
            documents.iter().map(|document| document.file.trim_end_matches(".txt")).collect();
        for folder in folders {
            let there = self.disk().list(&self.place.join("annotations").join(folder)).unwrap_or_default();
            let tables: Vec<&str> = there
                .iter()
                .filter_map(|name| name.strip_suffix(".ron"))
                .filter(|stem| stems.contains(stem))
                .collect();
            let name = format!("annotations/{folder}/tables");
            let coder = self.coder_of(folder, coders, None);
            let bytes = write_tables(&coder, &tables).map_err(self.unwritable(&name))?;
            if self.bytes(&name).as_ref() != Some(&bytes) {
                let what = format!("names the {} tables that are there", tables.len());
                self.put(&name, Some(&bytes), &what)?;
            }
        }
        Ok(())
    }

    /// How many tables a coder's folder holds.
    pub(super) fn count_tables(&self, folder: &str) -> usize {
        let there = self.disk().list(&self.place.join("annotations").join(folder)).unwrap_or_default();
        there.iter().filter(|name| name.ends_with(".ron")).count()
    }
}

/// A row as it fits its document: itself where it does, else placed anew; none where it cannot be placed.
fn fitted(document: &Document, row: &Row<'static>) -> Option<Row<'static>> {
    let fits = misfit(document, row).is_none();
    if fits && document.text.is_quoted_by(&row.spans, &row.quote) {
        return Some(row.clone());
    }
    // Where the text is the quoted one, only what stands around it differs.
    let stands = fits && document.text.quote(&row.spans).exact == row.quote.exact;
    let spans = match place(document, &row.quote) {
        Some(span) if !stands => vec![span],
        _ if fits => row.spans.to_vec(),
        _ => what_is_left(document, &row.spans)?,
    };
    let quote = document.text.quote(&spans);
    Some(Row { spans: spans.into(), quote: std::borrow::Cow::Owned(quote), ..row.clone() })
}

/// Where a quotation stands: the one place with what stood around it, or the one place at all.
fn place(document: &Document, quote: &Quote) -> Option<Span> {
    if quote.exact.is_empty() {
        return None;
    }
    let places = || {
        memchr::memmem::find_iter(document.text.as_bytes(), quote.exact.as_bytes())
            .map(|at| Span::new(at..at + quote.exact.len()))
            .filter(|&span| document.text.accepts(span))
    };
    let one =
        |mut found: Box<dyn Iterator<Item = Span> + '_>| found.next().filter(|_| found.next().is_none());
    one(Box::new(places().filter(|&span| document.text.is_quoted_by(&[span], quote))))
        .or_else(|| one(Box::new(places())))
}

/// The parts of spans that lie in a text, each widened to whole clusters, in order and not touching.
fn what_is_left(document: &Document, spans: &[Span]) -> Option<Vec<Span>> {
    let length = document.text.len();
    let mut parts: Vec<Span> = spans
        .iter()
        .map(|span| span.start.index()..span.end.index())
        .filter(|range| range.start < range.end && range.end <= length)
        .map(|range| document.text.widen(range))
        .collect();
    parts.sort();
    let mut left: Vec<Span> = Vec::new();
    for part in parts {
        match left.last_mut() {
            Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
            _ => left.push(part),
        }
    }
    (!left.is_empty()).then_some(left)
}
