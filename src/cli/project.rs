//! From the PROJECT on a command line to an open project.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::failure::Failure;
use super::{complain, listing};
use crate::model::{Codebook, Coder, Document, Project, Settings, Stamps};
use crate::store::snapshots::Why;
use crate::store::{
    self, ImportOptions, Imported, OpenMode, Opened, Place, Progress, SessionEvent, StoreError, SystemStamps,
    Tentative, Wake,
};

/// The coder of `--coder`, or the system's user.
///
/// # Errors
/// When the name is blank.
pub(super) fn coder(name: Option<&str>) -> Result<Coder, Failure> {
    match name {
        Some(name) if name.trim().is_empty() => {
            Err(Failure::WrongUse("--coder is empty; give a name, or leave it out".into()))
        }
        Some(name) => Ok(Coder::new(name)),
        None => Ok(store::default_coder()),
    }
}

thread_local! {
    /// The unnamed project that the verb has made to work on.
    static MADE: Cell<Option<Tentative>> = const { Cell::new(None) };
}

/// Takes away the unnamed project that a verb has made and then been refused: a refused command changes nothing on disk.
pub(super) fn take_back() {
    if let Some(Err(why)) = MADE.take().map(Tentative::take_back) {
        complain(&why.to_string());
    }
}

/// Where the project of a path is.
pub(super) struct Located {
    /// The project folder.
    pub place: PathBuf,
    /// The folder of documents that was named, where the project is the unnamed one of it.
    folder: Option<PathBuf>,
}

/// Finds the project of a path: the path itself, or for a folder of documents its unnamed project, which is made when it is not
/// there yet.
pub(super) fn locate(path: &Path, coder: &Coder) -> Result<Located, Failure> {
    match store::look_at(path)? {
        Place::Project(place) => Ok(Located { place, folder: None }),
        Place::SourceFolder(folder) => {
            let place = store::unnamed_place(&folder)?;
            if !place.exists() {
                let path = folder.canonicalize().map_err(|source| StoreError::Io {
                    act: "open",
                    path: folder.clone(),
                    source,
                })?;
                let title = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
                let project = gather(&folder, title, None)?;
                let made = Tentative::make(&place, &project, coder)?;
                MADE.set(Some(made));
            }
            Ok(Located { place, folder: Some(folder) })
        }
    }
}

/// Opens a project to read it, and tells on standard error what is wrong with it.
pub(super) fn read(path: &Path) -> Result<Opened, Failure> {
    let coder = store::default_coder();
    open(&locate(path, &coder)?, &coder, OpenMode::ReadOnly)
}

/// Opens a project to change it.
///
/// # Errors
/// When it cannot be changed: somebody of the same name has it open, and two would undo each other's work; or the disk refuses; or
/// part of it is damaged.
pub(super) fn write(path: &Path, coder: &Coder) -> Result<Opened, Failure> {
    let located = locate(path, coder)?;
    let place = located.place.display();
    let refused = |why: String| Err(Failure::Failed(format!("«{place}» {why}; nothing was done")));
    // Opening for writing makes files; a damaged project is left as it is.
    let looked = store::open(&located.place, coder, OpenMode::ReadOnly, quiet(), &Progress::new())?;
    if looked.report.is_damaged() {
        tell_of_faults(&located.place, &looked);
        return refused("is damaged; put the files named above back from a copy".into());
    }
    drop(looked);
    let opened = once_out_of_doubt(open(&located, coder, OpenMode::Write)?, coder)?;
    if let Some(holder) = &opened.report.taken_over {
        complain(&format!("«{place}»: the lock that {holder} left behind is taken over"));
    }
    match (&opened.report.read_only, &opened.report.unwritable) {
        _ if !opened.session.is_read_only() => Ok(opened),
        (Some(holder), _) => {
            refused(format!("is open in another window of «{coder}» ({holder}); close that one first"))
        }
        (None, Some(why)) => refused(format!("cannot be written: {why}")),
        (None, None) => refused("is open for reading only; run «hashiya check» on it".into()),
    }
}

/// A lock of another machine whose clock cannot be trusted is watched for a while: only then it is known whether somebody holds it.
fn once_out_of_doubt(mut opened: Opened, coder: &Coder) -> Result<Opened, Failure> {
    let place = opened.session.place();
    let began = Instant::now();
    while let Some(holder) = opened.report.read_only.as_ref().filter(|holder| holder.in_doubt) {
        if began.elapsed() > store::LOCK_WATCH + MARGIN {
            break;
        }
        if began.elapsed() < MARGIN {
            let (place, seconds) = (place.display(), store::LOCK_WATCH.as_secs());
            complain(&format!("«{place}» may be open elsewhere ({holder}); watching for {seconds} seconds"));
        }
        std::thread::sleep(MARGIN);
        opened = store::open(&place, coder, OpenMode::Write, quiet(), &Progress::new())?;
    }
    Ok(opened)
}

