//! Files that appear whole or not at all, for whatever is written outside a project: exports, settings.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

use super::StoreError;
use super::disk::folder_of;

/// A file being written beside its place. [`AtomicFile::commit`] puts it there; dropped before that, nothing is left behind and
/// what stood there stays.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    writer: BufWriter<NamedTempFile>,
}

impl AtomicFile {
    /// Begins a file that will stand at `path`, in place of a file that is there now.
    ///
    /// # Errors
    /// When its folder is missing or cannot be written, or when something other than a file stands there.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        let path = through_links(path)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".hashiya-").suffix(".new");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder_of(&path)).map_err(StoreError::io("write", &path))?;
        if let Ok(before) = fs::metadata(&path) {
            file.as_file().set_permissions(before.permissions()).ok();
        }
        Ok(Self { path, writer: BufWriter::with_capacity(1 << 16, file) })
    }

    /// Where it will stand.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where it lies while it waits, with all that was written so far, to be read back before it takes its place.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn waiting(&mut self) -> Result<&Path, StoreError> {
        self.writer.flush().map_err(StoreError::io("write", &self.path))?;
        Ok(self.writer.get_ref().path())
    }

    /// Syncs the file, puts it in its place and syncs the folder.
    ///
    /// # Errors
    /// When the disk refuses; what stood there then stays.
    pub fn commit(self) -> Result<(), StoreError> {
        let fail = |error| StoreError::io("write", &self.path)(error);
        let file = self.writer.into_inner().map_err(|error| fail(error.into_error()))?;
        file.as_file().sync_all().map_err(fail)?;
        file.persist(&self.path).map_err(|error| fail(error.error))?;
        sync_folder(folder_of(&self.path)).map_err(fail)
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Writes a file whole or not at all.
///
/// # Errors
/// As [`AtomicFile::create`] and [`AtomicFile::commit`].
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes).map_err(StoreError::io("write", path))?;
    file.commit()
}

/// The file that a path means, through links, so that a link is kept and its target replaced. Devices, pipes and folders are
/// refused: a rename would put a file in their place.
fn through_links(path: &Path) -> Result<PathBuf, StoreError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            let source = io::Error::from(io::ErrorKind::IsADirectory);
            Err(StoreError::Io { act: "write", path: path.to_owned(), source })
        }
        Ok(metadata) if !metadata.is_file() => {
            let source = io::Error::other("it is not a regular file; name one");
            Err(StoreError::Io { act: "write", path: path.to_owned(), source })
        }
        Ok(_) => fs::canonicalize(path).map_err(StoreError::io("write", path)),
        Err(_) => Ok(path.to_owned()),
    }
}

pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
