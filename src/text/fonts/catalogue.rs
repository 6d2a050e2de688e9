//! What fonts there are on a machine, and which of them is best for what. Reads fonts; opens none.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use skrifa::raw::TableProvider;
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::face::{WEIGHT_AXIS, draws};
use crate::text::style::Weight;

/// What is known of a face on a disk.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub path: PathBuf,
    pub index: u32,
    /// Its names in all languages, the English one first.
    pub families: Vec<String>,
    is_upright: bool,
    /// How far from the usual width.
    stretch: u16,
    weight: u16,
    /// The weights of a variable font.
    axis: Option<(f32, f32)>,
    /// Whether it has pictures in colours that can be drawn.
    has_pictures: bool,
    /// Whether it sets Arabic: it has every letter, and joins them.
    is_arabic: bool,
    coverage: Coverage,
}

/// Code points, as ascending ranges whose ends belong to them.
#[derive(Clone, Debug, Default)]
struct Coverage(Vec<(u32, u32)>);

impl Coverage {
    fn of(font: &FontRef) -> Self {
        let mut codes: Vec<u32> = font
            .charmap()
            .mappings()
            .filter(|(_, glyph)| *glyph != GlyphId::NOTDEF)
            .map(|(code, _)| code)
            .collect();
        codes.sort_unstable();
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for code in codes {
            match ranges.last_mut() {
                Some((_, last)) if code <= *last + 1 => *last = code,
                _ => ranges.push((code, code)),
            }
        }
        Self(ranges)
    }

    fn contains(&self, code: u32) -> bool {
        let at = self.0.partition_point(|(_, last)| *last < code);
        self.0.get(at).is_some_and(|(first, _)| *first <= code)
    }

    /// How many code points of a range it has.
    fn count(&self, first: u32, last: u32) -> u32 {
        let from = self.0.partition_point(|range| range.1 < first);
        let ranges = self.0[from..].iter().take_while(|range| range.0 <= last);
        ranges.map(|range| range.1.min(last) - range.0.max(first) + 1).sum()
    }
}

/// The letters of Arabic, without which no family is offered for reading.
const LETTERS: [(u32, u32); 2] = [(0x621, 0x63a), (0x641, 0x64a)];

/// What makes a key of a digit.
const KEY: char = '\u{20e3}';

/// Families that have a glyph for everything, or an empty one.
const NOT_FOR_READING: [&str; 3] = ["LastResort", "Last Resort", "Adobe Blank"];

/// The weights that are wanted (OpenType, OS/2 usWeightClass).
const REGULAR: u16 = 400;
const BOLD: u16 = 700;

/// From this weight on, a face is bold.
const LEAST_BOLD: u16 = 600;

/// All faces that were found.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    pub entries: Vec<Entry>,
}

/// A face to open, and where on its axis.
pub(super) type Choice = (usize, Option<f32>);

impl Catalogue {
    /// Looks through a folder, or through the folders of the system. What cannot be read is left out.
    pub fn search(folder: Option<&Path>) -> Self {
        let mut database = fontdb::Database::new();
        match folder {
            Some(folder) => database.load_fonts_dir(folder),
            None => database.load_system_fonts(),
        }
        let mut entries: Vec<Entry> = database.faces().filter_map(|info| entry(&database, info)).collect();
        // The order in which folders are read is the disk's.
        entries.sort_by(|a, b| (&a.families, &a.path, a.index).cmp(&(&b.families, &b.path, b.index)));
        Self { entries }
    }

    /// The families that set Arabic, by their names.
    pub fn arabic_families(&self) -> Vec<String> {
        let arabic = self.entries.iter().filter(|entry| entry.is_arabic);
        let mut names: Vec<String> = arabic.filter_map(|entry| entry.families.first().cloned()).collect();
        names.sort_by_key(|name| name.to_lowercase());
        names.dedup();
        names
    }

    /// Whether a family of this name is there.
    pub fn has(&self, family: &str) -> bool {
        self.entries.iter().any(|entry| entry.is_of(family))
    }

    /// The faces of a family for a weight, the best first. Bold is a bold face, or a variable font that becomes bold; a family with
    /// neither is set in its regular face, never thickened.
    pub fn of_family(&self, family: &str, weight: Weight) -> Vec<Choice> {
        let of_family = || self.entries.iter().enumerate().filter(|(_, entry)| entry.is_of(family));
        let has_bold = || of_family().any(|(_, entry)| entry.at(BOLD).0 >= LEAST_BOLD);
        let wanted = if weight == Weight::Bold && has_bold() { BOLD } else { REGULAR };
        let mut found: Vec<(usize, &Entry)> = of_family().collect();
        found.sort_by_key(|(_, entry)| {
            let off = entry.at(wanted).0.abs_diff(wanted);
            (!entry.is_upright, entry.stretch, off, entry.axis.is_some())
        });
        found.into_iter().map(|(index, entry)| (index, entry.at(wanted).1)).collect()
    }

