//! Which document of a project a document of a file is: by its id, by what its text is, and only then by what it is called.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};
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

/// The documents of a project by everything that a file may know them by, so that ten thousand are found in ten thousand without comparing each
/// with each.
pub struct Register<'p> {
    pub(super) project: &'p Project,
    /// Their places by the hashes of their texts.
    texts: HashMap<&'p str, Vec<usize>>,
    /// By the hashes of their texts without white space at the end, once somebody asks for them.
    ends: OnceCell<HashMap<String, Vec<usize>>>,
    /// By the names of their files and sources, with folders and endings, and by their titles.
    names: HashMap<&'p str, Vec<usize>>,
    /// By the names of their files and sources without folders and endings.
    stems: HashMap<&'p str, Vec<usize>>,
}

impl<'p> Register<'p> {
    /// Takes up all documents of a project.
    pub fn new(project: &'p Project) -> Self {
        let mut register = Self {
            project,
            texts: HashMap::new(),
            ends: OnceCell::new(),
            names: HashMap::new(),
            stems: HashMap::new(),
        };
        for (at, document) in project.documents().iter().enumerate() {
            register.texts.entry(&document.sha256).or_default().push(at);
            let files = [document.file.as_str(), document.source.path.as_str()];
            for name in files.into_iter().chain([document.title.as_str()]) {
                register.names.entry(name).or_default().push(at);
            }
            for file in files {
                register.stems.entry(stem(file)).or_default().push(at);
            }
        }
        register
    }

    /// The document that a document of a file means, and how it was recognised; `None` where there is none, or several that could be meant equally.
    pub fn find(&self, imported: &ImportedDocument) -> Option<(&'p Arc<Document>, Likeness)> {
        let hashes: Vec<String> = match &imported.text {
            Some(text) => vec![sha256(text), sha256(&plain_text(text))],
            None => imported.sha256.iter().map(|hash| hash.to_lowercase()).collect(),
        };
        if let Some(document) = imported.id.and_then(|id| self.project.document(id)) {
            let is_same = hashes.is_empty() || hashes.contains(&document.sha256);
            return Some((document, if is_same { Likeness::Id } else { Likeness::OtherText }));
        }
        let alike: BTreeSet<usize> =
            hashes.iter().filter_map(|hash| self.texts.get(hash.as_str())).flatten().copied().collect();
        let named = self.called(imported);
        let document = |at: &usize| &self.project.documents()[*at];
        if let Some(first) = alike.first() {
            let named = alike.intersection(&named).next();
            return Some((document(named.unwrap_or(first)), Likeness::Text));
        }
        // Programs drop the line end that ends a text.
        if let Some(text) = &imported.text {
            let alike = self.ends().get(&sha256(plain_text(text).trim_end()));
            let alike: BTreeSet<usize> = alike.into_iter().flatten().copied().collect();
            let one = alike.intersection(&named).next().or(alike.first().filter(|_| alike.len() == 1));
            if let Some(one) = one.filter(|_| !text.trim().is_empty()) {
                return Some((document(one), Likeness::Text));
            }
        }
        let likeness = if hashes.is_empty() { Likeness::Name } else { Likeness::OtherText };
        let one = named.first().filter(|_| named.len() == 1)?;
        Some((document(one), likeness))
    }

    fn ends(&self) -> &HashMap<String, Vec<usize>> {
        self.ends.get_or_init(|| {
            let mut ends: HashMap<String, Vec<usize>> = HashMap::new();
            for (at, document) in self.project.documents().iter().enumerate() {
                ends.entry(sha256(document.text.trim_end())).or_default().push(at);
            }
            ends
        })
    }

    /// The places of those that go by a name that the file has for a document: the name of their file or of its source, with or without folders and
    /// ending, or their title.
    fn called(&self, imported: &ImportedDocument) -> BTreeSet<usize> {
        let names = [Some(imported.name.as_str()), imported.title.as_deref()];
        let names = names.into_iter().flatten().filter(|name| !name.trim().is_empty());
        names
            .flat_map(|name| [self.names.get(name), self.stems.get(stem(name))])
            .flatten()
            .flatten()
            .copied()
            .collect()
    }
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
