//! Which chunks are wanted, asked for, arrived, delivered, taken.

use std::collections::{BTreeMap, BTreeSet};

use carechain_crypto::HospitalId;

/// The chunks of one fetch.
#[derive(Clone, Debug)]
pub(super) struct Chunks {
    end: u32,
    /// The next to deliver: all below are delivered.
    next: u32,
    /// All below are taken by the reader; never above `next`.
    taken: u32,
    /// Neither asked for nor arrived.
    wanted: BTreeSet<u32>,
    /// Asked for and not arrived, by whom: one or two.
    asked: BTreeMap<u32, Vec<HospitalId>>,
    /// Arrived and not delivered.
    arrived: BTreeSet<u32>,
    ahead: u32,
}

impl Chunks {
    pub(super) fn new(start: u32, end: u32, ahead: u32) -> Self {
        Self {
            end,
            next: start,
            taken: start,
            wanted: (start..end).collect(),
            asked: BTreeMap::new(),
            arrived: BTreeSet::new(),
            ahead,
        }
    }

    pub(super) const fn next(&self) -> u32 {
        self.next
    }

    pub(super) const fn is_done(&self) -> bool {
        self.next >= self.end
    }

    /// The first chunk that may not be asked for yet.
    fn horizon(&self) -> u32 {
        self.taken.saturating_add(self.ahead).min(self.end)
    }

    pub(super) fn first_wanted(&self) -> Option<u32> {
        self.wanted.first().copied().filter(|index| *index < self.horizon())
    }

    /// Notes that a chunk was asked of a holder.
    pub(super) fn ask(&mut self, index: u32, holder: HospitalId) {
        self.wanted.remove(&index);
        self.asked.entry(index).or_default().push(holder);
    }

    /// A holder will not send this chunk: it is wanted again unless another was asked too.
    pub(super) fn give_back(&mut self, index: u32, holder: &HospitalId) {
        let Some(holders) = self.asked.get_mut(&index) else {
            return;
        };
        holders.retain(|asked| asked != holder);
        if holders.is_empty() {
            self.asked.remove(&index);
            self.wanted.insert(index);
        }
    }

    /// Takes an intact chunk. `None` when it is of no use; else all holders it was asked of.
    pub(super) fn arrive(&mut self, index: u32) -> Option<Vec<HospitalId>> {
        if index < self.next || index >= self.horizon() || !self.arrived.insert(index) {
            return None;
        }
        self.wanted.remove(&index);
        Some(self.asked.remove(&index).unwrap_or_default())
    }

    /// The next chunk in order, if it is here.
    pub(super) fn deliver(&mut self) -> Option<u32> {
        let index = self.next;
        if !self.arrived.remove(&index) {
            return None;
        }
        self.next += 1;
        Some(index)
    }

    /// The reader has taken everything up to and including `index`.
    pub(super) fn take(&mut self, index: u32) {
        self.taken = self.taken.max(index.saturating_add(1).min(self.next));
    }

    /// Chunks asked of one holder only, in order.
    pub(super) fn asked_once(&self) -> Vec<(u32, HospitalId)> {
        let once = self.asked.iter().filter(|(_, holders)| holders.len() == 1);
        once.filter_map(|(index, holders)| holders.first().map(|holder| (*index, *holder))).collect()
    }
}
