//! Finding in the open document: what is looked for, where it stands, and which hit the reader is at.
//!
//! Owns the words looked for and their hits; how they match is [`crate::search`]'s knowledge, how hits look the reading view's. A long
//! document is searched by a job. Nothing of it is kept with the project.

use std::sync::Arc;

use super::jobs::JobKind;
use super::opening::Outcome;
use super::selection::Selection;
use super::workbench::Workbench;
use crate::model::{DocumentId, Span, Text};
use crate::search::{Folding, Matcher, Query};
use crate::store::Progress;

/// A document up to so long is searched at once, a longer one by a job. Bytes.
const AT_ONCE: usize = 256 * 1024;

/// A selection up to so long is taken up as the words to look for. Bytes.
const LONGEST_TAKEN: usize = 200;

/// A wish about finding in the open document.
#[derive(Clone, Debug, PartialEq)]
pub enum Find {
    /// Look for these words.
    Words(String),
    /// Go to the next hit, or to the one before; round the document's ends.
    Step(bool),
    /// Stop. The hit that was come to stays selected.
    Close,
}

/// What is looked for in the open document.
#[derive(Clone, Debug, Default)]
pub struct Finding {
    open: bool,
    /// How often it was asked for.
    asked: u64,
    words: String,
    hits: Arc<[Span]>,
    /// Where the reader was when the search began: the first hit from there on is shown first. Bytes.
    origin: usize,
    /// Whether the reader shall be led to the first hit.
    lead: bool,
    made_for: Option<(DocumentId, Text)>,
    /// The job that is to bring the hits, and its place among all there were: only the latest counts.
    job: Option<u64>,
    serial: u64,
}

impl Finding {
    /// Whether the reader is looking for something.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// How often it was asked for; the field takes the keyboard when this grows.
    pub fn asked(&self) -> u64 {
        self.asked
    }

    /// The words looked for.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// How many hits there are.
    pub fn count(&self) -> usize {
        self.hits.len()
    }

    /// Whether a job is still looking.
    pub fn is_searching(&self) -> bool {
        self.job.is_some()
    }

    /// The hits that lie in a span or reach into it, in order, and the number of the first.
    pub fn hits_in(&self, span: Span) -> (usize, &[Span]) {
        if !self.open {
            return (0, &[]);
        }
        let first = self.hits.partition_point(|hit| hit.end <= span.start);
        let end = self.hits.partition_point(|hit| hit.start < span.end);
        (first, &self.hits[first..end.max(first)])
    }
}

/// The hits that a job has found.
pub struct Found {
    serial: u64,
    hits: Arc<[Span]>,
}

impl Workbench {
    /// What is looked for in the open document.
    pub fn finding(&self) -> &Finding {
        &self.finding
    }

    /// The number of the hit that is selected, from 0.
    pub fn current_hit(&self) -> Option<usize> {
        self.finding.hits.binary_search(&self.selected_span()?).ok()
    }

    /// Begins to look for something: what is selected, where that is short, else what was looked for last.
    pub(super) fn begin_finding(&mut self) {
        let taken = self.selected_span().zip(self.document()).and_then(|(span, document)| {
            let words = document.text.slice(span)?;
            (words.len() <= LONGEST_TAKEN && !words.contains('\n')).then(|| words.to_owned())
        });
        let origin = self.reading_place();
        let finding = &mut self.finding;
        finding.asked += 1;
        finding.origin = origin;
        if !finding.open || taken.is_some() {
            finding.open = true;
            finding.made_for = None;
            // The words that are selected are the hit to begin with; what was looked for before is only marked.
            finding.lead = taken.is_some();
        }
        finding.words = taken.unwrap_or_else(|| std::mem::take(&mut finding.words));
    }

    /// Fulfils a wish.
    pub(super) fn find(&mut self, wish: Find) {
        match wish {
            Find::Words(words) => {
                self.finding.words = words;
                self.finding.lead = true;
                self.finding.made_for = None;
            }
            Find::Step(_) if self.finding.words.is_empty() => self.begin_finding(),
            Find::Step(onward) => {
                self.finding.open = true;
                self.refresh_hits();
                self.finding.origin = self.reading_place();
                self.finding.lead = self.finding.is_searching();
                self.step_hit(onward);
            }
            Find::Close => {
                self.finding.open = false;
                self.finding.made_for = None;
            }
        }
    }

