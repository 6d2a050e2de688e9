//! Triangles to pixels: which pixels a triangle covers and what colour each becomes.
//!
//! Coverage is exact, in whole numbers of 1/256 pixel with the top-left rule, so that two triangles that share an edge
//! never paint a pixel twice or leave one out. It must never know egui's shapes, only corners and textures.

use image::RgbaImage;

use super::texture::Texture;

/// Steps of one pixel to which corners are snapped, as graphics drivers do.
const SUBPIXELS: i64 = 256;

/// Half-open rectangle of whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelRect {
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
}

impl PixelRect {
    /// True when no pixel lies inside.
    pub fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }

    /// The pixels that lie in both.
    pub fn intersect(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }
}

/// One corner of a triangle: pixels from the upper left, texture coordinate, premultiplied colour.
#[derive(Clone, Copy)]
pub struct Corner {
    pub x: f32,
    pub y: f32,
    pub uv: [f32; 2],
    pub colour: [u8; 4],
}

/// The picture being painted.
pub struct Canvas {
    width: i32,
    height: i32,
    pixels: Vec<[u8; 4]>,
}

impl Canvas {
    /// A canvas of one colour.
    pub fn new(width: u32, height: u32, background: [u8; 4]) -> Self {
        Self {
            width: width as i32,
            height: height as i32,
            pixels: vec![background; width as usize * height as usize],
        }
    }

    /// The part of `rect` that lies on the canvas.
    pub fn clip(&self, rect: PixelRect) -> PixelRect {
        rect.intersect(PixelRect { left: 0, top: 0, right: self.width, bottom: self.height })
    }

    /// Paints every pixel of `rect`, which must lie on the canvas, in one opaque colour.
    pub fn fill(&mut self, rect: PixelRect, colour: [u8; 4]) {
        if rect.is_empty() {
            return;
        }
        for y in rect.top..rect.bottom {
            self.row(y, rect.left, rect.right).fill(colour);
        }
    }

    /// The finished picture.
    pub fn into_image(self) -> RgbaImage {
        RgbaImage::from_raw(self.width as u32, self.height as u32, self.pixels.into_flattened())
            .expect("the canvas holds exactly width × height pixels")
    }

    /// Paints one triangle, whichever way round its corners go, on the pixels of `clip`.
    pub fn triangle(&mut self, corners: &[Corner; 3], texture: &Texture, clip: PixelRect) {
        let Some(shape) = Shape::new(corners) else {
            return;
        };
        let rows = shape.rows(clip);
        if rows.is_empty() {
            return;
        }
        let colours = |i: usize| corners.map(|corner| f32::from(corner.colour[i]));
        let colour = [0, 1, 2, 3].map(|i| shape.plane(colours(i)));
        let u = shape.plane(corners.map(|corner| corner.uv[0]));
        let v = shape.plane(corners.map(|corner| corner.uv[1]));
        let filter = texture.filter([u.across, v.across], [u.down, v.down]);

        let one_colour = corners.iter().all(|corner| corner.colour == corners[0].colour);
        let one_texel = corners.iter().all(|corner| corner.uv == corners[0].uv);
        let texel = texture.sample(corners[0].uv, filter);
        if one_colour && one_texel && texel == [255.0; 4] {
            for y in rows {
                let (left, right) = shape.span(y, clip);
                self.flat(y, left, right, corners[0].colour);
            }
            return;
        }
        for y in rows {
            let (left, right) = shape.span(y, clip);
            let height = self.height;
            for (x, pixel) in (left..right).zip(self.row(y, left, right)) {
                let (px, py) = (x as f32 + 0.5, y as f32 + 0.5);
                let texel =
                    if one_texel { texel } else { texture.sample([u.at(px, py), v.at(px, py)], filter) };
                if texel == [0.0; 4] {
                    continue;
                }
                let tint = if one_colour {
                    corners[0].colour.map(f32::from)
                } else {
                    [0, 1, 2, 3].map(|i| colour[i].at(px, py))
                };
                let noise = dither(px, height as f32 - py);
                blend(
                    pixel,
                    [
                        quantise(texel[0] * tint[0] / 255.0 + noise),
                        quantise(texel[1] * tint[1] / 255.0 + noise),
                        quantise(texel[2] * tint[2] / 255.0 + noise),
                        quantise(texel[3] * tint[3] / 255.0),
                    ],
                );
            }
        }
    }

    /// One colour over a row of pixels.
    fn flat(&mut self, y: i32, left: i32, right: i32, colour: [u8; 4]) {
        let row = self.row(y, left, right);
        if colour[3] == 255 {
            row.fill(colour);
        } else if colour != [0; 4] {
            for pixel in row {
                blend(pixel, colour);
            }
        }
    }

    fn row(&mut self, y: i32, left: i32, right: i32) -> &mut [[u8; 4]] {
        let start = (y * self.width) as usize;
        &mut self.pixels[start + left as usize..start + right.max(left) as usize]
    }
}

