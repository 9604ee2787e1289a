//! What `proof verify` prints.

use serde::{Deserialize, Serialize};

use crate::audit::AccessLine;
use crate::document::Described;
use crate::timestamp::Timestamp;

/// One thing a proof shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProofClaim {
    /// Kind of state key, or `transaction`.
    pub subject: String,
    /// Its id in text form; hex of a transaction and of what has no text form.
    pub id: String,
    /// Which of the entries under that id, for entries of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// What the ledger holds there, in words; `absent` if nothing.
    pub shows: String,
}

/// One proof file that verified with the genesis file alone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProofFileCheck {
    /// The file, as it was named.
    pub file: String,
    /// `state` or `transaction`.
    pub kind: String,
    /// Height of the certified block.
    pub height: u64,
    /// Time of that block.
    pub block_time: Timestamp,
    /// Members whose votes certify it.
    pub votes: u32,
    /// What is shown was current then, when the proof says so: no later block was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_as_of: Option<Timestamp>,
    /// What it shows.
    pub claims: Vec<ProofClaim>,
    /// The attempts to read among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accesses: Vec<AccessLine>,
}

/// A list that the files together show whole.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct WholeListLine {
    /// `audit`, `attempts`, `records`, `requests` or `grants`.
    pub list: String,
    /// Whose: `ehr_…` of an audit, else `per_…`.
    pub id: String,
    /// How many entries it has.
    pub count: u64,
    /// No entry up to then is missing.
    pub complete_as_of: Timestamp,
}

/// Proof files that verified with the genesis file alone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProofCheck {
    /// Chain id, hex.
    pub chain_id: String,
    /// The files.
    pub files: Vec<ProofFileCheck>,
    /// The lists they show, each whole.
    pub lists: Vec<WholeListLine>,
}

impl Described for ProofCheck {
    const SCHEMA: &'static str = "carechain/proof-check/1";
}
