//! What a project is: documents, codebook, annotations, and the one way to change them.
//!
//! Owns every word of the domain as a type, and the invariants between them. Pure: it opens no file, reads no clock, makes no
//! random number (ids and times are given to it) and knows nothing of a window. Every change is an [`Edit`]; applying
//! one to a [`Project`] returns its inverse, and undo, journal and recovery are all built on that.

mod annotation;
mod codebook;
mod document;
mod edit;
mod history;
mod ids;
mod project;
pub mod relations;
mod size;
mod span;
mod stamps;
mod table;
mod text;
mod time;

pub use annotation::{Annotation, Coder, Quote, Relation};
pub use codebook::{Codebook, Color, Tag};
pub use document::{Document, EarlierText, LineEnds, Source};
pub use edit::{Edit, EditError};
pub use history::{Act, Applied, History, Step, Steps};
pub use ids::{AnnotationId, Digits, DocumentId, ProjectId, TagId};
pub use project::{Project, Settings};
pub use size::{Size, SizeUnit};
pub use span::{ByteOffset, Span};
pub use stamps::Stamps;
pub use table::AnnotationTable;
pub use text::Text;
pub use time::Timestamp;
