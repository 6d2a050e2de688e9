//! What other programs themselves wrote, as it comes in: INCEpTION the references of its own tests, brat its tutorial, doccano its samples. `ORIGIN.md`
//! beside each says where it comes from.
#![allow(clippy::disallowed_methods, reason = "a test reads its fixtures")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hashiya::exchange::{self, Format, Imported, Memory, Units};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/exchange").join(name)
}

fn read(format: &str, path: &Path) -> Imported {
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let content = std::fs::read(path).expect("a fixture");
    let format: Format = format.parse().expect("a format of the table");
    exchange::read(format, &mut Memory { files: [(name, content)].into() }).expect("a sound file")
}

/// Each mark of a document in a line: its words, its tag, its note, what features say, and for each relation what it says and the words it leads to.
fn told(imported: &Imported, document: usize) -> Vec<String> {
    let document = &imported.documents[document];
    let text = document.text.as_deref().expect("the text is in the file");
    let units = Units::new(text);
    let words = |at: usize| {
        let spans = document.annotations[at].spans.iter();
        let words = spans.map(|&span| &text[units.span(imported.unit, span).expect("a span").range()]);
        words.collect::<Vec<_>>().join(" ").replace('\n', "/")
    };
    let place = |key: &String| document.annotations.iter().position(|mark| &mark.keys[0] == key);
    let mark = |(at, mark): (usize, &exchange::ImportedAnnotation)| {
        let mut line = format!("{} = {}", words(at), mark.tags.join("+"));
        if let Some(note) = mark.note.as_ref().filter(|note| !note.is_empty()) {
            line += &format!(" «{note}»");
        }
        for (name, value) in mark.attributes.iter().flatten().filter(|(name, _)| name != "type") {
            line += &format!(" ({name}: {value})");
        }
        for (kind, target) in mark.relations.iter().flatten() {
            line += &format!(" —{kind}→ {}", words(place(target).expect("a mark")));
        }
        line
    };
    document.annotations.iter().enumerate().map(mark).collect()
}

/// Holds the files of a folder against a table; every file has a line there.
fn check(folder: &Path, format: &str, table: &[(&str, &[&str])]) {
    let names = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("one").path());
    let found: BTreeSet<String> = names
        .filter(|path| path.extension().is_some_and(|ending| ending != "md"))
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    assert_eq!(found, table.iter().map(|(name, _)| (*name).to_owned()).collect());
    let ending = if format == "cas-xmi" { "xmi" } else { "tsv" };
    for (name, expected) in table {
        let imported = read(format, &folder.join(name).with_extension(ending));
        assert_eq!(told(&imported, 0), *expected, "{name}");
    }
}

