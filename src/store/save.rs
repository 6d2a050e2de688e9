//! Making many files new as one act. See the store's own comment for the order and why it holds.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::StoreError;
use super::disk::{Disk, Looks, folder_of, make_folder, replace, waiting_name, write_waiting};
use super::format::{CODEBOOK_FILE, Row, VERSION, write_codebook, write_register, write_table};
use super::names::{coder_file, coder_sign, sha256_hex};
use super::notation::{line, parse};
use super::place::PROJECT_FILE;
use super::tables::{Tables, by_coder, table_name};
use crate::model::{Coder, Document, Project};

/// What a file was when it was last read or written here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub looks: Option<Looks>,
    pub sha256: String,
}

/// What every file of the project was, by its name in the project.
#[derive(Clone, Debug, Default)]
pub(super) struct Known(HashMap<String, Seen>);

impl Known {
    pub fn insert(&mut self, name: &str, seen: Seen) {
        self.0.insert(name.to_owned(), seen);
    }

    pub fn get(&self, name: &str) -> Option<&Seen> {
        self.0.get(name)
    }

    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// The names of the known files that begin so, sorted.
    pub fn below(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = self.0.keys().filter(|name| name.starts_with(folder)).cloned().collect();
        names.sort_unstable();
        names
    }
}

/// One file of a save.
#[derive(Debug)]
pub(super) struct Change {
    /// Its name in the project, with `/`.
    pub name: String,
    /// Its new contents; `None` removes it.
    pub bytes: Option<Vec<u8>>,
}

/// What a save writes of what all share: the tables that changed since `saved` (all where that is `None`) with their lists, codebook and
/// register.
pub(super) fn changes(
    project: &Project,
    saved: Option<&Project>,
    coder: &Coder,
    coders: &[Coder],
    aside: &HashMap<String, Vec<Row<'static>>>,
    known: Option<&Known>,
) -> Result<Changes, ron::Error> {
    let tables = Tables::of(project, coders, aside);
    let before = saved.map(|saved| Tables::of(saved, coders, aside)).unwrap_or_default();
    let mut changes = Vec::new();
    for document in project.documents() {
        let table = project.table_snapshot(document.id);
        let old =
            saved.and_then(|saved| saved.document(document.id).zip(Some(saved.table_snapshot(document.id))));
        let is_clean = old.as_ref().is_some_and(|(old, old_table)| {
            (Arc::ptr_eq(old_table, &table) || (old_table.is_empty() && table.is_empty()))
                && old.file == document.file
        });
        if is_clean {
            continue;
        }
        let mut of_coders = by_coder(&table);
        if let Some((_, old_table)) = &old {
            for coder in by_coder(old_table).into_keys() {
                if !of_coders.contains_key(coder) && aside.contains_key(&table_name(document, coder)) {
                    of_coders.insert(coder, Vec::new());
                }
            }
        }
        for (coder, annotations) in of_coders {
            let name = table_name(document, coder);
            let kept = aside.get(&name).map_or(&[][..], Vec::as_slice);
            let bytes = write_table(document.id, coder, annotations.into_iter(), kept)?;
            changes.push(Change { name, bytes: Some(bytes) });
        }
    }
    for name in before.not_in(&tables) {
        if !aside.contains_key(&name) {
            changes.push(Change { name, bytes: None });
        }
    }
    changes.extend(tables.lists(&before, coder, known)?);
    changes.push(Change { name: CODEBOOK_FILE.into(), bytes: Some(write_codebook(project)?) });
    changes.push(Change { name: PROJECT_FILE.into(), bytes: Some(write_register(project, coders)?) });
    Ok(Changes { changes, tables: tables.count(coder) })
}

/// What [`changes`] gives.
#[derive(Debug)]
pub(super) struct Changes {
    pub changes: Vec<Change>,
    /// How many tables the coder has then.
    pub tables: usize,
}

/// Documents of a project that another did not have, or had with another text.
pub(super) fn new_texts<'a>(
    project: &'a Project,
    saved: &'a Project,
) -> impl Iterator<Item = &'a Arc<Document>> {
    project.documents().iter().filter(|document| {
        saved
            .document(document.id)
            .is_none_or(|old| old.sha256 != document.sha256 || old.file != document.file)
    })
}

/// The list that makes a save one act.
#[derive(Debug, Serialize, Deserialize)]
struct SaveList {
    version: u32,
    /// What stands in the names of the new contents.
    sign: String,
    /// The files to put in place: name and SHA-256 of the new contents.
    write: Vec<(String, String)>,
    /// The files to remove.
    remove: Vec<String>,
}

