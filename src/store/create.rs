//! Making a project folder: a new one, and a copy of one in a new place. Either it is there whole, or it is not there.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::{Disk, folder_of, make_folder};
use super::format::Row;
use super::names::{coder_sign, sha256_hex};
use super::open::{OpenMode, Opened, open_with};
use super::read::journal_name;
use super::save::{Change, Changes, Known, Seen, changes, write_whole};
use super::session::Wake;
use super::steps::{StepsFile, history_name, steps_name};
use super::texts::keep_texts;
use super::{Progress, StoreError, Surroundings};
use crate::model::{Coder, Document, History, Project};

/// Makes a new project folder with everything in the project, and opens it.
///
/// # Errors
/// When something is already at the place, or the disk refuses; then nothing is left there.
pub fn create(place: &Path, project: &Project, coder: &Coder, wake: Wake) -> Result<Opened, StoreError> {
    create_with(&Surroundings::of_user(), place, project, coder, wake)
}

/// [`create`] in other surroundings.
///
/// # Errors
/// As [`create`].
pub fn create_with(
    surroundings: &Surroundings,
    place: &Path,
    project: &Project,
    coder: &Coder,
    wake: Wake,
) -> Result<Opened, StoreError> {
    let disk = &*surroundings.disk;
    in_new_folder(disk, place, |folder| {
        let history = History::default();
        let coders = [coder.clone()];
        let (changes, _) = whole(project, (coder, 0, &history), &coders, &HashMap::new())
            .map_err(|error| StoreError::Unwritable { path: place.to_owned(), what: error.to_string() })?;
        write_whole(disk, folder, &changes, project.documents())
    })?;
    open_with(surroundings, place, coder, OpenMode::Write, wake, &Progress::new())
}

/// Every file of a project but its texts, and how its file of steps then stands.
fn whole(
    project: &Project,
    (coder, folded, history): (&Coder, u64, &History),
    coders: &[Coder],
    aside: &HashMap<String, Vec<Row<'static>>>,
) -> Result<(Vec<Change>, StepsFile), ron::Error> {
    let Changes { mut changes, tables } = changes(project, None, coder, coders, aside, None)?;
    let mut steps = StepsFile::default();
    let mut of_history = steps.changes(coder, folded, tables, history)?;
    changes.append(&mut of_history.changes);
    steps.saved(&of_history, history);
    Ok((changes, steps))
}

/// Builds a folder beside its place and puts it there when all of it is on the disk.
pub(super) fn in_new_folder(
    disk: &dyn Disk,
    place: &Path,
    build: impl FnOnce(&Path) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let Some(name) = place.file_name() else { return Err(StoreError::Exists(place.to_owned())) };
    if std::fs::symlink_metadata(place).is_ok() {
        return Err(StoreError::Exists(place.to_owned()));
    }
    let above = folder_of(place);
    make_folder(disk, above).map_err(StoreError::io("create", above))?;
    let name = format!(".{}.{}.new", name.to_string_lossy(), std::process::id());
    let folder = place.with_file_name(name);
    disk.remove_folder(&folder).ok();
    let built = disk
        .create_folder(&folder)
        .map_err(StoreError::io("create", place))
        .and_then(|()| build(&folder))
        .and_then(|()| disk.sync_folder(&folder).map_err(StoreError::io("write", place)))
        .and_then(|()| {
            if std::fs::symlink_metadata(place).is_ok() {
                return Err(StoreError::Exists(place.to_owned()));
            }
            disk.rename(&folder, place).map_err(StoreError::io("create", place))
        });
    if built.is_err() {
        disk.remove_folder(&folder).ok();
    }
    built?;
    disk.sync_folder(above).map_err(StoreError::io("write", above))
}

/// Writes a project with everything that belongs to it into a new place, and gives what every file there is, and how the file of steps
/// stands. `texts` are those that the old place could not take yet.
pub(super) fn copy_to(
    disk: &dyn Disk,
    place: &Path,
    old: &Path,
    (project, texts): (&Project, &[Arc<Document>]),
    history: (&Coder, u64, &History),
    coders: &[Coder],
    aside: &HashMap<String, Vec<Row<'static>>>,
) -> Result<(Known, StepsFile), StoreError> {
    let coder = history.0;
    let (changes, steps) = whole(project, history, coders, aside)
        .map_err(|error| StoreError::Unwritable { path: place.to_owned(), what: error.to_string() })?;
    in_new_folder(disk, place, |folder| {
        // What the program writes anew is not copied; locks are not, and neither is this coder's journal, which is folded in.
        let history = history_name(coder);
        let own = [journal_name(coder), steps_name(&history), history];
        for name in files_below(disk, old, "") {
            let is_table = name.starts_with("annotations/");
            let is_shared = !name.contains('/') && name.ends_with(".ron");
            let is_ours = is_shared || name.starts_with("locks/") || own.contains(&name);
            let is_hidden =
                name.rsplit('/').next().unwrap_or(&name).starts_with('.') || name.ends_with(".saving");
            let is_kept_table = is_table && aside.contains_key(&name);
            if is_ours || is_hidden || (is_table && !is_kept_table) {
                continue;
            }
            copy(disk, &old.join(&name), &folder.join(&name))?;
        }
        // What they take the place of becomes an earlier text here, as it would have there.
        keep_texts(disk, folder, &coder_sign(coder.name()), texts)?;
        let journal = folder.join("journal");
        make_folder(disk, &journal).map_err(StoreError::io("create", &journal))?;
        write_whole(disk, folder, &changes, project.documents())
    })?;
    let mut known = Known::default();
    for change in &changes {
        if let Some(bytes) = &change.bytes {
            let looks = disk.look(&place.join(&change.name)).ok();
            known.insert(&change.name, Seen { looks, sha256: sha256_hex(bytes) });
        }
    }
    Ok((known, steps))
}

fn copy(disk: &dyn Disk, from: &Path, to: &Path) -> Result<(), StoreError> {
    let bytes = disk.read(from).map_err(StoreError::io("read", from))?;
    make_folder(disk, folder_of(to)).map_err(StoreError::io("create", to))?;
    let write = || -> io::Result<()> {
        let mut file = disk.create(to)?;
        file.write_all(&bytes)?;
        file.sync()?;
        disk.sync_folder(folder_of(to))
    };
    write().map_err(StoreError::io("write", to))
}

/// The names of all files below a folder, with `/` between the parts.
fn files_below(disk: &dyn Disk, place: &Path, folder: &str) -> Vec<String> {
    let path: PathBuf = if folder.is_empty() { place.to_owned() } else { place.join(folder) };
    let mut files = Vec::new();
    for name in disk.list(&path).unwrap_or_default() {
        let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        match disk.look(&place.join(&name)) {
            Ok(looks) if looks.is_folder => files.extend(files_below(disk, place, &name)),
            Ok(_) => files.push(name),
            Err(_) => {}
        }
    }
    files
}
