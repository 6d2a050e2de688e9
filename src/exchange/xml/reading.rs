//! Reading XML that somebody else wrote, node by node.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

use crate::exchange::ExchangeError;
use crate::exchange::source::Asks;

/// How deep elements may lie in one another.
const MOST_DEPTH: usize = 100;

/// How many attributes an element may have.
const MOST_ATTRIBUTES: usize = 1000;

/// A piece of a file.
pub enum Node<'a> {
    /// An element begins.
    Start(Start<'a>),
    /// Text between marks, line ends as LF.
    Text(Cow<'a, str>),
    /// The innermost element ends.
    End,
}

/// The beginning of an element.
pub struct Start<'a> {
    /// The URI of its namespace; empty where it has none.
    pub namespace: &'a str,
    /// Its name without a prefix.
    pub name: &'a str,
    /// Its attributes but for the declarations of namespaces.
    pub attributes: Vec<Attribute<'a>>,
}

/// An attribute of an element.
pub struct Attribute<'a> {
    /// The URI of its namespace; empty where it has none.
    pub namespace: &'a str,
    /// Its name without a prefix.
    pub name: &'a str,
    /// Its value.
    pub value: Cow<'a, str>,
}

/// Reads a file node by node.
///
/// # Errors
/// When it is not well-formed XML, has a document type declaration, lies too deep, or with the sentence of `each`; all name the line. Or when
/// whoever wants it no longer does.
pub fn read(
    file: &str,
    content: &str,
    asks: &Asks<'_>,
    each: &mut dyn FnMut(Node<'_>) -> Result<(), String>,
) -> Result<(), ExchangeError> {
    let mut xml = Xml::new(file, content, asks);
    while let Some(node) = xml.next()? {
        let taken = each(node);
        taken.map_err(|what| xml.wrong(what))?;
    }
    Ok(())
}

/// A file on its way, for readers that follow its elements down.
pub struct Xml<'x> {
    reader: NsReader<&'x [u8]>,
    file: &'x str,
    content: &'x str,
    asks: &'x Asks<'x>,
    version: XmlVersion,
    depth: usize,
    elements: usize,
    /// Where the node begins that was read last, in bytes.
    begun: usize,
    start: BytesStart<'x>,
}

/// The beginning of an element, kept while what stands in it is read.
pub struct Element {
    /// Its name without a prefix.
    pub name: String,
    /// Names and values of its attributes that are in no namespace.
    attributes: Vec<(String, String)>,
}

impl Element {
    fn new(start: Start<'_>) -> Self {
        let plain = start.attributes.into_iter().filter(|attribute| attribute.namespace.is_empty());
        let attributes = plain.map(|one| (one.name.to_owned(), one.value.into_owned())).collect();
        Self { name: start.name.to_owned(), attributes }
    }

    /// The value of an attribute that is in no namespace.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl<'x> Xml<'x> {
    /// A file by its name, which errors will tell, its content, and whom to ask at its nodes whether to go on.
    pub fn new(file: &'x str, content: &'x str, asks: &'x Asks<'x>) -> Self {
        let mut reader = NsReader::from_str(content);
        reader.config_mut().expand_empty_elements = true;
        let start = BytesStart::new("");
        let version = XmlVersion::Implicit1_0;
        Self { reader, file, content, asks, version, depth: 0, elements: 0, begun: 0, start }
    }

