//! Opening: projects, folders of documents, new projects, another place; and what is to be done with what jobs bring.
//!
//! All of it reads or writes a disk, so all of it runs as jobs; what they bring comes back as an [`Outcome`].

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::documents::{reasons, taken_in};
use super::early::{Early, open_place};
use super::exporting::{ExportPlan, Exported, Glance, NotExported};
use super::finding::Found;
use super::importing::Incoming;
use super::jobs::{JobKind, Teller};
use super::keeping::Keeping;
use super::rows::Sorted;
use super::snapshots::Compared;
use super::updating::{self, Changes, Earlier, know_again};
use super::wishes::{Dialog, Message, Pick};
use super::workbench::{OpenProject, Workbench};
use crate::exchange::Out;
use crate::model::{Applied, Coder, Document, Project, Stamps};
use crate::store::snapshots::Listed;
use crate::store::window_state::{self, RecentList, WindowState};
use crate::store::{
    self, ImportOptions, Opened, Place, Progress, Refused, Roots, StoreError, Surroundings, SystemStamps,
    Wake,
};

/// What a job brings back.
pub enum Outcome {
    /// A project was opened or made.
    Opened(Box<Arrival>),
    /// The documents of a project that is being opened are there.
    Early(Box<Early>),
    /// Nothing was opened; why, with a line for each file.
    NotOpened(Message, Vec<String>),
    /// The path is what is open already.
    SameAsOpen,
    /// Documents were read.
    Imported {
        /// The project they were read for.
        place: PathBuf,
        /// The documents.
        documents: Vec<Document>,
        /// Those that could not be read.
        refused: Vec<Refused>,
    },
    /// A document was decoded anew.
    Decoded(Box<Document>),
    /// Documents were compared with their new versions.
    Versions(updating::Compared),
    /// A text that a document had before was read, or could not be.
    Earlier {
        /// The project it belongs to.
        place: PathBuf,
        /// The text, or why it cannot be had.
        text: Result<Earlier, StoreError>,
    },
    /// The source folder was looked through.
    Rescanned {
        /// The project it belongs to.
        place: PathBuf,
        /// What there is.
        changes: Result<Changes, StoreError>,
    },
    /// A document was not decoded anew.
    NotDecoded(Message),
    /// An export was written, or not.
    Exported {
        /// Where.
        path: PathBuf,
        /// What was written; or why not.
        result: Result<Exported, NotExported>,
    },
    /// What an export would come to; none where that was no longer wanted.
    Glanced((ExportPlan, u64), Option<Result<Glance, String>>),
    /// A file to import was read.
    Incoming {
        /// The project it was read for.
        place: PathBuf,
        /// What it would come to; none where that was no longer wanted.
        incoming: Option<Incoming>,
        /// It done to a clone of the project, and the revision of that.
        applied: Option<(u64, Box<Applied>)>,
    },
    /// The snapshots were listed.
    Shelved {
        /// The project whose they are.
        place: PathBuf,
        /// The snapshots.
        listed: Listed,
    },
    /// A snapshot was compared with the project.
    Compared {
        /// Which, and with which state of the project.
        of: (String, u64),
        /// What was changed since; none where that was no longer wanted.
        result: Option<Box<Result<Compared, String>>>,
    },
    /// The list of what was opened before was read.
    Recent(RecentList),
    /// The rows of the annotation table were sorted and filtered; none where that was no longer wanted.
    Sorted(Option<Sorted>),
    /// Words were looked for in the open document; none where that was no longer wanted.
    Found(Option<Found>),
}

/// A project that has just been opened.
pub struct Arrival {
    opened: Opened,
    named: bool,
    refused: Vec<Refused>,
    /// What is new in its source folder.
    changes: Changes,
    state: WindowState,
    recent: RecentList,
    /// Whether it was open already, for reading only.
    again: bool,
}

/// What a job needs to know of the workbench.
pub(super) struct Errand {
    pub(super) surroundings: Surroundings,
    pub(super) coder: Coder,
    pub(super) wake: Wake,
    /// The place of the project that is open.
    open: Option<PathBuf>,
}

