//! One request is under way once.

use carechain_crypto::RequestDigest;

use super::ReadsInFlight;

#[test]
fn request_under_way_does_not_begin_again_until_it_is_over() {
    let reads = ReadsInFlight::default();
    let digest = RequestDigest::new([1; 32]);
    let first = reads.begin(digest).unwrap();
    assert!(reads.begin(digest).is_none());
    assert!(reads.begin(RequestDigest::new([2; 32])).is_some());
    drop(first);
    assert!(reads.begin(digest).is_some());
}
