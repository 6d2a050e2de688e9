//! Snapshots: dated copies of the tables, the codebook and the register in `snapshots/DATE/`, that can be listed, compared with the
//! present, and restored.
//!
//! A snapshot has the same files as the project, so that a person can read it, compare it and put files back by hand; texts stay where
//! they are, among the documents and their earlier texts. It is built beside its place and put there when all of it is on the disk:
//! it is there whole, or it is not there. What it shares with the snapshot before it is the same file on the disk, where the file
//! system has links, and takes no room twice; it is never the same file as one of the project, which another program may write into.
//!
//! Those that were made by themselves are thinned out as they grow old; those that somebody asked for are never removed. Nothing here
//! changes the project: going back is an [`Edit`](crate::model::Edit) like any other.

mod reading;
mod restoring;
mod thinning;

pub use reading::{Then, read};
pub use restoring::{Restoring, restoring};

use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::create::in_new_folder;
use super::disk::{Disk, folder_of, make_folder};
use super::format::{ProjectFile, VERSION};
use super::notation::line;
use super::pages::read_page;
use super::place::PROJECT_FILE;
use super::save::{Change, Changes, changes, write_whole};
use super::{Fault, StoreError, Surroundings};
use crate::model::{Coder, Project, Timestamp};

/// The folder of snapshots in a project.
pub(super) const SNAPSHOTS: &str = "snapshots";

/// What a snapshot says of itself.
const ABOUT: &str = "snapshot.ron";

/// What a half-made or half-removed snapshot left behind goes after so long.
const LEFT_BEHIND: Duration = Duration::from_secs(60 * 60);

/// Why a snapshot was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// Somebody asked for it.
    Asked,
    /// It was the first save of a day: the project as it was before.
    Daily,
    /// Another snapshot was about to be restored.
    Restore,
    /// Annotations made elsewhere were about to be taken in.
    Import,
}

/// A snapshot, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The name of its folder, which begins with its date.
    pub name: String,
    /// When it was made.
    pub made: Timestamp,
    /// Who was at work.
    pub coder: Coder,
    /// Why.
    pub why: Why,
    /// What it is called; blank where nobody gave it a name.
    pub title: String,
    /// How many documents there were.
    pub documents: usize,
    /// How many annotations.
    pub annotations: usize,
    /// How many tags.
    pub tags: usize,
}

/// `snapshot.ron`.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    version: u32,
    made: Timestamp,
    coder: Coder,
    why: Why,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    title: String,
    documents: usize,
    annotations: usize,
    tags: usize,
}

/// A snapshot to be made.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub project: Project,
    /// Who is at work.
    pub coder: Coder,
    /// Everybody the register names.
    pub coders: Vec<Coder>,
    pub why: Why,
    pub title: String,
}

/// The snapshots of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Those that can be used, the latest first.
    pub snapshots: Vec<Snapshot>,
    /// What is the matter with the others.
    pub faults: Vec<Fault>,
}

/// Makes a snapshot, and thins out older ones where it was not asked for. A daily one is made only where there is none of that day yet, and
/// something to keep.
pub(super) fn make(
    disk: &dyn Disk,
    place: &Path,
    plan: &Plan,
    now: Timestamp,
) -> Result<Option<Snapshot>, StoreError> {
    let folder = place.join(SNAPSHOTS);
    let before = list(disk, place).snapshots;
    if plan.why == Why::Daily && !is_due(&plan.project, &before, now) {
        return Ok(None);
    }
    sweep(disk, &folder);
    let unwritable =
        |error: ron::Error| StoreError::Unwritable { path: folder.clone(), what: error.to_string() };
    // Rows that do not fit their text are kept aside in the project, whatever is restored.
    let Changes { mut changes, .. } =
        changes(&plan.project, None, &plan.coder, &plan.coders, &HashMap::new(), None).map_err(unwritable)?;
    let about = About {
        version: VERSION,
        made: now,
        coder: plan.coder.clone(),
        why: plan.why,
        title: plan.title.clone(),
        documents: plan.project.documents().len(),
        annotations: plan.project.annotation_count(),
        tags: plan.project.codebook().tags().len(),
    };
    let text = line(&about).map_err(unwritable)? + "\n";
    changes.push(Change { name: ABOUT.into(), bytes: Some(text.into_bytes()) });
    let latest = before.first().map(|latest| folder.join(&latest.name));
    let name = free_name(disk, &folder, now);
    in_new_folder(disk, &folder.join(&name), |made| {
        let rest = link_what_is_the_same(disk, latest.as_deref(), made, changes)?;
        write_whole(disk, made, &rest, &[])
    })?;
    let snapshot = snapshot_of(name, about);
    if plan.why != Why::Asked {
        for old in thinning::to_thin_out(std::iter::once(&snapshot).chain(&before), now) {
            remove(disk, &folder, &old);
        }
    }
    Ok(Some(snapshot))
}

/// Whether a day's first snapshot is to be made: days are those of UTC.
fn is_due(project: &Project, before: &[Snapshot], now: Timestamp) -> bool {
    let day = |time: Timestamp| time.to_string().get(..10).map(str::to_owned);
    let is_blank = project.annotation_count() == 0 && project.codebook().tags().is_empty();
    !is_blank && before.iter().all(|snapshot| day(snapshot.made) != day(now))
}

