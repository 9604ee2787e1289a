//! Where records are unpacked to: a new folder that was tried, noted in the spool, with room for them.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use carechain_disk::NewFolder;
use rustix::fs::statvfs;

use crate::archive::UnpackError;
use crate::error::OperationError;
use crate::spool::{Note, SpoolFolder};

/// The folder, private until it is in its place.
#[derive(Debug)]
pub(super) struct Destination {
    output: PathBuf,
    folder: NewFolder,
    // Dropped after the folder: it goes when that is gone.
    _note: Note,
}

impl Destination {
    /// Tries a folder that is absent or empty, before the read stands on the ledger.
    pub(super) fn prepare(spool: &SpoolFolder, output: &Path) -> Result<Self, OperationError> {
        let folder = NewFolder::prepare(output)?;
        let note = spool.note(folder.path()).map_err(|source| access(spool.path(), source))?;
        Ok(Self { output: output.to_owned(), folder, _note: note })
    }

    /// Where the only record is unpacked, or one of several.
    pub(super) fn place(&self, name: Option<&str>) -> PathBuf {
        name.map_or_else(|| self.folder.path().to_owned(), |name| self.folder.path().join(name))
    }

    /// Refuses if there is no room for so many bytes here, with so many more of ciphertext in the spool.
    pub(super) fn check_room(
        &self,
        spool: &SpoolFolder,
        unpacked: u64,
        spooled: u64,
    ) -> Result<(), OperationError> {
        let (here, there) = (self.folder.path(), spool.path());
        let device = |path: &Path| {
            std::fs::metadata(path).map_err(|source| access(path, source)).map(|found| found.dev())
        };
        let needs = match device(here)? == device(there)? {
            true => vec![(here, unpacked.saturating_add(spooled))],
            false => vec![(here, unpacked), (there, spooled)],
        };
        for (path, needed) in needs {
            let free = free_bytes(path).map_err(|source| access(path, source))?;
            if needed > free {
                let path = if path == here { self.output.clone() } else { path.to_owned() };
                return Err(UnpackError::NoRoom { path, needed, free }.into());
            }
        }
        Ok(())
    }

    /// Puts what is unpacked where it belongs.
    pub(super) fn put_in_place(self) -> Result<(), OperationError> {
        Ok(self.folder.put_in_place()?)
    }
}

fn access(path: &Path, source: io::Error) -> OperationError {
    OperationError::SpoolAccess { path: path.to_owned(), source }
}

/// Bytes that this user may still write.
fn free_bytes(path: &Path) -> io::Result<u64> {
    let stat = statvfs(path)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}
