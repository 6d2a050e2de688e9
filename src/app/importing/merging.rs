//! From placed marks to annotations of a project: what is there already is recognised, and changed where the file says something else.

use std::collections::{HashMap, HashSet};

use super::asks::Asks;
use super::report::{Case, Report, called};
use crate::app::TAG_COLORS;
use crate::exchange::{ExchangeError, Imported, ImportedAnnotation, ImportedDocument, Lost};
use crate::model::{
    Annotation, AnnotationId, AnnotationTable, Coder, Document, DocumentId, Edit, Project, Relation, Span,
    Stamps, Tag, TagId,
};

/// A tag that the codebook does not have yet.
pub(super) struct NewTag {
    tag: Tag,
    /// Whether the file lists it among its tags; else marks alone name it.
    is_listed: bool,
}

/// The edits that add tags: those that the file lists, and those that the annotations have that are put.
pub(super) fn edits_of(tags: Vec<NewTag>, project: &Project, edits: &[Edit]) -> Vec<Edit> {
    let mut used: HashSet<TagId> = HashSet::new();
    for edit in edits {
        if let Edit::PutAnnotation(annotation) = edit {
            used.extend(&annotation.tags);
        }
    }
    let wanted = tags.into_iter().filter(|new| new.is_listed || used.contains(&new.tag.id));
    let at = project.codebook().tags().len();
    wanted.enumerate().map(|(number, new)| Edit::PutTag { at: at + number, tag: new.tag }).collect()
}

/// The ids of all tags that a file names, and those of them that the codebook does not have.
pub(super) fn new_tags(
    project: &Project,
    imported: &Imported,
    stamps: &mut dyn Stamps,
    report: &mut Report,
) -> (HashMap<String, TagId>, Vec<NewTag>) {
    let codebook = project.codebook();
    let mut ids: HashMap<String, TagId> = HashMap::new();
    let mut new_tags: Vec<NewTag> = Vec::new();
    let mut shortcuts: HashSet<char> = codebook.tags().iter().filter_map(|tag| tag.shortcut).collect();
    let color = |number: usize| TAG_COLORS[(codebook.tags().len() + number) % TAG_COLORS.len()];
    let mut add = |ids: &mut HashMap<String, TagId>, tag: Tag, is_listed: bool| {
        ids.insert(tag.name.clone(), tag.id);
        new_tags.push(NewTag { tag, is_listed });
        new_tags.len()
    };
    let mut added = 0;
    for tag in &imported.tags {
        if ids.contains_key(&tag.name) || tag.name.trim().is_empty() {
            continue;
        }
        let known = codebook.named(&tag.name).or_else(|| codebook.get(tag.id?));
        if let Some(known) = known {
            ids.insert(tag.name.clone(), known.id);
            let differs = tag.color.is_some_and(|color| color != known.color)
                || !tag.definition.is_empty() && tag.definition != known.definition;
            if differs || tag.name != known.name {
                report.cases.push(Case::OtherTag { tag: known.name.clone(), called: tag.name.clone() });
            }
            continue;
        }
        // A tag that its codebook did not have goes by its id, and is in no codebook here either.
        if tag.name.parse::<TagId>().is_ok() {
            continue;
        }
        let id = tag.id.filter(|id| !ids.values().any(|other| other == id));
        let new = Tag {
            id: id.unwrap_or_else(|| stamps.tag_id()),
            name: tag.name.clone(),
            color: tag.color.unwrap_or_else(|| color(added)),
            shortcut: tag.shortcut.filter(|shortcut| shortcuts.insert(*shortcut)),
            // Parents stand before what is under them, or are not there.
            parent: tag.parent.as_ref().and_then(|parent| ids.get(parent).copied()),
            definition: tag.definition.clone(),
            withdrawn: false,
        };
        added = add(&mut ids, new, true);
    }
    let used = imported.documents.iter().flat_map(|document| &document.annotations);
    for name in used.flat_map(|annotation| &annotation.tags) {
        if ids.contains_key(name) || name.trim().is_empty() {
            continue;
        }
        // A tag that its codebook did not have goes by its id.
        let id = codebook.named(name).map(|tag| tag.id).or_else(|| name.parse().ok());
        if let Some(id) = id {
            ids.insert(name.clone(), id);
            continue;
        }
        let new = Tag {
            id: stamps.tag_id(),
            name: name.clone(),
            color: color(added),
            shortcut: None,
            parent: None,
            definition: String::new(),
            withdrawn: false,
        };
        added = add(&mut ids, new, false);
    }
    (ids, new_tags)
}

