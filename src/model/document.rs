//! A document: an imported text and where it came from.

use serde::{Deserialize, Serialize};

use super::{DocumentId, Text, Timestamp};

/// How the lines of a source file ended before import made every end LF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LineEnds {
    /// Every line ended with LF, or there was one line.
    #[default]
    Lf,
    /// Every line ended with CR LF.
    CrLf,
    /// Every line ended with CR.
    Cr,
    /// More than one kind.
    Mixed,
}

/// Where a document came from, and what import changed on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The path of the source file: relative to the imported folder where there was one, with `/` between names.
    pub path: String,
    /// The encoding it was decoded from, by its name in the WHATWG Encoding Standard.
    pub encoding: String,
    /// Whether a byte order mark was taken off.
    #[serde(default)]
    pub byte_order_mark: bool,
    /// How its lines ended.
    #[serde(default)]
    pub line_ends: LineEnds,
    /// How many malformed sequences became U+FFFD.
    #[serde(default)]
    pub replaced: u32,
}

/// A text that a document had before another took its place. It is kept in the project, under its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierText {
    /// Where it came from.
    pub source: Source,
    /// When it was imported.
    pub imported: Timestamp,
    /// SHA-256 of the text, lower-case hexadecimal.
    pub sha256: String,
}

/// One text of the project. What is serialised is its entry in the register; the text has a file of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its name for ever.
    pub id: DocumentId,
    /// What the lists call it: its first line that is not blank, or its file's name.
    pub title: String,
    /// The name of its text file in the project's `documents` folder.
    pub file: String,
    /// Where it came from.
    pub source: Source,
    /// When it was imported.
    pub imported: Timestamp,
    /// SHA-256 of the decoded text, lower-case hexadecimal.
    pub sha256: String,
    /// The texts that it had before, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EarlierText>,
    /// The text itself.
    #[serde(skip)]
    pub text: Text,
}

impl Document {
    /// The paths of the source files of its text and of those it had before, the oldest first.
    pub fn source_paths(&self) -> impl Iterator<Item = &str> {
        let earlier = self.earlier.iter().map(|text| text.source.path.as_str());
        earlier.chain(std::iter::once(self.source.path.as_str()))
    }

    /// This text in the place of a document: under its id and in its file, with the text that stands there now among the earlier ones.
    #[must_use]
    pub fn in_place_of(self, before: &Self) -> Self {
        let last = EarlierText {
            source: before.source.clone(),
            imported: before.imported,
            sha256: before.sha256.clone(),
        };
        let earlier = before.earlier.iter().cloned().chain([last]);
        // A text that comes back is no earlier one.
        let earlier = earlier.filter(|text| text.sha256 != self.sha256).collect();
        Self { id: before.id, file: before.file.clone(), earlier, ..self }
    }
}
