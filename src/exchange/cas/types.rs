//! The types of feature structures: those that we write, and those that a file declares.
//!
//! The reader needs them for one thing: to tell a number from a reference, which look alike in XMI.

use std::collections::HashMap;

use crate::exchange::ExchangeError;
use crate::exchange::source::Asks;
use crate::exchange::xml::{self, Node};

/// A type of ours.
pub(super) struct Kind {
    pub name: &'static str,
    pub parent: &'static str,
    pub says: &'static str,
    /// Names and ranges, in the order in which they are written; what XML cannot hold is counted through in this order.
    pub features: &'static [(&'static str, Range)],
}

/// What a feature of ours holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Range {
    Text,
    /// One structure of a type.
    One(&'static str),
    /// A list of structures of a type, which others may share.
    List(&'static str),
}

pub(super) const SOFA: &str = "uima.cas.Sofa";
pub(super) const VIEW: &str = "uima.cas.View";
pub(super) const ARRAY: &str = "uima.cas.FSArray";
pub(super) const ANNOTATION: &str = "uima.tcas.Annotation";
pub(super) const DOCUMENT_ANNOTATION: &str = "uima.tcas.DocumentAnnotation";

/// Holds the characters for which [`xml::STAND_IN`] stands in the texts of the same structure.
pub(super) const REPLACED: &str = "replaced";
/// Holds those of the document's text.
pub(super) const REPLACED_IN_TEXT: &str = "replacedInText";

pub(super) const DOCUMENT: Kind = Kind {
    name: "hashiya.Document",
    parent: DOCUMENT_ANNOTATION,
    says: "The document.",
    features: &[
        ("id", Range::Text),
        ("title", Range::Text),
        ("sha256", Range::Text),
        (REPLACED, Range::Text),
        (REPLACED_IN_TEXT, Range::Text),
    ],
};

pub(super) const MARK: Kind = Kind {
    name: "hashiya.Mark",
    parent: ANNOTATION,
    says: "An annotation with one of its tags; those with several tags have as many marks of the same id.",
    features: &[
        ("id", Range::Text),
        ("tag", Range::Text),
        ("quote", Range::Text),
        ("note", Range::Text),
        ("coder", Range::Text),
        ("created", Range::Text),
        ("modified", Range::Text),
        (REPLACED, Range::Text),
        ("attributes", Range::List(ATTRIBUTE.name)),
        ("parts", Range::List(PART.name)),
    ],
};

pub(super) const PART: Kind = Kind {
    name: "hashiya.Part",
    parent: ANNOTATION,
    says: "A part of a mark that has several, with gaps between them.",
    features: &[],
};

pub(super) const ATTRIBUTE: Kind = Kind {
    name: "hashiya.Attribute",
    parent: "uima.cas.TOP",
    says: "A further property of a mark.",
    features: &[("key", Range::Text), ("value", Range::Text), (REPLACED, Range::Text)],
};

pub(super) const RELATION: Kind = Kind {
    name: "hashiya.Relation",
    parent: ANNOTATION,
    says: "An arrow from one mark to another, at the place of the other.",
    features: &[
        ("kind", Range::Text),
        (REPLACED, Range::Text),
        ("source", Range::One(MARK.name)),
        ("target", Range::One(MARK.name)),
    ],
};

pub(super) const KINDS: [&Kind; 5] = [&DOCUMENT, &MARK, &PART, &ATTRIBUTE, &RELATION];

/// How many steps up a chain of types is followed: one that goes round has no end.
const MOST_STEPS: usize = 100;

/// How the value of a feature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// As itself.
    Text,
    /// As the id of a structure.
    Reference,
    /// As the ids of several, between blanks.
    References,
}

/// The types of a file, above those of UIMA and ours.
pub(super) struct Types {
    parents: HashMap<String, String>,
    /// By type and feature.
    hows: HashMap<String, HashMap<String, How>>,
}

/// A feature as a file declares it.
pub(super) struct Declared {
    pub name: String,
    pub range: String,
    /// Whether a list is a structure of its own, which several may refer to.
    pub shares: bool,
}

impl Default for Types {
    fn default() -> Self {
        let mut types = Self { parents: HashMap::new(), hows: HashMap::new() };
        types.parents.insert(ANNOTATION.into(), "uima.cas.AnnotationBase".into());
        types.parents.insert(DOCUMENT_ANNOTATION.into(), ANNOTATION.into());
        types.hows.insert(ARRAY.into(), HashMap::from([("elements".into(), How::References)]));
        for kind in KINDS {
            types.parents.insert(kind.name.into(), kind.parent.into());
            let how = |range: Range| if range == Range::Text { How::Text } else { How::Reference };
            let hows = kind.features.iter().map(|&(name, range)| (name.to_owned(), how(range)));
            types.hows.insert(kind.name.into(), hows.collect());
        }
        types
    }
}

