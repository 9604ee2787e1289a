//! Erased bytes are gone, at once or after the crash that came between.

use std::fs;
use std::os::unix::fs::MetadataExt;

use carechain_types::Time;

use super::fixture::{Folder, Sample};
use crate::StoreError;
use crate::pack::{NewRecord, RecordKind};

fn on_disk(folder: &Folder, bytes: &[u8]) -> bool {
    folder
        .packs()
        .iter()
        .any(|pack| fs::read(pack).unwrap().windows(bytes.len()).any(|window| window == bytes))
}

#[test]
fn erased_file_is_neither_listed_nor_on_disk_and_its_space_is_free() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let kept = Sample::new(1, 100_000);
    let sample = Sample::new(2, (1 << 20) + 300_000);
    let after = Sample::new(3, 100_000);
    kept.store(&store).unwrap();
    let local = sample.store(&store).unwrap();
    after.store(&store).unwrap();
    let blocks = || folder.packs().iter().map(|pack| fs::metadata(pack).unwrap().blocks() * 512).sum::<u64>();
    let before = blocks();
    store.erase(local).unwrap();
    assert!(before - blocks() > 1_200_000, "{before} then {}", blocks());
    assert!(matches!(store.read_chunk(local, 0), Err(StoreError::NotHeld { .. })));
    assert!(matches!(store.erase(local), Err(StoreError::NotHeld { .. })));
    assert_eq!(store.find(&sample.completion.commitment), None);
    assert!(!on_disk(&folder, &sample.chunk(0)[..64]) && !on_disk(&folder, &sample.chunk(1)[..64]));
    assert_eq!(store.stats().unwrap().reserved_bytes, 200_000);
    drop(store);
    let (store, report) = folder.open();
    assert_eq!((report.damages.len(), report.erasures_finished), (0, 0));
    assert_eq!(store.find(&sample.completion.commitment), None);
    kept.check(&store);
    after.check(&store);
}

#[test]
fn erasure_that_a_crash_interrupted_is_finished_at_the_next_start() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let sample = Sample::new(1, 300_000);
    let local = sample.store(&store).unwrap();
    let erased = NewRecord::plain(RecordKind::Erased, sample.opening.upload, local, &[]);
    store.appender().append(&erased).unwrap();
    drop(store);
    assert!(on_disk(&folder, &sample.bytes[..64]));
    let (store, report) = folder.open();
    assert_eq!(report.erasures_finished, 1);
    assert!(!on_disk(&folder, &sample.bytes[..64]));
    drop(store);
    let (_, report) = folder.open();
    assert_eq!((report.erasures_finished, report.damages.len()), (0, 0));
}

#[test]
fn erasure_reaches_bytes_that_a_repair_replaced() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let sample = Sample::new(1, 300_000);
    let local = sample.store(&store).unwrap();
    let place = store.index().get(local).unwrap().places()[0];
    store.index_mut().mark_corrupt(local, 0, place);
    store.replace_chunk(local, 0, &sample.bytes).unwrap();
    sample.check(&store);
    store.erase(local).unwrap();
    assert!(!on_disk(&folder, &sample.bytes[..64]));
}

#[test]
fn expired_uploads_are_listed_for_collection_and_published_files_are_not() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let (open, unpublished, published) = (Sample::new(1, 10), Sample::new(2, 10), Sample::new(3, 10));
    let open = store.begin(&open.opening).unwrap();
    let unpublished = unpublished.store(&store).unwrap();
    let published = published.store(&store).unwrap();
    store.mark_published(published).unwrap();
    assert_eq!(store.expired_open(Time::from_micros(1_000), 10), []);
    assert_eq!(store.expired_open(Time::from_micros(1_001), 10), [open]);
    assert_eq!(store.expired_unpublished(Time::from_micros(1_000), 10), []);
    assert_eq!(store.expired_unpublished(Time::from_micros(1_001), 10), [unpublished]);
}
