//! A private folder for plaintext that is not yet where it belongs, beside or inside of where it belongs.
//!
//! A note in the spool says where it is, and is written first: whenever the process ends, the next run of the profile
//! finds the folder by it and removes it.

use std::ffi::OsStr;
use std::fs::DirBuilder;
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;

use super::{Held, SpoolFolder};
use crate::limits::SMALL_FILE_BYTES_MAX;
use crate::random::SystemRandom;

const PREFIX: &str = ".carechain-";

/// The folder; removed with all it holds when dropped.
#[derive(Debug)]
pub(crate) struct Staging {
    folder: PathBuf,
    note: Option<Held>,
}

impl SpoolFolder {
    /// Makes a folder for plaintext in another folder, on its file system.
    pub(crate) fn stage(&self, parent: &Path) -> io::Result<Staging> {
        let name = HEXLOWER.encode(&SystemRandom::bytes::<8>());
        let folder = std::path::absolute(parent)?.join(format!("{PREFIX}{name}"));
        let note = self.create(&format!("{name}.staging"))?;
        let mut file = note.file();
        file.write_all(folder.as_os_str().as_bytes())?;
        let staging = Staging { folder, note: Some(note) };
        DirBuilder::new().mode(0o700).create(&staging.folder)?;
        Ok(staging)
    }
}

impl Staging {
    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let removed = std::fs::remove_dir_all(&self.folder);
        // What resists is tried again by the next run, which tells it.
        if removed.is_ok() || removed.is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            self.note.take().into_iter().for_each(Held::remove);
        }
    }
}

/// The folder that a note names; none if the note was cut short or names no folder of ours.
pub(super) fn staged_at(note: &Path) -> io::Result<Option<PathBuf>> {
    let mut bytes = Vec::new();
    std::fs::File::open(note)?.take(SMALL_FILE_BYTES_MAX).read_to_end(&mut bytes)?;
    let folder = PathBuf::from(OsStr::from_bytes(&bytes));
    let own = note.file_stem().and_then(OsStr::to_str).map(|name| format!("{PREFIX}{name}"));
    let is_own = folder.is_absolute() && folder.file_name().and_then(OsStr::to_str) == own.as_deref();
    Ok(is_own.then_some(folder))
}
