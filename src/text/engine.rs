//! The engine: fonts, scratch and atlas of one window, and the one way to get a layout or a glyph's picture.

use std::ops::Range;

use swash::scale::ScaleContext;

use super::analysis::{Prepared, Preparer, Setting};
use super::atlas::{AtlasGlyph, GlyphAtlas, GlyphKey};
use super::clip;
use super::direction::Direction;
use super::fonts::{Face, Faces, FontId, FontLibrary};
use super::layout::ParagraphLayout;
use super::lines::Breaker;
use super::raster;
use super::shaping::Shaper;
use super::style::{Align, Style, Weight};

/// Lays out paragraphs and draws glyphs. One a window; it may move to another thread.
pub struct TextEngine {
    faces: Faces,
    preparer: Preparer,
    prepared: Prepared,
    shaper: Shaper,
    atlas: GlyphAtlas,
    scale: ScaleContext,
}

/// A tab is as wide as this many spaces.
const TAB_SPACES: f32 = 4.0;

impl TextEngine {
    pub fn new(fonts: FontLibrary) -> Self {
        Self {
            faces: Faces::new(fonts),
            preparer: Preparer::new(),
            prepared: Prepared::default(),
            shaper: Shaper::new(),
            atlas: GlyphAtlas::default(),
            scale: ScaleContext::with_max_entries(16),
        }
    }

    /// Lays out one paragraph in a column `max_width` pixels wide; without a width it is one line, never wrapped, as wide as its text.
    /// Highlights are not part of a layout: ask it for their rectangles.
    pub fn lay_out(
        &mut self,
        text: &str,
        style: &Style,
        direction: Direction,
        align: Align,
        max_width: Option<f32>,
    ) -> ParagraphLayout {
        self.lay_out_stressed(text, &[], style, direction, align, max_width)
    }

    /// The same with some ranges of bytes in the bold face of the style's family. Letters join as they do without: each part is shaped
    /// in sight of its neighbours, and a ligature is bold as a whole or, where no range touches it, not at all.
    pub fn lay_out_stressed(
        &mut self,
        text: &str,
        bold: &[Range<usize>],
        style: &Style,
        direction: Direction,
        align: Align,
        max_width: Option<f32>,
    ) -> ParagraphLayout {
        let style = &usable(style);
        let max_width = max_width.filter(|width| width.is_finite());
        let primary = self.faces.primary(&style.family, style.weight);
        let strong = if bold.is_empty() { primary } else { self.faces.primary(&style.family, Weight::Bold) };
        let setting = Setting { plain: (primary, style.weight), strong, bold };
        self.preparer.prepare(
            text,
            direction,
            max_width.is_none(),
            &setting,
            &mut self.faces,
            &mut self.shaper,
            &mut self.prepared,
        );
        let face = self.faces.face(primary);
        let baseline = baseline(face, style);
        let tab = space_advance(face) * style.size * TAB_SPACES;
        Breaker {
            text,
            style,
            direction,
            align,
            max_width: max_width.map(|width| width.max(0.0)),
            prepared: &self.prepared,
            faces: &self.faces,
            shaper: &mut self.shaper,
            baseline,
            tab,
        }
        .break_lines()
    }

    /// Lays out at most `max_lines` lines `width` pixels wide. What does not fit is left out, and an ellipsis in the same font stands
    /// at the logical end of what is left: in right-to-left text at the left.
    pub fn lay_out_clipped(
        &mut self,
        text: &str,
        style: &Style,
        direction: Direction,
        align: Align,
        width: f32,
        max_lines: usize,
    ) -> ParagraphLayout {
        clip::lay_out(self, (text, &[]), style, direction, align, width, max_lines)
    }

    /// The same with some ranges of bytes in bold, as [`Self::lay_out_stressed`] sets them.
    #[expect(clippy::too_many_arguments, reason = "each is an independent property of a label")]
    pub fn lay_out_clipped_stressed(
        &mut self,
        text: &str,
        bold: &[Range<usize>],
        style: &Style,
        direction: Direction,
        align: Align,
        width: f32,
        max_lines: usize,
    ) -> ParagraphLayout {
        clip::lay_out(self, (text, bold), style, direction, align, width, max_lines)
    }

    pub fn atlas(&mut self) -> &mut GlyphAtlas {
        &mut self.atlas
    }

    /// A glyph's picture, drawn into the atlas at need; `None` when there is nothing to paint.
    pub fn glyph_image(&mut self, key: GlyphKey) -> Option<AtlasGlyph> {
        if let Some(known) = self.atlas.get(&key) {
            return known;
        }
        let picture = raster::rasterise(&mut self.scale, self.faces.face(key.font), key);
        self.atlas.insert(key, picture)
    }

    /// The file name in `fonts/` of a bundled face, or the path of one of the system's.
    pub fn font_file(&self, font: FontId) -> &str {
        &self.face(font).file
    }

    /// The family name of a face.
    pub fn font_family(&self, font: FontId) -> &str {
        &self.face(font).family
    }

    pub fn fonts(&self) -> &FontLibrary {
        self.faces.library()
    }

    pub(super) fn face(&self, font: FontId) -> &Face {
        self.faces.face(font)
    }
}

/// A style whose sizes can be laid out with: finite and above zero.
fn usable(style: &Style) -> Style {
    let positive = |value: f32, instead: f32| if value.is_finite() && value > 0.0 { value } else { instead };
    let size = positive(style.size, 1.0);
    Style { size, line_height: positive(style.line_height, size), ..style.clone() }
}

/// From a line's top to its baseline: ascent and descent, rounded to whole pixels, are centred in the line as CSS centres them
/// (CSS Inline Layout, half-leading), rounded down.
fn baseline(face: &Face, style: &Style) -> f32 {
    let ascent = (face.ascent * style.size).round();
    let descent = (face.descent * style.size).round();
    ((style.line_height - ascent - descent) / 2.0).floor() + ascent
}

/// The advance of a space in ems.
fn space_advance(face: &Face) -> f32 {
    use skrifa::MetadataProvider;
    use skrifa::instance::{LocationRef, Size};
    let font = face.skrifa();
    let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
    let glyph = font.charmap().map(' ').unwrap_or_default();
    metrics.advance_width(glyph).map_or(0.25, |advance| advance / face.units_per_em)
}
