//! One holder of a fetch: what it owes, when it was last heard.

use std::collections::BTreeMap;

use carechain_types::Time;

use super::output::DropReason;

/// A holder as the fetch sees it.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    /// Chunks asked for and not arrived, with their bytes and when they were asked for.
    owed: BTreeMap<u32, (u64, Time)>,
    /// Sum of the bytes in `owed`.
    owed_bytes: u64,
    heard: Time,
    pub(super) dropped: Option<DropReason>,
}

impl Holder {
    pub(super) const fn new(now: Time) -> Self {
        Self { owed: BTreeMap::new(), owed_bytes: 0, heard: now, dropped: None }
    }

    pub(super) const fn is_active(&self) -> bool {
        self.dropped.is_none()
    }

    pub(super) const fn owed_bytes(&self) -> u64 {
        self.owed_bytes
    }

    pub(super) fn owes(&self, index: u32) -> bool {
        self.owed.contains_key(&index)
    }

    pub(super) fn ask(&mut self, index: u32, bytes: u64, now: Time) {
        if self.owed.is_empty() {
            // Silence counts from the first thing owed.
            self.heard = now;
        }
        if self.owed.insert(index, (bytes, now)).is_none() {
            self.owed_bytes += bytes;
        }
    }

    /// The chunk is no longer awaited. Gives when it was asked for.
    pub(super) fn settle(&mut self, index: u32) -> Option<Time> {
        let (bytes, asked) = self.owed.remove(&index)?;
        self.owed_bytes -= bytes;
        Some(asked)
    }

    pub(super) const fn heard_at(&mut self, now: Time) {
        self.heard = now;
    }

    /// When it was last heard, if it owes anything.
    pub(super) fn silent_since(&self) -> Option<Time> {
        (!self.owed.is_empty()).then_some(self.heard)
    }

    /// Takes away everything owed.
    pub(super) fn release(&mut self) -> Vec<u32> {
        self.owed_bytes = 0;
        core::mem::take(&mut self.owed).into_keys().collect()
    }

    /// When the chunk was asked for.
    pub(super) fn asked_at(&self, index: u32) -> Option<Time> {
        self.owed.get(&index).map(|(_, asked)| *asked)
    }
}
