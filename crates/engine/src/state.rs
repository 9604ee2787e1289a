//! The contract's view of the ledger's committed state.

use std::sync::Arc;

use carechain_contract::{StateFailure, StateReader};
use carechain_crypto::Digest;
use carechain_ledger::{Backend, Ledger};
use carechain_types::{StateKey, Time};

/// The state at the ledger's head, as the contract reads it for a block of a given time.
#[derive(Debug)]
pub(crate) struct LedgerState<'a, B> {
    ledger: &'a Ledger<B>,
    block_time: Time,
}

impl<'a, B: Backend> LedgerState<'a, B> {
    /// For a block at `block_time` on the ledger's head.
    #[must_use]
    pub(crate) const fn new(ledger: &'a Ledger<B>, block_time: Time) -> Self {
        Self { ledger, block_time }
    }
}

impl<B: Backend> StateReader for LedgerState<'_, B> {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, StateFailure> {
        let value = self.ledger.state_value(key);
        value.map_err(|error| StateFailure::Unreadable { key: *key, source: Arc::new(error) })
    }

    fn seen(&self, digest: &Digest) -> Result<bool, StateFailure> {
        let seen = self.ledger.seen(digest, self.block_time);
        seen.map_err(|error| StateFailure::SeenUnreadable { digest: *digest, source: Arc::new(error) })
    }
}
