//! What a format could not hold, each with the annotation it belongs to.
//!
//! A loss names its aspect, so that reading an export back can compare everything else, and the interface can say it in its language.

use std::fmt;

use super::walk::{UNTAGGED, tag_name};
use super::{FormatInfo, Scope};
use crate::model::{AnnotationId, Project, TagId};

/// What was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lost {
    /// The annotation itself: the format has no place for a mark on nothing but white space.
    Whole,
    /// That an annotation has several parts: it is written as one, from the first to the last.
    Parts,
    /// A mark that lies over another one, where a token has one label.
    Overlap,
    /// That a mark begins or ends inside a token.
    Cut,
    /// The note.
    Note,
    /// The attributes.
    Attributes,
    /// The relations.
    Relations,
    /// A relation whose target is not among what is exported, or no longer there.
    Target,
    /// Characters that the format cannot hold.
    Characters,
    /// The end of a value that is too long for a cell.
    Cell,
    /// A tag that is called [`UNTAGGED`], where that is the label of an annotation without tags.
    Untagged,
    /// Once for an export: all annotations, because the format holds tags alone.
    Annotations,
    /// Once for an export: who made the annotations.
    Coder,
    /// Once for an export: when they were made and changed.
    Times,
    /// Once for an export: the ids of the annotations.
    Ids,
    /// Once for an export: order, colours, shortcuts, parents, definitions and ids of the tags, as far as there are any.
    Codebook,
    /// Once for an export: the texts, and documents without annotations.
    Texts,
}

impl Lost {
    /// Every aspect, in the order in which they are told.
    pub const ALL: [Self; 17] = [
        Self::Whole,
        Self::Parts,
        Self::Overlap,
        Self::Cut,
        Self::Note,
        Self::Attributes,
        Self::Relations,
        Self::Target,
        Self::Characters,
        Self::Cell,
        Self::Untagged,
        Self::Annotations,
        Self::Coder,
        Self::Times,
        Self::Ids,
        Self::Codebook,
        Self::Texts,
    ];

    /// The key of its sentence in the interface's messages.
    pub fn message(self) -> &'static str {
        match self {
            Self::Whole => "loss-whole",
            Self::Parts => "loss-parts",
            Self::Overlap => "loss-overlap",
            Self::Cut => "loss-cut",
            Self::Note => "loss-note",
            Self::Attributes => "loss-attributes",
            Self::Relations => "loss-relations",
            Self::Target => "loss-target",
            Self::Characters => "loss-characters",
            Self::Cell => "loss-cell",
            Self::Untagged => "loss-untagged",
            Self::Annotations => "loss-annotations",
            Self::Coder => "loss-coder",
            Self::Times => "loss-times",
            Self::Ids => "loss-ids",
            Self::Codebook => "loss-codebook",
            Self::Texts => "loss-texts",
        }
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole => {
                "annotations that mark nothing but blanks or line breaks: nothing of them is written"
            }
            Self::Parts => {
                "the gaps between the parts of a mark: it is written as one, from the first to the last"
            }
            Self::Overlap => "a mark that lies over another",
            Self::Cut => "that a mark begins or ends inside a token",
            Self::Note => "the note",
            Self::Attributes => "the attributes",
            Self::Relations => "the relations",
            Self::Target => "a relation to an annotation that is not exported",
            Self::Characters => "characters that the format cannot hold",
            Self::Cell => "the end of a value that is too long for a cell",
            Self::Untagged => "a tag called UNTAGGED, which here is the label of what has no tag",
            Self::Annotations => "all annotations: only the tags are written",
            Self::Coder => "who made the annotations",
            Self::Times => "when the annotations were made and changed",
            Self::Ids => "the ids of the annotations",
            Self::Codebook => {
                "the codebook's details: order, colours, shortcuts, parents, definitions and ids of the tags"
            }
            Self::Texts => "documents without annotations, and the texts themselves",
        })
    }
}

/// Something that the project holds and the written format does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The annotation it belongs to; `None` for what is lost once for the whole export.
    pub annotation: Option<AnnotationId>,
    /// What was lost.
    pub lost: Lost,
    /// Which of several, where that is not plain: the kind of a relation, the key of an attribute. Often empty.
    pub detail: String,
}

impl Loss {
    /// A loss of one annotation.
    pub fn of(annotation: AnnotationId, lost: Lost) -> Self {
        Self { annotation: Some(annotation), lost, detail: String::new() }
    }

    /// A loss that is told once for an export.
    pub fn once(lost: Lost) -> Self {
        Self { annotation: None, lost, detail: String::new() }
    }

    /// The same with what it is about.
    pub fn about(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }
}

/// What was lost, in English.
impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.detail.is_empty() {
            self.lost.fmt(f)
        } else {
            write!(f, "{}: «{}»", self.lost, self.detail)
        }
    }
}

/// Of these aspects, which are lost once for an export: those that what is exported has at all.
pub(super) fn told_once(project: &Project, scope: &Scope, lost: &[Lost]) -> Vec<Loss> {
    let has_annotations = scope.annotations(project).next().is_some();
    let is_there = |lost: &&Lost| match lost {
        Lost::Codebook => !project.codebook().tags().is_empty(),
        Lost::Texts => !project.documents().is_empty(),
        _ => has_annotations,
    };
    lost.iter().filter(is_there).map(|&lost| Loss::once(lost)).collect()
}

/// The annotations that lose a tag because it is called like the label of those that have none, and the tag of the codebook.
pub(super) fn of_reserved_label(info: &FormatInfo, project: &Project, scope: &Scope) -> Vec<Loss> {
    if !info.reserves_untagged() {
        return Vec::new();
    }
    let is_reserved = |id| tag_name(project, id) == UNTAGGED;
    let loses = |tags: &[TagId]| tags.iter().any(|&id| is_reserved(id));
    let marked = scope.annotations(project).filter(|(_, annotation)| loses(&annotation.tags));
    marked.map(|(_, annotation)| Loss::of(annotation.id, Lost::Untagged)).collect()
}
