//! In what the positions of a file count: recognised by holding them against the texts.
//!
//! Where a file quotes its marks, the unit is the right one in which the quotations stand where the file says. Where it does not, a wrong unit
//! betrays itself: positions lie past the end, cut characters or clusters, begin and end inside words. What cannot be decided is not guessed.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::ImportError;
use super::asks::Asks;
use crate::exchange::{ExchangeError, Imported, ImportedAnnotation, ImportedDocument, Unit, Units};
use crate::model::{Document, LineEnds, Span, Text};

/// In what positions count: a unit, and the text as it was before import, where the file does not hold the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The unit.
    pub unit: Unit,
    /// Whether each line end counts as two characters, CR and LF, as in the source file.
    pub both_ends: bool,
    /// Whether the byte order mark of the source file counts.
    pub mark: bool,
}

impl Basis {
    /// The text in which the positions of a document count.
    pub fn text<'t>(self, imported: &'t ImportedDocument, document: Option<&'t Document>) -> Cow<'t, str> {
        if let Some(text) = &imported.text {
            return Cow::Borrowed(text);
        }
        let text = document.map_or("", |document| document.text.as_str());
        if !self.both_ends && !self.mark {
            return Cow::Borrowed(text);
        }
        let text = if self.both_ends { text.replace('\n', "\r\n") } else { text.to_owned() };
        Cow::Owned(if self.mark { format!("\u{feff}{text}") } else { text })
    }
}

/// A document of a file with the one of the project that it is; none where its text is new.
pub struct Pair<'a> {
    /// What the file says.
    pub imported: &'a ImportedDocument,
    /// The document.
    pub document: Option<&'a Document>,
}

/// How well positions fit in a basis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Fit {
    /// Annotations with a quotation, and those of them that stand where the file says.
    quoted: usize,
    matching: usize,
    /// Spans that cannot be: outside, empty, or cutting a cluster.
    impossible: usize,
    /// Ends that stand inside a word, or beside white space within the span.
    unlikely: usize,
    spans: usize,
    /// Two with the same place every span alike.
    places: u64,
}

