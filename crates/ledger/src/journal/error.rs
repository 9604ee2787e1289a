//! Why a journal cannot be used.

use std::io;
use std::path::PathBuf;

use carechain_crypto::{ChainId, SigningPublicKey};

use super::Segment;

/// A journal that is missing, foreign, damaged or failing. The node stops; none of these is "no earlier vote".
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// There is none: wiped, or never made by `genesis create` or a key rotation. The node's key must be rotated.
    #[error("there is no journal at {path:?}: a node without its journal must not vote under its key again")]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// There is one already: making a new one would forget its votes.
    #[error("there is a journal at {path:?} already")]
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// Another process has it open.
    #[error("the journal at {path:?} is in use by another process")]
    InUse {
        /// Where.
        path: PathBuf,
    },
    /// It belongs to another ledger.
    #[error("the journal is of chain {}, not {}", found.to_hex(), expected.to_hex())]
    OtherChain {
        /// The chain in its head.
        found: ChainId,
        /// The node's chain.
        expected: ChainId,
    },
    /// It belongs to another node key.
    #[error("the journal is of node key {}, not {}", found.to_hex(), expected.to_hex())]
    OtherKey {
        /// The key in its head.
        found: SigningPublicKey,
        /// The node's key.
        expected: SigningPublicKey,
    },
    /// A segment that its head names is not there: wiped, or lost. The node's key must be rotated.
    #[error("segment {segment} of the journal is missing: earlier votes are unknown")]
    MissingSegment {
        /// Which.
        segment: Segment,
    },
    /// A segment that its head does not name has been written to: the head is older than the journal. The node's key must
    /// be rotated.
    #[error("the journal's head is older than its segment {segment}: was it copied back?")]
    OldHead {
        /// The newest such segment.
        segment: Segment,
    },
    /// Its head is damaged or of an unknown version.
    #[error("the journal's head is damaged or of an unknown version")]
    Head,
    /// An entry that had been synced is damaged: earlier votes are unknown. The node's key must be rotated.
    #[error("segment {segment} of the journal is damaged at byte {offset}, before entries that were synced")]
    Corrupt {
        /// In which segment.
        segment: Segment,
        /// Where the first damaged frame starts.
        offset: u64,
    },
    /// The entry is longer than any the engine may write; the journal is as before.
    #[error("an entry of {bytes} bytes is longer than {bytes_max}")]
    EntryTooLong {
        /// Its length.
        bytes: usize,
        /// The bound.
        bytes_max: usize,
    },
    /// A file operation failed.
    #[error("cannot {operation} the journal: {source}")]
    Failed {
        /// What was tried.
        operation: &'static str,
        /// The system's words.
        source: io::Error,
    },
    /// An earlier write or sync failed, so it is unknown what is on disk.
    #[error("the journal failed earlier and takes nothing more")]
    Poisoned,
}
