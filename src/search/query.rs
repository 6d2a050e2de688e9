//! What is searched for, and how alike two spellings must be.

/// Which differences of spelling do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Folding {
    /// Every difference counts: a hit has exactly the code points of the query.
    #[default]
    None,
}

/// Something to search for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    text: String,
    folding: Folding,
}

/// A query without a character matches everywhere and nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the query is empty")]
pub struct EmptyQuery;

impl Query {
    /// A search for any part of a text that is `text`, under a folding.
    ///
    /// # Errors
    /// When there is nothing to search for.
    pub fn new(text: impl Into<String>, folding: Folding) -> Result<Self, EmptyQuery> {
        let text = text.into();
        if text.is_empty() { Err(EmptyQuery) } else { Ok(Self { text, folding }) }
    }

    /// What is searched for.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Which differences do not count.
    pub fn folding(&self) -> Folding {
        self.folding
    }
}
