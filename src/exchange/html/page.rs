//! One page: head, legend, and the lines with what stands beside them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use super::colors::{UNTAGGED as NO_TAG, tint};
use super::direction::Strong;
use super::pieces::{Piece, lanes, lines};
use crate::exchange::losses::{Loss, Lost};
use crate::exchange::walk::{Page, UNTAGGED, tag_name};
use crate::exchange::xml::{held, write_escaped};
use crate::exchange::{CodePoints, ExchangeError};
use crate::model::{Annotation, Color, TagId};

const STYLE: &str = include_str!("style.css");

/// How many lines may be drawn under a word, one for each annotation on it.
const LANES: usize = 3;

/// The longest words of an annotation that are repeated beside the text, in characters.
const LONGEST_LEMMA: usize = 80;

pub fn write(page: &Page<'_>, out: &mut dyn Write, losses: &mut Vec<Loss>) -> Result<(), ExchangeError> {
    let annotations: Vec<&Annotation> = page.annotations().collect::<Result<_, _>>()?;
    let is_right = Strong::of(page.text()).is_right_document();
    let lanes = lanes(&annotations, LANES);
    let mut sheet = Sheet { page, annotations: &annotations, lanes, is_right, out, losses };
    sheet.tell();
    sheet.head()?;
    sheet.text()?;
    Ok(sheet.out.write_all(b"</main>\n</body>\n</html>\n")?)
}

struct Sheet<'s> {
    page: &'s Page<'s>,
    annotations: &'s [&'s Annotation],
    lanes: Vec<usize>,
    is_right: bool,
    out: &'s mut dyn Write,
    losses: &'s mut Vec<Loss>,
}