/// Removes new contents of this coder that nothing needs, as a crash before a rename leaves them. To be called after [`finish`].
pub(super) fn sweep(disk: &dyn Disk, place: &Path, coder: &Coder) {
    let ending = format!(".{}new", coder_sign(coder.name()));
    let coders = disk.list(&place.join("annotations")).unwrap_or_default();
    let tables = coders.into_iter().map(|coder| place.join("annotations").join(coder));
    let others =
        ["", "history", "journal", "documents", "documents/earlier"].map(|folder| place.join(folder));
    for folder in others.into_iter().chain(tables) {
        for name in disk.list(&folder).unwrap_or_default() {
            if name.starts_with('.') && name.ends_with(&ending) {
                disk.remove(&folder.join(name)).ok();
            }
        }
    }
}

/// Where the list of a save stands.
pub(super) fn list_path(place: &Path, coder: &Coder) -> PathBuf {
    place.join("journal").join(format!("{}.saving", coder_file(coder.name())))
}

/// Completes a save that was decided and not finished.
pub(super) fn take_up(
    disk: &dyn Disk,
    place: &Path,
    coder: &Coder,
    known: &mut Known,
) -> Result<(), StoreError> {
    for (name, sha256) in finish(disk, place, coder)? {
        let looks = disk.look(&place.join(&name)).ok();
        known.insert(&name, Seen { looks, sha256 });
    }
    Ok(())
}

/// Refuses when somebody else changed a file since it was seen.
pub(super) fn ensure_ours(
    disk: &dyn Disk,
    place: &Path,
    name: &str,
    known: &Known,
) -> Result<(), StoreError> {
    refuse_foreign(disk, &place.join(name), known.get(name), Some("")).map(|_| ())
}

