//! Durability of the acknowledged: what a client was told is in the chain stays there, whatever crashes.
//!
//! Source: design section 5, "Durability"; telcoin-network#934 and Tendermint's Jepsen analysis of 2017 are what its
//! absence looks like.

use carechain_crypto::TransactionId;
use carechain_types::{Height, ReplicaId};

use crate::violation::Violation;

/// What clients were told.
#[derive(Debug, Default)]
pub(crate) struct Durability {
    told: Vec<(ReplicaId, TransactionId, Height)>,
}

impl Durability {
    /// A correct member told a client that its transaction is in the block at a height.
    pub(crate) fn told(&mut self, teller: ReplicaId, id: TransactionId, height: Height) {
        self.told.push((teller, id, height));
    }

    /// A correct member that has settled has each at its height; `find` says where.
    pub(crate) fn check(
        &self,
        member: ReplicaId,
        find: impl Fn(&TransactionId) -> Option<Height>,
    ) -> Result<(), Violation> {
        for (teller, id, height) in &self.told {
            let found = find(id);
            if found != Some(*height) {
                let (teller, id, height) = (*teller, *id, *height);
                return Err(Violation::LostAcknowledged { teller, id, height, member, found });
            }
        }
        Ok(())
    }
}
