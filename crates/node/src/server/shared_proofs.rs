//! Proofs that many callers wait for at once, made once: callers without a signature who ask the same share one answer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use carechain_api::NodeError;
use carechain_crypto::{Digest, hash};
use carechain_types::{Proof, StateQuery, encode};
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared, WeakShared};

/// An answer on its way.
type Making = BoxFuture<'static, Result<Arc<Proof>, NodeError>>;

/// The proofs that are being made, by the digest of their query. A proof is forgotten when its last caller has it or is
/// gone, so there are no more than callers.
#[derive(Debug, Default)]
pub(super) struct SharedProofs(Mutex<BTreeMap<Digest, WeakShared<Making>>>);

impl SharedProofs {
    /// The answer to a query that anybody may ask: that of an equal one under way, or the one that `make` begins.
    pub(super) fn join(&self, query: &StateQuery, make: impl FnOnce() -> Making) -> Shared<Making> {
        let digest = hash(&encode(query));
        // Every change is one call, so a panic of a holder leaves the map whole.
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.retain(|_, making| making.upgrade().is_some_and(|making| making.peek().is_none()));
        if let Some(making) = under_way.get(&digest).and_then(WeakShared::upgrade) {
            return making;
        }
        let making = make().shared();
        under_way.extend(making.downgrade().map(|weak| (digest, weak)));
        making
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
