//! What there is to tell of an import.

use std::collections::BTreeMap;
use std::fmt;

use crate::app::wishes::Message;
use crate::exchange::{ImportedAnnotation, ImportedDocument, Unit, in_one_line};
use crate::model::{AnnotationId, DocumentId};

/// What an import came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// How many annotations are new.
    pub added: usize,
    /// How many of the project's annotations are changed.
    pub changed: usize,
    /// How many were there already, as the file has them.
    pub same: usize,
    /// How many documents are new.
    pub documents: usize,
    /// The names of the tags that are new.
    pub tags: Vec<String>,
    /// How many annotations of the file's documents are not in the file, though it knows others of them: they stay.
    pub absent: usize,
    /// How many marks the file has.
    pub marks: usize,
    /// How many of them were put on a text.
    pub placed: usize,
    /// Everything that needs to be looked at.
    pub cases: Vec<Case>,
    /// Which annotation a case is about, by its place in that list; none where the mark was left out, or it is about no mark.
    pub about: BTreeMap<usize, (DocumentId, AnnotationId)>,
}

impl Report {
    /// Whether the import changes the project.
    pub fn is_empty(&self) -> bool {
        self.added + self.changed + self.documents == 0 && self.tags.is_empty()
    }

    /// The names of the first new tags, for a sentence: each between two marks.
    pub fn tag_names(&self, before: &str, after: &str) -> String {
        const FEW: usize = 6;
        let named = |name: &String| format!("{before}{}{after}", short(name));
        let mut names: Vec<String> = self.tags.iter().take(FEW).map(named).collect();
        names.extend((self.tags.len() > FEW).then(|| "…".to_owned()));
        names.join(", ")
    }

    /// How many marks were off, and were put where their words stand.
    pub fn moved(&self) -> usize {
        self.cases.iter().filter(|case| matches!(case, Case::Moved { .. })).count()
    }

    /// How many marks were left out.
    pub fn left_out(&self) -> usize {
        self.marks.saturating_sub(self.placed)
    }

    /// What there is to tell, as sentences of the interface that lead to what they are about.
    pub fn messages(&self) -> Vec<Message> {
        let message = |(at, case): (usize, &Case)| case.message().about(self.about.get(&at).copied());
        self.cases.iter().enumerate().map(message).collect()
    }

    /// Notes a case that is about an annotation.
    pub(super) fn tell(&mut self, case: Case, document: DocumentId, annotation: AnnotationId) {
        self.about.insert(self.cases.len(), (document, annotation));
        self.cases.push(case);
    }

    /// Whether not one of the marks could be put on a text. Nothing of such a file is taken in: it belongs to other texts.
    pub fn is_in_vain(&self) -> bool {
        self.marks > 0 && self.placed == 0
    }
}

/// Why a mark was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its place does not fit the text, and the file does not quote it.
    NoPlace,
    /// It marks no character, and an annotation marks at least one.
    NoLength,
    /// Its words stand nowhere in the text.
    NotFound,
    /// Its words stand at several places, and nothing tells which is meant.
    Several,
}

/// One thing that needs to be looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Case {
    /// Positions count in another unit than the format does; they were converted.
    OtherUnit {
        /// What the format counts in.
        declared: Unit,
        /// What the file counts in.
        found: Unit,
    },
    /// Positions count line ends or a byte order mark as the source files had them; they were converted.
    OtherLineEnds,
    /// The file has another text for a document; its marks were looked for by their words.
    OtherText {
        /// The document's title.
        title: String,
    },
    /// A document that is not in the project, and whose text the file does not hold.
    NoDocument {
        /// What the file calls it.
        name: String,
        /// How many marks it has.
        count: usize,
    },
    /// A document whose text cannot be taken in.
    BadDocument {
        /// What the file calls it.
        name: String,
        /// Why.
        reason: String,
    },
    /// A mark that was off, and was found again by its words.
    Moved {
        /// What the file calls it.
        name: String,
        /// Its words.
        quote: String,
        /// Whether no other place can be meant.
        is_certain: bool,
    },
    /// A mark that cut a character as it is read, and was widened to whole ones.
    Widened {
        /// What the file calls it.
        name: String,
        /// Its words.
        quote: String,
    },
    /// A mark that was left out.
    LeftOut {
        /// What the file calls it.
        name: String,
        /// Its words, as far as the file has them.
        quote: String,
        /// Why.
        why: Why,
    },
    /// A mark that was changed in the project after the file was written: the project's is kept.
    Newer {
        /// What the file calls it.
        name: String,
        /// Its words in the project.
        quote: String,
    },
    /// A relation to something that is not there.
    NoTarget {
        /// The mark from which it leads.
        name: String,
        /// Its words.
        quote: String,
        /// What it says.
        kind: String,
    },
    /// Annotations of its documents that the file does not have, though it has others of them: they stay.
    Absent {
        /// How many.
        count: usize,
    },
    /// A tag that the file calls, colours or defines otherwise: the project's stays as it is.
    OtherTag {
        /// Its name in the project.
        tag: String,
        /// Its name in the file.
        called: String,
    },
    /// What the reader of the format passed over.
    Remark(String),
}

