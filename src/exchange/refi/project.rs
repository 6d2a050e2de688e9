//! `project.qde` as a file says it: users, codes, texts with their selections, notes, cases and links, before anything is made of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::codes::Codes;
use super::guids::plain;
use crate::exchange::ExchangeError;
use crate::exchange::source::Asks;
use crate::exchange::xml::{Element, Xml};
use crate::model::Timestamp;

/// A project.
#[derive(Default)]
pub struct Qde {
    /// Whether we wrote it.
    pub is_ours: bool,
    /// Names by GUIDs.
    pub users: HashMap<String, String>,
    pub variables: HashMap<String, String>,
    pub codes: Codes,
    pub cases: Vec<Case>,
    pub sources: Vec<Text>,
    pub notes: Vec<Text>,
    pub links: Vec<Link>,
    /// How much there is of what Hashiya has no place for.
    pub passed: BTreeMap<&'static str, usize>,
}

/// A text, of a source or of a note.
#[derive(Default)]
pub struct Text {
    pub guid: String,
    pub name: String,
    /// Where it lies.
    pub path: Option<String>,
    /// Itself.
    pub content: Option<String>,
    pub selections: Vec<Selection>,
}

/// A part of a text that was marked.
#[derive(Default)]
pub struct Selection {
    pub guid: String,
    pub name: String,
    pub place: (u64, u64),
    pub description: String,
    pub made: Made,
    pub codings: Vec<Coding>,
    /// GUIDs of notes.
    pub notes: Vec<String>,
}

/// A code that a selection was given.
pub struct Coding {
    /// GUID of the code.
    pub code: String,
    pub made: Made,
    pub notes: Vec<String>,
}

/// Who made something, by GUID, and when.
#[derive(Default)]
pub struct Made {
    pub user: Option<String>,
    pub created: Option<Timestamp>,
    pub modified: Option<Timestamp>,
}

/// Something that variables say something of.
#[derive(Default)]
pub struct Case {
    pub guid: String,
    pub name: String,
    /// GUIDs of variables, and what they say.
    pub values: Vec<(String, String)>,
    /// GUIDs.
    pub selections: Vec<String>,
}

/// An arrow.
pub struct Link {
    pub guid: String,
    pub name: String,
    pub origin: String,
    pub target: String,
}

impl Qde {
    /// Reads a project.
    ///
    /// # Errors
    /// When it is no sound XML, or no project, or when whoever wants it no longer does.
    pub fn read(file: &str, content: &str, asks: &Asks<'_>) -> Result<Self, ExchangeError> {
        let mut qde = Self::default();
        Xml::new(file, content, asks).document(&mut |xml, root| {
            if root.name != "Project" {
                return Err(xml.wrong(format!("«{}» begins no project", root.name)));
            }
            qde.is_ours = root.get("origin").is_some_and(|origin| origin.starts_with("Hashiya "));
            xml.children(&mut |xml, element| qde.part(xml, element))
        })?;
        Ok(qde)
    }

    /// The GUIDs of the notes that codes, selections and codings have.
    pub fn named_notes(&self) -> HashSet<&str> {
        let selections = || self.sources.iter().flat_map(|source| &source.selections);
        let of_selections = selections().flat_map(|selection| &selection.notes);
        let of_codings =
            selections().flat_map(|selection| &selection.codings).flat_map(|coding| &coding.notes);
        of_selections.chain(of_codings).map(String::as_str).chain(self.codes.notes()).collect()
    }

    /// Counts what is passed over.
    pub fn pass(&mut self, what: &'static str, count: usize) {
        *self.passed.entry(what).or_default() += count;
    }

    fn part(&mut self, xml: &mut Xml<'_>, element: &Element) -> Result<(), ExchangeError> {
        match element.name.as_str() {
            "Users" => xml.children(&mut |xml, user| {
                let name =
                    [user.get("name"), user.get("id")].into_iter().flatten().find(|name| !name.is_empty());
                if let Some(name) = name {
                    self.users.insert(guid(user), name.to_owned());
                }
                xml.skip()
            }),
            "CodeBook" => xml.children(&mut |xml, element| match element.name.as_str() {
                "Codes" => self.codes.read(xml),
                other => {
                    if matches!(other, "Set" | "Sets") {
                        self.pass("sets of codes or texts", 1);
                    }
                    xml.skip()
                }
            }),
            "Variables" => xml.children(&mut |xml, variable| {
                let name = variable.get("name").unwrap_or_default();
                self.variables.insert(guid(variable), name.to_owned());
                xml.skip()
            }),
            "Cases" => xml.children(&mut |xml, case| self.case(xml, case)),
            "Sources" => xml.children(&mut |xml, source| self.source(xml, source)),
            "Notes" => xml.children(&mut |xml, note| {
                let text = self.text(xml, note)?;
                self.notes.push(text);
                Ok(())
            }),
            "Links" => xml.children(&mut |xml, link| {
                let end = |name: &str| link.get(name).map(plain).unwrap_or_default();
                self.links.push(Link {
                    guid: guid(link),
                    name: link.get("name").unwrap_or_default().to_owned(),
                    origin: end("originGUID"),
                    target: end("targetGUID"),
                });
                xml.skip()
            }),
            other => {
                match other {
                    "Set" | "Sets" => self.pass("sets of codes or texts", 1),
                    "Graphs" => self.pass("graphs", 1),
                    "Description" | "NoteRef" => self.pass("what is said of the project as a whole", 1),
                    _ => {}
                }
                xml.skip()
            }
        }
    }

