//! Committing: a block with everything that belongs to it in one batch.

use carechain_types::{Phase, encode};

use super::chain::Ledger;
use super::committed_block::CommittedBlock;
use super::error::LedgerError;
use super::position::Position;
use super::rows::{self, height_key, position_bytes};
use super::{seen, stored_part};
use crate::backend::{Backend, Batch, Durability, Table};
use crate::indexes;
use crate::state_tree::CommittedState;

impl<B: Backend> Ledger<B> {
    /// Puts a committed block on the head: one atomic batch, not synced.
    ///
    /// The caller has verified certificate, leaves, parts and outcomes; what could corrupt the chain is checked again.
    ///
    /// # Errors
    /// If the block does not fit on the head, or the backend fails.
    pub fn commit(&mut self, block: &CommittedBlock) -> Result<(), LedgerError> {
        self.check_fits(block)?;
        let mut batch = Batch::new();
        rows::stage_header(&mut batch, &block.header);
        batch.put(Table::Certificates, height_key(block.header.height), encode(&*block.certificate));
        stage_transactions(&mut batch, block);
        let seen = (block.header.time, block.seen.as_slice());
        let seen_floor = seen::stage(&self.backend, &mut batch, &self.seen_floor, seen)?;
        indexes::stage_block(&mut batch, &block.header, &block.transactions, &block.outcomes);
        rows::stage_indexed(&mut batch, Some(block.header.height));
        CommittedState::stage(&block.state, &mut batch);
        self.backend.write(batch, Durability::Buffered)?;
        self.state.apply(&block.state);
        self.seen_floor = seen_floor;
        self.head_id = block.header.id();
        self.head = block.header.clone();
        Ok(())
    }

    fn check_fits(&self, block: &CommittedBlock) -> Result<(), LedgerError> {
        let CommittedBlock { header, certificate, transactions, parts, outcomes, state, .. } = block;
        let height = header.height;
        if height != self.head.height.next()
            || header.parent != self.head_id
            || header.chain_id != self.chain_id
        {
            let (head_height, head) = (self.head.height, self.head_id);
            return Err(LedgerError::NotNext { height, parent: header.parent, head_height, head });
        }
        let is_for_block = certificate.height == height && certificate.block_id == header.id();
        if certificate.phase != Phase::Commit || !is_for_block {
            return Err(LedgerError::Certificate { height });
        }
        let counts = [transactions.len(), outcomes.len(), parts.len()];
        if counts.iter().any(|count| *count != header.transaction_count as usize) {
            return Err(LedgerError::Count {
                height,
                expected: header.transaction_count,
                transactions: transactions.len(),
                outcomes: outcomes.len(),
                parts: parts.len(),
            });
        }
        let (found, expected) = (state.root(), header.state_root);
        if found == expected { Ok(()) } else { Err(LedgerError::StateRoot { height, found, expected }) }
    }
}

fn stage_transactions(batch: &mut Batch, block: &CommittedBlock) {
    let items = block.transactions.iter().zip(&block.outcomes).zip(&block.parts);
    for (index, ((transaction, outcome), parts)) in (0_u32..).zip(items) {
        let position = position_bytes(Position { height: block.header.height, index });
        batch.put(Table::Transactions, position, encode(transaction));
        batch.put(Table::Outcomes, position, encode(outcome));
        batch.put(Table::Positions, outcome.transaction_id.as_slice(), position);
        stored_part::stage(batch, &outcome.transaction_id, parts);
    }
}
