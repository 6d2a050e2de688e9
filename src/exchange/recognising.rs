//! Says what a file plainly is that could not be read in the format it was given for, so that a person chooses the right one.

use std::io::{self, Read};

use super::{COLUMNS, ExchangeError, Format, Source};

/// So many bytes of a file are looked at.
const START: u64 = 1 << 12;

/// Why a source cannot be of a format, where its only file plainly is of another.
pub(super) fn other(format: Format, source: &mut dyn Source) -> Option<ExchangeError> {
    let names = source.names();
    let [name] = names.as_slice() else { return None };
    let start = start(source, name).ok()?;
    let what = match plainly(&start)? {
        Plainly::Workbook => {
            "it is a workbook of a spreadsheet; save it there as CSV, and import that".to_owned()
        }
        Plainly::Of(found, _) if found == format.info().name => return None,
        Plainly::Of(found, what) => format!("it is {what}; choose the format {found}"),
    };
    Some(ExchangeError::OtherFormat(what))
}

fn start(source: &mut dyn Source, name: &str) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    source.open(name)?.take(START).read_to_end(&mut start)?;
    Ok(start)
}

/// What a file can plainly be.
enum Plainly {
    Workbook,
    /// Of a format, and what a person calls that.
    Of(&'static str, &'static str),
}

fn plainly(start: &[u8]) -> Option<Plainly> {
    let has = |part: &str| memchr::memmem::find(start, part.as_bytes()).is_some();
    if start.starts_with(b"PK\x03\x04") {
        return match () {
            () if has("project.qde") => Some(Plainly::Of("refi-qda", "a project of REFI-QDA")),
            () if has("xl/") || has("[Content_Types].xml") => Some(Plainly::Workbook),
            () => None,
        };
    }
    if start.starts_with(b"\xd0\xcf\x11\xe0") {
        return Some(Plainly::Workbook);
    }
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    if start.starts_with(b"#FORMAT=WebAnno TSV") {
        return Some(Plainly::Of("webanno-tsv", "a file of WebAnno TSV"));
    }
    if start.starts_with(b"<") {
        return match () {
            () if has("<CodeBook") => Some(Plainly::Of("refi-codebook", "a codebook of REFI-QDA")),
            () if has("<xmi:XMI") => Some(Plainly::Of("cas-xmi", "a CAS as XMI")),
            () => None,
        };
    }
    let line = start.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let cells = line.split(|byte| matches!(byte, b',' | b';' | b'\t' | b'|'));
    let known = cells.filter(|cell| {
        let cell = cell.trim_ascii();
        let cell = cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\"")).unwrap_or(cell);
        COLUMNS.iter().any(|column| column.as_bytes() == cell)
    });
    (known.count() >= 3).then_some(Plainly::Of("csv", "a table"))
}
