//! Glyphs that a font paints in colours (COLR, both versions): shapes filled with colours and gradients, laid over each other.
//!
//! skrifa walks through a glyph's paints and calls [`Painter`]; zeno gives the coverage of shapes. The canvas holds premultiplied
//! colours from 0 to 1.

mod blend;
mod gradient;

use skrifa::color::{Brush, ColorPainter, ColorStop, CompositeMode, Transform};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::raw::types::BoundingBox;
use skrifa::{FontRef, GlyphId, MetadataProvider, instance::Size};
use swash::zeno::{Command, Mask, Origin, Vector};

use crate::text::atlas::GlyphPicture;
use crate::text::fonts::Face;
use gradient::{Gradient, Stop};

/// A premultiplied colour: red, green, blue, alpha.
type Paint = [f32; 4];

/// What a font leaves to the colour of the text, which is not known here: as visible on light paper as on dark.
const FOREGROUND: [f32; 4] = [0.5, 0.5, 0.5, 1.0];

/// The palette index that stands for it (OpenType, COLR).
const FOREGROUND_INDEX: u16 = 0xffff;

/// A glyph reaches at most so many ems from its origin; paints beyond are cut off.
const REACH: f32 = 8.0;

/// A font that nests deeper than this is broken.
const DEPTH: usize = 64;

/// The picture of a glyph at so many pixels per em; `None` where the font does not paint it.
pub(super) fn draw(face: &Face, glyph: u16, size: f32) -> Option<GlyphPicture> {
    let font = face.skrifa();
    let glyphs = font.color_glyphs();
    let painted = glyphs.get(GlyphId::from(glyph))?;
    let scale = size / face.units_per_em;
    // First only how far it reaches, then the paints themselves.
    let mut extent = Painter::new(face, &font, Affine([scale, 0.0, 0.0, -scale, 0.0, 0.0]), (0, 0));
    painted.paint(face.location(), &mut extent).ok()?;
    let [left, top, right, bottom] = extent.reached.filter(|_| !extent.is_broken)?;
    let limit = (size * REACH).ceil();
    let (left, top) = (left.floor().clamp(-limit, limit), top.floor().clamp(-limit, limit));
    let (right, bottom) = (right.ceil().clamp(-limit, limit), bottom.ceil().clamp(-limit, limit));
    let (width, height) = ((right - left) as u32, (bottom - top) as u32);
    if width == 0 || height == 0 {
        return None;
    }
    let mut painter =
        Painter::new(face, &font, Affine([scale, 0.0, 0.0, -scale, -left, -top]), (width, height));
    painted.paint(face.location(), &mut painter).ok()?;
    let canvas = painter.layers.into_iter().next().filter(|_| !painter.is_broken)?;
    let pixels =
        canvas.iter().map(|paint| paint.map(|channel| (channel.clamp(0.0, 1.0) * 255.0).round() as u8));
    Some(GlyphPicture {
        width,
        height,
        left: left as i32,
        top: -top as i32,
        stretch: 1,
        color: true,
        pixels: pixels.collect(),
    })
}

/// A map of the plane: x' = a x + c y + e, y' = b x + d y + f.
#[derive(Clone, Copy)]
struct Affine([f32; 6]);

impl Affine {
    fn of(transform: &Transform) -> Self {
        Self([transform.xx, transform.yx, transform.xy, transform.yy, transform.dx, transform.dy])
    }

    fn apply(&self, x: f32, y: f32) -> (f32, f32) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// First `inner`, then this.
    fn after(&self, inner: &Self) -> Self {
        let [a, b, c, d, _, _] = self.0;
        let [ia, ib, ic, id, ie, inner_f] = inner.0;
        let (e, f) = self.apply(ie, inner_f);
        Self([a * ia + c * ib, b * ia + d * ib, a * ic + c * id, b * ic + d * id, e, f])
    }

    fn inverse(&self) -> Option<Self> {
        let [a, b, c, d, e, f] = self.0;
        let determinant = a * d - b * c;
        let back = Self([d, -b, -c, a, c * f - d * e, b * e - a * f].map(|value| value / determinant));
        back.0.iter().all(|value| value.is_finite()).then_some(back)
    }
}

