//! What a reader marked: one or more spans of one document, with everything said of them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

use super::{AnnotationId, DocumentId, Span, TagId, Timestamp};

/// Who made an annotation: a name, as the person writes it. Cheap to clone, and one word in each of a million annotations.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Coder(Arc<String>);

impl Coder {
    /// The coder of this name; a blank name becomes `reader`, because a table must belong to somebody.
    pub fn new(name: &str) -> Self {
        let name = name.trim();
        Self(Arc::new(if name.is_empty() { "reader" } else { name }.to_owned()))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl From<String> for Coder {
    fn from(name: String) -> Self {
        Self::new(&name)
    }
}

impl From<Coder> for String {
    fn from(coder: Coder) -> Self {
        Arc::unwrap_or_clone(coder.0)
    }
}

impl fmt::Display for Coder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The marked text with a little of what stands around it, so that a span can be checked, and found again in another version of
/// its document (W3C Web Annotation, TextQuoteSelector).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Quote {
    /// The marked text, parts joined by one space.
    pub exact: Box<str>,
    /// Up to 32 code points before it, whole grapheme clusters.
    pub prefix: Box<str>,
    /// Up to 32 code points after it, whole grapheme clusters.
    pub suffix: Box<str>,
}

/// A typed arrow from the annotation that holds it to another of the same document. Where the other was removed the arrow points to
/// nothing, and points to it again once it is back: nothing else keeps the two together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Relation {
    /// What it says, such as «cause»: any text.
    pub kind: String,
    /// The annotation it points to.
    pub target: AnnotationId,
}

/// One mark of one coder in one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// Its name for ever.
    pub id: AnnotationId,
    /// The document it lies in.
    pub document: DocumentId,
    /// Where: sorted, not touching one another, at least one, each on grapheme boundaries.
    pub spans: Vec<Span>,
    /// What it was called, in the order the reader gave.
    #[serde(default)]
    pub tags: Vec<TagId>,
    /// What the reader wrote beside it.
    #[serde(default)]
    pub note: String,
    /// Further properties, each a key and a value, in the reader's order.
    #[serde(default)]
    pub attributes: Vec<(String, String)>,
    /// Arrows to other annotations of the document, in the order in which they were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// Who made it.
    pub coder: Coder,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
    /// What it quotes.
    pub quote: Quote,
}

impl Annotation {
    /// The span from its first byte to its last, over any gaps.
    pub fn extent(&self) -> Span {
        let first = self.spans.first().copied().unwrap_or(Span::new(0..0));
        let last = self.spans.last().copied().unwrap_or(first);
        Span { start: first.start, end: last.end }
    }
}
