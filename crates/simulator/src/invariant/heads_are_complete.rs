//! A HEAD hides no own COMMIT that may be part of a certificate: readers take it for the word that its member has voted
//! for nothing above.
//!
//! Source: design section 5, "Signed heads". A COMMIT whose block a NEW-VIEW has dropped may be hidden: too few others can
//! have sent it then.

use std::collections::{BTreeMap, BTreeSet};

use carechain_crypto::BlockId;
use carechain_types::{Head, Height, ReplicaId, View};

use crate::violation::Violation;

type Vote = (Height, View, BlockId);

/// COMMITs of correct members, and those that a HEAD hid.
#[derive(Debug)]
pub(crate) struct HeadsAreComplete {
    /// Correct members whose COMMITs are a certificate together with those of all Byzantine ones.
    correct_in_certificate: usize,
    commits: BTreeMap<ReplicaId, BTreeSet<Vote>>,
    hidden: BTreeMap<Vote, ReplicaId>,
}

impl HeadsAreComplete {
    /// Among members of whom `quorum` certify and so many sin.
    pub(crate) const fn new(quorum: usize, sinners: usize) -> Self {
        Self {
            correct_in_certificate: quorum.saturating_sub(sinners),
            commits: BTreeMap::new(),
            hidden: BTreeMap::new(),
        }
    }

    /// A correct member sends COMMIT.
    pub(crate) fn voted(&mut self, member: ReplicaId, vote: Vote) {
        self.commits.entry(member).or_default().insert(vote);
    }

    /// A correct member sends a HEAD.
    pub(crate) fn headed(&mut self, member: ReplicaId, head: &Head) {
        let Some(commits) = self.commits.get(&member) else { return };
        let above = (head.voted.next(), View::ZERO, BlockId::ZERO);
        for vote in commits.range(above..) {
            self.hidden.entry(*vote).or_insert(member);
        }
    }

    /// All votes are sent.
    pub(crate) fn check(&self) -> Result<(), Violation> {
        for (vote, member) in &self.hidden {
            let senders = self.commits.values().filter(|commits| commits.contains(vote)).count();
            if senders >= self.correct_in_certificate {
                return Err(Violation::HiddenCommit { member: *member, height: vote.0 });
            }
        }
        Ok(())
    }
}
