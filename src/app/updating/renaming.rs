//! Files that have another name by now: which new file is that of a document whose own file is gone.
//!
//! The text decides. The same text, by its SHA-256, is the same document; where several documents and several files share one text, the
//! names say which is whose. A text that changed as well counts only where it is by far most like one document, and is no more than a
//! proposal. Reads files to decode them otherwise, and changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::version::read_one;
use crate::model::{Document, DocumentId, EarlierText, Project, Source};
use crate::search::anchoring::Fingerprint;
use crate::store::{Progress, StoreError};

/// A file that is much like a document shares at least so much with it, of 1.
const LEAST: f64 = 0.5;

/// And to anything else it must be so many times as unlike …
const MARGIN: f64 = 2.0;

/// … and share so much less with it.
const GAP: f64 = 0.05;

/// Of documents with the same text, more pairs of names than this are not compared: they go by their order.
const MOST_NAMES: usize = 10_000;

/// A document whose file has another name or place by now.
#[derive(Clone, Debug)]
pub struct Renamed {
    /// The document.
    pub document: DocumentId,
    /// The path of its source file as the document has it.
    pub from: String,
    /// The file, as a document of its own that was just read.
    pub now: Document,
    /// How much of both texts is the same, in hundredths; the same text has a hundred.
    pub percent: u8,
}

impl Renamed {
    /// The document with its source under the new name: its text, id, file in the project, and time stay; its title too, unless that was the
    /// file's name. `None` where the document is not as it was.
    pub fn followed(&self, document: &Document) -> Option<Document> {
        if document.source.path != self.from || document.sha256 != self.now.sha256 {
            return None;
        }
        let name = self.from.rsplit(['/', std::path::MAIN_SEPARATOR]).next();
        let title = if name == Some(&document.title) { &self.now.title } else { &document.title };
        // The texts that came from the file before came from the same file.
        let source = |one: &Source| {
            let path = if one.path == self.from { &self.now.source.path } else { &one.path };
            Source { path: path.clone(), ..one.clone() }
        };
        let earlier = document.earlier.iter();
        let earlier = earlier.map(|one| EarlierText { source: source(&one.source), ..one.clone() }).collect();
        Some(Document { title: title.clone(), source: self.now.source.clone(), earlier, ..document.clone() })
    }
}

/// A document whose file is not as it was.
#[derive(Debug)]
pub(super) struct Displaced {
    pub document: Arc<Document>,
    /// What its file holds now; none where the file is gone.
    pub now: Option<Document>,
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// The same texts under other names, in the order of the project.
    pub renamed: Vec<Renamed>,
    /// Other texts, by far most like one of the documents, in the order of the project.
    pub altered: Vec<Renamed>,
    /// The files that belong to none.
    pub rest: Vec<Document>,
}

/// Finds the files of displaced documents among `files`, which are those of no document. `known` are the paths of files whose texts the
/// project has or had.
pub(super) fn find(
    project: &Project,
    displaced: &[Displaced],
    files: Vec<Document>,
    known: &HashSet<String>,
    progress: &Progress,
) -> Result<Found, StoreError> {
    let mut search = Search::new(displaced, files);
    search.pair_gone();
    search.pair_exchanged();
    search.pair_decoded_otherwise(project, progress)?;
    let altered = search.pair_altered(project, known, progress)?;
    Ok(search.finish(altered))
}

/// A file to be given to a document.
struct File {
    now: Document,
    /// The displaced document whose file it is, by its place.
    of: Option<usize>,
}

struct Search<'d> {
    displaced: &'d [Displaced],
    files: Vec<File>,
    /// The file of each displaced document, once found.
    pairs: BTreeMap<usize, usize>,
    taken: HashSet<usize>,
}

impl<'d> Search<'d> {
    fn new(displaced: &'d [Displaced], files: Vec<Document>) -> Self {
        let changed = displaced.iter().enumerate().filter_map(|(at, one)| {
            let now = one.now.clone()?;
            // It lies where its document says.
            let source = Source { path: one.document.source.path.clone(), ..now.source.clone() };
            Some(File { now: Document { source, ..now }, of: Some(at) })
        });
        let files = files.into_iter().map(|now| File { now, of: None }).chain(changed).collect();
        Self { displaced, files, pairs: BTreeMap::new(), taken: HashSet::new() }
    }

    fn pair(&mut self, pairs: impl IntoIterator<Item = (usize, usize)>) {
        for (document, file) in pairs {
            self.pairs.insert(document, file);
            self.taken.insert(file);
        }
    }

    /// The displaced documents without a file, by their places.
    fn open(&self) -> impl Iterator<Item = usize> {
        (0..self.displaced.len()).filter(|at| !self.pairs.contains_key(at))
    }

    /// Those whose own files are gone.
    fn gone(&self) -> Vec<usize> {
        self.open().filter(|&at| self.displaced[at].now.is_none()).collect()
    }

