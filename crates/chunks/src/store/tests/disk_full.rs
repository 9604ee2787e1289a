//! A disk that fills up in the middle of a write.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::io::Errno;

use super::fixture::{Folder, Sample};
use crate::StoreError;
use crate::pack::{Disk, Medium};

/// Writes until its bytes are used up, then half of the next write and an error.
#[derive(Default)]
struct Filling {
    left: AtomicU64,
}

impl Filling {
    fn with_space(bytes: u64) -> Arc<Self> {
        Arc::new(Self { left: AtomicU64::new(bytes) })
    }
}

impl Medium for Filling {
    fn write_all_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        let left = self.left.load(Ordering::Relaxed);
        let fits = left.min(bytes.len() as u64);
        file.write_all_at(&bytes[..fits as usize], offset)?;
        self.left.store(left - fits, Ordering::Relaxed);
        if fits < bytes.len() as u64 { Err(Errno::NOSPC.into()) } else { Ok(()) }
    }

    fn punch(&self, file: &File, offset: u64, bytes: u64) -> io::Result<()> {
        self.left.fetch_add(bytes, Ordering::Relaxed);
        Disk.punch(file, offset, bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        Disk.sync(file)
    }
}

#[test]
fn full_disk_is_a_clean_error_wherever_it_strikes() {
    let sample = Sample::new(1, 2_000);
    let late = Sample::new(2, (2 << 20) + 500);
    let need = 2_100_000 + 3 * 4_096;
    let spaces = (9_000..13_000).step_by(97).chain((13_000..need).step_by(150_001));
    for space in spaces {
        let folder = Folder::new();
        let medium = Filling::with_space(space);
        let store = folder.open_on(Arc::<Filling>::clone(&medium)).unwrap();
        sample.store(&store).unwrap();
        let error = late.store(&store).unwrap_err();
        assert!(matches!(error, StoreError::DiskFull { .. }), "{error} with {space} bytes");
        sample.check(&store);
        assert!(store.find(&late.completion.commitment).is_none());
        // The same after a restart.
        drop(store);
        let copy = folder.copy();
        let (store, report) = copy.open();
        assert!(report.damages.is_empty());
        sample.check(&store);
        assert!(store.find(&late.completion.commitment).is_none());
        drop(store);
        // And once there is space it goes on where it was.
        medium.left.store(u64::MAX, Ordering::Relaxed);
        let store = folder.open_on(medium).unwrap();
        late.store(&store).unwrap();
        sample.check(&store);
        late.check(&store);
    }
}

#[test]
fn store_goes_on_without_a_restart_once_there_is_space() {
    let folder = Folder::new();
    let medium = Filling::with_space(10_000);
    let store = folder.open_on(Arc::<Filling>::clone(&medium)).unwrap();
    let sample = Sample::new(1, (2 << 20) + 500);
    assert!(matches!(sample.store(&store), Err(StoreError::DiskFull { .. })));
    medium.left.store(u64::MAX, Ordering::Relaxed);
    sample.store(&store).unwrap();
    sample.check(&store);
    drop(store);
    let (store, report) = folder.open();
    assert_eq!((report.cut_bytes, report.damages.len()), (0, 0));
    sample.check(&store);
}

#[test]
fn full_disk_is_emptied_by_erasing() {
    let folder = Folder::new();
    let medium = Filling::with_space(u64::MAX);
    let store = folder.open_on(Arc::<Filling>::clone(&medium)).unwrap();
    let (sample, kept) = (Sample::new(1, 2_000), Sample::new(2, 3_000));
    let local = sample.store(&store).unwrap();
    kept.store(&store).unwrap();
    medium.left.store(0, Ordering::Relaxed);
    assert!(matches!(store.begin(&Sample::new(3, 10).opening), Err(StoreError::DiskFull { .. })));
    store.erase(local).unwrap();
    assert!(store.find(&sample.completion.commitment).is_none());
    Sample::new(3, 10).store(&store).unwrap();
    drop(store);
    let (store, report) = folder.open();
    assert_eq!((report.damages.len(), report.erasures_finished), (0, 0));
    assert!(store.find(&sample.completion.commitment).is_none());
    kept.check(&store);
}
