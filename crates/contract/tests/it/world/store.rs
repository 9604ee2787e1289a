//! A state in two maps.

use std::collections::BTreeMap;

use carechain_contract::{Changes, StateFailure, StateReader};
use carechain_crypto::Digest;
use carechain_types::limits::TRANSACTION_LIFE_MAX;
use carechain_types::{StateKey, Time};

/// Values, and digests with the time of their block.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Store {
    pub(crate) values: BTreeMap<StateKey, Vec<u8>>,
    seen: BTreeMap<Digest, Time>,
}

impl Store {
    pub(crate) fn new(entries: Vec<(StateKey, Vec<u8>)>) -> Self {
        Self { values: entries.into_iter().collect(), seen: BTreeMap::new() }
    }

    /// Keeps the changes of a block and forgets what was seen ten minutes before it.
    pub(crate) fn commit(&mut self, changes: &Changes, time: Time) {
        self.values.extend(changes.writes.clone());
        self.seen.extend(changes.seen.iter().map(|digest| (*digest, time)));
        let oldest = time.before(TRANSACTION_LIFE_MAX);
        self.seen.retain(|_, time| oldest < *time);
    }
}

impl StateReader for Store {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, StateFailure> {
        Ok(self.values.get(key).cloned())
    }

    fn seen(&self, digest: &Digest) -> Result<bool, StateFailure> {
        Ok(self.seen.contains_key(digest))
    }
}
