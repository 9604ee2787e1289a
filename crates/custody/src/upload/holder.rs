//! One holder of an upload: what it has, what is on its way, what it owes.

use std::collections::BTreeSet;

use carechain_types::{Span, Time};

use crate::file_shape::FileShape;
use crate::limits::{HOLDER_RETRY_MAX, HOLDER_RETRY_MIN};

/// How far a holder is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum HolderPhase {
    /// To be opened, not before this time.
    Waiting(Time),
    /// Asked which chunks it has.
    Opening,
    /// Taking chunks.
    Taking,
    /// Told to complete.
    Completing,
    /// Gave its receipt.
    Done,
}

/// A holder as the upload sees it.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    pub(super) phase: HolderPhase,
    /// Chunks not known to be there and not on their way.
    wanted: BTreeSet<u32>,
    on_the_way: BTreeSet<u32>,
    on_the_way_bytes: u64,
    pub(super) heard: Time,
    /// Failures since it last acknowledged anything.
    pub(super) failures: u32,
}

impl Holder {
    pub(super) const fn new(now: Time) -> Self {
        Self {
            phase: HolderPhase::Waiting(now),
            wanted: BTreeSet::new(),
            on_the_way: BTreeSet::new(),
            on_the_way_bytes: 0,
            heard: now,
            failures: 0,
        }
    }

    /// It says what it has.
    pub(super) fn opened(&mut self, present: &[bool], shape: &FileShape, now: Time) {
        let has = |index: &u32| present.get(*index as usize).copied().unwrap_or(false);
        self.wanted = (0..shape.chunks()).filter(|index| !has(index)).collect();
        self.on_the_way.clear();
        self.on_the_way_bytes = 0;
        self.heard = now;
        self.phase = HolderPhase::Taking;
    }

    /// The next chunk to send, if it is here and the window has room.
    pub(super) fn next(
        &mut self,
        stored: &BTreeSet<u32>,
        shape: &FileShape,
        window_bytes: u64,
    ) -> Option<u32> {
        let index = self.wanted.iter().copied().find(|index| stored.contains(index))?;
        let bytes = shape.chunk_bytes(index);
        if self.on_the_way_bytes + bytes > window_bytes {
            return None;
        }
        self.wanted.remove(&index);
        self.on_the_way.insert(index);
        self.on_the_way_bytes += bytes;
        Some(index)
    }

    pub(super) fn acknowledged(&mut self, index: u32, shape: &FileShape, now: Time) {
        self.wanted.remove(&index);
        if self.on_the_way.remove(&index) {
            self.on_the_way_bytes -= shape.chunk_bytes(index);
        }
        self.heard = now;
        self.failures = 0;
    }

    pub(super) fn has_all(&self) -> bool {
        self.wanted.is_empty() && self.on_the_way.is_empty()
    }

    /// Whether something is owed by it: an opening, an acknowledgement, a receipt.
    pub(super) fn owes(&self) -> bool {
        match self.phase {
            HolderPhase::Opening | HolderPhase::Completing => true,
            HolderPhase::Taking => !self.on_the_way.is_empty(),
            HolderPhase::Waiting(_) | HolderPhase::Done => false,
        }
    }

    /// Whether it is worth waiting for: at work or done, and not silent for long while it owes something.
    pub(super) fn is_prompt(&self, now: Time, hedge_after: Span) -> bool {
        match self.phase {
            HolderPhase::Waiting(_) => false,
            _ => !self.owes() || now.since(self.heard) < hedge_after,
        }
    }

    /// It failed: wait, longer each time.
    pub(super) fn failed(&mut self, now: Time) {
        let doubled = HOLDER_RETRY_MIN.times(1 << self.failures.min(10));
        let wait: Span = doubled.min(HOLDER_RETRY_MAX);
        self.failures = self.failures.saturating_add(1);
        self.phase = HolderPhase::Waiting(now.after(wait));
        self.on_the_way.clear();
        self.on_the_way_bytes = 0;
        self.wanted.clear();
    }
}
