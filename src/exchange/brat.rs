//! `brat`: a folder with a text and a standoff file for each document, and the configuration that says what the types are.
//!
//! What brat can show stands where brat looks for it: marks as `T` lines with fragments, notes as `#` lines, attributes as `A`, relations as
//! `R`. What it has no place for (ids, coder, times, and whatever it would change: notes of several lines, spans that begin with a line
//! break) stands in a comment of the type [`OWN`], which brat keeps with the mark. A fragment holds no line break, so a span is split there and
//! gets the attribute [`LINE_BREAK`]. Types that brat cannot spell are spelled otherwise, and `visual.conf` says their names.
//! The format: <https://brat.nlplab.org/standoff.html>, the configuration: <https://brat.nlplab.org/configuration.html>.

mod conf;
mod names;
mod reading;
mod writing;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::formats::{FormatInfo, Out};
use super::losses::Lost;
use crate::model::{AnnotationId, Span, Timestamp};

pub(super) const INFO: FormatInfo = FormatInfo {
    name: "brat",
    message: "format-brat",
    readers: "The annotation tool brat opens it, and many programs of language technology read it: a text and a standoff file for each document.",
    holds: "A text and a standoff file for each document, annotation.conf and visual.conf. Marks are T lines with fragments, one for each tag, \
            notes # lines, attributes A lines, relations R lines. A span is split at line breaks and tabs, which a fragment cannot hold, and gets \
            the attribute LineBreak. Names that brat cannot spell are spelled by a hash, and visual.conf says them. A comment of the type Hashiya \
            holds id, coder, times and whatever brat would change. Read, events become relations from their triggers.",
    extension: "ann",
    out: Out::Folder,
    offsets: "code points",
    loses: &[Lost::Whole, Lost::Target, Lost::Untagged, Lost::Codebook],
    byte_order_mark: false,
    write: writing::write,
    read: Some(reading::read),
    rows: None,
};

/// The type of our comments.
const OWN: &str = "Hashiya";

/// The type of the comments in which brat keeps notes.
const NOTE: &str = "AnnotatorNotes";

/// The attribute of a mark that was split at line breaks, which brat cannot hold inside a fragment.
const LINE_BREAK: &str = "LineBreak";

const ANNOTATION_CONF: &str = "annotation.conf";
const VISUAL_CONF: &str = "visual.conf";

/// What brat carries for us, once for each mark; of the further tags of an annotation only the id.
#[derive(Debug, Serialize, Deserialize)]
struct Own {
    id: AnnotationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    coder: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modified: Option<Timestamp>,
    /// The note, where the line of brat cannot hold it as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// The parts in code points, where the fragments are others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spans: Option<Vec<(u64, u64)>>,
}

/// Whether a character may not stand in a fragment: the line ends of Unicode, at which readers cut lines, and the tab, at which they cut fields.
fn ends_fragment(character: char) -> bool {
    matches!(
        character,
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// A text on one line, without tabs.
fn flat(text: &str) -> String {
    text.replace(ends_fragment, " ")
}

/// The fragments of spans: the spans without the line breaks in them. Where nothing else is in them, the nearest character is taken instead, so
/// that brat has something to show; empty only where the text is nothing but line breaks.
fn fragments(text: &str, spans: &[Span]) -> Vec<Span> {
    let mut fragments = Vec::new();
    for span in spans {
        let mut at = span.start.index();
        for piece in text[span.range()].split_inclusive(ends_fragment) {
            let content = piece.trim_end_matches(ends_fragment);
            if !content.is_empty() {
                fragments.push(Span::new(at..at + content.len()));
            }
            at += piece.len();
        }
    }
    if fragments.is_empty()
        && let (Some(first), Some(last)) = (spans.first(), spans.last())
    {
        let after = text[last.end.index()..].char_indices().find(|(_, c)| !ends_fragment(*c));
        let before = text[..first.start.index()].char_indices().rfind(|(_, c)| !ends_fragment(*c));
        let found = after.map(|(at, c)| (at + last.end.index(), c)).or(before);
        fragments.extend(found.map(|(at, c)| Span::new(at..at + c.len_utf8())));
    }
    fragments
}

/// All values of a list, each once, sorted.
fn distinct<T: Ord>(values: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    values.into_iter().collect()
}
