//! Going on after a failed sync: the failed pack is left as far as it is durable, and a new one is begun.
//!
//! Once a sync has failed, the system may count the bytes it did not write as clean, so that syncing the same file again
//! succeeds without them. The store therefore drops everything written since the last sync that succeeded. That loses
//! nothing, since no caller was told that it is durable. The index is rebuilt from the packs, as at a start.

use super::chunk_store::ChunkStore;
use super::open::read_packs;
use crate::error::StoreError;
use crate::pack::{NewRecord, RecordKind, StoreHealth};
use crate::upload::encode_opening;

impl ChunkStore {
    /// Whether the store takes writes; if not, why. Waits for a write under way.
    #[must_use]
    pub fn health(&self) -> StoreHealth {
        self.appender().health()
    }

    /// Writes again after a failed sync, into a new pack; gives its number. Uploads that were open stay open and lack
    /// the chunks that were not durable; a completion or an erasure that was not durable did not happen. On a store
    /// that writes nothing changes. After an error the store is as before and this may be tried again.
    pub fn recover(&self) -> Result<u64, StoreError> {
        let mut appender = self.appender();
        if !matches!(appender.health(), StoreHealth::Poisoned(_)) {
            return Ok(appender.active_pack().get());
        }
        appender.cut_failed_pack()?;
        let mut rebuilt = read_packs(&self.directory, appender.origin(), &*self.medium)?.replayed.index;
        appender.leave_failed_pack()?;
        let mut index = self.index_mut();
        rebuilt.take_marks(&index);
        let before = std::mem::replace(&mut *index, rebuilt);
        for (local, upload) in before.uploads() {
            if index.get(*local).is_ok() {
                continue;
            }
            let opening = upload.opening;
            let payload = encode_opening(&opening);
            let opened = NewRecord::plain(RecordKind::Opened, opening.upload, *local, &payload);
            // An upload for whose opening there is no room is gone: its client opens another.
            if appender.append(&opened).is_ok() {
                index.insert(*local, opening);
            }
        }
        let pack = appender.active_pack().get();
        drop(index);
        drop(appender);
        self.sync()?;
        Ok(pack)
    }
}
