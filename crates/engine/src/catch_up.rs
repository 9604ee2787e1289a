//! Catching up, block by block: which committed blocks are wanted, whom to ask, what has arrived.

use std::collections::BTreeMap;

use carechain_types::{Height, ReplicaId, Time};

use crate::limits::{FETCH_BLOCKS_MAX, FETCH_PATIENCE};
use crate::wire::{PeerMessage, VerifiedBlock};

/// The blocks between the ledger's head and a certified height.
#[derive(Debug, Default)]
pub(crate) struct CatchUp {
    target: Height,
    holders: Vec<ReplicaId>,
    arrived: BTreeMap<Height, VerifiedBlock>,
    asked: Time,
    asked_count: usize,
}

impl CatchUp {
    /// Wants everything up to `target`; the holders of a higher target replace earlier ones.
    pub(crate) fn want(&mut self, target: Height, holders: Vec<ReplicaId>) {
        if target > self.target {
            self.target = target;
            self.holders = holders;
            self.asked = Time::ZERO;
        }
    }

    /// Whether blocks above `head` are wanted.
    pub(crate) fn is_active(&self, head: Height) -> bool {
        self.target > head
    }

    /// Keeps a block until it is next; what is not wanted or too far ahead is dropped.
    pub(crate) fn receive(&mut self, head: Height, block: VerifiedBlock) {
        let height = block.header.height;
        let wanted =
            height > head && height <= self.target && height <= head.saturating_add(FETCH_BLOCKS_MAX);
        if wanted {
            self.arrived.insert(height, block);
        }
    }

    /// The block above `head`, if it has arrived. Progress makes the next question due at once.
    pub(crate) fn next(&mut self, head: Height) -> Option<VerifiedBlock> {
        self.arrived.retain(|height, _| *height > head);
        let next = self.arrived.remove(&head.next());
        if next.is_some() && self.arrived.is_empty() {
            self.asked = Time::ZERO;
        }
        next
    }

    /// The question that is due: to the holders in turn, then, as those may not have applied the block, to everybody.
    pub(crate) fn question(
        &mut self,
        head: Height,
        everybody: &[ReplicaId],
        now: Time,
    ) -> Option<(ReplicaId, PeerMessage)> {
        if !self.is_active(head) || now < self.asked.after(FETCH_PATIENCE) {
            return None;
        }
        let others = everybody.iter().filter(|member| !self.holders.contains(member));
        let in_turn: Vec<_> = self.holders.iter().chain(others).copied().collect();
        let to = *in_turn.get(self.asked_count % in_turn.len().max(1))?;
        self.asked = now;
        self.asked_count += 1;
        let from = head.next();
        let until = self.target.min(head.saturating_add(FETCH_BLOCKS_MAX));
        Some((to, PeerMessage::FetchBlocks { from, until }))
    }

    /// When the next question is due.
    pub(crate) fn next_question(&self, head: Height) -> Option<Time> {
        self.is_active(head).then(|| self.asked.after(FETCH_PATIENCE))
    }
}

#[cfg(test)]
mod tests;
