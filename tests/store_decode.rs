//! From bytes to text: every encoding, every line end, and what is no text.

use encoding_rs::{ISO_8859_6, WINDOWS_1252, WINDOWS_1256};
use hashiya::model::LineEnds;
use hashiya::store::decode::{DecodeError, ENCODINGS, decode};

const ARTICLE: &str = "قال المتحدث باسم الرئاسة الروسية دميتري بيسكوف، إن موسكو ومينسك تعملان بشكل مشترك.\nوأضاف: «نعم» (RT) 2023.\n";

fn utf_16(text: &str, little: bool) -> Vec<u8> {
    text.encode_utf16()
        .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
        .collect()
}

fn windows_1256(text: &str) -> Vec<u8> {
    let (bytes, _, lossy) = WINDOWS_1256.encode(text);
    assert!(!lossy, "the text fits windows-1256");
    bytes.into_owned()
}

/// ISO-8859-6 has no « ».
fn iso_8859_6(text: &str) -> Vec<u8> {
    let (bytes, _, lossy) = ISO_8859_6.encode(text);
    assert!(!lossy, "the text fits ISO-8859-6");
    bytes.into_owned()
}

#[test]
fn encodings_are_found_without_being_told() {
    let plain = ARTICLE.replace(['«', '»'], "\"");
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    let cases: Vec<(&str, Vec<u8>, &str, &str, bool)> = vec![
        ("utf-8", ARTICLE.into(), ARTICLE, "UTF-8", false),
        ("utf-8 with mark", marked(b"\xef\xbb\xbf", ARTICLE.into()), ARTICLE, "UTF-8", true),
        ("ascii", b"plain\n".to_vec(), "plain\n", "UTF-8", false),
        ("empty", vec![], "", "UTF-8", false),
        ("a mark alone", b"\xef\xbb\xbf".to_vec(), "", "UTF-8", true),
        ("utf-16le with mark", marked(b"\xff\xfe", utf_16(ARTICLE, true)), ARTICLE, "UTF-16LE", true),
        ("utf-16be with mark", marked(b"\xfe\xff", utf_16(ARTICLE, false)), ARTICLE, "UTF-16BE", true),
        ("utf-16le", utf_16(ARTICLE, true), ARTICLE, "UTF-16LE", false),
        ("utf-16be", utf_16(ARTICLE, false), ARTICLE, "UTF-16BE", false),
        ("latin utf-16le", utf_16("Minsk 2023\n", true), "Minsk 2023\n", "UTF-16LE", false),
        ("a word of utf-16be", utf_16("بيلاروسيا", false), "بيلاروسيا", "UTF-16BE", false),
        ("utf-16le with emoji", utf_16("قال 👍🏽 نعم", true), "قال 👍🏽 نعم", "UTF-16LE", false),
        ("windows-1256", windows_1256(ARTICLE), ARTICLE, "windows-1256", false),
        ("a line of windows-1256", windows_1256("لا تعليق"), "لا تعليق", "windows-1256", false),
        ("a word of windows-1256", windows_1256("كتاب"), "كتاب", "windows-1256", false),
        (
            "windows-1256 with Latin",
            windows_1256("Minsk: بيلاروسيا 2023 (BELTA)"),
            "Minsk: بيلاروسيا 2023 (BELTA)",
            "windows-1256",
            false,
        ),
        ("windows-1256 with vowels", windows_1256("قالَ مُحَمَّدٌ: نعم"), "قالَ مُحَمَّدٌ: نعم", "windows-1256", false),
        ("iso-8859-6", iso_8859_6(&plain), &plain, "ISO-8859-6", false),
        ("a line of iso-8859-6", iso_8859_6("وقال المتحدث"), "وقال المتحدث", "ISO-8859-6", false),
        (
            "french",
            WINDOWS_1252.encode("déjà vu, à côté de l'été: élève").0.into_owned(),
            "déjà vu, à côté de l'été: élève",
            "windows-1252",
            false,
        ),
    ];
    for (name, bytes, text, encoding, mark) in cases {
        let decoded = decode(&bytes, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(decoded.text, text, "{name}");
        assert_eq!(decoded.encoding, encoding, "{name}");
        assert_eq!(decoded.byte_order_mark, mark, "{name}");
        assert_eq!(decoded.replaced, 0, "{name}");
        let named = decode(&bytes, Some(encoding)).expect("named");
        assert_eq!(named, decoded, "{name}, named");
    }
}

#[test]
fn the_seeds_are_found_again_in_every_encoding_that_holds_them() {
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds")).expect("seeds") {
        let text = std::fs::read_to_string(entry.expect("a seed").path()).expect("UTF-8");
        let text = text.replace("\r\n", "\n");
        for (bytes, encoding) in [
            (text.clone().into_bytes(), "UTF-8"),
            (utf_16(&text, true), "UTF-16LE"),
            (utf_16(&text, false), "UTF-16BE"),
        ] {
            let decoded = decode(&bytes, None).expect("text");
            assert_eq!((decoded.text.as_str(), decoded.encoding), (text.as_str(), encoding));
        }
        for (encoding, name) in [(WINDOWS_1256, "windows-1256"), (ISO_8859_6, "ISO-8859-6")] {
            for line in text.lines().filter(|line| line.chars().filter(|c| c.is_alphabetic()).count() > 8) {
                let kept: String =
                    line.chars().filter(|c| !encoding.encode(c.encode_utf8(&mut [0; 4])).2).collect();
                if !kept.contains(|c: char| ('\u{621}'..='\u{64a}').contains(&c)) {
                    continue;
                }
                let decoded = decode(&encoding.encode(&kept).0, None).expect("text");
                assert_eq!((decoded.text.as_str(), decoded.encoding), (kept.as_str(), name));
            }
        }
    }
}

