//! The contract's view of the ledger's committed state.

use std::cell::Cell;

use carechain_contract::{StateFailure, StateReader};
use carechain_crypto::Digest;
use carechain_ledger::{Backend, Ledger};
use carechain_types::{StateKey, Time};

/// The state at the ledger's head, as the contract reads it for a block of a given time.
#[derive(Debug)]
pub(crate) struct LedgerState<'a, B> {
    ledger: &'a Ledger<B>,
    block_time: Time,
    failed: Cell<bool>,
}

impl<'a, B: Backend> LedgerState<'a, B> {
    /// For a block at `block_time` on the ledger's head.
    #[must_use]
    pub(crate) const fn new(ledger: &'a Ledger<B>, block_time: Time) -> Self {
        Self { ledger, block_time, failed: Cell::new(false) }
    }
}

impl<B: Backend> StateReader for LedgerState<'_, B> {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, StateFailure> {
        // A failed look-up in the seen set has no way out of its own: it comes out with the next read.
        if self.failed.get() {
            return Err(StateFailure::Unreadable { key: *key });
        }
        self.ledger.state_value(key).map_err(|_| StateFailure::Unreadable { key: *key })
    }

    fn seen(&self, digest: &Digest) -> bool {
        self.ledger.seen(digest, self.block_time).unwrap_or_else(|_| {
            self.failed.set(true);
            true
        })
    }
}
