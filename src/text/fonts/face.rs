//! One opened face: what can be read from a font's bytes once and is asked for ever after.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, Ordering};

use skrifa::instance::{LocationRef, NormalizedCoord, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, GlyphId, MetadataProvider, Tag};

/// The axis of a variable font along which its weight varies.
pub(super) const WEIGHT_AXIS: Tag = Tag::new(b"wght");

/// An opened face, at one place on the axes of a variable font.
pub(in crate::text) struct Face {
    pub file: String,
    pub family: String,
    data: &'static [u8],
    index: u32,
    /// Font units per em.
    pub units_per_em: f32,
    /// Height above the baseline, in ems, as the font asks for it.
    pub ascent: f32,
    /// Depth below the baseline, in ems, positive downwards.
    pub descent: f32,
    pub shaper: harfrust::Shaper<'static>,
    pub swash: swash::FontRef<'static>,
    /// Whether glyphs may be pictures of fixed sizes.
    pub has_pictures: bool,
    /// Whether glyphs may be painted in layers of colour.
    pub has_layers: bool,
    /// Whether the glyph for what the font lacks can be seen.
    pub has_box: bool,
    location: &'static [NormalizedCoord],
    /// The same as swash wants it.
    coords: Box<[i16]>,
    /// One bit per code point of the Basic Multilingual Plane that has a glyph.
    coverage: Vec<u64>,
    /// How deep each glyph reaches, in font units, once it was asked for.
    depths: OnceLock<Box<[AtomicI32]>>,
}

/// A depth that nobody has asked for yet.
const UNKNOWN: i32 = i32::MIN;

/// The depth of a glyph without ink.
const NO_INK: i32 = i32::MAX;

impl Face {
    /// Opens a face, at this weight where it is a variable font; `None` when the data is not a font that can be shaped.
    pub fn open(
        file: String,
        family: String,
        (data, index): (&'static [u8], u32),
        wght: Option<f32>,
    ) -> Option<Self> {
        let font = FontRef::from_index(data, index).ok()?;
        let shaping_font = harfrust::FontRef::from_index(data, index).ok()?;
        let swash = swash::FontRef::from_index(data, index as usize)?;
        let location: &'static [NormalizedCoord] = match wght {
            Some(wght) => Box::leak(Box::new(font.axes().location([(WEIGHT_AXIS, wght)]))).coords(),
            None => &[],
        };
        let metrics = font.metrics(Size::unscaled(), LocationRef::new(location));
        let units_per_em = f32::from(metrics.units_per_em.max(1));
        let mut coverage = vec![0u64; 0x1_0000 / 64];
        for (code, glyph) in font.charmap().mappings() {
            if glyph != GlyphId::NOTDEF
                && let Some(word) = coverage.get_mut(code as usize / 64)
            {
                *word |= 1 << (code % 64);
            }
        }
        let tables: &'static harfrust::ShaperData =
            Box::leak(Box::new(harfrust::ShaperData::new(&shaping_font)));
        let instance: Option<&'static harfrust::ShaperInstance> = wght.map(|_| {
            let coords = location.iter().copied();
            &*Box::leak(Box::new(harfrust::ShaperInstance::from_coords(&shaping_font, coords)))
        });
        Some(Self {
            file,
            family,
            data,
            index,
            units_per_em,
            ascent: metrics.ascent / units_per_em,
            descent: -metrics.descent / units_per_em,
            shaper: tables.shaper(&shaping_font).instance(instance).build(),
            has_pictures: swash.color_strikes().next().is_some(),
            has_layers: font.colr().is_ok(),
            has_box: has_outline(&font, GlyphId::NOTDEF),
            swash,
            location,
            coords: location.iter().map(|coord| coord.to_bits()).collect(),
            coverage,
            depths: OnceLock::new(),
        })
    }

    /// Whether the face has a glyph for the character.
    pub fn covers(&self, c: char) -> bool {
        match self.coverage.get(c as usize / 64) {
            Some(word) => word & (1 << (c as u32 % 64)) != 0,
            None => self.skrifa().charmap().map(c).is_some_and(|glyph| glyph != GlyphId::NOTDEF),
        }
    }

    /// How far a glyph's ink reaches below the baseline, in ems; negative where it ends above, none where there is no ink.
    pub fn depth(&self, glyph: u32) -> Option<f32> {
        let unscaled = || self.skrifa().glyph_metrics(Size::unscaled(), LocationRef::new(self.location));
        let depths = self
            .depths
            .get_or_init(|| (0..unscaled().glyph_count()).map(|_| AtomicI32::new(UNKNOWN)).collect());
        let known = depths.get(glyph as usize)?;
        let mut depth = known.load(Ordering::Relaxed);
        if depth == UNKNOWN {
            let bounds = unscaled().bounds(GlyphId::new(glyph));
            depth = bounds.map_or(NO_INK, |bounds| -bounds.y_min.floor() as i32);
            known.store(depth, Ordering::Relaxed);
        }
        (depth != NO_INK).then(|| depth as f32 / self.units_per_em)
    }

    /// The parsed tables, for metrics and caret positions.
    pub fn skrifa(&self) -> FontRef<'static> {
        FontRef::from_index(self.data, self.index).expect("the face was opened from these bytes")
    }

    /// Where it stands on the axes of a variable font.
    pub fn location(&self) -> LocationRef<'static> {
        LocationRef::new(self.location)
    }

    /// The same, for the rasteriser.
    pub fn coords(&self) -> &[i16] {
        &self.coords
    }
}

/// Whether something can be seen where a font draws a character: an outline, layers of colour, or a picture. What is drawn only by SVG
/// is not drawn here.
pub(super) fn draws(font: &FontRef, c: char) -> bool {
    let Some(glyph) = font.charmap().map(c) else { return false };
    let is_picture = || {
        let strikes = skrifa::bitmap::BitmapStrikes::new(font);
        let format = strikes.format();
        let in_color = !matches!(format, None | Some(skrifa::bitmap::BitmapFormat::Ebdt));
        in_color && strikes.glyph_for_size(Size::new(32.0), glyph).is_some()
    };
    has_outline(font, glyph) || font.color_glyphs().get(glyph).is_some() || is_picture()
}

fn has_outline(font: &FontRef, glyph: GlyphId) -> bool {
    let mut pen = AnyInk(false);
    let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
    font.outline_glyphs().get(glyph).is_some_and(|outline| outline.draw(settings, &mut pen).is_ok()) && pen.0
}

/// A pen that notes whether it drew a line.
struct AnyInk(bool);

impl OutlinePen for AnyInk {
    fn move_to(&mut self, _: f32, _: f32) {}

    fn line_to(&mut self, _: f32, _: f32) {
        self.0 = true;
    }

    fn quad_to(&mut self, _: f32, _: f32, _: f32, _: f32) {
        self.0 = true;
    }

    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {
        self.0 = true;
    }

    fn close(&mut self) {}
}
