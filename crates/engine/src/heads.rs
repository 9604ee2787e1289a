//! The newest signed head of each member: as of when a proof is complete.

use std::collections::BTreeMap;

use carechain_types::limits::REPLICAS_MAX;
use carechain_types::{BoundedVec, Head, Height, ReplicaId, Signed, SignedHead};

/// The newest head of each member, own included.
#[derive(Debug, Default)]
pub(crate) struct Heads(BTreeMap<ReplicaId, Signed<Head>>);

impl Heads {
    /// Takes one in if it is newer.
    pub(crate) fn note(&mut self, head: &Signed<Head>) {
        let newer = self.0.get(&head.member).is_none_or(|known| known.body.time < head.body.time);
        if newer {
            self.0.insert(head.member, head.clone());
        }
    }

    /// All of them, ascending by member.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Head> {
        self.0.values().map(|signed| &signed.body)
    }

    /// The newest `quorum` heads whose signers voted for nothing above `height`, ascending by member.
    pub(crate) fn covering(
        &self,
        height: Height,
        quorum: usize,
    ) -> Option<BoundedVec<SignedHead, REPLICAS_MAX>> {
        let mut heads: Vec<_> = self
            .0
            .values()
            .filter(|signed| signed.body.voted <= height && signed.body.height <= height)
            .map(|signed| SignedHead {
                member: signed.member,
                head: signed.body,
                signature: signed.signature,
            })
            .collect();
        heads.sort_by_key(|signed| core::cmp::Reverse(signed.head.time));
        if heads.len() < quorum {
            return None;
        }
        heads.truncate(quorum);
        heads.sort_by_key(|signed| signed.member);
        BoundedVec::new(heads).ok()
    }
}
