//! Rebuilding the derived indexes from blocks and outcomes.

use carechain_types::Height;

use super::error::LedgerError;
use super::rows;
use crate::backend::{Backend, Batch, Durability, ScanRange, Table};
use crate::indexes;
use crate::limits::{REBUILD_BLOCKS, REBUILD_ROWS};

/// Drops all index rows and derives those of the blocks up to `head` again.
pub(super) fn rebuild_indexes(backend: &impl Backend, head: Height) -> Result<(), LedgerError> {
    let mut batch = Batch::new();
    rows::stage_indexed(&mut batch, None);
    backend.write(batch, Durability::Buffered)?;
    drop_index_rows(backend)?;
    let mut height = Height::ZERO;
    while height < head {
        let mut batch = Batch::new();
        for _ in 0..REBUILD_BLOCKS {
            if height < head {
                height = height.next();
                stage_index_rows(backend, &mut batch, height)?;
            }
        }
        backend.write(batch, Durability::Buffered)?;
    }
    let mut batch = Batch::new();
    rows::stage_indexed(&mut batch, Some(head));
    Ok(backend.write(batch, Durability::Synced)?)
}

/// Goes on behind the rows dropped last, so that no scan walks over what was dropped before.
fn drop_index_rows(backend: &impl Backend) -> Result<(), LedgerError> {
    let mut range = ScanRange::prefix(&[], REBUILD_ROWS);
    loop {
        let rows = backend.scan(Table::Indexes, &range)?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        range.from.clone_from(last);
        let mut batch = Batch::new();
        for (key, _) in rows {
            batch.delete(Table::Indexes, key);
        }
        backend.write(batch, Durability::Buffered)?;
    }
}

fn stage_index_rows(backend: &impl Backend, batch: &mut Batch, height: Height) -> Result<(), LedgerError> {
    let header = rows::header(backend, height)?.ok_or(LedgerError::Missing { what: "header", height })?;
    let transactions = rows::transactions(backend, &header)?;
    let outcomes = rows::outcomes(backend, &header)?;
    indexes::stage_block(batch, &header, &transactions, &outcomes);
    Ok(())
}
