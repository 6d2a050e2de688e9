//! Putting one mark of a file on the text of a document: where the file says when its words stand there, else where its words are found.

use super::basis::{Basis, quotes, spans_in};
use super::report::{Case, Why, called};
use crate::exchange::{ImportedAnnotation, ImportedDocument, Units, plain_text};
use crate::model::{Document, Span, Text};
use crate::search::anchoring::{Certainty, QuoteFinder, Sought};

/// Within so many bytes of where it should be, the nearest place of a quotation is the one that was meant, if the next is twice as far.
const NEAR: usize = 400;

/// A document of a file on a document of the project.
pub struct Placing<'a> {
    basis: Basis,
    imported: &'a ImportedDocument,
    /// The text in which positions count.
    raw: Text,
    document: &'a Document,
    finder: QuoteFinder<'a>,
    /// How the one becomes the other; `None` where they are different texts.
    steps: Option<Steps>,
}

/// How many bytes are dropped before each place of a text on its way to its plain form.
struct Steps {
    mark: usize,
    /// Where each CR stood that went.
    dropped: Vec<usize>,
}

impl Steps {
    /// The way from a text to the text of a document; `None` where it is another text.
    fn between(raw: &str, text: &str) -> Option<Self> {
        if raw == text {
            return Some(Self { mark: 0, dropped: Vec::new() });
        }
        let mark = if raw.starts_with('\u{feff}') { 3 } else { 0 };
        let dropped = raw.match_indices("\r\n").map(|(at, _)| at).collect();
        // White space at the end is nobody's mark.
        (plain_text(raw).trim_end() == text.trim_end()).then_some(Self { mark, dropped })
    }

    fn plain(&self, byte: usize) -> usize {
        byte.saturating_sub(self.mark) - self.dropped.partition_point(|&dropped| dropped < byte)
    }
}

/// Where a mark was put.
pub struct Placed {
    /// Sorted, apart, on grapheme boundaries.
    pub spans: Vec<Span>,
    /// What there is to tell.
    pub case: Option<Case>,
}

impl<'a> Placing<'a> {
    pub fn new(basis: Basis, imported: &'a ImportedDocument, document: &'a Document) -> Self {
        let raw = Text::new(&*basis.text(imported, Some(document)));
        let steps = Steps::between(&raw, &document.text);
        Self { basis, imported, raw, document, finder: QuoteFinder::new(&document.text), steps }
    }

    /// Whether the file holds another text than the document has.
    pub fn is_other_text(&self) -> bool {
        self.steps.is_none()
    }

