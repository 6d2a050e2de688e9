//! `tei`: TEI P5, <https://tei-c.org/guidelines/p5/>, the text with anchors in it and everything said of it stand-off. Only written.
//!
//! One file a document. The text is one block with `lb` for each line end and no white space of ours, so that its characters, an `lb` counted as
//! one, are those of the document. Where an annotation begins or ends stands an anchor, named by its position in code points. The annotations
//! are `span`s from anchor to anchor in `standOff`, whose `ana` points to the tags, categories of a taxonomy in the header; a note is a note in
//! its span, and what TEI has no element for is a feature structure there. Further parts of an annotation are spans of their own, chained by
//! `next` and `prev`. Valid by tei_all.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::formats::{FormatInfo, Out};
use super::losses::Lost;
use super::walk::{Page, UNTAGGED, tag_name, walk};
use super::xml::{Tree, held, write_escaped};
use super::{ExchangeError, Loss, Options, Progress, Scope, Sink, Unit};
use crate::model::{Annotation, Codebook, Project, Tag, TagId};

pub(super) const INFO: FormatInfo = FormatInfo {
    name: "tei",
    message: "format-tei",
    readers: "Editors of texts and digital archives read it: a TEI file for each document, the annotations stand-off.",
    holds: "A TEI P5 file for each document, valid by tei_all. In the text stand anchors, and lb for each line end; all other white space is the \
            text's own. Marks are spans in standOff from anchor to anchor, whose ana points to the tags, a taxonomy in the header; notes are notes \
            in the spans, attributes and times feature structures there, further parts spans chained by next and prev, relations relations.",
    extension: "xml",
    out: Out::Folder,
    offsets: "anchors",
    loses: &[Lost::Target, Lost::Characters, Lost::Codebook],
    byte_order_mark: false,
    write,
    read: None,
    rows: None,
};

fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let tags = project.codebook().tags();
    let mut losses = Vec::new();
    let lost = [
        ("shortcuts", tags.iter().any(|tag| tag.shortcut.is_some())),
        ("withdrawn tags", tags.iter().any(|tag| tag.withdrawn)),
        ("characters", tags.iter().any(|tag| is_changed(&tag.name) || is_changed(&tag.definition))),
    ];
    let lost: Vec<&str> = lost.into_iter().filter(|(_, is_lost)| *is_lost).map(|(what, _)| what).collect();
    if !lost.is_empty() {
        losses.push(Loss::once(Lost::Codebook).about(lost.join(", ")));
    }
    walk(project, scope, progress, &mut |page| {
        let stem = page.document.file.trim_end_matches(".txt");
        let annotations: Vec<&Annotation> = page.annotations().collect::<Result<_, _>>()?;
        let tree = Tree::begin(sink.file(&format!("{stem}.xml"))?)?;
        Edition { page, annotations: &annotations, tree, losses: &mut losses }.write()
    })?;
    Ok(losses)
}

fn is_changed(text: &str) -> bool {
    matches!(held(text), Cow::Owned(_))
}

fn name_of_tag(tag: TagId) -> String {
    format!("tag-{tag}")
}

/// The name of a part of an annotation, counted from 0.
fn name_of_part(annotation: &Annotation, part: usize) -> String {
    match part {
        0 => format!("annotation-{}", annotation.id),
        _ => format!("annotation-{}.{}", annotation.id, part + 1),
    }
}

/// The name of the anchor at a position in code points.
fn anchor(position: u32) -> String {
    format!("at-{position}")
}

/// One file.
struct Edition<'e> {
    page: &'e Page<'e>,
    annotations: &'e [&'e Annotation],
    tree: Tree<'e>,
    losses: &'e mut Vec<Loss>,
}

