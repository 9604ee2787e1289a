//! Files of value: keys, proofs, the registry, what a client remembers. Bounded and checked when they are read, whole or
//! not there when they are written.
//!
//! Invariants
//! - Every such file is written here. `clippy.toml` refuses what the standard library offers to overwrite a file.
//! - [`write_new`] never writes over another file.
//! - A file that its program rewrites is read and replaced under one lock ([`LockedFile`]), so that of two processes
//!   neither loses what the other wrote.
//!
//! Crash: bytes are synced before the name points to them, and the folder before the call returns.

mod write;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use carechain_crypto::Secret;

use crate::limits::PASSPHRASE_FILE_BYTES_MAX;

pub(crate) use write::folder_of;
pub use write::{LockedFile, check_free, sync_folder, write_new};

/// Why a file is not used. The caller mends the path or its permissions.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read or written.
    #[error("{}: {source}", path.display())]
    Access {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others may read or change it.
    #[error("{} has mode {mode:o}, which lets others in", path.display())]
    Permissions {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It is longer than any such file.
    #[error("{} has more than {bytes_max} bytes", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// Bytes allowed.
        bytes_max: u64,
    },
    /// It is there already and is not overwritten.
    #[error("{} exists and is not overwritten", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
}

impl FileError {
    /// With the path it happened at.
    pub fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Access { path: path.to_owned(), source }
    }
}

/// A path with something behind its name. Nothing of the name is replaced: `dr.alice` and `dr.bob` stay apart.
#[must_use]
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// The first line of a passphrase file.
pub fn read_passphrase(path: &Path) -> Result<Secret<Vec<u8>>, FileError> {
    let bytes = read(path, PASSPHRASE_FILE_BYTES_MAX)?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(Secret::new(line.strip_suffix(b"\r").unwrap_or(line).to_vec()))
}

/// Reads a file of bounded length.
pub fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, FileError> {
    let file = File::open(path).map_err(FileError::at(path))?;
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(FileError::at(path))?;
    if bytes.len() as u64 > bytes_max {
        return Err(FileError::TooLong { path: path.to_owned(), bytes_max });
    }
    Ok(bytes)
}

/// Reads a file that nobody but its owner may touch.
pub fn read_private(path: &Path, bytes_max: u64) -> Result<Vec<u8>, FileError> {
    let mode = std::fs::metadata(path).map_err(FileError::at(path))?.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(FileError::Permissions { path: path.to_owned(), mode });
    }
    read(path, bytes_max)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests;
