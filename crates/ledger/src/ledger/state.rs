//! The state at the head, and what the next block would make of it.

use std::collections::BTreeMap;

use carechain_types::StateKey;
use carechain_types::state_proof::StatePath;

use super::chain::Ledger;
use super::error::LedgerError;
use crate::backend::Backend;
use crate::state_tree::{CommittedSource, StateError, StateSource, StateUpdate, prepare, prove};

impl<B: Backend> Ledger<B> {
    /// The state at the head: to read, to prove and to stack overlays on.
    #[must_use]
    pub const fn state(&self) -> CommittedSource<'_, B> {
        self.state.source(&self.backend)
    }

    /// The value under a key at the head.
    ///
    /// # Errors
    /// If the backend fails.
    pub fn state_value(&self, key: &StateKey) -> Result<Option<Vec<u8>>, LedgerError> {
        Ok(self.state().value(&key.hash())?)
    }

    /// The path that proves a key's value, or its absence, under the head's state root.
    ///
    /// # Errors
    /// If the backend fails or is damaged.
    pub fn prove(&self, key: &StateKey) -> Result<StatePath, LedgerError> {
        Ok(prove(&self.state(), &key.hash())?)
    }

    /// What these changes make of the head's state; writes nothing.
    ///
    /// # Errors
    /// If the backend fails or is damaged.
    pub fn prepare(&self, changes: &BTreeMap<StateKey, Vec<u8>>) -> Result<StateUpdate, LedgerError> {
        Ok(prepare_on(&self.state(), changes)?)
    }
}

/// What these changes make of a version of the state; writes nothing.
///
/// # Errors
/// If the state cannot be read.
pub fn prepare_on(
    source: &(impl StateSource + ?Sized),
    changes: &BTreeMap<StateKey, Vec<u8>>,
) -> Result<StateUpdate, StateError> {
    prepare(source, changes.iter().map(|(key, value)| (key.hash(), value.clone())).collect())
}
