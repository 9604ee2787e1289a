use std::io::{Cursor, Read, Seek, SeekFrom, Write};

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

use super::{RecordError, RecordHeader, RecordSealer, Sealed, copy_record, verify_record};
use crate::address::Address;
use crate::content_key::ContentKey;
use crate::fixed::Root;
use crate::limits::SEGMENT_BYTES;
use crate::test_random::Counting;

fn zip(length: usize) -> Vec<u8> {
    (1..252u8).cycle().take(length).collect()
}

fn seal(zip: &[u8]) -> Sealed<Vec<u8>> {
    let mut sealer = RecordSealer::new(Vec::new(), &mut Counting::new(zip.len() as u64));
    sealer.write_all(zip).unwrap();
    sealer.finish().unwrap()
}

fn copy(file: &[u8], address: &Address) -> Result<Vec<u8>, RecordError> {
    let mut out = Vec::new();
    copy_record(file, address, &mut out).map(|_| out)
}

#[track_caller]
fn check(zip: &[u8]) {
    let sealed = seal(zip);
    let file = sealed.inner;
    assert_eq!(sealed.address.length, file.len() as u64);
    assert_eq!(Some(sealed.address.length), super::file_length(zip.len() as u64));
    assert_eq!(sealed.address.root, Root::new(*blake3::hash(&file).as_bytes()));
    assert_eq!(sealed.manifest.root(), sealed.address.root);
    assert_eq!(sealed.zip_length, zip.len() as u64);
    assert_eq!(copy(&file, &sealed.address).unwrap(), zip);
    let verified = verify_record(file.as_slice(), &sealed.address).unwrap();
    assert_eq!(verified.zip_length(), zip.len() as u64);
    let mut read = Vec::new();
    verified.reader(Cursor::new(&file)).read_to_end(&mut read).unwrap();
    assert_eq!(read, zip);
}

#[test]
fn records_of_boundary_sizes_come_back() {
    for length in [0, 1, 7, 8, 65_383, 65_384, 65_385, 65_392, 65_393, 65_400, 65_536, 130_912, 130_913] {
        check(&zip(length));
    }
    for length in [(1 << 20) - 401, (1 << 20) - 384, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5 << 20] {
        check(&zip(length));
    }
}

#[test]
fn a_zip_that_ends_in_zeros_keeps_them() {
    for zeros in [1, 100, 65_384, 200_000] {
        let mut zip = zip(1000);
        zip.resize(1000 + zeros, 0);
        check(&zip);
        check(&vec![0; zeros]);
    }
    let mut zip = vec![0; 300_000];
    zip[200_000] = 1;
    check(&zip);
}

#[test]
fn the_size_of_writes_does_not_matter() {
    let zip = zip(200_000);
    let whole = seal(&zip);
    let mut sealer = RecordSealer::new(Vec::new(), &mut Counting::new(zip.len() as u64));
    for piece in zip.chunks(777) {
        sealer.write_all(piece).unwrap();
    }
    assert_eq!(sealer.finish().unwrap().inner, whole.inner);
}

#[test]
fn a_wrong_key_is_refused_before_decryption() {
    let sealed = seal(&zip(10));
    let mut address = sealed.address.clone();
    address.content_key = ContentKey::new([0; 32]);
    assert!(matches!(copy(&sealed.inner, &address), Err(RecordError::ContentKey)));
    // The header alone is enough to say so.
    let opener = super::RecordOpener::new(&sealed.inner[..128], &address.content_key, address.length);
    assert!(matches!(opener.unwrap_err(), RecordError::ContentKey));
}

#[test]
fn truncation_is_refused_at_every_segment() {
    let sealed = seal(&zip(200_000));
    let file = &sealed.inner;
    for length in [0, 127, 128, 1000, SEGMENT_BYTES, SEGMENT_BYTES + 1, 3 * SEGMENT_BYTES, file.len() - 1] {
        let error = copy(&file[..length], &sealed.address).unwrap_err();
        assert!(matches!(error, RecordError::Truncated { .. }), "{length}: {error}");
    }
    // A shorter length in the address makes an inner segment the last one.
    let mut address = sealed.address.clone();
    address.length = 2 * SEGMENT_BYTES as u64;
    let error = copy(&file[..2 * SEGMENT_BYTES], &address).unwrap_err();
    assert!(matches!(error, RecordError::NotAuthentic { segment: 1 }), "{error}");
}

