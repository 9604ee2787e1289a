//! Writing: a new file, or the next contents of one that this program keeps.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt};
use std::path::{Path, PathBuf};

use super::{FileError, read_private, with_suffix};

/// Mode of a file that only its owner reads.
const PRIVATE: u32 = 0o600;

/// Writes a file that is not there yet, with the given mode: whole or not at all, durable when it returns.
///
/// # Errors
/// [`FileError::Exists`] when the path names something already, which stays as it is.
pub fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), FileError> {
    let at = FileError::at;
    let folder = folder_of(path);
    let mut file = tempfile::Builder::new().prefix(".carechain-").tempfile_in(folder).map_err(at(path))?;
    file.as_file().set_permissions(PermissionsExt::from_mode(mode)).map_err(at(path))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(at(path))?;
    file.persist_noclobber(path).map_err(|error| match error.error.kind() {
        ErrorKind::AlreadyExists => FileError::Exists { path: path.to_owned() },
        _ => at(path)(error.error),
    })?;
    sync_folder(folder).map_err(at(path))
}

/// Whether every one of these files can still be made. Asked for all of them before the first is written, so that a
/// command never stops half-way because the second name is taken.
///
/// # Errors
/// [`FileError::Exists`] for the first that names something already, a link that leads nowhere included.
pub fn check_free(paths: &[PathBuf]) -> Result<(), FileError> {
    for path in paths {
        match path.symlink_metadata() {
            Ok(_) => return Err(FileError::Exists { path: path.clone() }),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(FileError::at(path)(error)),
        }
    }
    Ok(())
}

/// A file that this program keeps and rewrites, while no other process may do either.
///
/// The lock is on `NAME.lock` beside the file: the file itself is a new one after each replacement.
#[derive(Debug)]
pub struct LockedFile {
    path: PathBuf,
    _lock: File,
}

impl LockedFile {
    /// Waits until no other process has the file.
    pub fn lock(path: &Path) -> Result<Self, FileError> {
        // A link stays a link: what it leads to is replaced.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let lock_path = with_suffix(&path, ".lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).mode(PRIVATE).open(&lock_path);
        let lock = lock.map_err(FileError::at(&lock_path))?;
        lock.lock().map_err(FileError::at(&lock_path))?;
        Ok(Self { path, _lock: lock })
    }

    /// Its bytes; `None` if it is not there yet. Nobody but its owner may have access to it.
    pub fn read(&self, bytes_max: u64) -> Result<Option<Vec<u8>>, FileError> {
        match read_private(&self.path, bytes_max) {
            Err(FileError::Access { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    /// Replaces its bytes, with mode 0600: the old ones or the new ones are there, whatever happens.
    pub fn replace(&self, bytes: &[u8]) -> Result<(), FileError> {
        // The lock makes this name ours: what stands there was left by a process that was killed.
        let next = with_suffix(&self.path, ".new");
        let replaced = write_over(&next, bytes).and_then(|()| rename(&next, &self.path));
        replaced.and_then(|()| sync_folder(folder_of(&self.path))).map_err(FileError::at(&self.path))
    }
}

fn write_over(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[expect(clippy::disallowed_methods, reason = "the one place that may replace a file: its lock is held")]
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)
}

/// The folder that a path stands in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new name is durable once its folder is.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
