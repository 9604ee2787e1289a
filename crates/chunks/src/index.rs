//! Which uploads are held, in which state, and where each of their chunks lies.
//!
//! Invariants
//! - The index says nothing that the packs do not: [`Index::apply`] over all their records gives it back, except for
//!   the marks that are found by reading (corrupt) or set by the caller (published).
//! - A chunk is listed only after its bytes were written.
//! - The number of an erased upload is never listed again.

mod replay;

pub(crate) use replay::{Payload, Replay, Replayed};

use std::collections::{BTreeMap, BTreeSet};

use carechain_crypto::{Commitment, SubtreeValue, UploadId};

use crate::error::StoreError;
use crate::pack::Place;
use crate::upload::{Completion, LocalUpload, UploadOpening, chunk_bytes};

/// What is held of one chunk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Held {
    /// Listed in the manifest, but not here.
    Missing,
    /// Here.
    Present(Place),
    /// Here, but not what was stored.
    Corrupt(Place),
}

/// One chunk of an upload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Chunk {
    pub(crate) value: SubtreeValue,
    pub(crate) held: Held,
}

impl Chunk {
    pub(crate) const fn is_intact(&self) -> bool {
        matches!(self.held, Held::Present(_))
    }
}

/// One upload.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Upload {
    pub(crate) opening: UploadOpening,
    /// `None` while the upload is open.
    pub(crate) completion: Option<Completion>,
    /// By index; of an open upload those that arrived, of a complete one all.
    pub(crate) chunks: BTreeMap<u32, Chunk>,
    /// Records of chunks that were replaced: erasure covers them too.
    pub(crate) superseded: Vec<Place>,
    /// Whether the caller said that an abstract on the ledger names this file.
    pub(crate) published: bool,
    /// Chunks that are present; counted along, since files can have a million.
    intact: u32,
    /// Bytes of those.
    intact_bytes: u64,
}

impl Upload {
    const fn open(opening: UploadOpening) -> Self {
        Self {
            opening,
            completion: None,
            chunks: BTreeMap::new(),
            superseded: Vec::new(),
            published: false,
            intact: 0,
            intact_bytes: 0,
        }
    }

    /// Chunks that are here and intact.
    pub(crate) const fn intact(&self) -> u32 {
        self.intact
    }

    /// Bytes of the chunks that are here and intact.
    pub(crate) const fn intact_bytes(&self) -> u64 {
        self.intact_bytes
    }

    /// Bytes still to come.
    pub(crate) const fn promised_bytes(&self) -> u64 {
        self.opening.length.saturating_sub(self.intact_bytes)
    }

    /// Chunks that are not here or not intact.
    pub(crate) fn missing(&self) -> u32 {
        self.opening.chunks().saturating_sub(self.intact)
    }

    /// The first chunk that is not here or not intact.
    pub(crate) fn first_missing(&self) -> Option<u32> {
        (0..self.opening.chunks()).find(|index| !self.chunks.get(index).is_some_and(Chunk::is_intact))
    }

    /// Sets a chunk and counts; gives what was there.
    fn set(&mut self, index: u32, chunk: Chunk) -> Option<Chunk> {
        let bytes = u64::from(chunk_bytes(self.opening.length, index));
        let intact = chunk.is_intact();
        let before = self.chunks.insert(index, chunk);
        if before.is_some_and(|before| before.is_intact()) {
            self.intact -= 1;
            self.intact_bytes -= bytes;
        }
        if intact {
            self.intact += 1;
            self.intact_bytes += bytes;
        }
        before
    }

    /// Every place where bytes of this upload lie or lay.
    pub(crate) fn places(&self) -> Vec<Place> {
        let current = self.chunks.values().filter_map(|chunk| match chunk.held {
            Held::Missing => None,
            Held::Present(place) | Held::Corrupt(place) => Some(place),
        });
        current.chain(self.superseded.iter().copied()).collect()
    }
}

/// All uploads of a store.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Index {
    uploads: BTreeMap<LocalUpload, Upload>,
    by_upload: BTreeMap<UploadId, BTreeSet<LocalUpload>>,
    by_commitment: BTreeMap<Commitment, BTreeSet<LocalUpload>>,
    /// Lengths of all uploads: the hard reservation.
    reserved_bytes: u64,
    /// Those without a completion.
    open: BTreeSet<LocalUpload>,
}

impl Index {
    pub(crate) fn get(&self, local: LocalUpload) -> Result<&Upload, StoreError> {
        self.uploads.get(&local).ok_or(StoreError::NotHeld { local })
    }

    pub(crate) fn get_mut(&mut self, local: LocalUpload) -> Result<&mut Upload, StoreError> {
        self.uploads.get_mut(&local).ok_or(StoreError::NotHeld { local })
    }

    pub(crate) fn uploads(&self) -> &BTreeMap<LocalUpload, Upload> {
        &self.uploads
    }

    pub(crate) const fn reserved_bytes(&self) -> u64 {
        self.reserved_bytes
    }

