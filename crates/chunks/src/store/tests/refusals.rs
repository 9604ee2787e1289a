//! What the store does not take.

use carechain_crypto::{AddressTag, ChainId, Commitment, HospitalId, PersonId, Root, SubtreeValue};
use carechain_types::{Party, Time};

use super::fixture::{CHAIN, Folder, HOSPITAL, SMALL_PACKS, Sample};
use crate::upload::{Completion, UploadOpening};
use crate::{ChunkStore, Put, StoreError, StoreLimits};

#[test]
fn wrong_length_is_refused_before_anything_is_hashed() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let sample = Sample::new(1, (1 << 20) + 100);
    let local = store.begin(&sample.opening).unwrap();
    for (index, bytes) in [(0, (1 << 20) - 1), (0, (1 << 20) + 1), (1, 99), (1, 101), (1, 0)] {
        // The claimed value fits no bytes at all, and yet the length is what is refused.
        let error = store.put_chunk(local, index, &vec![0; bytes], &SubtreeValue::ZERO).unwrap_err();
        assert!(matches!(error, StoreError::ChunkLength { .. }), "{error}");
    }
    let error = store.put_chunk(local, 2, &[0], &SubtreeValue::ZERO).unwrap_err();
    assert!(matches!(error, StoreError::NoSuchChunk { index: 2, chunks: 2 }));
}

#[test]
fn lying_manifest_is_refused() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let sample = Sample::new(1, (1 << 20) + 100);
    let local = store.begin(&sample.opening).unwrap();
    let error = store.put_chunk(local, 0, sample.chunk(0), &sample.manifest[1]).unwrap_err();
    assert!(matches!(error, StoreError::ChunkValue { index: 0, .. }));
    for index in 0..sample.chunks() {
        sample.put(&store, local, index).unwrap();
    }
    let honest = sample.completion;
    let root = Completion { root: Root::ZERO, ..honest };
    assert!(matches!(store.complete(local, &root), Err(StoreError::RootDiffers { .. })));
    let tag = Completion { tag: AddressTag::ZERO, ..honest };
    assert!(matches!(store.complete(local, &tag), Err(StoreError::CommitmentDiffers { .. })));
    let commitment = Completion { commitment: Commitment::ZERO, ..honest };
    assert!(matches!(store.complete(local, &commitment), Err(StoreError::CommitmentDiffers { .. })));
    assert_eq!(store.find(&honest.commitment), None);
    store.complete(local, &honest).unwrap();
    store.complete(local, &honest).unwrap();
    assert!(matches!(store.complete(local, &tag), Err(StoreError::AlreadyComplete { .. })));
}

#[test]
fn chunk_of_one_index_is_not_a_chunk_of_another() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let mut sample = Sample::new(1, 3 << 20);
    sample.bytes.fill(7);
    let value = crate::values::value_of_chunk(&sample.opening, 0, sample.chunk(0));
    let local = store.begin(&sample.opening).unwrap();
    store.put_chunk(local, 0, sample.chunk(0), &value).unwrap();
    let error = store.put_chunk(local, 1, sample.chunk(1), &value).unwrap_err();
    assert!(matches!(error, StoreError::ChunkValue { index: 1, .. }));
}

#[test]
fn second_chunk_under_one_index_is_refused_and_the_same_is_not() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let sample = Sample::new(1, 100);
    let other = Sample::new(2, 100);
    let local = store.begin(&sample.opening).unwrap();
    sample.put(&store, local, 0).unwrap();
    let again = store.put_chunk(local, 0, &sample.bytes, &sample.manifest[0]).unwrap();
    assert_eq!(again, Put::AlreadyHeld);
    let error = store.put_chunk(local, 0, &other.bytes, &other.manifest[0]).unwrap_err();
    assert!(matches!(error, StoreError::ChunkDiffers { index: 0, .. }));
}

#[test]
fn upload_id_may_repeat_with_another_opening() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let sample = Sample::new(1, 100);
    let first = store.begin(&sample.opening).unwrap();
    assert_eq!(store.begin(&sample.opening).unwrap(), first);
    let second = store.begin(&UploadOpening { length: 101, ..sample.opening }).unwrap();
    assert_ne!(first, second);
    assert_eq!(store.find_upload(&sample.opening.upload), [first, second]);
}

#[test]
fn quota_is_reserved_when_the_upload_opens() {
    let folder = Folder::new();
    let limits = StoreLimits { quota_bytes: 1_000, ..SMALL_PACKS };
    let (store, _) = folder.open_with(limits).unwrap();
    let first = store.begin(&Sample::new(1, 400).opening).unwrap();
    let error = store.begin(&Sample::new(2, 601).opening).unwrap_err();
    assert!(matches!(error, StoreError::Quota { length: 601, reserved_bytes: 400, quota_bytes: 1_000 }));
    store.erase(first).unwrap();
    Sample::new(3, 400).store(&store).unwrap();
    store.begin(&Sample::new(4, 300).opening).unwrap();
}

