//! The glyph atlas: pictures of glyphs packed into pages, in memory. The interface uploads what changed as textures.
//!
//! Owns the pixels and the packing, and drops what was not used for long. Rasterising is [`raster`](super::raster)'s; drawing is
//! the interface's.

mod page;

use std::collections::HashMap;

use super::fonts::FontId;
use page::Page;

/// What a glyph's picture depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GlyphKey {
    pub font: FontId,
    pub glyph: u32,
    /// The bits of the size in pixels per em.
    pub size_bits: u32,
    /// Quarters of a pixel to the right of a whole pixel: 0 to 3.
    pub subpixel: u8,
}

/// Where a glyph's picture stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtlasGlyph {
    pub page: usize,
    /// Pixels from the page's top left corner.
    pub x: u32,
    pub y: u32,
    /// Pixels of the page.
    pub width: u32,
    pub height: u32,
    /// Pixels on screen from the pen to the picture's left edge.
    pub left: i32,
    /// Pixels on screen from the baseline up to the picture's top edge.
    pub top: i32,
    /// How many pixels on screen a pixel of the page takes each way: 1, but more for a glyph that is too large for any page.
    pub stretch: u32,
    /// A picture with its own colours, to be painted untinted; else white with coverage in alpha.
    pub color: bool,
}

/// A rectangle of a page whose pixels changed.
#[derive(Clone, Debug, PartialEq)]
pub struct AtlasUpdate {
    pub page: usize,
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
    /// The rectangle is the whole page, which is new or has another size than before.
    pub whole_page: bool,
    /// The page is one picture that may be stretched, so that its pixels want to be mixed.
    pub smooth: bool,
    /// Rows from the top, premultiplied RGBA.
    pub pixels: Vec<[u8; 4]>,
}

/// A rasterised glyph on its way into the atlas.
pub(super) struct GlyphPicture {
    pub width: u32,
    pub height: u32,
    pub left: i32,
    pub top: i32,
    pub stretch: u32,
    pub color: bool,
    pub pixels: Vec<[u8; 4]>,
}

/// Pages of pictures; those used least lately give way when there are too many.
pub struct GlyphAtlas {
    pages: Vec<Page>,
    /// `None` for glyphs without ink.
    glyphs: HashMap<GlyphKey, Option<AtlasGlyph>>,
    room: u64,
    max_side: u32,
    generation: u64,
    frame: u64,
}

/// Pixels a side of the first page: what a window of interface words and a page of text need, and little to upload.
const FIRST_SIDE: u32 = 512;

/// Pixels a side of the further pages.
const SIDE: u32 = 1024;

/// Pixels kept before old pages are emptied, 4 bytes each.
const ROOM: u64 = 8 * 1024 * 1024;

/// Pixels a side that every driver takes.
const SAFE_SIDE: u32 = 2048;

/// A glyph's picture is at most this many pixels a side, whatever the driver takes: larger ones are stretched.
const LARGEST_SIDE: u32 = 4096;

impl Default for GlyphAtlas {
    fn default() -> Self {
        Self::with_room(ROOM)
    }
}

impl GlyphAtlas {
    /// An atlas that keeps at most so many pixels, unless one frame needs more.
    pub fn with_room(pixels: u64) -> Self {
        Self {
            pages: Vec::new(),
            glyphs: HashMap::new(),
            room: pixels,
            max_side: SAFE_SIDE,
            generation: 0,
            frame: 0,
        }
    }

    /// Tells how large a texture may be, in pixels a side. To be called between frames.
    pub fn set_max_side(&mut self, pixels: u32) {
        let side = pixels.max(16);
        if side == self.max_side {
            return;
        }
        // What was stretched, or stands on a page that is too large now, is drawn anew.
        self.max_side = side;
        if !self.glyphs.is_empty() {
            self.glyphs.clear();
            self.generation += 1;
            self.pages.iter_mut().for_each(|page| *page = Page::vacant());
        }
    }

    /// The longest side in pixels that a glyph's picture may have.
    pub(super) fn largest_picture(&self) -> u32 {
        self.max_side.min(LARGEST_SIDE) - 1
    }

    /// The width and height of a page in pixels; both 1 for one that holds nothing.
    pub fn page_size(&self, page: usize) -> (u32, u32) {
        self.pages.get(page).map_or((1, 1), |page| (page.width, page.height))
    }

    /// How many pages there are, those that hold nothing included.
    pub fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// How many pixels all pages have.
    pub fn pixels(&self) -> u64 {
        self.pages.iter().map(Page::area).sum()
    }

