//! What a fetch is told.

use carechain_crypto::HospitalId;

/// One event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FetchInput {
    /// The first input: begin.
    Start,
    /// A chunk arrived and was compared with the manifest.
    Chunk {
        /// Who sent it.
        holder: HospitalId,
        /// Its index.
        index: u32,
        /// What the comparison gave.
        verdict: Verdict,
    },
    /// The reader has taken this chunk and all before it: their memory is free.
    Taken {
        /// Index of the last chunk taken.
        index: u32,
    },
    /// A holder is there, or there again.
    HolderJoined {
        /// The holder.
        holder: HospitalId,
    },
    /// A holder refused, closed its stream, or cannot be reached.
    HolderFailed {
        /// The holder.
        holder: HospitalId,
    },
    /// Time has passed; to be given every [`crate::limits::TICK`].
    Tick,
}

/// Whether a chunk is the one of the manifest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It is.
    Intact,
    /// It is not.
    Wrong,
}
