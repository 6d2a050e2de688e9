//! One uploaded texture and how it is looked up: filter and wrap mode as OpenGL defines them (OpenGL 3.3 core,
//! section 3.8.11), in texel values of 0 to 1. It owns the texels and must never know where they are painted.

use egui::epaint::ImageDelta;
use egui::{ImageData, TextureFilter, TextureOptions, TextureWrapMode};

/// Premultiplied RGBA texels, row by row from the top.
pub struct Texture {
    width: usize,
    height: usize,
    texels: Vec<[u8; 4]>,
    options: TextureOptions,
}

impl Texture {
    /// A whole texture, as uploaded by a delta without a position.
    pub fn new(delta: &ImageDelta) -> Self {
        let ImageData::Color(image) = &delta.image;
        Self {
            width: image.size[0],
            height: image.size[1],
            texels: image.pixels.iter().map(|pixel| pixel.to_array()).collect(),
            options: delta.options,
        }
    }

    /// Replaces the part whose upper left texel is `at`; like glow, it also takes over the delta's options.
    ///
    /// # Panics
    /// When the part does not lie within the texture, which OpenGL refuses too.
    pub fn update(&mut self, at: [usize; 2], delta: &ImageDelta) {
        let ImageData::Color(image) = &delta.image;
        let [width, height] = image.size;
        assert!(
            at[0] + width <= self.width && at[1] + height <= self.height,
            "an update of {width}×{height} texels at {at:?} leaves a texture of {}×{}",
            self.width,
            self.height
        );
        self.options = delta.options;
        for row in 0..height {
            let target = (at[1] + row) * self.width + at[0];
            for column in 0..width {
                self.texels[target + column] = image.pixels[row * width + column].to_array();
            }
        }
    }

    /// Texels that one pixel steps over, as the filter choice needs it: above 1 the texture is made smaller.
    ///
    /// `across` and `down` are the changes of the texture coordinate from one pixel to the next.
    pub fn filter(&self, across: [f32; 2], down: [f32; 2]) -> TextureFilter {
        let step = |[u, v]: [f32; 2]| (u * self.width as f32).hypot(v * self.height as f32);
        if step(across).max(step(down)) > 1.0 {
            self.options.minification
        } else {
            self.options.magnification
        }
    }

    /// The colour at a texture coordinate, each channel from 0 to 255.
    pub fn sample(&self, [u, v]: [f32; 2], filter: TextureFilter) -> [f32; 4] {
        let x = u * self.width as f32;
        let y = v * self.height as f32;
        match filter {
            TextureFilter::Nearest => self.texel(x.floor() as i64, y.floor() as i64).map(f32::from),
            TextureFilter::Linear => {
                let (x, y) = (x - 0.5, y - 0.5);
                let (left, top) = (x.floor(), y.floor());
                let (right_share, bottom_share) = (x - left, y - top);
                let (left, top) = (left as i64, top as i64);
                let corners = [
                    (self.texel(left, top), (1.0 - right_share) * (1.0 - bottom_share)),
                    (self.texel(left + 1, top), right_share * (1.0 - bottom_share)),
                    (self.texel(left, top + 1), (1.0 - right_share) * bottom_share),
                    (self.texel(left + 1, top + 1), right_share * bottom_share),
                ];
                let mut colour = [0.0; 4];
                for (texel, share) in corners {
                    colour[0] += f32::from(texel[0]) * share;
                    colour[1] += f32::from(texel[1]) * share;
                    colour[2] += f32::from(texel[2]) * share;
                    colour[3] += f32::from(texel[3]) * share;
                }
                colour
            }
        }
    }

    /// The texel at a position that may lie outside, brought inside by the wrap mode.
    fn texel(&self, x: i64, y: i64) -> [u8; 4] {
        self.texels[self.wrap(y, self.height) * self.width + self.wrap(x, self.width)]
    }

    fn wrap(&self, at: i64, size: usize) -> usize {
        let size = size as i64;
        let inside = if (0..size).contains(&at) {
            at
        } else {
            match self.options.wrap_mode {
                TextureWrapMode::ClampToEdge => at.clamp(0, size - 1),
                TextureWrapMode::Repeat => at.rem_euclid(size),
                TextureWrapMode::MirroredRepeat => {
                    let there_and_back = at.rem_euclid(2 * size);
                    there_and_back.min(2 * size - 1 - there_and_back)
                }
            }
        };
        inside as usize
    }
}
