//! Requests that this profile made: the ledger lists a patient's requests to the patient alone, so the asker remembers.
//!
//! One a line: the request's id, a space, the digest of what was asked for.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use carechain_crypto::{AccessRequestId, Digest};
use carechain_disk::private_file::{self, FileError, LockedFile};

use super::CommandError;

/// More than anybody asks; 110 bytes each.
const BYTES_MAX: u64 = 16 << 20;

fn file(state: &Path) -> PathBuf {
    state.join("asked.txt")
}

/// All of them, newest first.
pub(super) fn list(state: &Path) -> Result<Vec<AccessRequestId>, CommandError> {
    Ok(lines(state)?.into_iter().map(|(id, _)| id).collect())
}

/// The newest that asked for the same.
pub(super) fn newest(state: &Path, digest: &Digest) -> Result<Option<AccessRequestId>, CommandError> {
    let digest = digest.to_hex();
    Ok(lines(state)?.into_iter().find(|(_, asked_for)| *asked_for == digest).map(|(id, _)| id))
}

fn lines(state: &Path) -> Result<Vec<(AccessRequestId, String)>, CommandError> {
    let bytes = match private_file::read_private(&file(state), BYTES_MAX) {
        Err(FileError::Access { source, .. }) if source.kind() == ErrorKind::NotFound => Vec::new(),
        bytes => bytes.map_err(|error| failed(&error))?,
    };
    let text = String::from_utf8_lossy(&bytes);
    let line = |line: &str| {
        let (id, digest) = line.split_once(' ').unwrap_or((line, ""));
        Some((id.parse().ok()?, digest.to_owned()))
    };
    Ok(text.lines().rev().filter_map(line).collect())
}

/// One more.
pub(super) fn remember(state: &Path, id: AccessRequestId, digest: &Digest) -> Result<(), CommandError> {
    let add = || {
        let file = LockedFile::lock(&file(state))?;
        let mut bytes = file.read(BYTES_MAX)?.unwrap_or_default();
        bytes.extend(format!("{id} {}\n", digest.to_hex()).bytes());
        file.replace(&bytes)
    };
    add().map_err(|error| failed(&error))
}

fn failed(error: &FileError) -> CommandError {
    CommandError::local(error, "the request itself stands on the ledger; mend the profile's state folder")
}
