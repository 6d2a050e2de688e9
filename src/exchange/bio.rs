//! Labels for tokens, as taggers learn them: where a mark begins, where it goes on, and which mark it is.
//!
//! A token has one label. So of marks that lie over one another the one that begins first is kept, and of those that begin together the longest; a mark
//! that begins or ends inside a token, or in a blank, is given the whole token. All of this is told as lost. A sentence does not end inside a mark.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;

use super::losses::Lost;
use super::tokens;
use super::walk::Page;
use super::{ExchangeError, Loss};
use crate::model::Annotation;

/// A token with its label.
pub(super) struct Labelled<'a> {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Whether a mark begins here, and its tag; `None` outside of marks.
    pub label: Option<(bool, Cow<'a, str>)>,
}

/// The sentences of a document with labelled tokens; those without tokens are not among them.
pub(super) fn label<'a>(
    page: &Page<'a>,
    losses: &mut Vec<Loss>,
) -> Result<Vec<Vec<Labelled<'a>>>, ExchangeError> {
    let sentences = tokens::sentences(page.text());
    let tokens: Vec<Range<usize>> =
        sentences.iter().flat_map(|sentence| sentence.tokens.iter().cloned()).collect();
    let mut marks: Vec<(Range<usize>, &'a Annotation)> = Vec::new();
    for annotation in page.annotations() {
        let annotation = annotation?;
        marks.push((annotation.extent().range(), annotation));
        told(annotation, losses);
    }
    // What is longest first among those that begin together: the sort is stable, so ties stay in the order of the text.
    marks.sort_by_key(|(range, _)| (range.start, Reverse(range.end)));
    let mut labels: Vec<Option<(bool, Cow<'a, str>)>> = vec![None; tokens.len()];
    for (range, annotation) in marks {
        let first = tokens.partition_point(|token| token.end <= range.start);
        let last = tokens.partition_point(|token| token.start < range.end);
        if first >= last {
            losses.push(Loss::of(annotation.id, Lost::Whole));
            continue;
        }
        if labels[first..last].iter().any(Option::is_some) {
            losses.push(Loss::of(annotation.id, Lost::Overlap));
            continue;
        }
        if (tokens[first].start, tokens[last - 1].end) != (range.start, range.end) {
            losses.push(Loss::of(annotation.id, Lost::Cut));
        }
        let mut names = page.labels(annotation).into_iter();
        let name = names.next().unwrap_or_default();
        losses.extend(names.map(|name| Loss::of(annotation.id, Lost::Overlap).about(name)));
        for (at, label) in labels[first..last].iter_mut().enumerate() {
            *label = Some((at == 0, name.clone()));
        }
    }
    let mut labelled: Vec<Vec<Labelled<'a>>> = Vec::new();
    let mut labels = labels.into_iter();
    for sentence in sentences.into_iter().filter(|sentence| !sentence.tokens.is_empty()) {
        let tokens = sentence.tokens.into_iter().zip(labels.by_ref());
        let tokens: Vec<Labelled<'a>> = tokens.map(|(range, label)| Labelled { range, label }).collect();
        let goes_on = matches!(tokens.first(), Some(Labelled { label: Some((false, _)), .. }));
        match labelled.last_mut().filter(|_| goes_on) {
            Some(last) => last.extend(tokens),
            None => labelled.push(tokens),
        }
    }
    Ok(labelled)
}

/// What the labels say nothing of.
fn told(annotation: &Annotation, losses: &mut Vec<Loss>) {
    let lost = [
        (annotation.spans.len() > 1, Lost::Parts),
        (!annotation.note.is_empty(), Lost::Note),
        (!annotation.attributes.is_empty(), Lost::Attributes),
        (!annotation.relations.is_empty(), Lost::Relations),
    ];
    losses.extend(
        lost.into_iter().filter(|(is_lost, _)| *is_lost).map(|(_, lost)| Loss::of(annotation.id, lost)),
    );
}
