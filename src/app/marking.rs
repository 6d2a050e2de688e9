//! Marks: making annotations, changing and removing them, going from one to the next.

use std::sync::Arc;

use super::wishes::Message;
use super::workbench::{Perform, Workbench};
use crate::model::{Annotation, AnnotationId, DocumentId, Edit, History, Span, TagId};

impl Workbench {
    /// Selects an annotation; with `reveal`, opens its document and brings it into view.
    pub(super) fn select_annotation(&mut self, document: DocumentId, id: AnnotationId, reveal: bool) {
        let Some(extent) = self
            .project()
            .and_then(|project| project.annotation(document, id))
            .map(|annotation| annotation.extent())
        else {
            return;
        };
        self.annotation = Some((document, id));
        if reveal {
            self.reveal_span(document, extent);
        }
    }

    /// Selects the annotation so many places further in the document; from none, the first or the last.
    pub(super) fn step_annotation(&mut self, by: isize) {
        let Some(document) = self.view.document else { return };
        let Some(project) = self.project() else { return };
        let table = project.table(document);
        let at =
            self.annotation.filter(|(within, _)| *within == document).and_then(|(_, id)| table.position(id));
        let next = match at {
            Some(at) => at.checked_add_signed(by),
            None if by > 0 => Some(0),
            None => table.len().checked_sub(1),
        };
        if let Some(id) = next.and_then(|next| table.nth(next)).map(|annotation| annotation.id) {
            self.select_annotation(document, id, true);
        }
    }

    /// Marks the selected text with a tag and selects the new annotation. Text that the same coder has already marked exactly so
    /// gets the tag added instead.
    pub(super) fn apply_tag(&mut self, tag: TagId) {
        let Some((annotation, is_new)) = self.mark_of_selection() else { return };
        if !is_new && annotation.tags.contains(&tag) {
            self.offering = false;
            self.annotation = Some((annotation.document, annotation.id));
            return;
        }
        let edit = Edit::PutAnnotation(Arc::new(with_tag(annotation.clone(), tag)));
        self.mark(annotation, edit);
    }

    /// Marks the selected text with a new tag of this name, or with the tag that has it already: one undoable edit.
    pub(super) fn apply_new_tag(&mut self, name: &str) {
        let name = name.trim();
        let Some(project) = self.project() else { return };
        if let Some(id) = project.codebook().named(name).map(|tag| tag.id) {
            self.apply_tag(id);
            return;
        }
        let Some((annotation, _)) = self.mark_of_selection() else { return };
        let (at, tag) = self.new_tag(name);
        let put = Edit::PutAnnotation(Arc::new(with_tag(annotation.clone(), tag.id)));
        self.mark(annotation, Edit::Batch(vec![Edit::PutTag { at, tag }, put]));
    }

    fn mark(&mut self, annotation: Annotation, edit: Edit) {
        let place = (annotation.document, annotation.extent());
        if self.perform("edit-tag", Some(place), edit) {
            self.annotation = Some((annotation.document, annotation.id));
            self.offering = false;
            if let Some(selection) = self.selection.as_mut() {
                selection.anchor = selection.focus;
            }
        }
    }

    /// The annotation that marking the selection means: the coder's own on exactly this span, or a new one without tags.
    fn mark_of_selection(&mut self) -> Option<(Annotation, bool)> {
        let span = self.selected_span()?;
        let document = Arc::clone(self.document()?);
        let own = self
            .project()?
            .table(document.id)
            .overlapping(span)
            .find(|other| other.spans == [span] && other.coder == self.coder)
            .map(|other| (**other).clone());
        if let Some(own) = own {
            let now = self.stamps.now();
            return Some((Annotation { modified: now, ..own }, false));
        }
        let now = self.stamps.now();
        let annotation = Annotation {
            id: self.stamps.annotation_id(),
            document: document.id,
            spans: vec![span],
            tags: Vec::new(),
            note: String::new(),
            attributes: Vec::new(),
            relations: Vec::new(),
            coder: self.coder.clone(),
            created: now,
            modified: now,
            quote: document.text.quote(&[span]),
        };
        Some((annotation, true))
    }