impl Edition<'_> {
    fn write(mut self) -> Result<(), ExchangeError> {
        let document = self.page.document;
        if is_changed(&document.title) || is_changed(self.page.text()) {
            self.losses.push(Loss::once(Lost::Characters).about(held(&document.title)));
        }
        self.tree.open("TEI", &[("xmlns", "http://www.tei-c.org/ns/1.0")])?;
        self.header()?;
        self.text()?;
        if !self.annotations.is_empty() {
            self.tree.open("standOff", &[])?;
            self.spans()?;
            self.relations()?;
            self.tree.close()?;
        }
        self.tree.end()?;
        Ok(())
    }

    fn header(&mut self) -> Result<(), ExchangeError> {
        let (page, tree) = (self.page, &mut self.tree);
        let document = page.document;
        tree.open("teiHeader", &[])?;
        tree.open("fileDesc", &[])?;
        tree.open("titleStmt", &[])?;
        tree.leaf("title", &[], &document.title)?;
        let coders: BTreeSet<&str> = self.annotations.iter().map(|one| one.coder.name()).collect();
        for (number, coder) in coders.into_iter().enumerate() {
            tree.open("respStmt", &[("xml:id", &format!("coder-{}", number + 1))])?;
            tree.leaf("resp", &[], "annotation")?;
            tree.leaf("name", &[], coder)?;
            tree.close()?;
        }
        tree.close()?;
        tree.open("publicationStmt", &[])?;
        tree.leaf("publisher", &[], page.project.title())?;
        tree.leaf("idno", &[("type", "UUID")], &document.id.to_string())?;
        tree.leaf("idno", &[("type", "SHA-256")], &document.sha256)?;
        tree.close()?;
        tree.open("sourceDesc", &[])?;
        tree.leaf("p", &[], &document.source.path)?;
        tree.close()?;
        tree.close()?;
        tree.open("encodingDesc", &[])?;
        tree.open("appInfo", &[])?;
        tree.open("application", &[("ident", "hashiya"), ("version", env!("CARGO_PKG_VERSION"))])?;
        tree.leaf("label", &[], "Hashiya")?;
        tree.close()?;
        tree.close()?;
        self.taxonomy()?;
        self.tree.close()?;
        Ok(self.tree.close()?)
    }

    /// The tags, those that the codebook does not have after the others.
    fn taxonomy(&mut self) -> Result<(), ExchangeError> {
        let codebook = self.page.project.codebook();
        let used = self.annotations.iter().flat_map(|annotation| &annotation.tags).copied();
        let unknown: BTreeSet<TagId> = used.filter(|tag| codebook.get(*tag).is_none()).collect();
        let has_untagged = self.annotations.iter().any(|annotation| annotation.tags.is_empty());
        if codebook.tags().is_empty() && unknown.is_empty() && !has_untagged {
            return Ok(());
        }
        self.tree.open("classDecl", &[])?;
        self.tree.open("taxonomy", &[("xml:id", "codebook")])?;
        let mut seen = BTreeSet::new();
        let is_root = |tag: &&Tag| tag.parent.is_none_or(|parent| codebook.get(parent).is_none());
        for tag in codebook.tags().iter().filter(is_root) {
            category(&mut self.tree, codebook, tag, &mut seen)?;
        }
        // What stands under itself has no root.
        for tag in codebook.tags() {
            category(&mut self.tree, codebook, tag, &mut seen)?;
        }
        for tag in unknown {
            plain_category(&mut self.tree, &name_of_tag(tag), &tag.to_string())?;
        }
        if has_untagged {
            plain_category(&mut self.tree, "untagged", UNTAGGED)?;
        }
        self.tree.close()?;
        Ok(self.tree.close()?)
    }

    /// The text with its anchors, all in one block.
    fn text(&mut self) -> Result<(), ExchangeError> {
        let page = self.page;
        let mut places: BTreeSet<usize> = BTreeSet::new();
        for span in self.annotations.iter().flat_map(|annotation| &annotation.spans) {
            places.extend([span.start.index(), span.end.index()]);
        }
        self.tree.open("text", &[])?;
        self.tree.open("body", &[])?;
        let out = self.tree.mixed("ab", &[("xml:space", "preserve")])?;
        let text = page.text();
        let mut from = 0;
        for place in places.into_iter().map(Some).chain([None]) {
            let mut lines = text[from..place.unwrap_or(text.len())].split('\n');
            write_escaped(out, lines.next().unwrap_or_default())?;
            for line in lines {
                out.write_all(b"<lb/>")?;
                write_escaped(out, line)?;
            }
            let Some(place) = place else { break };
            let at = page.units.place(crate::model::ByteOffset::at(place));
            let misfit =
                || ExchangeError::Unsound(format!("a span of «{}» does not fit its text", page.title()));
            let name = anchor(at.ok_or_else(misfit)?.code_points.0);
            write!(out, "<anchor xml:id=\"{name}\"/>")?;
            from = place;
        }
        self.tree.end_mixed("ab")?;
        self.tree.close()?;
        Ok(self.tree.close()?)
    }

    fn spans(&mut self) -> Result<(), ExchangeError> {
        let coders: BTreeSet<&str> = self.annotations.iter().map(|one| one.coder.name()).collect();
        let coders: Vec<&str> = coders.into_iter().collect();
        self.tree.open("spanGrp", &[("type", "annotation")])?;
        for annotation in self.annotations {
            self.tell_characters(annotation);
            let coder = coders.partition_point(|coder| *coder < annotation.coder.name()) + 1;
            let tags: Vec<String> = match annotation.tags.as_slice() {
                [] => vec!["#untagged".to_owned()],
                tags => tags.iter().map(|&tag| format!("#{}", name_of_tag(tag))).collect(),
            };
            let (tags, coder) = (tags.join(" "), format!("#coder-{coder}"));
            for (number, span) in annotation.spans.iter().enumerate() {
                let (start, end) = self.page.positions(Unit::CodePoints, *span)?;
                let (from, to) = (format!("#{}", anchor(start)), format!("#{}", anchor(end)));
                let name = name_of_part(annotation, number);
                let mut attributes = vec![("xml:id", name.as_str()), ("from", &from), ("to", &to)];
                attributes.extend([("ana", tags.as_str()), ("resp", &coder)]);
                let next = format!("#{}", name_of_part(annotation, number + 1));
                if number + 1 < annotation.spans.len() {
                    attributes.push(("next", &next));
                }
                let before = format!("#{}", name_of_part(annotation, number.saturating_sub(1)));
                if number > 0 {
                    attributes.push(("prev", &before));
                    self.tree.empty("span", &attributes)?;
                    continue;
                }
                self.tree.open("span", &attributes)?;
                said_of(&mut self.tree, annotation)?;
                self.tree.close()?;
            }
        }
        Ok(self.tree.close()?)
    }

    /// Tells where XML cannot hold what is said of an annotation.
    fn tell_characters(&mut self, annotation: &Annotation) {
        let tags = annotation.tags.iter().map(|&tag| tag_name(self.page.project, tag));
        let attributes = annotation.attributes.iter().flat_map(|(key, value)| [key.into(), value.into()]);
        let relations = annotation.relations.iter().map(|relation| (&relation.kind).into());
        let others = [(&annotation.note).into(), annotation.coder.name().into()];
        let quote = [Cow::Borrowed(&*annotation.quote.exact)];
        for text in quote.into_iter().chain(tags).chain(attributes).chain(relations).chain(others) {
            if let Cow::Owned(text) = held(&text) {
                self.losses.push(Loss::of(annotation.id, Lost::Characters).about(text));
            }
        }
    }

    fn relations(&mut self) -> Result<(), ExchangeError> {
        let mut is_open = false;
        for annotation in self.annotations {
            for relation in &annotation.relations {
                if !self.page.holds(relation.target) {
                    self.losses.push(Loss::of(annotation.id, Lost::Target).about(&relation.kind));
                    continue;
                }
                if !is_open {
                    self.tree.open("listRelation", &[])?;
                    is_open = true;
                }
                let active = format!("#{}", name_of_part(annotation, 0));
                let passive = format!("#annotation-{}", relation.target);
                let attributes = [("name", "relation"), ("active", &*active), ("passive", &*passive)];
                self.tree.open("relation", &attributes)?;
                self.tree.leaf("desc", &[], &relation.kind)?;
                self.tree.close()?;
            }
        }
        if is_open {
            self.tree.close()?;
        }
        Ok(())
    }
}