#[test]
fn webanno_tsv_comes_in_with_all_that_it_says() {
    let whole = "This is a test .";
    check(
        &folder("webanno/inception"),
        "webanno-tsv",
        &[
            (
                "WebAnnoTsv3ReaderWriterTest-testSubMultiTokenSpanWithFeatureValue",
                &[
                    "aaaaaa bbbbbb = 2",
                    "aaaaaa bbb = 7",
                    "aaaaaa = 1",
                    "aaa bbbbbb ccc = 9",
                    "aaa bbbbbb = 6",
                    "aaa bbb = 8",
                    "bb = 3",
                    "bbbb = 5",
                    " = 11",
                    "bbbb = 4",
                    " = 12",
                    " = 10",
                ],
            ),
            (
                "sampleSlotAnnotation1",
                &[
                    "This = SimpleSlotHost —pr2→ a —pr1→ is",
                    "is = SimpleSpan",
                    "a = SimpleSpan",
                    "test = SurfaceForm",
                ],
            ),
            ("testAnnotationWithLeadingWhitespace", &["two = NamedEntity"]),
            ("testAnnotationWithLeadingWhitespaceAtStart", &["one = NamedEntity"]),
            ("testAnnotationWithTrailingWhitespace", &["one = NamedEntity"]),
            ("testCrossSentenceSpanWithFeatureValue", &["He loves her ./She loves him not . = PERSON"]),
            ("testDependencyWithValues", &["This = POS1 —Dependency→ is", "is = POS2"]),
            ("testMultiTokenSpanWithFeatureValue", &[&format!("{whole} = PERSON")]),
            ("testMultiTokenSpanWithoutFeatureValue", &[&format!("{whole} = Span")]),
            (
                "testMultiTokenStackedSpanWithoutFeatureValue",
                &[&format!("{whole} = Span"), &format!("{whole} = Span")],
            ),
            ("testSentenceWithEmoji", &["😊 = Span"]),
            ("testSentenceWithLineBreak", &["This = Span"]),
            ("testSentenceWithTab", &["This = Span"]),
            (
                "testSimpleCrossSenenceSlotFeature",
                &["He = SimpleLinkHost —p1→ loves —p2→ him", "loves = SimpleSpan", "him = SimpleSpan"],
            ),
            (
                "testSimpleSlotFeature",
                &["This = SimpleLinkHost —p1→ is —p2→ a", "is = SimpleSpan", "a = SimpleSpan"],
            ),
            ("testSingleNonTokenRelationWithoutFeature", &["This = Span —SimpleRelation→ .", ". = Span"]),
            (
                "testSingleTokenRelationWithMultipleFeatureValues",
                &["This = Token (nsubj boolValue: true) (nsubj integerValue: 42) —nsubj→ .", ". = Token"],
            ),
            (
                "testStackedSubMultiTokenSpanWithFeatureValue",
                &[
                    "aaaaaa bbbbbb = 2a",
                    "aaaaaa bbbbbb = 2b",
                    "aaaaaa bbb = 7a",
                    "aaaaaa bbb = 7b",
                    "aaaaaa = 1a",
                    "aaaaaa = 1b",
                    "aaa bbbbbb ccc = 9a",
                    "aaa bbbbbb ccc = 9b",
                    "aaa bbbbbb = 6a",
                    "aaa bbbbbb = 6b",
                    "aaa bbb = 8a",
                    "aaa bbb = 8b",
                    "bbbbbb = 4a",
                    "bbbbbb = 4b",
                    " = 11a",
                    " = 11b",
                    "bbbb = 5a",
                    "bbbb = 5b",
                    "b = 3a",
                    "b = 3b",
                    " = 10a",
                    " = 10b",
                    " = 12a",
                    " = 12b",
                ],
            ),
            ("testSubMultiTokenSpanWithoutFeatureValue2", &["his i = Span"]),
            (
                "testTokenBoundedBioLookAlike",
                &["This = B-NOTBIO!", "is = I-NOTBIO!", "a = I-NOTBIO!", "test = I-NOTBIO!", ". = I-NOTBIO!"],
            ),
            (
                "testTokenBoundedSpanWithFeatureValue",
                &["This = NE 0", "is = NE 1", "a = NE 2", "test = NE 3", ". = NE 4"],
            ),
            (
                "testTokenBoundedSpanWithNastyFeatureValue",
                &["This", "is", "a", "test", "."]
                    .map(|word| {
                        format!("{word} = de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity:value")
                    })
                    .each_ref()
                    .map(String::as_str),
            ),
            (
                "testTokenBoundedSpanWithUnderscoreFeatureValue",
                &["This = _", "is = _", "a = _", "test = _", ". = _"],
            ),
            (
                "testTokenBoundedStackedLookAlike",
                &[
                    "This = NOTSTACKED[0]",
                    "is = NOTSTACKED[1]",
                    "a = NOTSTACKED[2]",
                    "test = NOTSTACKED[3]",
                    ". = NOTSTACKED[4]",
                ],
            ),
            (
                "testTokenBoundedStackedSpanWithFeatureValue",
                &[
                    "This = NE",
                    "This = NE",
                    "is = NE",
                    "is = NE",
                    "a = NE",
                    "a = NE",
                    "test = NE",
                    "test = NE",
                    ". = NE",
                    ". = NE",
                ],
            ),
            ("testUnsetSlotFeature", &["This = FlexLinkHost", "is = SimpleSpan", "a = SimpleSpan"]),
            (
                "testZeroLengthSlotFeature1",
                &[" = SimpleLinkHost —p1→ is a —p2→ is a", "is a = SimpleSpan", "is a = SimpleSpan"],
            ),
            ("testZeroLengthSpanBetweenAdjacentTokens", &[" = SimpleSpan"]),
            ("testZeroLengthSpansWithoutFeatures", &[" = SimpleSpan", " = SimpleSpan"]),
            ("testZeroWidthAnnotationBeyondLastTokenIsMovedToEndOfLastToken", &[" = NamedEntity"]),
        ],
    );
}

/// INCEpTION gives a file of XMI its type system; who has lost that has the marks all the same.
#[test]
fn xmi_without_its_type_system_comes_in_with_slots_chains_and_relations() {
    check(
        &folder("cas/inception"),
        "cas-xmi",
        &[
            ("testAnnotationWithTrailingWhitespace", &["one  = NamedEntity"]),
            ("testCrossSentenceSpanWithFeatureValue", &["He loves her ./She loves him not . = PERSON"]),
            (
                "testMultiTokenStackedSpanWithoutFeatureValue",
                &["This is a test . = NamedEntity", "This is a test . = NamedEntity"],
            ),
            (
                "testSimpleSlotFeature",
                &["is = SimpleSpan", "a = SimpleSpan", "This = SimpleLinkHost —p1→ is —p2→ a"],
            ),
            ("testSingleTokenRelationWithFeatureValue", &["This = Token —nsubj→ .", ". = Token"]),
            ("testSubtokenChain", &["hi = SimpleLink —next→ ", " = SimpleLink —next→ es", "es = SimpleLink"]),
            (
                "testTokenBoundedSpanWithUnderscoreFeatureValue",
                &["This = _", "is = _", "a = _", "test = _", ". = _"],
            ),
        ],
    );
}

