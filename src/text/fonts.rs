//! The fonts: three bundled families in two weights, embedded in the binary, and the system's own where they were asked for.
//!
//! Owns the font data and what can be read from it once (metrics, coverage, shaping tables). A face, once opened, lives as long
//! as the process: there are six bundled ones and those others that somebody looked at, and every layout refers to them.

mod catalogue;
mod emoji;
mod face;
mod system;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use serde::Serialize;

use super::style::{Family, Weight};
pub(super) use face::Face;
use system::{Answer, Ask, SystemFonts};

/// A face of a [`FontLibrary`], small enough to stand in every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct FontId(pub(super) u16);

macro_rules! bundled {
    ($($file:literal, $family:literal;)*) => {
        [$(LazyLock::new(|| {
            let data = include_bytes!(concat!("../../fonts/", $file));
            Face::open($file.into(), $family.into(), (data, 0), None)
                .expect("a bundled font is a font")
        })),*]
    };
}

/// The embedded faces, regular before bold, in the order in which they stand in for each other.
static BUNDLED: [LazyLock<Face>; 6] = bundled! {
    "Amiri-Regular.ttf", "Amiri";
    "Amiri-Bold.ttf", "Amiri";
    "NotoNaskhArabic-Regular.ttf", "Noto Naskh Arabic";
    "NotoNaskhArabic-Bold.ttf", "Noto Naskh Arabic";
    "NotoSansArabic-Regular.ttf", "Noto Sans Arabic";
    "NotoSansArabic-Bold.ttf", "Noto Sans Arabic";
};

const BUNDLED_FAMILIES: [&str; 3] = ["Amiri", "Noto Naskh Arabic", "Noto Sans Arabic"];

/// The fonts that a [`TextEngine`](super::TextEngine) may use.
#[derive(Clone)]
pub struct FontLibrary {
    system: Option<Arc<SystemFonts>>,
    /// Whether a question waits for its answer.
    waits: bool,
}

impl FontLibrary {
    /// Only the embedded fonts: the same everywhere.
    pub fn bundled() -> Self {
        Self { system: None, waits: false }
    }

    /// The embedded fonts, and the system's for other families and for characters that the embedded ones lack. Returns at once: they are
    /// searched and opened on a thread, and until one is there an embedded one stands in for it. `wake` is called from that thread when
    /// something new can be shown.
    pub fn with_system_fonts(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { system: Some(Arc::new(SystemFonts::search(None, Box::new(wake)))), waits: false }
    }

    /// The same with the fonts of a folder, and those in its folders, in place of the system's.
    pub fn with_fonts_in(folder: &Path, wake: impl Fn() + Send + Sync + 'static) -> Self {
        let search = SystemFonts::search(Some(folder.to_owned()), Box::new(wake));
        Self { system: Some(Arc::new(search)), waits: false }
    }

    /// The same fonts for work that nobody watches: nothing stands in for a font that is still being opened.
    pub fn waiting(self) -> Self {
        Self { waits: true, ..self }
    }

    /// The families that set Arabic: the bundled ones, then the system's by their names. The second value is false while the system is
    /// still being searched.
    pub fn families(&self) -> (Vec<String>, bool) {
        let mut names: Vec<String> = BUNDLED_FAMILIES.iter().map(|name| (*name).to_owned()).collect();
        let system = self.system.as_ref().map(|system| system.arabic_families(self.waits));
        if let Some(Some(found)) = &system {
            let others = found.iter().filter(|name| !BUNDLED_FAMILIES.contains(&name.as_str()));
            names.extend(others.cloned());
        }
        (names, system != Some(None))
    }

    /// Whether a family of this name can be used; none while the system is still being searched for it.
    pub fn has(&self, name: &str) -> Option<bool> {
        if BUNDLED_FAMILIES.contains(&name) {
            return Some(true);
        }
        self.system.as_ref().map_or(Some(false), |system| system.has(name, self.waits))
    }

    /// Grows whenever a font is there for which another one had to stand in: layouts made before are to be made anew.
    pub fn arrivals(&self) -> u64 {
        self.system.as_ref().map_or(0, |system| system.arrivals())
    }
}

/// The faces as one engine knows them, and which of them sets what.
pub(super) struct Faces {
    library: FontLibrary,
    /// The system's faces that were needed, by their number.
    system: Vec<Option<&'static Face>>,
    /// What was answered.
    answers: HashMap<Ask, Option<FontId>>,
}