#[test]
fn every_line_end_becomes_a_line_feed_and_is_told() {
    for (bytes, text, ends) in [
        ("a\nb\n", "a\nb\n", LineEnds::Lf),
        ("a", "a", LineEnds::Lf),
        ("a\r\nb\r\n", "a\nb\n", LineEnds::CrLf),
        ("a\rb\r", "a\nb\n", LineEnds::Cr),
        ("a\r\nb\nc", "a\nb\nc", LineEnds::Mixed),
        ("a\r\rb\r\n", "a\n\nb\n", LineEnds::Mixed),
        ("a\n\rb", "a\n\nb", LineEnds::Mixed),
        ("\r\n\r\n", "\n\n", LineEnds::CrLf),
    ] {
        let decoded = decode(bytes.as_bytes(), None).expect("text");
        assert_eq!((decoded.text.as_str(), decoded.line_ends), (text, ends), "{bytes:?}");
        let wide = decode(&utf_16(&format!("{bytes}قال"), true), Some("UTF-16LE")).expect("text");
        assert_eq!((wide.text, wide.line_ends), (format!("{text}قال"), ends), "{bytes:?} in UTF-16");
    }
}

#[test]
fn nothing_else_is_changed() {
    // Composed and decomposed letters, presentation forms, controls, separators of lines that are no LF, a mark inside the text.
    let text = "e\u{301} é ﻻ لا \u{1} \u{c} \u{b} \u{85} \u{2028} \u{feff} \u{202b}قال\u{202c} ـــ\u{a0}\t \n";
    let decoded = decode(text.as_bytes(), None).expect("text");
    assert_eq!((decoded.text.as_str(), decoded.line_ends), (text, LineEnds::Lf));
}

#[test]
fn binary_files_are_refused() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0".to_vec();
    let zip = b"PK\x03\x04\x14\0\0\0\x08\0abcdef".to_vec();
    let mut noise = Vec::new();
    let mut state = 1_u32;
    for _ in 0..4000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        noise.push((state >> 24) as u8);
    }
    let controls = b"\x01\x02\x03\x04abc".repeat(20);
    let nul = "نص\0نص".as_bytes().to_vec();
    let utf_32: Vec<u8> = "\u{feff}قال".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    for bytes in [png, zip, noise, controls, nul, utf_32, vec![0; 100]] {
        assert_eq!(decode(&bytes, None), Err(DecodeError::Binary), "{:?}", &bytes[..8]);
    }
}

#[test]
fn malformed_bytes_become_replacement_characters_and_are_counted() {
    let mut cut = ARTICLE.as_bytes().to_vec();
    cut.truncate(cut.len() - 3);
    cut.push(0xd9);
    let decoded = decode(&cut, None).expect("text");
    assert_eq!((decoded.encoding, decoded.replaced), ("UTF-8", 1));
    assert!(decoded.text.ends_with('\u{fffd}'));
    let odd = [utf_16("قال", true), vec![0x27]].concat();
    let decoded = decode(&odd, Some("utf-16le")).expect("text");
    assert_eq!((decoded.text.as_str(), decoded.replaced), ("قال\u{fffd}", 1));
    let wrong = decode(&windows_1256("قال"), Some("utf-8")).expect("the reader's choice counts");
    assert_eq!((wrong.encoding, wrong.replaced, wrong.text.contains('\u{fffd}')), ("UTF-8", 3, true));
}

#[test]
fn a_reader_may_name_the_encoding_by_any_label() {
    for label in ["cp1256", " Windows-1256 ", "x-cp1256"] {
        assert_eq!(decode(&windows_1256("نعم"), Some(label)).expect("text").text, "نعم");
    }
    let unknown = decode(b"", Some("klingon"));
    assert_eq!(unknown, Err(DecodeError::UnknownEncoding("klingon".into())));
    for name in ENCODINGS {
        assert_eq!(decode(b"", Some(name)).expect("offered").encoding, *name);
    }
}
