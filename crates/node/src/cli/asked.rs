//! Requests that this profile made: the ledger lists a patient's requests to the patient alone, so the asker remembers.

use std::path::{Path, PathBuf};

use carechain_client::private_file::{self, Overwrite};
use carechain_crypto::AccessRequestId;

use super::CommandError;

/// More than anybody asks; 45 bytes each.
const BYTES_MAX: u64 = 16 << 20;

fn file(state: &Path) -> PathBuf {
    state.join("asked.txt")
}

/// All of them, newest first.
pub(super) fn list(state: &Path) -> Result<Vec<AccessRequestId>, CommandError> {
    let file = file(state);
    if !file.exists() {
        return Ok(Vec::new());
    }
    let bytes = private_file::read_private(&file, BYTES_MAX).map_err(|error| failed(&error))?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().rev().filter_map(|line| line.parse().ok()).collect())
}

/// One more.
pub(super) fn remember(state: &Path, id: AccessRequestId) -> Result<(), CommandError> {
    let mut ids = list(state)?;
    ids.reverse();
    ids.push(id);
    let text: String = ids.iter().map(|id| format!("{id}\n")).collect();
    private_file::write_private(&file(state), text.as_bytes(), Overwrite::Replace)
        .map_err(|error| failed(&error))
}

fn failed(error: &private_file::FileError) -> CommandError {
    CommandError::local(error, "the request itself stands on the ledger; mend the profile's state folder")
}
