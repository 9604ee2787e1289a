//! What a fresh proposal's header must say, as far as the message alone can tell.

use std::collections::BTreeSet;

use carechain_crypto::ChainId;
use carechain_types::{Membership, PrePrepare, tree};

use crate::message::Leaves;

/// Whether a fresh proposal's header agrees with its message, the ledger and its leaves. A header first proposed in
/// another view than the message's is no fresh proposal.
pub(super) fn is_well_formed(body: &PrePrepare, chain_id: &ChainId, membership: &Membership) -> bool {
    let header = &body.header;
    header.protocol == membership.protocol
        && header.chain_id == *chain_id
        && header.epoch == membership.epoch
        && header.height == body.height
        && header.view == body.view
        && header.primary == membership.primary(body.view)
        && header.next_membership.is_none()
        && !body.leaves.is_empty()
        && usize::try_from(header.transaction_count) == Ok(body.leaves.len())
        && header.transactions_root == tree::root(&body.leaves)
}

/// Whether no transaction stands twice in a proposal. Execution would refuse it too, but only once its bodies are here:
/// the leaves alone tell, and at once.
pub(super) fn holds_each_once(leaves: &Leaves) -> bool {
    let distinct: BTreeSet<_> = leaves.iter().collect();
    distinct.len() == leaves.len()
}
