//! Which annotations an export takes.

use std::collections::HashSet;
use std::sync::Arc;

use super::ExchangeError;
use crate::model::{Annotation, AnnotationId, Document, DocumentId, Project};

/// Which annotations of a project are written. The order is always that of the register and the text, whatever the scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    #[default]
    Project,
    /// Those of one document.
    Document(DocumentId),
    /// These, such as the filtered rows of the table.
    Annotations(HashSet<AnnotationId>),
}

impl Scope {
    /// How many annotations of the project lie in the scope.
    ///
    /// # Errors
    /// When it names a document or an annotation that the project does not have.
    pub fn count(&self, project: &Project) -> Result<usize, ExchangeError> {
        match self {
            Self::Project => Ok(project.annotation_count()),
            Self::Document(id) if project.document(*id).is_some() => Ok(project.table(*id).len()),
            Self::Document(id) => Err(ExchangeError::NoDocument(*id)),
            Self::Annotations(wanted) => {
                let found: HashSet<AnnotationId> =
                    self.annotations(project).map(|(_, annotation)| annotation.id).collect();
                match wanted.iter().filter(|id| !found.contains(id)).min() {
                    Some(&missing) => Err(ExchangeError::NoAnnotation(missing)),
                    None => Ok(wanted.len()),
                }
            }
        }
    }

    /// The annotations of a document that are in the scope, by start, end and id.
    pub(super) fn in_document<'a>(
        &self,
        project: &'a Project,
        document: DocumentId,
    ) -> Vec<&'a Arc<Annotation>> {
        let table = project.table(document).iter();
        match self {
            Self::Project => table.collect(),
            Self::Document(only) if *only == document => table.collect(),
            Self::Document(_) => Vec::new(),
            Self::Annotations(wanted) => table.filter(|one| wanted.contains(&one.id)).collect(),
        }
    }

    /// Whether an annotation of a document, if it is there, is in the scope.
    pub(super) fn holds(&self, document: DocumentId, id: AnnotationId) -> bool {
        match self {
            Self::Project => true,
            Self::Document(only) => *only == document,
            Self::Annotations(wanted) => wanted.contains(&id),
        }
    }

    /// Whether nothing of a document is in the scope, not even its text.
    pub(super) fn leaves_out(&self, document: DocumentId) -> bool {
        matches!(self, Self::Document(only) if *only != document)
    }

    /// The annotations in the scope with their documents: by the register, then by start, end and id.
    pub fn annotations<'a>(
        &'a self,
        project: &'a Project,
    ) -> Box<dyn Iterator<Item = (&'a Arc<Document>, &'a Arc<Annotation>)> + 'a> {
        match self {
            Self::Project => Box::new(project.annotations()),
            Self::Document(id) => Box::new(project.document(*id).into_iter().flat_map(|document| {
                project.table(document.id).iter().map(move |annotation| (document, annotation))
            })),
            Self::Annotations(wanted) => {
                Box::new(project.annotations().filter(|(_, annotation)| wanted.contains(&annotation.id)))
            }
        }
    }
}
