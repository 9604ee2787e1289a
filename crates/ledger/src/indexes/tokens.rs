//! Search words: rows that the node adds later, since it takes the index key to read them.

use carechain_types::Height;

use super::list::{IndexEntry, IndexList, SearchToken};
use crate::backend::{Backend, Batch, Durability, Table};
use crate::ledger::{Ledger, LedgerError};

/// Row with the height up to which tokens are indexed; no list's prefix.
const TOKENS_HEIGHT: &[u8] = &[0];

impl<B: Backend> Ledger<B> {
    /// The height up to which search words are indexed; 0 after a rebuild.
    ///
    /// # Errors
    /// If the backend fails or is damaged.
    pub fn tokens_height(&self) -> Result<Height, LedgerError> {
        let Some(row) = self.backend().get(Table::Indexes, TOKENS_HEIGHT)? else { return Ok(Height::ZERO) };
        let bytes =
            row.try_into().map_err(|_| LedgerError::Damaged { table: Table::Indexes, source: None })?;
        Ok(Height::new(u64::from_be_bytes(bytes)))
    }

    /// Adds the search words of records, each as [`Self::search`] gives it, and notes that all blocks up to `height` are
    /// indexed.
    ///
    /// # Errors
    /// If the backend fails.
    pub fn index_tokens(
        &mut self,
        records: &[(IndexEntry, Vec<SearchToken>)],
        height: Height,
    ) -> Result<(), LedgerError> {
        let mut batch = Batch::new();
        for (entry, tokens) in records {
            for token in tokens {
                let key = entry.row_key(&IndexList::RecordsByToken(*token));
                batch.put(Table::Indexes, key, entry.row_value());
            }
        }
        batch.put(Table::Indexes, TOKENS_HEIGHT, height.get().to_be_bytes());
        Ok(self.backend().write(batch, Durability::Buffered)?)
    }
}
