use super::{Manifest, ManifestBuilder, ManifestError, chunk_count, chunk_length, chunk_subtree_value};
use crate::fixed::{Root, SubtreeValue};
use crate::limits::{CHUNK_BYTES, FILE_BYTES_MAX};
use crate::manifest::root_from_manifest;

const MIB: usize = CHUNK_BYTES;

fn file(length: usize) -> Vec<u8> {
    (0..251u8).cycle().take(length).collect()
}

fn manifest_by_chunks(bytes: &[u8]) -> Manifest {
    let count = chunk_count(bytes.len() as u64).unwrap();
    let values =
        (0..count).zip(bytes.chunks(MIB)).map(|(i, chunk)| chunk_subtree_value(i, count, chunk).unwrap());
    Manifest::new(bytes.len() as u64, values.collect()).unwrap()
}

#[track_caller]
fn check(length: usize) {
    let bytes = file(length);
    let root = Root::new(*blake3::hash(&bytes).as_bytes());
    let manifest = manifest_by_chunks(&bytes);
    assert_eq!(manifest.root(), root);
    assert_eq!(root_from_manifest(manifest.values(), length as u64), Ok(root));
    assert!(Manifest::check(length as u64, manifest.values().to_vec(), &root).is_ok());
    let mut builder = ManifestBuilder::new();
    for piece in bytes.chunks(100_000) {
        builder.update(piece);
    }
    assert_eq!(builder.length(), length as u64);
    assert_eq!(builder.finish().as_ref(), Some(&manifest));
    for (index, chunk) in (0..).zip(bytes.chunks(MIB)) {
        assert_eq!(chunk_length(index, length as u64), Ok(chunk.len()));
        assert_eq!(manifest.check_chunk(index, chunk), Ok(()));
    }
}

#[test]
fn a_file_of_one_chunk_has_its_root_as_its_entry() {
    for length in [1, 65_536, MIB - 1, MIB] {
        check(length);
        let manifest = manifest_by_chunks(&file(length));
        assert_eq!(manifest.values()[0].get(), manifest.root().get());
    }
}

#[test]
fn the_root_is_plain_blake3_around_every_boundary() {
    for chunks in [1, 2, 3, 4, 5, 7, 8, 9] {
        for length in [chunks * MIB - 1, chunks * MIB, chunks * MIB + 1] {
            check(length);
        }
    }
}

#[test]
fn forged_manifests_are_refused() {
    let bytes = file(3 * MIB + 5);
    let length = bytes.len() as u64;
    let honest = manifest_by_chunks(&bytes);
    let root = honest.root();
    let check = |values: &[SubtreeValue]| Manifest::check(length, values.to_vec(), &root);
    let values = honest.values();

    let mut changed = values.to_vec();
    changed[1] = SubtreeValue::ZERO;
    assert!(matches!(check(&changed), Err(ManifestError::Root { .. })));
    let mut swapped = values.to_vec();
    swapped.swap(0, 1);
    assert!(matches!(check(&swapped), Err(ManifestError::Root { .. })));
    let count = |got| Err(ManifestError::EntryCount { length, expected: 4, got });
    assert_eq!(check(&values[..3]), count(3));
    assert_eq!(check(&[values, values].concat()), count(8));
    assert_eq!(check(&[]), count(0));
    // Inner nodes in place of chunks: the same root from fewer entries, under a shorter length.
    let parent = |pair: &[SubtreeValue]| SubtreeValue::new(super::merge(pair));
    let inner = [parent(&values[..2]), parent(&values[2..])];
    assert_eq!(check(&inner), count(2));
    // The claim of another length is the length's fault: a commitment pins root and length together.
    assert!(Manifest::check(2 * MIB as u64, inner.to_vec(), &root).is_ok());
}

#[test]
fn chunks_of_another_length_are_refused_before_hashing() {
    let bytes = file(2 * MIB + 5);
    let manifest = manifest_by_chunks(&bytes);
    let refused = |index, expected, got| Err(ManifestError::ChunkLength { index, expected, got });
    assert_eq!(manifest.check_chunk(0, &bytes[..MIB - 1]), refused(0, MIB, MIB - 1));
    assert_eq!(manifest.check_chunk(0, &bytes[..MIB + 1]), refused(0, MIB, MIB + 1));
    assert_eq!(manifest.check_chunk(2, &bytes[..6]), refused(2, 5, 6));
    assert_eq!(manifest.check_chunk(2, &[]), refused(2, 5, 0));
    assert_eq!(manifest.check_chunk(3, &[]), Err(ManifestError::ChunkIndex { index: 3, count: 3 }));
    assert_eq!(manifest.check_chunk(0, &bytes[5..MIB + 5]), Err(ManifestError::ChunkValue { index: 0 }));
    assert_eq!(manifest.check_chunk(1, &bytes[..MIB]), Err(ManifestError::ChunkValue { index: 1 }));
    assert!(chunk_subtree_value(0, 2, &[1]).is_err());
    assert!(chunk_subtree_value(1, 2, &[]).is_err());
    assert!(chunk_subtree_value(2, 2, &[1]).is_err());
}

#[test]
fn impossible_lengths_are_refused() {
    for length in [0, FILE_BYTES_MAX + 1, u64::MAX] {
        assert_eq!(chunk_count(length), Err(ManifestError::FileLength { length }));
        assert_eq!(Manifest::new(length, Vec::new()), Err(ManifestError::FileLength { length }));
    }
    assert!(ManifestBuilder::new().finish().is_none());
}
