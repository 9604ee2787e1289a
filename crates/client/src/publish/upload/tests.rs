//! Which chunks are sent.

use super::{UPLOAD_CALL_CHUNKS, bytes_of, missing};

#[test]
fn only_what_is_missing_is_sent() {
    assert_eq!(missing(5, &[]), [(0, 5)]);
    assert_eq!(missing(5, &[(0, 5)]), []);
    assert_eq!(missing(5, &[(1, 2), (4, 5)]), [(0, 1), (2, 4)]);
    assert_eq!(missing(5, &[(0, 9)]), [], "a node that claims too much is believed nothing more");
}

#[test]
fn one_call_carries_a_bounded_span() {
    let spans = missing(UPLOAD_CALL_CHUNKS * 2 + 1, &[]);
    let call = UPLOAD_CALL_CHUNKS;
    assert_eq!(spans, [(0, call), (call, 2 * call), (2 * call, 2 * call + 1)]);
}

#[test]
fn the_last_chunk_may_be_short() {
    assert_eq!(bytes_of(0, 2, (1 << 20) + 5), (1 << 20) + 5);
    assert_eq!(bytes_of(1, 2, (1 << 20) + 5), 5);
}
