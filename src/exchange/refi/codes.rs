//! The tags as nested codes, in a codebook and in a project.

use std::collections::{HashMap, HashSet};
use std::io;

use super::guids::{self, plain};
use crate::exchange::ExchangeError;
use crate::exchange::imported::ImportedTag;
use crate::exchange::losses::{Loss, Lost};
use crate::exchange::source::Asks;
use crate::exchange::walk::UNTAGGED;
use crate::exchange::xml::{Element, Tree, Xml, held};
use crate::model::{Codebook, Color, Tag, TagId};

/// A code to be written: how deep it stands, and what is said of it.
pub struct Code<'a> {
    depth: usize,
    guid: String,
    name: &'a str,
    color: Option<Color>,
    definition: &'a str,
}

impl<'a> Code<'a> {
    /// A code that is no tag of the codebook.
    pub fn loose(guid: String, name: &'a str) -> Self {
        Self { depth: 0, guid, name, color: None, definition: "" }
    }
}

/// The GUID of the code for annotations without tags.
pub fn untagged() -> String {
    guids::derived("code", &[UNTAGGED])
}

/// The tags of a codebook, each after the one it stands under, and what codes cannot hold of them.
pub fn of(codebook: &Codebook) -> (Vec<Code<'_>>, Vec<Loss>) {
    let tags = codebook.tags();
    let mut under: HashMap<Option<TagId>, Vec<&Tag>> = HashMap::new();
    for tag in tags {
        let parent = tag.parent.filter(|parent| codebook.get(*parent).is_some());
        under.entry(parent).or_default().push(tag);
    }
    let mut codes = Vec::with_capacity(tags.len());
    let mut order = Vec::with_capacity(tags.len());
    let mut seen: HashSet<TagId> = HashSet::new();
    let mut is_broken = false;
    // Those that stand under nothing; then, should tags stand under one another in a circle, what is left.
    for tag in under.get(&None).into_iter().flatten().copied().chain(tags) {
        is_broken |= tag.parent.is_some() && !seen.contains(&tag.id);
        let mut stack = vec![(0, tag)];
        while let Some((depth, tag)) = stack.pop() {
            if !seen.insert(tag.id) {
                continue;
            }
            order.push(tag.id);
            let (guid, color) = (tag.id.to_string(), Some(tag.color));
            codes.push(Code { depth, guid, name: &tag.name, color, definition: &tag.definition });
            let children = under.get(&Some(tag.id)).into_iter().flatten();
            stack.extend(children.rev().map(|child| (depth + 1, *child)));
        }
    }
    let is_other = |text: &str| held(text) != text;
    let lost = [
        ("order", order.iter().ne(tags.iter().map(|tag| &tag.id))),
        ("parents", is_broken),
        ("shortcuts", tags.iter().any(|tag| tag.shortcut.is_some())),
        ("withdrawn tags", tags.iter().any(|tag| tag.withdrawn)),
        ("characters", tags.iter().any(|tag| is_other(&tag.name) || is_other(&tag.definition))),
    ];
    let lost: Vec<&str> = lost.into_iter().filter(|(_, is_lost)| *is_lost).map(|(what, _)| what).collect();
    let losses = match lost.is_empty() {
        true => Vec::new(),
        false => vec![Loss::once(Lost::Codebook).about(lost.join(", "))],
    };
    (codes, losses)
}

/// Writes the element `Codes`.
pub fn write(xml: &mut Tree<'_>, codes: &[Code<'_>]) -> io::Result<()> {
    xml.open("Codes", &[])?;
    let mut open = 0;
    for (at, code) in codes.iter().enumerate() {
        while open > code.depth {
            xml.close()?;
            open -= 1;
        }
        let color = code.color.map(|color| color.to_string());
        let mut attributes = vec![("guid", code.guid.as_str()), ("name", code.name), ("isCodable", "true")];
        attributes.extend(color.as_deref().map(|color| ("color", color)));
        let has_children = codes.get(at + 1).is_some_and(|next| next.depth > code.depth);
        if code.definition.is_empty() && !has_children {
            xml.empty("Code", &attributes)?;
            continue;
        }
        xml.open("Code", &attributes)?;
        open += 1;
        if !code.definition.is_empty() {
            xml.leaf("Description", &[], code.definition)?;
        }
    }
    for _ in 0..=open {
        xml.close()?;
    }
    Ok(())
}

/// The codes of a file.
#[derive(Default)]
pub struct Codes {
    codes: Vec<Read>,
    places: HashMap<String, usize>,
}

/// A code as a file says it.
#[derive(Default)]
struct Read {
    guid: String,
    /// As the file calls it.
    called: String,
    /// The name of its tag, which no other has.
    name: String,
    parent: Option<usize>,
    color: Option<Color>,
    definition: String,
    notes: Vec<String>,
}

impl Read {
    /// Whether it is our code for what has no tag.
    fn is_untagged(&self) -> bool {
        self.called == UNTAGGED && self.guid == untagged()
    }
}

