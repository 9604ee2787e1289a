//! Leaves of a block's transactions tree.

use carechain_crypto::{Digest, Signature, TransactionId};
use serde::{Deserialize, Serialize};

use crate::codec::encode;
use crate::tree;

/// What a block binds of one transaction: 96 bytes.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct TransactionLeaf {
    /// The transaction.
    pub id: TransactionId,
    /// Its signature: one body can have two valid ones, the block says which.
    pub signature: Signature,
}

impl TransactionLeaf {
    /// Leaf hash in the transactions tree.
    #[must_use]
    pub fn digest(&self) -> Digest {
        tree::leaf_hash(&encode(self))
    }
}