    /// Changes an annotation by a function of its copy; `modified` becomes now. Nothing happens where nothing changes.
    fn change(
        &mut self,
        document: DocumentId,
        id: AnnotationId,
        name: &str,
        change: impl FnOnce(&mut Annotation),
    ) {
        self.change_by(History::perform, document, id, name, change);
    }

    fn change_by(
        &mut self,
        by: Perform,
        document: DocumentId,
        id: AnnotationId,
        name: &str,
        change: impl FnOnce(&mut Annotation),
    ) {
        let Some(before) = self.project().and_then(|project| project.annotation(document, id)).cloned()
        else {
            return;
        };
        let mut after = (*before).clone();
        change(&mut after);
        if after != *before && self.or_told(&before) {
            after.modified = self.stamps.now();
            let place = (document, after.extent());
            self.perform_by(by, name, Some(place), Edit::PutAnnotation(Arc::new(after)));
        }
    }

    /// Writes the note of an annotation.
    pub(super) fn set_note(&mut self, document: DocumentId, id: AnnotationId, note: String, by: Perform) {
        self.change_by(by, document, id, "edit-note", |annotation| annotation.note = note);
    }

    /// Puts a tag on an annotation, or takes it off.
    pub(super) fn toggle_tag(&mut self, document: DocumentId, id: AnnotationId, tag: TagId) {
        self.change(document, id, "edit-tags", |annotation| {
            let before = annotation.tags.len();
            annotation.tags.retain(|&other| other != tag);
            if annotation.tags.len() == before {
                annotation.tags.push(tag);
            }
        });
    }

    /// Gives an annotation another extent, as one span.
    pub(super) fn set_ends(&mut self, document: DocumentId, id: AnnotationId, span: Span) {
        let Some(text) =
            self.project().and_then(|project| project.document(document)).map(|found| found.text.clone())
        else {
            return;
        };
        let span = text.widen(span.range());
        self.change(document, id, "edit-ends", |annotation| {
            annotation.spans = vec![span];
            annotation.quote = text.quote(&annotation.spans);
        });
    }

    /// Whether this reader may change an annotation: each coder writes only their own tables, so that two who work on one project never
    /// stand in each other's way.
    pub fn may_change(&self, annotation: &Annotation) -> bool {
        !self.is_read_only() && annotation.coder == self.coder
    }

    /// The same, and where not because it is somebody else's, that is told.
    fn or_told(&mut self, annotation: &Annotation) -> bool {
        let is_own = annotation.coder == self.coder;
        if !is_own {
            let message = Message::new("notice-not-yours").text("owner", annotation.coder.name());
            self.problem(message, Vec::new());
        }
        is_own
    }

    /// Removes an annotation, with the arrows of the same coder that point to it: undo brings back both. Another coder's arrow stays,
    /// since it is theirs, and points to nothing meanwhile.
    pub(super) fn remove_annotation(&mut self, document: DocumentId, id: AnnotationId) {
        let found = self.project().and_then(|project| project.annotation(document, id)).cloned();
        let Some(annotation) = found.filter(|annotation| self.or_told(annotation)) else { return };
        let extent = annotation.extent();
        let Some(project) = self.project() else { return };
        let points = |annotation: &&Arc<Annotation>| {
            annotation.id != id
                && annotation.coder == self.coder
                && annotation.relations.iter().any(|relation| relation.target == id)
        };
        let mut edits: Vec<Edit> = project
            .table(document)
            .iter()
            .filter(points)
            .map(|annotation| {
                let mut without = (**annotation).clone();
                without.relations.retain(|relation| relation.target != id);
                Edit::PutAnnotation(Arc::new(without))
            })
            .collect();
        let removal = Edit::RemoveAnnotation { document, id };
        let edit = if edits.is_empty() {
            removal
        } else {
            edits.push(removal);
            Edit::Batch(edits)
        };
        self.perform("edit-remove-annotation", Some((document, extent)), edit);
    }
}

fn with_tag(mut annotation: Annotation, tag: TagId) -> Annotation {
    if !annotation.tags.contains(&tag) {
        annotation.tags.push(tag);
    }
    annotation
}
