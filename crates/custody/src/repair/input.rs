//! What repair is told.

use carechain_crypto::Commitment;

use super::file::{HeldFile, Lacking, OtherCopies, Retry};
use crate::placement::Candidate;

/// One event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RepairInput {
    /// A file is on the ledger: from a block, or from a sweep over all.
    Published {
        /// The file.
        file: HeldFile,
    },
    /// The answer to a check, or news from a read or scrub: the file is here and whole.
    Held {
        /// The file.
        commitment: Commitment,
    },
    /// The answer to a check, or news from a read or scrub: the file is not whole here.
    Lacking {
        /// The file.
        file: HeldFile,
        /// What is not here.
        lacking: Lacking,
    },
    /// A fetch ended with everything it was to bring, durable.
    Fetched {
        /// The file.
        commitment: Commitment,
    },
    /// A fetch failed.
    FetchFailed {
        /// The file.
        commitment: Commitment,
        /// What the others said.
        others: OtherCopies,
    },
    /// A file was erased by a committed transaction: also the answer to a check of one that is.
    Erased {
        /// The file.
        commitment: Commitment,
    },
    /// The membership now.
    Members {
        /// Its hospitals.
        candidates: Vec<Candidate>,
    },
    /// What was saved before a restart.
    Restored {
        /// The file.
        file: HeldFile,
        /// Its failures and when it is due.
        retry: Retry,
    },
    /// Time has passed; to be given every [`crate::limits::TICK`].
    Tick,
}