impl Faces {
    pub fn new(library: FontLibrary) -> Self {
        Self { library, system: Vec::new(), answers: HashMap::new() }
    }

    pub fn library(&self) -> &FontLibrary {
        &self.library
    }

    pub fn face(&self, id: FontId) -> &Face {
        let number = usize::from(id.0);
        match BUNDLED.get(number) {
            Some(face) => face,
            // Another engine over the same library may have given the number.
            None => self.system.get(number - BUNDLED.len()).copied().flatten().unwrap_or_else(|| {
                let system = self.library.system.as_ref();
                system.and_then(|system| system.face(id.0 - BUNDLED.len() as u16)).unwrap_or(&BUNDLED[0])
            }),
        }
    }

    /// The face for a style's own family, or Amiri where the family is not known or not there yet.
    pub fn primary(&mut self, family: &Family, weight: Weight) -> FontId {
        let bold = u16::from(weight == Weight::Bold);
        if let Some(index) = BUNDLED_FAMILIES.iter().position(|name| *name == family.name()) {
            return FontId(index as u16 * 2 + bold);
        }
        self.ask(Ask::Family(family.clone(), weight)).unwrap_or(FontId(bold))
    }

    /// Whether the answer for a family is there; it is asked for if not.
    pub fn is_settled(&mut self, family: &Family, weight: Weight) -> bool {
        if BUNDLED_FAMILIES.contains(&family.name()) || self.library.system.is_none() {
            return true;
        }
        let ask = Ask::Family(family.clone(), weight);
        self.ask(ask.clone());
        self.answers.contains_key(&ask)
    }

    /// The face for one grapheme: one with pictures for an emoji; the style's own, another bundled one, one of the system's; and at last
    /// one that shows a box for a missing glyph.
    pub fn select(&mut self, primary: FontId, weight: Weight, grapheme: &str) -> FontId {
        if emoji::wants_picture(grapheme)
            && let Some(c) = grapheme.chars().next()
            && let Some(id) = self.ask(Ask::Picture(c))
        {
            return id;
        }
        if self.covers(primary, grapheme) {
            return primary;
        }
        for id in bundled(weight) {
            if self.covers(id, grapheme) {
                return id;
            }
        }
        let Some(base) = grapheme.chars().find(|c| !invisible(*c)) else { return primary };
        // A base with a mark that no face has together: better the base's own face than a box.
        for id in std::iter::once(primary).chain(bundled(weight)) {
            if self.face(id).covers(base) {
                return id;
            }
        }
        let with_box = if self.face(primary).has_box { primary } else { FontId(0) };
        self.ask(Ask::Letter(base, weight)).unwrap_or(with_box)
    }

    /// One face for a whole word whose letters were given different ones: the style's own, a bundled one, or one of those given.
    pub fn for_word(&self, primary: FontId, weight: Weight, word: &str, given: &[FontId]) -> Option<FontId> {
        let candidates = std::iter::once(primary).chain(bundled(weight)).chain(given.iter().copied());
        candidates.into_iter().find(|id| self.covers(*id, word))
    }

    fn covers(&self, id: FontId, text: &str) -> bool {
        let face = self.face(id);
        text.chars().all(|c| face.covers(c) || invisible(c))
    }

    /// The system's answer, where there is one yet.
    fn ask(&mut self, ask: Ask) -> Option<FontId> {
        if let Some(known) = self.answers.get(&ask) {
            return *known;
        }
        let system = self.library.system.as_ref()?;
        let Answer::Known(number) = system.ask(&ask, self.library.waits) else { return None };
        let known = number.map(|number| {
            let at = usize::from(number);
            if self.system.len() <= at {
                self.system.resize(at + 1, None);
            }
            self.system[at] = system.face(number);
            FontId(BUNDLED.len() as u16 + number)
        });
        self.answers.insert(ask, known);
        known
    }
}

/// The bundled faces of a weight.
fn bundled(weight: Weight) -> impl Iterator<Item = FontId> {
    let bold = u16::from(weight == Weight::Bold);
    [bold, bold + 2, bold + 4].into_iter().map(FontId)
}

/// Characters that need no glyph of their own: spaces, controls, joiners, direction marks, variation selectors.
fn invisible(c: char) -> bool {
    c.is_control()
        || c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}