impl Workbench {
    fn errand(&self) -> Errand {
        Errand {
            surroundings: self.surroundings.clone(),
            coder: self.coder.clone(),
            wake: self.jobs.wake(),
            open: self.open.as_ref().map(|open| open.place.clone()),
        }
    }

    /// Reads which projects were opened before.
    pub fn load_recent(&mut self) {
        let Some(roots) = self.surroundings.roots.clone() else { return };
        self.jobs.start(JobKind::Opening, move |_| Outcome::Recent(window_state::load_recent(&roots)));
    }

    pub(super) fn start_opening(&mut self, path: PathBuf) {
        let errand = self.errand();
        self.jobs.start_telling(JobKind::Opening, move |progress, teller| {
            open_path(&path, &errand, progress, teller)
        });
    }

    pub(super) fn start_new(&mut self) {
        let errand = self.errand();
        self.jobs.start(JobKind::Opening, move |progress| new_project(&errand, progress));
    }

    /// Takes up what a file dialog gave.
    pub(super) fn picked(&mut self, pick: Pick, paths: Vec<PathBuf>) {
        // A file dialog asks before a file is replaced; a path that was typed must be new, and whole.
        let typed = matches!(self.dialog, Some(Dialog::Path(..)));
        let Some(first) = paths.first().cloned() else { return };
        if typed && !first.is_absolute() {
            let path = first.display().to_string();
            self.problem(Message::new("notice-not-absolute").text("path", path), Vec::new());
            return;
        }
        if typed {
            self.dialog = None;
        }
        match pick {
            Pick::OpenFolder => self.leave(super::keeping::Then::Open(first)),
            Pick::AddDocuments => self.import(paths),
            Pick::UpdateDocument(document) => self.update_from(document, first),
            Pick::SaveAs => self.move_to(first),
            Pick::Export(plan) => {
                let info = plan.format.info();
                let path = if info.out == Out::File { with_ending(first, info.extension) } else { first };
                self.export(plan, path, !typed);
            }
            Pick::Import(plan, _) => self.read_import(plan, first),
        }
    }

    /// The name that a file dialog proposes.
    pub fn proposed_name(&self, pick: &Pick) -> String {
        let title = self.project().map_or("annotations", Project::title);
        match pick {
            Pick::SaveAs => format!("{title}.hashiya"),
            Pick::Export(plan) => match plan.format.info() {
                info if info.out == Out::File => format!("{title}.{}", info.extension),
                info => format!("{title}-{}", info.name),
            },
            Pick::OpenFolder | Pick::AddDocuments | Pick::UpdateDocument(_) | Pick::Import(..) => {
                String::new()
            }
        }
    }

    /// Gives the project another place.
    fn move_to(&mut self, path: PathBuf) {
        let Some(open) = self.open.as_mut() else { return };
        let place = with_ending(path, "hashiya");
        open.keeping.begin_saving();
        open.session.save_as(&place, open.project.clone(), open.history.clone());
    }

