//! Where the ledger's bytes live: ordered tables with batches that are written whole or not at all.
//!
//! Invariants: a batch is atomic across tables; batches survive a crash in the order they were written, so what is left
//! is always a prefix; everything written before a synced batch or a [`Backend::sync`] is in that prefix.

mod batch;
mod error;
mod faulty;
mod memory;
#[cfg(feature = "rocks")]
mod rocks;
mod table;

pub use batch::{Batch, Change};
pub use error::BackendError;
pub use faulty::{FaultPoint, FaultyBackend};
pub use memory::MemoryBackend;
#[cfg(feature = "rocks")]
pub use rocks::RocksBackend;
pub use table::Table;

/// Whether a write must be on disk when it returns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Durability {
    /// A crash may lose it, together with everything after it.
    Buffered,
    /// On disk when the call returns, together with everything before it.
    Synced,
}

/// Which way a scan walks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Order {
    /// From the least key up.
    Ascending,
    /// From the greatest key down.
    Descending,
}

/// The keys of one table a scan visits: `from` ≤ key < `to`, at most `limit` of them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ScanRange {
    /// First key that may be visited.
    pub from: Vec<u8>,
    /// First key beyond the range; `None` = the table's end.
    pub to: Option<Vec<u8>>,
    /// Which way.
    pub order: Order,
    /// Rows at most.
    pub limit: usize,
}

impl ScanRange {
    /// All keys that start with `prefix`, ascending.
    #[must_use]
    pub fn prefix(prefix: &[u8], limit: usize) -> Self {
        Self { from: prefix.to_vec(), to: after_prefix(prefix), order: Order::Ascending, limit }
    }

    /// The same range, walked the other way.
    #[must_use]
    pub fn descending(mut self) -> Self {
        self.order = Order::Descending;
        self
    }

    /// Whether no key can be in the range.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.limit == 0 || self.to.as_ref().is_some_and(|to| *to <= self.from)
    }
}

/// The least key above all keys that start with `prefix`; `None` if there is none.
#[must_use]
pub fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let kept = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut end = prefix[..=kept].to_vec();
    end[kept] += 1;
    Some(end)
}

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// An ordered store of tables. All calls block; an error of any of them is fatal for the node.
pub trait Backend {
    /// The value of one key.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, BackendError>;

    /// The rows of a range in its order.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn scan(&self, table: Table, range: &ScanRange) -> Result<Vec<Row>, BackendError>;

    /// Writes a batch whole, after everything written before.
    ///
    /// # Errors
    /// If it is not certain that it was written; nothing more may be written then.
    fn write(&self, batch: Batch, durability: Durability) -> Result<(), BackendError>;

    /// Makes durable what was written so far.
    ///
    /// # Errors
    /// If it is not certain that it is; nothing more may be written then.
    fn sync(&self) -> Result<(), BackendError>;
}

#[cfg(test)]
mod tests;
