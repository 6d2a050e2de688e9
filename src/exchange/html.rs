//! `html`: one page a document, to be read, printed and sent: the text with its highlights, the notes beside it, and a legend. Only written.
//!
//! A page is one file that needs nothing else, no script and no network. Marks lie flat: where annotations overlap, the text is cut into pieces,
//! each a `mark` whose `data-annotation` names every annotation on it, so that letters stay joined and nothing has to nest. Each line of the text
//! is a paragraph whose characters are exactly its own. It has no words of its own, so that it suits readers of every language.

mod colors;
mod direction;
mod page;
mod pieces;

use super::formats::{FormatInfo, Out};
use super::losses::{Lost, told_once};
use super::walk::walk;
use super::{ExchangeError, Loss, Options, Progress, Scope, Sink};
use crate::model::Project;

pub(super) const INFO: FormatInfo = FormatInfo {
    name: "html",
    message: "format-html",
    readers: "People read it in any browser, and print it: one page for each document, with highlights, notes and a legend.",
    holds: "A page for each document that needs no other file. Each line of the text is a paragraph; each piece of it on which the same \
            annotations lie is a mark whose data-annotation names them. Notes, attributes and relations stand beside the paragraph in which \
            their mark begins, tags in the legend.",
    extension: "html",
    out: Out::Folder,
    offsets: "–",
    loses: &[Lost::Target, Lost::Characters, Lost::Times, Lost::Codebook],
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
    walk(project, scope, progress, &mut |page| {
        let stem = page.document.file.trim_end_matches(".txt");
        page::write(page, sink.file(&format!("{stem}.html"))?, &mut losses)
    })?;
    losses.extend(told_once(project, scope, &[Lost::Times, Lost::Codebook]));
    Ok(losses)
}
