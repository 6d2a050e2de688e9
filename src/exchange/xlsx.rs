//! `xlsx`: the rows as a worksheet, for spreadsheets. Texts are cells of text, whatever they begin with; numbers are numbers.
//!
//! A cell holds no more than 32,767 characters, counted as spreadsheets do, in UTF-16; what is longer is cut, and told as a loss.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as CellFormat, Workbook, Worksheet, XlsxError};

use super::formats::{FormatInfo, Out};
use super::losses::Lost;
use super::{COLUMNS, ExchangeError, Loss, Options, Progress, Row, Scope, Sink, rows};
use crate::model::Project;

pub(super) const INFO: FormatInfo = FormatInfo {
    name: "xlsx",
    message: "format-xlsx",
    readers: "Spreadsheets open it as it is, with no question about encodings: one annotation a row.",
    holds: "The same columns as csv in one worksheet, numbers as numbers and texts unchanged; a text longer than 32,767 characters is cut.",
    extension: "xlsx",
    out: Out::File,
    offsets: "bytes, code points and UTF-16",
    loses: &[Lost::Relations, Lost::Cell, Lost::Codebook, Lost::Texts],
    byte_order_mark: false,
    write,
    read: None,
    rows: None,
};

/// The most characters of a cell, in UTF-16 code units.
const MOST_UNITS: usize = 32_767;

/// The most rows of a worksheet, with the header.
const MOST_ROWS: usize = 1_048_576;

fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let count = scope.count(project)?;
    if count >= MOST_ROWS {
        let why = format!(
            "a worksheet holds {} rows, and there are {count} annotations; export each document by itself",
            MOST_ROWS - 1
        );
        return Err(ExchangeError::Unsound(why));
    }
    let mut workbook = Workbook::new();
    // The time of writing would make every export another.
    let epoch = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&epoch));
    let sheet = workbook.add_worksheet();
    sheet.set_name("annotations").map_err(failed)?;
    sheet.set_freeze_panes(1, 0).map_err(failed)?;
    let bold = CellFormat::new().set_bold();
    for (column, name) in (0..).zip(COLUMNS) {
        sheet.write_string_with_format(0, column, name, &bold).map_err(failed)?;
    }
    let mut cut = Vec::new();
    let mut line = 0;
    let mut losses = rows::write_each(project, scope, progress, &mut |row| {
        line += 1;
        fill(sheet, line, row, &mut cut)
    })?;
    losses.extend(cut);
    let bytes = workbook.save_to_buffer().map_err(failed)?;
    sink.file("annotations.xlsx")?.write_all(&bytes)?;
    Ok(losses)
}

/// Puts the values of a row into the cells of a line.
fn fill(sheet: &mut Worksheet, line: u32, row: &Row<'_>, cut: &mut Vec<Loss>) -> Result<(), ExchangeError> {
    let mut columns = (0..).zip(COLUMNS);
    let mut text = |sheet: &mut Worksheet, text: &str| -> Result<(), ExchangeError> {
        let (column, name) = columns.next().unwrap_or_default();
        let fits = fitting(text);
        if fits.len() < text.len() {
            cut.push(Loss::of(row.id, Lost::Cell).about(name));
        }
        put_text(sheet, line, column, fits)
    };
    for value in [&row.id.to_string(), &row.document.to_string(), &*row.title] {
        text(sheet, value)?;
    }
    let numbers =
        [row.start_byte, row.end_byte, row.start, row.end, row.start_utf16, row.end_utf16, row.line];
    for (column, number) in (3..).zip(numbers) {
        text(sheet, "")?;
        sheet.write_number(line, column, number).map_err(failed)?;
    }
    let spans = if row.spans.is_empty() { String::new() } else { json(&row.spans) };
    let (tags, attributes) = (json(&row.tags), json(&row.attributes));
    let (created, modified) = (row.created.to_string(), row.modified.to_string());
    for value in [
        &*row.quote,
        &row.prefix,
        &row.suffix,
        &tags,
        &row.note,
        row.coder.name(),
        &created,
        &modified,
        &row.text_sha256,
        &attributes,
        &spans,
    ] {
        text(sheet, value)?;
    }
    Ok(())
}

fn put_text(sheet: &mut Worksheet, line: u32, column: u16, text: &str) -> Result<(), ExchangeError> {
    // The library takes such a text for one it has marked up itself, and would not escape it.
    let looks_marked_up = text.starts_with("<r>") && text.ends_with("</r>");
    if looks_marked_up {
        let plain = CellFormat::default();
        sheet.write_rich_string(line, column, &[(&plain, text)]).map_err(failed)?;
    } else {
        sheet.write_string(line, column, text).map_err(failed)?;
    }
    Ok(())
}

/// The beginning of a text that fits a cell.
fn fitting(text: &str) -> &str {
    if text.len() <= MOST_UNITS {
        return text;
    }
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > MOST_UNITS
    });
    end.map_or(text, |(end, _)| &text[..end])
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("lists of strings and of numbers can be written as JSON")
}

fn failed(error: XlsxError) -> ExchangeError {
    match error {
        XlsxError::IoError(error) => ExchangeError::Io(error),
        other => ExchangeError::Unsound(format!("the worksheet cannot be written: {other}")),
    }
}
