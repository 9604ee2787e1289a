//! Why a node does not do what it is asked.

use carechain_crypto::TransactionId;

/// Why there is no answer. One table in this crate maps each to the code, status and advice that callers see.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NodeError {
    /// It does not exist, is hidden, or is not the asker's: these look the same.
    #[error("not found")]
    NotFound,
    /// Something in the call contradicts itself, the ledger's rules or this node. The caller changes it.
    #[error("{problem}")]
    Invalid {
        /// What is wrong, without data of a patient.
        problem: String,
    },
    /// A signature does not verify, or its key is not in force for that person.
    #[error("the signature does not verify, or its key is not in force")]
    Unauthorized,
    /// The asker's roles do not permit this.
    #[error("the asker's roles do not permit this")]
    NotPermitted,
    /// The body's expiry is too near, past, or too far by this node's clock.
    #[error("expiry is outside of what this node admits by its clock")]
    Expiry,
    /// The same signed body was honoured before.
    #[error("this was honoured before")]
    Replayed,
    /// The asker asks more often than it may. Later is fine.
    #[error("too many calls, wait a moment")]
    RateLimited,
    /// A queue is full. Later is fine.
    #[error("the node is busy, try again")]
    Busy,
    /// The node catches up, drains or has not started. Later, or elsewhere.
    #[error("the node is not ready: {reason}")]
    NotReady {
        /// Why.
        reason: String,
    },
    /// The ledger does not advance: too few members answer. Nothing was admitted.
    #[error("{sentence}")]
    NoQuorum {
        /// How many are needed, and who is away.
        sentence: String,
    },
    /// A read was handed in and no decision seen. The attempt may be logged all the same.
    #[error("the read was not seen decided: {reason}")]
    ReadUndecided {
        /// Why.
        reason: String,
    },
    /// The transaction was admitted and not seen committed in time. The caller asks for it before doing anything else.
    #[error("transaction {id:?} was not seen committed in time, its outcome is unknown")]
    OutcomeUnknown {
        /// The transaction.
        id: TransactionId,
    },
    /// No space for files or transactions.
    #[error("this node has no room for {what}")]
    StorageFull {
        /// For what.
        what: &'static str,
    },
    /// The bytes of an upload are not what its completion says. The caller uploads anew.
    #[error("the bytes of the upload are not those of the stated root")]
    UploadMismatch,
    /// Chunks are missing. The caller sends them.
    #[error("{missing} chunks are missing")]
    UploadIncomplete {
        /// How many.
        missing: u32,
    },
    /// An upload id is in use by another upload.
    #[error("the upload id is in use")]
    UploadExists,
    /// No holder delivers. Later may help.
    #[error("no holder delivers the file now")]
    NoHolder,
    /// The entry that opened the file is no longer usable: revoked, ended or ten minutes old.
    #[error("the access entry is no longer usable")]
    AccessEnded,
    /// A fault of the node, which its log explains.
    #[error("the node failed: {what}")]
    Internal {
        /// What failed, without data of a patient.
        what: &'static str,
    },
}
