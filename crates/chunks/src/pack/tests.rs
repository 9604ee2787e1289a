//! Tests of the layouts: heads, footer.

use carechain_crypto::{ChainId, HospitalId, SubtreeValue, UploadId};

use super::record::RECORD_HEAD_BYTES;
use super::{Decoded, NewRecord, PACK_HEAD_BYTES, PackHead, PackId, PackOrigin, RecordHead, RecordKind};
use crate::upload::LocalUpload;

fn head() -> PackHead {
    let origin = PackOrigin { chain: ChainId::new([1; 32]), hospital: HospitalId::new([2; 20]) };
    PackHead { origin, pack: PackId::FIRST, local_next: 77, nonce: [9; 16] }
}

fn record() -> RecordHead {
    NewRecord {
        kind: RecordKind::OnlyChunk,
        upload: UploadId::new([5; 16]),
        local: LocalUpload::new(6),
        index: 7,
        value: SubtreeValue::new([8; 32]),
        payload: &[1, 2, 3],
    }
    .head()
}

#[test]
fn pack_head_decodes_to_itself_and_no_flipped_bit_passes() {
    let bytes = head().encode();
    assert_eq!(bytes.len(), PACK_HEAD_BYTES);
    assert_eq!(PackHead::decode(&bytes), Decoded::Intact(head()));
    for position in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[position] ^= 1;
        assert_eq!(PackHead::decode(&flipped), Decoded::Damaged, "{position}");
    }
}

#[test]
fn record_head_has_its_bytes_where_the_table_says() {
    let bytes = record().encode(&[9; 16]);
    assert_eq!(&bytes[..8], &[b'C', b'C', b'R', b'D', 1, 1, 1, 0]);
    assert_eq!(&bytes[8..24], &[5; 16]);
    assert_eq!(&bytes[24..40], &[6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0]);
    assert_eq!(&bytes[40..72], &[8; 32]);
    assert_eq!(&bytes[72..92], &[0; 20]);
    assert_eq!(RecordHead::decode(&bytes, &[9; 16]), Decoded::Intact(record()));
}

#[test]
fn record_head_of_another_pack_or_with_a_flipped_bit_does_not_decode() {
    let bytes = record().encode(&[9; 16]);
    assert_eq!(RecordHead::decode(&bytes, &[8; 16]), Decoded::Damaged);
    for bit in 0..RECORD_HEAD_BYTES * 8 {
        let mut flipped = bytes;
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(RecordHead::decode(&flipped, &[9; 16]), Decoded::Damaged, "{bit}");
    }
}

#[test]
fn nonces_of_two_packs_differ() {
    let begun = |pack| PackHead::begin(head().origin, pack, 0).nonce;
    assert_ne!(begun(PackId::FIRST), begun(PackId::FIRST));
}