impl Codes {
    /// Reads the element `Codes`, which was begun.
    ///
    /// # Errors
    /// When a code has no name, or a GUID that another has: a code that stands under itself among them.
    pub fn read(&mut self, xml: &mut Xml<'_>) -> Result<(), ExchangeError> {
        xml.children(&mut |xml, element| match element.name.as_str() {
            "Code" => self.code(xml, element, None),
            _ => xml.skip(),
        })
    }

    /// Reads a code and those under it, as deep as XML may go.
    fn code(
        &mut self,
        xml: &mut Xml<'_>,
        element: &Element,
        parent: Option<usize>,
    ) -> Result<(), ExchangeError> {
        let guid = plain(element.get("guid").ok_or_else(|| xml.wrong("a code has no GUID"))?);
        let called = element.get("name").ok_or_else(|| xml.wrong("a code has no name"))?.to_owned();
        let at = self.codes.len();
        if let Some(other) = self.places.insert(guid.clone(), at) {
            let is_above = std::iter::successors(parent, |at| self.codes[*at].parent).any(|at| at == other);
            let other = &self.codes[other].called;
            return Err(xml.wrong(match is_above {
                true => format!("the code «{called}» stands under itself, «{other}»"),
                false => format!("the codes «{other}» and «{called}» have one GUID"),
            }));
        }
        let color = element.get("color").and_then(color);
        self.codes.push(Read { guid, called, parent, color, ..Read::default() });
        xml.children(&mut |xml, element| {
            match element.name.as_str() {
                "Code" => return self.code(xml, element, Some(at)),
                "Description" => self.codes[at].definition = xml.content()?,
                "NoteRef" => {
                    self.codes[at].notes.extend(element.get("targetGUID").map(plain));
                    xml.skip()?;
                }
                _ => xml.skip()?,
            }
            Ok(())
        })
    }

    /// Gives each code the name of a tag, of which there is one: of codes of one name, that of the code above goes before it.
    ///
    /// # Errors
    /// When whoever wants it no longer does.
    pub fn settle(&mut self, remarks: &mut Vec<String>, asks: &Asks<'_>) -> Result<(), ExchangeError> {
        let mut taken: HashSet<String> = HashSet::new();
        // How far the numbers behind each name have gone: a file may have a million codes of one name.
        let mut numbers: HashMap<String, usize> = HashMap::new();
        for at in 0..self.codes.len() {
            asks.step()?;
            let code = &self.codes[at];
            if code.is_untagged() {
                continue;
            }
            let mut name = code.called.clone();
            let mut above = code.parent;
            while let Some(parent) = above.filter(|_| taken.contains(&name)) {
                name = format!("{} / {name}", self.codes[parent].called);
                above = self.codes[parent].parent;
            }
            let stem = name.clone();
            while !taken.insert(name.clone()) {
                let number = numbers.entry(stem.clone()).or_insert(1);
                *number += 1;
                name = format!("{stem} ({number})");
            }
            if name != code.called {
                remarks.push(format!("a second code «{}» became the tag «{name}»", code.called));
            }
            self.codes[at].name = name;
        }
        Ok(())
    }

    /// The GUIDs of the notes on codes.
    pub fn notes(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().flat_map(|code| &code.notes).map(String::as_str)
    }

    /// The names of the tags that a code means; `None` where there is no such code.
    pub fn tags(&self, guid: &str) -> Option<Vec<String>> {
        let code = &self.codes[*self.places.get(guid)?];
        Some(if code.is_untagged() { Vec::new() } else { vec![code.name.clone()] })
    }

    /// The tags of settled codes, each after the one it stands under; notes by their GUIDs go behind the definitions.
    pub fn end(self, notes: &HashMap<String, String>) -> Vec<ImportedTag> {
        let codes = self.codes.iter().filter(|code| !code.is_untagged() && code.guid != code.called);
        let tag = |code: &Read| {
            let notes = code.notes.iter().filter_map(|note| notes.get(note)).map(String::as_str);
            let said: Vec<&str> =
                [code.definition.as_str()].into_iter().chain(notes).filter(|said| !said.is_empty()).collect();
            let parent = code.parent.map(|at| &self.codes[at]).filter(|parent| !parent.is_untagged());
            ImportedTag {
                id: code.guid.parse().ok(),
                name: code.name.clone(),
                color: code.color,
                parent: parent.map(|parent| parent.name.clone()),
                definition: said.join("\n\n"),
                ..ImportedTag::default()
            }
        };
        codes.map(tag).collect()
    }
}

/// A colour as the schema has them: three or six digits.
fn color(text: &str) -> Option<Color> {
    let text = text.trim();
    match text.strip_prefix('#').filter(|digits| digits.len() == 3) {
        Some(digits) => {
            let doubled: String = digits.chars().flat_map(|digit| [digit, digit]).collect();
            format!("#{doubled}").parse().ok()
        }
        None => text.parse().ok(),
    }
}
