//! What is shaped stretch by stretch is what is shaped of the whole.

use proptest::prelude::*;

use super::*;
use crate::text::analysis::Prepared;
use crate::text::fonts::FontLibrary;
use crate::text::style::{Family, Weight};

/// What is not prose: with brackets, numbers, breaks, embeddings and words longer than a line. Overrides are left out: Arabic set from left
/// to right has kerning where a word of a kilobyte is cut.
fn odd_texts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[ابتثجحخدذرزس]{1,12} ",
        1 => "[a-z]{1,9} ",
        1 => "[0-9٠-٩]{1,6}[,.:/%-]",
        1 => "[(){}\\[\\]«»<>\"' ]{1,6}",
        1 => "[\u{200b}-\u{200f}\u{ad}\u{2066}-\u{2069}\u{202a}-\u{202c}]{1,3}",
        1 => "[\t\r\u{2028}\u{85}]",
        1 => "[ً-ْ]{1,5}",
        1 => "[กขคงจ]{1,8}",
        1 => "👨‍👩‍👧🇪🇬é",
        1 => Just("و".repeat(300)),
    ];
    let lump = prop::collection::vec(part, 20..60).prop_map(|parts| parts.concat());
    (lump, 18_000usize..26_000).prop_map(|(lump, length)| {
        let mut text = lump.repeat(length / lump.len() + 1);
        text.truncate(text.floor_char_boundary(length));
        text
    })
}

/// A character as it is set: its byte, flags, level, script, face, and the advance of its cluster where one begins.
type Set = (usize, u8, u8, [u8; 4], usize, Option<i32>);

fn set(text: &str, prepared: &Prepared) -> Vec<Set> {
    let mut all = Vec::new();
    for item in &prepared.items {
        let clusters = &prepared.shaped.clusters[item.clusters.clone()];
        for (at, _) in text[item.range.clone()].char_indices() {
            let at = item.range.start + at;
            let cluster = clusters.iter().find(|cluster| cluster.start as usize == at);
            let script = item.script.tag().to_be_bytes();
            let face = format!("{:?}", item.font).bytes().map(usize::from).sum();
            all.push((
                at,
                prepared.flags(at),
                item.level,
                script,
                face,
                cluster.map(|cluster| cluster.advance),
            ));
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn stretches_are_shaped_as_the_whole_is(text in odd_texts(), rtl in any::<bool>()) {
        let engine = &mut TextEngine::new(FontLibrary::bundled());
        let style = Style { family: Family::AMIRI, size: 20.0, weight: Weight::Regular, line_height: 40.0 };
        let direction = if rtl { Direction::RightToLeft } else { Direction::LeftToRight };
        let whole = engine.prepare(&text, &style, direction, Extent::Whole { one_line: false });
        let mut paragraph = LongParagraph::new(&text, direction);
        paragraph.levels = Some(Levels::of(&text, direction));
        let count = paragraph.pieces();
        let mut all = Prepared::default();
        for stretch in 0..count {
            let (paragraph, text) = (&mut paragraph, text.as_str());
            Work { engine, paragraph, text, style: &style, align: Align::Start, width: 400.0 }.shape(stretch);
            all.append(&paragraph.shaped[&stretch]);
        }
        let (ours, expected) = (set(&text, &all), set(&text, &whole));
        // Where a word of a kilobyte had to be cut, what the font does across the cut is lost; nothing but advances beside it.
        let is_at_a_cut_word = |at: usize| {
            let is_cut_word = |cut: usize| cut > 0 && text[..cut].ends_with(char::is_alphabetic);
            paragraph.stretches.iter().any(|&cut| at.abs_diff(cut as usize) < 24 && is_cut_word(cut as usize))
        };
        let same = |ours: &Set, expected: &Set| {
            let but_for_advance = |set: &Set| (set.0, set.1, set.2, set.3, set.4);
            ours == expected || is_at_a_cut_word(ours.0) && but_for_advance(ours) == but_for_advance(expected)
        };
        let differ = ours.iter().zip(&expected).find(|(ours, expected)| !same(ours, expected));
        let around = differ.map(|(ours, _)| {
            let before = text.floor_char_boundary(ours.0.saturating_sub(40));
            (&text[before..ours.0], &text[ours.0..text.ceil_char_boundary((ours.0 + 40).min(text.len()))])
        });
        prop_assert!(differ.is_none(), "{differ:?}: {around:?}");
        prop_assert_eq!(ours.len(), expected.len());
    }
}
