//! Why a stream to another holder ends before it has done its work.

use carechain_api::NodeError;
use carechain_chunks::StoreError;
use carechain_crypto::ManifestError;
use carechain_network::BulkError;

use crate::frame::FrameError;
use crate::message::RefusalCode;

/// A push or fetch link is of no more use: try again, or another holder.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkError {
    /// Not a member any more.
    #[error("no member")]
    NoMember,
    /// No stream.
    #[error(transparent)]
    Bulk(#[from] BulkError),
    /// The stream broke or said nonsense.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The holder refused.
    #[error("refused: {0}")]
    Refused(RefusalCode),
    /// No answer in time.
    #[error("no answer")]
    NoAnswer,
    /// The holder ended the stream.
    #[error("ended")]
    Ended,
    /// The holder lacks a chunk.
    #[error("chunk {index} is not there")]
    Absent {
        /// Which.
        index: u32,
    },
    /// The receipt is not signed with the key it states: the holder is wrong.
    #[error("the receipt's signature does not verify")]
    WrongReceipt,
    /// Tag and root do not give the ledger's commitment: the holder is wrong.
    #[error("the description does not give the commitment")]
    WrongDescription,
    /// The manifest does not give the root: the holder is wrong.
    #[error(transparent)]
    WrongManifest(#[from] ManifestError),
    /// The own store does not give a chunk.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The own node failed.
    #[error(transparent)]
    Own(#[from] NodeError),
}

impl LinkError {
    /// Whether the holder said what cannot be true of the file.
    pub(super) const fn is_wrong(&self) -> bool {
        matches!(self, Self::WrongReceipt | Self::WrongDescription | Self::WrongManifest(_))
    }
}
