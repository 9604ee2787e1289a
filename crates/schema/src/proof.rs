//! What `proof verify` prints.

use serde::{Deserialize, Serialize};

use crate::document::Described;
use crate::timestamp::Timestamp;

/// One thing a proof shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProofClaim {
    /// Kind of state key, or `transaction`.
    pub subject: String,
    /// Its id in text form or hex.
    pub id: String,
    /// `present` or `absent`; an outcome's word for a transaction.
    pub shows: String,
}

/// A proof that verified with the genesis file alone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProofCheck {
    /// `state` or `transaction`.
    pub kind: String,
    /// Chain id, hex.
    pub chain_id: String,
    /// Height of the certified block.
    pub height: u64,
    /// Time of that block.
    pub block_time: Timestamp,
    /// Members whose votes certify it.
    pub votes: u32,
    /// What is shown is complete as of then, when the proof says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete_as_of: Option<Timestamp>,
    /// What it shows.
    pub claims: Vec<ProofClaim>,
}

impl Described for ProofCheck {
    const SCHEMA: &'static str = "carechain/proof/1";
}