/// Where a mark is put.
pub(super) struct Put {
    /// Its parts.
    pub spans: Vec<Span>,
    /// What there is to tell of that, by its place among the report's cases.
    pub case: Option<usize>,
}

/// One document of a file, placed, on its way to annotations.
pub(super) struct Merged<'a> {
    /// What the document has already.
    pub table: &'a AnnotationTable,
    pub document: &'a Document,
    pub imported: &'a ImportedDocument,
    /// Where each mark is put; none for one that is left out.
    pub placed: Vec<Option<Put>>,
    pub tags: &'a HashMap<String, TagId>,
    /// What the format of the file has no place for.
    pub without: &'static [Lost],
    /// The tag whose name that format has for annotations without tags, where there is one.
    pub reserved: Option<TagId>,
    pub coder: &'a Coder,
    /// The documents that have the annotations of these ids: in others they cannot be given again.
    pub taken: &'a mut HashMap<AnnotationId, DocumentId>,
    pub stamps: &'a mut dyn Stamps,
    pub report: &'a mut Report,
    pub asks: &'a Asks<'a>,
}

/// The annotations that are new or changed.
///
/// # Errors
/// When it was told to stop.
pub(super) fn merge(mut merging: Merged<'_>) -> Result<Vec<Annotation>, ExchangeError> {
    let placed = std::mem::take(&mut merging.placed);
    let marks: Vec<(&ImportedAnnotation, Put)> = merging
        .imported
        .annotations
        .iter()
        .zip(placed)
        .filter_map(|(mark, put)| Some((mark, put?)))
        .collect();
    // First every mark gets its id, so that relations can point to any.
    let mut met: HashSet<AnnotationId> = HashSet::new();
    let mut found: Vec<Option<AnnotationId>> = Vec::with_capacity(marks.len());
    for (mark, put) in &marks {
        let id = merging.known(mark, &put.spans, &met);
        met.extend(id);
        found.push(id);
    }
    // How many marks at each place are still nobody's.
    let mut open: HashMap<&[Span], usize> = HashMap::new();
    for ((_, put), _) in marks.iter().zip(&found).filter(|(_, id)| id.is_none()) {
        *open.entry(&put.spans).or_default() += 1;
    }
    let mut ids: Vec<AnnotationId> = Vec::with_capacity(marks.len());
    for ((mark, put), found) in marks.iter().zip(found) {
        let likely = || merging.edited(mark, &put.spans, open[put.spans.as_slice()] == 1, &met);
        let id = found.or_else(likely).unwrap_or_else(|| merging.stamps.annotation_id());
        if let Some(case) = put.case {
            merging.report.about.insert(case, (merging.document.id, id));
        }
        met.insert(id);
        merging.taken.insert(id, merging.document.id);
        ids.push(id);
    }
    // Who knows some of the document's annotations by their ids has seen all of them, or a part.
    if marks.iter().any(|(mark, _)| mark.id.is_some_and(|id| merging.table.get(id).is_some())) {
        merging.report.absent += merging.table.iter().filter(|there| !met.contains(&there.id)).count();
    }
    let keys: HashMap<&str, AnnotationId> = marks
        .iter()
        .zip(&ids)
        .flat_map(|((mark, _), &id)| mark.keys.iter().map(move |key| (key.as_str(), id)))
        .collect();
    let mut changed = Vec::new();
    for ((mark, Put { spans, .. }), id) in marks.into_iter().zip(ids) {
        merging.asks.step()?;
        let relations = merging.relations((mark, &spans), &keys, &met, id);
        let before = merging.table.get(id);
        let annotation = merging.annotation(mark, spans, id, relations);
        match before {
            None => {
                merging.report.added += 1;
                changed.push(annotation);
            }
            Some(before) if is_same(before, &annotation) => merging.report.same += 1,
            Some(before) if mark.modified.is_some_and(|modified| modified < before.modified) => {
                let (name, quote) = (called(merging.imported, mark), before.quote.exact.to_string());
                merging.report.tell(Case::Newer { name, quote }, merging.document.id, id);
            }
            Some(before) => {
                merging.report.changed += 1;
                // A time that did not move on says nothing about the change.
                let moved_on = annotation.modified > before.modified;
                let modified = if moved_on { annotation.modified } else { merging.stamps.now() };
                changed.push(Annotation { modified, ..annotation });
            }
        }
    }
    Ok(changed)
}

