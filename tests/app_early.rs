//! A large project is shown, and can be read, before all of it is there.

#[path = "store/sample.rs"]
#[allow(dead_code, reason = "only the fixtures are used here")]
mod sample;
#[path = "store/support.rs"]
mod support;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use hashiya::app::{Action, Command, JobKind, Selection, Workbench};
use hashiya::store::disk::{Disk, DiskFile, Looks, RealDisk};
use hashiya::store::{FORMAT_VERSION, Surroundings, SystemStamps};
use support::{Desk, coder, copy, files};

/// A disk whose tables of annotations cannot be read until a gate is opened.
#[derive(Default)]
struct Slow {
    open: Mutex<bool>,
    opened: Condvar,
}

impl Slow {
    fn open(&self) {
        *self.open.lock().expect("not poisoned") = true;
        self.opened.notify_all();
    }
}

impl Disk for Slow {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if path.components().any(|part| part.as_os_str() == "annotations") {
            let open = self.open.lock().expect("not poisoned");
            drop(self.opened.wait_while(open, |open| !*open).expect("not poisoned"));
        }
        RealDisk.read(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        RealDisk.create(path)
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        RealDisk.append(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.link(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        RealDisk.create_folder(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_folder(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        RealDisk.sync_folder(path)
    }

    fn look(&self, path: &Path) -> io::Result<Looks> {
        RealDisk.look(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(path)
    }
}

fn until(bench: &mut Workbench, what: &str, is: impl Fn(&Workbench) -> bool) {
    let began = Instant::now();
    while !is(bench) {
        assert!(began.elapsed() < Duration::from_secs(20), "{what}");
        bench.tick();
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A workbench on which the sample has its documents, while its tables wait at the gate.
fn early() -> (Desk, PathBuf, Arc<Slow>, Workbench) {
    let desk = Desk::new();
    let place = desk.path("a.hashiya");
    copy(&sample::fixture(FORMAT_VERSION), &place);
    let slow = Arc::new(Slow::default());
    let surroundings = Surroundings { disk: Arc::clone(&slow) as Arc<dyn Disk>, ..desk.surroundings.clone() };
    let mut bench = Workbench::new(surroundings, coder(), Box::new(SystemStamps), Arc::new(|| {}));
    bench.act(Action::OpenPath(place.clone()));
    until(&mut bench, "the documents come first", Workbench::is_early);
    (desk, place, slow, bench)
}

#[test]
fn documents_are_read_while_the_annotations_are_still_coming() {
    let (_desk, place, slow, mut bench) = early();
    // What can be done already: documents, texts and tags are there, and how far the rest is.
    let project = bench.project().expect("a project");
    assert_eq!((project.documents().len(), project.annotation_count()), (2, 0));
    assert_eq!(project.codebook().tags().len(), 2);
    let second = project.documents()[1].id;
    let job = bench.jobs().iter().find(|job| job.kind == JobKind::Opening).expect("it is still opening");
    assert_eq!((job.progress.done(), job.progress.total()), (2, 4));
    bench.act(Action::OpenDocument(second));
    assert!(bench.document().expect("a document").text.as_str().starts_with("سانت بطرسبورغ"));
    let selected = Selection { document: second, anchor: 9, focus: 25 };
    bench.act(Action::Select(Some(selected)));
    for command in [Command::Find, Command::GoTo, Command::NextDocument, Command::Copy] {
        assert!(bench.can(command), "{command:?}");
    }
    // What would miss something, or be lost, cannot.
    let others = [Command::SaveAs, Command::Export, Command::Snapshots];
    for command in [Command::Save, Command::Undo, Command::TagSelection].into_iter().chain(others) {
        assert!(!bench.can(command), "{command:?}");
    }
    let before = files(&place);
    let tag = bench.project().expect("a project").codebook().tags()[0].id;
    bench.act(Action::ApplyTag(tag));
    assert!(bench.notices().iter().any(|notice| notice.message.key == "notice-still-opening"));
    assert_eq!(files(&place), before);
    // Then the rest is there, and nothing that the reader did is undone by its coming.
    slow.open();
    until(&mut bench, "the rest comes", |bench| !bench.is_early());
    assert_eq!(bench.project().expect("a project").annotation_count(), 4);
    assert!(!bench.is_read_only() && bench.jobs().is_empty());
    assert_eq!((bench.view().document, bench.selection()), (Some(second), Some(selected)));
    bench.act(Action::ApplyTag(tag));
    assert_eq!(bench.project().expect("a project").annotation_count(), 5);
    bench.shut();
}

#[test]
fn opening_that_is_given_up_leaves_nothing_half_open() {
    let (_desk, place, slow, mut bench) = early();
    let before = files(&place);
    let job = bench.jobs()[0].id;
    bench.act(Action::Cancel(job));
    slow.open();
    until(&mut bench, "the job ends", |bench| bench.jobs().is_empty());
    assert!(bench.open().is_none() && !bench.is_early());
    let mut after = files(&place);
    after.retain(|name, _| !name.starts_with("locks/"));
    let mut before = before;
    before.retain(|name, _| !name.starts_with("locks/"));
    assert_eq!(after, before);
    bench.shut();
}