    pub(crate) fn open_count(&self) -> usize {
        self.open.len()
    }

    /// Bytes that open uploads may still bring.
    pub(crate) fn promised_bytes(&self) -> u64 {
        self.open_uploads().map(Upload::promised_bytes).sum()
    }

    /// Uploads without a completion.
    pub(crate) fn open_uploads(&self) -> impl Iterator<Item = &Upload> {
        self.open.iter().filter_map(|local| self.uploads.get(local))
    }

    /// The open upload with exactly this opening.
    pub(crate) fn find_open(&self, opening: &UploadOpening) -> Option<LocalUpload> {
        let locals = self.by_upload.get(&opening.upload)?;
        locals.iter().copied().find(|local| {
            let upload = self.uploads.get(local);
            upload.is_some_and(|upload| upload.completion.is_none() && upload.opening == *opening)
        })
    }

    /// All uploads that were opened under this id.
    pub(crate) fn find_upload(&self, upload: &UploadId) -> Vec<LocalUpload> {
        self.by_upload.get(upload).map(|locals| locals.iter().copied().collect()).unwrap_or_default()
    }

    /// The oldest complete file of this commitment with the fewest chunks missing.
    pub(crate) fn find_file(&self, commitment: &Commitment) -> Option<LocalUpload> {
        let locals = self.by_commitment.get(commitment)?;
        locals.iter().copied().min_by_key(|local| self.uploads.get(local).map(Upload::missing))
    }

    /// Lists an upload. Its number was never listed before: the reservation counts it once.
    pub(crate) fn insert(&mut self, local: LocalUpload, opening: UploadOpening) {
        self.reserved_bytes += opening.length;
        self.open.insert(local);
        self.by_upload.entry(opening.upload).or_default().insert(local);
        self.uploads.insert(local, Upload::open(opening));
    }

    /// Lists a chunk that was written; what stood there before is superseded.
    pub(crate) fn put(&mut self, local: LocalUpload, index: u32, value: SubtreeValue, held: Held) -> bool {
        let Some(upload) = self.uploads.get_mut(&local) else {
            return false;
        };
        let before = upload.set(index, Chunk { value, held });
        if let Some(Chunk { held: Held::Present(before) | Held::Corrupt(before), .. }) = before {
            upload.superseded.push(before);
        }
        true
    }

    /// Makes an upload a file. Chunks that the manifest lists and nobody wrote are missing; one that was written
    /// with another value is superseded.
    pub(crate) fn complete(&mut self, local: LocalUpload, completion: Completion, manifest: &[SubtreeValue]) {
        let Some(upload) = self.uploads.get_mut(&local) else {
            return;
        };
        upload.completion = Some(completion);
        self.open.remove(&local);
        for (index, value) in (0..).zip(manifest) {
            let listed = upload.chunks.get(&index).copied();
            if listed.is_some_and(|chunk| chunk.value == *value) {
                continue;
            }
            upload.set(index, Chunk { value: *value, held: Held::Missing });
            if let Some(Chunk { held: Held::Present(place) | Held::Corrupt(place), .. }) = listed {
                upload.superseded.push(place);
            }
        }
        self.by_commitment.entry(completion.commitment).or_default().insert(local);
    }

    /// Marks a chunk whose bytes on disk are wrong, if it still lies where it was read.
    pub(crate) fn mark_corrupt(&mut self, local: LocalUpload, index: u32, place: Place) -> bool {
        let Some(upload) = self.uploads.get_mut(&local) else {
            return false;
        };
        match upload.chunks.get(&index).copied() {
            Some(Chunk { value, held: Held::Present(listed) | Held::Corrupt(listed) }) if listed == place => {
                upload.set(index, Chunk { value, held: Held::Corrupt(place) });
                true
            }
            _ => false,
        }
    }

    /// Takes over from an index of the same packs what is not in them: the marks.
    pub(crate) fn take_marks(&mut self, before: &Self) {
        for (local, marked) in &before.uploads {
            if let Some(upload) = self.uploads.get_mut(local) {
                upload.published = marked.published;
            }
            for (index, chunk) in &marked.chunks {
                if let Held::Corrupt(place) = chunk.held {
                    self.mark_corrupt(*local, *index, place);
                }
            }
        }
    }

    /// Takes an upload out.
    pub(crate) fn remove(&mut self, local: LocalUpload) -> Option<Upload> {
        let upload = self.uploads.remove(&local)?;
        self.reserved_bytes -= upload.opening.length;
        drop_entry(&mut self.by_upload, &upload.opening.upload, local);
        match upload.completion {
            Some(completion) => drop_entry(&mut self.by_commitment, &completion.commitment, local),
            None => {
                self.open.remove(&local);
            }
        }
        Some(upload)
    }
}

fn drop_entry<K: Ord>(map: &mut BTreeMap<K, BTreeSet<LocalUpload>>, key: &K, local: LocalUpload) {
    if let Some(locals) = map.get_mut(key) {
        locals.remove(&local);
        if locals.is_empty() {
            map.remove(key);
        }
    }
}
