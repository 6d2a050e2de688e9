//! The engine: fonts, scratch and atlas of one window, and the one way to get a layout or a glyph's picture.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use swash::scale::ScaleContext;

use super::analysis::{Extent, Prepared, Preparer, Setting};
use super::atlas::{AtlasGlyph, GlyphAtlas, GlyphKey};
use super::clip;
use super::direction::Direction;
use super::fonts::{Face, Faces, FontId, FontLibrary};
use super::layout::ParagraphLayout;
use super::lines::Breaker;
use super::long::{self, LongParagraph};
use super::raster;
use super::shaping::Shaper;
use super::style::{Align, Family, Style, Weight};

/// Lays out paragraphs and draws glyphs. One a window; it may move to another thread.
pub struct TextEngine {
    faces: Faces,
    preparer: Preparer,
    prepared: Prepared,
    shaper: Shaper,
    atlas: GlyphAtlas,
    scale: ScaleContext,
}

/// Ascent and descent together, in ems, up to which lines are set as in most families. Beyond it, they have their own height where
/// others have the usual leading.
const ORDINARY_HEIGHT: f32 = 2.2;
const ORDINARY_LEADING: f32 = 1.8;

/// What a font says of itself may be anything.
const MOST_ROOM: f32 = 1.6;

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
            scale: scale_context(),
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
        let max_width = usable_width(max_width);
        let mut prepared = self.take_scratch();
        let extent = Extent::Whole { one_line: max_width.is_none() };
        self.prepare_into((text, bold), style, direction, extent, &mut prepared);
        let whole = (0..text.len(), true);
        let layout = self.breaker((text, &prepared), style, direction, align, max_width, whole).break_lines();
        self.give_scratch(prepared);
        layout
    }

    /// Shapes a paragraph once, to be laid out at several widths or sizes.
    pub fn shape(&mut self, text: &str, style: &Style, direction: Direction) -> Shaping {
        let extent = Extent::Whole { one_line: false };
        Shaping { prepared: self.prepare(text, style, direction, extent), direction }
    }

    /// Lays out a paragraph that was shaped in this family and weight: as [`Self::lay_out`] does, at a fraction of the work.
    pub fn lay_out_shaped(
        &mut self,
        text: &str,
        shaping: &Shaping,
        style: &Style,
        align: Align,
        width: f32,
    ) -> ParagraphLayout {
        let (width, whole) = (usable_width(Some(width)), (0..text.len(), true));
        let prepared = &shaping.prepared;
        self.breaker((text, prepared), &usable(style), shaping.direction, align, width, whole).break_lines()
    }

    /// Lays out a piece of a long paragraph; offsets are bytes from its [start](LongParagraph::piece), which is known from then on, as is
    /// its end. Pieces laid out from the first to the last have the lines of the whole.
    pub fn lay_out_piece(
        &mut self,
        (paragraph, text): (&mut LongParagraph, &str),
        piece: usize,
        style: &Style,
        align: Align,
        width: f32,
    ) -> ParagraphLayout {
        let width = usable_width(Some(width)).unwrap_or(f32::MAX);
        long::lay_out(self, (paragraph, text), piece, &usable(style), align, width)
    }

    pub(super) fn prepare(
        &mut self,
        text: &str,
        style: &Style,
        direction: Direction,
        extent: Extent,
    ) -> Prepared {
        let mut prepared = Prepared::default();
        self.prepare_into((text, &[]), style, direction, extent, &mut prepared);
        prepared.shrink();
        prepared
    }

    fn prepare_into(
        &mut self,
        (text, bold): (&str, &[Range<usize>]),
        style: &Style,
        direction: Direction,
        extent: Extent,
        out: &mut Prepared,
    ) {
        let primary = self.faces.primary(&style.family, style.weight);
        let strong = if bold.is_empty() { primary } else { self.faces.primary(&style.family, Weight::Bold) };
        let setting = Setting { plain: (primary, style.weight), strong, bold };
        self.preparer.prepare(text, direction, extent, &setting, &mut self.faces, &mut self.shaper, out);
    }

    /// What breaks a prepared text into lines, from a byte on and up to one that `bounds` says whether lines may end at.
    pub(super) fn breaker<'a>(
        &'a mut self,
        (text, prepared): (&'a str, &'a Prepared),
        style: &'a Style,
        direction: Direction,
        align: Align,
        max_width: Option<f32>,
        bounds: (Range<usize>, bool),
    ) -> Breaker<'a> {
        let primary = self.faces.primary(&style.family, style.weight);
        let face = self.faces.face(primary);
        let baseline = baseline(face, style);
        let tab = space_advance(face) * style.size * TAB_SPACES;
        let (Range { start, end }, is_end) = bounds;
        Breaker {
            text,
            style,
            direction,
            align,
            max_width,
            prepared,
            faces: &self.faces,
            shaper: &mut self.shaper,
            baseline,
            tab,
            start,
            end,
            is_end,
        }
    }

    /// Room for what is prepared and thrown away, kept from one layout to the next.
    pub(super) fn take_scratch(&mut self) -> Prepared {
        std::mem::take(&mut self.prepared)
    }

    pub(super) fn give_scratch(&mut self, prepared: Prepared) {
        self.prepared = prepared;
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
        let (largest, face) = (self.atlas.largest_picture(), self.faces.face(key.font));
        // A font of the system may be damaged in ways that its readers do not expect: then the glyph has no picture.
        let draw = AssertUnwindSafe(|| raster::rasterise(&mut self.scale, face, key, largest));
        let picture = catch_unwind(draw).unwrap_or_else(|_| {
            self.scale = scale_context();
            None
        });
        self.atlas.insert(key, picture)
    }

    /// The file name in `fonts/` of a bundled face, or the path of one of the system's.
    pub fn font_file(&self, font: FontId) -> &str {
        &self.face(font).file
    }

    /// Starts to open the face of a family, if it is not there; true once it need not be waited for, also where there is none.
    pub fn is_settled(&mut self, family: &Family, weight: Weight) -> bool {
        self.faces.is_settled(family, weight)
    }

    /// How much more height lines need in a family than in most: 1, but more for one whose letters climb and hang, such as a Nastaliq.
    pub fn room(&mut self, family: &Family) -> f32 {
        let id = self.faces.primary(family, Weight::Regular);
        let face = self.faces.face(id);
        let height = face.ascent + face.descent;
        if height > ORDINARY_HEIGHT { (height / ORDINARY_LEADING).min(MOST_ROOM) } else { 1.0 }
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

/// A paragraph shaped, without a width or a size.
pub struct Shaping {
    prepared: Prepared,
    direction: Direction,
}

/// A width that can be laid out in; none where there is no limit.
fn usable_width(width: Option<f32>) -> Option<f32> {
    width.filter(|width| width.is_finite()).map(|width| width.max(0.0))
}

/// Keeps what is known of so many fonts.
fn scale_context() -> ScaleContext {
    ScaleContext::with_max_entries(16)
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
    use skrifa::instance::Size;
    let font = face.skrifa();
    let metrics = font.glyph_metrics(Size::unscaled(), face.location());
    let glyph = font.charmap().map(' ').unwrap_or_default();
    metrics.advance_width(glyph).map_or(0.25, |advance| advance / face.units_per_em)
}
