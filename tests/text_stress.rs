//! A found word in bold: the letters beside it go on joining, ligatures stay whole, and nothing else of the layout changes its place.

use std::ops::Range;

use hashiya::text::*;
use unicode_segmentation::UnicodeSegmentation;

const FAMILIES: [Family; 3] = [Family::AMIRI, Family::NOTO_NASKH, Family::NOTO_SANS];

/// The glyph of a space in the bundled fonts.
const SPACES: [u32; 2] = [1, 3];

fn style(family: &Family, weight: Weight) -> Style {
    Style { family: family.clone(), size: 40.0, weight, line_height: 80.0 }
}

fn one_line(engine: &mut TextEngine, text: &str, bold: &[Range<usize>], style: &Style) -> ParagraphLayout {
    engine.lay_out_stressed(text, bold, style, Direction::RightToLeft, Align::Start, None)
}

/// The glyphs of a range that take room or ink, each with its cluster counted from the start of the range, by cluster. A joiner is no
/// more than a space without width.
fn glyphs(layout: &ParagraphLayout, range: &Range<usize>) -> Vec<(usize, u32)> {
    let runs = layout.lines().iter().flat_map(|line| &line.runs);
    let mut glyphs: Vec<(usize, u32)> = runs
        .flat_map(|run| &run.glyphs)
        .filter(|glyph| {
            range.contains(&glyph.cluster) && !(SPACES.contains(&glyph.id) && glyph.advance == 0.0)
        })
        .map(|glyph| (glyph.cluster - range.start, glyph.id))
        .collect();
    glyphs.sort_unstable();
    glyphs
}

/// Whether two letters that follow each other join (Unicode's ArabicShaping.txt: Dual_Joining before, anything but Non_Joining after).
fn join(before: &str, after: &str) -> bool {
    let letter = |grapheme: &str| grapheme.chars().next().unwrap_or(' ');
    let is_letter = |c: char| ('\u{620}'..='\u{64a}').contains(&c);
    let (before, after) = (letter(before), letter(after));
    is_letter(before) && is_letter(after) && !"اأإآدذرزوؤةىء".contains(before) && after != 'ء'
}

/// Every part of these words, bold in a word that is not, has the glyphs it has alone in bold between joiners (U+200D), which is how
/// Unicode asks for a joined form without a neighbour; and what stays regular has those it has between joiners in regular.
#[test]
fn parts_of_words_keep_their_joined_forms() {
    let mut engine = TextEngine::new(FontLibrary::bundled());
    let mut tried = 0;
    for family in &FAMILIES {
        let (regular, strong) = (style(family, Weight::Regular), style(family, Weight::Bold));
        for word in ["كتبت", "مستشفى", "قالَ", "بيتها", "يعملون", "مدرسة", "جُمْهورية"]
        {
            let bounds: Vec<usize> =
                word.grapheme_indices(true).map(|(at, _)| at).chain([word.len()]).collect();
            let graphemes: Vec<&str> = word.graphemes(true).collect();
            let joined = |at: usize| at > 0 && at < graphemes.len() && join(graphemes[at - 1], graphemes[at]);
            for first in 0..graphemes.len() {
                for end in first + 1..=graphemes.len() {
                    let bold = bounds[first]..bounds[end];
                    let layout = one_line(&mut engine, word, std::slice::from_ref(&bold), &regular);
                    for (from, to, style) in
                        [(0, first, &regular), (first, end, &strong), (end, graphemes.len(), &regular)]
                    {
                        let part = bounds[from]..bounds[to];
                        let joiner = |at: usize| if joined(at) { "\u{200d}" } else { "" };
                        let alone = format!("{}{}{}", joiner(from), &word[part.clone()], joiner(to));
                        let expected = one_line(&mut engine, &alone, &[], style);
                        let start = joiner(from).len();
                        assert_eq!(
                            glyphs(&layout, &part),
                            glyphs(&expected, &(start..start + part.len())),
                            "{family:?}: {} of {word} with {} in bold",
                            &word[part.clone()],
                            &word[bold.clone()]
                        );
                        tried += 1;
                    }
                }
            }
        }
    }
    assert!(tried > 500, "{tried}");
}

#[test]
fn a_ligature_is_bold_as_a_whole() {
    let mut engine = TextEngine::new(FontLibrary::bundled());
    let text = "سلام";
    let regular = style(&Family::AMIRI, Weight::Regular);
    let lam = "س".len().."سل".len();
    let layout = one_line(&mut engine, text, &[lam], &regular);
    let strong = one_line(&mut engine, text, &[], &style(&Family::AMIRI, Weight::Bold));
    let both = "س".len().."سلا".len();
    assert_eq!(glyphs(&layout, &both), glyphs(&strong, &both));
    let ranges: Vec<_> = layout.lines()[0].runs.iter().map(|run| run.range.clone()).collect();
    assert_eq!(ranges, ["سلا".len()..text.len(), both.clone(), 0.."س".len()]);
    // From the other side it is the same, and with vowels between them.
    let alef = "سل".len().."سلا".len();
    assert_eq!(one_line(&mut engine, text, &[alef], &regular), layout);
    let text = "سَلَامٌ";
    let alef = text.find('ا').expect("there is one");
    let layout = one_line(&mut engine, text, std::slice::from_ref(&(alef..alef + 2)), &regular);
    assert_eq!(layout.lines()[0].runs[1].range, "سَ".len().."سَلَا".len());
}

#[test]
fn all_bold_is_bold_and_none_is_plain() {
    let mut engine = TextEngine::new(FontLibrary::bundled());
    let text = "قال foo نعم 2023";
    for family in &FAMILIES {
        let (regular, strong) = (style(family, Weight::Regular), style(family, Weight::Bold));
        let all = one_line(&mut engine, text, std::slice::from_ref(&(0..text.len())), &regular);
        assert_eq!(all, one_line(&mut engine, text, &[], &strong));
        let beyond = [3..3, text.len()..text.len() + 9];
        assert_eq!(
            one_line(&mut engine, text, &beyond, &regular),
            one_line(&mut engine, text, &[], &regular)
        );
    }
}

#[test]
fn what_is_cut_keeps_its_bold_beginning() {
    let mut engine = TextEngine::new(FontLibrary::bundled());
    let regular = style(&Family::AMIRI, Weight::Regular);
    let text = "بيلاروسيا وروسيا ".repeat(10);
    let word = 0.."بيلاروسيا".len();
    let cut = |engine: &mut TextEngine, bold: &[Range<usize>]| {
        engine.lay_out_clipped_stressed(&text, bold, &regular, Direction::RightToLeft, Align::Start, 400.0, 1)
    };
    let layout = cut(&mut engine, std::slice::from_ref(&word));
    assert!(layout.clipped() && layout.width() <= 400.0);
    let fonts: Vec<FontId> = layout.lines()[0].runs.iter().rev().map(|run| run.font).collect();
    assert_ne!(fonts[0], fonts[1], "the word at the right is in another face");
    let behind = text.len() - 4..text.len();
    assert_eq!(cut(&mut engine, std::slice::from_ref(&behind)), cut(&mut engine, &[]));
}