/// Takes skrifa's calls. With a canvas of no size it only finds how far the glyph reaches.
struct Painter<'a> {
    face: &'a Face,
    font: &'a FontRef<'static>,
    palette: Vec<Paint>,
    width: u32,
    height: u32,
    transforms: Vec<Affine>,
    /// The coverage of the clips that stand, each within the one before, from 0 to 1.
    clips: Vec<Vec<f32>>,
    /// The extents of the clips that stand.
    bounds: Vec<Option<[f32; 4]>>,
    layers: Vec<Vec<Paint>>,
    /// Left, top, right and bottom of what was filled.
    reached: Option<[f32; 4]>,
    is_broken: bool,
}

impl<'a> Painter<'a> {
    fn new(face: &'a Face, font: &'a FontRef<'static>, base: Affine, (width, height): (u32, u32)) -> Self {
        let palettes = font.color_palettes();
        let colors = palettes.get(0);
        let colors = colors.as_ref().map_or(&[][..], |palette| palette.colors());
        let part = |value: u8| f32::from(value) / 255.0;
        Self {
            face,
            font,
            palette: colors
                .iter()
                .map(|c| [part(c.red), part(c.green), part(c.blue), part(c.alpha)])
                .collect(),
            width,
            height,
            transforms: vec![base],
            clips: Vec::new(),
            bounds: Vec::new(),
            layers: vec![vec![[0.0; 4]; width as usize * height as usize]],
            reached: None,
            is_broken: false,
        }
    }

    fn transform(&self) -> Affine {
        self.transforms.last().copied().unwrap_or(Affine([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]))
    }

    /// The colour of a palette's entry, not premultiplied.
    fn color(&self, index: u16, alpha: f32) -> Paint {
        let color = match index {
            FOREGROUND_INDEX => FOREGROUND,
            index => self.palette.get(usize::from(index)).copied().unwrap_or(FOREGROUND),
        };
        [color[0], color[1], color[2], color[3] * alpha.clamp(0.0, 1.0)]
    }

    fn push_clip(&mut self, path: &[Command]) {
        if self.bounds.len() > DEPTH {
            self.is_broken = true;
            return;
        }
        let mut bounds: Option<[f32; 4]> = None;
        for command in path {
            let points = match command {
                Command::MoveTo(p) | Command::LineTo(p) => [*p; 3],
                Command::QuadTo(p, q) => [*p, *q, *q],
                Command::CurveTo(p, q, r) => [*p, *q, *r],
                Command::Close => continue,
            };
            for Vector { x, y } in points {
                let [l, t, r, b] = bounds.unwrap_or([x, y, x, y]);
                bounds = Some([l.min(x), t.min(y), r.max(x), b.max(y)]);
            }
        }
        if let (Some(now), Some(Some(outer))) = (bounds, self.bounds.last()) {
            let inner =
                [now[0].max(outer[0]), now[1].max(outer[1]), now[2].min(outer[2]), now[3].min(outer[3])];
            bounds = (inner[0] < inner[2] && inner[1] < inner[3]).then_some(inner);
        } else if let Some(None) = self.bounds.last() {
            bounds = None;
        }
        self.bounds.push(bounds);
        if self.width == 0 {
            return;
        }
        let mut coverage = vec![0u8; self.width as usize * self.height as usize];
        Mask::new(path)
            .origin(Origin::TopLeft)
            .size(self.width, self.height)
            .render_into(&mut coverage, None);
        let mut clip: Vec<f32> = coverage.into_iter().map(|alpha| f32::from(alpha) / 255.0).collect();
        if let Some(outer) = self.clips.last() {
            clip.iter_mut().zip(outer).for_each(|(inner, outer)| *inner *= outer);
        }
        self.clips.push(clip);
    }

    /// Lays a colour for each pixel over the uppermost layer, as far as the clips let it.
    fn lay(&mut self, paint_at: impl Fn(f32, f32) -> Paint) {
        let Some(layer) = self.layers.last_mut() else { return };
        let clip = self.clips.last();
        for (at, below) in layer.iter_mut().enumerate() {
            let coverage = clip.map_or(1.0, |clip| clip[at]);
            if coverage > 0.0 {
                let (x, y) = (at as u32 % self.width, at as u32 / self.width);
                let [r, g, b, a] = paint_at(x as f32 + 0.5, y as f32 + 0.5);
                let a = a * coverage;
                *below = blend::compose([r * a, g * a, b * a, a], *below, CompositeMode::SrcOver);
            }
        }
    }

