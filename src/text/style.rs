//! How a paragraph is set: family, size, weight, line height, alignment. Values only; nothing here opens a font.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A font family by name. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Family(Name);

#[derive(Clone, Debug)]
enum Name {
    Fixed(&'static str),
    Shared(Arc<str>),
}

impl Family {
    /// The bundled book face.
    pub const AMIRI: Self = Self(Name::Fixed("Amiri"));
    /// The bundled newspaper face.
    pub const NOTO_NASKH: Self = Self(Name::Fixed("Noto Naskh Arabic"));
    /// The bundled interface face.
    pub const NOTO_SANS: Self = Self(Name::Fixed("Noto Sans Arabic"));

    /// A family by any name; an unknown one is set in Amiri.
    pub fn named(name: &str) -> Self {
        Self(Name::Shared(name.into()))
    }

    pub fn name(&self) -> &str {
        match &self.0 {
            Name::Fixed(name) => name,
            Name::Shared(name) => name,
        }
    }
}

impl PartialEq for Family {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Family {}

impl Hash for Family {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

/// The two weights that the bundled families have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Weight {
    #[default]
    Regular,
    Bold,
}

/// Where lines stand in the column. `Start` and `End` follow the paragraph's direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Align {
    #[default]
    Start,
    End,
    Left,
    Right,
    Center,
}

/// The setting of a whole paragraph.
#[derive(Clone, Debug)]
pub struct Style {
    pub family: Family,
    /// Pixels per em.
    pub size: f32,
    pub weight: Weight,
    /// Pixels from one line's top to the next, equal for all lines whatever fonts they need.
    pub line_height: f32,
}

impl Style {
    fn bits(&self) -> (u32, u32) {
        (self.size.to_bits(), self.line_height.to_bits())
    }
}

impl PartialEq for Style {
    fn eq(&self, other: &Self) -> bool {
        self.family == other.family && self.weight == other.weight && self.bits() == other.bits()
    }
}

impl Eq for Style {}

impl Hash for Style {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.family.hash(state);
        self.weight.hash(state);
        self.bits().hash(state);
    }
}
