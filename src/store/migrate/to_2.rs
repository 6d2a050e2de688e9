//! Version 1 to version 2. Version 2 keeps the undo history as lines that a save only adds to, marks the lines of a journal with what was
//! on the disk before, and lists the tables of a coder. Version 1 had the whole history in its page, lines of a journal without a mark,
//! and no list of tables.

use serde::Deserialize;
use std::path::Path;

use crate::model::Step;
use crate::store::StoreError;
use crate::store::format::read_page;
use crate::store::journal::Record;
use crate::store::names::sha256_hex;
use crate::store::notation::parse;

#[derive(Deserialize)]
struct HistoryFile {
    folded: u64,
    done: Vec<Step>,
    undone: Vec<Step>,
}

/// A history page of version 1: the last edit folded in, what can be undone and what can be done again, the latest last.
pub(in crate::store) fn history_1(
    path: &Path,
    page: &[u8],
) -> Result<(u64, Vec<Step>, Vec<Step>), StoreError> {
    let HistoryFile { folded, done, undone } = read_page(path, page)?;
    Ok((folded, done, undone))
}

/// A line of a journal of version 1: the record, and as a comment the first eight digits of its SHA-256.
pub(in crate::store) fn journal_line_1(written: &str, sum: &str) -> Option<Record> {
    if sha256_hex(written.as_bytes())[..8] != *sum {
        return None;
    }
    parse(written).ok()
}
