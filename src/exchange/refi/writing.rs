//! Writing a project: `project.qde` element by element in the order of the schema, then the texts.

use std::collections::BTreeSet;

use super::codes::{self, Code};
use super::{ORIGIN, guids};
use crate::exchange::archive::Packing;
use crate::exchange::losses::{Loss, Lost};
use crate::exchange::walk::{Page, UNTAGGED, tag_name, walk};
use crate::exchange::xml::{Tree, can_hold, held};
use crate::exchange::{ExchangeError, Options, Progress, Scope, Sink, Unit};
use crate::model::{Annotation, Document, Project, TagId};

/// The longest quotation that stands with a selection, in bytes: beyond it the position has to do.
const LONGEST_QUOTE: usize = 16 << 10;

pub fn write(
    project: &Project,
    scope: &Scope,
    _options: Options,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<Vec<Loss>, ExchangeError> {
    scope.count(project)?;
    let mut losses = Vec::new();
    let mut packing = Packing::begin(sink.file("project.qdpx")?);
    let mut tree = Tree::begin(packing.file("project.qde")?)?;
    tree.open(
        "Project",
        &[("xmlns", "urn:QDA-XML:project:1.0"), ("name", project.title()), ("origin", ORIGIN)],
    )?;
    let mut out = Out { tree, project, scope, losses: &mut losses };
    out.users()?;
    out.codes()?;
    out.variables()?;
    out.cases()?;
    let documents = out.sources(progress)?;
    out.notes()?;
    out.links()?;
    out.tree.end()?;
    for document in documents {
        packing.file(&format!("sources/{}.txt", document.id))?.write_all(document.text.as_bytes())?;
    }
    for (_, annotation) in scope.annotations(project).filter(|(_, one)| is_file(&one.note)) {
        let name = format!("sources/{}.txt", of_note(annotation));
        packing.file(&name)?.write_all(annotation.note.as_bytes())?;
    }
    packing.end()?;
    Ok(losses)
}

/// Whether a note has a file of its own, because XML cannot hold it.
fn is_file(note: &str) -> bool {
    !note.chars().all(can_hold)
}

fn of_note(annotation: &Annotation) -> String {
    guids::derived("note", &[&annotation.id.to_string()])
}

fn of_variable(key: &str) -> String {
    guids::derived("variable", &[key])
}

/// `project.qde` on its way.
struct Out<'t, 'o> {
    tree: Tree<'t>,
    project: &'o Project,
    scope: &'o Scope,
    losses: &'t mut Vec<Loss>,
}

impl<'o> Out<'_, 'o> {
    fn annotations(&self) -> impl Iterator<Item = &'o Annotation> + use<'o> {
        self.scope.annotations(self.project).map(|(_, annotation)| &**annotation)
    }

    fn users(&mut self) -> Result<(), ExchangeError> {
        let coders: BTreeSet<&str> = self.annotations().map(|annotation| annotation.coder.name()).collect();
        if coders.is_empty() {
            return Ok(());
        }
        self.tree.open("Users", &[])?;
        for coder in coders {
            self.tree.empty("User", &[("guid", &guids::of_coder(coder)), ("name", coder)])?;
        }
        Ok(self.tree.close()?)
    }

    fn codes(&mut self) -> Result<(), ExchangeError> {
        let codebook = self.project.codebook();
        let (mut codes, losses) = codes::of(codebook);
        self.losses.extend(losses);
        let used = self.annotations().flat_map(|annotation| &annotation.tags);
        let unknown: BTreeSet<TagId> = used.copied().filter(|tag| codebook.get(*tag).is_none()).collect();
        let unknown: Vec<String> = unknown.iter().map(ToString::to_string).collect();
        codes.extend(unknown.iter().map(|tag| Code::loose(tag.clone(), tag)));
        if self.annotations().any(|annotation| annotation.tags.is_empty()) {
            codes.push(Code::loose(codes::untagged(), UNTAGGED));
        }
        if codes.is_empty() {
            return Ok(());
        }
        self.tree.open("CodeBook", &[])?;
        codes::write(&mut self.tree, &codes)?;
        Ok(self.tree.close()?)
    }

    fn variables(&mut self) -> Result<(), ExchangeError> {
        let keys: BTreeSet<&str> =
            self.annotations().flat_map(|one| &one.attributes).map(|(key, _)| key.as_str()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        self.tree.open("Variables", &[])?;
        for key in keys {
            let guid = of_variable(key);
            self.tree.empty("Variable", &[("guid", &guid), ("name", key), ("typeOfVariable", "Text")])?;
        }
        Ok(self.tree.close()?)
    }

    fn cases(&mut self) -> Result<(), ExchangeError> {
        let mut is_open = false;
        for annotation in self.annotations().filter(|annotation| !annotation.attributes.is_empty()) {
            if !is_open {
                self.tree.open("Cases", &[])?;
                is_open = true;
            }
            let id = annotation.id.to_string();
            let name = shortened(&annotation.quote.exact);
            self.tree.open("Case", &[("guid", &guids::of_case(&id)), ("name", &name)])?;
            for (key, value) in &annotation.attributes {
                self.tree.open("VariableValue", &[])?;
                self.tree.empty("VariableRef", &[("targetGUID", &of_variable(key))])?;
                self.tree.leaf("TextValue", &[], value)?;
                self.tree.close()?;
            }
            self.tree.empty("SelectionRef", &[("targetGUID", &id)])?;
            self.tree.close()?;
        }
        if is_open {
            self.tree.close()?;
        }
        Ok(())
    }

    /// Writes the sources with everything marked in them, and returns them.
    fn sources(&mut self, progress: Progress<'_>) -> Result<Vec<&'o Document>, ExchangeError> {
        let mut documents: Vec<&'o Document> = Vec::new();
        let (project, scope) = (self.project, self.scope);
        walk(project, scope, progress, &mut |page| {
            if documents.is_empty() {
                self.tree.open("Sources", &[])?;
            }
            let document = page.document;
            // The page lends its document for a moment, the project for the whole export.
            documents.extend(project.document(document.id).map(|document| &**document));
            let (guid, imported) = (document.id.to_string(), document.imported.to_string());
            if held(page.title()) != page.title() {
                self.losses.push(Loss::once(Lost::Characters).about(held(page.title())));
            }
            self.tree.open(
                "TextSource",
                &[
                    ("guid", &guid),
                    ("name", page.title()),
                    ("plainTextPath", &format!("internal://{guid}.txt")),
                    ("creationDateTime", &imported),
                ],
            )?;
            for annotation in page.annotations() {
                self.annotation(page, annotation?)?;
            }
            Ok(self.tree.close()?)
        })?;
        if !documents.is_empty() {
            self.tree.close()?;
        }
        Ok(documents)
    }

    /// The selections of an annotation, one for each part.
    fn annotation(&mut self, page: &Page<'_>, annotation: &Annotation) -> Result<(), ExchangeError> {
        self.tell_characters(annotation);
        let id = annotation.id.to_string();
        let user = guids::of_coder(annotation.coder.name());
        let (created, modified) = (annotation.created.to_string(), annotation.modified.to_string());
        for (number, span) in annotation.spans.iter().enumerate() {
            let guid = guids::of_part(&id, number);
            let (start, end) = page.positions(Unit::CodePoints, *span)?;
            let (start, end) = (start.to_string(), end.to_string());
            let mut attributes =
                vec![("guid", guid.as_str()), ("startPosition", &start), ("endPosition", &end)];
            let quote = &page.text()[span.range()];
            if quote.len() <= LONGEST_QUOTE {
                attributes.push(("name", quote));
            }
            let user = user.as_str();
            attributes.extend([("creatingUser", user), ("creationDateTime", created.as_str())]);
            attributes.extend([("modifyingUser", user), ("modifiedDateTime", modified.as_str())]);
            self.tree.open("PlainTextSelection", &attributes)?;
            let tags: Vec<String> = match annotation.tags.as_slice() {
                [] => vec![codes::untagged()],
                tags => tags.iter().map(ToString::to_string).collect(),
            };
            for tag in &tags {
                let guid = guids::derived("coding", &[&guid, tag]);
                let attributes =
                    [("guid", guid.as_str()), ("creatingUser", user), ("creationDateTime", &created)];
                self.tree.open("Coding", &attributes)?;
                self.tree.empty("CodeRef", &[("targetGUID", tag)])?;
                self.tree.close()?;
            }
            if number == 0 && !annotation.note.is_empty() {
                self.tree.empty("NoteRef", &[("targetGUID", &of_note(annotation))])?;
            }
            self.tree.close()?;
        }
        Ok(())
    }

    /// Tells where XML cannot hold what is said of an annotation.
    fn tell_characters(&mut self, annotation: &Annotation) {
        let tags = annotation.tags.iter().map(|&tag| tag_name(self.project, tag));
        let attributes = annotation.attributes.iter().flat_map(|(key, value)| [key.into(), value.into()]);
        let relations = annotation.relations.iter().map(|relation| (&relation.kind).into());
        let said = tags.chain(attributes).chain(relations).chain([annotation.coder.name().into()]);
        for text in said {
            let text = held(&text);
            if let std::borrow::Cow::Owned(text) = text {
                self.losses.push(Loss::of(annotation.id, Lost::Characters).about(text));
            }
        }
    }

    fn notes(&mut self) -> Result<(), ExchangeError> {
        let mut is_open = false;
        for annotation in self.annotations().filter(|annotation| !annotation.note.is_empty()) {
            if !is_open {
                self.tree.open("Notes", &[])?;
                is_open = true;
            }
            let (guid, user) = (of_note(annotation), guids::of_coder(annotation.coder.name()));
            let (created, name) = (annotation.created.to_string(), shortened(&annotation.note));
            let path = format!("internal://{guid}.txt");
            let mut attributes = vec![("guid", guid.as_str()), ("name", &name)];
            if is_file(&annotation.note) {
                attributes.push(("plainTextPath", &path));
            }
            attributes.extend([("creatingUser", user.as_str()), ("creationDateTime", &created)]);
            if is_file(&annotation.note) {
                self.tree.empty("Note", &attributes)?;
            } else {
                self.tree.open("Note", &attributes)?;
                self.tree.leaf("PlainTextContent", &[], &annotation.note)?;
                self.tree.close()?;
            }
        }
        if is_open {
            self.tree.close()?;
        }
        Ok(())
    }

    /// From the first part of each annotation to the further ones, and from annotation to annotation.
    fn links(&mut self) -> Result<(), ExchangeError> {
        let mut is_open = false;
        for (document, annotation) in self.scope.annotations(self.project) {
            let origin = annotation.id.to_string();
            let mut links: Vec<[(&str, String); 5]> = Vec::new();
            let mut add = |guid: String, name: &str, direction: &str, target: String| {
                let values = [
                    ("guid", guid),
                    ("name", name.to_owned()),
                    ("direction", direction.to_owned()),
                    ("originGUID", origin.clone()),
                    ("targetGUID", target),
                ];
                links.push(values);
            };
            for number in 1..annotation.spans.len() {
                let part = guids::of_part(&origin, number);
                add(guids::of_part_link(&origin, &part), "part", "Associative", part);
            }
            for (number, relation) in annotation.relations.iter().enumerate() {
                let is_there = self.project.annotation(document.id, relation.target).is_some();
                if !is_there || !self.scope.holds(document.id, relation.target) {
                    self.losses.push(Loss::of(annotation.id, Lost::Target).about(&relation.kind));
                    continue;
                }
                let guid = guids::derived("link", &[&origin, &number.to_string()]);
                add(guid, &relation.kind, "OneWay", relation.target.to_string());
            }
            for link in links {
                if !is_open {
                    self.tree.open("Links", &[])?;
                    is_open = true;
                }
                let attributes: Vec<(&str, &str)> =
                    link.iter().map(|(key, value)| (*key, value.as_str())).collect();
                self.tree.empty("Link", &attributes)?;
            }
        }
        if is_open {
            self.tree.close()?;
        }
        Ok(())
    }
}

/// The beginning of a text on one line, as a name for lists.
fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", words[..end].trim_end()),
        None => words,
    }
}
