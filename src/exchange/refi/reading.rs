//! Reading a project: the archive, the texts in it, and what was marked.

use std::collections::HashMap;

use super::marks::Marks;
use super::project::{Qde, Text};
use crate::exchange::archive::Archive;
use crate::exchange::source::{Asks, only};
use crate::exchange::{ExchangeError, Imported, ImportedDocument, Source, Unit};

pub fn read(source: &mut dyn Source) -> Result<Imported, ExchangeError> {
    let file = only(source)?;
    let mut archive = Archive::open(source, &file)?;
    let asks = Asks::new(source);
    let names = archive.names();
    let project = names.iter().find(|name| name.ends_with(".qde") && !name.contains('/'));
    let Some(project) = project.map(|name| (*name).to_owned()) else {
        return Err(ExchangeError::malformed(format!("«{file}»"), "there is no project.qde in it"));
    };
    let content = archive.text(&project)?;
    let mut qde = Qde::read(&project, content.strip_prefix('\u{feff}').unwrap_or(&content), &asks)?;
    let mut imported = Imported { unit: Unit::CodePoints, ..Imported::default() };
    let mut notes: HashMap<String, String> = HashMap::new();
    for note in std::mem::take(&mut qde.notes) {
        if let Some(text) = text_of(&note, &mut archive, qde.is_ours)? {
            notes.insert(note.guid, text);
        }
    }
    let named = qde.named_notes();
    let loose = notes.keys().filter(|note| !named.contains(note.as_str())).count();
    if loose > 0 {
        qde.pass("notes on the project, or on what is not taken in", loose);
    }
    qde.codes.settle(&mut imported.remarks, &asks)?;
    let mut documents = Vec::with_capacity(qde.sources.len());
    let mut outside = 0;
    for source in &qde.sources {
        let text = text_of(source, &mut archive, qde.is_ours)?;
        if text.is_none() && source.path.is_some() {
            outside += 1;
        }
        let name = match source.name.trim() {
            "" => source.guid.clone(),
            _ => source.name.clone(),
        };
        documents.push(ImportedDocument { id: source.guid.parse().ok(), name, text, ..Default::default() });
    }
    if outside > 0 {
        qde.pass("texts that lie outside the archive", outside);
    }
    imported.documents = Marks::new(&mut qde, &notes, &asks).place(documents)?;
    for (what, count) in &qde.passed {
        imported.remarks.push(format!("left out, because there is no place for it here: {what} ({count})"));
    }
    imported.tags = qde.codes.end(&notes);
    Ok(imported)
}

/// A text, where the archive holds it: by itself, or in `sources`.
fn text_of(text: &Text, archive: &mut Archive, is_ours: bool) -> Result<Option<String>, ExchangeError> {
    if let Some(content) = &text.content {
        return Ok(Some(content.clone()));
    }
    let Some(name) = text.path.as_deref().and_then(|path| path.strip_prefix("internal://")) else {
        return Ok(None);
    };
    let name = format!("sources/{}", name.trim_start_matches('/'));
    if !archive.has(&name) {
        return Err(ExchangeError::malformed(
            format!("«{name}» in the archive"),
            "project.qde speaks of it, and it is not there",
        ));
    }
    let content = archive.text(&name)?;
    // Programs put a mark before a text to say that it is UTF-8, and do not count it. We do not: it is a character of the text.
    match content.strip_prefix('\u{feff}').filter(|_| !is_ours) {
        Some(rest) => Ok(Some(rest.to_owned())),
        None => Ok(Some(content)),
    }
}
