//! Catching up, block by block: which committed blocks are wanted, whom to ask, what has arrived.
//!
//! One question at a time is open. The next one is due as soon as its answer is complete, and the same is asked of the
//! next member once the answer comes more slowly than [`FETCH_BYTES`] in each [`FETCH_PATIENCE`]; it names only what has not
//! arrived. So each block travels once, and once more at most for each answer that was lost or late; and a member that sends
//! a block now and then, asked or not, keeps the question no longer than one that sends none.

use std::collections::BTreeMap;

use carechain_types::{Height, ReplicaId, Time};

use crate::limits::{ANSWER_BYTES_MAX, FETCH_BLOCKS_MAX, FETCH_BYTES, FETCH_PATIENCE};
use crate::mempool::submission_bytes;
use crate::wire::{PeerMessage, VerifiedBlock};

/// The blocks between the ledger's head and a certified height.
#[derive(Debug, Default)]
pub(crate) struct CatchUp {
    target: Height,
    holders: Vec<ReplicaId>,
    arrived: BTreeMap<Height, VerifiedBlock>,
    open: Option<OpenQuestion>,
    asked_count: usize,
}

/// A question whose answer is on its way.
#[derive(Clone, Copy, Debug)]
struct OpenQuestion {
    /// Whom it asks.
    to: ReplicaId,
    /// The last height it asks for.
    until: Height,
    /// When it was asked.
    asked_at: Time,
    /// Bytes of transactions that came from there since: a member ends its answer once they are above [`ANSWER_BYTES_MAX`].
    bytes: usize,
}

impl OpenQuestion {
    /// Whether nothing more will come.
    fn is_answered(&self, head: Height) -> bool {
        head >= self.until || self.bytes > ANSWER_BYTES_MAX
    }

    /// When the next member is asked if nothing more comes.
    fn due(&self) -> Time {
        let earned = (self.bytes / FETCH_BYTES) as u64;
        self.asked_at.after(FETCH_PATIENCE.times(earned.saturating_add(1)))
    }
}

impl CatchUp {
    /// Wants everything up to `target`; the holders of a higher target replace earlier ones.
    pub(crate) fn want(&mut self, target: Height, holders: Vec<ReplicaId>) {
        if target > self.target {
            self.target = target;
            self.holders = holders;
        }
    }

    /// Keeps a block until it is next; what is not wanted, too far ahead or here already is dropped.
    pub(crate) fn receive(&mut self, head: Height, from: ReplicaId, block: VerifiedBlock) {
        let height = block.header.height;
        let wanted =
            height > head && height <= self.target && height <= head.saturating_add(FETCH_BLOCKS_MAX);
        if !wanted || self.arrived.contains_key(&height) {
            return;
        }
        if let Some(open) = self.open.as_mut().filter(|open| open.to == from) {
            let bytes: usize = block.submissions.iter().map(|submission| submission_bytes(submission)).sum();
            open.bytes = open.bytes.saturating_add(bytes);
        }
        self.arrived.insert(height, block);
    }

    /// The block above `head`, if it has arrived.
    pub(crate) fn next(&mut self, head: Height) -> Option<VerifiedBlock> {
        self.arrived.retain(|height, _| *height > head);
        self.arrived.remove(&head.next())
    }

    /// The question that is due: to the holders in turn, then, as those may not have applied the block, to everybody.
    pub(crate) fn question(
        &mut self,
        head: Height,
        everybody: &[ReplicaId],
        now: Time,
    ) -> Option<(ReplicaId, PeerMessage)> {
        if self.next_question(head)? > now {
            return None;
        }
        let others = everybody.iter().filter(|member| !self.holders.contains(member));
        let in_turn: Vec<_> = self.holders.iter().chain(others).copied().collect();
        let to = *in_turn.get(self.asked_count % in_turn.len().max(1))?;
        let (from, until) = self.first_gap(head)?;
        self.open = Some(OpenQuestion { to, until, asked_at: now, bytes: 0 });
        self.asked_count += 1;
        Some((to, PeerMessage::FetchBlocks { from, until }))
    }

    /// When the next question is due.
    pub(crate) fn next_question(&self, head: Height) -> Option<Time> {
        self.first_gap(head)?;
        match &self.open {
            Some(open) if !open.is_answered(head) => Some(open.due()),
            _ => Some(Time::ZERO),
        }
    }

    /// The first heights above `head` that are wanted and have not arrived, as many as one question may name.
    fn first_gap(&self, head: Height) -> Option<(Height, Height)> {
        let last = self.target.min(head.saturating_add(FETCH_BLOCKS_MAX));
        let mut from = head.next();
        while self.arrived.contains_key(&from) {
            from = from.next();
        }
        let behind_gap = self.arrived.range(from..).next();
        let until = behind_gap.and_then(|(height, _)| height.checked_sub(1)).unwrap_or(last);
        (from <= last).then_some((from, until))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
