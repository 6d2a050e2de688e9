//! How a table was written that is called CSV: what parts its cells, and in what it is encoded.
//!
//! Spreadsheets part cells with semicolons where the comma is the decimal mark, as it is in most Arab countries, and write «Unicode text» as UTF-16
//! with tabs. The header tells them apart: it has names that a table of annotations has.

use std::io::{self, BufRead, Cursor, Read};

use ::csv::ReaderBuilder;
use encoding_rs::{Encoding, UTF_8};

use crate::exchange::{COLUMNS, ExchangeError};

/// What may part cells, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The content as UTF-8: as it is, or decoded where a byte order mark says that it is UTF-16.
pub(super) fn decoded<'s>(
    mut content: Box<dyn BufRead + 's>,
) -> Result<Box<dyn BufRead + 's>, ExchangeError> {
    let encoding = Encoding::for_bom(content.fill_buf()?);
    let Some((encoding, _)) = encoding.filter(|(encoding, _)| *encoding != UTF_8) else { return Ok(content) };
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes)?;
    let (text, _) = encoding.decode_with_bom_removal(&bytes);
    Ok(Box::new(Cursor::new(text.into_owned().into_bytes())))
}

/// What parts the cells: what a first line `sep=;` says, which is taken away, or that with which the first line has most of our columns. And how
/// many lines were taken away.
pub(super) fn delimiter(content: &mut dyn BufRead) -> io::Result<(u8, usize)> {
    let start = content.fill_buf()?;
    let line = start.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    if let [b's', b'e', b'p', b'=', delimiter] = *line {
        content.read_until(b'\n', &mut Vec::new())?;
        return Ok((delimiter, 1));
    }
    let known = |delimiter: &u8| {
        let mut cells = ReaderBuilder::new().has_headers(false).delimiter(*delimiter).from_reader(line);
        let header = cells.records().next().and_then(Result::ok).unwrap_or_default();
        header.iter().filter(|cell| COLUMNS.contains(&cell.trim())).count()
    };
    // Of several with as many the first.
    Ok((DELIMITERS.into_iter().rev().max_by_key(known).unwrap_or(b','), 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_parted_by_what_its_header_is_parted_by() {
        for (content, expected, rest) in [
            ("title,start,end\n", b',', "title,start,end\n"),
            ("\u{feff}title;start;end;\"a,b\"\r\n", b';', "\u{feff}title;start;end;\"a,b\"\r\n"),
            ("title\tstart\tend\n1", b'\t', "title\tstart\tend\n1"),
            ("sep=;\r\ntitle;start", b';', "title;start"),
            ("nothing of ours;a,b", b',', "nothing of ours;a,b"),
            ("", b',', ""),
        ] {
            let mut table = Cursor::new(content.as_bytes());
            assert_eq!(delimiter(&mut table).expect("in memory").0, expected, "{content:?}");
            let mut left = String::new();
            table.read_to_string(&mut left).expect("UTF-8");
            assert_eq!(left, rest);
        }
    }

    #[test]
    fn a_table_in_utf_16_is_decoded() {
        let bytes =
            "\u{feff}title\tstart\nخبر\t1".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let mut text = String::new();
        let mut content = decoded(Box::new(Cursor::new(bytes))).expect("UTF-16");
        content.read_to_string(&mut text).expect("UTF-8");
        assert_eq!(text, "title\tstart\nخبر\t1");
    }
}
