//! Certificates: a quorum of equal votes.

use std::sync::Arc;

use carechain_crypto::{BlockId, Digest, Signature, hash};
use serde::{Deserialize, Serialize};

use crate::bounded::BoundedVec;
use crate::checked_byte::checked_byte;
use crate::codec::encode;
use crate::limits::REPLICAS_MAX;
use crate::numbers::{Epoch, Height, ReplicaId, View};

checked_byte! {
    /// Which votes a certificate holds.
    Phase {
        /// PREPAREs: the block is prepared.
        Prepare = 1 "prepare",
        /// COMMITs: the block is committed.
        Commit = 2 "commit",
    }
}

/// Exactly q votes of distinct members for one block in one view, ascending by member.
///
/// Part of no hash: several may exist for one block.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Certificate {
    /// Which votes.
    pub phase: Phase,
    /// Epoch of the voters.
    pub epoch: Epoch,
    /// View in which they voted.
    pub view: View,
    /// Height of the block.
    pub height: Height,
    /// The block.
    pub block_id: BlockId,
    /// The voters and their signatures, ascending by member.
    pub votes: BoundedVec<(ReplicaId, Signature), REPLICAS_MAX>,
}

impl Certificate {
    /// Digest by which a VIEW-CHANGE names it: BLAKE3 of the canonical bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        hash(&encode(self))
    }

    /// What it certifies, without the votes: any valid certificate with the same key will do.
    #[must_use]
    pub const fn key(&self) -> CertificateKey {
        CertificateKey {
            phase: self.phase,
            epoch: self.epoch,
            view: self.view,
            height: self.height,
            block_id: self.block_id,
        }
    }
}

/// What a certificate certifies.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct CertificateKey {
    /// Which votes.
    pub phase: Phase,
    /// Epoch of the voters.
    pub epoch: Epoch,
    /// View in which they voted.
    pub view: View,
    /// Height of the block.
    pub height: Height,
    /// The block.
    pub block_id: BlockId,
}

/// A certificate shared between messages, journal and ledger without copies.
pub type SharedCertificate = Arc<Certificate>;
