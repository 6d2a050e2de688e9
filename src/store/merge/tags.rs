//! Codebooks, three ways.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::Merge;
use super::conflict::Conflict;
use super::fields;
use super::order::merge_order;
use crate::model::{Codebook, Edit, Tag, TagId};

impl Merge<'_> {
    /// Merges the codebook. The annotations come first: a tag that one of them carries is not removed.
    pub(super) fn codebook(&mut self) {
        let difference = &self.foreign.difference;
        let is_gone_here = |tag: &Tag| self.mine.codebook().get(tag.id).is_none();
        let are_removed = self.foreign.base.codebook().tags().iter().any(is_gone_here);
        if difference.tags.is_empty() && !difference.tag_order && !are_removed {
            return;
        }
        let mut after = self.mine.clone();
        let edits = self.adopted.iter().chain(&self.own);
        for edit in edits {
            // What does not fit is told when the merge is applied.
            after.apply(edit).ok();
        }
        let books = Books {
            base: self.foreign.base.codebook(),
            mine: self.mine.codebook(),
            theirs: self.foreign.theirs.codebook(),
        };
        let merged = books.merge(&|tag| after.uses(tag) > 0);
        let mine = self.mine.codebook();
        for tag in &merged.tags {
            match mine.get(tag.id) {
                None => self.tally.tags.added += 1,
                Some(before) if before.withdrawn != tag.withdrawn && tag.withdrawn => {
                    self.tally.withdrawn += 1;
                }
                Some(before) if before != tag => self.tally.tags.changed += 1,
                Some(_) => {}
            }
        }
        let stay: HashSet<TagId> = merged.tags.iter().map(|tag| tag.id).collect();
        self.tally.tags.removed += mine.tags().iter().filter(|tag| !stay.contains(&tag.id)).count();
        self.own.extend(codebook_edits(mine.tags(), &merged.tags));
        self.conflicts.extend(merged.conflicts);
    }
}

/// The edits that make one list of tags of another. Each tag that goes, changes or moves is taken out and put back, so that on the way
/// no two have one name.
pub fn codebook_edits(from: &[Tag], to: &[Tag]) -> Vec<Edit> {
    let wanted: HashMap<TagId, &Tag> = to.iter().map(|tag| (tag.id, tag)).collect();
    let mut kept: Vec<TagId> =
        from.iter().filter(|tag| wanted.get(&tag.id) == Some(tag)).map(|tag| tag.id).collect();
    let known: HashSet<TagId> = kept.iter().copied().collect();
    let in_order = to.iter().map(|tag| tag.id).filter(|id| known.contains(id));
    if !in_order.eq(kept.iter().copied()) {
        kept.clear();
    }
    let kept: HashSet<TagId> = kept.into_iter().collect();
    let out = from.iter().filter(|tag| !kept.contains(&tag.id)).map(|tag| Edit::RemoveTag(tag.id));
    let into = to.iter().enumerate().filter(|(_, tag)| !kept.contains(&tag.id));
    out.chain(into.map(|(at, tag)| Edit::PutTag { at, tag: tag.clone() })).collect()
}

/// Three versions of a codebook.
struct Books<'a> {
    base: &'a Codebook,
    mine: &'a Codebook,
    theirs: &'a Codebook,
}

/// What comes of merging them.
struct MergedBook {
    tags: Vec<Tag>,
    conflicts: Vec<Conflict>,
}

