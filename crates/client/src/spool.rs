//! The spool: what a client keeps on disk while it works, and finds again when the work was cut off.
//!
//! | file | is |
//! |---|---|
//! | `<upload id>.record`, `<upload id>.json` | ciphertext of an upload, and what resuming it needs (`publish/spool.rs`) |
//! | `<EHR id>.fetched` | ciphertext of a retrieve, as far as it came |
//! | `<random>.staging` | a note of a folder with plaintext that is not yet where it belongs |
//!
//! Whoever works on one holds the lock of its file (`flock`), which ends with the process whatever ends it. So the next
//! run tells what is in use from what was left, and removes the latter. The folder has mode 0700.

mod held;
mod note;
mod sweep;

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

pub(crate) use held::Held;
pub(crate) use note::Note;

/// The spool of one profile.
#[derive(Clone, Debug)]
pub(crate) struct SpoolFolder {
    path: PathBuf,
}

impl SpoolFolder {
    /// The spool in a profile's state folder; made if it is not there.
    pub(crate) fn open(state: &Path) -> io::Result<Self> {
        let path = state.join("spool");
        DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
        Ok(Self { path })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Held while files are made or judged: between making a file and locking it, nobody may take it for left.
    fn gate(&self) -> io::Result<File> {
        let path = self.path.with_extension("lock");
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        file.lock()?;
        Ok(file)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests;
