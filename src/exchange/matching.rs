//! Which document of a project a document of a file is: by its id, by what its text is, and only then by what it is called.

use std::borrow::Cow;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::ImportedDocument;
use crate::model::{Document, Project};

/// How a document was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// The file names its id.
    Id,
    /// It has the same text.
    Text,
    /// It is called the same, and the file does not hold its text.
    Name,
    /// It is called the same, but its text is another.
    OtherText,
}

/// The document of a project that a document of a file means, and how it was recognised; `None` where there is none, or several that could be
/// meant equally.
pub fn find_document<'p>(
    project: &'p Project,
    imported: &ImportedDocument,
) -> Option<(&'p Arc<Document>, Likeness)> {
    let hashes: Vec<String> = match &imported.text {
        Some(text) => vec![sha256(text), sha256(&plain_text(text))],
        None => imported.sha256.iter().map(|hash| hash.to_lowercase()).collect(),
    };
    let has_text = |document: &&Arc<Document>| hashes.contains(&document.sha256);
    let is_same = |document: &Arc<Document>| hashes.is_empty() || has_text(&document);
    if let Some(document) = imported.id.and_then(|id| project.document(id)) {
        return Some((document, if is_same(document) { Likeness::Id } else { Likeness::OtherText }));
    }
    let documents = project.documents().iter();
    let alike: Vec<_> = documents.clone().filter(has_text).collect();
    if let Some(first) = alike.first() {
        let named = alike.iter().find(|document| is_called(document, imported));
        return Some((named.unwrap_or(first), Likeness::Text));
    }
    let named: Vec<_> = documents.filter(|document| is_called(document, imported)).collect();
    match named.as_slice() {
        [one] if !hashes.is_empty() => Some((one, Likeness::OtherText)),
        [one] => Some((one, Likeness::Name)),
        _ => None,
    }
}

/// Whether a document goes by a name that the file has for it: the name of its file or of its source, with or without folders and ending, or
/// its title.
fn is_called(document: &Document, imported: &ImportedDocument) -> bool {
    let names = [Some(imported.name.as_str()), imported.title.as_deref()];
    let own = [&document.file, &document.source.path, &document.title];
    names
        .into_iter()
        .flatten()
        .filter(|name| !name.trim().is_empty())
        .any(|name| own.iter().any(|own| *own == name) || own[..2].iter().any(|own| stem(own) == stem(name)))
}

/// A file's name without folders and without its ending.
fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && !ending.contains(' ') => stem,
        _ => name,
    }
}

/// A text as a project holds it: without a byte order mark, its lines ended by LF.
pub fn plain_text(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
