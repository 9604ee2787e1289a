//! Reads of chunks and ranges.

use super::fixture::{Folder, Sample};
use crate::StoreError;

#[test]
fn files_of_boundary_lengths_come_back() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let mebibyte = 1 << 20;
    let lengths =
        [1, 65_536, mebibyte - 1, mebibyte, mebibyte + 1, 2 * mebibyte, 3 * mebibyte - 1, 5 * mebibyte];
    let samples: Vec<_> = (0..).zip(lengths).map(|(seed, length)| Sample::new(seed, length)).collect();
    for sample in &samples {
        sample.store(&store).unwrap();
        sample.check(&store);
    }
    drop(store);
    let (store, _) = folder.open();
    for sample in &samples {
        sample.check(&store);
    }
}

#[test]
fn ranges_are_cut_from_whole_chunks() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let sample = Sample::new(1, (2 << 20) + 100);
    let local = sample.store(&store).unwrap();
    let length = sample.bytes.len();
    for (start, end) in
        [(0, 0), (0, 1), (5, 1 << 20), ((1 << 20) - 3, (1 << 20) + 4), (7, length), (length, length)]
    {
        let range = store.read_range(local, start as u64, end as u64).unwrap();
        assert!(range == sample.bytes[start..end], "{start}..{end}");
    }
    for (start, end) in [(1, 0), (0, length + 1)] {
        let range = store.read_range(local, start as u64, end as u64);
        assert!(matches!(range, Err(StoreError::RangeOutside { .. })));
    }
}

#[test]
fn a_chunk_of_an_open_upload_can_be_read() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let sample = Sample::new(1, (1 << 20) + 100);
    let local = store.begin(&sample.opening).unwrap();
    sample.put(&store, local, 1).unwrap();
    assert_eq!(store.read_chunk(local, 1).unwrap(), sample.chunk(1));
    assert!(matches!(store.read_chunk(local, 0), Err(StoreError::ChunkMissing { index: 0, .. })));
    assert!(matches!(store.read_chunk(local, 2), Err(StoreError::NoSuchChunk { index: 2, chunks: 2 })));
}

#[test]
fn manifest_and_state_tell_what_was_completed() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let sample = Sample::new(1, (1 << 20) + 100);
    let local = store.begin(&sample.opening).unwrap();
    assert!(matches!(store.manifest(local), Err(StoreError::NotComplete { .. })));
    assert_eq!(store.state(local).unwrap().chunks_missing, 2);
    sample.store(&store).unwrap();
    assert_eq!(store.manifest(local).unwrap(), sample.manifest);
    assert_eq!(store.state(local).unwrap().completion, Some(sample.completion));
    assert_eq!(store.find_upload(&sample.opening.upload), [local]);
}
