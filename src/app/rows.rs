//! The annotation table: which annotations it shows, in which order.

use std::ops::Range;
use std::sync::Arc;

use super::jobs::JobKind;
use super::opening::Outcome;
use super::workbench::Workbench;
use crate::model::{Annotation, AnnotationId, Document, DocumentId, Project};
use crate::store::Progress;

/// Up to so many annotations are sorted and filtered at once; for more it is a job.
const AT_ONCE: usize = 2_000;

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The document's title.
    Document,
    /// The marked text.
    Quote,
    /// The names of the tags.
    Tags,
    /// The note.
    Note,
    /// The place: document by document, then by start. The natural order.
    Position,
}

impl Column {
    /// The columns in their order.
    pub const ALL: [Column; 5] = [Self::Document, Self::Quote, Self::Tags, Self::Note, Self::Position];
}

/// Names one annotation of the table.
pub type Row = (DocumentId, AnnotationId);

/// The annotations that the table shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Rows {
    /// All, in their natural order: for each document where its rows begin. Takes no memory by the annotation.
    Natural {
        /// The first row of each document that has any.
        starts: Vec<(usize, DocumentId)>,
        /// How many rows in all.
        count: usize,
    },
    /// Those chosen, in a chosen order.
    Chosen(Arc<[Row]>),
    /// None yet.
    #[default]
    Empty,
}

impl Rows {
    fn natural(project: &Project) -> Self {
        let (mut starts, mut count) = (Vec::new(), 0);
        for document in project.documents() {
            let rows = project.table(document.id).len();
            if rows > 0 {
                starts.push((count, document.id));
                count += rows;
            }
        }
        Self::Natural { starts, count }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Natural { count, .. } => *count,
            Self::Chosen(rows) => rows.len(),
            Self::Empty => 0,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The annotation of a row, counted from 0.
    pub fn get<'a>(&self, project: &'a Project, index: usize) -> Option<&'a Arc<Annotation>> {
        match self {
            Self::Natural { starts, count } => {
                if index >= *count {
                    return None;
                }
                let at = starts.partition_point(|(start, _)| *start <= index).checked_sub(1)?;
                let (start, document) = starts[at];
                project.table(document).nth(index - start)
            }
            Self::Chosen(rows) => {
                rows.get(index).and_then(|&(document, id)| project.annotation(document, id))
            }
            Self::Empty => None,
        }
    }

    /// The row of an annotation.
    pub fn position(&self, project: &Project, (document, id): Row) -> Option<usize> {
        match self {
            Self::Natural { starts, .. } => {
                let (start, _) = starts.iter().find(|(_, within)| *within == document)?;
                Some(start + project.table(document).position(id)?)
            }
            Self::Chosen(rows) => rows.iter().position(|&row| row == (document, id)),
            Self::Empty => None,
        }
    }
}

/// How the table is sorted and filtered, and what it therefore shows.
#[derive(Clone, Debug)]
pub struct TableView {
    /// The column it is sorted by.
    pub column: Column,
    /// Whether the order is turned round.
    pub descending: bool,
    /// Only annotations whose title, quote, tags or note hold this are shown.
    pub filter: String,
    /// What it shows.
    pub rows: Rows,
    /// The revision for which the rows were made, or are being made.
    made_for: Option<u64>,
    /// The job that is to bring the rows, and its place among all there were: only the latest counts.
    job: Option<u64>,
    serial: u64,
}

impl Default for TableView {
    fn default() -> Self {
        Self {
            column: Column::Position,
            descending: false,
            filter: String::new(),
            rows: Rows::Empty,
            made_for: None,
            job: None,
            serial: 0,
        }
    }
}

impl TableView {
    pub(super) fn sort_by(&mut self, column: Column) {
        self.descending = self.column == column && !self.descending;
        self.column = column;
        self.made_for = None;
    }

    pub(super) fn filter_by(&mut self, filter: String) {
        self.filter = filter;
        self.made_for = None;
    }

    /// Forgets the rows, because the project is another.
    pub(super) fn forget(&mut self) {
        self.rows = Rows::Empty;
        self.made_for = None;
    }
}

/// The rows that a job has sorted and filtered.
pub struct Sorted {
    serial: u64,
    rows: Arc<[Row]>,
}

