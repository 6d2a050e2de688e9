//! `tag`: a tag on every hit of a search, as one edit that can be undone.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::failure::Failure;
use super::listing::{count, one_line};
use super::matching::Matching;
use super::project;
use crate::app::TAG_COLORS;
use crate::model::{Annotation, Coder, Edit, Project, Stamps, Step, TagId};
use crate::search::{Matcher, Query};
use crate::store::snapshots::Why;
use crate::store::{Opened, SystemStamps};

/// The verb `tag`.
#[derive(Debug, Args)]
pub struct Tag {
    /// The project, or a folder of documents
    project: PathBuf,

    /// The text to search for; any part of a word matches
    query: String,

    /// The name of the tag; it is made when the codebook does not have it
    tag: String,

    #[command(flatten)]
    matching: Matching,

    /// Under whose name the marks are made; the system's user name when left out
    #[arg(long, value_name = "NAME")]
    coder: Option<String>,
}

impl Tag {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let query = self.matching.query(&self.query)?;
        let coder = project::coder(self.coder.as_deref())?;
        let name = self.tag.trim();
        if name.is_empty() {
            return Err(Failure::WrongUse("TAG is empty; give the name of a tag".into()));
        }
        if name.contains(char::is_control) {
            let why = "TAG holds a line break or another control character; give a name on one line";
            return Err(Failure::WrongUse(why.into()));
        }
        let mut opened = project::write(&self.project, &coder)?;
        let plan = Plan::new(&opened.project, &query, name, &coder, &mut SystemStamps);
        let hits = count(plan.hits, "hit");
        let made = count(plan.marks, "annotation");
        if plan.marks > 0 {
            perform(&mut opened, plan.edit)?;
        }
        opened.session.close()?;
        writeln!(out, "{hits}, {made} made with the tag «{}»", one_line(name))?;
        Ok(())
    }
}

/// What tagging comes to in a project.
struct Plan {
    /// How many hits there are.
    hits: usize,
    /// How many of them are not marked so already.
    marks: usize,
    /// The tag, where it is new, and the marks.
    edit: Edit,
}

impl Plan {
    fn new(project: &Project, query: &Query, name: &str, coder: &Coder, stamps: &mut dyn Stamps) -> Self {
        let mut edits = Vec::new();
        let tag = match project.codebook().named(name) {
            Some(tag) => tag.id,
            None => {
                let tag = new_tag(project, name, stamps);
                let id = tag.id;
                edits.push(Edit::PutTag { at: project.codebook().tags().len(), tag });
                id
            }
        };
        let (mut hits, mut marks) = (0, 0);
        let matcher = Matcher::new(query);
        for document in project.documents() {
            let table = project.table(document.id);
            for span in matcher.hits(&document.text) {
                hits += 1;
                // Running the same command again makes no second mark on the same words.
                let already = |annotation: &Arc<Annotation>| {
                    annotation.spans == [span] && annotation.coder == *coder && annotation.tags.contains(&tag)
                };
                if table.overlapping(span).any(already) {
                    continue;
                }
                marks += 1;
                let now = stamps.now();
                edits.push(Edit::PutAnnotation(Arc::new(Annotation {
                    id: stamps.annotation_id(),
                    document: document.id,
                    spans: vec![span],
                    tags: vec![tag],
                    note: String::new(),
                    attributes: Vec::new(),
                    relations: Vec::new(),
                    coder: coder.clone(),
                    created: now,
                    modified: now,
                    quote: document.text.quote(&[span]),
                })));
            }
        }
        Self { hits, marks, edit: Edit::Batch(edits) }
    }
}

fn new_tag(project: &Project, name: &str, stamps: &mut dyn Stamps) -> crate::model::Tag {
    let id: TagId = stamps.tag_id();
    let color = TAG_COLORS[project.codebook().tags().len() % TAG_COLORS.len()];
    crate::model::Tag {
        id,
        name: name.to_owned(),
        color,
        shortcut: None,
        parent: None,
        definition: String::new(),
        withdrawn: false,
    }
}

/// Does the edit, and keeps it on the disk with the step that takes it back.
fn perform(opened: &mut Opened, edit: Edit) -> Result<(), Failure> {
    let step = Step { name: "edit-tag".into(), place: None, edit: Arc::new(edit) };
    let act = opened
        .history
        .perform(&mut opened.project, step)
        .map_err(|why| Failure::Failed(format!("the hits cannot be tagged: {why}; run «hashiya check»")))?;
    // The first save of a day keeps what was there before it.
    opened.session.keep_snapshot(None, Why::Daily, "");
    opened.session.append(act, SystemStamps.now());
    opened.session.save(opened.project.clone(), opened.history.clone());
    Ok(())
}
