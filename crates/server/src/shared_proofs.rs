//! Proofs for callers without a signature. Those who ask the same at once share one answer, and few proofs that take many steps
//! are made at a time: proofs are made in turn, and more of these would hold up everybody else's.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use carechain_api::NodeError;
use carechain_crypto::{Digest, hash};
use carechain_types::{Proof, StateQuery, encode};
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared, WeakShared};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::proving::KEYS_PER_STEP;

/// An answer on its way.
type Making = BoxFuture<'static, Result<Arc<Proof>, NodeError>>;

/// The proofs that are being made, by the digest of their query. A proof is forgotten when its last caller has it or is
/// gone, so there are no more than callers.
#[derive(Debug)]
pub(super) struct SharedProofs {
    under_way: Mutex<BTreeMap<Digest, WeakShared<Making>>>,
    long: Arc<Semaphore>,
}

/// Proofs of more than one step that are made at a time.
const LONG_MAX: usize = 4;
/// How long a caller waits until it may have one.
const LONG_WAIT: Duration = Duration::from_secs(2);

impl Default for SharedProofs {
    fn default() -> Self {
        Self { under_way: Mutex::default(), long: Arc::new(Semaphore::new(LONG_MAX)) }
    }
}

impl SharedProofs {
    /// The answer to a query that anybody may ask: that of an equal one under way, or the one that `make` begins.
    pub(super) fn join(&self, query: &StateQuery, make: impl FnOnce() -> Making) -> Shared<Making> {
        let digest = hash(&encode(query));
        // Every change is one call, so a panic of a holder leaves the map whole.
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.retain(|_, making| making.upgrade().is_some_and(|making| making.peek().is_none()));
        if let Some(making) = under_way.get(&digest).and_then(WeakShared::upgrade) {
            return making;
        }
        let making = self.in_turn(query.keys.len(), make()).shared();
        under_way.extend(making.downgrade().map(|weak| (digest, weak)));
        making
    }

    fn in_turn(&self, key_count: usize, making: Making) -> Making {
        if key_count <= KEYS_PER_STEP {
            return making;
        }
        let long = Arc::clone(&self.long);
        async move {
            let place = timeout(LONG_WAIT, long.acquire_owned()).await;
            let Ok(Ok(_place)) = place else { return Err(NodeError::Busy) };
            making.await
        }
        .boxed()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
