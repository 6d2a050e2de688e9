//! Glyphs that a font holds as pictures of one size (CBDT, sbix), brought to the size that is wanted.
//!
//! Every pixel becomes the mean of what it covers, with colours premultiplied first, so that transparent surroundings never darken
//! an edge.

use skrifa::GlyphId;
use skrifa::bitmap::{BitmapData, BitmapStrikes};
use skrifa::instance::Size;
use swash::scale::{ScaleContext, StrikeWith};

use super::premultiply;
use crate::text::atlas::GlyphPicture;
use crate::text::fonts::Face;

/// No strike's picture is larger than this, in pixels a side.
const LARGEST: u32 = 2048;

/// The picture of a glyph at so many pixels per em; `None` where the font has none.
pub(super) fn draw(context: &mut ScaleContext, face: &Face, glyph: u16, size: f32) -> Option<GlyphPicture> {
    // The smallest strike that is large enough, else the largest.
    let strikes = face.swash.color_strikes().enumerate().filter(|(_, strike)| strike.contains(glyph));
    let (index, ppem) = strikes.map(|(index, strike)| (index, strike.ppem())).min_by_key(|(_, ppem)| {
        let is_small = f32::from(*ppem) < size;
        (is_small, if is_small { u16::MAX - ppem } else { *ppem })
    })?;
    if !is_reasonable(face, glyph, ppem) {
        return None;
    }
    // Without a size the scaler gives the picture as it is.
    let mut scaler = context.builder(face.swash).size(0.0).build();
    let image = scaler.scale_color_bitmap(glyph, StrikeWith::Index(index as u32))?;
    let (width, height) = (image.placement.width, image.placement.height);
    let scale = size / f32::from(ppem.max(1));
    let texels: Vec<[u8; 4]> =
        image.data.chunks_exact(4).map(|rgba| premultiply([rgba[0], rgba[1], rgba[2], rgba[3]])).collect();
    if width == 0 || height == 0 || texels.len() != width as usize * height as usize || scale <= 0.0 {
        return None;
    }
    let left = image.placement.left as f32 * scale;
    let top = image.placement.top as f32 * scale;
    let columns = Samples::new(left, width, scale);
    let rows = Samples::new(-top, height, scale);
    let mut pixels = Vec::with_capacity(columns.weights.len() * rows.weights.len());
    for row in &rows.weights {
        for column in &columns.weights {
            let mut sum = [0.0f32; 4];
            for &(y, by_row) in row {
                for &(x, by_column) in column {
                    let texel = texels[y * width as usize + x];
                    for (channel, value) in sum.iter_mut().zip(texel) {
                        *channel += f32::from(value) * by_row * by_column;
                    }
                }
            }
            pixels.push(sum.map(|channel| channel.round().clamp(0.0, 255.0) as u8));
        }
    }
    Some(GlyphPicture {
        width: columns.weights.len() as u32,
        height: rows.weights.len() as u32,
        left: columns.first,
        top: -rows.first,
        stretch: 1,
        color: true,
        pixels,
    })
}

/// Whether the picture that a strike holds is of a size to be decoded: what a file says of itself may be anything.
fn is_reasonable(face: &Face, glyph: u16, ppem: u16) -> bool {
    let font = face.skrifa();
    let strikes = BitmapStrikes::new(&font);
    let Some(found) = strikes.glyph_for_size(Size::new(f32::from(ppem)), GlyphId::from(glyph)) else {
        return false;
    };
    let (width, height) = match found.data {
        // The header of a PNG: 16 bytes, then width and height.
        BitmapData::Png(png) => match (png.get(16..20), png.get(20..24)) {
            (Some(&[a, b, c, d]), Some(&[e, f, g, h])) => {
                (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
            }
            _ => return false,
        },
        BitmapData::Bgra(_) | BitmapData::Mask(_) => (found.width, found.height),
    };
    (1..=LARGEST).contains(&width) && (1..=LARGEST).contains(&height)
}

/// What each pixel of a row or a column takes from the texels of a picture.
struct Samples {
    /// The first pixel, from the pen.
    first: i32,
    /// The texels under each pixel with their shares, which sum to 1 inside the picture.
    weights: Vec<Vec<(usize, f32)>>,
}

impl Samples {
    /// So many texels of this size in pixels, the first of which begins at `start`.
    fn new(start: f32, texels: u32, scale: f32) -> Self {
        let end = start + texels as f32 * scale;
        let (first, last) = (start.floor() as i32, (end.ceil() as i32).max(start.floor() as i32 + 1));
        // Where texels are larger than pixels, a pixel mixes the two whose centres it lies between.
        let reach = scale.max(1.0);
        let weights = (first..last)
            .map(|pixel| {
                let centre = pixel as f32 + 0.5;
                let (from, to) = (centre - reach / 2.0, centre + reach / 2.0);
                let first_texel = ((from - start) / scale).floor().max(0.0) as usize;
                let until = (((to - start) / scale).ceil().max(0.0) as usize).min(texels as usize);
                (first_texel..until)
                    .filter_map(|texel| {
                        let (left, right) =
                            (start + texel as f32 * scale, start + (texel + 1) as f32 * scale);
                        let share = (right.min(to) - left.max(from)) / (to - from);
                        (share > 0.0).then_some((texel, share))
                    })
                    .collect()
            })
            .collect();
        Self { first, weights }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_texel_gives_all_of_itself_and_inner_pixels_are_full() {
        for (start, texels, scale) in
            [(0.0, 128, 0.17), (-3.4, 136, 0.31), (1.25, 20, 1.0), (0.4, 16, 2.5), (7.9, 1, 0.3)]
        {
            let samples = Samples::new(start, texels, scale);
            let mut given = vec![0.0; texels as usize];
            for pixel in &samples.weights {
                for (texel, share) in pixel {
                    given[*texel] += share;
                }
            }
            let inner = if given.len() > 8 { &given[4..given.len() - 4] } else { &given[..] };
            assert!(
                inner
                    .iter()
                    .all(|sum: &f32| (sum - scale).abs() < if scale > 1.0 { 0.2 * scale } else { 0.01 }),
                "{start} {texels} {scale}: {given:?}"
            );
            let middle = samples.weights.len() / 2;
            if texels > 4 {
                let sum: f32 = samples.weights[middle].iter().map(|(_, share)| share).sum();
                assert!((sum - 1.0).abs() < 1e-4);
            }
        }
    }
}
