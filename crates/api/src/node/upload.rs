//! Uploads as the node keeps them.

use std::sync::Arc;

use bytes::Bytes;
use carechain_crypto::{SubtreeValue, UploadId, UploadSecret};
use carechain_schema::UploadState;
use carechain_types::{Party, Time, UploadReceipts};

/// Who goes on with an upload: a wrong secret and an upload that is not there are the same to the caller.
#[derive(Clone, Debug)]
pub struct UploadCaller {
    /// The upload.
    pub upload_id: UploadId,
    /// What the caller showed.
    pub secret: Arc<UploadSecret>,
}

/// One chunk of an upload.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UploadBytes {
    /// Which chunk, from 0.
    pub index: u32,
    /// Its subtree value, as the sender says. Bytes of another value are refused.
    pub value: SubtreeValue,
    /// Its bytes.
    pub bytes: Bytes,
}

/// The file that an upload brings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UploadFile {
    /// Whose file it is: who opened the upload.
    pub author: Party,
    /// Its length, bytes.
    pub length: u64,
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