    /// Where the reader is in the open document, in bytes: at the selection, else at the top of the view.
    fn reading_place(&self) -> usize {
        let place = self.document().and_then(|document| self.view.places.get(&document.id));
        match (self.selection(), self.document(), place) {
            (Some(selection), ..) => selection.anchor.min(selection.focus),
            (None, Some(document), Some(place)) if place.paragraph > 0 => {
                let mut ends = memchr::memchr_iter(b'\n', document.text.as_bytes());
                ends.nth(place.paragraph - 1).map_or(0, |end| end + 1)
            }
            _ => 0,
        }
    }

    /// Brings the hits up to date with the words and the open document.
    pub(super) fn refresh_hits(&mut self) {
        if !self.finding.open {
            self.forget_hits();
            return;
        }
        let Some(document) = self.document().cloned() else {
            self.forget_hits();
            return;
        };
        let made = self.finding.made_for.as_ref();
        if made.is_some_and(|(id, text)| *id == document.id && text.is_same(&document.text)) {
            return;
        }
        let same_document = made.is_none();
        self.forget_hits();
        let finding = &mut self.finding;
        finding.made_for = Some((document.id, document.text.clone()));
        finding.lead &= same_document;
        finding.serial += 1;
        let Ok(query) = Query::new(finding.words.as_str(), Folding::None) else { return };
        if document.text.len() <= AT_ONCE {
            let hits = search(&document.text, &query, &Progress::default());
            self.take_hits(hits.unwrap_or_default());
        } else {
            let (text, serial) = (document.text.clone(), finding.serial);
            finding.job = Some(self.jobs.start(JobKind::Finding, move |progress| {
                Outcome::Found(search(&text, &query, progress).map(|hits| Found { serial, hits }))
            }));
        }
    }

    fn forget_hits(&mut self) {
        if let Some(job) = self.finding.job.take() {
            self.jobs.cancel(job);
        }
        self.finding.hits = Arc::default();
        self.finding.made_for = None;
    }

    /// Takes up what a job has found, if it is still wanted.
    pub(super) fn take_found(&mut self, found: Option<Found>) {
        if let Some(found) = found.filter(|found| found.serial == self.finding.serial) {
            self.finding.job = None;
            self.take_hits(found.hits);
        }
    }

    fn take_hits(&mut self, hits: Arc<[Span]>) {
        self.finding.hits = hits;
        if std::mem::take(&mut self.finding.lead) {
            let origin = self.finding.origin;
            let hits = &self.finding.hits;
            let first = hits.partition_point(|hit| hit.start.index() < origin);
            self.go_to_hit(if first < hits.len() { first } else { 0 });
        }
    }

    /// Goes to the hit after the one that is selected, or after the caret, or before them; round the document's ends.
    fn step_hit(&mut self, onward: bool) {
        let hits = &self.finding.hits;
        let Some(last) = hits.len().checked_sub(1) else { return };
        let place = self.reading_place();
        let at = if onward {
            // From a caret the hit that begins there is the next one, from a selected hit the one after it.
            let from_caret = || hits.partition_point(|hit| hit.start.index() < place);
            let next = self.current_hit().map_or_else(from_caret, |at| at + 1);
            if next > last { 0 } else { next }
        } else {
            hits.partition_point(|hit| hit.start.index() < place).checked_sub(1).unwrap_or(last)
        };
        self.go_to_hit(at);
    }

    /// Selects a hit and brings it into view.
    fn go_to_hit(&mut self, number: usize) {
        let Some(document) = self.view.document else { return };
        let Some(&hit) = self.finding.hits.get(number) else { return };
        let (anchor, focus) = (hit.start.index(), hit.end.index());
        self.selection = Some(Selection { document, anchor, focus });
        self.offering = false;
        self.reveal_span(document, hit);
    }
}

/// The hits of a query; none where the work was cancelled.
fn search(text: &Text, query: &Query, progress: &Progress) -> Option<Arc<[Span]>> {
    let total = text.len() as u64;
    let mut hits = Vec::new();
    for hit in Matcher::new(query).hits(text) {
        if progress.cancelled() {
            return None;
        }
        progress.set(hit.end.index() as u64, total);
        hits.push(hit);
    }
    Some(hits.into())
}
