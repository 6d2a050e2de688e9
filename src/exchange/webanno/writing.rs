//! Writing WebAnno TSV: twice through the lines of a document, once to see which marks need a number, once to write.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write;
use std::ops::Range;

use super::sheet::{Line, Place, Sentence, cut, lines};
use super::{FEATURES, MARK, NO_MARK, NO_VALUE, OWN, Own, RELATION, escape_text, escape_value};
use crate::exchange::losses::{Lost, told_once};
use crate::exchange::units::utf16_len;
use crate::exchange::walk::{Page, walk};
use crate::exchange::{ExchangeError, Loss, Options, Progress, Scope, Sink};
use crate::model::{Annotation, AnnotationId, Project};

pub(super) fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let mut losses = Vec::new();
    walk(project, scope, progress, &mut |page| {
        let stem = page.document.file.trim_end_matches(".txt");
        let out = sink.file(&format!("{stem}.tsv"))?;
        let sheet = Sheet::new(page, &mut losses)?;
        sheet.write(out, &mut losses)
    })?;
    losses.extend(told_once(project, scope, &[Lost::Codebook]));
    Ok(losses)
}

/// One tag of an annotation.
struct Mark<'a> {
    annotation: &'a Annotation,
    tag: Cow<'a, str>,
    /// Whether it is the first of its annotation, which holds everything but the tag.
    is_first: bool,
    /// On how many lines it lies, and where on the first; whether another is on one of them.
    lines: u32,
    first: Place,
    is_stacked: bool,
    /// Its number in brackets.
    number: Option<u32>,
}

/// An arrow to a mark.
struct Arrow<'a> {
    kind: &'a str,
    /// Which of the relations of its source, from 1.
    order: usize,
    source: usize,
}

/// One file.
struct Sheet<'a> {
    page: &'a Page<'a>,
    sentences: Vec<Sentence>,
    marks: Vec<Mark<'a>>,
    /// Bytes of the text, for each mark.
    ranges: Vec<Range<usize>>,
    /// By the marks that they point to.
    arrows: HashMap<usize, Vec<Arrow<'a>>>,
}

impl<'a> Sheet<'a> {
    fn new(page: &'a Page<'a>, losses: &mut Vec<Loss>) -> Result<Self, ExchangeError> {
        let mut marks = Vec::new();
        let mut ranges = Vec::new();
        let mut firsts: HashMap<AnnotationId, usize> = HashMap::new();
        for annotation in page.annotations() {
            let annotation = annotation?;
            if annotation.spans.len() > 1 {
                losses.push(Loss::of(annotation.id, Lost::Parts));
            }
            firsts.insert(annotation.id, marks.len());
            for (at, tag) in page.labels(annotation).into_iter().enumerate() {
                ranges.push(annotation.extent().range());
                marks.push(Mark {
                    annotation,
                    tag,
                    is_first: at == 0,
                    lines: 0,
                    first: Place::default(),
                    is_stacked: false,
                    number: None,
                });
            }
        }
        let mut arrows: HashMap<usize, Vec<Arrow<'a>>> = HashMap::new();
        for annotation in page.annotations_again() {
            for (relation, order) in annotation.relations.iter().zip(1..) {
                match (firsts.get(&annotation.id), firsts.get(&relation.target)) {
                    (Some(&source), Some(&target)) => {
                        arrows.entry(target).or_default().push(Arrow { kind: &relation.kind, order, source });
                    }
                    _ => losses.push(Loss::of(annotation.id, Lost::Target).about(&relation.kind)),
                }
            }
        }
        let sentences = cut(page.text(), &ranges);
        let mut sheet = Self { page, sentences, marks, ranges, arrows };
        sheet.number();
        Ok(sheet)
    }

    /// Numbers the marks that lie on several lines or on one with another.
    fn number(&mut self) {
        let marks = &mut self.marks;
        let seen =
            lines(&self.sentences, &self.ranges, &mut |line: Line| -> Result<(), std::convert::Infallible> {
                for &mark in &line.marks {
                    let mark = &mut marks[mark];
                    if mark.lines == 0 {
                        mark.first = line.place;
                    }
                    mark.lines += 1;
                    mark.is_stacked |= line.marks.len() > 1;
                }
                Ok(())
            });
        let Ok(()) = seen;
        let needs = self.marks.iter_mut().filter(|mark| mark.lines > 1 || mark.is_stacked);
        needs.zip(1..).for_each(|(mark, number)| mark.number = Some(number));
    }

