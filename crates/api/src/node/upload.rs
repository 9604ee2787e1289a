//! Uploads as the node keeps them.

use bytes::Bytes;
use carechain_crypto::UploadId;
use carechain_types::{Time, UploadReceipts};

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
    /// Length of the file, bytes.
    pub length: u64,
    /// Chunks of the file.
    pub chunks: u32,
    /// Which of them are held: bit i of byte i / 8, lowest bit first; ⌈chunks / 8⌉ bytes.
    pub held: Vec<u8>,
    /// Copies that are durable, this node's included.
    pub copies_durable: u8,
    /// Receipts that an abstract needs.
    pub receipts_required: u8,
    /// When it is collected unless published.
    pub expiry: Time,
}

impl UploadStatus {
    /// Whether a chunk is held.
    #[must_use]
    pub fn holds(&self, index: u32) -> bool {
        self.held.get(index as usize / 8).is_some_and(|byte| byte >> (index % 8) & 1 == 1)
    }
}

/// What completing an upload has come to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum UploadProgress {
    /// Holders are still being served: ask again.
    Copying(UploadStatus),
    /// As many receipts as an abstract needs, or more.
    Done(UploadReceipts),
}
