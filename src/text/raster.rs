//! Rasterising glyphs with swash: outlines without hinting, at quarters of a pixel, and coloured pictures where a font has them.

use swash::scale::image::Content;
use swash::scale::{Render, ScaleContext, Source, StrikeWith};
use swash::zeno::{Format, Vector};

use super::atlas::{GlyphKey, GlyphPicture};
use super::fonts::Face;

/// Draws one glyph; `None` when it has no ink.
pub(super) fn rasterise(context: &mut ScaleContext, face: &Face, key: GlyphKey) -> Option<GlyphPicture> {
    let glyph = u16::try_from(key.glyph).ok()?;
    let mut scaler = context.builder(face.swash).size(f32::from_bits(key.size_bits)).hint(false).build();
    let sources = [Source::ColorOutline(0), Source::ColorBitmap(StrikeWith::BestFit), Source::Outline];
    let image = Render::new(&sources)
        .format(Format::Alpha)
        .offset(Vector::new(f32::from(key.subpixel) / 4.0, 0.0))
        .render(&mut scaler, glyph)?;
    let (width, height) = (image.placement.width, image.placement.height);
    let color = image.content == Content::Color;
    let pixels: Vec<[u8; 4]> = match image.content {
        Content::Mask => image.data.iter().map(|alpha| [*alpha; 4]).collect(),
        Content::Color | Content::SubpixelMask => image.data.chunks_exact(4).map(premultiply).collect(),
    };
    if width == 0 || height == 0 || pixels.len() != (width * height) as usize {
        return None;
    }
    let (left, top) = (image.placement.left, image.placement.top);
    Some(GlyphPicture { width, height, left, top, color, pixels })
}

fn premultiply(rgba: &[u8]) -> [u8; 4] {
    let alpha = u16::from(rgba[3]);
    let scale = |channel: u8| ((u16::from(channel) * alpha + 127) / 255) as u8;
    [scale(rgba[0]), scale(rgba[1]), scale(rgba[2]), rgba[3]]
}
