//! What a merge leaves to the reader: two sides of one thing, and what choosing one of them does.

use std::sync::Arc;

use super::order::merge_order;
use super::tags::{codebook_edits, is_on_circle};
use crate::model::{
    Annotation, AnnotationId, Codebook, Coder, Document, DocumentId, Edit, Project, Tag, TagId,
};

/// Which side counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What stands here.
    Mine,
    /// What stands there.
    Theirs,
}

/// Two sides of one thing. What stands here is in the project while nobody has chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Conflict {
    /// An annotation that both changed, or one changed and the other removed.
    Annotation {
        /// Where it lies.
        document: DocumentId,
        /// Which.
        id: AnnotationId,
        /// As it is here; `None` where it was removed.
        mine: Option<Arc<Annotation>>,
        /// As it is there; `None` where it was removed.
        theirs: Option<Arc<Annotation>>,
        /// What it becomes with their side: theirs, with what only this side changed.
        chosen: Option<Arc<Annotation>>,
    },
    /// A tag that both changed, or one changed and the other removed.
    Tag {
        /// As it is here.
        mine: Option<Tag>,
        /// As it is there.
        theirs: Option<Tag>,
        /// What it becomes with their side.
        chosen: Option<Tag>,
    },
    /// Two tags of one name, one from each side. With this side both stay, under two names; with the other they become one tag: theirs.
    TagName {
        /// The tag here.
        mine: Tag,
        /// The tag there.
        theirs: Tag,
    },
    /// Both put the tags in another order.
    TagOrder {
        /// The order here.
        mine: Vec<TagId>,
        /// The order there.
        theirs: Vec<TagId>,
    },
    /// Both gave the project another title.
    Title {
        /// The title here.
        mine: String,
        /// The title there.
        theirs: String,
    },
    /// A document that one side removed while the other worked on it; that both replaced; or that one replaced while the other marked
    /// what has no place in the new text.
    Document {
        /// As it is here; `None` where it was removed.
        mine: Option<Arc<Document>>,
        /// As it is there; `None` where it was removed.
        theirs: Option<Arc<Document>>,
        /// Annotations for which there is no place in the other version.
        lost: Vec<Arc<Annotation>>,
        /// What their side does.
        edit: Edit,
    },
}

impl Conflict {
    pub(super) fn annotation(
        document: DocumentId,
        id: AnnotationId,
        mine: Option<&Arc<Annotation>>,
        theirs: Option<&Arc<Annotation>>,
        chosen: Option<Arc<Annotation>>,
    ) -> Self {
        Self::Annotation { document, id, mine: mine.cloned(), theirs: theirs.cloned(), chosen }
    }

    /// Whether two conflicts are about the same thing: then the later counts.
    pub fn is_about_the_same(&self, other: &Conflict) -> bool {
        let document = |mine: &Option<Arc<Document>>, theirs: &Option<Arc<Document>>| {
            mine.as_ref().or(theirs.as_ref()).map(|document| document.id)
        };
        let tag =
            |mine: &Option<Tag>, theirs: &Option<Tag>| mine.as_ref().or(theirs.as_ref()).map(|tag| tag.id);
        match (self, other) {
            (Self::Annotation { id: one, .. }, Self::Annotation { id: two, .. }) => one == two,
            (Self::Tag { mine, theirs, .. }, Self::Tag { mine: other, theirs: others, .. }) => {
                tag(mine, theirs) == tag(other, others)
            }
            (Self::TagName { mine, theirs }, Self::TagName { mine: other, theirs: others }) => {
                (mine.id, theirs.id) == (other.id, others.id)
            }
            (Self::TagOrder { .. }, Self::TagOrder { .. }) | (Self::Title { .. }, Self::Title { .. }) => true,
            (Self::Document { mine, theirs, .. }, Self::Document { mine: other, theirs: others, .. }) => {
                document(mine, theirs) == document(other, others)
            }
            _ => false,
        }
    }