/// Whether a file says nothing new of an annotation.
fn is_same(before: &Annotation, after: &Annotation) -> bool {
    Annotation { modified: before.modified, ..after.clone() } == *before
}

/// From the beginning of the first part to the end of the last.
fn extent(spans: &[Span]) -> Span {
    Span { start: spans[0].start, end: spans[spans.len() - 1].end }
}

impl Merged<'_> {
    /// Whether an annotation of another document has an id.
    fn is_taken(&self, id: AnnotationId) -> bool {
        self.taken.get(&id).is_some_and(|document| *document != self.document.id)
    }

    fn tag_ids(&self, mark: &ImportedAnnotation) -> Vec<TagId> {
        let mut tags: Vec<TagId> = Vec::new();
        for id in mark.tags.iter().filter_map(|name| self.tags.get(name)) {
            if !tags.contains(id) {
                tags.push(*id);
            }
        }
        tags
    }

    /// Whose a mark is.
    fn coder(&self, mark: &ImportedAnnotation) -> Coder {
        mark.coder.as_deref().map_or_else(|| self.coder.clone(), Coder::new)
    }

    /// The id of a mark: the file's, or that of the same mark of the same coder in the project.
    fn known(
        &self,
        mark: &ImportedAnnotation,
        spans: &[Span],
        met: &HashSet<AnnotationId>,
    ) -> Option<AnnotationId> {
        if let Some(id) = mark.id.filter(|id| !met.contains(id) && !self.is_taken(*id)) {
            return Some(id);
        }
        let (tags, coder) = (self.tag_ids(mark), self.coder(mark));
        let same = self.table.overlapping(extent(spans)).find(|there| {
            there.spans == spans
                && there.tags == tags
                && coder == there.coder
                && mark.note.as_ref().is_none_or(|note| note.is_empty() || *note == there.note)
                && !met.contains(&there.id)
        });
        same.map(|there| there.id)
    }

    /// The id of the mark in the project that a mark without an id is, with something changed in the file: the one of the same coder with the
    /// same tags at the same place; and in a file that the project's own export became, the only one at a place where the file has only this one.
    fn edited(
        &self,
        mark: &ImportedAnnotation,
        spans: &[Span],
        is_alone: bool,
        met: &HashSet<AnnotationId>,
    ) -> Option<AnnotationId> {
        let (tags, coder) = (self.tag_ids(mark), self.coder(mark));
        let there = self.table.overlapping(extent(spans));
        let there: Vec<&Annotation> = there
            .map(|there| &**there)
            .filter(|there| there.spans == spans && !met.contains(&there.id))
            .collect();
        let is_ours = self.imported.id == Some(self.document.id);
        let same = there.iter().find(|there| there.coder == coder && there.tags == tags);
        same.or(there.first().filter(|_| is_ours && is_alone && there.len() == 1)).map(|there| there.id)
    }

    /// Whether a text of the project reads in the file as another does: the same, or with a stand-in for each character that the format cannot hold.
    fn reads_as(&self, here: &str, there: &str) -> bool {
        let stand_in =
            |c: char| if c.is_control() || c == '\u{fffe}' || c == '\u{ffff}' { '\u{fffd}' } else { c };
        here == there
            || self.without.contains(&Lost::Characters)
                && here.chars().map(stand_in).eq(there.chars().map(stand_in))
    }

    /// The note of a mark.
    fn note(&self, before: Option<&Annotation>, mark: &ImportedAnnotation) -> String {
        match (&mark.note, before) {
            (Some(note), Some(before)) if !self.reads_as(&before.note, note) => note.clone(),
            (_, Some(before)) => before.note.clone(),
            (note, None) => note.clone().unwrap_or_default(),
        }
    }

    /// The attributes of a mark.
    fn attributes(
        &self,
        before: Option<&Annotation>,
        said: Option<Vec<(String, String)>>,
    ) -> Vec<(String, String)> {
        let (Some(said), Some(before)) = (&said, before) else {
            return said.or_else(|| Some(before?.attributes.clone())).unwrap_or_default();
        };
        let is_same = said.len() == before.attributes.len()
            && said
                .iter()
                .zip(&before.attributes)
                .all(|(there, here)| self.reads_as(&here.0, &there.0) && self.reads_as(&here.1, &there.1));
        if is_same { before.attributes.clone() } else { said.clone() }
    }

    /// The parts of a mark: those that it has already, where the format has no place for parts and the file has their whole extent.
    fn spans(&self, before: Option<&Annotation>, spans: Vec<Span>) -> Vec<Span> {
        let is_whole = |before: &&Annotation| before.spans.len() > 1 && spans == [extent(&before.spans)];
        let before = before.filter(is_whole).filter(|_| self.without.contains(&Lost::Parts));
        before.map_or(spans, |before| before.spans.clone())
    }

    /// The tags of a mark, and the one that it has already and that the format has no name for.
    fn all_tags(&self, before: Option<&Annotation>, mark: &ImportedAnnotation) -> Vec<TagId> {
        let mut tags = self.tag_ids(mark);
        let Some(before) = before else { return tags };
        tags.extend(self.reserved.filter(|tag| before.tags.contains(tag) && !tags.contains(tag)));
        let is_same = tags.len() == before.tags.len() && tags.iter().all(|tag| before.tags.contains(tag));
        if is_same && self.reserved.is_some() { before.tags.clone() } else { tags }
    }

    /// The relations of a mark; of one that is there already also those to what the file does not hold.
    fn relations(
        &mut self,
        (mark, spans): (&ImportedAnnotation, &[Span]),
        keys: &HashMap<&str, AnnotationId>,
        met: &HashSet<AnnotationId>,
        id: AnnotationId,
    ) -> Option<Vec<Relation>> {
        let said = mark.relations.as_ref()?;
        let mut relations = Vec::with_capacity(said.len());
        for (kind, target) in said {
            let known = || target.parse().ok().filter(|id| self.table.get(*id).is_some());
            match keys.get(target.as_str()).copied().or_else(known) {
                Some(target) => relations.push(Relation { kind: kind.clone(), target }),
                None => {
                    let (name, kind) = (called(self.imported, mark), kind.clone());
                    let quote = self.document.text.quote(spans).exact.to_string();
                    self.report.tell(Case::NoTarget { name, quote, kind }, self.document.id, id);
                }
            }
        }
        let Some(before) = self.table.get(id) else { return Some(relations) };
        // Label Studio has none between what two coders marked; other formats none to what they do not hold.
        let is_between = |target: AnnotationId| {
            let target = self.table.get(target);
            self.without.contains(&Lost::Relations)
                && target.is_some_and(|target| target.coder != before.coder)
        };
        let is_kept = |relation: &&Relation| !met.contains(&relation.target) || is_between(relation.target);
        let kept: Vec<Relation> = before.relations.iter().filter(is_kept).cloned().collect();
        relations.extend(kept);
        // Their order is nothing that was said anew.
        let is_there = |relation: &Relation| {
            let mut there = before.relations.iter();
            there.any(|there| there.target == relation.target && self.reads_as(&there.kind, &relation.kind))
        };
        let is_same = relations.len() == before.relations.len() && relations.iter().all(is_there);
        Some(if is_same { before.relations.clone() } else { relations })
    }

    fn annotation(
        &mut self,
        mark: &ImportedAnnotation,
        spans: Vec<Span>,
        id: AnnotationId,
        relations: Option<Vec<Relation>>,
    ) -> Annotation {
        let now = self.stamps.now();
        let before = self.table.get(id).map(|before| &**before);
        let spans = self.spans(before, spans);
        let created = mark.created.or(before.map(|before| before.created)).unwrap_or(now);
        let mut attributes = mark.attributes.clone();
        // A name that says nothing cannot be a tag, and is kept all the same.
        for blank in mark.tags.iter().filter(|name| name.trim().is_empty()) {
            attributes.get_or_insert_default().push(("tag".to_owned(), blank.clone()));
        }
        Annotation {
            id,
            document: self.document.id,
            quote: self.document.text.quote(&spans),
            spans,
            tags: self.all_tags(before, mark),
            note: self.note(before, mark),
            attributes: self.attributes(before, attributes),
            relations: relations
                .or_else(|| before.map(|before| before.relations.clone()))
                .unwrap_or_default(),
            coder: match (&mark.coder, before) {
                (Some(coder), _) => Coder::new(coder),
                (None, Some(before)) => before.coder.clone(),
                (None, None) => self.coder.clone(),
            },
            created,
            modified: mark.modified.or(before.map(|before| before.modified)).unwrap_or(now.max(created)),
        }
    }
}
