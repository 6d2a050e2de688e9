//! A page of the atlas: pixels, filled shelf by shelf, and which of them changed. Knows no glyphs.

/// Empty pixels right of and below every picture, so that sampling at its edge never meets another one.
const GAP: u32 = 1;

/// Changed rectangles are uploaded as one while that costs at most so many pixels more, …
const SPARE_PIXELS: u64 = 4096;

/// … or at most this share of what changed.
const SPARE_SHARE: u64 = 2;

/// A rectangle of pixels: left, top, right, bottom.
pub(super) type Area = [u32; 4];

pub(super) struct Page {
    pub width: u32,
    pub height: u32,
    pixels: Vec<[u8; 4]>,
    shelves: Vec<Shelf>,
    /// The frame that used it last.
    pub used: u64,
    /// Nobody has been given its pixels yet.
    fresh: bool,
    /// Made for one picture that is larger than a usual page.
    pub is_single: bool,
}

struct Shelf {
    top: u32,
    height: u32,
    filled: u32,
    /// From where to where its pixels changed since they were last taken.
    changed: Option<(u32, u32)>,
}

impl Page {
    /// A page of transparent pixels.
    pub fn new(width: u32, height: u32, is_single: bool) -> Self {
        Self {
            width,
            height,
            pixels: vec![[0; 4]; width as usize * height as usize],
            shelves: Vec::new(),
            used: 0,
            fresh: true,
            is_single,
        }
    }

    /// A page that takes up next to nothing and holds nothing.
    pub fn vacant() -> Self {
        Self::new(1, 1, true)
    }

    pub fn is_vacant(&self) -> bool {
        self.width == 1
    }

    pub fn area(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Forgets its pictures. Their pixels stay until others take their place: nobody looks at them.
    pub fn clear(&mut self) {
        self.shelves.clear();
    }

    /// The room that a picture takes.
    pub fn room_for(width: u32, height: u32) -> (u32, u32) {
        (width + GAP, height + GAP)
    }

    /// A place for a picture, on the lowest shelf that fits well, or on a new shelf.
    pub fn allocate(&mut self, width: u32, height: u32) -> Option<(u32, u32)> {
        let (width, height) = Self::room_for(width, height);
        if width > self.width {
            return None;
        }
        let right = self.width;
        let fitting = self.shelves.iter_mut().filter(|shelf| {
            shelf.height >= height && shelf.height <= height + height / 2 && shelf.filled + width <= right
        });
        if let Some(shelf) = fitting.min_by_key(|shelf| shelf.height) {
            let place = (shelf.filled, shelf.top);
            shelf.filled += width;
            return Some(place);
        }
        let top = self.shelves.last().map_or(0, |shelf| shelf.top + shelf.height);
        // Shelves come in steps of four pixels, so that glyphs of nearly equal height share them.
        let shelf_height = height.next_multiple_of(4).min(self.height.checked_sub(top)?);
        if shelf_height < height {
            return None;
        }
        self.shelves.push(Shelf { top, height: shelf_height, filled: width, changed: None });
        Some((0, top))
    }

    /// Paints a picture at a place that was allocated for it, and empties the gap around it.
    pub fn paint(&mut self, (x, y): (u32, u32), width: u32, picture: &[[u8; 4]]) {
        let (end, row_length) = (x + width, self.width as usize);
        let Some(shelf) = self.shelves.iter_mut().find(|shelf| shelf.top == y) else { return };
        let bottom = shelf.top + shelf.height;
        shelf.changed = Some(match shelf.changed {
            None => (x, end + GAP),
            Some((from, to)) => (from.min(x), to.max(end + GAP)),
        });
        let mut rows = picture.chunks_exact(width as usize);
        for row in y..bottom {
            let start = row as usize * row_length + x as usize;
            let slot = &mut self.pixels[start..start + (width + GAP) as usize];
            slot.fill([0; 4]);
            if let Some(source) = rows.next() {
                slot[..source.len()].copy_from_slice(source);
            }
        }
    }

    /// What changed since the last call, in few rectangles; all of it when the page is new, and then the first value is true.
    pub fn take_changes(&mut self) -> (bool, Vec<Area>) {
        let changed = self.shelves.iter_mut().filter_map(|shelf| {
            let (from, to) = shelf.changed.take()?;
            Some([from, shelf.top, to, shelf.top + shelf.height])
        });
        let mut areas: Vec<Area> = Vec::new();
        for area in changed {
            match areas.last_mut() {
                Some(last) if are_near(*last, area) => *last = union(*last, area),
                _ => areas.push(area),
            }
        }
        if std::mem::take(&mut self.fresh) {
            return (true, vec![[0, 0, self.width, self.height]]);
        }
        (false, areas)
    }

    /// The pixels of a rectangle, rows from the top.
    pub fn pixels_of(&self, [left, top, right, bottom]: Area) -> Vec<[u8; 4]> {
        let mut pixels = Vec::with_capacity(((right - left) * (bottom - top)) as usize);
        for y in top..bottom {
            let row = y as usize * self.width as usize;
            pixels.extend_from_slice(&self.pixels[row + left as usize..row + right as usize]);
        }
        pixels
    }
}

fn union(a: Area, b: Area) -> Area {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

fn pixels(area: Area) -> u64 {
    u64::from(area[2] - area[0]) * u64::from(area[3] - area[1])
}

/// Whether two rectangles cost little more as one.
fn are_near(a: Area, b: Area) -> bool {
    let (both, one) = (pixels(a) + pixels(b), pixels(union(a, b)));
    one <= both + (both / SPARE_SHARE).max(SPARE_PIXELS)
}
