//! A note of a folder with plaintext that is not yet where it belongs.
//!
//! It is on the disk before any plaintext is: whenever the process or the machine ends, the next run of the profile finds the
//! folder by it and removes it, wherever it was.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use carechain_disk::NEW_FOLDER_PREFIX;
use carechain_disk::private_file::sync_folder;
use data_encoding::HEXLOWER;

use super::{Held, SpoolFolder};
use crate::limits::SMALL_FILE_BYTES_MAX;
use crate::random::SystemRandom;

/// The note; removed when dropped, if the folder is gone.
#[derive(Debug)]
pub(crate) struct Note {
    folder: PathBuf,
    held: Option<Held>,
}

impl SpoolFolder {
    /// Notes a folder that is still empty.
    pub(crate) fn note(&self, folder: &Path) -> io::Result<Note> {
        let folder = std::path::absolute(folder)?;
        let held = self.create(&format!("{}.staging", HEXLOWER.encode(&SystemRandom::bytes::<8>())))?;
        let mut file = held.file();
        file.write_all(folder.as_os_str().as_bytes())?;
        file.sync_all()?;
        sync_folder(self.path())?;
        Ok(Note { folder, held: Some(held) })
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        // What resisted is tried again by the next run, which tells it.
        if !self.folder.exists() {
            self.held.take().into_iter().for_each(Held::remove);
        }
    }
}

/// The folder that a note names; none if the note was cut short or names no folder of ours.
pub(super) fn noted_at(note: &Path) -> io::Result<Option<PathBuf>> {
    let mut bytes = Vec::new();
    File::open(note)?.take(SMALL_FILE_BYTES_MAX).read_to_end(&mut bytes)?;
    let folder = PathBuf::from(OsStr::from_bytes(&bytes));
    let is_own = folder.is_absolute()
        && folder.file_name().is_some_and(|name| name.as_bytes().starts_with(NEW_FOLDER_PREFIX.as_bytes()));
    Ok(is_own.then_some(folder))
}
