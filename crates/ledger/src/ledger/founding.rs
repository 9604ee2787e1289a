//! Founding: block 0 and the state before block 1, from genesis.

use std::collections::BTreeMap;

use carechain_crypto::ChainId;
use carechain_types::{Genesis, Height};

use super::error::LedgerError;
use super::rows;
use crate::backend::{Backend, Batch, Durability};
use crate::state_tree::{CommittedState, EmptyState, prepare};

/// Writes block 0 and the state before block 1.
pub(super) fn found(backend: &impl Backend, genesis: &Genesis, chain_id: ChainId) -> Result<(), LedgerError> {
    let changes: BTreeMap<_, _> =
        genesis.initial_state().into_iter().map(|(key, value)| (key.hash(), value)).collect();
    let update = prepare(&EmptyState, changes)?;
    let mut batch = Batch::new();
    CommittedState::stage(&update, &mut batch);
    rows::stage_header(&mut batch, &genesis.header(update.root()));
    rows::stage_chain(&mut batch, &chain_id);
    rows::stage_indexed(&mut batch, Some(Height::ZERO));
    Ok(backend.write(batch, Durability::Synced)?)
}
