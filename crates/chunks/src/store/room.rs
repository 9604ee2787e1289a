//! Whether there is room for one more upload: quota, disk reserve, and a fair part for everybody.
//!
//! Opening an upload reserves its bytes before any of them came. So that nobody can take all that is left by promising,
//! one origin gets a new upload only while as much stays free for others as it has to come itself, in bytes and in
//! number. An origin is another hospital, or an author of this one.

use carechain_crypto::HospitalId;
use carechain_types::Party;

use super::chunk_store::ChunkStore;
use super::reserve;
use crate::error::StoreError;
use crate::limits::UPLOADS_OPEN_MAX;
use crate::upload::UploadOpening;

/// Who answers for an upload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Origin {
    /// Another hospital's node forwards it.
    Hospital(HospitalId),
    /// A client of this hospital sends it.
    Author(Party),
}

impl Origin {
    fn of(opening: &UploadOpening, own: HospitalId) -> Self {
        if opening.publishing_hospital == own {
            Self::Author(opening.author)
        } else {
            Self::Hospital(opening.publishing_hospital)
        }
    }
}

impl ChunkStore {
    pub(super) fn check_room(&self, opening: &UploadOpening) -> Result<(), StoreError> {
        let (length, quota_bytes) = (opening.length, self.limits.quota_bytes);
        let origin = Origin::of(opening, self.hospital);
        let index = self.index();
        let (all, reserved_bytes, promised_to_all) =
            (index.open_count(), index.reserved_bytes(), index.promised_bytes());
        let same = index.open_uploads().filter(|upload| Origin::of(&upload.opening, self.hospital) == origin);
        let (open, promised_bytes) =
            same.fold((0_usize, 0_u64), |(open, bytes), upload| (open + 1, bytes + upload.promised_bytes()));
        drop(index);
        if all >= UPLOADS_OPEN_MAX {
            return Err(StoreError::TooManyOpen { open: all, open_max: UPLOADS_OPEN_MAX });
        }
        let quota_left = quota_bytes.saturating_sub(reserved_bytes);
        if length > quota_left {
            return Err(StoreError::Quota { length, reserved_bytes, quota_bytes });
        }
        let disk_left =
            reserve::check(&self.directory, length, promised_to_all, self.limits.free_permille_min)?;
        let available_bytes = disk_left.min(quota_left);
        if promised_bytes + length > available_bytes - length || open >= UPLOADS_OPEN_MAX - all {
            return Err(StoreError::Share { length, open, promised_bytes, available_bytes });
        }
        Ok(())
    }
}
