//! A document and its new version, compared, with what becomes of every annotation.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Errand;
use crate::app::documents::with_slashes;
use crate::model::{
    Annotation, AnnotationId, AnnotationTable, Coder, Document, Edit, Project, Source, Span, Timestamp,
};
use crate::search::anchoring::{Carried, Certainty, Comparison};
use crate::store::{self, ImportOptions, Progress, SystemStamps};

/// What the reader, or the comparison for the reader, decided about an annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing yet.
    Open,
    /// It stands here in the new text.
    Placed(Vec<Span>),
    /// It goes; undo brings it back.
    Dropped,
}

/// What becomes of one annotation.
#[derive(Clone, Debug)]
pub struct Moved {
    /// As it stands in the old text.
    pub before: Arc<Annotation>,
    /// Where it was found in the new text, and how certainly.
    pub found: Carried,
    /// What was decided. What was found surely or likely counts as decided, until the reader says otherwise.
    pub decision: Decision,
}

impl Moved {
    /// Whether the same characters were found where they must be.
    pub fn is_exact(&self) -> bool {
        self.found.certainty == Certainty::Exact
    }
}

/// A document and its new version.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// The document as it is.
    pub before: Arc<Document>,
    /// The document as it shall be.
    pub after: Arc<Document>,
    /// Its annotations when it was compared.
    table: Arc<AnnotationTable>,
    /// What becomes of them, in their order.
    pub moved: Vec<Moved>,
}

impl NewVersion {
    /// Compares both texts and carries all annotations over. `go_on` is told how much is done (from 0 to 1) and asked whether to go on;
    /// `None` where it said no.
    pub fn compare(
        before: Arc<Document>,
        after: Arc<Document>,
        table: Arc<AnnotationTable>,
        go_on: &dyn Fn(f32) -> bool,
    ) -> Option<Self> {
        let comparison = Comparison::new(&before.text, &after.text, &|share| go_on(share / 2.0))?;
        let mut moved = Vec::with_capacity(table.len());
        for (at, annotation) in table.iter().enumerate() {
            if at % 16 == 0 && !go_on(0.5 + 0.5 * at as f32 / table.len() as f32) {
                return None;
            }
            let found = comparison.carry(&annotation.spans);
            let decision = match found.certainty {
                Certainty::Exact | Certainty::Likely => Decision::Placed(found.spans.clone()),
                Certainty::Unsure | Certainty::Lost => Decision::Open,
            };
            moved.push(Moved { before: Arc::clone(annotation), found, decision });
        }
        Some(Self { before, after, table, moved })
    }

    /// The annotations in the new text, as decided. Where the marked words changed, the annotation counts as changed now.
    fn annotations(&self, now: Timestamp) -> Vec<Arc<Annotation>> {
        let placed = |moved: &Moved| {
            let Decision::Placed(spans) = &moved.decision else { return None };
            let quote = self.after.text.quote(spans);
            let mut annotation = (*moved.before).clone();
            if quote.exact != annotation.quote.exact {
                annotation.modified = now;
            }
            annotation.spans.clone_from(spans);
            annotation.quote = quote;
            Some(Arc::new(annotation))
        };
        self.moved.iter().filter_map(placed).collect()
    }
}

/// New versions of documents, to be put in place as one edit.
#[derive(Clone, Debug)]
pub struct Update {
    /// The name of the step in the history.
    pub name: &'static str,
    /// The documents.
    pub versions: Vec<NewVersion>,
    /// Whether the reader agreed that annotations of other coders go, as many as are dropped now.
    pub agreed: bool,
}

impl Update {
    /// What becomes of all annotations, in the order of documents and places.
    pub fn moved(&self) -> impl Iterator<Item = (&NewVersion, &Moved)> {
        self.versions.iter().flat_map(|version| version.moved.iter().map(move |moved| (version, moved)))
    }

    /// One annotation of these, by its place.
    pub fn nth(&self, index: usize) -> Option<(&NewVersion, &Moved)> {
        let mut left = index;
        for version in &self.versions {
            match version.moved.get(left) {
                Some(moved) => return Some((version, moved)),
                None => left -= version.moved.len(),
            }
        }
        None
    }

    /// How many were found so certainly.
    pub fn count(&self, certainty: Certainty) -> usize {
        self.moved().filter(|(_, moved)| moved.found.certainty == certainty).count()
    }

    /// How many nobody has decided upon.
    pub fn open(&self) -> usize {
        self.moved().filter(|(_, moved)| moved.decision == Decision::Open).count()
    }

    /// Decides about one, by its place; a place that does not fit the new text is none.
    pub fn decide(&mut self, index: usize, decision: Decision) {
        let mut left = index;
        for version in &mut self.versions {
            let here = version.moved.len();
            if let Some(moved) = version.moved.get_mut(left) {
                let text = &version.after.text;
                let fits = match &decision {
                    Decision::Placed(spans) => {
                        !spans.is_empty() && spans.iter().all(|&span| text.accepts(span))
                    }
                    Decision::Open | Decision::Dropped => true,
                };
                if fits {
                    moved.decision = decision;
                    // Agreed was to what would have gone before.
                    self.agreed = false;
                }
                return;
            }
            left -= here;
        }
    }

    /// Drops every annotation that was not found and is not decided upon.
    pub fn drop_lost(&mut self) {
        for moved in self.versions.iter_mut().flat_map(|version| &mut version.moved) {
            if moved.decision == Decision::Open && moved.found.spans.is_empty() {
                moved.decision = Decision::Dropped;
            }
        }
        self.agreed = false;
    }