impl Books<'_> {
    fn merge(&self, is_used: &dyn Fn(TagId) -> bool) -> MergedBook {
        let mut conflicts = Vec::new();
        let mut tags: HashMap<TagId, Tag> = HashMap::new();
        let ids: BTreeSet<TagId> =
            self.mine.tags().iter().chain(self.theirs.tags()).map(|tag| tag.id).collect();
        for id in ids {
            let tag = self.one(id, is_used, &mut conflicts);
            tags.extend(tag.map(|tag| (id, tag)));
        }
        self.part_names(&mut tags, &mut conflicts);
        self.part_circles(&mut tags, &mut conflicts);
        let list = |codebook: &Codebook| -> Vec<TagId> { codebook.tags().iter().map(|tag| tag.id).collect() };
        let (mine, theirs) = (list(self.mine), list(self.theirs));
        let keep = tags.keys().copied().collect();
        let (order, is_conflict) = merge_order(&list(self.base), &mine, &theirs, &keep);
        if is_conflict {
            conflicts.push(Conflict::TagOrder { mine, theirs });
        }
        MergedBook { tags: order.into_iter().filter_map(|id| tags.remove(&id)).collect(), conflicts }
    }

    /// What becomes of one tag.
    fn one(&self, id: TagId, is_used: &dyn Fn(TagId) -> bool, conflicts: &mut Vec<Conflict>) -> Option<Tag> {
        let base = self.base.get(id);
        let (mine, theirs) = (self.mine.get(id), self.theirs.get(id));
        match (mine, theirs) {
            (Some(mine), Some(theirs)) => {
                let both = fields::tags(base, mine, theirs);
                if both.is_conflict {
                    conflicts.push(Conflict::Tag {
                        mine: Some(mine.clone()),
                        theirs: Some(theirs.clone()),
                        chosen: Some(both.with_theirs),
                    });
                }
                Some(both.with_mine)
            }
            (Some(one), None) | (None, Some(one)) if base.is_some() => {
                if is_used(id) {
                    return Some(Tag { withdrawn: true, ..one.clone() });
                }
                if base != Some(one) {
                    let (mine, theirs) = (mine.cloned(), theirs.cloned());
                    conflicts.push(Conflict::Tag { chosen: theirs.clone(), mine, theirs });
                    return self.mine.get(id).cloned();
                }
                None
            }
            (one, other) => one.or(other).cloned(),
        }
    }

    /// Two tags may have got one name, one on each side: that of the other side waits until somebody has chosen.
    fn part_names(&self, tags: &mut HashMap<TagId, Tag>, conflicts: &mut Vec<Conflict>) {
        let mut ids: Vec<TagId> = tags.keys().copied().collect();
        ids.sort_unstable();
        // A tag that goes back to its name here may meet yet another that took it: as often as there are tags at most.
        for _ in 0..=ids.len() {
            let mut names: HashMap<&str, TagId> = HashMap::new();
            let mut clash = None;
            for &id in &ids {
                let Some(tag) = tags.get(&id) else { continue };
                if let Some(other) = names.insert(&tag.name, id) {
                    clash = Some((other, id));
                    break;
                }
            }
            let Some((one, other)) = clash else { return };
            let is_ours = |id: TagId| {
                self.mine.get(id).is_some_and(|tag| Some(&tag.name) == tags.get(&id).map(|tag| &tag.name))
            };
            let (ours, others) = if is_ours(one) { (one, other) } else { (other, one) };
            let (Some(mine), Some(theirs)) = (tags.get(&ours).cloned(), tags.get(&others).cloned()) else {
                return;
            };
            match self.mine.get(others) {
                Some(before) if before.name != theirs.name => {
                    tags.insert(others, Tag { name: before.name.clone(), ..theirs.clone() });
                }
                _ => {
                    tags.remove(&others);
                }
            }
            conflicts.push(Conflict::TagName { mine, theirs });
        }
    }

    /// Each side may have put one tag under another so that together they stand in a circle: those that the other side moved stay where they
    /// are until somebody has chosen.
    fn part_circles(&self, tags: &mut HashMap<TagId, Tag>, conflicts: &mut Vec<Conflict>) {
        let parents: HashMap<TagId, Option<TagId>> = tags.iter().map(|(&id, tag)| (id, tag.parent)).collect();
        let mut circle: Vec<TagId> =
            parents.keys().copied().filter(|&id| is_on_circle(id, &parents)).collect();
        circle.sort_unstable();
        for id in circle {
            let (Some(mine), Some(tag)) = (self.mine.get(id), tags.get_mut(&id)) else { continue };
            if mine.parent != tag.parent {
                let theirs = self.theirs.get(id).cloned();
                conflicts.push(Conflict::Tag { mine: Some(mine.clone()), theirs, chosen: Some(tag.clone()) });
                tag.parent = mine.parent;
            }
        }
    }
}

