//! `conllu`: CoNLL-U, the format of Universal Dependencies; one file a document, that passes its validator at level 2.
//!
//! Marks stand in the last column as `Tag=B-NAME` and `Tag=I-NAME`, the name percent-encoded. There is no analysis: the word class `X` and a flat tree of
//! `dep` below the first token, the `root`, are placeholders, and a comment says so. The validator asks for NFC, so tokens are normalised; whatever
//! stands between tokens and is not one space is in `SpacesAfter`, escaped as UDPipe does it.
//! The format: <https://universaldependencies.org/format.html>.

use std::fmt::Write as _;

use icu_normalizer::ComposingNormalizerBorrowed;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::bio::{Labelled, label};
use super::formats::{FormatInfo, Out};
use super::losses::{Lost, told_once};
use super::walk::{Page, walk};
use super::{ExchangeError, Loss, Options, Progress, Scope, Sink};
use crate::model::Project;

pub(super) const INFO: FormatInfo = FormatInfo {
    name: "conllu",
    message: "format-conllu",
    readers: "Programs for Universal Dependencies read it, such as udapi and UDPipe: a token a line, marks in the last column.",
    holds: "One file a document in CoNLL-U, valid at level 2. Marks stand in MISC as Tag=B-NAME and Tag=I-NAME, the name percent-encoded. The word class \
            X, the root at the first token and dep at the others are placeholders. Tokens are normalised to NFC, blanks between them stand in \
            SpacesAfter; U+FFFD, which the validator refuses, becomes U+25A1. Tokens, labels and sentences as in iob2.",
    extension: "conllu",
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
        Lost::Characters,
        Lost::Untagged,
        Lost::Coder,
        Lost::Times,
        Lost::Ids,
        Lost::Codebook,
    ],
    byte_order_mark: false,
    write,
    read: None,
    rows: None,
};

/// What is lost once.
const ONCE: [Lost; 4] = [Lost::Coder, Lost::Times, Lost::Ids, Lost::Codebook];

/// What is encoded in a name: everything but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    let mut losses = Vec::new();
    walk(project, scope, progress, &mut |page| {
        let stem = page.document.file.trim_end_matches(".txt");
        let out = sink.file(&format!("{stem}.conllu"))?;
        let sentences = label(page, &mut losses)?;
        let mut writer = Writer { page, lines: String::new(), text: String::new(), changed: 0 };
        for (number, sentence) in sentences.iter().enumerate() {
            writer.sentence(number, sentence, sentences.get(number + 1).and_then(|next| next.first()));
            out.write_all(writer.lines.as_bytes())?;
        }
        if writer.changed > 0 {
            let about = format!("in {} tokens of «{}»", writer.changed, page.title());
            losses.push(Loss::once(Lost::Characters).about(about));
        }
        Ok(())
    })?;
    losses.extend(told_once(project, scope, &ONCE));
    Ok(losses)
}

/// One file.
struct Writer<'a> {
    page: &'a Page<'a>,
    /// A sentence, and its text as its tokens make it up.
    lines: String,
    text: String,
    /// How many tokens are not as they stand in the text.
    changed: usize,
}

impl Writer<'_> {
    /// One sentence, with the first token of the next.
    fn sentence(&mut self, number: usize, tokens: &[Labelled<'_>], next: Option<&Labelled<'_>>) {
        self.lines.clear();
        self.text.clear();
        let mut rows = String::new();
        for (at, token) in tokens.iter().enumerate() {
            let is_last = at + 1 == tokens.len();
            let next = if is_last { next } else { tokens.get(at + 1) };
            let form = self.form(token);
            let (head, relation) = if at == 0 { (0, "root") } else { (1, "dep") };
            let _ = write!(rows, "{}\t{form}\t_\tX\t_\t_\t{head}\t{relation}\t_\t", at + 1);
            self.text.push_str(&form);
            let start = rows.len();
            let is_joined = self.spaces(&mut rows, token, next, number == 0 && at == 0);
            if !is_joined && !is_last {
                self.text.push(' ');
            }
            if let Some((begins, name)) = &token.label {
                let name = utf8_percent_encode(name, ENCODED);
                separate(&mut rows, start);
                let _ = write!(rows, "Tag={}-{name}", if *begins { 'B' } else { 'I' });
            }
            if rows.len() == start {
                rows.push('_');
            }
            rows.push('\n');
        }
        let id = self.page.document.id;
        if number == 0 {
            let _ = writeln!(self.lines, "# newdoc id = {id}");
            self.lines.push_str(
                "# placeholders = UPOS X, DEPREL root and dep, and HEAD say nothing of the language\n",
            );
        }
        if number == 0 || self.begins_paragraph(tokens) {
            let _ = writeln!(self.lines, "# newpar");
        }
        let _ = writeln!(self.lines, "# sent_id = {id}-{}", number + 1);
        let _ = writeln!(self.lines, "# text = {}", self.text);
        self.lines.push_str(&rows);
        self.lines.push('\n');
    }

    /// A token as the validator takes it.
    fn form(&mut self, token: &Labelled<'_>) -> String {
        let text = &self.page.text()[token.range.clone()];
        let form = ComposingNormalizerBorrowed::new_nfc().normalize(text).replace('\u{fffd}', "\u{25a1}");
        self.changed += usize::from(form != text);
        form
    }

    /// Whether a line break stands before a sentence.
    fn begins_paragraph(&self, tokens: &[Labelled<'_>]) -> bool {
        let before = tokens.first().map_or("", |token| &self.page.text()[..token.range.start]);
        before.trim_end_matches(|c: char| c != '\n' && super::tokens::is_blank(c)).ends_with('\n')
    }

    /// Says what stands after a token, and before the first; returns whether the next follows at once.
    fn spaces(
        &self,
        rows: &mut String,
        token: &Labelled<'_>,
        next: Option<&Labelled<'_>>,
        is_first: bool,
    ) -> bool {
        let text = self.page.text();
        let start = rows.len();
        if is_first && token.range.start > 0 {
            rows.push_str("SpacesBefore=");
            escape(rows, &text[..token.range.start]);
        }
        let after = &text[token.range.end..next.map_or(text.len(), |next| next.range.start)];
        // At the end of a document nothing follows, and the validator takes that for a space.
        let is_joined = after.is_empty() && next.is_some();
        if is_joined {
            separate(rows, start);
            rows.push_str("SpaceAfter=No");
        } else if after != " " && !after.is_empty() {
            separate(rows, start);
            rows.push_str("SpacesAfter=");
            escape(rows, after);
        }
        is_joined
    }
}

/// Puts a separator where something stands in the column already.
fn separate(rows: &mut String, start: usize) {
    if rows.len() > start {
        rows.push('|');
    }
}

/// Adds blanks as UDPipe escapes them; others than it knows as `\u` and four hexadecimal digits.
fn escape(out: &mut String, blanks: &str) {
    for c in blanks.chars() {
        match c {
            ' ' => out.push_str("\\s"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            _ => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04X}");
                }
            }
        }
    }
}
