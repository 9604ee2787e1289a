//! A file of the spool that this process works on.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::SpoolFolder;

/// An open file whose lock this process has until it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    file: File,
    path: PathBuf,
}

impl SpoolFolder {
    /// Makes a file that is not there yet.
    pub(crate) fn create(&self, name: &str) -> io::Result<Held> {
        let held = self.hold(name, File::options().read(true).write(true).create_new(true))?;
        held.ok_or_else(|| io::ErrorKind::WouldBlock.into())
    }

    /// Opens a file, or makes it; none while another process works on it.
    pub(crate) fn take(&self, name: &str) -> io::Result<Option<Held>> {
        self.hold(name, File::options().read(true).write(true).create(true).truncate(false))
    }

    /// Opens a file that is there; none while another process works on it.
    pub(crate) fn reopen(&self, name: &str) -> io::Result<Option<Held>> {
        self.hold(name, File::options().read(true).write(true))
    }

    fn hold(&self, name: &str, options: &mut OpenOptions) -> io::Result<Option<Held>> {
        let _gate = self.gate()?;
        let path = self.path().join(name);
        let file = options.mode(0o600).open(&path)?;
        Ok(lock(&file)?.then_some(Held { file, path }))
    }
}

/// Whether the lock was free; it is taken then.
pub(super) fn lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

impl Held {
    /// The file.
    pub(crate) const fn file(&self) -> &File {
        &self.file
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// It is of no use any more. What cannot be removed is found by the next sweep.
    pub(crate) fn remove(self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
