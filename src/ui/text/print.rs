//! Prints: what layouts look like as egui's meshes, kept while they are painted.
//!
//! Most of what a frame shows stood there in the frame before. A print finds the pictures of a layout's glyphs once, and hands out the
//! very same mesh as long as place and colour stay. It owns no pixels: when the atlas drops pictures, the prints are made anew.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use egui::epaint::{Mesh, Vertex};
use egui::{Color32, Rect, TextureId, pos2};

use crate::text::{ParagraphLayout, Point, TextEngine};

/// A glyph's picture: where it stands on screen, and below the layout's top, and in its page of the atlas, in pixels.
#[derive(Clone, Copy)]
struct Picture {
    page: usize,
    left: i32,
    top: i32,
    width: u32,
    height: u32,
    x: u32,
    y: u32,
    /// Pixels on screen for one of the page.
    stretch: u32,
    /// It has its own colours.
    colored: bool,
}

/// Where and how a layout is painted. Pixels.
#[derive(Clone, PartialEq)]
pub(super) struct Stand {
    /// The layout's top left corner, in whole pixels.
    pub left: i32,
    pub top: i32,
    pub pixels_per_point: f32,
    pub color: Color32,
    /// The lines to paint.
    pub lines: Range<usize>,
}

/// Meshes, each with its page of the atlas.
type Meshes = Vec<(usize, Arc<Mesh>)>;

struct Print {
    /// Kept so that no other layout takes its address.
    layout: Arc<ParagraphLayout>,
    /// The atlas generation in which the pictures were found, and the column of pixels for which they were: a glyph between two
    /// quarters of a pixel falls to the same one as ever.
    generation: u64,
    left: i32,
    /// The pictures of each line, once it was painted.
    lines: Vec<Option<Vec<Picture>>>,
    last: Option<(Stand, Meshes)>,
    seen: u64,
}

/// The prints of all layouts that were painted lately, by the address of the layout.
#[derive(Default)]
pub(super) struct Prints {
    kept: HashMap<usize, Print>,
    frame: u64,
}

impl Prints {
    /// Tells that a frame begins; prints that no frame since `oldest` has used are dropped.
    pub fn begin_frame(&mut self, frame: u64, oldest: u64) {
        self.frame = frame;
        self.kept.retain(|_, print| print.seen >= oldest);
    }

    /// The meshes that paint a layout so, one for each page of the atlas, each with its page.
    pub fn meshes(
        &mut self,
        engine: &mut TextEngine,
        layout: &Arc<ParagraphLayout>,
        stand: &Stand,
        mut texture: impl FnMut(usize) -> TextureId,
    ) -> &[(usize, Arc<Mesh>)] {
        let generation = engine.atlas().generation();
        let fresh = || Print {
            layout: Arc::clone(layout),
            generation,
            left: stand.left,
            lines: vec![None; layout.lines().len()],
            last: None,
            seen: 0,
        };
        let print = self.kept.entry(Arc::as_ptr(layout).addr()).or_insert_with(fresh);
        if print.generation != generation || print.left != stand.left {
            *print = fresh();
        }
        print.seen = self.frame;
        if print.last.as_ref().is_none_or(|(last, _)| last != stand) {
            print.find(engine, &stand.lines);
            let meshes = print.build(engine, stand, &mut texture);
            print.last = Some((stand.clone(), meshes));
        }
        let meshes = print.last.as_ref().map_or(&[][..], |(_, meshes)| meshes);
        for (page, _) in meshes {
            engine.atlas().touch_page(*page);
        }
        meshes
    }
}

impl Print {
    /// Finds the pictures of lines that have not been painted yet. Those that are known are marked as used first, so that none of them
    /// gives way to a new one.
    fn find(&mut self, engine: &mut TextEngine, lines: &Range<usize>) {
        for picture in self.lines[lines.clone()].iter().flatten().flatten() {
            engine.atlas().touch_page(picture.page);
        }
        for index in lines.clone().filter(|&index| self.lines[index].is_none()).collect::<Vec<_>>() {
            let mut pictures = Vec::new();
            for run in &self.layout.lines()[index].runs {
                for glyph in &run.glyphs {
                    let (key, x, y) = run.place(glyph, Point::new(self.left as f32, 0.0));
                    let image = engine.glyph_image(key).filter(|image| image.width > 0 && image.height > 0);
                    pictures.extend(image.map(|image| Picture {
                        page: image.page,
                        left: x + image.left,
                        top: y - image.top,
                        width: image.width,
                        height: image.height,
                        x: image.x,
                        y: image.y,
                        stretch: image.stretch,
                        colored: image.color,
                    }));
                }
            }
            self.lines[index] = Some(pictures);
        }
    }

    fn build(
        &self,
        engine: &mut TextEngine,
        stand: &Stand,
        texture: &mut impl FnMut(usize) -> TextureId,
    ) -> Meshes {
        let pictures = || self.lines[stand.lines.clone()].iter().flatten().flatten();
        let mut meshes: Vec<(usize, Mesh)> = Vec::new();
        for picture in pictures() {
            if !meshes.iter().any(|(page, _)| *page == picture.page) {
                let mut mesh = Mesh::with_texture(texture(picture.page));
                let glyphs = pictures().filter(|other| other.page == picture.page).count();
                mesh.vertices.reserve_exact(4 * glyphs);
                mesh.indices.reserve_exact(6 * glyphs);
                meshes.push((picture.page, mesh));
            }
        }
        for picture in pictures() {
            let Some((_, mesh)) = meshes.iter_mut().find(|(page, _)| *page == picture.page) else { continue };
            let scale = stand.pixels_per_point;
            let (left, top) = (picture.left as f32, (stand.top + picture.top) as f32);
            let (width, height) = (picture.width as f32, picture.height as f32);
            let stretch = picture.stretch as f32;
            let on_screen = Rect::from_min_max(
                pos2(left / scale, top / scale),
                pos2((left + width * stretch) / scale, (top + height * stretch) / scale),
            );
            let (page_width, page_height) = engine.atlas().page_size(picture.page);
            let in_page = |x: f32, y: f32| pos2(x / page_width as f32, y / page_height as f32);
            let (x, y) = (picture.x as f32, picture.y as f32);
            let in_page = Rect::from_min_max(in_page(x, y), in_page(x + width, y + height));
            quad(mesh, on_screen, in_page, if picture.colored { Color32::WHITE } else { stand.color });
        }
        meshes.into_iter().map(|(page, mesh)| (page, Arc::new(mesh))).collect()
    }
}

fn quad(mesh: &mut Mesh, on_screen: Rect, in_page: Rect, color: Color32) {
    let first = mesh.vertices.len() as u32;
    mesh.vertices.extend([
        Vertex { pos: on_screen.left_top(), uv: in_page.left_top(), color },
        Vertex { pos: on_screen.right_top(), uv: in_page.right_top(), color },
        Vertex { pos: on_screen.left_bottom(), uv: in_page.left_bottom(), color },
        Vertex { pos: on_screen.right_bottom(), uv: in_page.right_bottom(), color },
    ]);
    mesh.indices.extend([first, first + 1, first + 2, first + 2, first + 1, first + 3]);
}
