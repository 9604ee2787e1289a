//! Which uploads are held, in which state, and where each of their chunks lies.
//!
//! Invariants
//! - The index says nothing that the packs do not: [`Index::apply`] over all their records gives it back, except for
//!   the marks that are found by reading (corrupt) or set by the caller (published).
//! - A chunk is listed only after its bytes were written.
//! - The number of an erased upload is never listed again.

mod replay;

pub(crate) use replay::{Payload, Replay};

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
}

impl Upload {
    pub(crate) const fn open(opening: UploadOpening) -> Self {
        Self { opening, completion: None, chunks: BTreeMap::new(), superseded: Vec::new(), published: false }
    }

    /// Chunks that are not here or not intact, counted and the first.
    pub(crate) fn missing(&self) -> (u32, Option<u32>) {
        let mut missing = 0;
        let mut first = None;
        for index in 0..self.opening.chunks() {
            if !matches!(self.chunks.get(&index), Some(Chunk { held: Held::Present(_), .. })) {
                missing += 1;
                first = first.or(Some(index));
            }
        }
        (missing, first)
    }

    /// Bytes of the chunks that are here.
    pub(crate) fn bytes_held(&self) -> u64 {
        let held = self.chunks.iter().filter(|(_, chunk)| chunk.held != Held::Missing);
        held.map(|(index, _)| u64::from(chunk_bytes(self.opening.length, *index))).sum()
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
    open_count: usize,
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

    pub(crate) const fn open_count(&self) -> usize {
        self.open_count
    }

    /// Bytes that open uploads may still bring.
    pub(crate) fn promised_bytes(&self) -> u64 {
        let open = self.uploads.values().filter(|upload| upload.completion.is_none());
        open.map(|upload| upload.opening.length.saturating_sub(upload.bytes_held())).sum()
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
        locals.iter().copied().min_by_key(|local| self.uploads.get(local).map(|upload| upload.missing().0))
    }

    pub(crate) fn insert(&mut self, local: LocalUpload, opening: UploadOpening) {
        self.reserved_bytes += opening.length;
        self.open_count += 1;
        self.by_upload.entry(opening.upload).or_default().insert(local);
        self.uploads.insert(local, Upload::open(opening));
    }

    /// Lists a chunk that was written; what stood there before is superseded.
    pub(crate) fn put(&mut self, local: LocalUpload, index: u32, value: SubtreeValue, held: Held) -> bool {
        let Some(upload) = self.uploads.get_mut(&local) else {
            return false;
        };
        let before = upload.chunks.insert(index, Chunk { value, held });
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
        if upload.completion.replace(completion).is_none() {
            self.open_count -= 1;
        }
        for (index, value) in (0..).zip(manifest) {
            let chunk = upload.chunks.entry(index).or_insert(Chunk { value: *value, held: Held::Missing });
            if chunk.value != *value {
                if let Held::Present(place) | Held::Corrupt(place) = chunk.held {
                    upload.superseded.push(place);
                }
                *chunk = Chunk { value: *value, held: Held::Missing };
            }
        }
        self.by_commitment.entry(completion.commitment).or_default().insert(local);
    }

    /// Marks a chunk whose bytes on disk are wrong, if it still lies where it was read.
    pub(crate) fn mark_corrupt(&mut self, local: LocalUpload, index: u32, place: Place) -> bool {
        let chunk = self.uploads.get_mut(&local).and_then(|upload| upload.chunks.get_mut(&index));
        match chunk {
            Some(chunk) if chunk.held == Held::Present(place) || chunk.held == Held::Corrupt(place) => {
                chunk.held = Held::Corrupt(place);
                true
            }
            _ => false,
        }
    }

    /// Takes an upload out.
    pub(crate) fn remove(&mut self, local: LocalUpload) -> Option<Upload> {
        let upload = self.uploads.remove(&local)?;
        self.reserved_bytes -= upload.opening.length;
        drop_entry(&mut self.by_upload, &upload.opening.upload, local);
        match upload.completion {
            Some(completion) => drop_entry(&mut self.by_commitment, &completion.commitment, local),
            None => self.open_count -= 1,
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
