//! Taking in annotations that were made elsewhere: from what a file says to one edit of the project, and a report.
//!
//! Documents are matched by id, by text and by name; positions are held against the texts and never taken as they stand when they do not fit;
//! what was marked before is recognised and not doubled. Nothing is changed here: the caller performs the edit.

mod asking;
mod asks;
mod basis;
mod merging;
mod placing;
mod report;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

pub(super) use asking::Prepared;
pub use asking::{Found, ImportPlan, Incoming, importable, read_files};
use asks::Asks;
use basis::{Basis, Pair, recognise};
use merging::{Merged, Put, edits_of, merge, new_tags};
use placing::Placing;
pub use report::{Case, Report, Why};

use crate::exchange::{
    ExchangeError, Imported, ImportedDocument, Lost, Progress, Register, UNTAGGED, Unit, in_one_line,
};
use crate::model::{
    Annotation, AnnotationId, Coder, Document, DocumentId, Edit, EditError, Project, Stamps, relations,
};
use crate::store;

/// How an import is to be made.
#[derive(Clone, Debug)]
pub struct Choices {
    /// Whose the annotations are that the file gives nobody.
    pub coder: Coder,
    /// In what positions count, where a person has said so.
    pub unit: Option<Unit>,
}

/// An import that has not been made yet.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Everything it changes, as one edit.
    pub edit: Edit,
    /// What there is to tell.
    pub report: Report,
}

/// Why nothing can be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The positions fit the texts in no unit.
    #[error(
        "the positions in it fit the texts neither in code points nor in UTF-16 nor in bytes: they belong to other texts"
    )]
    NoUnit,
    /// The positions fit in two units, and mean other places in each.
    #[error(
        "its positions could count {declared} or {other}, and nothing in it tells which; say which with --offsets"
    )]
    Ambiguous {
        /// What the format counts in.
        declared: Unit,
        /// What they could count in as well.
        other: Unit,
    },
    /// Relations of one kind that lead back to where they began.
    #[error("its relations «{}» go round in a circle ({}); take one of them out", in_one_line(.kind), in_one_line(&.names.join(", ")))]
    Circle {
        /// What they say.
        kind: String,
        /// The annotations on it.
        names: Vec<String>,
    },
    /// There is nothing in it; with what the reader of the format passed over.
    #[error("it holds nothing to take in{}; look whether the format is the right one", of_remarks(.0))]
    Nothing(Vec<String>),
    /// None of its documents is in the project.
    #[error("none of its documents is in the project, and it does not hold their texts ({}); add the documents first", in_one_line(&.0.join(", ")))]
    NoDocuments(Vec<String>),
    /// The edit does not fit the project.
    #[error(transparent)]
    Edit(#[from] EditError),
}

/// What was passed over, in brackets.
fn of_remarks(remarks: &[String]) -> String {
    if remarks.is_empty() { String::new() } else { format!(" ({})", in_one_line(&remarks.join("; "))) }
}

/// Holds what was read against a project.
///
/// # Errors
/// When nothing of it can be taken in, or what it says is contradictory.
pub fn plan(
    project: &Project,
    imported: Imported,
    choices: &Choices,
    stamps: &mut dyn Stamps,
) -> Result<Plan, ImportError> {
    plan_asking(project, imported, choices, stamps, &|_, _| ControlFlow::Continue(()))
}

