//! What stops an engine.

use carechain_consensus::RecoverError;
use carechain_contract::StateFailure;
use carechain_crypto::{BlockId, StateRoot};
use carechain_ledger::{JournalError, LedgerError, StateError};
use carechain_types::{DecodeError, Height, Rejection};

use crate::not_proposable::NotProposable;
use crate::stopped::Stopped;

/// The node stops at once: going on could break a promise. The operator reads why, mends it and starts again.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// The journal failed: what was voted may not be on disk.
    #[error("the journal failed: {0}")]
    Journal(#[from] JournalError),
    /// The ledger failed.
    #[error("the ledger failed: {0}")]
    Ledger(#[from] LedgerError),
    /// The state tree failed.
    #[error("the state failed: {0}")]
    State(#[from] StateError),
    /// The state cannot be read by the contract.
    #[error("the state failed: {0}")]
    Contract(#[from] StateFailure),
    /// It stopped before.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// A quorum certified a state that our own execution does not reach.
    #[error(
        "block {block_id:?} at height {height} is certified with state root {certified:?}, own execution gives {own:?}"
    )]
    Diverged {
        /// Height of the block.
        height: Height,
        /// The block.
        block_id: BlockId,
        /// Our root.
        own: StateRoot,
        /// The certified root.
        certified: StateRoot,
    },
    /// A quorum certified a block that stands on another block than our last one: two histories are certified, or this
    /// node's data are of another history.
    #[error(
        "block {} at height {height} is certified on block {}, own block at height {own_height} is {}: two histories \
         are certified, compare this node's blocks with another hospital's before it is started again",
        block_id.to_hex(), parent.to_hex(), own_parent.to_hex()
    )]
    ForeignParent {
        /// Height of the certified block.
        height: Height,
        /// The certified block.
        block_id: BlockId,
        /// The block it stands on.
        parent: BlockId,
        /// Height of our last block.
        own_height: Height,
        /// Our last block.
        own_parent: BlockId,
    },
    /// A quorum certified a block that our own execution refuses.
    #[error("block {block_id:?} at height {height} is certified, own execution refuses it: {reason}")]
    Refused {
        /// Height of the block.
        height: Height,
        /// The block.
        block_id: BlockId,
        /// Why.
        reason: Box<NotProposable>,
    },
    /// A transaction in the journal does not verify: another version wrote it, or it was changed.
    #[error("the journal's body of block {} at height {height} does not verify: {reason}", block_id.to_hex())]
    JournalledBody {
        /// Height of the block.
        height: Height,
        /// The block.
        block_id: BlockId,
        /// What is wrong.
        reason: Rejection,
    },
    /// The consensus committed a block that was never executed here: a bug.
    #[error("block {block_id:?} at height {height} was committed without being executed here")]
    NotExecuted {
        /// Height of the block.
        height: Height,
        /// The block.
        block_id: BlockId,
    },
}

impl Fatal {
    /// What a stopped engine says from here on.
    #[must_use]
    pub fn stopped(&self) -> Stopped {
        match self {
            Self::Stopped(stopped) => stopped.clone(),
            fatal => Stopped::because(fatal),
        }
    }
}

/// Why an engine cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Ledger, journal or state failed.
    #[error(transparent)]
    Fatal(#[from] Fatal),
    /// A journal entry of this version does not decode: written by another version, or damaged.
    #[error("journal entry {index} does not decode: {source}")]
    Entry {
        /// Which entry, from 0.
        index: usize,
        /// What is wrong.
        source: DecodeError,
    },
    /// This replica must not sign anything.
    #[error(transparent)]
    Recover(#[from] RecoverError),
}
