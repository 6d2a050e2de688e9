//! `docs/formats.md` says what the table of formats says.
#![allow(clippy::disallowed_methods, reason = "the page is rewritten on request")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use hashiya::exchange::{Format, Out};

/// The page, made of the table.
fn page() -> String {
    let mut page = String::from(
        "# Formats\n\nWhat Hashiya writes and reads. This page is made from the table of formats in `src/exchange`; `hashiya formats` prints the \
         same, and `hashiya formats --json` for scripts.\n\n",
    );
    page.push_str("| format | written | read | makes | positions count |\n|---|---|---|---|---|\n");
    for info in Format::all().map(Format::info) {
        let read = if info.read.is_some() { "yes" } else { "no" };
        let makes = match info.out {
            Out::File => format!("a file (`.{}`)", info.extension),
            Out::Folder => "a folder".to_owned(),
        };
        writeln!(page, "| [`{0}`](#{0}) | yes | {read} | {makes} | {1} |", info.name, info.offsets)
            .expect("a string takes any text");
    }
    page.push_str(
        "\nPositions begin at 0 and ends are exclusive, in every format. An export is the same bytes each time as long as the project is the \
         same. `--verify` reads an export back with the reader that imports use, and compares it with the project, but for what was told as \
         lost. That happens before the export takes its place: what does not read back the same is thrown away, and what stood there before \
         stays.\n\nAn import matches documents by id, then by the hash of their text, then by name. Each quotation in the file is held against \
         the text at its place; where the quotations stand in another unit than the format counts in, or where positions without quotations \
         lie outside the text, cut characters or stand inside words, the unit is recognised and positions are converted, or the import is \
         refused and asks for `--offsets`. A mark that is off is looked for by its words, and each such case is listed.\n",
    );
    for info in Format::all().map(Format::info) {
        write!(page, "\n## {}\n\n{}\n\n{}\n", info.name, info.readers, info.holds)
            .expect("a string takes any text");
        if info.loses.is_empty() {
            page.push_str("\nIt loses nothing.\n");
            continue;
        }
        page.push_str("\nWhat a project may hold and it does not:\n");
        for lost in info.loses {
            writeln!(page, "- {lost}").expect("a string takes any text");
        }
    }
    page
}

#[test]
fn the_page_on_formats_is_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "docs/formats.md is behind the table; make it anew with UPDATE_DOCS=1");
}

#[test]
fn every_format_is_said_in_the_interface_as_in_the_table() {
    let messages = include_str!("../assets/languages/en/interface.ftl");
    for info in Format::all().map(Format::info) {
        let line = format!("{} = {}\n", info.message, info.readers);
        assert!(messages.contains(&line), "{line} is not among the messages");
        assert_eq!(info.message, format!("format-{}", info.name));
        for lost in info.loses {
            assert!(messages.contains(&format!("\n{} = ", lost.message())), "{lost:?} has no message");
        }
    }
}
