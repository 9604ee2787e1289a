//! Bringing a file to its hospital's node.
//!
//! Open, then each chunk of 1 MiB as bytes (any order, again after a break), then complete. What is signed travels as
//! canonical bytes.

use serde::{Deserialize, Serialize};

use crate::document::Described;
use crate::timestamp::Timestamp;

/// Where an upload stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UploadState {
    /// Chunks are missing.
    Receiving,
    /// All chunks are there; completion is awaited.
    Received,
    /// Complete and durable here; the other holders are being served.
    Copying,
    /// The receipts required are there.
    Receipted,
    /// Collected: its expiry passed before an abstract was published.
    Collected,
}

/// Where an upload stands.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadStatus {
    /// The upload, hex.
    pub upload_id: String,
    /// Where it stands.
    pub state: UploadState,
    /// Chunks of the file.
    pub chunk_count: u32,
    /// Chunks here, as ranges from the first up to and without the second.
    pub present: Vec<(u32, u32)>,
    /// The abstract must be on the ledger by then.
    pub expiry: Timestamp,
}

impl Described for UploadStatus {
    const SCHEMA: &'static str = "carechain/upload/1";
}
