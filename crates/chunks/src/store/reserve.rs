//! The disk reserve: a file is refused while the disk can still hold it, never after.

use std::path::Path;

use rustix::fs::statvfs;

use crate::error::StoreError;

/// Space of the file system a folder lies on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Space {
    pub(super) free_bytes: u64,
    pub(super) total_bytes: u64,
}

pub(super) fn space(directory: &Path) -> Result<Space, StoreError> {
    let space = statvfs(directory).map_err(|error| StoreError::Read(error.into()))?;
    Ok(Space {
        free_bytes: space.f_bavail.saturating_mul(space.f_frsize),
        total_bytes: space.f_blocks.saturating_mul(space.f_frsize),
    })
}

/// Refuses a file that, together with what open uploads may still bring, would eat into the reserve. Gives the bytes
/// left before it.
pub(super) fn check(
    directory: &Path,
    length: u64,
    promised_bytes: u64,
    free_permille_min: u32,
) -> Result<u64, StoreError> {
    let Space { free_bytes, total_bytes } = space(directory)?;
    let reserve_bytes = total_bytes / 1_000 * u64::from(free_permille_min);
    let left = free_bytes.saturating_sub(reserve_bytes.saturating_add(promised_bytes));
    if length > left {
        return Err(StoreError::DiskReserve {
            length,
            promised_bytes,
            free_bytes,
            total_bytes,
            reserve_bytes,
        });
    }
    Ok(left)
}
