//! `info`: what is in a project.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::failure::Failure;
use super::listing::{count, one_line};
use super::project;
use crate::model::{Coder, DocumentId, Project, ProjectId, Size, TagId};
use crate::store::{self, Summary};

/// The verb `info`.
#[derive(Debug, Args)]
pub struct Info {
    /// The project, or a folder of documents
    project: PathBuf,

    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Info {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let opened = project::read(&self.project)?;
        let summary = store::summary(&opened.session.place(), &opened.project, &opened.report.coders);
        if self.json {
            serde_json::to_writer(&mut *out, &described(&opened.project, &summary))?;
            writeln!(out)?;
            return Ok(());
        }
        listed(&opened.project, &summary, out)
    }
}

/// A project as it is printed with `--json`.
#[derive(Serialize)]
struct Described<'p> {
    id: ProjectId,
    title: &'p str,
    documents: Vec<DescribedDocument<'p>>,
    tags: Vec<DescribedTag<'p>>,
    annotations: usize,
    coders: &'p [Coder],
}

#[derive(Serialize)]
struct DescribedDocument<'p> {
    id: DocumentId,
    title: &'p str,
    /// The name of its text in the project's `documents` folder.
    file: &'p str,
    /// Its length in code points.
    chars: usize,
    encoding: &'p str,
    annotations: usize,
}

#[derive(Serialize)]
struct DescribedTag<'p> {
    id: TagId,
    name: &'p str,
    /// The tag it stands under, or null.
    parent: Option<TagId>,
    /// How many annotations carry it.
    count: usize,
}

fn described<'p>(project: &'p Project, summary: &'p Summary) -> Described<'p> {
    let documents = project.documents().iter().map(|document| DescribedDocument {
        id: document.id,
        title: &document.title,
        file: &document.file,
        chars: document.text.chars().count(),
        encoding: &document.source.encoding,
        annotations: project.table(document.id).len(),
    });
    let tags = project.codebook().tags().iter().map(|tag| DescribedTag {
        id: tag.id,
        name: &tag.name,
        parent: tag.parent,
        count: project.uses(tag.id),
    });
    Described {
        id: project.id(),
        title: project.title(),
        documents: documents.collect(),
        tags: tags.collect(),
        annotations: project.annotation_count(),
        coders: &summary.coders,
    }
}

fn listed(project: &Project, summary: &Summary, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "{}", one_line(project.title()))?;
    writeln!(out)?;
    writeln!(out, "{}", count(project.documents().len(), "document"))?;
    for document in project.documents() {
        let annotations = count(project.table(document.id).len(), "annotation");
        let size = count(document.text.chars().count(), "character");
        let source = &document.source;
        writeln!(out, "  {}", one_line(&document.title))?;
        writeln!(out, "    {annotations}, {size}, {} ({})", one_line(&source.path), source.encoding)?;
    }
    writeln!(out)?;
    writeln!(out, "{}", count(project.codebook().tags().len(), "tag"))?;
    for tag in project.codebook().tags() {
        writeln!(out, "  {} ({})", one_line(&tag.name), count(project.uses(tag.id), "annotation"))?;
    }
    writeln!(out)?;
    writeln!(out, "{}", count(project.annotation_count(), "annotation"))?;
    let names: Vec<String> = summary.coders.iter().map(|coder| one_line(coder.name())).collect();
    writeln!(out, "{}: {}", count(names.len(), "coder"), names.join(", "))?;
    writeln!(out)?;
    writeln!(out, "{} of text, {} on the disk", Size::of(summary.text_bytes), Size::of(summary.disk_bytes))?;
    Ok(())
}