    /// The next node; `None` at the end of the file.
    ///
    /// # Errors
    /// When it is not well-formed XML, has a document type declaration, or lies too deep, or when whoever wants it no longer does.
    pub fn next(&mut self) -> Result<Option<Node<'_>>, ExchangeError> {
        loop {
            self.asks.step()?;
            self.begun = usize::try_from(self.reader.buffer_position()).unwrap_or(self.content.len());
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(why) => {
                    let byte = usize::try_from(self.reader.error_position()).unwrap_or(self.content.len());
                    let what = format!("it is no well-formed XML ({why})");
                    return Err(ExchangeError::malformed(self.line(byte), what));
                }
            };
            match event {
                Event::Start(start) | Event::Empty(start) => {
                    self.depth += 1;
                    self.elements += 1;
                    if self.depth > MOST_DEPTH {
                        let what = format!("elements lie more than {MOST_DEPTH} deep in one another");
                        return Err(self.wrong(what));
                    }
                    self.start = start;
                    let attributes = attributes(&self.reader, &self.start, self.version);
                    let attributes = attributes.map_err(|what| self.wrong(what))?;
                    let (namespace, name) = self.reader.resolver().resolve_element(self.start.name());
                    let namespace = uri(&namespace).map_err(|what| self.wrong(what))?;
                    return Ok(Some(Node::Start(Start { namespace, name: name.into_inner(), attributes })));
                }
                Event::End(_) => {
                    self.depth -= 1;
                    return Ok(Some(Node::End));
                }
                Event::Text(text) => return Ok(Some(Node::Text(text.xml_content(self.version)))),
                Event::CData(text) => return Ok(Some(Node::Text(text.xml_content(self.version)))),
                Event::GeneralRef(reference) => {
                    let character =
                        reference.resolve_char_ref().map_err(|why| self.wrong(why.to_string()))?;
                    let text = match (character, &*reference) {
                        (Some(character), _) => Cow::Owned(character.to_string()),
                        (None, name) => match quick_xml::escape::resolve_predefined_entity(name) {
                            Some(text) => Cow::Borrowed(text),
                            None => {
                                let what = format!("the entity «{name}» is not one of XML's own");
                                return Err(self.wrong(what));
                            }
                        },
                    };
                    return Ok(Some(Node::Text(text)));
                }
                Event::Decl(declaration) => {
                    self.version = declaration.xml_version().map_err(|why| self.wrong(why.to_string()))?;
                }
                Event::DocType(_) => {
                    let what =
                        "it has a document type declaration, which may hide other files in it; take it out";
                    return Err(self.wrong(what));
                }
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof if self.depth > 0 => return Err(self.wrong("it ends inside an element")),
                Event::Eof if self.elements == 0 => {
                    return Err(ExchangeError::malformed(self.file, "it is no XML"));
                }
                Event::Eof => return Ok(None),
            }
        }
    }

    /// Calls `root` with the outermost element, which it has to take to its end as in [`Self::children`].
    ///
    /// # Errors
    /// As [`Self::next`], and with the error of `root`.
    pub fn document(
        &mut self,
        root: &mut dyn FnMut(&mut Self, &Element) -> Result<(), ExchangeError>,
    ) -> Result<(), ExchangeError> {
        while let Some(node) = self.next()? {
            if let Node::Start(start) = node {
                let element = Element::new(start);
                root(self, &element)?;
            }
        }
        Ok(())
    }

    /// Calls `each` with every element that stands directly in the one that was begun last, which ends with this. `each` has to take its element
    /// to its end: by this, [`Self::content`] or [`Self::skip`].
    ///
    /// # Errors
    /// As [`Self::next`], and with the error of `each`.
    pub fn children(
        &mut self,
        each: &mut dyn FnMut(&mut Self, &Element) -> Result<(), ExchangeError>,
    ) -> Result<(), ExchangeError> {
        while let Some(node) = self.next()? {
            match node {
                Node::Start(start) => {
                    let element = Element::new(start);
                    each(self, &element)?;
                }
                Node::End => return Ok(()),
                Node::Text(_) => {}
            }
        }
        Ok(())
    }

    /// The text in the element that was begun last, which ends with this; without what stands in elements in it.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub fn content(&mut self) -> Result<String, ExchangeError> {
        let mut content = String::new();
        let inside = self.depth;
        while self.depth >= inside {
            let is_direct = self.depth == inside;
            match self.next()? {
                Some(Node::Text(text)) if is_direct => content.push_str(&text),
                Some(_) => {}
                None => break,
            }
        }
        Ok(content)
    }

    /// Passes over what is left of the element that was begun last.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub fn skip(&mut self) -> Result<(), ExchangeError> {
        self.content().map(|_| ())
    }

    /// That something is wrong with the node that was read last.
    pub fn wrong(&self, what: impl Into<String>) -> ExchangeError {
        ExchangeError::malformed(self.line(self.begun), what)
    }

    fn line(&self, byte: usize) -> String {
        let before = &self.content.as_bytes()[..byte.min(self.content.len())];
        format!("line {} of {}", memchr::memchr_iter(b'\n', before).count() + 1, self.file)
    }
}

fn attributes<'a>(
    reader: &'a NsReader<&[u8]>,
    start: &'a BytesStart<'_>,
    version: XmlVersion,
) -> Result<Vec<Attribute<'a>>, String> {
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(|why| why.to_string())?;
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        if attributes.len() == MOST_ATTRIBUTES {
            return Err(format!("an element has more than {MOST_ATTRIBUTES} attributes"));
        }
        let (namespace, name) = reader.resolver().resolve_attribute(attribute.key);
        let value = attribute.normalized_value(version).map_err(|why| why.to_string())?;
        attributes.push(Attribute { namespace: uri(&namespace)?, name: name.into_inner(), value });
    }
    Ok(attributes)
}

fn uri<'a>(namespace: &ResolveResult<'a>) -> Result<&'a str, String> {
    match namespace {
        ResolveResult::Bound(namespace) => Ok(namespace.0),
        ResolveResult::Unbound => Ok(""),
        ResolveResult::Unknown(prefix) => Err(format!("the prefix «{prefix}» is not declared")),
    }
}
