//! What a message proves to be committed.

use carechain_consensus::VerifiedMessage;
use carechain_crypto::BlockId;
use carechain_engine::VerifiedPeerMessage;
use carechain_types::{Certificate, Height, Phase};

/// A block with a valid commit certificate in somebody's hands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct CertifiedBlock {
    pub(crate) height: Height,
    pub(crate) block_id: BlockId,
}

impl CertifiedBlock {
    /// The block whose certificate came with a message, checked at the border.
    pub(crate) fn of_message(message: &VerifiedPeerMessage) -> Option<Self> {
        match message {
            VerifiedPeerMessage::CommittedBlock(block) => Self::of_certificate(&block.certificate),
            VerifiedPeerMessage::Consensus(VerifiedMessage::Certificate(certificate)) => {
                Self::of_certificate(certificate)
            }
            VerifiedPeerMessage::Consensus(VerifiedMessage::ViewChange(signed)) => {
                signed.body.committed.as_ref().and_then(Self::of_certificate)
            }
            _ => None,
        }
    }

    fn of_certificate(certificate: &Certificate) -> Option<Self> {
        let Certificate { phase, height, block_id, .. } = *certificate;
        (phase == Phase::Commit).then_some(Self { height, block_id })
    }
}
