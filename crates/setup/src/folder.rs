//! The data folder: one node's ledger, journal, chunks and private registry, with one owner at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process has it.
    #[error("{} is in use by another process", path.display())]
    InUse {
        /// Which folder.
        path: PathBuf,
    },
    /// The system says no.
    #[error("cannot {what} {}: {source}", path.display())]
    System {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A data folder that this process owns until it is dropped.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder if it is missing, and locks it.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let failed = |what| move |source| FolderError::System { what, path: path.to_owned(), source };
        std::fs::create_dir_all(path).map_err(failed("create"))?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(failed("open"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed("lock")(source)),
        }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What custody keeps of its work: repairs that failed, the place of the scrub. Deleting it loses nothing else.
    #[must_use]
    pub fn custody(&self) -> PathBuf {
        self.path.join("custody")
    }

    /// The ledger's database.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.path.join("ledger")
    }

    /// The replica's journal: a folder of its own, never in a backup.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        journal_folder(&self.path)
    }

    /// Record files of IEFS.
    #[must_use]
    pub fn chunks(&self) -> PathBuf {
        self.path.join("chunks")
    }
}

/// Whether a process owns a data folder now.
#[must_use]
pub fn is_in_use(path: &Path) -> bool {
    File::open(path.join("lock")).is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

/// The journal's folder inside a data folder.
#[must_use]
pub fn journal_folder(data_folder: &Path) -> PathBuf {
    data_folder.join("journal")
}
