//! What a crash at any byte leaves behind.

use std::fs::File;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::fixture::{Folder, Sample};
use crate::{Put, StoreError};

/// Truncates the last pack, opens, expects `acknowledged` whole and `unfinished` to resume.
#[track_caller]
fn check_cut(folder: &Folder, length: u64, acknowledged: &Sample, unfinished: &Sample) {
    let cut = folder.copy();
    File::options().write(true).open(cut.last_pack()).unwrap().set_len(length).unwrap();
    let (store, report) = cut.open();
    assert!(report.damages.is_empty(), "a torn tail is no damage: {:?} at {length}", report.damages);
    acknowledged.check(&store);
    unfinished.store(&store).unwrap();
    unfinished.check(&store);
    drop(store);
    let (store, report) = cut.open();
    assert_eq!(report.cut_bytes, 0);
    acknowledged.check(&store);
    unfinished.check(&store);
}

#[test]
fn acknowledged_file_survives_a_cut_at_every_byte_behind_it() {
    let folder = Folder::new();
    let acknowledged = Sample::new(1, 70_000);
    let unfinished = Sample::new(2, 300);
    let (store, _) = folder.open();
    acknowledged.store(&store).unwrap();
    let durable = folder.last_pack_bytes();
    unfinished.store(&store).unwrap();
    drop(store);
    for length in durable..=folder.last_pack_bytes() {
        check_cut(&folder, length, &acknowledged, &unfinished);
    }
}

#[test]
fn acknowledged_file_over_several_packs_survives_cuts_of_the_last() {
    let folder = Folder::new();
    let acknowledged = Sample::new(1, 5 << 20);
    let unfinished = Sample::new(2, (2 << 20) + 77);
    let (store, _) = folder.open();
    acknowledged.store(&store).unwrap();
    let packs = folder.packs().len();
    let durable = folder.last_pack_bytes();
    let local = store.begin(&unfinished.opening).unwrap();
    unfinished.put(&store, local, 2).unwrap();
    drop(store);
    assert!(packs > 2);
    assert_eq!(folder.packs().len(), packs);
    for length in (durable..=folder.last_pack_bytes()).step_by(11) {
        check_cut(&folder, length, &acknowledged, &unfinished);
    }
}

#[test]
fn crash_while_a_pack_is_begun_leaves_a_store_that_opens() {
    let folder = Folder::new();
    let sample = Sample::new(1, 70_000);
    let (store, _) = folder.open();
    sample.store(&store).unwrap();
    drop(store);
    for length in [0, 1, 100, 4_095, 4_096] {
        let copy = folder.copy();
        File::create(copy.path().join("0000000000000002.pack")).unwrap().set_len(length).unwrap();
        let (store, report) = copy.open();
        assert_eq!(report.cut_bytes, length);
        sample.check(&store);
        Sample::new(2, 300).store(&store).unwrap();
    }
}

#[test]
fn crash_while_a_pack_is_sealed_goes_on_in_it() {
    let folder = Folder::new();
    let sample = Sample::new(1, (1 << 20) + 50_000);
    let (store, _) = folder.open();
    sample.store(&store).unwrap();
    drop(store);
    let unsealed = folder.last_pack_bytes();
    let (store, _) = folder.open();
    Sample::new(2, 1 << 20).store(&store).unwrap();
    drop(store);
    let sealed = std::fs::metadata(&folder.packs()[0]).unwrap().len();
    assert_eq!(folder.packs().len(), 2);
    for length in unsealed..sealed {
        let copy = folder.copy();
        std::fs::remove_file(copy.last_pack()).unwrap();
        File::options().write(true).open(copy.last_pack()).unwrap().set_len(length).unwrap();
        let (store, report) = copy.open();
        assert!(report.damages.is_empty());
        sample.check(&store);
    }
}

#[test]
fn upload_resumes_after_reopen_with_what_was_written() {
    let folder = Folder::new();
    let sample = Sample::new(1, (3 << 20) + 5);
    let (store, _) = folder.open();
    let local = store.begin(&sample.opening).unwrap();
    sample.put(&store, local, 0).unwrap();
    sample.put(&store, local, 3).unwrap();
    store.sync().unwrap();
    drop(store);
    let (store, _) = folder.open();
    assert_eq!(store.begin(&sample.opening).unwrap(), local);
    assert_eq!(store.present(local).unwrap(), [true, false, false, true]);
    let again = store.put_chunk(local, 3, sample.chunk(3), &sample.manifest[3]).unwrap();
    assert_eq!(again, Put::AlreadyHeld);
    assert!(matches!(
        store.complete(local, &sample.completion),
        Err(StoreError::Incomplete { missing: 2, chunks: 4, first_missing: 1, .. })
    ));
    sample.store(&store).unwrap();
    sample.check(&store);
}

#[test]
fn local_numbers_are_never_used_again() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let first = store.begin(&Sample::new(1, 10).opening).unwrap();
    store.erase(first).unwrap();
    drop(store);
    let (store, _) = folder.open();
    let second = store.begin(&Sample::new(1, 10).opening).unwrap();
    assert!(second > first);
}

#[test]
fn writers_and_readers_share_the_store() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let first = Sample::new(100, (2 << 20) + 9);
    first.store(&store).unwrap();
    let done = AtomicBool::new(false);
    let samples: Vec<_> = (0..4).map(|seed| Sample::new(seed, (1 << 20) + 300_000)).collect();
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                first.check(&store);
            }
        });
        let writers: Vec<_> =
            samples.iter().map(|sample| scope.spawn(|| sample.store(&store).map(drop))).collect();
        for writer in writers {
            writer.join().unwrap().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
    drop(store);
    let (store, _) = folder.open();
    for sample in &samples {
        sample.check(&store);
    }
}
