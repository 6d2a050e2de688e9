//! Feature structures as a file has them, before anything is made of them.

use super::types::{Kind, REPLACED};
use crate::exchange::xml;

/// How many features a structure may have.
const MOST_FEATURES: usize = 1000;

/// A feature structure as a file has it.
#[derive(Debug)]
pub(super) struct Structure {
    pub id: Option<u64>,
    /// The name of its type, with its package.
    pub kind: String,
    pub features: Vec<(String, Value)>,
}

/// The value of a feature.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Texts(Vec<String>),
    Reference(u64),
    References(Vec<u64>),
}

impl Structure {
    /// Adds one more value of a feature that is a list of texts.
    ///
    /// # Errors
    /// When there are too many features.
    pub fn add_text(&mut self, feature: &str, text: String) -> Result<(), String> {
        if self.features.len() > MOST_FEATURES {
            return Err(format!("a structure has more than {MOST_FEATURES} features"));
        }
        match self.features.iter_mut().find(|(name, _)| name == feature) {
            Some((_, Value::Texts(texts))) => texts.push(text),
            Some((_, value)) => *value = Value::Texts(vec![text]),
            None => self.features.push((feature.to_owned(), Value::Texts(vec![text]))),
        }
        Ok(())
    }

    /// The value of a feature.
    pub fn get(&self, feature: &str) -> Option<&Value> {
        self.features.iter().find(|(name, _)| name == feature).map(|(_, value)| value)
    }

    /// The value of a feature that is one text.
    pub fn text(&self, feature: &str) -> Option<&str> {
        match self.get(feature) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A reference; without a type system it looks like a number.
    pub fn reference(&self, feature: &str) -> Option<u64> {
        match self.get(feature)? {
            Value::Reference(id) => Some(*id),
            Value::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The texts of a structure of ours, with the characters that XML could not hold.
    pub fn restored(&mut self, kind: &Kind) {
        let Some(codes) = self.text(REPLACED).map(str::to_owned) else { return };
        let order = |name: &str| kind.features.iter().position(|(own, _)| *own == name && name != REPLACED);
        let mut texts: Vec<(usize, &mut String)> = Vec::new();
        for (name, value) in &mut self.features {
            if let (Some(at), Value::Text(text)) = (order(name), value) {
                texts.push((at, text));
            }
        }
        texts.sort_by_key(|(at, _)| *at);
        let mut texts: Vec<&mut String> = texts.into_iter().map(|(_, text)| text).collect();
        xml::restore(&mut texts, &codes);
    }
}
