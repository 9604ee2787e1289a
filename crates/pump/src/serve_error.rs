//! Why a service to another member ends.

use carechain_api::NodeError;
use carechain_chunks::StoreError;

use crate::frame::FrameError;
use crate::message::RefusalCode;

/// The service ends; the peer is told what [`ServeError::refusal`] says.
#[derive(Debug, thiserror::Error)]
pub(super) enum ServeError {
    /// The stream broke or said nonsense.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// More asked for than one service takes.
    #[error("{asked} chunks asked for at once")]
    TooMuch {
        /// How many.
        asked: usize,
    },
    /// What is asked for is refused.
    #[error("refused: {0}")]
    Refused(RefusalCode),
    /// The own store does not do what it should.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The own ledger does not answer.
    #[error(transparent)]
    Ledger(#[from] NodeError),
    /// Nothing was heard for long.
    #[error("silence")]
    Silence,
}

impl ServeError {
    /// What the peer is told; none if the stream is of no use any more.
    pub(super) const fn refusal(&self) -> Option<RefusalCode> {
        match self {
            Self::Frame(FrameError::Stream(_)) | Self::Silence => None,
            Self::Frame(_) | Self::TooMuch { .. } => Some(RefusalCode::Contradiction),
            Self::Refused(code) => Some(*code),
            Self::Ledger(NodeError::Busy) => Some(RefusalCode::Busy),
            Self::Ledger(_) => Some(RefusalCode::Failed),
            Self::Store(error) => Some(store_refusal(error)),
        }
    }

    /// Whether the peer did what no correct member does.
    pub(super) const fn is_malformed(&self) -> bool {
        match self {
            Self::Frame(error) => !matches!(error, FrameError::Stream(_)),
            Self::TooMuch { .. } => true,
            Self::Refused(_) | Self::Store(_) | Self::Ledger(_) | Self::Silence => false,
        }
    }
}

const fn store_refusal(error: &StoreError) -> RefusalCode {
    match error {
        StoreError::DiskFull { .. }
        | StoreError::DiskReserve { .. }
        | StoreError::Quota { .. }
        | StoreError::Share { .. }
        | StoreError::TooManyOpen { .. } => RefusalCode::Full,
        StoreError::NotHeld { .. } | StoreError::NotComplete { .. } => RefusalCode::NotHeld,
        StoreError::FileLength { .. }
        | StoreError::NoSuchChunk { .. }
        | StoreError::ChunkLength { .. }
        | StoreError::ChunkValue { .. }
        | StoreError::ChunkDiffers { .. }
        | StoreError::Incomplete { .. }
        | StoreError::RootDiffers { .. }
        | StoreError::CommitmentDiffers { .. }
        | StoreError::AlreadyComplete { .. }
        | StoreError::RangeOutside { .. } => RefusalCode::Contradiction,
        _ => RefusalCode::Failed,
    }
}
