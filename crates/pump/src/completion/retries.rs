//! Failures of repair that outlive the process, so that a node that restarts often does not ask for a file that nobody
//! gives with every start, and still knows since when it lacks it.

use std::collections::BTreeMap;
use std::path::Path;

use carechain_crypto::{Commitment, EhrId, HospitalId, UploadId};
use carechain_custody::limits::PENDING_MAX;
use carechain_custody::repair::{HeldFile, Retry};
use carechain_disk::private_file::FileError;
use carechain_types::{BoundedVec, Time};
use serde::{Deserialize, Serialize};

use crate::kept::Kept;

/// One file of which a repair failed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct SavedRetry {
    record: EhrId,
    commitment: Commitment,
    upload: UploadId,
    publishing_hospital: HospitalId,
    length: u64,
    failures: u32,
    due: Time,
    lacking_since: Option<Time>,
}

/// Bytes of one.
const RETRY_BYTES: usize = 20 + 32 + 16 + 20 + 8 + 4 + 8 + 9;

impl SavedRetry {
    pub(super) const fn new(record: EhrId, file: HeldFile, retry: Retry) -> Self {
        let HeldFile { commitment, upload, publishing_hospital, length } = file;
        let Retry { failures, due, lacking_since } = retry;
        Self { record, commitment, upload, publishing_hospital, length, failures, due, lacking_since }
    }

    pub(super) const fn record(&self) -> EhrId {
        self.record
    }

    pub(super) const fn file(&self) -> HeldFile {
        let Self { commitment, upload, publishing_hospital, length, .. } = *self;
        HeldFile { commitment, upload, publishing_hospital, length }
    }

    pub(super) const fn retry(&self) -> Retry {
        let Self { failures, due, lacking_since, .. } = *self;
        Retry { failures, due, lacking_since }
    }
}

/// All of them, in memory and on disk.
pub(super) struct Retries {
    kept: Kept<BoundedVec<SavedRetry, PENDING_MAX>>,
    all: BTreeMap<Commitment, SavedRetry>,
    changed: bool,
}

impl Retries {
    /// Those of the last run.
    pub(super) fn read(folder: &Path) -> Self {
        let kept = Kept::new(folder, "repairs-1", 8 + PENDING_MAX * RETRY_BYTES);
        let all = kept.read().map(BoundedVec::into_inner).unwrap_or_default();
        Self { kept, all: all.into_iter().map(|saved| (saved.commitment, saved)).collect(), changed: false }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &SavedRetry> {
        self.all.values()
    }

    pub(super) fn save(&mut self, saved: SavedRetry) {
        self.all.insert(saved.commitment, saved);
        self.changed = true;
    }

    pub(super) fn forget(&mut self, commitment: &Commitment) {
        self.changed |= self.all.remove(commitment).is_some();
    }

    /// What is to be written since the last call, if anything changed.
    pub(super) fn take_changed(&mut self) -> Option<impl FnOnce() -> Result<(), FileError> + Send + use<>> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        let all = self.all.values().copied().take(PENDING_MAX).collect();
        let (kept, all) = (self.kept.clone(), BoundedVec::new(all).ok()?);
        Some(move || kept.write(&all))
    }
}
