//! A store in a temporary folder and files to put into it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use carechain_crypto::{AddressTag, ChainId, Commitment, HospitalId, PersonId, SubtreeValue, UploadId};
use carechain_types::{Party, Time};
use tempfile::TempDir;

use crate::limits::CHUNK_BYTES_MAX;
use crate::pack::Medium;
use crate::upload::{Completion, LocalUpload, UploadOpening, chunk_count};
use crate::values::{commitment_of, root_of, value_of_chunk};
use crate::{ChunkStore, OpenReport, StoreError, StoreLimits};

pub(super) const CHAIN: ChainId = ChainId::new([1; 32]);
pub(super) const HOSPITAL: HospitalId = HospitalId::new([2; 20]);
pub(super) const SMALL_PACKS: StoreLimits =
    StoreLimits { pack_bytes: 2 << 20, quota_bytes: u64::MAX, free_permille_min: 0 };

/// A file with its opening and manifest.
#[derive(Clone)]
pub(super) struct Sample {
    pub(super) opening: UploadOpening,
    pub(super) completion: Completion,
    pub(super) bytes: Vec<u8>,
    pub(super) manifest: Vec<SubtreeValue>,
}

impl Sample {
    pub(super) fn new(seed: u8, length: usize) -> Self {
        let mut state = u64::from(seed) + 1;
        let bytes: Vec<u8> = (0..length)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 56) as u8
            })
            .collect();
        let opening = UploadOpening {
            upload: UploadId::new([seed; 16]),
            author: Party::Person(PersonId::new([3; 20])),
            patient: PersonId::new([4; 20]),
            publishing_hospital: HOSPITAL,
            length: length as u64,
            expiry: Time::from_micros(1_000),
        };
        let chunks = bytes.chunks(CHUNK_BYTES_MAX as usize);
        let manifest: Vec<_> =
            (0..).zip(chunks).map(|(index, chunk)| value_of_chunk(&opening, index, chunk)).collect();
        let tag = AddressTag::new([seed; 32]);
        let mut completion =
            Completion { commitment: Commitment::ZERO, tag, root: root_of(&opening, &manifest) };
        completion.commitment = commitment_of(&opening, &completion);
        Self { opening, completion, bytes, manifest }
    }

    pub(super) fn chunk(&self, index: u32) -> &[u8] {
        self.bytes.chunks(CHUNK_BYTES_MAX as usize).nth(index as usize).unwrap()
    }

    pub(super) fn chunks(&self) -> u32 {
        chunk_count(self.bytes.len() as u64)
    }

    pub(super) fn put(&self, store: &ChunkStore, local: LocalUpload, index: u32) -> Result<(), StoreError> {
        store.put_chunk(local, index, self.chunk(index), &self.manifest[index as usize]).map(drop)
    }

    /// Opens, puts what is missing, completes.
    pub(super) fn store(&self, store: &ChunkStore) -> Result<LocalUpload, StoreError> {
        let local = store.begin(&self.opening)?;
        for (index, present) in (0..).zip(store.present(local)?) {
            if !present {
                self.put(store, local, index)?;
            }
        }
        store.complete(local, &self.completion)?;
        Ok(local)
    }

    #[track_caller]
    pub(super) fn check(&self, store: &ChunkStore) {
        let local = store.find(&self.completion.commitment).expect("the file is held");
        assert!(store.read_range(local, 0, self.opening.length).unwrap() == self.bytes, "other bytes");
    }
}

pub(super) struct Folder(TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        // In memory where there is such a place: syncs to a disk would be most of the time these tests take.
        Self(TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap())
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn open(&self) -> (ChunkStore, OpenReport) {
        self.open_with(SMALL_PACKS).unwrap()
    }

    pub(super) fn open_with(&self, limits: StoreLimits) -> Result<(ChunkStore, OpenReport), StoreError> {
        ChunkStore::open(self.path(), CHAIN, HOSPITAL, limits)
    }

    pub(super) fn open_on(&self, medium: Arc<dyn Medium>) -> Result<ChunkStore, StoreError> {
        ChunkStore::open_on(self.path(), (CHAIN, HOSPITAL), SMALL_PACKS, medium).map(|(store, _)| store)
    }

    pub(super) fn copy(&self) -> Self {
        let copy = Self::new();
        for pack in self.packs() {
            fs::copy(&pack, copy.path().join(pack.file_name().unwrap())).unwrap();
        }
        copy
    }

    pub(super) fn packs(&self) -> Vec<PathBuf> {
        let mut packs: Vec<_> = fs::read_dir(self.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "pack"))
            .collect();
        packs.sort();
        packs
    }

    pub(super) fn last_pack(&self) -> PathBuf {
        self.packs().pop().unwrap()
    }

    pub(super) fn last_pack_bytes(&self) -> u64 {
        fs::metadata(self.last_pack()).unwrap().len()
    }
}