fn snapshot_of(name: String, about: About) -> Snapshot {
    let About { made, coder, why, title, documents, annotations, tags, .. } = about;
    Snapshot { name, made, coder, why, title, documents, annotations, tags }
}

/// A name for a snapshot made now: its time in UTC, with a number where there is one of the same second.
fn free_name(disk: &dyn Disk, folder: &Path, now: Timestamp) -> String {
    let written = now.to_string();
    let date = written.get(..19).unwrap_or(&written).replace(':', "") + "Z";
    let is_free = |name: &String| disk.look(&folder.join(name)).is_err();
    if is_free(&date) {
        return date;
    }
    (2..).map(|number: u64| format!("{date}-{number}")).find(is_free).unwrap_or(date)
}

/// Gives what the latest snapshot holds too another name there; returns what has to be written.
fn link_what_is_the_same(
    disk: &dyn Disk,
    latest: Option<&Path>,
    made: &Path,
    changes: Vec<Change>,
) -> Result<Vec<Change>, StoreError> {
    let Some(latest) = latest else { return Ok(changes) };
    let mut rest = Vec::new();
    for change in changes {
        let old = latest.join(&change.name);
        let is_same = change.bytes.as_ref().is_some_and(|bytes| {
            disk.look(&old).is_ok_and(|looks| looks.len == bytes.len() as u64)
                && disk.read(&old).is_ok_and(|before| before == *bytes)
        });
        let path = made.join(&change.name);
        // Where there are no links, as on some disks, everything is written.
        if !(is_same && make_folder(disk, folder_of(&path)).is_ok() && disk.link(&old, &path).is_ok()) {
            rest.push(change);
        }
    }
    for folder in folders_below(disk, made) {
        disk.sync_folder(&folder).map_err(StoreError::io("write", &folder))?;
    }
    Ok(rest)
}

/// A folder and those in it, down to the coders'.
fn folders_below(disk: &dyn Disk, made: &Path) -> Vec<PathBuf> {
    let annotations = made.join("annotations");
    let coders = disk.list(&annotations).unwrap_or_default();
    let coders = coders.iter().map(|coder| annotations.join(coder));
    let all = coders.chain([annotations.clone(), made.to_owned()]);
    all.filter(|folder| disk.look(folder).is_ok_and(|looks| looks.is_folder)).collect()
}

/// Removes a snapshot: first its name, so that it is never there by half.
fn remove(disk: &dyn Disk, folder: &Path, name: &str) {
    let gone = folder.join(format!(".{name}.old"));
    if disk.rename(&folder.join(name), &gone).and_then(|()| disk.sync_folder(folder)).is_ok() {
        disk.remove_folder(&gone).ok();
    }
}

/// Removes what a process that ended half-way has left, once it is certain that it has.
fn sweep(disk: &dyn Disk, folder: &Path) {
    for name in disk.list(folder).unwrap_or_default() {
        let path = folder.join(&name);
        let modified = disk.look(&path).ok().and_then(|looks| looks.modified);
        let age = modified.and_then(|at| SystemTime::now().duration_since(at).ok());
        let is_left = name.starts_with('.') && (name.ends_with(".new") || name.ends_with(".old"));
        if is_left && age.is_some_and(|age| age > LEFT_BEHIND) {
            disk.remove_folder(&path).ok();
        }
    }
}

/// The snapshots in a project's folder.
pub(super) fn list(disk: &dyn Disk, place: &Path) -> Listed {
    let folder = place.join(SNAPSHOTS);
    let mut listed = Listed::default();
    for name in disk.list(&folder).unwrap_or_default() {
        let path = folder.join(&name);
        if name.starts_with('.') || !disk.look(&path).is_ok_and(|looks| looks.is_folder) {
            continue;
        }
        let path = path.join(ABOUT);
        let about = disk.read(&path).map_err(StoreError::io("read", &path));
        match about.and_then(|bytes| read_page::<About>(&path, &bytes)) {
            Ok(about) => listed.snapshots.push(snapshot_of(name, about)),
            Err(error) => {
                let what = format!("the snapshot cannot be used: {error}");
                listed.faults.push(Fault::noted(format!("{SNAPSHOTS}/{name}"), None, what));
            }
        }
    }
    listed.snapshots.sort_by(|one, other| (other.made, &other.name).cmp(&(one.made, &one.name)));
    listed
}

/// The names of the texts that the snapshots need.
pub(super) fn texts(disk: &dyn Disk, place: &Path) -> HashSet<String> {
    let folder = place.join(SNAPSHOTS);
    let pages = list(disk, place).snapshots.into_iter().filter_map(|snapshot| {
        let path = folder.join(snapshot.name).join(PROJECT_FILE);
        read_page::<ProjectFile>(&path, &disk.read(&path).ok()?).ok()
    });
    pages.flat_map(|register| register.documents).map(|document| document.file).collect()
}

/// The snapshots of the project at a place.
pub fn snapshots(surroundings: &Surroundings, place: &Path) -> Listed {
    list(&*surroundings.disk, place)
}
