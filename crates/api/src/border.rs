//! What all calls share: the node, the clock, the bounds on work at once, the salts seen.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use carechain_crypto::{Nonce, SigningPublicKey};
use carechain_types::Time;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::failure::Refused;
use crate::limits::{READ_STREAMS_MAX, REQUESTS_MAX, UPLOAD_STREAMS_MAX, WAITERS_MAX};
use crate::node::{Node, NodeError};
use crate::salts::{Salt, SeenSalts};

/// Where the outside meets the node.
pub(crate) struct Border {
    pub(crate) node: Arc<dyn Node>,
    pub(crate) requests: Arc<Semaphore>,
    pub(crate) uploads: Semaphore,
    pub(crate) reads: Arc<Semaphore>,
    pub(crate) waiters: Semaphore,
    salts: Mutex<SeenSalts>,
}

impl Border {
    pub(crate) fn new(node: Arc<dyn Node>) -> Self {
        Self {
            node,
            requests: Arc::new(Semaphore::new(REQUESTS_MAX)),
            uploads: Semaphore::new(UPLOAD_STREAMS_MAX),
            reads: Arc::new(Semaphore::new(READ_STREAMS_MAX)),
            waiters: Semaphore::new(WAITERS_MAX),
            salts: Mutex::new(SeenSalts::default()),
        }
    }

    /// Whether a signed query comes for the first time; it is remembered then.
    pub(crate) fn first_time(
        &self,
        key: SigningPublicKey,
        salt: Nonce,
        expiry: Time,
    ) -> Result<(), NodeError> {
        let mut salts = self.salts.lock().unwrap_or_else(PoisonError::into_inner);
        match salts.admit(key, salt, expiry, now()) {
            Salt::First => Ok(()),
            Salt::Again => Err(NodeError::Replayed),
            Salt::TooMany => Err(NodeError::RateLimited),
        }
    }
}

/// A place among a bounded number of workers, or `busy`.
pub(crate) fn place(among: &Semaphore) -> Result<SemaphorePermit<'_>, Refused> {
    among.try_acquire().map_err(|_| Refused::busy())
}

/// This machine's clock.
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_micros(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}
