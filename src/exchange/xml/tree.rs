//! Writing XML as a tree of elements.

use std::io::{self, Write};

use super::write_escaped;

/// A document of nested elements, each on a line of its own, as formats for data have them.
pub struct Tree<'w> {
    out: &'w mut dyn Write,
    open: Vec<&'static str>,
}

/// The attributes of an element: names and values.
pub type Attributes<'a> = &'a [(&'a str, &'a str)];

impl<'w> Tree<'w> {
    /// Begins the document.
    pub fn begin(out: &'w mut dyn Write) -> io::Result<Self> {
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
        Ok(Self { out, open: Vec::new() })
    }

    /// Begins an element that holds others.
    pub fn open(&mut self, name: &'static str, attributes: Attributes<'_>) -> io::Result<()> {
        self.tag(name, attributes)?;
        self.open.push(name);
        self.out.write_all(b">\n")
    }

    /// Ends the element that was begun last.
    pub fn close(&mut self) -> io::Result<()> {
        let Some(name) = self.open.pop() else { return Ok(()) };
        self.indent()?;
        writeln!(self.out, "</{name}>")
    }

    /// Writes an element that holds nothing.
    pub fn empty(&mut self, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
        self.tag(name, attributes)?;
        self.out.write_all(b"/>\n")
    }

    /// Writes an element that holds a text.
    pub fn leaf(&mut self, name: &str, attributes: Attributes<'_>, text: &str) -> io::Result<()> {
        self.tag(name, attributes)?;
        self.out.write_all(b">")?;
        write_escaped(self.out, text)?;
        writeln!(self.out, "</{name}>")
    }

    /// Begins an element whose content, text and markup, is written to what this returns, and ended with [`Self::end_mixed`].
    pub fn mixed(&mut self, name: &str, attributes: Attributes<'_>) -> io::Result<&mut dyn Write> {
        self.tag(name, attributes)?;
        self.out.write_all(b">")?;
        Ok(self.out)
    }

    /// Ends the element that [`Self::mixed`] began.
    pub fn end_mixed(&mut self, name: &str) -> io::Result<()> {
        writeln!(self.out, "</{name}>")
    }

    /// Ends the document, and whatever was begun.
    pub fn end(mut self) -> io::Result<&'w mut dyn Write> {
        while !self.open.is_empty() {
            self.close()?;
        }
        Ok(self.out)
    }

    fn indent(&mut self) -> io::Result<()> {
        for _ in &self.open {
            self.out.write_all(b" ")?;
        }
        Ok(())
    }

    fn tag(&mut self, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
        self.indent()?;
        write!(self.out, "<{name}")?;
        for (key, value) in attributes {
            write!(self.out, " {key}=\"")?;
            write_escaped(self.out, value)?;
            self.out.write_all(b"\"")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::source::Asks;
    use crate::exchange::xml::{Xml, held};
    use crate::exchange::{ExchangeError, Memory, Sink};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_tree_is_read_as_it_was_written(key: String, value: String, content: String) {
            let mut out = Memory::default();
            let mut tree = Tree::begin(out.file("x").expect("memory takes any file")).expect("memory");
            tree.open("outer", &[("key", &key)]).expect("memory");
            tree.leaf("leaf", &[("value", &value)], &content).expect("memory");
            tree.empty("empty", &[]).expect("memory");
            write_escaped(tree.mixed("mixed", &[]).expect("memory"), &value).expect("memory");
            tree.end_mixed("mixed").expect("memory");
            tree.end().expect("memory");
            let file = String::from_utf8(out.files.remove("x").expect("written")).expect("XML is text");
            let mut read = Vec::new();
            let asks = Asks::new(&out);
            let said = |text: Option<&str>| text.unwrap_or_default().to_owned();
            let outcome: Result<(), ExchangeError> = Xml::new("x", &file, &asks).document(&mut |xml, outer| {
                read.push(said(outer.get("key")));
                xml.children(&mut |xml, element| {
                    read.extend([element.name.clone(), said(element.get("value")), xml.content()?]);
                    Ok(())
                })
            });
            outcome.expect("written by us");
            let expected = ["", "leaf", "", "", "empty", "", "", "mixed", "", ""].map(str::to_owned);
            let mut expected = expected.to_vec();
            (expected[0], expected[2]) = (held(&key).into(), held(&value).into());
            (expected[3], expected[9]) = (held(&content).into(), held(&value).into());
            prop_assert_eq!(read, expected);
        }
    }
}
