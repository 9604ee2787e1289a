//! What a store holds, in numbers.

use super::chunk_store::ChunkStore;
use super::reserve;
use crate::error::StoreError;
use crate::index::Upload;
use crate::upload::{Completion, UploadOpening};

/// One upload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UploadState {
    /// What was opened.
    pub opening: UploadOpening,
    /// What completed it; `None` while it is open.
    pub completion: Option<Completion>,
    /// Chunks that are missing or corrupt.
    pub chunks_missing: u32,
}

impl UploadState {
    pub(super) fn of(upload: &Upload) -> Self {
        Self { opening: upload.opening, completion: upload.completion, chunks_missing: upload.missing() }
    }
}

/// Numbers of a whole store.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct StoreStats {
    /// Complete files.
    pub files: u64,
    /// Open uploads.
    pub uploads_open: u64,
    /// Chunks that are here and intact.
    pub chunks: u64,
    /// Bytes of those.
    pub chunk_bytes: u64,
    /// Chunks of complete files that are missing or corrupt.
    pub chunks_missing: u64,
    /// Bytes reserved: lengths of all files and open uploads.
    pub reserved_bytes: u64,
    /// Bytes the store may hold.
    pub quota_bytes: u64,
    /// Packs begun so far.
    pub packs: u64,
    /// Bytes free on the file system.
    pub free_bytes: u64,
    /// Bytes of the file system.
    pub total_bytes: u64,
}

impl ChunkStore {
    /// The numbers now.
    pub fn stats(&self) -> Result<StoreStats, StoreError> {
        let packs = self.appender().active_pack().get();
        let space = reserve::space(&self.directory)?;
        let index = self.index();
        let mut stats = StoreStats {
            reserved_bytes: index.reserved_bytes(),
            quota_bytes: self.limits.quota_bytes,
            packs,
            free_bytes: space.free_bytes,
            total_bytes: space.total_bytes,
            ..StoreStats::default()
        };
        for upload in index.uploads().values() {
            stats.chunk_bytes += upload.intact_bytes();
            stats.chunks += u64::from(upload.intact());
            if upload.completion.is_some() {
                stats.files += 1;
                stats.chunks_missing += u64::from(upload.missing());
            } else {
                stats.uploads_open += 1;
            }
        }
        Ok(stats)
    }
}
