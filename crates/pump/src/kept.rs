//! Small files that outlive the process: what the byte pump would otherwise learn again slowly.
//!
//! `BLAKE3 of the body 32 ‖ body`. Written to a temporary file, synced, renamed: there is the old one or the new one. One
//! that cannot be read costs what it saved and nothing else, so it is put aside with a line in the log.

use std::fs;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use carechain_crypto::hash;
use carechain_disk::private_file::{FileError, LockedFile};
use carechain_types::{decode, encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

const DIGEST_BYTES: usize = 32;

/// One such file. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Kept<T> {
    folder: PathBuf,
    name: &'static str,
    bytes_max: usize,
    body: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Kept<T> {
    pub(super) fn new(folder: &Path, name: &'static str, bytes_max: usize) -> Self {
        Self { folder: folder.to_owned(), name, bytes_max, body: PhantomData }
    }

    /// What was written last, if anything was.
    pub(super) fn read(&self) -> Option<T> {
        let bytes = match self.file().and_then(|file| file.read((self.bytes_max + DIGEST_BYTES) as u64)) {
            Ok(bytes) => bytes?,
            Err(error) => {
                tracing::warn!(file = self.name, %error, "what was kept of the last run cannot be read");
                return None;
            }
        };
        let body = bytes
            .split_at_checked(DIGEST_BYTES)
            .filter(|(digest, body)| *digest == hash(body).as_slice())
            .and_then(|(_, body)| decode(body, self.bytes_max).ok());
        if body.is_none() {
            tracing::warn!(file = self.name, "what was kept of the last run is damaged and begins anew");
        }
        body
    }

    /// Keeps this instead.
    pub(super) fn write(&self, value: &T) -> Result<(), FileError> {
        let body = encode(value);
        let mut bytes = hash(&body).as_slice().to_vec();
        bytes.extend_from_slice(&body);
        self.file()?.replace(&bytes)
    }

    fn file(&self) -> Result<LockedFile, FileError> {
        let path = self.folder.join(self.name);
        fs::create_dir_all(&self.folder).map_err(FileError::at(&path))?;
        LockedFile::lock(&path)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests;
