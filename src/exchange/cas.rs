//! `cas-xmi` and `cas-json`: common analysis structures of Apache UIMA, which DKPro, INCEpTION and cassis work on; one file a document.
//!
//! Both hold the same feature structures: the text is the sofa of the initial view, the document a `hashiya.Document`, each tag of an annotation
//! a `hashiya.Mark` over its whole extent, with a `hashiya.Part` for each part where there are several, `hashiya.Attribute` for further
//! properties and `hashiya.Relation` for arrows. `types` is the type system, `writing` makes structures of annotations, `reading` annotations of
//! structures, whoever made them, `guessing` what refers to others where no type system says so; `xmi` and `json` are the two spellings. Positions count UTF-16 code units, as Java does.

mod guessing;
mod json;
mod reading;
mod structure;
mod types;
mod writing;
mod xmi;

use super::formats::{FormatInfo, Out};
use super::losses::Lost;

pub(super) const XMI: FormatInfo = FormatInfo {
    name: "cas-xmi",
    message: "format-cas-xmi",
    readers: "UIMA, DKPro and INCEpTION read it, and cassis in Python: one XMI file a document, with TypeSystem.xml beside them.",
    holds: "One XMI file a document, and TypeSystem.xml. The text is the sofa; each tag of an annotation is a hashiya.Mark over its whole extent \
            with id, tag, quote, note, coder and times, its parts are hashiya.Part, its attributes hashiya.Attribute, relations hashiya.Relation. \
            Control characters that XML 1.0 cannot hold are written as U+FFFD, so that positions stay; the feature replaced says which they \
            were. Read, annotations of other types get their type as a tag, or the value of their feature tag, value or label; other features \
            become attributes, references relations; tokens and sentences are left out, but for those that a relation lies between.",
    extension: "xmi",
    out: Out::Folder,
    offsets: "UTF-16",
    loses: &[Lost::Target, Lost::Characters, Lost::Untagged, Lost::Codebook],
    byte_order_mark: false,
    write: xmi::write,
    read: Some(xmi::read),
    rows: None,
};

pub(super) const JSON: FormatInfo = FormatInfo {
    name: "cas-json",
    message: "format-cas-json",
    readers: "UIMA and INCEpTION read it, and cassis in Python: one JSON file a document, with its types in it.",
    holds: "One file a document in UIMA CAS JSON 0.4.0, with the type system and the same structures as in cas-xmi. JSON can hold every \
            character.",
    extension: "json",
    loses: &[Lost::Target, Lost::Untagged, Lost::Codebook],
    write: json::write,
    read: Some(json::read),
    ..XMI
};
