//! Reading a range of a file. The answer is a stream of response frames sealed to the reader, not JSON.

use serde::{Deserialize, Serialize};

use crate::base64::Base64;
use crate::document::Described;

/// Body of a read.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReadStart {
    /// Canonical bytes of the signed read request with what the reader shows beside it. Goes to the named gateway only.
    pub request: Base64,
}

/// A refused read. Only the reader's own expired, revoked, denied or not yet valid grant says why; all else is not found.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReadDecision {
    /// The transaction that holds the decision, hex.
    pub transaction_id: String,
    /// Height of its block.
    pub height: u64,
    /// `allowed` or `refused`.
    pub decision: String,
}

impl Described for ReadDecision {
    const SCHEMA: &'static str = "carechain/read/1";
}