    pub(super) fn take_outcome(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Opened(arrival) => self.arrive(*arrival),
            Outcome::Early(early) => self.show_early(*early),
            Outcome::NotOpened(message, details) => self.problem(message, details),
            Outcome::NotDecoded(message) => self.problem(message, Vec::new()),
            Outcome::SameAsOpen => {}
            Outcome::Imported { place, documents, refused } => {
                if self.open.as_ref().is_some_and(|open| open.place == place) {
                    self.add_documents(documents, refused);
                }
            }
            Outcome::Decoded(document) => self.compare_decoded(*document),
            Outcome::Versions(compared) => self.take_versions(compared),
            Outcome::Earlier { place, text } => self.take_earlier(&place, text),
            Outcome::Rescanned { place, changes } => self.take_changes(&place, changes),
            Outcome::Exported { path, result } => self.take_export(&path, result),
            Outcome::Glanced(of, found) => self.take_glance(of, found),
            Outcome::Incoming { place, incoming, applied } => self.take_incoming(&place, incoming, applied),
            Outcome::Shelved { place, listed } => self.take_shelf(&place, listed),
            Outcome::Compared { of, result } => self.take_compared(&of, result.map(|result| *result)),
            Outcome::Recent(recent) => self.recent = recent,
            Outcome::Sorted(sorted) => self.take_rows(sorted),
            Outcome::Found(found) => self.take_found(found),
        }
    }

    /// Takes up a project that was just opened, and lets the one before go.
    fn arrive(&mut self, arrival: Arrival) {
        let Arrival { opened, named, refused, mut changes, state, recent, again } = arrival;
        let found = std::mem::take(&mut changes.new);
        let Opened { project, history, session, report } = opened;
        let was_selected = (self.selection, self.annotation);
        let early = self.left_in_early(project.id());
        let state = if again { self.window_state() } else { state };
        let revision = self.next_revision();
        self.close_session();
        // Who only follows what others write keeps what was told, and is told nothing twice; what was told of a project that was shown early
        // is told of this one.
        let is_reader = report.read_only.is_some();
        let follows = again && is_reader;
        if !follows && early.is_none() {
            self.notices.clear();
        }
        self.forget_view();
        if !again {
            self.recent = recent;
        }
        let place = session.place();
        let keeping = Keeping::opened(session.last(), report.recovered_edits > 0);
        let recovered = match (report.torn_journal, report.recovered_edits) {
            (false, 0) => None,
            // What is in the journal of who works on it is no recovery.
            _ if is_reader => None,
            (false, _) => Some("notice-recovered"),
            (true, _) => Some("notice-recovered-torn"),
        };
        if let Some(key) = recovered {
            self.inform(Message::new(key).number("count", report.recovered_edits), Vec::new());
        }
        // That a journal was torn has been said; and to who works on it something is added just now.
        let is_said = |fault: &store::Fault| {
            (report.torn_journal || is_reader) && !fault.fatal && fault.file.starts_with("journal/")
        };
        let lines: Vec<String> =
            report.faults.iter().filter(|fault| !is_said(fault)).map(ToString::to_string).collect();
        if !lines.is_empty() && !follows {
            self.problem(Message::new("notice-faults"), lines);
        }
        if let Some(reason) = &report.unwritable {
            self.problem(Message::new("notice-unwritable").text("reason", reason.clone()), Vec::new());
        }
        self.tell_of_locks(&report, again);
        if !refused.is_empty() {
            self.problem(
                Message::new("notice-refused-files").number("count", refused.len()),
                reasons(&refused),
            );
        }
        if !found.is_empty() && !changes.knows_again() {
            self.dialog =
                Some(Dialog::Found(found.iter().map(|document| document.source.path.clone()).collect()));
        }
        self.open = Some(OpenProject {
            project,
            history,
            session,
            place,
            named,
            revision,
            keeping,
            found,
            rest: None,
        });
        if let Some(annotation) = early {
            self.selection = was_selected.0;
            self.restore_annotation(annotation);
        } else {
            self.restore_view(state);
        }
        if again {
            (self.selection, self.annotation) = was_selected;
        }
        if changes.knows_again() {
            self.take_known_again(changes);
        }
        self.refresh_snapshots();
        self.after_change();
    }

    /// Opens the project anew that is open for reading only, now that it may be changed.
    pub(super) fn reopen(&mut self) {
        let Some(open) = self.open.as_ref() else { return };
        let (place, named, errand) = (open.place.clone(), open.named, self.errand());
        self.jobs.start(JobKind::Opening, move |progress| {
            match open_place(&place, &errand, progress, None) {
                Ok(opened) => Outcome::Opened(Box::new(Arrival {
                    opened,
                    named,
                    refused: Vec::new(),
                    changes: Changes::default(),
                    state: WindowState::default(),
                    recent: RecentList::default(),
                    again: true,
                })),
                Err(error) => Outcome::NotOpened(not_opened(&error), Vec::new()),
            }
        });
    }
}

fn open_path(path: &Path, errand: &Errand, progress: &Progress, teller: &Teller<Outcome>) -> Outcome {
    match try_open(path, errand, progress, teller) {
        Ok(outcome) => outcome,
        Err(error) => Outcome::NotOpened(not_opened(&error), Vec::new()),
    }
}

pub(super) fn not_opened(error: &StoreError) -> Message {
    Message::new("notice-not-opened").text("reason", error.to_string())
}

