//! The atlas against a mirror that sees only its uploads, as the interface does.

use super::*;

fn key(glyph: u32) -> GlyphKey {
    GlyphKey { font: FontId(0), glyph, size_bits: 0, subpixel: 0 }
}

fn picture(width: u32, height: u32, value: u8) -> Option<GlyphPicture> {
    let pixels = vec![[value; 4]; (width * height) as usize];
    Some(GlyphPicture { width, height, left: 0, top: 0, stretch: 1, color: false, pixels })
}

/// The textures as the interface has them, and what it cost to bring them there.
#[derive(Default)]
struct Mirror {
    pages: Vec<(u32, Vec<[u8; 4]>)>,
    uploads: usize,
    pixels: u64,
}

impl Mirror {
    fn take(&mut self, atlas: &mut GlyphAtlas) {
        for update in atlas.take_updates() {
            self.uploads += 1;
            self.pixels += update.pixels.len() as u64;
            let (width, height) = atlas.page_size(update.page);
            while self.pages.len() <= update.page {
                self.pages.push((0, Vec::new()));
            }
            let page = &mut self.pages[update.page];
            if update.whole_page {
                assert_eq!((update.x, update.y, update.width, update.height), (0, 0, width, height));
                *page = (width, update.pixels);
                continue;
            }
            assert_eq!(page.1.len(), (width * height) as usize, "a part of a page comes after the page");
            for (row, source) in update.pixels.chunks_exact(update.width as usize).enumerate() {
                let start = ((update.y + row as u32) * page.0 + update.x) as usize;
                page.1[start..start + source.len()].copy_from_slice(source);
            }
        }
    }

    fn shows(&self, glyph: AtlasGlyph, value: u8) -> bool {
        let (row, pixels) = &self.pages[glyph.page];
        let wanted = vec![value; glyph.width as usize * 4];
        (glyph.y..glyph.y + glyph.height).all(|y| {
            let start = (y * row + glyph.x) as usize;
            bytemuck::cast_slice::<[u8; 4], u8>(&pixels[start..start + glyph.width as usize]) == wanted
        })
    }
}

#[test]
fn pictures_never_overlap_and_updates_rebuild_the_pages() {
    let mut atlas = GlyphAtlas::default();
    let mut mirror = Mirror::default();
    let mut placed = Vec::new();
    for n in 0..3000u32 {
        let (width, height) = (5 + n * 7 % 40, 5 + n * 11 % 50);
        let value = (n % 250) as u8 + 1;
        placed.push((atlas.insert(key(n), picture(width, height, value)).expect("fits"), value));
        if n % 100 == 0 {
            mirror.take(&mut atlas);
        }
    }
    mirror.take(&mut atlas);
    assert!(atlas.page_count() > 2);
    assert!(placed.iter().all(|(glyph, value)| mirror.shows(*glyph, *value)));
    assert!(atlas.take_updates().is_empty());
}

#[test]
fn the_glyphs_of_a_frame_come_in_a_few_uploads_of_little_more_than_themselves() {
    let mut atlas = GlyphAtlas::default();
    let mut mirror = Mirror::default();
    for n in 0..200 {
        atlas.insert(key(n), picture(12 + n % 7, 10 + n % 12, 1));
    }
    mirror.take(&mut atlas);
    assert_eq!((mirror.uploads, mirror.pixels), (1, 512 * 512), "the first page comes once, and is small");
    for (frame, glyphs) in [1, 3, 40, 200].into_iter().enumerate() {
        let mut new = Mirror { pages: mirror.pages, ..Mirror::default() };
        let mut own = 0;
        for n in 0..glyphs {
            let (width, height) = (12 + n % 7, 10 + n % 12);
            own += u64::from(width * height);
            let key = key(1000 * (frame as u32 + 1) + n);
            assert_eq!(atlas.insert(key, picture(width, height, 2)).map(|glyph| glyph.page), Some(0));
        }
        new.take(&mut atlas);
        assert!(new.uploads <= 3, "{glyphs} glyphs in {} uploads", new.uploads);
        assert!(new.pixels <= 3 * own + 3 * 4096, "{own} pixels of glyphs, {} uploaded", new.pixels);
        mirror = new;
    }
}

