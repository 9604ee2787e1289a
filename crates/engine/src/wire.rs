//! What engines send each other: consensus messages, transactions, and fetches with their answers.
//!
//! [`PeerMessage::decode`] and [`PeerMessage::verify`] are the border: untrusted bytes become typed and verified once,
//! in any thread, before the engine sees them. The frame is versioned by the handshake and may change.

use std::sync::Arc;

use carechain_consensus::{Message, VerifiedMessage};
use carechain_crypto::{BlockId, Digest};
use carechain_types::limits::{BLOCK_BYTES_MAX, BLOCK_TRANSACTIONS_MAX, TRANSACTION_BYTES_MAX};
use carechain_types::{
    BoundedVec, Certificate, DecodeError, Header, Height, Membership, Phase, Rejection, SignatureScheme,
    Submission, Verified, Verifier, decode, encode, tree,
};
use serde::{Deserialize, Serialize};

use crate::limits::FETCH_BLOCKS_MAX;
use crate::mempool::SharedSubmission;

/// Bytes of the longest message: a full block with its parts, and room for framing.
pub const PEER_MESSAGE_BYTES_MAX: usize = BLOCK_BYTES_MAX + 2 * TRANSACTION_BYTES_MAX;

/// Which lane a message travels in.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Lane {
    /// Votes and proposals: never waits behind the others.
    Consensus,
    /// Transactions on their way to every member.
    Transactions,
    /// Bodies and blocks: large, dropped first.
    Bodies,
}

/// A committed block as it travels to a member that lags.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CommittedBlockMessage {
    /// Its header.
    pub header: Header,
    /// Its transactions with their detached parts.
    pub submissions: BoundedVec<Submission, BLOCK_TRANSACTIONS_MAX>,
    /// Its commit certificate.
    pub certificate: Certificate,
}

/// What travels between engines.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are consensus messages: a box would cost an allocation each"
)]
pub enum PeerMessage {
    /// A message of the consensus.
    Consensus(Message),
    /// A transaction that the sender admitted, complete.
    Transaction(Box<Submission>),
    /// Please send me these transactions of this block.
    FetchBodies {
        /// The block.
        block_id: BlockId,
        /// Leaf digests of what is missing.
        leaves: BoundedVec<Digest, BLOCK_TRANSACTIONS_MAX>,
    },
    /// Some of the transactions asked for; more is asked for again.
    Bodies {
        /// The block.
        block_id: BlockId,
        /// The transactions.
        submissions: BoundedVec<Submission, BLOCK_TRANSACTIONS_MAX>,
    },
    /// Please send me committed blocks from this height on.
    FetchBlocks {
        /// The first.
        from: Height,
        /// The last.
        until: Height,
    },
    /// A committed block, one a message.
    CommittedBlock(Box<CommittedBlockMessage>),
}

/// A committed block after the border.
#[derive(Clone, Debug)]
pub struct VerifiedBlock {
    /// Its header.
    pub header: Header,
    /// Its transactions, in order, complete.
    pub submissions: Vec<SharedSubmission>,
    /// Its commit certificate, which binds the header.
    pub certificate: Verified<Certificate>,
}

/// A [`PeerMessage`] after the border: every signature and digest in it was checked.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are consensus messages: a box would cost an allocation each"
)]
pub enum VerifiedPeerMessage {
    /// A message of the consensus.
    Consensus(VerifiedMessage),
    /// A transaction.
    Transaction(SharedSubmission),
    /// Please send me these.
    FetchBodies {
        /// The block.
        block_id: BlockId,
        /// Leaf digests of what is missing.
        leaves: Vec<Digest>,
    },
    /// Transactions asked for.
    Bodies {
        /// The block.
        block_id: BlockId,
        /// The transactions.
        submissions: Vec<SharedSubmission>,
    },
    /// Please send me committed blocks.
    FetchBlocks {
        /// The first.
        from: Height,
        /// The last.
        until: Height,
    },
    /// A committed block.
    CommittedBlock(Box<VerifiedBlock>),
}

