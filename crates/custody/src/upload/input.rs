//! What an upload is told.

use carechain_crypto::HospitalId;
use carechain_types::{Receipt, Time};

use crate::receipts::ReceiptExpectation;

/// One event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum UploadInput {
    /// The first input: chunks that are already stored here (all false for a new upload).
    Start {
        /// By index.
        present: Vec<bool>,
    },
    /// A chunk was stored here.
    ChunkStored {
        /// Its index.
        index: u32,
    },
    /// The client completed the upload and the file is durable here.
    Completed {
        /// What receipts must say.
        expectation: Box<ReceiptExpectation>,
    },
    /// A holder opened the upload and says which chunks it has.
    HolderOpened {
        /// The holder.
        holder: HospitalId,
        /// By index.
        present: Vec<bool>,
    },
    /// A holder stored a chunk.
    ChunkAcknowledged {
        /// The holder.
        holder: HospitalId,
        /// The chunk.
        index: u32,
    },
    /// A receipt, whose signature was checked; this hospital's own too.
    ReceiptArrived {
        /// The receipt.
        receipt: Box<Receipt>,
    },
    /// A holder refused, closed its stream, or cannot be reached.
    HolderFailed {
        /// The holder.
        holder: HospitalId,
    },
    /// The abstract is on the ledger.
    Published,
    /// Every block up to one of this time is applied here. Only this lets an upload expire: a clock does not know
    /// what the blocks still to come hold.
    Head {
        /// Time of the newest block.
        time: Time,
    },
    /// Time has passed; to be given every [`crate::limits::TICK`].
    Tick,
}
