//! What a rule knows of the block that holds its transaction.

use carechain_crypto::ChainId;
use carechain_types::{Height, Membership, Time};

/// Ledger, height, time and members of a block. For a mempool: of the block that might come next.
#[derive(Clone, Copy, Debug)]
pub struct BlockContext<'a> {
    /// The ledger.
    pub chain_id: ChainId,
    /// Height of the block.
    pub height: Height,
    /// Time of the block.
    pub time: Time,
    /// Members of its epoch.
    pub membership: &'a Membership,
}
