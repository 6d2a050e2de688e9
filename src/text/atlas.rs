//! The glyph atlas: pictures of glyphs packed into square pages, in memory. The interface uploads what changed as textures.
//!
//! Owns the pixels and the packing. Rasterising is [`raster`](super::raster)'s; drawing is the interface's.

use std::collections::HashMap;

use super::fonts::FontId;

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
    pub width: u32,
    pub height: u32,
    /// Pixels from the pen to the picture's left edge.
    pub left: i32,
    /// Pixels from the baseline up to the picture's top edge.
    pub top: i32,
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
    /// The rectangle is the whole page, which may be new.
    pub whole_page: bool,
    /// Rows from the top, premultiplied RGBA.
    pub pixels: Vec<[u8; 4]>,
}

/// A rasterised glyph on its way into the atlas.
pub(super) struct GlyphPicture {
    pub width: u32,
    pub height: u32,
    pub left: i32,
    pub top: i32,
    pub color: bool,
    pub pixels: Vec<[u8; 4]>,
}

/// Pages of [`PAGE_SIZE`] squared, filled shelf by shelf; the page used least lately is emptied when there are too many.
pub struct GlyphAtlas {
    pages: Vec<Page>,
    /// `None` for glyphs without ink.
    glyphs: HashMap<GlyphKey, Option<AtlasGlyph>>,
    page_limit: usize,
    generation: u64,
    frame: u64,
}

/// Pixels a side: every driver takes textures of this size.
const PAGE_SIZE: u32 = 1024;

/// Pages kept before old ones are emptied, 4 MB each.
const PAGE_LIMIT: usize = 8;

/// Empty pixels between pictures, so that smooth scaling never mixes two.
const GAP: u32 = 1;

struct Page {
    pixels: Vec<[u8; 4]>,
    shelves: Vec<Shelf>,
    used: u64,
    fresh: bool,
    /// Left, top, right, bottom of what changed since it was last taken.
    changed: Option<[u32; 4]>,
}

struct Shelf {
    top: u32,
    height: u32,
    filled: u32,
}

impl Default for GlyphAtlas {
    fn default() -> Self {
        Self::with_page_limit(PAGE_LIMIT)
    }
}

impl GlyphAtlas {
    /// An atlas that keeps at most so many pages, unless one frame needs more.
    pub fn with_page_limit(page_limit: usize) -> Self {
        Self {
            pages: Vec::new(),
            glyphs: HashMap::new(),
            page_limit: page_limit.max(1),
            generation: 0,
            frame: 0,
        }
    }

    /// Pixels a side of every page.
    pub fn page_size(&self) -> u32 {
        PAGE_SIZE
    }

