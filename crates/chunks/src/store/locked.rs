//! One process a store: a lock on a file in its folder, given back by the kernel when the process ends.

use std::fs::File;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::error::StoreError;

/// Held as long as the store is open.
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    pub(super) fn take(directory: &Path) -> Result<Self, StoreError> {
        let path = directory.join("lock");
        let file =
            File::options().write(true).create(true).truncate(false).open(path).map_err(StoreError::Write)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { _file: file }),
            Err(Errno::WOULDBLOCK) => Err(StoreError::InUse),
            Err(error) => Err(StoreError::Write(error.into())),
        }
    }
}
