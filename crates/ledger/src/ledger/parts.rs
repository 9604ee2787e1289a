//! Detached parts: stored apart from their transactions, so that they can be purged; never found by digest.

use carechain_crypto::TransactionId;

use super::chain::Ledger;
use super::error::LedgerError;
use super::rows::part_key;
use super::stored_part::StoredPart;
use crate::backend::{Backend, Batch, Durability, ScanRange, Table};

impl<B: Backend> Ledger<B> {
    /// One detached part of a committed transaction; `None` if transaction or part does not exist.
    ///
    /// # Errors
    /// If the backend fails or is damaged.
    pub fn part(&self, transaction: &TransactionId, index: u16) -> Result<Option<StoredPart>, LedgerError> {
        let row = self.backend.get(Table::Parts, &part_key(transaction, index))?;
        row.map(|row| StoredPart::from_row(&row)).transpose()
    }

    /// All detached parts of a committed transaction, in order.
    ///
    /// # Errors
    /// If the backend fails or is damaged.
    pub fn parts(&self, transaction: &TransactionId) -> Result<Vec<StoredPart>, LedgerError> {
        let range = ScanRange::prefix(transaction.as_slice(), usize::from(u16::MAX));
        let rows = self.backend.scan(Table::Parts, &range)?;
        rows.iter().map(|(_, row)| StoredPart::from_row(row)).collect()
    }

    /// Purges detached parts because of a committed erasure; durable when it returns. Parts that do not exist stay so.
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
