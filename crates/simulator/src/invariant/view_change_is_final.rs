//! After VIEW-CHANGE(w) no new PREPARE or COMMIT below w, ever, crashes included.
//!
//! Source: design section 5, "View change"; besu#1734 is what its absence looks like.

use std::collections::BTreeMap;

use carechain_types::{ReplicaId, View};

use crate::ballot::{Ballot, BallotPhase};
use crate::violation::Violation;

/// The highest VIEW-CHANGE of each correct member.
#[derive(Debug, Default)]
pub(crate) struct ViewChangeIsFinal {
    left: BTreeMap<ReplicaId, View>,
}

impl ViewChangeIsFinal {
    /// A correct member sends VIEW-CHANGE for a view.
    pub(crate) fn left(&mut self, member: ReplicaId, view: View) {
        let left = self.left.entry(member).or_default();
        *left = view.max(*left);
    }

    /// A correct member sends a vote.
    pub(crate) fn voted(&self, member: ReplicaId, ballot: Ballot) -> Result<(), Violation> {
        match self.left.get(&member) {
            Some(left) if ballot.phase != BallotPhase::PrePrepare && ballot.view < *left => {
                Err(Violation::VoteBelowViewChange { member, ballot, left: *left })
            }
            _ => Ok(()),
        }
    }
}
