//! What is written to be read by others and by people, and not by us: TEI editions and pages say what the project says, to the character.

#[path = "exchange/support.rs"]
mod support;

use std::collections::HashMap;

use hashiya::exchange::{Format, Scope};
use hashiya::model::{Annotation, Document, Project};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use support::{any_project, export, format};

/// What XML cannot hold is another character, one for one.
fn held(text: &str) -> String {
    let is_lost = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    text.replace(is_lost, "\u{fffd}")
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.try_get_attribute(name).expect("sound attributes")?;
    Some(found.normalized_value(quick_xml::XmlVersion::Implicit1_0).expect("sound values").into_owned())
}

/// Calls `each` with what stands in XML: the beginnings and ends of elements, and text.
fn each_in(xml: &str, each: &mut dyn FnMut(&Event<'_>, &str)) {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    loop {
        let event = reader.read_event().expect("well-formed");
        let text = match &event {
            Event::Eof => return,
            Event::Text(text) => text.xml10_content().into_owned(),
            Event::GeneralRef(name) => match name.resolve_char_ref().expect("a sound reference") {
                Some(character) => character.to_string(),
                None => {
                    quick_xml::escape::resolve_predefined_entity(name).expect("one of XML's own").to_owned()
                }
            },
            _ => String::new(),
        };
        each(&event, &text);
    }
}

fn files<'p>(project: &'p Project, format: Format, ending: &str) -> Vec<(&'p Document, String)> {
    let (mut out, _) = export(format, project, &Scope::Project);
    let documents = project.documents().iter();
    let file = |document: &'p std::sync::Arc<Document>| {
        let name = format!("{}.{ending}", document.file.trim_end_matches(".txt"));
        let file = out.files.remove(&name).expect("one file a document");
        (&**document, String::from_utf8(file).expect("UTF-8"))
    };
    let files = documents.map(file).collect();
    assert!(out.files.is_empty(), "one file a document and no other");
    files
}

fn parts(document: &Document, annotation: &Annotation) -> Vec<String> {
    annotation.spans.iter().map(|span| held(&document.text[span.range()])).collect()
}

fn tei(project: &Project) -> Result<(), TestCaseError> {
    for (document, file) in files(project, format("tei"), "xml") {
        let (mut text, mut anchors, mut spans) = (String::new(), HashMap::new(), HashMap::new());
        let mut in_block = false;
        each_in(&file, &mut |event, said| match event {
            Event::Start(start) => match start.name().0 {
                "ab" => in_block = true,
                "lb" => text.push('\n'),
                "anchor" => {
                    anchors.insert(
                        format!("#{}", attribute(start, "xml:id").expect("an anchor is called")),
                        text.len(),
                    );
                }
                "span" => {
                    let get = |name| attribute(start, name).unwrap_or_default();
                    let id = get("xml:id");
                    spans.insert(id, ["from", "to", "ana", "next"].map(get));
                }
                _ => {}
            },
            Event::End(end) if end.name().0 == "ab" => in_block = false,
            _ if in_block => text.push_str(said),
            _ => {}
        });
        prop_assert_eq!(&text, &held(&document.text));
        for annotation in project.table(document.id).iter() {
            let mut name = format!("annotation-{}", annotation.id);
            let mut found = Vec::new();
            while let Some([from, to, tags, next]) = spans.remove(&name) {
                found.push(text[anchors[&from]..anchors[&to]].to_owned());
                let expected: Vec<String> = annotation.tags.iter().map(|tag| format!("#tag-{tag}")).collect();
                let expected = if expected.is_empty() { "#untagged".to_owned() } else { expected.join(" ") };
                prop_assert_eq!(tags, expected);
                name = next.trim_start_matches('#').to_owned();
            }
            prop_assert_eq!(found, parts(document, annotation));
        }
        prop_assert!(spans.is_empty());
    }
    Ok(())
}

fn html(project: &Project) -> Result<(), TestCaseError> {
    for (document, file) in files(project, format("html"), "html") {
        let begin = file.find("<main>").expect("a page has one");
        let end = file.find("</main>").expect("a page has one");
        let mut lines: Vec<String> = Vec::new();
        // Which annotations lie on what is being read, and of each annotation the pieces.
        let mut on: Vec<String> = Vec::new();
        let mut marked: HashMap<String, String> = HashMap::new();
        let (mut in_line, mut in_aside) = (false, false);
        each_in(&file[begin..end + "</main>".len()], &mut |event, said| match event {
            Event::Start(start) => match start.name().0 {
                "aside" => in_aside = true,
                "p" if !in_aside => {
                    in_line = true;
                    lines.push(String::new());
                }
                "mark" => {
                    let ids = attribute(start, "data-annotation").expect("a mark says of whom it is");
                    on = ids.split(' ').map(str::to_owned).collect();
                }
                _ => {}
            },
            Event::End(end) => match end.name().0 {
                "aside" => in_aside = false,
                "p" => in_line = false,
                "mark" => on.clear(),
                _ => {}
            },
            _ if in_line => {
                lines.last_mut().expect("begun").push_str(said);
                for id in &on {
                    marked.entry(id.clone()).or_default().push_str(said);
                }
            }
            _ => {}
        });
        prop_assert_eq!(lines.join("\n"), held(&document.text));
        for annotation in project.table(document.id).iter() {
            let expected = parts(document, annotation).concat().replace('\n', "");
            let found = marked.remove(&annotation.id.to_string()).unwrap_or_default();
            prop_assert_eq!(found, expected);
        }
        prop_assert!(marked.is_empty());
        // Nothing is fetched, and nothing runs.
        for forbidden in ["<script", "http:", "https:", "url(", "@import", " src="] {
            let style = &file[..begin];
            prop_assert!(!style.contains(forbidden), "{}", forbidden);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_edition_has_the_text_and_every_mark_to_the_character(project in any_project()) {
        tei(&project)?;
    }

    #[test]
    fn a_page_has_the_text_and_every_mark_to_the_character(project in any_project()) {
        html(&project)?;
    }
}
