//! The flags that say how alike a hit must be. `find` and `tag` share them.

use clap::Args;

use super::failure::Failure;
use crate::search::{Folding, Query};

/// How a query matches.
#[derive(Debug, Args)]
pub(super) struct Matching {
    /// Which differences of spelling do not count: «none» matches exactly, and is what is done now
    #[arg(long, value_name = "FOLDS")]
    fold: Option<String>,

    /// Match whole words (not yet there)
    #[arg(long)]
    word: bool,

    /// Match whole words with what is written joined to them (not yet there)
    #[arg(long)]
    clitics: bool,

    /// Take the query for a regular expression (not yet there)
    #[arg(long)]
    regex: bool,
}

impl Matching {
    /// The query to search for.
    ///
    /// # Errors
    /// When there is nothing to search for, or a flag asks for a search that is not there yet.
    pub(super) fn query(&self, text: &str) -> Result<Query, Failure> {
        let absent = match self {
            Self { fold: Some(fold), .. } if fold != "none" => format!("--fold {fold}"),
            Self { word: true, .. } => "--word".to_owned(),
            Self { clitics: true, .. } => "--clitics".to_owned(),
            Self { regex: true, .. } => "--regex".to_owned(),
            _ => {
                return Query::new(text, Folding::None)
                    .map_err(|_| Failure::WrongUse("QUERY is empty; give the text to search for".into()));
            }
        };
        let instead = "this version finds exactly what is written, so leave it out or write --fold none";
        Err(Failure::WrongUse(format!("{absent} is not available yet; {instead}")))
    }
}