/// Lays a premultiplied colour over a pixel, in gamma space as egui wants it.
fn blend(pixel: &mut [u8; 4], colour: [u8; 4]) {
    let rest = 255 - u32::from(colour[3]);
    for i in 0..4 {
        let below = (u32::from(pixel[i]) * rest + 127) / 255;
        pixel[i] = (u32::from(colour[i]) + below).min(255) as u8;
    }
}

/// The nearest of the 256 steps of a channel.
fn quantise(channel: f32) -> u8 {
    (channel + 0.5) as u8
}

/// What eframe's shader adds before quantising, in steps of a channel: interleaved gradient noise (Jimenez 2014),
/// kept below half a step so that a flat colour stays flat. `y` counts pixels from the bottom.
fn dither(x: f32, y: f32) -> f32 {
    let noise = (52.982_918 * (0.067_110_56 * x + 0.005_837_15 * y).fract()).fract();
    (noise - 0.5) * 0.95
}

/// A value that changes evenly over a triangle.
struct Plane {
    origin: f32,
    across: f32,
    down: f32,
}

impl Plane {
    fn at(&self, x: f32, y: f32) -> f32 {
        self.origin + self.across * x + self.down * y
    }
}

/// A half plane: `start + across·x + down·y ≥ 0` holds for the pixels (x, y) inside.
struct Edge {
    start: i64,
    across: i64,
    down: i64,
}

/// Which pixels a triangle covers.
struct Shape {
    edges: [Edge; 3],
    /// Corners in 1/256 pixel.
    corners: [[i64; 2]; 3],
    /// Twice the signed area, in 1/256 pixel squared.
    area: i64,
}

impl Shape {
    /// `None` when the triangle has no area.
    fn new(corners: &[Corner; 3]) -> Option<Self> {
        let snap = |pixels: f32| (f64::from(pixels) * SUBPIXELS as f64).round() as i64;
        let corners = corners.map(|corner| [snap(corner.x), snap(corner.y)]);
        let [a, b, c] = corners;
        let area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
        let edges = match area {
            0 => return None,
            1.. => [edge(a, b), edge(b, c), edge(c, a)],
            _ => [edge(b, a), edge(c, b), edge(a, c)],
        };
        Some(Self { edges, corners, area })
    }

    /// The rows of `clip` that the triangle may touch.
    fn rows(&self, clip: PixelRect) -> std::ops::Range<i32> {
        let ys = self.corners.map(|corner| corner[1]);
        let top = ys.into_iter().min().unwrap_or(0).div_euclid(SUBPIXELS);
        let bottom = ys.into_iter().max().unwrap_or(0).div_euclid(SUBPIXELS) + 1;
        let within = |row: i64| row.clamp(i64::from(clip.top), i64::from(clip.bottom)) as i32;
        within(top)..within(bottom)
    }

    /// The pixels of row `y` within `clip` whose centres lie inside, as a half-open range that may be empty.
    fn span(&self, y: i32, clip: PixelRect) -> (i32, i32) {
        let (mut left, mut right) = (i64::from(clip.left), i64::from(clip.right));
        for edge in &self.edges {
            let here = edge.start + edge.down * i64::from(y);
            match edge.across {
                0 if here < 0 => return (clip.left, clip.left),
                0 => {}
                1.. => left = left.max(-here.div_euclid(edge.across)),
                _ => right = right.min(here.div_euclid(-edge.across) + 1),
            }
        }
        if left < right { (left as i32, right as i32) } else { (clip.left, clip.left) }
    }

    /// The plane through one value at each corner.
    fn plane(&self, values: [f32; 3]) -> Plane {
        let [a, b, c] = self.corners.map(|corner| corner.map(|at| at as f64));
        let [va, vb, vc] = values.map(f64::from);
        let area = self.area as f64;
        let pixel = SUBPIXELS as f64;
        let across = ((vb - va) * (c[1] - a[1]) - (vc - va) * (b[1] - a[1])) / area;
        let down = ((vc - va) * (b[0] - a[0]) - (vb - va) * (c[0] - a[0])) / area;
        Plane {
            origin: (va - across * a[0] - down * a[1]) as f32,
            across: (across * pixel) as f32,
            down: (down * pixel) as f32,
        }
    }
}

/// The half plane right of the way from `p` to `q` (y grows downwards), sampled at pixel centres. A centre that lies
/// exactly on a top or left edge is inside, on any other edge it is outside.
fn edge(p: [i64; 2], q: [i64; 2]) -> Edge {
    let (dx, dy) = (q[0] - p[0], q[1] - p[1]);
    let top_or_left = dy < 0 || (dy == 0 && dx > 0);
    let centre = SUBPIXELS / 2;
    Edge {
        start: dx * (centre - p[1]) - dy * (centre - p[0]) - i64::from(!top_or_left),
        across: -dy * SUBPIXELS,
        down: dx * SUBPIXELS,
    }
}
