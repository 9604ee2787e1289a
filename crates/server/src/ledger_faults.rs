//! Faults of the own ledger: the caller hears that there is one, the log says which.

use core::fmt::Display;

use carechain_api::NodeError;

/// The store of the ledger failed: the caller hears that much, the log says what.
pub(super) fn unreadable(error: impl Display) -> NodeError {
    tracing::error!(%error, "the ledger cannot be read");
    NodeError::Internal { what: "the ledger cannot be read" }
}

/// A value in the state is not what its key says.
pub(super) fn undecodable(error: impl Display) -> NodeError {
    tracing::error!(%error, "a value of the ledger does not decode");
    NodeError::Internal { what: "a value of the ledger does not decode" }
}