    /// The faces that have a character, the best first: pictures where they are wanted and letters where not; upright; made for what
    /// stands around the character rather than for everything; of the wanted weight.
    pub fn covering(&self, c: char, weight: Weight, as_picture: bool) -> Vec<Choice> {
        let code = u32::from(c);
        let (block, block_end) = (code & !0x7f, code | 0x7f);
        let is_arabic = LETTERS.iter().any(|(first, last)| *first <= block_end && block <= *last);
        let wanted = if weight == Weight::Bold { BOLD } else { REGULAR };
        let mut found: Vec<usize> =
            (0..self.entries.len()).filter(|&at| self.entries[at].coverage.contains(code)).collect();
        found.sort_by_cached_key(|&at| {
            let entry = &self.entries[at];
            (
                entry.has_pictures != as_picture,
                is_arabic && !entry.is_arabic,
                !entry.is_upright,
                entry.stretch,
                Reverse(entry.coverage.count(block, block_end) / 16),
                entry.at(wanted).0.abs_diff(wanted),
                entry.coverage.count(0, u32::from(char::MAX)),
            )
        });
        found.into_iter().map(|at| (at, self.entries[at].at(wanted).1)).collect()
    }
}

impl Entry {
    pub fn is_of(&self, family: &str) -> bool {
        self.families.iter().any(|name| name == family)
    }

    /// Whether it has pictures of sequences that begin with a character which alone is no picture: keys and flags.
    pub fn has_sequences(&self, c: char) -> bool {
        self.has_pictures && (c > '9' || self.coverage.contains(u32::from(KEY)))
    }

    /// The weight nearest to the wanted one that it reaches, and where on its axis that is.
    fn at(&self, wanted: u16) -> (u16, Option<f32>) {
        match self.axis {
            Some((least, most)) => {
                let reached = f32::from(wanted).clamp(least, most);
                (reached as u16, Some(reached))
            }
            None => (self.weight, None),
        }
    }
}

fn entry(database: &fontdb::Database, info: &fontdb::FaceInfo) -> Option<Entry> {
    let families: Vec<String> = info.families.iter().map(|(name, _)| name.clone()).collect();
    let name = families.first()?;
    if name.starts_with('.') || NOT_FOR_READING.contains(&name.as_str()) {
        return None;
    }
    let path = match &info.source {
        fontdb::Source::File(path) | fontdb::Source::SharedFile(path, _) => path.clone(),
        fontdb::Source::Binary(_) => return None,
    };
    database.with_face_data(info.id, |data, index| {
        let font = FontRef::from_index(data, index).ok()?;
        let coverage = Coverage::of(&font);
        let has = |tag: &[u8; 4]| font.table_data(skrifa::Tag::new(tag)).is_some();
        let is_arabic = LETTERS.iter().all(|(first, last)| coverage.count(*first, *last) == last - first + 1)
            && draws(&font, 'ب')
            && joins(data, index);
        let weights = font.axes().get_by_tag(WEIGHT_AXIS);
        Some(Entry {
            path,
            index,
            families,
            is_upright: info.style == fontdb::Style::Normal,
            stretch: info.stretch.to_number().abs_diff(5),
            weight: info.weight.0,
            axis: weights
                .map(|axis| (axis.min_value(), axis.max_value()))
                .filter(|(least, most)| least < most),
            has_pictures: has(b"CBDT") || has(b"sbix") || font.colr().is_ok(),
            is_arabic,
            coverage,
        })
    })?
}

/// Whether two letters that join look other together than alone.
fn joins(data: &[u8], index: u32) -> bool {
    let Ok(font) = harfrust::FontRef::from_index(data, index) else { return false };
    let tables = harfrust::ShaperData::new(&font);
    let shaper = tables.shaper(&font).build();
    let shape = |text: &str| -> Vec<u32> {
        let mut buffer = harfrust::UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(harfrust::Direction::RightToLeft);
        buffer.set_script(harfrust::script::ARABIC);
        let shaped = shaper.shape(buffer, harfrust::ShapeOptions::new());
        shaped.glyph_infos().iter().map(|info| info.glyph_id).collect()
    };
    let alone = shape("ب");
    shape("بب").iter().any(|glyph| !alone.contains(glyph))
}