impl Workbench {
    /// Brings the rows up to date with the project, the order and the filter. Where there are many, a job does it, and what was shown
    /// stays until it is done.
    pub(super) fn refresh_rows(&mut self) {
        let Some(open) = self.open.as_ref() else {
            self.table.forget();
            return;
        };
        if self.table.made_for == Some(open.revision) {
            return;
        }
        let table = &mut self.table;
        table.made_for = Some(open.revision);
        table.serial += 1;
        if let Some(job) = table.job.take() {
            self.jobs.cancel(job);
        }
        let (column, descending, filter) = (table.column, table.descending, table.filter.trim());
        if filter.is_empty() && column == Column::Position && !descending {
            table.rows = Rows::natural(&open.project);
        } else if open.project.annotation_count() <= AT_ONCE {
            let rows = choose(&open.project, column, descending, filter, &Progress::default());
            table.rows = rows.map_or(Rows::Empty, Rows::Chosen);
        } else {
            let (project, filter, serial) = (open.project.clone(), filter.to_owned(), table.serial);
            table.job = Some(self.jobs.start(JobKind::Sorting, move |progress| {
                let rows = choose(&project, column, descending, &filter, progress);
                Outcome::Sorted(rows.map(|rows| Sorted { serial, rows }))
            }));
        }
    }

    /// Takes up what a job has sorted, if it is still wanted.
    pub(super) fn take_rows(&mut self, sorted: Option<Sorted>) {
        if let Some(sorted) = sorted.filter(|sorted| sorted.serial == self.table.serial) {
            self.table.rows = Rows::Chosen(sorted.rows);
            self.table.job = None;
        }
    }
}

/// The rows that hold the filter, sorted; none where the work was cancelled.
fn choose(
    project: &Project,
    column: Column,
    descending: bool,
    filter: &str,
    progress: &Progress,
) -> Option<Arc<[Row]>> {
    let mut chosen: Vec<(&Arc<Document>, &Arc<Annotation>)> = Vec::new();
    for (document, annotation) in project.annotations() {
        if progress.cancelled() {
            return None;
        }
        if holds(project, document, annotation, filter) {
            chosen.push((document, annotation));
        }
    }
    // Every sort is stable, so equal rows stay in their natural order.
    match column {
        Column::Document => chosen.sort_by(|a, b| a.0.title.cmp(&b.0.title)),
        Column::Quote => chosen.sort_by(|a, b| a.1.quote.exact.cmp(&b.1.quote.exact)),
        Column::Tags => chosen.sort_by_cached_key(|(_, annotation)| tag_names(project, annotation)),
        Column::Note => chosen.sort_by(|a, b| a.1.note.cmp(&b.1.note)),
        Column::Position => {}
    }
    if descending {
        chosen.reverse();
    }
    let rows = chosen.into_iter().map(|(document, annotation)| (document.id, annotation.id)).collect();
    (!progress.cancelled()).then_some(rows)
}

fn holds(project: &Project, document: &Document, annotation: &Annotation, filter: &str) -> bool {
    filter.is_empty()
        || document.title.contains(filter)
        || annotation.quote.exact.contains(filter)
        || annotation.note.contains(filter)
        || annotation
            .tags
            .iter()
            .any(|&tag| project.codebook().get(tag).is_some_and(|tag| tag.name.contains(filter)))
}

/// At most so many places are found in one text, in so many of its bytes.
const MOST_FOUND: usize = 16;
const MOST_LOOKED_AT: usize = 1 << 20;

/// Where a text holds what a table or list is filtered by, in bytes: what is shown of a row shows why it is there.
pub fn found(text: &str, filter: &str) -> Vec<Range<usize>> {
    let filter = filter.trim();
    if filter.is_empty() {
        return Vec::new();
    }
    let text = &text[..text.floor_char_boundary(MOST_LOOKED_AT)];
    let starts = memchr::memmem::find_iter(text.as_bytes(), filter.as_bytes());
    starts.take(MOST_FOUND).map(|start| start..start + filter.len()).collect()
}

/// The names of an annotation's tags, in its order; a tag that is not in the codebook shows its short id.
pub fn tag_names(project: &Project, annotation: &Annotation) -> Vec<String> {
    let name = |&id| project.codebook().get(id).map_or_else(|| id.short(), |tag| tag.name.clone());
    annotation.tags.iter().map(name).collect()
}
