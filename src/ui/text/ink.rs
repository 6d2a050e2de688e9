//! Ink: the text engine shared by all of the window, the textures of its atlas, and painting.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};

use egui::epaint::ImageDelta;
use egui::{Color32, ColorImage, Context, Painter, Pos2, Shape, TextureId, TextureOptions};

use super::print::{Prints, Stand};
use crate::text::{
    Align, Direction, Family, FontLibrary, ParagraphLayout, Style, TextEngine, Weight, first_strong_direction,
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

/// What a laid-out label depends on beside its words.
#[derive(Clone, PartialEq, Eq, Hash)]
struct LabelLook {
    face: Face,
    size: u32,
    bold: bool,
    direction: Direction,
    align: Align,
    width: Option<u32>,
    lines: usize,
    stressed: Box<[Range<usize>]>,
}

/// What fields and labels need of the interface's language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locale {
    /// Where its lines begin, and what a text without strong characters follows.
    pub direction: Direction,
    /// The items of a field's menu.
    pub cut: String,
    pub copy: String,
    pub paste: String,
    pub select_all: String,
}

/// The labels of one look by their words, each with the frame in which it was last asked for.
type Labels = HashMap<Box<str>, (Arc<ParagraphLayout>, u64)>;

struct Inner {
    engine: TextEngine,
    textures: Vec<TextureId>,
    labels: HashMap<LabelLook, Labels>,
    /// Words in the faces of families, by the family and the bits of the size.
    samples: HashMap<(Box<str>, Family, u32), Arc<ParagraphLayout>>,
    prints: Prints,
    locale: Arc<Locale>,
    frame: u64,
    /// How many fonts had arrived when the frame began.
    arrivals: u64,
}

/// The shared text engine. Cloning it clones a handle.
#[derive(Clone)]
pub struct Ink(Arc<Mutex<Inner>>);

/// Labels and prints that were not used for so many frames are forgotten.
const KEPT_FRAMES: u64 = 120;

/// What paragraphs look like is larger and quickly made again: it is kept for so many frames after it was last painted.
const PRINTS_KEPT_FRAMES: u64 = 4;

/// The height of a sample, as a multiple of its size.
const SAMPLE_LEADING: f32 = 1.7;

/// At most so much of a text stands in a label, in code points.
const LABEL_LENGTH: usize = 1000;

impl Ink {
    /// An engine over these fonts.
    pub fn new(fonts: FontLibrary) -> Self {
        let engine = TextEngine::new(fonts);
        Self(Arc::new(Mutex::new(Inner {
            engine,
            textures: Vec::new(),
            labels: HashMap::new(),
            samples: HashMap::new(),
            prints: Prints::default(),
            locale: Arc::default(),
            frame: 0,
            arrivals: 0,
        })))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("nothing panics while it holds the text engine")
    }

    /// Takes up the interface's language.
    pub fn set_locale(&self, locale: Locale) {
        self.inner().locale = Arc::new(locale);
    }

    /// What was taken up of the interface's language.
    pub fn locale(&self) -> Arc<Locale> {
        Arc::clone(&self.inner().locale)
    }

    /// Runs a function on the engine.
    pub fn with_engine<R>(&self, run: impl FnOnce(&mut TextEngine) -> R) -> R {
        run(&mut self.inner().engine)
    }

    /// Tells the atlas that a frame begins; call once, before anything is painted.
    pub fn begin_frame(&self, context: &Context) {
        let max_side = context.input(|input| input.max_texture_side);
        let mut inner = self.inner();
        inner.frame += 1;
        inner.engine.atlas().set_max_side(u32::try_from(max_side).unwrap_or(u32::MAX));
        inner.engine.atlas().begin_frame();
        let arrivals = inner.engine.fonts().arrivals();
        if inner.arrivals != arrivals {
            inner.arrivals = arrivals;
            inner.labels.clear();
            inner.samples.clear();
        }
        let frame = inner.frame;
        let oldest = frame.saturating_sub(KEPT_FRAMES);
        inner.labels.retain(|_, labels| {
            labels.retain(|_, (_, seen)| *seen >= oldest);
            !labels.is_empty()
        });
        inner.prints.begin_frame(frame, frame.saturating_sub(PRINTS_KEPT_FRAMES));
    }

