//! Files of a demonstration, with errors that name them.

use std::path::Path;

use carechain_disk::private_file::write_new;

use super::error::DemoError;

pub(super) fn read(path: &Path) -> Result<Vec<u8>, DemoError> {
    std::fs::read(path).map_err(|source| DemoError::File { path: path.to_owned(), source })
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), DemoError> {
    Ok(write_new(path, bytes, 0o644)?)
}
