//! Ink: the text engine shared by all of the window, the textures of its atlas, and painting.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use egui::epaint::{ImageDelta, Mesh, Vertex};
use egui::{Color32, ColorImage, Context, Painter, Pos2, Rect, Shape, TextureId, TextureOptions, pos2};

use crate::text::{
    Align, Direction, Family, FontLibrary, GlyphKey, ParagraphLayout, Point, Style, TextEngine, Weight,
    first_strong_direction,
};

/// What a piece of text is set in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    /// The interface's words.
    Interface,
    /// The words of documents, tags and notes.
    Document,
}

impl Face {
    fn family(self) -> Family {
        match self {
            Self::Interface => Family::NOTO_SANS,
            Self::Document => Family::AMIRI,
        }
    }

    /// The height of a line, as a multiple of the text size.
    fn leading(self) -> f32 {
        match self {
            Self::Interface => 1.5,
            Self::Document => 1.55,
        }
    }
}

/// What a laid-out label depends on.
#[derive(Clone, PartialEq, Eq, Hash)]
struct LabelKey {
    text: Box<str>,
    face: Face,
    size: u32,
    bold: bool,
    fallback: Direction,
    align: Align,
    width: Option<u32>,
    lines: usize,
}

struct Inner {
    engine: TextEngine,
    textures: Vec<TextureId>,
    labels: HashMap<LabelKey, (Arc<ParagraphLayout>, u64)>,
    frame: u64,
}

/// The shared text engine. Cloning it clones a handle.
#[derive(Clone)]
pub struct Ink(Arc<Mutex<Inner>>);

/// Labels that were not painted for so many frames are forgotten.
const LABEL_FRAMES: u64 = 120;

impl Ink {
    /// An engine over these fonts.
    pub fn new(fonts: FontLibrary) -> Self {
        let engine = TextEngine::new(fonts);
        Self(Arc::new(Mutex::new(Inner { engine, textures: Vec::new(), labels: HashMap::new(), frame: 0 })))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("nothing panics while it holds the text engine")
    }

    /// Runs a function on the engine.
    pub fn with_engine<R>(&self, run: impl FnOnce(&mut TextEngine) -> R) -> R {
        run(&mut self.inner().engine)
    }

    /// Tells the atlas that a frame begins; call once, before anything is painted.
    pub fn begin_frame(&self) {
        let mut inner = self.inner();
        inner.frame += 1;
        inner.engine.atlas().begin_frame();
        let frame = inner.frame;
        inner.labels.retain(|_, (_, seen)| *seen + LABEL_FRAMES > frame);
    }

    /// Uploads what changed in the atlas; call once, after everything was painted.
    pub fn end_frame(&self, context: &Context) {
        let mut inner = self.inner();
        let size = inner.engine.atlas().page_size() as usize;
        let updates = inner.engine.atlas().take_updates();
        if updates.is_empty() {
            return;
        }
        let manager = context.tex_manager();
        let mut manager = manager.write();
        for update in updates {
            while inner.textures.len() <= update.page {
                let blank = ColorImage::filled([size, size], Color32::TRANSPARENT);
                let name = format!("glyphs-{}", inner.textures.len());
                inner.textures.push(manager.alloc(name, blank.into(), TextureOptions::NEAREST));
            }
            let pixels = update
                .pixels
                .iter()
                .map(|&[r, g, b, a]| Color32::from_rgba_premultiplied(r, g, b, a))
                .collect();
            let image = ColorImage::new([update.width as usize, update.height as usize], pixels);
            let at = [update.x as usize, update.y as usize];
            manager.set(inner.textures[update.page], ImageDelta::partial(at, image, TextureOptions::NEAREST));
        }
    }

    /// Makes the texture of every page of the atlas known, so that a mesh can name it.
    fn texture(inner: &mut Inner, context: &Context, page: usize) -> TextureId {
        while inner.textures.len() <= page {
            let size = inner.engine.atlas().page_size() as usize;
            let blank = ColorImage::filled([size, size], Color32::TRANSPARENT);
            let name = format!("glyphs-{}", inner.textures.len());
            let id = context.tex_manager().write().alloc(name, blank.into(), TextureOptions::NEAREST);
            inner.textures.push(id);
        }
        inner.textures[page]
    }