/// What one slot host says in either format of the same program is the same.
#[test]
fn both_formats_say_the_same_of_one_annotation() {
    let sorted = |format: &str, path: &str| {
        let mut lines = told(&read(format, &folder(path)), 0);
        lines.sort();
        lines
    };
    let name = "testSimpleSlotFeature";
    assert_eq!(
        sorted("webanno-tsv", &format!("webanno/inception/{name}.tsv")),
        sorted("cas-xmi", &format!("cas/inception/{name}.xmi"))
    );
}

#[test]
fn the_tutorial_of_brat_comes_in_with_events_in_events_attributes_and_notes() {
    let folder = folder("brat/program");
    let mut files = Memory::default();
    for entry in std::fs::read_dir(&folder).expect("a folder") {
        let path = entry.expect("one").path();
        if path.extension().is_some_and(|ending| ending != "md") {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            files.files.insert(name, std::fs::read(&path).expect("a fixture"));
        }
    }
    let imported = exchange::read("brat".parse().expect("a format"), &mut files).expect("a sound folder");
    let of = |name: &str| {
        let at = imported
            .documents
            .iter()
            .position(|document| document.name.starts_with(name))
            .expect("a document");
        told(&imported, at)
    };
    let events = of("090");
    for line in [
        "reported = Report —Reporter-Arg→ Wikinews —Event-Arg→ merged",
        "told = Report —Reporter-Arg→ My friend —Event-Arg→ posted",
        "posted = Report —Event-Arg→ reported —Reporter-Arg→ Reddit",
        "merged = Merge-org —Org-Arg→ Google —Org-Arg2→ YouTube",
    ] {
        assert!(events.iter().any(|one| one == line), "{line} in {events:#?}");
    }
    let attributes = of("100");
    for line in [
        "Somebody = Person (Individual: )",
        "twitted = Report (Confidence: Neutral) —Reporter-Arg→ Somebody —Event-Arg→ merge",
        "merged = Merge-org (Confidence: High) —Org-Arg→ YouTube —Org-Arg2→ Google",
    ] {
        assert!(attributes.iter().any(|one| one == line), "{line} in {attributes:#?}");
    }
    let notes = of("110");
    for line in [
        "Discworld = GPE «Should fictional places be annotated?»",
        "merged = Merge-org «Annotate as one merge event with three participants or two events with two participants each?» \
         —Org-Arg→ YouTube —Org-Arg2→ DoubleClick —Org-Arg3→ Google",
        "Orville Wright = Person «Should this be marked? It's not explicitly stated.» —Family→ Wilbur Wright",
    ] {
        assert!(notes.iter().any(|one| one == line), "{line} in {notes:#?}");
    }
}

#[test]
fn the_samples_of_doccano_come_in_whichever_version_wrote_them() {
    let read = |name: &str| read("doccano", &folder("doccano/program").join(name));
    let labels = read("sequence_labeling.jsonl");
    let all: Vec<Vec<String>> = (0..labels.documents.len()).map(|at| told(&labels, at)).collect();
    assert_eq!(
        all,
        [vec!["EU = ORG", "German = MISC"], vec!["Peter Blackburn = PERSON"], vec!["Obama = PERSON"]]
    );
    // One object over many lines, though the file is called one of lines.
    assert_eq!(
        told(&read("relation_extraction.jsonl"), 0),
        [
            "Google = ORG —foundedAt→ September 4, 1998 —foundedBy→ Larry Page —foundedBy→ Sergey Brin",
            "September 4, 1998 = DATE",
            "Larry Page = PERSON",
            "Sergey Brin = PERSON",
        ]
    );
    // The first versions gave the numbers of labels and users.
    assert_eq!(told(&read("first_versions.jsonl"), 2), ["Obama = 1 (user: 1)"]);
}

#[test]
fn codebooks_of_atlas_ti_and_taguette_come_in_and_groups_of_codes_are_told() {
    let read = |name: &str| {
        let imported = read("refi-codebook", &folder("refi/programs").join(name));
        let tag = |tag: &exchange::ImportedTag| {
            let color = tag.color.map(|color| color.to_string()).unwrap_or_default();
            [tag.name.as_str(), &color, &tag.definition].join(" ").trim_end().to_owned()
        };
        (imported.tags.iter().map(tag).collect::<Vec<_>>(), imported.remarks)
    };
    let (tags, remarks) = read("atlas-ti.qdc");
    assert_eq!(tags, ["code1 #46aa00 description"]);
    assert!(remarks.len() == 1 && remarks[0].contains("sets of codes («code group 1»)"), "{remarks:?}");
    assert_eq!(
        read("taguette.qdc"),
        (["interesting", "people", "interesting.places"].map(str::to_owned).to_vec(), Vec::new())
    );
}
