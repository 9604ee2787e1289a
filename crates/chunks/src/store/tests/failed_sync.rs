//! A disk that refuses a sync, and a system that then forgets what it did not write, as Linux does.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rustix::io::Errno;

use super::fixture::{Folder, Sample};
use crate::pack::{Disk, Medium};
use crate::{ChunkStore, PackFailure, PackOperation, StoreError, StoreHealth};

/// A write that is only in memory: inode, offset, length.
type Cached = (u64, u64, usize);

/// Once a sync failed, what it was to write counts as clean: later syncs succeed, and the bytes are gone as soon as the
/// system lets go of its memory.
#[derive(Default)]
struct Forgetful {
    fails: AtomicBool,
    dirty: Mutex<Vec<Cached>>,
    never_written: Mutex<Vec<Cached>>,
}

impl Medium for Forgetful {
    fn write_all_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.dirty.lock().unwrap().push((file.metadata()?.ino(), offset, bytes.len()));
        Disk.write_all_at(file, bytes, offset)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        let inode = file.metadata()?.ino();
        let mut dirty = self.dirty.lock().unwrap();
        let (of_file, rest): (Vec<_>, Vec<_>) = dirty.drain(..).partition(|(written, ..)| *written == inode);
        *dirty = rest;
        if self.fails.load(Ordering::Relaxed) {
            self.never_written.lock().unwrap().extend(of_file);
            return Err(Errno::IO.into());
        }
        Disk.sync(file)
    }

    fn forget_cached(&self, file: &File) {
        let metadata = file.metadata().unwrap();
        for (inode, offset, bytes) in self.never_written.lock().unwrap().iter().copied() {
            let there = metadata.len().saturating_sub(offset).min(bytes as u64);
            if inode == metadata.ino() && there > 0 {
                file.write_all_at(&vec![0; there as usize], offset).unwrap();
            }
        }
    }
}

impl Forgetful {
    fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::Relaxed);
    }
}

fn store_on(folder: &Folder) -> (ChunkStore, Arc<Forgetful>) {
    let medium = Arc::new(Forgetful::default());
    (folder.open_on(Arc::<Forgetful>::clone(&medium)).unwrap(), medium)
}

fn failure(pack: u64) -> PackFailure {
    PackFailure { pack, operation: PackOperation::Sync, errno: Errno::IO.raw_os_error() }
}

/// Opens the store anew: it finds no damage, and each of these files is whole.
fn all_there_after_a_restart(folder: &Folder, samples: [&Sample; 3]) {
    let (store, report) = folder.open();
    assert_eq!((report.damages.len(), report.cut_bytes), (0, 0));
    for sample in samples {
        sample.check(&store);
    }
}

/// Everything written in one go, up to the completion that the disk refuses.
#[track_caller]
fn refused(store: &ChunkStore, medium: &Forgetful, sample: &Sample) {
    medium.fail(true);
    assert!(matches!(sample.store(store), Err(StoreError::Pack(cause)) if cause == failure(1)));
    medium.fail(false);
}

#[test]
fn failed_sync_acknowledges_nothing_and_stops_writing_with_its_cause() {
    let folder = Folder::new();
    let (store, medium) = store_on(&folder);
    let before = Sample::new(1, 2_000);
    before.store(&store).unwrap();
    assert_eq!(store.health(), StoreHealth::Sound);
    refused(&store, &medium, &Sample::new(2, 2_000));
    let errors = [store.begin(&Sample::new(3, 10).opening).unwrap_err(), store.sync().unwrap_err()];
    for error in errors {
        assert!(matches!(error, StoreError::Poisoned(cause) if cause == failure(1)), "{error}");
        let sentence = error.to_string();
        assert!(sentence.contains("syncing pack 1 failed: Input/output error (os error 5)"), "{sentence}");
    }
    assert_eq!(store.health(), StoreHealth::Poisoned(failure(1)));
    before.check(&store);
}

#[test]
fn failed_sync_of_a_pack_that_is_sealed_stops_writing() {
    let folder = Folder::new();
    let (store, medium) = store_on(&folder);
    refused(&store, &medium, &Sample::new(1, 3 << 20));
    assert!(matches!(store.sync(), Err(StoreError::Poisoned(cause)) if cause == failure(1)));
}

