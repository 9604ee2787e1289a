//! Packs and records of another version of the format: refused with the version, and left as they are.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::fixture::{Folder, Sample};
use crate::pack::{PACK_HEAD_BYTES, RECORD_HEAD_BYTES};
use crate::{ChunkStore, StoreError};

const CHECKSUM: usize = PACK_HEAD_BYTES - 4;

fn with_two_packs() -> (Folder, Sample) {
    let folder = Folder::new();
    let sample = Sample::new(1, 3 << 20);
    let (store, _) = folder.open();
    sample.store(&store).unwrap();
    assert!(folder.packs().len() > 1);
    (folder, sample)
}

fn write_head(pack: &Path, change: impl FnOnce(&mut [u8])) {
    let file = File::options().read(true).write(true).open(pack).unwrap();
    let mut head = vec![0; PACK_HEAD_BYTES];
    file.read_exact_at(&mut head, 0).unwrap();
    change(&mut head);
    let checksum = crc32c::crc32c(&head[..CHECKSUM]).to_le_bytes();
    head[CHECKSUM..].copy_from_slice(&checksum);
    file.write_all_at(&head, 0).unwrap();
}

#[track_caller]
fn check_refused_and_untouched(folder: &Folder, pack: u64, version: u16) {
    let before: Vec<_> = folder.packs().iter().map(|pack| fs::read(pack).unwrap()).collect();
    let error = folder.open_with(super::fixture::SMALL_PACKS).map(drop).unwrap_err();
    let refused =
        matches!(error, StoreError::PackVersion { pack: named, found } if (named, found) == (pack, version));
    assert!(refused, "{error}");
    let sentence = error.to_string();
    assert!(sentence.contains(&format!("format {version}, this one reads 1")), "{sentence}");
    let after: Vec<_> = folder.packs().iter().map(|pack| fs::read(pack).unwrap()).collect();
    assert!(before == after, "the folder was changed");
}

#[test]
fn pack_of_another_version_is_refused_with_the_version_and_not_touched() {
    for place in [0, usize::MAX] {
        let (folder, sample) = with_two_packs();
        let packs = folder.packs();
        let index = place.min(packs.len() - 1);
        write_head(&packs[index], |head| head[8..10].copy_from_slice(&2_u16.to_le_bytes()));
        check_refused_and_untouched(&folder, index as u64 + 1, 2);
        write_head(&packs[index], |head| head[..8].copy_from_slice(b"CCPACK2\n"));
        check_refused_and_untouched(&folder, index as u64 + 1, 2);
        // The version that wrote it opens it again.
        write_head(&packs[index], |head| {
            head[..8].copy_from_slice(b"CCPACK1\n");
            head[8..10].copy_from_slice(&1_u16.to_le_bytes());
        });
        let (store, report) = folder.open();
        assert_eq!((report.damages.len(), report.cut_bytes), (0, 0));
        sample.check(&store);
    }
}

#[test]
fn record_of_another_version_at_the_end_of_a_pack_is_not_cut_off() {
    for (position, byte) in [(5, 2), (4, 9)] {
        let folder = Folder::new();
        let sample = Sample::new(1, 3_000);
        let (store, _) = folder.open();
        sample.store(&store).unwrap();
        drop(store);
        let pack = File::options().read(true).write(true).open(folder.last_pack()).unwrap();
        let mut nonce = [0; 16];
        pack.read_exact_at(&mut nonce, 88).unwrap();
        let mut head = [0; RECORD_HEAD_BYTES];
        pack.read_exact_at(&mut head, PACK_HEAD_BYTES as u64).unwrap();
        head[position] = byte;
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&nonce), &head[..92]).to_le_bytes();
        head[92..].copy_from_slice(&checksum);
        pack.write_all_at(&head, folder.last_pack_bytes()).unwrap();
        check_refused_and_untouched(&folder, 1, u16::from(head[5]));
    }
}

#[test]
fn damaged_version_is_damage_and_not_another_version() {
    let (folder, _) = with_two_packs();
    let pack = File::options().write(true).open(&folder.packs()[0]).unwrap();
    pack.write_all_at(&2_u16.to_le_bytes(), 8).unwrap();
    let (_, report): (ChunkStore, _) = folder.open();
    assert_eq!((report.damages[0].pack, report.damages[0].offset), (1, 0));
}
