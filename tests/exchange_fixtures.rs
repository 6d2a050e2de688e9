//! What the libraries of other programs wrote, as it comes in. Each fixture lies beside the program that made it.
#![allow(clippy::disallowed_methods, reason = "a test reads its fixtures")]

use std::path::Path;

use hashiya::exchange::{self, Format, Imported, ImportedAnnotation, Memory, Unit, Units};

/// Some files of a fixture as a source.
fn fixture(folder: &str, names: &[&str]) -> Memory {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/exchange").join(folder);
    let read = |name: &&str| ((*name).to_owned(), std::fs::read(folder.join(name)).expect("a fixture"));
    Memory { files: names.iter().map(read).collect() }
}

fn read(format: &str, mut files: Memory) -> Imported {
    let format: Format = format.parse().expect("a format of the table");
    exchange::read(format, &mut files).expect("a sound file")
}

/// What a mark stands on, in the unit of its format.
fn words<'t>(imported: &Imported, text: &'t str, mark: &ImportedAnnotation) -> Vec<&'t str> {
    let units = Units::new(text);
    let spans = mark.spans.iter().map(|&span| units.span(imported.unit, span).expect("a span of the text"));
    spans.map(|span| &text[span.range()]).collect()
}

/// The attributes of a mark as pairs of words.
fn attributes(mark: &ImportedAnnotation) -> Vec<(&str, &str)> {
    mark.attributes.iter().flatten().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

#[test]
fn what_cassis_wrote_comes_in_from_either_spelling() {
    let entity = ("type", "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity");
    for (format, files) in [
        ("cas-xmi", fixture("cas", &["cassis.xmi", "TypeSystem.xml"])),
        ("cas-json", fixture("cas", &["cassis.json"])),
    ] {
        let imported = read(format, files);
        let [document] = imported.documents.as_slice() else { panic!("{format}: one document") };
        assert_eq!(document.name, "cassis");
        let text = document.text.as_deref().expect("the text is in the file");
        assert!(text.starts_with("😀 قال") && text.ends_with("موسكو 🇪🇬\n"));
        let said: Vec<_> = document
            .annotations
            .iter()
            .map(|mark| (words(&imported, text, mark), mark.tags.join(" "), attributes(mark)))
            .collect();
        let claim = vec![
            ("type", "webanno.custom.Claim"),
            ("certainty", "0.5"),
            ("checked", "true"),
            ("keywords", "زيارة رسمية; سفر"),
            ("sources", "url=https://example.org/1, year=2023; url=https://example.org/2, year=2024"),
        ];
        let expected = [
            (vec!["الكرملين"], "ORG".to_owned(), vec![entity, ("identifier", "Q-1")]),
            (vec!["الرئيس الروسي"], "PER".to_owned(), vec![entity]),
            (vec!["موسكو"], "LOC".to_owned(), vec![entity, ("identifier", "a \"b\" & <c>")]),
            (vec!["🇪🇬"], "NamedEntity".to_owned(), vec![entity]),
            (vec!["وصل إلى سانت بطرسبورغ\nوعاد"], "Claim".to_owned(), claim),
        ];
        for (mut said, expected) in said.into_iter().zip(&expected) {
            // Features come in the order of the file, in which lists of texts stand last in XMI.
            let place = |key: &str| expected.2.iter().position(|(other, _)| *other == key);
            said.2.sort_by_key(|(key, _)| place(key).unwrap_or(usize::MAX));
            if said.1 == "ORG" {
                // What the relation says besides.
                assert_eq!(said.2.pop(), Some(("يتحدث عن mood", "خبر")));
            }
            assert_eq!(&said, expected, "{format}");
        }
        assert_eq!(document.annotations.len(), expected.len());
        let key = |at: usize| document.annotations[at].keys[0].clone();
        assert_eq!(
            document.annotations[0].relations,
            Some(vec![("يتحدث عن".to_owned(), key(1))]),
            "{format}"
        );
        assert_eq!(document.annotations[4].relations, Some(vec![("speaker".to_owned(), key(0))]), "{format}");
        assert_eq!(document.annotations[4].note.as_deref(), Some("سطر\nوآخر"));
        let [left_out] = imported.remarks.as_slice() else { panic!("{:?}", imported.remarks) };
        assert!(left_out.contains("2 × Sentence, 19 × Token"), "{left_out}");
    }
}

#[test]
fn xmi_without_its_type_system_says_the_same_but_for_lists_of_structures() {
    let imported = read("cas-xmi", fixture("cas", &["cassis.xmi"]));
    let marks = &imported.documents[0].annotations;
    let tags: Vec<_> = marks.iter().map(|mark| mark.tags.join(" ")).collect();
    assert_eq!(tags, ["ORG", "PER", "LOC", "NamedEntity", "Claim"]);
    assert_eq!(marks[0].relations.as_ref().map(Vec::len), Some(1));
    assert!(attributes(&marks[4]).contains(&("sources", "29 30")));
    assert_eq!(imported.remarks.len(), 2, "{:?}", imported.remarks);
}

#[test]
fn webanno_tsv_by_the_specification_comes_in_with_all_its_layers() {
    let imported = read("webanno-tsv", fixture("webanno", &["by-the-specification.tsv"]));
    assert_eq!(imported.remarks, Vec::<String>::new());
    let document = &imported.documents[0];
    let text = document.text.as_deref().expect("the text is in the file");
    assert_eq!(text, "😀 قال الكرملين إن الرئيس الروسي\nوصل \\ إلى سانت بطرسبورغ .\nوعاد هو إلى موسكو .\n");
    let entity = ("type", "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity");
    let link = ("type", "de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink");
    // Words, tag, attributes, and for each relation what it says and to which of these it leads.
    type Said<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>, Vec<(&'a str, usize)>);
    let expected: Vec<Said<'_>> = vec![
        (
            "قال",
            "Frame",
            vec![("type", "webanno.custom.Frame"), ("FE", "say_1")],
            vec![("speaker", 1), ("Roles", 3)],
        ),
        ("الكرملين", "ORG", vec![entity, ("identifier", "Q_1|2"), ("عن mood", "خبر")], vec![("عن", 3)]),
        ("كرملين", "Sure", vec![("type", "webanno.custom.Sure")], vec![]),
        ("الرئيس الروسي", "PER", vec![entity], vec![]),
        ("الرئيس", "TITLE", vec![entity], vec![]),
        (
            "الرئيس",
            "CoreferenceLink",
            vec![link, ("referenceType", "person"), ("referenceRelation", "is")],
            vec![("is", 7)],
        ),
        ("سانت بطرسبورغ", "LOC[x];*", vec![entity], vec![]),
        ("هو", "CoreferenceLink", vec![link, ("referenceType", "pron")], vec![]),
        ("موسكو", "NamedEntity", vec![entity], vec![]),
    ];
    let at =
        |key: &String| document.annotations.iter().position(|mark| &mark.keys[0] == key).expect("a mark");
    let said: Vec<Said<'_>> = document
        .annotations
        .iter()
        .map(|mark| {
            let relations = mark.relations.iter().flatten().map(|(kind, key)| (kind.as_str(), at(key)));
            (words(&imported, text, mark)[0], mark.tags[0].as_str(), attributes(mark), relations.collect())
        })
        .collect();
    assert_eq!(said, expected);
    let quotes = document
        .annotations
        .iter()
        .all(|mark| mark.quote.as_deref() == Some(words(&imported, text, mark)[0]));
    assert!(quotes, "{:?}", document.annotations);
}

#[test]
fn webanno_tsv_that_counts_otherwise_is_converted_and_told() {
    let mut files = fixture("webanno", &["by-the-specification.tsv"]);
    let content = String::from_utf8(files.files["by-the-specification.tsv"].clone()).expect("UTF-8");
    // As a program that counts code points would have written it: one less after the emoji.
    let shifted: Vec<String> = content
        .split('\n')
        .map(|line| match line.splitn(3, '\t').collect::<Vec<_>>()[..] {
            [id, place, rest] => {
                let (start, end) = place.split_once('-').expect("a place");
                let less = |number: &str| number.parse::<u32>().expect("a number").saturating_sub(1);
                format!("{id}\t{}-{}\t{rest}", less(start), less(end))
            }
            _ => line.to_owned(),
        })
        .collect();
    let right = read("webanno-tsv", files.clone());
    files.files.insert("by-the-specification.tsv".into(), shifted.join("\n").into_bytes());
    let converted = read("webanno-tsv", files);
    assert_eq!(converted.documents, right.documents);
    assert!(converted.remarks[0].contains("count code points"), "{:?}", converted.remarks);
}

#[test]
fn webanno_tsv_that_is_not_sound_is_refused_with_a_sentence() {
    let head = "#FORMAT=WebAnno TSV 3.3\n#T_SP=a.B|c\n\n\n#Text=قال\n";
    for (content, says) in [
        ("", "does not begin with #FORMAT=WebAnno TSV 3"),
        ("#FORMAT=WebAnno TSV 2.0\n", "does not begin with #FORMAT=WebAnno TSV 3"),
        (&format!("{head}1-1\t0-3\tقال"), "line 6 of a.tsv cannot be read: it has 0 columns"),
        (&format!("{head}1-1\t0-99999999999999999999999\tقال\t_"), "is no position"),
        (&format!("{head}1-1\t3\tقال\t_"), "«3» is no place"),
        (&format!("{head}1-1\t9999999999-10000000003\tقال\t_"), "begins far behind"),
        (&format!("{head}1-1\t0-3\tقال\tx[99999999999999999999999]"), "is no number of a mark"),
        (&format!("{head}#T_SP=x.Y|z\n"), "after the first sentence"),
        ("#FORMAT=WebAnno TSV 3.3\n\n\n1-1\t0-3\tقال", "before the first sentence"),
    ] {
        let why = exchange::read("webanno-tsv".parse().expect("a format"), &mut Memory::of("a.tsv", content));
        let why = why.expect_err(says).to_string();
        assert!(why.contains(says) && why.contains("a.tsv"), "{why}");
    }
}

#[test]
fn a_cas_that_is_not_sound_is_refused_with_a_sentence() {
    let xmi = |inner: &str| {
        let head = "<xmi:XMI xmlns:xmi=\"http://www.omg.org/XMI\" xmlns:cas=\"http:///uima/cas.ecore\" xmlns:a=\"http:///a.ecore\" xmlns:hashiya=\"http:///hashiya.ecore\">\
                    <cas:Sofa xmi:id=\"1\" sofaNum=\"1\" sofaID=\"_InitialView\" sofaString=\"abc\"/>";
        format!("{head}{inner}</xmi:XMI>")
    };
    let many =
        "<hashiya:Attribute xmi:id=\"5\" key=\"k\" value=\"".to_owned() + &"v".repeat(100_000) + "\"/>";
    let list = "<cas:FSArray xmi:id=\"6\" elements=\"".to_owned() + &"5 ".repeat(1000) + "\"/>";
    let again: String = (10..200)
        .map(|id| {
            format!("<hashiya:Mark xmi:id=\"{id}\" sofa=\"1\" begin=\"0\" end=\"1\" attributes=\"6\"/>")
        })
        .collect();
    for (content, says) in [
        (xmi("<a:B xmi:id=\"2\" sofa=\"1\" begin=\"99999999999999999999999\" end=\"3\"/>"), "is no position"),
        (xmi("<a:B xmi:id=\"-2\" sofa=\"1\" begin=\"0\" end=\"3\"/>"), "«-2» is no id"),
        (xmi("<a:B xmi:id=\"1\" sofa=\"1\" begin=\"0\" end=\"3\"/>"), "the id 1 stands twice"),
        (xmi("<a:B xmi:id=\"2\" sofa=\"1\" begin=\"0\"/>"), "has no «end»"),
        (xmi("<a:B xmi:id=\"2\"><c><d/></c></a:B>"), "no feature can have one"),
        ("<a/>".to_owned(), "its outermost element is not xmi:XMI"),
        (xmi(&format!("{many}{list}{again}")), "again and again"),
    ] {
        let why = exchange::read("cas-xmi".parse().expect("a format"), &mut Memory::of("a.xmi", content));
        let why = why.expect_err(says).to_string();
        assert!(why.contains(says) && why.contains("a.xmi"), "{why}");
    }
    for (content, says) in [
        ("[]", "it is no object"),
        ("{}", "it has no «%FEATURE_STRUCTURES»"),
        ("{\"%FEATURE_STRUCTURES\":[{\"%ID\":-1,\"%TYPE\":\"a.B\"}]}", "«-1» is no id"),
        ("{\"%FEATURE_STRUCTURES\":[{\"%ID\":1}]}", "structure 1: it has no «%TYPE»"),
        (
            "{\"%FEATURE_STRUCTURES\":[{\"%ID\":1,\"%TYPE\":\"a.B\",\"begin\":1e300,\"end\":0}]}",
            "is no position",
        ),
    ] {
        let why = exchange::read("cas-json".parse().expect("a format"), &mut Memory::of("a.json", content));
        let why = why.expect_err(says).to_string();
        assert!(why.contains(says) && why.contains("a.json"), "{why}");
    }
}

/// Words, tags, attributes and the rest of every mark of a document, on one line each.
fn lines(imported: &Imported, document: usize) -> Vec<String> {
    let document = &imported.documents[document];
    let text = document.text.as_deref().expect("the text is in the file");
    let names: Vec<&str> = document.annotations.iter().map(|mark| mark.keys[0].as_str()).collect();
    let of = |mark: &ImportedAnnotation| {
        let relations = mark.relations.iter().flatten().map(|(kind, target)| {
            format!(" {kind}→{}", names.iter().position(|name| name == target).expect("a mark of the text"))
        });
        let attributes = mark.attributes.iter().flatten().map(|(key, value)| format!(" {key}={value}"));
        let note = mark.note.as_deref().filter(|note| !note.is_empty()).map(|note| format!(" ({note})"));
        let coder = mark.coder.as_deref().map(|coder| format!(" by {coder}"));
        let said: String = attributes.chain(relations).chain(note).chain(coder).collect();
        format!("{}: {}{said}", words(imported, text, mark).join("+"), mark.tags.join(", "))
    };
    document.annotations.iter().map(of).collect()
}

#[test]
fn what_bioc_wrote_for_brat_comes_in_with_its_event_as_relations() {
    let imported = read("brat", fixture("brat", &["bioc.ann", "bioc.txt"]));
    assert_eq!(
        lines(&imported, 0),
        [
            "الكرملين: Organization Claims→1 (قال «ذلك» & سكت)",
            "الرئيس الروسي: Person Equiv→4",
            "سانت بطرسبورغ: Place",
            "وصل: Arrive Certainty=High Who→1 Where→2",
            "الرئيس»+وفده: Person",
            "🇪🇬: Place",
        ]
    );
}

#[test]
fn what_spacy_found_comes_in_from_lines_for_doccano() {
    let imported = read("doccano", fixture("doccano", &["spacy.jsonl"]));
    assert_eq!(imported.documents.len(), 3);
    let first = ["الكرملين: ORG", "الرئيس الروسي: PER", "سانت بطرسبورغ: GPE", "الرئيس: PER", "موسكو: GPE"];
    assert_eq!(lines(&imported, 0), first);
    assert!(imported.documents[1].annotations.is_empty());
    assert_eq!(lines(&imported, 2), ["موسكو: GPE"]);
}

#[test]
fn what_the_sdk_of_label_studio_wrote_comes_in_with_its_relation() {
    let imported = read("label-studio", fixture("label-studio", &["tasks.json", "config.xml"]));
    let read = lines(&imported, 0);
    assert_eq!(read[0], "الكرملين: ORG claims→1 by annotator 1");
    assert_eq!(
        read[1..4],
        ["الرئيس الروسي: PER by annotator 1", "سانت بطرسبورغ: GPE by annotator 1", "🇪🇬: GPE by annotator 1"]
    );
}

#[test]
fn what_pyld_compacted_comes_in_by_position_and_by_quotation() {
    let imported = read("web-annotation", fixture("web-annotation", &["pyld.jsonld"]));
    let [document] = imported.documents.as_slice() else { panic!("one text: {:?}", imported.documents) };
    assert_eq!(document.name, "https://example.org/article.txt");
    let [power, place, flag] = document.annotations.as_slice() else { panic!("three marks") };
    assert_eq!(
        (power.spans.as_slice(), power.tags.as_slice()),
        ([(6, 14)].as_slice(), ["سلطة".to_owned()].as_slice())
    );
    assert_eq!(power.note.as_deref(), Some("قال «ذلك» & سكت"));
    assert_eq!(power.coder.as_deref(), Some("https://example.org/people/layla"));
    assert!(place.spans.is_empty(), "it has a quotation only");
    assert_eq!(place.quote.as_deref(), Some("موسكو"));
    assert_eq!(flag.quote.as_deref(), Some("🇪🇬"));
}

#[test]
fn what_pyrefiqda_wrote_comes_in_as_a_project_and_as_a_codebook() {
    let imported = read("refi-qda", fixture("refi", &["pyrefiqda.qdpx"]));
    assert_eq!(
        lines(&imported, 0),
        [
            "الكرملين: سلطة, مكان / إيجابي يقصد→1 (قال «ذلك» & سكت) by ليلى",
            "الرئيس الروسي: إيجابي description=تعليق case=بوتين نبرة=هادئة by ليلى",
            "الرئيس الروسي: سلطة description=تعليق by سارة",
            "موسكو: مكان by سارة",
            "🇪🇬: مكان by سارة",
        ]
    );
    assert_eq!(lines(&imported, 1), ["في الصيف: مكان by ليلى"]);
    let text = imported.documents[0].text.as_deref().expect("it lies in the archive");
    assert!(text.starts_with("😀 قال") && !text.contains('\r'), "positions count neither mark nor CR");
    assert!(imported.documents[0].id.is_some(), "the GUID of a source is the document's id");
    assert_eq!(imported.remarks.len(), 2, "{:?}", imported.remarks);
    for imported in [&imported, &read("refi-codebook", fixture("refi", &["pyrefiqda.qdc"]))] {
        let tag = |tag: &hashiya::exchange::ImportedTag| {
            let color = tag.color.map(|color| color.to_string()).unwrap_or_default();
            format!("{} < {} {color} {}", tag.name, tag.parent.as_deref().unwrap_or_default(), tag.definition)
        };
        let tags: Vec<String> = imported.tags.iter().map(tag).collect();
        let expected =
            ["سلطة <  #b4532a من يحكم", "إيجابي < سلطة  ", "مكان <  #aabbcc ", "مكان / إيجابي < مكان  "];
        assert_eq!(tags, expected);
    }
}

#[test]
fn what_the_library_of_stam_wrote_comes_in() {
    // STAM has no word for a tag: what another program calls so is one key among others.
    let imported = read("stam", fixture("stam", &["stam.stam.json"]));
    let [document] = imported.documents.as_slice() else { panic!("one document") };
    let text = document.text.as_deref().expect("the text is in the file");
    assert_eq!(document.name, "news");
    let said: Vec<_> = document
        .annotations
        .iter()
        .map(|mark| (words(&imported, text, mark), mark.tags.join(" "), attributes(mark)))
        .collect();
    assert_eq!(
        said,
        [
            (vec!["الكرملين"], String::new(), vec![("tag", "ORG")]),
            (vec!["الرئيس الروسي"], String::new(), vec![("tag", "PER")]),
            (vec!["موسكو"], String::new(), vec![("tag", "LOC")]),
            (vec!["🇪🇬"], String::new(), vec![("tag", "FLAG")]),
            (vec!["قال", "وصل"], String::new(), vec![("pos", "verb")]),
        ]
    );
}

#[test]
fn what_duckdb_wrote_comes_in_with_columns_of_its_own_as_attributes() {
    let text = String::from_utf8(fixture("tables", &["article.txt"]).files["article.txt"].clone());
    let text = text.expect("UTF-8");
    let marks = ["الكرملين", "سانت بطرسبورغ\nوعاد", "🇪🇬"];
    for (format, file) in [("jsonl", "duckdb.jsonl"), ("csv", "duckdb.csv"), ("csv", "duckdb-words.csv")] {
        let imported = read(format, fixture("tables", &[file]));
        let [document] = imported.documents.as_slice() else { panic!("{file}: one document") };
        assert_eq!((document.name.as_str(), imported.unit), ("خبر", Unit::CodePoints));
        let has_words_alone = file == "duckdb-words.csv";
        let note = |note: &'static str| (!has_words_alone && !note.is_empty()).then_some(note);
        let tags: [&[&str]; 3] = match has_words_alone {
            true => [&["سلطة"], &["مكان"], &[]],
            false => [&["سلطة", "a \"b\", c"], &["مكان"], &[]],
        };
        let said: Vec<_> = document
            .annotations
            .iter()
            .map(|mark| (words(&imported, &text, mark)[0], mark.note.as_deref(), attributes(mark)))
            .collect();
        assert_eq!(
            said,
            [
                (marks[0], note("قال «ذلك»، ثم\n\"سكت\""), vec![("score", "0.75")]),
                (marks[1], None, vec![]),
                (marks[2], note("=1+1"), vec![("score", "-2.0")]),
            ],
            "{file}"
        );
        for ((mark, tags), words) in document.annotations.iter().zip(tags).zip(marks) {
            assert_eq!(mark.tags, tags, "{file}");
            assert_eq!(mark.quote.as_deref(), (!has_words_alone).then_some(words), "{file}");
        }
    }
}
