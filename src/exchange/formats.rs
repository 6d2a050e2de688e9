//! The one table of formats. The command line, the export dialog and the documentation are made from it.

use std::fmt;
use std::str::FromStr;

/// A format that Hashiya writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// A list of structs in Rusty Object Notation.
    Ron,
    /// One JSON object a line.
    Jsonl,
    /// A table as RFC 4180 has it.
    Csv,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatInfo {
    /// Which.
    pub format: Format,
    /// What `--format` calls it.
    pub name: &'static str,
    /// Who reads it, as a sentence in English.
    pub readers: &'static str,
    /// The usual ending of its files, without a dot.
    pub extension: &'static str,
    /// What an export makes.
    pub out: Out,
    /// Whether `export` writes it.
    pub writes: bool,
    /// Whether annotations made elsewhere can be taken in from it. Reading an export back to check it is another matter.
    pub reads: bool,
    /// The units in which its positions count.
    pub offsets: &'static str,
    /// What a project holds and it does not.
    pub loses: &'static [&'static str],
    /// Whether a byte order mark may stand before it.
    pub byte_order_mark: bool,
}

/// What no table of rows holds: said once for each export of a project that has tags.
pub(super) const CODEBOOK_DETAILS: &str =
    "the codebook's details: order, colours, shortcuts, parents, definitions and ids of the tags";

const ROW_OFFSETS: &str = "bytes, code points and UTF-16";
const ROW_LOSSES: &[&str] = &[CODEBOOK_DETAILS, "documents without annotations, and the texts themselves"];

const FORMATS: [FormatInfo; 3] = [
    FormatInfo {
        format: Format::Ron,
        name: "ron",
        readers: "Programs written in Rust read it, and people do: one annotation a line, all values named.",
        extension: "ron",
        out: Out::File,
        writes: true,
        reads: false,
        offsets: ROW_OFFSETS,
        loses: ROW_LOSSES,
        byte_order_mark: false,
    },
    FormatInfo {
        format: Format::Jsonl,
        name: "jsonl",
        readers: "Scripts in any language read it: one JSON object a line, one annotation an object.",
        extension: "jsonl",
        out: Out::File,
        writes: true,
        reads: false,
        offsets: ROW_OFFSETS,
        loses: ROW_LOSSES,
        byte_order_mark: false,
    },
    FormatInfo {
        format: Format::Csv,
        name: "csv",
        readers: "Spreadsheets and statistics programs read it: one annotation a row.",
        extension: "csv",
        out: Out::File,
        writes: true,
        reads: false,
        offsets: ROW_OFFSETS,
        loses: ROW_LOSSES,
        byte_order_mark: true,
    },
];

impl Format {
    /// The whole table, in the order in which it is shown.
    pub fn table() -> &'static [FormatInfo] {
        &FORMATS
    }

    /// What the table says of this format.
    pub fn info(self) -> &'static FormatInfo {
        FORMATS.iter().find(|info| info.format == self).expect("every format stands in the table")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.info().name)
    }
}

/// No format has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is no format that Hashiya writes")]
pub struct NoSuchFormat(String);

impl FromStr for Format {
    type Err = NoSuchFormat;

    fn from_str(name: &str) -> Result<Self, NoSuchFormat> {
        let info = FORMATS.iter().find(|info| info.name == name);
        info.map(|info| info.format).ok_or_else(|| NoSuchFormat(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_formats_and_back() {
        for info in Format::table() {
            assert_eq!(info.name.parse::<Format>().as_ref().map(|format| format.info()), Ok(info));
            assert_eq!(info.format.to_string(), info.name);
        }
        assert!("CSV".parse::<Format>().is_err(), "names are written as the table writes them");
    }
}
