//! What stops an engine.

use carechain_consensus::RecoverError;
use carechain_contract::StateFailure;
use carechain_crypto::{BlockId, StateRoot};
use carechain_ledger::{JournalError, LedgerError, StateError};
use carechain_types::{DecodeError, Height};

use crate::not_proposable::NotProposable;

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
    /// The consensus committed a block that was never executed here: a bug.
    #[error("block {block_id:?} at height {height} was committed without being executed here")]
    NotExecuted {
        /// Height of the block.
        height: Height,
        /// The block.
        block_id: BlockId,
    },
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
