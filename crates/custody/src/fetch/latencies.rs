//! How long chunks take: when one is so late that another holder is asked too.

use std::collections::VecDeque;

use carechain_types::Span;

use crate::limits::LATENCIES_MAX;

/// The latest latencies of one fetch.
#[derive(Clone, Debug, Default)]
pub(super) struct Latencies(VecDeque<Span>);

impl Latencies {
    pub(super) fn add(&mut self, latency: Span) {
        if self.0.len() >= LATENCIES_MAX {
            self.0.pop_front();
        }
        self.0.push_back(latency);
    }

    /// Twice what 95 of 100 chunks stay below, at least `least`.
    pub(super) fn late_after(&self, least: Span) -> Span {
        let mut sorted: Vec<_> = self.0.iter().copied().collect();
        sorted.sort_unstable();
        let rank = (sorted.len() * 95).div_ceil(100);
        let slow = rank.checked_sub(1).and_then(|rank| sorted.get(rank)).copied().unwrap_or_default();
        slow.times(2).max(least)
    }
}