    /// How many annotations of each other coder than this one would go, in the order of their names.
    pub fn dropped_of_others(&self, coder: &Coder) -> Vec<(Coder, usize)> {
        let mut counts = BTreeMap::new();
        for (_, moved) in self.moved() {
            if moved.decision == Decision::Dropped && moved.before.coder != *coder {
                *counts.entry(&moved.before.coder).or_insert(0) += 1;
            }
        }
        counts.into_iter().map(|(coder, count)| (coder.clone(), count)).collect()
    }

    /// Whether nothing is undecided, and the reader, who is this coder, agreed to whatever goes of what others marked.
    pub fn is_decided(&self, coder: &Coder) -> bool {
        self.open() == 0 && (self.agreed || self.dropped_of_others(coder).is_empty())
    }

    /// Takes over what was decided in an earlier comparison with the same texts, for annotations that are as they were.
    pub(super) fn decide_as(&mut self, earlier: &Self) {
        for version in &mut self.versions {
            let is_same = |one: &&NewVersion| {
                one.before.sha256 == version.before.sha256 && one.after.sha256 == version.after.sha256
            };
            let Some(before) = earlier.versions.iter().find(is_same) else { continue };
            let decided: HashMap<AnnotationId, &Moved> =
                before.moved.iter().map(|moved| (moved.before.id, moved)).collect();
            for moved in &mut version.moved {
                let same = decided.get(&moved.before.id).filter(|one| one.found == moved.found);
                if let Some(same) = same {
                    moved.decision = same.decision.clone();
                }
            }
        }
    }

    /// Whether the documents and annotations of a project are still those that were compared.
    pub fn fits(&self, project: &Project) -> bool {
        self.versions.iter().all(|version| {
            let id = version.before.id;
            project.document(id).is_some_and(|now| Arc::ptr_eq(now, &version.before))
                && (Arc::ptr_eq(&project.table_snapshot(id), &version.table)
                    || (version.table.is_empty() && project.table(id).is_empty()))
        })
    }

    /// The edit of this coder that puts everything in place; `None` while something is undecided, or where there is nothing to do.
    pub fn edit(&self, coder: &Coder, now: Timestamp) -> Option<Edit> {
        if !self.is_decided(coder) {
            return None;
        }
        let mut edits: Vec<Edit> = self
            .versions
            .iter()
            .map(|version| Edit::ReplaceDocument {
                document: Arc::clone(&version.after),
                annotations: version.annotations(now),
            })
            .collect();
        match edits.len() {
            0 | 1 => edits.pop(),
            _ => Some(Edit::Batch(edits)),
        }
    }

    /// Lets go of the versions whose text is the one that the project has; how many there were.
    pub(super) fn forget_unchanged(&mut self) -> usize {
        let before = self.versions.len();
        let by_encoding = self.name == "edit-encoding";
        self.versions.retain(|version| {
            version.before.sha256 != version.after.sha256
                || (by_encoding && version.before.source.encoding != version.after.source.encoding)
        });
        before - self.versions.len()
    }

    /// The same comparisons once more.
    pub(super) fn errands(&self) -> Vec<Errand> {
        let again = |version: &NewVersion| Errand::Read(Box::new((*version.after).clone()));
        self.versions.iter().map(again).collect()
    }
}

/// A file that could not be read, and why: the end of a sentence that begins with its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

/// Where the source file of a document is; `None` where that is not known.
pub fn source_path(project: &Project, document: &Document) -> Option<PathBuf> {
    let path = Path::new(&document.source.path);
    if path.is_absolute() {
        return Some(path.to_owned());
    }
    let folder = project.settings.source_folder.as_ref().filter(|_| !document.source.path.is_empty())?;
    Some(Path::new(folder).join(path))
}

/// Reads a file as the new version of a document: its id and its file in the project stay. The encoding is guessed; where it is no
/// UTF-8, that of the document counts if it fits as well.
///
/// # Errors
/// When the file cannot be read or is no text.
pub fn read_version(project: &Project, before: &Document, path: &Path) -> Result<Document, Unread> {
    let guessed = read_one(path, None)?;
    let own = &before.source.encoding;
    let fresh = if guessed.source.encoding == "UTF-8" || guessed.source.encoding == *own {
        guessed
    } else {
        match read_one(path, Some(own)) {
            Ok(same) if same.source.replaced <= guessed.source.replaced => same,
            _ => guessed,
        }
    };
    let folder = project.settings.source_folder.as_ref().map(Path::new);
    let inside = folder.and_then(|folder| path.strip_prefix(folder).ok());
    let source = inside.map_or_else(|| path.to_string_lossy().into_owned(), with_slashes);
    let source = Source { path: source, ..fresh.source.clone() };
    Ok(Document { source, ..fresh }.in_place_of(before))
}

/// Reads one file as a document.
pub(super) fn read_one(path: &Path, encoding: Option<&str>) -> Result<Document, Unread> {
    let unread = |reason: String| Unread { path: path.to_owned(), reason };
    let options = ImportOptions { encoding: encoding.map(str::to_owned), ..ImportOptions::default() };
    let mut imported = store::read_files(&[path.to_owned()], &options, &mut SystemStamps, &Progress::new())
        .map_err(|error| unread(error.to_string()))?;
    imported.documents.pop().ok_or_else(|| {
        unread(imported.refused.pop().map_or_else(|| "it cannot be read".to_owned(), |one| one.reason))
    })
}
