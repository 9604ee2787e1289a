//! Rows of detached parts: 1 ‖ the part, or the single byte 0 once it was purged.

use carechain_crypto::TransactionId;
use carechain_types::limits::PART_BYTES_MAX;
use carechain_types::{DetachedPart, encode};

use super::error::LedgerError;
use super::rows::{part_key, typed_value};
use crate::backend::{Batch, Table};

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
    /// Bytes of it.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Present(part) => part.size() as usize,
            Self::Purged => 0,
        }
    }

    pub(super) fn to_row(&self) -> Vec<u8> {
        match self {
            Self::Present(part) => [&[PRESENT], encode(part).as_slice()].concat(),
            Self::Purged => vec![PURGED],
        }
    }

    pub(super) fn from_row(row: &[u8]) -> Result<Self, LedgerError> {
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
