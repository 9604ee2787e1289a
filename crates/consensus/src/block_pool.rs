//! Uncommitted blocks by id: header, leaves, and what executing them said.

use std::collections::BTreeMap;

use carechain_crypto::BlockId;
use carechain_types::Header;

use crate::input::Verdict;
use crate::message::SharedLeaves;

/// A block somebody proposed or reported.
#[derive(Clone, Debug)]
pub(crate) struct KnownBlock {
    pub(crate) header: Header,
    pub(crate) leaves: Option<SharedLeaves>,
    pub(crate) check: Check,
}

/// How far the engine is with a block.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Check {
    /// Not asked in this run.
    Unasked,
    /// Asked, no answer yet.
    Asked,
    /// Answered.
    Done(Verdict),
}

/// The blocks, by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockPool(BTreeMap<BlockId, KnownBlock>);

impl BlockPool {
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn get(&self, block_id: &BlockId) -> Option<&KnownBlock> {
        self.0.get(block_id)
    }

    pub(crate) fn get_mut(&mut self, block_id: &BlockId) -> Option<&mut KnownBlock> {
        self.0.get_mut(block_id)
    }

    /// Adds a block, or the leaves of one that lacked them.
    pub(crate) fn add(&mut self, block_id: BlockId, header: &Header, leaves: Option<SharedLeaves>) {
        let known = self.0.entry(block_id).or_insert_with(|| KnownBlock {
            header: header.clone(),
            leaves: None,
            check: Check::Unasked,
        });
        if known.leaves.is_none() {
            known.leaves = leaves;
        }
    }

    /// Whether the engine found the block valid.
    pub(crate) fn is_valid(&self, block_id: &BlockId) -> bool {
        self.0.get(block_id).is_some_and(|block| block.check == Check::Done(Verdict::Valid))
    }

    /// Removes all blocks that are not wanted and returns their ids.
    pub(crate) fn retain(&mut self, wanted: impl Fn(&BlockId, &KnownBlock) -> bool) -> Vec<BlockId> {
        let mut removed = Vec::new();
        self.0.retain(|block_id, block| {
            let keep = wanted(block_id, block);
            if !keep {
                removed.push(*block_id);
            }
            keep
        });
        removed
    }
}
