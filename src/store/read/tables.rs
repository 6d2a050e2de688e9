//! The tables of annotations, which are most of a project: read, held against their texts and put in order on all processors.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::Reader;
use super::texts::TextRead;
use crate::model::{Annotation, AnnotationId, AnnotationTable, Codebook, Document, TagId};
use crate::store::format::Row;
use crate::store::pages::{Places, TableRead, read_table};
use crate::store::parallel::for_each;
use crate::store::save::Seen;
use crate::store::tables::table_name;
use crate::store::{Fault, Remedy, StoreError};

/// The tables of one document, all coders' together.
#[derive(Default)]
pub(super) struct TablesRead {
    table: AnnotationTable,
    faults: Vec<Fault>,
    blocked: bool,
    seen: Vec<(String, Seen)>,
    /// Rows that do not fit, each with the name of its table.
    aside: Vec<(String, Row<'static>)>,
}

impl Reader<'_> {
    /// The names of all tables, by what they are called without their ending.
    pub(super) fn table_names(&self) -> HashMap<String, Vec<String>> {
        let folders = self.reading.surroundings.disk.list(&self.reading.place.join("annotations"));
        let listed = folders.unwrap_or_default();
        let listed = listed.iter().flat_map(|folder| self.files_in(&format!("annotations/{folder}"), ".ron"));
        let decided =
            self.waiting.written().filter(|name| name.starts_with("annotations/") && name.ends_with(".ron"));
        let names: BTreeSet<String> =
            listed.chain(decided.map(str::to_owned)).filter(|name| !self.waiting.removes(name)).collect();
        let mut tables: HashMap<String, Vec<String>> = HashMap::new();
        for name in names {
            let stem = name.rsplit('/').next().unwrap_or(&name).trim_end_matches(".ron").to_owned();
            tables.entry(stem).or_default().push(name);
        }
        tables
    }

    /// Reads the tables of all documents.
    pub(super) fn read_tables(
        &self,
        texts: &[TextRead],
        codebook: &Codebook,
        names: &HashMap<String, Vec<String>>,
    ) -> Result<Vec<TablesRead>, StoreError> {
        let tags: HashSet<TagId> = codebook.tags().iter().map(|tag| tag.id).collect();
        for_each(texts.len(), self.reading.progress, |at| {
            let document = &*texts[at].document;
            let stem = document.file.trim_end_matches(".txt");
            let mut read = TablesRead::default();
            let mut annotations = Vec::new();
            for name in names.get(stem).into_iter().flatten() {
                let path = self.reading.place.join(name);
                let table =
                    self.bytes(name).map_err(StoreError::io("read", &path)).and_then(|(bytes, seen)| {
                        read.seen.push((name.clone(), seen));
                        read_table(&path, name, &bytes)
                    });
                match table {
                    Ok(table) => read.take(document, name, table, &tags, &mut annotations),
                    Err(error) => {
                        read.faults.push(Fault::of(name, &error));
                        read.blocked = true;
                    }
                }
            }
            read.table = AnnotationTable::new(annotations);
            read
        })
    }

    /// Tells what was wrong, keeps what was seen and what does not fit, and gives the tables.
    pub(super) fn take_tables(
        &mut self,
        documents: &[Arc<Document>],
        mut read: Vec<TablesRead>,
    ) -> Vec<AnnotationTable> {
        self.part_doubles(documents, &mut read);
        let take = |read: TablesRead| {
            self.blocked |= read.blocked;
            self.faults.extend(read.faults);
            for (name, seen) in read.seen {
                self.known.insert(&name, seen);
            }
            for (name, row) in read.aside {
                self.aside.entry(name).or_default().push(row);
            }
            read.table
        };
        read.into_iter().map(take).collect()
    }

    /// Ids that stand in the tables of two documents: the annotation of the later document is kept aside.
    fn part_doubles(&self, documents: &[Arc<Document>], read: &mut [TablesRead]) {
        let doubles = doubles(read.iter().map(|read| &read.table));
        if doubles.is_empty() {
            return;
        }
        let mut seen = HashSet::new();
        for (document, read) in documents.iter().zip(read) {
            let is_second =
                |annotation: &Annotation| doubles.contains(&annotation.id) && seen.contains(&annotation.id);
            let (second, first): (Vec<_>, Vec<_>) =
                read.table.iter().cloned().partition(|annotation| is_second(annotation));
            seen.extend(first.iter().map(|one| one.id).filter(|id| doubles.contains(id)));
            if second.is_empty() {
                continue;
            }
            read.table = AnnotationTable::new(first);
            for annotation in second {
                let name = table_name(document, &annotation.coder);
                let bytes = self.bytes(&name).map(|(bytes, _)| bytes).unwrap_or_default();
                let line = Places::of(&String::from_utf8_lossy(&bytes)).next(&annotation.id.to_string());
                read.faults.push(twice(&name, line, annotation.id));
                read.aside.push((name, Row::of(&annotation).into_owned()));
            }
        }
    }
}