impl Types {
    /// Takes in types as a file declares them: name, parent and features. All of them, because a range may be declared after its use.
    pub fn declare(&mut self, kinds: Vec<(String, String, Vec<Declared>)>) {
        for (name, parent, _) in &kinds {
            self.parents.entry(name.clone()).or_insert_with(|| parent.clone());
        }
        for (name, _, features) in kinds {
            for feature in features {
                let how = self.how_of_range(&feature.range, feature.shares);
                self.hows.entry(name.clone()).or_default().entry(feature.name).or_insert(how);
            }
        }
    }

    fn how_of_range(&self, range: &str, shares: bool) -> How {
        let is_list = range == ARRAY || range == "uima.cas.FSList" || range.ends_with("[]");
        let is_simple = |name: &str| {
            let simple = ["Boolean", "Byte", "Short", "Integer", "Long", "Float", "Double", "String"];
            name.strip_prefix("uima.cas.").is_some_and(|name| simple.contains(&name))
        };
        let list_of_simple =
            ["Array", "List", "[]"].iter().any(|ending| range.strip_suffix(ending).is_some_and(is_simple));
        if is_simple(range) || self.is_a(range, "uima.cas.String") {
            How::Text
        } else if shares {
            How::Reference
        } else if list_of_simple {
            How::Text
        } else if is_list {
            How::References
        } else {
            How::Reference
        }
    }

    /// Whether a type is another or stands under it.
    pub fn is_a(&self, kind: &str, ancestor: &str) -> bool {
        self.chain(kind).any(|kind| kind == ancestor)
    }

    /// Whether a type is known.
    pub fn is_declared(&self, kind: &str) -> bool {
        self.hows.contains_key(kind) || self.parents.contains_key(kind)
    }

    /// How a feature of a type is written; as itself where nothing declares it.
    pub fn how(&self, kind: &str, feature: &str) -> How {
        if feature == "sofa" {
            return How::Reference;
        }
        let mut hows = self.chain(kind).filter_map(|kind| self.hows.get(kind)?.get(feature));
        hows.next().copied().unwrap_or(How::Text)
    }

    /// A type and those it stands under.
    fn chain<'t>(&'t self, kind: &'t str) -> impl Iterator<Item = &'t str> {
        std::iter::successors(Some(kind), |kind| self.parents.get(*kind).map(String::as_str)).take(MOST_STEPS)
    }
}

/// Reads a type system from XML. Types that it imports from elsewhere stay unknown.
pub(super) fn read(
    file: &str,
    content: &str,
    types: &mut Types,
    asks: &Asks<'_>,
) -> Result<(), ExchangeError> {
    let mut kinds: Vec<(String, String, Vec<Declared>)> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    xml::read(file, content, asks, &mut |node| {
        match node {
            Node::Start(start) => {
                path.push(start.name.to_owned());
                text.clear();
                match start.name {
                    "typeDescription" => kinds.push(Default::default()),
                    "featureDescription" => {
                        let feature = Declared { name: String::new(), range: String::new(), shares: false };
                        if let Some((_, _, features)) = kinds.last_mut() {
                            features.push(feature);
                        }
                    }
                    _ => {}
                }
            }
            Node::Text(more) => text.push_str(&more),
            Node::End => {
                let own = path.pop().unwrap_or_default();
                let said = text.trim().to_owned();
                text.clear();
                let Some((name, parent, features)) = kinds.last_mut() else { return Ok(()) };
                match (path.last().map(String::as_str), own.as_str()) {
                    (Some("typeDescription"), "name") => *name = said,
                    (Some("typeDescription"), "supertypeName") => *parent = said,
                    (Some("featureDescription"), own) => {
                        let Some(feature) = features.last_mut() else { return Ok(()) };
                        match own {
                            "name" => feature.name = said,
                            "rangeTypeName" => feature.range = said,
                            "multipleReferencesAllowed" => feature.shares = said == "true",
                            _ => {}
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    })?;
    types.declare(kinds);
    Ok(())
}

/// Our types as an XML file.
pub(super) fn as_xml() -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<typeSystemDescription xmlns=\"http://uima.apache.org/resourceSpecifier\">\n  \
         <name>Hashiya</name>\n  <types>\n",
    );
    for kind in KINDS {
        out.push_str(&format!(
            "    <typeDescription>\n      <name>{}</name>\n      <description>{}</description>\n      <supertypeName>{}</supertypeName>\n",
            kind.name, kind.says, kind.parent
        ));
        if !kind.features.is_empty() {
            out.push_str("      <features>\n");
        }
        for (name, range) in kind.features {
            let (range, more) = match range {
                Range::Text => ("uima.cas.String", String::new()),
                Range::One(kind) => (*kind, String::new()),
                Range::List(kind) => (
                    ARRAY,
                    format!(
                        "          <elementType>{kind}</elementType>\n          <multipleReferencesAllowed>true</multipleReferencesAllowed>\n"
                    ),
                ),
            };
            out.push_str(&format!(
                "        <featureDescription>\n          <name>{name}</name>\n          <description/>\n          \
                 <rangeTypeName>{range}</rangeTypeName>\n{more}        </featureDescription>\n"
            ));
        }
        if !kind.features.is_empty() {
            out.push_str("      </features>\n");
        }
        out.push_str("    </typeDescription>\n");
    }
    out.push_str("  </types>\n</typeSystemDescription>\n");
    out
}
