//! Flipped bits: found, reported, never served, repaired.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::fixture::{Folder, Sample};
use crate::values::value_of_chunk;
use crate::{ChunkStore, CorruptChunk, Put, ScrubPlace, StoreError};

fn flip(path: &Path, offset: u64) {
    let file = File::options().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, offset).unwrap();
    file.write_all_at(&[byte[0] ^ 0x10], offset).unwrap();
}

/// Whatever was damaged, what comes out is the file or an error.
fn whole(store: &ChunkStore, sample: &Sample) -> bool {
    let Some(local) = store.find(&sample.completion.commitment) else {
        return false;
    };
    match store.read_range(local, 0, sample.opening.length) {
        Ok(bytes) => {
            assert!(bytes == sample.bytes, "wrong bytes were served");
            true
        }
        Err(StoreError::Corrupt { .. } | StoreError::ChunkMissing { .. }) => false,
        Err(error) => panic!("{error}"),
    }
}

fn offset_of(pack: &Path, bytes: &[u8]) -> u64 {
    let content = fs::read(pack).unwrap();
    content.windows(bytes.len()).position(|window| window == bytes).unwrap() as u64
}

#[test]
fn flipped_bit_in_a_payload_is_not_served_and_can_be_replaced() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let sample = Sample::new(1, (1 << 20) + 5_000);
    let local = sample.store(&store).unwrap();
    let offset = offset_of(&folder.packs()[0], &sample.chunk(1)[..64]);
    flip(&folder.packs()[0], offset + 70);
    assert_eq!(store.read_chunk(local, 0).unwrap(), sample.chunk(0));
    let Err(StoreError::Corrupt { index: 1, expected, computed: Some(computed), .. }) =
        store.read_chunk(local, 1)
    else {
        panic!("the flipped bit was not found");
    };
    assert_eq!(expected, sample.manifest[1]);
    assert_ne!(computed, expected);
    assert_eq!(store.present(local).unwrap(), [true, false]);
    assert_eq!(store.corrupt_chunks(None, 10), [CorruptChunk { local, index: 1 }]);
    assert!(matches!(
        store.replace_chunk(local, 1, &sample.chunk(0)[..5_000]),
        Err(StoreError::ChunkValue { index: 1, .. })
    ));
    assert_eq!(store.replace_chunk(local, 1, sample.chunk(1)).unwrap(), Put::Written);
    sample.check(&store);
    drop(store);
    let (store, _) = folder.open();
    sample.check(&store);
    assert_eq!(store.stats().unwrap().chunks_missing, 0);
}

#[test]
fn scrub_finds_what_nobody_read_and_goes_on_where_it_was() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let samples = [Sample::new(1, 3_000), Sample::new(2, (2 << 20) + 9), Sample::new(3, 4_000)];
    let locals = samples.each_ref().map(|sample| sample.store(&store).unwrap());
    let open = Sample::new(4, 5_000);
    store.begin(&open.opening).unwrap();
    flip(&folder.packs()[0], offset_of(&folder.packs()[0], &samples[1].chunk(0)[..64]) + 70);
    let step = store.scrub(ScrubPlace::default(), 3_001);
    assert_eq!((step.chunks, step.bytes), (1, 3_000 + (1 << 20)));
    assert_eq!(step.corrupt, [CorruptChunk { local: locals[1], index: 0 }]);
    let place = step.next.unwrap();
    assert_eq!(place, ScrubPlace { local: locals[1].get(), index: 1 });
    drop(store);
    let (store, _) = folder.open();
    let step = store.scrub(place, u64::MAX);
    assert_eq!((step.chunks, step.bytes, step.next), (3, (1 << 20) + 9 + 4_000, None));
    assert_eq!(store.scrub(place, 0).next, Some(place), "no bytes, no step");
}

#[test]
fn corrupt_chunks_are_listed_in_parts_and_none_is_left_out() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let samples = [1, 2, 3].map(|seed| Sample::new(seed, (1 << 20) + 500));
    let locals = samples.each_ref().map(|sample| sample.store(&store).unwrap());
    for pack in folder.packs() {
        File::options().write(true).open(pack).unwrap().set_len(4_096).unwrap();
    }
    assert_eq!(store.scrub(ScrubPlace::default(), u64::MAX).corrupt.len(), 6);
    let all: Vec<_> =
        locals.into_iter().flat_map(|local| (0..2).map(move |index| CorruptChunk { local, index })).collect();
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let part = store.corrupt_chunks(after, 4);
        let Some(last) = part.last() else { break };
        after = Some(*last);
        listed.extend(part);
    }
    assert_eq!(listed, all);
}

#[test]
fn no_flipped_bit_anywhere_panics_or_serves_wrong_bytes() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let samples = [Sample::new(1, 1_000), Sample::new(2, 400), Sample::new(3, 700)];
    for sample in &samples {
        sample.store(&store).unwrap();
    }
    drop(store);
    let length = folder.last_pack_bytes();
    for offset in (4_096..length).step_by(3) {
        let copy = folder.copy();
        flip(&copy.last_pack(), offset);
        let (store, report) = copy.open();
        let intact = samples.iter().filter(|sample| whole(&store, sample)).count();
        // One flipped bit costs one file at most; what is lost behind the last record was a tail.
        assert!(intact >= 2, "{intact} files left after a flip at {offset}: {report:?}");
        for sample in &samples {
            sample.store(&store).unwrap();
            sample.check(&store);
        }
    }
}

