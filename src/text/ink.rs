//! What fonts say about the inside of glyphs: caret positions in ligatures, and how deep the ink reaches.

use std::ops::Range;

use skrifa::GlyphId;
use skrifa::raw::TableProvider;
use skrifa::raw::tables::gdef::CaretValue;

use super::engine::TextEngine;
use super::fonts::Face;
use super::layout::{Glyph, ParagraphLayout};
use super::shaping::ShapedGlyph;

/// The caret positions inside a ligature in font units from its left edge, ascending, from the font's GDEF table; `None` where the
/// font gives none for as many letters, or the cluster is more than one glyph with an advance.
pub(super) fn ligature_carets(face: &Face, glyphs: &[ShapedGlyph], graphemes: usize) -> Option<Vec<f32>> {
    let mut wide = glyphs.iter().filter(|glyph| glyph.advance != 0);
    let ligature = wide.next()?;
    if wide.next().is_some() {
        return None;
    }
    let list = face.skrifa().gdef().ok()?.lig_caret_list()?.ok()?;
    let index = list.coverage().ok()?.get(GlyphId::new(ligature.id))?;
    let entry = list.lig_glyphs().get(usize::from(index)).ok()?;
    let mut carets = Vec::new();
    for value in entry.caret_values().iter() {
        carets.push(match value.ok()? {
            CaretValue::Format1(value) => f32::from(value.coordinate()),
            CaretValue::Format3(value) => f32::from(value.coordinate()),
            CaretValue::Format2(_) => return None,
        });
    }
    carets.sort_by(f32::total_cmp);
    let inside = carets.iter().all(|x| *x > 0.0 && *x < ligature.advance as f32);
    (carets.len() + 1 == graphemes && inside).then_some(carets)
}

impl ParagraphLayout {
    /// How far the ink of the range's glyphs reaches below the baseline of a line, in pixels; 0 where it does not. Where a rule under
    /// the words must begin to stand clear of dots and vowels.
    pub fn ink_below(&self, line: usize, range: Range<usize>, engine: &TextEngine) -> f32 {
        let Some(line) = self.lines.get(line) else { return 0.0 };
        let mut deepest = 0.0f32;
        for run in &line.runs {
            if run.range.start >= range.end || run.range.end <= range.start {
                continue;
            }
            let face = engine.face(run.font);
            // A mark belongs to its letter's cluster; a ligature counts as soon as any of it is in the range.
            let starts_later = |glyph: &&Glyph| glyph.cluster > range.start;
            let earliest =
                run.glyphs.iter().filter(|glyph| !starts_later(glyph)).map(|glyph| glyph.cluster).max();
            for glyph in &run.glyphs {
                if glyph.cluster >= range.end || earliest.is_some_and(|cluster| glyph.cluster < cluster) {
                    continue;
                }
                if let Some(depth) = face.depth(glyph.id) {
                    deepest = deepest.max(glyph.y + depth * run.size - line.baseline);
                }
            }
        }
        deepest
    }
}