#[test]
fn trailing_bytes_are_refused() {
    let mut sealed = seal(&zip(10));
    sealed.inner.push(0);
    assert!(matches!(copy(&sealed.inner, &sealed.address), Err(RecordError::TrailingBytes)));
}

#[test]
fn moved_segments_are_refused() {
    let sealed = seal(&zip(300_000));
    let mut file = sealed.inner.clone();
    let (first, second) = file[SEGMENT_BYTES..].split_at_mut(SEGMENT_BYTES);
    first.swap_with_slice(&mut second[..SEGMENT_BYTES]);
    assert!(matches!(copy(&file, &sealed.address), Err(RecordError::NotAuthentic { segment: 1 })));
}

#[test]
fn segments_of_another_record_are_refused() {
    let (one, other) = (seal(&zip(300_000)), seal(&zip(300_001)));
    let mut file = one.inner.clone();
    file[SEGMENT_BYTES..2 * SEGMENT_BYTES].copy_from_slice(&other.inner[SEGMENT_BYTES..2 * SEGMENT_BYTES]);
    assert!(matches!(copy(&file, &one.address), Err(RecordError::NotAuthentic { segment: 1 })));
}

#[test]
fn another_root_is_refused() {
    let sealed = seal(&zip(10));
    let mut address = sealed.address.clone();
    address.root = Root::ZERO;
    assert!(matches!(copy(&sealed.inner, &address), Err(RecordError::Root { .. })));
}

#[test]
fn lengths_that_no_record_has_are_refused() {
    let sealed = seal(&zip(10));
    for length in [0, 100, 65_535, 65_537, u64::MAX] {
        let mut address = sealed.address.clone();
        address.length = length;
        assert!(matches!(copy(&sealed.inner, &address), Err(RecordError::Length { .. })), "{length}");
    }
}

/// Seals a hand-made plaintext as a file of one segment.
fn forge(text: impl FnOnce(&mut [u8])) -> (Vec<u8>, Address) {
    let mut random = Counting::new(9);
    let key = ContentKey::generate(&mut random);
    let header = RecordHeader::generate(&key, &mut random);
    let mut file = vec![0; SEGMENT_BYTES];
    file[..128].copy_from_slice(&header.encode());
    text(&mut file[128..SEGMENT_BYTES - 16]);
    let cipher = super::SegmentCipher::new(&key, &header).unwrap();
    cipher.seal_segment(0, super::Position::Last, &mut file);
    let root = Root::new(*blake3::hash(&file).as_bytes());
    (file, Address::new(SEGMENT_BYTES as u64, root, key))
}

#[test]
fn padding_that_is_not_zero_is_refused() {
    let (file, address) = forge(|text| {
        text[10] = 1;
        text[65_384] = 10;
    });
    assert!(matches!(copy(&file, &address), Err(RecordError::Padding)));
}

#[test]
fn a_zip_length_of_another_file_length_is_refused() {
    for zip_length in [65_385u64, 1 << 40, u64::MAX] {
        let (file, address) = forge(|text| text[65_384..].copy_from_slice(&zip_length.to_le_bytes()));
        assert!(matches!(copy(&file, &address), Err(RecordError::ZipLength { .. })));
    }
}

#[test]
fn a_sealer_whose_writer_failed_is_dead() {
    struct Full(usize);
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut sealer = RecordSealer::new(Full(1 << 20), &mut Counting::new(1));
    assert!(sealer.write_all(&zip(3 << 20)).is_err());
    assert_eq!(sealer.write(b"x").unwrap_err().kind(), std::io::ErrorKind::Other);
    assert!(matches!(sealer.finish(), Err(RecordError::Io(_))));
}