/// Whether a tag stands under itself, given what each stands under.
pub(super) fn is_on_circle(id: TagId, parents: &HashMap<TagId, Option<TagId>>) -> bool {
    let mut above = parents.get(&id).copied().flatten();
    for _ in 0..parents.len() {
        match above {
            Some(one) if one == id => return true,
            Some(one) => above = parents.get(&one).copied().flatten(),
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Color;

    fn id(name: char) -> TagId {
        TagId::from_bytes([name as u8; 16])
    }

    /// Tags written as `a:name/parent`, `-` where there is no parent.
    fn book(written: &str) -> Codebook {
        let tag = |part: &str| {
            let (head, parent) = part.split_once('/').unwrap_or((part, "-"));
            let (one, name) = head.split_once(':').unwrap_or((head, head));
            let first = |text: &str| text.chars().next().unwrap_or('-');
            Tag {
                id: id(first(one)),
                name: name.to_owned(),
                color: Color([0; 3]),
                shortcut: None,
                parent: (parent != "-").then(|| id(first(parent))),
                definition: String::new(),
                withdrawn: false,
            }
        };
        Codebook::new(written.split_whitespace().map(tag).collect())
    }

    fn written(tags: &[Tag]) -> String {
        let short = |id: TagId| {
            id.short().get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).map_or('?', char::from)
        };
        let one = |tag: &Tag| {
            let parent = tag.parent.map_or(String::new(), |parent| format!("/{}", short(parent)));
            let mark = if tag.withdrawn { "!" } else { "" };
            let name =
                if tag.name == short(tag.id).to_string() { String::new() } else { format!(":{}", tag.name) };
            format!("{}{name}{parent}{mark}", short(tag.id))
        };
        tags.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn codebooks_are_merged_tag_by_tag() {
        for (base, mine, theirs, used, merged, conflicts) in [
            ("a b", "a b", "a b c", "", "a b c", 0),
            ("a b", "a b d", "a b c", "", "a b c d", 0),
            ("a b", "a:A b", "a b:B", "", "a:A b:B", 0),
            ("a b", "a:A b", "a/b b", "", "a:A/b b", 0),
            ("a b", "a:A b", "a:Z b", "", "a:A b", 1),
            // Removed there: gone, unless an annotation carries it; changed here as well, somebody has to choose.
            ("a b", "a b", "b", "", "b", 0),
            ("a b", "a b", "b", "a", "a! b", 0),
            ("a b", "a:A b", "b", "", "a:A b", 1),
            ("a b", "a:A b", "b", "a", "a:A! b", 0),
            // Removed here.
            ("a b", "b", "a b", "", "b", 0),
            ("a b", "b", "a b c", "a", "a! b c", 0),
            ("a b", "b", "a:Z b", "", "b", 1),
            ("a b", "b", "b", "", "b", 0),
            // One name for two.
            ("a", "a c:n", "a d:n", "", "a c:n", 1),
            ("a b", "a:n b", "a b:n", "", "a:n b", 1),
            ("a b", "a b", "a:b b:a", "", "a:b b:a", 0),
            // A circle.
            ("a b", "a/b b", "a b/a", "", "a/b b", 1),
            // Orders.
            ("a b c", "c a b", "a b c", "", "c a b", 0),
            ("a b c", "c a b", "b c a", "", "c a b", 1),
        ] {
            let (base, mine, theirs) = (book(base), book(mine), book(theirs));
            let books = Books { base: &base, mine: &mine, theirs: &theirs };
            let found = books.merge(&|tag| used.chars().any(|used| id(used) == tag));
            let name =
                format!("{} {} {}", written(base.tags()), written(mine.tags()), written(theirs.tags()));
            assert_eq!(written(&found.tags), merged, "{name}");
            assert_eq!(found.conflicts.len(), conflicts, "{name}: {:?}", found.conflicts);
        }
    }

    #[test]
    fn edits_lead_from_any_codebook_to_any_other() {
        let books = ["", "a b c", "c b a", "a:b b:a c", "a b/a c/b", "b c/b d", "a:x b:c c:b", "d c"];
        for from in books {
            for to in books {
                let (from, to) = (book(from), book(to));
                let project = crate::model::ProjectId::from_bytes([1; 16]);
                let mut project = crate::model::Project::new(project, "title");
                for edit in
                    codebook_edits(&[], from.tags()).iter().chain(&codebook_edits(from.tags(), to.tags()))
                {
                    project.apply(edit).expect("the edit fits");
                }
                assert_eq!(project.codebook(), &to);
            }
        }
    }
}
