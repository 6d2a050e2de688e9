//! How things are shown: the view of the open project, and how it is kept on this machine.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::time::Instant;

use super::selection::Place;
use super::wishes::Message;
use super::workbench::Workbench;
use crate::model::{AnnotationId, DocumentId};
use crate::store::window_state::{TextSetting, WindowState};

/// The sizes that the text can have, in points.
pub const TEXT_SIZES: RangeInclusive<f32> = 10.0..=64.0;

/// The heights that a line can have, as multiples of the text size.
pub const LEADINGS: RangeInclusive<f32> = 1.2..=3.2;

/// The widths that the column can have, as multiples of the text size. A narrow pane may leave it less.
pub const MEASURES: RangeInclusive<f32> = 16.0..=60.0;

/// The family that documents are set in where nothing else was chosen.
pub const FONT: &str = "Amiri";

/// The text size of a new project, in points.
pub const TEXT_SIZE: f32 = 21.0;

/// The height of a line: room for vowels above and below, and for rules under the words.
pub const LEADING: f32 = 1.8;

/// The width of the column.
pub const MEASURE: f32 = 30.0;

/// How things are shown: not part of the project, kept per project on this machine.
#[derive(Clone, Debug)]
pub struct View {
    /// The document in the reading view.
    pub document: Option<DocumentId>,
    /// Where each document was left.
    pub places: HashMap<DocumentId, Place>,
    /// The family that was chosen for documents; it may be missing on this machine.
    pub font: String,
    /// The size of the text, in points.
    pub text_size: f32,
    /// The height of a line, as a multiple of the text size.
    pub leading: f32,
    /// The width of the column, as a multiple of the text size.
    pub measure: f32,
    /// The name of the theme.
    pub theme: String,
    /// Whether the document list is shown.
    pub documents: bool,
    /// Whether the codebook is shown.
    pub codebook: bool,
    /// Whether the annotation table is shown.
    pub table: bool,
    /// Whether paragraphs are numbered in the margin.
    pub numbers: bool,
    /// Whether invisible characters are marked.
    pub invisibles: bool,
    /// What the document list is filtered by.
    pub document_filter: String,
}

impl Default for View {
    fn default() -> Self {
        Self {
            document: None,
            places: HashMap::new(),
            font: FONT.to_owned(),
            text_size: TEXT_SIZE,
            leading: LEADING,
            measure: MEASURE,
            theme: "light".to_owned(),
            documents: true,
            codebook: true,
            table: true,
            numbers: true,
            invisibles: false,
            document_filter: String::new(),
        }
    }
}

impl Workbench {
    pub(super) fn toggle_panel(&mut self, panel: impl Fn(&mut View) -> &mut bool) {
        let shown = panel(&mut self.view);
        *shown = !*shown;
        self.view_changed = Some(Instant::now());
    }

    pub(super) fn set_theme(&mut self, name: &str) {
        self.view.theme = name.to_owned();
        self.view_changed = Some(Instant::now());
    }

    pub(super) fn set_font(&mut self, family: String) {
        self.view.font = family;
        self.setting_chosen();
    }

    pub(super) fn set_text_size(&mut self, points: f32) {
        if points.is_finite() {
            self.view.text_size = within(points, &TEXT_SIZES);
            self.setting_chosen();
        }
    }

    pub(super) fn set_leading(&mut self, leading: f32) {
        if leading.is_finite() {
            self.view.leading = within(leading, &LEADINGS);
            self.setting_chosen();
        }
    }

    pub(super) fn set_measure(&mut self, measure: f32) {
        if measure.is_finite() {
            self.view.measure = within(measure, &MEASURES);
            self.setting_chosen();
        }
    }

    /// Sets documents as they are set in a new project.
    pub(super) fn reset_setting(&mut self) {
        let usual = View::default();
        (self.view.font, self.view.text_size) = (usual.font, usual.text_size);
        (self.view.leading, self.view.measure) = (usual.leading, usual.measure);
        self.setting_chosen();
    }

