//! Votes of one phase, counted by distinct members.
//!
//! Limits: each member has its own few places, so that nobody's flood displaces another's votes.

use std::collections::BTreeMap;

use carechain_crypto::{BlockId, Signature};
use carechain_types::{BoundedVec, Certificate, CertificateKey, Height, ReplicaId, View};

/// The votes of one phase: per member, view and height the first one.
#[derive(Clone, Debug)]
pub(crate) struct VoteBook {
    per_member_max: usize,
    members: BTreeMap<ReplicaId, BTreeMap<(View, Height), Vote>>,
}

#[derive(Clone, Copy, Debug)]
struct Vote {
    block_id: BlockId,
    signature: Signature,
}

/// What became of a vote.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Counted {
    /// It is the member's first for this view and height.
    New,
    /// It was counted before.
    Repeat,
    /// The member voted for another block there; the first vote stands.
    Conflict,
    /// The member's places are taken by later votes.
    Late,
}

impl VoteBook {
    pub(crate) const fn new(per_member_max: usize) -> Self {
        Self { per_member_max, members: BTreeMap::new() }
    }

    /// Counts a vote for what `key` names.
    pub(crate) fn insert(
        &mut self,
        member: ReplicaId,
        key: &CertificateKey,
        signature: Signature,
    ) -> Counted {
        let votes = self.members.entry(member).or_default();
        let place = (key.view, key.height);
        if let Some(vote) = votes.get(&place) {
            return if vote.block_id == key.block_id { Counted::Repeat } else { Counted::Conflict };
        }
        if votes.len() >= self.per_member_max {
            if votes.first_key_value().is_some_and(|(lowest, _)| *lowest > place) {
                return Counted::Late;
            }
            votes.pop_first();
        }
        votes.insert(place, Vote { block_id: key.block_id, signature });
        Counted::New
    }

    /// The certificate of `quorum` votes for what `key` names, the lowest members first.
    pub(crate) fn certificate(&self, key: &CertificateKey, quorum: usize) -> Option<Certificate> {
        if self.matching(key).count() < quorum {
            return None;
        }
        let votes = self.matching(key).take(quorum).collect();
        let CertificateKey { phase, epoch, view, height, block_id } = *key;
        let votes = BoundedVec::new(votes).ok()?;
        Some(Certificate { phase, epoch, view, height, block_id, votes })
    }

    /// Whether a member voted for what `key` names.
    pub(crate) fn has(&self, member: ReplicaId, key: &CertificateKey) -> bool {
        self.matching(key).any(|(voter, _)| voter == member)
    }

    fn matching<'a>(&'a self, key: &'a CertificateKey) -> impl Iterator<Item = (ReplicaId, Signature)> + 'a {
        self.members.iter().filter_map(|(member, votes)| {
            let vote = votes.get(&(key.view, key.height))?;
            (vote.block_id == key.block_id).then_some((*member, vote.signature))
        })
    }

    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.members.values().map(BTreeMap::len).sum()
    }

    /// Forgets what is at heights that do not matter any more.
    pub(crate) fn retain_heights(&mut self, matters: impl Fn(Height) -> bool) {
        for votes in self.members.values_mut() {
            votes.retain(|(_, height), _| matters(*height));
        }
    }
}