impl TablesRead {
    /// Takes up the rows of one table.
    fn take(
        &mut self,
        document: &Document,
        name: &str,
        mut table: TableRead,
        tags: &HashSet<TagId>,
        annotations: &mut Vec<Arc<Annotation>>,
    ) {
        self.blocked |= !table.faults.is_empty();
        self.faults.append(&mut table.faults);
        if table.document != document.id || table_name(document, &table.coder) != name {
            let what = "the table names another document or coder than its place says";
            self.faults.push(Fault::fatal(name, None, what));
            self.blocked = true;
            if table.document != document.id {
                return;
            }
        }
        let mut ids: HashSet<AnnotationId> = annotations.iter().map(|annotation| annotation.id).collect();
        let mut unknown: BTreeMap<TagId, usize> = BTreeMap::new();
        annotations.reserve_exact(table.rows.len());
        for (line, row) in table.rows {
            if let Some(what) = misfit(document, &row) {
                let what = format!("annotation {}: {what}; it is kept aside", row.id);
                self.faults.push(Fault::fatal(name, line, what));
                self.aside.push((name.to_owned(), row));
                continue;
            }
            if !ids.insert(row.id) {
                self.faults.push(twice(name, line, row.id));
                self.aside.push((name.to_owned(), row));
                continue;
            }
            if !document.text.is_quoted_by(&row.spans, &row.quote) {
                let what = format!("annotation {}: its quote is not what stands at its place", row.id);
                self.faults.push(Fault::fatal(name, line, what));
            }
            for tag in row.tags.iter().filter(|tag| !tags.contains(tag)) {
                *unknown.entry(*tag).or_default() += 1;
            }
            annotations.push(Arc::new(row.into_annotation(document.id, table.coder.clone())));
        }
        for (tag, count) in unknown {
            let what = format!(
                "{count} annotations have the tag {tag}, which the codebook lacks; they keep it, and put the codebook back from a copy to have its name again"
            );
            self.faults.push(Fault::noted(name, None, what).with(Remedy::None));
        }
    }
}

fn twice(name: &str, line: Option<usize>, id: AnnotationId) -> Fault {
    Fault::fatal(name, line, format!("annotation {id} stands there twice; the second is kept aside"))
}

/// The ids that stand in more than one table. A million ids are looked over in a few bits each: first those are found that may stand
/// twice, and of these then which do.
fn doubles<'a>(tables: impl Iterator<Item = &'a AnnotationTable> + Clone) -> HashSet<AnnotationId> {
    let ids = || tables.clone().flat_map(|table| table.iter().map(|annotation| annotation.id));
    let count: usize = tables.clone().map(AnnotationTable::len).sum();
    let bits = (count * 16).next_power_of_two().max(64);
    let mut seen = vec![0_u64; bits / 64];
    let mut suspects: HashMap<AnnotationId, usize> = HashMap::new();
    for id in ids() {
        let at = spread(id) as usize & (bits - 1);
        let bit = 1 << (at % 64);
        if seen[at / 64] & bit != 0 {
            suspects.insert(id, 0);
        }
        seen[at / 64] |= bit;
    }
    drop(seen);
    for id in ids() {
        if let Some(times) = suspects.get_mut(&id) {
            *times += 1;
        }
    }
    suspects.into_iter().filter(|(_, times)| *times > 1).map(|(id, _)| id).collect()
}

/// A number from an id, spread evenly (the finaliser of splitmix64, Steele, Lea and Flood 2014).
fn spread(id: AnnotationId) -> u64 {
    let [high, low] = id.halves();
    let mut mixed = high.rotate_left(32) ^ low;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Why an annotation cannot stand in a document.
pub(in crate::store) fn misfit(document: &Document, row: &Row<'_>) -> Option<String> {
    let in_order = row.spans.windows(2).all(|pair| pair[0].end < pair[1].start);
    if row.spans.is_empty() {
        return Some("it has no span".into());
    }
    if !in_order {
        return Some("its spans are out of order".into());
    }
    let bad = row.spans.iter().find(|&&span| !document.text.accepts(span))?;
    let range = bad.range();
    let what = if range.end > document.text.len() {
        "leaves the text"
    } else if range.start >= range.end {
        "holds nothing"
    } else {
        "cuts a letter from its marks"
    };
    Some(format!("its span from byte {} to {} {what}", range.start, range.end))
}
