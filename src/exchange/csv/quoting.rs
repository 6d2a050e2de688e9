//! Watches over the quotation marks of a table while it passes, before its cells are cut.
//!
//! A cell that begins with a quotation mark reaches to the next single one, over delimiters and line ends, as RFC 4180 says. Where a program
//! wrote cells as they stand, a text that begins with a quotation mark would swallow the rows after it into one cell without a word; so
//! whatever the RFC does not allow there ends the reading, with the line in which the cell begins. Nothing is changed on the way.

use std::io::{self, BufRead, Read};

use memchr::{memchr, memchr_iter};

use crate::exchange::ExchangeError;

/// A table on its way to be cut into cells.
pub(super) struct Quoting<R> {
    table: R,
    delimiter: u8,
    state: State,
    /// The byte before; none before the first.
    before: Option<u8>,
    /// The line in which the next byte stands, from 1.
    line: usize,
}

/// Where in a cell the next byte is.
#[derive(Clone, Copy)]
enum State {
    /// In a cell that does not begin with a quotation mark, or before one.
    Free,
    /// In a cell that began with a quotation mark in this line.
    Quoted(usize),
    /// After a quotation mark in such a cell: it closes the cell, or is the first of two that stand for one.
    Closing(usize),
}

impl<R: BufRead> Quoting<R> {
    /// Watches a table whose cells are parted by a byte, and whose next line has this number.
    ///
    /// # Errors
    /// When nothing can be read of it.
    pub(super) fn new(mut table: R, delimiter: u8, line: usize) -> io::Result<Self> {
        if table.fill_buf()?.starts_with("\u{feff}".as_bytes()) {
            table.consume("\u{feff}".len());
        }
        Ok(Self { table, delimiter, state: State::Free, before: None, line })
    }
}

impl<R> Quoting<R> {
    fn watch(&mut self, bytes: &[u8]) -> Result<(), ExchangeError> {
        let mut at = 0;
        while at < bytes.len() {
            match self.state {
                State::Free => {
                    let Some(found) = memchr(b'"', &bytes[at..]) else { break };
                    let mark = at + found;
                    let before = if mark == 0 { self.before } else { Some(bytes[mark - 1]) };
                    self.line += lines(&bytes[at..mark]);
                    let begins = |byte| byte == self.delimiter || matches!(byte, b'\n' | b'\r');
                    if before.is_none_or(begins) {
                        self.state = State::Quoted(self.line);
                    }
                    at = mark + 1;
                }
                State::Quoted(began) => {
                    let Some(found) = memchr(b'"', &bytes[at..]) else { break };
                    self.line += lines(&bytes[at..at + found]);
                    self.state = State::Closing(began);
                    at += found + 1;
                }
                State::Closing(began) => {
                    let byte = bytes[at];
                    self.state = match byte {
                        b'"' => State::Quoted(began),
                        b'\n' | b'\r' => State::Free,
                        byte if byte == self.delimiter => State::Free,
                        _ => return Err(unclosed(began, Some(self.line))),
                    };
                    self.line += usize::from(byte == b'\n');
                    at += 1;
                }
            }
        }
        self.line += lines(&bytes[at..]);
        self.before = bytes.last().copied();
        Ok(())
    }
}

impl<R: Read> Read for Quoting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.table.read(buffer)?;
        match self.state {
            State::Quoted(began) if read == 0 && !buffer.is_empty() => {
                Err(io::Error::other(unclosed(began, None)))
            }
            _ => {
                self.watch(&buffer[..read]).map_err(io::Error::other)?;
                Ok(read)
            }
        }
    }
}

fn lines(bytes: &[u8]) -> usize {
    memchr_iter(b'\n', bytes).count()
}

/// A quotation mark that opens a cell and does not close it: nowhere, or with something after it in a line.
fn unclosed(began: usize, stray: Option<usize>) -> ExchangeError {
    let why = match stray {
        None => "never closed".to_owned(),
        Some(line) if line == began => "closed in the midst of the cell".to_owned(),
        Some(line) => format!("closed only in line {line}, in the midst of a cell"),
    };
    let what = format!(
        "a quotation mark opens a cell there and is {why}; have the table written with its cells between quotation marks and each one within \
         them doubled (in R quote = TRUE, in pandas not QUOTE_NONE)"
    );
    ExchangeError::malformed(format!("line {began}"), what)
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use proptest::prelude::*;

    use super::*;

    /// Reads a table in pieces of so many bytes, and gives what came out or where a cell is not closed.
    fn read(table: &str, piece: usize) -> Result<String, String> {
        let table = BufReader::with_capacity(piece.max(3), Cursor::new(table.as_bytes()));
        let mut quoting = Quoting::new(table, b',', 1).expect("in memory");
        let (mut passed, mut buffer) = (Vec::new(), vec![0; piece]);
        loop {
            match quoting.read(&mut buffer) {
                Ok(0) => return Ok(String::from_utf8(passed).expect("UTF-8")),
                Ok(read) => passed.extend_from_slice(&buffer[..read]),
                Err(why) => return Err(why.to_string()),
            }
        }
    }

    #[test]
    fn a_cell_that_a_quotation_mark_opens_is_closed_at_its_end() {
        for (table, refused) in [
            ("a,b\r\n\"x\",\"y\r\nz\"\r\n", None),
            ("\u{feff}\"a\",\"b\"\n", None),
            ("a,\"\"\n\"\"\"قال\"\"\",c", None),
            ("a,قال \"نعم\" ثم,\"x\"", None),
            ("a,x\"\"\"\n1,\"", Some("line 2")),
            ("a\n\"قال نعم\n2\n3\n", Some("line 2")),
            ("a\n\"قال نعم\n2\n\"ثم قال\n3\n", Some("line 2")),
            ("a,b\n1,\"x\ny\"\n2,\"قال\" نعم\n", Some("line 4")),
            ("\"a \\\"b\\\"\"\n", Some("line 1")),
            ("", None),
        ] {
            for piece in [1, 2, 7, 1000] {
                match (read(table, piece), refused) {
                    (Ok(passed), None) => assert_eq!(passed, table.trim_start_matches('\u{feff}')),
                    (Err(why), Some(line)) => assert!(why.starts_with(&format!("{line} cannot")), "{why}"),
                    (other, _) => panic!("{table:?} in pieces of {piece}: {other:?}"),
                }
            }
        }
    }

    proptest! {
        /// What the csv crate writes passes, whatever its cells hold.
        #[test]
        fn a_table_that_is_written_as_the_rfc_says_passes(
            cells in prop::collection::vec(prop::collection::vec("[\"', \r\nابa]{0,6}", 3), 1..5),
            piece in 1_usize..9,
        ) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &cells {
                writer.write_record(row).expect("in memory");
            }
            let table = String::from_utf8(writer.into_inner().expect("in memory")).expect("UTF-8");
            prop_assert_eq!(read(&table, piece), Ok(table));
        }
    }
}
