//! Whether what this node writes is still where its next start looks for it.
//!
//! A file that is open can be renamed or removed by somebody else, and goes on taking what is written: votes are synced,
//! receipts are signed, and all of it is gone with the process. Nothing but a look at the paths shows it.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

/// What a node keeps in its data folder, and cannot do without.
const KEPT: [&str; 3] = ["journal", "ledger", "chunks"];

/// The folders as they were when the node opened them.
#[derive(Debug)]
pub(crate) struct FolderWatch {
    known: Vec<Known>,
}

#[derive(Debug)]
struct Known {
    path: PathBuf,
    /// Device and inode: a folder that took its place has others.
    id: (u64, u64),
}

/// What is wrong with one of the folders.
#[derive(Debug, thiserror::Error)]
pub enum FolderTrouble {
    /// Nothing is at its path, or nothing that may be looked at.
    #[error("{} is not there any more: {source}", path.display())]
    Gone {
        /// Which folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another folder is at its path.
    #[error("{} was moved away, and another folder is in its place", path.display())]
    Replaced {
        /// Which folder.
        path: PathBuf,
    },
    /// Files that the node has open were removed.
    #[error("{count} of the files that this node has open in {} were removed", path.display())]
    Removed {
        /// In which folder.
        path: PathBuf,
        /// How many.
        count: usize,
    },
    /// This process may not write there.
    #[error("this node may not write in {}: {source}", path.display())]
    Closed {
        /// Which folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl FolderTrouble {
    /// What comes of it while the node runs.
    #[must_use]
    pub(crate) const fn consequence(&self) -> &'static str {
        match self {
            Self::Closed { .. } => "what this node has to write there fails",
            Self::Gone { .. } | Self::Replaced { .. } | Self::Removed { .. } => {
                "what this node writes there is lost when it ends"
            }
        }
    }
}

/// Refuses a data folder in which this process may not write: what opens the folders in it says less well what is wrong.
///
/// # Errors
/// Which folder is closed to it.
pub(crate) fn check_open(data_folder: &Path) -> Result<(), FolderTrouble> {
    let there = KEPT.map(|name| data_folder.join(name));
    there.iter().filter(|folder| folder.exists()).try_for_each(|folder| writable(folder))
}

impl FolderWatch {
    /// Of a data folder in which everything was just opened.
    ///
    /// # Errors
    /// If this process may not write in one of the folders: what it writes first may come hours later.
    pub(crate) fn of(data_folder: &Path) -> Result<Self, FolderTrouble> {
        let folders = std::iter::once(data_folder.to_owned()).chain(KEPT.map(|name| data_folder.join(name)));
        let known = folders.map(|path| {
            // As the system names it where it names open files.
            let path = path.canonicalize().map_err(gone(&path))?;
            let id = identity(&path)?;
            writable(&path)?;
            Ok(Known { path, id })
        });
        Ok(Self { known: known.collect::<Result<_, _>>()? })
    }

    /// The data folder.
    #[must_use]
    pub(crate) fn data_folder(&self) -> &Path {
        &self.known[0].path
    }

    /// The first thing that is wrong now.
    ///
    /// # Errors
    /// What it is.
    pub(crate) fn look(&self) -> Result<(), FolderTrouble> {
        for Known { path, id } in &self.known {
            if identity(path)? != *id {
                return Err(FolderTrouble::Replaced { path: path.clone() });
            }
            writable(path)?;
        }
        let removed = removed_files();
        // Those of the folder itself are among those of the folders in it.
        for Known { path, .. } in self.known.iter().skip(1) {
            let count = removed.iter().filter(|file| file.starts_with(path)).count();
            if count > 0 {
                return Err(FolderTrouble::Removed { path: path.clone(), count });
            }
        }
        Ok(())
    }
}

fn gone(path: &Path) -> impl FnOnce(io::Error) -> FolderTrouble {
    move |source| FolderTrouble::Gone { path: path.to_owned(), source }
}

fn identity(path: &Path) -> Result<(u64, u64), FolderTrouble> {
    let metadata = std::fs::metadata(path).map_err(gone(path))?;
    Ok((metadata.dev(), metadata.ino()))
}

fn writable(path: &Path) -> Result<(), FolderTrouble> {
    access(path, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK)
        .map_err(|error| FolderTrouble::Closed { path: path.to_owned(), source: error.into() })
}

/// Files that this process has open and that have no name any more. One that is just being dropped is among them for a
/// moment.
fn removed_files() -> Vec<PathBuf> {
    // Where the system does not say, nothing is found.
    let Ok(open) = std::fs::read_dir("/proc/self/fd") else { return Vec::new() };
    let links = open.flatten().filter_map(|entry| std::fs::read_link(entry.path()).ok());
    links.filter_map(|link| Some(PathBuf::from(link.to_str()?.strip_suffix(" (deleted)")?))).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