/// The basis of a file's positions, and whether it is another than the file's format counts in.
///
/// # Errors
/// When the positions fit in no unit, or in several equally.
pub fn recognise(
    imported: &Imported,
    pairs: &[Pair<'_>],
    wanted: Option<Unit>,
    asks: &Asks<'_>,
) -> Result<(Basis, bool), ImportError> {
    let candidates = candidates(imported.unit, pairs, wanted);
    let declared = candidates[0];
    let marks: usize = pairs.iter().map(|pair| pair.imported.annotations.len()).sum();
    asks.more(marks * candidates.len());
    let fits = candidates
        .iter()
        .map(|&basis| fit(basis, pairs, asks))
        .collect::<Result<Vec<Fit>, ExchangeError>>()?;
    let chosen = choose(&fits, wanted.is_some());
    match chosen {
        Ok(at) => Ok((
            candidates[at],
            candidates[at] != declared || wanted.is_some_and(|unit| unit != imported.unit),
        )),
        Err(Undecided::Nowhere) => Err(ImportError::NoUnit),
        Err(Undecided::Between(other)) => {
            Err(ImportError::Ambiguous { declared: declared.unit, other: candidates[other].unit })
        }
    }
}

/// What positions may count in, the likeliest first.
fn candidates(declared: Unit, pairs: &[Pair<'_>], wanted: Option<Unit>) -> Vec<Basis> {
    let first = wanted.unwrap_or(declared);
    let others = Unit::ALL.into_iter().filter(|unit| *unit != first && wanted.is_none());
    let without_text = || {
        let textless = pairs.iter().filter(|pair| pair.imported.text.is_none());
        textless.filter_map(|pair| pair.document).map(|document| &document.source)
    };
    let had_both = without_text().any(|source| matches!(source.line_ends, LineEnds::CrLf | LineEnds::Mixed));
    let had_mark = without_text().any(|source| source.byte_order_mark);
    let units: Vec<Unit> = [first].into_iter().chain(others).collect();
    let mut candidates = Vec::new();
    for (both_ends, mark) in [(false, false), (true, false), (false, true), (true, true)] {
        if (had_both || !both_ends) && (had_mark || !mark) {
            candidates.extend(units.iter().map(|&unit| Basis { unit, both_ends, mark }));
        }
    }
    candidates
}

fn fit(basis: Basis, pairs: &[Pair<'_>], asks: &Asks<'_>) -> Result<Fit, ExchangeError> {
    let mut fit = Fit::default();
    let mut places = DefaultHasher::new();
    for pair in pairs {
        let raw = basis.text(pair.imported, pair.document);
        let text = Text::new(&*raw);
        let units = Units::new(text.as_str());
        // Two bases that differ in the text only place spans alike when the characters before them are as many.
        let ends: Vec<usize> =
            if basis.both_ends { memchr::memchr_iter(b'\r', raw.as_bytes()).collect() } else { Vec::new() };
        let ends_before = |byte: usize| ends.partition_point(|&end| end < byte);
        asks.now()?;
        for annotation in &pair.imported.annotations {
            asks.step()?;
            let spans = spans_in(&units, basis.unit, annotation);
            fit.spans += 1;
            fit.quoted += usize::from(annotation.quote.is_some());
            let Some(spans) = spans.filter(|spans| spans.iter().all(|&span| text.accepts(span))) else {
                fit.impossible += 1;
                0.hash(&mut places);
                continue;
            };
            if annotation.quote.as_ref().is_some_and(|quote| quotes(&text, &spans, quote)) {
                fit.matching += 1;
            }
            for span in &spans {
                let start = span.start.index();
                let before = ends_before(start) + if basis.mark { 3 } else { 0 };
                (start.saturating_sub(before), span.len()).hash(&mut places);
                fit.unlikely += usize::from(is_unlikely(&text, *span));
            }
        }
    }
    fit.places = places.finish();
    Ok(fit)
}

/// The parts of a mark in bytes; `None` where one is empty or does not fit.
pub fn spans_in(units: &Units<&str>, unit: Unit, annotation: &ImportedAnnotation) -> Option<Vec<Span>> {
    let unit = annotation.unit.unwrap_or(unit);
    let spans = annotation.spans.iter().map(|&span| units.span(unit, span).filter(|span| !span.is_empty()));
    spans.collect::<Option<Vec<Span>>>().filter(|spans| !spans.is_empty())
}

/// Whether spans quote a text, but for how white space is written: programs write line breaks as spaces. Of several parts some quote the words of the
/// parts, and some the whole stretch from the first to the last.
pub fn quotes(text: &Text, spans: &[Span], quote: &str) -> bool {
    let is_it = |exact: &str| *exact == *quote || calm(exact) == calm(quote);
    // The parts may stand in any order in the file.
    let whole = || match (spans.iter().map(|span| span.start).min(), spans.iter().map(|span| span.end).max())
    {
        (Some(start), Some(end)) if spans.len() > 1 => is_it(&text[start.index()..end.index()]),
        _ => false,
    };
    is_it(&text.quote(spans).exact) || whole()
}

/// A text with every run of white space as one space.
fn calm(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if !c.is_whitespace() && !c.is_control() => out.push(c),
            _ if out.ends_with(' ') => {}
            _ => out.push(' '),
        }
    }
    out
}

/// Whether a span begins or ends where nobody would put it: inside a word, or with white space at its edge.
fn is_unlikely(text: &Text, span: Span) -> bool {
    let in_word = |at: usize| {
        let (before, after) = (text[..at].chars().next_back(), text[at..].chars().next());
        before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
    };
    let words = &text[span.range()];
    in_word(span.start.index()) || in_word(span.end.index()) || words.trim() != words
}

enum Undecided {
    /// In no unit.
    Nowhere,
    /// In the declared one and in another.
    Between(usize),
}

/// The place of the right one among the candidates, of which the first is the declared one.
fn choose(fits: &[Fit], is_wanted: bool) -> Result<usize, Undecided> {
    let declared = fits[0];
    let most = fits.iter().map(|fit| fit.matching).max().unwrap_or_default();
    if declared.matching < most {
        // Where quotations stand nowhere in particular, each is looked for by itself.
        let matching = (0..fits.len()).filter(|&at| fits[at].matching == most);
        let best =
            matching.min_by_key(|&at| (fits[at].impossible, fits[at].unlikely, at)).unwrap_or_default();
        return Ok(if 2 * most >= declared.quoted { best } else { 0 });
    }
    if declared.spans == 0 || declared.quoted == declared.spans {
        return Ok(0);
    }
    let others = fits
        .iter()
        .enumerate()
        .filter(|(_, fit)| fit.matching == most && fit.places != declared.places)
        .min_by_key(|(at, fit)| (fit.impossible, fit.unlikely, *at));
    let Some((best, other)) = others else {
        return if declared.impossible * 2 > declared.spans { Err(Undecided::Nowhere) } else { Ok(0) };
    };
    if is_wanted {
        return if declared.impossible <= other.impossible { Ok(0) } else { Ok(best) };
    }
    let bad = |fit: &Fit| 2 * fit.impossible + fit.unlikely;
    // A few marks that cannot be, in a file that otherwise fits, are each told by themselves.
    let mostly_fits = |fit: &Fit| 10 * fit.impossible <= fit.spans;
    match (declared.impossible, other.impossible) {
        (0, 0) if declared.unlikely <= other.unlikely => Ok(0),
        _ if mostly_fits(&declared) && 4 * bad(&declared) <= bad(other) => Ok(0),
        _ if mostly_fits(other) && 4 * bad(other) <= bad(&declared) && bad(other) + 3 <= bad(&declared) => {
            Ok(best)
        }
        (0, 0) => Err(Undecided::Between(best)),
        (0, _) => Ok(0),
        (_, 0) if 2 * other.unlikely <= other.spans => Ok(best),
        _ => Err(Undecided::Nowhere),
    }
}