    fn stops(&self, stops: &[ColorStop]) -> Vec<Stop> {
        let stop =
            |stop: &ColorStop| Stop { at: stop.offset, color: self.color(stop.palette_index, stop.alpha) };
        stops.iter().map(stop).collect()
    }
}

impl ColorPainter for Painter<'_> {
    fn push_transform(&mut self, transform: Transform) {
        self.is_broken |= self.transforms.len() > DEPTH;
        if !self.is_broken {
            self.transforms.push(self.transform().after(&Affine::of(&transform)));
        }
    }

    fn pop_transform(&mut self) {
        self.transforms.pop();
    }

    fn push_clip_glyph(&mut self, glyph: GlyphId) {
        let mut pen = Pen { transform: self.transform(), path: Vec::new() };
        let settings = DrawSettings::unhinted(Size::unscaled(), self.face.location());
        if let Some(outline) = self.font.outline_glyphs().get(glyph) {
            self.is_broken |= outline.draw(settings, &mut pen).is_err();
        }
        self.push_clip(&pen.path);
    }

    fn push_clip_box(&mut self, clip: BoundingBox<f32>) {
        let mut pen = Pen { transform: self.transform(), path: Vec::new() };
        pen.move_to(clip.x_min, clip.y_min);
        pen.line_to(clip.x_max, clip.y_min);
        pen.line_to(clip.x_max, clip.y_max);
        pen.line_to(clip.x_min, clip.y_max);
        pen.close();
        self.push_clip(&pen.path);
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
        self.bounds.pop();
    }

    fn fill(&mut self, brush: Brush<'_>) {
        if let Some(Some([left, top, right, bottom])) = self.bounds.last() {
            let [l, t, r, b] = self.reached.unwrap_or([*left, *top, *right, *bottom]);
            self.reached = Some([l.min(*left), t.min(*top), r.max(*right), b.max(*bottom)]);
        }
        if self.width == 0 || self.is_broken {
            return;
        }
        if let Brush::Solid { palette_index, alpha } = brush {
            let color = self.color(palette_index, alpha);
            self.lay(|_, _| color);
            return;
        }
        let Some(back) = self.transform().inverse() else { return };
        let Some(gradient) = Gradient::of(&brush, |stops| self.stops(stops)) else { return };
        self.lay(|x, y| {
            let (x, y) = back.apply(x, y);
            gradient.color_at(x, y)
        });
    }

    fn push_layer(&mut self, _: CompositeMode) {
        self.is_broken |= self.layers.len() > DEPTH;
        if !self.is_broken {
            self.layers.push(vec![[0.0; 4]; self.width as usize * self.height as usize]);
        }
    }

    fn pop_layer_with_mode(&mut self, mode: CompositeMode) {
        if self.layers.len() < 2 {
            self.is_broken = true;
            return;
        }
        let Some(above) = self.layers.pop() else { return };
        let (Some(below), clip) = (self.layers.last_mut(), self.clips.last()) else { return };
        for (at, (above, below)) in above.into_iter().zip(below).enumerate() {
            let coverage = clip.map_or(1.0, |clip| clip[at]);
            let both = blend::compose(above, *below, mode);
            for (channel, new) in below.iter_mut().zip(both) {
                *channel += (new - *channel) * coverage;
            }
        }
    }
}

/// Takes an outline as zeno's path, in pixels.
struct Pen {
    transform: Affine,
    path: Vec<Command>,
}

impl Pen {
    fn point(&self, x: f32, y: f32) -> Vector {
        let (x, y) = self.transform.apply(x, y);
        Vector::new(x, y)
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.push(Command::MoveTo(self.point(x, y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.push(Command::LineTo(self.point(x, y)));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.push(Command::QuadTo(self.point(cx, cy), self.point(x, y)));
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.path.push(Command::CurveTo(self.point(ax, ay), self.point(bx, by), self.point(x, y)));
    }

    fn close(&mut self) {
        self.path.push(Command::Close);
    }
}