#[test]
fn the_page_used_least_lately_is_emptied_and_never_one_of_this_frame() {
    let mut atlas = GlyphAtlas::with_room(2 * 1024 * 1024);
    let mut mirror = Mirror::default();
    let big = |value| picture(1000, 1000, value);
    atlas.begin_frame();
    atlas.insert(key(0), big(1));
    atlas.begin_frame();
    let gone = atlas.insert(key(1), big(2));
    mirror.take(&mut atlas);
    atlas.begin_frame();
    assert!(atlas.get(&key(0)).flatten().is_some());
    let new = atlas.insert(key(2), big(3)).expect("fits");
    assert_eq!((atlas.page_count(), atlas.generation()), (2, 1));
    assert!(atlas.get(&key(0)).is_some() && atlas.get(&key(1)).is_none());
    assert_eq!(gone.map(|glyph| glyph.page), Some(new.page), "it took the place of the other");
    let before = mirror.pixels;
    mirror.take(&mut atlas);
    assert!(mirror.shows(new, 3));
    assert!(mirror.pixels - before < 1010 * 1010, "the page itself is not uploaded again");
    // Now both were used in this frame.
    let third = atlas.insert(key(3), big(4)).expect("fits");
    mirror.take(&mut atlas);
    assert_eq!((atlas.page_count(), atlas.generation()), (3, 1));
    let first = atlas.get(&key(0)).flatten().expect("still there");
    assert!(mirror.shows(first, 1) && mirror.shows(new, 3) && mirror.shows(third, 4));
    // A frame that needs less lets the atlas shrink to its room again.
    atlas.begin_frame();
    let fourth = atlas.insert(key(4), big(5)).expect("fits");
    mirror.take(&mut atlas);
    assert!(atlas.pixels() <= 2 * 1024 * 1024 + 2 && mirror.shows(fourth, 5));
}

/// Frames of a window that shows ever other glyphs, in a room of a page and a half: what a frame has asked for is there at its end,
/// with its own pixels.
#[test]
fn whatever_comes_and_goes_a_frame_keeps_what_it_uses() {
    let mut atlas = GlyphAtlas::with_room(1024 * 1536);
    let mut mirror = Mirror::default();
    let size = |n: u32| {
        if n.is_multiple_of(97) { (1500, 20 + n % 9) } else { (20 + n * 13 % 90, 20 + n * 29 % 110) }
    };
    let mut evicted = 0;
    for frame in 0..200u32 {
        atlas.begin_frame();
        let wanted: Vec<u32> = (0..90).map(|i| frame * 17 + i * i % 211).collect();
        for n in &wanted {
            if atlas.get(&key(*n)).is_none() {
                let (width, height) = size(*n);
                atlas.insert(key(*n), picture(width, height, (n % 255) as u8 + 1));
            }
        }
        mirror.take(&mut atlas);
        for n in wanted {
            let glyph = atlas.get(&key(n)).flatten().expect("used in this frame");
            assert!(mirror.shows(glyph, (n % 255) as u8 + 1), "glyph {n} in frame {frame}");
        }
        evicted = atlas.generation();
    }
    assert!(evicted > 10 && atlas.pixels() < 6 * 1024 * 1024, "{evicted} {}", atlas.pixels());
}

#[test]
fn no_page_is_larger_than_the_device_takes() {
    let mut atlas = GlyphAtlas::default();
    atlas.insert(key(0), picture(1500, 300, 1));
    assert_eq!(atlas.page_size(0), (1501, 301), "a page of its own");
    for side in [16384, 2048, 1024, 256, 64] {
        atlas.begin_frame();
        let before = atlas.generation();
        atlas.set_max_side(side);
        assert!(atlas.get(&key(0)).is_none() && atlas.generation() > before);
        let mut mirror = Mirror::default();
        mirror.take(&mut atlas);
        let largest = atlas.largest_picture();
        assert!(largest < side);
        for (n, (width, height)) in
            [(largest, largest), (5, 7), (largest, 3), (2, largest)].into_iter().enumerate()
        {
            let value = n as u8 + 1;
            let glyph = atlas.insert(key(n as u32), picture(width, height, value)).expect("fits");
            mirror.take(&mut atlas);
            assert!(mirror.shows(glyph, value));
        }
        for page in 0..atlas.page_count() {
            let (width, height) = atlas.page_size(page);
            assert!(width.max(height) <= side, "{width} × {height} where {side} is the most");
        }
    }
}

#[test]
fn what_has_no_ink_is_nothing_to_paint() {
    let mut atlas = GlyphAtlas::default();
    assert!(atlas.insert(key(0), None).is_none());
    assert_eq!(atlas.get(&key(0)), Some(None));
    assert_eq!(atlas.page_count(), 0);
}
