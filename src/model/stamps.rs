//! Where new ids and times come from: given to the model from outside, so that it has no clock and no chance of its own.

use super::{AnnotationId, DocumentId, ProjectId, TagId, Timestamp};

/// A source of times and random bytes. The store has the system's; tests have one that counts.
pub trait Stamps {
    /// The time now.
    fn now(&mut self) -> Timestamp;

    /// Ten fresh random bytes.
    fn random(&mut self) -> [u8; 10];

    /// A new id for a project.
    fn project_id(&mut self) -> ProjectId {
        ProjectId::new(self.now(), self.random())
    }

    /// A new id for a document.
    fn document_id(&mut self) -> DocumentId {
        DocumentId::new(self.now(), self.random())
    }

    /// A new id for an annotation.
    fn annotation_id(&mut self) -> AnnotationId {
        AnnotationId::new(self.now(), self.random())
    }

    /// A new id for a tag.
    fn tag_id(&mut self) -> TagId {
        TagId::new(self.now(), self.random())
    }
}
