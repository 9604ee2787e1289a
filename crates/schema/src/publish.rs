//! What `publish` prints.

use serde::{Deserialize, Serialize};

use crate::document::Described;

/// One hospital that holds a copy.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CopyHolder {
    /// `hos_…`.
    pub hospital: String,
    /// Its name in the genesis file.
    pub name: String,
}

/// A published record.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PublishReport {
    /// The record, `ehr_…`.
    pub ehr_id: String,
    /// Whose it is, `per_…`.
    pub patient: String,
    /// Length of the encrypted file, bytes.
    pub bytes: u64,
    /// Documents and images in it.
    pub entry_count: u64,
    /// Holders whose receipts the abstract carries; placement completes further copies.
    pub copies: Vec<CopyHolder>,
    /// Where the proof was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof_path: Option<String>,
}

impl Described for PublishReport {
    const SCHEMA: &'static str = "carechain/publish/1";
}
