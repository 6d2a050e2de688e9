//! Which tables a coder has: the names of the table files, and the list of them beside the tables, `annotations/CODER/tables`, so that a
//! table that was deleted whole is missed.
//!
//! Tables that the list does not name are read like all others: they may come from another machine ahead of their list.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;
use std::sync::Arc;

use super::format::{Row, TablesFile, read_page, write_tables};
use super::names::coder_file;
use super::read::Reader;
use super::save::{Change, Known};
use super::{Fault, StoreError};
use crate::model::{Annotation, AnnotationTable, Coder, Document, Project};

/// The name of the list in a coder's folder of tables.
pub(super) const LIST: &str = "tables";

/// The name of the table of a document by a coder.
pub(super) fn table_name(document: &Document, coder: &Coder) -> String {
    format!("{}/{}.ron", folder_name(coder), stem(document))
}

/// The name of the list of a coder's tables.
pub(super) fn list_name(coder: &Coder) -> String {
    format!("{}/{LIST}", folder_name(coder))
}

fn folder_name(coder: &Coder) -> String {
    format!("annotations/{}", coder_file(coder.name()))
}

/// What the tables of a document are called without their ending.
fn stem(document: &Document) -> &str {
    document.file.strip_suffix(".txt").unwrap_or(&document.file)
}

/// The coders of a table, each with their annotations.
pub(super) fn by_coder(table: &AnnotationTable) -> BTreeMap<&Coder, Vec<&Arc<Annotation>>> {
    let mut coders: BTreeMap<&Coder, Vec<_>> = BTreeMap::new();
    for annotation in table.iter() {
        coders.entry(&annotation.coder).or_default().push(annotation);
    }
    coders
}

impl Reader<'_> {
    /// Misses the tables that are listed and not there. `there` has the names of all tables, `pages` for the names of history pages how
    /// many tables their coders had, and `coders` who stands in the register: of anybody else, files are still arriving from another
    /// machine, and what is missing may yet come.
    pub fn miss_tables(&mut self, there: &HashSet<String>, pages: &[(String, usize)], coders: &[Coder]) {
        let registered: HashSet<String> = coders.iter().map(|coder| coder_file(coder.name())).collect();
        let disk = &*self.reading.surroundings.disk;
        let folders = disk.list(&self.reading.place.join("annotations")).unwrap_or_default();
        let mut expected: BTreeMap<String, usize> = folders.into_iter().map(|folder| (folder, 0)).collect();
        for (page, tables) in pages {
            let coder = page.trim_start_matches("history/").trim_end_matches(".ron");
            expected.insert(coder.to_owned(), *tables);
        }
        for (coder, tables) in expected {
            let mut missing = Vec::new();
            let name = format!("annotations/{coder}/{LIST}");
            let path = self.reading.place.join(&name);
            if tables == 0 && self.waiting.removes(&name) {
                continue;
            }
            let list = match self.bytes(&name) {
                Ok((bytes, seen)) => {
                    self.known.insert(&name, seen);
                    read_page::<TablesFile>(&path, &bytes)
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound && tables == 0 => continue,
                Err(error) => Err(StoreError::io("read", &path)(error)),
            };
            match list {
                Ok(list) => {
                    for stem in list.tables {
                        let table = format!("annotations/{coder}/{stem}.ron");
                        if !there.contains(&table) {
                            missing.push((table, "the table is missing; put it back from a copy".to_owned()));
                        }
                    }
                }
                Err(error) => missing.push((name, error.to_string())),
            }
            for (name, what) in missing {
                if registered.contains(&coder) {
                    self.fatal(&name, None, what);
                    self.blocked = true;
                } else {
                    let what = "it has not arrived yet; wait until the folder is in step with the others";
                    self.faults.push(Fault::noted(&name, None, what));
                }
            }
        }
    }
}

/// What tables there are, by coder, each without its ending.
#[derive(Debug, Default)]
pub(super) struct Tables<'a>(BTreeMap<&'a Coder, BTreeSet<&'a str>>);

impl<'a> Tables<'a> {
    /// The tables of a project, those included that hold nothing but rows kept aside of one of these coders.
    pub fn of(project: &'a Project, coders: &'a [Coder], aside: &HashMap<String, Vec<Row<'static>>>) -> Self {
        let mut tables: BTreeMap<&Coder, BTreeSet<&str>> = BTreeMap::new();
        for document in project.documents() {
            let mut put = |coder: &'a Coder| tables.entry(coder).or_default().insert(stem(document));
            let mut last = None;
            for annotation in project.table(document.id).iter() {
                if last != Some(&annotation.coder) {
                    put(&annotation.coder);
                    last = Some(&annotation.coder);
                }
            }
            for coder in coders.iter().filter(|_| !aside.is_empty()) {
                if aside.contains_key(&table_name(document, coder)) {
                    put(coder);
                }
            }
        }
        Self(tables)
    }

    /// How many tables a coder has.
    pub fn count(&self, coder: &Coder) -> usize {
        self.0.get(coder).map_or(0, BTreeSet::len)
    }

    /// The names of the tables that are not among others.
    pub fn not_in(&self, others: &Self) -> Vec<String> {
        let mut names = Vec::new();
        for (coder, stems) in &self.0 {
            let folder = folder_name(coder);
            let others = others.0.get(coder);
            let gone = stems.iter().filter(|stem| !others.is_some_and(|others| others.contains(*stem)));
            names.extend(gone.map(|stem| format!("{folder}/{stem}.ron")));
        }
        names
    }

    /// The lists that a save writes: of the coder who saves, and of others whose tables became others with it.
    pub fn lists(
        &self,
        before: &Self,
        coder: &Coder,
        known: Option<&Known>,
    ) -> Result<Vec<Change>, ron::Error> {
        let none = BTreeSet::new();
        let coders: BTreeSet<&Coder> = self.0.keys().chain(before.0.keys()).copied().collect();
        let mut changes = Vec::new();
        for one in coders {
            let name = list_name(one);
            let has_list = known.is_none_or(|known| known.get(&name).is_some());
            let (now, then) = (self.0.get(one).unwrap_or(&none), before.0.get(one).unwrap_or(&none));
            let is_due = if has_list { now != then } else { one == coder };
            if is_due {
                let bytes = if now.is_empty() { None } else { Some(write_tables(one, now)?) };
                changes.push(Change { name, bytes });
            }
        }
        Ok(changes)
    }
}
