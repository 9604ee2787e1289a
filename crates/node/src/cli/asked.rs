//! Requests that this profile made: the ledger lists a patient's requests to the patient alone, so the asker remembers.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use carechain_client::private_file::{self, FileError, LockedFile};
use carechain_crypto::AccessRequestId;

use super::CommandError;

/// More than anybody asks; 45 bytes each.
const BYTES_MAX: u64 = 16 << 20;

fn file(state: &Path) -> PathBuf {
    state.join("asked.txt")
}

/// All of them, newest first.
pub(super) fn list(state: &Path) -> Result<Vec<AccessRequestId>, CommandError> {
    let bytes = match private_file::read_private(&file(state), BYTES_MAX) {
        Err(FileError::Access { source, .. }) if source.kind() == ErrorKind::NotFound => Vec::new(),
        bytes => bytes.map_err(|error| failed(&error))?,
    };
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().rev().filter_map(|line| line.parse().ok()).collect())
}

/// One more.
pub(super) fn remember(state: &Path, id: AccessRequestId) -> Result<(), CommandError> {
    let add = || {
        let file = LockedFile::lock(&file(state))?;
        let mut bytes = file.read(BYTES_MAX)?.unwrap_or_default();
        bytes.extend(format!("{id}\n").bytes());
        file.replace(&bytes)
    };
    add().map_err(|error| failed(&error))
}

fn failed(error: &FileError) -> CommandError {
    CommandError::local(error, "the request itself stands on the ledger; mend the profile's state folder")
}
