//! A batch: changes to several tables that are written together or not at all.

use std::collections::BTreeMap;

use super::Table;

/// What happens to one key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// It gets this value.
    Put(Vec<u8>),
    /// It goes.
    Delete,
}

/// Changes by table and key; the last change of a key counts.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Batch {
    changes: BTreeMap<(Table, Vec<u8>), Change>,
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a key.
    pub fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.changes.insert((table, key.into()), Change::Put(value.into()));
    }

    /// Removes a key; one that is not there stays away.
    pub fn delete(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.changes.insert((table, key.into()), Change::Delete);
    }

    /// The changes in table and key order.
    pub fn changes(&self) -> impl Iterator<Item = (Table, &[u8], &Change)> {
        self.changes.iter().map(|((table, key), change)| (*table, key.as_slice(), change))
    }

    /// The changes by value, in table and key order.
    pub fn into_changes(self) -> impl Iterator<Item = (Table, Vec<u8>, Change)> {
        self.changes.into_iter().map(|((table, key), change)| (table, key, change))
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
