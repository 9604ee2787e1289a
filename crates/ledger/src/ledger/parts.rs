//! Detached parts: stored apart from their transactions, so that they can be purged; never found by digest.
//!
//! Invariants
//! - A committed transaction has a row for each part that its body names, purged or not. One that is gone is an error: who
//!   took it for an absence would serve the transaction short, or deny a part that was committed.

use carechain_crypto::TransactionId;
use carechain_types::{Height, Transaction};

use super::chain::Ledger;
use super::error::LedgerError;
use super::rows::part_key;
use super::stored_part::StoredPart;
use crate::backend::{Backend, Batch, Durability, ScanRange, Table};

impl<B: Backend> Ledger<B> {
    /// One detached part of a committed transaction; `None` if transaction or part does not exist.
    ///
    /// # Errors
    /// If the backend fails or is damaged, or the row of a part that exists is gone.
    pub fn part(&self, transaction: &TransactionId, index: u16) -> Result<Option<StoredPart>, LedgerError> {
        if let Some(row) = self.backend.get(Table::Parts, &part_key(transaction, index))? {
            return StoredPart::from_row(&row).map(Some);
        }
        match self.transaction(transaction)? {
            Some(stored) if usize::from(index) < stored.transaction.body.parts.len() => {
                Err(missing(stored.position.height))
            }
            Some(_) | None => Ok(None),
        }
    }

    /// All detached parts of a transaction that the block at `height` holds, in order: as many as its body names.
    ///
    /// # Errors
    /// If the backend fails or is damaged, or the row of a part is gone.
    pub fn parts(&self, transaction: &Transaction, height: Height) -> Result<Vec<StoredPart>, LedgerError> {
        let id = transaction.body.id(&self.chain_id);
        let rows =
            self.backend.scan(Table::Parts, &ScanRange::prefix(id.as_slice(), usize::from(u16::MAX)))?;
        let named = (0_u16..).take(transaction.body.parts.len()).map(|index| part_key(&id, index));
        if !rows.iter().map(|(key, _)| key).eq(&named.collect::<Vec<_>>()) {
            return Err(missing(height));
        }
        rows.iter().map(|(_, row)| StoredPart::from_row(row)).collect()
    }

    /// Purges detached parts because of a committed erasure; durable when it returns. Parts that do not exist stay so.
    ///
    /// No block erases anything yet, so no node calls this: decision 0050 says what must be there first.
    ///
    /// # Errors
    /// If the backend fails.
    pub fn purge_parts(&mut self, parts: &[(TransactionId, u16)]) -> Result<(), LedgerError> {
        let mut batch = Batch::new();
        for (transaction, index) in parts {
            let key = part_key(transaction, *index);
            if self.backend.get(Table::Parts, &key)?.is_some() {
                batch.put(Table::Parts, key, StoredPart::Purged.to_row());
            }
        }
        Ok(self.backend.write(batch, Durability::Synced)?)
    }
}

const fn missing(height: Height) -> LedgerError {
    LedgerError::Missing { what: "detached part", height }
}
