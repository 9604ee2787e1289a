//! What a transaction writes.

use std::collections::{BTreeMap, BTreeSet};

use carechain_crypto::Digest;
use carechain_types::StateKey;

/// Writes in the order of their keys, and digests that count as seen from now on. Nothing is ever deleted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Changes {
    /// New bytes under each key.
    pub writes: BTreeMap<StateKey, Vec<u8>>,
    /// Transaction ids and request digests.
    pub seen: BTreeSet<Digest>,
}

impl Changes {
    /// Puts later changes on top of these.
    pub fn absorb(&mut self, later: Self) {
        self.writes.extend(later.writes);
        self.seen.extend(later.seen);
    }
}
