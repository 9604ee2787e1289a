//! Read requests this gateway is wrapping now: the same one again must not cost a second transaction.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use carechain_crypto::RequestDigest;

/// The requests. Cheap to clone; clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct ReadsInFlight(Arc<Mutex<BTreeSet<RequestDigest>>>);

/// One request under way; over when dropped.
#[derive(Debug)]
pub(super) struct ReadInFlight {
    reads: ReadsInFlight,
    digest: RequestDigest,
}

impl ReadsInFlight {
    /// Begins a request; none if it is under way.
    pub(super) fn begin(&self, digest: RequestDigest) -> Option<ReadInFlight> {
        self.lock().insert(digest).then(|| ReadInFlight { reads: self.clone(), digest })
    }

    /// Every change is one call, so a panic of a holder leaves the set whole.
    fn lock(&self) -> MutexGuard<'_, BTreeSet<RequestDigest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ReadInFlight {
    fn drop(&mut self) {
        self.reads.lock().remove(&self.digest);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
