//! The store: opening it, opening uploads, finding files.

mod erase;
mod locked;
mod open;
mod read;
mod report;
mod reserve;
mod scrub;
mod write;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use carechain_crypto::{ChainId, Commitment, HospitalId, SubtreeValue, UploadId};

use crate::error::StoreError;
use crate::index::{Chunk, Held, Index};
use crate::limits::{FILE_BYTES_MAX, StoreLimits, UPLOADS_OPEN_MAX};
use crate::pack::{Appender, Disk, GroupCommit, Medium, NewRecord, OpenPacks, RecordKind};
use crate::upload::{Completion, LocalUpload, UploadOpening, encode_opening};
use locked::FolderLock;

pub use open::{Damage, OpenReport};
pub use report::{StoreStats, UploadState};
pub use scrub::{CorruptChunk, ScrubProgress, ScrubReport};
pub use write::Put;

/// The files of one node. Writers queue at one lock, readers share none while they read.
pub struct ChunkStore {
    directory: PathBuf,
    limits: StoreLimits,
    medium: Arc<dyn Medium>,
    appender: Mutex<Appender>,
    commit: GroupCommit,
    index: RwLock<Index>,
    packs: OpenPacks,
    _lock: FolderLock,
}

impl ChunkStore {
    /// Opens the store in a folder, which is made when it is not there, and rebuilds the index from the packs. The
    /// report tells what was cut or found damaged.
    pub fn open(
        directory: &Path,
        chain: ChainId,
        hospital: HospitalId,
        limits: StoreLimits,
    ) -> Result<(Self, OpenReport), StoreError> {
        open::open(directory, chain, hospital, limits, Arc::new(Disk))
    }

    /// Opens an upload and reserves its bytes, or goes on with the open upload that has exactly this opening.
    pub fn begin(&self, opening: &UploadOpening) -> Result<LocalUpload, StoreError> {
        if opening.length == 0 || opening.length > FILE_BYTES_MAX {
            return Err(StoreError::FileLength { length: opening.length, length_max: FILE_BYTES_MAX });
        }
        let mut appender = self.appender();
        if let Some(local) = self.index().find_open(opening) {
            return Ok(local);
        }
        self.check_room(opening.length)?;
        let payload = encode_opening(opening);
        let local = LocalUpload::new(appender.number_upload());
        appender.append(&NewRecord::plain(RecordKind::Opened, opening.upload, local, &payload))?;
        self.index_mut().insert(local, *opening);
        Ok(local)
    }

    /// Which chunks are here and, as far as is known, intact: what a sender need not send again.
    pub fn present(&self, local: LocalUpload) -> Result<Vec<bool>, StoreError> {
        let index = self.index();
        let upload = index.get(local)?;
        let intact = |index| matches!(upload.chunks.get(&index), Some(Chunk { held: Held::Present(_), .. }));
        Ok((0..upload.opening.chunks()).map(intact).collect())
    }

    /// What is known of an upload.
    pub fn state(&self, local: LocalUpload) -> Result<UploadState, StoreError> {
        Ok(UploadState::of(self.index().get(local)?))
    }

    /// The manifest of a complete file, one subtree value a chunk.
    pub fn manifest(&self, local: LocalUpload) -> Result<Vec<SubtreeValue>, StoreError> {
        let index = self.index();
        let upload = index.get(local)?;
        if upload.completion.is_none() {
            return Err(StoreError::NotComplete { local });
        }
        Ok(upload.chunks.values().map(|chunk| chunk.value).collect())
    }

    /// The complete file of this commitment that lacks the fewest chunks.
    #[must_use]
    pub fn find(&self, commitment: &Commitment) -> Option<LocalUpload> {
        self.index().find_file(commitment)
    }

    /// All uploads, open and complete, under this upload id.
    #[must_use]
    pub fn find_upload(&self, upload: &UploadId) -> Vec<LocalUpload> {
        self.index().find_upload(upload)
    }

    /// Returns after everything written before the call is durable. Callers at the same time share one sync.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.commit.sync(&self.appender, &*self.medium)
    }

    fn check_room(&self, length: u64) -> Result<(), StoreError> {
        let (open, reserved_bytes, promised_bytes) = {
            let index = self.index();
            (index.open_count(), index.reserved_bytes(), index.promised_bytes())
        };
        if open >= UPLOADS_OPEN_MAX {
            return Err(StoreError::TooManyOpen { open, open_max: UPLOADS_OPEN_MAX });
        }
        if reserved_bytes.saturating_add(length) > self.limits.quota_bytes {
            return Err(StoreError::Quota { length, reserved_bytes, quota_bytes: self.limits.quota_bytes });
        }
        reserve::check(&self.directory, length, promised_bytes, self.limits.free_permille_min)
    }

    fn binding(&self, local: LocalUpload) -> Result<(UploadOpening, Option<Completion>), StoreError> {
        let index = self.index();
        let upload = index.get(local)?;
        Ok((upload.opening, upload.completion))
    }

    // All three keep their data consistent between calls, so a panic of one caller does not stop the others.

    fn appender(&self) -> MutexGuard<'_, Appender> {
        self.appender.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn index_mut(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