#[test]
fn store_that_recovered_writes_another_pack_and_asks_again_for_what_was_not_durable() {
    let folder = Folder::new();
    let (store, medium) = store_on(&folder);
    let (before, open) = (Sample::new(1, 2_000), Sample::new(3, (1 << 20) + 9));
    before.store(&store).unwrap();
    let local = store.begin(&open.opening).unwrap();
    open.put(&store, local, 1).unwrap();
    store.sync().unwrap();
    open.put(&store, local, 0).unwrap();
    let late = Sample::new(2, 2_000);
    refused(&store, &medium, &late);
    assert_eq!(store.recover().unwrap(), 2);
    assert_eq!(store.health(), StoreHealth::Recovered(failure(1)));
    // Not acknowledged, so not there; the uploads themselves go on under their numbers.
    assert!(store.find(&late.completion.commitment).is_none());
    assert_eq!(store.present(local).unwrap(), [false, true]);
    assert_eq!(store.present(store.find_upload(&late.opening.upload)[0]).unwrap(), [false]);
    let length = folder.packs()[0].metadata().unwrap().len();
    late.store(&store).unwrap();
    open.store(&store).unwrap();
    assert_eq!(folder.packs()[0].metadata().unwrap().len(), length, "the failed pack is written no more");
    for sample in [&before, &late, &open] {
        sample.check(&store);
    }
    drop(store);
    all_there_after_a_restart(&folder, [&before, &late, &open]);
}

#[test]
fn recovering_keeps_the_marks_of_other_files() {
    let folder = Folder::new();
    let (store, medium) = store_on(&folder);
    let (rotten, published) = (Sample::new(1, 2_000), Sample::new(4, 2_000));
    let local = rotten.store(&store).unwrap();
    let marked = published.store(&store).unwrap();
    store.mark_published(marked).unwrap();
    let pack = File::options().write(true).open(&folder.packs()[0]).unwrap();
    let content = std::fs::read(&folder.packs()[0]).unwrap();
    let offset = content.windows(64).position(|window| window == &rotten.bytes[..64]).unwrap();
    pack.write_all_at(&[!rotten.bytes[0]], offset as u64).unwrap();
    store.read_chunk(local, 0).unwrap_err();
    refused(&store, &medium, &Sample::new(2, 2_000));
    store.recover().unwrap();
    assert_eq!(store.state(local).unwrap().chunks_missing, 1);
    let late = carechain_types::Time::from_micros(u64::MAX);
    assert!(!store.expired_unpublished(late, 10).contains(&marked));
}

#[test]
fn disk_that_fails_again_leaves_the_store_readable_and_no_packs_behind() {
    let folder = Folder::new();
    let (store, medium) = store_on(&folder);
    let before = Sample::new(1, 2_000);
    before.store(&store).unwrap();
    let late = Sample::new(2, 2_000);
    refused(&store, &medium, &late);
    medium.fail(true);
    for _ in 0..3 {
        assert!(matches!(store.recover(), Err(StoreError::Pack(_))));
        assert_eq!(store.health(), StoreHealth::Poisoned(failure(1)));
        assert_eq!(folder.packs().len(), 1);
    }
    before.check(&store);
    medium.fail(false);
    store.recover().unwrap();
    late.store(&store).unwrap();
    late.check(&store);
}

#[test]
fn restart_after_a_failed_sync_believes_the_disk_and_not_the_memory_of_the_system() {
    let folder = Folder::new();
    let (store, medium) = store_on(&folder);
    let (before, late) = (Sample::new(1, 2_000), Sample::new(2, 2_000));
    before.store(&store).unwrap();
    refused(&store, &medium, &late);
    drop(store);
    let store = folder.open_on(medium).unwrap();
    assert!(store.find(&late.completion.commitment).is_none());
    before.check(&store);
    late.store(&store).unwrap();
    late.check(&store);
}