    /// Places all marks of the document, in their order.
    pub fn place_all<'p>(
        &'p self,
        annotations: &'p [ImportedAnnotation],
    ) -> impl Iterator<Item = Result<Placed, Case>> + 'p {
        let units = Units::new(self.raw.as_str());
        annotations.iter().map(move |annotation| self.place(&units, annotation))
    }

    fn place(&self, units: &Units<&str>, annotation: &ImportedAnnotation) -> Result<Placed, Case> {
        let spans = spans_in(units, self.basis.unit, annotation);
        let quote = annotation.quote.as_deref();
        let stands = |spans: &Vec<Span>| quote.is_none_or(|quote| quotes(&self.raw, spans, quote));
        match (spans.filter(stands), &self.steps) {
            (Some(spans), Some(steps)) if self.holds(&spans, steps) => Ok(self.at(annotation, &spans, steps)),
            (Some(spans), None) => self.elsewhere(annotation, &spans),
            (_, _) => self.by_quote(units, annotation),
        }
    }

    /// Whether the document's text reaches as far as spans do.
    fn holds(&self, spans: &[Span], steps: &Steps) -> bool {
        spans.iter().all(|span| steps.plain(span.end.index()) <= self.document.text.len())
    }

    /// Where the file says; widened where that cuts a cluster.
    fn at(&self, annotation: &ImportedAnnotation, spans: &[Span], steps: &Steps) -> Placed {
        let text = &self.document.text;
        let plain = |span: &Span| steps.plain(span.start.index())..steps.plain(span.end.index());
        let fits = spans.iter().all(|span| text.accepts(Span::new(plain(span))));
        let spans = tidy(spans.iter().map(|span| text.widen(plain(span))).collect());
        let case = (!fits)
            .then(|| Case::Widened { name: called(self.imported, annotation), quote: self.words(&spans) });
        Placed { spans, case }
    }

    /// Marks of another version of the text, each part looked for by its words and what stood around it.
    fn elsewhere(&self, annotation: &ImportedAnnotation, spans: &[Span]) -> Result<Placed, Case> {
        let quotes: Vec<_> = spans.iter().map(|&span| self.raw.quote(&[span])).collect();
        let parts = quotes.iter().map(|quote| Sought {
            exact: &quote.exact,
            prefix: &quote.prefix,
            suffix: &quote.suffix,
            near: None,
        });
        self.found(annotation, parts.collect())
    }

    /// Where the words stand that the file quotes.
    fn by_quote(&self, units: &Units<&str>, annotation: &ImportedAnnotation) -> Result<Placed, Case> {
        let Some(quote) = annotation.quote.as_deref().filter(|quote| !quote.trim().is_empty()) else {
            let is_empty =
                !annotation.spans.is_empty() && annotation.spans.iter().all(|span| span.0 == span.1);
            let why = if is_empty { Why::NoLength } else { Why::NoPlace };
            let name = called(self.imported, annotation);
            return Err(Case::LeftOut { name, quote: String::new(), why });
        };
        let near = |span: &(u64, u64)| {
            let unit = annotation.unit.unwrap_or(self.basis.unit);
            let start = units.span(unit, (span.0, span.0))?.start.index();
            self.steps.as_ref().map(|steps| steps.plain(start))
        };
        let nears: Vec<Option<usize>> = annotation.spans.iter().map(near).collect();
        if annotation.spans.len() < 2 {
            let sought = Sought {
                exact: quote,
                prefix: annotation.prefix.as_deref().unwrap_or_default(),
                suffix: annotation.suffix.as_deref().unwrap_or_default(),
                near: nears.first().copied().flatten(),
            };
            return self.found(annotation, vec![sought]);
        }
        // The words of the parts, where the lengths of the parts cut the quotation at its spaces.
        let mut rest = quote;
        let mut parts = Vec::new();
        for (&(start, end), near) in annotation.spans.iter().zip(nears) {
            let length = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
            let cut = rest.char_indices().nth(length).map_or(rest.len(), |(at, _)| at);
            let (exact, after) = rest.split_at(cut);
            parts.push(Sought { exact, near, ..Sought::default() });
            rest = after.strip_prefix(' ').unwrap_or(after);
        }
        if rest.is_empty() && parts.iter().all(|part| !part.exact.is_empty()) {
            self.found(annotation, parts)
        } else {
            Err(Case::LeftOut {
                name: called(self.imported, annotation),
                quote: quote.to_owned(),
                why: Why::NotFound,
            })
        }
    }

    /// Every part where it is found; nothing where one is not, or they are not found in order.
    fn found(&self, annotation: &ImportedAnnotation, parts: Vec<Sought<'_>>) -> Result<Placed, Case> {
        let quote = parts.iter().map(|part| part.exact).collect::<Vec<_>>().join(" ");
        let left_out =
            |why| Case::LeftOut { name: called(self.imported, annotation), quote: quote.clone(), why };
        let mut spans: Vec<Span> = Vec::new();
        let mut is_certain = true;
        for part in &parts {
            let (span, certain) = match self.finder.find(part) {
                Some(found) if found.certainty >= Certainty::Likely => {
                    (found.span, found.certainty == Certainty::Exact)
                }
                found => match (self.nearest(part), found) {
                    (Some(span), _) => (span, false),
                    (None, Some(_)) => return Err(left_out(Why::Several)),
                    (None, None) => return Err(left_out(Why::NotFound)),
                },
            };
            if spans.last().is_some_and(|last| last.end > span.start) {
                return Err(left_out(Why::NotFound));
            }
            is_certain &= certain;
            spans.push(span);
        }
        // What gives no position is not off it.
        let is_told = !annotation.spans.is_empty() || !is_certain;
        let case =
            is_told.then(|| Case::Moved { name: called(self.imported, annotation), quote, is_certain });
        Ok(Placed { spans: tidy(spans), case })
    }

    /// The place of a quotation nearest to where it should be, where no other is nearly as near.
    fn nearest(&self, sought: &Sought<'_>) -> Option<Span> {
        let near = sought.near?;
        let text = &self.document.text;
        let mut places: Vec<(usize, usize)> = text
            .match_indices(sought.exact)
            .map(|(at, _)| (at.abs_diff(near), at))
            .filter(|&(_, at)| text.accepts(Span::new(at..at + sought.exact.len())))
            .collect();
        places.sort_unstable();
        let &(distance, at) = places.first()?;
        let is_alone = places.get(1).is_none_or(|&(other, _)| other > 2 * distance);
        (distance <= NEAR && is_alone).then(|| Span::new(at..at + sought.exact.len()))
    }

    fn words(&self, spans: &[Span]) -> String {
        self.document.text.quote(spans).exact.into()
    }
}

/// Spans in order, with those that touch as one.
fn tidy(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort();
    let mut out: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match out.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => out.push(span),
        }
    }
    out
}
