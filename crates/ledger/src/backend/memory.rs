//! The backend in memory: for tests and the simulator, with the crash behaviour of a disk.
//!
//! Crash: a synced batch survives with everything before it; of the batches after it a prefix survives, each whole.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use super::{Backend, BackendError, Batch, Change, Durability, Order, Row, ScanRange, Table};

type Rows = BTreeMap<RowKey, Vec<u8>>;
type RowKey = (Table, Vec<u8>);

#[derive(Clone, Debug, Default)]
struct Contents {
    /// What a reader sees.
    current: Rows,
    /// Batches since the last sync, oldest first, as they undo: what the keys held before.
    unsynced: VecDeque<Vec<(RowKey, Option<Vec<u8>>)>>,
}

/// A store in memory. A clone is another handle on the same store; [`MemoryBackend::snapshot`] copies it.
#[derive(Clone, Debug, Default)]
pub struct MemoryBackend {
    contents: Arc<Mutex<Contents>>,
}

impl MemoryBackend {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A copy that shares nothing with this one.
    #[must_use]
    pub fn snapshot(&self) -> Self {
        Self { contents: Arc::new(Mutex::new(self.contents().clone())) }
    }

    /// Number of batches that a crash may lose.
    #[must_use]
    pub fn unsynced_count(&self) -> usize {
        self.contents().unsynced.len()
    }

    /// What a power cut does: keeps the first `kept` of the unsynced batches and loses the others.
    pub fn crash(&self, kept: usize) {
        let mut contents = self.contents();
        while contents.unsynced.len() > kept {
            for (key, before) in contents.unsynced.pop_back().expect("longer than kept") {
                match before {
                    Some(value) => contents.current.insert(key, value),
                    None => contents.current.remove(&key),
                };
            }
        }
        contents.unsynced.clear();
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().expect("no holder of this lock panics")
    }
}

impl Backend for MemoryBackend {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, BackendError> {
        Ok(self.contents().current.get(&(table, key.to_vec())).cloned())
    }

    fn scan(&self, table: Table, range: &ScanRange) -> Result<Vec<Row>, BackendError> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let contents = self.contents();
        let rows = contents.current.range((table, range.from.clone())..);
        let rows = rows.take_while(|((row_table, key), _)| {
            *row_table == table && range.to.as_ref().is_none_or(|to| key < to)
        });
        let rows = rows.map(|((_, key), value)| (key.clone(), value.clone()));
        Ok(match range.order {
            Order::Ascending => rows.take(range.limit).collect(),
            Order::Descending => {
                let rows: Vec<Row> = rows.collect();
                rows.into_iter().rev().take(range.limit).collect()
            }
        })
    }

    fn write(&self, batch: Batch, durability: Durability) -> Result<(), BackendError> {
        let mut contents = self.contents();
        let mut undo = Vec::new();
        for (table, key, change) in batch.into_changes() {
            let key = (table, key);
            let before = match change {
                Change::Put(value) => contents.current.insert(key.clone(), value),
                Change::Delete => contents.current.remove(&key),
            };
            undo.push((key, before));
        }
        contents.unsynced.push_back(undo);
        if durability == Durability::Synced {
            contents.unsynced.clear();
        }
        Ok(())
    }

    fn sync(&self) -> Result<(), BackendError> {
        self.contents().unsynced.clear();
        Ok(())
    }
}
