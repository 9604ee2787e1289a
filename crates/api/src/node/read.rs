//! The answer to a read request.

use bytes::Bytes;
use carechain_crypto::TransactionId;
use carechain_types::{Height, ReadResult, Time};
use futures::stream::BoxStream;

use super::NodeError;

/// Bytes of the range in order, in pieces of any length. An error ends it; the client then asks again for what it lacks.
pub type RecordStream = BoxStream<'static, Result<Bytes, NodeError>>;

/// A committed decision on a read request, with the bytes it opens.
pub struct OpenedRead {
    /// What was decided, why, and which entry says so.
    pub result: ReadResult,
    /// The gateway's transaction that wraps the request.
    pub transaction: TransactionId,
    /// Height of its block.
    pub height: Height,
    /// Time of its block.
    pub time: Time,
    /// The ciphertext of the range; `None` unless allowed. This border seals it to the reply key.
    pub bytes: Option<RecordStream>,
}

impl core::fmt::Debug for OpenedRead {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("OpenedRead")
            .field("result", &self.result)
            .field("height", &self.height)
            .finish_non_exhaustive()
    }
}
