//! What a fetch wants done.

use core::ops::Range;

use carechain_crypto::HospitalId;

use super::error::FetchError;

/// One action, in order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FetchOutput {
    /// Ask a holder for chunks.
    Request {
        /// Whom.
        holder: HospitalId,
        /// Which.
        chunks: Range<u32>,
    },
    /// Another holder was faster: stop this one if it has not begun.
    Cancel {
        /// Whom.
        holder: HospitalId,
        /// Which chunk.
        index: u32,
    },
    /// Pass a chunk to the reader; they come in order.
    Deliver {
        /// Which.
        index: u32,
    },
    /// Forget the bytes that just arrived: they are here already or nobody asked for them.
    Discard {
        /// Who sent them.
        holder: HospitalId,
        /// Their index.
        index: u32,
    },
    /// Ask this holder for nothing more in this fetch, and count it.
    Drop {
        /// Whom.
        holder: HospitalId,
        /// Why.
        reason: DropReason,
    },
    /// All chunks were delivered.
    Done,
    /// Not all chunks can be had.
    Failed {
        /// Why.
        error: FetchError,
    },
}

/// Why a holder is asked for nothing more.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum DropReason {
    /// It sent a chunk that is not of the manifest. Final.
    Wrong,
    /// It owed chunks and sent none for [`super::FetchSettings::silence_max`].
    Silent,
    /// Its runner said so.
    Failed,
}