/// [`plan`], telling how many of its steps are done and how many there are, and asking whether to go on.
///
/// # Errors
/// As [`plan`], and with [`ExchangeError::Cancelled`] when the answer is to stop.
pub fn plan_asking(
    project: &Project,
    mut imported: Imported,
    choices: &Choices,
    stamps: &mut dyn Stamps,
    progress: Progress<'_>,
) -> Result<Plan, ImportError> {
    if imported.documents.is_empty() && imported.tags.is_empty() {
        return Err(ImportError::Nothing(imported.remarks));
    }
    let mut report =
        Report { cases: imported.remarks.drain(..).map(Case::Remark).collect(), ..Report::default() };
    for document in &mut imported.documents {
        document.join();
        report.marks += document.annotations.len();
    }
    // Each mark is placed, merged and tried.
    let asks = Asks::new(progress, 3 * report.marks);
    asks.now()?;
    refuse_circles(&imported)?;
    let targets = documents(project, &imported, stamps, &mut report)?;
    let pairs: Vec<Pair<'_>> = imported
        .documents
        .iter()
        .zip(&targets)
        .filter_map(|(imported, target)| Some(Pair { imported, document: Some(target.as_ref()?.document()) }))
        .collect();
    let (basis, is_other) = recognise(&imported, &pairs, choices.unit, &asks)?;
    if is_other {
        if basis.unit != imported.unit {
            report.cases.push(Case::OtherUnit { declared: imported.unit, found: basis.unit });
        }
        if basis.both_ends || basis.mark {
            report.cases.push(Case::OtherLineEnds);
        }
    }
    let (tags, new_tags) = new_tags(project, &imported, stamps, &mut report);
    let mut edits = Vec::new();
    let at = project.documents().len();
    for (number, document) in targets.iter().flatten().filter_map(Target::added).enumerate() {
        report.documents += 1;
        let document = Arc::clone(document);
        edits.push(Edit::InsertDocument { at: at + number, document, annotations: Vec::new() });
    }
    let without = imported.without;
    let reserved = without.contains(&Lost::Untagged).then(|| project.codebook().named(UNTAGGED)).flatten();
    let mut taken = ids_elsewhere(project, &imported, &targets);
    for (imported, target) in imported.documents.iter().zip(&targets) {
        let Some(target) = target else { continue };
        let placed = place(basis, imported, target.document(), &asks, &mut report)?;
        let merged = merge(Merged {
            table: project.table(target.document().id),
            document: target.document(),
            imported,
            placed,
            tags: &tags,
            without,
            reserved: reserved.map(|tag| tag.id),
            coder: &choices.coder,
            taken: &mut taken,
            stamps: &mut *stamps,
            report: &mut report,
            asks: &asks,
        })?;
        edits.extend(merged.into_iter().map(|annotation| Edit::PutAnnotation(Arc::new(annotation))));
    }
    if report.is_in_vain() {
        report.documents = 0;
        return Ok(Plan { edit: Edit::Batch(Vec::new()), report });
    }
    let edits = [edits_of(new_tags, project, &edits), edits].concat();
    let added = |edit: &Edit| match edit {
        Edit::PutTag { tag, .. } => Some(tag.name.clone()),
        _ => None,
    };
    report.tags = edits.iter().filter_map(added).collect();
    if report.absent > 0 {
        report.cases.push(Case::Absent { count: report.absent });
    }
    refuse_new_circles(project, &edits)?;
    // What does not fit is found here, and not half-way through.
    let mut trial = project.clone();
    for edit in &edits {
        asks.step()?;
        trial.apply(edit)?;
    }
    Ok(Plan { edit: Edit::Batch(edits), report })
}

/// Where the marks of a document go.
enum Target {
    /// A document of the project.
    Known(Arc<Document>),
    /// One that the import adds.
    Added(Arc<Document>),
}

impl Target {
    fn document(&self) -> &Document {
        match self {
            Self::Known(document) | Self::Added(document) => document,
        }
    }

    fn added(&self) -> Option<&Arc<Document>> {
        match self {
            Self::Added(document) => Some(document),
            Self::Known(_) => None,
        }
    }
}

/// For each document of the file the one that it is, or a new one of its text; none where there is neither.
fn documents(
    project: &Project,
    imported: &Imported,
    stamps: &mut dyn Stamps,
    report: &mut Report,
) -> Result<Vec<Option<Target>>, ImportError> {
    let mut targets = Vec::with_capacity(imported.documents.len());
    let mut files: HashSet<String> =
        project.documents().iter().map(|document| document.file.to_lowercase()).collect();
    let mut missing = Vec::new();
    let known = Register::new(project);
    for document in &imported.documents {
        if let Some((known, _)) = known.find(document) {
            targets.push(Some(Target::Known(Arc::clone(known))));
            continue;
        }
        let Some(text) = &document.text else {
            let count = document.annotations.len();
            missing.push(document.name.clone());
            report.cases.push(Case::NoDocument { name: document.name.clone(), count });
            targets.push(None);
            continue;
        };
        match new_document(project, document, text, &mut files, stamps) {
            Ok(new) => targets.push(Some(Target::Added(Arc::new(new)))),
            Err(reason) => {
                report.cases.push(Case::BadDocument { name: document.name.clone(), reason });
                targets.push(None);
            }
        }
    }
    let nothing = targets.iter().all(Option::is_none) && !missing.is_empty();
    if nothing { Err(ImportError::NoDocuments(missing)) } else { Ok(targets) }
}

/// A document of a text that a file holds, under the id that the file gives it, unless another has that.
fn new_document(
    project: &Project,
    imported: &ImportedDocument,
    text: &str,
    files: &mut HashSet<String>,
    stamps: &mut dyn Stamps,
) -> Result<Document, String> {
    let name = if imported.name.trim().is_empty() { "document" } else { imported.name.as_str() };
    let source = if name.ends_with(".txt") { name.to_owned() } else { format!("{name}.txt") };
    let mut document = store::document_from_bytes(text.as_bytes(), &source, Some("UTF-8"), stamps)
        .map_err(|why| why.to_string())?;
    let readable = document.file.len() - "-12345678.txt".len();
    let mut id = imported.id.filter(|id| project.document(*id).is_none()).unwrap_or(document.id);
    loop {
        document.file = format!("{}-{}.txt", &document.file[..readable], id.short());
        if files.insert(document.file.to_lowercase()) {
            document.id = id;
            return Ok(document);
        }
        id = stamps.document_id();
    }
}

