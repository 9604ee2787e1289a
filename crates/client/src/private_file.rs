//! Small files that only their owner reads: bounded, checked, written whole or not at all.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt};
use std::path::{Path, PathBuf};

use carechain_crypto::Secret;

use crate::limits::PASSPHRASE_FILE_BYTES_MAX;

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

/// Whether a file that is there may be replaced.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Overwrite {
    /// It is kept, and writing fails.
    Never,
    /// It is replaced.
    Replace,
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

/// Writes a file with mode 0600, whole or not at all, durable when it returns.
pub fn write_private(path: &Path, bytes: &[u8], overwrite: Overwrite) -> Result<(), FileError> {
    write(path, bytes, 0o600, overwrite)
}

/// Writes a file with the given mode, whole or not at all, durable when it returns.
pub fn write(path: &Path, bytes: &[u8], mode: u32, overwrite: Overwrite) -> Result<(), FileError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(FileError::at(path))?;
    file.as_file().set_permissions(PermissionsExt::from_mode(mode)).map_err(FileError::at(path))?;
    file.write_all(bytes).map_err(FileError::at(path))?;
    file.as_file().sync_all().map_err(FileError::at(path))?;
    match overwrite {
        Overwrite::Replace => file.persist(path).map(drop).map_err(|error| FileError::at(path)(error.error)),
        Overwrite::Never => match file.persist_noclobber(path) {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                Err(FileError::Exists { path: path.to_owned() })
            }
            Err(error) => Err(FileError::at(path)(error.error)),
        },
    }?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(FileError::at(path))
}