fn try_open(
    path: &Path,
    errand: &Errand,
    progress: &Progress,
    teller: &Teller<Outcome>,
) -> Result<Outcome, StoreError> {
    let (place, source) = match store::look_at(path)? {
        Place::Project(place) => (place, None),
        Place::SourceFolder(folder) => (roots(errand)?.unnamed_place(&folder)?, Some(folder)),
    };
    if errand.open.as_ref() == Some(&place) {
        return Ok(Outcome::SameAsOpen);
    }
    let (opened, refused, changes) = match source {
        Some(folder) if !place.exists() => {
            let imported =
                store::read_documents(&folder, &ImportOptions::default(), &mut SystemStamps, progress)?;
            if imported.documents.is_empty() {
                // Nothing to work on: no project is made of it, and the person is told.
                let message = Message::new("notice-empty-folder").text("path", folder.display().to_string());
                return Ok(Outcome::NotOpened(message, reasons(&imported.refused)));
            }
            let project = project_of(&folder, imported.documents);
            (make(&place, &project, errand)?, imported.refused, Changes::default())
        }
        Some(folder) => {
            let opened = open_place(&place, errand, progress, Some(teller))?;
            let options = ImportOptions { already: taken_in(&opened.project), ..ImportOptions::default() };
            let found = store::read_documents(&folder, &options, &mut SystemStamps, progress)
                .and_then(|imported| know_again(&opened.project, imported.documents, progress))
                .unwrap_or_default();
            (opened, Vec::new(), found)
        }
        None => (open_place(&place, errand, progress, Some(teller))?, Vec::new(), Changes::default()),
    };
    Ok(arrived(path, opened, refused, changes, errand))
}

fn make(place: &Path, project: &Project, errand: &Errand) -> Result<Opened, StoreError> {
    store::create_with(&errand.surroundings, place, project, &errand.coder, errand.wake.clone())
}

fn arrived(path: &Path, opened: Opened, refused: Vec<Refused>, changes: Changes, errand: &Errand) -> Outcome {
    let roots = errand.surroundings.roots.as_ref();
    let state = roots.map(|roots| window_state::load(roots, opened.project.id())).unwrap_or_default();
    let mut recent = roots.map(window_state::load_recent).unwrap_or_default();
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let named = !roots.is_some_and(|roots| opened.session.place().starts_with(roots.unnamed()));
    let path = if named { opened.session.place() } else { path };
    recent.note(&path, opened.project.title(), SystemStamps.now());
    if let Some(roots) = roots {
        // The list of what was opened is a convenience: that it cannot be written is nothing to stop for.
        window_state::save_recent(roots, &recent).ok();
    }
    Outcome::Opened(Box::new(Arrival { opened, named, refused, changes, state, recent, again: false }))
}

fn roots(errand: &Errand) -> Result<&Roots, StoreError> {
    errand.surroundings.roots.as_ref().ok_or(StoreError::NoHome)
}

fn new_project(errand: &Errand, _progress: &Progress) -> Outcome {
    let make_one = || {
        let place = roots(errand)?.untitled_place(&mut SystemStamps);
        let project = Project::new(SystemStamps.project_id(), "Untitled");
        let opened = make(&place, &project, errand)?;
        Ok::<_, StoreError>((place, opened))
    };
    match make_one() {
        Ok((place, opened)) => arrived(&place, opened, Vec::new(), Changes::default(), errand),
        Err(error) => Outcome::NotOpened(not_opened(&error), Vec::new()),
    }
}

/// A new project of the documents of a folder, called after it.
fn project_of(folder: &Path, documents: Vec<Document>) -> Project {
    let absolute = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let title =
        absolute.file_name().map_or_else(|| "Untitled".into(), |name| name.to_string_lossy().into_owned());
    let settings = crate::model::Settings { source_folder: Some(absolute.to_string_lossy().into_owned()) };
    Project::from_parts(
        SystemStamps.project_id(),
        title,
        settings,
        crate::model::Codebook::default(),
        documents.into_iter().map(Arc::new).collect(),
        [],
    )
}

/// The path with this ending, unless it has one.
fn with_ending(path: PathBuf, ending: &str) -> PathBuf {
    if path.extension().is_some() { path } else { path.with_extension(ending) }
}
