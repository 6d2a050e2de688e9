//! Everything a project asks of a disk, behind one trait, so that a test can put a faulty one in its place.
//!
//! The order of writing, syncing and renaming that makes a file durable stands here once, in [`replace`] and its parts.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How a file looks from outside: enough to notice that it is not the one seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    /// Its length in bytes.
    pub len: u64,
    /// When it was last written, where the system tells.
    pub modified: Option<SystemTime>,
    /// Device and inode, where the system has them.
    pub identity: Option<(u64, u64)>,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// A disk, as far as a project needs one.
pub trait Disk: Send + Sync {
    /// The whole of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// An empty file to write into; what stood there is gone.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// A file to write at the end of; it must be there.
    fn append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Gives a file another name in place of what has that name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Gives a file a second name, which nothing has; an error where the disk has no such thing.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes a folder, and those above it that are missing.
    fn create_folder(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder with everything in it.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
    /// How a file looks.
    fn look(&self, path: &Path) -> io::Result<Looks>;
    /// The names in a folder, sorted; names that are not Unicode are left out.
    fn list(&self, path: &Path) -> io::Result<Vec<String>>;
}

/// A file being written.
pub trait DiskFile: Send {
    /// Writes all of it or fails.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes what was written durable.
    fn sync(&mut self) -> io::Result<()>;
    /// How the open file looks, whatever has its name by now.
    fn look(&self) -> io::Result<Looks>;
}

/// The disk of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the atomic writer stands on this; it lays the finished file over the old one"
    )]
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(RealFile(File::create(path)?)))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(RealFile(OpenOptions::new().append(true).open(path)?)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }

    fn look(&self, path: &Path) -> io::Result<Looks> {
        Ok(looks(&fs::metadata(path)?))
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(path)? {
            names.extend(entry?.file_name().into_string());
        }
        names.sort();
        Ok(names)
    }
}

struct RealFile(File);

impl DiskFile for RealFile {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_all()
    }

    fn look(&self) -> io::Result<Looks> {
        Ok(looks(&self.0.metadata()?))
    }
}

fn looks(metadata: &fs::Metadata) -> Looks {
    #[cfg(unix)]
    let identity = {
        use std::os::unix::fs::MetadataExt;
        Some((metadata.dev(), metadata.ino()))
    };
    #[cfg(not(unix))]
    let identity = None;
    Looks { len: metadata.len(), modified: metadata.modified().ok(), identity, is_folder: metadata.is_dir() }
}

/// The name under which a file's new contents wait beside it. Whoever writes a file that others write too puts a sign of their own
/// into it.
pub(super) fn waiting_name(path: &Path, sign: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{sign}new"))
}

/// Writes and syncs a file's new contents beside it. Nothing is left behind on failure.
pub(super) fn write_waiting(disk: &dyn Disk, path: &Path, sign: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let waiting = waiting_name(path, sign);
    let written = disk.create(&waiting).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync()
    });
    if let Err(error) = written {
        disk.remove(&waiting).ok();
        return Err(error);
    }
    Ok(waiting)
}

/// Replaces one file so that after any crash it holds either the old or the new contents, and, once this returns, the new.
pub(super) fn replace(disk: &dyn Disk, path: &Path, sign: &str, bytes: &[u8]) -> io::Result<()> {
    let waiting = write_waiting(disk, path, sign, bytes)?;
    if let Err(error) = disk.rename(&waiting, path) {
        disk.remove(&waiting).ok();
        return Err(error);
    }
    disk.sync_folder(folder_of(path))
}

/// Makes a folder, and those above it that are missing, each with its name made durable in the folder above: a file in a folder
/// that a power cut takes away is no file.
pub(super) fn make_folder(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    let mut missing = Vec::new();
    let mut at = path;
    while disk.look(at).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        missing.push(at);
        let above = folder_of(at);
        if above == at {
            break;
        }
        at = above;
    }
    disk.create_folder(path)?;
    missing.iter().rev().try_for_each(|folder| disk.sync_folder(folder_of(folder)))
}

/// The folder a file lies in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
