//! What a window remembers: not part of a project, but of the user who looks at it. Kept in the state directory, by project id.
//!
//! Whatever is missing or broken reads as nothing remembered; a window never fails to open for it.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::notation::{line, parse};
use super::{Roots, StoreError, write_atomically};
use crate::model::{AnnotationId, DocumentId, ProjectId, Timestamp};

/// How many places the list of recent ones keeps.
const RECENT: usize = 20;

/// Where the reader was, and how the window was laid out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WindowState {
    /// The open document.
    pub document: Option<DocumentId>,
    /// The selected annotation.
    pub annotation: Option<AnnotationId>,
    /// The paragraph at the top of the view, from 0.
    pub paragraph: usize,
    /// The byte of that paragraph at which a line begins, at or above the view's top.
    pub byte: usize,
    /// How far behind that byte the view begins, in ems of the text.
    pub offset: f32,
    /// The family that documents are set in; empty means the usual one.
    pub font: String,
    /// The size of the document's text in points; 0 means the usual one.
    pub text_size: f32,
    /// The height of a line as a multiple of the text size; 0 means the usual one.
    pub leading: f32,
    /// The width of the column as a multiple of the text size; 0 means the usual one.
    pub measure: f32,
    /// The sizes of the panels in points, by name.
    pub panels: BTreeMap<String, f32>,
    /// Which panels are shown or hidden, where the reader chose, by name.
    pub shown: BTreeMap<String, bool>,
    /// The reading theme; empty means the usual one.
    pub theme: String,
    /// The interface language; empty means the system's.
    pub language: String,
}

/// How a user had documents set last: where a project has nothing remembered, it begins with this. An empty or zero value means the
/// usual one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TextSetting {
    /// The family.
    pub font: String,
    /// The size in points.
    pub text_size: f32,
    /// The height of a line as a multiple of the size.
    pub leading: f32,
    /// The width of the column as a multiple of the size.
    pub measure: f32,
}

impl WindowState {
    /// How documents are set.
    pub fn text(&self) -> TextSetting {
        let Self { font, text_size, leading, measure, .. } = self;
        TextSetting { font: font.clone(), text_size: *text_size, leading: *leading, measure: *measure }
    }

    /// Sets how documents are set.
    pub fn set_text(&mut self, setting: TextSetting) {
        let TextSetting { font, text_size, leading, measure } = setting;
        (self.font, self.text_size, self.leading, self.measure) = (font, text_size, leading, measure);
    }
}

/// Projects and folders opened lately, the latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecentList {
    /// The places.
    pub places: Vec<Recent>,
}

/// One place opened lately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// The project folder, or the folder of documents whose unnamed project was open.
    pub path: PathBuf,
    /// The project's title then.
    pub title: String,
    /// When it was opened.
    pub opened: Timestamp,
}

impl RecentList {
    /// Puts a place at the head of the list, once.
    pub fn note(&mut self, path: &Path, title: &str, opened: Timestamp) {
        self.places.retain(|recent| recent.path != path);
        self.places.insert(0, Recent { path: path.to_owned(), title: title.to_owned(), opened });
        self.places.truncate(RECENT);
    }
}

/// What the window remembers of a project. How documents are set is, where it remembers nothing, what the user chose last.
pub fn load(roots: &Roots, project: ProjectId) -> WindowState {
    let mut state: WindowState = read(&window_path(roots, project)).unwrap_or_default();
    let mut text = state.text();
    let last: TextSetting = read(&text_path(roots)).unwrap_or_default();
    if text.font.is_empty() {
        text.font = last.font;
    }
    for (kept, last) in [
        (&mut text.text_size, last.text_size),
        (&mut text.leading, last.leading),
        (&mut text.measure, last.measure),
    ] {
        if *kept == 0.0 {
            *kept = last;
        }
    }
    state.set_text(text);
    state
}

/// Remembers how the user has documents set.
///
/// # Errors
/// When the disk refuses.
pub fn save_text_setting(roots: &Roots, setting: &TextSetting) -> Result<(), StoreError> {
    write(&text_path(roots), setting)
}

/// Remembers it.
///
/// # Errors
/// When the disk refuses.
pub fn save(roots: &Roots, project: ProjectId, state: &WindowState) -> Result<(), StoreError> {
    write(&window_path(roots, project), state)
}

/// The list of recent places.
pub fn load_recent(roots: &Roots) -> RecentList {
    read(&roots.state.join("recent.ron")).unwrap_or_default()
}

/// Remembers the list of recent places.
///
/// # Errors
/// When the disk refuses.
pub fn save_recent(roots: &Roots, recent: &RecentList) -> Result<(), StoreError> {
    write(&roots.state.join("recent.ron"), recent)
}

fn text_path(roots: &Roots) -> PathBuf {
    roots.state.join("reading.ron")
}

fn window_path(roots: &Roots, project: ProjectId) -> PathBuf {
    roots.state.join("windows").join(format!("{project}.ron"))
}

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    version: u32,
    state: T,
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let text = std::fs::read_to_string(path).ok()?;
    let read: Versioned<T> = parse(&text).ok()?;
    (read.version <= super::format::VERSION).then_some(read.state)
}

fn write<T: Serialize>(path: &Path, state: &T) -> Result<(), StoreError> {
    let text = line(&Versioned { version: super::format::VERSION, state })
        .map_err(|error| StoreError::Unwritable { path: path.to_owned(), what: error.to_string() })?;
    let folder = super::disk::folder_of(path);
    std::fs::create_dir_all(folder).map_err(StoreError::io("create", folder))?;
    write_atomically(path, (text + "\n").as_bytes())
}
