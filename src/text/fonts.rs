//! The fonts: three bundled families in two weights, embedded in the binary, and the system's own where they were asked for.
//!
//! Owns the font data and what can be read from it once (metrics, coverage, shaping tables). A face, once opened, lives as long
//! as the process: there are six bundled ones and at most a handful of others, and every layout refers to them.

mod system;

use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};

use serde::Serialize;
use skrifa::MetadataProvider;
use skrifa::instance::{LocationRef, Size};

use super::style::{Family, Weight};
use system::SystemFonts;

/// A face of a [`FontLibrary`], small enough to stand in every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct FontId(pub(super) u16);

/// One opened face.
pub(super) struct Face {
    pub file: String,
    pub family: String,
    pub weight: Weight,
    data: &'static [u8],
    index: u32,
    /// Font units per em.
    pub units_per_em: f32,
    /// Height above the baseline, in ems, as the font asks for it.
    pub ascent: f32,
    /// Depth below the baseline, in ems, positive downwards.
    pub descent: f32,
    pub shaper: harfrust::Shaper<'static>,
    pub swash: swash::FontRef<'static>,
    /// One bit per code point of the Basic Multilingual Plane that has a glyph.
    coverage: Vec<u64>,
    /// How deep each glyph reaches, in font units, once it was asked for.
    depths: OnceLock<Box<[AtomicI32]>>,
}

/// A depth that nobody has asked for yet.
const UNKNOWN: i32 = i32::MIN;

/// The depth of a glyph without ink.
const NO_INK: i32 = i32::MAX;

impl Face {
    /// Opens a face; `None` when the data is not a font that can be shaped.
    fn open(file: String, family: String, weight: Weight, data: &'static [u8], index: u32) -> Option<Self> {
        let font = skrifa::FontRef::from_index(data, index).ok()?;
        let metrics = font.metrics(Size::unscaled(), LocationRef::default());
        let units_per_em = f32::from(metrics.units_per_em.max(1));
        let mut coverage = vec![0u64; 0x1_0000 / 64];
        for (code, _) in font.charmap().mappings() {
            if let Some(word) = coverage.get_mut(code as usize / 64) {
                *word |= 1 << (code % 64);
            }
        }
        let shaping_font = harfrust::FontRef::from_index(data, index).ok()?;
        let tables: &'static harfrust::ShaperData =
            Box::leak(Box::new(harfrust::ShaperData::new(&shaping_font)));
        Some(Self {
            file,
            family,
            weight,
            data,
            index,
            units_per_em,
            ascent: metrics.ascent / units_per_em,
            descent: -metrics.descent / units_per_em,
            shaper: tables.shaper(&shaping_font).build(),
            swash: swash::FontRef::from_index(data, index as usize)?,
            coverage,
            depths: OnceLock::new(),
        })
    }

    /// Whether the face has a glyph for the character.
    pub fn covers(&self, c: char) -> bool {
        match self.coverage.get(c as usize / 64) {
            Some(word) => word & (1 << (c as u32 % 64)) != 0,
            None => self.skrifa().charmap().map(c).is_some(),
        }
    }

    /// How far a glyph's ink reaches below the baseline, in ems; negative where it ends above, none where there is no ink.
    pub fn depth(&self, glyph: u32) -> Option<f32> {
        let unscaled = || self.skrifa().glyph_metrics(Size::unscaled(), LocationRef::default());
        let depths = self
            .depths
            .get_or_init(|| (0..unscaled().glyph_count()).map(|_| AtomicI32::new(UNKNOWN)).collect());
        let known = depths.get(glyph as usize)?;
        let mut depth = known.load(Ordering::Relaxed);
        if depth == UNKNOWN {
            let bounds = unscaled().bounds(skrifa::GlyphId::new(glyph));
            depth = bounds.map_or(NO_INK, |bounds| -bounds.y_min.floor() as i32);
            known.store(depth, Ordering::Relaxed);
        }
        (depth != NO_INK).then(|| depth as f32 / self.units_per_em)
    }

    /// The parsed tables, for metrics and caret positions.
    pub fn skrifa(&self) -> skrifa::FontRef<'static> {
        skrifa::FontRef::from_index(self.data, self.index).expect("the face was opened from these bytes")
    }
}

macro_rules! bundled {
    ($($file:literal, $family:literal, $weight:ident;)*) => {
        [$(LazyLock::new(|| {
            Face::open($file.into(), $family.into(), Weight::$weight, include_bytes!(concat!("../../fonts/", $file)), 0)
                .expect("a bundled font is a font")
        })),*]
    };
}

/// The embedded faces, regular before bold, in the order in which they stand in for each other.
static BUNDLED: [LazyLock<Face>; 6] = bundled! {
    "Amiri-Regular.ttf", "Amiri", Regular;
    "Amiri-Bold.ttf", "Amiri", Bold;
    "NotoNaskhArabic-Regular.ttf", "Noto Naskh Arabic", Regular;
    "NotoNaskhArabic-Bold.ttf", "Noto Naskh Arabic", Bold;
    "NotoSansArabic-Regular.ttf", "Noto Sans Arabic", Regular;
    "NotoSansArabic-Bold.ttf", "Noto Sans Arabic", Bold;
};

