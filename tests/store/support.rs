//! What the tests of model and store share: stamps that count, projects in a temporary folder, and waiting for a session.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::disallowed_methods, reason = "a test lays out folders")]

#[path = "disks.rs"]
pub mod disks;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hashiya::model::{Act, Annotation, Coder, Document, Edit, Project, Span, Stamps, Step, Tag, Timestamp};
use hashiya::store::disk::Disk;
use hashiya::store::{
    Fault, OpenMode, Opened, Progress, Roots, Session, SessionEvent, StoreError, Surroundings, Wake,
    create_with, document_from_bytes, open_with,
};

use disks::quick_disk;

/// Times one millisecond apart, and bytes that count.
#[derive(Clone, Debug, Default)]
pub struct CountingStamps(pub u64);

impl From<u64> for CountingStamps {
    /// Stamps that begin at a number, so that they are no other's.
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl Stamps for CountingStamps {
    fn now(&mut self) -> Timestamp {
        self.0 += 1;
        Timestamp::from_milliseconds(1_700_000_000_000 + self.0 as i64)
    }

    fn random(&mut self) -> [u8; 10] {
        self.0 += 1;
        let mut bytes = [7; 10];
        bytes[2..].copy_from_slice(&self.0.to_be_bytes());
        bytes
    }
}

/// A folder of its own for a test, with the user's folders in it.
pub struct Desk {
    pub root: tempfile::TempDir,
    pub surroundings: Surroundings,
    pub stamps: CountingStamps,
}

impl Desk {
    pub fn new() -> Self {
        Self::on(quick_disk())
    }

    /// A desk whose projects are on another disk than the real one.
    pub fn on(disk: Arc<dyn Disk>) -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        let roots = Roots { data: root.path().join("data"), state: root.path().join("state") };
        Self {
            surroundings: Surroundings { disk, roots: Some(roots) },
            root,
            stamps: CountingStamps::default(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub fn document(&mut self, name: &str, text: &str) -> Document {
        document_from_bytes(text.as_bytes(), name, Some("UTF-8"), &mut self.stamps).expect("text")
    }

    /// A project of these texts, in memory.
    pub fn project(&mut self, texts: &[&str]) -> Project {
        let mut project = Project::new(self.stamps.project_id(), "مشروع");
        for (at, text) in texts.iter().enumerate() {
            let document = Arc::new(self.document(&format!("نص {at}.txt"), text));
            let edit = Edit::InsertDocument { at, document, annotations: vec![] };
            project.apply(&edit).expect("a new document fits");
        }
        project
    }

    /// The same in `a.hashiya`, open.
    pub fn open_project(&mut self, texts: &[&str]) -> Opened {
        let project = self.project(texts);
        let place = self.path("a.hashiya");
        create_with(&self.surroundings, &place, &project, &coder(), wake()).expect("a new project")
    }

    pub fn open(&self, name: &str, mode: OpenMode) -> Result<Opened, StoreError> {
        open_with(&self.surroundings, &self.path(name), &coder(), mode, wake(), &Progress::new())
    }

    /// Opens a project to look at it.
    pub fn reopened(&self, name: &str) -> Opened {
        self.open(name, OpenMode::ReadOnly).expect("opens")
    }

    /// Marks a range of a document and keeps it.
    pub fn mark(&mut self, opened: &mut Opened, document: usize, range: std::ops::Range<usize>) {
        let annotation =
            annotation(&opened.project.documents()[document], &[(range.start, range.end)], &mut self.stamps);
        self.perform(opened, Edit::PutAnnotation(Arc::new(annotation)));
    }

    pub fn perform(&mut self, opened: &mut Opened, edit: Edit) {
        let act = opened.history.perform(&mut opened.project, step(edit)).expect("the edit fits");
        opened.session.append(act, self.stamps.now());
    }

    pub fn undo(&mut self, opened: &mut Opened) -> bool {
        let act = opened.history.undo(&mut opened.project).expect("undo fits");
        self.keep(opened, act)
    }

    pub fn redo(&mut self, opened: &mut Opened) -> bool {
        let act = opened.history.redo(&mut opened.project).expect("redo fits");
        self.keep(opened, act)
    }

    fn keep(&mut self, opened: &Opened, act: Option<Act>) -> bool {
        let is_there = act.is_some();
        if let Some(act) = act {
            opened.session.append(act, self.stamps.now());
        }
        is_there
    }
}

/// Opens the project of a place to write.
pub fn open_at(desk: &Desk, place: &Path) -> Opened {
    open_with(&desk.surroundings, place, &coder(), OpenMode::Write, wake(), &Progress::new()).expect("opens")
}

pub fn coder() -> Coder {
    Coder::new("سارة")
}

pub fn wake() -> Wake {
    Arc::new(|| {})
}

pub fn step(edit: Edit) -> Step {
    Step { name: "test".into(), place: None, edit: Arc::new(edit) }
}

/// An annotation of the usual coder over ranges of a document (start and end in bytes), each widened to whole clusters.
pub fn annotation(document: &Document, ranges: &[(usize, usize)], stamps: &mut dyn Stamps) -> Annotation {
    let spans: Vec<Span> = ranges.iter().map(|&(start, end)| document.text.widen(start..end)).collect();
    let now = stamps.now();
    Annotation {
        id: stamps.annotation_id(),
        document: document.id,
        quote: document.text.quote(&spans),
        spans,
        tags: vec![],
        note: String::new(),
        attributes: vec![],
        relations: vec![],
        coder: coder(),
        created: now,
        modified: now,
    }
}

pub fn tag(name: &str, stamps: &mut dyn Stamps) -> Tag {
    Tag {
        id: stamps.tag_id(),
        name: name.into(),
        color: hashiya::model::Color([15, 107, 102]),
        shortcut: None,
        parent: None,
        definition: String::new(),
        withdrawn: false,
    }
}

/// Saves and waits for it.
pub fn save(opened: &Opened) {
    opened.session.save(opened.project.clone(), opened.history.clone());
    let through = opened.session.last();
    wait(&opened.session, |event| matches!(event, SessionEvent::Saved { through: at, .. } if *at == through));
}

/// Waits until every edit so far is in the journal.
pub fn journalled(opened: &Opened) {
    let last = opened.session.last();
    if last > 0 {
        wait(&opened.session, |event| matches!(event, SessionEvent::Acknowledged(at) if *at == last));
    }
}

/// Waits for an event; a failure that is not waited for fails the test.
pub fn wait(session: &Session, wanted: impl Fn(&SessionEvent) -> bool) -> SessionEvent {
    while let Some(event) = session.wait(Duration::from_secs(30)) {
        if wanted(&event) {
            return event;
        }
        assert!(!matches!(event, SessionEvent::Failed { .. }), "{event:?}");
    }
    panic!("the event did not come");
}

/// Every file below a folder with its bytes, by its name with `/`.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("a readable folder"));
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).expect("below").to_string_lossy().into_owned();
            (name, std::fs::read(entry.path()).expect("a readable file"))
        })
        .collect()
}

/// What the project itself is on the disk: register, codebook, tables and current texts, without history, journal and lock.
pub fn substance(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = files(folder);
    files.retain(|name, _| {
        !["history/", "journal/", "locks/", "documents/earlier/", "recovered/"]
            .iter()
            .any(|part| name.starts_with(part))
    });
    files
}

/// A copy of a folder, as a crash of the machine would leave it when everything synced so far survives.
pub fn copy(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        std::fs::write(path, bytes).expect("a new file");
    }
}

pub fn fatal(faults: &[Fault]) -> Vec<&Fault> {
    faults.iter().filter(|fault| fault.fatal).collect()
}
