//! Erasing: the record that says so is durable first, then the bytes are punched out of their packs.

use std::collections::BTreeSet;

use carechain_types::Time;

use super::chunk_store::ChunkStore;
use crate::error::StoreError;
use crate::pack::{Mark, NewRecord, PackFailure, PackOperation, Place, RECORD_HEAD_BYTES, RecordKind};
use crate::upload::LocalUpload;

impl ChunkStore {
    /// Erases an upload or file: its bytes are zeros on disk and its space is free when this returns, also after a
    /// crash. After one in between the next start goes on.
    pub fn erase(&self, local: LocalUpload) -> Result<(), StoreError> {
        let (places, listed) = match self.list_erased(local) {
            Err(StoreError::DiskFull { .. }) => {
                // No room to say so: the bytes go first and leave some. What a crash then leaves behind is an upload
                // without its bytes, which is erased again.
                let places = self.index().get(local)?.places();
                self.punch_places(&places)?;
                self.list_erased(local)?
            }
            listed => listed?,
        };
        self.sync_to(listed)?;
        self.finish_erasure(local, &places)
    }

    /// Says on disk and in the index that an upload is no longer held; gives where its bytes lie, and what must be durable.
    fn list_erased(&self, local: LocalUpload) -> Result<(Vec<Place>, Mark), StoreError> {
        let mut appender = self.appender();
        let upload = self.index().get(local)?.opening.upload;
        appender.append(&NewRecord::plain(RecordKind::Erased, upload, local, &[]))?;
        let places = self.index_mut().remove(local).map(|upload| upload.places()).unwrap_or_default();
        Ok((places, appender.mark()))
    }

    /// Open uploads whose expiry has passed: erase them. At most `count_max`.
    #[must_use]
    pub fn expired_open(&self, now: Time, count_max: usize) -> Vec<LocalUpload> {
        let index = self.index();
        let expired = index
            .uploads()
            .iter()
            .filter(|(_, upload)| upload.completion.is_none() && upload.opening.expiry < now)
            .map(|(local, _)| *local);
        expired.take(count_max).collect()
    }

    /// Complete files whose expiry has passed and that [`ChunkStore::mark_published`] has not named: the caller asks
    /// the ledger, then marks or erases each. At most `count_max`.
    #[must_use]
    pub fn expired_unpublished(&self, now: Time, count_max: usize) -> Vec<LocalUpload> {
        let index = self.index();
        let expired = index
            .uploads()
            .iter()
            .filter(|(_, upload)| {
                upload.completion.is_some() && !upload.published && upload.opening.expiry < now
            })
            .map(|(local, _)| *local);
        expired.take(count_max).collect()
    }

    /// Notes that the ledger names this file, so that [`ChunkStore::expired_unpublished`] passes it over. Forgotten
    /// at a restart: the ledger is the record of it.
    pub fn mark_published(&self, local: LocalUpload) -> Result<(), StoreError> {
        self.index_mut().get_mut(local)?.published = true;
        Ok(())
    }

    /// Punches out what an erased upload left, and says so once that is durable.
    pub(super) fn finish_erasure(&self, local: LocalUpload, places: &[Place]) -> Result<(), StoreError> {
        self.punch_places(places)?;
        let upload = carechain_crypto::UploadId::ZERO;
        match self.appender().append(&NewRecord::plain(RecordKind::Punched, upload, local, &[])) {
            // The next start punches once more.
            Ok(_) | Err(StoreError::DiskFull { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn punch_places(&self, places: &[Place]) -> Result<(), StoreError> {
        for place in places {
            self.punch_chunk(*place)?;
        }
        let packs: BTreeSet<_> = places.iter().map(|place| place.pack).collect();
        for pack in packs {
            let file = self.packs.get(pack).map_err(StoreError::Read)?;
            self.medium.sync(&file).map_err(|error| {
                StoreError::Pack(PackFailure::new(pack.get(), PackOperation::Sync, &error))
            })?;
        }
        Ok(())
    }

    /// Punches out the payload of the record at `place`.
    pub(super) fn punch_chunk(&self, place: Place) -> Result<(), StoreError> {
        let file = self.packs.get(place.pack).map_err(StoreError::Read)?;
        self.medium.punch(&file, place.offset + RECORD_HEAD_BYTES as u64, u64::from(place.bytes)).map_err(
            |error| StoreError::Pack(PackFailure::new(place.pack.get(), PackOperation::Punch, &error)),
        )
    }
}
