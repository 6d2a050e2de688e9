//! `refi-qda` and `refi-codebook`: what programs for qualitative analysis exchange, <https://www.qdasoftware.org>, QDA-XML 1.0.
//!
//! A project is a zip archive: `project.qde`, and the texts as they are in `sources`. Documents are text sources, parts of annotations plain text
//! selections, tags codes, notes notes, coders users; relations are links, and so are the further parts of an annotation. The schema has a place
//! for attributes at cases only, so an annotation with attributes is a case of its own, whose selection it is. Everything goes by GUIDs: those of
//! documents, tags and annotations are their ids, the others are derived from these, so that they are the same each time and the reader knows
//! them again. A codebook alone is one file.

mod codes;
mod guids;
mod marks;
mod project;
mod reading;
mod writing;

use std::collections::HashMap;

use super::formats::{FormatInfo, Out};
use super::losses::{Lost, told_once};
use super::source::{Asks, only, text};
use super::walk::walk;
use super::xml::{Tree, Xml};
use super::{ExchangeError, Imported, Loss, Options, Progress, Scope, Sink, Source};
use crate::model::Project;

pub(super) const PROJECT: FormatInfo = FormatInfo {
    name: "refi-qda",
    message: "format-refi-qda",
    readers: "Programs for qualitative analysis read it, among them ATLAS.ti, MAXQDA, NVivo, QualCoder and Quirkos: the whole project in one archive.",
    holds: "A zip archive of project.qde and the texts. Marks are plain text selections with a coding for each tag, tags nested codes, notes notes, \
            coders users. Relations are links, and so are the further parts of a mark. A mark with attributes is a case with values of variables. \
            GUIDs are the ids. A character that XML cannot hold is U+FFFD there, and itself in the text; a note with one lies beside the texts. \
            Read, codes of one name are told apart by those they stand under.",
    extension: "qdpx",
    out: Out::File,
    offsets: "code points",
    loses: &[Lost::Target, Lost::Characters, Lost::Codebook],
    byte_order_mark: false,
    write: writing::write,
    read: Some(reading::read),
    rows: None,
};

pub(super) const CODEBOOK: FormatInfo = FormatInfo {
    name: "refi-codebook",
    message: "format-refi-codebook",
    readers: "Programs for qualitative analysis read it, to begin a project with the same codes: the tags alone.",
    holds: "The tags as nested codes with their colours and definitions.",
    extension: "qdc",
    out: Out::File,
    offsets: "–",
    loses: &[Lost::Annotations, Lost::Codebook, Lost::Texts],
    byte_order_mark: false,
    write: write_codebook,
    read: Some(read_codebook),
    rows: None,
};

/// What our files say they come from.
const ORIGIN: &str = concat!("Hashiya ", env!("CARGO_PKG_VERSION"));

fn write_codebook(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    // Nothing of the annotations is written, but a project that does not fit itself is exported in no format.
    walk(project, scope, progress, &mut |page| page.annotations().try_for_each(|one| one.map(|_| ())))?;
    let mut xml = Tree::begin(sink.file("codebook.qdc")?)?;
    let attributes = [("xmlns", "urn:QDA-XML:codebook:1.0"), ("origin", ORIGIN)];
    let (codes, mut losses) = codes::of(project.codebook());
    if codes.is_empty() {
        // The schema wants one code at least; an element without any is what comes nearest.
        xml.empty("CodeBook", &attributes)?;
    } else {
        xml.open("CodeBook", &attributes)?;
        codes::write(&mut xml, &codes)?;
    }
    xml.end()?;
    losses.extend(told_once(project, scope, &[Lost::Annotations, Lost::Texts]));
    Ok(losses)
}

fn read_codebook(source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let name = only(source)?;
    let content = text(source, &name)?;
    let asks = Asks::new(source);
    let mut xml = Xml::new(&name, &content, &asks);
    let mut codes = codes::Codes::default();
    let mut sets: Vec<String> = Vec::new();
    xml.document(&mut |xml, root| {
        if root.name != "CodeBook" {
            return Err(xml.wrong(format!("«{}» begins no codebook", root.name)));
        }
        xml.children(&mut |xml, element| match element.name.as_str() {
            "Codes" => codes.read(xml),
            "Sets" => xml.children(&mut |xml, set| {
                sets.push(format!("«{}»", set.get("name").unwrap_or_default()));
                xml.skip()
            }),
            _ => xml.skip(),
        })
    })?;
    let mut imported = Imported::default();
    if !sets.is_empty() {
        let sets = sets.join(", ");
        imported.remarks.push(format!(
            "left out, because a tag stands in the tree and in no groups besides: sets of codes ({sets})"
        ));
    }
    codes.settle(&mut imported.remarks, &asks)?;
    imported.tags = codes.end(&HashMap::new());
    Ok(imported)
}
