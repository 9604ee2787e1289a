//! What repair wants done.

use carechain_crypto::{Commitment, HospitalId};

use super::file::{HeldFile, Lacking, Retry};

/// One action, in order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RepairOutput {
    /// Look whether the file is whole here and answer with `Held` or `Lacking`.
    Check {
        /// The file.
        file: HeldFile,
    },
    /// Fetch what is lacking and answer with `Fetched` or `FetchFailed`.
    Fetch {
        /// The file.
        file: HeldFile,
        /// What to fetch.
        lacking: Lacking,
        /// Who may have it, likeliest first; this hospital is not among them.
        sources: Vec<HospitalId>,
    },
    /// Keep this across restarts.
    Save {
        /// The file.
        file: HeldFile,
        /// Its failures and when it is due.
        retry: Retry,
    },
    /// Forget what was saved.
    Forget {
        /// The file.
        commitment: Commitment,
    },
    /// There was no room for this file, which is not known to be whole here: say so, and give it in `Published` again once
    /// [`super::Repair::has_room`].
    Dropped {
        /// The file.
        commitment: Commitment,
    },
}
