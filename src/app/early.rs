//! A project is shown before all of it is read: its documents and its codebook, for reading only, until the annotations are there.
//!
//! What stands here never writes: a project that is early has a session of nothing.

use std::path::{Path, PathBuf};

use super::jobs::{JobKind, Teller};
use super::keeping::Keeping;
use super::opening::{Errand, Outcome};
use super::workbench::{OpenProject, Workbench};
use crate::model::{AnnotationId, History, Project, ProjectId};
use crate::store::window_state::{self, WindowState};
use crate::store::{self, OpenMode, Opened, Progress, Roots, Session, StoreError};

/// A project of which the rest is still being read.
pub struct Early {
    /// The job that reads it.
    job: u64,
    project: Project,
    place: PathBuf,
    named: bool,
    state: WindowState,
}

/// What is remembered of a project until the rest of it is there.
pub struct Rest {
    job: u64,
    /// The annotation that was selected when the project was left.
    annotation: Option<AnnotationId>,
}

impl Early {
    /// Tells the window of a project whose documents are read.
    pub(super) fn tell(teller: &Teller<Outcome>, project: Project, place: &Path, roots: Option<&Roots>) {
        let state = roots.map(|roots| window_state::load(roots, project.id())).unwrap_or_default();
        let named = !roots.is_some_and(|roots| place.starts_with(roots.unnamed()));
        let early = Self { job: teller.job(), project, place: place.to_owned(), named, state };
        teller.tell(Outcome::Early(Box::new(early)));
    }
}

impl Workbench {
    /// Forgets what was selected, found and counted in the project before.
    pub(super) fn forget_view(&mut self) {
        self.selection = None;
        self.offering = false;
        self.annotation = None;
        self.reveal = None;
        self.table.forget();
        self.forget_merging();
        self.forget_snapshots();
        self.positions.clear();
        self.forget_updates();
    }

    /// The revision of the next project.
    pub(super) fn next_revision(&mut self) -> u64 {
        self.last_revision = self.open.as_ref().map_or(0, |open| open.revision).max(self.last_revision) + 1;
        self.last_revision
    }

    /// Shows a project whose documents are read, in place of the one before.
    pub(super) fn show_early(&mut self, early: Early) {
        let Early { job, project, place, named, state } = early;
        self.close_session();
        self.notices.clear();
        self.forget_view();
        let rest = Rest { job, annotation: state.annotation };
        self.open = Some(OpenProject {
            project,
            history: History::default(),
            session: Session::of_nothing(place.clone()),
            place,
            named,
            revision: self.next_revision(),
            keeping: Keeping::default(),
            found: Vec::new(),
            rest: Some(rest),
        });
        self.restore_view(state);
        self.after_change();
    }

    /// Whether only the documents of the open project are there yet.
    pub fn is_early(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.rest.is_some())
    }

    /// The annotation that was selected when a project was left which is shown early now; none where it is not shown.
    pub(super) fn left_in_early(&self, project: ProjectId) -> Option<Option<AnnotationId>> {
        let open = self.open.as_ref().filter(|open| open.project.id() == project)?;
        open.rest.as_ref().map(|rest| rest.annotation)
    }

    /// Lets go of a project whose rest will not come: the reading failed or was given up.
    pub(super) fn drop_early(&mut self) {
        let is_read = |rest: &Rest| {
            let mut running = self.jobs.running().iter();
            running.any(|job| job.id == rest.job && job.kind == JobKind::Opening)
        };
        if self.open.as_ref().and_then(|open| open.rest.as_ref()).is_some_and(|rest| !is_read(rest)) {
            self.open = None;
            self.forget_view();
        }
    }
}

/// Opens the project of a place; whoever gives a teller is told of its documents first.
pub(super) fn open_place(
    place: &Path,
    errand: &Errand,
    progress: &Progress,
    teller: Option<&Teller<Outcome>>,
) -> Result<Opened, StoreError> {
    let tell = teller.map(|teller| {
        move |project: Project| Early::tell(teller, project, place, errand.surroundings.roots.as_ref())
    });
    store::open_showing(
        &errand.surroundings,
        place,
        &errand.coder,
        OpenMode::Write,
        errand.wake.clone(),
        progress,
        tell.as_ref().map(|tell| tell as &(dyn Fn(Project) + Sync)),
    )
}
