//! Ranges and chunks: every byte of a range comes once.

use bytes::Bytes;
use carechain_crypto::limits::CHUNK_BYTES;
use carechain_types::ByteRange;
use proptest::prelude::proptest;

use super::{covering, inside, runs};

const MEBIBYTE: u64 = CHUNK_BYTES as u64;

#[test]
fn range_is_covered_by_the_fewest_chunks() {
    for (start, end, length, chunks) in [
        (0, 1, 1, Some(0..1)),
        (0, MEBIBYTE, 3 * MEBIBYTE, Some(0..1)),
        (MEBIBYTE - 1, MEBIBYTE + 1, 3 * MEBIBYTE, Some(0..2)),
        (MEBIBYTE, 2 * MEBIBYTE, 3 * MEBIBYTE, Some(1..2)),
        (0, 3 * MEBIBYTE, 3 * MEBIBYTE, Some(0..3)),
        (0, 2, 1, None),
        (1, 1, 1, None),
        (2, 1, 3, None),
    ] {
        assert_eq!(covering(ByteRange { start, end }, length), chunks, "{start}..{end} of {length}");
    }
}

#[test]
fn runs_join_neighbours() {
    assert_eq!(runs([0, 1, 2, 5, 7, 8]), [0..3, 5..6, 7..9]);
    assert_eq!(runs([]), []);
}

proptest! {
    #[test]
    fn pieces_of_all_chunks_are_the_range(length in 1..3 * MEBIBYTE, one in 0..3 * MEBIBYTE, two in 0..3 * MEBIBYTE) {
        let range = ByteRange { start: one.min(two), end: one.max(two) };
        if let Some(chunks) = covering(range, length) {
            let mut next = range.start;
            for index in chunks {
                let first = u64::from(index) * MEBIBYTE;
                let bytes = usize::try_from((length - first).min(MEBIBYTE)).unwrap();
                let piece = inside(range, index, &Bytes::from(vec![0; bytes]));
                assert!(!piece.is_empty());
                next += piece.len() as u64;
            }
            assert_eq!(next, range.end);
        }
    }
}