    /// What choosing a side does to the project as it is by now.
    pub fn edits(&self, side: Side, project: &Project, coder: &Coder) -> Vec<Edit> {
        match (self, side) {
            (Self::TagName { mine, theirs }, Side::Mine) => {
                vec![put_fitting(project.codebook(), theirs.clone(), Some(mine.id))]
            }
            (Self::TagName { mine, theirs }, Side::Theirs) => join(project, mine, theirs, coder),
            (_, Side::Mine) => Vec::new(),
            (Self::Annotation { document, id, chosen, .. }, Side::Theirs) => match chosen {
                Some(chosen) if project.document(*document).is_some() => {
                    vec![Edit::PutAnnotation(Arc::clone(chosen))]
                }
                None if project.annotation(*document, *id).is_some() => {
                    vec![Edit::RemoveAnnotation { document: *document, id: *id }]
                }
                _ => Vec::new(),
            },
            (Self::Tag { mine, chosen, .. }, Side::Theirs) => match (chosen, mine) {
                (Some(chosen), _) => vec![put_fitting(project.codebook(), chosen.clone(), None)],
                (None, Some(mine)) if project.uses(mine.id) > 0 => {
                    vec![put_fitting(project.codebook(), Tag { withdrawn: true, ..mine.clone() }, None)]
                }
                (None, Some(mine)) if project.codebook().get(mine.id).is_some() => {
                    vec![Edit::RemoveTag(mine.id)]
                }
                _ => Vec::new(),
            },
            (Self::TagOrder { theirs, .. }, Side::Theirs) => {
                let tags = project.codebook().tags();
                let now: Vec<TagId> = tags.iter().map(|tag| tag.id).collect();
                let (order, _) = merge_order(&now, &now, theirs, &now.iter().copied().collect());
                let ordered: Vec<Tag> =
                    order.into_iter().filter_map(|id| project.codebook().get(id)).cloned().collect();
                codebook_edits(tags, &ordered)
            }
            (Self::Title { theirs, .. }, Side::Theirs) => vec![Edit::SetTitle(theirs.clone())],
            (Self::Document { mine, theirs, edit, .. }, Side::Theirs) => {
                let id = mine.as_ref().or(theirs.as_ref()).map(|document| document.id);
                let is_there = id.is_some_and(|id| project.document(id).is_some());
                if is_there == mine.is_some() { vec![edit.clone()] } else { Vec::new() }
            }
        }
    }
}

/// Puts a tag in its place, or at the end, under a name that no other has and under no tag that stands under it.
fn put_fitting(codebook: &Codebook, mut tag: Tag, beside: Option<TagId>) -> Edit {
    let is_taken = |name: &str| codebook.named(name).is_some_and(|other| other.id != tag.id);
    if is_taken(&tag.name) {
        let name = (2..).map(|number| format!("{} {number}", tag.name)).find(|name| !is_taken(name));
        tag.name = name.unwrap_or_default();
    }
    let at =
        codebook.position(tag.id).or_else(|| Some(codebook.position(beside?)? + 1)).unwrap_or(usize::MAX);
    let mut above = tag.parent;
    for _ in 0..=codebook.tags().len() {
        let Some(id) = above else { break };
        let parent = codebook.get(id).and_then(|parent| parent.parent);
        if id == tag.id {
            tag.parent = None;
            break;
        }
        if parent == Some(tag.id) {
            // What stands above it stood below it: that goes to the top.
            let Some(other) = codebook.get(id) else { break };
            let freed = Edit::PutTag {
                at: codebook.position(id).unwrap_or(usize::MAX),
                tag: Tag { parent: None, ..other.clone() },
            };
            return Edit::Batch(vec![freed, Edit::PutTag { at, tag }]);
        }
        above = parent;
    }
    Edit::PutTag { at, tag }
}

/// Makes one tag of two: this coder's annotations carry theirs instead of ours.
fn join(project: &Project, mine: &Tag, theirs: &Tag, coder: &Coder) -> Vec<Edit> {
    let mut edits = Vec::new();
    let carriers =
        project.annotations().filter(|(_, one)| one.coder == *coder && one.tags.contains(&mine.id));
    for (_, annotation) in carriers {
        let mut after = (**annotation).clone();
        for tag in &mut after.tags {
            if *tag == mine.id {
                *tag = theirs.id;
            }
        }
        let mut seen = Vec::new();
        after.tags.retain(|tag| {
            !seen.contains(tag) && {
                seen.push(*tag);
                true
            }
        });
        edits.push(Edit::PutAnnotation(Arc::new(after)));
    }
    let codebook = project.codebook();
    let is_others = project.annotations().any(|(_, one)| one.coder != *coder && one.tags.contains(&mine.id));
    let at = codebook.position(mine.id).unwrap_or(usize::MAX);
    let mut after: Vec<Tag> = codebook.tags().iter().filter(|tag| tag.id != theirs.id).cloned().collect();
    if let Some(place) = after.iter().position(|tag| tag.id == mine.id) {
        after[place] = theirs.clone();
        if is_others {
            let name = (2..)
                .map(|number| format!("{} {number}", mine.name))
                .find(|name| codebook.named(name).is_none());
            let name = name.unwrap_or_default();
            after.insert(place + 1, Tag { name, withdrawn: true, ..mine.clone() });
        }
    } else {
        after.insert(at.min(after.len()), theirs.clone());
    }
    if !is_others {
        for tag in after.iter_mut().filter(|tag| tag.parent == Some(mine.id)) {
            tag.parent = Some(theirs.id);
        }
    }
    let parents = after.iter().map(|tag| (tag.id, tag.parent)).collect();
    if is_on_circle(theirs.id, &parents) {
        after.iter_mut().filter(|tag| tag.id == theirs.id).for_each(|tag| tag.parent = None);
    }
    edits.extend(codebook_edits(codebook.tags(), &after));
    edits
}
