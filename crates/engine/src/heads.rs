//! Which signed heads say as of when a proof is complete.

use std::collections::BTreeMap;

use carechain_types::limits::{CLOCK_SKEW_MAX, REPLICAS_MAX};
use carechain_types::{BoundedVec, Head, Height, ReplicaId, Signed, SignedHead, Time};

/// The newest `quorum` heads whose signers voted for nothing above `height`, ascending by member. None of the future: a
/// clock that was wrong when it signed one says that a list is complete as of a time that has not come.
pub(crate) fn covering(
    heads: &BTreeMap<ReplicaId, Signed<Head>>,
    height: Height,
    quorum: usize,
    wall: Time,
) -> Option<BoundedVec<SignedHead, REPLICAS_MAX>> {
    let latest = wall.after(CLOCK_SKEW_MAX);
    let mut heads: Vec<_> = heads
        .values()
        .filter(|signed| signed.body.voted <= height && signed.body.height <= height)
        .filter(|signed| signed.body.time <= latest)
        .map(|signed| SignedHead { member: signed.member, head: signed.body, signature: signed.signature })
        .collect();
    heads.sort_by_key(|signed| core::cmp::Reverse(signed.head.time));
    if heads.len() < quorum {
        return None;
    }
    heads.truncate(quorum);
    heads.sort_by_key(|signed| signed.member);
    BoundedVec::new(heads).ok()
}
