//! One certified block a height, over everything that anybody ever received, Byzantine members included.
//!
//! Source: Castro and Liskov 1999, §4.5.1; a fork that our engine once allowed: a certificate left it ahead of the own
//! COMMIT in it. Two certificates are a fork even while no correct member has acted on the second.

use std::collections::BTreeMap;

use carechain_crypto::BlockId;
use carechain_types::{Height, ReplicaId};

use crate::certified_block::CertifiedBlock;
use crate::violation::Violation;

/// The certified blocks.
#[derive(Debug, Default)]
pub(crate) struct OneCertified {
    seen: BTreeMap<Height, (ReplicaId, BlockId)>,
}

impl OneCertified {
    /// A member holds a valid commit certificate.
    pub(crate) fn seen(&mut self, member: ReplicaId, block: CertifiedBlock) -> Result<(), Violation> {
        let CertifiedBlock { height, block_id } = block;
        let (first, first_block) = *self.seen.entry(height).or_insert((member, block_id));
        if first_block == block_id {
            return Ok(());
        }
        Err(Violation::TwoCertified { height, first, first_block, second: member, second_block: block_id })
    }
}
