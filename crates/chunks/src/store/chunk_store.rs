//! What all operations of the store share.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use carechain_crypto::HospitalId;

use super::locked::FolderLock;
use super::open_report::OpenReport;
use crate::error::StoreError;
use crate::index::Index;
use crate::limits::StoreLimits;
use crate::pack::{Appender, GroupCommit, Mark, Medium, OpenPacks};
use crate::upload::{Completion, LocalUpload, UploadOpening};

/// The files of one node. Writers queue at one lock, readers share none while they read.
pub struct ChunkStore {
    pub(super) directory: PathBuf,
    pub(super) hospital: HospitalId,
    pub(super) limits: StoreLimits,
    pub(super) medium: Arc<dyn Medium>,
    pub(super) appender: Mutex<Appender>,
    pub(super) commit: GroupCommit,
    pub(super) index: RwLock<Index>,
    pub(super) packs: OpenPacks,
    pub(super) opened: OpenReport,
    pub(super) _lock: FolderLock,
}

impl ChunkStore {
    /// Returns after everything written before the call is durable. Callers at the same time share one sync.
    pub fn sync(&self) -> Result<(), StoreError> {
        let target = self.appender().mark();
        self.sync_to(target)
    }

    /// Returns after everything up to a mark is durable.
    pub(super) fn sync_to(&self, target: Mark) -> Result<(), StoreError> {
        self.commit.sync(&self.appender, &*self.medium, target)
    }

    /// What opening it found.
    #[must_use]
    pub const fn opened(&self) -> &OpenReport {
        &self.opened
    }

    pub(super) fn binding(
        &self,
        local: LocalUpload,
    ) -> Result<(UploadOpening, Option<Completion>), StoreError> {
        let index = self.index();
        let upload = index.get(local)?;
        Ok((upload.opening, upload.completion))
    }

    // All three keep their data consistent between calls, so a panic of one caller does not stop the others.

    pub(super) fn appender(&self) -> MutexGuard<'_, Appender> {
        self.appender.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn index_mut(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }
}
