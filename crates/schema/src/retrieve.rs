//! What `retrieve` prints.

use serde::{Deserialize, Serialize};

use crate::document::Described;

/// Retrieved records: fetched, decrypted, verified and unpacked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RetrieveReport {
    /// The output folder, as given.
    pub out: String,
    /// The records; several lie in one folder each.
    pub records: Vec<RetrievedLine>,
}

/// One of them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RetrievedLine {
    /// The record, `ehr_…`.
    pub ehr_id: String,
    /// Under which grant, `grt_…`; left out for the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_id: Option<String>,
    /// Length of the encrypted file, bytes.
    pub bytes: u64,
    /// Documents and images unpacked.
    pub entry_count: u64,
    /// Its folder.
    pub out: String,
}

impl Described for RetrieveReport {
    const SCHEMA: &'static str = "carechain/retrieve/1";
}