    /// Uploads what changed in the atlas; call once, after everything was painted.
    pub fn end_frame(&self, context: &Context) {
        let mut inner = self.inner();
        let Inner { engine, textures, .. } = &mut *inner;
        for update in engine.atlas().take_updates() {
            let texture = texture(textures, context, update.page);
            let pixels = update
                .pixels
                .iter()
                .map(|&[r, g, b, a]| Color32::from_rgba_premultiplied(r, g, b, a))
                .collect();
            let image = ColorImage::new([update.width as usize, update.height as usize], pixels);
            let options = if update.smooth { TextureOptions::LINEAR } else { TextureOptions::NEAREST };
            let delta = if update.whole_page {
                ImageDelta::full(image, options)
            } else {
                ImageDelta::partial([update.x as usize, update.y as usize], image, options)
            };
            context.tex_manager().write().set(texture, delta);
        }
    }

    /// Grows whenever a font is there for which another one had to stand in: what was laid out before is to be laid out anew. It stays
    /// the same for a frame.
    pub fn fonts(&self) -> u64 {
        self.inner().arrivals
    }

    /// The families that documents can be set in, and whether these are all of them: the system may still be searched.
    pub fn families(&self) -> (Vec<String>, bool) {
        self.inner().engine.fonts().families()
    }

    /// Whether a family can be used; none while the system is still being searched for it.
    pub fn has_family(&self, name: &str) -> Option<bool> {
        self.inner().engine.fonts().has(name)
    }

    /// Has a family opened in both weights. False while that is going on and another family would stand in for it.
    pub fn prepare(&self, family: &Family) -> bool {
        let mut inner = self.inner();
        let is_ready = [Weight::Regular, Weight::Bold].map(|weight| inner.engine.is_settled(family, weight));
        is_ready == [true, true]
    }

    /// How much more height lines need in a family than in most.
    pub fn room(&self, family: &Family) -> f32 {
        self.inner().engine.room(family)
    }

    /// Some words in a family's own face, at a size in points, in physical pixels; none while it is being opened.
    pub fn sample(
        &self,
        pixels_per_point: f32,
        text: &str,
        family: &Family,
        size: f32,
    ) -> Option<Arc<ParagraphLayout>> {
        let mut inner = self.inner();
        let Inner { engine, samples, .. } = &mut *inner;
        if !engine.is_settled(family, Weight::Regular) {
            return None;
        }
        let size = size * pixels_per_point;
        let layout = samples.entry((text.into(), family.clone(), size.to_bits())).or_insert_with(|| {
            let line_height = (size * SAMPLE_LEADING).round();
            let style = Style { family: family.clone(), size, weight: Weight::Regular, line_height };
            let direction = first_strong_direction(text, Direction::LeftToRight);
            Arc::new(engine.lay_out(text, &style, direction, Align::Start, None))
        });
        Some(Arc::clone(layout))
    }

    /// Lays a label out: sizes in points, `width` none for one line of any length, the bytes of `stressed` in bold. The layout
    /// is in physical pixels.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one property of a label; Label is the builder over it"
    )]
    pub fn label(
        &self,
        pixels_per_point: f32,
        (text, stressed): (&str, &[Range<usize>]),
        face: Face,
        size: f32,
        bold: bool,
        direction: Direction,
        align: Align,
        width: Option<f32>,
        lines: usize,
    ) -> Arc<ParagraphLayout> {
        let pixels = |points: f32| points * pixels_per_point;
        // A hard break would make a label as high as its text: one paragraph is shown, and longer texts are cut first.
        let text = if text.len() <= LABEL_LENGTH && memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none() {
            Cow::Borrowed(text)
        } else {
            let characters = text.chars().take(LABEL_LENGTH);
            Cow::Owned(characters.map(|c| if c == '\n' || c == '\r' { ' ' } else { c }).collect())
        };
        let width = width.map(|width| pixels(width).floor().max(1.0));
        let look = LabelLook {
            face,
            size: pixels(size).to_bits(),
            bold,
            direction,
            align,
            width: width.map(f32::to_bits),
            lines,
            stressed: stressed.into(),
        };
        let mut inner = self.inner();
        let Inner { engine, labels, frame, .. } = &mut *inner;
        let labels = labels.entry(look).or_default();
        if let Some((layout, seen)) = labels.get_mut(&*text) {
            *seen = *frame;
            return Arc::clone(layout);
        }
        let style = style(face, size, bold, pixels_per_point);
        let layout = Arc::new(match width {
            Some(width) => {
                engine.lay_out_clipped_stressed(&text, stressed, &style, direction, align, width, lines)
            }
            None => engine.lay_out_stressed(&text, stressed, &style, direction, align, None),
        });
        labels.insert(text.into(), (Arc::clone(&layout), *frame));
        layout
    }

    /// Paints a layout with its top left corner at a place in points; lines outside the painter's clip are left out.
    pub fn paint(&self, painter: &Painter, layout: &Arc<ParagraphLayout>, origin: Pos2, color: Color32) {
        let scale = painter.ctx().pixels_per_point();
        let (left, top) = ((origin.x * scale).round(), (origin.y * scale).round());
        let clip = painter.clip_rect();
        let (clip_top, clip_bottom) = (clip.top() * scale - top, clip.bottom() * scale - top);
        // Marks and tall letters may reach past their line: one line height is enough.
        let lines = layout.lines();
        let first = lines.partition_point(|line| 2.0 * line.bottom - line.top < clip_top);
        let end = lines.partition_point(|line| 2.0 * line.top - line.bottom <= clip_bottom);
        if first >= end {
            return;
        }
        let stand =
            Stand { left: left as i32, top: top as i32, pixels_per_point: scale, color, lines: first..end };
        let mut inner = self.inner();
        let Inner { engine, textures, prints, .. } = &mut *inner;
        let texture = |page| texture(textures, painter.ctx(), page);
        for (_, mesh) in prints.meshes(engine, layout, &stand, texture) {
            painter.add(Shape::Mesh(Arc::clone(mesh)));
        }
    }
}

