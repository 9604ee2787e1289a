//! What a power failure takes: bytes that were written and not synced, in whatever order the system likes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::{Arc, Mutex};

use super::fixture::{Folder, Sample};
use crate::StoreError;
use crate::pack::{Disk, Medium};

/// Remembers what a power failure would take.
#[derive(Default)]
struct Volatile {
    unsynced: Mutex<BTreeSet<(u64, u64, usize)>>,
}

impl Medium for Volatile {
    fn write_all_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.unsynced.lock().unwrap().insert((file.metadata()?.ino(), offset, bytes.len()));
        Disk.write_all_at(file, bytes, offset)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        let synced = file.metadata()?.ino();
        self.unsynced.lock().unwrap().retain(|(inode, _, _)| *inode != synced);
        Disk.sync(file)
    }
}

impl Volatile {
    /// Takes the unsynced writes of at least so many bytes; smaller ones reached the disk before.
    fn fail(&self, folder: &Folder, bytes_min: usize) -> usize {
        let unsynced = self.unsynced.lock().unwrap();
        let lost = unsynced.iter().filter(|(_, _, bytes)| *bytes >= bytes_min);
        lost.map(|(inode, offset, bytes)| {
            let pack = folder.packs().into_iter().find(|pack| fs::metadata(pack).unwrap().ino() == *inode);
            let file = File::options().write(true).open(pack.unwrap()).unwrap();
            file.write_all_at(&vec![0; *bytes], *offset).unwrap();
        })
        .count()
    }
}

#[test]
fn file_completed_after_a_power_failure_is_whole() {
    let folder = Folder::new();
    let sample = Sample::new(1, (5 << 20) + 77);
    let medium = Arc::new(Volatile::default());
    let store = folder.open_on(Arc::<Volatile>::clone(&medium)).unwrap();
    let local = store.begin(&sample.opening).unwrap();
    for index in 0..5 {
        sample.put(&store, local, index).unwrap();
    }
    drop(store);
    assert!(folder.packs().len() > 2);
    assert!(medium.fail(&folder, 1 << 20) > 0);
    let (store, _) = folder.open();
    sample.store(&store).unwrap();
    sample.check(&store);
}

#[test]
fn erased_bytes_are_gone_before_anything_says_so() {
    /// Fails the sync after the punching.
    struct Refusing(Mutex<bool>);
    impl Medium for Refusing {
        fn write_all_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
            Disk.write_all_at(file, bytes, offset)
        }
        fn punch(&self, file: &File, offset: u64, bytes: u64) -> io::Result<()> {
            *self.0.lock().unwrap() = true;
            Disk.punch(file, offset, bytes)
        }
        fn sync(&self, file: &File) -> io::Result<()> {
            if *self.0.lock().unwrap() { Err(io::ErrorKind::Other.into()) } else { Disk.sync(file) }
        }
    }
    let folder = Folder::new();
    let sample = Sample::new(1, 5_000);
    let store = folder.open_on(Arc::new(Refusing(Mutex::new(false)))).unwrap();
    let local = sample.store(&store).unwrap();
    assert!(matches!(store.erase(local), Err(StoreError::Pack(_))));
    drop(store);
    let (_, report) = folder.open();
    assert_eq!(report.erasures_finished, 1);
}
