//! Why the ledger cannot go on.

use carechain_crypto::{BlockId, ChainId, StateRoot};
use carechain_types::{DecodeError, Height};

use crate::backend::{BackendError, Table};
use crate::state_tree::StateError;

/// A failed, damaged or foreign backend, or a block that does not fit on the head. Fatal, all of them: the caller
/// checks a block before it commits it.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// The state cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// The data folder belongs to another ledger.
    #[error("the data are of chain {}, not {}", found.to_hex(), expected.to_hex())]
    OtherChain {
        /// The chain in the backend.
        found: ChainId,
        /// The chain of the genesis file.
        expected: ChainId,
    },
    /// A row is not what its table holds.
    #[error("a row of table {} is damaged", table.name())]
    Damaged {
        /// The table.
        table: Table,
        /// How; none = its length alone is wrong.
        source: Option<DecodeError>,
    },
    /// A row that must be there is not.
    #[error("the {what} of height {height} is missing")]
    Missing {
        /// Which row.
        what: &'static str,
        /// Of which block.
        height: Height,
    },
    /// The state on disk is not the head's.
    #[error("the state at height {height} has root {}, its header says {}", found.to_hex(), expected.to_hex())]
    StateRoot {
        /// Height of the header.
        height: Height,
        /// Root of the pages, or of the update to commit.
        found: StateRoot,
        /// Root in the header.
        expected: StateRoot,
    },
    /// The block to commit does not stand on the head.
    #[error("block {height} on {parent:?} does not follow block {head_height} {head:?}")]
    NotNext {
        /// Its height.
        height: Height,
        /// Its parent.
        parent: BlockId,
        /// Height of the head.
        head_height: Height,
        /// Id of the head.
        head: BlockId,
    },
    /// The block's certificate is for another block or phase.
    #[error("the certificate beside block {height} does not certify it")]
    Certificate {
        /// Its height.
        height: Height,
    },
    /// Transactions, outcomes and lists of parts differ in number.
    #[error(
        "block {height} counts {expected} transactions, but has {transactions}, {outcomes} outcomes, {parts} lists of parts"
    )]
    Count {
        /// Its height.
        height: Height,
        /// Number in the header.
        expected: u32,
        /// Transactions given.
        transactions: usize,
        /// Outcomes given.
        outcomes: usize,
        /// Lists of parts given.
        parts: usize,
    },
    /// A search over no list, or over more lists than it may.
    #[error("a search takes 1 to {count_max} lists, not {count}")]
    SearchLists {
        /// Lists given.
        count: usize,
        /// Lists allowed.
        count_max: usize,
    },
}
