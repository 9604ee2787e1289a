//! No double vote: for each phase, view and height a correct member signs one block in its whole life, crashes included.
//!
//! Source: Castro and Liskov 1999, §4.2; design section 5, "Durability". A proposal counts as a vote of its primary: a
//! restarted primary never proposes again in a view it led.

use std::collections::BTreeMap;

use carechain_crypto::BlockId;
use carechain_types::ReplicaId;

use crate::ballot::Ballot;
use crate::violation::Violation;

/// Every vote that ever left a correct member.
#[derive(Debug, Default)]
pub(crate) struct NoDoubleVote {
    votes: BTreeMap<(ReplicaId, Ballot), BlockId>,
}

impl NoDoubleVote {
    /// A correct member sends a vote.
    pub(crate) fn sent(
        &mut self,
        member: ReplicaId,
        ballot: Ballot,
        block_id: BlockId,
    ) -> Result<(), Violation> {
        let first = *self.votes.entry((member, ballot)).or_insert(block_id);
        if first == block_id {
            return Ok(());
        }
        Err(Violation::DoubleVote { member, ballot, first, second: block_id })
    }

    /// Whether it left its sender.
    pub(crate) fn was_sent(&self, member: ReplicaId, ballot: Ballot, block_id: BlockId) -> bool {
        self.votes.get(&(member, ballot)) == Some(&block_id)
    }
}
