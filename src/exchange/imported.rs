//! What was read from a file, before it is held against a project: documents, marks and tags as the file says them.
//!
//! Nothing here is checked against a text yet: positions are numbers in the unit of the format, and everything that a format may leave out
//! is an `Option`, so that «not said» and «said to be empty» stay apart.

use std::collections::HashMap;

use super::{Lost, Unit};
use crate::model::{AnnotationId, Color, DocumentId, TagId, Timestamp};

/// Everything that a file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// In what its positions count.
    pub unit: Unit,
    /// Its documents.
    pub documents: Vec<ImportedDocument>,
    /// The tags of which it says more than their names, in their order.
    pub tags: Vec<ImportedTag>,
    /// What was passed over, one sentence each, without a full stop.
    pub remarks: Vec<String>,
    /// What its format has no place for: of that it says nothing, whatever it looks like.
    pub without: &'static [Lost],
}

/// A document, or what is known of the one that annotations belong to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportedDocument {
    /// Its id in a project of Hashiya.
    pub id: Option<DocumentId>,
    /// What the file calls it: a path, a file's name or a title.
    pub name: String,
    /// Its title, where that is another thing.
    pub title: Option<String>,
    /// SHA-256 of its text, lower-case hexadecimal.
    pub sha256: Option<String>,
    /// Its text, exactly as the file has it: positions count in this.
    pub text: Option<String>,
    /// What was marked in it.
    pub annotations: Vec<ImportedAnnotation>,
}

/// One mark.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportedAnnotation {
    /// What the file calls it, for relations and messages; several where several records were joined.
    pub keys: Vec<String>,
    /// Its id in a project of Hashiya.
    pub id: Option<AnnotationId>,
    /// Where it stands: start and exclusive end of each part, in [`Imported::unit`] or in a unit of its own.
    pub spans: Vec<(u64, u64)>,
    /// In what its spans count, where that is another unit than that of the rest, and certain.
    pub unit: Option<Unit>,
    /// The marked text, where the file quotes it; parts joined by one space.
    pub quote: Option<String>,
    /// What stands before it.
    pub prefix: Option<String>,
    /// What stands after it.
    pub suffix: Option<String>,
    /// The names of its tags.
    pub tags: Vec<String>,
    /// What was written beside it.
    pub note: Option<String>,
    /// Further properties, and whatever the file says that Hashiya has no place for.
    pub attributes: Option<Vec<(String, String)>>,
    /// Arrows: what each says, and the key of the annotation it points to.
    pub relations: Option<Vec<(String, String)>>,
    /// Who made it.
    pub coder: Option<String>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
}

/// A tag with what a file says of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportedTag {
    /// Its id in a project of Hashiya.
    pub id: Option<TagId>,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub color: Option<Color>,
    /// The character that applies it.
    pub shortcut: Option<char>,
    /// The name of the tag it stands under.
    pub parent: Option<String>,
    /// When to use it.
    pub definition: String,
}

impl ImportedAnnotation {
    /// Adds an attribute.
    pub fn attribute(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.attributes.get_or_insert_default().push((key.into(), value.into()));
    }
}

impl ImportedDocument {
    /// Makes one annotation of the records that have one id and one place: formats whose records hold one tag write one record for each.
    /// Records of one id at different places are different annotations by now; the first keeps the id.
    pub fn join(&mut self) {
        let mut first: HashMap<AnnotationId, usize> = HashMap::new();
        let mut joined: Vec<ImportedAnnotation> = Vec::with_capacity(self.annotations.len());
        for mut record in self.annotations.drain(..) {
            let at = record.id.and_then(|id| first.get(&id).copied());
            match (record.id, at) {
                (_, Some(at)) if joined[at].spans == record.spans => joined[at].take_in(record),
                (_, Some(_)) => {
                    record.id = None;
                    joined.push(record);
                }
                (Some(id), None) => {
                    first.insert(id, joined.len());
                    joined.push(record);
                }
                (None, None) => joined.push(record),
            }
        }
        self.annotations = joined;
    }
}

impl ImportedAnnotation {
    /// Takes in what another record of the same annotation says beyond this one.
    fn take_in(&mut self, other: Self) {
        self.keys.extend(other.keys);
        self.tags.extend(other.tags.into_iter().filter(|tag| !self.tags.contains(tag)).collect::<Vec<_>>());
        if self.note.as_deref().unwrap_or_default().is_empty() {
            self.note = other.note;
        }
        for (mine, theirs) in
            [(&mut self.attributes, other.attributes), (&mut self.relations, other.relations)]
        {
            if let Some(theirs) = theirs {
                let mine = mine.get_or_insert_default();
                let more: Vec<_> = theirs.into_iter().filter(|one| !mine.contains(one)).collect();
                mine.extend(more);
            }
        }
    }
}