    /// The new files that are given to no document.
    fn free(&self) -> Vec<usize> {
        (0..self.files.len()).filter(|at| self.files[*at].of.is_none() && !self.taken.contains(at)).collect()
    }

    /// The same texts among these documents and files.
    fn same_texts(&self, documents: &[usize], files: &[usize]) -> Vec<(usize, usize)> {
        let documents = documents.iter().map(|&at| (at, &*self.displaced[at].document));
        same_texts(documents, files.iter().map(|&at| (at, &self.files[at].now)))
    }

    /// Documents whose files are gone, and new files with their texts.
    fn pair_gone(&mut self) {
        let pairs = self.same_texts(&self.gone(), &self.free());
        self.pair(pairs);
    }

    /// Files that took the names of one another: the text of a document stands where another's stood, which has a new name itself. Where
    /// it has none, nothing was renamed: a file was copied over another, or its document changed so.
    fn pair_exchanged(&mut self) {
        let documents: Vec<usize> = self.open().collect();
        let files: Vec<usize> = (0..self.files.len()).filter(|at| !self.taken.contains(at)).collect();
        let own: BTreeMap<usize, usize> =
            self.files.iter().enumerate().filter_map(|(file, one)| Some((one.of?, file))).collect();
        let mut pairs = self.same_texts(&documents, &files);
        loop {
            let moved: BTreeSet<usize> = pairs.iter().map(|(document, _)| *document).collect();
            let taken: BTreeSet<usize> = pairs.iter().map(|(_, file)| *file).collect();
            let before = pairs.len();
            pairs.retain(|(document, file)| {
                own.get(document).is_none_or(|own| taken.contains(own))
                    && self.files[*file].of.is_none_or(|of| moved.contains(&of))
            });
            if pairs.len() == before {
                break;
            }
        }
        self.pair(pairs);
    }

    /// Documents that were decoded otherwise than would be guessed: their texts are looked for by decoding the new files so too.
    fn pair_decoded_otherwise(&mut self, project: &Project, progress: &Progress) -> Result<(), StoreError> {
        let Some(folder) = project.settings.source_folder.as_ref().map(Path::new) else { return Ok(()) };
        let encoding = |at: usize| self.displaced[at].document.source.encoding.clone();
        let encodings: BTreeSet<String> = self.gone().into_iter().map(encoding).collect();
        for encoding in encodings {
            let is_so = |at: &usize| self.displaced[*at].document.source.encoding == encoding;
            let documents: Vec<usize> = self.gone().into_iter().filter(is_so).collect();
            let mut decoded = BTreeMap::new();
            for at in self.free() {
                let now = &self.files[at].now;
                if now.source.encoding == encoding {
                    continue;
                }
                if progress.cancelled() {
                    return Err(StoreError::Cancelled);
                }
                if let Ok(again) = read_one(&folder.join(&now.source.path), Some(&encoding)) {
                    let source = Source { path: now.source.path.clone(), ..again.source.clone() };
                    decoded.insert(at, Document { source, ..again });
                }
            }
            let documents = documents.into_iter().map(|at| (at, &*self.displaced[at].document));
            let pairs = same_texts(documents, decoded.iter().map(|(at, now)| (*at, now)));
            for (_, file) in &pairs {
                if let Some(now) = decoded.remove(file) {
                    self.files[*file].now = now;
                }
            }
            self.pair(pairs);
        }
        Ok(())
    }

    /// Documents whose files are gone, and new files that are by far most like them; with the likeness of each.
    fn pair_altered(
        &mut self,
        project: &Project,
        known: &HashSet<String>,
        progress: &Progress,
    ) -> Result<BTreeMap<usize, f64>, StoreError> {
        let (gone, mut free) = (self.gone(), self.free());
        // What is an earlier text, or was read as one, is no new version.
        free.retain(|&at| !known.contains(&self.files[at].now.source.path));
        let mut altered = BTreeMap::new();
        if gone.is_empty() || free.is_empty() {
            return Ok(altered);
        }
        let prints: Vec<Fingerprint> =
            free.iter().map(|&at| Fingerprint::of(&self.files[at].now.text)).collect();
        let mut table = Vec::with_capacity(gone.len());
        progress.set(0, project.documents().len() as u64);
        for &at in &gone {
            let print = Fingerprint::of(&self.displaced[at].document.text);
            table.push(prints.iter().map(|other| print.likeness(other)).collect::<Vec<f64>>());
            if progress.cancelled() {
                return Err(StoreError::Cancelled);
            }
            progress.step();
        }
        let pairs = clear_pairs(&table);
        let wanted: Vec<usize> = pairs.iter().map(|&(_, file)| file).collect();
        // It may be most like a document whose file is where it was.
        let missing: HashSet<DocumentId> = gone.iter().map(|&at| self.displaced[at].document.id).collect();
        let mut rivals = vec![0.0_f64; prints.len()];
        for document in
            project.documents().iter().filter(|one| !wanted.is_empty() && !missing.contains(&one.id))
        {
            if progress.cancelled() {
                return Err(StoreError::Cancelled);
            }
            let print = Fingerprint::of(&document.text);
            for &file in &wanted {
                rivals[file] = rivals[file].max(print.likeness(&prints[file]));
            }
            progress.step();
        }
        for (row, file) in pairs {
            let likeness = table[row][file];
            if is_far_above(likeness, rivals[file]) {
                altered.insert(gone[row], likeness);
                self.pair([(gone[row], free[file])]);
            }
        }
        Ok(altered)
    }

