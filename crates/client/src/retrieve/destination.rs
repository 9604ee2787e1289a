//! Where a record is unpacked to. Everything about it that can go wrong is tried before the read stands on the ledger:
//! that the folder is absent or empty, that it can be made and written, that there is room.
//!
//! ```text
//! absent:       parent/.carechain-…/0 ──rename──► output
//! empty folder: output/.carechain-…/0/* ──rename──► output/*     (a mount point, a link and `.` cannot be renamed over)
//! ```

use std::fs::{DirBuilder, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with, statvfs};
use rustix::io::Errno;

use crate::archive::UnpackError;
use crate::error::OperationError;
use crate::spool::{SpoolFolder, Staging};

/// A folder that was tried, and the private one from which it is filled.
#[derive(Debug)]
pub(super) struct Destination {
    output: PathBuf,
    is_there: bool,
    staging: Option<Staging>,
    /// Folders above it that were made for it, the outermost first.
    made: Vec<PathBuf>,
}

impl Destination {
    /// Tries a folder that is absent or empty.
    pub(super) fn prepare(spool: &SpoolFolder, output: &Path) -> Result<Self, UnpackError> {
        let write = |source| UnpackError::Write { path: output.to_owned(), source };
        let is_there = is_empty_folder(output)?;
        let mut destination = Self { output: output.to_owned(), is_there, staging: None, made: Vec::new() };
        let parent = if is_there { output } else { destination.make_parents().map_err(write)? };
        let staging = spool.stage(parent).map_err(write)?;
        if !is_there {
            try_rename(staging.path(), output).map_err(write)?;
        }
        destination.staging = Some(staging);
        Ok(destination)
    }

    /// The folder to unpack below.
    fn staging(&self) -> &Path {
        self.staging.as_ref().expect("a destination that was prepared has its staging folder").path()
    }

    /// A path for the entries of one record.
    pub(super) fn place(&self, index: usize) -> PathBuf {
        self.staging().join(index.to_string())
    }

    /// Refuses if there is no room for so many bytes here, with so many more of ciphertext in the spool.
    pub(super) fn check_room(
        &self,
        spool: &SpoolFolder,
        unpacked: u64,
        spooled: u64,
    ) -> Result<(), OperationError> {
        let (here, there) = (self.staging(), spool.path());
        let access = |path: &Path, source| OperationError::SpoolAccess { path: path.to_owned(), source };
        let device = |path: &Path| std::fs::metadata(path).map_err(|source| access(path, source));
        let is_one = device(here).map(|metadata: Metadata| metadata.dev())? == device(there)?.dev();
        let needs = match is_one {
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

    /// Puts the entries of the only record where they belong.
    pub(super) fn deliver(&self, place: &Path) -> Result<PathBuf, UnpackError> {
        let moved = if self.is_there { move_children(place, &self.output) } else { put(place, &self.output) };
        moved.map_err(|source| UnpackError::Write { path: self.output.clone(), source })?;
        Ok(self.output.clone())
    }

    /// Puts the entries of one of several records into a folder of their own.
    pub(super) fn deliver_as(&self, place: &Path, name: &str) -> Result<PathBuf, UnpackError> {
        let target = self.output.join(name);
        let write = |source| UnpackError::Write { path: target.clone(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(&self.output).map_err(write)?;
        put(place, &target).map_err(write)?;
        Ok(target)
    }

    /// The folder above an output that is absent.
    fn make_parents(&mut self) -> io::Result<&Path> {
        let parent = self.output.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        let absent =
            parent.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let mut absent: Vec<_> = absent.map(Path::to_owned).collect();
        absent.reverse();
        for folder in absent {
            std::fs::create_dir(&folder)?;
            self.made.push(folder);
        }
        Ok(parent)
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        drop(self.staging.take());
        // Those that hold something by now stay.
        for folder in self.made.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

/// Whether the output is an empty folder; false if nothing is there.
fn is_empty_folder(output: &Path) -> Result<bool, UnpackError> {
    let write = |source| UnpackError::Write { path: output.to_owned(), source };
    match std::fs::read_dir(output).map(|mut children| children.next()) {
        Ok(None) => Ok(true),
        Ok(Some(Ok(_))) => Err(UnpackError::NotEmpty { path: output.to_owned() }),
        Ok(Some(Err(error))) => Err(write(error)),
        Err(error) if error.kind() == ErrorKind::NotFound && output.symlink_metadata().is_ok() => {
            Err(write(io::Error::new(ErrorKind::NotFound, "it is a link to something that is not there")))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(write(error)),
    }
}

/// Moves an empty folder to where the record will go, and back.
fn try_rename(staging: &Path, output: &Path) -> io::Result<()> {
    let probe = staging.join("probe");
    DirBuilder::new().mode(0o700).create(&probe)?;
    put(&probe, output)?;
    std::fs::remove_dir(output)
}

fn move_children(from: &Path, into: &Path) -> io::Result<()> {
    for child in std::fs::read_dir(from)? {
        let child = child?;
        put(&child.path(), &into.join(child.file_name()))?;
    }
    Ok(())
}

/// Renames, and never over what came to be there meanwhile.
fn put(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        Err(Errno::INVAL) => put_if_absent(from, to),
        Err(error) => Err(error.into()),
    }
}

#[expect(clippy::disallowed_methods, reason = "some file systems only know the rename that replaces")]
fn put_if_absent(from: &Path, to: &Path) -> io::Result<()> {
    if to.symlink_metadata().is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    std::fs::rename(from, to)
}

/// Bytes that this user may still write.
fn free_bytes(path: &Path) -> io::Result<u64> {
    let stat = statvfs(path)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}
