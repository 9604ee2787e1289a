//! What disk and chunk store say of themselves. Everything here blocks while the disk does.

use std::path::Path;

use carechain_api::{Certificate, Validity};
use carechain_chunks::{ChunkStore, StoreHealth};
use carechain_pump::Copies;
use carechain_schema::StorageStatus;

use super::inputs::Storage;
use crate::folder_watch::FolderWatch;

/// One look at the disk.
#[derive(Clone, Debug)]
pub(super) struct DiskView {
    /// What findings need, or what the store does instead of saying it.
    pub storage: Result<Storage, String>,
    /// What happened to the data folder, if anything.
    pub folder_trouble: Option<String>,
    /// As the status shows it.
    pub status: StorageStatus,
    /// From when until when the certificate of the HTTP interface is good.
    pub certificate: Option<Validity>,
}

impl DiskView {
    /// Looks. How many files lack copies the custody knows, not the disk.
    #[must_use]
    pub(super) fn of(
        folders: &FolderWatch,
        chunks: &ChunkStore,
        copies: Copies,
        certificate: Option<&Certificate>,
    ) -> Self {
        let files_below_policy = copies.known_below_policy();
        let folder = folders.data_folder();
        let stats = chunks.stats();
        let storage = stats.as_ref().map(|stats| Storage {
            write_failure: match chunks.health() {
                StoreHealth::Poisoned(failure) => Some(failure.to_string()),
                StoreHealth::Sound | StoreHealth::Recovered(_) => None,
            },
            free_percent: free_percent(folder),
            quota_left: stats.quota_bytes.saturating_sub(stats.reserved_bytes),
            chunks_missing: stats.chunks_missing,
            files_below_policy,
            files_lost: copies.lost,
        });
        let storage = storage.map_err(|error| format!("cannot look at its folder: {error}"));
        let status = StorageStatus {
            ledger_bytes: folder_bytes(&folder.join("ledger")),
            chunk_bytes: folder_bytes(&folder.join("chunks")),
            free_bytes: rustix::fs::statvfs(folder).ok().map(|stat| stat.f_bavail * stat.f_frsize),
            file_count: stats.as_ref().ok().map(|stats| stats.files),
            file_count_below_policy: files_below_policy,
        };
        let folder_trouble =
            folders.look().err().map(|trouble| format!("{trouble}; {}", trouble.consequence()));
        Self { storage, folder_trouble, status, certificate: certificate.map(Certificate::validity) }
    }
}

/// When the disk does not answer.
#[must_use]
pub(super) const fn unknown() -> StorageStatus {
    StorageStatus {
        ledger_bytes: None,
        chunk_bytes: None,
        free_bytes: None,
        file_count: None,
        file_count_below_policy: None,
    }
}

/// Free space of a folder's disk, percent, if the system says.
#[must_use]
pub(crate) fn free_percent(folder: &Path) -> Option<u64> {
    rustix::fs::statvfs(folder).ok().map(|stat| stat.f_bavail * 100 / stat.f_blocks.max(1))
}

fn folder_bytes(folder: &Path) -> Option<u64> {
    let entries = std::fs::read_dir(folder).ok()?;
    Some(entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|meta| meta.len()).sum())
}
