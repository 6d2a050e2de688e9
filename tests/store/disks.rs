//! Disks for tests: the real one, with somebody who watches and steers everything that changes it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hashiya::store::disk::{Disk, DiskFile, Looks, RealDisk};

/// One deed that changes a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed<'a> {
    Create(&'a Path),
    Append(&'a Path),
    Rename(&'a Path, &'a Path),
    Link(&'a Path, &'a Path),
    Remove(&'a Path),
    CreateFolder(&'a Path),
    RemoveFolder(&'a Path),
    SyncFolder(&'a Path),
}

impl Deed<'_> {
    /// The path that the deed is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::Create(path)
            | Self::Append(path)
            | Self::Rename(_, path)
            | Self::Link(_, path)
            | Self::Remove(path)
            | Self::CreateFolder(path)
            | Self::RemoveFolder(path)
            | Self::SyncFolder(path) => path,
        }
    }
}

/// Stands around every deed: does the real one, or something else.
pub trait Watch: Send + Sync + 'static {
    fn deed(&self, deed: Deed<'_>, real: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        let _ = deed;
        real()
    }

    fn write(&self, path: &Path, bytes: &[u8], file: &mut dyn DiskFile) -> io::Result<()> {
        let _ = path;
        file.write_all(bytes)
    }

    /// Waiting for the real disk is for who tests the real disk: what only a power cut would lose is not lost in a test.
    fn sync(&self, path: &Path, file: &mut dyn DiskFile) -> io::Result<()> {
        let _ = (path, file);
        Ok(())
    }
}

/// The real disk under the eyes of a watch.
pub struct WatchedDisk<W>(pub Arc<W>);

struct WatchedFile<W> {
    watch: Arc<W>,
    path: PathBuf,
    file: Box<dyn DiskFile>,
}

impl<W: Watch> WatchedDisk<W> {
    fn file(
        &self,
        deed: Deed<'_>,
        open: impl Fn() -> io::Result<Box<dyn DiskFile>>,
    ) -> io::Result<Box<dyn DiskFile>> {
        let mut file = None;
        self.0.deed(deed, &mut || {
            file = Some(open()?);
            Ok(())
        })?;
        let file = file.ok_or_else(|| io::Error::other("the file was not opened"))?;
        Ok(Box::new(WatchedFile { watch: Arc::clone(&self.0), path: deed.path().to_owned(), file }))
    }
}

impl<W: Watch> Disk for WatchedDisk<W> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        RealDisk.read(path)
    }
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.file(Deed::Create(path), || RealDisk.create(path))
    }
    fn append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.file(Deed::Append(path), || RealDisk.append(path))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.deed(Deed::Rename(from, to), &mut || RealDisk.rename(from, to))
    }
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.deed(Deed::Link(from, to), &mut || RealDisk.link(from, to))
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.deed(Deed::Remove(path), &mut || RealDisk.remove(path))
    }
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.0.deed(Deed::CreateFolder(path), &mut || RealDisk.create_folder(path))
    }
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.0.deed(Deed::RemoveFolder(path), &mut || RealDisk.remove_folder(path))
    }
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.0.deed(Deed::SyncFolder(path), &mut || RealDisk.look(path).map(|_| ()))
    }
    fn look(&self, path: &Path) -> io::Result<Looks> {
        RealDisk.look(path)
    }
    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(path)
    }
}

impl<W: Watch> DiskFile for WatchedFile<W> {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.watch.write(&self.path, bytes, &mut *self.file)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.watch.sync(&self.path, &mut *self.file)
    }
    fn look(&self) -> io::Result<Looks> {
        self.file.look()
    }
}

/// Watches nothing, and waits for no disk.
pub struct Quick;

impl Watch for Quick {}

/// The real disk without waiting for it.
pub fn quick_disk() -> Arc<dyn Disk> {
    Arc::new(WatchedDisk(Arc::new(Quick)))
}