impl Case {
    /// The sentence for the interface.
    pub fn message(&self) -> Message {
        match self {
            Self::OtherUnit { declared, found } => Message::new("import-other-unit")
                .text("declared", declared.to_string())
                .text("found", found.to_string()),
            Self::OtherLineEnds => Message::new("import-other-line-ends"),
            Self::OtherText { title } => Message::new("import-other-text").text("title", title),
            Self::NoDocument { name, count } => {
                Message::new("import-no-document").text("name", name).number("count", *count)
            }
            Self::BadDocument { name, reason } => {
                Message::new("import-bad-document").text("name", name).text("reason", reason)
            }
            Self::Moved { name, quote, is_certain } => {
                let key = if *is_certain { "import-moved" } else { "import-moved-likely" };
                Message::new(key).text("name", name).text("quote", short(quote))
            }
            Self::Widened { name, quote } => {
                Message::new("import-widened").text("name", name).text("quote", short(quote))
            }
            Self::LeftOut { name, quote, why } => {
                let key = match why {
                    Why::NoPlace => "import-no-place",
                    Why::NoLength => "import-no-length",
                    Why::NotFound => "import-not-found",
                    Why::Several => "import-several",
                };
                Message::new(key).text("name", name).text("quote", short(quote))
            }
            Self::Newer { name, quote } => {
                Message::new("import-newer").text("name", name).text("quote", short(quote))
            }
            Self::NoTarget { name, quote, kind } => Message::new("import-no-target")
                .text("name", name)
                .text("quote", short(quote))
                .text("kind", kind),
            Self::Absent { count } => Message::new("import-absent").number("count", *count),
            Self::OtherTag { tag, called } if tag == called => {
                Message::new("import-other-tag").text("tag", tag)
            }
            Self::OtherTag { tag, called } => {
                Message::new("import-renamed-tag").text("tag", tag).text("called", called)
            }
            Self::Remark(what) => Message::new("import-remark").text("what", what),
        }
    }
}

/// The sentence in English, without a full stop.
impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherUnit { declared, found } => {
                write!(
                    f,
                    "positions count {found} and not {declared} as the format has it; they were converted"
                )
            }
            Self::OtherLineEnds => {
                write!(
                    f,
                    "positions count line ends and byte order marks as the source files had them; they were converted"
                )
            }
            Self::OtherText { title } => {
                write!(f, "«{title}» has another text in the file; its marks were looked for by their words")
            }
            Self::NoDocument { name, count } => write!(
                f,
                "«{name}» is not in the project, and the file does not hold its text; {} left out",
                if *count == 1 { "1 mark was".to_owned() } else { format!("{count} marks were") }
            ),
            Self::BadDocument { name, reason } => write!(f, "«{name}» was left out: {reason}"),
            Self::Moved { name, quote, is_certain: true } => {
                write!(f, "{name} «{quote}» was off, and was found again by its words")
            }
            Self::Moved { name, quote, is_certain: false } => {
                write!(
                    f,
                    "{name} «{quote}» was off, and was put where its words most likely stand; look at it"
                )
            }
            Self::Widened { name, quote } => {
                write!(f, "{name} cut a character, and was widened to «{quote}»")
            }
            Self::LeftOut { name, why: Why::NoPlace, .. } => {
                write!(f, "{name} was left out: its place does not fit the text")
            }
            Self::LeftOut { name, why: Why::NoLength, .. } => {
                write!(f, "{name} was left out: it marks no character")
            }
            Self::LeftOut { name, quote, why: Why::NotFound } => {
                write!(f, "{name} «{quote}» was left out: these words do not stand in the text")
            }
            Self::LeftOut { name, quote, why: Why::Several } => write!(
                f,
                "{name} «{quote}» was left out: these words stand at several places, and nothing tells which is meant"
            ),
            Self::Newer { name, .. } => {
                write!(
                    f,
                    "{name} was changed in the project since it was exported; the project's is kept: export again to go on from it"
                )
            }
            Self::NoTarget { name, kind, .. } => {
                write!(f, "the relation «{kind}» of {name} leads to nothing that is there, and was left out")
            }
            Self::Absent { count: 1 } => {
                f.write_str("1 annotation of these documents is not in the file, and stays as it is")
            }
            Self::Absent { count } => {
                write!(f, "{count} annotations of these documents are not in the file, and stay as they are")
            }
            Self::OtherTag { tag, called } if tag == called => {
                write!(
                    f,
                    "the tag «{tag}» has another colour or definition in the file; the project's is kept"
                )
            }
            Self::OtherTag { tag, called } => {
                write!(f, "the tag «{tag}» is called «{called}» in the file; the project's name is kept")
            }
            Self::Remark(what) => f.write_str(what),
        }
    }
}

/// So much of a mark's words as it is known by.
fn short(quote: &str) -> String {
    const MOST: usize = 60;
    let quote = in_one_line(quote);
    match quote.char_indices().nth(MOST) {
        None => quote,
        Some((most, _)) => {
            let end = quote[..most].rfind(char::is_whitespace).unwrap_or(most);
            format!("{}…", quote[..end].trim_end())
        }
    }
}

/// What a report calls a mark: the document as the file names it, and the mark in it.
pub fn called(document: &ImportedDocument, mark: &ImportedAnnotation) -> String {
    let (name, keys) = (document.name.trim(), mark.keys.join(", "));
    match (name, keys.as_str()) {
        ("", keys) => keys.to_owned(),
        (name, "") => name.to_owned(),
        (name, keys) => format!("{name} {keys}"),
    }
}
