//! Blocks: header, body, outcomes.

use carechain_crypto::{BlockId, ChainId, Context, Digest, StateRoot, TransactionId, derive};
use serde::{Deserialize, Serialize};

use crate::bounded::{BoundedBytes, BoundedVec};
use crate::codec::encode;
use crate::limits::{BLOCK_TRANSACTIONS_MAX, OUTCOME_RESULT_BYTES_MAX};
use crate::numbers::{Epoch, Height, ReplicaId, View};
use crate::time::Time;
use crate::transaction::Transaction;
use crate::tree;

/// Version of the ledger rules; part of every header.
pub const PROTOCOL_VERSION: u16 = 1;

/// What replicas vote on: order, outcomes and the state after the block.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Header {
    /// Version of the ledger rules.
    pub protocol: u16,
    /// The ledger.
    pub chain_id: ChainId,
    /// Life of the membership that votes on it.
    pub epoch: Epoch,
    /// One above the parent's.
    pub height: Height,
    /// View in which it was first proposed.
    pub view: View,
    /// Primary that first proposed it.
    pub primary: ReplicaId,
    /// The block below.
    pub parent: BlockId,
    /// Above the parent's time; the primary's clock, within 2 s of each backup's.
    pub time: Time,
    /// How many transactions it orders.
    pub transaction_count: u32,
    /// Root over transaction leaves.
    pub transactions_root: Digest,
    /// Root over outcome leaves.
    pub outcomes_root: Digest,
    /// Root of the state after this block.
    pub state_root: StateRoot,
    /// Digest of the next epoch's membership; only in an epoch's last block.
    pub next_membership: Option<Digest>,
}

impl Header {
    /// KDF("block", header).
    #[must_use]
    pub fn id(&self) -> BlockId {
        BlockId::new(derive(Context::Block, &encode(self)))
    }
}

/// What executing one transaction gave: a leaf of the outcomes tree.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Outcome {
    /// The transaction.
    pub transaction_id: TransactionId,
    /// 0 = done; else why the contract refused, see the contract's table.
    pub code: u16,
    /// Canonical bytes of the result, by kind.
    pub result: BoundedBytes<OUTCOME_RESULT_BYTES_MAX>,
}

impl Outcome {
    /// The code of a transaction that did what it says.
    pub const DONE: u16 = 0;

    /// Leaf hash in the outcomes tree.
    #[must_use]
    pub fn digest(&self) -> Digest {
        tree::leaf_hash(&encode(self))
    }

    /// Whether the transaction did what it says.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.code == Self::DONE
    }
}

/// A header and the transactions it orders; detached parts travel and are stored apart.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Block {
    /// The header.
    pub header: Header,
    /// The transactions, in order.
    pub transactions: BoundedVec<Transaction, BLOCK_TRANSACTIONS_MAX>,
}

impl Block {
    /// Leaf digests of the transactions, in order.
    #[must_use]
    pub fn leaf_digests(&self, chain_id: &ChainId) -> Vec<Digest> {
        self.transactions.iter().map(|transaction| transaction.leaf(chain_id).digest()).collect()
    }
}
