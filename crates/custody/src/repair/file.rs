//! A file, what is lacking of it, and how often its repair failed.

use std::collections::BTreeSet;

use carechain_crypto::{Commitment, HospitalId, UploadId};
use carechain_types::{Span, Time};

use crate::limits::REPAIR_RETRY_MAX;

/// A file on the ledger, as far as custody cares.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct HeldFile {
    /// Names it.
    pub commitment: Commitment,
    /// Decides its placement.
    pub upload: UploadId,
    /// Always holds a copy.
    pub publishing_hospital: HospitalId,
    /// Its length.
    pub length: u64,
}

/// How often a file's repair failed and when it is due again.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Retry {
    /// Failures so far.
    pub failures: u32,
    /// Not before this time.
    pub due: Time,
    /// When the file was first seen not to be whole here; `None` while nobody has looked.
    pub lacking_since: Option<Time>,
}

impl Retry {
    /// As an earlier run saved it. Its clock may have been wrong: no file waits longer than after any failure.
    pub(super) fn restored(self, now: Time) -> Self {
        let lacking_since = self.lacking_since.map(|since| since.min(now));
        Self { due: self.due.min(now.after(REPAIR_RETRY_MAX)), lacking_since, ..self }
    }

    /// After one more failure; the first wait is `retry_min`.
    pub(super) fn failed(self, now: Time, retry_min: Span) -> Self {
        let wait = retry_min.times(1 << self.failures.min(16)).min(REPAIR_RETRY_MAX);
        Self { failures: self.failures.saturating_add(1), due: now.after(wait), ..self }
    }
}

/// What a fetch that failed learnt of the copies of others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OtherCopies {
    /// There may be some: not every hospital answered, or one has what is lacking and did not deliver it.
    Unknown,
    /// There are none: every other hospital answered that it does not have what is lacking.
    NoneLeft,
}

/// What a store lacks of a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Lacking {
    /// All of it.
    File,
    /// These chunks.
    Chunks(BTreeSet<u32>),
}
