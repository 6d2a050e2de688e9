//! A renderer for egui_kittest that paints on the processor what egui's glow backend paints on a graphics driver.
//!
//! It owns the textures that egui uploads and the rules of the pipeline: premultiplied alpha, colours multiplied and
//! blended in gamma space, dithering, pixel-aligned clip rectangles, the top-left fill rule. It must never know what
//! it paints; anything special to Hashiya belongs to the tests that use it. `.ci/run` compares its pictures with
//! screenshots of the real window.
//!
//! What it leaves out, since the window uses none of it: mipmaps, and paint callbacks, which show as magenta boxes.

mod texture;
mod triangle;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use egui::epaint::{ClippedPrimitive, Primitive};
use egui::{Pos2, Rect, TextureId, TexturesDelta};
use image::RgbaImage;

use texture::Texture;
use triangle::{Canvas, Corner, PixelRect};

/// What lies behind the first shape: eframe's default clear colour, as an X window without an alpha channel shows it.
const BACKGROUND: [u8; 4] = [8, 8, 8, 255];

/// Stands where a paint callback would have drawn, so that nobody takes the gap for a picture.
const CALLBACK: [u8; 4] = [255, 0, 255, 255];

/// Paints egui's output into an [`RgbaImage`] without a graphics driver.
#[derive(Default)]
pub struct CpuRenderer {
    textures: HashMap<TextureId, Texture>,
    /// Freed by the last delta; egui may still use them in the frame that freed them.
    dying: HashSet<TextureId>,
}

impl CpuRenderer {
    /// A renderer without textures; egui uploads its own with the first frame.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Paints `primitives` on a fresh canvas of `width` by `height` pixels.
    ///
    /// # Errors
    /// When a mesh uses a texture that was never uploaded: glow would silently leave it out.
    pub fn paint(
        &self,
        [width, height]: [u32; 2],
        pixels_per_point: f32,
        primitives: &[ClippedPrimitive],
    ) -> Result<RgbaImage, String> {
        let mut canvas = Canvas::new(width, height, BACKGROUND);
        for ClippedPrimitive { clip_rect, primitive } in primitives {
            let clip = canvas.clip(pixel_rect(*clip_rect, pixels_per_point));
            if clip.is_empty() {
                continue;
            }
            match primitive {
                Primitive::Mesh(mesh) => {
                    let texture = self.textures.get(&mesh.texture_id).ok_or_else(|| {
                        format!("a mesh uses {:?}, which egui never uploaded", mesh.texture_id)
                    })?;
                    for triangle in mesh.indices.chunks_exact(3) {
                        let corner = |i: u32| {
                            let vertex = &mesh.vertices[i as usize];
                            let Pos2 { x, y } = vertex.pos;
                            Corner {
                                x: x * pixels_per_point,
                                y: y * pixels_per_point,
                                uv: [vertex.uv.x, vertex.uv.y],
                                colour: vertex.color.to_array(),
                            }
                        };
                        let corners = [corner(triangle[0]), corner(triangle[1]), corner(triangle[2])];
                        canvas.triangle(&corners, texture, clip);
                    }
                }
                Primitive::Callback(callback) => {
                    let area = canvas.clip(pixel_rect(callback.rect, pixels_per_point));
                    canvas.fill(area.intersect(clip), CALLBACK);
                }
            }
        }
        Ok(canvas.into_image())
    }
}

impl egui_kittest::TestRenderer for CpuRenderer {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        self.textures.retain(|id, _| !self.dying.contains(id));
        self.dying.clear();
        #[expect(
            clippy::iter_over_hash_type,
            reason = "textures do not touch each other, and the updates of one come in order"
        )]
        for (id, images) in delta.set.drain() {
            for image in images {
                match image.pos {
                    None => {
                        self.textures.insert(id, Texture::new(&image));
                    }
                    Some(at) => self
                        .textures
                        .get_mut(&id)
                        .expect("egui updates a part only of a texture that it uploaded whole before")
                        .update(at, &image),
                }
            }
        }
        self.dying.extend(delta.free.drain());
    }

    fn render(&mut self, ctx: &egui::Context, output: &egui::FullOutput) -> Result<RgbaImage, String> {
        let pixels_per_point = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * pixels_per_point;
        let primitives = ctx.tessellate(output.shapes.clone(), pixels_per_point);
        self.paint([size.x.round() as u32, size.y.round() as u32], pixels_per_point, &primitives)
    }
}

/// A rectangle in points as whole pixels, each side rounded as glow rounds its scissor rectangle.
fn pixel_rect(rect: Rect, pixels_per_point: f32) -> PixelRect {
    let round = |points: f32| (points * pixels_per_point).round() as i32;
    PixelRect {
        left: round(rect.min.x),
        top: round(rect.min.y),
        right: round(rect.max.x),
        bottom: round(rect.max.y),
    }
}