    pub fn page_count(&self) -> usize {
        self.pages.len()
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

    /// What changed since the last call, at most one rectangle a page.
    pub fn take_updates(&mut self) -> Vec<AtlasUpdate> {
        let mut updates = Vec::new();
        for (index, page) in self.pages.iter_mut().enumerate() {
            let Some([left, top, right, bottom]) = page.changed.take() else { continue };
            let whole_page = std::mem::take(&mut page.fresh);
            let [left, top, right, bottom] =
                if whole_page { [0, 0, PAGE_SIZE, PAGE_SIZE] } else { [left, top, right, bottom] };
            let mut pixels = Vec::with_capacity(((right - left) * (bottom - top)) as usize);
            for y in top..bottom {
                let row = (y * PAGE_SIZE) as usize;
                pixels.extend_from_slice(&page.pixels[row + left as usize..row + right as usize]);
            }
            let (width, height) = (right - left, bottom - top);
            updates.push(AtlasUpdate { page: index, x: left, y: top, width, height, whole_page, pixels });
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

    /// Takes in a picture; a glyph without ink, or larger than a page, is remembered as nothing to paint.
    pub(super) fn insert(&mut self, key: GlyphKey, picture: Option<GlyphPicture>) -> Option<AtlasGlyph> {
        let fits = |p: &GlyphPicture| {
            p.width > 0 && p.height > 0 && p.width + GAP <= PAGE_SIZE && p.height + GAP <= PAGE_SIZE
        };
        let Some(picture) = picture.filter(fits) else {
            self.glyphs.insert(key, None);
            return None;
        };
        let (page, x, y) = self.allocate(picture.width + GAP, picture.height + GAP);
        let glyph = AtlasGlyph {
            page,
            x,
            y,
            width: picture.width,
            height: picture.height,
            left: picture.left,
            top: picture.top,
            color: picture.color,
        };
        let target = &mut self.pages[page];
        for (row, source) in picture.pixels.chunks_exact(picture.width as usize).enumerate() {
            let start = ((y + row as u32) * PAGE_SIZE + x) as usize;
            target.pixels[start..start + source.len()].copy_from_slice(source);
        }
        target.used = self.frame;
        let area = [x, y, x + picture.width, y + picture.height];
        target.changed = Some(match target.changed {
            None => area,
            Some(old) => [old[0].min(area[0]), old[1].min(area[1]), old[2].max(area[2]), old[3].max(area[3])],
        });
        self.glyphs.insert(key, Some(glyph));
        Some(glyph)
    }

    fn allocate(&mut self, width: u32, height: u32) -> (usize, u32, u32) {
        for (index, page) in self.pages.iter_mut().enumerate() {
            if let Some((x, y)) = page.allocate(width, height) {
                return (index, x, y);
            }
        }
        let oldest = self
            .pages
            .iter()
            .enumerate()
            .min_by_key(|(_, page)| page.used)
            .map(|(index, page)| (index, page.used));
        let index = match oldest {
            Some((index, used)) if self.pages.len() >= self.page_limit && used < self.frame => {
                self.glyphs.retain(|_, glyph| glyph.is_none_or(|glyph| glyph.page != index));
                self.generation += 1;
                self.pages[index] = Page::new();
                index
            }
            _ => {
                self.pages.push(Page::new());
                self.pages.len() - 1
            }
        };
        let (x, y) = self.pages[index]
            .allocate(width, height)
            .expect("an empty page holds any glyph that fits a page");
        (index, x, y)
    }
}

impl Page {
    fn new() -> Self {
        Self {
            pixels: vec![[0; 4]; (PAGE_SIZE * PAGE_SIZE) as usize],
            shelves: Vec::new(),
            used: 0,
            fresh: true,
            changed: None,
        }
    }

    /// A place on the lowest shelf that fits well, or on a new shelf.
    fn allocate(&mut self, width: u32, height: u32) -> Option<(u32, u32)> {
        let fitting = self.shelves.iter_mut().filter(|shelf| {
            shelf.height >= height && shelf.height <= height + height / 2 && shelf.filled + width <= PAGE_SIZE
        });
        if let Some(shelf) = fitting.min_by_key(|shelf| shelf.height) {
            let place = (shelf.filled, shelf.top);
            shelf.filled += width;
            return Some(place);
        }
        let top = self.shelves.last().map_or(0, |shelf| shelf.top + shelf.height);
        // Shelves come in steps of four pixels, so that glyphs of nearly equal height share them.
        let shelf_height = height.next_multiple_of(4).min(PAGE_SIZE.checked_sub(top)?);
        if shelf_height < height {
            return None;
        }
        self.shelves.push(Shelf { top, height: shelf_height, filled: width });
        Some((0, top))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(glyph: u32) -> GlyphKey {
        GlyphKey { font: FontId(0), glyph, size_bits: 0, subpixel: 0 }
    }

    fn picture(width: u32, height: u32, value: u8) -> Option<GlyphPicture> {
        let pixels = vec![[value; 4]; (width * height) as usize];
        Some(GlyphPicture { width, height, left: 0, top: 0, color: false, pixels })
    }

    #[test]
    fn pictures_never_overlap_and_updates_rebuild_the_pages() {
        let mut atlas = GlyphAtlas::default();
        let mut mirror: Vec<Vec<[u8; 4]>> = Vec::new();
        let mut placed = Vec::new();
        for n in 0..3000u32 {
            let (width, height) = (5 + n * 7 % 40, 5 + n * 11 % 50);
            let value = (n % 250) as u8 + 1;
            placed.push((atlas.insert(key(n), picture(width, height, value)).expect("fits"), value));
            if n % 100 == 0 {
                apply(&mut mirror, atlas.take_updates());
            }
        }
        apply(&mut mirror, atlas.take_updates());
        assert!(atlas.page_count() > 1);
        for (glyph, value) in placed {
            for y in glyph.y..glyph.y + glyph.height {
                for x in glyph.x..glyph.x + glyph.width {
                    assert_eq!(mirror[glyph.page][(y * PAGE_SIZE + x) as usize], [value; 4]);
                }
            }
        }
        assert!(atlas.take_updates().is_empty());
    }

    fn apply(mirror: &mut Vec<Vec<[u8; 4]>>, updates: Vec<AtlasUpdate>) {
        for update in updates {
            if update.page == mirror.len() {
                assert!(update.whole_page);
                mirror.push(vec![[0; 4]; (PAGE_SIZE * PAGE_SIZE) as usize]);
            }
            for (row, source) in update.pixels.chunks_exact(update.width as usize).enumerate() {
                let start = ((update.y + row as u32) * PAGE_SIZE + update.x) as usize;
                mirror[update.page][start..start + source.len()].copy_from_slice(source);
            }
        }
    }

    #[test]
    fn the_page_used_least_lately_is_emptied_and_never_one_of_this_frame() {
        let mut atlas = GlyphAtlas::with_page_limit(2);
        let big = || picture(1000, 1000, 1);
        atlas.begin_frame();
        atlas.insert(key(0), big());
        atlas.begin_frame();
        atlas.insert(key(1), big());
        atlas.begin_frame();
        assert!(atlas.get(&key(0)).flatten().is_some());
        atlas.insert(key(2), big());
        assert_eq!((atlas.page_count(), atlas.generation()), (2, 1));
        assert!(atlas.get(&key(0)).is_some() && atlas.get(&key(1)).is_none());
        atlas.insert(key(3), big());
        assert_eq!((atlas.page_count(), atlas.generation()), (3, 1));
    }

    #[test]
    fn what_has_no_ink_or_no_room_is_nothing_to_paint() {
        let mut atlas = GlyphAtlas::default();
        assert!(atlas.insert(key(0), None).is_none());
        assert!(atlas.insert(key(1), picture(2000, 10, 1)).is_none());
        assert_eq!(atlas.get(&key(0)), Some(None));
        assert_eq!(atlas.page_count(), 0);
    }
}
