//! A committed block's roots are those of what it holds: its transactions, in order, and what each gave.
//!
//! Source: design section 5; a mutant of our own check that no seed noticed. The state root is another invariant's.

use carechain_crypto::ChainId;
use carechain_engine::Committed;
use carechain_types::{Outcome, ReplicaId, tree};

use crate::violation::Violation;

/// A correct member committed a block.
pub(crate) fn check(
    member: ReplicaId,
    chain_id: &ChainId,
    Committed { header, submissions, outcomes }: &Committed,
) -> Result<(), Violation> {
    let leaves: Vec<_> =
        submissions.iter().map(|submission| submission.transaction.leaf(chain_id).digest()).collect();
    let outcomes: Vec<_> = outcomes.iter().map(Outcome::digest).collect();
    if tree::root(&leaves) == header.transactions_root && tree::root(&outcomes) == header.outcomes_root {
        return Ok(());
    }
    Err(Violation::FalseRoot { member, height: header.height })
}
