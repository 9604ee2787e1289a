use carechain_types::limits::{BLOCK_BYTES_MAX, TRANSACTION_BYTES_MAX};

use super::Fullness;
use crate::limits::PROPOSAL_COUNT_MAX;

#[test]
fn a_block_is_full_only_where_the_next_transaction_may_not_fit() {
    let cases = [
        ((0, 0), Fullness::Roomy),
        ((PROPOSAL_COUNT_MAX / 2, 0), Fullness::Roomy),
        ((PROPOSAL_COUNT_MAX - 1, 0), Fullness::Roomy),
        ((PROPOSAL_COUNT_MAX, 0), Fullness::Full),
        ((1, BLOCK_BYTES_MAX / 2), Fullness::Roomy),
        ((1, BLOCK_BYTES_MAX - TRANSACTION_BYTES_MAX), Fullness::Roomy),
        ((1, BLOCK_BYTES_MAX - TRANSACTION_BYTES_MAX + 1), Fullness::Full),
    ];
    for ((count, bytes), fullness) in cases {
        assert_eq!(Fullness::of_size(count, bytes), fullness, "{count} transactions of {bytes} bytes");
    }
}