/// The texture of a page of the atlas, so that a mesh can name it. A new one is a single pixel: the page itself comes with the frame's
/// upload, so that nothing is uploaded twice.
fn texture(textures: &mut Vec<TextureId>, context: &Context, page: usize) -> TextureId {
    while textures.len() <= page {
        let blank = ColorImage::filled([1, 1], Color32::TRANSPARENT);
        let name = format!("glyphs-{}", textures.len());
        textures.push(context.tex_manager().write().alloc(name, blank.into(), TextureOptions::NEAREST));
    }
    textures[page]
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

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{RawInput, pos2};

    /// What a frame that paints these texts brings to the screen's memory: uploads to the atlas, and their pixels.
    fn frame(context: &Context, ink: &Ink, texts: &[String]) -> (usize, usize) {
        let mut output = context.run_ui(RawInput::default(), |ui| {
            ink.begin_frame(ui.ctx());
            for (row, text) in texts.iter().enumerate() {
                let words = (text.as_str(), &[][..]);
                let direction = Direction::RightToLeft;
                let layout =
                    ink.label(1.0, words, Face::Document, 20.0, false, direction, Align::Start, None, 1);
                let at = pos2(4.0, 30.0 * row as f32);
                ink.paint(ui.painter(), &layout, at, Color32::BLACK);
            }
            ink.end_frame(ui.ctx());
        });
        let pages = ink.inner().textures.clone();
        let of_atlas = |id: &TextureId| pages.contains(id);
        let uploads: Vec<ImageDelta> = output
            .textures_delta
            .set
            .drain()
            .filter(|(id, _)| of_atlas(id))
            .flat_map(|(_, new)| new)
            .collect();
        (uploads.len(), uploads.iter().map(|delta| delta.image.width() * delta.image.height()).sum())
    }

    #[test]
    fn what_stands_still_uploads_nothing_and_what_is_new_little() {
        let context = Context::default();
        let ink = Ink::new(FontLibrary::bundled());
        let first = ["قال الكرملين إن بيلاروسيا".to_owned(), "ضمان أمن دولة الاتحاد".to_owned()];
        // The first page comes whole, and once.
        assert_eq!(frame(&context, &ink, &first), (1, 512 * 512));
        assert_eq!(frame(&context, &ink, &first), (0, 0));
        let (uploads, pixels) = frame(&context, &ink, &[first[0].clone(), "جديد 2023".to_owned()]);
        assert!((1..=3).contains(&uploads) && pixels < 20_000, "{uploads} uploads of {pixels} pixels");
        let more: Vec<String> =
            (0..20).map(|row| format!("سطر {row} من سطور كثيرة ﷺ ڭ ڤ ے ۝ {row}{row}")).collect();
        let (uploads, pixels) = frame(&context, &ink, &more);
        assert!((1..=4).contains(&uploads) && pixels < 150_000, "{uploads} uploads of {pixels} pixels");
    }
}