    /// Changes whenever glyphs were evicted, so that meshes made before are wrong.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// To be called before a frame's first glyph: what this frame uses is not evicted for it.
    pub fn begin_frame(&mut self) {
        self.frame += 1;
    }

    /// Tells that a cached mesh with glyphs of this page is painted in this frame.
    pub fn touch_page(&mut self, page: usize) {
        if let Some(page) = self.pages.get_mut(page) {
            page.used = self.frame;
        }
    }

    /// What changed since the last call, in few rectangles: all glyphs that came into a page together are one or two of them.
    pub fn take_updates(&mut self) -> Vec<AtlasUpdate> {
        let mut updates = Vec::new();
        for (index, page) in self.pages.iter_mut().enumerate() {
            let (whole_page, areas) = page.take_changes();
            updates.extend(areas.into_iter().map(|area| AtlasUpdate {
                page: index,
                x: area[0],
                y: area[1],
                width: area[2] - area[0],
                height: area[3] - area[1],
                whole_page,
                smooth: page.is_single,
                pixels: page.pixels_of(area),
            }));
        }
        updates
    }

    /// A glyph that is there already: `Some(None)` is one without ink.
    pub(super) fn get(&mut self, key: &GlyphKey) -> Option<Option<AtlasGlyph>> {
        let found = *self.glyphs.get(key)?;
        if let Some(glyph) = found {
            self.pages[glyph.page].used = self.frame;
        }
        Some(found)
    }

    /// Takes in a picture no larger than [`Self::largest_picture`]; a glyph without ink is remembered as nothing to paint.
    pub(super) fn insert(&mut self, key: GlyphKey, picture: Option<GlyphPicture>) -> Option<AtlasGlyph> {
        let largest = self.largest_picture();
        let fits = |p: &GlyphPicture| (1..=largest).contains(&p.width) && (1..=largest).contains(&p.height);
        let glyph = picture.filter(fits).map(|picture| {
            let (page, x, y) = self.allocate(picture.width, picture.height);
            let target = &mut self.pages[page];
            target.paint((x, y), picture.width, &picture.pixels);
            target.used = self.frame;
            AtlasGlyph {
                page,
                x,
                y,
                width: picture.width,
                height: picture.height,
                left: picture.left,
                top: picture.top,
                stretch: picture.stretch,
                color: picture.color,
            }
        });
        self.glyphs.insert(key, glyph);
        glyph
    }

    fn allocate(&mut self, width: u32, height: u32) -> (usize, u32, u32) {
        for (index, page) in self.pages.iter_mut().enumerate().filter(|(_, page)| !page.is_single) {
            if let Some((x, y)) = page.allocate(width, height) {
                return (index, x, y);
            }
        }
        let (room_width, room_height) = Page::room_for(width, height);
        let is_first = self.pages.iter().all(|page| page.is_single);
        let side = if is_first { FIRST_SIDE } else { SIDE }.min(self.max_side);
        let page = if room_width <= side && room_height <= side {
            (side, side, false)
        } else if room_width <= SIDE.min(self.max_side) && room_height <= SIDE.min(self.max_side) {
            (SIDE.min(self.max_side), SIDE.min(self.max_side), false)
        } else {
            (room_width, room_height, true)
        };
        let index = self.make(page);
        let (x, y) = self.pages[index]
            .allocate(width, height)
            .expect("the page was made large enough for the picture");
        (index, x, y)
    }

    /// Makes an empty page, and room for it: pages that this frame has not used go, the one used least lately first. Returns its index.
    fn make(&mut self, (width, height, is_single): (u32, u32, bool)) -> usize {
        let needed = u64::from(width) * u64::from(height);
        while self.pixels() + needed > self.room {
            let unused =
                self.pages.iter().enumerate().filter(|(_, page)| page.used < self.frame && !page.is_vacant());
            let Some((index, _)) = unused.min_by_key(|(_, page)| page.used) else { break };
            self.glyphs.retain(|_, glyph| glyph.is_none_or(|glyph| glyph.page != index));
            self.generation += 1;
            let pixels = self.pixels();
            let page = &mut self.pages[index];
            if pixels <= self.room && (page.width, page.height, page.is_single) == (width, height, is_single)
            {
                page.clear();
                return index;
            }
            *page = Page::vacant();
        }
        let page = Page::new(width, height, is_single);
        match self.pages.iter().position(Page::is_vacant) {
            Some(index) => {
                self.pages[index] = page;
                index
            }
            None => {
                self.pages.push(page);
                self.pages.len() - 1
            }
        }
    }
}

#[cfg(test)]
mod tests;
