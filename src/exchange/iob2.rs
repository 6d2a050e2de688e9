//! `iob2`: a token and its label a line, with a tab between, and an empty line after each sentence; one file a document.
//!
//! Labels are `B-NAME` where a mark begins, `I-NAME` where it goes on, and `O`. Characters of a name that would end the line or the field are written
//! as `%XX`.

use std::fmt::Write as _;

use super::bio::label;
use super::formats::{FormatInfo, Out};
use super::losses::{Lost, told_once};
use super::walk::walk;
use super::{ExchangeError, Loss, Options, Progress, Scope, Sink};
use crate::model::Project;

/// What is lost once.
const ONCE: [Lost; 5] = [Lost::Coder, Lost::Times, Lost::Ids, Lost::Codebook, Lost::Texts];

pub(super) const INFO: FormatInfo = FormatInfo {
    name: "iob2",
    message: "format-iob2",
    readers: "Programs that train taggers read it, and seqeval counts in it: a token and its label a line.",
    holds: "One file a document, a token and its label a line, an empty line after each sentence. Tokens are words by UAX #29 with whatever is joined \
            to them, and marks of punctuation; labels are B-NAME, I-NAME and O. A token has one label: of marks over one another the one that \
            begins first is kept, of those that begin together the longest, of several tags the first; a mark inside a token gets the whole \
            token. No sentence ends inside a mark.",
    extension: "iob2",
    out: Out::Folder,
    offsets: "tokens",
    loses: &[
        Lost::Whole,
        Lost::Parts,
        Lost::Overlap,
        Lost::Cut,
        Lost::Note,
        Lost::Attributes,
        Lost::Relations,
        Lost::Untagged,
        Lost::Coder,
        Lost::Times,
        Lost::Ids,
        Lost::Codebook,
        Lost::Texts,
    ],
    byte_order_mark: false,
    write,
    read: None,
    rows: None,
};

fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let mut losses = Vec::new();
    let mut lines = String::new();
    walk(project, scope, progress, &mut |page| {
        let stem = page.document.file.trim_end_matches(".txt");
        let out = sink.file(&format!("{stem}.iob2"))?;
        for sentence in label(page, &mut losses)? {
            lines.clear();
            for token in sentence {
                lines.push_str(&page.text()[token.range]);
                match token.label {
                    None => lines.push_str("\tO"),
                    Some((begins, name)) => {
                        lines.push_str(if begins { "\tB-" } else { "\tI-" });
                        push_name(&mut lines, &name);
                    }
                }
                lines.push('\n');
            }
            lines.push('\n');
            out.write_all(lines.as_bytes())?;
        }
        Ok(())
    })?;
    losses.extend(told_once(project, scope, &ONCE));
    Ok(losses)
}

/// Adds the name of a tag.
fn push_name(out: &mut String, name: &str) {
    for c in name.chars() {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(c);
        }
    }
}