const BUNDLED_FAMILIES: [&str; 3] = ["Amiri", "Noto Naskh Arabic", "Noto Sans Arabic"];

/// The fonts that a [`TextEngine`](super::TextEngine) may use.
#[derive(Clone)]
pub struct FontLibrary {
    system: Option<Arc<SystemFonts>>,
}

impl FontLibrary {
    /// Only the embedded fonts: what tests and the command line use, so that results are the same everywhere.
    pub fn bundled() -> Self {
        Self { system: None }
    }

    /// The embedded fonts, and the system's for other families and for characters that the embedded ones lack. Returns at once: the
    /// system is searched on a thread, and only a first need waits for it.
    pub fn with_system_fonts() -> Self {
        Self { system: Some(Arc::new(SystemFonts::search())) }
    }

    /// All family names, the bundled ones first. Waits for the search of the system's fonts if there is one.
    pub fn families(&self) -> Vec<String> {
        let mut names: Vec<String> = BUNDLED_FAMILIES.iter().map(|name| (*name).to_owned()).collect();
        if let Some(system) = &self.system {
            names.extend(
                system.families().into_iter().filter(|name| !BUNDLED_FAMILIES.contains(&name.as_str())),
            );
        }
        names
    }

    /// Whether a family of this name can be used.
    pub fn has(&self, name: &str) -> bool {
        BUNDLED_FAMILIES.contains(&name) || self.system.as_ref().is_some_and(|system| system.has(name))
    }
}

/// The faces opened by one engine, and which of them sets what.
pub(super) struct Faces {
    library: FontLibrary,
    system: Vec<&'static Face>,
    /// What was found for characters that no bundled face has.
    rare: Vec<(char, Weight, Option<FontId>)>,
    /// What was found for families that are not bundled.
    families: Vec<(Family, Weight, FontId)>,
}

impl Faces {
    pub fn new(library: FontLibrary) -> Self {
        Self { library, system: Vec::new(), rare: Vec::new(), families: Vec::new() }
    }

    pub fn library(&self) -> &FontLibrary {
        &self.library
    }

    pub fn face(&self, id: FontId) -> &Face {
        match BUNDLED.get(usize::from(id.0)) {
            Some(face) => face,
            None => self.system[usize::from(id.0) - BUNDLED.len()],
        }
    }

    /// The face for a style's own family, or Amiri where the family is not known.
    pub fn primary(&mut self, family: &Family, weight: Weight) -> FontId {
        let bold = u16::from(weight == Weight::Bold);
        if let Some(index) = BUNDLED_FAMILIES.iter().position(|name| *name == family.name()) {
            return FontId(index as u16 * 2 + bold);
        }
        if let Some((_, _, id)) = self.families.iter().find(|(f, w, _)| f == family && *w == weight) {
            return *id;
        }
        let found = self.library.system.clone().and_then(|system| system.family(family.name(), weight));
        let id = match found {
            Some(face) => self.add(face),
            None => FontId(bold),
        };
        self.families.push((family.clone(), weight, id));
        id
    }

    /// The face for one grapheme: the style's own, another bundled one, one of the system's, and at last the style's own again,
    /// which then shows its box for a missing glyph.
    pub fn select(&mut self, primary: FontId, weight: Weight, grapheme: &str) -> FontId {
        if covers(self.face(primary), grapheme) {
            return primary;
        }
        let bold = u16::from(weight == Weight::Bold);
        for index in [bold, bold + 2, bold + 4] {
            if covers(&BUNDLED[usize::from(index)], grapheme) {
                return FontId(index);
            }
        }
        let Some(base) = grapheme.chars().find(|c| !invisible(*c)) else { return primary };
        // A base with a mark that no face has together: better the base's own face than a box.
        for index in [primary.0, bold, bold + 2, bold + 4] {
            if self.face(FontId(index)).covers(base) {
                return FontId(index);
            }
        }
        self.rare(base, weight).unwrap_or(primary)
    }

    fn rare(&mut self, c: char, weight: Weight) -> Option<FontId> {
        let system = self.library.system.clone()?;
        if let Some((_, _, found)) = self.rare.iter().find(|(known, w, _)| *known == c && *w == weight) {
            return *found;
        }
        let opened = (0..self.system.len())
            .find(|&i| self.system[i].weight == weight && self.system[i].covers(c))
            .map(|i| FontId((BUNDLED.len() + i) as u16));
        let found = opened.or_else(|| system.covering(c, weight).map(|face| self.add(face)));
        self.rare.push((c, weight, found));
        found
    }

    fn add(&mut self, face: Face) -> FontId {
        let id = FontId((BUNDLED.len() + self.system.len()) as u16);
        self.system.push(Box::leak(Box::new(face)));
        id
    }
}

fn covers(face: &Face, grapheme: &str) -> bool {
    grapheme.chars().all(|c| face.covers(c) || invisible(c))
}

/// Characters that need no glyph of their own: controls, joiners, direction marks, variation selectors.
fn invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}