    fn write(&self, out: &mut dyn Write, losses: &mut Vec<Loss>) -> Result<(), ExchangeError> {
        writeln!(out, "#FORMAT=WebAnno TSV 3.3")?;
        writeln!(out, "#T_SP={MARK}|{}", FEATURES.join("|"))?;
        if !self.arrows.is_empty() {
            writeln!(out, "#T_RL={RELATION}|kind|order|BT_{MARK}")?;
        }
        writeln!(out)?;
        let document = self.page.document;
        let own = Own { id: document.id, title: document.title.clone(), sha256: document.sha256.clone() };
        let own = serde_json::to_string(&own).map_err(std::io::Error::from)?;
        let text = self.page.text();
        if self.sentences.is_empty() {
            writeln!(out, "\n{OWN}{own}")?;
        }
        // What has been counted: bytes of the text and their UTF-16.
        let (mut byte, mut units) = (0, 0);
        let mut row = String::new();
        lines(&self.sentences, &self.ranges, &mut |line| {
            row.clear();
            if line.place.token == 1 && line.place.part == 0 {
                row.push('\n');
                if line.place.sentence == 1 {
                    let _ = writeln!(row, "{OWN}{own}");
                }
                let sentence = &self.sentences[line.place.sentence as usize - 1];
                for line in text[sentence.range.clone()].split('\n') {
                    row.push_str("#Text=");
                    escape_text(&mut row, line);
                    row.push('\n');
                }
            }
            if line.place.part == 0 {
                units += utf16_len(&text[byte..line.range.start]);
                byte = line.range.start;
            }
            let begin = units + utf16_len(&text[byte..line.range.start]);
            let words = &text[line.range.clone()];
            let _ = write!(row, "{}\t{begin}-{}\t", spelled(line.place), begin + utf16_len(words));
            if words.contains(['\t', '\n', '\r']) {
                escape_text(&mut row, words);
            } else {
                row.push_str(words);
            }
            self.features(&mut row, &line, losses)?;
            self.relations(&mut row, &line, losses);
            row.push_str("\t\n");
            out.write_all(row.as_bytes())?;
            Ok::<(), ExchangeError>(())
        })
    }

    /// The columns of the marks.
    fn features(&self, row: &mut String, line: &Line, losses: &mut Vec<Loss>) -> Result<(), ExchangeError> {
        for feature in FEATURES {
            row.push('\t');
            if line.marks.is_empty() {
                row.push_str(NO_MARK);
            }
            for (at, &mark) in line.marks.iter().enumerate() {
                if at > 0 {
                    row.push('|');
                }
                let mark = &self.marks[mark];
                // The tag and the id stand on every line, as INCEpTION writes values, for programs that take each line by itself; the rest once.
                let is_told = matches!(feature, "tag" | "id") || (mark.first == line.place && mark.is_first);
                let value = if is_told { mark.value(feature)? } else { Cow::Borrowed("") };
                if value.is_empty() {
                    row.push_str(NO_VALUE);
                } else if escape_value(row, &value) && mark.first == line.place {
                    losses.push(Loss::of(mark.annotation.id, Lost::Characters).about(feature));
                }
                if let Some(number) = mark.number {
                    let _ = write!(row, "[{number}]");
                }
            }
        }
        Ok(())
    }

    /// The columns of the relations, on the first line of the mark that they point to.
    fn relations(&self, row: &mut String, line: &Line, losses: &mut Vec<Loss>) {
        if self.arrows.is_empty() {
            return;
        }
        let here = line.marks.iter().filter(|mark| self.marks[**mark].first == line.place);
        let arrows: Vec<(usize, &Arrow<'_>)> = here
            .flat_map(|&mark| self.arrows.get(&mark).into_iter().flatten().map(move |arrow| (mark, arrow)))
            .collect();
        let mut column = |write: &mut dyn FnMut(&mut String, usize, &Arrow<'_>)| {
            row.push('\t');
            if arrows.is_empty() {
                row.push_str(NO_MARK);
            }
            for (at, (mark, arrow)) in arrows.iter().enumerate() {
                if at > 0 {
                    row.push('|');
                }
                write(row, *mark, arrow);
            }
        };
        column(&mut |row, _, arrow| {
            if arrow.kind.is_empty() {
                row.push_str(NO_VALUE);
            } else if escape_value(row, arrow.kind) {
                let source = self.marks[arrow.source].annotation.id;
                losses.push(Loss::of(source, Lost::Characters).about("a relation"));
            }
        });
        column(&mut |row, _, arrow| {
            let _ = write!(row, "{}", arrow.order);
        });
        column(&mut |row, mark, arrow| {
            let (source, target) = (&self.marks[arrow.source], &self.marks[mark]);
            row.push_str(&spelled(source.first));
            if source.number.is_some() || target.number.is_some() {
                let number = |mark: &Mark<'_>| mark.number.unwrap_or(0);
                let _ = write!(row, "[{}_{}]", number(source), number(target));
            }
        });
    }
}

impl Mark<'_> {
    /// The value of a feature; nothing where there is none.
    fn value(&self, feature: &str) -> Result<Cow<'_, str>, ExchangeError> {
        let annotation = self.annotation;
        Ok(match feature {
            "tag" => Cow::Borrowed(&self.tag),
            "id" => annotation.id.to_string().into(),
            "note" => Cow::Borrowed(&annotation.note),
            "coder" => annotation.coder.name().into(),
            "created" => annotation.created.to_string().into(),
            "modified" => annotation.modified.to_string().into(),
            _ if annotation.attributes.is_empty() => "".into(),
            _ => serde_json::to_string(&annotation.attributes).map_err(std::io::Error::from)?.into(),
        })
    }
}

/// A place as the first column has it.
fn spelled(place: Place) -> String {
    match place {
        Place { sentence, token, part: 0 } => format!("{sentence}-{token}"),
        Place { sentence, token, part } => format!("{sentence}-{token}.{part}"),
    }
}
