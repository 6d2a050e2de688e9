//! A disk in memory that can only be read: whoever writes to it breaks the rule that reading touches nothing.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use hashiya::store::disk::{Disk, DiskFile, Looks};

/// Files by their whole paths; a folder is there when a file is in it.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk(pub BTreeMap<PathBuf, Vec<u8>>);

impl MemoryDisk {
    /// The files of a folder of the real disk, as if it stood at `place`.
    pub fn copy_of(folder: &Path, place: &Path) -> Self {
        let mut files = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(at) = folders.pop() {
            for entry in std::fs::read_dir(&at).expect("the fixture") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(folder).expect("a path within the folder");
                    files.insert(place.join(name), std::fs::read(&path).expect("a file of the fixture"));
                }
            }
        }
        Self(files)
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.0.keys().any(|file| file != path && file.starts_with(path))
    }
}

fn not_found() -> io::Error {
    io::ErrorKind::NotFound.into()
}

fn written<T>(path: &Path) -> io::Result<T> {
    panic!("reading wrote to {}", path.display())
}

impl Disk for MemoryDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(not_found)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        written(path)
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        written(path)
    }

    fn rename(&self, from: &Path, _to: &Path) -> io::Result<()> {
        written(from)
    }

    fn link(&self, _from: &Path, to: &Path) -> io::Result<()> {
        written(to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        written(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        written(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        written(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        written(path)
    }

    fn look(&self, path: &Path) -> io::Result<Looks> {
        let len = self.0.get(path).map(|bytes| bytes.len() as u64);
        let is_folder = len.is_none() && self.is_folder(path);
        if len.is_none() && !is_folder {
            return Err(not_found());
        }
        Ok(Looks { len: len.unwrap_or(0), modified: None, identity: None, is_folder })
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        if !self.is_folder(path) {
            return Err(not_found());
        }
        let inside = self.0.keys().filter_map(|file| file.strip_prefix(path).ok()?.components().next());
        let mut names: Vec<String> =
            inside.map(|name| name.as_os_str().to_string_lossy().into_owned()).collect();
        names.dedup();
        Ok(names)
    }
}