    fn finish(self, altered: BTreeMap<usize, f64>) -> Found {
        let Self { displaced, files, pairs, .. } = self;
        let by_file: BTreeMap<usize, usize> =
            pairs.into_iter().map(|(document, file)| (file, document)).collect();
        let mut found = Found::default();
        let mut again = BTreeMap::new();
        for (at, file) in files.into_iter().enumerate() {
            match by_file.get(&at) {
                Some(&document) => {
                    again.insert(document, file.now);
                }
                None if file.of.is_none() => found.rest.push(file.now),
                None => {}
            }
        }
        for (at, now) in again {
            let document = &displaced[at].document;
            let likeness = altered.get(&at);
            // What is not quite the same never counts as the same.
            let percent = likeness.map_or(100, |likeness| (likeness * 100.0).clamp(1.0, 99.0) as u8);
            let one = Renamed { document: document.id, from: document.source.path.clone(), now, percent };
            if likeness.is_some() { found.altered.push(one) } else { found.renamed.push(one) }
        }
        found
    }
}

/// Pairs documents and files with the same text, each at most once: of several, those first whose names are most alike.
fn same_texts<'t>(
    documents: impl Iterator<Item = (usize, &'t Document)>,
    files: impl Iterator<Item = (usize, &'t Document)>,
) -> Vec<(usize, usize)> {
    type Named<'t> = Vec<(usize, &'t str)>;
    let mut groups: BTreeMap<&str, (Named<'_>, Named<'_>)> = BTreeMap::new();
    for (at, one) in documents {
        groups.entry(&one.sha256).or_default().0.push((at, &one.source.path));
    }
    for (at, one) in files {
        groups.entry(&one.sha256).or_default().1.push((at, &one.source.path));
    }
    groups.into_values().flat_map(|(documents, files)| by_name(&documents, &files)).collect()
}

/// Pairs paths, those first that are most alike; of equals, the first in order.
fn by_name(documents: &[(usize, &str)], files: &[(usize, &str)]) -> Vec<(usize, usize)> {
    if documents.len() == 1 && files.len() == 1 || documents.len() * files.len() > MOST_NAMES {
        return documents.iter().zip(files).map(|(document, file)| (document.0, file.0)).collect();
    }
    let mut all = Vec::with_capacity(documents.len() * files.len());
    for &(document, before) in documents {
        for &(file, now) in files {
            all.push((name_likeness(before, now), document, file));
        }
    }
    all.sort_by(|one, other| other.0.total_cmp(&one.0).then((one.1, one.2).cmp(&(other.1, other.2))));
    let (mut paired, mut taken) = (HashSet::new(), HashSet::new());
    all.retain(|(_, document, file)| {
        let is_free = !paired.contains(document) && !taken.contains(file);
        is_free && paired.insert(*document) && taken.insert(*file)
    });
    all.into_iter().map(|(_, document, file)| (document, file)).collect()
}

/// How alike two paths are, their endings aside; one with the same file's name in another folder is more alike than any other.
fn name_likeness(one: &str, other: &str) -> f32 {
    let ratio = |one: &str, other: &str| similar::TextDiff::from_chars(one, other).ratio();
    let name = |path: &str| path.rfind('/').map_or(0, |at| at + 1);
    let stem = |path: &str| path.rfind('.').filter(|at| *at > name(path)).unwrap_or(path.len());
    let (one_end, other_end) = (stem(one), stem(other));
    let whole = ratio(&one[..one_end], &other[..other_end]);
    if one[name(one)..] == other[name(other)..] {
        return 2.0 + whole;
    }
    ratio(&one[name(one)..one_end], &other[name(other)..other_end]) + whole / 2.0
}

/// The pairs of a row and a column that are by far most alike both ways.
fn clear_pairs(table: &[Vec<f64>]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (row, likenesses) in table.iter().enumerate() {
        let best = likenesses.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1));
        let Some((column, &best)) = best else { continue };
        let beside = likenesses.iter().enumerate().filter(|(at, _)| *at != column).map(|(_, one)| *one);
        let above = table.iter().enumerate().filter(|(at, _)| *at != row).map(|(_, other)| other[column]);
        let rival = beside.chain(above).fold(0.0, f64::max);
        if is_far_above(best, rival) {
            pairs.push((row, column));
        }
    }
    pairs
}

/// Whether a likeness is large, and by far larger than another.
fn is_far_above(likeness: f64, other: f64) -> bool {
    likeness >= LEAST && other <= likeness - GAP && 1.0 - other >= MARGIN * (1.0 - likeness)
}
