//! What became of a transaction.

use serde::{Deserialize, Serialize};

use crate::base64::Base64;
use crate::document::{Described, OutcomeLine};
use crate::timestamp::Timestamp;

/// A committed transaction.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TransactionReport {
    /// Transaction id, hex.
    pub transaction_id: String,
    /// Height of its block.
    pub height: u64,
    /// Time of its block.
    pub block_time: Timestamp,
    /// What the contract decided.
    pub outcome: OutcomeLine,
    /// Result bytes of the outcome: ids that were made, or a read's decision.
    pub result: Base64,
    /// Canonical bytes of the proof.
    pub proof: Base64,
}

impl Described for TransactionReport {
    const SCHEMA: &'static str = "carechain/transaction/1";
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TransactionState {
    /// In a committed block.
    Committed,
    /// Known here, waiting for a block.
    Pending,
    /// Not known here, and it may still come.
    Unknown,
    /// Its expiry is below the head's time and no block holds it: it never will be.
    Expired,
}

/// What became of a transaction: `transaction status`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TransactionStatus {
    /// Transaction id, hex.
    pub transaction_id: String,
    /// What became of it.
    pub state: TransactionState,
    /// The report, when committed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<TransactionReport>,
}

impl Described for TransactionStatus {
    const SCHEMA: &'static str = "carechain/transaction-status/1";
}