    fn case(&mut self, xml: &mut Xml<'_>, element: &Element) -> Result<(), ExchangeError> {
        let name = element.get("name").unwrap_or_default().to_owned();
        let mut case = Case { guid: guid(element), name, ..Case::default() };
        xml.children(&mut |xml, element| match element.name.as_str() {
            "VariableValue" => {
                case.values.push(value(xml)?);
                Ok(())
            }
            "SelectionRef" => {
                case.selections.extend(element.get("targetGUID").map(plain));
                xml.skip()
            }
            other => {
                if matches!(other, "CodeRef" | "SourceRef") {
                    self.pass("codes and texts of cases", 1);
                }
                xml.skip()
            }
        })?;
        self.cases.push(case);
        Ok(())
    }

    /// A source of any kind: texts, and the texts of those that are something else.
    fn source(&mut self, xml: &mut Xml<'_>, element: &Element) -> Result<(), ExchangeError> {
        match element.name.as_str() {
            "TextSource" => {
                let text = self.text(xml, element)?;
                self.sources.push(text);
                Ok(())
            }
            "PDFSource" | "PictureSource" => {
                let before = self.sources.len();
                xml.children(&mut |xml, part| match part.name.as_str() {
                    "Representation" | "TextDescription" => {
                        let mut text = self.text(xml, part)?;
                        if text.name.is_empty() {
                            text.name = element.get("name").unwrap_or_default().to_owned();
                        }
                        self.sources.push(text);
                        Ok(())
                    }
                    other => {
                        if matches!(other, "PDFSelection" | "PictureSelection" | "Coding") {
                            self.pass("marks on pages and pictures", 1);
                        }
                        xml.skip()
                    }
                })?;
                if self.sources.len() == before {
                    self.pass("pages and pictures without a text", 1);
                }
                Ok(())
            }
            _ => {
                self.pass("recordings, and texts that go with them", 1);
                xml.skip()
            }
        }
    }

    fn text(&mut self, xml: &mut Xml<'_>, element: &Element) -> Result<Text, ExchangeError> {
        let mut text = Text {
            guid: guid(element),
            name: element.get("name").unwrap_or_default().to_owned(),
            path: element.get("plainTextPath").map(str::to_owned),
            ..Text::default()
        };
        xml.children(&mut |xml, part| {
            match part.name.as_str() {
                "PlainTextContent" => text.content = Some(xml.content()?),
                "PlainTextSelection" => text.selections.push(selection(xml, part)?),
                other => {
                    if matches!(other, "Coding" | "NoteRef" | "VariableValue" | "Description") {
                        self.pass("what is said of texts as a whole", 1);
                    }
                    xml.skip()?;
                }
            }
            Ok(())
        })?;
        Ok(text)
    }
}

fn selection(xml: &mut Xml<'_>, element: &Element) -> Result<Selection, ExchangeError> {
    let position = |name: &str| -> Result<u64, ExchangeError> {
        let text = element.get(name).ok_or_else(|| xml.wrong(format!("a selection has no {name}")))?;
        text.trim().parse().map_err(|_| xml.wrong(format!("«{text}» is no position")))
    };
    let mut selection = Selection {
        guid: guid(element),
        name: element.get("name").unwrap_or_default().to_owned(),
        place: (position("startPosition")?, position("endPosition")?),
        made: made(element),
        ..Selection::default()
    };
    xml.children(&mut |xml, part| {
        match part.name.as_str() {
            "Description" => selection.description = xml.content()?,
            "NoteRef" => {
                selection.notes.extend(part.get("targetGUID").map(plain));
                xml.skip()?;
            }
            "Coding" => selection.codings.extend(coding(xml, part)?),
            _ => xml.skip()?,
        }
        Ok(())
    })?;
    Ok(selection)
}

/// A coding; `None` where it names no code.
fn coding(xml: &mut Xml<'_>, element: &Element) -> Result<Option<Coding>, ExchangeError> {
    let mut code = None;
    let mut notes = Vec::new();
    xml.children(&mut |xml, part| {
        match part.name.as_str() {
            "CodeRef" => code = part.get("targetGUID").map(plain),
            "NoteRef" => notes.extend(part.get("targetGUID").map(plain)),
            _ => {}
        }
        xml.skip()
    })?;
    Ok(code.map(|code| Coding { code, made: made(element), notes }))
}

/// A variable's GUID, and what it says.
fn value(xml: &mut Xml<'_>) -> Result<(String, String), ExchangeError> {
    let (mut variable, mut said) = (String::new(), String::new());
    xml.children(&mut |xml, part| {
        match part.name.as_str() {
            "VariableRef" => {
                variable = part.get("targetGUID").map(plain).unwrap_or_default();
                xml.skip()?;
            }
            _ => said = xml.content()?,
        }
        Ok(())
    })?;
    Ok((variable, said))
}

fn guid(element: &Element) -> String {
    element.get("guid").map(plain).unwrap_or_default()
}

fn made(element: &Element) -> Made {
    // A time without a zone is taken for one in UTC.
    let time = |name: &str| {
        let text = element.get(name)?.trim();
        text.parse().ok().or_else(|| format!("{text}Z").parse().ok())
    };
    Made {
        user: element.get("creatingUser").map(plain),
        created: time("creationDateTime"),
        modified: time("modifiedDateTime"),
    }
}
