//! Detached parts: stored apart from their transactions, so that they can be purged.
//!
//! A row is 1 ‖ the part, or the single byte 0 once it was purged; never found by digest.

use carechain_crypto::TransactionId;
use carechain_types::limits::PART_BYTES_MAX;
use carechain_types::{DetachedPart, encode};

use super::rows::{part_key, typed_value};
use super::{Ledger, LedgerError};
use crate::backend::{Backend, Batch, Durability, ScanRange, Table};

const PURGED: u8 = 0;
const PRESENT: u8 = 1;

/// What is left of a detached part.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StoredPart {
    /// All of it.
    Present(DetachedPart),
    /// Nothing: a committed erasure purged it.
    Purged,
}

impl StoredPart {
    fn to_row(&self) -> Vec<u8> {
        match self {
            Self::Present(part) => [&[PRESENT], encode(part).as_slice()].concat(),
            Self::Purged => vec![PURGED],
        }
    }

    fn from_row(row: &[u8]) -> Result<Self, LedgerError> {
        match row {
            [PURGED] => Ok(Self::Purged),
            [PRESENT, part @ ..] => typed_value(Table::Parts, part, PART_BYTES_MAX + 64).map(Self::Present),
            _ => Err(LedgerError::Damaged { table: Table::Parts, source: None }),
        }
    }
}

pub(super) fn stage(batch: &mut Batch, transaction: &TransactionId, parts: &[StoredPart]) {
    for (index, part) in (0_u16..).zip(parts) {
        batch.put(Table::Parts, part_key(transaction, index), part.to_row());
    }
}

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
