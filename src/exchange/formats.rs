//! The one table of formats. The command line, the dialogs and the documentation are made from it.
//!
//! To add a format: a module with its row as `INFO`, and a line in [`FORMATS`].

use std::fmt;
use std::str::FromStr;

use super::rows::ReadRows;
use super::{
    Lost, Read, Write, brat, cas, conllu, csv, doccano, html, iob2, jsonl, label_studio, refi, ron, stam,
    tei, web_annotation, webanno, xlsx,
};

/// A format: a row of the table.
#[derive(Clone, Copy)]
pub struct Format(&'static FormatInfo);

impl FormatInfo {
    /// Whether a label stands for each tag, so that an annotation without tags needs one too, [`UNTAGGED`](super::UNTAGGED), and no tag can
    /// be called so.
    pub fn reserves_untagged(&self) -> bool {
        self.loses.contains(&Lost::Untagged)
    }

    /// How often [`verify`](super::verify) reads every byte of an export.
    pub fn passes(&self) -> usize {
        if self.rows.is_some() { 2 } else { 1 }
    }
}

/// What an export makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Out {
    /// One file.
    File,
    /// A folder with files in it.
    Folder,
}

impl fmt::Display for Out {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "file",
            Self::Folder => "folder",
        })
    }
}

/// What the table says of one format.
#[derive(Clone, Copy, Debug)]
pub struct FormatInfo {
    /// What `--format` calls it.
    pub name: &'static str,
    /// The key of the sentence on who reads it, among the interface's messages.
    pub message: &'static str,
    /// Who reads it, as a sentence in English.
    pub readers: &'static str,
    /// What it holds and where, as sentences in English, for the documentation.
    pub holds: &'static str,
    /// The usual ending of its file, or of the files in its folder that hold annotations, without a dot.
    pub extension: &'static str,
    /// What an export makes.
    pub out: Out,
    /// The units in which its positions count; «–» where it has none.
    pub offsets: &'static str,
    /// What a project may hold and it may not.
    pub loses: &'static [Lost],
    /// Whether a byte order mark may stand before it.
    pub byte_order_mark: bool,
    /// How it is written.
    pub write: Write,
    /// How annotations made elsewhere are taken in from it.
    pub read: Option<Read>,
    /// For the formats that are lists of rows: how an export is read back row by row, to be compared to the letter.
    pub(super) rows: Option<ReadRows>,
}

#[rustfmt::skip]
const FORMATS: &[FormatInfo] = &[
    ron::INFO,
    jsonl::INFO,
    csv::INFO,
    xlsx::INFO,
    brat::INFO,
    webanno::INFO,
    cas::XMI,
    cas::JSON,
    iob2::INFO,
    conllu::INFO,
    doccano::INFO,
    label_studio::INFO,
    web_annotation::INFO,
    refi::PROJECT,
    refi::CODEBOOK,
    tei::INFO,
    stam::INFO,
    html::INFO,
];

impl Format {
    /// All formats, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Format> {
        FORMATS.iter().map(Format)
    }

    /// What the table says of this format.
    pub fn info(self) -> &'static FormatInfo {
        self.0
    }
}

/// The one that most programs read.
impl Default for Format {
    fn default() -> Self {
        Self(&csv::INFO)
    }
}

/// Two are the same when they have the same name.
impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Format {}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

/// No format has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is no format that Hashiya knows")]
pub struct NoSuchFormat(String);

impl FromStr for Format {
    type Err = NoSuchFormat;

    fn from_str(name: &str) -> Result<Self, NoSuchFormat> {
        Self::all().find(|format| format.0.name == name).ok_or_else(|| NoSuchFormat(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_formats_and_back() {
        let mut names = Vec::new();
        for format in Format::all() {
            assert_eq!(format.to_string().parse(), Ok(format));
            assert!(!names.contains(&format.to_string()), "{format} stands twice in the table");
            names.push(format.to_string());
        }
        assert!("CSV".parse::<Format>().is_err(), "names are written as the table writes them");
    }
}
