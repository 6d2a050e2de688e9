//! The codebook: adding tags, renaming, recolouring and removing them.

use std::sync::Arc;

use super::wishes::TagDraft;
use super::workbench::Workbench;
use crate::model::{Annotation, Color, Edit, Tag, TagId};

/// The colours that new tags get in turn, and that the tag form offers: of one lightness, so that ink stays readable on their tints.
pub const TAG_COLORS: [Color; 12] = [
    Color([0xb4, 0x53, 0x2a]),
    Color([0x2f, 0x7f, 0xb5]),
    Color([0xc4, 0x8a, 0x1d]),
    Color([0x1f, 0x8f, 0x86]),
    Color([0x5c, 0x8f, 0x3a]),
    Color([0x8a, 0x56, 0xa8]),
    Color([0xc2, 0x4d, 0x72]),
    Color([0x5f, 0x6f, 0xc4]),
    Color([0x8c, 0x6d, 0x46]),
    Color([0x3f, 0x8f, 0x63]),
    Color([0xa9, 0x47, 0x47]),
    Color([0x6b, 0x72, 0x80]),
];

impl Workbench {
    /// A draft for a new tag in the next colour.
    pub(super) fn new_tag_draft(&self, name: &str) -> TagDraft {
        let count = self.project().map_or(0, |project| project.codebook().tags().len());
        TagDraft {
            id: None,
            name: name.to_owned(),
            color: TAG_COLORS[count % TAG_COLORS.len()],
            definition: String::new(),
        }
    }

    /// A new tag at the end of the codebook, in the next colour, and its place.
    pub(super) fn new_tag(&mut self, name: &str) -> (usize, Tag) {
        let draft = self.new_tag_draft(name);
        let at = self.project().map_or(0, |project| project.codebook().tags().len());
        let tag = Tag {
            id: self.stamps.tag_id(),
            name: draft.name,
            color: draft.color,
            shortcut: None,
            parent: None,
            definition: String::new(),
            withdrawn: false,
        };
        (at, tag)
    }

    /// How many annotations of this coder carry a tag, and how many of others.
    pub fn uses(&self, tag: TagId) -> (usize, usize) {
        let Some(project) = self.project() else { return (0, 0) };
        let is_own =
            |annotation: &Annotation| annotation.coder == self.coder && annotation.tags.contains(&tag);
        let own = project.annotations().filter(|(_, annotation)| is_own(annotation)).count();
        (own, project.uses(tag).saturating_sub(own))
    }

    /// Adds the drafted tag, or changes the one it was drafted from.
    pub(super) fn put_tag(&mut self, draft: TagDraft) {
        let name = draft.name.trim().to_owned();
        let known = self.project().and_then(|project| {
            let id = draft.id?;
            Some((project.codebook().position(id)?, project.codebook().get(id)?.clone()))
        });
        let (at, tag) = match known {
            // Whoever works on a tag that was withdrawn takes it back into use.
            Some((at, tag)) => {
                let (color, definition) = (draft.color, draft.definition);
                (at, Tag { name, color, definition, withdrawn: false, ..tag })
            }
            None => {
                let (at, tag) = self.new_tag(&name);
                (at, Tag { color: draft.color, definition: draft.definition, ..tag })
            }
        };
        let unchanged = self.project().is_some_and(|project| project.codebook().get(tag.id) == Some(&tag));
        if unchanged || self.perform("edit-codebook", None, Edit::PutTag { at, tag }) {
            self.dialog = None;
        }
    }

    /// Removes a tag, also from every annotation of this coder that carries it: one undoable edit. While annotations of others carry it,
    /// it stays and is marked as withdrawn.
    pub(super) fn remove_tag(&mut self, tag: TagId) {
        let Some(project) = self.project() else { return };
        let carriers: Vec<Arc<Annotation>> = project
            .annotations()
            .filter(|(_, annotation)| annotation.tags.contains(&tag) && annotation.coder == self.coder)
            .map(|(_, annotation)| Arc::clone(annotation))
            .collect();
        let others = project.uses(tag).saturating_sub(carriers.len());
        let known = project.codebook().position(tag).zip(project.codebook().get(tag).cloned());
        let now = self.stamps.now();
        let mut edits: Vec<Edit> = carriers
            .iter()
            .map(|annotation| {
                let mut after = (**annotation).clone();
                after.tags.retain(|&other| other != tag);
                after.modified = now;
                Edit::PutAnnotation(Arc::new(after))
            })
            .collect();
        edits.push(match known {
            Some((at, tag)) if others > 0 => Edit::PutTag { at, tag: Tag { withdrawn: true, ..tag } },
            _ => Edit::RemoveTag(tag),
        });
        if self.perform("edit-remove-tag", None, Edit::Batch(edits)) {
            self.dialog = None;
        }
    }
}
