//! Access entries as people read them.

use serde::{Deserialize, Serialize};

use crate::base64::Base64;
use crate::document::Described;
use crate::timestamp::Timestamp;

/// One access entry: the decision on one attempt, or on many refused ones.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AccessLine {
    /// Who read or tried to, `per_…`.
    pub reader: String,
    /// For whom, `per_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// Whose record, `per_…`; left out for ids that do not exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<String>,
    /// Which record, `ehr_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ehr_id: Option<String>,
    /// Under which grant, `grt_…`; left out for the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_id: Option<String>,
    /// Through which hospital's gateway, `hos_…`.
    pub gateway: String,
    /// Name of that hospital, if the genesis file has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway_name: Option<String>,
    /// Purpose code as stated.
    pub purpose: String,
    /// `allowed` or `refused`.
    pub decision: String,
    /// Why, as a word.
    pub reason: String,
    /// Attempts it stands for: 1, or more in an aggregate of refused ones.
    pub count: u32,
    /// The first of them.
    pub first: Timestamp,
    /// The last of them.
    pub last: Timestamp,
    /// Height of the block that wrote it (last).
    pub height: u64,
}

/// Access entries, oldest first: `audit`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AuditReport {
    /// Of which patient, record or person, by id.
    pub subject: String,
    /// No entry up to then is missing.
    pub complete_as_of: Timestamp,
    /// The entries.
    pub entries: Vec<AccessLine>,
    /// Canonical bytes of the proofs, one a record, with `--prove`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proofs: Vec<Base64>,
}

impl Described for AuditReport {
    const SCHEMA: &'static str = "carechain/audit/1";
}
