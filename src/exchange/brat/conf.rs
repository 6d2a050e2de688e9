//! `annotation.conf`, which says what types there are, and `visual.conf`, which says what they are called and how they look.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};

use super::names::{Names, escape, unescape};
use super::{LINE_BREAK, distinct};
use crate::exchange::imported::ImportedTag;
use crate::model::{Color, Project, TagId};

/// The first line of what we write: only there `%XX` in a label means another character.
const MARK: &str = "# Written by Hashiya";

/// Every name that the files of an export use, with its spelling.
#[derive(Debug, Default)]
pub(super) struct Spellings {
    pub tags: Names,
    pub relations: Names,
    pub attributes: Names,
    pub values: Names,
    /// The values that each attribute has; none for one that is only there or not.
    pub choices: BTreeMap<String, BTreeSet<String>>,
}

/// Writes `annotation.conf`: all tags of the codebook in their tree, and the types that the marks use beyond them.
pub(super) fn write_annotation(
    out: &mut dyn Write,
    project: &Project,
    spellings: &Spellings,
) -> io::Result<()> {
    writeln!(out, "{MARK}\n[entities]")?;
    let mut written = BTreeSet::new();
    let tags = project.codebook().tags();
    let is_root = |parent: Option<TagId>| parent.is_none_or(|id| project.codebook().get(id).is_none());
    // Depth first, in the order of the codebook; a tag stands once, whatever its parents say.
    let mut waiting: Vec<(usize, TagId)> =
        tags.iter().rev().filter(|tag| is_root(tag.parent)).map(|tag| (0, tag.id)).collect();
    let mut under: HashMap<TagId, Vec<TagId>> = HashMap::new();
    for tag in tags.iter().rev() {
        if let Some(parent) = tag.parent {
            under.entry(parent).or_default().push(tag.id);
        }
    }
    while let Some((depth, id)) = waiting.pop() {
        let Some(tag) = project.codebook().get(id) else { continue };
        if written.insert(tag.name.as_str()) {
            writeln!(out, "{}{}", "\t".repeat(depth), spellings.tags.spell(&tag.name))?;
            waiting.extend(under.get(&id).into_iter().flatten().map(|&child| (depth + 1, child)));
        }
    }
    for (name, spelling) in spellings.tags.iter().filter(|(name, _)| !written.contains(name)) {
        debug_assert!(!name.is_empty() || !spelling.is_empty());
        writeln!(out, "{spelling}")?;
    }
    writeln!(out, "\n[relations]")?;
    for (_, spelling) in spellings.relations.iter() {
        writeln!(out, "{spelling}\tArg1:<ENTITY>, Arg2:<ENTITY>")?;
    }
    writeln!(out, "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>")?;
    writeln!(out, "\n[events]\n\n[attributes]\n{LINE_BREAK}\tArg:<ENTITY>")?;
    for (name, spelling) in spellings.attributes.iter() {
        let values = spellings.choices.get(name).into_iter().flatten();
        let values = distinct(values.map(|value| spellings.values.spell(value)));
        if values.is_empty() {
            writeln!(out, "{spelling}\tArg:<ENTITY>")?;
        } else {
            let values: Vec<&str> = values.into_iter().collect();
            writeln!(out, "{spelling}\tArg:<ENTITY>, Value:{}", values.join("|"))?;
        }
    }
    Ok(())
}

/// Writes `visual.conf`: names as people write them, and colours.
pub(super) fn write_visual(out: &mut dyn Write, project: &Project, spellings: &Spellings) -> io::Result<()> {
    writeln!(out, "{MARK}\n[labels]")?;
    for names in [&spellings.tags, &spellings.relations, &spellings.attributes, &spellings.values] {
        for (spelling, name) in names.labels() {
            writeln!(out, "{spelling} | {}", escape(name))?;
        }
    }
    writeln!(out, "\n[drawing]\nSPAN_DEFAULT\tfgColor:black, bgColor:#dddddd, borderColor:darken")?;
    for tag in project.codebook().tags() {
        writeln!(out, "{}\tbgColor:{}", spellings.tags.spell(&tag.name), tag.color)?;
    }
    Ok(())
}

/// What configuration files say, as far as it matters here.
#[derive(Debug, Default)]
pub(super) struct Read {
    labels: HashMap<String, String>,
    colors: HashMap<String, Color>,
    /// The types of marks in order, each with the one it stands under.
    entities: Vec<(String, Option<String>)>,
}

impl Read {
    /// Takes in a configuration file; of two that say the same the first counts.
    pub fn take(&mut self, text: &str) {
        let is_ours = text.starts_with(MARK);
        let mut section = "";
        let mut above: Vec<String> = Vec::new();
        for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let content = line.trim();
            if content.starts_with('[') && content.ends_with(']') {
                section = content;
                continue;
            }
            if content.is_empty() {
                continue;
            }
            match section {
                "[labels]" => {
                    let mut parts = content.split('|').map(str::trim);
                    if let (Some(spelling), Some(label)) = (parts.next(), parts.next()) {
                        let label = if is_ours { unescape(label) } else { label.to_owned() };
                        self.labels.entry(spelling.to_owned()).or_insert(label);
                    }
                }
                "[drawing]" => {
                    let (spelling, rest) = content.split_once(char::is_whitespace).unwrap_or((content, ""));
                    let color =
                        rest.split(',').find_map(|part| part.trim().strip_prefix("bgColor:")?.parse().ok());
                    if let Some(color) = color {
                        self.colors.entry(spelling.to_owned()).or_insert(color);
                    }
                }
                "[entities]" => {
                    let depth = line.chars().take_while(|c| *c == '\t').count();
                    // A type that is only there to hold others is marked so.
                    let name = content.trim_start_matches('!').split_whitespace().next().unwrap_or_default();
                    if name.starts_with('-') || name.is_empty() {
                        continue;
                    }
                    above.truncate(depth);
                    self.entities.push((name.to_owned(), above.last().cloned()));
                    above.push(name.to_owned());
                }
                _ => {}
            }
        }
    }

    /// What people call something that is spelled so.
    pub fn name(&self, spelling: &str) -> String {
        self.labels.get(spelling).map_or(spelling, String::as_str).to_owned()
    }

    /// The tags that the configuration declares.
    pub fn tags(&self) -> Vec<ImportedTag> {
        let mut seen = BTreeSet::new();
        let entities = self.entities.iter().filter(|(spelling, _)| seen.insert(spelling));
        let tag = |(spelling, parent): &(String, Option<String>)| ImportedTag {
            name: self.name(spelling),
            color: self.colors.get(spelling).copied(),
            parent: parent.as_deref().map(|parent| self.name(parent)),
            ..ImportedTag::default()
        };
        entities.map(tag).collect()
    }
}
