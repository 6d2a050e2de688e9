//! The tags a project uses, and their order.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

use super::TagId;

/// A colour in sRGB, eight bits a channel, written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Color(pub [u8; 3]);

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// The text is no colour: six hexadecimal digits after `#` are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is no colour; a colour is # and six hexadecimal digits")]
pub struct NotAColor(String);

impl FromStr for Color {
    type Err = NotAColor;

    fn from_str(text: &str) -> Result<Self, NotAColor> {
        let wrong = || NotAColor(text.to_owned());
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or_else(wrong)?;
        let number = u32::from_str_radix(digits, 16).map_err(|_| wrong())?;
        let [_, r, g, b] = number.to_be_bytes();
        Ok(Self([r, g, b]))
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A node of the codebook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Its name for ever.
    pub id: TagId,
    /// What people call it; unique in the codebook.
    pub name: String,
    /// The colour of its highlights.
    pub color: Color,
    /// The character that applies it to a selection.
    #[serde(default)]
    pub shortcut: Option<char>,
    /// The tag it stands under.
    #[serde(default)]
    pub parent: Option<TagId>,
    /// When to use it, in the reader's words.
    #[serde(default)]
    pub definition: String,
    /// Whether somebody removed it while annotations of others carried it: it stays, marked so, for as long as they do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}

/// The tags, in the order the reader keeps them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Codebook {
    tags: Vec<Tag>,
}

impl Codebook {
    /// A codebook of these tags.
    pub fn new(tags: Vec<Tag>) -> Self {
        Self { tags }
    }

    /// The tags in order.
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// The tag of this id.
    pub fn get(&self, id: TagId) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.id == id)
    }

    /// The tag of exactly this name.
    pub fn named(&self, name: &str) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.name == name)
    }

    /// Where in the order a tag stands, from 0.
    pub fn position(&self, id: TagId) -> Option<usize> {
        self.tags.iter().position(|tag| tag.id == id)
    }

    /// Puts a tag at a place in the order; a place past the end is the end.
    pub(super) fn insert(&mut self, at: usize, tag: Tag) {
        self.tags.insert(at.min(self.tags.len()), tag);
    }

    /// Takes a tag out, with the place where it stood.
    pub(super) fn remove(&mut self, id: TagId) -> Option<(usize, Tag)> {
        let at = self.position(id)?;
        Some((at, self.tags.remove(at)))
    }
}