/// Keeps the project as it is as a snapshot, before much is changed at once. Where none can be made that is said, and no hindrance.
pub(super) fn keep_snapshot(opened: &Opened, why: Why) {
    let began = Instant::now();
    opened.session.keep_snapshot(Some(opened.project.clone()), why, "");
    while began.elapsed() < SNAPSHOT_WAIT {
        match opened.session.poll() {
            Some(SessionEvent::SnapshotMade(_)) => return,
            Some(SessionEvent::SnapshotFailed(_, error)) => {
                return complain(&format!("no snapshot was made: {error}"));
            }
            Some(_) => {}
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    }
}

/// A snapshot that is not there after so long is left to finish by itself.
const SNAPSHOT_WAIT: Duration = Duration::from_secs(60);

/// How often a lock in doubt is looked at.
const MARGIN: Duration = Duration::from_secs(3);

/// Opens what was located.
pub(super) fn open(located: &Located, coder: &Coder, mode: OpenMode) -> Result<Opened, Failure> {
    let place = &located.place;
    let opened = store::open(place, coder, mode, quiet(), &Progress::new())?;
    tell_of_faults(place, &opened);
    if let Some(folder) = &located.folder {
        tell_of_new_files(folder, &opened.project)?;
    }
    Ok(opened)
}

fn tell_of_faults(place: &Path, opened: &Opened) {
    for fault in &opened.report.faults {
        complain(&format!("«{}»: {fault}", place.display()));
    }
}

/// Nobody waits for the events of a verb's session.
fn quiet() -> Wake {
    Arc::new(|| {})
}

/// A folder of documents may have got more files since its unnamed project was made. The window offers to add them.
fn tell_of_new_files(folder: &Path, project: &Project) -> Result<(), Failure> {
    let already = project.documents().iter().map(|document| document.source.path.clone()).collect();
    let options = ImportOptions { already, ..ImportOptions::default() };
    let new = store::read_documents(folder, &options, &mut SystemStamps, &Progress::new())?.documents.len();
    if new > 0 {
        let (folder, files) = (folder.display(), listing::count(new, "file"));
        complain(&format!(
            "«{folder}» holds {files} not yet in its project; open it in the window to add them"
        ));
    }
    Ok(())
}

/// Imports a folder into a new project; what is refused is told on standard error. Returns what was imported.
///
/// # Errors
/// When not one file could be read, and then nothing is made.
pub(super) fn make(
    place: &Path,
    folder: &Path,
    title: String,
    encoding: Option<String>,
    coder: &Coder,
) -> Result<Project, Failure> {
    let project = gather(folder, title, encoding)?;
    let opened = store::create(place, &project, coder, quiet())?;
    opened.session.close()?;
    Ok(opened.project)
}

/// The project of a folder, which is not on the disk yet; what is refused is told on standard error.
fn gather(folder: &Path, title: String, encoding: Option<String>) -> Result<Project, Failure> {
    let options = ImportOptions { encoding, ..ImportOptions::default() };
    let mut stamps = SystemStamps;
    let Imported { documents, refused } =
        store::read_documents(folder, &options, &mut stamps, &Progress::new())?;
    for file in &refused {
        complain(&format!("«{}» is left out: {}", file.path.display(), file.reason));
    }
    documents.iter().filter_map(|document| undecodable(folder, document)).for_each(|what| complain(&what));
    if documents.is_empty() {
        let folder = folder.display();
        let why = match refused.len() {
            0 => "holds no text files (names that end in .txt)".to_owned(),
            _ => {
                format!("holds no file that can be read ({} left out)", listing::count(refused.len(), "file"))
            }
        };
        return Err(Failure::Failed(format!("«{folder}» {why}; no project was made")));
    }
    let source_folder = folder.canonicalize().ok().map(|folder| folder.to_string_lossy().into_owned());
    Ok(Project::from_parts(
        stamps.project_id(),
        title,
        Settings { source_folder },
        Codebook::default(),
        documents.into_iter().map(Arc::new).collect(),
        [],
    ))
}

/// What a file says of bytes that its encoding does not have.
fn undecodable(folder: &Path, document: &Document) -> Option<String> {
    let count = document.source.replaced;
    let at = document.text.as_str().find('\u{fffd}').filter(|_| count > 0)?;
    let line = 1 + document.text.as_str()[..at].matches('\n').count();
    let (path, encoding) = (folder.join(&document.source.path), &document.source.encoding);
    let (path, places) = (path.display(), listing::count(count as usize, "place"));
    Some(format!(
        "«{path}» has {places} that {encoding} does not have, the first in line {line}; «\u{fffd}» stands there now, and where the file has another encoding, name it with --encoding"
    ))
}