/// Why a peer's bytes are not taken: count it against the peer.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BorderError {
    /// Not a message.
    #[error("not a message: {0}")]
    Decode(#[from] DecodeError),
    /// A signature, certificate or part fails.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// A committed block whose certificate or transactions are not its header's.
    #[error("certificate or transactions do not belong to the header at height {height}")]
    Block {
        /// Height in the header.
        height: Height,
    },
    /// More blocks asked for than one question may.
    #[error("heights {from} to {until} are more than one question may ask for")]
    Range {
        /// The first.
        from: Height,
        /// The last.
        until: Height,
    },
}

impl PeerMessage {
    /// The bytes to send.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// The message in these bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, BorderError> {
        Ok(decode(bytes, PEER_MESSAGE_BYTES_MAX)?)
    }

    /// Which lane it travels in.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        match self {
            Self::Consensus(_) => Lane::Consensus,
            Self::Transaction(_) => Lane::Transactions,
            Self::FetchBodies { .. }
            | Self::Bodies { .. }
            | Self::FetchBlocks { .. }
            | Self::CommittedBlock(_) => Lane::Bodies,
        }
    }

    /// Checks every signature, certificate and digest in it.
    pub fn verify<S: SignatureScheme>(
        self,
        verifier: &Verifier<S>,
        membership: &Membership,
    ) -> Result<VerifiedPeerMessage, BorderError> {
        Ok(match self {
            Self::Consensus(message) => VerifiedPeerMessage::Consensus(message.verify(verifier, membership)?),
            Self::Transaction(submission) => {
                VerifiedPeerMessage::Transaction(Arc::new(verifier.submission(*submission)?))
            }
            Self::FetchBodies { block_id, leaves } => {
                VerifiedPeerMessage::FetchBodies { block_id, leaves: leaves.into_inner() }
            }
            Self::Bodies { block_id, submissions } => {
                let submissions = verify_submissions(verifier, submissions.into_inner())?;
                VerifiedPeerMessage::Bodies { block_id, submissions }
            }
            Self::FetchBlocks { from, until } => {
                let count = until.get().checked_sub(from.get());
                if count.is_none_or(|count| count >= FETCH_BLOCKS_MAX) {
                    return Err(BorderError::Range { from, until });
                }
                VerifiedPeerMessage::FetchBlocks { from, until }
            }
            Self::CommittedBlock(block) => {
                VerifiedPeerMessage::CommittedBlock(Box::new(block.verify(verifier, membership)?))
            }
        })
    }
}

impl CommittedBlockMessage {
    /// Checks that certificate and transactions are the header's, and every signature.
    pub fn verify<S: SignatureScheme>(
        self,
        verifier: &Verifier<S>,
        membership: &Membership,
    ) -> Result<VerifiedBlock, BorderError> {
        let Self { header, submissions, certificate } = self;
        let leaves: Vec<_> = submissions
            .iter()
            .map(|submission| submission.transaction.leaf(verifier.chain_id()).digest())
            .collect();
        let belongs = certificate.phase == Phase::Commit
            && certificate.height == header.height
            && certificate.block_id == header.id()
            && usize::try_from(header.transaction_count) == Ok(leaves.len())
            && header.transactions_root == tree::root(&leaves);
        if !belongs {
            return Err(BorderError::Block { height: header.height });
        }
        let certificate = verifier.certificate(membership, certificate)?;
        let submissions = verify_submissions(verifier, submissions.into_inner())?;
        Ok(VerifiedBlock { header, submissions, certificate })
    }
}

fn verify_submissions<S: SignatureScheme>(
    verifier: &Verifier<S>,
    submissions: Vec<Submission>,
) -> Result<Vec<SharedSubmission>, BorderError> {
    submissions.into_iter().map(|submission| Ok(Arc::new(verifier.submission(submission)?))).collect()
}