/// The marks of a document on its text, and nothing for those that are left out.
fn place(
    basis: Basis,
    imported: &ImportedDocument,
    document: &Document,
    asks: &Asks<'_>,
    report: &mut Report,
) -> Result<Vec<Option<Put>>, ExchangeError> {
    let placing = Placing::new(basis, imported, document);
    if placing.is_other_text() {
        report.cases.push(Case::OtherText { title: document.title.clone() });
    }
    let mut places = Vec::with_capacity(imported.annotations.len());
    for placed in placing.place_all(&imported.annotations) {
        asks.step()?;
        match placed {
            Ok(placed) => {
                report.placed += 1;
                let case = placed.case.is_some().then_some(report.cases.len());
                report.cases.extend(placed.case);
                places.push(Some(Put { spans: placed.spans, case }));
            }
            Err(case) => {
                report.cases.push(case);
                places.push(None);
            }
        }
    }
    Ok(places)
}

/// The ids of annotations that the project has in other documents than the file means, with those documents: they cannot be given again.
fn ids_elsewhere(
    project: &Project,
    imported: &Imported,
    targets: &[Option<Target>],
) -> HashMap<AnnotationId, DocumentId> {
    let mut wanted: HashMap<AnnotationId, DocumentId> = HashMap::new();
    for (document, target) in imported.documents.iter().zip(targets) {
        let Some(target) = target else { continue };
        let ids = document.annotations.iter().filter_map(|annotation| annotation.id);
        wanted.extend(ids.map(|id| (id, target.document().id)));
    }
    let there = project.annotations();
    there
        .filter(|(document, annotation)| wanted.get(&annotation.id).is_some_and(|id| *id != document.id))
        .map(|(document, annotation)| (annotation.id, document.id))
        .collect()
}

/// Refuses relations of a file that lead back to where they began.
fn refuse_circles(imported: &Imported) -> Result<(), ImportError> {
    for document in &imported.documents {
        let numbers: HashMap<&str, usize> = document
            .annotations
            .iter()
            .enumerate()
            .flat_map(|(at, annotation)| annotation.keys.iter().map(move |key| (key.as_str(), at)))
            .collect();
        let arrows = document.annotations.iter().enumerate().flat_map(|(at, annotation)| {
            let relations = annotation.relations.iter().flatten();
            relations.filter_map({
                let numbers = &numbers;
                move |(kind, target)| Some((at, kind.as_str(), *numbers.get(target.as_str())?))
            })
        });
        if let Some((kind, round)) = relations::circles(arrows).into_iter().next() {
            let name = |at: &usize| document.annotations[*at].keys.join(", ");
            return Err(ImportError::Circle {
                kind: kind.to_owned(),
                names: round.iter().map(name).collect(),
            });
        }
    }
    Ok(())
}

/// Refuses relations that lead back together with those that the project has already.
fn refuse_new_circles(project: &Project, edits: &[Edit]) -> Result<(), ImportError> {
    let mut changed: BTreeMap<DocumentId, Vec<&Annotation>> = BTreeMap::new();
    for edit in edits {
        if let Edit::PutAnnotation(annotation) = edit {
            changed.entry(annotation.document).or_default().push(annotation);
        }
    }
    for (document, changed) in changed {
        let table = project.table(document);
        let before: HashSet<(String, Vec<AnnotationId>)> = relations::circles(relations::arrows(table))
            .into_iter()
            .map(|(kind, round)| (kind.to_owned(), round))
            .collect();
        let new: HashSet<AnnotationId> = changed.iter().map(|annotation| annotation.id).collect();
        let kept = relations::arrows(table).filter(|(source, _, _)| !new.contains(source));
        let added = changed.iter().flat_map(|annotation| {
            let relations = annotation.relations.iter();
            relations.map(|relation| (annotation.id, relation.kind.as_str(), relation.target))
        });
        let circle = relations::circles(kept.chain(added))
            .into_iter()
            .map(|(kind, round)| (kind.to_owned(), round))
            .find(|circle| !before.contains(circle));
        if let Some((kind, round)) = circle {
            return Err(ImportError::Circle { kind, names: round.iter().map(ToString::to_string).collect() });
        }
    }
    Ok(())
}