impl Sheet<'_> {
    fn head(&mut self) -> io::Result<()> {
        let (title, project) = (self.page.title(), self.page.project.title());
        self.out.write_all(b"<!DOCTYPE html>\n<html")?;
        // The language of an Arabic page; of any other nothing is known.
        self.out.write_all(if self.is_right {
            b" lang=\"ar\" dir=\"rtl\"".as_slice()
        } else {
            b" dir=\"ltr\""
        })?;
        self.out.write_all(b">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")?;
        writeln!(self.out, "<meta name=\"generator\" content=\"Hashiya {}\">", env!("CARGO_PKG_VERSION"))?;
        self.out.write_all(b"<title>")?;
        write_escaped(self.out, title)?;
        writeln!(self.out, "</title>\n<style>\n{STYLE}</style>\n</head>")?;
        // Without anything beside it the text is one column.
        let has_margin = self.annotations.iter().any(|one| has_gloss(one));
        self.out.write_all(if has_margin { b"<body>\n".as_slice() } else { b"<body class=\"bare\">\n" })?;
        self.out.write_all(b"<header>\n<p class=\"of\">")?;
        self.isolated(project)?;
        let mut coders: Vec<&str> = self.annotations.iter().map(|one| one.coder.name()).collect();
        coders.sort_unstable();
        coders.dedup();
        for coder in coders {
            self.out.write_all(" · ".as_bytes())?;
            self.isolated(coder)?;
        }
        self.out.write_all(b"</p>\n")?;
        self.legend()?;
        self.out.write_all(b"</header>\n<main>\n")
    }

    /// Every tag that the page has, in the order of the codebook, with how often.
    fn legend(&mut self) -> io::Result<()> {
        let mut counts: BTreeMap<Option<TagId>, usize> = BTreeMap::new();
        for annotation in self.annotations {
            for tag in &annotation.tags {
                *counts.entry(Some(*tag)).or_default() += 1;
            }
            if annotation.tags.is_empty() {
                *counts.entry(None).or_default() += 1;
            }
        }
        let codebook = self.page.project.codebook();
        let place = |tag: &Option<TagId>| match tag {
            Some(tag) => codebook.position(*tag).unwrap_or(usize::MAX - 1),
            None => usize::MAX,
        };
        let mut tags: Vec<(Option<TagId>, usize)> = counts.into_iter().collect();
        tags.sort_by_key(|(tag, _)| (place(tag), *tag));
        if tags.is_empty() {
            return Ok(());
        }
        self.out.write_all(b"<ul class=\"legend\">\n")?;
        for (tag, count) in tags {
            let color = self.color(tag);
            write!(self.out, "<li")?;
            let definition = tag.and_then(|tag| codebook.get(tag)).map(|tag| tag.definition.as_str());
            if let Some(definition) = definition.filter(|definition| !definition.is_empty()) {
                self.attribute("title", definition)?;
            }
            write!(self.out, "><i style=\"--c:{color};--t:{}\"></i>", tint(color, 1))?;
            let name = tag.map_or(Cow::Borrowed(UNTAGGED), |tag| tag_name(self.page.project, tag));
            self.isolated(&name)?;
            writeln!(self.out, " <small>{count}</small></li>")?;
        }
        self.out.write_all(b"</ul>\n")
    }

    fn text(&mut self) -> Result<(), ExchangeError> {
        let text = self.page.text();
        let mut glosses = self.annotations.iter().filter(|one| has_gloss(one)).peekable();
        let mut ids = std::collections::HashSet::new();
        let mut is_titled = false;
        let mut start = 0;
        for pieces in lines(text, self.annotations) {
            let end = start + text[start..].find('\n').unwrap_or(text.len() - start);
            let line = &text[start..end];
            self.out.write_all(b"<section>")?;
            // Before the line, so that they begin level with it and run on beside what follows.
            let mut any = false;
            while let Some(annotation) = glosses.next_if(|one| one.extent().start.index() <= end) {
                if !any {
                    self.out.write_all(b"<aside>\n")?;
                    any = true;
                }
                self.gloss(annotation)?;
            }
            self.out.write_all(if any { b"</aside><p".as_slice() } else { b"<p" })?;
            let is_title = !is_titled && !line.trim().is_empty() && line.trim() == self.page.title().trim();
            is_titled |= !line.trim().is_empty();
            let is_spaced = line.contains("  ") || line.contains('\t') || line.starts_with(' ');
            match (is_title, is_spaced) {
                (true, _) => self.out.write_all(b" class=\"title\" role=\"heading\" aria-level=\"1\"")?,
                (false, true) => self.out.write_all(b" class=\"spaced\"")?,
                (false, false) => {}
            }
            if Strong::of(line).is_right_line(self.is_right) != self.is_right {
                write!(self.out, " dir=\"{}\"", if self.is_right { "ltr" } else { "rtl" })?;
            }
            self.out.write_all(b">")?;
            for piece in &pieces {
                self.piece(piece, &mut ids)?;
            }
            self.out.write_all(b"</p></section>\n")?;
            start = end + 1;
        }
        Ok(())
    }

    /// A piece of a line, marked if anything lies on it.
    fn piece(
        &mut self,
        piece: &Piece,
        ids: &mut std::collections::HashSet<u32>,
    ) -> Result<(), ExchangeError> {
        let words = &self.page.text()[piece.start..piece.end];
        if piece.on.is_empty() {
            return Ok(write_escaped(self.out, words)?);
        }
        let on: Vec<&Annotation> = piece.on.iter().map(|at| self.annotations[*at]).collect();
        let names: Vec<String> = on.iter().map(|one| one.id.to_string()).collect();
        write!(self.out, "<mark data-annotation=\"{}\"", names.join(" "))?;
        let begins = on.iter().any(|one| one.extent().start.index() == piece.start);
        let place = self.place(piece.start)?;
        if begins && ids.insert(place.0) {
            write!(self.out, " id=\"at-{}\"", place.0)?;
        }
        let colors: Vec<Color> = on.iter().map(|one| self.color(one.tags.first().copied())).collect();
        // The innermost shows through, and the lines under the words tell of all.
        let length = |at: usize| on[at].extent().end.index() - on[at].extent().start.index();
        let innermost = (0..on.len()).min_by_key(|at| length(*at)).unwrap_or_default();
        let tint = tint(colors[innermost], on.len());
        match (colors.as_slice(), piece.on.as_slice()) {
            ([color], [at]) if self.lanes[*at] == 0 => {
                write!(self.out, " style=\"--c:{color};--t:{tint}\"")?;
            }
            _ => {
                let mut under: Vec<(usize, Color)> =
                    piece.on.iter().zip(&colors).map(|(at, color)| (self.lanes[*at], *color)).collect();
                under.retain(|(lane, _)| *lane < LANES);
                let lines: Vec<String> = under
                    .iter()
                    .map(|(lane, color)| {
                        let up = 4 * lane;
                        format!("linear-gradient({color},{color}) 0 calc(100% - {up}px)/100% 2px no-repeat")
                    })
                    .chain([format!("linear-gradient({tint},{tint})")])
                    .collect();
                write!(self.out, " style=\"background:{}\"", lines.join(","))?;
            }
        }
        let said: Vec<String> = on.iter().map(|one| self.said(one)).collect();
        self.attribute("title", &said.join("\n"))?;
        self.out.write_all(b">")?;
        write_escaped(self.out, words)?;
        Ok(self.out.write_all(b"</mark>")?)
    }

    /// What stands beside the text.
    fn gloss(&mut self, annotation: &Annotation) -> Result<(), ExchangeError> {
        let color = self.color(annotation.tags.first().copied());
        write!(self.out, "<article style=\"--c:{color}\">")?;
        let place = self.place(annotation.extent().start.index())?;
        write!(self.out, "<a class=\"lemma\" dir=\"auto\" href=\"#at-{}\">", place.0)?;
        write_escaped(self.out, &lemma(annotation))?;
        self.out.write_all(b"</a>")?;
        self.out.write_all(b"<p class=\"tags\">")?;
        for (number, label) in self.page.labels(annotation).iter().enumerate() {
            if number > 0 {
                self.out.write_all(" · ".as_bytes())?;
            }
            self.isolated(label)?;
        }
        self.out.write_all(b"</p>")?;
        if !annotation.note.is_empty() {
            self.out.write_all(b"<p class=\"note\" dir=\"auto\">")?;
            write_escaped(self.out, &annotation.note)?;
            self.out.write_all(b"</p>")?;
        }
        if !annotation.attributes.is_empty() {
            self.out.write_all(b"<dl>")?;
            for (key, value) in &annotation.attributes {
                self.out.write_all(b"<dt>")?;
                self.isolated(key)?;
                self.out.write_all(b"</dt><dd>")?;
                self.isolated(value)?;
                self.out.write_all(b"</dd>")?;
            }
            self.out.write_all(b"</dl>")?;
        }
        for relation in &annotation.relations {
            let target = self.page.project.annotation(self.page.document.id, relation.target);
            let Some(target) = target.filter(|target| self.page.holds(target.id)) else { continue };
            self.out.write_all(b"<p class=\"relation\">")?;
            self.isolated(&relation.kind)?;
            let place = self.place(target.extent().start.index())?;
            write!(self.out, " <a href=\"#at-{}\"><bdi>", place.0)?;
            write_escaped(self.out, &lemma(target))?;
            self.out.write_all(b"</bdi></a></p>")?;
        }
        self.out.write_all(b"<p class=\"by\">")?;
        self.isolated(annotation.coder.name())?;
        Ok(self.out.write_all(b"</p></article>\n")?)
    }

    /// Tells what a page cannot hold.
    fn tell(&mut self) {
        let page = self.page;
        let is_changed = |text: &str| matches!(held(text), Cow::Owned(_));
        if is_changed(page.text()) || is_changed(page.title()) {
            self.losses.push(Loss::once(Lost::Characters).about(held(page.title())));
        }
        for annotation in self.annotations {
            let attributes = annotation.attributes.iter().flat_map(|(key, value)| [key.into(), value.into()]);
            let relations = annotation.relations.iter().map(|relation| (&relation.kind).into());
            let others: [Cow<'_, str>; 3] = [
                (&*annotation.quote.exact).into(),
                (&annotation.note).into(),
                annotation.coder.name().into(),
            ];
            let said = others.into_iter().chain(page.labels(annotation)).chain(attributes).chain(relations);
            for text in said {
                if let Cow::Owned(text) = held(&text) {
                    self.losses.push(Loss::of(annotation.id, Lost::Characters).about(text));
                }
            }
            for relation in annotation.relations.iter().filter(|relation| !page.holds(relation.target)) {
                self.losses.push(Loss::of(annotation.id, Lost::Target).about(&relation.kind));
            }
        }
    }

    /// What a pointer over a mark shows: its tags, and who made it.
    fn said(&self, annotation: &Annotation) -> String {
        let comma = if self.is_right { "، " } else { ", " };
        format!("{} · {}", self.page.labels(annotation).join(comma), annotation.coder.name())
    }

    fn color(&self, tag: Option<TagId>) -> Color {
        tag.and_then(|tag| self.page.project.codebook().get(tag)).map_or(NO_TAG, |tag| tag.color)
    }

    fn place(&self, byte: usize) -> Result<CodePoints, ExchangeError> {
        let place = self.page.units.place(crate::model::ByteOffset::at(byte));
        let misfit =
            || ExchangeError::Unsound(format!("a span of «{}» does not fit its text", self.page.title()));
        Ok(place.ok_or_else(misfit)?.code_points)
    }

    /// A text that runs its own way, whatever stands beside it.
    fn isolated(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(b"<bdi>")?;
        write_escaped(self.out, text)?;
        self.out.write_all(b"</bdi>")
    }

    fn attribute(&mut self, name: &str, value: &str) -> io::Result<()> {
        write!(self.out, " {name}=\"")?;
        write_escaped(self.out, value)?;
        self.out.write_all(b"\"")
    }
}

/// Whether there is more to say of an annotation than its colour does.
fn has_gloss(annotation: &Annotation) -> bool {
    !annotation.note.is_empty()
        || !annotation.attributes.is_empty()
        || !annotation.relations.is_empty()
        || annotation.tags.len() > 1
}

/// The words of an annotation, or the first of them.
fn lemma(annotation: &Annotation) -> String {
    let words = annotation.quote.exact.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(LONGEST_LEMMA) {
        Some((end, _)) => {
            let cut = words[..end].rfind(' ').unwrap_or(end);
            format!("{}…", &words[..cut])
        }
        None => words,
    }
}
