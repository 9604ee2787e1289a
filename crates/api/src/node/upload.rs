//! Uploads as the node keeps them.

use bytes::Bytes;
use carechain_crypto::UploadId;
use carechain_schema::UploadState;
use carechain_types::{Party, Time, UploadReceipts};

/// One chunk of an upload.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UploadBytes {
    /// The upload.
    pub upload_id: UploadId,
    /// Which chunk, from 0.
    pub index: u32,
    /// Its bytes.
    pub bytes: Bytes,
}

/// Where an upload stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UploadStatus {
    /// The upload.
    pub upload_id: UploadId,
    /// Whose file it is: who opened it.
    pub author: Party,
    /// Where it stands.
    pub state: UploadState,
    /// Length of the file, bytes.
    pub length: u64,
    /// Chunks that are here, as ascending ranges from the first up to and without the second.
    pub present: Vec<(u32, u32)>,
    /// When it is collected unless published.
    pub expiry: Time,
}

/// What completing an upload has come to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum UploadProgress {
    /// Holders are still being served: ask again.
    Copying(UploadStatus),
    /// As many receipts as an abstract needs, or more.
    Done(UploadReceipts),
}