#[test]
fn chunks_sealed_in_any_order_make_the_same_file() {
    for length in [10, (1 << 20) - 300, 3 << 20, (5 << 20) + 7] {
        let zip = zip(length);
        let whole = seal(&zip);
        let mut random = Counting::new(length as u64);
        let key = ContentKey::generate(&mut random);
        let header = RecordHeader::generate(&key, &mut random);
        let mut framer = super::ChunkFramer::new(&header);
        let (mut plain, mut rest) = (Vec::new(), zip.as_slice());
        while !rest.is_empty() {
            rest = &rest[framer.push(rest).unwrap()..];
            plain.extend(framer.take(Vec::new()));
        }
        let mut end = framer.finish().unwrap();
        plain.extend(core::iter::from_fn(|| end.next_chunk(Vec::new())));
        let cipher = super::SegmentCipher::new(&key, &header).unwrap();
        let mut sealed: Vec<_> = plain.into_iter().rev().map(|chunk| chunk.seal(&cipher)).collect();
        sealed.reverse();
        assert!(sealed.iter().flat_map(|chunk| &chunk.bytes).eq(&whole.inner));
        assert!(sealed.iter().map(|chunk| &chunk.value).eq(whole.manifest.values()));
    }
}

#[test]
fn the_reader_seeks() {
    let zip = zip(400_000);
    let sealed = seal(&zip);
    let verified = verify_record(sealed.inner.as_slice(), &sealed.address).unwrap();
    let mut reader = verified.reader(Cursor::new(&sealed.inner));
    for start in [0usize, 1, 65_391, 65_392, 65_393, 130_911, 130_912, 131_000, 399_990, 400_000] {
        assert_eq!(reader.seek(SeekFrom::Start(start as u64)).unwrap(), start as u64);
        let mut read = vec![0; 20.min(zip.len() - start)];
        reader.read_exact(&mut read).unwrap();
        assert_eq!(read, zip[start..start + read.len()]);
    }
    assert_eq!(reader.seek(SeekFrom::End(-5)).unwrap(), 399_995);
    assert_eq!(reader.seek(SeekFrom::Current(-5)).unwrap(), 399_990);
    assert!(reader.seek(SeekFrom::Current(-399_991)).is_err());
    reader.seek(SeekFrom::Start(1 << 50)).unwrap();
    assert_eq!(reader.read(&mut [0; 4]).unwrap(), 0);
}

#[test]
fn the_reader_refuses_a_file_that_changed_after_it_was_verified() {
    let sealed = seal(&zip(200_000));
    let verified = verify_record(sealed.inner.as_slice(), &sealed.address).unwrap();
    let mut file = sealed.inner.clone();
    file[SEGMENT_BYTES + 5] ^= 1;
    let mut out = Vec::new();
    let error = verified.reader(Cursor::new(file)).read_to_end(&mut out).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
}

#[test]
fn any_flipped_header_bit_is_refused() {
    let sealed = seal(&zip(10));
    for bit in 0..128 * 8 {
        let mut file = sealed.inner.clone();
        file[bit / 8] ^= 1 << (bit % 8);
        assert!(copy(&file, &sealed.address).is_err(), "bit {bit}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_zip_comes_back(zip in proptest::collection::vec(any::<u8>(), 0..200_000)) {
        let sealed = seal(&zip);
        prop_assert_eq!(copy(&sealed.inner, &sealed.address).unwrap(), zip);
    }

    #[test]
    fn any_flipped_bit_is_refused(length in 0usize..200_000, at in any::<proptest::sample::Index>(), bit in 0u8..8) {
        let sealed = seal(&zip(length));
        let mut file = sealed.inner;
        let at = at.index(file.len());
        file[at] ^= 1 << bit;
        // Not by the root alone: the segments say so themselves.
        let mut address = sealed.address.clone();
        address.root = Root::new(*blake3::hash(&file).as_bytes());
        prop_assert!(copy(&file, &address).is_err());
    }
}