/// Writes all changes as one act. Files that are as they should be are left alone. On an error nothing has changed, unless the list was
/// already written: then [`finish`] completes the save later, and the error says that it is not complete.
pub(super) fn commit(
    disk: &dyn Disk,
    place: &Path,
    coder: &Coder,
    known: &mut Known,
    changes: Vec<Change>,
) -> Result<(), StoreError> {
    take_up(disk, place, coder, known)?;
    let mut wanted = Vec::new();
    for change in changes {
        let path = place.join(&change.name);
        let hash = change.bytes.as_deref().map(sha256_hex);
        if refuse_foreign(disk, &path, known.get(&change.name), hash.as_deref())? {
            continue;
        }
        wanted.push((change, path, hash));
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let mut waiting: Vec<PathBuf> = Vec::new();
    let prepared = prepare(disk, place, coder, &wanted, &mut waiting);
    if let Err(error) = prepared {
        // The list goes first: new contents that a list names must never be half there.
        let list = list_path(place, coder);
        let unlisted = disk.look(&list).is_err() || disk.remove(&list).is_ok();
        for path in waiting.iter().filter(|_| unlisted) {
            disk.remove(path).ok();
        }
        return Err(error);
    }
    // Decided: whatever fails from here on, these are the files that will stand there.
    for (change, _, hash) in &wanted {
        match hash {
            Some(sha256) => known.insert(&change.name, Seen { looks: None, sha256: sha256.clone() }),
            None => known.remove(&change.name),
        }
    }
    complete(disk, place, &list_path(place, coder))?;
    for (change, path, hash) in wanted {
        if let Some(sha256) = hash {
            known.insert(&change.name, Seen { looks: disk.look(&path).ok(), sha256 });
        }
    }
    Ok(())
}

/// Writes the new contents beside the old, syncs them and their folders, and then the list.
fn prepare(
    disk: &dyn Disk,
    place: &Path,
    coder: &Coder,
    wanted: &[(Change, PathBuf, Option<String>)],
    waiting: &mut Vec<PathBuf>,
) -> Result<(), StoreError> {
    let mut folders = BTreeSet::new();
    for (change, path, _) in wanted {
        let Some(bytes) = &change.bytes else { continue };
        let folder = folder_of(path);
        make_folder(disk, folder).map_err(StoreError::io("create", folder))?;
        waiting.push(
            write_waiting(disk, path, &coder_sign(coder.name()), bytes)
                .map_err(StoreError::io("write", path))?,
        );
        folders.insert(folder);
    }
    for folder in folders {
        disk.sync_folder(folder).map_err(StoreError::io("write", folder))?;
    }
    let named =
        |(change, _, hash): &(Change, PathBuf, Option<String>)| Some((change.name.clone(), hash.clone()?));
    let removed = |(change, _, _): &(Change, PathBuf, Option<String>)| {
        change.bytes.is_none().then(|| change.name.clone())
    };
    let list = SaveList {
        version: VERSION,
        sign: coder_sign(coder.name()),
        write: wanted.iter().filter_map(named).collect(),
        remove: wanted.iter().filter_map(removed).collect(),
    };
    let path = list_path(place, coder);
    let text = line(&list)
        .map_err(|error| StoreError::Unwritable { path: path.clone(), what: error.to_string() })?;
    make_folder(disk, folder_of(&path)).map_err(StoreError::io("create", folder_of(&path)))?;
    replace(disk, &path, &list.sign, (text + "\n").as_bytes()).map_err(StoreError::io("write", &path))
}

/// Whether a file needs no writing: it is as wanted, or nothing was changed here since it was seen, and what somebody else made of it
/// stays. Refuses to write or remove one that somebody else changed.
fn refuse_foreign(
    disk: &dyn Disk,
    path: &Path,
    seen: Option<&Seen>,
    wanted: Option<&str>,
) -> Result<bool, StoreError> {
    let looks = match disk.look(path) {
        Ok(looks) => looks,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(wanted.is_none()),
        Err(error) => return Err(StoreError::io("read", path)(error)),
    };
    if let Some(seen) = seen {
        let is_unchanged_here = wanted == Some(seen.sha256.as_str());
        if is_unchanged_here || seen.looks == Some(looks) {
            return Ok(is_unchanged_here);
        }
    }
    let now = sha256_hex(&disk.read(path).map_err(StoreError::io("read", path))?);
    if wanted == Some(now.as_str()) {
        return Ok(true);
    }
    if seen.is_some_and(|seen| seen.sha256 == now) {
        Ok(false)
    } else {
        Err(StoreError::Changed(path.to_owned()))
    }
}

/// Completes a save whose list was written by somebody who may have ended before the list was durable: renames that outlive their list
/// would be half a save.
pub(super) fn finish(
    disk: &dyn Disk,
    place: &Path,
    coder: &Coder,
) -> Result<Vec<(String, String)>, StoreError> {
    finish_list(disk, place, &list_path(place, coder))
}

/// [`finish`] for the list of this path.
pub(super) fn finish_list(
    disk: &dyn Disk,
    place: &Path,
    path: &Path,
) -> Result<Vec<(String, String)>, StoreError> {
    if disk.look(path).is_ok() {
        disk.sync_folder(folder_of(path)).map_err(StoreError::io("write", path))?;
    }
    complete(disk, place, path)
}

/// Whether a list of a save cannot be read.
pub(super) fn is_list_damaged(disk: &dyn Disk, path: &Path) -> bool {
    matches!(read_list(disk, path), Err(StoreError::Damaged { .. }))
}

/// Completes a save whose list is durable: puts the waiting files in place, removes what is to go, syncs, and removes the list. Gives the
/// files it wrote with their hashes; does nothing where there is no list.
fn complete(disk: &dyn Disk, place: &Path, path: &Path) -> Result<Vec<(String, String)>, StoreError> {
    let Some(list) = read_list(disk, path)? else { return Ok(Vec::new()) };
    let mut folders = BTreeSet::new();
    for (name, sha256) in &list.write {
        let target = place.join(name);
        let waiting = waiting_name(&target, &list.sign);
        match disk.read(&waiting) {
            Ok(bytes) if sha256_hex(&bytes) == *sha256 => {
                disk.rename(&waiting, &target).map_err(StoreError::io("write", &target))?;
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(StoreError::io("read", &waiting)(error)),
        }
        folders.insert(folder_of(&target).to_owned());
    }
    for name in &list.remove {
        let target = place.join(name);
        match disk.remove(&target) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(StoreError::io("remove", &target)(error));
            }
            _ => folders.insert(folder_of(&target).to_owned()),
        };
    }
    for folder in folders {
        disk.sync_folder(&folder).map_err(StoreError::io("write", &folder))?;
    }
    disk.remove(path).map_err(StoreError::io("remove", path))?;
    disk.sync_folder(folder_of(path)).map_err(StoreError::io("write", path))?;
    Ok(list.write)
}

fn read_list(disk: &dyn Disk, path: &Path) -> Result<Option<SaveList>, StoreError> {
    let bytes = match disk.read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io("read", path)(error)),
    };
    list_of(path, &bytes).map(Some)
}

