//! The probe: a developer's aid that writes down where things stand in the window.
//!
//! With `HASHIYA_PROBE=FILE` in the environment the window writes the places of its parts to that file as JSON, whenever they change,
//! so that a test can drive a real window without knowing pixels. It only ever writes; nothing can be sent through it.

use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};

use egui::Rect;
use serde_json::{Value, json};

use super::reading::Reading;
use crate::app::Workbench;

/// What is seen in a frame.
pub struct Seen<'a> {
    /// The workbench.
    pub bench: &'a Workbench,
    /// The reading view.
    pub reading: &'a Reading,
    /// The rows of the document list, in points.
    pub documents: &'a [Rect],
    /// The rows of the codebook, in points.
    pub tags: &'a [Rect],
    /// The rows of the annotation table, in points.
    pub rows: &'a [Rect],
    /// The palette, in points.
    pub palette: Option<Rect>,
    /// The field of the note, in points.
    pub note: Option<Rect>,
    /// What the foot says of the saved state.
    pub foot: &'a str,
}

/// Writes what is seen to a file, on a thread of its own.
pub struct Probe {
    sender: Option<Sender<String>>,
    last: Option<Value>,
}

impl Probe {
    /// The probe that the environment asks for.
    pub fn from_environment() -> Self {
        let sender = std::env::var_os("HASHIYA_PROBE").map(|file| start(PathBuf::from(file)));
        Self { sender, last: None }
    }

    /// Whether anything is written.
    pub fn is_on(&self) -> bool {
        self.sender.is_some()
    }

    /// Writes down what is seen, if it has changed.
    pub fn report(&mut self, frame: u64, scale: f32, seen: &Seen) {
        let Some(sender) = &self.sender else { return };
        let rect = |rect: Rect| {
            json!([rect.left() * scale, rect.top() * scale, rect.right() * scale, rect.bottom() * scale])
        };
        let list = |rects: &[Rect]| Value::Array(rects.iter().map(|&one| rect(one)).collect());
        let lines: Vec<Value> = seen
            .reading
            .lines(scale)
            .into_iter()
            .map(|line| {
                let (start, end) = (line.span.start.index(), line.span.end.index());
                json!({ "paragraph": line.paragraph, "start": start, "end": end, "rect": rect(line.rect) })
            })
            .collect();
        let value = json!({
            "scale": scale,
            "reading": seen.reading.column().map(rect),
            "lines": lines,
            "palette": seen.palette.map(rect),
            "note": seen.note.map(rect),
            "rows": list(seen.rows),
            "documents": list(seen.documents),
            "tags": list(seen.tags),
            "status": seen.foot,
            "selection": seen.bench.selected_span().map(|span| [span.start.index(), span.end.index()]),
            "document": seen.bench.document().map(|document| document.title.clone()),
            "annotations": seen.bench.project().map_or(0, |project| project.annotation_count()),
            "dialog": seen.bench.dialog().is_some(),
            "notices": seen.bench.notices().iter().map(|notice| notice.message.key).collect::<Vec<_>>(),
            "text_size": seen.bench.view().text_size,
        });
        if self.last.as_ref() != Some(&value) {
            let mut written = value.clone();
            written["frame"] = json!(frame);
            if sender.send(written.to_string()).is_ok() {
                self.last = Some(value);
            }
        }
    }
}

/// Starts the thread that writes; only the latest of several waiting reports is written.
fn start(file: PathBuf) -> Sender<String> {
    let (sender, receiver) = channel::<String>();
    std::thread::spawn(move || {
        while let Ok(mut report) = receiver.recv() {
            while let Ok(later) = receiver.try_recv() {
                report = later;
            }
            let written = crate::store::write_atomically(&file, report.as_bytes());
            if written.is_err() {
                break;
            }
        }
    });
    sender
}
