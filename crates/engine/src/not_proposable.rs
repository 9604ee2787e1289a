//! Why a block may not be proposed.

use carechain_contract::NotIncludable;
use carechain_crypto::TransactionId;

/// Why a block may not be proposed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotProposable {
    /// A transaction that is not includable in the parent's state.
    #[error("transaction {id:?}: {reason}")]
    Transaction {
        /// Which.
        id: TransactionId,
        /// Why.
        reason: NotIncludable,
    },
    /// The same transaction twice.
    #[error("transaction {id:?} stands twice")]
    Twice {
        /// Which.
        id: TransactionId,
    },
    /// More bytes than a block may have.
    #[error("{bytes} bytes of transactions are more than a block may have")]
    Bytes {
        /// How many.
        bytes: usize,
    },
}
