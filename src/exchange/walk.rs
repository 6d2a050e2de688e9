//! Going through what is exported, document by document: the part that every format has in common.
//!
//! Here an export reports how far it is, can be cancelled, and refuses an annotation that does not quote its text.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use super::{ExchangeError, Progress, Scope, Unit, Units};
use crate::model::{Annotation, AnnotationId, Document, Project, Span, TagId};

/// The label of an annotation without tags, where a format needs one.
pub const UNTAGGED: &str = "UNTAGGED";

/// How many annotations are written between two reports of progress.
const REPORT: usize = 256;

/// A document with its annotations that are in the scope.
pub(super) struct Page<'a> {
    pub project: &'a Project,
    pub document: &'a Arc<Document>,
    pub units: Units<&'a str>,
    scope: &'a Scope,
    annotations: Vec<&'a Arc<Annotation>>,
    progress: Progress<'a>,
    done: &'a Cell<usize>,
    total: usize,
}

/// Calls `one` with each document of a scope, in the order of the register. Documents without annotations are among them, unless the scope is
/// one of annotations.
///
/// # Errors
/// When the scope names what is not there, the caller cancels, or with the error of `one`.
pub(super) fn walk(
    project: &Project,
    scope: &Scope,
    progress: Progress<'_>,
    one: &mut dyn FnMut(&Page<'_>) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    let total = scope.count(project)?;
    let done = Cell::new(0);
    for document in project.documents() {
        let annotations = scope.in_document(project, document.id);
        if scope.leaves_out(document.id) || (annotations.is_empty() && matches!(scope, Scope::Annotations(_)))
        {
            continue;
        }
        if progress(done.get(), total).is_break() {
            return Err(ExchangeError::Cancelled);
        }
        let units = Units::new(document.text.as_str());
        let done = &done;
        one(&Page { project, document, units, scope, annotations, progress, done, total })?;
    }
    if progress(total, total).is_break() { Err(ExchangeError::Cancelled) } else { Ok(()) }
}

impl<'a> Page<'a> {
    /// The annotations by start, end and id. Each is checked to quote its text, and counts as written once the next is asked for.
    pub fn annotations(&self) -> impl Iterator<Item = Result<&'a Annotation, ExchangeError>> {
        self.annotations.iter().map(|annotation| {
            let done = self.done.get();
            self.done.set(done + 1);
            if done.is_multiple_of(REPORT) && (self.progress)(done, self.total).is_break() {
                return Err(ExchangeError::Cancelled);
            }
            let quotes = quotes_its_text(self.document, annotation);
            if quotes { Ok(&***annotation) } else { Err(ExchangeError::QuoteDiffers(annotation.id)) }
        })
    }

    /// The annotations again, for what can be written only after all of them.
    pub fn annotations_again(&self) -> impl Iterator<Item = &'a Annotation> {
        self.annotations.iter().map(|annotation| &***annotation)
    }

    /// The text.
    pub fn text(&self) -> &'a str {
        self.units.text()
    }

    /// The title of the document.
    pub fn title(&self) -> &'a str {
        let document: &'a Document = self.document;
        &document.title
    }

    /// SHA-256 of the text, lower-case hexadecimal.
    pub fn sha256(&self) -> &'a str {
        let document: &'a Document = self.document;
        &document.sha256
    }

    /// Whether an annotation of this document is among those that are written.
    pub fn holds(&self, id: AnnotationId) -> bool {
        let is_there = self.project.annotation(self.document.id, id).is_some();
        is_there && self.scope.holds(self.document.id, id)
    }

    /// A span in the unit of a format.
    ///
    /// # Errors
    /// When it does not fit the text, which an annotation that quotes its text cannot do.
    pub fn positions(&self, unit: Unit, span: Span) -> Result<(u32, u32), ExchangeError> {
        let misfit =
            || ExchangeError::Unsound(format!("a span of «{}» does not fit its text", self.document.title));
        self.units.positions(unit, span).ok_or_else(misfit)
    }

    /// The names of an annotation's tags; of one without tags, [`UNTAGGED`].
    pub fn labels(&self, annotation: &Annotation) -> Vec<Cow<'a, str>> {
        if annotation.tags.is_empty() {
            return vec![Cow::Borrowed(UNTAGGED)];
        }
        annotation.tags.iter().map(|&tag| tag_name(self.project, tag)).collect()
    }
}

/// Whether what an annotation quotes is what stands at its spans.
pub(super) fn quotes_its_text(document: &Document, annotation: &Annotation) -> bool {
    let exact = &annotation.quote.exact;
    match annotation.spans.as_slice() {
        [] => false,
        [span] => document.text.slice(*span) == Some(exact),
        spans => document.text.quote(spans).exact == *exact,
    }
}

/// The name of a tag; one that the codebook does not have is named by its id.
pub(super) fn tag_name(project: &Project, id: TagId) -> Cow<'_, str> {
    match project.codebook().get(id) {
        Some(tag) => Cow::Borrowed(tag.name.as_str()),
        None => Cow::Owned(id.to_string()),
    }
}
