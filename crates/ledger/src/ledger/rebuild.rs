//! Rebuilding the derived indexes from blocks and outcomes.

use carechain_types::Height;

use super::{Ledger, LedgerError, rows};
use crate::backend::{Backend, Batch, Durability, ScanRange, Table};
use crate::indexes;
use crate::limits::{REBUILD_BLOCKS, REBUILD_ROWS};

impl<B: Backend> Ledger<B> {
    /// Drops all index rows, search tokens too, and derives them again; tokens come back when the node indexes them
    /// again from [`Self::tokens_height`]. One that is interrupted starts again on the next open.
    ///
    /// # Errors
    /// If the backend fails or is damaged.
    pub fn rebuild_indexes(&mut self) -> Result<(), LedgerError> {
        let mut batch = Batch::new();
        rows::stage_indexed(&mut batch, None);
        self.backend.write(batch, Durability::Buffered)?;
        self.drop_index_rows()?;
        let mut height = Height::ZERO;
        while height < self.head.height {
            let mut batch = Batch::new();
            for _ in 0..REBUILD_BLOCKS {
                if height < self.head.height {
                    height = height.next();
                    self.stage_index_rows(&mut batch, height)?;
                }
            }
            self.backend.write(batch, Durability::Buffered)?;
        }
        let mut batch = Batch::new();
        rows::stage_indexed(&mut batch, Some(self.head.height));
        Ok(self.backend.write(batch, Durability::Synced)?)
    }

    fn drop_index_rows(&self) -> Result<(), LedgerError> {
        loop {
            let rows = self.backend.scan(Table::Indexes, &ScanRange::prefix(&[], REBUILD_ROWS))?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut batch = Batch::new();
            for (key, _) in rows {
                batch.delete(Table::Indexes, key);
            }
            self.backend.write(batch, Durability::Buffered)?;
        }
    }

    fn stage_index_rows(&self, batch: &mut Batch, height: Height) -> Result<(), LedgerError> {
        let block = self.block(height)?.ok_or(LedgerError::Missing { what: "block", height })?;
        let outcomes = self.outcomes(height)?.ok_or(LedgerError::Missing { what: "outcomes", height })?;
        indexes::stage_block(batch, &block.header, &block.transactions, &outcomes);
        Ok(())
    }
}