#[test]
fn no_flipped_bit_in_a_sealed_pack_panics_or_serves_wrong_bytes() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let samples = [Sample::new(1, 500), Sample::new(2, (1 << 20) + 500), Sample::new(3, 1 << 20)];
    for sample in &samples {
        sample.store(&store).unwrap();
    }
    drop(store);
    assert!(folder.packs().len() > 1);
    let length = fs::metadata(&folder.packs()[0]).unwrap().len();
    let offsets = (0..5_500)
        .step_by(37)
        .chain((5_500..length - 2_000).step_by(90_001))
        .chain((length - 2_000..length).step_by(7));
    for offset in offsets {
        let copy = folder.copy();
        flip(&copy.packs()[0], offset);
        let (store, _) = copy.open();
        for sample in &samples {
            whole(&store, sample);
        }
    }
}

#[test]
fn damaged_head_in_the_middle_is_reported_and_skipped() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let samples = [Sample::new(1, 1_000), Sample::new(2, 1_000), Sample::new(3, 1_000)];
    for sample in &samples {
        sample.store(&store).unwrap();
    }
    drop(store);
    let payload = offset_of(&folder.last_pack(), &samples[1].bytes);
    flip(&folder.last_pack(), payload - 50);
    let (store, report) = folder.open();
    assert_eq!(report.damages.len(), 1);
    assert_eq!(report.damages[0].offset, payload - 96);
    assert!(whole(&store, &samples[0]) && whole(&store, &samples[2]));
    let local = store.find(&samples[1].completion.commitment).unwrap();
    assert!(matches!(store.read_chunk(local, 0), Err(StoreError::ChunkMissing { index: 0, .. })));
    store.replace_chunk(local, 0, &samples[1].bytes).unwrap();
    samples[1].check(&store);
}

#[test]
fn record_heads_inside_uploaded_bytes_are_not_believed() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let victim = Sample::new(1, 1_000);
    victim.store(&store).unwrap();
    drop(store);
    // The bytes of a real `erased` record of another store, uploaded as a file.
    let other = Folder::new();
    let (forger, _) = other.open();
    let local = victim.store(&forger).unwrap();
    let before = other.last_pack_bytes() as usize;
    forger.erase(local).unwrap();
    drop(forger);
    let forged = fs::read(other.last_pack()).unwrap().split_off(before);
    let (store, _) = folder.open();
    let mut trojan = Sample::new(2, 2_000);
    trojan.bytes[500..500 + forged.len()].copy_from_slice(&forged);
    let value = value_of_chunk(&trojan.opening, 0, &trojan.bytes);
    let local = store.begin(&trojan.opening).unwrap();
    store.put_chunk(local, 0, &trojan.bytes, &value).unwrap();
    store.sync().unwrap();
    drop(store);
    let payload = offset_of(&folder.last_pack(), &trojan.bytes);
    flip(&folder.last_pack(), payload - 50);
    let (store, _) = folder.open();
    victim.check(&store);
}

#[test]
fn chunk_that_cannot_be_read_just_now_is_not_taken_for_corrupt() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let sample = Sample::new(1, 5_000);
    let local = sample.store(&store).unwrap();
    let (pack, aside) = (folder.packs()[0].clone(), folder.path().join("aside"));
    fs::rename(&pack, &aside).unwrap();
    fs::create_dir(&pack).unwrap();
    assert!(matches!(store.read_chunk(local, 0), Err(StoreError::Read(_))));
    assert_eq!(store.corrupt_chunks(None, 10), []);
    fs::remove_dir(&pack).unwrap();
    fs::rename(&aside, &pack).unwrap();
    sample.check(&store);
}

#[test]
fn file_that_lost_a_chunk_is_complete_again_only_with_it() {
    let folder = Folder::new();
    let (store, _) = folder.open();
    let sample = Sample::new(1, (1 << 20) + 5_000);
    let local = sample.store(&store).unwrap();
    flip(&folder.packs()[0], offset_of(&folder.packs()[0], &sample.chunk(1)[..64]) + 70);
    assert!(matches!(store.read_chunk(local, 1), Err(StoreError::Corrupt { index: 1, .. })));
    let lost = store.complete(local, &sample.completion);
    assert!(matches!(lost, Err(StoreError::Incomplete { missing: 1, first_missing: 1, .. })), "{lost:?}");
    let other = &sample.chunk(0)[..5_000];
    let value = value_of_chunk(&sample.opening, 1, other);
    let wrong = store.put_chunk(local, 1, other, &value);
    assert!(matches!(wrong, Err(StoreError::ChunkDiffers { index: 1, .. })), "{wrong:?}");
    sample.put(&store, local, 1).unwrap();
    store.complete(local, &sample.completion).unwrap();
    sample.check(&store);
}