#[test]
fn sync_that_waited_while_a_pack_was_given_up_is_refused() {
    let folder = Folder::new();
    let (store, medium) = store_on(&folder);
    let stale = store.appender().mark();
    refused(&store, &medium, &Sample::new(2, 2_000));
    store.recover().unwrap();
    Sample::new(3, 2_000).store(&store).unwrap();
    assert!(matches!(store.appender().take_unsynced(stale), Err(StoreError::Poisoned(_))));
    assert!(!store.appender().mark().covers(stale));
    assert!(matches!(store.sync_to(stale), Err(StoreError::Poisoned(_))));
}

/// The sync before the seal succeeded: the system told its error to the one that was under way.
#[test]
fn sync_that_fails_while_its_pack_is_sealed_takes_that_pack_back() {
    let folder = Folder::new();
    let (store, _) = store_on(&folder);
    let (before, open) = (Sample::new(1, 2_000), Sample::new(2, (1 << 20) + (1 << 20) / 2));
    before.store(&store).unwrap();
    let durable = folder.last_pack_bytes();
    let local = store.begin(&open.opening).unwrap();
    open.put(&store, local, 0).unwrap();
    let unsynced = {
        let mut appender = store.appender();
        let mark = appender.mark();
        appender.take_unsynced(mark).unwrap()
    };
    let next = Sample::new(3, 1 << 20);
    let other = store.begin(&next.opening).unwrap();
    next.put(&store, other, 0).unwrap();
    assert_eq!(folder.packs().len(), 2, "the pack was sealed meanwhile");
    assert!(matches!(store.appender().settle(&unsynced, Err(failure(1))), Err(StoreError::Pack(_))));
    store.recover().unwrap();
    assert_eq!(folder.packs()[0].metadata().unwrap().len(), durable);
    assert_eq!(store.present(local).unwrap(), [false, false], "they are asked for again");
    for sample in [&open, &next] {
        sample.store(&store).unwrap();
    }
    drop(store);
    all_there_after_a_restart(&folder, [&before, &open, &next]);
}

/// The file system may lose the cut of the failed pack in a crash: then both packs say that the upload was opened.
#[test]
fn records_that_come_back_behind_a_cut_count_once() {
    let folder = Folder::new();
    let (store, medium) = store_on(&folder);
    let open = Sample::new(3, (1 << 20) + 9);
    let local = store.begin(&open.opening).unwrap();
    open.put(&store, local, 0).unwrap();
    let before_the_cut = std::fs::read(folder.last_pack()).unwrap();
    medium.fail(true);
    assert!(store.sync().is_err());
    medium.fail(false);
    assert_eq!(store.recover().unwrap(), 2);
    assert_eq!(store.present(local).unwrap(), [false, false]);
    open.put(&store, local, 0).unwrap();
    store.sync().unwrap();
    drop(store);
    std::fs::write(&folder.packs()[0], before_the_cut).unwrap();
    let (store, report) = folder.open();
    assert!(report.damages.is_empty(), "{report:?}");
    assert_eq!(store.present(local).unwrap(), [true, false]);
    let stats = store.stats().unwrap();
    assert_eq!((stats.reserved_bytes, stats.uploads_open), (open.opening.length, 1));
    open.store(&store).unwrap();
    open.check(&store);
    store.erase(local).unwrap();
    assert_eq!(store.stats().unwrap().reserved_bytes, 0);
}

/// Its client has not sent it again yet: the only record of that chunk is the one behind the cut.
#[test]
fn chunk_that_comes_back_behind_a_cut_is_not_lost_to_a_later_opening() {
    let folder = Folder::new();
    let (store, medium) = store_on(&folder);
    let open = Sample::new(3, (1 << 20) + 9);
    let local = store.begin(&open.opening).unwrap();
    open.put(&store, local, 0).unwrap();
    let before_the_cut = std::fs::read(folder.last_pack()).unwrap();
    medium.fail(true);
    assert!(store.sync().is_err());
    medium.fail(false);
    store.recover().unwrap();
    drop(store);
    std::fs::write(&folder.packs()[0], before_the_cut).unwrap();
    let (store, _) = folder.open();
    assert_eq!(store.present(local).unwrap(), [true, false]);
    assert_eq!(store.read_chunk(local, 0).unwrap(), open.chunk(0));
}