    /// Lays a label out: sizes in points, `width` none for one line of any length. The base direction is that of the first strong
    /// character (UAX #9, P2), else `fallback`. The layout is in physical pixels.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one property of a label; Label is the builder over it"
    )]
    pub fn label(
        &self,
        pixels_per_point: f32,
        text: &str,
        face: Face,
        size: f32,
        bold: bool,
        fallback: Direction,
        align: Align,
        width: Option<f32>,
        lines: usize,
    ) -> Arc<ParagraphLayout> {
        let pixels = |points: f32| points * pixels_per_point;
        // A hard break would make a label as high as its text: one paragraph is shown, and longer texts are cut first.
        let text: String =
            text.chars().take(1000).map(|c| if c == '\n' || c == '\r' { ' ' } else { c }).collect();
        let width = width.map(|width| pixels(width).floor().max(1.0));
        let key = LabelKey {
            text: text.into(),
            face,
            size: pixels(size).to_bits(),
            bold,
            fallback,
            align,
            width: width.map(f32::to_bits),
            lines,
        };
        let mut inner = self.inner();
        let frame = inner.frame;
        if let Some((layout, seen)) = inner.labels.get_mut(&key) {
            *seen = frame;
            return Arc::clone(layout);
        }
        let style = style(face, size, bold, pixels_per_point);
        let direction = first_strong_direction(&key.text, fallback);
        let layout = Arc::new(match width {
            Some(width) => inner.engine.lay_out_clipped(&key.text, &style, direction, align, width, lines),
            None => inner.engine.lay_out(&key.text, &style, direction, align, None),
        });
        inner.labels.insert(key, (Arc::clone(&layout), frame));
        layout
    }

    /// Paints a layout with its top left corner at a place in points; glyphs outside the painter's clip are left out.
    pub fn paint(&self, painter: &Painter, layout: &ParagraphLayout, origin: Pos2, color: Color32) {
        let scale = painter.ctx().pixels_per_point();
        let origin = Point::new((origin.x * scale).round(), (origin.y * scale).round());
        let clip = painter.clip_rect();
        let (clip_top, clip_bottom) = (clip.top() * scale, clip.bottom() * scale);
        let mut inner = self.inner();
        let page_size = inner.engine.atlas().page_size() as f32;
        let mut meshes: Vec<(usize, Mesh)> = Vec::new();
        for line in layout.lines() {
            // Marks and tall letters may reach past their line: one line height is enough.
            let reach = line.bottom - line.top;
            if origin.y + line.bottom + reach < clip_top || origin.y + line.top - reach > clip_bottom {
                continue;
            }
            for run in &line.runs {
                for glyph in &run.glyphs {
                    let (key, x, y) = run.place(glyph, origin);
                    let Some(image) = Self::image(&mut inner.engine, key) else { continue };
                    let at = match meshes.iter().position(|(page, _)| *page == image.page) {
                        Some(at) => at,
                        None => {
                            let texture = Self::texture(&mut inner, painter.ctx(), image.page);
                            meshes.push((image.page, Mesh::with_texture(texture)));
                            meshes.len() - 1
                        }
                    };
                    let (left, top) = ((x + image.left) as f32, (y - image.top) as f32);
                    let (width, height) = (image.width as f32, image.height as f32);
                    let on_screen = Rect::from_min_max(
                        pos2(left / scale, top / scale),
                        pos2((left + width) / scale, (top + height) / scale),
                    );
                    let (u, v) = (image.x as f32, image.y as f32);
                    let in_page = Rect::from_min_max(
                        pos2(u / page_size, v / page_size),
                        pos2((u + width) / page_size, (v + height) / page_size),
                    );
                    quad(
                        &mut meshes[at].1,
                        on_screen,
                        in_page,
                        if image.color { Color32::WHITE } else { color },
                    );
                }
            }
        }
        drop(inner);
        for (_, mesh) in meshes {
            painter.add(Shape::mesh(mesh));
        }
    }

    fn image(engine: &mut TextEngine, key: GlyphKey) -> Option<crate::text::AtlasGlyph> {
        engine.glyph_image(key).filter(|image| image.width > 0 && image.height > 0)
    }
}

/// The style of a face at a size in points, in physical pixels.
pub fn style(face: Face, size: f32, bold: bool, pixels_per_point: f32) -> Style {
    let size = size * pixels_per_point;
    Style {
        family: face.family(),
        size,
        weight: if bold { Weight::Bold } else { Weight::Regular },
        line_height: (size * face.leading()).round(),
    }
}

fn quad(mesh: &mut Mesh, on_screen: Rect, in_page: Rect, color: Color32) {
    let first = mesh.vertices.len() as u32;
    for (pos, uv) in [
        (on_screen.left_top(), in_page.left_top()),
        (on_screen.right_top(), in_page.right_top()),
        (on_screen.left_bottom(), in_page.left_bottom()),
        (on_screen.right_bottom(), in_page.right_bottom()),
    ] {
        mesh.vertices.push(Vertex { pos, uv, color });
    }
    mesh.indices.extend([first, first + 1, first + 2, first + 2, first + 1, first + 3]);
}