/// A tag with those under it.
fn category(
    tree: &mut Tree<'_>,
    codebook: &Codebook,
    tag: &Tag,
    seen: &mut BTreeSet<TagId>,
) -> Result<(), ExchangeError> {
    if !seen.insert(tag.id) {
        return Ok(());
    }
    let color = format!("color: {}", tag.color);
    tree.open("category", &[("xml:id", &name_of_tag(tag.id)), ("style", &color)])?;
    tree.open("catDesc", &[])?;
    tree.leaf("term", &[], &tag.name)?;
    if !tag.definition.is_empty() {
        tree.leaf("gloss", &[], &tag.definition)?;
    }
    tree.close()?;
    for child in codebook.tags().iter().filter(|child| child.parent == Some(tag.id)) {
        category(tree, codebook, child, seen)?;
    }
    Ok(tree.close()?)
}

/// A category that is no tag of the codebook.
fn plain_category(tree: &mut Tree<'_>, id: &str, name: &str) -> Result<(), ExchangeError> {
    tree.open("category", &[("xml:id", id)])?;
    tree.open("catDesc", &[])?;
    tree.leaf("term", &[], name)?;
    tree.close()?;
    Ok(tree.close()?)
}

/// What stands in a span: the note, and what TEI has no element for.
fn said_of(tree: &mut Tree<'_>, annotation: &Annotation) -> Result<(), ExchangeError> {
    if !annotation.note.is_empty() {
        tree.leaf("note", &[], &annotation.note)?;
    }
    let string = |tree: &mut Tree<'_>, name: &str, value: &str| -> Result<(), ExchangeError> {
        tree.open("f", &[("name", name)])?;
        tree.leaf("string", &[], value)?;
        Ok(tree.close()?)
    };
    tree.open("fs", &[("type", "made")])?;
    string(tree, "created", &annotation.created.to_string())?;
    string(tree, "modified", &annotation.modified.to_string())?;
    tree.close()?;
    for (key, value) in &annotation.attributes {
        tree.open("fs", &[("type", "attribute")])?;
        string(tree, "key", key)?;
        string(tree, "value", value)?;
        tree.close()?;
    }
    Ok(())
}
