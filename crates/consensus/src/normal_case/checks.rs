//! Execution before the vote: blocks go to the engine, verdicts come back.

use carechain_crypto::BlockId;
use carechain_types::{ReplicaId, tree};

use crate::block_pool::Check;
use crate::input::Verdict;
use crate::message::Leaves;
use crate::output::{Origin, Output, Outputs, Suspicion};
use crate::state::{Mode, Replica};

impl Replica {
    /// Asks the engine to execute each accepted block whose parent is executed and whose leaves are known; the next
    /// certified block too, accepted in this view or not: after a restart nobody else may have it to fetch.
    pub(crate) fn request_checks(&mut self, outputs: &mut Outputs) {
        let certified = self.certified.get(&self.committed.height().next());
        let wanted: Vec<_> = self
            .slots
            .iter()
            .filter(|(height, _)| **height > self.committed.height() && **height <= self.high_watermark())
            .map(|(_, slot)| (slot.block_id, slot.origin))
            .chain(certified.map(|certificate| (certificate.block_id, Origin::Reproposed)))
            .collect();
        for (block_id, origin) in wanted {
            let Some(block) = self.blocks.get(&block_id) else { continue };
            let parent = block.header.parent;
            let executed = parent == self.committed.block_id() || self.blocks.is_valid(&parent);
            let (Check::Unasked, true, Some(leaves)) = (block.check, executed, block.leaves.clone()) else {
                continue;
            };
            let header = block.header.clone();
            let holders = self.likely_holders(&block_id);
            if let Some(block) = self.blocks.get_mut(&block_id) {
                block.check = Check::Asked;
            }
            outputs.push(Output::Check { block_id, header, leaves, holders, origin });
        }
    }

    /// The primary of this view first, then everybody who reported or prepared the block.
    fn likely_holders(&self, block_id: &BlockId) -> Vec<ReplicaId> {
        let own = self.config.own;
        let mut holders: Vec<_> =
            core::iter::once(self.primary()).filter(|primary| *primary != own).collect();
        for (key, certificate) in &self.certificates {
            if key.block_id == *block_id {
                holders.extend(crate::state::voters(certificate).into_iter().filter(|member| *member != own));
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        holders.retain(|member| seen.insert(*member));
        holders
    }

    /// The engine executed a block.
    pub(crate) fn on_checked(&mut self, block_id: BlockId, verdict: Verdict, outputs: &mut Outputs) {
        let Some(block) = self.blocks.get_mut(&block_id) else { return };
        block.check = Check::Done(verdict);
        self.dirty = true;
        let fresh = self
            .slots
            .get(&block.header.height)
            .is_some_and(|slot| slot.block_id == block_id && slot.origin == Origin::Fresh);
        let reason = match verdict {
            Verdict::Valid => return,
            Verdict::StateDiffers { .. } => Suspicion::StateDiffers,
            Verdict::NotIncludable => Suspicion::NotIncludable,
        };
        // A re-proposed block is not the choice of this view's primary; another view would re-propose it again.
        if fresh && self.mode == Mode::Active && block.header.height > self.committed.height() {
            self.start_view_change(self.view.next(), reason, outputs);
        }
    }

    /// The leaves of a re-proposed block arrived.
    pub(crate) fn on_leaves(&mut self, block_id: BlockId, leaves: Leaves) {
        let Some(block) = self.blocks.get_mut(&block_id) else { return };
        let fits = usize::try_from(block.header.transaction_count) == Ok(leaves.len())
            && block.header.transactions_root == tree::root(&leaves);
        if block.leaves.is_none() && fits {
            block.leaves = Some(leaves.into());
            self.dirty = true;
        }
    }
}
