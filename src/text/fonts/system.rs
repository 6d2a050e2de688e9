//! The system's fonts, found by fontdb on a thread of their own. Opened one by one, only at need.

use std::sync::{LazyLock, Mutex};
use std::thread::JoinHandle;

use skrifa::MetadataProvider;

use super::Face;
use crate::text::style::Weight;

type Search = Box<dyn FnOnce() -> fontdb::Database + Send>;

/// The database of installed fonts; the first use waits for the search to end.
pub(super) struct SystemFonts(LazyLock<fontdb::Database, Search>);

impl SystemFonts {
    /// Begins to look for the installed fonts.
    pub fn search() -> Self {
        let thread: Mutex<Option<JoinHandle<fontdb::Database>>> = Mutex::new(
            std::thread::Builder::new()
                .name("system fonts".into())
                .spawn(|| {
                    let mut database = fontdb::Database::new();
                    database.load_system_fonts();
                    database
                })
                .ok(),
        );
        // A font file that makes the search fail must not take the window with it: then there are no system fonts.
        Self(LazyLock::new(Box::new(move || {
            let handle = thread.into_inner().ok().flatten();
            handle.and_then(|handle| handle.join().ok()).unwrap_or_default()
        })))
    }

    pub fn families(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.0.faces().filter_map(|face| face.families.first()).map(|(name, _)| name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.faces().any(|face| face.families.iter().any(|(family, _)| family == name))
    }

    /// The face of a family that is nearest to the weight.
    pub fn family(&self, name: &str, weight: Weight) -> Option<Face> {
        let wanted = match weight {
            Weight::Regular => fontdb::Weight::NORMAL,
            Weight::Bold => fontdb::Weight::BOLD,
        };
        let query = fontdb::Query {
            families: &[fontdb::Family::Name(name)],
            weight: wanted,
            ..fontdb::Query::default()
        };
        self.open(self.0.query(&query)?, weight)
    }

    /// A face that has the character, upright and of the wanted weight where there is a choice.
    pub fn covering(&self, c: char, weight: Weight) -> Option<Face> {
        let mut candidates: Vec<&fontdb::FaceInfo> = self.0.faces().collect();
        candidates.sort_by_key(|face| {
            let bold = face.weight >= fontdb::Weight::SEMIBOLD;
            (
                face.style != fontdb::Style::Normal,
                bold != (weight == Weight::Bold),
                face.weight.0.abs_diff(400),
            )
        });
        let id = candidates.into_iter().map(|face| face.id).find(|id| {
            let has = |data: &[u8], index: u32| {
                skrifa::FontRef::from_index(data, index).is_ok_and(|font| font.charmap().map(c).is_some())
            };
            self.0.with_face_data(*id, has).unwrap_or(false)
        })?;
        self.open(id, weight)
    }

    fn open(&self, id: fontdb::ID, weight: Weight) -> Option<Face> {
        let info = self.0.face(id)?;
        let family = info.families.first().map(|(name, _)| name.clone()).unwrap_or_default();
        let file = match &info.source {
            fontdb::Source::File(path) | fontdb::Source::SharedFile(path, _) => path.display().to_string(),
            fontdb::Source::Binary(_) => family.clone(),
        };
        let (bytes, index) = self.0.with_face_data(id, |data, index| (data.to_vec(), index))?;
        // Kept for good: see the head of `fonts.rs`.
        Face::open(file, family, weight, Box::leak(bytes.into_boxed_slice()), index)
    }
}
