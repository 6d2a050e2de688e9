//! `find`: where a text stands in the documents.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::failure::Failure;
use super::listing::{count, one_line};
use super::matching::Matching;
use super::project;
use crate::exchange::Units;
use crate::model::{ByteOffset, DocumentId};
use crate::search::Matcher;

/// The verb `find`.
#[derive(Debug, Args)]
pub struct Find {
    /// The project, or a folder of documents
    project: PathBuf,

    /// The text to search for; any part of a word matches
    query: String,

    #[command(flatten)]
    matching: Matching,

    /// Print one JSON object: `{"hits":[{"document","start_byte","end_byte"}, …]}`
    #[arg(long)]
    json: bool,
}

/// A hit as it is printed with `--json`.
#[derive(Serialize)]
struct Hit {
    document: DocumentId,
    start_byte: ByteOffset,
    end_byte: ByteOffset,
}

impl Find {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let query = self.matching.query(&self.query)?;
        let opened = project::read(&self.project)?;
        let matcher = Matcher::new(&query);
        if self.json {
            write!(out, "{{\"hits\":[")?;
        }
        let mut hits = 0;
        for document in opened.project.documents() {
            let units = if self.json { Units::new("") } else { Units::new(document.text.as_str()) };
            for span in matcher.hits(&document.text) {
                if self.json {
                    let separator = if hits == 0 { "" } else { "," };
                    write!(out, "{separator}")?;
                    let hit = Hit { document: document.id, start_byte: span.start, end_byte: span.end };
                    serde_json::to_writer(&mut *out, &hit)?;
                } else {
                    let line = units.place(span.start).map_or(0, |place| place.line.0);
                    let quote = document.text.quote(&[span]);
                    let context = format!("{}[{}]{}", quote.prefix, quote.exact, quote.suffix);
                    writeln!(out, "{}:{line}: {}", one_line(&document.title), one_line(&context))?;
                }
                hits += 1;
            }
        }
        let end = if self.json { "]}".to_owned() } else { count(hits, "hit") };
        writeln!(out, "{end}")?;
        Ok(())
    }
}
