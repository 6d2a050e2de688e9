//! How high the rows of the document list are: as high as their titles.
//!
//! Titles are measured when they come into view, and the others a few a frame, so that a folder of ten thousand documents opens at once. Until
//! then a row is taken to be as high as it was when it was last measured, or as one with a title of two lines.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::model::{Document, DocumentId};

/// Points a row takes whose title nobody has measured.
const UNMEASURED: f32 = 84.0;
/// Points between rows.
const GAP: f32 = 4.0;
/// So many rows out of view are measured in one frame.
const AT_ONCE: usize = 200;

/// What the rows and their heights depend on.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The project's revision, which no two projects share.
    pub revision: u64,
    /// Only documents that hold this are listed, and it stands out in their titles.
    pub filter: String,
    /// Points: the width of the list.
    pub width: f32,
    /// Physical pixels in a point.
    pub scale: f32,
    /// The generation of the fonts.
    pub fonts: u64,
}

/// A title that was measured.
struct Measured {
    title: String,
    height: f32,
    /// In which of the settings.
    serial: u64,
}

/// The rows of the list and where they stand.
#[derive(Default)]
pub struct Heights {
    setting: Option<Setting>,
    /// Counts the settings in which a title may be of another height.
    serial: u64,
    measured: HashMap<DocumentId, Measured>,
    /// The places of the listed documents in the project.
    pub rows: Vec<usize>,
    /// Where each row begins, in points from the top, and where one more would.
    tops: Vec<f32>,
    /// So many rows from the first on are known to be measured.
    done: usize,
}

impl Heights {
    /// Takes up what is to be listed; `holds` says whether a document is.
    pub fn take_up(
        &mut self,
        setting: Setting,
        documents: &[Arc<Document>],
        holds: impl Fn(&Document) -> bool,
    ) {
        if self.setting.as_ref() == Some(&setting) {
            return;
        }
        let before = self.setting.as_ref();
        let is_like = |before: &Setting| Setting { revision: before.revision, ..setting.clone() } == *before;
        if !before.is_some_and(is_like) {
            self.serial += 1;
        }
        self.rows = (0..documents.len()).filter(|&at| holds(&documents[at])).collect();
        self.setting = Some(setting);
        self.done = 0;
        self.place(documents);
    }

    /// Measures the rows that stand within these points from the top. What stands above them stays where it is.
    pub fn measure_in(
        &mut self,
        view: Range<f32>,
        documents: &[Arc<Document>],
        height: impl Fn(&Document) -> f32,
    ) {
        // Rows that turn out lower let others into view.
        loop {
            let mut any = false;
            for row in self.within(view.clone()) {
                any |= self.measure(row, documents, &height);
            }
            if !any {
                return;
            }
            self.place(documents);
        }
    }

    /// Measures some of those that nobody has seen. Returns how far the row that stands at so many points from the top went down by it.
    pub fn measure_some(
        &mut self,
        top: f32,
        documents: &[Arc<Document>],
        height: impl Fn(&Document) -> f32,
    ) -> f32 {
        let mut count = 0;
        while !self.is_done() && count < AT_ONCE {
            count += usize::from(self.measure(self.done, documents, &height));
            self.done += 1;
        }
        if count == 0 {
            return 0.0;
        }
        let row = self.within(top..top).start;
        let before = self.top(row);
        self.place(documents);
        self.top(row) - before
    }

    /// Whether all rows are measured.
    pub fn is_done(&self) -> bool {
        self.done == self.rows.len()
    }

    /// Measures a row unless that was done; whether it had to be.
    fn measure(
        &mut self,
        row: usize,
        documents: &[Arc<Document>],
        height: impl Fn(&Document) -> f32,
    ) -> bool {
        let document = &documents[self.rows[row]];
        let known = self.measured.get(&document.id);
        if known.is_some_and(|known| known.serial == self.serial && known.title == document.title) {
            return false;
        }
        let (title, height) = (document.title.clone(), height(document));
        self.measured.insert(document.id, Measured { title, height, serial: self.serial });
        true
    }

    /// Puts the rows below each other.
    fn place(&mut self, documents: &[Arc<Document>]) {
        let mut top = 0.0;
        self.tops.clear();
        for &at in &self.rows {
            self.tops.push(top);
            let known = self.measured.get(&documents[at].id);
            top += known.map_or(UNMEASURED, |known| known.height) + GAP;
        }
        self.tops.push(top);
    }

    /// The rows of which some part stands within these points from the top.
    pub fn within(&self, view: Range<f32>) -> Range<usize> {
        let first = self.tops.partition_point(|&top| top <= view.start).saturating_sub(1);
        let end = self.tops.partition_point(|&top| top < view.end);
        first.min(self.rows.len())..end.clamp(first, self.rows.len())
    }

    /// Where a row begins, in points from the top.
    pub fn top(&self, row: usize) -> f32 {
        self.tops.get(row).copied().unwrap_or(0.0)
    }

    /// How high a row is, in points.
    pub fn height(&self, row: usize) -> f32 {
        (self.top(row + 1) - self.top(row) - GAP).max(0.0)
    }

    /// How high all of them are, in points.
    pub fn total(&self) -> f32 {
        (self.top(self.rows.len()) - GAP).max(0.0)
    }
}
