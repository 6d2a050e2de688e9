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
    /// How far into that paragraph the view begins, in points.
    pub offset: f32,
    /// The size of the document's text in points; 0 means the usual one.
    pub text_size: f32,
    /// The sizes of the panels in points, by name.
    pub panels: BTreeMap<String, f32>,
    /// Which panels are shown or hidden, where the reader chose, by name.
    pub shown: BTreeMap<String, bool>,
    /// The reading theme; empty means the usual one.
    pub theme: String,
    /// The interface language; empty means the system's.
    pub language: String,
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

/// What the window remembers of a project.
pub fn load(roots: &Roots, project: ProjectId) -> WindowState {
    read(&window_path(roots, project)).unwrap_or_default()
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
