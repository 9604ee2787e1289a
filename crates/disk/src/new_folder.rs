//! A new folder: filled where nobody looks, then put in its place whole.
//!
//! ```text
//! target absent:           PARENT/.carechain-new-XXXX ──one rename──► PARENT/TARGET
//! target an empty folder:  TARGET/.carechain-new-XXXX/* ──a rename each──► TARGET/*
//! ```
//!
//! An empty folder stays where it is: it may be a mount point, the working directory, or stand in a folder that may not be
//! written.
//!
//! Invariants
//! - Until it is put in place only its owner can open it (mode 0700).
//! - Everything that can be known beforehand is tried by [`NewFolder::prepare`]: that the target is absent or empty, and that
//!   the rename works.
//! - Given up, it leaves nothing: the target's parents that were made for it go too.
//! - It is locked while its process lives. What a killed process left is removed by the next that prepares the same target.

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use tempfile::TempDir;

use crate::private_file::{folder_of, sync_folder};

/// How the folders begin that are not yet in their place.
pub const NEW_FOLDER_PREFIX: &str = ".carechain-new-";

/// Why a folder cannot be made, or not be put in its place.
#[derive(Debug, thiserror::Error)]
pub enum NewFolderError {
    /// Something is in it already, or it is no folder.
    #[error("{} exists and is not an empty folder", path.display())]
    NotEmpty {
        /// The target.
        path: PathBuf,
    },
    /// The system does not let it be made there.
    #[error("cannot make {}: {source}", path.display())]
    System {
        /// The target.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Where the contents go in the end.
#[derive(Debug)]
enum Target {
    /// Nothing is there: the folder itself is moved there.
    Absent(PathBuf),
    /// An empty folder: its contents are moved into it.
    Empty(PathBuf),
}

/// A folder that is being filled. Dropped before it is put in place, it is removed.
#[derive(Debug)]
pub struct NewFolder {
    staging: TempDir,
    target: Target,
    _lock: File,
    // Dropped last: what was in them is gone then.
    _parents: MadeParents,
}

/// Parents of a target that were made for it, the outermost first. Dropped, those that hold nothing are removed.
#[derive(Debug, Default)]
struct MadeParents(Vec<PathBuf>);

impl MadeParents {
    fn make(parent: &Path) -> io::Result<Self> {
        let absent =
            parent.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let mut absent: Vec<_> = absent.collect();
        absent.reverse();
        let mut made = Self::default();
        for folder in absent {
            std::fs::create_dir(folder)?;
            made.0.push(folder.to_owned());
        }
        Ok(made)
    }
}

impl Drop for MadeParents {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            // One that holds something stays.
            let _ = std::fs::remove_dir(folder);
        }
    }
}

impl NewFolder {
    /// Makes the folder to fill, and the target's parents, and tries whether it can be put in its place.
    pub fn prepare(target: &Path) -> Result<Self, NewFolderError> {
        let failed = |source| NewFolderError::System { path: target.to_owned(), source };
        let target = look(target)?;
        let (beside, parents) = match &target {
            Target::Absent(path) => {
                let parent = folder_of(path);
                (parent, MadeParents::make(parent).map_err(failed)?)
            }
            Target::Empty(path) => (path.as_path(), MadeParents::default()),
        };
        remove_left(beside).map_err(failed)?;
        let (staging, lock) = make_locked(beside).map_err(failed)?;
        let new = Self { staging, target, _lock: lock, _parents: parents };
        new.rehearse().map_err(failed)?;
        Ok(new)
    }

    /// Where to write until it is put in its place.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.staging.path()
    }

    /// Puts it in its place.
    pub fn put_in_place(self) -> Result<(), NewFolderError> {
        let (Target::Absent(path) | Target::Empty(path)) = &self.target;
        let moved = match &self.target {
            Target::Absent(path) => rename(self.path(), path).and_then(|()| sync_folder(folder_of(path))),
            Target::Empty(path) => move_contents(self.path(), path).and_then(|()| sync_folder(path)),
        };
        moved.map_err(|source| NewFolderError::System { path: path.clone(), source })?;
        if let Target::Absent(_) = self.target {
            // It has moved: there is nothing left to remove.
            let _moved = self.staging.keep();
        }
        Ok(())
    }

    /// Moves the folder, empty as it still is, there and back.
    fn rehearse(&self) -> io::Result<()> {
        let Target::Absent(path) = &self.target else { return Ok(()) };
        rename(self.path(), path)?;
        rename(path, self.path())
    }
}

fn look(path: &Path) -> Result<Target, NewFolderError> {
    let not_empty = || NewFolderError::NotEmpty { path: path.to_owned() };
    let mut children = match std::fs::read_dir(path) {
        Ok(children) => children,
        // A link that leads nowhere is something all the same.
        Err(error) if error.kind() == ErrorKind::NotFound && path.symlink_metadata().is_err() => {
            return Ok(Target::Absent(path.to_owned()));
        }
        Err(error)
            if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
                && path.symlink_metadata().is_ok() =>
        {
            return Err(not_empty());
        }
        Err(source) => return Err(NewFolderError::System { path: path.to_owned(), source }),
    };
    // What a killed process left is no content. `lost+found` of a file system's own root is none either.
    let is_content = |child: io::Result<std::fs::DirEntry>| {
        child.is_ok_and(|child| !is_staging(&child) && child.file_name() != "lost+found")
    };
    if children.any(is_content) { Err(not_empty()) } else { Ok(Target::Empty(path.to_owned())) }
}

fn is_staging(child: &std::fs::DirEntry) -> bool {
    child.file_name().as_encoded_bytes().starts_with(NEW_FOLDER_PREFIX.as_bytes())
}

/// Makes a folder and locks it. One that was taken for a left one between the two is made again.
fn make_locked(beside: &Path) -> io::Result<(TempDir, File)> {
    loop {
        let staging = tempfile::Builder::new()
            .prefix(NEW_FOLDER_PREFIX)
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .tempdir_in(beside)?;
        let lock = File::open(staging.path())?;
        lock.lock()?;
        if staging
            .path()
            .metadata()
            .is_ok_and(|found| lock.metadata().is_ok_and(|own| own.ino() == found.ino()))
        {
            return Ok((staging, lock));
        }
    }
}

/// Removes folders whose process was killed: nobody holds their lock any more.
fn remove_left(folder: &Path) -> io::Result<()> {
    for child in std::fs::read_dir(folder)? {
        let child = child?;
        if !is_staging(&child) || !child.file_type()?.is_dir() {
            continue;
        }
        let Ok(left) = File::open(child.path()) else { continue };
        match left.try_lock() {
            // Another person's stays, and hinders nobody.
            Ok(()) => drop(std::fs::remove_dir_all(child.path())),
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
        }
    }
    Ok(())
}

fn move_contents(from: &Path, to: &Path) -> io::Result<()> {
    for child in std::fs::read_dir(from)? {
        let child = child?;
        rename(&child.path(), &to.join(child.file_name()))?;
    }
    Ok(())
}

/// Moves to a name that is free, also if somebody took it a moment ago.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some network file systems cannot promise that.
        Err(Errno::INVAL | Errno::NOSYS) => rename_unguarded(from, to),
        moved => Ok(moved?),
    }
}

#[expect(clippy::disallowed_methods, reason = "the target was seen to be free when the folder was prepared")]
fn rename_unguarded(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests;