fn list_of(path: &Path, bytes: &[u8]) -> Result<SaveList, StoreError> {
    let list: Option<SaveList> = std::str::from_utf8(bytes).ok().and_then(|text| parse(text).ok());
    let stays_inside = |list: &SaveList| {
        list.write.iter().map(|(name, _)| name).chain(&list.remove).all(|name| is_inside(name))
            && list.sign.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
    };
    match list {
        Some(list) if list.version > VERSION => {
            Err(StoreError::Newer { path: path.to_owned(), version: list.version })
        }
        Some(list) if stays_inside(&list) => Ok(list),
        _ => Err(StoreError::Damaged {
            path: path.to_owned(),
            line: None,
            what: "it is no list of a save".into(),
        }),
    }
}

/// Whether a name from a list stays in the project.
fn is_inside(name: &str) -> bool {
    !name.is_empty() && name.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains('\\'))
}

/// The new contents of saves that were decided and not finished, for whoever reads and must not write.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// Where the new contents are and their SHA-256, by name.
    write: HashMap<String, (PathBuf, String)>,
    remove: BTreeSet<String>,
    /// The names of the lists that cannot be read.
    pub damaged: Vec<String>,
}

impl Waiting {
    /// Looks for the lists of all coders.
    pub fn read_all(disk: &dyn Disk, place: &Path) -> Self {
        let folder = place.join("journal");
        let mut waiting = Self::default();
        for name in disk.list(&folder).unwrap_or_default() {
            if !name.ends_with(".saving") {
                continue;
            }
            match read_list(disk, &folder.join(&name)) {
                Ok(Some(list)) => {
                    let sign = list.sign;
                    waiting.write.extend(list.write.into_iter().map(|(name, sha256)| {
                        let path = waiting_name(&place.join(&name), &sign);
                        (name, (path, sha256))
                    }));
                    waiting.remove.extend(list.remove);
                }
                Ok(None) => {}
                Err(_) => waiting.damaged.push(format!("journal/{name}")),
            }
        }
        waiting
    }

    /// The files that a decided save writes.
    pub fn written(&self) -> impl Iterator<Item = &str> {
        self.write.keys().map(String::as_str)
    }

    /// Whether a decided save removes a file.
    pub fn removes(&self, name: &str) -> bool {
        self.remove.contains(name)
    }

    /// A file of the project as it is, or as a decided save wants it.
    pub fn bytes(&self, disk: &dyn Disk, place: &Path, name: &str) -> io::Result<(Vec<u8>, Seen)> {
        let path = place.join(name);
        if let Some((waiting, sha256)) = self.write.get(name)
            && let Ok(bytes) = disk.read(waiting)
            && sha256_hex(&bytes) == *sha256
        {
            return Ok((bytes, Seen { looks: None, sha256: sha256.clone() }));
        }
        let looks = disk.look(&path)?;
        let bytes = disk.read(&path)?;
        let sha256 = sha256_hex(&bytes);
        Ok((bytes, Seen { looks: Some(looks), sha256 }))
    }
}

/// Writes a whole project into an empty folder, every file synced. Texts that are not given in the project are the caller's.
pub(super) fn write_whole(
    disk: &dyn Disk,
    folder: &Path,
    changes: &[Change],
    documents: &[Arc<Document>],
) -> Result<(), StoreError> {
    let mut files: Vec<(PathBuf, &[u8])> = Vec::new();
    for change in changes {
        files.extend(change.bytes.as_deref().map(|bytes| (folder.join(&change.name), bytes)));
    }
    for document in documents {
        files.push((super::texts::text_path(folder, &document.file), document.text.as_bytes()));
    }
    let folders: BTreeSet<&Path> = files.iter().map(|(path, _)| folder_of(path)).collect();
    for folder in &folders {
        make_folder(disk, folder).map_err(StoreError::io("create", folder))?;
    }
    write_all(disk, &files)?;
    let above: BTreeSet<&Path> = folders.iter().map(|folder| folder_of(folder)).collect();
    for folder in folders.iter().chain(&above) {
        disk.sync_folder(folder).map_err(StoreError::io("write", folder))?;
    }
    Ok(())
}

/// How many threads wait for the disk at once.
const WRITERS: usize = 8;

fn write_all(disk: &dyn Disk, files: &[(PathBuf, &[u8])]) -> Result<(), StoreError> {
    let write = |part: &[(PathBuf, &[u8])]| {
        part.iter().try_for_each(|(path, bytes)| {
            let mut file = disk.create(path).map_err(StoreError::io("write", path))?;
            file.write_all(bytes).and_then(|()| file.sync()).map_err(StoreError::io("write", path))
        })
    };
    let share = files.len().div_ceil(WRITERS).max(1);
    std::thread::scope(|scope| {
        let writers: Vec<_> = files.chunks(share).map(|part| scope.spawn(move || write(part))).collect();
        writers.into_iter().try_for_each(|writer| writer.join().expect("writing a file does not panic"))
    })
}