    fn setting_chosen(&mut self) {
        self.view_changed = Some(Instant::now());
        self.setting_changed = true;
    }

    /// The missing font that the person was told of since the project was opened.
    pub fn missed_font(&self) -> Option<&str> {
        self.missed_font.as_deref()
    }

    /// Tells the person, once for each project, that the chosen font is not on this machine. The choice stays.
    pub(super) fn miss_font(&mut self, family: &str) {
        if self.missed_font.as_deref() != Some(family) {
            self.missed_font = Some(family.to_owned());
            self.inform(Message::new("notice-font-missing").text("font", family), Vec::new());
        }
    }

    /// How documents are set, as it is kept.
    pub(super) fn text_setting(&self) -> TextSetting {
        TextSetting {
            font: self.view.font.clone(),
            text_size: self.view.text_size,
            leading: self.view.leading,
            measure: self.view.measure,
        }
    }

    /// The view as it is kept on this machine for a project.
    pub(super) fn window_state(&self) -> WindowState {
        let place = self
            .view
            .document
            .and_then(|document| self.view.places.get(&document))
            .copied()
            .unwrap_or_default();
        let panels = [
            ("documents", self.view.documents),
            ("codebook", self.view.codebook),
            ("table", self.view.table),
            ("numbers", self.view.numbers),
            ("invisibles", self.view.invisibles),
        ];
        let mut state = WindowState {
            document: self.view.document,
            annotation: self.annotation.map(|(_, id)| id),
            paragraph: place.paragraph,
            byte: place.byte,
            offset: place.offset,
            shown: panels.into_iter().map(|(name, shown)| (name.to_owned(), shown)).collect(),
            theme: self.view.theme.clone(),
            ..WindowState::default()
        };
        state.set_text(self.text_setting());
        state
    }

    /// Takes up the view that was kept; what was not kept stays as it is.
    pub(super) fn restore_view(&mut self, state: WindowState) {
        let shown = |name: &str, now: bool| state.shown.get(name).copied().unwrap_or(now);
        let view = &self.view;
        let place = Place { paragraph: state.paragraph, byte: state.byte, offset: state.offset };
        let setting = state.text();
        let kept = |value: f32, range: &RangeInclusive<f32>, now: f32| {
            if value.is_finite() && value > 0.0 { within(value, range) } else { now }
        };
        self.view = View {
            document: state.document,
            places: state.document.map(|document| (document, place)).into_iter().collect(),
            text_size: kept(setting.text_size, &TEXT_SIZES, view.text_size),
            leading: kept(setting.leading, &LEADINGS, view.leading),
            measure: kept(setting.measure, &MEASURES, view.measure),
            font: if setting.font.is_empty() { view.font.clone() } else { setting.font },
            theme: if state.theme.is_empty() { view.theme.clone() } else { state.theme.clone() },
            documents: shown("documents", view.documents),
            codebook: shown("codebook", view.codebook),
            table: shown("table", view.table),
            numbers: shown("numbers", view.numbers),
            invisibles: shown("invisibles", view.invisibles),
            document_filter: String::new(),
        };
        self.view_changed = None;
        self.missed_font = None;
        self.restore_annotation(state.annotation);
    }

    /// Selects the annotation that was selected before, which may lie in another document than the open one.
    pub(super) fn restore_annotation(&mut self, annotation: Option<AnnotationId>) {
        self.annotation = annotation.and_then(|id| {
            let mut documents = self.project()?.documents().iter();
            let document = documents.find(|document| {
                self.project().is_some_and(|project| project.annotation(document.id, id).is_some())
            })?;
            Some((document.id, id))
        });
    }
}

fn within(value: f32, range: &RangeInclusive<f32>) -> f32 {
    value.clamp(*range.start(), *range.end())
}
