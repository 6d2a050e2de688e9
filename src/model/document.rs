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
    /// The text itself.
    #[serde(skip)]
    pub text: Text,
}
