//! Building the index from the records of all packs, in order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;

use super::{Held, Index};
use crate::pack::{PackId, Place, RecordHead, RecordKind, ScannedRecord, read_payload};
use crate::upload::{LocalUpload, decode_file, decode_opening};
use crate::values::payload_value;

/// An index being built.
#[derive(Default)]
pub(crate) struct Replay {
    index: Index,
    /// Chunks whose `opened` record was not found: their `file` record may still name them.
    orphans: BTreeMap<LocalUpload, Vec<(RecordHead, Held, Place)>>,
    /// Erased uploads whose payloads may not all be punched out.
    erasing: BTreeMap<LocalUpload, Vec<Place>>,
    erased: BTreeSet<LocalUpload>,
    local_next: u64,
}

/// What the reader of a pack found out about a record's payload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Payload {
    /// Nothing, or that it verifies.
    Unread,
    /// It does not verify.
    Damaged,
}

/// What the packs say.
pub(crate) struct Replayed {
    pub(crate) index: Index,
    /// The lowest local number never used.
    pub(crate) local_next: u64,
    /// Payloads that a crash left standing in the middle of an erasure.
    pub(crate) erasing: BTreeMap<LocalUpload, Vec<Place>>,
    /// Chunks that belong to no known upload.
    pub(crate) orphan_chunks: u64,
}

impl Replay {
    /// Notes that numbers below `local_next` are used.
    pub(crate) fn local_next_at_least(&mut self, local_next: u64) {
        self.local_next = self.local_next.max(local_next);
    }

    /// Takes the next record. `Ok(false)` when it says something that cannot be read any more: a damage.
    pub(crate) fn apply(
        &mut self,
        pack: PackId,
        file: &File,
        record: &ScannedRecord,
        payload: Payload,
    ) -> io::Result<bool> {
        let local = record.head.local;
        self.local_next_at_least(local.get().saturating_add(1));
        let place = Place { pack, offset: record.offset, bytes: record.head.bytes };
        match record.head.kind {
            RecordKind::Chunk | RecordKind::OnlyChunk => {
                let held = match payload {
                    Payload::Unread => Held::Present(place),
                    Payload::Damaged => Held::Corrupt(place),
                };
                if let Some(places) = self.erasing.get_mut(&local) {
                    places.push(place);
                } else if !self.erased.contains(&local)
                    && !self.index.put(local, record.head.index, record.head.value, held)
                {
                    self.orphans.entry(local).or_default().push((record.head, held, place));
                }
                Ok(true)
            }
            RecordKind::Opened => self.opened(file, record),
            RecordKind::File => self.file(file, record),
            RecordKind::Erased => {
                let mut places = self.index.remove(local).map(|upload| upload.places()).unwrap_or_default();
                let orphans = self.orphans.remove(&local).unwrap_or_default();
                places.extend(orphans.iter().map(|(_, _, place)| *place));
                self.erasing.entry(local).or_default().extend(places);
                self.erased.insert(local);
                Ok(true)
            }
            RecordKind::Punched => {
                self.erasing.remove(&local);
                Ok(true)
            }
        }
    }

    /// All records were taken.
    pub(crate) fn finish(self) -> Replayed {
        Replayed {
            index: self.index,
            local_next: self.local_next,
            erasing: self.erasing,
            orphan_chunks: self.orphans.values().map(|records| records.len() as u64).sum(),
        }
    }

    fn opened(&mut self, file: &File, record: &ScannedRecord) -> io::Result<bool> {
        let payload = read_payload(file, record)?;
        let opening = decode_opening(&payload)
            .filter(|_| payload_value(&record.head, &payload) == Some(record.head.value));
        let Some(opening) = opening else {
            return Ok(false);
        };
        let local = record.head.local;
        if self.erased.contains(&local) {
            return Ok(true);
        }
        if let Ok(upload) = self.index.get(local) {
            // Written again into a new pack after a failed sync, and the first one's cut did not last: it is the same upload,
            // and what is listed of it stays.
            return Ok(upload.opening == opening);
        }
        self.index.insert(local, opening);
        Ok(true)
    }

    fn file(&mut self, file: &File, record: &ScannedRecord) -> io::Result<bool> {
        let payload = read_payload(file, record)?;
        let decoded = decode_file(&payload)
            .filter(|_| payload_value(&record.head, &payload) == Some(record.head.value));
        let Some((binding, manifest)) = decoded else {
            return Ok(false);
        };
        let local = record.head.local;
        if self.erased.contains(&local) {
            return Ok(true);
        }
        if self.index.get(local).is_err() {
            self.index.insert(local, binding.opening);
            for (head, held, _) in self.orphans.remove(&local).unwrap_or_default() {
                self.index.put(local, head.index, head.value, held);
            }
        }
        self.index.complete(local, binding.completion, &manifest);
        Ok(true)
    }
}
