//! Rasterising glyphs: outlines without hinting, at quarters of a pixel, and coloured pictures where a font has them.
//!
//! Outlines are swash's work. A font's own pictures are decoded by swash and brought to size here; painted glyphs are painted here.

mod layers;
mod picture;

use swash::scale::{Render, ScaleContext, Source};
use swash::zeno::{Format, Vector};

use super::atlas::{GlyphKey, GlyphPicture};
use super::fonts::Face;

/// Draws one glyph; `None` when it has no ink. A picture that would be wider or higher than `largest` pixels is drawn smaller, and
/// says by how much it is to be stretched.
pub(super) fn rasterise(
    context: &mut ScaleContext,
    face: &Face,
    key: GlyphKey,
    largest: u32,
) -> Option<GlyphPicture> {
    let size = f32::from_bits(key.size_bits);
    // No glyph of an em of this size fits: it need not be tried.
    let mut stretch = (size / largest as f32).ceil().max(1.0) as u32;
    loop {
        let picture = draw(context, face, key, size / stretch as f32)?;
        let side = picture.width.max(picture.height);
        if side <= largest {
            let by = i32::try_from(stretch).ok()?;
            let (left, top) = (picture.left.checked_mul(by)?, picture.top.checked_mul(by)?);
            return Some(GlyphPicture { left, top, stretch, ..picture });
        }
        // Each round at least doubles it, so that a picture that no size makes smaller is given up.
        stretch = stretch.checked_mul(side.div_ceil(largest).max(2))?;
    }
}

fn draw(context: &mut ScaleContext, face: &Face, key: GlyphKey, size: f32) -> Option<GlyphPicture> {
    let glyph = u16::try_from(key.glyph).ok()?;
    if face.has_pictures
        && let Some(picture) = picture::draw(context, face, glyph, size)
    {
        return Some(picture);
    }
    if face.has_layers
        && let Some(picture) = layers::draw(face, glyph, size)
    {
        return Some(picture);
    }
    let builder = context.builder(face.swash).size(size).hint(false).normalized_coords(face.coords());
    let mut scaler = builder.build();
    let image = Render::new(&[Source::Outline])
        .format(Format::Alpha)
        .offset(Vector::new(f32::from(key.subpixel) / 4.0, 0.0))
        .render(&mut scaler, glyph)?;
    let (width, height) = (image.placement.width, image.placement.height);
    if width == 0 || height == 0 || image.data.len() != width as usize * height as usize {
        return None;
    }
    let pixels = image.data.iter().map(|alpha| [*alpha; 4]).collect();
    let (left, top) = (image.placement.left, image.placement.top);
    Some(GlyphPicture { width, height, left, top, stretch: 1, color: false, pixels })
}

fn premultiply([r, g, b, a]: [u8; 4]) -> [u8; 4] {
    let scale = |channel: u8| ((u16::from(channel) * u16::from(a) + 127) / 255) as u8;
    [scale(r), scale(g), scale(b), a]
}
