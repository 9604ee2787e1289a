//! Bodies of prepared blocks that no commit has decided, as the journal has them.
//!
//! A NEW-VIEW may choose such a block long after its transactions have expired in every mempool, or after all members
//! restarted: then nobody else has its bodies.
//!
//! Limits: the last few blocks prepared, [`UNDECIDED_MAX`]: a VIEW-CHANGE names only the last of each height.

use std::collections::BTreeMap;

use carechain_crypto::{BlockId, Digest};
use carechain_types::Height;

use crate::limits::UNDECIDED_MAX;
use crate::mempool::SharedSubmission;

/// The blocks, by id.
#[derive(Debug, Default)]
pub(crate) struct Undecided {
    by_id: BTreeMap<BlockId, PreparedBody>,
    inserted: u64,
}

#[derive(Debug)]
struct PreparedBody {
    inserted: u64,
    height: Height,
    /// By the digests of their leaves: those who ask for bodies name them so, and none is hashed for them.
    bodies: BTreeMap<Digest, SharedSubmission>,
}

impl Undecided {
    /// A block was prepared, for the first time or again: its transactions with the digests of their leaves.
    pub(crate) fn insert(
        &mut self,
        block_id: BlockId,
        height: Height,
        bodies: impl IntoIterator<Item = (Digest, SharedSubmission)>,
    ) {
        self.inserted += 1;
        let body = PreparedBody { inserted: self.inserted, height, bodies: bodies.into_iter().collect() };
        self.by_id.insert(block_id, body);
        if self.by_id.len() > UNDECIDED_MAX {
            let oldest = self.by_id.iter().min_by_key(|(_, body)| body.inserted).map(|(id, _)| *id);
            oldest.map(|id| self.by_id.remove(&id));
        }
    }

    /// The transactions of a block, by the digests of their leaves.
    pub(crate) fn bodies(&self, block_id: &BlockId) -> impl Iterator<Item = (&Digest, &SharedSubmission)> {
        self.by_id.get(block_id).into_iter().flat_map(|body| &body.bodies)
    }

    /// One transaction of a block.
    #[must_use]
    pub(crate) fn body(&self, block_id: &BlockId, leaf: &Digest) -> Option<&SharedSubmission> {
        self.by_id.get(block_id)?.bodies.get(leaf)
    }

    /// Drops those at or below a committed height.
    pub(crate) fn forget_up_to(&mut self, height: Height) {
        self.by_id.retain(|_, body| body.height > height);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
