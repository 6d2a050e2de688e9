//! `formats`: the table of formats, for people and for scripts.

use std::io::Write;

use clap::Args;
use serde::Serialize;

use super::failure::Failure;
use crate::exchange::Format;

/// The verb `formats`.
#[derive(Debug, Args)]
pub struct Formats {
    /// Print JSON: a list of `{"name","writes","reads","offsets","out","loses"}`
    #[arg(long)]
    json: bool,
}

/// A format as it is printed with `--json`.
#[derive(Serialize)]
struct Row {
    name: &'static str,
    writes: bool,
    reads: bool,
    offsets: &'static str,
    out: String,
    loses: Vec<String>,
}

impl Formats {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        if self.json {
            let row = |format: Format| {
                let info = format.info();
                Row {
                    name: info.name,
                    writes: true,
                    reads: info.read.is_some(),
                    offsets: info.offsets,
                    out: info.out.to_string(),
                    loses: info.loses.iter().map(ToString::to_string).collect(),
                }
            };
            let table: Vec<Row> = Format::all().map(row).collect();
            serde_json::to_writer(&mut *out, &table)?;
            writeln!(out)?;
            return Ok(());
        }
        for info in Format::all().map(Format::info) {
            let ways = if info.read.is_some() { "written and read" } else { "written" };
            writeln!(out, "{} ({ways}, one {})", info.name, info.out)?;
            writeln!(out, "  {}", info.readers)?;
            writeln!(out, "  positions in {}", info.offsets)?;
            for lost in info.loses {
                writeln!(out, "  does not hold {lost}")?;
            }
        }
        Ok(())
    }
}