#[test]
fn nobody_reserves_all_that_is_left() {
    let folder = Folder::new();
    let (store, _) = folder.open_with(StoreLimits { quota_bytes: 1_000, ..SMALL_PACKS }).unwrap();
    let of = |seed, length, hospital, author| {
        let author = Party::Person(PersonId::new([author; 20]));
        let publishing_hospital = HospitalId::new([hospital; 20]);
        UploadOpening { publishing_hospital, author, ..Sample::new(seed, length).opening }
    };
    let own = *HOSPITAL.get();
    // A foreign hospital, under whatever names it enrolled.
    assert!(matches!(store.begin(&of(1, 501, 9, 1)), Err(StoreError::Share { available_bytes: 1_000, .. })));
    store.begin(&of(2, 300, 9, 1)).unwrap();
    let more = store.begin(&of(3, 201, 9, 2)).unwrap_err();
    assert!(matches!(more, StoreError::Share { open: 1, promised_bytes: 300, available_bytes: 700, .. }));
    // Own authors stand for themselves.
    store.begin(&of(4, 300, own[0], 1)).unwrap();
    assert!(matches!(store.begin(&of(5, 60, own[0], 1)), Err(StoreError::Share { promised_bytes: 300, .. })));
    store.begin(&of(6, 150, own[0], 2)).unwrap();
}

#[test]
fn nobody_takes_all_places_of_open_uploads() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let opening = Sample::new(1, 10).opening;
    let nth = |hospital: u8, number: u64| UploadOpening {
        publishing_hospital: HospitalId::new([hospital; 20]),
        expiry: Time::from_micros(number),
        ..opening
    };
    let opened = (0..).take_while(|number| store.begin(&nth(9, *number)).is_ok()).count();
    assert_eq!(opened, crate::limits::UPLOADS_OPEN_MAX / 2);
    store.begin(&nth(8, 0)).unwrap();
}

#[test]
fn disk_reserve_refuses_with_the_numbers() {
    let folder = Folder::new();
    let (store, _) = folder.open_with(StoreLimits { free_permille_min: 1_000, ..SMALL_PACKS }).unwrap();
    let error = store.begin(&Sample::new(1, 600).opening).unwrap_err();
    let StoreError::DiskReserve { length: 600, free_bytes, total_bytes, reserve_bytes, .. } = error else {
        panic!("{error}");
    };
    assert!(free_bytes < total_bytes && reserve_bytes <= total_bytes && reserve_bytes > free_bytes);
}

#[test]
fn empty_and_oversized_files_are_refused() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    for length in [0, crate::limits::FILE_BYTES_MAX + 1, u64::MAX] {
        let opening = UploadOpening { length, ..Sample::new(1, 1).opening };
        assert!(matches!(store.begin(&opening), Err(StoreError::FileLength { .. })));
    }
}

#[test]
fn second_process_and_foreign_packs_are_refused() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    assert!(matches!(folder.open_with(SMALL_PACKS), Err(StoreError::InUse)));
    drop(store);
    let foreign = ChunkStore::open(folder.path(), ChainId::new([9; 32]), HOSPITAL, SMALL_PACKS);
    assert!(matches!(foreign, Err(StoreError::Foreign { pack: 1 })));
    ChunkStore::open(folder.path(), CHAIN, HOSPITAL, SMALL_PACKS).unwrap();
}

#[test]
fn wrong_chunk_is_refused_and_leaves_no_trace_for_the_right_one() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let sample = Sample::new(1, (1 << 20) + 100);
    let local = store.begin(&sample.opening).unwrap();
    let mut flipped = sample.chunk(0).to_vec();
    flipped[9] ^= 1;
    let refused = store.put_chunk(local, 0, &flipped, &sample.manifest[0]).unwrap_err();
    assert!(matches!(refused, StoreError::ChunkValue { index: 0, .. }), "{refused}");
    assert_eq!(store.present(local).unwrap(), [false, false]);
    assert_eq!(store.chunk_value(local, 0).ok(), None);
    sample.store(&store).unwrap();
    assert_eq!(store.chunk_value(local, 1).unwrap(), sample.manifest[1]);
    sample.check(&store);
}

#[test]
fn pack_of_the_greatest_number_is_refused_and_ends_no_process() {
    let folder = Folder::new();
    std::fs::write(folder.path().join(format!("{}.pack", u64::MAX)), []).unwrap();
    let error = folder.open_with(SMALL_PACKS).map(drop).unwrap_err();
    assert!(matches!(error, StoreError::PackNumbers { last: u64::MAX }), "{error}");
}
