//! Changes of a block's earlier transactions over the state before it.

use carechain_crypto::Digest;
use carechain_types::StateKey;

use crate::changes::Changes;
use crate::state_reader::{StateFailure, StateReader};

/// A state reader that shows changes over a base.
#[derive(Clone, Debug)]
pub struct Overlay<R> {
    base: R,
    changes: Changes,
}

impl<R: StateReader> Overlay<R> {
    /// The base, unchanged so far.
    pub fn new(base: R) -> Self {
        Self { base, changes: Changes::default() }
    }

    /// Shows the changes of one more transaction or block.
    pub fn absorb(&mut self, later: Changes) {
        self.changes.absorb(later);
    }

    /// All changes over the base.
    pub const fn changes(&self) -> &Changes {
        &self.changes
    }

    /// All changes over the base.
    pub fn into_changes(self) -> Changes {
        self.changes
    }
}

impl<R: StateReader> StateReader for Overlay<R> {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, StateFailure> {
        match self.changes.writes.get(key) {
            Some(bytes) => Ok(Some(bytes.clone())),
            None => self.base.get(key),
        }
    }

    fn seen(&self, digest: &Digest) -> Result<bool, StateFailure> {
        Ok(self.changes.seen.contains(digest) || self.base.seen(digest)?)
    }
}
